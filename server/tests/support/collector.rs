//! A collector of traces on loopback that takes OTLP's JSON, strictly, or does not.

use crate::scripted::listen;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinSet;

/// What the collector was sent, and does.
#[derive(Default)]
pub(crate) struct Kept {
    /// Bodies that it took.
    pub(crate) taken: Vec<Value>,
    /// The headers of every post.
    pub(crate) headers: Vec<HeaderMap>,
    /// With what the next posts are answered; 200 when there is nothing more.
    pub(crate) answers: VecDeque<u16>,
    /// Never answers.
    pub(crate) hangs: bool,
}

/// A running collector.
pub(crate) struct Collector {
    pub(crate) endpoint: String,
    kept: Arc<Mutex<Kept>>,
    _running: JoinSet<()>,
}

/// A span, as far as tests look at it.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) kind: u64,
    pub(crate) failed: bool,
    /// Start and end, ns.
    pub(crate) times: (u64, u64),
    pub(crate) attributes: HashMap<String, Value>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let (listener, address) = listen(0).await.unwrap();
        let kept = Arc::<Mutex<Kept>>::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&kept));
        let mut running = JoinSet::new();
        running.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { endpoint: format!("http://{address}"), kept, _running: running }
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every span it took.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.kept().taken.iter().flat_map(spans).collect()
    }
}

async fn take(State(kept): State<Arc<Mutex<Kept>>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let hangs = {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.headers.push(headers.clone());
        kept.hangs
    };
    if hangs {
        std::future::pending::<()>().await;
    }
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let status = kept.answers.pop_front().unwrap_or(200);
    if status == 200 {
        assert_eq!(headers["content-type"], "application/json");
        kept.taken.push(serde_json::from_slice(&body).unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), "{}".to_owned())
}

/// The spans of a body. What is not as OTLP has it stops the test.
fn spans(body: &Value) -> Vec<Span> {
    let [resource] = list(&body["resourceSpans"]) else { panic!("one resource: {body}") };
    let service = attributes(&resource["resource"]["attributes"]);
    assert_eq!(service["service.name"], "ninerouter");
    let [scope] = list(&resource["scopeSpans"]) else { panic!("one scope: {body}") };
    assert_eq!(scope["scope"]["name"], "ninerouter");
    list(&scope["spans"]).iter().map(span).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn span(span: &Value) -> Span {
    let text = |name: &str| span[name].as_str().unwrap_or_else(|| panic!("{name} of {span}")).to_owned();
    let id = |name: &str, digits: usize| {
        let id = text(name);
        let proper = id.len() == digits && id.bytes().all(|digit| digit.is_ascii_hexdigit());
        assert!(proper && id.bytes().any(|digit| digit != b'0'), "{name} of {span}");
        id
    };
    let time = |name: &str| text(name).parse::<u64>().unwrap();
    let times = (time("startTimeUnixNano"), time("endTimeUnixNano"));
    assert!(times.0 <= times.1, "{span}");
    Span {
        trace: id("traceId", 32),
        id: id("spanId", 16),
        parent: if text("parentSpanId").is_empty() { String::new() } else { id("parentSpanId", 16) },
        name: text("name"),
        kind: span["kind"].as_u64().unwrap(),
        failed: span["status"]["code"] == 2,
        times,
        attributes: attributes(&span["attributes"]),
    }
}

/// Attributes by name: texts, numbers and lists of texts.
fn attributes(list: &Value) -> HashMap<String, Value> {
    let mut found = HashMap::new();
    for pair in list.as_array().unwrap() {
        let key = pair["key"].as_str().unwrap().to_owned();
        let value = pair["value"].as_object().unwrap();
        let [(kind, value)] = value.iter().collect::<Vec<_>>()[..] else { panic!("one value: {pair}") };
        let value = match kind.as_str() {
            "stringValue" if value.is_string() => value.clone(),
            "boolValue" if value.is_boolean() => value.clone(),
            "doubleValue" if value.is_number() => value.clone(),
            "intValue" => value.as_str().unwrap().parse::<i64>().unwrap().into(),
            "arrayValue" => {
                value["values"].as_array().unwrap().iter().map(|one| one["stringValue"].clone()).collect()
            }
            _ => panic!("no value that OTLP has: {pair}"),
        };
        assert!(found.insert(key, value).is_none(), "twice: {pair}");
    }
    found
}
