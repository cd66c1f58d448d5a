//! Requests as rows of a table: the same on the overview, in the list, and on a provider's page.

use super::format;
use super::mark::OutcomeBadge;
use super::time::Ago;
use crate::api::requests::{Outcome, RequestRow};
use leptos::prelude::*;

/// The columns.
#[component]
pub fn RequestHead() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th scope="col">"When"</th>
                <th scope="col">"Outcome"</th>
                <th scope="col">"Client"</th>
                <th scope="col">"Asked for, answered by"</th>
                <th scope="col" class="number">
                    "Tokens in, out"
                </th>
                <th scope="col" class="number">
                    "Cost"
                </th>
                <th scope="col" class="number">
                    "Took"
                </th>
            </tr>
        </thead>
    }
}

/// What stands where there is nothing to count.
#[component]
fn Nothing() -> impl IntoView {
    view! {
        <span class="faint" aria-hidden="true">
            "–"
        </span>
        <span class="visually-hidden">"none"</span>
    }
}

/// What comes next on the way of a request.
#[component]
fn Then() -> impl IntoView {
    view! {
        <span aria-hidden="true">" → "</span>
        <span class="visually-hidden">", then "</span>
    }
}

/// Output tokens a second from the first token to the end.
pub fn speed(row: &RequestRow) -> Option<String> {
    let answering = row.total_ms - row.first_token_ms.unwrap_or(row.total_ms);
    match row.tokens {
        Some(tokens) if answering >= 100 && tokens.output > 0 => {
            Some(format!("{:.0} tokens/s", tokens.output as f64 * 1e3 / answering as f64))
        }
        _ => None,
    }
}

/// One request.
#[component]
pub fn RequestLine(row: RequestRow) -> impl IntoView {
    // What reached no provider used nothing, which is not the same as an unknown amount.
    let nothing = row.attempts == 0 && row.tokens.is_none();
    let unknown = row.cost.is_none() && !row.covered;
    let tokens = row.tokens.map(|tokens| {
        let exact = format!(
            "{} in, of which {} from the cache; {} out",
            format::count(tokens.prompt()),
            format::count(tokens.cache_read),
            format::count(tokens.output)
        );
        view! {
            <span title=exact>
                {format::tokens(tokens.prompt())} <span class="faint">" / "</span> {format::tokens(tokens.output)}
            </span>
        }
        .into_any()
    });
    let first = row.first_token_ms.map(|first| format!("First token after {}", format::took(first)));
    let speed = speed(&row);
    let combo = match row.combo.as_str() {
        "" => None,
        combo if combo == row.asked => Some("combo".to_owned()),
        combo => Some(format!("combo {combo}")),
    };
    let tried = row.tried.iter().map(|target| view! { {target.clone()} <Then /> }).collect_view();
    let who = if row.key.is_empty() { "no key".to_owned() } else { row.key.clone() };
    view! {
        <tr>
            <td class="when">
                <a class="row-link" href=format!("/requests/{}", row.id)>
                    <Ago at=row.at />
                </a>
            </td>
            <td>
                <OutcomeBadge outcome=row.outcome />
            </td>
            <td>
                <span class="two">
                    <span>{row.client}</span>
                    <span class="faint">{who}</span>
                </span>
            </td>
            <td class="wide">
                <span class="two">
                    <span class="mono">
                        {row.asked} {combo.map(|combo| view! { " " <span class="faint">{combo}</span> })}
                    </span>
                    <span class="faint mono">
                        {(row.attempts > 0).then(|| view! { <Dots attempts=row.attempts outcome=row.outcome /> })}
                        {tried} {if row.target.is_empty() { "no target was tried".to_owned() } else { row.target }}
                    </span>
                    {(!row.error.is_empty()).then(|| view! { <span class="row-error two-lines">{row.error}</span> })}
                </span>
            </td>
            <td class="number" class:nothing=nothing>
                {match tokens {
                    Some(tokens) => tokens,
                    None if nothing => view! { <Nothing /> }.into_any(),
                    None => view! { <span class="faint" title="The provider stated no usage">"unknown"</span> }.into_any(),
                }}
            </td>
            <td class="number" class:faint=unknown class:nothing=nothing>
                {if nothing {
                    view! { <Nothing /> }.into_any()
                } else {
                    format::charged(row.cost, row.covered).into_any()
                }}
            </td>
            <td class="number">
                <span class="two" title=first>
                    <span>{format::took(row.total_ms)}</span>
                    {speed.map(|speed| view! { <span class="faint">{speed}</span> })}
                </span>
            </td>
        </tr>
    }
}

/// Attempts as dots: the ones that failed, then the one that answered.
#[component]
pub fn Dots(attempts: i64, outcome: Outcome) -> impl IntoView {
    let words = match (attempts, outcome) {
        (1, Outcome::Answered) => "Answered at the first attempt".to_owned(),
        (many, Outcome::Answered) => format!("Answered at attempt {many}"),
        (many, Outcome::Cancelled) => format!("The client left during attempt {many}"),
        (many, _) => format!("{}, no whole answer", format::counted(many, "attempt", "attempts")),
    };
    let last = match outcome {
        Outcome::Answered => "dot good",
        Outcome::Cancelled => "dot",
        Outcome::Failed | Outcome::Broken => "dot bad",
    };
    let shown = usize::try_from(attempts.clamp(0, 6)).unwrap_or(0);
    let dots = (1..=shown).map(|at| {
        view! { <i class=if at == shown { last } else { "dot bad" }></i> }
    });
    view! {
        <span class="dots" role="img" aria-label=words.clone() title=words>
            {dots.collect_view()}
        </span>
    }
}
