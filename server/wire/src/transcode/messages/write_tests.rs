use super::Writer;
use crate::conversation::*;
use crate::transcode::{Opening, Write};
use crate::{Asked, Dialect, Event, Finish, ProviderError, Reply, Usage, write_whole};
use serde_json::{Value, json};

fn written(events: &[Event]) -> String {
    let mut writer = Writer::new(Asked { id: "0a".to_owned(), model: "m".to_owned(), ..Asked::default() });
    let mut out = Vec::new();
    for event in events {
        writer.event(event, &mut out);
    }
    String::from_utf8(out).unwrap()
}

fn events(text: &str) -> Vec<Value> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// Holds a stream against what Anthropic's SDKs insist on.
pub(crate) fn well_formed(text: &str, name: &str) {
    let mut open = None;
    let mut next = 0;
    let mut last = Value::Null;
    for (index, frame) in text.split_terminator("\n\n").enumerate() {
        let (event, data) = frame.split_once('\n').unwrap();
        let event = event.strip_prefix("event: ").unwrap();
        let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(data["type"], event, "{name}");
        assert_eq!(index == 0, event == "message_start", "{name}");
        assert!(!matches!(last["type"].as_str(), Some("message_stop" | "error")), "{name}: nothing follows");
        let at = data["index"].as_u64();
        match event {
            "content_block_start" => {
                assert_eq!((open, at), (None, Some(next)), "{name}");
                open = at;
            }
            "content_block_delta" => assert_eq!(open, at, "{name}"),
            "content_block_stop" => {
                assert_eq!(open.take(), at, "{name}");
                next += 1;
            }
            "message_delta" => {
                assert!(open.is_none() && data["usage"]["input_tokens"].is_u64(), "{name}");
                assert!(data["delta"]["stop_reason"].is_string(), "{name}");
            }
            "message_stop" => assert_eq!(last["type"], "message_delta", "{name}"),
            _ => {}
        }
        last = data;
    }
}

fn open_call(id: &str, kind: ToolKind) -> Event {
    Event::Open(Opening::ToolCall { id: id.to_owned(), name: "f".to_owned(), kind })
}

fn start() -> Event {
    Event::Start { id: String::new(), model: "x".to_owned(), usage: None }
}

fn foreign() -> Seal<'static> {
    Seal { dialect: Dialect::Responses, issuer: "openai".into(), data: "gAAA".into() }
}

#[test]
fn a_stream_looks_as_anthropics() {
    let usage = Usage { input: 3, cache_read: 20, cache_write: 1, output: 9, reasoning: Some(4) };
    let text = written(&[
        start(),
        Event::Open(Opening::Reasoning { summary: false }),
        Event::Piece("Hm".to_owned()),
        Event::Seal(foreign()),
        Event::Close,
        Event::Open(Opening::Text),
        Event::Close,
        Event::Open(Opening::Text),
        Event::Piece("Hi".to_owned()),
        Event::Close,
        open_call("functions.f:0", ToolKind::Function),
        Event::Close,
        Event::Usage(usage),
        Event::Finish(Finish::Stop),
        Event::Piece("never".to_owned()),
    ]);
    well_formed(&text, "a test");
    insta::assert_snapshot!(text, @r#"
    event: message_start
    data: {"type":"message_start","message":{"id":"msg_0a","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}

    event: ping
    data: {"type":"ping"}

    event: content_block_start
    data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"NinerouterSeal01cmVzcG9uc2VzCm9wZW5haQpnQUFB"}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":0}

    event: content_block_start
    data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi"}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":1}

    event: content_block_start
    data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"ninerouter_id_ZnVuY3Rpb25zLmY6MA","name":"f","input":{}}}

    event: content_block_delta
    data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}

    event: content_block_stop
    data: {"type":"content_block_stop","index":2}

    event: message_delta
    data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":3,"cache_creation_input_tokens":1,"cache_read_input_tokens":20,"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}

    event: message_stop
    data: {"type":"message_stop"}
    "#);
}

#[test]
fn a_lone_seal_becomes_what_clients_send_back() {
    let thought = |seals: &[Event]| {
        let mut all = vec![start(), Event::Open(Opening::Reasoning { summary: true })];
        all.extend_from_slice(seals);
        all.extend([Event::Close, Event::Finish(Finish::Stop)]);
        let text = written(&all);
        well_formed(&text, "a thought");
        events(&text).into_iter().filter(|event| event["index"] == 0).collect::<Vec<_>>()
    };
    assert!(thought(&[]).is_empty());
    let block = &thought(&[Event::Seal(foreign())])[0]["content_block"];
    assert_eq!(block, &json!({"type": "redacted_thinking", "data": foreign().pack()}));
    let own = |data: &'static str| Seal { dialect: Dialect::Messages, issuer: "".into(), data: data.into() };
    let block = &thought(&[Event::Seal(own("redacted_thinking:Em"))])[0]["content_block"];
    assert_eq!(block, &json!({"type": "redacted_thinking", "data": "Em"}));
    let omitted = thought(&[Event::Seal(own("Er"))]);
    assert_eq!(omitted[0]["content_block"]["type"], "thinking");
    assert_eq!(omitted[1]["delta"], json!({"type": "signature_delta", "signature": "Er"}));
    // A seal that comes before the words stands behind them.
    let early = thought(&[Event::Seal(own("Er")), Event::Piece("Hm".to_owned())]);
    assert_eq!(early[1]["delta"]["type"], "thinking_delta");
    assert_eq!(early[2]["delta"]["type"], "signature_delta");
}

/// Gemini's signature comes after its call and refuses the next turn without it.
#[test]
fn a_calls_seal_stands_before_it_and_comes_back_to_it() {
    let seal = Seal { dialect: Dialect::Gemini, issuer: "gemini".into(), data: "CiQB".into() };
    let call = |id: &'static str, seal| {
        let (kind, name, input) = (ToolKind::Function, "f".into(), r#"{"a":1}"#.into());
        Block::ToolCall(ToolCall { id: id.into(), name, input, kind, seal, cache: None })
    };
    let blocks = vec![Block::text("Both."), call("functions.f:0", Some(seal)), call("b", None)];
    let reply = Reply { blocks: blocks.clone(), finish: Finish::ToolCalls, ..Reply::default() };
    let asked = Asked { id: "0a".to_owned(), ..Asked::default() };
    let text = written(&reply.events());
    well_formed(&text, "a sealed call");
    let mut streamed: Vec<Value> = events(&text)
        .into_iter()
        .filter(|event| event["type"] == "content_block_start")
        .map(|mut event| event["content_block"].take())
        .collect();
    streamed[0]["text"] = json!("Both.");
    for at in [2, 3] {
        streamed[at]["input"] = json!({"a": 1});
    }
    let whole: Value = serde_json::from_slice(&write_whole(Dialect::Messages, &reply, &asked)).unwrap();
    assert_eq!(json!(streamed), whole["content"]);
    assert_eq!(streamed[1]["type"], "redacted_thinking");

    let result =
        |at: usize| json!({"type": "tool_result", "tool_use_id": streamed[at]["id"], "content": "1"});
    let request = json!({"max_tokens": 9, "messages": [
        {"role": "user", "content": "Call."},
        {"role": "assistant", "content": streamed},
        {"role": "user", "content": [result(2), result(3)]},
    ]})
    .to_string();
    let conversation = crate::decode(Dialect::Messages, request.as_bytes(), true).unwrap();
    assert_eq!(conversation.turns[1].blocks, blocks, "ids and seals are the provider's own again");
}

#[test]
fn free_text_becomes_an_object() {
    let text = written(&[
        start(),
        open_call("a", ToolKind::Custom),
        Event::Piece("*** \"Begin".to_owned()),
        Event::Piece("\n".to_owned()),
        Event::Close,
        Event::Finish(Finish::ToolCalls),
    ]);
    let input = events(&text)[3]["delta"]["partial_json"].as_str().unwrap().to_owned();
    assert_eq!(serde_json::from_str::<Value>(&input).unwrap(), json!({"input": "*** \"Begin\n"}));
}

#[test]
fn an_error_is_the_last_thing_and_keeps_the_providers_words() {
    let error = ProviderError {
        message: "Slow down".to_owned(),
        code: "1302".to_owned(),
        kind: String::new(),
        status: Some(429),
    };
    let open = [start(), Event::Open(Opening::Text), Event::Piece("Hel".to_owned())];
    let text = written(&[&open[..], &[Event::Error(error), Event::Finish(Finish::Stop)]].concat());
    well_formed(&text, "an error");
    let last = events(&text).pop().unwrap();
    let told = json!({"type": "rate_limit_error", "message": "Slow down", "code": "1302"});
    assert_eq!(last, json!({"type": "error", "error": told}));
}

#[test]
fn reasons_are_anthropics_words() {
    for (finish, reason) in [
        (Finish::Stop, "end_turn"),
        (Finish::StopSequence(None), "stop_sequence"),
        (Finish::Length, "max_tokens"),
        (Finish::Window, "model_context_window_exceeded"),
        (Finish::ToolCalls, "tool_use"),
        (Finish::Filtered, "refusal"),
        (Finish::Refused, "refusal"),
        (Finish::Paused, "pause_turn"),
        (Finish::Other("MALFORMED".to_owned()), "end_turn"),
    ] {
        let told = events(&written(&[start(), Event::Finish(finish)]));
        assert_eq!(told[2]["delta"]["stop_reason"], reason);
    }
}

#[test]
fn whole_replies_hold_only_what_the_dialect_can() {
    let image = Media {
        kind: MediaKind::Image,
        source: Source::Base64 { mime: "image/png".into(), data: "AA==".into() },
        name: None,
        detail: None,
        cache: None,
    };
    let call = ToolCall {
        id: "a.b".into(),
        name: "f".into(),
        input: "not json".into(),
        kind: ToolKind::Function,
        seal: None,
        cache: None,
    };
    let blocks = vec![
        Block::text(""),
        Block::Reasoning { text: "".into(), seal: None, summary: false },
        Block::Reasoning { text: "Hm".into(), seal: None, summary: false },
        Block::Media(image),
        Block::ToolCall(call),
    ];
    let reply = Reply { blocks, ..Reply::default() };
    let asked = Asked { id: "0a".to_owned(), model: "m".to_owned(), ..Asked::default() };
    let body: Value = serde_json::from_slice(&write_whole(Dialect::Messages, &reply, &asked)).unwrap();
    assert_eq!(body["id"], "msg_0a");
    assert_eq!(body["stop_reason"], "tool_use");
    assert_eq!(body["content"].as_array().unwrap().len(), 3);
    assert_eq!(body["content"][0], json!({"type": "thinking", "thinking": "Hm", "signature": ""}));
    assert_eq!(body["content"][2]["input"], json!({"input": "not json"}));
    assert_eq!(body["usage"]["output_tokens"], 0);
}
