//! The accounts at a provider: a part of the provider page.

use super::account_state::{AccountWords, BudgetDialog};
use super::sign_in_form::{BeginSignIn, SignInAgain, TokenWords};
use crate::api::providers::{AccountRow, AuthKind, FieldRow, Health, ProviderRow, Rotation};
use crate::parts::dialog::{Confirm, Dialog, DialogButtons, Opens};
use crate::parts::field::{Field, Hidden, LongField, Select};
use crate::parts::form::{Done, Form};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::HealthBadge;
use crate::parts::time::Day;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The accounts in the order they are tried, and a form for another one.
#[component]
pub fn Accounts(provider: ProviderRow, keys_at: String) -> impl IntoView {
    let several = provider.accounts.len() > 1;
    let id = provider.id.clone();
    let none = provider.accounts.is_empty();
    let lines = provider
        .accounts
        .iter()
        .map(|account| view! { <Account account=account.clone() provider=provider.clone() /> });
    let signs_in = provider.auth == AuthKind::SignIn;
    view! {
        <section class="card" aria-labelledby="accounts">
            <header>
                <h2 id="accounts">"Accounts"</h2>
                {several.then(|| view! { <Order id=provider.id.clone() rotation=provider.rotation /> })}
            </header>
            <ul class="lines accounts">{lines.collect_view()}</ul>
            {none
                .then(|| {
                    view! {
                        <p class="soft">
                            {if signs_in {
                                "No account yet. Sign in below and its models can be asked for at once."
                            } else {
                                "No account yet. Add one below and its models can be asked for at once."
                            }}
                        </p>
                    }
                })}
            {several
                .then(|| {
                    view! {
                        <Form action="test_accounts" class="test" done=Done::Say>
                            <Hidden name="provider" value=id />
                            <button type="submit" class="button small">
                                <Icon glyph=Glyph::Play />
                                "Test all"
                            </button>
                        </Form>
                    }
                })}
            {(!signs_in).then(|| view! { <AddAccount provider=provider.clone() keys_at /> })}
            {(provider.auth == AuthKind::Key && provider.fields.iter().all(|field| field.optional))
                .then(|| view! { <AddAccounts provider=provider.clone() /> })}
            <BeginSignIn provider=provider.clone() />
        </section>
    }
    .into_any()
}

/// In which order they are tried.
#[component]
fn Order(id: String, rotation: Rotation) -> impl IntoView {
    let (now, words) = match rotation {
        Rotation::FillFirst => ("fill-first", "The first one is used until it has to rest, then the next."),
        Rotation::RoundRobin => (
            "round-robin",
            "Each goes first in turn. A conversation stays at its account while its prompt is cached there.",
        ),
    };
    let choices = [("fill-first", "One after the other"), ("round-robin", "In turn")];
    let buttons = choices.map(|(value, name)| {
        view! {
            <button type="submit" name="rotation" value=value aria-pressed=if value == now { "true" } else { "false" }>
                {name}
            </button>
        }
    });
    view! {
        <Form action="rotate_accounts" class="rotation end">
            <Hidden name="id" value=id />
            <div class="segmented words" role="group" aria-label="Order of the accounts" aria-describedby="rotation-words">
                {buttons}
            </div>
        </Form>
        <p class="faint whole" id="rotation-words">
            {words}
        </p>
    }
    .into_any()
}

#[component]
fn AddAccount(provider: ProviderRow, keys_at: String) -> impl IntoView {
    let keyless = provider.auth == AuthKind::Nothing;
    let first = provider.accounts.is_empty();
    let at = keys_at.trim_start_matches("https://").split('/').next().unwrap_or_default().to_owned();
    let help = if at.is_empty() {
        String::new()
    } else {
        format!("Made at {at}. It is kept sealed on this machine.")
    };
    let words = if keyless && first {
        format!("Use {}", provider.name)
    } else if first {
        "Connect".to_owned()
    } else {
        "Add the account".to_owned()
    };
    let fields = view! {
        <Form
            action="add_account"
            class="row-form"
            done=Done::Toast(format!("{} is connected. Test the account to be sure.", provider.name))
        >
            <Hidden name="provider" value=provider.id.clone() />
            {if keyless {
                view! { <Hidden name="key" value="" /> }.into_any()
            } else if provider.auth == AuthKind::ServiceAccount {
                view! { <LongField id="new-key" name="key" label="JSON file" help=format!("The whole file of a service account. {help}") /> }
                    .into_any()
            } else {
                view! {
                    <Field
                        id="new-key"
                        name="key"
                        label="Key"
                        kind="password"
                        mono=true
                        required=true
                        autocomplete="off"
                        help
                    />
                }
                    .into_any()
            }}
            <Fields id="new" fields=provider.fields.clone() values=BTreeMap::new() />
            <Field id="new-name" name="name" label="Name, if you like" placeholder="work" />
            <div class="row-end">
                <button type="submit" class="button primary">
                    {words}
                </button>
            </div>
        </Form>
    };
    if first {
        view! { <div class="add-account">{fields}</div> }.into_any()
    } else {
        view! {
            <details class="add-account">
                <summary>
                    <Icon glyph=Glyph::Plus />
                    "Add another account"
                </summary>
                {fields}
            </details>
        }
        .into_any()
    }
}

/// What an account says beside its key.
#[component]
pub fn Fields(
    #[prop(into)] id: String,
    fields: Vec<FieldRow>,
    values: BTreeMap<String, String>,
) -> impl IntoView {
    let field = move |field: FieldRow| {
        let FieldRow { name, label, help, choices, default, .. } = field;
        let value = values.get(&name).cloned().unwrap_or(default);
        let (id, name) = (format!("{id}-{name}"), format!("fields[{name}]"));
        if choices.is_empty() {
            view! { <Field id name label help value mono=true required=true /> }.into_any()
        } else {
            view! { <Select id name label help options=choices chosen=value /> }.into_any()
        }
    };
    fields.into_iter().map(field).collect_view()
}

/// A form for many keys.
#[component]
fn AddAccounts(provider: ProviderRow) -> impl IntoView {
    view! {
        <details class="add-account">
            <summary>
                <Icon glyph=Glyph::Plus />
                "Paste several keys"
            </summary>
            <Form
                action="add_accounts"
                class="stack"
                done=Done::Toast(format!("The accounts at {} were added. Test them to be sure.", provider.name))
            >
                <Hidden name="provider" value=provider.id.clone() />
                <LongField
                    id="new-keys"
                    name="keys"
                    label="Keys"
                    help="One on each line, with a name in front of it if you like: work sk-... All are added, or none."
                />
                <p class="buttons">
                    <button type="submit" class="button">
                        "Add the accounts"
                    </button>
                </p>
            </Form>
        </details>
    }
    .into_any()
}

#[component]
fn Account(account: AccountRow, provider: ProviderRow) -> impl IntoView {
    let provided = provider.clone();
    let id = account.id;
    let name = account.name.clone();
    let [use_it, change_it, remove_it, limit_it] =
        ["Use", "Change", "Remove", "Set the budget of"].map(|verb| format!("{verb} the account {name}"));
    let ask = format!("Remove {name}?");
    let waiting = matches!(account.health, Health::Parked | Health::Refused) || !account.waiting.is_empty();
    let switch = if account.enabled { "true" } else { "false" };
    let flipped = if account.enabled { "false" } else { "true" };
    view! {
        <li class="account">
            <div class="account-head">
                <Form action="enable_account">
                    <Hidden name="id" value=id.to_string() />
                    <Hidden name="enabled" value=flipped />
                    <button
                        type="submit"
                        class="switch"
                        role="switch"
                        aria-checked=switch
                        aria-label=use_it
                    ></button>
                </Form>
                <span class="two grow">
                    <strong>{name}</strong>
                    <span class="faint">
                        {(!account.masked_key.is_empty())
                            .then(|| view! { <code>{account.masked_key.clone()}</code> ", " })} "added "
                        <Day at=account.created_at /> ", priority " {account.priority}
                    </span>
                </span>
                <HealthBadge health=account.health />
            </div>
            <AccountWords account=account.clone() />
            {account.token.clone().map(|token| view! { <TokenWords token /> })}
            <SignInAgain account=account.clone() provider />
            <div class="buttons">
                <Form action="test_account" class="test" done=Done::Say>
                    <Hidden name="id" value=id.to_string() />
                    <button type="submit" class="button small">
                        <Icon glyph=Glyph::Play />
                        "Test"
                    </button>
                </Form>
                {waiting
                    .then(|| {
                        view! {
                            <Form action="unpark_account" done=Done::Toast("The account is tried again from now on.".to_owned())>
                                <Hidden name="id" value=id.to_string() />
                                <button type="submit" class="button small">
                                    "Try again now"
                                </button>
                            </Form>
                        }
                    })}
                <Opens dialog=format!("budget-{id}") class="button small" label=limit_it>
                    <Icon glyph=Glyph::Gauge />
                    "Budget"
                </Opens>
                <Opens
                    dialog=format!("change-{id}")
                    class="button small"
                    label=change_it
                >
                    <Icon glyph=Glyph::Pencil />
                    "Change"
                </Opens>
                <Opens
                    dialog=format!("remove-{id}")
                    class="button small danger-plain"
                    label=remove_it
                >
                    <Icon glyph=Glyph::Bin />
                    "Remove"
                </Opens>
            </div>
            <BudgetDialog account=account.clone() />
            <Change account=account.clone() provider=provided />
            <Confirm
                id=format!("remove-{id}")
                title=ask
                words="Ninerouter forgets this account and its key or sign-in. Its past requests stay in the list."
                submit="Remove the account"
                action="remove_account"
                toast="The account was removed."
            >
                <Hidden name="id" value=id.to_string() />
            </Confirm>
        </li>
    }
    .into_any()
}

#[component]
fn Change(account: AccountRow, provider: ProviderRow) -> impl IntoView {
    let file = provider.auth == AuthKind::ServiceAccount;
    // A key that is exchanged for tokens is still a key.
    let signed_in = account.token.as_ref().is_some_and(|token| !token.keyed);
    let keyless = provider.auth == AuthKind::Nothing || signed_in;
    let fields = provider.fields;
    let id = account.id;
    let dialog = format!("change-{id}");
    view! {
        <Dialog id=dialog.clone() title=format!("Change {}", account.name)>
            <Form action="change_account" class="stack" done=Done::Toast("The account was changed.".to_owned())>
                <Hidden name="id" value=id.to_string() />
                <Field id=format!("name-{id}") name="name" label="Name" required=true value=account.name.clone() />
                {if file {
                    view! {
                        <LongField
                            id=format!("key-{id}")
                            name="key"
                            label="New JSON file"
                            help="Leave empty to keep the one it has."
                        />
                    }
                        .into_any()
                } else if keyless {
                    view! { <Hidden name="key" value="" /> }.into_any()
                } else {
                    view! {
                        <Field
                            id=format!("key-{id}")
                            name="key"
                            label="New key"
                            kind="password"
                            mono=true
                            help="Leave empty to keep the key it has."
                        />
                    }
                        .into_any()
                }}
                <Fields id=format!("account-{id}") fields values=account.fields.clone() />
                <Field
                    id=format!("priority-{id}")
                    name="priority"
                    label="Priority"
                    kind="number"
                    required=true
                    value=account.priority.to_string()
                    help="The lowest is tried first."
                />
                <Field
                    id=format!("proxy-{id}")
                    name="proxy"
                    label="Proxy of its own"
                    mono=true
                    autocomplete="off"
                    placeholder="http://user:password@proxy.example.com:3128"
                    help=if account.proxy.is_empty() {
                        "Leave empty to go out as the machine's own settings say.".to_owned()
                    } else {
                        format!("It goes out through {}. Leave empty to keep that, or enter - to go out directly.", account.proxy)
                    }
                />
                <Field
                    id=format!("reserve-{id}")
                    name="reserve"
                    label="Keep back, in percent"
                    kind="number"
                    required=true
                    value=account.reserve.to_string()
                    help="When no more than this is left of a limit that is known, other accounts answer."
                />
                <DialogButtons dialog=dialog.clone() submit="Save" />
            </Form>
        </Dialog>
    }
    .into_any()
}
