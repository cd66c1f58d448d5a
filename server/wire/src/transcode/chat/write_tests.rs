use super::*;
use crate::conversation::{Block, Names, ToolCall, ToolKind};
use crate::transcode::{write_whole, writer};
use crate::{Event, Opening, ProviderError, Reply, Usage};
use serde_json::{Value as Json, json};

fn asked() -> Asked {
    Asked { id: "0a1b".to_owned(), model: "m".to_owned(), at: 7, ..Asked::default() }
}

fn stream(events: &[Event], asked: Asked) -> String {
    let mut writer = writer(Dialect::Chat, asked);
    let mut out = Vec::new();
    for event in events {
        writer.event(event, &mut out);
    }
    String::from_utf8(out).unwrap()
}

/// The deltas of a stream, finish reasons beside them.
fn deltas(events: &[Event], asked: Asked) -> Vec<Json> {
    let text = stream(events, asked);
    let chunks = text.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap());
    chunks
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str::<Json>(data).unwrap())
        .map(|mut chunk| chunk["choices"][0]["delta"].take())
        .collect()
}

fn call(id: &'static str, input: &'static str, seal: Option<Seal<'static>>) -> Block<'static> {
    let (kind, name) = (ToolKind::Function, "ls".into());
    Block::ToolCall(ToolCall { id: id.into(), name, input: input.into(), kind, seal, cache: None })
}

fn seal(dialect: Dialect, issuer: &'static str) -> Seal<'static> {
    Seal { dialect, issuer: issuer.into(), data: "Ej".into() }
}

fn reply(blocks: Vec<Block<'static>>, finish: Finish) -> Reply {
    Reply { blocks, finish, ..Reply::default() }
}

#[test]
fn chunks_are_openais() {
    let usage = Usage { input: 3, cache_read: 4, cache_write: 5, output: 6, reasoning: Some(2) };
    let reply = Reply { usage: Some(usage), ..reply(vec![Block::text("Hi")], Finish::Stop) };
    insta::assert_snapshot!(stream(&reply.events(), asked()), @r#"
    data: {"id":"chatcmpl-0a1b","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}

    data: {"id":"chatcmpl-0a1b","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}]}

    data: {"id":"chatcmpl-0a1b","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

    data: [DONE]
    "#);
    let with_usage = stream(&reply.events(), Asked { stream_usage: true, ..asked() });
    insta::assert_snapshot!(with_usage.split_terminator("\n\n").skip(2).collect::<Vec<_>>().join("\n"), @r#"
    data: {"id":"chatcmpl-0a1b","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}
    data: {"id":"chatcmpl-0a1b","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":6,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":5},"completion_tokens_details":{"reasoning_tokens":2}}}
    data: [DONE]
    "#);
    insta::assert_snapshot!(String::from_utf8(write_whole(Dialect::Chat, &reply, &asked())).unwrap(), @r#"{"id":"chatcmpl-0a1b","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":6,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":5},"completion_tokens_details":{"reasoning_tokens":2}}}"#);
}

#[test]
fn calls_have_running_indexes_and_arguments_always() {
    let kind = ToolKind::Function;
    let open = |id: &str| Event::Open(Opening::ToolCall { id: id.into(), name: "ls".into(), kind });
    let piece = |text: &str| Event::Piece(text.into());
    let events = [
        open("a"),
        piece("{\"x\""),
        piece(":1"),
        piece("}"),
        Event::Close,
        open("b"),
        Event::Close,
        Event::Finish(Finish::ToolCalls),
    ];
    let function = |name: &str, input: &str| json!({"name": name, "arguments": input});
    assert_eq!(
        deltas(&events, asked()),
        [
            json!({"role": "assistant", "content": null, "tool_calls":
                [{"index": 0, "id": "a", "type": "function", "function": function("ls", "{\"x\"")}]}),
            json!({"tool_calls": [{"index": 0, "function": {"arguments": ":1"}}]}),
            json!({"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]}),
            json!({"tool_calls": [{"index": 1, "id": "b", "type": "function", "function": function("ls", "")}]}),
            json!({"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]}),
            json!({}),
        ]
    );
}

/// The AI SDK looks for it in a call's first chunk only.
#[test]
fn a_seal_is_in_the_first_chunk_of_its_call() {
    let reply = reply(vec![call("a", "{}", Some(seal(Dialect::Gemini, "gemini")))], Finish::ToolCalls);
    let deltas = deltas(&reply.events(), asked());
    let signature = seal(Dialect::Gemini, "gemini").pack();
    assert_eq!(
        deltas[0]["tool_calls"][0]["extra_content"],
        json!({"google": {"thought_signature": signature}})
    );
    assert_eq!(deltas[0]["tool_calls"][0]["function"]["arguments"], "{}");
    assert_eq!(deltas.len(), 2);
}

#[test]
fn sealed_thoughts_go_out_whole() {
    let thought = |words: &'static str, seal: Seal<'static>, summary: bool| Block::Reasoning {
        text: words.into(),
        seal: Some(seal),
        summary,
    };
    let own =
        Seal { data: r#"[{"type":"reasoning.text","signature":"q"}]"#.into(), ..seal(Dialect::Chat, "") };
    let reply = reply(
        vec![
            thought("one", seal(Dialect::Messages, "anthropic"), false),
            thought("", seal(Dialect::Messages, "anthropic"), false),
            thought("two", seal(Dialect::Responses, "openai"), true),
            thought("three", own, false),
        ],
        Finish::Stop,
    );
    let (claude, openai) =
        (seal(Dialect::Messages, "anthropic").pack(), seal(Dialect::Responses, "openai").pack());
    let entries = json!([
        {"type": "reasoning.text", "text": "one", "signature": claude, "format": "unknown", "index": 0},
        {"type": "reasoning.encrypted", "data": claude, "format": "unknown", "index": 1},
        {"type": "reasoning.summary", "summary": "two", "format": "unknown", "index": 2},
        {"type": "reasoning.encrypted", "data": openai, "format": "unknown", "index": 3},
        {"type": "reasoning.text", "text": "three", "signature": "q"},
    ]);
    let mut whole: Json = serde_json::from_slice(&write_whole(Dialect::Chat, &reply, &asked())).unwrap();
    let message = whole["choices"][0]["message"].take();
    assert_eq!(message["reasoning_details"], entries);
    assert_eq!(message["reasoning_content"], "onetwothree");

    let deltas = deltas(&reply.events(), asked());
    assert_eq!(deltas[0], json!({"role": "assistant", "content": null}));
    assert_eq!(deltas[1], json!({"reasoning_content": "one"}));
    let streamed: Vec<Json> =
        deltas.iter().filter_map(|delta| delta["reasoning_details"].as_array().cloned()).flatten().collect();
    assert_eq!(Json::Array(streamed), entries);
}

#[test]
fn names_and_custom_tools_come_back() {
    let mut names = Names::default();
    let sent = names.send("mcp.fs/read", 64, |char| char.is_ascii_alphanumeric() || char == '_').into_owned();
    names.note_custom("patch");
    let call = |name: &str, input: &'static str| {
        let (kind, seal, cache) = (ToolKind::Function, None, None);
        Block::ToolCall(ToolCall {
            id: "a".into(),
            name: name.to_owned().into(),
            input: input.into(),
            kind,
            seal,
            cache,
        })
    };
    let reply = reply(vec![call(&sent, "{}"), call("patch", r#"{"input":"*** \"x\""}"#)], Finish::ToolCalls);
    let expected = json!([
        {"id": "a", "type": "function", "function": {"name": "mcp.fs/read", "arguments": "{}"}},
        {"id": "a", "type": "custom", "custom": {"name": "patch", "input": "*** \"x\""}},
    ]);
    let asked = Asked { names, ..asked() };
    let whole: Json = serde_json::from_slice(&write_whole(Dialect::Chat, &reply, &asked)).unwrap();
    assert_eq!(whole["choices"][0]["message"]["tool_calls"], expected);
    let deltas = deltas(&reply.events(), asked);
    assert_eq!(deltas[0]["tool_calls"][0]["function"]["name"], "mcp.fs/read");
    assert_eq!(deltas[1]["tool_calls"][0]["custom"], expected[1]["custom"]);
    assert_eq!(deltas.len(), 3);
}

#[test]
fn reasons_are_in_openais_words() {
    let word = |blocks: Vec<Block<'static>>, finish: Finish| {
        let reply = reply(blocks, finish);
        let whole: Json = serde_json::from_slice(&write_whole(Dialect::Chat, &reply, &asked())).unwrap();
        let text = stream(&reply.events(), asked());
        let reason = whole["choices"][0]["finish_reason"].as_str().unwrap().to_owned();
        assert!(text.contains(&format!("\"finish_reason\":\"{reason}\"")), "{text}");
        reason
    };
    assert_eq!(word(vec![], Finish::StopSequence(Some("x".into()))), "stop");
    assert_eq!(word(vec![], Finish::Window), "length");
    assert_eq!(word(vec![], Finish::Refused), "content_filter");
    assert_eq!(word(vec![Block::Refusal("no".into())], Finish::Refused), "stop");
    assert_eq!(word(vec![], Finish::Other("OTHER".into())), "stop");
}

#[test]
fn nothing_follows_an_error() {
    let error =
        ProviderError { message: "gone".into(), code: "529".into(), kind: "overloaded".into(), status: None };
    let events = [
        Event::Open(Opening::Text),
        Event::Piece("Hal".into()),
        Event::Error(error),
        Event::Finish(Finish::Stop),
    ];
    let text = stream(&events, asked());
    assert!(text.ends_with(
        "data: {\"error\":{\"message\":\"gone\",\"type\":\"overloaded\",\"param\":null,\"code\":\"529\"}}\n\n"
    ));
}
