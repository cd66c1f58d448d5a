//! How much of what accounts may use is left, until when, and for how long it lasts at the pace so far.

use super::alerts::{Alerting, OpenAlerts};
use crate::api::quota::{AccountQuota, QuotaPage, QuotaSource, WindowRow, load_quota};
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::ProviderMark;
use crate::parts::meter::{Meter, left_words};
use crate::parts::state::Empty;
use crate::parts::time::{Ago, Until};
use leptos::prelude::*;

/// The region that is fetched anew while the page is open.
const REGION: &str = "quota";

/// The quota page.
#[component]
pub fn Quota() -> impl IntoView {
    framed(
        Place::Quota,
        |_| "Quota".to_owned(),
        load_quota(),
        |QuotaPage { known, unknown, alerts, alerting }| {
            view! {
                <OpenAlerts alerts />
                <div id=REGION class="quota">
                    <Accounts known unknown />
                </div>
                <Alerting settings=alerting />
            }
            .into_any()
        },
    )
}

#[component]
fn Accounts(known: Vec<AccountQuota>, unknown: Vec<AccountQuota>) -> impl IntoView {
    if known.is_empty() && unknown.is_empty() {
        return view! {
            <Empty
                glyph=Glyph::Gauge
                title="No account yet"
                words="Once a provider is connected, what is left of its limits is shown here, with the time at which they begin anew."
            >
                <a class="button primary" href="/providers">
                    "Connect a provider"
                </a>
            </Empty>
        }
        .into_any();
    }
    let cards = known.into_iter().map(|account| view! { <Account account /> }).collect_view();
    view! {
        <div class="quota-cards">{cards}</div>
        <Unknown unknown />
    }
    .into_any()
}

/// The limits of one account.
#[component]
pub fn Account(account: AccountQuota) -> impl IntoView {
    let windows = account.windows.iter().map(|window| {
        view! { <Window window=window.clone() reserve=account.reserve /> }
    });
    let title = format!("quota-{}", account.account_id);
    let titled = title.clone();
    view! {
        <section class="card" aria-labelledby=titled>
            <header>
                <ProviderMark id=account.provider_id.clone() name=account.provider.clone() />
                <h2 id=title>
                    <a class="row-link" href=format!("/providers/{}", account.provider_id)>
                        {account.provider.clone()}
                    </a>
                    <span class="faint">{account.account.clone()}</span>
                </h2>
            </header>
            <ul class="windows">{windows.collect_view()}</ul>
            <p class="faint">
                {(account.reserve > 0).then(|| format!("{}% is kept back. ", account.reserve))}
                {account.asked_at.map(|at| view! { "Asked " <Ago at /> ". " })}
                {(!account.why.is_empty()).then(|| format!("The provider told nothing new: {}.", account.why.trim_end_matches('.')))}
            </p>
        </section>
    }
    .into_any()
}

/// One limit: a bar where there is a share, and words.
#[component]
fn Window(window: WindowRow, reserve: u32) -> impl IntoView {
    let WindowRow { name, model, used_permille, amount, resets_at, runs_out_at, source, at } = window;
    let share = used_permille.map(left_words);
    // When the provider was asked stands at the end of the card.
    let said = match source {
        QuotaSource::Probe => None,
        QuotaSource::Answer => Some("told with an answer "),
        QuotaSource::Counted => Some("counted here "),
    };
    view! {
        <li class="window">
            <p class="window-head">
                <strong>{name.clone()}</strong>
                {(!model.is_empty()).then(|| view! { <code>{model}</code> })}
                <span class="end">{share}</span>
            </p>
            {used_permille.map(|used| view! { <Meter name used reserve /> })}
            <p class="window-words">
                {(!amount.is_empty()).then(|| view! { <span>{amount}</span> })}
                {resets_at.map(|at| view! { <span>"anew " <Until at /></span> })}
                {runs_out_at
                    .map(|at| {
                        view! {
                            <span class="runs-out">
                                <Icon glyph=Glyph::Clock />
                                "used up "
                                <Until at />
                                " at this pace"
                            </span>
                        }
                    })} {said.map(|said| view! { <span class="faint end">{said} <Ago at /></span> })}
            </p>
        </li>
    }
    .into_any()
}

/// Accounts of which nothing is known, and why.
#[component]
fn Unknown(unknown: Vec<AccountQuota>) -> impl IntoView {
    if unknown.is_empty() {
        return ().into_any();
    }
    let lines = unknown.into_iter().map(|account| {
        let why = match (account.asked_at, account.why.is_empty()) {
            (Some(_), false) => account.why,
            (Some(_), true) | (None, _) => "It does not tell, or has not been asked yet.".to_owned(),
        };
        view! {
            <li>
                <span class="two grow">
                    <a class="row-link" href=format!("/providers/{}", account.provider_id)>
                        {account.provider.clone()}
                    </a>
                    <span class="faint">{account.account}</span>
                </span>
                <span class="soft">{why}</span>
            </li>
        }
    });
    view! {
        <section class="card" aria-labelledby="unknown">
            <h2 id="unknown">"Nothing known"</h2>
            <ul class="lines unknown">{lines.collect_view()}</ul>
        </section>
    }
    .into_any()
}
