//! The scenarios: what is answered to requests that are heard strictly. They go by the model's name.
//!
//! | model | what |
//! |---|---|
//! | `plain` | words |
//! | `tools` | a thought and two calls at once; when both are answered, words that quote the results |
//! | `image` | words that say which pictures came |
//! | `reasoning` | a thought with its proof, and words; words only when it is asked again |
//! | `agent` | words, or a command run with a coding agent's own tool |
//! | `structured` | JSON, if the request asked for a schema in this dialect's own way |

use super::agent;
use super::hears::{self, Called, Refusal, Told};
use super::says::{Call, Said};
use super::script::Asked;
use super::{Seen, bodies};
use serde_json::{Value, json};
use wire::Dialect;

/// The pieces of every thought.
pub(crate) const THOUGHT: [&str; 2] = ["Let me", " think."];

/// The calls of `tools`. Anyone who decodes and encodes numbers or escapes changes these: a fraction of nothing, a
/// negative zero, more digits than a double holds, a letter outside of the first plane written as two escapes.
pub(crate) const CALLS: [Call; 2] = [
    Call {
        name: "read_file",
        arguments: r#"{"path":"src/na\u00efve \ud83d\ude80/東京.rs","limits":{"ratio":1.0,"big":12345678901234567890,"zero":-0.0,"list":[1e2,{"deep":[null,true,""]}]}}"#,
    },
    Call { name: "search", arguments: r#"{"query":"\"quoted\\path\"\n\t","options":{}}"# },
];

/// The JSON of `structured`.
pub(crate) const STRUCTURED: &str = r#"{"city":"東京","degrees":21.50,"days":[1,2]}"#;

/// What is counted when only the prompt's tokens are asked for.
pub(crate) const COUNTED: u64 = 4321;

/// The answer of a script.
pub(super) fn said(name: &str, asked: &Asked, seen: &Seen, body: &Value) -> Result<Said, Refusal> {
    if !["agent", "plain", "tools", "image", "reasoning", "structured", "length"].contains(&name) {
        return Ok(bodies::said(name));
    }
    if asked.dialect == Dialect::Messages && seen.header("anthropic-version").is_none() {
        let message = "anthropic-version: header is required".to_owned();
        return Err(Refusal { status: 400, message, param: String::new(), code: "" });
    }
    let told = hears::hear(asked, body)?;
    Ok(match name {
        "agent" => agent::said(&told, body),
        "tools" if told.calls.is_empty() => calls(&told),
        "tools" => quote(&told),
        "image" => {
            let pictures = told.pictures.iter().map(|(kind, bytes)| format!("{kind}, {bytes} bytes"));
            Said::words(["I see: ".to_owned(), pictures.collect::<Vec<_>>().join("; ")])
        }
        "reasoning" if told.answered => Said::words([proofs(&told)]),
        "structured" => match &told.schema {
            Some(schema) if schema["properties"]["city"].is_object() => {
                let half = STRUCTURED.find("degrees").unwrap_or_default();
                let (first, second) = STRUCTURED.split_at(half);
                Said::words([first, second])
            }
            _ => Said::words(["No schema was asked for."]),
        },
        _ => bodies::said(name),
    })
}

/// What a thought that came back is answered with.
fn proofs(told: &Told) -> String {
    format!("I thought: {:?}. Proofs: {}.", told.thoughts, told.proofs)
}

fn calls(told: &Told) -> Said {
    let missing: Vec<&str> = CALLS
        .iter()
        .map(|call| call.name)
        .filter(|name| !told.tools.iter().any(|tool| tool == name))
        .collect();
    if missing.is_empty() {
        let none: [&str; 0] = [];
        return Said::words(none).thinking(&THOUGHT).calling(&CALLS);
    }
    Said::words([format!("I was not offered {} but {}.", missing.join(", "), told.tools.join(", "))])
}

/// The results, each behind the name of the tool that was called, and what else came back.
fn quote(told: &Told) -> Said {
    let mut texts: Vec<String> = Vec::new();
    for (called, call) in told.calls.iter().zip(CALLS) {
        if called.name != call.name || !comes_back(called, &call) {
            let Called { name, arguments, .. } = called;
            texts.push(format!("I called {} and not {name} with {arguments}. ", call.name));
        }
    }
    for (at, called) in told.calls.iter().enumerate() {
        // Where results name the tool only, they stand in the order of the calls.
        let result = told.results.iter().find(|result| result.to == called.id).or(told.results.get(at));
        let text = result.map_or("nothing", |result| &result.text);
        texts.push(format!("{} said: {text}. ", called.name));
    }
    texts.push(proofs(told));
    Said::words(texts)
}

/// Whether a call came back as it was made, but for the precision that JavaScript has.
fn comes_back(called: &Called, made: &Call) -> bool {
    fn rounded(value: &Value) -> Value {
        match value {
            Value::Number(number) => json!(number.as_f64().unwrap_or_default() + 0.0),
            Value::Array(items) => items.iter().map(rounded).collect(),
            Value::Object(members) => {
                Value::Object(members.iter().map(|(key, value)| (key.clone(), rounded(value))).collect())
            }
            other => other.clone(),
        }
    }
    let made: Value = serde_json::from_str(made.arguments).unwrap_or_default();
    rounded(&called.arguments) == rounded(&made)
}

/// The answer to a question that only counts.
pub(super) fn count(dialect: Dialect) -> String {
    match dialect {
        Dialect::Gemini => {
            json!({ "totalTokens": COUNTED, "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": COUNTED }] })
        }
        Dialect::Responses => json!({ "object": "response.input_tokens", "input_tokens": COUNTED }),
        Dialect::Chat | Dialect::Messages | Dialect::Ollama => json!({ "input_tokens": COUNTED }),
    }
    .to_string()
}
