//! What a client of Gemini keeps of others' seals.

use crate::conversation::{Block, Role, Seal, ToolCall, ToolKind};
use crate::{Asked, Dialect, Reply, Target, decode, encode, reseal, splice, write_stream, write_whole};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::{Value, json};

fn seal(dialect: Dialect, issuer: &'static str, data: &'static str) -> Seal<'static> {
    Seal { dialect, issuer: issuer.into(), data: data.into() }
}

fn thought(text: &'static str, seal: Seal<'static>) -> Block<'static> {
    Block::Reasoning { text: text.into(), seal: Some(seal), summary: false }
}

fn call(id: &'static str, seal: Option<Seal<'static>>) -> Block<'static> {
    let (kind, name, input) = (ToolKind::Function, "ls".into(), "{}".into());
    Block::ToolCall(ToolCall { id: id.into(), name, input, kind, seal, cache: None })
}

/// The parts of a reply, streamed and whole.
fn parts(blocks: Vec<Block<'static>>) -> [Vec<Value>; 2] {
    let reply = Reply { blocks, ..Reply::default() };
    let whole: Value =
        serde_json::from_slice(&write_whole(Dialect::Gemini, &reply, &Asked::default())).unwrap();
    let stream = String::from_utf8(write_stream(Dialect::Gemini, &reply, Asked::default())).unwrap();
    let chunks = stream.split("\r\n\r\n").filter_map(|chunk| chunk.strip_prefix("data: "));
    let streamed = chunks
        .flat_map(|chunk| {
            let chunk: Value = serde_json::from_str(chunk).unwrap();
            chunk["candidates"][0]["content"]["parts"].as_array().unwrap().clone()
        })
        .filter(|part| part["text"] != "" || part["thoughtSignature"].is_string())
        .collect();
    [streamed, whole["candidates"][0]["content"]["parts"].as_array().unwrap().clone()]
}

/// The next request of a client that keeps `kept` of the model's parts.
fn next(kept: &[Value]) -> String {
    let mut results = Vec::new();
    for part in kept {
        if let Some(call) = part.get("functionCall") {
            results.push(
                json!({"functionResponse": {"id": call["id"], "name": "ls", "response": {"output": "a"}}}),
            );
        }
    }
    json!({"contents": [
        {"role": "user", "parts": [{"text": "List."}]},
        {"role": "model", "parts": kept},
        {"role": "user", "parts": results},
    ]})
    .to_string()
}

#[test]
fn a_stand_in_is_base64_and_is_googles_own_again_on_its_way_there() {
    for parts in parts(vec![call("1", None), call("2", None)]) {
        let signature = parts[0]["thoughtSignature"].as_str().unwrap();
        assert!(BASE64_STANDARD.decode(signature).is_ok(), "Go's SDK decodes {signature}");
        assert!(parts[1].get("thoughtSignature").is_none(), "only the first of parallel calls is signed");
        let body = Bytes::from(next(&parts));
        let edits = reseal(Dialect::Gemini, "gemini", false, &body);
        let sent: Value = serde_json::from_slice(&splice(&body, edits).unwrap()).unwrap();
        let sent = &sent["contents"][1]["parts"][0]["thoughtSignature"];
        assert_eq!(sent, "skip_thought_signature_validator");
        let conversation = decode(Dialect::Gemini, &body, true).unwrap();
        assert_eq!(conversation.turns[1].blocks[0], call("1", None));
    }
}

#[test]
fn sealed_thoughts_come_back_from_a_client_that_drops_thoughts() {
    let anthropics = seal(Dialect::Messages, "anthropic", "Eq==");
    let hidden = seal(Dialect::Messages, "anthropic", "redacted_thinking:Em==");
    let blocks = vec![
        thought("The list first.", anthropics),
        thought("", hidden),
        Block::text("I look."),
        call("1", None),
        call("2", None),
    ];
    for parts in parts(blocks.clone()) {
        let gone: Vec<Value> = parts.iter().filter(|part| part["thought"] != true).cloned().collect();
        assert_eq!(gone.len() + 2, parts.len().min(5), "thoughts were told");
        for kept in [&parts, &gone] {
            let body = next(kept);
            let conversation = decode(Dialect::Gemini, body.as_bytes(), true).unwrap();
            assert_eq!(conversation.turns[1].role, Role::Assistant);
            assert_eq!(conversation.turns[1].blocks, blocks);
            let target = Target::new("claude", "anthropic", true);
            let sent: Value =
                serde_json::from_slice(&encode(Dialect::Messages, &conversation, &target).body).unwrap();
            let thought = json!({"type": "thinking", "thinking": "The list first.", "signature": "Eq=="});
            assert_eq!(sent["messages"][1]["content"][0], thought);
            assert_eq!(
                sent["messages"][1]["content"][1],
                json!({"type": "redacted_thinking", "data": "Em=="})
            );
        }
    }
}

#[test]
fn a_calls_own_seal_goes_home_out_of_a_bundle() {
    let own = seal(Dialect::Gemini, "gemini", "CiQB");
    let blocks = vec![thought("why", seal(Dialect::Responses, "openai", "gAAA")), call("1", Some(own))];
    for parts in parts(blocks) {
        let body = Bytes::from(next(&parts[parts.len() - 1..]));
        for (issuer, signature) in [("gemini", "CiQB"), ("vertex", "skip_thought_signature_validator")] {
            let edits = reseal(Dialect::Gemini, issuer, false, &body);
            let sent: Value = serde_json::from_slice(&splice(&body, edits).unwrap()).unwrap();
            assert_eq!(sent["contents"][1]["parts"][0]["thoughtSignature"], signature);
        }
    }
}
