//! What a pasted text is, by its shape, and by which part of it that was told.

use serde_json::Value;
use wire::{Dialect, peek};

/// What can be translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a client sends.
    Request,
    /// What a provider answers, whole.
    Reply,
    /// What a provider answers, frame by frame.
    Stream,
}

impl Kind {
    /// Its name in the API.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Stream => "stream",
        }
    }

    /// The kind of that name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Request, Self::Reply, Self::Stream].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A guess: the kind, the dialect, and what told so.
type Guess = (Kind, Dialect, &'static str);

/// What a text is, where not all of that is stated, and a sentence on how that was told.
pub(super) fn recognise(
    text: &str,
    kind: Option<Kind>,
    from: Option<Dialect>,
) -> Result<(Kind, Dialect, String), String> {
    let (guessed, dialect, mark) = guess(text, kind, from)?;
    let (kind, from) = (kind.unwrap_or(guessed), from.unwrap_or(dialect));
    Ok((kind, from, format!("Read as a {} in the format `{from}`: {mark}.", kind.as_str())))
}

fn guess(text: &str, kind: Option<Kind>, from: Option<Dialect>) -> Result<Guess, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let framed = text.lines().find(|line| !line.starts_with(':') && !line.trim().is_empty());
    let framed = framed
        .is_some_and(|line| ["data:", "event:", "id:", "retry:"].iter().any(|name| line.starts_with(name)));
    if framed {
        return events(text).ok_or_else(|| {
            "This is a stream of events, but of none of the formats that are known here. Say which one it is.".to_owned()
        });
    }
    let value = match serde_json::from_str::<Value>(text) {
        Ok(value) => value,
        Err(_) => return lines(text).ok_or_else(|| flaw(text)),
    };
    if let Value::Array(_) = value {
        let array = "This is a JSON array. Record a stream as server-sent events (Gemini: `?alt=sse`), or paste one document of it.";
        return Err(array.to_owned());
    }
    let found = match kind {
        Some(Kind::Request) => request(&value),
        Some(Kind::Reply | Kind::Stream) => reply(&value),
        None => reply(&value).or_else(|| request(&value)),
    };
    let fitting = found.filter(|(_, dialect, _)| from.is_none_or(|from| from == *dialect));
    let stated =
        from.zip(kind.or(found.map(|(kind, ..)| kind))).map(|(from, kind)| (kind, from, "you said so"));
    fitting.or(stated).or(found).ok_or_else(|| {
        "This is JSON, but reads like no request and no reply that is known here. Say what it is and in which format."
            .to_owned()
    })
}

/// What is wrong with a text that is neither JSON nor a stream.
fn flaw(text: &str) -> String {
    if !text.starts_with(['{', '[']) {
        let words = "This is neither JSON nor a recorded stream. A stream begins with `data:` or `event:`, or has a JSON document on each line.";
        return words.to_owned();
    }
    match peek(Dialect::Gemini, text.as_bytes()) {
        Err(malformed) => malformed.to_string(),
        Ok(_) => "This JSON is nested too deep.".to_owned(),
    }
}

/// Server-sent events, by the first that says which they are.
fn events(text: &str) -> Option<Guess> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
    data.filter_map(|data| serde_json::from_str(data.trim()).ok()).find_map(|value: Value| event(&value))
}

fn event(value: &Value) -> Option<Guess> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    let has = |name: &str| value.get(name).is_some();
    Some(match kind {
        "message_start" | "content_block_start" | "content_block_delta" | "message_delta" => {
            (Kind::Stream, Dialect::Messages, "its events have types such as `message_start`")
        }
        kind if kind.starts_with("response.") => {
            (Kind::Stream, Dialect::Responses, "its events have types that begin with `response.`")
        }
        _ if has("choices") => (Kind::Stream, Dialect::Chat, "its chunks have `choices`"),
        _ if has("candidates") || has("usageMetadata") => {
            (Kind::Stream, Dialect::Gemini, "its documents have `candidates`")
        }
        _ => return None,
    })
}

/// A document on each line, as Ollama streams.
fn lines(text: &str) -> Option<Guess> {
    let first = text.lines().next()?;
    let value: Value = serde_json::from_str(first).ok()?;
    let ollama = value.get("done").is_some() || value.get("message").is_some();
    ollama.then_some((Kind::Stream, Dialect::Ollama, "each line is a document with `message` and `done`"))
}

fn reply(value: &Value) -> Option<Guess> {
    let has = |name: &str| value.get(name).is_some();
    let is = |name: &str, text: &str| value.get(name).and_then(Value::as_str) == Some(text);
    Some(match () {
        () if has("choices") => (Kind::Reply, Dialect::Chat, "it has `choices`"),
        () if is("object", "response") || has("output") => {
            (Kind::Reply, Dialect::Responses, "it has `output`")
        }
        () if is("type", "message") && is("role", "assistant") => {
            (Kind::Reply, Dialect::Messages, "its `type` is `message`")
        }
        () if is("type", "error") => (Kind::Reply, Dialect::Messages, "its `type` is `error`"),
        () if has("candidates") || has("promptFeedback") => {
            (Kind::Reply, Dialect::Gemini, "it has `candidates`")
        }
        () if has("done") && has("message") => (Kind::Reply, Dialect::Ollama, "it has `message` and `done`"),
        () => return None,
    })
}

fn request(value: &Value) -> Option<Guess> {
    let has = |name: &str| value.get(name).is_some();
    let (dialect, mark) = match () {
        () if has("contents") => (Dialect::Gemini, "it has `contents`"),
        () if has("input") => (Dialect::Responses, "it has `input`"),
        () if has("messages") => turns(value),
        () => return None,
    };
    Some((Kind::Request, dialect, mark))
}

/// The dialect of a request whose turns are in `messages`.
fn turns(value: &Value) -> (Dialect, &'static str) {
    let list =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let (turns, tools) = (list(value, "messages"), list(value, "tools"));
    let has = |name: &str| value.get(name).is_some();
    let turn = |name: &str| turns.iter().any(|turn| turn.get(name).is_some());
    let of_type = |value: &Value, types: &[&str]| {
        value.get("type").and_then(Value::as_str).is_some_and(|kind| types.contains(&kind))
    };
    let block = |types: &[&str]| {
        turns.iter().flat_map(|turn| list(turn, "content")).any(|block| of_type(&block, types))
    };
    let parsed = turns
        .iter()
        .flat_map(|turn| list(turn, "tool_calls"))
        .any(|call| call.pointer("/function/arguments").is_some_and(Value::is_object));
    let role = |names: &[&str]| {
        turns.iter().filter_map(|turn| turn.get("role")?.as_str()).any(|role| names.contains(&role))
    };
    match () {
        () if has("system") => (Dialect::Messages, "it has `system` beside `messages`"),
        () if tools.iter().any(|tool| tool.get("input_schema").is_some()) => {
            (Dialect::Messages, "its tools have `input_schema`")
        }
        () if block(&["tool_use", "tool_result", "thinking", "redacted_thinking", "image", "document"]) => {
            (Dialect::Messages, "its turns have blocks such as `tool_use`")
        }
        () if has("options") || has("keep_alive") || has("think") || has("format") => {
            (Dialect::Ollama, "it has members that only Ollama has, such as `options` or `keep_alive`")
        }
        () if turn("images") || turn("tool_name") || parsed => {
            (Dialect::Ollama, "its turns have `images`, `tool_name`, or arguments that are objects")
        }
        () if tools.iter().any(|tool| tool.get("function").is_some()) => {
            (Dialect::Chat, "its tools have `function`")
        }
        () if role(&["system", "developer", "tool", "function"]) => {
            (Dialect::Chat, "its turns have roles such as `system` and `tool`")
        }
        () if has("thinking") || has("stop_sequences") || has("anthropic_version") => {
            (Dialect::Messages, "it has members that this format has, such as `thinking`")
        }
        () => (Dialect::Chat, "nothing in it says otherwise"),
    }
}
