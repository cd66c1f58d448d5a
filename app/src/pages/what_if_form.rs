//! What is asked of the What-if page: what changes, and for which usage. All of it lives in the address.

use super::usage_choices::Segments;
use crate::api::NanoUsd;
use crate::api::usage::UsageQuery;
use crate::api::what_if::{Change, Prices, WhatIfPage, WhatIfQuery};
use crate::parts::field::{Field, Select};
use crate::parts::filter::{Chips, Choice, Kept, named_so};
use crate::parts::format;
use leptos::prelude::*;

/// Days that are offered.
const DAYS: [&str; 4] = ["1", "7", "30", "90"];

/// What the address says of a query: everything, but for what goes without saying.
pub(super) fn address(query: &WhatIfQuery) -> String {
    let pairs = [
        ("change", &query.change, "combo"),
        ("to", &query.to, ""),
        ("input", &query.input, ""),
        ("output", &query.output, ""),
        ("cache_read", &query.cache_read, ""),
        ("cache_write", &query.cache_write, ""),
        ("days", &query.days, "30"),
        ("provider", &query.provider, ""),
        ("model", &query.model, ""),
        ("key", &query.key, ""),
        ("client", &query.client, ""),
        ("combo", &query.combo, ""),
    ];
    let said = pairs.into_iter().filter(|(_, value, usual)| !value.is_empty() && value != usual);
    let said: Vec<_> = said.map(|(name, value, _)| format!("{name}={}", format::encode(value))).collect();
    if said.is_empty() { "/what-if".to_owned() } else { format!("/what-if?{}", said.join("&")) }
}

/// The address with something else in it.
fn with(query: &WhatIfQuery, change: impl FnOnce(&mut WhatIfQuery)) -> String {
    let mut other = query.clone();
    change(&mut other);
    address(&other)
}

/// The address that asks about the same usage as the Usage page shows.
pub(super) fn of_usage(query: &UsageQuery) -> String {
    let days = match query.period.as_str() {
        "24h" => "1",
        "7d" => "7",
        _ => "30",
    };
    address(&WhatIfQuery {
        days: days.to_owned(),
        provider: query.provider.clone(),
        model: query.model.clone(),
        key: query.key.clone(),
        client: query.client.clone(),
        combo: query.combo.clone(),
        ..WhatIfQuery::default()
    })
}

/// The address with all usage again.
pub(super) fn of_all(query: &WhatIfQuery) -> String {
    with(query, |other| FILTERS.iter().for_each(|(_, part)| part(other).clear()))
}

type Part = fn(&mut WhatIfQuery) -> &mut String;
const FILTERS: [(&str, Part); 5] = [
    ("provider", |query| &mut query.provider),
    ("model", |query| &mut query.model),
    ("key", |query| &mut query.key),
    ("tool", |query| &mut query.client),
    ("combo", |query| &mut query.combo),
];

/// The form.
#[component]
pub fn Ask(page: WhatIfPage) -> impl IntoView {
    let WhatIfPage { query, change, choices, combos, models, prices, .. } = page;
    // What answers is another sort of thing for each, so it does not go along.
    let changes = Change::ALL.map(|other| {
        let href = with(&query, |query| {
            other.word().clone_into(&mut query.change);
            for part in [
                &mut query.to,
                &mut query.input,
                &mut query.output,
                &mut query.cache_read,
                &mut query.cache_write,
            ] {
                part.clear();
            }
        });
        (href, other.name().to_owned(), other == change)
    });
    let days = DAYS.map(|days| {
        let href = with(&query, |query| days.clone_into(&mut query.days));
        let name = if days == "1" { "24 hours".to_owned() } else { format!("{days} days") };
        (href, name, query.days == days)
    });
    view! {
        <section class="card" aria-labelledby="ask">
            <header>
                <h2 id="ask">"What if usage had met"</h2>
                <Segments label="What changes" options=changes.to_vec() />
            </header>
            <form method="get" action="/what-if" class="what-if" aria-label="What if">
                <Kept pairs=vec![("change", query.change.clone())] />
                <To query=query.clone() change combos models prices />
                <fieldset class="what-if-usage">
                    <legend>"Of which usage"</legend>
                    <div class="what-if-days">
                        <Field
                            id="what-if-days"
                            name="days"
                            label="Days"
                            kind="number"
                            min="1"
                            max="366"
                            value=query.days.clone()
                            unit="up to today"
                        />
                        <Segments label="Usual days" options=days.to_vec() />
                    </div>
                    <div class="filters what-if-filters">
                        <Choice name="provider" all="Any provider" options=named_so(choices.providers) chosen=query.provider.clone() />
                        <Choice name="model" all="Any model" options=named_so(choices.models) chosen=query.model.clone() />
                        <Choice name="key" all="Any key" options=named_so(choices.keys) chosen=query.key.clone() />
                        <Choice name="client" all="Any tool" options=named_so(choices.clients) chosen=query.client.clone() />
                        <Choice name="combo" all="Any combo" options=named_so(choices.combos) chosen=query.combo.clone() />
                    </div>
                </fieldset>
                <p class="buttons">
                    <button type="submit" class="button primary">
                        "Estimate"
                    </button>
                </p>
            </form>
            <FilteredBy query />
        </section>
    }
    .into_any()
}

/// What answers, or costs something else.
#[component]
fn To(
    query: WhatIfQuery,
    change: Change,
    combos: Vec<String>,
    models: Vec<String>,
    prices: Option<Prices>,
) -> impl IntoView {
    let model = |label: &'static str, help: &'static str| {
        let options = models.iter().cloned().map(|name| view! { <option value=name></option> });
        view! {
            <Field
                id="what-if-to"
                name="to"
                label
                help
                value=query.to.clone()
                placeholder="provider/model"
                list="what-if-models"
                mono=true
            />
            <datalist id="what-if-models">{options.collect_view()}</datalist>
        }
    };
    match change {
        Change::Combo if combos.is_empty() && query.to.is_empty() => view! {
            <p class="soft">
                "There is no combo yet. " <a href="/combos/edit">"Make a combo"</a>
                ", or ask about another model or price."
            </p>
        }
        .into_any(),
        Change::Combo => {
            let stray = !query.to.is_empty() && !combos.contains(&query.to);
            let choose = (String::new(), "Choose a combo".to_owned());
            let stray = stray.then(|| query.to.clone());
            let options = stray.into_iter().chain(combos).map(|name| (name.clone(), name));
            let options = std::iter::once(choose).chain(options).collect();
            view! {
                <Select
                    id="what-if-to"
                    name="to"
                    label="The combo"
                    help="All of the usage is sent through it, hour by hour."
                    options
                    chosen=query.to.clone()
                />
            }
            .into_any()
        }
        Change::Model => model("The model", "It answers all of the usage, connected or not.").into_any(),
        Change::Price => view! {
            {model("The model", "What it answered is priced anew; all else stays.")}
            <Typed query=query.clone() prices=prices.unwrap_or_default() />
        }
        .into_any(),
    }
}

/// The four prices of a model.
#[component]
fn Typed(query: WhatIfQuery, prices: Prices) -> impl IntoView {
    let now = |price: Option<NanoUsd>| {
        price.map_or("unknown today".to_owned(), |nano| format!("{} today", format::money(nano)))
    };
    let fields = [
        ("input", "Fresh input", query.input, prices.input),
        ("output", "Output", query.output, prices.output),
        ("cache_read", "Cache read", query.cache_read, prices.cache_read),
        ("cache_write", "Cache write", query.cache_write, prices.cache_write),
    ];
    let asked = !query.to.is_empty();
    let fields = fields.map(|(name, label, value, price)| {
        let placeholder = if asked { now(price) } else { "as today".to_owned() };
        view! { <Field id=format!("what-if-{name}") name label value placeholder /> }
    });
    view! {
        <fieldset class="what-if-prices">
            <legend>"In US dollars for a million tokens"</legend>
            {fields}
        </fieldset>
        <p class="faint">"What you leave empty stays as it is today."</p>
    }
    .into_any()
}

/// What is filtered by, each with a way to take it back.
#[component]
fn FilteredBy(query: WhatIfQuery) -> impl IntoView {
    let chips = FILTERS.map(|(name, part)| {
        let value = part(&mut query.clone()).clone();
        (name, value, with(&query, |other| part(other).clear()))
    });
    view! { <Chips chips=chips.to_vec() clear=of_all(&query) /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_does_not_go_without_saying() {
        assert_eq!(address(&WhatIfQuery::default()), "/what-if");
        let usual = WhatIfQuery { days: "30".into(), change: "combo".into(), ..WhatIfQuery::default() };
        assert_eq!(address(&usual), "/what-if");
        let priced =
            WhatIfQuery { change: "price".into(), to: "glm/glm-4.7".into(), input: "0.5".into(), ..usual };
        assert_eq!(address(&priced), "/what-if?change=price&to=glm%2Fglm-4.7&input=0.5");
    }

    #[test]
    fn usage_is_asked_about_as_it_is_shown() {
        let shown = UsageQuery { period: "7d".into(), client: "Codex".into(), ..UsageQuery::default() };
        assert_eq!(of_usage(&shown), "/what-if?days=7&client=Codex");
        assert_eq!(of_usage(&UsageQuery { period: "custom".into(), ..UsageQuery::default() }), "/what-if");
    }
}
