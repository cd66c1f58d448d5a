//! Sends traces to a collector by OTLP over HTTP, in batches. A collector that is slow or gone costs traces and nothing
//! else.

use super::metrics::Metrics;
use super::spans;
use crate::config::Otlp;
use crate::store::RequestRecord;
use crate::upstream::client::{Clients, Way};
use crate::upstream::http::{NoAnswer, ask};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

/// Traces sent at once, at most.
const BATCH: usize = 256;
/// How long a trace waits for others at most.
const GATHER: Duration = Duration::from_millis(500);
/// How long a collector may take to answer.
const LIMIT: Duration = Duration::from_secs(10);
/// The same once shutdown has begun.
const FAREWELL: Duration = Duration::from_secs(2);
/// Before each further try, in seconds.
const WAITS: [u64; 3] = [1, 5, 15];
/// The longest wait that a collector may ask for, in seconds.
const LONGEST: u64 = 60;

/// Why traces were not taken.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    /// No answer.
    #[error(transparent)]
    Net(#[from] NoAnswer),
    /// An answer other than well.
    #[error("it answered {}", .status.as_u16())]
    Answered {
        status: StatusCode,
        /// How long to wait before another try, in seconds.
        wait: u64,
    },
    /// They could not be put into a request.
    #[error("they could not be put into a request")]
    Unfit,
    /// Shutdown did not wait longer.
    #[error("it did not answer before Ninerouter stopped")]
    Stopping,
}

impl Unsent {
    /// How long to wait at least before another try, in seconds; `None` where that would come to the same, as the
    /// protocol says.
    fn again(&self) -> Option<u64> {
        match self {
            Self::Net(_) => Some(0),
            Self::Answered { status, wait } => {
                matches!(status.as_u16(), 429 | 502 | 503 | 504).then_some(*wait)
            }
            Self::Unfit | Self::Stopping => None,
        }
    }
}

/// What sending needs.
pub(super) struct Export {
    pub(super) otlp: Otlp,
    pub(super) clients: Arc<Clients>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) stopping: CancellationToken,
}

impl Export {
    /// Sends what comes until nothing more can come.
    pub(super) async fn run(self, mut waiting: Receiver<Box<RequestRecord>>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut failing = false;
        while waiting.recv_many(&mut batch, BATCH).await > 0 {
            if batch.len() < BATCH {
                tokio::select! {
                    () = tokio::time::sleep(GATHER) => {}
                    () = self.stopping.cancelled() => {}
                }
                while batch.len() < BATCH
                    && let Ok(one) = waiting.try_recv()
                {
                    batch.push(one);
                }
            }
            // Whoever waits for the end does not wait again for a collector that is gone.
            let given_up = failing && self.stopping.is_cancelled();
            let sent = if given_up { Err(Unsent::Stopping) } else { self.send(&batch).await };
            match sent {
                Ok(()) if failing => {
                    tracing::info!(collector = self.otlp.origin, "traces are taken again");
                    failing = false;
                }
                Ok(()) => {}
                Err(why) => {
                    self.metrics.dropped(batch.len());
                    if !failing {
                        let collector = &self.otlp.origin;
                        tracing::warn!(collector, "traces are dropped until the collector takes them: {why}");
                    }
                    failing = true;
                }
            }
            batch.clear();
        }
    }

    /// Sends a batch, with some patience.
    async fn send(&self, batch: &[Box<RequestRecord>]) -> Result<(), Unsent> {
        let body = spans::request(&self.otlp.service, batch);
        let body = serde_json::to_vec(&body).map_err(|_| Unsent::Unfit)?;
        let mut waits = WAITS.into_iter();
        loop {
            let last = self.stopping.is_cancelled();
            let Err(why) = self.post(body.clone()).await else { return Ok(()) };
            let Some((least, wait)) = why.again().zip(waits.next()).filter(|_| !last) else {
                return Err(why);
            };
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(wait.max(least))) => {}
                // Once more, and no more.
                () = self.stopping.cancelled() => {}
            }
        }
    }

    async fn post(&self, body: Vec<u8>) -> Result<(), Unsent> {
        let mut request = Request::post(self.otlp.traces()).body(body).map_err(|_| Unsent::Unfit)?;
        let headers = request.headers_mut();
        headers.clone_from(&self.otlp.headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let farewell = async {
            self.stopping.cancelled().await;
            tokio::time::sleep(FAREWELL).await;
        };
        // Whoever sets the variable vouches for the address.
        let reply = tokio::select! {
            reply = ask(&self.clients, Way::Any, request, LIMIT) => reply?,
            () = farewell => return Err(Unsent::Stopping),
        };
        match reply.status() {
            status if status.is_success() => Ok(()),
            status => Err(Unsent::Answered { status, wait: wait(&reply) }),
        }
    }
}

/// How long one is told to wait, in seconds.
fn wait(reply: &Response<Vec<u8>>) -> u64 {
    let told = || reply.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<u64>().ok();
    told().unwrap_or(0).min(LONGEST)
}
