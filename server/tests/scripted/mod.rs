//! A provider that does what it is told, on loopback. It speaks every dialect in its vendor's own shapes, and writes
//! down what it was asked: `POST /v1/chat/completions`, `/v1/responses`, `/v1/messages`,
//! `/v1beta/models/{model}:{verb}` and `/api/chat`, whole and as streams; the counting of tokens beside them;
//! `GET /v1/models`; what [`beside`] has; and under `/oauth` the sign-in of a [`vendor`].
//!
//! What it does is chosen by the request itself, so that a test needs no other way to reach it: a key
//! `key-<script>` (`key-<script>.anything` too) or else the model's name (`<script>.anything` too) is looked up in
//! [`script::NAMES`] and [`long::NAMES`]; `key-bad` is refused like any wrong key; every other name is answered well. The [`scenario`]s are particular about the
//! request; all other scripts take any. `/stream-only` and `/whole-only` before a path are providers that answer with
//! nothing but streams or JSON.
//!
//! | file | what |
//! |---|---|
//! | `hears/` | requests, as strict as each vendor |
//! | `scenario.rs` | what is answered to them |
//! | `says/` | answers, in each vendor's shape |
//! | `limits.rs` | what is said of limits |
//! | `script.rs` | how an answer goes out, or goes wrong |
//! | `long.rs` | answers that break off in the middle, and go on |
//! | `vendor.rs` | signing in, and the tokens that one gets |
//! | `kiro.rs` | a provider that speaks no dialect |

mod agent;
pub(crate) mod beside;
pub(crate) mod bodies;
pub(crate) mod hears;
mod kiro;
pub(crate) mod limits;
pub(crate) mod long;
mod packed;
mod refusals;
pub(crate) mod says;
pub(crate) mod scenario;
pub(crate) mod script;
pub(crate) mod vendor;

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use script::{Reply, Step};
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use vendor::Vendor;

type Frames = Pin<Box<dyn stream::Stream<Item = io::Result<Frame<Bytes>>> + Send>>;

/// One request as it came, and what became of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// What was played.
    pub(crate) script: String,
    /// Method, path and query.
    pub(crate) line: String,
    /// In their order, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// As received.
    pub(crate) body: Bytes,
    /// The whole answer was sent.
    pub(crate) answered: bool,
    /// The connection was closed by the other side before the end of the answer.
    pub(crate) left: bool,
}

impl Seen {
    /// A header's first value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// For people and programs outside of this process.
    fn to_json(&self) -> Value {
        json!({
            "script": self.script,
            "line": self.line,
            "headers": self.headers,
            "body": String::from_utf8_lossy(&self.body),
            "answered": self.answered,
            "left": self.left,
        })
    }
}

/// What was seen so far. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Book(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    seen: Vec<Seen>,
    /// How often each script was played for each key: `error-500-once` fails only the first time.
    played: HashMap<String, usize>,
    /// Whether `switched` fails.
    down: bool,
    vendor: Vendor,
}

impl Book {
    fn open(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every request so far, oldest first.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.open().seen.clone()
    }

    /// From now on the script `switched` fails, or answers.
    pub(crate) fn switch(&self, down: bool) {
        self.open().down = down;
    }

    /// What the vendor's sign-in knows, and does.
    pub(crate) fn vendor<T>(&self, with: impl FnOnce(&mut Vendor) -> T) -> T {
        with(&mut self.open().vendor)
    }

    /// Writes a request down. The second value counts earlier ones of the same script and key.
    fn write(&self, seen: Seen) -> (Ticket, usize) {
        let mut pages = self.open();
        let who = format!("{} {}", seen.script, key_of(&seen).unwrap_or_default());
        let times = pages.played.entry(who).or_default();
        *times += 1;
        let earlier = *times - 1;
        pages.seen.push(seen);
        let ticket = Ticket { book: self.clone(), index: pages.seen.len() - 1, done: false };
        (ticket, earlier)
    }
}

/// Notes how an answer ended: dropped before its end, it was left.
struct Ticket {
    book: Book,
    index: usize,
    done: bool,
}

impl Ticket {
    fn finish(&mut self) {
        self.done = true;
        if let Some(seen) = self.book.open().seen.get_mut(self.index) {
            seen.answered = true;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.done
            && let Some(seen) = self.book.open().seen.get_mut(self.index)
        {
            seen.left = true;
        }
    }
}

/// The key a request carries.
fn key_of(seen: &Seen) -> Option<&str> {
    let bearer = || seen.header("authorization")?.strip_prefix("Bearer ");
    seen.header("x-api-key").or_else(|| seen.header("x-goog-api-key")).or_else(bearer)
}

/// The script a request asks for.
fn script_of(seen: &Seen, model: &str) -> String {
    let by_key = key_of(seen).and_then(|key| key.strip_prefix("key-")).map(|key| match key {
        "bad" => "error-401",
        other => other.split('.').next().unwrap_or_default(),
    });
    let known = |name: &&str| script::NAMES.contains(name) || long::NAMES.contains(name);
    let by_model = model.split('.').next();
    by_key.filter(known).or(by_model.filter(known)).unwrap_or("ok").to_owned()
}

/// Answers connections until it is dropped.
pub(crate) async fn serve(listener: TcpListener, book: Book) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that cannot be accepted is the other side's trouble.
        let Ok((socket, _)) = listener.accept().await else { continue };
        // Small frames must go out as they are written.
        let _ = socket.set_nodelay(true);
        let book = book.clone();
        let service = service_fn(move |request| answer(request, book.clone()));
        connections.spawn(async move {
            // An error is a client that left, or a script that hangs up.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Listens on a port of this machine; 0 lets the system choose.
pub(crate) async fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Answers one request, and writes it into the book.
pub(crate) async fn answer(
    request: Request<Incoming>,
    book: Book,
) -> io::Result<Response<StreamBody<Frames>>> {
    let (parts, body) = request.into_parts();
    if parts.uri.path() == "/_seen" {
        let seen: Vec<Value> = book.seen().iter().map(Seen::to_json).collect();
        return Ok(whole(StatusCode::OK, json!(seen).to_string().into()));
    }
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut seen = Seen {
        script: String::new(),
        line: format!("{} {}", parts.method, parts.uri),
        headers: headers.collect(),
        body: body.collect().await.map_err(io::Error::other)?.to_bytes(),
        answered: false,
        left: false,
    };
    let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
    let asked = script::Asked::of(&parts.method, parts.uri.path(), &body);
    seen.script = script_of(&seen, asked.as_ref().map_or("", |asked| &asked.model));
    if parts.uri.path() == "/oauth/token" {
        let wait = book.vendor(|vendor| {
            vendor.asked += 1;
            vendor.delay
        });
        tokio::time::sleep(wait).await;
    }
    if let Some(response) = book.vendor(|vendor| vendor.answer(&seen)) {
        let (mut ticket, _) = book.write(seen);
        ticket.finish();
        return Ok(response);
    }
    if key_of(&seen).and_then(|token| book.vendor(|vendor| vendor.takes(token))) == Some(false) {
        "error-401".clone_into(&mut seen.script);
    }
    let (mut ticket, earlier) = book.write(seen.clone());
    let Reply { before, head, steps } = match asked {
        None => kiro::reply(&seen, &body).unwrap_or_else(script::nowhere),
        Some(mut asked) => {
            let down = seen.script == "switched" && book.open().down;
            let script = if down { "error-503" } else { &seen.script };
            script::reply(script, &mut asked, &seen, &body, earlier)
        }
    };
    tokio::time::sleep(before).await;
    let Some((status, headers)) = head else {
        ticket.finish();
        return Err(io::Error::other("hung up"));
    };
    let mut response = Response::new(StreamBody::new(play(steps, ticket)));
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    Ok(response)
}

/// The steps as a body.
fn play(steps: Vec<Step>, mut ticket: Ticket) -> Frames {
    let steps = VecDeque::from(steps);
    if steps.is_empty() {
        ticket.finish();
    }
    Box::pin(stream::unfold((steps, ticket), async |(mut steps, mut ticket)| {
        loop {
            let step = steps.pop_front()?;
            if steps.is_empty() && !matches!(step, Step::Stall) {
                ticket.finish();
            }
            let frame = match step {
                Step::Send(bytes) => Ok(Frame::data(bytes)),
                Step::Cut => Err(io::Error::other("cut")),
                Step::Stall => std::future::pending().await,
                Step::Wait(pause) => {
                    tokio::time::sleep(pause).await;
                    continue;
                }
            };
            return Some((frame, (steps, ticket)));
        }
    }))
}

fn whole(status: StatusCode, bytes: Bytes) -> Response<StreamBody<Frames>> {
    let frames: Frames = Box::pin(stream::iter([Ok(Frame::data(bytes))]));
    let mut response = Response::new(StreamBody::new(frames));
    *response.status_mut() = status;
    response
}
