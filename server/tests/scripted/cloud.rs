//! Anthropic's messages behind `/publishers/anthropic/models`, as Google serves them (its and Anthropic's pages,
//! November 2026): the model stands in the path, the version of the format in the body, a count has a path of its own,
//! and there is no query.

use super::Seen;
use serde_json::{Value, json};

/// The words of `anthropic-beta` that are known there, of those that tests send.
const BETAS: [&str; 2] = ["context-1m-2025-08-07", "interleaved-thinking-2025-05-14"];

/// A request as Anthropic's own address would have it: path and body. Others are as they came. An error is Google's
/// refusal.
pub(super) fn read(path: &str, seen: &Seen, mut body: Value) -> Result<(String, Value), Value> {
    let Some((_, rest)) = path.split_once("/publishers/anthropic/models/") else {
        return Ok((path.to_owned(), body));
    };
    let refusal =
        |message: &str| json!({ "error": { "code": 400, "message": message, "status": "INVALID_ARGUMENT" } });
    if seen.line.contains('?') {
        return Err(refusal("Unknown name \"beta\": Cannot bind query parameter."));
    }
    let betas = seen.header("anthropic-beta").unwrap_or(BETAS[0]);
    if let Some(beta) = betas.split(',').find(|beta| !BETAS.contains(beta)) {
        let message = format!("Unexpected value(s) `{beta}` for the `anthropic-beta` header.");
        return Err(
            json!({ "type": "error", "error": { "type": "invalid_request_error", "message": message } }),
        );
    }
    let members = body.as_object_mut().ok_or_else(|| refusal("Invalid JSON payload received."))?;
    if members.remove("anthropic_version") != Some(json!("vertex-2023-10-16")) {
        return Err(refusal("anthropic_version: Field required"));
    }
    if rest == "count-tokens:rawPredict" {
        return Ok(("/v1/messages/count_tokens".to_owned(), body));
    }
    let (model, verb) = rest.rsplit_once(':').unwrap_or((rest, ""));
    let streams = members.get("stream") == Some(&json!(true));
    if members.insert("model".to_owned(), model.into()).is_some() {
        return Err(refusal("model: Extra inputs are not permitted"));
    }
    match (verb, streams) {
        ("rawPredict", false) | ("streamRawPredict", true) => Ok(("/v1/messages".to_owned(), body)),
        _ => Err(refusal("This verb is for something else.")),
    }
}
