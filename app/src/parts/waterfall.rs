//! Attempts of a request on one time axis.

use super::format;
use crate::api::requests::AttemptRow;
use leptos::prelude::*;

const ROW: i64 = 28;
const BAR: i64 = 14;

/// The picture; the table beside it says the same in words.
#[component]
pub fn Waterfall(attempts: Vec<AttemptRow>, total_ms: i64) -> impl IntoView {
    let span = attempts.iter().map(|row| row.start_ms + row.total_ms).chain([total_ms, 1]).max().unwrap_or(1);
    let x = move |ms: i64| ms.max(0) as f64 * 1000.0 / span as f64;
    let height = ROW * i64::try_from(attempts.len()).unwrap_or(1);
    let lines = [0.25, 0.5, 0.75].map(|part| {
        let x = format!("{:.1}", 1000.0 * part);
        view! { <line class="grid" x1=x.clone() x2=x y1="0" y2=height></line> }
    });
    let bars = attempts.iter().zip(0_i64..).map(|(row, at)| {
        let y = at * ROW + (ROW - BAR) / 2;
        let (from, width) = (x(row.start_ms), x(row.total_ms).max(3.0));
        let wait = row.first_token_ms.map_or(width, |first| x(first).min(width));
        let words = format!(
            "{} at {}: from {} for {}",
            row.target,
            row.account,
            format::took(row.start_ms),
            format::took(row.total_ms)
        );
        view! {
            <g class=if row.won { "won" } else { "lost" }>
                <title>{words}</title>
                <rect class="waits" x=format!("{from:.1}") y=y width=format!("{wait:.1}") height=BAR></rect>
                <rect
                    class="streams"
                    x=format!("{:.1}", from + wait)
                    y=y
                    width=format!("{:.1}", (width - wait).max(0.0))
                    height=BAR
                ></rect>
            </g>
        }
    });
    view! {
        <div class="waterfall">
            <svg viewBox=format!("0 0 1000 {height}") preserveAspectRatio="none" height=height aria-hidden="true">
                {lines}
                {bars.collect_view()}
            </svg>
            <p class="axis" aria-hidden="true">
                <span>"0"</span>
                <span>{format::took(span / 2)}</span>
                <span>{format::took(span)}</span>
            </p>
            <ul class="legend">
                <li class="key-waits">
                    <i class="swatch"></i>
                    "Waiting for the first token"
                </li>
                <li class="key-streams">
                    <i class="swatch"></i>
                    "Answering"
                </li>
                <li class="key-lost">
                    <i class="swatch"></i>
                    "Failed"
                </li>
            </ul>
        </div>
    }
    .into_any()
}
