//! Translator: a request, a reply or a recorded stream in one wire format beside the same in another.
//!
//! The form posts to the page itself, and the page shows what became of it: the browser opens that page without
//! JavaScript, and with it the form takes the region `translation` from it.

use super::examples::{EXAMPLES, Example};
use crate::api::Problem;
use crate::api::requests::LeftOut;
use crate::api::translator::{Asking, TEXT_LIMIT, Translated, translate};
use crate::parts::copy::CopyButton;
use crate::parts::field::{Select, inside_textarea};
use crate::parts::form::{Done, EnhancedForm};
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::state::Empty;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What was posted to this page. The server reads the form and puts this among the extensions of the request.
#[derive(Clone, Debug)]
pub struct Submitted(pub Result<Asking, Problem>);

/// The longest form: every byte of a text may become three.
pub const FORM_LIMIT: usize = 3 * TEXT_LIMIT + 4096;

/// Something was pasted that is longer than a translation may be. `bytes` where that is known.
pub fn too_long(bytes: Option<usize>) -> Problem {
    let size = |bytes: usize| format::bytes(i64::try_from(bytes).unwrap_or(i64::MAX));
    let limit = size(TEXT_LIMIT);
    let said = match bytes {
        Some(bytes) => format!("This text has {}; at most {limit} are translated here.", size(bytes)),
        None => format!("This text is too long; at most {limit} are translated here."),
    };
    Problem::invalid("text", format!("{said} Leave out some turns of the conversation."))
}

const KINDS: [(&str, &str); 4] = [
    ("", "Recognise it"),
    ("request", "A request"),
    ("reply", "A whole reply"),
    ("stream", "A recorded stream"),
];

/// Translator.
#[component]
pub fn Translator() -> impl IntoView {
    let example = use_query_map().with_untracked(|query| query.get("example")).unwrap_or_default();
    let example = EXAMPLES.iter().find(|one| one.id == example);
    let given = submitted().or_else(|| {
        let Example { to, text, .. } = example?;
        let asking = Asking { to: (*to).to_owned(), text: (*text).to_owned(), ..Asking::default() };
        Some(Submitted(Ok(asking)))
    });
    let asking = given.as_ref().and_then(|Submitted(given)| given.clone().ok()).unwrap_or_default();
    let outcome = async move {
        Ok(match given {
            Some(Submitted(Ok(asking))) => Some(translate(asking).await),
            Some(Submitted(Err(problem))) => Some(Err(problem)),
            None => None,
        })
    };
    framed(
        Place::Translator,
        |_| "Translator".to_owned(),
        outcome,
        move |outcome| {
            view! {
                <Introduction chosen=example.map_or("", |one| one.id) />
                <EnhancedForm
                    action="/translator#result".to_owned()
                    class="translator".to_owned()
                    done=Done::Show("translation".to_owned())
                    refused=String::new()
                >
                    <Choices asking=asking.clone() />
                    <Given text=asking.text.clone() />
                    <div id="translation">
                        <Outcome outcome=outcome.clone() />
                    </div>
                </EnhancedForm>
                <p class="visually-hidden" role="status" data-filled="translation-said"></p>
            }
            .into_any()
        },
    )
}

#[cfg(feature = "ssr")]
fn submitted() -> Option<Submitted> {
    use_context::<http::request::Parts>()?.extensions.get().cloned()
}

/// The browser half never asks.
#[cfg(not(feature = "ssr"))]
fn submitted() -> Option<Submitted> {
    None
}

#[component]
fn Introduction(chosen: &'static str) -> impl IntoView {
    let examples = EXAMPLES.iter().map(|one| {
        view! {
            <li>
                <a
                    class="button small"
                    href=format!("/translator?example={}", one.id)
                    title=one.words
                    aria-current=(one.id == chosen).then_some("true")
                >
                    {one.name}
                </a>
            </li>
        }
    });
    view! {
        <section class="translator-head" aria-label="What this is">
            <p class="soft">
                "See a request, a reply or a recorded stream as another format has it, and what gets lost on the way. \
                 It is translated here: nothing is stored, and nothing is sent to a provider."
            </p>
            <div class="examples">
                <span class="faint" id="examples">
                    "Examples"
                </span>
                <ul aria-labelledby="examples">{examples.collect_view()}</ul>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Choices(asking: Asking) -> impl IntoView {
    let kinds = KINDS.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let dialects = format::DIALECTS.map(|name| (name.to_owned(), format::dialect(name).to_owned())).to_vec();
    let unstated = (String::new(), "Recognise it".to_owned());
    let from = std::iter::once(unstated).chain(dialects.clone()).collect();
    view! {
        <div class="translator-choices">
            <Select id="kind" name="kind" label="What it is" options=kinds chosen=asking.kind />
            <Select id="from" name="from" label="From" options=from chosen=asking.from />
            <Select id="to" name="to" label="Into" options=dialects chosen=asking.to />
            <button type="submit" class="button primary">
                "Translate"
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn Given(text: String) -> impl IntoView {
    view! {
        <div class="pane">
            <header>
                <label for="text">"Original"</label>
            </header>
            <textarea
                id="text"
                name="text"
                class="mono"
                required=true
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="Paste JSON, or the lines of a stream"
            >
                {inside_textarea(&text)}
            </textarea>
        </div>
    }
    .into_any()
}

/// The translation, or what is in its place.
#[component]
fn Outcome(outcome: Option<Result<Translated, Problem>>) -> impl IntoView {
    match outcome {
        None => view! {
            <section class="pane" id="result" aria-label="Translation">
                <Empty
                    glyph=Glyph::Translator
                    title="Nothing is translated yet"
                    words="Paste something under Original and press Translate, or open one of the examples above."
                />
            </section>
        }
        .into_any(),
        Some(Err(problem)) => view! {
            <section class="pane" id="result" aria-labelledby="result-title">
                <header>
                    <h2 id="result-title">"Not translated"</h2>
                </header>
                <div class="pane-words">
                    <p class="alert bad" role="alert">
                        <Icon glyph=Glyph::Warning />
                        <span>{coded(&problem.message)}</span>
                    </p>
                </div>
            </section>
        }
        .into_any(),
        Some(Ok(translated)) => view! { <Shown translated /> }.into_any(),
    }
}

#[component]
fn Shown(translated: Translated) -> impl IntoView {
    let Translated { kind, from, to, recognised, text, dropped, notes } = translated;
    let name = format::dialect(&to).to_owned();
    let lost = match dropped.len() {
        0 => "Everything was carried over.".to_owned(),
        1 => "1 thing was not carried over.".to_owned(),
        many => format!("{many} things were not carried over."),
    };
    let said = format!("Translated to {name}. {lost}");
    view! {
        <section class="pane" id="result" aria-labelledby="result-title" data-said=said>
            <header>
                <h2 id="result-title">{name}</h2>
                <CopyButton from="result-text" what="the translation" />
            </header>
            <pre tabindex="0"><code id="result-text">{text}</code></pre>
        </section>
        <div class="columns translator-report">
            <Lost dropped same=from == to whole=kind == "request" />
            <section class="card" aria-labelledby="about-it">
                <h2 id="about-it">"About this translation"</h2>
                <ul class="notes">
                    {std::iter::once(recognised)
                        .filter(|words| !words.is_empty())
                        .chain(notes)
                        .map(|words| view! { <li>{coded(&words)}</li> })
                        .collect_view()}
                </ul>
            </section>
        </div>
    }
    .into_any()
}

/// What could not be carried over. `whole`: whether each member of the original was looked at, as in a request.
#[component]
fn Lost(dropped: Vec<LeftOut>, same: bool, whole: bool) -> impl IntoView {
    let none = dropped.is_empty();
    let carried = match (same, whole) {
        (true, _) => "Everything: both sides are the same format, so it passes through as it is.",
        (_, true) => "Everything was carried over.",
        _ => {
            "Everything that both formats know was carried over: text, thinking, calls, why it ended, token counts."
        }
    };
    let count = (!none).then(|| view! { <span class="faint">{dropped.len()}</span> });
    let lines = dropped.into_iter().map(|LeftOut { what, why }| {
        view! {
            <li>
                <code>{what}</code>
                <span class="soft">{coded(&why)}</span>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" aria-labelledby="lost">
            <h2 id="lost">{if none { "Carried over" } else { "Not carried over" }} {count}</h2>
            {if none {
                view! {
                    <p class="said">
                        <span class="good">
                            <Icon glyph=Glyph::Check />
                            <span>{carried}</span>
                        </span>
                    </p>
                }
                    .into_any()
            } else {
                view! { <ul class="lines lost">{lines}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// A sentence in which names between backticks are code.
pub(super) fn coded(sentence: &str) -> AnyView {
    if sentence.matches('`').count() % 2 == 1 {
        return sentence.to_owned().into_any();
    }
    let parts = sentence.split('`').enumerate().map(|(at, part)| match at % 2 {
        1 => view! { <code>{part.to_owned()}</code> }.into_any(),
        _ => part.to_owned().into_any(),
    });
    parts.collect_view().into_any()
}
