//! The fixtures of this dialect, through this dialect.

use crate::conversation::Conversation;
use crate::{Asked, Dialect, Event, Reply, Target, Translation, read_reply};
use crate::{ReasoningStyle, decode, encode, peek, read_whole, write_whole};
use bytes::Bytes;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

fn fixtures(kind: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(kind).join("messages");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect();
    found.sort();
    found
}

fn decoded<'b>(name: &str, body: &'b [u8]) -> Conversation<'b> {
    let peeked = peek(Dialect::Messages, body).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    decode(Dialect::Messages, body, peeked.stream).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// The target that asks for reasoning as the request did.
fn target<'t>(body: &'t Value, stream: bool) -> Target<'t> {
    let reasoning = match body["thinking"]["type"].as_str() {
        Some("enabled") => ReasoningStyle::Budget,
        _ => ReasoningStyle::Adaptive,
    };
    let model = body["model"].as_str().unwrap();
    Target { reasoning, system_messages: true, place_cache: false, ..Target::new(model, "anthropic", stream) }
}

/// Content as this dialect is encoded: a list of blocks, nothing that says the usual.
fn canonical(mut body: Value) -> Value {
    let blocks = |content: &mut Value| {
        if let Some(text) = content.as_str().filter(|text| !text.is_empty()) {
            *content = json!([{"type": "text", "text": text}]);
        }
    };
    for message in body["messages"].as_array_mut().unwrap() {
        blocks(&mut message["content"]);
        for block in message["content"].as_array_mut().unwrap() {
            if block["type"] == "tool_result" {
                blocks(&mut block["content"]);
            }
        }
    }
    if body["stream"] == false {
        body.as_object_mut().unwrap().remove("stream");
    }
    body
}

#[test]
fn what_the_canonical_form_holds_comes_out_as_it_went_in() {
    for name in [
        "cache_marks",
        "structured_output",
        "tool_choice_any",
        "tool_choice_named",
        "tool_choice_none",
        "tool_loop_with_thinking",
    ] {
        let name = format!("{name}.json");
        let (_, body) = fixtures("requests").into_iter().find(|(found, _)| *found == name).unwrap();
        let conversation = decoded(&name, &body);
        let mut stated = canonical(serde_json::from_slice(&body).unwrap());
        if name.starts_with("structured") {
            // An effort alone means thinking elsewhere.
            stated["thinking"] = json!({"type": "adaptive"});
        }
        let mut target = target(&stated, conversation.stream);
        if !name.starts_with("structured") {
            target.reasoning = ReasoningStyle::Budget;
        }
        let encoded = encode(Dialect::Messages, &conversation, &target);
        let sent: Value = serde_json::from_slice(&encoded.body).unwrap();
        assert_eq!(sent, stated, "{name}");
        assert_eq!(encoded.dropped, [], "{name}");
    }
}

#[test]
fn every_request_is_encoded_the_same_every_time_and_obeys_the_rules() {
    for (name, body) in fixtures("requests") {
        let conversation = decoded(&name, &body);
        let stated: Value = serde_json::from_slice(&body).unwrap();
        for place_cache in [false, true] {
            let target = Target { place_cache, ..target(&stated, conversation.stream) };
            let encoded = encode(Dialect::Messages, &conversation, &target);
            assert_eq!(encode(Dialect::Messages, &conversation, &target), encoded, "{name}");
            let sent: Value = serde_json::from_slice(&encoded.body).unwrap();
            super::encode::obeys(&sent, &name);
            // What was sent is read as the same conversation once more.
            let again = decoded(&name, &encoded.body);
            let twice = encode(Dialect::Messages, &again, &target);
            let twice: Value = serde_json::from_slice(&twice.body).unwrap();
            assert_eq!(twice, sent, "{name} a second time");
        }
    }
}

#[test]
fn faults_are_told_in_one_sentence() {
    let found = fixtures("faults");
    let sentences = found.iter().filter(|(name, _)| name.ends_with(".txt"));
    for (name, sentence) in sentences {
        let body = name.replace(".txt", ".json");
        let (_, body) = found.iter().find(|(found, _)| *found == body).unwrap();
        let fault = decode(Dialect::Messages, body, false).unwrap_err().to_string();
        assert_eq!(fault, String::from_utf8_lossy(sentence).trim_end(), "{name}");
    }
}

fn asked() -> Asked {
    Asked { id: "0123".to_owned(), model: "answered".to_owned(), ..Asked::default() }
}

fn through(text: &Bytes, size: usize) -> Vec<u8> {
    let mut translation = Translation::new(Dialect::Messages, "anthropic", Dialect::Messages, asked());
    let mut out = Vec::new();
    for at in (0..text.len()).step_by(size) {
        for seen in translation.push(text.slice(at..text.len().min(at + size))).unwrap() {
            out.extend_from_slice(&seen.raw);
        }
    }
    out.extend_from_slice(
        &translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off.")).0,
    );
    out
}

fn collected(text: &[u8], issuer: &str) -> Result<Reply, crate::ProviderError> {
    let mut translation = Translation::collecting(Dialect::Messages, issuer);
    translation.push(Bytes::copy_from_slice(text)).unwrap();
    translation.into_reply().0
}

/// A reply as it was before it was written for a client: what its seals were packed into is unpacked.
fn unpacked(mut reply: Reply) -> Reply {
    use crate::conversation::{Block, Seal};
    for block in &mut reply.blocks {
        if let Block::Reasoning { seal: Some(seal), .. } = block {
            let data = super::seals::unmark(&seal.data).unwrap_or(&seal.data).to_owned();
            *seal = Seal::unpack(Dialect::Messages, data.into()).into_owned();
        }
    }
    reply
}

/// A reply with the ids and arguments that a client sees.
fn with_ids(mut reply: Reply) -> Reply {
    for block in &mut reply.blocks {
        if let crate::conversation::Block::ToolCall(call) = block {
            call.id = super::ids::shown(&call.id).into_owned().into();
            call.input = crate::transcode::reply::arguments(&call.input, call.kind).into_owned().into();
        }
    }
    reply
}

#[test]
fn streams_come_out_equivalent_however_they_are_cut() {
    for (name, text) in fixtures("streams") {
        let text = Bytes::from(text);
        let whole = through(&text, text.len());
        for size in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(through(&text, size), whole, "{name} in pieces of {size}");
        }
        for cut in 0..text.len() {
            let mut translation =
                Translation::new(Dialect::Messages, "anthropic", Dialect::Messages, asked());
            let mut out = Vec::new();
            for part in [text.slice(..cut), text.slice(cut..)] {
                for seen in translation.push(part).unwrap() {
                    out.extend_from_slice(&seen.raw);
                }
            }
            out.extend_from_slice(
                &translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off.")).0,
            );
            assert_eq!(out, whole, "{name} cut at {cut}");
        }
        super::write::well_formed(&String::from_utf8(whole.clone()).unwrap(), &name);
        match collected(&text, "anthropic") {
            Ok(mut reply) => {
                "answered".clone_into(&mut reply.model);
                // A written stream says the same, its seals packed.
                let again = unpacked(collected(&whole, "").unwrap());
                assert_eq!(again, with_ids(reply), "{name}");
            }
            Err(error) => {
                assert_eq!(name, "overloaded.sse");
                assert_eq!(collected(&whole, "").unwrap_err(), error);
                assert!(whole.ends_with(b"\"message\":\"Overloaded\"}}\n\n"));
            }
        }
    }
}

#[test]
fn a_stream_cut_short_is_never_finished() {
    for (name, text) in fixtures("streams") {
        let text = String::from_utf8(text).unwrap();
        let end = text.find("event: message_delta").unwrap_or(text.len());
        for cut in (0..end).step_by(5) {
            let Some(part) = text.get(..cut) else { continue };
            let out = through(&Bytes::copy_from_slice(part.as_bytes()), 50);
            let out = String::from_utf8(out).unwrap();
            assert!(!out.contains("message_stop") && !out.contains("message_delta"), "{name} at {cut}");
        }
    }
}

#[test]
fn whole_replies_come_out_equivalent() {
    for (name, text) in fixtures("replies") {
        let mut reply = read_whole(Dialect::Messages, &text, "anthropic").unwrap();
        reply.usage = read_reply(Dialect::Messages, &text).unwrap().usage;
        let written = write_whole(Dialect::Messages, &reply, &asked());
        let mut again = read_whole(Dialect::Messages, &written, "").unwrap();
        again.usage = read_reply(Dialect::Messages, &written).unwrap().usage;
        if reply.id.is_empty() {
            "msg_0123".clone_into(&mut reply.id);
        }
        "answered".clone_into(&mut reply.model);
        let reply = with_ids(reply);
        assert_eq!(unpacked(again), reply, "{name}");
        // As a stream it says the same.
        let mut writer = super::Writer::new(asked());
        let mut out = Vec::new();
        for event in reply.events() {
            crate::transcode::Write::event(&mut writer, &event, &mut out);
        }
        super::write::well_formed(&String::from_utf8(out.clone()).unwrap(), &name);
        assert_eq!(unpacked(collected(&out, "").unwrap()), reply, "{name} as a stream");
    }
}

#[test]
fn events_follow_the_grammar() {
    for (name, text) in fixtures("streams") {
        let text = String::from_utf8(text).unwrap().replace("\r\n", "\n");
        let mut reader = super::Reader::new("anthropic");
        let mut events = Vec::new();
        for data in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
            if let Ok(crate::json::tree::Node { value: crate::json::tree::Value::Object(body), .. }) =
                crate::json::tree::Node::parse(data)
            {
                crate::transcode::Read::document(&mut reader, "", body, &mut events);
            }
        }
        crate::transcode::Read::end(&mut reader, &mut events);
        let mut open = false;
        for (index, event) in events.iter().enumerate() {
            match event {
                Event::Start { .. } => assert_eq!(index, 0, "{name}"),
                Event::Open(_) => assert!(!std::mem::replace(&mut open, true), "{name}"),
                Event::Piece(piece) => assert!(open && !piece.is_empty(), "{name}"),
                Event::Seal(_) => assert!(open, "{name}"),
                Event::Close => assert!(std::mem::replace(&mut open, false), "{name}"),
                Event::Finish(_) => assert!(!open && index + 1 == events.len(), "{name}"),
                Event::Usage(_) | Event::Error(_) => panic!("{name}: {event:?}"),
            }
        }
    }
}
