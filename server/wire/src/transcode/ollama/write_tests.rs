use super::time;
use crate::conversation::{Block, ToolCall, ToolKind};
use crate::transcode::writer;
use crate::{Asked, Dialect, Event, Finish, Opening, ProviderError, Reply, Translation, Usage, write_whole};
use bytes::Bytes;
use serde_json::{Value, json};

fn asked() -> Asked {
    Asked { model: "m".to_owned(), at: 1_790_000_000, ..Asked::default() }
}

fn streamed(events: &[Event]) -> Vec<Value> {
    let mut writer = writer(Dialect::Ollama, asked());
    let mut out = Vec::new();
    events.iter().for_each(|event| writer.event(event, &mut out));
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn called(input: &str, finish: Finish) -> Reply {
    let call = ToolCall {
        id: "a".into(),
        name: "ls".into(),
        input: input.to_owned().into(),
        kind: ToolKind::Function,
        seal: None,
        cache: None,
    };
    let blocks = vec![Block::text("hm"), Block::ToolCall(call)];
    let usage = Some(Usage { input: 1, cache_read: 2, cache_write: 3, output: 4, reasoning: Some(3) });
    Reply { blocks, finish, usage, ..Reply::default() }
}

#[test]
fn a_reply_and_its_stream_say_the_same() {
    let reply = called("{\n \"path\": \".\"\n}", Finish::ToolCalls);
    let whole: Value = serde_json::from_slice(&write_whole(Dialect::Ollama, &reply, &asked())).unwrap();
    let lines = streamed(&reply.events());
    let calls = json!([{"id": "a", "function": {"index": 0, "name": "ls", "arguments": {"path": "."}}}]);
    assert_eq!(lines.len(), 3, "a call is one line, however it was written");
    assert_eq!(lines[0]["message"], json!({"role": "assistant", "content": "hm"}));
    assert_eq!(lines[1]["message"]["tool_calls"], calls);
    assert_eq!(whole["message"], json!({"role": "assistant", "content": "hm", "tool_calls": calls}));
    for last in [&whole, &lines[2]] {
        assert_eq!((&last["done"], &last["done_reason"]), (&json!(true), &json!("stop")));
        assert_eq!(
            (&last["prompt_eval_count"], &last["eval_count"]),
            (&json!(6), &json!(4)),
            "the whole prompt"
        );
        assert_eq!(last["created_at"], "2026-09-21T14:13:20Z");
    }
}

#[test]
fn a_call_cut_at_the_limit_is_left_out() {
    let reply = called("{\"path\": \"/sr", Finish::Length);
    let whole: Value = serde_json::from_slice(&write_whole(Dialect::Ollama, &reply, &asked())).unwrap();
    let lines = streamed(&reply.events());
    assert_eq!((whole["message"].get("tool_calls"), &whole["done_reason"]), (None, &json!("length")));
    assert_eq!((lines.len(), &lines[1]["done_reason"]), (2, &json!("length")));
}

#[test]
fn a_broken_call_is_an_error_and_never_a_call() {
    let reply = called("{\"path\": ", Finish::ToolCalls);
    let whole: Value = serde_json::from_slice(&write_whole(Dialect::Ollama, &reply, &asked())).unwrap();
    let lines = streamed(&reply.events());
    let error = json!("The model called the tool \"ls\" with arguments that are no JSON object.");
    assert_eq!((&whole["error"], &lines[1]["error"], lines.len()), (&error, &error, 2));
}

#[test]
fn an_error_is_the_last_line() {
    let error = ProviderError {
        message: "no\nmore".to_owned(),
        code: "529".to_owned(),
        kind: "overloaded_error".to_owned(),
        status: Some(529),
    };
    let lines = streamed(&[
        Event::Start { id: String::new(), model: String::new(), usage: None },
        Event::Open(Opening::Refusal),
        Event::Piece("I can".to_owned()),
        Event::Error(error),
        Event::Finish(Finish::Stop),
    ]);
    let expected = json!({"error": "no\nmore", "code": "529", "type": "overloaded_error", "status": 529});
    assert_eq!(lines[1..], [expected]);
}

#[test]
fn a_stream_of_ones_own_means_the_same_cut_anywhere() {
    for text in [
        include_str!("../../../tests/golden/streams/ollama/thinking_and_calls.ndjson"),
        include_str!("../../../tests/golden/streams/ollama/length_crlf.ndjson"),
    ] {
        let text = Bytes::from_static(text.as_bytes());
        let translated = |cut: usize| {
            let mut translation = Translation::new(Dialect::Ollama, "ollama", Dialect::Ollama, asked());
            let mut out = Vec::new();
            for chunk in [text.slice(..cut), text.slice(cut..)] {
                translation.push(chunk).unwrap().iter().for_each(|seen| out.extend_from_slice(&seen.raw));
            }
            out.extend_from_slice(
                &translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off.")).0,
            );
            Bytes::from(out)
        };
        let collected = |text: Bytes| {
            let mut translation = Translation::collecting(Dialect::Ollama, "ollama");
            translation.push(text).unwrap();
            let reply = translation.into_reply().0.unwrap();
            Reply { model: String::new(), ..reply }
        };
        let out = translated(0);
        assert_eq!(collected(out.clone()), collected(text.clone()));
        for cut in 1..=text.len() {
            assert_eq!(translated(cut), out, "cut at {cut}");
        }
    }
}

#[test]
fn times_are_rfc_3339() {
    for (at, text) in [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_251_199, "2024-02-29T23:59:59Z"),
        (1_735_689_600, "2025-01-01T00:00:00Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
    ] {
        assert_eq!(time(at), text);
    }
}
