//! Requests as spans, in OTLP's JSON (opentelemetry-proto, `docs/specification.md`: ids as hexadecimal digits, 64-bit
//! numbers as texts, kinds as numbers): a span for the request, and below it one for each attempt. Attributes are named
//! as OpenTelemetry's conventions for generative AI name them (semantic-conventions-genai, November 2026). Prompts,
//! answers, keys and the words of errors are not in them.

use super::outcome;
use crate::store::{AttemptRecord, RequestRecord, cause_word, outcome_word};
use app::api::requests::Outcome;
use serde_json::{Value, json};
use std::borrow::Cow;

/// `SPAN_KIND_SERVER`.
const SERVER: u8 = 2;
/// `SPAN_KIND_CLIENT`.
const CLIENT: u8 = 3;
/// `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;
/// Letters of a model's name that are kept: a client may ask for anything.
const LONGEST: usize = 256;
/// Providers whose names the conventions know, by our ids.
const KNOWN: [(&str, &str); 10] = [
    ("azure", "azure.ai.openai"),
    ("chatgpt", "openai"),
    ("claude", "anthropic"),
    ("codex", "openai"),
    ("gemini", "gcp.gemini"),
    ("kimi", "moonshot_ai"),
    ("mistral", "mistral_ai"),
    ("vertex", "gcp.vertex_ai"),
    ("vertex-partner", "gcp.vertex_ai"),
    ("xai", "x_ai"),
];

/// What is posted to a collector.
pub(super) fn request(service: &str, records: &[Box<RequestRecord>]) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let mut resource = Attributes::default();
    resource.text("service.name", service);
    resource.text("service.version", version);
    let spans: Vec<Value> = records.iter().flat_map(|record| spans(record)).collect();
    json!({ "resourceSpans": [{
        "resource": { "attributes": resource.0 },
        "scopeSpans": [{ "scope": { "name": "ninerouter", "version": version }, "spans": spans }],
    }] })
}

#[derive(Default)]
struct Attributes(Vec<Value>);

impl Attributes {
    fn add(&mut self, key: &str, value: Value) {
        self.0.push(json!({ "key": key, "value": value }));
    }

    /// Nothing where the text is empty.
    fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.add(key, json!({ "stringValue": text }));
        }
    }

    fn number(&mut self, key: &str, number: impl ToString) {
        self.add(key, json!({ "intValue": number.to_string() }));
    }
}

/// The request's own span and those of its attempts.
fn spans(record: &RequestRecord) -> Vec<Value> {
    let trace = record.parent.map_or(record.id.as_u128(), |parent| parent.trace);
    // The end of a request's id is as random as a span's has to be, and never zero.
    let (_, own) = record.id.as_u64_pair();
    let parent = record.parent.map_or(String::new(), |parent| format!("{:016x}", parent.span));
    let asked = shortened(&record.asked);
    let failed = matches!(record.outcome, Outcome::Failed | Outcome::Broken);
    let mut spans = vec![json!({
        "traceId": format!("{trace:032x}"),
        "spanId": format!("{own:016x}"),
        "parentSpanId": parent,
        "name": format!("{} {asked}", operation(record)),
        "kind": SERVER,
        "startTimeUnixNano": nanos(record.started_at),
        "endTimeUnixNano": nanos(record.started_at + record.total_ms),
        "attributes": of_request(record, &asked, failed).0,
        "status": status(failed),
    })];
    for (place, attempt) in (1..).zip(&record.attempts) {
        let started_at = record.started_at + attempt.start_ms;
        let failed = matches!(outcome(attempt), "failed" | "broken");
        spans.push(json!({
            "traceId": format!("{trace:032x}"),
            "spanId": format!("{:016x}", own.wrapping_add(place)),
            "parentSpanId": format!("{own:016x}"),
            "name": format!("attempt {}/{}", attempt.provider_id, shortened(&attempt.model)),
            "kind": CLIENT,
            "startTimeUnixNano": nanos(started_at),
            "endTimeUnixNano": nanos(started_at + attempt.total_ms),
            "attributes": of_attempt(attempt, failed).0,
            "status": status(failed),
        }));
    }
    spans
}

fn of_request(record: &RequestRecord, asked: &str, failed: bool) -> Attributes {
    let mut of = Attributes::default();
    of.text("gen_ai.operation.name", operation(record));
    of.text("gen_ai.provider.name", provider(&record.provider_id));
    of.text("gen_ai.request.model", asked);
    of.add("gen_ai.request.stream", json!({ "boolValue": record.streaming }));
    of.text("gen_ai.response.model", &shortened(&record.model));
    of.text("gen_ai.response.id", &record.upstream_id);
    if !record.finish.is_empty() {
        let reasons = json!([{ "stringValue": record.finish }]);
        of.add("gen_ai.response.finish_reasons", json!({ "arrayValue": { "values": reasons } }));
    }
    if let (true, Some(first_token)) = (record.streaming, record.first_token_ms) {
        let seconds = first_token as f64 / 1000.0;
        of.add("gen_ai.response.time_to_first_chunk", json!({ "doubleValue": seconds }));
    }
    if let Some(usage) = &record.usage {
        // The conventions count what was read from a cache and written to it as input.
        of.number("gen_ai.usage.input_tokens", usage.prompt());
        of.number("gen_ai.usage.cache_read.input_tokens", usage.cache_read);
        of.number("gen_ai.usage.cache_write.input_tokens", usage.cache_write);
        of.number("gen_ai.usage.output_tokens", usage.output);
        if let Some(reasoning) = usage.reasoning {
            of.number("gen_ai.usage.reasoning.output_tokens", reasoning);
        }
    }
    of.number("http.response.status_code", record.status);
    if failed {
        let rule = record.attempts.iter().rev().map(|attempt| attempt.rule.as_str());
        let rule = rule.filter(|rule| !rule.is_empty()).map(Cow::Borrowed).next();
        of.text("error.type", &rule.unwrap_or_else(|| record.status.to_string().into()));
    }
    of.text("ninerouter.request", &record.id.simple().to_string());
    of.text("ninerouter.outcome", outcome_word(record.outcome));
    of.text("ninerouter.client", &record.client);
    of.text("ninerouter.combo", &record.combo);
    if let Some(cost) = record.cost {
        of.add("ninerouter.cost_usd", json!({ "doubleValue": cost as f64 / 1e9 }));
    }
    of
}

/// No operation and no tokens: the request's span has them, and sums would count them twice.
fn of_attempt(attempt: &AttemptRecord, failed: bool) -> Attributes {
    let mut of = Attributes::default();
    of.text("gen_ai.provider.name", provider(&attempt.provider_id));
    of.text("gen_ai.request.model", &shortened(&attempt.model));
    if let Some((host, port)) = &attempt.server {
        of.text("server.address", host);
        of.number("server.port", port);
    }
    if let Some(status) = attempt.status {
        of.number("http.response.status_code", status);
    }
    if failed {
        let status = || attempt.status.map_or("_OTHER".into(), |status| status.to_string().into());
        let rule = Some(Cow::Borrowed(attempt.rule.as_str())).filter(|rule| !rule.is_empty());
        of.text("error.type", &rule.unwrap_or_else(status));
    }
    of.text("ninerouter.outcome", outcome(attempt));
    of.text("ninerouter.cause", cause_word(attempt.cause));
    of
}

fn status(failed: bool) -> Value {
    if failed { json!({ "code": ERROR }) } else { json!({}) }
}

/// What was asked for, as the conventions call it: every dialect's answers are chat.
fn operation(record: &RequestRecord) -> &str {
    match record.dialect.as_str() {
        "completions" => "text_completion",
        beside @ ("embeddings" | "images" | "audio" | "moderations" | "rerank") => beside,
        _ => "chat",
    }
}

fn provider(id: &str) -> &str {
    KNOWN.iter().find(|(ours, _)| *ours == id).map_or(id, |(_, theirs)| theirs)
}

fn shortened(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LONGEST) {
        Some(_) => name.chars().take(LONGEST).collect::<String>().into(),
        None => name.into(),
    }
}

fn nanos(unix_ms: i64) -> String {
    (i128::from(unix_ms) * 1_000_000).to_string()
}
