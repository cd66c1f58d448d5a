//! Spans of time on one axis: a bar a line, all of one width, and the axis below them.

use super::format;
use crate::api::requests::AttemptRow;
use leptos::prelude::*;

/// How an attempt ended, as its bar shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It answered to the end.
    Answered,
    /// It answered in part, and another went on.
    Continued,
    /// It answered in part, and nothing went on.
    BrokeOff,
    /// It was given up because another was faster.
    Dropped,
    /// It did not answer.
    Failed,
}

impl Ending {
    fn class(self) -> &'static str {
        match self {
            Self::Answered => "bar won",
            Self::Continued | Self::BrokeOff => "bar won broken",
            Self::Dropped => "bar dropped",
            Self::Failed => "bar lost",
        }
    }
}

/// The bar of one attempt; the words beside it say the same.
#[component]
pub fn Bar(
    row: AttemptRow,
    ending: Ending,
    /// What the whole width stands for, in ms.
    span: i64,
) -> impl IntoView {
    let x = move |ms: i64| ms.max(0) as f64 * 1000.0 / span.max(1) as f64;
    let (from, width) = (x(row.start_ms), x(row.total_ms).max(3.0));
    let from = from.min(1000.0 - width);
    let wait = row.first_token_ms.map_or(width, |first| x(first).min(width));
    let lines = [250, 500, 750].map(|x| view! { <line class="grid" x1=x x2=x y1="0" y2="20"></line> });
    let end = format!("{:.1}", from + width - 1.5);
    view! {
        <svg class=ending.class() viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
            {lines}
            <rect class="waits" x=format!("{from:.1}") y="3" width=format!("{wait:.1}") height="14"></rect>
            <rect
                class="streams"
                x=format!("{:.1}", from + wait)
                y="3"
                width=format!("{:.1}", (width - wait).max(0.0))
                height="14"
            ></rect>
            <line class="end" x1=end.clone() x2=end y1="0" y2="20"></line>
        </svg>
    }
    .into_any()
}

/// The axis and what the colours mean.
#[component]
pub fn Axis(
    /// What the whole width stands for, in ms.
    span: i64,
) -> impl IntoView {
    view! {
        <div class="waterfall-foot">
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
                    "Failed, or broke off"
                </li>
            </ul>
            <p class="axis" aria-hidden="true">
                <span>"0"</span>
                <span>{format::took(span / 2)}</span>
                <span>{format::took(span)}</span>
            </p>
        </div>
    }
    .into_any()
}
