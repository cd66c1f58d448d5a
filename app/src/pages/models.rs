//! The models of a provider: a part of the provider page.

use super::providers::models_words;
use crate::api::Tier;
use crate::api::models::ModelRow;
use crate::api::providers::ProviderDetail;
use crate::parts::field::{Field, Hidden, Select};
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::time::Ago;
use leptos::prelude::*;

/// What changes on the page when a model is switched.
fn switched() -> Done {
    Done::Refresh(vec!["model-list".to_owned(), "model-count".to_owned()])
}

/// How many models are shown without a field to search them.
const FEW: usize = 8;

/// The models with a switch for each. `query`: what they are searched for.
#[component]
pub fn Models(page: ProviderDetail, query: String) -> impl IntoView {
    let connected = !page.row.accounts.is_empty();
    let ask = (page.lists && connected).then(|| view! { <AskForModels page=page.clone() /> });
    let on = page.models.iter().filter(|model| model.on);
    let names: Vec<_> = on.map(|model| model.full_name.clone()).collect();
    let prefix = page.row.prefix.clone();
    let try_one = connected.then(|| view! { <TryModel names prefix=prefix.clone() /> });
    if page.models.is_empty() {
        return view! {
            <section class="card" aria-labelledby="models">
                <h2 id="models">"Models"</h2>
                <p class="soft">
                    "No list is known. Ask for any model it has as " <code>{prefix} "/model"</code>
                    "; the name after the slash is passed on."
                </p>
                {try_one}
                {ask}
            </section>
        }
        .into_any();
    }
    let ProviderDetail { row, models, .. } = page;
    let billed = row.tier == Tier::Cheap;
    let prices = format!("/prices?provider={}", format::encode(&row.id));
    let off = models.iter().filter(|model| !model.on).count();
    let count = models_words(models.len(), off);
    let all = (models.len() > 1).then(|| view! { <All id=row.id.clone() /> });
    let search = (models.len() > FEW).then(|| view! { <Search id=row.id.clone() query=query.clone() /> });
    view! {
        <section class="card table-card" aria-labelledby="models">
            <header>
                <h2 id="models">"Models"</h2>
                <span class="faint" id="model-count">
                    {count}
                    {if billed { ", US dollars per million tokens" } else { ", covered; list prices in US dollars per million tokens" }}
                </span>
                <a href=prices>"Set prices"</a>
                {search}
            </header>
            <Form action="switch_model" done=switched()>
                <Hidden name="id" value=row.id />
                <List models query />
            </Form>
            {all}
            {try_one}
            {ask}
        </section>
    }
    .into_any()
}

/// Searches the list; with a script, while typing.
#[component]
fn Search(id: String, query: String) -> impl IntoView {
    view! {
        <form class="end search" method="get" action=format!("/providers/{id}") role="search">
            <Icon glyph=Glyph::Search />
            <input
                type="search"
                name="q"
                value=query
                placeholder="Search models"
                aria-label="Search models"
                autocomplete="off"
                spellcheck="false"
                data-filters="model-list"
            />
        </form>
    }
    .into_any()
}

/// What a model is found by, in lower case.
fn search_text(model: &ModelRow) -> String {
    let state = if model.on { "" } else { "off" };
    format!("{} {} {state}", model.full_name, model.name).to_lowercase()
}

#[component]
fn List(models: Vec<ModelRow>, query: String) -> impl IntoView {
    let wanted = query.trim().to_lowercase();
    // All are sent, so that the filter can show them again at once; what does not fit is hidden.
    let fits = |model: &ModelRow| {
        let text = search_text(model);
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let nothing = !models.iter().any(fits);
    let rows: Vec<_> = models
        .into_iter()
        .map(|model| {
            let hidden = !fits(&model);
            view! { <Model model hidden /> }
        })
        .collect();
    view! {
        <div class="scroll tall" tabindex="0">
            <table class="stacked model-table">
                <caption class="visually-hidden">"Models with context window and price, and whether they are on"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Model"</th>
                        <th scope="col" class="number">
                            "Context"
                        </th>
                        <th scope="col" class="number">
                            "Input"
                        </th>
                        <th scope="col" class="number">
                            "Cache read"
                        </th>
                        <th scope="col" class="number">
                            "Output"
                        </th>
                        <th scope="col" class="actions">
                            "On"
                        </th>
                    </tr>
                </thead>
                <tbody id="model-list">{rows}</tbody>
            </table>
        </div>
        <p class="padded soft" data-nothing="model-list" hidden=!nothing>
            "No model fits. Any that the provider has can be asked for by its name."
        </p>
    }
    .into_any()
}

#[component]
fn Model(model: ModelRow, hidden: bool) -> impl IntoView {
    let search = search_text(&model);
    let ModelRow { id, full_name, name, context, price, gone, on, .. } = model;
    let dollars = |amount: Option<i64>| amount.map_or("unknown".to_owned(), format::per_million);
    let context = context.and_then(|context| i64::try_from(context).ok());
    let unknown = price.is_none();
    let cached = price.and_then(|price| price.cache_read);
    let [use_it, alias] = [format!("Use {full_name}"), format!("Make an alias for {full_name}")];
    let aliases = format!("/combos?model={}#aliases", format::encode(&full_name));
    view! {
        <tr data-search=search hidden=hidden>
            <th scope="row">
                <span class="two">
                    <span class="mono">{full_name}</span>
                    <span class="faint">{name} {gone.then_some(", not in the provider's list")}</span>
                </span>
            </th>
            <td class="number" data-label="Context">
                {context.map_or("unknown".to_owned(), format::tokens)}
            </td>
            <td class="number" class:faint=unknown data-label="Input">
                {dollars(price.map(|price| price.input))}
            </td>
            <td class="number" class:faint=cached.is_none() data-label="Cache read">
                {dollars(cached)}
            </td>
            <td class="number" class:faint=unknown data-label="Output">
                {dollars(price.map(|price| price.output))}
            </td>
            <td class="actions">
                <a href=aliases aria-label=alias>
                    "Alias"
                </a>
                <button
                    type="submit"
                    class="switch"
                    role="switch"
                    name=if on { "turn_off" } else { "turn_on" }
                    value=id
                    aria-checked=if on { "true" } else { "false" }
                    aria-label=use_it
                ></button>
            </td>
        </tr>
    }
    .into_any()
}

/// Buttons for all of them.
#[component]
fn All(id: String) -> impl IntoView {
    view! {
        <Form action="switch_models" class="all-models" done=switched()>
            <Hidden name="id" value=id />
            <button type="submit" class="button small" name="on" value="true">
                "Switch all on"
            </button>
            <button type="submit" class="button small" name="on" value="false">
                "Switch all off"
            </button>
            <span class="faint">"What is off is neither offered to tools nor used. Models that come later are on."</span>
        </Form>
    }
    .into_any()
}

/// Most models that are listed to choose from: of more, one is written.
const CHOICES: usize = 60;

/// Sends one small request for a model, as a tool's would go.
#[component]
fn TryModel(names: Vec<String>, prefix: String) -> impl IntoView {
    let choices = (1..=CHOICES).contains(&names.len());
    view! {
        <Form action="try_model" class="row-form try-model" done=Done::Say>
            {if choices {
                let options = names.into_iter().map(|name| (name.clone(), name)).collect();
                view! { <Select id="try-model" name="model" label="Ask a model for one word" options /> }.into_any()
            } else {
                view! {
                    <Field
                        id="try-model"
                        name="model"
                        label="Ask a model for one word"
                        mono=true
                        required=true
                        placeholder=format!("{prefix}/model")
                    />
                }
                    .into_any()
            }}
            <div class="row-end">
                <button type="submit" class="button">
                    <Icon glyph=Glyph::Play />
                    "Ask"
                </button>
            </div>
        </Form>
        <p class="help try-model-help">
            "A shorter name for one of them, or several under one name: " <a href="/combos">"Combos and aliases"</a> "."
        </p>
    }
    .into_any()
}

/// When the provider was asked for its own list of models, and a button to ask again.
#[component]
fn AskForModels(page: ProviderDetail) -> impl IntoView {
    let ProviderDetail { row, unlisted, listed_at, models, .. } = page;
    let typed = row.custom && models.iter().any(|model| !model.found);
    let why = unlisted.trim_end_matches('.').to_owned();
    let kept = if typed { " The models you typed stay." } else { "" };
    view! {
        <Form action="refresh_models" class="test model-lists" done=Done::Say>
            <Hidden name="id" value=row.id />
            <button type="submit" class="button small">
                <Icon glyph=Glyph::Play />
                "Ask for its models"
            </button>
            <span class="faint">
                {match (listed_at, why.as_str()) {
                    (Some(at), "") => view! { "Its own list is from " <Ago at /> "." }.into_any(),
                    (Some(at), why) => {
                        view! { "Its own list is from " <Ago at /> ". Asked again, it gave none: " {why.to_owned()} "." }
                            .into_any()
                    }
                    (None, "") => "It has not been asked for its own list yet.".into_any(),
                    (None, why) => format!("It has no list of its own: {why}.{kept}").into_any(),
                }}
            </span>
        </Form>
    }
    .into_any()
}
