use super::fixtures;
use crate::conversation::{Block, Bundle, Seal, Thought, ToolKind};
use crate::transcode::{gemini::Writer, write_whole};
use crate::{
    Asked, Dialect, Event, Finish, Form, Opening, ProviderError, Reply, Translation, Usage, read_reply,
    read_whole,
};
use bytes::Bytes;
use serde_json::Value;

fn asked() -> Asked {
    Asked { id: "00ff".to_owned(), ..Asked::default() }
}

/// A stream as a Gemini client sees it. Seals of no known issuer go out as they are.
fn translated(chunks: &[&[u8]]) -> Vec<u8> {
    let mut translation = Translation::new(Dialect::Gemini, "", Dialect::Gemini, asked());
    let mut out = Vec::new();
    for chunk in chunks {
        for seen in translation.push(Bytes::copy_from_slice(chunk)).unwrap() {
            out.extend_from_slice(&seen.raw);
        }
    }
    out.extend_from_slice(
        &translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off.")).0,
    );
    out
}

fn collected(stream: &[u8]) -> Result<Reply, ProviderError> {
    let mut translation = Translation::collecting(Dialect::Gemini, "");
    translation.push(Bytes::copy_from_slice(stream)).unwrap();
    translation.into_reply().0
}

#[test]
fn every_stream_tells_the_same_after_a_translation() {
    for (name, stream) in fixtures("streams", "sse") {
        let once = translated(&[&stream]);
        // Google's form of an error has a number for its code.
        let told = |reply: Result<Reply, ProviderError>| reply.map_err(|error| (error.message, error.status));
        let (once, text) = (collected(&once), String::from_utf8_lossy(&once).into_owned());
        assert_eq!(told(once), told(collected(&stream)), "{name}: {text}");
    }
}

#[test]
fn a_stream_cut_anywhere_gives_the_same_bytes() {
    for (name, stream) in fixtures("streams", "sse") {
        let whole = translated(&[&stream]);
        for cut in 0..stream.len() {
            let (before, after) = stream.split_at(cut);
            assert_eq!(translated(&[before, after]), whole, "{name} cut at {cut}");
        }
    }
}

#[test]
fn every_reply_tells_the_same_after_a_translation() {
    for (name, body) in fixtures("replies", "json") {
        let mut reply = read_whole(Dialect::Gemini, &body, "").unwrap();
        reply.usage = read_reply(Dialect::Gemini, &body).unwrap().usage;
        let written = write_whole(Dialect::Gemini, &reply, &asked());
        let mut again = read_whole(Dialect::Gemini, &written, "").unwrap();
        again.usage = read_reply(Dialect::Gemini, &written).unwrap().usage;
        if reply.id.is_empty() {
            reply.id = asked().id;
        }
        // A filter's words are many, and ours is one.
        assert_eq!(again, reply, "{name}");
        let streamed: Reply = Reply::collect(reply.events()).unwrap();
        assert_eq!(streamed, reply, "{name}");
    }
}

#[test]
fn a_stream_becomes_blocks() {
    let stream =
        |wanted: &str| fixtures("streams", "sse").into_iter().find(|(name, _)| name == wanted).unwrap().1;
    let reply = collected(&stream("thinking_tools_crlf")).unwrap();
    let [
        Block::Reasoning { text: thought, .. },
        Block::Text { text, .. },
        Block::ToolCall(first),
        Block::ToolCall(second),
    ] = reply.blocks.as_slice()
    else {
        panic!("{:?}", reply.blocks)
    };
    assert_eq!(thought, "**Reading the file**\n\nI should look at `main.rs` and `lib.rs` first.");
    assert_eq!(text, "I will read both files.");
    assert_eq!(
        (first.id.as_ref(), first.input.as_ref()),
        ("c5f2kq8z", r#"{"path":"src/main.rs","limit":200}"#)
    );
    assert!(first.seal.is_some() && second.seal.is_none());
    assert_eq!(reply.finish, Finish::ToolCalls, "Gemini says STOP");
    assert_eq!(reply.usage.unwrap().output, 119);

    let reply = collected(&stream("signature_at_the_end")).unwrap();
    assert!(
        matches!(reply.blocks.as_slice(), [Block::Text { text, seal: Some(_), .. }] if text == "The answer is 4.")
    );
    for (name, finish) in [
        ("blocked_prompt", Finish::Filtered),
        ("safety", Finish::Filtered),
        ("length", Finish::Length),
        ("calls_without_ids", Finish::ToolCalls),
        ("image", Finish::Stop),
    ] {
        assert_eq!(collected(&stream(name)).unwrap().finish, finish, "{name}");
    }
    assert!(matches!(
        collected(&stream("image")).unwrap().blocks.as_slice(),
        [Block::Text { .. }, Block::Media(_)]
    ));
    assert_eq!(collected(&stream("overloaded")).unwrap_err().status, Some(503));
    let broken = collected(&stream("malformed_function_call")).unwrap_err();
    assert_eq!((broken.status, broken.code.as_str()), (Some(502), "MALFORMED_FUNCTION_CALL"));
}

#[test]
fn ids_made_up_differ_from_reply_to_reply() {
    let body = |id: &str| {
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"functionCall":{{"name":"ls"}}}},{{"functionCall":{{"name":"ls"}}}}]}}}}],"responseId":"{id}"}}"#
        )
    };
    let ids = |id: &str| -> Vec<String> {
        let reply = read_whole(Dialect::Gemini, body(id).as_bytes(), "gemini").unwrap();
        assert_eq!(reply.finish, Finish::ToolCalls);
        reply
            .blocks
            .iter()
            .map(|block| match block {
                Block::ToolCall(call) => call.id.clone().into_owned(),
                _ => String::new(),
            })
            .collect()
    };
    let (first, second) = (ids("r1"), ids("r2"));
    assert_eq!(first, ids("r1"));
    assert!(first[0] != first[1] && first[0] != second[0]);
}

#[test]
fn a_seal_after_an_unsigned_call_is_the_calls() {
    let body = br#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"ls","args":{}}},{"text":"","thoughtSignature":"c2ln"}]}}]}"#;
    let reply = read_whole(Dialect::Gemini, body, "gemini").unwrap();
    assert!(
        matches!(reply.blocks.as_slice(), [Block::ToolCall(call)] if call.seal.as_ref().unwrap().issuer == "gemini")
    );
    let alone = br#"{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]}"#;
    let reply = read_whole(Dialect::Gemini, alone, "gemini").unwrap();
    assert!(
        matches!(reply.blocks.as_slice(), [Block::Reasoning { text, seal: Some(_), .. }] if text.is_empty())
    );
}

fn written(form: Form, events: &[Event]) -> String {
    use crate::transcode::Write;
    let mut asked = Asked { form, model: "m".to_owned(), ..asked() };
    let sent =
        asked.names.send("mcp/ls", 64, |char| char.is_ascii_alphanumeric() || char == '_').into_owned();
    let mut writer = Writer::new(asked);
    let mut out = Vec::new();
    for event in events {
        let event = match event {
            Event::Open(Opening::ToolCall { id, kind, .. }) => {
                Event::Open(Opening::ToolCall { id: id.clone(), name: sent.clone(), kind: *kind })
            }
            event => event.clone(),
        };
        writer.event(&event, &mut out);
    }
    String::from_utf8(out).unwrap()
}

fn start() -> Event {
    Event::Start { id: "r".to_owned(), model: "other".to_owned(), usage: None }
}

#[test]
fn calls_are_held_until_whole_and_the_reason_comes_last() {
    let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "x".into() };
    let events = [
        start(),
        Event::Open(Opening::Reasoning { summary: false }),
        Event::Piece("hm".to_owned()),
        Event::Seal(seal.clone()),
        Event::Close,
        Event::Open(Opening::ToolCall { id: "1".to_owned(), name: String::new(), kind: ToolKind::Function }),
        Event::Piece("{\"a\":".to_owned()),
        Event::Piece("1.0}".to_owned()),
        Event::Close,
        Event::Usage(Usage { input: 10, cache_read: 5, cache_write: 3, output: 9, reasoning: Some(4) }),
        Event::Finish(Finish::ToolCalls),
        Event::Finish(Finish::Stop),
    ];
    let packed = seal.pack();
    let thoughts = vec![Thought { text: "hm".to_owned(), summary: false, seal }];
    let kept = Bundle { own: None, thoughts }.pack().unwrap();
    let head = r#""modelVersion":"m","responseId":"r"}"#;
    let expected = [
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"hm","thought":true}}],"role":"model"}},"index":0}}],{head}"#
        ),
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"","thought":true,"thoughtSignature":"{packed}"}}],"role":"model"}},"index":0}}],{head}"#
        ),
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"functionCall":{{"id":"1","name":"mcp/ls","args":{{"a":1.0}}}},"thoughtSignature":"{kept}"}}],"role":"model"}},"index":0}}],{head}"#
        ),
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":""}}],"role":"model"}},"finishReason":"STOP","index":0}}],"usageMetadata":{{"promptTokenCount":18,"candidatesTokenCount":5,"totalTokenCount":27,"cachedContentTokenCount":5,"thoughtsTokenCount":4}},{head}"#
        ),
    ];
    let stream: String = expected.iter().map(|chunk| format!("data: {chunk}\r\n\r\n")).collect();
    assert_eq!(written(Form::Events, &events), stream);
    let array = written(Form::Array, &events);
    assert_eq!(array, format!("[{}]", expected.join(",\r\n")));
    assert_eq!(serde_json::from_str::<Value>(&array).unwrap().as_array().unwrap().len(), 4);
}

#[test]
fn an_array_is_closed_after_an_error_too() {
    let error = |code: &str, kind: &str, status| {
        Event::Error(ProviderError {
            message: "busy".to_owned(),
            code: code.to_owned(),
            kind: kind.to_owned(),
            status,
        })
    };
    let overloaded =
        [start(), Event::Open(Opening::Text), error("", "overloaded_error", Some(529)), Event::Close];
    assert_eq!(
        written(Form::Array, &overloaded),
        r#"[{"error":{"code":529,"message":"busy","status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"overloaded_error"}]}}]"#
    );
    assert_eq!(
        written(Form::Events, &[error("429", "RESOURCE_EXHAUSTED", None)]),
        "data: {\"error\":{\"code\":429,\"message\":\"busy\",\"status\":\"RESOURCE_EXHAUSTED\"}}\r\n\r\n"
    );
}

#[test]
fn a_call_that_was_cut_is_not_presented_as_whole() {
    let cut = |finish: Finish| {
        written(
            Form::Array,
            &[
                start(),
                Event::Open(Opening::ToolCall {
                    id: "1".to_owned(),
                    name: String::new(),
                    kind: ToolKind::Function,
                }),
                Event::Piece("{\"a\":".to_owned()),
                Event::Close,
                Event::Finish(finish),
            ],
        )
    };
    let text = cut(Finish::ToolCalls);
    assert!(text.contains("MALFORMED_FUNCTION_CALL") && !text.contains("functionCall\""), "{text}");
    assert!(cut(Finish::Length).contains("MAX_TOKENS"));
    let none = [
        start(),
        Event::Open(Opening::ToolCall { id: "1".to_owned(), name: String::new(), kind: ToolKind::Function }),
        Event::Close,
        Event::Finish(Finish::ToolCalls),
    ];
    assert!(written(Form::Array, &none).contains(r#""args":{}"#));
}
