//! Step 2: the request's body, read within its limit and looked into just enough to route it.

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
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
}

/// What is asked for, as far as the path and not the body says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The client's wire format.
    pub dialect: Dialect,
    /// Gemini: the model and whether to stream.
    pub in_path: Option<(String, bool)>,
}

impl Asking {
    /// A dialect whose bodies say everything.
    pub fn of(dialect: Dialect) -> Self {
        Self { dialect, in_path: None }
    }
}

/// Reads and looks into a request.
pub(super) async fn read(asking: Asking, parts: Parts, body: Body, max_bytes: i64) -> Result<Inbound, Fault> {
    check_type(&parts.headers)?;
    let limit = usize::try_from(max_bytes).unwrap_or(usize::MAX);
    let stated =
        parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let bytes = match Limited::new(body, limit).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large(limit)),
        Err(_) => {
            return Err(Fault::new(
                FaultKind::Malformed,
                "The request body broke off before its end. Send it again.",
            ));
        }
    };
    let Asking { dialect, in_path } = asking;
    let mut peek =
        wire::peek(dialect, &bytes).map_err(|why| Fault::new(FaultKind::Malformed, why.to_string()))?;
    if let Some((model, stream)) = in_path {
        peek = peek.with_path(model, stream);
    }
    let query = super::headers::query_to_provider(parts.uri.query());
    let as_events = query.as_deref().is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse"));
    let form = if dialect == Dialect::Gemini && !as_events { Form::Array } else { Form::Events };
    Ok(Inbound { dialect, bytes, peek, headers: parts.headers, query, form })
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
