//! One provider: its accounts, its models, what failed there lately.

use super::accounts::Accounts;
use super::providers::EndpointFields;
use super::quota::Account;
use crate::api::Millis;
use crate::api::providers::{AuthKind, ProviderDetail, SpeaksRow, load_provider};
use crate::api::quota::AccountQuota;
use crate::api::requests::RequestRow;
use crate::parts::dialog::{Confirm, Dialog, DialogButtons, Opens};
use crate::parts::field::{Field, Hidden, Select};
use crate::parts::form::{Done, Form};
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{ProviderMark, TierChip, tier_words};
use crate::parts::time::Ago;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// One provider.
#[component]
pub fn Provider() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let title = |page: &ProviderDetail| page.row.name.clone();
    framed(Place::Providers, title, load_provider(id), |page| {
        let row = page.row.clone();
        view! {
            <p class="crumbs">
                <a href="/providers">
                    <Icon glyph=Glyph::Left />
                    "All providers"
                </a>
            </p>
            <Head page=page.clone() />
            <Accounts provider=row.clone() keys_at=page.keys_at.clone() />
            <Left quota=page.quota.clone() />
            <Failures failures=page.failures.clone() />
            <div class="columns">
                <Models page=page.clone() />
                <Speaks speaks=page.speaks.clone() />
            </div>
            {row.custom.then(|| view! { <Endpoint page=page.clone() /> })}
        }
        .into_any()
    })
}

#[component]
fn Head(page: ProviderDetail) -> impl IntoView {
    let row = page.row;
    let formats: Vec<_> = row.dialects.iter().map(|name| format::dialect(name)).collect();
    let formats = formats.join(" and ");
    view! {
        <section class="card provider-head">
            <ProviderMark id=row.id.clone() name=row.name.clone() />
            <div class="grow">
                <p class="headline-over">
                    <TierChip tier=row.tier />
                    <span class="soft">{tier_words(row.tier)}</span>
                </p>
                <p class="soft">
                    "Tools ask for " <code>{row.prefix.clone()} "/model"</code> ". " {(!formats.is_empty()).then(|| format!("It is {formats}. "))}
                    {(row.auth == AuthKind::Nothing).then_some("It needs no key.")}
                </p>
            </div>
            {(!page.keys_at.is_empty())
                .then(|| {
                    view! {
                        <a class="button" href=page.keys_at.clone() rel="noreferrer noopener" target="_blank">
                            <Icon glyph=Glyph::Out />
                            "Get a key"
                        </a>
                    }
                })}
        </section>
        {(!page.terms.is_empty())
            .then(|| {
                view! {
                    <div class="alert warn">
                        <Icon glyph=Glyph::Warning />
                        <p><strong>"What the vendor says: "</strong> {page.terms.clone()}</p>
                    </div>
                }
            })}
    }
    .into_any()
}

/// What is left of its accounts, as far as it is known.
#[component]
fn Left(quota: Vec<AccountQuota>) -> impl IntoView {
    let cards = quota.into_iter().map(|account| view! { <Account account /> }).collect_view();
    view! { <div class="quota quota-cards">{cards}</div> }
}

#[component]
fn Failures(failures: Vec<RequestRow>) -> impl IntoView {
    let lines: Vec<_> = failures
        .into_iter()
        .map(|row| {
            let words = if row.error.is_empty() { format!("Status {}.", row.status) } else { row.error };
            view! {
                <li>
                    <span class="two grow">
                        <a class="row-link" href=format!("/requests/{}", row.id)>
                            <span class="two-lines">{words}</span>
                        </a>
                        <span class="faint">
                            <span class="mono">{row.target}</span>
                            ", asked by " {row.client}
                        </span>
                    </span>
                    <span class="faint">
                        <Ago at=row.at />
                    </span>
                </li>
            }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="failures">
                <h2 id="failures">"Latest failures"</h2>
                <ul class="lines failures">{lines}</ul>
            </section>
        }
    })
}

#[component]
fn Models(page: ProviderDetail) -> impl IntoView {
    let ProviderDetail { row, models, lists, listed_at, .. } = page;
    let prefix = row.prefix;
    let connected = !row.accounts.is_empty();
    let ask = (lists && connected).then(|| view! { <AskForModels id=row.id listed_at /> });
    let names: Vec<_> = models.iter().map(|model| model.full_name.clone()).collect();
    let try_one = connected.then(|| view! { <TryModel names prefix=prefix.clone() /> });
    if models.is_empty() {
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
    let many = models.len();
    let rows = models.into_iter().map(|model| {
        let price = |amount: Option<i64>| amount.map_or("unknown".to_owned(), format::per_million);
        let context = model.context.and_then(|context| i64::try_from(context).ok());
        let unknown = model.price.is_none();
        let cached = model.price.and_then(|price| price.cache_read);
        view! {
            <tr data-search=format!("{} {}", model.full_name, model.name).to_lowercase()>
                <th scope="row">
                    <span class="two">
                        <span class="mono">{model.full_name.clone()}</span>
                        <span class="faint">
                            {model.name.clone()} {model.gone.then_some(", not in the provider's list")}
                        </span>
                    </span>
                </th>
                <td class="number" data-label="Context">
                    {context.map_or("unknown".to_owned(), format::tokens)}
                </td>
                <td class="number" class:faint=unknown data-label="Input">
                    {price(model.price.map(|price| price.input))}
                </td>
                <td class="number" class:faint=cached.is_none() data-label="Cache read">
                    {price(cached)}
                </td>
                <td class="number" class:faint=unknown data-label="Output">
                    {price(model.price.map(|price| price.output))}
                </td>
            </tr>
        }
    });
    let count = format::counted(i64::try_from(many).unwrap_or(0), "model", "models");
    view! {
        <section class="card table-card" aria-labelledby="models">
            <header>
                <h2 id="models">"Models"</h2>
                <span class="faint">{count} ", US dollars per million tokens"</span>
                {(many > 8)
                    .then(|| {
                        view! {
                            <span class="end search needs-script">
                                <Icon glyph=Glyph::Search />
                                <input
                                    type="search"
                                    placeholder="Search models"
                                    aria-label="Search models"
                                    autocomplete="off"
                                    spellcheck="false"
                                    data-filters="model-list"
                                />
                            </span>
                        }
                    })}
            </header>
            <div class="scroll tall" tabindex="0">
                <table class="stacked">
                    <caption class="visually-hidden">"Models with context window and price"</caption>
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
                        </tr>
                    </thead>
                    <tbody id="model-list">{rows.collect_view()}</tbody>
                </table>
            </div>
            {try_one}
            {ask}
        </section>
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
fn AskForModels(id: String, listed_at: Option<Millis>) -> impl IntoView {
    view! {
        <Form action="refresh_models" class="test model-lists" done=Done::Say>
            <Hidden name="id" value=id />
            <button type="submit" class="button small">
                <Icon glyph=Glyph::Play />
                "Ask for its models"
            </button>
            <span class="faint">
                {match listed_at {
                    Some(at) => view! { "Its own list is from " <Ago at /> "." }.into_any(),
                    None => "It has not been asked for its own list yet.".into_any(),
                }}
            </span>
        </Form>
    }
    .into_any()
}

#[component]
fn Speaks(speaks: Vec<SpeaksRow>) -> impl IntoView {
    let lines = speaks.into_iter().map(|row| {
        view! {
            <div>
                <dt>{format::dialect(&row.dialect).to_owned()}</dt>
                <dd class="mono">{row.url}</dd>
            </div>
        }
    });
    view! {
        <section class="card" aria-labelledby="speaks">
            <h2 id="speaks">"Wire formats"</h2>
            <dl class="pairs tall-pairs">{lines.collect_view()}</dl>
            <p class="help">
                "A client of another format is translated: into the one that stands first here, unless the model says otherwise."
            </p>
        </section>
    }
    .into_any()
}

/// The base address of a custom endpoint, from the address of what it speaks.
fn base_address(speaks: &[SpeaksRow]) -> (String, String) {
    let Some(first) = speaks.first() else { return (String::new(), String::new()) };
    let last = match first.dialect.as_str() {
        "responses" => "/responses",
        "messages" => "/messages",
        "gemini" => "/models",
        "ollama" => "/api/chat",
        _ => "/chat/completions",
    };
    (first.dialect.clone(), first.url.strip_suffix(last).unwrap_or(&first.url).to_owned())
}

/// What can be done with an endpoint that a person made.
#[component]
fn Endpoint(page: ProviderDetail) -> impl IntoView {
    let (dialect, url) = base_address(&page.speaks);
    let row = page.row;
    let (id, removed) = (row.id.clone(), row.id.clone());
    let prefix = format!("{}/", row.prefix);
    let models: Vec<_> = page
        .models
        .iter()
        .map(|model| model.full_name.strip_prefix(&prefix).unwrap_or(&model.full_name).to_owned())
        .collect();
    view! {
        <section class="card" aria-labelledby="endpoint">
            <h2 id="endpoint">"This endpoint"</h2>
            <p class="soft">"You made this endpoint yourself."</p>
            <p class="buttons">
                <Opens dialog="change-endpoint">
                    <Icon glyph=Glyph::Pencil />
                    "Change"
                </Opens>
                <Opens dialog="remove-endpoint" class="button danger-plain">
                    <Icon glyph=Glyph::Bin />
                    "Remove"
                </Opens>
            </p>
        </section>
        <Dialog id="change-endpoint" title="Change the endpoint">
            <Form action="change_endpoint" class="stack" done=Done::Toast("The endpoint was changed.".to_owned())>
                <Hidden name="id" value=id.clone() />
                <Field id="change-name" name="name" label="Name" required=true value=row.name.clone() />
                <EndpointFields
                    id="change"
                    dialect=dialect
                    url=url
                    models=models.join(", ")
                    private_network=page.private_network
                />
                <DialogButtons dialog="change-endpoint" submit="Save" />
            </Form>
        </Dialog>
        <Confirm
            id="remove-endpoint"
            title="Remove this endpoint?"
            words="The endpoint and its accounts are removed. Its past requests stay in the list."
            submit="Remove the endpoint"
            action="remove_endpoint"
            toast="The endpoint was removed."
        >
            <Hidden name="id" value=removed />
        </Confirm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_address_leaves_out_the_last_part() {
        let speaks =
            |dialect: &str, url: &str| [SpeaksRow { dialect: dialect.to_owned(), url: url.to_owned() }];
        let base = base_address(&speaks("chat", "http://10.0.0.2:8000/v1/chat/completions"));
        assert_eq!(base, ("chat".to_owned(), "http://10.0.0.2:8000/v1".to_owned()));
        let base = base_address(&speaks("messages", "https://llm.example.com/v1/messages"));
        assert_eq!(base, ("messages".to_owned(), "https://llm.example.com/v1".to_owned()));
        let base = base_address(&speaks("chat", "https://llm.example.com/v1"));
        assert_eq!(base.1, "https://llm.example.com/v1");
    }
}
