//! Signing in to an account at a provider: the vendor's page, the code, what is to be pasted, and when it is done.

use super::login::Card;
use crate::api::sign_in::{Back, Flow, SignIn, Stage, came_back, load_sign_in};
use crate::parts::copy::CopyField;
use crate::parts::field::{Field, Hidden};
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::time::Until;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The region that shows how far it is; fetched anew while somebody waits.
const REGION: &str = "sign-in";

/// A sign-in under way.
#[component]
pub fn SignInPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let title = |page: &SignIn| format!("Sign in to {}", page.provider);
    framed(Place::Providers, title, load_sign_in(id), |page| {
        let waiting = page.stage == Stage::Waiting;
        let provider = format!("/providers/{}", page.provider_id);
        view! {
            <p class="crumbs">
                <a href=provider>
                    <Icon glyph=Glyph::Left />
                    {page.provider.clone()}
                </a>
            </p>
            <section class="card sign-in" aria-labelledby="sign-in-steps">
                {waiting.then(|| view! { <Steps page=page.clone() /> })}
                <div id=REGION>
                    <State page=page.clone() />
                </div>
                {waiting.then(|| view! { <Ways page=page.clone() /> })}
            </section>
        }
        .into_any()
    })
}

/// What the person does.
#[component]
fn Steps(page: SignIn) -> impl IntoView {
    let SignIn { provider, url, code, flow, pasted, .. } = page;
    let second = match (flow, pasted) {
        (Flow::Device, _) => "Enter the code there and agree. This page notices by itself.",
        (Flow::Code, false) => "Agree there. You are led back here, and this page notices by itself.",
        (Flow::Code, true) => {
            "Agree there. Then paste below what it shows, or the address of the page that cannot be loaded."
        }
    };
    let first = if code.is_empty() {
        "Open the page of the vendor."
    } else {
        "Copy the code and open the page of the vendor."
    };
    view! {
        <h2 id="sign-in-steps">"Two steps"</h2>
        <ol class="step-list">
            <li>
                <p>{first}</p>
                {(!code.is_empty())
                    .then(|| view! { <CopyField id="user-code" label="Code" text=code.clone() /> })}
                <p class="buttons">
                    <a class="button primary" href=url rel="noreferrer noopener" target="_blank">
                        <Icon glyph=Glyph::Out />
                        {format!("Open {provider}")}
                    </a>
                </p>
            </li>
            <li>
                <p>{second}</p>
            </li>
        </ol>
    }
    .into_any()
}

/// How far it is. While it waits, this part of the page is fetched anew.
#[component]
fn State(page: SignIn) -> impl IntoView {
    let provider = format!("/providers/{}", page.provider_id);
    match page.stage {
        Stage::Waiting => view! {
            <p class="first-request" role="status" data-watches=REGION>
                <span class="pulse"></span>
                <span>"Waiting for you. The sign-in ends " <Until at=page.expires_at /> "."</span>
                <noscript>
                    <a href=format!("/sign-in/{}", page.id)>"Look again"</a>
                </noscript>
            </p>
            {(!page.sentence.is_empty())
                .then(|| {
                    view! {
                        <p class="alert warn">
                            <Icon glyph=Glyph::Warning />
                            <span>{format::ended(&page.sentence)} " Try again."</span>
                        </p>
                    }
                })}
        }
        .into_any(),
        Stage::Done => view! {
            <p
                class="first-request came"
                role="status"
                data-goes=provider.clone()
                data-toast=format!("Signed in to {}.", page.provider)
            >
                <Icon glyph=Glyph::Check />
                <span>{format!("Signed in to {}. ", page.provider)}</span>
                <a class="button small" href=provider.clone()>
                    "Show the account"
                </a>
            </p>
        }
        .into_any(),
        Stage::Failed => view! {
            <p class="alert bad" role="alert">
                <Icon glyph=Glyph::Warning />
                <span>{format::ended(&page.sentence)}</span>
            </p>
            <p class="buttons">
                <a class="button" href=provider>
                    "Begin again"
                </a>
            </p>
        }
        .into_any(),
    }
}

/// The ways out: pasting what the vendor's page shows, and giving up.
#[component]
fn Ways(page: SignIn) -> impl IntoView {
    let toast = Done::Toast(format!("Signed in to {}.", page.provider));
    let id = page.id.clone();
    let paste = view! {
        <Form action="paste_sign_in" class="stack" done=toast>
            <Hidden name="id" value=id />
            <Field
                id="pasted"
                name="text"
                label="Code or address"
                mono=true
                required=true
                autocomplete="off"
                help="The whole address that your browser shows is best."
            />
            <p class="buttons">
                <button type="submit" class="button">
                    "Finish"
                </button>
            </p>
        </Form>
    };
    let pasting = match (page.flow, page.pasted) {
        (Flow::Device, _) => None,
        (Flow::Code, true) => Some(paste.into_any()),
        (Flow::Code, false) => Some(
            view! {
                <details>
                    <summary>"It did not lead back here"</summary>
                    {paste}
                </details>
            }
            .into_any(),
        ),
    };
    view! {
        {pasting}
        <Form action="cancel_sign_in">
            <Hidden name="id" value=page.id.clone() />
            <Hidden name="provider" value=page.provider_id.clone() />
            <button type="submit" class="button plain">
                "Cancel"
            </button>
        </Form>
    }
    .into_any()
}

/// Where a vendor's page leads back to. Whoever comes is not asked who they are: what they bring tells.
#[component]
pub fn CameBack() -> impl IntoView {
    let query = use_query_map();
    let read = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let words = read("error_description");
    let error = read("error");
    let back = Back {
        state: read("state"),
        code: read("code"),
        client_id: read("client_id"),
        error: if error.is_empty() || words.is_empty() { error } else { words },
    };
    Suspend::new(async move {
        match came_back(back).await {
            Ok(done) => view! {
                <Card title="Signed in" words=format!("Ninerouter can use {} now. You can close this page.", done.provider)>
                    <a class="button primary full" href=format!("/providers/{}", done.provider_id)>
                        "Show the account"
                    </a>
                </Card>
            }
            .into_any(),
            Err(problem) => view! {
                <Card title="Not signed in" words=problem.message>
                    <a class="button full" href="/providers">
                        "To the providers"
                    </a>
                </Card>
            }
            .into_any(),
        }
    })
}
