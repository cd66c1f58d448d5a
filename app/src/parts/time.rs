//! Moments: relative words with the exact time on hover. The `Ambient` island keeps them ticking.

use super::{format, reader};
use crate::api::Millis;
use leptos::prelude::*;

/// "3 min ago".
#[component]
pub fn Ago(at: Millis) -> impl IntoView {
    view! {
        <time datetime=format::iso(at) title=format::exact(at, reader::utc_offset()) data-ago=at>
            {format::ago(at, reader::now())}
        </time>
    }
}

/// "in 11:42".
#[component]
pub fn Until(at: Millis) -> impl IntoView {
    view! {
        <time datetime=format::iso(at) title=format::exact(at, reader::utc_offset()) data-until=at>
            {format::until(at, reader::now())}
        </time>
    }
}

/// "21 Nov 2026".
#[component]
pub fn Day(at: Millis) -> impl IntoView {
    view! {
        <time datetime=format::iso(at) title=format::exact(at, reader::utc_offset())>
            {format::day(at, reader::utc_offset())}
        </time>
    }
}
