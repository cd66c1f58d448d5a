//! Forgets single requests and what was logged of them when they are older than the person wants to keep them, and
//! sessions that are over. Mends sums that a replica of an older version has written.

use crate::clock;
use crate::state::App;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(3600);
const DAY_MS: i64 = 24 * 3_600_000;

/// Runs until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    loop {
        sweep(&app).await;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

async fn sweep(app: &App) {
    let now = clock::now().unix_ms;
    let policy = app.snapshot().policy.clone();
    let days = i64::from(policy.retention_days);
    match app.store.forget_requests(now - days * DAY_MS).await {
        Ok(0) => {}
        Ok(requests) => tracing::info!(requests, days, "old requests were forgotten"),
        Err(error) => tracing::error!(%error, "old requests could not be forgotten; trying again in an hour"),
    }
    let (days, most) = (i64::from(policy.payload_days), policy.payload_bytes);
    if let Err(error) = app.store.sweep_payloads(now - days * DAY_MS, most).await {
        tracing::error!(%error, "old payloads could not be deleted; trying again in an hour");
    }
    match app.store.mend_sums(now - 2 * DAY_MS).await {
        Ok(0) => {}
        Ok(hours) => tracing::info!(hours, "sums that another version had written were added up anew"),
        Err(error) => tracing::error!(%error, "sums could not be looked over; trying again in an hour"),
    }
    if let Err(error) = app.store.sweep_parked(now).await {
        tracing::error!(%error, "models that wait no more could not be forgotten; trying again in an hour");
    }
    if let Err(error) = app.store.sweep_sign_ins(now - DAY_MS).await {
        tracing::error!(%error, "old sign-ins could not be forgotten; trying again in an hour");
    }
    if let Err(error) = app.store.sweep_alerts(now - 7 * DAY_MS).await {
        tracing::error!(%error, "alerts that are over could not be forgotten; trying again in an hour");
    }
    if let Err(error) = app.store.sweep_sessions(now).await {
        tracing::error!(%error, "ended sessions could not be deleted; trying again in an hour");
    }
}
