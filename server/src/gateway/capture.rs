//! A request and its reply in full, for callers whose requests are logged: kept in memory while it is under way, handed
//! to the writer when its record is. Without a log there is none of this.

use super::inbound::Inbound;
use super::plan::Step;
use crate::payloads::writer::{Captured, CapturedPart, PART_LIMIT, PayloadWriter};
use app::api::payload::Part;
use bytes::Bytes;
use catalog::HeaderForKey;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, StatusCode};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Headers that are kept: what they say matters, and none of them carries a credential.
const KEPT: [HeaderName; 4] = [ACCEPT, CONTENT_TYPE, RETRY_AFTER, USER_AGENT];
/// Beginnings of names of others.
const KEPT_BY_NAME: [&str; 8] = [
    "anthropic-version",
    "anthropic-beta",
    "anthropic-ratelimit-",
    "openai-beta",
    "openai-processing-ms",
    "request-id",
    "x-ratelimit-",
    "x-request-id",
];
/// Headers whose values are secrets, wherever these turn up.
const SECRET: [HeaderName; 4] = [
    AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-api-key"),
    HeaderName::from_static("api-key"),
];
/// Shorter ones are looked for as little as a word is: some clients want any key at all, and send `none`.
const SHORTEST_SECRET: usize = 12;

/// One request that is logged.
pub(super) struct Capture {
    writer: PayloadWriter,
    key_id: i64,
    conversation: Option<u64>,
    known: Vec<String>,
    headers: Vec<(String, String)>,
    request: Bytes,
    sent: Option<Bytes>,
    reply: Tape,
}

/// What goes out to the client. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Reply>>);

#[derive(Default)]
struct Reply {
    headers: Vec<(String, String)>,
    bytes: Vec<u8>,
    all: usize,
}

impl Tape {
    /// How the reply begins.
    pub(super) fn head(&self, status: StatusCode, headers: &HeaderMap) {
        let mut reply = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reply.headers = vec![("status".to_owned(), status.as_u16().to_string())];
        reply.headers.extend(kept(headers));
    }

    /// These bytes go out.
    pub(super) fn take(&self, bytes: &[u8]) {
        let mut reply = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reply.all += bytes.len();
        let room = PART_LIMIT - reply.bytes.len().min(PART_LIMIT);
        let fits = bytes.get(..room).unwrap_or(bytes);
        reply.bytes.extend_from_slice(fits);
    }
}

fn kept(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> + '_ {
    let matters = |name: &HeaderName| {
        KEPT.contains(name) || KEPT_BY_NAME.iter().any(|start| name.as_str().starts_with(start))
    };
    headers
        .iter()
        .filter(move |(name, _)| matters(name))
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
}

/// The secret in a header's value.
fn secret(value: &str) -> Option<String> {
    let value = value.rsplit(' ').next().unwrap_or_default();
    (value.len() >= SHORTEST_SECRET).then(|| value.to_owned())
}

impl Capture {
    /// Of a request that has just been read.
    pub(super) fn begin(writer: &PayloadWriter, key_id: i64, inbound: &Inbound) -> Self {
        let values = SECRET.into_iter().flat_map(|name| inbound.headers.get_all(name));
        Self {
            writer: writer.clone(),
            key_id,
            conversation: inbound.conversation,
            known: values.filter_map(|value| secret(value.to_str().ok()?)).collect(),
            headers: kept(&inbound.headers).collect(),
            request: inbound.bytes.clone(),
            sent: None,
            reply: Tape::default(),
        }
    }

    /// What the provider was sent whose answer goes to the client.
    pub(super) fn sent(&mut self, body: Option<Bytes>, step: &Step) {
        self.sent = body;
        let credential = step.account.credential(HeaderForKey::XApiKey);
        self.known.extend(credential.and_then(|value| secret(value.to_str().ok()?)));
    }

    /// What goes out to the client.
    pub(super) fn reply(&self) -> &Tape {
        &self.reply
    }

    /// The request is over.
    pub(super) fn end(self, id: Uuid, at: i64) {
        let Self { writer, key_id, conversation, known, headers, request, sent, reply } = self;
        let part = |part, headers, bytes: Bytes| {
            let all = bytes.len();
            // A slice would hold on to all of it.
            let bytes = if all > PART_LIMIT { Bytes::copy_from_slice(&bytes[..PART_LIMIT]) } else { bytes };
            CapturedPart { part, headers, bytes, all }
        };
        // Compared whole: what differs may lie behind what is kept.
        let sent = sent.filter(|body| *body != request);
        let mut parts = vec![part(Part::Request, headers, request)];
        parts.extend(sent.map(|body| part(Part::Sent, Vec::new(), body)));
        let reply = std::mem::take(&mut *reply.0.lock().unwrap_or_else(PoisonError::into_inner));
        let Reply { headers, bytes, all } = reply;
        parts.push(CapturedPart { part: Part::Reply, headers, bytes: bytes.into(), all });
        writer.take(Captured { id, at, key_id, conversation, known, parts });
    }
}
