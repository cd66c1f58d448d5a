//! One provider: its accounts, its models, what failed there lately.

use super::accounts::Accounts;
use super::endpoints::Endpoint;
use super::models::Models;
use super::quota::Account;
use crate::api::providers::{AuthKind, ProviderDetail, SpeaksRow, load_provider};
use crate::api::quota::AccountQuota;
use crate::api::requests::RequestRow;
use crate::parts::format;
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::{ProviderMark, TierChip, tier_words};
use crate::parts::time::Ago;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// One provider. `?q=` shows the models that fit.
#[component]
pub fn Provider() -> impl IntoView {
    let query = use_query_map().with_untracked(|query| query.get("q")).unwrap_or_default();
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let title = |page: &ProviderDetail| page.row.name.clone();
    framed(Place::Providers, title, load_provider(id), move |page| {
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
                <Models page=page.clone() query />
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
