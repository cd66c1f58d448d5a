//! What others who watch over Ninerouter get: counters for Prometheus ([`metrics`], [`gauges`]) and traces for
//! OpenTelemetry ([`spans`], [`export`]). Both are made of the records of requests that ended, where those are written:
//! no request waits for them.

mod export;
mod gauges;
mod metrics;
mod parent;
mod spans;

pub use parent::Parent;

use crate::clock;
use crate::config::Otlp;
use crate::gateway::turned_away;
use crate::state::App;
use crate::store::{AttemptRecord, RequestRecord};
use crate::tasks::Tasks;
use crate::upstream::client::Clients;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use export::Export;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use metrics::Metrics;
use prometheus_client::encoding::prometheus_text;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::{Sender, channel};

/// Traces that wait to be sent, at most. What comes beyond is dropped.
const QUEUE: usize = 2048;

/// What is told of requests that ended.
#[derive(Debug)]
pub struct Telemetry {
    metrics: Arc<Metrics>,
    /// `None` where traces go nowhere.
    traces: Option<Sender<Box<RequestRecord>>>,
    /// Whether it was logged that traces are dropped.
    told: AtomicBool,
}

impl Telemetry {
    /// Begins to send traces, where there is an endpoint. That ends when everybody who could note a request has gone,
    /// all sent.
    pub(crate) fn start(otlp: Option<&Otlp>, clients: &Arc<Clients>, tasks: &Tasks) -> Self {
        let metrics = Arc::<Metrics>::default();
        let traces = otlp.map(|otlp| {
            let (queue, waiting) = channel(QUEUE);
            let export = Export {
                otlp: otlp.clone(),
                clients: Arc::clone(clients),
                metrics: Arc::clone(&metrics),
                stopping: tasks.stopping(),
            };
            tasks.spawn(export.run(waiting));
            queue
        });
        Self { metrics, traces, told: AtomicBool::new(false) }
    }

    /// A request ended and was written down.
    pub(crate) fn note(&self, record: RequestRecord) {
        self.metrics.note(&record);
        let Some(traces) = &self.traces else { return };
        if record.parent.is_some_and(|parent| !parent.sampled) {
            return;
        }
        if traces.try_send(Box::new(record)).is_err() {
            self.metrics.dropped(1);
            if !self.told.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    "traces are dropped: they come faster than OTEL_EXPORTER_OTLP_ENDPOINT takes them; \
                     ninerouter_traces_dropped_total counts them from now on"
                );
            }
        }
    }

    /// Everything, as Prometheus reads it.
    fn shown(&self, app: &App) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, self.metrics.registry())?;
        prometheus_text::encode(&mut text, &gauges::registry(app, clock::now().unix_ms))?;
        Ok(text)
    }
}

/// `GET /metrics`, for whoever has a caller key.
pub(crate) async fn scrape(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parts: Parts,
) -> Response {
    if let Some(refusal) = turned_away(&app, &parts, peer) {
        return refusal;
    }
    match app.telemetry.shown(&app) {
        Ok(text) => {
            let headers = [(CONTENT_TYPE, prometheus_text::CONTENT_TYPE), (CACHE_CONTROL, "no-store")];
            (headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What became of an attempt, in a word.
fn outcome(attempt: &AttemptRecord) -> &'static str {
    let failed = !attempt.rule.is_empty() || !attempt.error.is_empty();
    match (attempt.won, failed) {
        (true, false) => "answered",
        (true, true) => "broken",
        // One that was outrun has no error of its own, even if it was silent for too long.
        (false, _) if attempt.error.is_empty() && !attempt.verdict.is_empty() => "outrun",
        (false, true) => "failed",
        (false, false) => "cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_an_attempt_is_told_from_its_record() {
        let told = |won, verdict: &str, rule: &str, error: &str| {
            let (verdict, rule, error) = (verdict.to_owned(), rule.to_owned(), error.to_owned());
            outcome(&AttemptRecord { won, verdict, rule, error, ..AttemptRecord::default() })
        };
        assert_eq!(told(true, "", "", ""), "answered");
        assert_eq!(told(true, "went on", "default/cut", "It broke off"), "broken");
        assert_eq!(told(false, "went on", "default/server", "It failed"), "failed");
        assert_eq!(told(false, "another answered first", "first-token limit", ""), "outrun");
        assert_eq!(told(false, "", "", ""), "cancelled");
    }
}
