//! The attempts of a request: a part of the request page.

use crate::api::requests::{AttemptRow, Cause};
use crate::parts::format;
use crate::parts::icon::Glyph;
use crate::parts::mark::{Badge, Tone};
use crate::parts::waterfall::{Axis, Bar, Ending};
use leptos::prelude::*;

/// Why an attempt was made, in words. `earlier` are those before it.
fn cause(row: &AttemptRow, earlier: &[AttemptRow]) -> String {
    let number = |at: Option<usize>| at.map_or("one".to_owned(), |at| format!("attempt {}", at + 1));
    match row.cause {
        Cause::Plan if earlier.is_empty() => "first in the plan".to_owned(),
        Cause::Plan => "next in the plan".to_owned(),
        Cause::Retry => "the same account once more".to_owned(),
        Cause::Hedge => {
            let silent = earlier.iter().rposition(|other| other.start_ms + other.total_ms > row.start_ms);
            format!("started beside {}, which was silent", number(silent))
        }
        Cause::Rescue => {
            let broken = earlier.iter().rposition(|other| other.won);
            format!("went on with the answer of {} after {}", number(broken), format::took(row.start_ms))
        }
    }
}

/// How an attempt ended. `later` are those after it.
fn ending(row: &AttemptRow, later: &[AttemptRow]) -> Ending {
    match row {
        row if row.won && later.iter().any(|other| other.won && other.cause == Cause::Rescue) => {
            Ending::Continued
        }
        row if row.won && !row.error.is_empty() => Ending::BrokeOff,
        row if row.won => Ending::Answered,
        row if row.error.is_empty() => Ending::Dropped,
        _ => Ending::Failed,
    }
}

fn badge(ending: Ending) -> impl IntoView {
    let (tone, glyph, text) = match ending {
        Ending::Answered => (Tone::Good, Glyph::Check, "Answered"),
        Ending::Continued => (Tone::Warn, Glyph::Warning, "Broke off, continued below"),
        Ending::BrokeOff => (Tone::Bad, Glyph::Warning, "Broke off"),
        Ending::Dropped => (Tone::Quiet, Glyph::Pause, "Dropped"),
        Ending::Failed => (Tone::Bad, Glyph::Cross, "Failed"),
    };
    view! { <Badge tone glyph text /> }
}

/// Every call upstream on one time axis.
#[component]
pub fn Attempts(attempts: Vec<AttemptRow>, total_ms: i64) -> impl IntoView {
    if attempts.is_empty() {
        return view! {
            <section class="card" aria-labelledby="attempts">
                <h2 id="attempts">"Attempts"</h2>
                <p class="faint">"No provider was called for this request."</p>
            </section>
        }
        .into_any();
    }
    let span = attempts.iter().map(|row| row.start_ms + row.total_ms).chain([total_ms, 1]).max().unwrap_or(1);
    let lines = attempts.iter().enumerate().map(|(at, row)| {
        let (earlier, later) =
            (attempts.get(..at).unwrap_or_default(), attempts.get(at + 1..).unwrap_or_default());
        let ending = ending(row, later);
        view! { <Line row=row.clone() cause=cause(row, earlier) ending span /> }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" aria-labelledby="attempts">
            <header>
                <h2 id="attempts">"Attempts"</h2>
                <span class="faint">"on one time axis, from the arrival of the request"</span>
            </header>
            <ol class="waterfall">{lines}</ol>
            <Axis span />
        </section>
    }
    .into_any()
}

#[component]
fn Line(row: AttemptRow, cause: String, ending: Ending, span: i64) -> impl IntoView {
    let first = match (row.first_token_ms, ending) {
        (Some(first), _) => format!("first token after {}, ", format::took(first)),
        (None, Ending::Answered | Ending::Continued | Ending::BrokeOff) => String::new(),
        (None, _) => "no token, ".to_owned(),
    };
    let status = row.status.map_or("no status".to_owned(), |status| format!("status {status}"));
    let facts = format!(
        "Started after {}, {first}took {}, {status}",
        format::took(row.start_ms),
        format::took(row.total_ms)
    );
    let told = !(row.error.is_empty() && row.verdict.is_empty());
    view! {
        <li>
            <div class="attempt-words">
                <p class="attempt-name">
                    <span class="mono">{row.target.clone()}</span>
                    {badge(ending)}
                </p>
                <p class="soft">{row.account.clone()} ", " {cause}</p>
                {told
                    .then(|| {
                        view! {
                            <p>
                                <span>{format::ended(&row.error)}</span>
                                " "
                                <span class="soft">{format::ended(&row.verdict)}</span>
                            </p>
                        }
                    })}
                {(!row.rule.is_empty())
                    .then(|| view! { <p class="rule faint">"Rule " <code>{row.rule.clone()}</code></p> })}
            </div>
            <div class="attempt-bar">
                <Bar row ending span />
                <p class="faint">{facts}</p>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cause: Cause, start_ms: i64, total_ms: i64, won: bool, error: &str) -> AttemptRow {
        AttemptRow {
            target: "groq/ok".to_owned(),
            account: "work".to_owned(),
            start_ms,
            first_token_ms: None,
            total_ms,
            status: None,
            won,
            cause,
            verdict: String::new(),
            rule: String::new(),
            error: error.to_owned(),
        }
    }

    #[test]
    fn causes_name_the_attempt_they_are_about() {
        let rows = [
            row(Cause::Plan, 0, 300, false, "529"),
            row(Cause::Retry, 700, 14_000, false, ""),
            row(Cause::Hedge, 12_700, 9_800, true, "cut"),
            row(Cause::Rescue, 22_600, 6_000, true, ""),
        ];
        let words: Vec<_> = (0..4).map(|at| cause(&rows[at], &rows[..at])).collect();
        assert_eq!(words[0], "first in the plan");
        assert_eq!(words[1], "the same account once more");
        assert_eq!(words[2], "started beside attempt 2, which was silent");
        assert_eq!(words[3], "went on with the answer of attempt 3 after 22.6 s");
        let endings: Vec<_> = (0..4).map(|at| ending(&rows[at], &rows[at + 1..])).collect();
        assert_eq!(endings, [Ending::Failed, Ending::Dropped, Ending::Continued, Ending::Answered]);
        assert_eq!(ending(&rows[2], &[]), Ending::BrokeOff);
    }
}
