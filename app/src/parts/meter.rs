//! How much of a limit is used: a bar, and the words for it.

use leptos::prelude::*;

/// How loud a share is, in thousandths; `reserve` hundredths are kept back.
fn loudness(used: u32, reserve: u32) -> &'static str {
    let full = 1000_u32.saturating_sub(reserve * 10);
    match used {
        used if used >= full => "bad",
        used if used * 10 >= full * 8 => "warn",
        _ => "good",
    }
}

/// What is left of a limit of which so many thousandths are used: "28% left".
pub fn left_words(used: u32) -> String {
    match 1000_u32.saturating_sub(used) {
        0 => "nothing left".to_owned(),
        1..=9 => "under 1% left".to_owned(),
        left => format!("{}% left", left / 10),
    }
}

/// A bar as far as a limit is used, in thousandths.
#[component]
pub fn Meter(#[prop(into)] name: String, used: u32, reserve: u32) -> impl IntoView {
    let class = format!("bar {}", loudness(used, reserve));
    let width = f64::from(used.min(1000)) / 10.0;
    view! {
        <svg class=class viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label=format!("{name}: {width}% used")>
            <rect class="whole" width="100" height="4" />
            <rect class="used" width=format!("{width}") height="4" />
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::loudness;

    #[test]
    fn a_limit_is_loud_when_little_is_left_beside_what_is_kept_back() {
        assert_eq!([loudness(100, 0), loudness(800, 0), loudness(1000, 0)], ["good", "warn", "bad"]);
        assert_eq!([loudness(700, 0), loudness(700, 20), loudness(800, 20)], ["good", "warn", "bad"]);
    }
}
