//! The scripts: what the provider does, by name.

use super::bodies::{self, Vendor};
use super::packed::packed;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// Every script but `ok`, which is played for any other name too.
pub(crate) const NAMES: [&str; 44] = [
    "ok",
    "tool-call",
    "reasoning",
    "gzip",
    "br",
    "zstd",
    "gzip-stall",
    "br-stall",
    "zstd-stall",
    "split-bytes",
    "no-done",
    "no-usage",
    "slow-headers",
    "slow-first-token",
    "slow-tokens",
    "silent",
    "hang-up",
    "redirect",
    "empty-200",
    "html-200",
    "html-502",
    "overloaded-in-200-stream",
    "error-mid-stream",
    "cut-before-first-token",
    "cut-mid-stream",
    "truncated",
    "stall-before-first-token",
    "stall-mid-stream",
    "error-400",
    "error-401",
    "error-402",
    "error-403",
    "error-404",
    "error-413",
    "error-422",
    "error-429",
    "error-429-once",
    "error-429-retry-after",
    "error-500",
    "error-500-once",
    "error-529",
    "insufficient-quota",
    "context-overflow",
    "content-policy",
];

/// Seconds that `error-429-retry-after` asks for.
pub(crate) const RETRY_AFTER_S: i64 = 77;
/// How long the slow ones wait before their status line or first token.
const SLOW: Duration = Duration::from_millis(1500);
/// Between two tokens of `slow-tokens`.
const PACE: Duration = Duration::from_millis(300);

/// What was asked.
pub(crate) struct Asked {
    /// In whose shape.
    pub(crate) vendor: Vendor,
    /// As the request names it.
    pub(crate) model: String,
    /// Whether it asked for a stream.
    pub(crate) stream: bool,
    /// Whether it asked for usage in the stream.
    pub(crate) usage: bool,
    /// Whether it asked for the list of models.
    pub(crate) list: bool,
}

impl Asked {
    /// `None` when there is nothing at this path.
    pub(crate) fn of(method: &Method, path: &str, body: &Value) -> Option<Self> {
        let (vendor, list) = match (method, path) {
            (&Method::POST, "/v1/chat/completions") => (Vendor::OpenAi, false),
            (&Method::POST, "/v1/messages") => (Vendor::Anthropic, false),
            (&Method::GET, "/v1/models") => (Vendor::OpenAi, true),
            _ => return None,
        };
        Some(Self {
            vendor,
            model: body.get("model").and_then(Value::as_str).unwrap_or_default().to_owned(),
            stream: body.get("stream").and_then(Value::as_bool).unwrap_or(false),
            usage: body.pointer("/stream_options/include_usage").and_then(Value::as_bool).unwrap_or(false),
            list,
        })
    }
}

/// A piece of an answer's body.
pub(crate) enum Step {
    /// Bytes, as one chunk.
    Send(Bytes),
    /// A pause.
    Wait(Duration),
    /// Nothing more, for ever.
    Stall,
    /// The connection breaks.
    Cut,
}

/// An answer.
pub(crate) struct Reply {
    /// How long to wait before the status line.
    pub(crate) before: Duration,
    /// Status and headers; `None` hangs up without them.
    pub(crate) head: Option<(StatusCode, HeaderMap)>,
    /// The body.
    pub(crate) steps: Vec<Step>,
}

impl Reply {
    fn new(status: u16, kind: &'static str, steps: Vec<Step>) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (CONTENT_TYPE, kind),
            (HeaderName::from_static("x-request-id"), "req_0a1b2c3d4e5f"),
            (HeaderName::from_static("openai-processing-ms"), "42"),
            // None of these is the client's business.
            (HeaderName::from_static("set-cookie"), "__cf_bm=vendor-cookie; path=/; HttpOnly"),
            (HeaderName::from_static("strict-transport-security"), "max-age=31536000"),
            (HeaderName::from_static("keep-alive"), "timeout=5"),
            (HeaderName::from_static("cf-ray"), "8d0e1f2a3b4c-FRA"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
        Self { before: Duration::ZERO, head: Some((status, headers)), steps }
    }

    fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, "application/json", vec![Step::Send(body.into())])
    }

    fn events(steps: Vec<Step>) -> Self {
        Self::new(200, "text/event-stream; charset=utf-8", steps)
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let (Some((_, headers)), Ok(value)) = (&mut self.head, HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
        self
    }

    fn after(mut self, before: Duration) -> Self {
        self.before = before;
        self
    }
}

fn sends(frames: Vec<String>) -> Vec<Step> {
    frames.into_iter().map(|frame| Step::Send(frame.into())).collect()
}

/// Nothing at this path.
pub(crate) fn nowhere() -> Reply {
    Reply::json(404, bodies::NOT_FOUND)
}

/// The answer that a script gives. `earlier` counts the times it was played for the same key before.
pub(crate) fn reply(name: &str, asked: &Asked, earlier: usize) -> Reply {
    if let Some((status, body)) = bodies::refusal(name, asked, earlier) {
        let reply = Reply::json(status, body);
        return match name {
            "error-429-retry-after" => reply.with(RETRY_AFTER, &RETRY_AFTER_S.to_string()),
            _ => reply,
        };
    }
    if asked.list {
        return Reply::json(200, bodies::MODELS);
    }
    match name {
        "hang-up" => Reply { before: Duration::ZERO, head: None, steps: Vec::new() },
        "silent" => Reply::json(200, "").after(Duration::from_secs(3600)),
        "redirect" => Reply::json(307, "").with(LOCATION, "/v1/stolen"),
        "html-502" => Reply::new(502, "text/html", vec![Step::Send(bodies::BAD_GATEWAY.into())]),
        "html-200" => Reply::new(200, "text/html", vec![Step::Send(bodies::LOGIN_PAGE.into())]),
        "empty-200" if asked.stream => Reply::events(Vec::new()),
        "empty-200" => Reply::new(200, "application/json", Vec::new()),
        _ if asked.stream => streamed(name, asked),
        _ => whole(name, asked),
    }
}

fn whole(name: &str, asked: &Asked) -> Reply {
    let body = bodies::whole(name, asked);
    match name {
        "slow-headers" => Reply::json(200, body).after(SLOW),
        "gzip" | "br" | "zstd" => {
            Reply::json(200, packed(name, &[body]).concat()).with(CONTENT_ENCODING, name)
        }
        "cut-mid-stream" | "cut-before-first-token" => {
            let half = Bytes::from(body).slice(..40);
            Reply::new(200, "application/json", vec![Step::Send(half), Step::Wait(PACE), Step::Cut])
        }
        "stall-mid-stream" | "stall-before-first-token" => {
            let half = Bytes::from(body).slice(..40);
            Reply::new(200, "application/json", vec![Step::Send(half), Step::Stall])
        }
        _ => Reply::json(200, body),
    }
}

fn streamed(name: &str, asked: &Asked) -> Reply {
    let frames = bodies::frames(name, asked);
    // The frames before the first word, and those before the answer's middle.
    let (opening, middle) = (bodies::opening(asked.vendor), bodies::opening(asked.vendor) + 2);
    let some = |count: usize, last: Step| {
        let mut steps = sends(frames.iter().take(count).cloned().collect());
        // What was written goes out before the connection breaks.
        steps.extend([Step::Wait(PACE), last]);
        Reply::events(steps)
    };
    match name {
        "cut-before-first-token" => some(opening, Step::Cut),
        "stall-before-first-token" => some(opening, Step::Stall),
        "cut-mid-stream" => some(middle, Step::Cut),
        "stall-mid-stream" => some(middle, Step::Stall),
        // A clean end of the connection where no end of the answer was said.
        "truncated" => Reply::events(sends(frames.into_iter().take(middle).collect())),
        "slow-headers" => Reply::events(sends(frames)).after(SLOW),
        "slow-first-token" => {
            let mut steps = sends(frames);
            steps.insert(opening, Step::Wait(SLOW));
            Reply::events(steps)
        }
        "slow-tokens" => {
            Reply::events(sends(frames).into_iter().flat_map(|frame| [Step::Wait(PACE), frame]).collect())
        }
        "split-bytes" => Reply::events(
            frames
                .concat()
                .into_bytes()
                .into_iter()
                .map(|byte| Step::Send(Bytes::from(vec![byte])))
                .collect(),
        ),
        "gzip" | "br" | "zstd" => {
            let steps = packed(name, &frames).into_iter().map(|chunk| Step::Send(chunk.into()));
            Reply::events(steps.collect()).with(CONTENT_ENCODING, name)
        }
        "gzip-stall" | "br-stall" | "zstd-stall" => {
            let coding = name.trim_end_matches("-stall");
            let chunks = packed(coding, &frames).into_iter().take(middle);
            let mut steps: Vec<Step> = chunks.map(|chunk| Step::Send(chunk.into())).collect();
            steps.push(Step::Stall);
            Reply::events(steps).with(CONTENT_ENCODING, coding)
        }
        _ => Reply::events(sends(frames)),
    }
}
