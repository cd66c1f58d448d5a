//! What Kiro says when it refuses, as a refusal of Anthropic's.
//!
//! Kiro's own words are `{"message", "reason"}`, with the exception's name in `__type`, in a header, or in that of the
//! frame. What to do next depends on the reason more than on the status: `MONTHLY_REQUEST_COUNT` and
//! `INSUFFICIENT_MODEL_CAPACITY` both come with 429 (August 2026).

use super::Frame;
use crate::json::tree::{Node, Value};
use crate::json::write::Writer;
use crate::transcode::messages::kind_of;
use crate::{ProviderError, read_error};

/// The body of a refused request in the shape of Anthropic's. Beside `type` and `message` its `error` has `code`, which
/// is Kiro's `reason`, else the exception's name; `exception`, that name; and `retry_after_seconds`, each where Kiro
/// states it.
pub fn error(status: u16, body: &[u8]) -> Vec<u8> {
    let refusal = Refusal::read(body);
    let message = match refusal.message.as_str() {
        "" => format!("The provider answered {status} without a message."),
        message => message.to_owned(),
    };
    Writer::object(message.len() + 160, |out| {
        out.text("type", "error");
        out.object("error", |error| {
            error.text("type", kind_of(Some(status)));
            error.text("message", &message);
            if !refusal.code().is_empty() {
                error.text("code", refusal.code());
            }
            if !refusal.exception.is_empty() {
                error.text("exception", &refusal.exception);
            }
            if let Some(wait) = refusal.retry_after {
                error.count("retry_after_seconds", wait.div_ceil(1000));
            }
        });
    })
}

/// What Kiro says when it refuses. What it does not state is empty.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    message: String,
    reason: String,
    /// The exception's name without its namespace: `ThrottlingException`.
    exception: String,
    /// Milliseconds.
    retry_after: Option<u64>,
}

impl Refusal {
    /// Out of a frame: an exception with the payload of a refused request, or an error that is all in the headers.
    pub(super) fn of_frame(frame: &Frame) -> Self {
        let mut refusal = Self::read(&frame.payload);
        for name in [":exception-type", ":error-code"] {
            if refusal.exception.is_empty() {
                refusal.exception = frame.header(name).to_owned();
            }
        }
        if refusal.message.is_empty() {
            refusal.message = frame.header(":error-message").to_owned();
        }
        if refusal.message.is_empty() {
            refusal.message = "The provider broke off without a message.".to_owned();
        }
        refusal
    }

    /// Inside a stream, whose own status was 200.
    pub(super) fn into_error(self) -> ProviderError {
        let status = self.status();
        let (kind, code) = (kind_of(status).to_owned(), self.code().to_owned());
        ProviderError { message: self.message, code, kind, status }
    }

    fn read(body: &[u8]) -> Self {
        let known = read_error(body);
        let mut refusal = Self { message: known.message, ..Self::default() };
        let text = String::from_utf8_lossy(body);
        if let Ok(Node { value: Value::Object(mut object), .. }) = Node::parse(&text) {
            let named = object.lenient_text("__type").unwrap_or_default();
            refusal.exception = named.rsplit('#').next().unwrap_or_default().to_owned();
            refusal.reason = object.lenient_text("reason").unwrap_or_default().into_owned();
            refusal.retry_after = object.lenient_count("retryAfterMilliseconds");
        }
        refusal
    }

    fn code(&self) -> &str {
        if self.reason.is_empty() { &self.exception } else { &self.reason }
    }

    /// The status that the exception has where a request is refused. A stream names it by its shape
    /// (`ThrottlingException`) or by the stream's member (`throttlingError`).
    fn status(&self) -> Option<u16> {
        let name = self.exception.to_ascii_lowercase();
        let name = name.strip_suffix("exception").or(name.strip_suffix("error")).unwrap_or(&name);
        Some(match name {
            "validation" => 400,
            "servicequotaexceeded" => 402,
            "accessdenied" => 403,
            "resourcenotfound" => 404,
            "throttling" => 429,
            // The member of an internal failure is called `error`.
            "" | "internal" | "internalserver" => 500,
            "serviceunavailable" => 503,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, body: &str) -> String {
        String::from_utf8(error(status, body.as_bytes())).unwrap()
    }

    #[test]
    fn a_refusal_keeps_kiros_words() {
        insta::assert_snapshot!([
            told(400, r#"{"message":"Improperly formed request.","reason":null}"#),
            told(400, r#"{"message":"Input is too long.","reason":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}"#),
            told(402, r#"{"message":"You have reached the limit.","reason":"MONTHLY_REQUEST_COUNT"}"#),
            told(403, r#"{"__type":"com.amazon.aws.codewhisperer#AccessDeniedException","message":"Your subscription does not support this application."}"#),
            told(429, r#"{"__type":"com.amazon.kiro.runtimeservice#ThrottlingException","message":"Slower.","reason":"CREDIT_CONSUMPTION_RATE_EXCEEDED","retryAfterMilliseconds":299001}"#),
            told(500, ""),
            told(503, "<html><title>503 Service Unavailable</title></html>"),
            told(502, "[1]"),
        ].join("\n"), @r#"
        {"type":"error","error":{"type":"invalid_request_error","message":"Improperly formed request."}}
        {"type":"error","error":{"type":"invalid_request_error","message":"Input is too long.","code":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}}
        {"type":"error","error":{"type":"billing_error","message":"You have reached the limit.","code":"MONTHLY_REQUEST_COUNT"}}
        {"type":"error","error":{"type":"permission_error","message":"Your subscription does not support this application.","code":"AccessDeniedException","exception":"AccessDeniedException"}}
        {"type":"error","error":{"type":"rate_limit_error","message":"Slower.","code":"CREDIT_CONSUMPTION_RATE_EXCEEDED","exception":"ThrottlingException","retry_after_seconds":300}}
        {"type":"error","error":{"type":"api_error","message":"The provider answered 500 without a message."}}
        {"type":"error","error":{"type":"overloaded_error","message":"503 Service Unavailable"}}
        {"type":"error","error":{"type":"api_error","message":"The provider answered 502 without a message."}}
        "#);
    }

    #[test]
    fn what_was_told_is_read_as_any_other_error() {
        let body = told(
            429,
            r#"{"message":"Too many requests","reason":"USER_REQUEST_RATE_EXCEEDED","__type":"x#ThrottlingException"}"#,
        );
        let error = read_error(body.as_bytes());
        assert_eq!((error.message.as_str(), error.kind.as_str()), ("Too many requests", "rate_limit_error"));
        assert_eq!(error.code, "USER_REQUEST_RATE_EXCEEDED");
    }

    #[test]
    fn exceptions_of_a_stream_have_a_status() {
        let read = |name: &str, value: &str, payload: &'static str| {
            let headers = vec![(name.to_owned(), value.to_owned())];
            Refusal::of_frame(&Frame { headers, payload: payload.into() }).into_error()
        };
        for (name, status) in [
            ("throttlingError", Some(429)),
            ("ThrottlingException", Some(429)),
            ("validationError", Some(400)),
            ("AccessDeniedException", Some(403)),
            ("error", Some(500)),
            ("InternalServerException", Some(500)),
            ("serviceUnavailableError", Some(503)),
            ("SomethingNew", None),
        ] {
            let error = read(":exception-type", name, r#"{"message":"m"}"#);
            assert_eq!((error.status, error.code.as_str(), error.message.as_str()), (status, name, "m"));
        }
        let error = read(":error-code", "InternalError", "");
        assert_eq!(
            (error.message.as_str(), error.kind.as_str()),
            ("The provider broke off without a message.", "api_error")
        );
    }
}
