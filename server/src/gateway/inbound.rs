//! Step 2: the request's body, read within its limit and looked into just enough to route it.

use super::save::Savings;
use axum::body::Body;
use bytes::Bytes;
use catalog::Also;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use wire::{Dialect, Fault, FaultKind, Form, Peek};

/// A request, read.
pub struct Inbound {
    /// The client's wire format.
    pub dialect: Dialect,
    /// The body as received.
    pub bytes: Bytes,
    /// What routing needs of it.
    pub peek: Peek,
    /// The headers as received.
    pub headers: HeaderMap,
    /// The query as it goes on to a provider.
    pub query: Option<String>,
    /// How the client wants a stream framed.
    pub form: Form,
    /// The endpoint at the side it came in at, if it did.
    pub side: Option<Side>,
    /// Tells its conversation from others of the same caller; `None` where none has begun.
    pub conversation: Option<u64>,
    /// What tools gave that was made shorter.
    pub savings: Savings,
}

/// What is asked for, as far as the path and not the body says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asking {
    /// The client's wire format.
    pub dialect: Dialect,
    /// Gemini: the model and whether to stream.
    pub in_path: Option<(String, bool)>,
    /// An endpoint at the side, where an answer is not what is asked for.
    pub side: Option<Side>,
}

/// An endpoint beside those that answer, whose bodies are passed on as they are but for the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// Beside chat: `/embeddings`, `/audio/speech`...; the path from there on.
    Also(Also, String),
    /// `/responses/compact`.
    Compact,
}

impl Asking {
    /// A dialect whose bodies say everything.
    pub(super) fn of(dialect: Dialect) -> Self {
        Self { dialect, in_path: None, side: None }
    }

    /// An endpoint at the side.
    pub(super) fn side(dialect: Dialect, side: Side) -> Self {
        Self { dialect, in_path: None, side: Some(side) }
    }
}

impl Inbound {
    /// What it was asked in, in a word: the dialect, or the endpoint at the side.
    pub(super) fn format(&self) -> &'static str {
        match &self.side {
            Some(Side::Also(also, _)) => also.segment(),
            Some(Side::Compact) | None => self.dialect.as_str(),
        }
    }

    /// The content type that goes on: JSON, or the form it is.
    pub(super) fn content_type(&self) -> HeaderValue {
        let stated = self.headers.get(CONTENT_TYPE).filter(|_| self.side.is_some());
        stated.cloned().unwrap_or(HeaderValue::from_static("application/json"))
    }
}

/// Reads and looks into a request.
pub(super) async fn read(asking: Asking, parts: Parts, body: Body, max_bytes: i64) -> Result<Inbound, Fault> {
    let boundary = form(&asking, &parts.headers);
    if boundary.is_none() {
        check_type(&parts.headers)?;
    }
    let bytes = collect(&parts.headers, body, max_bytes).await?;
    look(asking, parts, bytes, boundary.as_deref())
}

/// Reads a body within its limit.
async fn collect(headers: &HeaderMap, body: Body, max_bytes: i64) -> Result<Bytes, Fault> {
    let limit = usize::try_from(max_bytes).unwrap_or(usize::MAX);
    let stated = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(_) => {
            Err(Fault::new(FaultKind::Malformed, "The request body broke off before its end. Send it again."))
        }
    }
}

/// Reads a request whose body says itself in which dialect it is: `contents`, `input`, or `messages` with what only
/// Anthropic's requests have beside them. The model stands in the body whatever the dialect.
pub(super) async fn read_any(parts: Parts, body: Body, max_bytes: i64) -> Result<Inbound, Fault> {
    check_type(&parts.headers)?;
    let bytes = collect(&parts.headers, body, max_bytes).await?;
    let malformed = |why: wire::Malformed| Fault::new(FaultKind::Malformed, why.to_string());
    // Every dialect's strict reading is the same; chat's finds the model's name.
    let named = wire::peek(Dialect::Chat, &bytes).map_err(malformed)?;
    let dialect = wire::guess_request(&bytes, parts.headers.contains_key("anthropic-version"));
    let in_path = (dialect == Dialect::Gemini).then_some((named.model, named.stream));
    look(Asking { in_path, ..Asking::of(dialect) }, parts, bytes, None)
}

fn look(asking: Asking, parts: Parts, bytes: Bytes, boundary: Option<&str>) -> Result<Inbound, Fault> {
    let Asking { dialect, in_path, side } = asking;
    let peeked = match boundary {
        Some(boundary) => wire::peek_form(boundary, &bytes),
        None => wire::peek(dialect, &bytes),
    };
    let mut peek = peeked.map_err(|why| Fault::new(FaultKind::Malformed, why.to_string()))?;
    if side.is_none() {
        peek.conversation().map_err(|why| Fault::new(FaultKind::Malformed, why.to_string()))?;
    }
    if let Some((model, stream)) = in_path {
        peek = peek.with_path(model, stream);
    }
    let query = super::headers::query_to_provider(parts.uri.query());
    let as_events = query.as_deref().is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse"));
    let form = if dialect == Dialect::Gemini && !as_events { Form::Array } else { Form::Events };
    Ok(Inbound {
        dialect,
        bytes,
        peek,
        headers: parts.headers,
        query,
        form,
        side,
        conversation: None,
        savings: Savings::default(),
    })
}

/// The boundary of a form, which only endpoints at the side take.
fn form(asking: &Asking, headers: &HeaderMap) -> Option<String> {
    asking.side.as_ref()?;
    wire::form_boundary(headers.get(CONTENT_TYPE)?.to_str().ok()?).map(str::to_owned)
}

fn too_large(limit: usize) -> Fault {
    let message = format!(
        "The request body is larger than the limit of {} bytes. Send less, or raise the limit in the settings of the \
         Ninerouter dashboard.",
        limit
    );
    Fault::new(FaultKind::TooLarge, message)
}

fn check_type(headers: &HeaderMap) -> Result<(), Fault> {
    let unsupported = |message: String| Err(Fault::new(FaultKind::UnsupportedMediaType, message));
    if let Some(encoding) = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok())
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return unsupported(format!(
            "The request body is compressed ({encoding}), which is not supported. Send it as plain JSON."
        ));
    }
    let Some(stated) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let kind = stated.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json") {
        return Ok(());
    }
    unsupported(format!(
        "The content type is {kind:?}, but this endpoint takes JSON. Send \"Content-Type: application/json\"."
    ))
}
