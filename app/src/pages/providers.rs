//! Providers: the connected ones first, then the catalogue.

use super::endpoints::EndpointDialog;
use crate::api::Tier;
use crate::api::providers::{AccountRow, Health, NotOfferedRow, ProviderRow, ProvidersPage, load_providers};
use crate::parts::dialog::Opens;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{HealthBadge, ProviderMark, TierChip, tier_name, tier_words};
use crate::parts::state::Empty;
use crate::parts::time::{Ago, Until};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The providers.
#[component]
pub fn Providers() -> impl IntoView {
    let query = use_query_map().with_untracked(|query| query.get("q")).unwrap_or_default();
    framed(
        Place::Providers,
        |_| "Providers".to_owned(),
        load_providers(),
        move |page| {
            let ProvidersPage { connected, catalogue, not_offered } = page;
            view! {
                <Nearby nearby=catalogue.iter().filter(|row| row.nearby).cloned().collect() />
                <Connected connected />
                <Catalogue catalogue query />
                <NotOffered not_offered />
                <EndpointDialog />
            }
            .into_any()
        },
    )
}

/// Servers that answer on this machine and that nobody has connected.
#[component]
fn Nearby(nearby: Vec<ProviderRow>) -> impl IntoView {
    let lines = nearby.into_iter().map(|provider| {
        view! {
            <div class="alert nearby">
                <Icon glyph=Glyph::Connect />
                <p>
                    <strong>{provider.name.clone()}</strong>
                    " answers on this machine. "
                    <a href=format!("/providers/{}", provider.id)>"Use it"</a>
                </p>
            </div>
        }
    });
    lines.collect_view()
}

/// What people ask for and do not find.
#[component]
fn NotOffered(not_offered: Vec<NotOfferedRow>) -> impl IntoView {
    let lines = not_offered.into_iter().map(|row| {
        view! {
            <div>
                <dt>{row.name}</dt>
                <dd>{row.why}</dd>
            </div>
        }
    });
    view! {
        <details class="card not-offered">
            <summary>"What is not offered, and why"</summary>
            <dl class="pairs">{lines.collect_view()}</dl>
        </details>
    }
    .into_any()
}

#[component]
fn Connected(connected: Vec<ProviderRow>) -> impl IntoView {
    let none = connected.is_empty();
    let lines = connected.into_iter().map(|provider| view! { <ConnectedLine provider /> });
    view! {
        <section class="card" aria-labelledby="connected">
            <header>
                <h2 id="connected">"Connected"</h2>
                <span class="end">
                    <Opens dialog="new-endpoint">
                        <Icon glyph=Glyph::Plus />
                        "Custom endpoint"
                    </Opens>
                </span>
            </header>
            {if none {
                view! {
                    <Empty
                        glyph=Glyph::Providers
                        title="No provider is connected"
                        words="Choose one below and paste a key of yours. Ninerouter keeps it sealed on this machine and sends \
                               it to nobody else."
                    >
                        <a class="button primary" href="#catalogue">
                            "Look at the catalogue"
                        </a>
                    </Empty>
                }
                    .into_any()
            } else {
                view! { <ul class="lines providers">{lines.collect_view()}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn ConnectedLine(provider: ProviderRow) -> impl IntoView {
    let accounts = provider.accounts.iter().map(|account| view! { <AccountWords account=account.clone() /> });
    let models = models_words(provider.models, provider.models_off);
    view! {
        <li class="provider">
            <ProviderMark id=provider.id.clone() name=provider.name.clone() />
            <span class="provider-name two">
                <a class="row-link" href=format!("/providers/{}", provider.id)>
                    {provider.name.clone()}
                </a>
                <span class="faint">{models} ", " <code>{provider.prefix.clone()} "/"</code></span>
            </span>
            <TierChip tier=provider.tier />
            <ul class="account-words">{accounts.collect_view()}</ul>
        </li>
    }
    .into_any()
}

/// "3 models, 1 off"; where none is known, any may be asked for.
pub(super) fn models_words(known: usize, off: usize) -> String {
    let some = || format::counted(i64::try_from(known).unwrap_or(0), "model", "models");
    match (known, off) {
        (0, _) => "any model".to_owned(),
        (_, 0) => some(),
        _ => format!("{}, {off} off", some()),
    }
}

/// An account in one line.
#[component]
fn AccountWords(account: AccountRow) -> impl IntoView {
    let trouble = matches!(account.health, Health::Parked | Health::Refused);
    let again = account.parked_until.filter(|_| trouble);
    let back = again.filter(|_| account.health == Health::Parked);
    let waiting = match account.waiting.len() {
        0 => None,
        1 => Some("1 model waits".to_owned()),
        some => Some(format!("{some} models wait")),
    };
    view! {
        <li>
            <HealthBadge health=account.health />
            <span>{account.name}</span>
            {back.map(|at| view! { <span class="soft">"back " <Until at /></span> })}
            {(trouble && back.is_none())
                .then(|| {
                    view! {
                        <span class="soft">
                            {account.sentence} {again.map(|at| view! { " Tried again " <Until at /> "." })}
                        </span>
                    }
                })}
            {waiting.map(|words| view! { <span class="soft">{words}</span> })}
            {account
                .last_used_at
                .filter(|_| !trouble)
                .map(|at| view! { <span class="faint">"answered " <Ago at /></span> })}
        </li>
    }
    .into_any()
}

const TIERS: [Tier; 4] = [Tier::Subscription, Tier::Free, Tier::Cheap, Tier::Local];

/// What a provider is found by, in lower case.
fn search_text(provider: &ProviderRow) -> String {
    format!("{} {} {} {}", provider.name, provider.id, provider.prefix, tier_name(provider.tier))
        .to_lowercase()
}

#[component]
fn Catalogue(catalogue: Vec<ProviderRow>, query: String) -> impl IntoView {
    let wanted = query.trim().to_lowercase();
    let all = i64::try_from(catalogue.len()).unwrap_or(0);
    // All are sent, so that the filter can show them again at once; what does not fit is hidden.
    let fits = move |provider: &ProviderRow| {
        let text = search_text(provider);
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let nothing = !catalogue.iter().any(&fits);
    let groups: Vec<_> = TIERS
        .into_iter()
        .map(|tier| (tier, catalogue.iter().filter(|row| row.tier == tier).cloned().collect::<Vec<_>>()))
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(tier, rows)| {
            let hidden = !rows.iter().any(&fits);
            let tiles: Vec<_> = rows
                .into_iter()
                .map(|provider| {
                    let hidden = !fits(&provider);
                    view! { <Tile provider hidden /> }
                })
                .collect();
            view! {
                <section data-group=tier_name(tier) hidden=hidden>
                    <h3>
                        <TierChip tier />
                        <span class="faint">{tier_words(tier)}</span>
                    </h3>
                    <ul class="tiles">{tiles}</ul>
                </section>
            }
        })
        .collect();
    view! {
        <section class="card" id="catalogue" aria-labelledby="catalogue-title">
            <header>
                <h2 id="catalogue-title">"Catalogue"</h2>
                <span class="faint">{format::counted(all, "provider", "providers")}</span>
                <form class="end search" method="get" action="/providers" role="search">
                    <Icon glyph=Glyph::Search />
                    <input
                        type="search"
                        name="q"
                        value=query.clone()
                        placeholder="Search providers"
                        aria-label="Search providers"
                        autocomplete="off"
                        spellcheck="false"
                        data-filters="catalogue"
                    />
                </form>
            </header>
            {groups}
            <div data-nothing="catalogue" hidden=!nothing>
                <Empty
                    glyph=Glyph::Search
                    title="No such provider in the catalogue"
                    words="Anything that speaks the OpenAI or the Anthropic format can be added as a custom endpoint."
                >
                    <Opens dialog="new-endpoint" class="button primary">
                        "Add a custom endpoint"
                    </Opens>
                </Empty>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Tile(provider: ProviderRow, hidden: bool) -> impl IntoView {
    let models = models_words(provider.models, provider.models_off);
    view! {
        <li class="tile" data-search=search_text(&provider) hidden=hidden>
            <ProviderMark id=provider.id.clone() name=provider.name.clone() />
            <span class="two">
                <a class="row-link" href=format!("/providers/{}", provider.id)>
                    {provider.name.clone()}
                </a>
                <span class="faint">{models}</span>
            </span>
        </li>
    }
    .into_any()
}
