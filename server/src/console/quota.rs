//! How much of what accounts may use is left.

use super::Desk;
use crate::accounts::quota::{Seen, Source, probe, runs_out, shown};
use crate::clock;
use crate::state::App;
use crate::store::snapshot::{Account, Provider, Snapshot};
use app::api::Problem;
use app::api::alerts::Alerts;
use app::api::quota::{AccountQuota, Fullest, QuotaPage, QuotaSource, Quotas, WindowRow};
use async_trait::async_trait;
use std::sync::Arc;

fn window_row(seen: &Seen, now: i64) -> WindowRow {
    let window = &seen.window;
    let words = |amount| shown(window.unit, amount);
    let unit = match window.unit {
        catalog::Unit::Requests => " requests",
        catalog::Unit::Tokens => " tokens",
        catalog::Unit::Credits => " credits",
        catalog::Unit::Percent | catalog::Unit::Usd | catalog::Unit::Cny => "",
    };
    let amount = match (window.unit, window.used, window.limit, window.left) {
        (catalog::Unit::Percent, ..) => String::new(),
        (_, Some(used), Some(limit), _) => format!("{} of {}{unit} used", words(used), words(limit)),
        (_, _, Some(limit), Some(left)) => format!("{} of {}{unit} left", words(left), words(limit)),
        (_, _, None, Some(left)) => format!("{}{unit} left", words(left)),
        (_, Some(used), None, None) => format!("{}{unit} used", words(used)),
        (_, None, Some(limit), None) => format!("of {}{unit}", words(limit)),
        (_, None, None, None) => String::new(),
    };
    WindowRow {
        name: window.name.clone(),
        model: window.model.clone().unwrap_or_default(),
        used_permille: window.used_permille,
        amount,
        resets_at: window.resets_at_ms.filter(|at| *at > now),
        runs_out_at: runs_out(window, now),
        source: match seen.source {
            Source::Probe => QuotaSource::Probe,
            Source::Answer => QuotaSource::Answer,
            Source::Counted => QuotaSource::Counted,
        },
        at: seen.at,
    }
}

fn account_quota(provider: &Provider, account: &Account, now: i64) -> AccountQuota {
    let asked = account.quota.asked();
    let over = |seen: &&Seen| seen.window.resets_at_ms.is_none_or(|at| at > now);
    AccountQuota {
        account_id: account.id,
        account: account.name.clone(),
        provider_id: provider.spec.id.clone(),
        provider: provider.spec.name.clone(),
        reserve: account.reserve,
        windows: account.quota.seen().iter().filter(over).map(|seen| window_row(seen, now)).collect(),
        asked_at: Some(asked.at).filter(|at| *at > 0),
        why: asked.why,
    }
}

/// What is left of a provider's accounts, as far as it is known.
pub(super) fn known_quotas(provider: &Provider) -> Vec<AccountQuota> {
    let now = clock::now().unix_ms;
    let enabled = provider.accounts.iter().filter(|account| account.enabled);
    enabled
        .map(|account| account_quota(provider, account, now))
        .filter(|quota| !quota.windows.is_empty())
        .collect()
}

/// The most used limit of each account of which anything is known, the fullest first.
pub(super) fn fullest(snapshot: &Snapshot, now: i64) -> Vec<Fullest> {
    let quotas = snapshot.providers().flat_map(|provider| {
        let enabled = provider.accounts.iter().filter(|account| account.enabled);
        enabled.map(|account| account_quota(provider, account, now))
    });
    let of = |quota: AccountQuota| {
        let AccountQuota { account_id, account, provider_id, provider, reserve, windows, .. } = quota;
        let window = windows.into_iter().next()?;
        Some(Fullest { account_id, account, provider_id, provider, reserve, window })
    };
    let mut fullest: Vec<Fullest> = quotas.filter_map(of).collect();
    fullest.sort_by_key(|one| std::cmp::Reverse(one.window.used_permille));
    fullest
}

/// Asks beside the page, which shows what is known by then.
fn ask_again(app: &App, provider: &Arc<Provider>, account: &Arc<Account>) {
    let (app, provider, account) = (App::clone(app), Arc::clone(provider), Arc::clone(account));
    let tasks = app.tasks.clone();
    tasks.spawn(async move { probe::probe(&app, &provider, &account).await });
}

#[async_trait]
impl Quotas for Desk {
    async fn quota(&self) -> Result<QuotaPage, Problem> {
        self.person()?;
        let now = clock::now().unix_ms;
        let snapshot = self.app.snapshot();
        let (alerts, alerting) = (self.alerts().await?, self.alert_settings().await?);
        let mut page = QuotaPage { known: Vec::new(), unknown: Vec::new(), alerts, alerting };
        for provider in snapshot.providers() {
            for account in provider.accounts.iter().filter(|account| account.enabled) {
                account.quota.wanted(now);
                if provider.lets(account) && account.quota.due(now) {
                    ask_again(&self.app, provider, account);
                }
                let quota = account_quota(provider, account, now);
                let list = if quota.windows.is_empty() { &mut page.unknown } else { &mut page.known };
                list.push(quota);
            }
        }
        let fullest = |quota: &AccountQuota| {
            std::cmp::Reverse(quota.windows.iter().filter_map(|window| window.used_permille).max())
        };
        page.known.sort_by_key(fullest);
        Ok(page)
    }
}
