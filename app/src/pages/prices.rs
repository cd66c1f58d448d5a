//! Prices: what each model costs by the token, who says so, and recorded costs calculated anew.

use super::recalculation::Recorded;
use crate::api::NanoUsd;
use crate::api::prices::{ListPrice, PriceFrom, PriceQuery, PriceRow, PricesPage, load_prices};
use crate::parts::field::{Field, Hidden};
use crate::parts::filter::{Chips, Choice, Notes};
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::TierChip;
use crate::parts::state::Empty;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const SHOWN: [(&str, &str); 2] = [("unknown", "Unknown prices"), ("yours", "Prices of yours")];

/// The prices page.
#[component]
pub fn Prices() -> impl IntoView {
    let query = use_query_map().with_untracked(|query| {
        let of = |name: &str| query.get(name).unwrap_or_default().trim().to_owned();
        PriceQuery { search: of("search"), provider: of("provider"), show: of("show"), set: of("set") }
    });
    framed(
        Place::Prices,
        |_| "Prices".to_owned(),
        load_prices(query),
        |page| {
            let recalculation = page.recalculation;
            view! {
                <Notes notes=page.notes.clone() />
                {page.setting.clone().map(|row| view! { <Setting row /> })}
                <Listed page />
                <Recorded recalculation />
            }
            .into_any()
        },
    )
}

/// The page that sets the price of a `provider/model`.
pub fn sets(target: &str) -> String {
    format!("/prices?set={}#set", format::encode(target))
}

fn address(query: &PriceQuery) -> String {
    let pairs = [("search", &query.search), ("provider", &query.provider), ("show", &query.show)];
    let said = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<_> = said.map(|(name, value)| format!("{name}={}", format::encode(value))).collect();
    if said.is_empty() { "/prices".to_owned() } else { format!("/prices?{}", said.join("&")) }
}

/// An amount as it is typed: no sign, no more decimals than needed.
fn typed(nano: Option<NanoUsd>) -> String {
    let Some(nano) = nano else { return String::new() };
    let text = format!("{}.{:09}", nano / 1_000_000_000, nano % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What counts where nobody sets a price, in words.
fn stated(row: &PriceRow) -> String {
    let parts = [("in", row.stated.input), ("out", row.stated.output)];
    match parts {
        [(_, None), (_, None)] => match row.stated.image {
            Some(image) => format!("Without one of yours, {} would count.", each(image)),
            None => "The catalogue states no price for it.".to_owned(),
        },
        parts => {
            let words = parts.map(|(name, part)| format!("{} {name}", dollars(part)));
            format!("Without one of yours, {} would count.", words.join(", "))
        }
    }
}

/// The price of an image, in words.
fn each(image: NanoUsd) -> String {
    format!("{} an image", format::per_million(image))
}

fn dollars(part: Option<NanoUsd>) -> String {
    part.map_or("unknown".to_owned(), format::per_million)
}

/// The form that sets the price of one model.
#[component]
fn Setting(row: PriceRow) -> impl IntoView {
    let (target, yours, covered) = (row.target(), row.from == PriceFrom::Yours, !row.billed());
    let (again, states_cost) = (stated(&row), row.states_cost);
    let taken_back = target.clone();
    let labels = ["Input", "Output", "Cache read", "Cache write", "Each image"];
    let fields =
        labels.into_iter().zip(row.price.parts()).enumerate().map(|(place, (label, (name, part)))| {
            view! {
                <Field
                    id=format!("price-{name}")
                    name=format!("price[{name}]")
                    label
                    value=typed(part)
                    placeholder="unknown"
                    unit="USD"
                    autofocus=place == 0
                />
            }
        });
    let back = yours.then(|| {
        view! {
            <Form action="unset_price" class="under" done=Done::Toast("The price was taken back.".to_owned())>
                <Hidden name="model" value=taken_back />
                <button type="submit" class="button small">
                    "Use the catalogue's price again"
                </button>
                " "
                <span class="faint">{again}</span>
            </Form>
        }
    });
    view! {
        <section class="card" aria-labelledby="set">
            <header>
                <h2 id="set">"The price of " <code>{target.clone()}</code></h2>
                <a class="end" href="/prices">
                    "Leave it"
                </a>
            </header>
            <p class="soft">
                "US dollars per million tokens. It counts as a whole, from the next request on: what you leave empty is \
                 unknown, and 0 is free of charge. Reasoning is part of the output. Where each image has a price, \
                 what is made at /v1/images is paid by the image and not by the token."
                {covered
                    .then_some(
                        " Nothing is billed by the token here: the price only says what the same tokens would have cost.",
                    )}
                {states_cost
                    .then_some(
                        " Answers of this provider state what they cost, and that is what counts: the price is for those \
                         that state nothing.",
                    )}
            </p>
            <Form action="set_price" class="row-form price-form" done=Done::Toast("The price was set.".to_owned())>
                <Hidden name="model" value=target.clone() />
                {fields.collect_view()}
                <div class="row-end">
                    <button type="submit" class="button primary">
                        "Set the price"
                    </button>
                </div>
            </Form>
            {back}
        </section>
    }
    .into_any()
}

/// The prices, with what to find them by.
#[component]
fn Listed(page: PricesPage) -> impl IntoView {
    let PricesPage { query, rows, left_out, unknown, providers, .. } = page;
    let plain = address(&query) == "/prices";
    if rows.is_empty() && plain {
        return view! {
            <section class="card">
                <Empty
                    glyph=Glyph::Tag
                    title="No models yet"
                    words="The models of providers that you connect are listed here with their prices."
                >
                    <a class="button primary" href="/providers">
                        "Connect a provider"
                    </a>
                </Empty>
            </section>
        }
        .into_any();
    }
    let more = (left_out > 0).then(|| {
        let words = format!("{} more are not shown: search for them.", format::count(left_out as i64));
        view! { <p class="faint padded">{words}</p> }
    });
    let warned = (unknown > 0 && query.show != "unknown").then(|| {
        let words = format::counted(unknown as i64, "model", "models");
        let verb = if unknown == 1 { "was" } else { "were" };
        view! {
            <div class="alert warn">
                <Icon glyph=Glyph::Warning />
                <span>
                    {format!("{words} of unknown price {verb} used in the last 30 days. ")}
                    <a href="/prices?show=unknown">"Show them"</a>
                </span>
            </div>
        }
    });
    let none = rows.is_empty();
    let rows = rows.into_iter().map(|row| view! { <Row row /> }).collect_view();
    view! {
        {warned}
        <Find query providers />
        <section class="card table-card" aria-labelledby="prices">
            <header>
                <h2 id="prices">"Prices"</h2>
                <span class="faint">"USD per million tokens"</span>
            </header>
            {if none {
                view! { <p class="faint padded">"No model fits this."</p> }.into_any()
            } else {
                view! {
                    <div class="scroll" tabindex="0">
                        <table class="stacked">
                            <caption class="visually-hidden">"Models, what they cost, and who says so"</caption>
                            <thead>
                                <tr>
                                    <th scope="col">"Model"</th>
                                    {["Input", "Output", "Cache read", "Cache write"]
                                        .map(|name| view! { <th scope="col" class="number">{name}</th> })
                                        .collect_view()}
                                    <th scope="col">"From"</th>
                                    <th scope="col" class="number">
                                        "Requests, 30 days"
                                    </th>
                                    <th scope="col">
                                        <span class="visually-hidden">"Change"</span>
                                    </th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }}
            {more}
        </section>
    }
    .into_any()
}

#[component]
fn Find(query: PriceQuery, providers: Vec<(String, String)>) -> impl IntoView {
    let shown = SHOWN.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let without = |change: fn(&mut PriceQuery)| {
        let mut rest = query.clone();
        change(&mut rest);
        address(&rest)
    };
    let word = shown.iter().find(|(value, _)| *value == query.show).map(|(_, words)| words.to_lowercase());
    let chips = vec![
        ("contains", query.search.clone(), without(|rest| rest.search.clear())),
        ("provider", query.provider.clone(), without(|rest| rest.provider.clear())),
        ("only", word.unwrap_or_default(), without(|rest| rest.show.clear())),
    ];
    view! {
        <form class="filters" method="get" action="/prices" role="search">
            <span class="search">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    name="search"
                    value=query.search.clone()
                    placeholder="Model or provider"
                    aria-label="Search the models"
                    autocomplete="off"
                    spellcheck="false"
                />
            </span>
            <Choice name="provider" all="Any provider" options=providers chosen=query.provider.clone() />
            <Choice name="show" all="All prices" options=shown chosen=query.show.clone() />
            <button type="submit" class="button">
                "Filter"
            </button>
        </form>
        <Chips chips clear="/prices".to_owned() />
    }
    .into_any()
}

/// Who says so, in words.
fn source(row: &PriceRow) -> String {
    match &row.from {
        PriceFrom::Unknown => "Unknown".to_owned(),
        PriceFrom::Catalogue => "Catalogue".to_owned(),
        PriceFrom::Yours => "Yours".to_owned(),
        PriceFrom::SoldAs(target) => format!("As {target}"),
        PriceFrom::Answers => "Each answer states it".to_owned(),
    }
}

#[component]
fn Row(row: PriceRow) -> impl IntoView {
    let (target, from) = (row.target(), source(&row));
    let verb = if row.from == PriceFrom::Unknown { "Set" } else { "Change" };
    let ListPrice { input, output, cache_read, cache_write, image } = row.price;
    let covered = (!row.billed()).then_some(if row.from == PriceFrom::Unknown {
        "covered"
    } else {
        "covered, at list price"
    });
    let cells =
        [("Input", input), ("Output", output), ("Cache read", cache_read), ("Cache write", cache_write)];
    let cells = cells.map(|(name, part)| {
        view! {
            <td class="number" class:faint=part.is_none() data-label=name>
                {dollars(part)}
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <span class="two">
                    <span class="mono">{target.clone()}</span>
                    <span class="faint">{row.provider} " " {row.tier.map(|tier| view! { <TierChip tier /> })}</span>
                </span>
            </th>
            {cells.collect_view()}
            <td data-label="From">
                <span class="two">
                    <span class:faint=row.from == PriceFrom::Unknown>{from}</span>
                    {image.map(|image| view! { <span>{each(image)}</span> })}
                    {(row.states_cost && row.from != PriceFrom::Answers)
                        .then(|| view! { <span class="faint">"where an answer states none"</span> })}
                    {covered.map(|words| view! { <span class="faint">{words}</span> })}
                </span>
            </td>
            <td class="number" data-label="Requests, 30 days">
                {format::count(row.requests)}
            </td>
            <td class="actions">
                <a href=sets(&target) aria-label=format!("{verb} the price of {target}")>
                    {verb}
                </a>
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_typed_as_a_person_would() {
        let all = [None, Some(0), Some(3_000_000_000), Some(250_000_000), Some(1), Some(20_000_000_000)];
        assert_eq!(all.map(typed), ["", "0", "3", "0.25", "0.000000001", "20"]);
    }
}
