//! What is counted of requests that ended, since this start. Only the writer of records counts, and only scrapes read.

use super::outcome;
use crate::gateway::caller::tool_named;
use crate::store::{RequestRecord, outcome_word};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Begins the name of every metric.
pub(super) const PREFIX: &str = "ninerouter";
/// Series of one counter, the most: clients name models, and not all providers list theirs.
const MOST: usize = 2000;
/// Series of one histogram, the most: each has a line for every bucket.
const MOST_SPREAD: usize = 200;
/// What stands for all that is beyond.
const OTHER: &str = "other";
/// From a cached answer to a long piece of work, in seconds.
const BUCKETS: [f64; 15] =
    [0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0];

/// A target that was asked; empty where none was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Target {
    provider: String,
    model: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRequest {
    #[prometheus(flatten)]
    target: Target,
    client: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAttempt {
    #[prometheus(flatten)]
    target: Target,
    outcome: &'static str,
    rule: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTokens {
    #[prometheus(flatten)]
    target: Target,
    kind: &'static str,
}

/// Labels of which a target is part.
trait Labels: Clone + Eq + Hash {
    fn target(&mut self) -> &mut Target;
}

impl Labels for Target {
    fn target(&mut self) -> &mut Target {
        self
    }
}

impl Labels for OfRequest {
    fn target(&mut self) -> &mut Target {
        &mut self.target
    }
}

impl Labels for OfAttempt {
    fn target(&mut self) -> &mut Target {
        &mut self.target
    }
}

impl Labels for OfTokens {
    fn target(&mut self) -> &mut Target {
        &mut self.target
    }
}

/// A family of metrics with so many series at most, and one more for all others.
#[derive(Debug)]
struct Series<L, M> {
    family: Family<L, M>,
    most: usize,
    begun: AtomicUsize,
}

impl<L: Labels, M> Series<L, M> {
    fn new(most: usize, family: Family<L, M>) -> Self {
        Self { family, most, begun: AtomicUsize::new(0) }
    }

    /// The labels of the series that these count in. Whoever asks also counts: nobody else does at the same time.
    fn within(&self, mut labels: L) -> L {
        if self.family.get(&labels).is_none() && self.begun.fetch_add(1, Ordering::Relaxed) >= self.most {
            *labels.target() = Target { provider: OTHER.to_owned(), model: OTHER.to_owned() };
        }
        labels
    }
}

impl<L: Labels> Series<L, Counter> {
    fn add(&self, labels: L, number: u64) {
        self.family.get_or_create(&self.within(labels)).inc_by(number);
    }
}

impl Series<Target, Histogram> {
    fn observe(&self, target: &Target, ms: i64) {
        let seconds = ms.max(0) as f64 / 1000.0;
        self.family.get_or_create(&self.within(target.clone())).observe(seconds);
    }
}

/// Dollars are counted with their fractions.
type Money = Counter<f64, AtomicU64>;

/// The counters.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Series<OfRequest, Counter>,
    attempts: Series<OfAttempt, Counter>,
    tokens: Series<OfTokens, Counter>,
    cost: Series<Target, Money>,
    durations: Series<Target, Histogram>,
    first_tokens: Series<Target, Histogram>,
    saved_tokens: Counter,
    traces_dropped: Counter,
}

fn spread() -> Series<Target, Histogram> {
    Series::new(MOST_SPREAD, Family::new_with_constructor(|| Histogram::new(BUCKETS)))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix(PREFIX),
            requests: Series::new(MOST, Family::default()),
            attempts: Series::new(MOST, Family::default()),
            tokens: Series::new(MOST, Family::default()),
            cost: Series::new(MOST, Family::default()),
            durations: spread(),
            first_tokens: spread(),
            saved_tokens: Counter::default(),
            traces_dropped: Counter::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        // "_total", "_info" and a full stop are added.
        registry.register(
            "build",
            "The version that runs",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register(
            "requests",
            "Requests that ended, by the target that answered or was tried last",
            self.requests.family.clone(),
        );
        registry.register(
            "attempts",
            "Calls to providers that ended, with the rule that judged a failure",
            self.attempts.family.clone(),
        );
        registry.register(
            "tokens",
            "Tokens as providers stated them: input, cache_read, cache_write and output are disjoint, reasoning is \
             part of output",
            self.tokens.family.clone(),
        );
        registry.register(
            "cost_usd",
            "What requests cost in US dollars, where their prices are known",
            self.cost.family.clone(),
        );
        registry.register(
            "request_duration_seconds",
            "From a request's arrival to its end",
            self.durations.family.clone(),
        );
        registry.register(
            "first_token_seconds",
            "From a request's arrival to the first meaningful frame of its answer",
            self.first_tokens.family.clone(),
        );
        registry.register(
            "saver_saved_tokens",
            "Tokens that shorter tool output spared, by a tokenizer's count",
            self.saved_tokens.clone(),
        );
        registry.register(
            "traces_dropped",
            "Traces of requests that were not sent: the collector was too slow, or did not take them",
            self.traces_dropped.clone(),
        );
    }

    /// All of them, for showing.
    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// So many traces were not sent.
    pub(super) fn dropped(&self, traces: usize) {
        self.traces_dropped.inc_by(traces as u64);
    }

    /// Counts a request that ended.
    pub(super) fn note(&self, record: &RequestRecord) {
        let target = Target { provider: record.provider_id.clone(), model: record.model.clone() };
        let client = tool_named(&record.client).unwrap_or(OTHER).to_owned();
        let outcome = outcome_word(record.outcome);
        self.requests.add(OfRequest { target: target.clone(), client, outcome }, 1);
        self.note_attempts(record);
        self.note_tokens(record, &target);
        if let Some(cost) = record.cost {
            let labels = self.cost.within(target.clone());
            self.cost.family.get_or_create(&labels).inc_by(cost.max(0) as f64 / 1e9);
        }
        self.durations.observe(&target, record.total_ms);
        if let Some(first_token) = record.first_token_ms {
            self.first_tokens.observe(&target, first_token);
        }
        self.saved_tokens.inc_by(u64::try_from(record.saved_tokens).unwrap_or(0));
    }

    fn note_attempts(&self, record: &RequestRecord) {
        for attempt in &record.attempts {
            let target = Target { provider: attempt.provider_id.clone(), model: attempt.model.clone() };
            self.attempts.add(OfAttempt { target, outcome: outcome(attempt), rule: attempt.rule.clone() }, 1);
        }
    }

    fn note_tokens(&self, record: &RequestRecord, target: &Target) {
        let Some(usage) = &record.usage else { return };
        for (kind, tokens) in [
            ("input", usage.input),
            ("cache_read", usage.cache_read),
            ("cache_write", usage.cache_write),
            ("output", usage.output),
            ("reasoning", usage.reasoning.unwrap_or(0)),
        ] {
            self.tokens.add(OfTokens { target: target.clone(), kind }, tokens);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::prometheus_text::encode;

    #[test]
    fn however_many_models_are_named_the_series_stay_few() {
        let metrics = Metrics::default();
        let ask = |model: usize| {
            metrics.note(&RequestRecord {
                provider_id: "groq".to_owned(),
                model: format!("m{model}"),
                ..RequestRecord::default()
            });
        };
        (0..MOST + 500).for_each(ask);
        // One that is known stays known.
        ask(0);
        let mut text = String::new();
        encode(&mut text, metrics.registry()).unwrap();
        let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(lines("ninerouter_requests_total{"), MOST + 1);
        assert_eq!(lines("ninerouter_request_duration_seconds_count{"), MOST_SPREAD + 1);
        let other = r#"ninerouter_requests_total{provider="other",model="other",client="other",outcome="cancelled"} 500"#;
        let first =
            r#"ninerouter_requests_total{provider="groq",model="m0",client="other",outcome="cancelled"} 2"#;
        for line in [other, first] {
            assert!(text.lines().any(|one| one == line), "{line}");
        }
    }
}
