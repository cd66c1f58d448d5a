//! Follows what other replicas on the same PostgreSQL change: each hears of it and reads it again.
//!
//! Shared through the database: configuration, keys, accounts and whether they are parked, people, their sessions and
//! bearers, usage. Each replica has for itself: how often an address may try a password, and the live feed of the
//! dashboard, which shows the requests of the replica it is connected to.

use crate::state::{App, StateError};
use crate::store::{Heard, News, StoreError};
use std::time::Duration;

/// Before a lost connection is made again; doubled at each failure.
const FIRST: Duration = Duration::from_millis(250);
/// The longest time between two tries.
const LONGEST: Duration = Duration::from_secs(30);
/// How long nothing is heard before everything is read again: a replica that dies between a change and its news has
/// told nobody.
const QUIET: Duration = Duration::from_secs(60);

/// Why following broke off.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    State(#[from] StateError),
}

/// Runs until shutdown; ends at once where there are no replicas.
pub async fn run(app: App) {
    if !app.store.has_replicas() {
        return;
    }
    let stopping = app.tasks.stopping();
    let (mut wait, mut failing) = (FIRST, false);
    loop {
        let broken = tokio::select! {
            broken = follow(&app, &mut wait, &mut failing) => broken,
            () = stopping.cancelled() => return,
        };
        if !failing {
            tracing::warn!(error = %broken, "changes made at other replicas are not heard; connecting again");
            failing = true;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stopping.cancelled() => return,
        }
        wait = LONGEST.min(wait * 2);
    }
}

/// Listens on one connection for as long as it lasts.
async fn follow(app: &App, wait: &mut Duration, failing: &mut bool) -> Broken {
    let listening = async {
        let mut ear = app.store.listen().await?;
        // What was said while nobody listened.
        everything(app).await?;
        if std::mem::take(failing) {
            tracing::info!("changes made at other replicas are heard again");
        }
        *wait = FIRST;
        loop {
            match tokio::time::timeout(QUIET, ear.hear()).await {
                Ok(heard) => take_in(app, heard?).await?,
                Err(_) => {
                    ear.check().await?;
                    everything(app).await?;
                }
            }
        }
    };
    let ended: Result<std::convert::Infallible, Broken> = listening.await;
    match ended {
        Err(broken) => broken,
        Ok(never) => match never {},
    }
}

/// Reads again what has changed.
async fn take_in(app: &App, heard: Vec<Heard>) -> Result<(), Broken> {
    if heard.iter().any(|one| one.news == News::Anything) {
        return everything(app).await;
    }
    if heard.iter().any(|one| one.news == News::Settings && !one.own) {
        app.memory.forget();
        app.refresh().await?;
    }
    let mut accounts: Vec<i64> = heard
        .iter()
        .filter_map(|one| match one.news {
            // Our own too: what another replica wrote a moment earlier may have been read before ours was written.
            News::Account(id) => Some(id),
            News::Settings | News::Anything => None,
        })
        .collect();
    accounts.sort_unstable();
    accounts.dedup();
    for id in accounts {
        match app.store.account(id).await {
            Ok(account) => {
                if app.keepers.registry.renew(&account) {
                    app.memory.forget();
                }
            }
            // Deleted since.
            Err(StoreError::Missing) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn everything(app: &App) -> Result<(), Broken> {
    app.refresh().await?;
    for account in app.store.accounts().await? {
        app.keepers.registry.renew(&account);
    }
    Ok(())
}
