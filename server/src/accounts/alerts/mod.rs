//! Raises an alert when more of a limit is used than a person wants to pass unnoticed: once for each threshold until the
//! limit begins anew, whatever starts or replicas there are in between. It looks at what is known in memory now and
//! then: no request waits for it. Where alerts go beside the dashboard: [`webhook`].

pub mod webhook;

use crate::accounts::quota::Seen;
use crate::clock;
use crate::state::App;
use crate::store::snapshot::{Account, Provider};
use crate::store::{Limit, Reached, StoreError, StoredAlert};
use app::api::alerts::AlertRow;
use catalog::Window;
use std::sync::Arc;
use std::time::Duration;
use webhook::{Message, deliver};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(15);
const MINUTE: i64 = 60_000;
/// Shorter limits are full and empty again before anybody could act, ms.
const SHORTEST: i64 = 60 * MINUTE;
/// How long after its time a limit may still turn out to go on: one that slides moves its time with what is used, ms.
const GRACE: i64 = MINUTE;
/// How far use must fall below a threshold before it can be passed again, in thousandths: sources differ a little, and
/// limits that slide go up and down.
const SLACK: u32 = 50;

/// Runs until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    let mut failing = false;
    loop {
        let looked = look(&app).await;
        if let (Err(error), false) = (&looked, failing) {
            tracing::error!(%error, "alerts cannot be raised; trying again and again");
        }
        failing = looked.is_err();
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Looks at every limit that is known once.
pub async fn look(app: &App) -> Result<(), StoreError> {
    let thresholds = app.store.alerting().await?.thresholds;
    if thresholds.is_empty() {
        return Ok(());
    }
    let (now, snapshot) = (clock::now().unix_ms, app.snapshot());
    let alerts = app.store.alerts().await?;
    for provider in snapshot.providers() {
        for account in in_use(provider) {
            for seen in account.quota.seen().iter() {
                let Some((limit, reached)) = told(account, seen, now) else { continue };
                let alerts = alerts.iter().filter(|alert| !alert.over && alert.limit == limit);
                let open = follow(app, alerts, &seen.window, reached).await?;
                let passed = thresholds.iter().rev().copied().filter(|at| reached.used_permille >= at * 10);
                let passed: Vec<u32> = passed.collect();
                let Some(highest) = passed.first() else { continue };
                if !open.contains(highest) && app.store.raise_alert(&limit, &passed, reached, now).await? {
                    let row = row(0, provider, account, &limit, (*highest, reached), now);
                    tracing::warn!(provider = provider.spec.id, account = account.id, "{}", row.sentence);
                    app.tasks.spawn(deliver(App::clone(app), Message::passed(app, &row, now)));
                }
            }
        }
    }
    app.store.end_passed_alerts(now - GRACE).await
}

/// Goes by what is known of a limit by now. Gives the thresholds of which the alerts are still open.
async fn follow(
    app: &App,
    alerts: impl Iterator<Item = &StoredAlert>,
    window: &Window,
    reached: Reached,
) -> Result<Vec<u32>, StoreError> {
    let mut open = Vec::new();
    for alert in alerts {
        let (before, after) = (alert.reached.resets_at, reached.resets_at);
        let moved = before.zip(after).map_or(0, |(before, after)| (after - before).abs());
        // Another replica may know it better.
        let newer = reached.known_at > alert.reached.known_at;
        let anew = moved >= window.lasts_ms.map_or(30 * MINUTE, |lasts| lasts / 2);
        let full = alert.threshold * 10;
        let fallen = reached.used_permille < full.saturating_sub(SLACK.min(full / 2));
        if newer && (anew || fallen) {
            app.store.end_alert(alert, reached.known_at).await?;
            continue;
        }
        if newer && after.is_some() && (before.is_none() || moved > MINUTE) {
            app.store.move_alert(alert, after).await?;
        }
        open.push(alert.threshold);
    }
    Ok(open)
}

/// The accounts of which limits matter.
fn in_use(provider: &Provider) -> impl Iterator<Item = &Arc<Account>> {
    provider.accounts.iter().filter(|account| account.enabled && provider.lets(account))
}

/// A limit, and how far it is used, where there is something to be told of it.
fn told(account: &Account, seen: &Seen, now: i64) -> Option<(Limit, Reached)> {
    let window = &seen.window;
    let long = window.lasts_ms.is_none_or(|lasts| lasts >= SHORTEST);
    let goes_on = window.resets_at_ms.is_none_or(|at| at > now);
    let used_permille = window.used_permille.filter(|_| long && goes_on)?;
    let limit = Limit {
        account: account.id,
        window: window.name.clone(),
        model: window.model.clone().unwrap_or_default(),
        unit: window.unit.as_str().to_owned(),
    };
    Some((limit, Reached { used_permille, resets_at: window.resets_at_ms, known_at: seen.at }))
}

/// The alerts to show, the fullest limit first: of each limit the highest threshold, with what is known of it by now.
pub async fn open(app: &App) -> Result<Vec<AlertRow>, StoreError> {
    let (now, snapshot) = (clock::now().unix_ms, app.snapshot());
    let mut alerts = app.store.alerts().await?;
    alerts.retain(|alert| !alert.over && !alert.seen);
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.threshold));
    let mut rows: Vec<(Limit, AlertRow)> = Vec::new();
    for provider in snapshot.providers() {
        for account in in_use(provider) {
            let known = account.quota.seen();
            for alert in alerts.iter().filter(|alert| alert.limit.account == account.id) {
                let of = |seen| told(account, seen, now).filter(|(limit, _)| *limit == alert.limit);
                let known = known.iter().find_map(of).map(|(_, reached)| reached);
                let newer = known.filter(|known| known.known_at >= alert.reached.known_at);
                let reached = newer.unwrap_or(alert.reached);
                let goes_on = reached.resets_at.is_none_or(|at| at > now);
                let passed = reached.used_permille >= alert.threshold * 10;
                if goes_on && passed && rows.iter().all(|(limit, _)| *limit != alert.limit) {
                    let at = alert.raised_at;
                    let row = row(alert.id, provider, account, &alert.limit, (alert.threshold, reached), now);
                    rows.push((alert.limit.clone(), AlertRow { raised_at: at, ..row }));
                }
            }
        }
    }
    let mut rows: Vec<AlertRow> = rows.into_iter().map(|(_, row)| row).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.used_percent), row.resets_at));
    Ok(rows)
}

fn row(
    id: i64,
    provider: &Provider,
    account: &Account,
    limit: &Limit,
    (threshold, reached): (u32, Reached),
    now: i64,
) -> AlertRow {
    // A day's tokens and a day's requests have one name.
    let counts = matches!(limit.unit.as_str(), "requests" | "tokens");
    let named = !counts || limit.window.contains(&limit.unit);
    let window = if named { limit.window.clone() } else { format!("{} ({})", limit.window, limit.unit) };
    let row = AlertRow {
        id,
        account_id: account.id,
        account: account.name.clone(),
        provider_id: provider.spec.id.clone(),
        provider: provider.spec.name.clone(),
        window,
        model: limit.model.clone(),
        used_percent: reached.used_permille / 10,
        threshold_percent: threshold,
        resets_at: reached.resets_at,
        raised_at: now,
        sentence: String::new(),
    };
    AlertRow { sentence: row.told(now), ..row }
}
