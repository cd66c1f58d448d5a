//! Our own errors, rendered as the vendor of the caller's dialect would render them, so that its SDK raises
//! the right exception.

use crate::{Dialect, ProviderError, json::quote};

/// What went wrong, as far as a client can tell errors apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The request cannot be read.
    Malformed,
    /// No key, or one we do not know.
    BadKey,
    /// The key may not do this.
    Forbidden,
    /// No such model.
    UnknownModel,
    /// No such route or object.
    NotFound,
    /// The body is larger than we accept.
    TooLarge,
    /// The body is not JSON by its own account.
    UnsupportedMediaType,
    /// A limit of the caller's, or every account is parked.
    RateLimited,
    /// Our fault.
    Internal,
    /// The provider answered with something unusable.
    BadGateway,
    /// No provider can take the request now.
    Unavailable,
    /// The provider did not answer in time.
    Timeout,
}

/// An error for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Decides status, type and code.
    pub kind: FaultKind,
    /// One sentence for the developer.
    pub message: String,
    /// The provider's own code, where the fault is the provider's; empty otherwise.
    code: String,
    /// The provider's own class of error; empty otherwise.
    class: String,
}

/// A member's value: a string or null.
type Text<'a> = Option<&'a str>;

impl FaultKind {
    /// The kind that an HTTP status stands for.
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::BadKey,
            402 | 403 => Self::Forbidden,
            404 => Self::NotFound,
            408 | 504 => Self::Timeout,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMediaType,
            429 => Self::RateLimited,
            400..=499 => Self::Malformed,
            500 => Self::Internal,
            // Anthropic: overloaded.
            503 | 529 => Self::Unavailable,
            _ => Self::BadGateway,
        }
    }
}

impl Fault {
    /// An error for the client.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), code: String::new(), class: String::new() }
    }

    /// A provider's error under its HTTP status, with its own message, code and class.
    pub fn of_provider(status: u16, error: &ProviderError) -> Self {
        let kind = FaultKind::of_status(error.status.unwrap_or(status));
        let message = match error.message.as_str() {
            "" => format!("The provider answered {status} without a message."),
            message => message.to_owned(),
        };
        Self { kind, message, code: error.code.clone(), class: error.kind.clone() }
    }

    /// The HTTP status, the same in every dialect. SDKs choose their exception and their retries by it.
    pub const fn status(&self) -> u16 {
        match self.kind {
            FaultKind::Malformed => 400,
            FaultKind::BadKey => 401,
            FaultKind::Forbidden => 403,
            FaultKind::UnknownModel | FaultKind::NotFound => 404,
            FaultKind::TooLarge => 413,
            FaultKind::UnsupportedMediaType => 415,
            FaultKind::RateLimited => 429,
            FaultKind::Internal => 500,
            FaultKind::BadGateway => 502,
            FaultKind::Unavailable => 503,
            FaultKind::Timeout => 504,
        }
    }

    /// The reply's body, JSON in every dialect.
    pub fn body(&self, dialect: Dialect) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.message.len() + 128);
        match dialect {
            Dialect::Chat | Dialect::Responses => {
                let (kind, param, code) = self.openai_own();
                out.extend(b"{\"error\":");
                members(
                    &mut out,
                    &[
                        ("message", Some(&self.message)),
                        ("type", Some(kind)),
                        ("param", param),
                        ("code", code),
                    ],
                );
                out.push(b'}');
            }
            Dialect::Messages => {
                out.extend(b"{\"type\":\"error\",\"error\":");
                members(&mut out, &[("type", Some(self.anthropic())), ("message", Some(&self.message))]);
                out.push(b'}');
            }
            Dialect::Gemini => {
                out.extend(format!("{{\"error\":{{\"code\":{},\"message\":", self.status()).as_bytes());
                quote(&mut out, &self.message);
                out.extend(b",\"status\":");
                quote(&mut out, self.google());
                out.extend(b"}}");
            }
            Dialect::Ollama => members(&mut out, &[("error", Some(&self.message))]),
        }
        out
    }

    /// The error inside a stream that has begun. Nothing follows it: `[DONE]` or `message_stop` would make a
    /// broken reply look whole. `next`: the number that the next event bears, where events bear numbers (Responses).
    pub fn frame(&self, dialect: Dialect, next: u64) -> Vec<u8> {
        let (before, after): (&[u8], &[u8]) = match dialect {
            Dialect::Chat | Dialect::Gemini => (b"data: ", b"\n\n"),
            Dialect::Messages | Dialect::Responses => (b"event: error\ndata: ", b"\n\n"),
            Dialect::Ollama => (b"", b"\n"),
        };
        let mut out = before.to_vec();
        if dialect == Dialect::Responses {
            self.response_failed(next, &mut out);
        } else {
            out.extend(self.body(dialect));
        }
        out.extend(after);
        out
    }

    /// OpenAI sends two events: its SDKs raise the first, Codex reads only the second.
    fn response_failed(&self, next: u64, out: &mut Vec<u8>) {
        let (kind, param, code) = self.openai_own();
        let error =
            [("type", Some(kind)), ("code", code), ("message", Some(&*self.message)), ("param", param)];
        // The AI SDK wants a number, whichever.
        out.extend(format!("{{\"type\":\"error\",\"sequence_number\":{next},\"error\":").bytes());
        members(out, &error);
        out.extend(b"}\n\nevent: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":");
        out.extend(format!("{},\"response\":{{", next + 1).bytes());
        out.extend(b"\"object\":\"response\",\"status\":\"failed\",\"output\":[],\"error\":");
        members(out, &[("code", code.or(Some(kind))), ("message", Some(&self.message))]);
        out.extend(b"}}");
    }

    /// The same with the provider's own words, where there are any.
    fn openai_own(&self) -> (&str, Text<'_>, Text<'_>) {
        let (kind, param, code) = self.openai();
        if self.code.is_empty() && self.class.is_empty() {
            return (kind, param, code);
        }
        let kind = if self.class.is_empty() { kind } else { &self.class };
        (kind, param, Some(self.code.as_str()).filter(|code| !code.is_empty()))
    }

    /// OpenAI's `type`, `param` and `code`.
    const fn openai(&self) -> (&'static str, Text<'static>, Text<'static>) {
        const REQUEST: &str = "invalid_request_error";
        match self.kind {
            FaultKind::Malformed | FaultKind::NotFound => (REQUEST, None, None),
            FaultKind::BadKey => (REQUEST, None, Some("invalid_api_key")),
            FaultKind::Forbidden => (REQUEST, None, Some("insufficient_permissions")),
            FaultKind::UnknownModel => (REQUEST, Some("model"), Some("model_not_found")),
            FaultKind::TooLarge => (REQUEST, None, Some("request_too_large")),
            FaultKind::UnsupportedMediaType => (REQUEST, None, Some("unsupported_content_type")),
            FaultKind::RateLimited => ("rate_limit_error", None, Some("rate_limit_exceeded")),
            FaultKind::Internal => ("server_error", None, Some("internal_error")),
            FaultKind::BadGateway => ("server_error", None, Some("bad_gateway")),
            FaultKind::Unavailable => ("server_error", None, Some("service_unavailable")),
            FaultKind::Timeout => ("server_error", None, Some("timeout")),
        }
    }

    /// Anthropic's `error.type`.
    const fn anthropic(&self) -> &'static str {
        match self.kind {
            FaultKind::Malformed | FaultKind::UnsupportedMediaType => "invalid_request_error",
            FaultKind::BadKey => "authentication_error",
            FaultKind::Forbidden => "permission_error",
            FaultKind::UnknownModel | FaultKind::NotFound => "not_found_error",
            FaultKind::TooLarge => "request_too_large",
            FaultKind::RateLimited => "rate_limit_error",
            FaultKind::Internal | FaultKind::BadGateway => "api_error",
            FaultKind::Unavailable => "overloaded_error",
            FaultKind::Timeout => "timeout_error",
        }
    }

    /// Google's `error.status`, the name of a gRPC code.
    const fn google(&self) -> &'static str {
        match self.kind {
            FaultKind::Malformed | FaultKind::TooLarge | FaultKind::UnsupportedMediaType => {
                "INVALID_ARGUMENT"
            }
            FaultKind::BadKey => "UNAUTHENTICATED",
            FaultKind::Forbidden => "PERMISSION_DENIED",
            FaultKind::UnknownModel | FaultKind::NotFound => "NOT_FOUND",
            FaultKind::RateLimited => "RESOURCE_EXHAUSTED",
            FaultKind::Internal => "INTERNAL",
            FaultKind::BadGateway | FaultKind::Unavailable => "UNAVAILABLE",
            FaultKind::Timeout => "DEADLINE_EXCEEDED",
        }
    }
}

fn members(out: &mut Vec<u8>, members: &[(&str, Text<'_>)]) {
    let mut before = b'{';
    for (key, value) in members {
        out.push(before);
        before = b',';
        quote(out, key);
        out.push(b':');
        match value {
            Some(text) => quote(out, text),
            None => out.extend(b"null"),
        }
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn each_dialect_has_its_own_shape() {
        let fault = Fault::new(FaultKind::UnknownModel, "No \"gpt-9\".\n");
        assert_eq!(fault.status(), 404);
        insta::assert_snapshot!(Dialect::ALL.map(|dialect| text(fault.body(dialect))).join("\n"), @r#"
        {"error":{"message":"No \"gpt-9\".\n","type":"invalid_request_error","param":"model","code":"model_not_found"}}
        {"error":{"message":"No \"gpt-9\".\n","type":"invalid_request_error","param":"model","code":"model_not_found"}}
        {"type":"error","error":{"type":"not_found_error","message":"No \"gpt-9\".\n"}}
        {"error":{"code":404,"message":"No \"gpt-9\".\n","status":"NOT_FOUND"}}
        {"error":"No \"gpt-9\".\n"}
        "#);
    }

    #[test]
    fn stream_errors_are_the_last_frame() {
        let fault = Fault::new(FaultKind::Unavailable, "gone");
        insta::assert_snapshot!(Dialect::ALL.map(|dialect| text(fault.frame(dialect, 7))).concat(), @r#"
        data: {"error":{"message":"gone","type":"server_error","param":null,"code":"service_unavailable"}}

        event: error
        data: {"type":"error","sequence_number":7,"error":{"type":"server_error","code":"service_unavailable","message":"gone","param":null}}

        event: response.failed
        data: {"type":"response.failed","sequence_number":8,"response":{"object":"response","status":"failed","output":[],"error":{"code":"service_unavailable","message":"gone"}}}

        event: error
        data: {"type":"error","error":{"type":"overloaded_error","message":"gone"}}

        data: {"error":{"code":503,"message":"gone","status":"UNAVAILABLE"}}

        {"error":"gone"}
        "#);
    }

    #[test]
    fn a_providers_words_are_kept() {
        let error = ProviderError {
            message: "Too long".to_owned(),
            code: "context_length_exceeded".to_owned(),
            kind: "invalid_request_error".to_owned(),
            status: None,
        };
        let fault = Fault::of_provider(400, &error);
        insta::assert_snapshot!(Dialect::ALL.map(|dialect| text(fault.body(dialect))).join("\n"), @r#"
        {"error":{"message":"Too long","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}
        {"error":{"message":"Too long","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}
        {"type":"error","error":{"type":"invalid_request_error","message":"Too long"}}
        {"error":{"code":400,"message":"Too long","status":"INVALID_ARGUMENT"}}
        {"error":"Too long"}
        "#);
        let silent = Fault::of_provider(529, &ProviderError::default());
        assert_eq!((silent.status(), silent.kind), (503, FaultKind::Unavailable));
        assert_eq!(silent.message, "The provider answered 529 without a message.");
    }

    #[test]
    fn every_kind_is_read_back_as_an_error() {
        use FaultKind::*;
        for kind in [
            Malformed,
            BadKey,
            Forbidden,
            UnknownModel,
            NotFound,
            TooLarge,
            UnsupportedMediaType,
            RateLimited,
            Internal,
            BadGateway,
            Unavailable,
            Timeout,
        ] {
            let fault = Fault::new(kind, "why \u{1}\u{7f} \\ é");
            for dialect in Dialect::ALL {
                let body: serde_json::Value = serde_json::from_slice(&fault.body(dialect)).unwrap();
                let message = body["error"]["message"].as_str().or(body["error"].as_str());
                assert_eq!(message, Some(fault.message.as_str()));
            }
        }
    }
}
