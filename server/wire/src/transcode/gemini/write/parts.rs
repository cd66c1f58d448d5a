//! Parts, reasons and errors.

use crate::conversation::{Media, Source, ToolKind};
use crate::json::tree::{Node, Value};
use crate::json::write::{ObjectWriter, Writer as Json};
use crate::transcode::reply::arguments;
use crate::{Finish, ProviderError};
use std::borrow::Cow;

/// Words, or nothing but a seal.
pub(super) fn text(part: &mut ObjectWriter<'_>, text: &str, thought: bool, seal: Option<&str>) {
    part.text("text", text);
    if thought {
        part.bool("thought", true);
    }
    part.maybe_text("thoughtSignature", seal);
}

/// A call.
pub(super) fn call(part: &mut ObjectWriter<'_>, id: &str, name: &str, input: &str, seal: Option<&str>) {
    part.object("functionCall", |out| {
        out.text("id", id);
        out.text("name", name);
        out.raw("args", input);
    });
    part.maybe_text("thoughtSignature", seal);
}

/// Whether Gemini has a part for it.
pub(super) fn shown(media: &Media<'_>) -> bool {
    !matches!(media.source, Source::File { .. })
}

/// A medium that can be shown.
pub(super) fn media(part: &mut ObjectWriter<'_>, media: &Media<'_>) {
    match &media.source {
        Source::Base64 { mime, data } => part.object("inlineData", |out| {
            out.text("mimeType", mime);
            out.text("data", data);
        }),
        Source::Url { url, mime } => part.object("fileData", |out| {
            out.maybe_text("mimeType", mime.as_deref());
            out.text("fileUri", url);
        }),
        Source::Text(text) => part.text("text", text),
        Source::File { .. } => {}
    }
}

/// The arguments as an object; `None`: they were cut or are no object, and Gemini has no way to say so but in the
/// reason.
pub(super) fn object(input: &str, kind: ToolKind) -> Option<Cow<'_, str>> {
    if kind == ToolKind::Custom {
        let text = Json::object(input.len() + 16, |out| out.text("input", input));
        return String::from_utf8(text).ok().map(Cow::Owned);
    }
    let input = arguments(input, kind);
    let object = matches!(Node::parse(&input), Ok(Node { value: Value::Object(_), .. }));
    object.then_some(input)
}

/// Why it ended, in Google's words. `broken`: a call was cut.
pub(super) fn reason(finish: &Finish, broken: bool) -> Cow<'_, str> {
    Cow::Borrowed(match finish {
        Finish::Length | Finish::Window => "MAX_TOKENS",
        Finish::Filtered | Finish::Refused => "SAFETY",
        _ if broken => "MALFORMED_FUNCTION_CALL",
        // Calls are no reason of their own.
        Finish::Stop | Finish::StopSequence(_) | Finish::ToolCalls | Finish::Paused => "STOP",
        Finish::Other(word)
            if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') =>
        {
            word
        }
        Finish::Other(_) => "OTHER",
    })
}

/// Google's errors have a status number, which its SDKs go by, and the name of a gRPC code. A code that is neither is
/// told as the reason.
pub(super) fn error(body: &mut ObjectWriter<'_>, error: &ProviderError) {
    let number = error.code.parse().ok().filter(|code: &u16| (400..600).contains(code));
    let status = error.status.or(number).unwrap_or(500);
    let grpc =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let name = match status {
        _ if grpc(&error.kind) => error.kind.as_str(),
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        400..=499 => "INVALID_ARGUMENT",
        502 | 503 | 529 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
    let told = [&error.code, &error.kind]
        .into_iter()
        .find(|word| !word.is_empty() && word.as_str() != name && word.parse::<u16>() != Ok(status));
    body.object("error", |out| {
        out.count("code", status.into());
        out.text("message", &error.message);
        out.text("status", name);
        if let Some(reason) = told {
            out.list("details", |list| {
                list.object(|detail| {
                    detail.text("@type", "type.googleapis.com/google.rpc.ErrorInfo");
                    detail.text("reason", reason);
                });
            });
        }
    });
}
