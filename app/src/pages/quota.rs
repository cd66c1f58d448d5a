//! How much of what accounts may use is left, until when, and for how long it lasts at the pace so far.

use crate::api::quota::{AccountQuota, QuotaPage, QuotaSource, WindowRow, load_quota};
use crate::parts::frame::{Place, framed};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::mark::ProviderMark;
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
        |page| view! { <div id=REGION class="quota"><Accounts page /></div> }.into_any(),
    )
}

#[component]
fn Accounts(page: QuotaPage) -> impl IntoView {
    let QuotaPage { known, unknown } = page;
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

/// How loud a share is.
fn loudness(used: u32, reserve: u32) -> &'static str {
    let full = 1000_u32.saturating_sub(reserve * 10);
    match used {
        used if used >= full => "bad",
        used if used * 10 >= full * 8 => "warn",
        _ => "good",
    }
}

/// One limit: a bar where there is a share, and words.
#[component]
fn Window(window: WindowRow, reserve: u32) -> impl IntoView {
    let WindowRow { name, model, used_permille, amount, resets_at, runs_out_at, source, at } = window;
    let left = used_permille.map(|used| 1000_u32.saturating_sub(used));
    let share = left.map(|left| match left {
        0 => "nothing left".to_owned(),
        1..=9 => "under 1% left".to_owned(),
        left => format!("{}% left", left / 10),
    });
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
            {used_permille
                .map(|used| {
                    let class = format!("bar {}", loudness(used, reserve));
                    let width = f64::from(used.min(1000)) / 10.0;
                    view! {
                        <svg class=class viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label=format!("{name}: {width}% used")>
                            <rect class="whole" width="100" height="4" />
                            <rect class="used" width=format!("{width}") height="4" />
                        </svg>
                    }
                })}
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
            <ul class="lines">{lines.collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::loudness;

    #[test]
    fn a_limit_is_loud_when_little_is_left_beside_what_is_kept_back() {
        assert_eq!([loudness(100, 0), loudness(800, 0), loudness(1000, 0)], ["good", "warn", "bad"]);
        assert_eq!([loudness(700, 0), loudness(700, 20), loudness(800, 20)], ["good", "warn", "bad"]);
    }
}
