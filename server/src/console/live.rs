//! `GET /console/live`: requests as they end, as server-sent events.

use crate::state::App;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// Between two signs of life, so that proxies keep the connection.
const SIGN: Duration = Duration::from_secs(15);

/// The feed. It ends when Ninerouter stops; browsers connect again by themselves.
pub async fn live(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (events, stopping) = (app.live.listen(), app.tasks.stopping());
    let stream = stream::unfold((events, stopping), async |(mut events, stopping)| {
        loop {
            let event = tokio::select! {
                event = events.recv() => event,
                () = stopping.cancelled() => return None,
            };
            match event {
                Ok(row) => {
                    return Some((Ok(Event::default().event("request").data(&*row)), (events, stopping)));
                }
                // A reader that fell behind misses some rows; the list is whole again at the next load.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(SIGN))
}
