//! Prices what was recorded anew, beside normal writing: one at a time, also across replicas, and where one that was cut
//! short had come to.

use crate::clock::{self, Moment};
use crate::state::App;
use crate::store::{Rates, Recalculation, Store, StoreError};
use std::time::Duration;

/// How often is looked for one that its worker has left.
const EVERY: Duration = Duration::from_secs(60);

/// Goes on with what was left, now and later. Runs until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    loop {
        work(App::clone(&app)).await;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Works on the recalculation that is under way, if there is one and nobody else is at it.
pub async fn work(app: App) {
    match to_the_end(&app).await {
        Ok(None) | Err(StoreError::Missing) => {}
        Ok(Some(done)) => {
            tracing::info!(requests = done.requests, from = done.from, "recorded costs were recalculated");
        }
        Err(error) => {
            tracing::error!(%error, "recorded costs could not be recalculated; trying again within two minutes");
        }
    }
}

async fn to_the_end(app: &App) -> Result<Option<Recalculation>, StoreError> {
    let stopping = app.tasks.stopping();
    let Some(mut job) = app.store.take_recalculation(clock::now().unix_ms).await? else { return Ok(None) };
    while let Some(hour) = app.store.next_recalculated(&job).await? {
        if stopping.is_cancelled() {
            app.store.leave_recalculation().await?;
            return Ok(None);
        }
        let snapshot = app.snapshot();
        let rates =
            |provider: &str, model: &str| snapshot.provider(provider).map(|provider| provider.rate(model));
        one_hour(&app.store, hour, &rates).await?;
        job.next_at = hour + 1;
    }
    let done = app.store.end_recalculation(&job, clock::now().unix_ms).await?;
    if let Err(error) = app.budgets.read(&app.store, &app.snapshot(), clock::now().unix_ms).await {
        tracing::error!(%error, "what is used of budgets is still counted at the prices of before");
    }
    Ok(Some(done))
}

/// Prices the requests of one hour anew, and then its sums. [`StoreError::Missing`] where another worker has taken over.
pub async fn one_hour(store: &Store, hour: i64, rates: &impl Rates) -> Result<(), StoreError> {
    let mut last = None;
    loop {
        let began = clock::now();
        last = store.reprice_requests(hour, last, rates).await?;
        if last.is_none() {
            break;
        }
        // An hour of very many rows must not look as though its worker had gone.
        store.take_recalculation(began.unix_ms).await?.ok_or(StoreError::Missing)?;
        rest(began).await;
    }
    let began = clock::now();
    store.reprice_sums(hour, began.unix_ms, rates).await?;
    rest(began).await;
    Ok(())
}

/// As long as was worked: others get to write half of the time.
async fn rest(began: Moment) {
    let worked = u64::try_from(began.elapsed_micros()).unwrap_or(0);
    tokio::time::sleep(Duration::from_micros(worked)).await;
}
