//! A request beside the one before it in its conversation: how far a provider could read it from its cache.

use super::payload::{Crumbs, Links};
use crate::api::payload::{ComparePage, Compared, Differs, Turned, load_comparison};
use crate::api::requests::RequestRow;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::state::Empty;
use crate::parts::stretches::Stretches;
use crate::parts::time::Ago;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// How long most providers keep a prompt that nobody asks for again (Anthropic: 5 minutes; OpenAI: 5 to 10 minutes;
/// November 2026), in ms.
const CACHED: i64 = 300_000;

/// A request beside an earlier one.
#[component]
pub fn Compare() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let with = use_query_map().with_untracked(|query| query.get("with"));
    framed(
        Place::Requests,
        |_| "Compare".to_owned(),
        load_comparison(id, with),
        |page| {
            let ComparePage { request, compared, why } = page;
            let (id, back) = (request.id.clone(), request.id.clone());
            let body = match compared {
                None => view! {
                    <section class="card">
                        <Empty glyph=Glyph::Requests title="There is no earlier request to compare with" words=why>
                            <Links id page=true />
                        </Empty>
                    </section>
                }
                .into_any(),
                Some(compared) => view! { <Both request compared /> }.into_any(),
            };
            view! {
                <Crumbs id=back />
                {body}
            }
            .into_any()
        },
    )
}

/// The verdict in a sentence.
fn verdict(compared: &Compared) -> &'static str {
    match compared.turned {
        Turned::Same => "Both prompts are the same.",
        Turned::Longer => "All of the earlier prompt is at the beginning of this one, and more follows.",
        Turned::Shorter => "This prompt ends where the earlier one went on.",
        Turned::Changed => "The prompt was changed before its end: a cache cannot be read beyond that.",
    }
}

/// How much of the prompt is the same, in a sentence.
fn same(compared: &Compared) -> String {
    if compared.same_bytes == 0 {
        return "Nothing at the beginning is the same, so nothing can be read from a cache.".to_owned();
    }
    let share = format::share(compared.same_bytes, compared.prompt_bytes);
    format!(
        "The first {} of the prompt are the same, about {} ({share} of it): a provider's cache can read these.",
        format::counted(compared.same_bytes, "byte", "bytes"),
        format::counted(compared.same_tokens, "token", "tokens"),
    )
}

/// What else bears on a cache, in sentences.
fn notes(request: &RequestRow, compared: &Compared) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(tokens) = request.tokens {
        notes.push(format!(
            "The provider says that it read {} of this prompt's {} from its cache, and wrote {} to it.",
            format::count(tokens.cache_read),
            format::counted(tokens.prompt(), "token", "tokens"),
            format::count(tokens.cache_write),
        ));
    }
    if !compared.same_target {
        notes.push(format!(
            "The earlier request went to {}. Each model and account has a cache of its own, so what one was sent the \
             other has not.",
            compared.target
        ));
    }
    let apart = request.at - compared.at;
    if apart > CACHED {
        notes.push(format!(
            "{} lie between the two. Most caches forget a prompt after 5 minutes without a request.",
            format::took(apart)
        ));
    }
    notes.push(
        if compared.sent {
            "Compared is what the providers were sent, in the order in which they read it: tools, instructions, turns."
        } else {
            "Compared is what the client sent, in the order in which providers read it: tools, instructions, turns."
        }
        .to_owned(),
    );
    if compared.cut {
        notes.push(
            "One of the two is not kept whole, so what comes after its end is not compared.".to_owned(),
        );
    }
    if compared.redacted {
        notes.push(
            "Secrets were taken out of what is compared. Two different ones look the same here, and counts are of what \
             is left."
                .to_owned(),
        );
    }
    notes
}

#[component]
fn Both(request: RequestRow, compared: Compared) -> impl IntoView {
    let good = compared.turned != Turned::Changed;
    let (verdict, same) = (verdict(&compared), same(&compared));
    let notes = notes(&request, &compared).into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    let Compared { earlier, at, first, beside, stretches, turned, .. } = compared;
    let nothing = stretches.is_empty() || stretches.iter().all(|stretch| stretch.same);
    let sides = ["what it was before".to_owned(), "what it is now".to_owned()];
    view! {
        <section class="card compare-head" aria-labelledby="verdict">
            <div class="preview-head" class:stays=!good>
                <Icon glyph=if good { Glyph::Check } else { Glyph::Warning } />
                <div>
                    <h2 id="verdict">{verdict}</h2>
                    <p>{same}</p>
                    <p class="faint">
                        "Beside " <a href=format!("/requests/{earlier}")>"the request before it"</a> " of this conversation, "
                        <Ago at />
                    </p>
                </div>
            </div>
            <ul class="notes">{notes}</ul>
        </section>
        {first.map(|first| view! { <First first turned /> })}
        <Beside beside />
        <section class="card" aria-labelledby="lines">
            <header>
                <h2 id="lines">"Line by line"</h2>
                <span class="faint">"Lines far from a change are left out, as their numbers show."</span>
            </header>
            {if nothing {
                view! { <p class="faint">"Every line is the same."</p> }.into_any()
            } else {
                view! { <Stretches stretches sides names=["Earlier", "This request"] /> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// Where the prompts part.
#[component]
fn First(first: Differs, turned: Turned) -> impl IntoView {
    let title = match turned {
        Turned::Longer => "What was added begins at ",
        Turned::Shorter => "What is missing began at ",
        Turned::Same | Turned::Changed => "They first differ at ",
    };
    let Differs { path, before, now } = first;
    view! {
        <section class="card" aria-labelledby="first">
            <h2 id="first">{title} <code>{path}</code></h2>
            <dl class="differs">
                <Side name="Earlier" text=before />
                <Side name="This request" text=now />
            </dl>
        </section>
    }
    .into_any()
}

#[component]
fn Side(name: &'static str, text: String) -> impl IntoView {
    let shown = if text.is_empty() {
        view! { <span class="faint">"nothing"</span> }.into_any()
    } else {
        view! { <code>{text}</code> }.into_any()
    };
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{shown}</dd>
        </div>
    }
    .into_any()
}

/// What differs beside the prompt.
#[component]
fn Beside(beside: Vec<Differs>) -> Option<impl IntoView> {
    if beside.is_empty() {
        return None;
    }
    let rows = beside.into_iter().map(|Differs { path, before, now }| {
        let cell = |text: String| {
            if text.is_empty() {
                view! { <span class="faint">"nothing"</span> }.into_any()
            } else {
                view! { <code>{text}</code> }.into_any()
            }
        };
        view! {
            <tr>
                <th scope="row">
                    <code>{path}</code>
                </th>
                <td>{cell(before)}</td>
                <td>{cell(now)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    Some(
        view! {
            <section class="card table-card" aria-labelledby="beside">
                <header>
                    <h2 id="beside">"Other members that differ"</h2>
                    <span class="faint">
                        "They are no part of the prompt, but some make a provider begin anew: the model, tool choice, thinking."
                    </span>
                </header>
                <div class="scroll" tabindex="0">
                    <table>
                        <caption class="visually-hidden">"Members that differ, before and now"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Member"</th>
                                <th scope="col">"Earlier"</th>
                                <th scope="col">"This request"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any(),
    )
}
