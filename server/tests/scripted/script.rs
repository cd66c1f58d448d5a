//! The scripts: what the provider does, by name.

use super::beside::Beside;
use super::packed::packed;
use super::says::{self, Said};
use super::{Seen, bodies, hears, limits, long, refusals, scenario};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use std::time::Duration;
use wire::Dialect;

/// Every script but `ok`, which is played for any other name too.
pub(crate) const NAMES: [&str; 59] = [
    "ok",
    "agent",
    "plain",
    "tools",
    "image",
    "structured",
    "length",
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
    "stated-cost",
    "slow-headers",
    "slow-first-token",
    "slow-tokens",
    "silent",
    "hang-up",
    "hang-up-once",
    "switched",
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
    "error-429-wait-once",
    "plan-limit",
    "renewed-in-1h",
    "renewed-in-3h",
    "error-in-200",
    "error-500",
    "error-500-once",
    "error-503",
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
    pub(crate) dialect: Dialect,
    /// For what.
    pub(super) what: What,
    /// As the request or its path names it.
    pub(crate) model: String,
    /// Whether it asked for a stream.
    pub(crate) stream: bool,
    /// Whether it asked for usage in the stream (chat).
    pub(crate) usage: bool,
    /// Whether it asked for the proofs of thoughts (Responses).
    pub(crate) sealed: bool,
    /// Whether the answer states counts.
    pub(crate) counted: bool,
    manner: Manner,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An answer.
    Answer,
    /// The list of models.
    List,
    /// The number of the prompt's tokens.
    Count,
    /// Something beside answers.
    Beside(Beside),
}

/// How the provider at this address answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// As it is asked to.
    Usual,
    /// Behind `/stream-only`: with streams only.
    StreamOnly,
    /// Behind `/whole-only`: with JSON, whatever it was asked for.
    WholeOnly,
}

impl Asked {
    /// A stream asked for in a dialect.
    pub(crate) fn stream(dialect: Dialect, model: &str) -> Self {
        Self {
            dialect,
            what: What::Answer,
            model: model.to_owned(),
            stream: true,
            usage: dialect == Dialect::Chat,
            sealed: false,
            counted: true,
            manner: Manner::Usual,
        }
    }

    /// `None` when there is nothing at this path.
    pub(crate) fn of(method: &Method, path: &str, body: &Value) -> Option<Self> {
        let (manner, path) = match (path.strip_prefix("/stream-only"), path.strip_prefix("/whole-only")) {
            (Some(path), _) => (Manner::StreamOnly, path),
            (_, Some(path)) => (Manner::WholeOnly, path),
            _ => (Manner::Usual, path),
        };
        let stated = |name: &str| body.get(name).and_then(Value::as_bool);
        let mut asked = Self {
            model: body.get("model").and_then(Value::as_str).unwrap_or_default().to_owned(),
            stream: stated("stream").unwrap_or(false),
            usage: body.pointer("/stream_options/include_usage").and_then(Value::as_bool).unwrap_or(false),
            sealed: body["include"]
                .as_array()
                .is_some_and(|list| list.iter().any(|one| one == "reasoning.encrypted_content")),
            manner,
            ..Self::stream(Dialect::Chat, "")
        };
        (asked.dialect, asked.what) = match (method, path) {
            (&Method::GET, "/v1/models") => (Dialect::Chat, What::List),
            (&Method::POST, "/v1/chat/completions") => (Dialect::Chat, What::Answer),
            (&Method::POST, "/v1/responses") => (Dialect::Responses, What::Answer),
            (&Method::POST, "/v1/responses/input_tokens") => (Dialect::Responses, What::Count),
            (&Method::POST, "/v1/responses/compact") => (Dialect::Responses, What::Beside(Beside::Compact)),
            (&Method::POST, "/v1/messages") => (Dialect::Messages, What::Answer),
            (&Method::POST, "/v1/messages/count_tokens") => (Dialect::Messages, What::Count),
            (&Method::POST, "/api/chat") => {
                // It streams unless told not to.
                asked.stream = stated("stream").unwrap_or(true);
                (Dialect::Ollama, What::Answer)
            }
            (&Method::POST, path) => match Beside::at(path) {
                Some(beside) => (Dialect::Chat, What::Beside(beside)),
                None => {
                    let rest = path.strip_prefix("/v1beta/models/").or(path.strip_prefix("/v1/models/"))?;
                    let (model, verb) = rest.rsplit_once(':')?;
                    asked.model = model.to_owned();
                    asked.stream = verb == "streamGenerateContent";
                    let what = match verb {
                        "generateContent" | "streamGenerateContent" => What::Answer,
                        "countTokens" => What::Count,
                        _ => return None,
                    };
                    (Dialect::Gemini, what)
                }
            },
            _ => return None,
        };
        Some(asked)
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
    pub(super) fn new(status: u16, kind: &'static str, steps: Vec<Step>) -> Self {
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

    pub(super) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, "application/json", vec![Step::Send(body.into())])
    }

    pub(super) fn stream(dialect: Dialect, steps: Vec<Step>) -> Self {
        let kind = match dialect {
            Dialect::Ollama => "application/x-ndjson",
            Dialect::Gemini => "text/event-stream",
            _ => "text/event-stream; charset=utf-8",
        };
        Self::new(200, kind, steps)
    }

    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let (Some((_, headers)), Ok(value)) = (&mut self.head, HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
        self
    }

    fn with_all(self, headers: Vec<(&'static str, String)>) -> Self {
        headers
            .into_iter()
            .fold(self, |reply, (name, value)| reply.with(HeaderName::from_static(name), &value))
    }

    fn after(mut self, before: Duration) -> Self {
        self.before = before;
        self
    }
}

/// Frames, each as a chunk.
pub(super) fn sends(frames: Vec<String>) -> Vec<Step> {
    frames.into_iter().map(|frame| Step::Send(frame.into())).collect()
}

/// Nothing at this path.
pub(crate) fn nowhere() -> Reply {
    Reply::json(404, bodies::NOT_FOUND)
}

/// The answer that a script gives to a body. `earlier` counts the times it was played for the same key before.
pub(crate) fn reply(name: &str, asked: &mut Asked, seen: &Seen, body: &Value, earlier: usize) -> Reply {
    if let Some((status, body)) = refusals::refusal(name, asked, earlier) {
        let reply = Reply::json(status, body);
        return match name {
            "error-429-retry-after" => reply.with(RETRY_AFTER, &RETRY_AFTER_S.to_string()),
            "error-429-wait-once" => reply.with(RETRY_AFTER, "1"),
            _ => reply,
        };
    }
    if name == "plan-limit" {
        let (body, headers) = limits::used_up(asked.dialect);
        return Reply::json(429, body).with_all(headers);
    }
    match asked.what {
        What::List => return Reply::json(200, bodies::MODELS),
        What::Beside(beside) => return beside.reply(seen, body),
        What::Count => {
            return match hears::hear_to_count(asked.dialect, body) {
                Ok(_) => Reply::json(200, scenario::count(asked.dialect)),
                Err(refusal) => Reply::json(refusal.status, refusal.body(asked.dialect)),
            };
        }
        What::Answer => {}
    }
    if asked.manner == Manner::StreamOnly && !asked.stream {
        return Reply::json(400, r#"{"detail":"Stream must be set to true"}"#);
    }
    asked.stream &= asked.manner != Manner::WholeOnly;
    asked.counted = name != "no-usage";
    match name {
        "hang-up" => Reply { before: Duration::ZERO, head: None, steps: Vec::new() },
        "hang-up-once" if earlier == 0 => Reply { before: Duration::ZERO, head: None, steps: Vec::new() },
        "silent" => Reply::json(200, "").after(Duration::from_secs(3600)),
        "redirect" => Reply::json(307, "").with(LOCATION, "/v1/stolen"),
        "html-502" => Reply::new(502, "text/html", vec![Step::Send(bodies::BAD_GATEWAY.into())]),
        "html-200" => Reply::new(200, "text/html", vec![Step::Send(bodies::LOGIN_PAGE.into())]),
        "empty-200" if asked.stream => Reply::stream(asked.dialect, Vec::new()),
        "empty-200" => Reply::new(200, "application/json", Vec::new()),
        name if long::NAMES.contains(&name) => long::reply(name, asked, body),
        _ => {
            let said = match scenario::said(name, asked, seen, body) {
                Ok(said) => said,
                Err(refusal) => return Reply::json(refusal.status, refusal.body(asked.dialect)),
            };
            let reply = if asked.stream { streamed(name, &said, asked) } else { whole(name, &said, asked) };
            match name {
                "renewed-in-1h" => reply.with_all(limits::renewed_in(asked.dialect, 3600)),
                "renewed-in-3h" => reply.with_all(limits::renewed_in(asked.dialect, 3 * 3600)),
                _ => reply,
            }
        }
    }
}

fn whole(name: &str, said: &Said, asked: &Asked) -> Reply {
    let body = says::whole(said, asked);
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

fn streamed(name: &str, said: &Said, asked: &Asked) -> Reply {
    let frames = bodies::frames_of(name, said, asked);
    // The frames before the first word, and those before the answer's middle.
    let (opening, middle) = (says::opening(asked.dialect), says::opening(asked.dialect) + 2);
    let some = |count: usize, last: Step| {
        let mut steps = sends(frames.iter().take(count).cloned().collect());
        // What was written goes out before the connection breaks.
        steps.extend([Step::Wait(PACE), last]);
        Reply::stream(asked.dialect, steps)
    };
    match name {
        "cut-before-first-token" => some(opening, Step::Cut),
        "stall-before-first-token" => some(opening, Step::Stall),
        "cut-mid-stream" => some(middle, Step::Cut),
        "stall-mid-stream" => some(middle, Step::Stall),
        // A clean end of the connection where no end of the answer was said.
        "truncated" => Reply::stream(asked.dialect, sends(frames.into_iter().take(middle).collect())),
        "slow-headers" => Reply::stream(asked.dialect, sends(frames)).after(SLOW),
        "slow-first-token" => {
            let mut steps = sends(frames);
            steps.insert(opening, Step::Wait(SLOW));
            Reply::stream(asked.dialect, steps)
        }
        "slow-tokens" => Reply::stream(
            asked.dialect,
            sends(frames).into_iter().flat_map(|frame| [Step::Wait(PACE), frame]).collect(),
        ),
        "split-bytes" => Reply::stream(
            asked.dialect,
            frames
                .concat()
                .into_bytes()
                .into_iter()
                .map(|byte| Step::Send(Bytes::from(vec![byte])))
                .collect(),
        ),
        "gzip" | "br" | "zstd" => {
            let steps = packed(name, &frames).into_iter().map(|chunk| Step::Send(chunk.into()));
            Reply::stream(asked.dialect, steps.collect()).with(CONTENT_ENCODING, name)
        }
        "gzip-stall" | "br-stall" | "zstd-stall" => {
            let coding = name.trim_end_matches("-stall");
            let chunks = packed(coding, &frames).into_iter().take(middle);
            let mut steps: Vec<Step> = chunks.map(|chunk| Step::Send(chunk.into())).collect();
            steps.push(Step::Stall);
            Reply::stream(asked.dialect, steps).with(CONTENT_ENCODING, coding)
        }
        _ => Reply::stream(asked.dialect, sends(frames)),
    }
}
