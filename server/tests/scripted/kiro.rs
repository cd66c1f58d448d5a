//! Kiro, at `POST /generateAssistantResponse`: an AWS event stream, as recorded in 2026. What it does is chosen by the
//! model's name; any other than these is answered well.
//!
//! | model | what |
//! |---|---|
//! | `tool` | a call, in pieces, with a reason that says nothing of it |
//! | `used-up`, `busy`, `foreign` | refusals, each with its reason |
//! | `throttled` | an exception in place of the first event |
//! | `breaks` | an exception after some words |
//! | `cut` | ends without the event that says that it is whole |
//! | `torn` | a frame whose sum is wrong |

use super::Seen;
use super::script::{Reply, Step};
use http::HeaderName;
use serde_json::{Value, json};

/// The answer, where it is asked for one.
pub(super) fn reply(seen: &Seen, body: &Value) -> Option<Reply> {
    if seen.line != "POST /generateAssistantResponse" {
        return None;
    }
    let message = &body["conversationState"]["currentMessage"]["userInputMessage"];
    let refused = |status, kind: &str, said: Value| {
        Some(Reply::json(status, said.to_string()).with(HeaderName::from_static("x-amzn-errortype"), kind))
    };
    // Auth is checked before anything else; a key has to come with its header, a token without.
    let keyed = super::key_of(seen).is_some_and(|key| key.starts_with("ksk_"));
    if keyed != (seen.header("tokentype") == Some("API_KEY")) || seen.script == "error-401" {
        let said = json!({ "message": "The bearer token included in the request is invalid.", "reason": null });
        return refused(403, "AccessDeniedException", said);
    }
    let answers = message["userInputMessageContext"]["toolResults"].is_array();
    let says = message["content"].as_str().is_some_and(|content| answers || !content.is_empty());
    if !says || message["origin"].as_str().is_none() {
        let said = json!({ "message": "Improperly formed request.", "reason": "REQUEST_BODY_INVALID" });
        return refused(400, "ValidationException", said);
    }
    let words = |text: &str| event("assistantResponseEvent", &json!({ "content": text, "modelId": "x" }));
    let end = |reason: &str| {
        [
            event("metadataEvent", &json!({ "stopReason": reason })),
            event("contextUsageEvent", &json!({ "contextUsagePercentage": 4.93 })),
            event("meteringEvent", &json!({ "unit": "credit", "unitPlural": "credits", "usage": 0.022 })),
        ]
    };
    let throttled = json!({ "message": "Too many requests, please wait before trying again.", "reason": "USER_REQUEST_RATE_EXCEEDED" });
    let frames: Vec<Vec<u8>> = match message["modelId"].as_str().unwrap_or_default() {
        "used-up" => {
            let said = json!({ "message": "You have reached the limit.", "reason": "MONTHLY_REQUEST_COUNT" });
            return refused(402, "ServiceQuotaExceededException", said);
        }
        "busy" => {
            let said = json!({
                "__type": "com.amazon.aws.codewhisperer#ThrottlingException",
                "message": "I am experiencing high traffic, please try again shortly.", "reason": "INSUFFICIENT_MODEL_CAPACITY",
            });
            return refused(429, "ThrottlingException", said);
        }
        "foreign" => {
            let said = json!({ "message": "The bearer token included in the request is invalid.", "reason": null });
            return refused(403, "AccessDeniedException", said);
        }
        "tool" => {
            let name = &message["userInputMessageContext"]["tools"][0]["toolSpecification"]["name"];
            let piece = |more: Value| {
                let mut call = json!({ "toolUseId": "tooluse_x", "name": name });
                call.as_object_mut().into_iter().for_each(|call| call.extend(more.as_object().cloned().unwrap_or_default()));
                event("toolUseEvent", &call)
            };
            let pieces = [json!({}), json!({ "input": "{\"path\":" }), json!({ "input": " \"/tmp\"}" }), json!({ "stop": true })];
            [words("Reading it.")].into_iter().chain(pieces.map(piece)).chain(end("END_TURN")).collect()
        }
        "throttled" => vec![exception("throttlingError", &throttled)],
        "breaks" => vec![words("Good "), exception("throttlingError", &throttled)],
        "cut" => vec![words("Good "), words("morn")],
        "torn" => {
            let mut torn = words("ing");
            torn.iter_mut().rev().take(1).for_each(|byte| *byte ^= 1);
            vec![words("Good "), torn]
        }
        _ => [words("Good "), words("morning.")].into_iter().chain(end("END_TURN")).collect(),
    };
    // Frames do not end where pieces of the body do.
    let whole = frames.concat();
    let steps = whole.chunks(48).map(|piece| Step::Send(piece.to_vec().into())).collect();
    Some(Reply::new(200, "application/vnd.amazon.eventstream", steps))
}

fn event(name: &str, payload: &Value) -> Vec<u8> {
    frame(&[(":event-type", name), (":content-type", "application/json"), (":message-type", "event")], payload)
}

fn exception(name: &str, payload: &Value) -> Vec<u8> {
    let headers =
        [(":exception-type", name), (":content-type", "application/json"), (":message-type", "exception")];
    frame(&headers, payload)
}

/// A frame: lengths and their sum, headers that are texts, the payload, and the sum of it all.
fn frame(headers: &[(&str, &str)], payload: &Value) -> Vec<u8> {
    let (mut written, payload) = (Vec::new(), payload.to_string());
    let short = |length: usize| u16::try_from(length).unwrap_or_default().to_be_bytes();
    for (name, value) in headers {
        written.extend(short(name.len()).into_iter().skip(1));
        written.extend(name.as_bytes());
        written.push(7);
        written.extend(short(value.len()));
        written.extend(value.as_bytes());
    }
    let length = |length: usize| u32::try_from(length).unwrap_or_default().to_be_bytes();
    let mut frame = Vec::new();
    frame.extend(length(written.len() + payload.len() + 16));
    frame.extend(length(written.len()));
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(written);
    frame.extend(payload.as_bytes());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}
