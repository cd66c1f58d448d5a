//! Traces go to a collector: what they say, whose they are, and that no request ever waits for one.

use crate::metrics::scraped;
use crate::scripted::says::{Counts, counts};
use crate::support::collector::{Collector, Span};
use crate::support::{CHAT, House, PATIENCE, Provider, chat_body, until};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use wire::Dialect;

const COUNTS: Counts = counts(Dialect::Chat);
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A house that sends its traces to a collector.
async fn house(collector: &Collector) -> House {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=a%20b"),
    ];
    let house = House::furnished(House::bare(&variables).await).await;
    house.endpoints(&house.provider.base()).await;
    house
}

/// The spans, as soon as there are so many.
async fn spans(collector: &Collector, count: usize) -> Vec<Span> {
    until("the spans", async || Some(collector.spans()).filter(|spans| spans.len() >= count)).await
}

/// The span of a request, and those of its attempts.
fn family(spans: Vec<Span>) -> (Span, Vec<Span>) {
    let (mut requests, attempts): (Vec<_>, Vec<_>) = spans.into_iter().partition(|span| span.kind == 2);
    assert_eq!(requests.len(), 1, "one span a request: {requests:#?}");
    (requests.remove(0), attempts)
}

#[tokio::test]
async fn a_request_is_a_span_with_its_attempts_below_it() {
    let collector = Collector::start().await;
    let house = house(&collector).await;
    house.account(CHAT, "key-error-503").await;
    house.account(CHAT, "key-good").await;
    let answer = house.send("/v1/chat/completions", &[], chat_body(&format!("{CHAT}/ok"), true)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let row = house.record().await;
    let tried = house.detail(&row).await["attempts"].as_array().unwrap().clone();
    let (request, attempts) = family(spans(&collector, 1 + tried.len()).await);

    assert_eq!(request.name, format!("chat {CHAT}/ok"));
    assert_eq!((&request.trace, request.parent.as_str()), (&row["id"].as_str().unwrap().to_owned(), ""));
    let of = |span: &Span, name: &str| span.attributes.get(name).cloned().unwrap_or(Value::Null);
    let (input, output) = (COUNTS.input + COUNTS.read + COUNTS.written, COUNTS.output);
    for (name, value) in [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.provider.name", json!(CHAT)),
        ("gen_ai.request.model", json!(format!("{CHAT}/ok"))),
        ("gen_ai.response.model", json!("ok")),
        ("gen_ai.response.finish_reasons", json!(["stop"])),
        ("gen_ai.request.stream", json!(true)),
        ("gen_ai.usage.input_tokens", json!(input)),
        ("gen_ai.usage.cache_read.input_tokens", json!(COUNTS.read)),
        ("gen_ai.usage.output_tokens", json!(output)),
        ("http.response.status_code", json!(200)),
        ("ninerouter.outcome", json!("answered")),
        ("error.type", Value::Null),
    ] {
        assert_eq!(of(&request, name), value, "{name}");
    }
    assert!(!request.failed && of(&request, "gen_ai.response.time_to_first_chunk").is_number());

    assert!(tried.len() > 1, "{tried:#?}");
    let address = house.provider.address;
    for (span, attempt) in attempts.iter().zip(&tried) {
        assert_eq!((&span.trace, &span.parent, span.kind), (&request.trace, &request.id, 3));
        assert!(
            span.times.0 >= request.times.0 && span.times.1 <= request.times.1,
            "{span:?} in {request:?}"
        );
        assert_eq!(of(span, "http.response.status_code"), attempt["status"]);
        assert_eq!(of(span, "server.address"), address.ip().to_string());
        assert_eq!(of(span, "server.port"), address.port());
        assert_eq!(of(span, "gen_ai.usage.output_tokens"), Value::Null, "tokens are counted once");
        let rule = if attempt["won"] == true { Value::Null } else { attempt["rule"].clone() };
        assert_eq!((of(span, "error.type"), span.failed), (rule, attempt["won"] == false), "{attempt}");
    }
    let ids: std::collections::HashSet<&String> = attempts.iter().map(|span| &span.id).collect();
    assert_eq!((ids.len(), ids.contains(&request.id)), (tried.len(), false), "each has an id of its own");

    let kept = collector.kept();
    assert_eq!(kept.headers[0]["x-team"], "a b");
    let sent = json!(kept.taken).to_string();
    for secret in [house.key.as_str(), "key-good", "key-error-503", "Hello", "laptop"] {
        assert!(!sent.contains(secret), "{secret} in {sent}");
    }
}

#[tokio::test]
async fn a_failure_is_told_by_its_rule() {
    let collector = Collector::start().await;
    let house = house(&collector).await;
    house.account(CHAT, "key-error-400").await;
    assert_eq!(house.chat("ok", false).await.status, 400);
    let row = house.record().await;
    let rule = house.detail(&row).await["attempts"][0]["rule"].clone();
    let (request, attempts) = family(spans(&collector, 2).await);
    assert!(request.failed && attempts[0].failed);
    assert_eq!((&request.attributes["error.type"], &attempts[0].attributes["error.type"]), (&rule, &rule));
    assert_eq!(request.attributes["http.response.status_code"], 400);
}

#[tokio::test]
async fn a_client_s_own_trace_goes_on() {
    let collector = Collector::start().await;
    let house = house(&collector).await;
    house.account(CHAT, "key-good").await;
    let ask = async |parent: &str| {
        let body = chat_body(&format!("{CHAT}/ok"), false);
        assert_eq!(house.send("/v1/chat/completions", &[("traceparent", parent)], body).await.status, 200);
    };
    ask(&PARENT.replace("-01", "-00")).await;
    ask(PARENT).await;
    ask(&PARENT.to_uppercase()).await;
    let spans = spans(&collector, 4).await;
    assert_eq!(spans.len(), 4, "of a trace that the client does not keep there is nothing: {spans:#?}");
    let requests: Vec<&Span> = spans.iter().filter(|span| span.kind == 2).collect();
    assert_eq!(requests[0].trace, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(requests[0].parent, "00f067aa0ba902b7");
    assert_ne!(requests[1].trace, requests[0].trace, "what makes no sense is no parent");
    assert_eq!(requests[1].parent, "");
}

#[tokio::test]
async fn what_waits_is_sent_at_the_end_and_without_an_endpoint_nothing_is() {
    let collector = Collector::start().await;
    let first = house(&collector).await;
    first.account(CHAT, "key-good").await;
    for _ in 0..3 {
        assert_eq!(first.chat("ok", false).await.status, 200);
    }
    let (bearer, key) = (first.bearer.clone(), first.key.clone());
    let (folder, provider): (TempDir, Arc<Provider>) = first.stop().await;
    assert_eq!(collector.spans().len(), 6);
    let posts = collector.kept().headers.len();

    let mut house = House::on(folder, &[], provider).await;
    (house.bearer, house.key) = (bearer, key);
    assert_eq!(house.chat("ok", false).await.status, 200);
    house.records(4).await;
    house.stop().await;
    assert_eq!(collector.kept().headers.len(), posts);
    assert_eq!(collector.spans().len(), 6);
}

#[tokio::test]
async fn a_collector_that_fails_costs_traces_only_and_they_are_counted() {
    let collector = Collector::start().await;
    let house = house(&collector).await;
    house.account(CHAT, "key-good").await;
    collector.kept().answers.extend([500]);
    assert_eq!(house.chat("ok", false).await.status, 200);
    until("the count of what was dropped", async || {
        let dropped = scraped(&house).await.value("ninerouter_traces_dropped_total", &[]);
        (dropped == Some(1.0)).then_some(())
    })
    .await;
    // One that is merely busy is asked again.
    collector.kept().answers.extend([503]);
    assert_eq!(house.chat("ok", false).await.status, 200);
    spans(&collector, 2).await;
    assert_eq!(collector.kept().headers.len(), 3);
    assert_eq!(scraped(&house).await.value("ninerouter_traces_dropped_total", &[]), Some(1.0));
}

#[tokio::test]
async fn a_collector_that_hangs_or_is_gone_holds_up_neither_requests_nor_the_end() {
    let hanging = Collector::start().await;
    hanging.kept().hangs = true;
    let mut gone = Collector::start().await;
    gone.endpoint = Collector::start().await.endpoint;
    for collector in [hanging, gone] {
        let house = house(&collector).await;
        house.account(CHAT, "key-good").await;
        let asking = async {
            for _ in 0..20 {
                assert_eq!(house.chat("ok", false).await.status, 200);
            }
            house.records(20).await;
        };
        tokio::time::timeout(PATIENCE, asking).await.expect("requests do not wait");
        house.stop().await;
        assert!(collector.spans().is_empty());
    }
}
