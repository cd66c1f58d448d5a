//! Anthropic's messages.

use super::{Said, call_id, counts, quoted, seal};
use crate::scripted::script::Asked;
use wire::Dialect::Messages;

pub(super) fn whole(said: &Said, asked: &Asked) -> String {
    let mut content = Vec::new();
    if !said.thought.is_empty() {
        let thought = quoted(&said.thought.concat());
        content
            .push(format!(r#"{{"type":"thinking","thinking":{thought},"signature":"{}"}}"#, seal(Messages)));
    }
    if !said.texts.is_empty() {
        content.push(format!(r#"{{"type":"text","text":{}}}"#, quoted(&said.texts.concat())));
    }
    for (number, call) in said.calls.iter().enumerate() {
        let (id, name, input) = (call_id(Messages, number), call.name, call.arguments);
        content.push(format!(r#"{{"type":"tool_use","id":"{id}","name":"{name}","input":{input}}}"#));
    }
    let usage = if asked.counted { usage(counts(Messages).output) } else { "null".to_owned() };
    format!(
        r#"{{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"{}","content":[{}],"stop_reason":"{}","stop_sequence":null,"usage":{usage}}}"#,
        asked.model,
        content.join(","),
        stop(said)
    )
}

pub(super) fn frames(said: &Said, asked: &Asked) -> Vec<String> {
    let event = |kind: &str, rest: &str| format!("event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n");
    let usage =
        if asked.counted { format!(r#","usage":{}"#, self::usage(1)) } else { r#","usage":null"#.to_owned() };
    let started = format!(
        r#","message":{{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"{}","content":[],"stop_reason":null,"stop_sequence":null{usage}}}"#,
        asked.model
    );
    let mut frames = vec![event("message_start", &started)];
    let mut index = 0;
    let mut block = |start: &str, deltas: Vec<String>| {
        frames.push(event("content_block_start", &format!(r#","index":{index},"content_block":{start}"#)));
        if index == 0 {
            frames.push(event("ping", ""));
        }
        for delta in deltas {
            frames.push(event("content_block_delta", &format!(r#","index":{index},"delta":{delta}"#)));
        }
        frames.push(event("content_block_stop", &format!(r#","index":{index}"#)));
        index += 1;
    };
    if !said.thought.is_empty() {
        let mut deltas: Vec<String> = said
            .thought
            .iter()
            .map(|piece| format!(r#"{{"type":"thinking_delta","thinking":{}}}"#, quoted(piece)))
            .collect();
        deltas.push(format!(r#"{{"type":"signature_delta","signature":"{}"}}"#, seal(Messages)));
        block(r#"{"type":"thinking","thinking":"","signature":""}"#, deltas);
    }
    if !said.texts.is_empty() {
        let texts =
            said.texts.iter().map(|text| format!(r#"{{"type":"text_delta","text":{}}}"#, quoted(text)));
        block(r#"{"type":"text","text":""}"#, texts.collect());
    }
    for (number, call) in said.calls.iter().enumerate() {
        let (id, name) = (call_id(Messages, number), call.name);
        let pieces = [String::new()].into_iter().chain(call.pieces());
        let pieces =
            pieces.map(|piece| format!(r#"{{"type":"input_json_delta","partial_json":{}}}"#, quoted(&piece)));
        block(
            &format!(r#"{{"type":"tool_use","id":"{id}","name":"{name}","input":{{}}}}"#),
            pieces.collect(),
        );
    }
    let output = counts(Messages).output;
    let usage =
        if asked.counted { format!(r#","usage":{{"output_tokens":{output}}}"#) } else { String::new() };
    frames.push(event(
        "message_delta",
        &format!(r#","delta":{{"stop_reason":"{}","stop_sequence":null}}{usage}"#, stop(said)),
    ));
    frames.push(event("message_stop", ""));
    frames
}

fn stop(said: &Said) -> &'static str {
    match (said.cut, said.calls.is_empty()) {
        (true, _) => "max_tokens",
        (_, false) => "tool_use",
        _ => "end_turn",
    }
}

fn usage(output: u64) -> String {
    let counts = counts(Messages);
    let (input, written, read) = (counts.input, counts.written, counts.read);
    format!(
        r#"{{"input_tokens":{input},"cache_creation_input_tokens":{written},"cache_read_input_tokens":{read},"cache_creation":{{"ephemeral_5m_input_tokens":{written},"ephemeral_1h_input_tokens":0}},"output_tokens":{output},"service_tier":"standard"}}"#
    )
}
