//! What of usage is looked at: the period and the filters. All of it lives in the address.

use crate::api::usage::{UsagePage, UsageQuery};
use crate::parts::filter::{Chips, Choice, Kept, named_so};
use crate::parts::format;
use leptos::prelude::*;

const PERIODS: [(&str, &str); 3] = [("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days")];

/// What the address says of a query: everything, but for what goes without saying.
pub(super) fn address(query: &UsageQuery) -> String {
    let pairs = [
        ("period", &query.period, "7d"),
        ("from", &query.from, ""),
        ("to", &query.to, ""),
        ("measure", &query.measure, "tokens"),
        ("split", &query.split, "provider"),
        ("provider", &query.provider, ""),
        ("model", &query.model, ""),
        ("key", &query.key, ""),
        ("client", &query.client, ""),
        ("combo", &query.combo, ""),
    ];
    let said = pairs.into_iter().filter(|(_, value, usual)| !value.is_empty() && value != usual);
    let said: Vec<_> = said.map(|(name, value, _)| format!("{name}={}", format::encode(value))).collect();
    if said.is_empty() { "/usage".to_owned() } else { format!("/usage?{}", said.join("&")) }
}

/// The address with something else in it.
pub(super) fn with(query: &UsageQuery, change: impl FnOnce(&mut UsageQuery)) -> String {
    let mut other = query.clone();
    change(&mut other);
    address(&other)
}

/// One of several that stand beside one another, as links.
#[component]
pub fn Segments(label: &'static str, options: Vec<(String, String, bool)>) -> impl IntoView {
    let links = options.into_iter().map(|(href, name, chosen)| {
        view! {
            <a href=href aria-current=chosen.then_some("true")>
                {name}
            </a>
        }
    });
    view! {
        <nav class="segmented links" aria-label=label>
            {links.collect_view()}
        </nav>
    }
    .into_any()
}

#[component]
pub fn Periods(query: UsageQuery) -> impl IntoView {
    let options = PERIODS.map(|(word, name)| {
        let href = with(&query, |other| {
            word.clone_into(&mut other.period);
            other.from.clear();
            other.to.clear();
        });
        (href, name.to_owned(), query.period == word)
    });
    let kept = [
        ("measure", query.measure.clone()),
        ("split", query.split.clone()),
        ("provider", query.provider.clone()),
        ("model", query.model.clone()),
        ("key", query.key.clone()),
        ("client", query.client.clone()),
        ("combo", query.combo.clone()),
    ];
    let custom = query.period == "custom";
    view! {
        <div class="usage-periods">
            <Segments label="Period" options=options.to_vec() />
            <form method="get" action="/usage" class="usage-days" class:chosen=custom aria-label="Days">
                <input type="hidden" name="period" value="custom" />
                <Kept pairs=kept.to_vec() />
                <input type="date" name="from" value=query.from.clone() aria-label="First day" required=true />
                <span class="faint" aria-hidden="true">
                    "to"
                </span>
                <input type="date" name="to" value=query.to.clone() aria-label="Last day" required=true />
                <button type="submit" class="button">
                    "Show"
                </button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
pub fn Filters(page: UsagePage) -> impl IntoView {
    let UsagePage { query, choices, .. } = page;
    let kept = [
        ("period", query.period.clone()),
        ("from", query.from.clone()),
        ("to", query.to.clone()),
        ("measure", query.measure.clone()),
        ("split", query.split.clone()),
    ];
    view! {
        <form method="get" action="/usage" class="filters usage-filters" aria-label="Filters">
            <Kept pairs=kept.to_vec() />
            <Choice name="provider" all="Any provider" options=named_so(choices.providers) chosen=query.provider.clone() />
            <Choice name="model" all="Any model" options=named_so(choices.models) chosen=query.model.clone() />
            <Choice name="key" all="Any key" options=named_so(choices.keys) chosen=query.key.clone() />
            <Choice name="client" all="Any tool" options=named_so(choices.clients) chosen=query.client.clone() />
            <Choice name="combo" all="Any combo" options=named_so(choices.combos) chosen=query.combo.clone() />
            <button type="submit" class="button">
                "Filter"
            </button>
        </form>
        <FilteredBy query />
    }
    .into_any()
}

/// What is filtered by, each with a way to take it back.
#[component]
fn FilteredBy(query: UsageQuery) -> impl IntoView {
    type Part = fn(&mut UsageQuery) -> &mut String;
    let parts: [(&str, Part); 5] = [
        ("provider", |query| &mut query.provider),
        ("model", |query| &mut query.model),
        ("key", |query| &mut query.key),
        ("tool", |query| &mut query.client),
        ("combo", |query| &mut query.combo),
    ];
    let chips = parts.map(|(name, part)| {
        let value = part(&mut query.clone()).clone();
        (name, value, with(&query, |other| part(other).clear()))
    });
    let clear = with(&query, |other| parts.iter().for_each(|(_, part)| part(other).clear()));
    view! { <Chips chips=chips.to_vec() clear /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_does_not_go_without_saying() {
        assert_eq!(address(&UsageQuery::default()), "/usage");
        let usual = UsageQuery { period: "7d".into(), measure: "tokens".into(), ..UsageQuery::default() };
        assert_eq!(address(&usual), "/usage");
        let other = UsageQuery { model: "glm/glm-4.7".into(), split: "key".into(), ..usual };
        assert_eq!(address(&other), "/usage?split=key&model=glm%2Fglm-4.7");
    }
}
