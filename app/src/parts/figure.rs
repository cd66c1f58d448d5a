//! Figures: one number that answers a question, and what it is made of.

use super::format;
use super::mark::{tier_class, tier_name};
use crate::api::overview::TierShare;
use leptos::prelude::*;

/// A number with its name, what it is measured against, and a note.
#[component]
pub fn Figure(
    #[prop(into)] label: String,
    #[prop(into)] number: String,
    #[prop(optional, into)] exact: Option<String>,
    /// Against the day before.
    #[prop(into)]
    against: String,
    /// What the number is made of.
    #[prop(into)]
    note: String,
) -> impl IntoView {
    view! {
        <div class="figure card">
            <dt>{label}</dt>
            <dd>
                <span class="figure-number" title=exact>
                    {number}
                </span>
                <span class="figure-note">{note}</span>
                <span class="figure-against">{against}</span>
            </dd>
        </div>
    }
    .into_any()
}

/// How today compares with the whole of yesterday, in words. A day that is not over cannot be "down".
pub fn against(today: i64, yesterday: i64, shown: &str) -> String {
    match (today, yesterday) {
        (0, 0) => "None yesterday either".to_owned(),
        (_, 0) => "None yesterday".to_owned(),
        (0, _) => format!("Yesterday {shown}"),
        (today, yesterday) => format!("{} of yesterday's {shown}", format::share(today, yesterday)),
    }
}

/// Shares of a whole as one bar with its legend.
#[component]
pub fn TierBar(tiers: Vec<TierShare>) -> impl IntoView {
    let whole: i64 = tiers.iter().map(|share| share.tokens).sum();
    let mut from = 0.0;
    let parts: Vec<_> = tiers
        .iter()
        .filter(|share| share.tokens > 0)
        .map(|share| {
            let width = share.tokens as f64 * 100.0 / whole.max(1) as f64;
            let x = from;
            from += width;
            let words = format!("{}: {} tokens", tier_name(share.tier), format::count(share.tokens));
            view! {
                <rect class=tier_class(share.tier) x=format!("{x:.3}") y="0" width=format!("{width:.3}") height="10">
                    <title>{words}</title>
                </rect>
            }
        })
        .collect();
    let legend = tiers.into_iter().map(|share| {
        view! {
            <li class=tier_class(share.tier)>
                <i class="swatch"></i>
                <span>{tier_name(share.tier)}</span>
                <strong title=format!("{} tokens", format::count(share.tokens))>
                    {format::tokens(share.tokens)}
                </strong>
                <span class="faint">{format::share(share.tokens, whole)}</span>
            </li>
        }
    });
    view! {
        <svg class="tier-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            {parts}
        </svg>
        <ul class="legend">{legend.collect_view()}</ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::against;

    #[test]
    fn a_day_is_compared_with_the_whole_day_before() {
        assert_eq!(against(0, 0, "0"), "None yesterday either");
        assert_eq!(against(3, 0, "0"), "None yesterday");
        assert_eq!(against(0, 412, "412"), "Yesterday 412");
        assert_eq!(against(206, 412, "412"), "50% of yesterday's 412");
    }
}
