//! `GET /console/live`: requests as they end, and those that are under way, as server-sent events.

use super::requests::row_of;
use crate::gateway::live::Ended;
use crate::gateway::under_way::AllUnderWay;
use crate::state::App;
use crate::store::RequestRecord;
use app::api::overview::UnderWayNow;
use app::api::requests::RequestFilter;
use axum::extract::{Query, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream, StreamExt};
use http::HeaderMap;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Between two signs of life, so that proxies keep the connection.
const SIGN: Duration = Duration::from_secs(15);
/// How often is looked at what is under way.
const LOOK: Duration = Duration::from_secs(1);
/// How many of the newest requests one hears of who comes back.
const MISSED: u64 = 12;

/// What a dashboard has seen.
#[derive(Debug, Deserialize)]
pub struct Seen {
    /// The id of some request; absent: nothing.
    since: Option<String>,
    /// Whether it wants to hear of what is under way.
    under_way: Option<String>,
}

/// The feed. Whoever has seen something before, by the address or by what a browser says when it comes back by itself, is
/// told of the newest requests first, known ones among them. It ends when Ninerouter stops.
pub async fn live(
    State(app): State<App>,
    Query(seen): Query<Seen>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // From now on first: nothing is lost between the two.
    let (events, stopping) = (app.live.listen(), app.tasks.stopping());
    let back = headers.contains_key("last-event-id") || seen.since.as_ref().is_some_and(|id| !id.is_empty());
    let missed = if back { newest(&app).await } else { Vec::new() };
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let wanted = seen.under_way.is_some();
    let watch = Watch { events, stopping, under_way: app.under_way.clone(), look, wanted, told: None };
    let coming = stream::unfold(watch, async |mut watch| watch.next().await.map(|event| (event, watch)));
    let stream = stream::iter(missed.into_iter().map(event_of)).chain(coming).map(Ok);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(SIGN))
}

/// What a dashboard waits for.
struct Watch {
    events: Receiver<Ended>,
    stopping: CancellationToken,
    under_way: AllUnderWay,
    look: Interval,
    /// Whether what is under way is told at all.
    wanted: bool,
    /// What was told last of those under way.
    told: Option<UnderWayNow>,
}

impl Watch {
    /// The next event; `None` at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                event = self.events.recv() => match event {
                    Ok(ended) => return Some(event_of(ended)),
                    // A reader that fell behind misses some rows; the list is whole again at the next load.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                },
                _ = self.look.tick(), if self.wanted => {
                    let now = self.under_way.now();
                    // While one is under way, how long it lasts is news by itself.
                    if self.told.as_ref() != Some(&now) {
                        let event = Event::default().event("under-way").json_data(&now).ok();
                        self.told = Some(now);
                        if event.is_some() {
                            return event;
                        }
                    }
                }
                () = self.stopping.cancelled() => return None,
            }
        }
    }
}

fn event_of((id, row): Ended) -> Event {
    Event::default().event("request").id(id.simple().to_string()).data(&*row)
}

/// The newest requests, the oldest of them first.
async fn newest(app: &App) -> Vec<Ended> {
    match app.store.requests(&RequestFilter::default(), MISSED).await {
        Ok(found) => {
            let row = |record: &RequestRecord| {
                Some((record.id, serde_json::to_string(&row_of(record)).ok()?.into()))
            };
            found.records.iter().rev().filter_map(row).collect()
        }
        Err(error) => {
            tracing::error!(%error, "the newest requests could not be read; the feed goes on from here");
            Vec::new()
        }
    }
}
