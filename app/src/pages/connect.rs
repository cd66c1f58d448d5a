//! Connect: the address, the keys, and what to paste into each tool.

use super::tools::Tools;
use crate::api::connect::{ConnectPage, KeyRow, load_connect};
use crate::parts::copy::CopyField;
use crate::parts::dialog::{Confirm, Dialog, DialogButtons, Opens};
use crate::parts::field::{Field, Hidden};
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::live::FirstRequest;
use crate::parts::state::Empty;
use crate::parts::time::{Ago, Day};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Connect.
#[component]
pub fn Connect() -> impl IntoView {
    let wanted = use_query_map().with_untracked(|query| query.get("model")).unwrap_or_default();
    framed(
        Place::Connect,
        |_| "Connect".to_owned(),
        load_connect(),
        move |page| {
            let chosen =
                if page.models.contains(&wanted) { Some(wanted) } else { page.models.first().cloned() };
            view! {
                <Endpoint page=page.clone() />
                <Keys keys=page.keys.clone() key_required=page.key_required />
                <Tools
                    base_url=page.base_url.clone()
                    models=page.models.clone()
                    chosen=chosen.unwrap_or_default()
                    key_required=page.key_required
                />
                <Waiting keys=page.keys />
                <KeyDialogs />
            }
            .into_any()
        },
    )
}

/// The wait for a first request, or when the last one came.
#[component]
fn Waiting(keys: Vec<KeyRow>) -> impl IntoView {
    let used = keys.iter().any(|key| key.requests > 0);
    let last = keys.iter().filter(|key| key.requests > 0).filter_map(|key| key.last_used_at).max();
    (!used || last.is_some()).then(|| {
        view! {
            <section class="card waiting" aria-label="Requests from your tools">
                <FirstRequest came=false next="/requests".to_owned() last />
            </section>
        }
    })
}

#[component]
fn Endpoint(page: ConnectPage) -> impl IntoView {
    let base = page.base_url;
    view! {
        <section class="card" aria-labelledby="endpoint">
            <h2 id="endpoint">"Endpoint"</h2>
            <div class="columns even">
                <CopyField
                    id="openai-url"
                    label="OpenAI-compatible"
                    text=format!("{base}/v1")
                    help="For tools that ask for an OpenAI base URL."
                />
                <CopyField
                    id="anthropic-url"
                    label="Anthropic-compatible"
                    text=base.clone()
                    help="For Claude Code and whatever adds /v1/messages by itself. Clients of Gemini and Ollama take \
                          the same."
                />
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Keys(keys: Vec<KeyRow>, key_required: bool) -> impl IntoView {
    let none = keys.is_empty();
    let words = if key_required {
        "A tool needs one of these keys."
    } else {
        "Tools on this machine need no key; a key of its own for each tool still tells them apart."
    };
    let rows = keys.into_iter().map(|key| view! { <Key key_row=key /> });
    view! {
        <section class="card table-card" aria-labelledby="keys-title">
            <header>
                <h2 id="keys-title">"Keys"</h2>
                <span class="faint wide-only">{words}</span>
                <span class="end">
                    <Opens dialog="new-key" class="button primary">
                        <Icon glyph=Glyph::Plus />
                        "Create a key"
                    </Opens>
                </span>
            </header>
            <div id="keys">
                {if none {
                    view! {
                        <Empty
                            glyph=Glyph::Key
                            title="No keys yet"
                            words="A key lets one tool in and shows up beside its requests. Make one for each tool."
                        />
                    }
                        .into_any()
                } else {
                    view! {
                        <div class="scroll">
                            <table class="stacked">
                                <caption class="visually-hidden">"Keys, newest first"</caption>
                                <thead>
                                    <tr>
                                        <th scope="col">"Name"</th>
                                        <th scope="col">"Key"</th>
                                        <th scope="col">"Created"</th>
                                        <th scope="col">"Last used"</th>
                                        <th scope="col" class="number">
                                            "Requests"
                                        </th>
                                        <th scope="col">
                                            <span class="visually-hidden">"What can be done"</span>
                                        </th>
                                    </tr>
                                </thead>
                                <tbody>{rows.collect_view()}</tbody>
                            </table>
                        </div>
                    }
                        .into_any()
                }}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Key(key_row: KeyRow) -> impl IntoView {
    let KeyRow { id, name, masked, created_at, last_used_at, requests } = key_row;
    let (rename, revoke) = (format!("rename-{id}"), format!("revoke-{id}"));
    let [rename_it, revoke_it] = ["Rename", "Revoke"].map(|verb| format!("{verb} the key {name}"));
    let [rename_title, revoke_title] = [format!("Rename {name}"), format!("Revoke {name}?")];
    let (shown, past) = (name.clone(), format!("/requests?key={}", format::encode(&name)));
    let used = match last_used_at {
        Some(at) => view! { <Ago at /> }.into_any(),
        None => view! { <span class="faint">"never"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{shown}</th>
            <td>
                <code>{masked}</code>
            </td>
            <td data-label="Created">
                <Day at=created_at />
            </td>
            <td data-label="Last used">{used}</td>
            <td class="number" data-label="Requests">
                <a href=past>{format::count(requests)}</a>
            </td>
            <td class="actions">
                <Opens dialog=rename.clone() class="button small" label=rename_it>
                    "Rename"
                </Opens>
                <Opens dialog=revoke.clone() class="button small danger-plain" label=revoke_it>
                    "Revoke"
                </Opens>
                <Dialog id=rename.clone() title=rename_title>
                    <Form action="rename_key" class="stack" done=Done::Toast("The key was renamed.".to_owned())>
                        <Hidden name="id" value=id.to_string() />
                        <Field id=format!("key-name-{id}") name="name" label="Name" required=true value=name.clone() />
                        <DialogButtons dialog=rename.clone() submit="Rename" />
                    </Form>
                </Dialog>
                <Confirm
                    id=revoke.clone()
                    title=revoke_title
                    words="Tools that use this key are turned away at once. Its past requests stay in the list."
                    submit="Revoke the key"
                    action="revoke_key"
                    toast="The key was revoked."
                >
                    <Hidden name="id" value=id.to_string() />
                </Confirm>
            </td>
        </tr>
    }
    .into_any()
}

/// Making a key, and showing it once.
#[component]
fn KeyDialogs() -> impl IntoView {
    view! {
        <Dialog id="new-key" title="Create a key">
            <Form action="create_key" class="stack" done=Done::ShowKey("shown-key".to_owned())>
                <Field
                    id="new-key-name"
                    name="name"
                    label="Name"
                    required=true
                    placeholder="claude-code on my laptop"
                    help="The tool or the machine it is for; requests are listed under this name."
                />
                <noscript>
                    <p class="alert warn">
                        "A key is shown once, right after it is made, and that needs JavaScript. Without it, make a key with \
                         the management API (POST /api/v1/keys)."
                    </p>
                </noscript>
                <DialogButtons dialog="new-key" submit="Create the key" />
            </Form>
        </Dialog>
        <Dialog id="shown-key" title="Your new key">
            <p>
                "This is the only time that the key " <strong data-filled="key-name">"of that name"</strong>
                " is shown. It is filled into the examples on this page until you leave it."
            </p>
            <CopyField id="shown-key-text" label="Key" text="" filled="key" />
            <footer class="buttons">
                <button type="button" class="button primary" command="close" commandfor="shown-key">
                    "Done"
                </button>
            </footer>
        </Dialog>
    }
    .into_any()
}
