//! What of usage is looked at: the period and the filters. All of it lives in the address.

use crate::api::usage::{UsagePage, UsageQuery};
use crate::parts::format;
use crate::parts::icon::{Glyph, Icon};
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
        ("measure", &query.measure),
        ("split", &query.split),
        ("provider", &query.provider),
        ("model", &query.model),
        ("key", &query.key),
        ("client", &query.client),
        ("combo", &query.combo),
    ];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone() /> });
    let custom = query.period == "custom";
    view! {
        <div class="usage-periods">
            <Segments label="Period" options=options.to_vec() />
            <form method="get" action="/usage" class="usage-days" class:chosen=custom aria-label="Days">
                <input type="hidden" name="period" value="custom" />
                {kept.collect_view()}
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
        ("period", &query.period),
        ("from", &query.from),
        ("to", &query.to),
        ("measure", &query.measure),
        ("split", &query.split),
    ];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone() /> });
    view! {
        <form method="get" action="/usage" class="filters usage-filters" aria-label="Filters">
            {kept.collect_view()}
            <Choice name="provider" all="Any provider" options=choices.providers chosen=query.provider.clone() />
            <Choice name="model" all="Any model" options=choices.models chosen=query.model.clone() />
            <Choice name="key" all="Any key" options=choices.keys chosen=query.key.clone() />
            <Choice name="client" all="Any tool" options=choices.clients chosen=query.client.clone() />
            <Choice name="combo" all="Any combo" options=choices.combos chosen=query.combo.clone() />
            <button type="submit" class="button">
                "Filter"
            </button>
        </form>
        <Chips query />
    }
    .into_any()
}

#[component]
fn Choice(name: &'static str, all: &'static str, options: Vec<String>, chosen: String) -> impl IntoView {
    // A choice in the address that is not offered is still shown, so that it can be seen and taken back.
    let stray = !chosen.is_empty() && !options.contains(&chosen);
    let options = stray.then(|| chosen.clone()).into_iter().chain(options).map(|value| {
        let (selected, shown) = (value == chosen, value.clone());
        view! {
            <option value=value selected=selected>
                {shown}
            </option>
        }
    });
    view! {
        <select name=name aria-label=all>
            <option value="">{all}</option>
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// What is filtered by, each with a way to take it back.
#[component]
fn Chips(query: UsageQuery) -> impl IntoView {
    type Part = fn(&mut UsageQuery) -> &mut String;
    let parts: [(&str, Part); 5] = [
        ("provider", |query| &mut query.provider),
        ("model", |query| &mut query.model),
        ("key", |query| &mut query.key),
        ("tool", |query| &mut query.client),
        ("combo", |query| &mut query.combo),
    ];
    let chips: Vec<_> = parts
        .into_iter()
        .filter_map(|(name, part)| {
            let value = part(&mut query.clone()).clone();
            let href = with(&query, |other| part(other).clear());
            (!value.is_empty()).then(|| {
                view! {
                    <li class="chip">
                        <span class="faint">{name}</span>
                        <span>{value.clone()}</span>
                        <a href=href aria-label=format!("Remove the filter: {name} {value}")>
                            <Icon glyph=Glyph::Cross />
                        </a>
                    </li>
                }
            })
        })
        .collect();
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label="Filters">
                {chips}
            </ul>
        }
    })
}

#[component]
pub fn Notes(notes: Vec<String>) -> impl IntoView {
    let notes: Vec<_> = notes.into_iter().map(|note| view! { <p>{note}</p> }).collect();
    (!notes.is_empty()).then(|| {
        view! {
            <div class="alert warn" role="status">
                <Icon glyph=Glyph::Warning />
                <div>{notes}</div>
            </div>
        }
    })
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
