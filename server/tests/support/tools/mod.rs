//! A tool of each dialect, written by hand: what it asks, how it reads answers, what it keeps of them for the next
//! turn. It is particular about streams, as the vendors' own libraries are, and keeps JSON as it was written, so that
//! nothing hides behind a library that reads and writes it anew.

mod chat;
mod gemini;
mod messages;
mod ollama;
pub(crate) mod raw;
mod responses;

use super::client::Answer;
use crate::scripted::says::Counts;
use serde_json::{Value, json};
use wire::Dialect;

/// A picture: 70 bytes of PNG.
pub(crate) const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// A picture is shown.
    pub(crate) picture: bool,
    /// Two tools are offered.
    pub(crate) tools: bool,
    /// Reasoning is asked for, with proofs of it.
    pub(crate) reasoning: bool,
    /// JSON of a schema is asked for.
    pub(crate) schema: bool,
    /// What came after the first turn of the person's, as it goes into the list of turns.
    pub(crate) history: Vec<String>,
}

/// An answer as the client understands it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Heard {
    pub(crate) thought: String,
    pub(crate) text: String,
    pub(crate) calls: Vec<Call>,
    /// Why it ended, in the client's word.
    pub(crate) stop: String,
    /// The counts at the end, as they were written.
    pub(crate) usage: Value,
    /// The counts at the beginning, where the dialect states them there.
    pub(crate) first_usage: Value,
    /// The answer as it goes into the list of turns.
    pub(crate) turns: Vec<String>,
}

/// A call as the client reads it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    /// As they were written, but for white space between.
    pub(crate) arguments: String,
}

/// Path and body of a request.
pub(crate) fn request(dialect: Dialect, model: &str, stream: bool, wish: &Wish) -> (String, String) {
    match dialect {
        Dialect::Chat => ("/v1/chat/completions".to_owned(), chat::request(model, stream, wish)),
        Dialect::Responses => ("/v1/responses".to_owned(), responses::request(model, stream, wish)),
        Dialect::Messages => ("/v1/messages".to_owned(), messages::request(model, stream, wish)),
        Dialect::Gemini => {
            let verb = if stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
            (format!("/v1beta/models/{model}:{verb}"), gemini::request(wish))
        }
        Dialect::Ollama => ("/api/chat".to_owned(), ollama::request(model, stream, wish)),
    }
}

/// Reads an answer, and fails where it is not well-formed.
pub(crate) fn heard(dialect: Dialect, answer: &Answer, stream: bool) -> Heard {
    assert_eq!(answer.status, 200, "{answer:?}");
    let kind = match (dialect, stream) {
        (_, false) => "application/json",
        (Dialect::Ollama, true) => "application/x-ndjson",
        _ => "text/event-stream",
    };
    assert!(answer.header("content-type").starts_with(kind), "{answer:?}");
    let text = std::str::from_utf8(&answer.bytes).expect("UTF-8");
    match (dialect, stream) {
        (Dialect::Chat, false) => chat::whole(text),
        (Dialect::Chat, true) => chat::streamed(text),
        (Dialect::Responses, false) => responses::whole(text),
        (Dialect::Responses, true) => responses::streamed(text),
        (Dialect::Messages, false) => messages::whole(text),
        (Dialect::Messages, true) => messages::streamed(text),
        (Dialect::Gemini, false) => gemini::whole(text),
        (Dialect::Gemini, true) => gemini::streamed(text),
        (Dialect::Ollama, false) => ollama::whole(text),
        (Dialect::Ollama, true) => ollama::streamed(text),
    }
}

/// The answers to calls, as they go into the list of turns.
pub(crate) fn results(dialect: Dialect, calls: &[Call], texts: &[&str]) -> Vec<String> {
    let pairs = calls.iter().zip(texts);
    match dialect {
        Dialect::Chat => pairs
            .map(|(call, text)| {
                json!({ "role": "tool", "tool_call_id": call.id, "content": text }).to_string()
            })
            .collect(),
        Dialect::Responses => pairs
            .map(|(call, text)| {
                json!({ "type": "function_call_output", "call_id": call.id, "output": text }).to_string()
            })
            .collect(),
        Dialect::Messages => {
            let blocks = pairs.map(|(call, text)| {
                json!({ "type": "tool_result", "tool_use_id": call.id, "content": [{ "type": "text", "text": text }] })
            });
            vec![json!({ "role": "user", "content": blocks.collect::<Value>() }).to_string()]
        }
        Dialect::Gemini => {
            let parts = pairs.map(|(call, text)| {
                let mut response = json!({ "name": call.name, "response": { "output": text } });
                if !call.id.is_empty() {
                    response["id"] = json!(call.id);
                }
                json!({ "functionResponse": response })
            });
            vec![json!({ "role": "user", "parts": parts.collect::<Value>() }).to_string()]
        }
        Dialect::Ollama => pairs
            .map(|(call, text)| {
                json!({ "role": "tool", "tool_name": call.name, "tool_call_id": call.id, "content": text })
                    .to_string()
            })
            .collect(),
    }
}

/// What the person says next, as it goes into the list of turns.
pub(crate) fn said(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Gemini => json!({ "role": "user", "parts": [{ "text": text }] }).to_string(),
        _ => json!({ "role": "user", "content": text }).to_string(),
    }
}

/// The client's word for an answer that ended by itself, with calls, or at the limit of output.
pub(crate) fn stop_word(dialect: Dialect, calls: bool, cut: bool) -> &'static str {
    match (dialect, calls, cut) {
        (Dialect::Chat, _, true) => "length",
        (Dialect::Chat, true, _) => "tool_calls",
        (Dialect::Responses, _, true) => "incomplete: max_output_tokens",
        (Dialect::Responses, ..) => "completed",
        (Dialect::Messages, _, true) => "max_tokens",
        (Dialect::Messages, true, _) => "tool_use",
        (Dialect::Messages, ..) => "end_turn",
        (Dialect::Gemini, _, true) => "MAX_TOKENS",
        (Dialect::Gemini, ..) => "STOP",
        (Dialect::Ollama, _, true) => "length",
        (Dialect::Chat | Dialect::Ollama, ..) => "stop",
    }
}

/// What the client's own counts must read, as pointers into them; a count of nothing may be left out.
pub(crate) fn usage_of(dialect: Dialect, counts: &Counts) -> Vec<(&'static str, u64)> {
    let (prompt, output) = (counts.prompt(), counts.output);
    match dialect {
        Dialect::Chat => vec![
            ("/prompt_tokens", prompt),
            ("/prompt_tokens_details/cached_tokens", counts.read),
            ("/completion_tokens", output),
            ("/completion_tokens_details/reasoning_tokens", counts.reasoning),
            ("/total_tokens", prompt + output),
        ],
        Dialect::Responses => vec![
            ("/input_tokens", prompt),
            ("/input_tokens_details/cached_tokens", counts.read),
            ("/output_tokens", output),
            ("/output_tokens_details/reasoning_tokens", counts.reasoning),
            ("/total_tokens", prompt + output),
        ],
        Dialect::Messages => vec![
            ("/input_tokens", counts.input),
            ("/cache_read_input_tokens", counts.read),
            ("/cache_creation_input_tokens", counts.written),
            ("/output_tokens", output),
        ],
        Dialect::Gemini => vec![
            ("/promptTokenCount", prompt),
            ("/cachedContentTokenCount", counts.read),
            ("/candidatesTokenCount", output - counts.reasoning),
            ("/thoughtsTokenCount", counts.reasoning),
            ("/totalTokenCount", prompt + output),
        ],
        Dialect::Ollama => vec![("/prompt_eval_count", prompt), ("/eval_count", output)],
    }
}

/// Instructions in every request.
pub(crate) const SYSTEM: &str = "Be brief: ä 東.";
/// What the person says first.
const HELLO: &str = "Hello, Grüße";

/// The schemas of the two tools as editors and their plugins write them.
fn tools() -> [(&'static str, &'static str, Value); 2] {
    [
        (
            "read_file",
            "Reads a file.",
            json!({
                "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                "properties": {
                    "path": { "type": "string", "minLength": 1, "description": "Where it is." },
                    "limits": { "type": "object", "additionalProperties": true },
                },
                "required": ["path"], "additionalProperties": false,
            }),
        ),
        (
            "search",
            "Searches.",
            json!({
                "type": "object",
                "properties": { "query": { "type": ["string", "null"] }, "options": { "type": "object" } },
                "required": ["query"],
            }),
        ),
    ]
}

/// The schema of an answer.
fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "city": { "type": "string" }, "degrees": { "type": "number" },
            "days": { "type": "array", "items": { "type": "integer" } },
        },
        "required": ["city", "degrees", "days"], "additionalProperties": false,
    })
}

/// A body with the list of turns put in as they were written.
fn with_turns(mut body: Value, list: &str, first: Vec<Value>, wish: &Wish) -> String {
    const MARK: &str = "@turns@";
    let turns = first.into_iter().map(|turn| turn.to_string()).chain(wish.history.iter().cloned());
    let turns = turns.collect::<Vec<_>>().join(",");
    body[list] = json!(MARK);
    body.to_string().replace(&format!("\"{MARK}\""), &format!("[{turns}]"))
}
