//! Round trips, and every fixture of this dialect.

use crate::conversation::ToolKind;
use crate::{Asked, Dialect, Event, Reply, Target, Translation};
use crate::{decode, encode, read_whole, write_whole};
use bytes::Bytes;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

fn fixtures(of: &str, ending: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(of).join("responses");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(bytes)))
}

fn asked() -> Asked {
    Asked { id: "0af1".to_owned(), model: "asked/model".to_owned(), at: 1_790_000_000, ..Asked::default() }
}

/// The data of every frame, whose `event` must repeat its type.
fn events(stream: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(stream).unwrap();
    text.split_terminator("\n\n")
        .map(|frame| {
            let (event, data) = frame.split_once('\n').unwrap();
            let data = parsed(data.strip_prefix("data: ").unwrap().as_bytes());
            assert_eq!(event.strip_prefix("event: "), data["type"].as_str());
            data
        })
        .collect()
}

/// `Start (Open (Piece | Seal)* Close)* Finish`
fn obeys_the_grammar(events: &[Event], name: &str) {
    let mut open = false;
    for (index, event) in events.iter().enumerate() {
        let last = index + 1 == events.len();
        match event {
            Event::Start { .. } => assert_eq!(index, 0, "{name}"),
            Event::Open(_) => assert!(!std::mem::replace(&mut open, true), "{name}: {events:?}"),
            Event::Piece(piece) => assert!(open && !piece.is_empty(), "{name}: {events:?}"),
            Event::Seal(_) => assert!(open, "{name}: {events:?}"),
            Event::Close => assert!(std::mem::replace(&mut open, false), "{name}: {events:?}"),
            Event::Finish(_) => assert!(last && !open, "{name}: {events:?}"),
            Event::Usage(_) => {}
            Event::Error(_) => assert!(last, "{name}"),
        }
    }
    assert!(matches!(events.first(), Some(Event::Start { .. })), "{name}");
}

/// A reply without what a stream of our own puts in its own words.
fn comparable(mut reply: Reply) -> Reply {
    (reply.id, reply.model) = (String::new(), String::new());
    reply.blocks = reply
        .blocks
        .into_iter()
        .map(|block| match block {
            // Thoughts go out as summaries.
            crate::conversation::Block::Reasoning { text, seal, .. } => {
                crate::conversation::Block::Reasoning { text, seal, summary: true }
            }
            crate::conversation::Block::ToolCall(mut call) if call.kind == ToolKind::Function => {
                let input = crate::transcode::reply::arguments(&call.input, call.kind).into_owned();
                call.input = input.into();
                crate::conversation::Block::ToolCall(call)
            }
            block => block,
        })
        .collect();
    reply
}

#[test]
fn every_request_is_decoded_and_encoded_the_same_every_time() {
    for (name, body) in fixtures("requests", "json") {
        let conversation =
            decode(Dialect::Responses, &body, true).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let target = Target::new("upstream", "openai", true);
        let one = encode(Dialect::Responses, &conversation, &target);
        let two = encode(Dialect::Responses, &decode(Dialect::Responses, &body, true).unwrap(), &target);
        assert_eq!(one, two, "{name}");
        let sent = parsed(&one.body);
        assert_eq!(sent["store"], false, "{name}");
        assert_eq!(sent["model"], "upstream");
        // What was sent is decoded to what was meant.
        let again =
            decode(Dialect::Responses, &one.body, true).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let once_more = encode(Dialect::Responses, &again, &target);
        assert_eq!(parsed(&once_more.body), sent, "{name}");
    }
}

#[test]
fn every_request_that_is_wrong_is_refused_in_one_sentence() {
    for (name, body) in fixtures("faults", "json") {
        let fault = decode(Dialect::Responses, &body, false).unwrap_err().to_string();
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/golden/faults/responses/{name}.txt"));
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(fault, expected.trim_end(), "{name}");
    }
}

#[test]
fn a_canonical_request_survives() {
    let body = json!({
        "model": "m",
        "instructions": "Be brief.",
        "input": [
            {"type": "message", "role": "user", "content": [
                {"type": "input_text", "text": "Hi"},
                {"type": "input_image", "image_url": "data:image/png;base64,iVBO", "detail": "low"},
                {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"},
                {"type": "input_file", "file_url": "https://example.com/b.pdf"},
            ]},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": "gAAA"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
            {"type": "function_call", "call_id": "call_1", "name": "read", "arguments": "{\"a\":1.0}"},
            {"type": "custom_tool_call", "call_id": "call_2", "name": "apply_patch", "input": "*** Begin"},
            {"type": "function_call_output", "call_id": "call_1", "output": [
                {"type": "input_text", "text": "See:"},
                {"type": "input_image", "image_url": "https://example.com/c.png"},
            ]},
            {"type": "custom_tool_call_output", "call_id": "call_2", "output": "Done"},
            {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Now in French."}]},
            {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "Non."}]},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Oh"}]},
        ],
        "tools": [
            {"type": "function", "name": "read", "description": "Reads.", "strict": true,
                "parameters": {"type": "object", "properties": {"title": {"type": "string"}},
                    "required": ["title"], "additionalProperties": false}},
            {"type": "custom", "name": "apply_patch", "description": "Edits.",
                "format": {"type": "grammar", "syntax": "lark", "definition": "start: x"}},
            {"type": "web_search"},
        ],
        "tool_choice": {"type": "allowed_tools", "mode": "auto",
            "tools": [{"type": "function", "name": "read"}, {"type": "custom", "name": "apply_patch"}]},
        "parallel_tool_calls": false,
        "temperature": 0.5, "top_p": 1,
        "max_output_tokens": 1000,
        "reasoning": {"effort": "high", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
        "text": {"format": {"type": "json_schema", "name": "n", "description": "d", "strict": true,
            "schema": {"type": "object", "properties": {}, "additionalProperties": false}}},
        "user": "u", "prompt_cache_key": "k", "service_tier": "flex", "metadata": {"a": "b"},
        "previous_response_id": "resp_1",
        "store": false, "stream": true,
    });
    let bytes = serde_json::to_vec(&body).unwrap();
    let conversation = decode(Dialect::Responses, &bytes, true).unwrap();
    let encoded = encode(Dialect::Responses, &conversation, &Target::new("m", "openai", true));
    assert_eq!(parsed(&encoded.body), body);
    assert_eq!(encoded.dropped, []);
}

#[test]
fn every_stream_obeys_the_grammar_and_survives() {
    for (name, stream) in fixtures("streams", "sse") {
        let stream = Bytes::from(stream);
        let mut translation = Translation::collecting(Dialect::Responses, "openai");
        translation.push(stream.clone()).unwrap();
        let reply = translation.into_reply().0.unwrap_or_else(|error| panic!("{name}: {error}"));
        obeys_the_grammar(&reply.events(), &name);

        let mut translation = Translation::new(Dialect::Responses, "openai", Dialect::Responses, asked());
        let mut written = Vec::new();
        for seen in translation.push(stream.clone()).unwrap() {
            written.extend_from_slice(&seen.raw);
        }
        let (rest, report) =
            translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off."));
        written.extend_from_slice(&rest);
        assert!(report.ended && report.error.is_none(), "{name}");
        for (number, event) in events(&written).iter().enumerate() {
            assert_eq!(event["sequence_number"], number, "{name}");
        }
        let mut again = Translation::collecting(Dialect::Responses, "openai");
        again.push(Bytes::from(written.clone())).unwrap();
        let mut again = again.into_reply().0.unwrap();
        // Seals come back packed, and are unpacked by the decoder, not by a reader.
        for block in &mut again.blocks {
            if let crate::conversation::Block::Reasoning { seal: Some(seal), .. } = block {
                *seal = crate::conversation::Seal::unpack(Dialect::Responses, seal.data.clone());
            }
        }
        assert_eq!(comparable(again), comparable(reply), "{name}");

        // In pieces of one byte it is cut everywhere.
        for size in [1, 2, 7, 1000] {
            let mut translation = Translation::new(Dialect::Responses, "openai", Dialect::Responses, asked());
            let mut pieces = Vec::new();
            for at in (0..stream.len()).step_by(size) {
                for seen in translation.push(stream.slice(at..stream.len().min(at + size))).unwrap() {
                    pieces.extend_from_slice(&seen.raw);
                }
            }
            pieces.extend_from_slice(
                &translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off.")).0,
            );
            assert_eq!(pieces, written, "{name} in pieces of {size}");
        }
    }
}

#[test]
fn a_stream_that_ends_early_obeys_the_grammar() {
    for (name, stream) in fixtures("streams", "sse") {
        let text = String::from_utf8(stream).unwrap().replace("\r\n", "\n");
        let frames: Vec<&str> = text.split_inclusive("\n\n").collect();
        for kept in 1..frames.len() {
            let mut reader = super::Reader::new("openai");
            let mut events = Vec::new();
            for frame in &frames[..kept] {
                let data = frame.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
                if let Ok(node) = crate::json::tree::Node::parse(data) {
                    let object = node.object(&crate::json::tree::Path::Root).unwrap();
                    crate::transcode::Read::document(&mut reader, "", object, &mut events);
                }
            }
            crate::transcode::Read::end(&mut reader, &mut events);
            obeys_the_grammar(&events, &name);
        }
    }
}

#[test]
fn every_whole_reply_survives() {
    for (name, body) in fixtures("replies", "json") {
        let reply = read_whole(Dialect::Responses, &body, "openai").unwrap();
        let written = write_whole(Dialect::Responses, &reply, &asked());
        let mut again = read_whole(Dialect::Responses, &written, "openai").unwrap();
        for block in &mut again.blocks {
            if let crate::conversation::Block::Reasoning { seal: Some(seal), .. } = block {
                *seal = crate::conversation::Seal::unpack(Dialect::Responses, seal.data.clone());
            }
        }
        assert_eq!(comparable(again), comparable(reply), "{name}");
        let written = parsed(&written);
        assert_eq!(written["object"], "response");
        assert_eq!(written["model"], "asked/model");
    }
}
