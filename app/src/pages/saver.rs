//! The saver: how far tool output is shortened, and what that has saved.

use crate::api::saver::{FilterRow, KeySaver, SavedLine, SaverLevel, SaverPage, load_saver};
use crate::parts::field::{Hidden, Select};
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::Glyph;
use crate::parts::mark::{Badge, Tone};
use leptos::prelude::*;

/// The saver.
#[component]
pub fn Saver() -> impl IntoView {
    framed(
        Place::Saver,
        |_| "Saver".to_owned(),
        load_saver(),
        |page| {
            view! {
                <Level level=page.level />
                <Saved page=page.clone() />
                <div class="columns even">
                    <Filters filters=page.filters />
                    <Keys keys=page.keys />
                </div>
            }
            .into_any()
        },
    )
}

/// A level in words.
fn words(level: SaverLevel) -> &'static str {
    match level {
        SaverLevel::Off => "Off: nothing is touched",
        SaverLevel::Exact => "Exact: only redundancy goes",
        SaverLevel::Safe => "Safe: what a model does not need is counted instead",
        SaverLevel::Strong => "Strong: long output is cut in the middle, too",
    }
}

#[component]
fn Level(level: SaverLevel) -> impl IntoView {
    let options = SaverLevel::ALL.map(|level| (level.word().to_owned(), words(level).to_owned())).to_vec();
    view! {
        <section class="card" aria-labelledby="level">
            <header>
                <h2 id="level">"How far"</h2>
                <span class="faint">"for every request that does not say otherwise"</span>
            </header>
            <p class="soft padded">
                "What tools gave back (diffs, test runs, logs, listings) is made shorter before it goes to a model. "
                "What failed is never touched, every cut leaves a line that says what is missing, and the same text "
                "always becomes the same, so that prompts stay cached."
            </p>
            <Form
                action="save_saver_level"
                class="row-form even"
                done=Done::Toast("The level was saved.".to_owned())
            >
                <Select
                    id="saver-level"
                    name="level"
                    label="Level"
                    options
                    chosen=level.word()
                    help="A request can say its own in the header x-ninerouter-saver."
                />
                <div class="row-end">
                    <button type="submit" class="button">
                        "Save the level"
                    </button>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

#[component]
fn Saved(page: SaverPage) -> impl IntoView {
    if page.total.saving.texts == 0 {
        return view! {
            <section class="card" aria-labelledby="saved">
                <h2 id="saved">"Saved in 30 days"</h2>
                <p class="faint padded">
                    "Nothing yet. It begins with the first request that shows a model what a tool gave."
                </p>
            </section>
        }
        .into_any();
    }
    let tables = [
        ("By filter", page.by_filter),
        ("By tool", page.by_tool),
        ("By model", page.by_model),
        ("By day", page.by_day),
    ];
    let total = page.total;
    let saved = total.saving.tokens_before - total.saving.tokens_after;
    view! {
        <section class="card" aria-labelledby="saved">
            <header>
                <h2 id="saved">"Saved in 30 days"</h2>
                <span class="faint">
                    {format!(
                        "{} of {} tokens of tool output, {}",
                        format::tokens(saved),
                        format::tokens(total.saving.tokens_before),
                        format::money(total.cost),
                    )}
                </span>
            </header>
            <p class="faint padded">
                "Tokens by o200k's count, of every request anew; priced as cache reads where the provider read the rest "
                "from its cache. Subscriptions cost nothing by the token."
            </p>
            <div class="columns even">
                {tables.map(|(title, lines)| view! { <Lines title lines /> }).collect_view()}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Lines(title: &'static str, lines: Vec<SavedLine>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| {
        let saved = line.saving.tokens_before - line.saving.tokens_after;
        let of = if line.of.is_empty() { "not known".to_owned() } else { line.of };
        view! {
            <tr>
                <th scope="row">{of}</th>
                <td class="number">{format::count(line.saving.texts)}</td>
                <td class="number" title=format::count(saved)>
                    {format::tokens(saved)}
                </td>
                <td class="number">{format::share(saved, line.saving.tokens_before)}</td>
                <td class="number">{format::money(line.cost)}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0">
            <table>
                <caption class="visually-hidden">{format!("Saved, {}", title.to_lowercase())}</caption>
                <thead>
                    <tr>
                        <th scope="col">{title}</th>
                        <th scope="col" class="number">
                            "Texts"
                        </th>
                        <th scope="col" class="number">
                            "Tokens saved"
                        </th>
                        <th scope="col" class="number">
                            "Share"
                        </th>
                        <th scope="col" class="number">
                            "Worth"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Filters(filters: Vec<FilterRow>) -> impl IntoView {
    let lines = filters.into_iter().map(|filter| view! { <Filter filter /> });
    view! {
        <section class="card" aria-labelledby="filters">
            <h2 id="filters">"Filters"</h2>
            <ul class="lines">{lines.collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Filter(filter: FilterRow) -> impl IntoView {
    let FilterRow { name, does, on } = filter;
    let label = format!("{} the filter {name}", if on { "Switch off" } else { "Switch on" });
    let toast = format!("The filter {name} is {}.", if on { "off" } else { "on" });
    view! {
        <li>
            <span class="two grow">
                <span>
                    <code>{name.clone()}</code>
                    " "
                    {(!on).then(|| view! { <Badge tone=Tone::Quiet glyph=Glyph::Pause text="off" /> })}
                </span>
                <span class="faint">{does}</span>
            </span>
            <Form action="switch_filter" done=Done::Toast(toast)>
                <Hidden name="name" value=name />
                {(!on).then(|| view! { <Hidden name="on" value="true" /> })}
                <button type="submit" class="button small" aria-label=label>
                    {if on { "Switch off" } else { "Switch on" }}
                </button>
            </Form>
        </li>
    }
    .into_any()
}

#[component]
fn Keys(keys: Vec<KeySaver>) -> impl IntoView {
    let body = if keys.is_empty() {
        view! { <p class="faint padded">"There is no key yet."</p> }.into_any()
    } else {
        let lines = keys.into_iter().map(|key| view! { <Key key /> });
        view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="key-levels">
            <h2 id="key-levels">"Keys"</h2>
            {body}
        </section>
    }
    .into_any()
}

#[component]
fn Key(key: KeySaver) -> impl IntoView {
    let options = std::iter::once((String::new(), "As set above".to_owned()))
        .chain(SaverLevel::ALL.map(|level| (level.word().to_owned(), words(level).to_owned())))
        .collect::<Vec<_>>();
    let chosen = key.level.map(|level| level.word().to_owned()).unwrap_or_default();
    let toast = format!("The level of {} was saved.", key.name);
    view! {
        <li>
            <Form action="save_key_saver" class="row-form even grow" done=Done::Toast(toast)>
                <Hidden name="id" value=key.id.to_string() />
                <Select id=format!("key-{}", key.id) name="level" label=key.name.clone() options chosen />
                <div class="row-end">
                    <button type="submit" class="button small" aria-label=format!("Save the level of {}", key.name)>
                        "Save"
                    </button>
                </div>
            </Form>
        </li>
    }
    .into_any()
}
