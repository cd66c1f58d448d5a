//! What a provider says when it refuses: every shape vendors use, read into one.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// The longest message kept, in characters.
const MESSAGE_LIMIT: usize = 600;
/// The longest code or kind kept, in characters.
const NAME_LIMIT: usize = 100;
/// A text that is no JSON is looked at so far, in bytes.
const TEXT_LIMIT: usize = 64 * 1024;

/// A provider's error. Fields the provider does not state are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    /// For people: at most 600 characters, one line.
    pub message: String,
    /// For programs, as text even where the provider has a number: `rate_limit_exceeded`, `1302`, `529`.
    pub code: String,
    /// The class of error: OpenAI's and Anthropic's `type`, Google's `status`.
    pub kind: String,
    /// The HTTP status stated inside the body, which may differ from that of the reply.
    pub status: Option<u16>,
}

/// Reads the body of a failed reply, or the data of an error inside a stream.
///
/// Understood: an `error` that is an object or a text, `message`, `msg`, `detail` (FastAPI), `errors`
/// (Cloudflare), an array around the error (Google), `base_resp` (MiniMax), `choices[].error` and
/// `metadata.raw` (OpenRouter), `response.error` (OpenAI Responses), an error as server-sent event, HTML (the
/// title only), plain text, nothing.
pub fn read_error(body: &[u8]) -> ProviderError {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    let mut error = match serde_json::from_slice::<Value>(body) {
        Ok(value) => from_value(&value, 0),
        Err(_) => from_text(&String::from_utf8_lossy(&body[..body.len().min(TEXT_LIMIT)])),
    };
    error.message = one_line(&error.message, MESSAGE_LIMIT);
    error.code = one_line(&error.code, NAME_LIMIT);
    error.kind = one_line(&error.kind, NAME_LIMIT);
    error
}

fn from_value(value: &Value, depth: u8) -> ProviderError {
    match value {
        // An error within an error within an error is told as far as it goes.
        _ if depth > 8 => ProviderError::default(),
        Value::Object(object) => from_object(object, depth + 1),
        Value::Array(items) => items.first().map(|item| from_value(item, depth + 1)).unwrap_or_default(),
        Value::String(text) => from_string(text, depth),
        _ => ProviderError::default(),
    }
}

/// A text, which some gateways fill with the JSON of the error behind them.
fn from_string(text: &str, depth: u8) -> ProviderError {
    if text.trim_start().starts_with('{')
        && let Ok(inner @ Value::Object(_)) = serde_json::from_str(text)
    {
        let inner = from_value(&inner, depth + 1);
        if !inner.message.is_empty() {
            return inner;
        }
    }
    ProviderError { message: text.to_owned(), ..ProviderError::default() }
}

fn from_object(object: &Map<String, Value>, depth: u8) -> ProviderError {
    let mut error = ProviderError::default();
    if let Some(Value::Object(base)) = object.get("base_resp") {
        error.code = named(base, &["status_code"]);
        error.message = named(base, &["status_msg"]);
    }
    for key in ["error", "errors", "response", "choices", "x_groq", "detail", "message", "msg", "status_msg"]
    {
        match object.get(key) {
            Some(Value::String(text)) if key == "error" && says_more(object) => {
                // OAuth and Spring: `error` is the class, another member is the message.
                fill(&mut error, ProviderError { kind: text.clone(), ..ProviderError::default() });
            }
            Some(inner @ (Value::Object(_) | Value::Array(_) | Value::String(_))) => {
                fill(&mut error, from_value(inner, depth));
            }
            _ => {}
        }
    }
    let outer = ProviderError {
        message: String::new(),
        code: named(object, &["code", "error_code", "__type"]),
        kind: named(object, &["type", "status", "error_type"]),
        status: ["status", "status_code", "statusCode", "StatusCode", "http_status", "code"]
            .iter()
            .find_map(|key| http_status(object.get(*key)?)),
    };
    fill(&mut error, outer);
    // `{"type":"error","error":{…}}`: this type says nothing.
    if matches!(error.kind.as_str(), "error" | "response.failed") {
        error.kind.clear();
    }
    if error.message.is_empty() {
        error.message = named(object, &["error_description", "error_msg", "Message", "reason", "title"]);
    }
    if let Some(raw) = object.get("metadata").and_then(|metadata| metadata.get("raw")) {
        let raw = from_value(raw, depth).message;
        if !raw.is_empty() && !error.message.contains(&raw) {
            error.message = match error.message.trim_end_matches([':', '.']) {
                "" => raw,
                message => format!("{message}: {raw}"),
            };
        }
    }
    error
}

/// Whether a member besides `error` holds the message.
fn says_more(object: &Map<String, Value>) -> bool {
    ["message", "error_description", "detail", "msg"]
        .iter()
        .any(|key| object.get(*key).is_some_and(|value| value.as_str() != Some("") && !value.is_null()))
}

/// What is not known yet is taken from `other`. What is nested deeper comes first: it knows better.
fn fill(error: &mut ProviderError, other: ProviderError) {
    if error.message.is_empty() {
        error.message = other.message;
    }
    if error.code.is_empty() {
        error.code = other.code;
    }
    if error.kind.is_empty() {
        error.kind = other.kind;
    }
    error.status = error.status.or(other.status);
}

/// The first of these members that is a text or a number.
fn named(object: &Map<String, Value>, keys: &[&str]) -> String {
    keys.iter()
        .find_map(|key| match object.get(*key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) if *key != "status" => Some(number.to_string()),
            _ => None,
        })
        .unwrap_or_default()
}

fn http_status(value: &Value) -> Option<u16> {
    let number = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    u16::try_from(number).ok().filter(|status| (400..=599).contains(status))
}

fn from_text(text: &str) -> ProviderError {
    let sse = text
        .lines()
        .find_map(|line| line.strip_prefix("data:"))
        .and_then(|data| serde_json::from_str::<Value>(data.trim()).ok());
    if let Some(value) = sse {
        return from_value(&value, 0);
    }
    let message = if text.starts_with('<') { title(text) } else { text.into() };
    ProviderError { message: message.into_owned(), ..ProviderError::default() }
}

/// The title of an HTML page, else its first heading.
fn title(html: &str) -> Cow<'_, str> {
    let lower = html.to_ascii_lowercase();
    let found = ["title", "h1"].into_iter().find_map(|tag| {
        let start = lower.find(&format!("<{tag}"))?;
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find(&format!("</{tag}"))?;
        Some(html[start..end].trim()).filter(|text| !text.is_empty())
    });
    found.map_or(Cow::Borrowed("an HTML page without a title"), |text| {
        text.replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\"").into()
    })
}

/// White space and control characters become single spaces, the end is cut.
fn one_line(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit * 4));
    let mut gap = false;
    let mut length = 0;
    for char in text.chars() {
        if char.is_whitespace() || char.is_control() {
            gap = !out.is_empty();
            continue;
        }
        length += 1 + usize::from(gap);
        if length > limit {
            out.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        out.push(char);
    }
    out
}

#[cfg(test)]
#[path = "provider_error_tests.rs"]
mod tests;
