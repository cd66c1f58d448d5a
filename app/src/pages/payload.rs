//! What was logged of one request: what the client sent, what the provider was sent, what came back.

use crate::api::payload::{Folded, Part, PartSize, PayloadPage, SaidBlock, ShownPart, load_payload};
use crate::parts::copy::CopyButton;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::time::Ago;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// What was logged of one request.
#[component]
pub fn Payload() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    framed(
        Place::Requests,
        |_| "Payload".to_owned(),
        load_payload(id),
        |page| {
            let PayloadPage { request, parts } = page;
            let links = parts.iter().map(|part| {
                let name = word(part.size.part);
                view! {
                    <li>
                        <a href=format!("#{name}")>{title(part.size.part)}</a>
                        " "
                        <span class="faint">{words(part.size)}</span>
                    </li>
                }
            });
            let links = links.collect_view();
            let shown = parts.into_iter().map(|part| view! { <ShownAs part /> }).collect_view();
            view! {
                <Crumbs id=request.id.clone() />
                <section class="card payload-head" aria-label="What was logged">
                    <p>
                        <strong>{request.asked.clone()}</strong>
                        " "
                        <span class="faint">{request.client.clone()} ", " <Ago at=request.at /></span>
                    </p>
                    <ul class="payload-parts">{links}</ul>
                    <Links id=request.id page=false />
                </section>
                {shown}
            }
            .into_any()
        },
    )
}

/// The way back to the request.
#[component]
pub fn Crumbs(id: String) -> impl IntoView {
    view! {
        <p class="crumbs">
            <a href=format!("/requests/{id}")>
                <Icon glyph=Glyph::Left />
                "The request"
            </a>
        </p>
    }
    .into_any()
}

/// Where a payload can be looked at. `page`: its page is among that.
#[component]
pub fn Links(id: String, page: bool) -> impl IntoView {
    view! {
        <p class="buttons">
            {page
                .then(|| {
                    view! {
                        <a class="button primary" href=format!("/requests/{id}/payload")>
                            "Show it"
                        </a>
                    }
                })}
            <a class="button" href=format!("/requests/{id}/compare")>
                "Compare with the request before"
            </a>
            <a class="button" href=format!("/requests/{id}/payload.json") download="">
                "Export as JSON"
            </a>
        </p>
    }
    .into_any()
}

fn word(part: Part) -> &'static str {
    match part {
        Part::Request => "request",
        Part::Sent => "sent",
        Part::Reply => "reply",
    }
}

/// A part for people.
pub fn title(part: Part) -> &'static str {
    match part {
        Part::Request => "Request",
        Part::Sent => "Sent to the provider",
        Part::Reply => "Reply",
    }
}

/// How much of a part is kept, in words.
pub fn words(size: PartSize) -> String {
    let whole = format::bytes(size.bytes);
    let mut words = match size.bytes - size.kept {
        0 => whole,
        _ if size.kept == 0 => format!("{whole}, which are no text and are not kept"),
        _ => format!("the first {} of {whole}", format::bytes(size.kept)),
    };
    match size.redacted {
        0 => {}
        1 => words.push_str("; 1 secret was taken out"),
        many => words.push_str(&format!("; {} secrets were taken out", format::count(many))),
    }
    words
}

/// What stands where a text is cut off.
fn missing(size: PartSize) -> Option<String> {
    let missing = size.bytes - size.kept;
    (missing > 0 && size.kept > 0).then(|| format!("{} more bytes were not kept.", format::count(missing)))
}

#[component]
fn ShownAs(part: ShownPart) -> impl IntoView {
    let ShownPart { size, headers, said, stream, text } = part;
    let id = word(size.part);
    let text_id = format!("{id}-text");
    let name = title(size.part);
    let empty = text.is_empty();
    let cut = missing(size);
    let body = if empty {
        let why = if size.bytes == 0 { "Nothing came." } else { "This was no text, so it is not kept." };
        view! { <p class="faint">{why}</p> }.into_any()
    } else if stream && !said.is_empty() {
        view! {
            <Said said />
            <details class="fold">
                <summary>
                    <Icon glyph=Glyph::Right />
                    "The stream as it came"
                </summary>
                <Text id=text_id.clone() text />
            </details>
        }
        .into_any()
    } else {
        view! { <Text id=text_id.clone() text /> }.into_any()
    };
    view! {
        <section class="card payload-part" id=id aria-labelledby=format!("{id}-title")>
            <header>
                <h2 id=format!("{id}-title")>{name}</h2>
                <span class="faint">{words(size)}</span>
                <span class="end">
                    {(!empty).then(|| view! { <CopyButton from=text_id what=format!("the text of: {name}") /> })}
                </span>
            </header>
            <Headers headers />
            {body}
            {cut.map(|words| view! { <p class="faint">{words}</p> })}
        </section>
    }
    .into_any()
}

#[component]
fn Headers(headers: Vec<(String, String)>) -> Option<impl IntoView> {
    if headers.is_empty() {
        return None;
    }
    let lines = headers.into_iter().map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd class="mono">{value}</dd>
            </div>
        }
    });
    let lines = lines.collect_view();
    Some(view! {
        <details class="fold">
            <summary>
                <Icon glyph=Glyph::Right />
                "Headers"
            </summary>
            <dl class="pairs">{lines}</dl>
        </details>
    })
}

/// What a stream came to.
#[component]
fn Said(said: Vec<SaidBlock>) -> impl IntoView {
    let blocks = said.into_iter().map(|SaidBlock { what, text }| {
        view! {
            <h3>{what}</h3>
            <pre class="payload-text" tabindex="0">{text}</pre>
        }
    });
    blocks.collect_view()
}

/// A text whose long lines are folded away. What a summary says stands beside the text, so that all of it and nothing
/// else is copied.
#[component]
fn Text(id: String, text: Vec<Folded>) -> impl IntoView {
    let pieces = text.into_iter().map(|Folded { shown, folded }| {
        let fold = (!folded.is_empty()).then(|| {
            let more = i64::try_from(folded.len()).unwrap_or(i64::MAX);
            let more = format!("{} more", format::bytes(more));
            view! {
                <details class="payload-fold">
                    <summary aria-label=more.clone() data-more=more></summary>
                    <span>{folded}</span>
                </details>
            }
        });
        view! {
            <span>{shown}</span>
            {fold}
        }
    });
    // Several stand on one page, and each is named after its part.
    let label = format!("Text of the part {}", id.trim_end_matches("-text"));
    view! {
        <div class="payload-text" id=id tabindex="0" role="region" aria-label=label>
            {pieces.collect_view()}
        </div>
    }
    .into_any()
}
