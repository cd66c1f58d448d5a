//! Where a sign-in begins: a part of the provider page.

use crate::api::providers::{AccountRow, AuthKind, FieldRow, ProviderRow};
use crate::api::sign_in::{Flow, SignInRow, TokenRow, TokenState};
use crate::pages::accounts::Fields;
use crate::parts::field::{Field, Hidden};
use crate::parts::form::{Done, Form};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{Badge, Tone};
use crate::parts::time::{Ago, Until};
use leptos::prelude::*;

/// Signing in to an account, where the provider has that.
#[component]
pub fn BeginSignIn(provider: ProviderRow) -> impl IntoView {
    let Some(row) = provider.sign_in.clone() else { return ().into_any() };
    let (id, name) = (provider.id.clone(), provider.name.clone());
    let first = provider.accounts.is_empty() && provider.auth == AuthKind::SignIn;
    let only = (!row.only.is_empty()).then(|| {
        let only = row.only.clone();
        view! { <p class="soft">{format!("It answers {only} alone: other tools go to other providers.")}</p> }
    });
    if !row.on {
        return view! { <OptIn id name row /> }.into_any();
    }
    let turned = id.clone();
    let off = row.opt_in.then(|| {
        view! {
            <Form action="opt_in" done=Done::Toast("The sign-in was turned off.".to_owned())>
                <Hidden name="provider" value=turned />
                <Hidden name="on" value="false" />
                <button type="submit" class="button small plain">
                    "Turn the sign-in off"
                </button>
            </Form>
        }
    });
    let body = view! {
        {only}
        <Begin id=id name=name.clone() row=row.clone() fields=provider.fields account=None />
        {off}
    };
    if first {
        view! { <div class="add-account stack">{body}</div> }.into_any()
    } else {
        view! {
            <details class="add-account">
                <summary>
                    <Icon glyph=Glyph::Plus />
                    {format!("Sign in to {name}")}
                </summary>
                <div class="stack">{body}</div>
            </details>
        }
        .into_any()
    }
}

/// What the vendor says, and a button for whoever has read it.
#[component]
fn OptIn(id: String, name: String, row: SignInRow) -> impl IntoView {
    view! {
        <div class="add-account stack">
            <h3>{format!("Sign in to {name}")}</h3>
            <div class="alert warn">
                <Icon glyph=Glyph::Warning />
                <p><strong>"What the vendor says: "</strong> {row.terms}</p>
            </div>
            <p class="soft">
                "The sign-in is off. Ninerouter names itself to the vendor and imitates nobody. Whether you may use it so is between you and the vendor."
            </p>
            <Form action="opt_in" done=Done::Toast("The sign-in is on.".to_owned())>
                <Hidden name="provider" value=id />
                <Hidden name="on" value="true" />
                <button type="submit" class="button">
                    "I have read this. Turn it on"
                </button>
            </Form>
        </div>
    }
    .into_any()
}

/// A button for each way to sign in.
#[component]
fn Begin(
    id: String,
    name: String,
    row: SignInRow,
    fields: Vec<FieldRow>,
    account: Option<AccountRow>,
) -> impl IntoView {
    let values = account.as_ref().map(|account| account.fields.clone()).unwrap_or_default();
    let account = account.map(|account| account.id);
    let place = account.map_or("sign-in".to_owned(), |account| format!("sign-in-{account}"));
    let own = (!row.clients_at.is_empty()).then(|| {
        let help = format!("Make an app of your own at {} and paste its client id.", row.clients_at);
        let field = account.map_or("new-client".to_owned(), |account| format!("client-{account}"));
        view! { <Field id=field name="client_id" label="Client id" mono=true required=true autocomplete="off" help /> }
    });
    let several = row.flows.len() > 1;
    let buttons = row.flows.into_iter().enumerate().map(move |(place, flow)| {
        let (value, words) = match flow {
            Flow::Code if several => ("code", "Sign in with this browser".to_owned()),
            Flow::Device if several => ("device", "Sign in with a code".to_owned()),
            Flow::Code => ("code", format!("Sign in to {name}")),
            Flow::Device => ("device", format!("Sign in to {name}")),
        };
        let class = if place == 0 && account.is_none() { "button primary" } else { "button" };
        view! {
            <button type="submit" name="flow" value=value class=class>
                {words}
            </button>
        }
    });
    view! {
        <Form action="begin_sign_in" class="stack">
            <Hidden name="provider" value=id />
            {account.map(|account| view! { <Hidden name="account" value=account.to_string() /> })}
            <Fields id=place fields values />
            {own}
            <p class="buttons">{buttons.collect_view()}</p>
        </Form>
    }
    .into_any()
}

/// Signing in again to an account whose sign-in has ended.
#[component]
pub fn SignInAgain(account: AccountRow, provider: ProviderRow) -> impl IntoView {
    let ended = account.token.as_ref().is_some_and(|token| {
        !token.keyed && matches!(token.state, TokenState::NeedsSignIn | TokenState::Refused)
    });
    let row = provider.sign_in.filter(|row| row.on && ended);
    row.map(|row| {
        view! { <Begin id=provider.id name=provider.name row fields=provider.fields account=Some(account) /> }
    })
}

/// How the sign-in of an account is doing.
#[component]
pub fn TokenWords(token: TokenRow) -> impl IntoView {
    let keyed = token.keyed;
    let (tone, glyph, text) = match token.state {
        TokenState::Active if keyed => (Tone::Good, Glyph::Check, "Key accepted"),
        TokenState::Active => (Tone::Good, Glyph::Check, "Signed in"),
        TokenState::Expiring => (Tone::Warn, Glyph::Clock, "Expiring"),
        TokenState::NeedsSignIn if keyed => (Tone::Bad, Glyph::Warning, "Needs a new key"),
        TokenState::NeedsSignIn => (Tone::Bad, Glyph::Warning, "Sign in again"),
        TokenState::Refused => (Tone::Bad, Glyph::Warning, "Refused by the provider"),
    };
    let ends = token.expires_at.filter(|_| token.state != TokenState::NeedsSignIn);
    view! {
        <p class="faint token">
            <Badge tone glyph text />
            <span>
                "Renewed " <Ago at=token.renewed_at /> {ends.map(|at| view! { ", ends " <Until at /> })} "."
            </span>
        </p>
    }
    .into_any()
}
