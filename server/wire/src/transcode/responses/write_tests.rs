use super::*;
use crate::conversation::{Names, Seal, ToolKind};
use crate::json::tree::{Object, Path};
use crate::transcode::Read;
use crate::{Dialect, Opening};
use serde_json::{Value, json};

fn asked() -> Asked {
    let mut names = Names::default();
    names.note_custom("apply_patch");
    names.send("mcp__fs::read", 64, |char| char.is_ascii_alphanumeric() || char == '_');
    Asked { id: "0af1".to_owned(), model: "m".to_owned(), at: 1_790_000_000, names, ..Asked::default() }
}

/// The data of each frame.
fn written(events: &[Event]) -> Vec<Value> {
    let mut writer = Writer::new(asked());
    let mut out = Vec::new();
    for event in events {
        writer.event(event, &mut out);
    }
    let text = String::from_utf8(out).unwrap();
    text.split_terminator("\n\n")
        .map(|frame| serde_json::from_str(frame.split_once("\ndata: ").unwrap().1).unwrap())
        .collect()
}

fn kinds(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|frame| frame["type"].as_str().unwrap().trim_start_matches("response.")).collect()
}

fn start() -> Event {
    Event::Start { id: "msg_01".to_owned(), model: "claude".to_owned(), usage: None }
}

fn piece(text: &str) -> Event {
    Event::Piece(text.to_owned())
}

fn call(name: &str, kind: ToolKind) -> Event {
    Event::Open(Opening::ToolCall { id: "toolu_1".to_owned(), name: name.to_owned(), kind })
}

#[test]
fn a_stream_is_told_in_openais_order() {
    let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "Eq==".into() };
    let usage = Usage { input: 10, cache_read: 20, cache_write: 3, output: 7, reasoning: Some(2) };
    let frames = written(&[
        start(),
        Event::Open(Opening::Reasoning { summary: false }),
        piece("Hm"),
        piece("."),
        Event::Seal(seal.clone()),
        Event::Close,
        Event::Open(Opening::Text),
        piece("Yes"),
        Event::Close,
        Event::Open(Opening::Text),
        Event::Close,
        call("list", ToolKind::Function),
        Event::Close,
        Event::Usage(usage),
        Event::Finish(Finish::ToolCalls),
    ]);
    assert_eq!(
        kinds(&frames),
        [
            "created",
            "in_progress",
            "output_item.added",
            "reasoning_summary_part.added",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.done",
            "reasoning_summary_part.done",
            "output_item.done",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "completed",
        ]
    );
    let response = &frames.last().unwrap()["response"];
    assert_eq!(
        response["output"],
        json!([
            {"id": "rs_0af1_0", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}],
                "encrypted_content": seal.pack()},
            {"id": "msg_0af1_1", "type": "message", "status": "completed", "role": "assistant",
                "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Yes"}]},
            {"id": "fc_0af1_2", "type": "function_call", "status": "completed", "call_id": "toolu_1",
                "name": "list", "arguments": "{}"},
        ])
    );
    assert_eq!(
        response["usage"],
        json!({
            "input_tokens": 33, "input_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 3},
            "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 40,
        })
    );
    assert_eq!(
        (&response["id"], &response["model"], &response["created_at"]),
        (&json!("resp_0af1"), &json!("m"), &json!(1_790_000_000))
    );
    assert_eq!(frames[0]["response"]["status"], "in_progress");
    for (number, frame) in frames.iter().enumerate() {
        assert_eq!(frame["sequence_number"], number);
        if let Some(index) = frame.get("output_index") {
            assert!(index.as_u64().unwrap() < 3, "an empty text takes no place");
        }
    }
}

/// What the AI SDK (zod) and Codex (serde) need of each event; an event that lacks it is passed over.
#[test]
fn every_event_has_what_clients_require() {
    let frames = written(&[
        start(),
        Event::Open(Opening::Reasoning { summary: true }),
        piece("Hm"),
        Event::Close,
        Event::Open(Opening::Text),
        piece("Yes"),
        Event::Close,
        Event::Open(Opening::Refusal),
        piece("No"),
        Event::Close,
        call("list", ToolKind::Function),
        piece("{\"a\":1}"),
        Event::Close,
        call("apply_patch", ToolKind::Custom),
        piece("***"),
        Event::Close,
        Event::Finish(Finish::Stop),
    ]);
    for frame in &frames {
        let needed: &[&str] = match frame["type"].as_str().unwrap() {
            "response.created" | "response.in_progress" => {
                &["/response/id", "/response/created_at", "/response/model", "/response/tools"]
            }
            "response.output_item.added" | "response.output_item.done" => {
                &["/output_index", "/item/id", "/item/type"]
            }
            "response.content_part.added" | "response.content_part.done" => {
                &["/item_id", "/output_index", "/content_index", "/part/type"]
            }
            "response.output_text.delta" => {
                &["/item_id", "/output_index", "/content_index", "/delta", "/logprobs"]
            }
            "response.output_text.done" => &["/item_id", "/content_index", "/text", "/logprobs"],
            "response.refusal.delta" => &["/item_id", "/output_index", "/content_index", "/delta"],
            "response.refusal.done" => &["/item_id", "/output_index", "/content_index", "/refusal"],
            "response.reasoning_summary_part.added" | "response.reasoning_summary_part.done" => {
                &["/item_id", "/output_index", "/summary_index", "/part/text"]
            }
            "response.reasoning_summary_text.delta" => {
                &["/item_id", "/output_index", "/summary_index", "/delta"]
            }
            "response.reasoning_summary_text.done" => {
                &["/item_id", "/output_index", "/summary_index", "/text"]
            }
            "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" => {
                &["/item_id", "/output_index", "/delta"]
            }
            "response.function_call_arguments.done" => &["/item_id", "/output_index", "/arguments", "/name"],
            "response.custom_tool_call_input.done" => &["/item_id", "/output_index", "/input"],
            "response.completed" => &[
                "/response/usage/input_tokens",
                "/response/usage/output_tokens",
                "/response/usage/total_tokens",
                "/response/usage/input_tokens_details/cached_tokens",
            ],
            other => panic!("{other}"),
        };
        for pointer in needed {
            assert!(frame.pointer(pointer).is_some_and(|value| !value.is_null()), "{pointer} in {frame}");
        }
        if matches!(frame["item"]["type"].as_str(), Some("function_call" | "custom_tool_call")) {
            for key in ["call_id", "name", "status"] {
                assert!(frame["item"][key].is_string(), "{key} in {frame}");
            }
        }
    }
}

#[test]
fn a_function_that_stands_in_for_a_custom_tool_becomes_one_again() {
    for (pieces, input) in [
        (&["{\"inp", "ut\":\"*** Begin\\n\"}"][..], "*** Begin\n"),
        (&["{\"patch\":\"x\"}"], "x"),
        (&["*** Begin"], "*** Begin"),
        (&[], ""),
    ] {
        let mut events = vec![start(), call("apply_patch", ToolKind::Function)];
        events.extend(pieces.iter().map(|text| piece(text)));
        events.extend([Event::Close, Event::Finish(Finish::ToolCalls)]);
        let frames = written(&events);
        let deltas: Vec<_> = frames.iter().filter_map(|frame| frame["delta"].as_str()).collect();
        assert_eq!(deltas.concat(), input);
        assert!(deltas.len() <= 1);
        let item = &frames[frames.len() - 2]["item"];
        assert_eq!((&item["type"], &item["input"]), (&json!("custom_tool_call"), &json!(input)));
    }
}

#[test]
fn a_namespace_is_apart_from_the_name() {
    let names = asked().names;
    let sent = names
        .clone()
        .send("mcp__fs::read", 64, |char| char.is_ascii_alphanumeric() || char == '_')
        .into_owned();
    let frames =
        written(&[start(), call(&sent, ToolKind::Function), Event::Close, Event::Finish(Finish::ToolCalls)]);
    for frame in frames.iter().filter(|frame| frame["item"].is_object()) {
        assert_eq!(
            (&frame["item"]["namespace"], &frame["item"]["name"]),
            (&json!("mcp__fs"), &json!("read"))
        );
    }
}

#[test]
fn a_call_that_was_cut_is_not_called_whole() {
    let events = |finish| {
        written(&[
            start(),
            call("list", ToolKind::Function),
            piece("{\"a\":"),
            Event::Close,
            Event::Finish(finish),
        ])
    };
    let frames = events(Finish::Length);
    let last = frames.last().unwrap();
    assert_eq!(last["type"], "response.incomplete");
    assert_eq!(last["response"]["incomplete_details"], json!({"reason": "max_output_tokens"}));
    assert_eq!(last["response"]["output"][0]["status"], "incomplete");
    let frames = events(Finish::ToolCalls);
    assert_eq!(frames.last().unwrap()["response"]["output"][0]["status"], "completed");
}

#[test]
fn what_was_under_way_at_the_limit_is_incomplete_and_nothing_before_it() {
    let text = [Event::Open(Opening::Text), piece("I pat"), Event::Close];
    let patch = |kind, words| [call("apply_patch", kind), piece(words), Event::Close];
    let statuses = |blocks: &[&[Event]], finish: Finish| {
        let frames = written(&[&[start()][..], &blocks.concat(), &[Event::Finish(finish)]].concat());
        let done = frames.iter().filter(|frame| frame["type"] == "response.output_item.done");
        let told: Vec<Value> = done.map(|frame| frame["item"].clone()).collect();
        assert_eq!(json!(told), frames.last().unwrap()["response"]["output"]);
        told.iter().map(|item| item["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (blocks, status) in [
        (vec![&text[..]], vec!["incomplete"]),
        (vec![&text, &patch(ToolKind::Custom, "*** Begin")], vec!["completed", "incomplete"]),
        (vec![&text, &patch(ToolKind::Function, "{\"input\":\"*** Be")], vec!["completed", "incomplete"]),
        (vec![&patch(ToolKind::Function, "{\"input\":\"a\"}"), &text], vec!["completed", "incomplete"]),
        (vec![&patch(ToolKind::Function, "{\"input\":\"a\"}")], vec!["completed"]),
    ] {
        assert_eq!(statuses(&blocks, Finish::Length), status);
        assert!(statuses(&blocks, Finish::Stop).iter().all(|status| status == "completed"));
    }
    // A failure does not take back words that had come to their end.
    let error = ProviderError { message: "Busy".to_owned(), ..ProviderError::default() };
    let frames = written(&[&[start()][..], &text, &[Event::Error(error)]].concat());
    assert!(kinds(&frames).contains(&"output_text.done"));
}

#[test]
fn an_error_is_told_to_sdks_and_to_codex() {
    let error = ProviderError {
        message: "Overloaded".to_owned(),
        kind: "overloaded_error".to_owned(),
        ..ProviderError::default()
    };
    let frames = written(&[start(), Event::Open(Opening::Text), piece("Ha"), Event::Error(error)]);
    assert_eq!(kinds(&frames)[5..], ["error", "failed"]);
    assert_eq!(
        frames[5]["error"],
        json!({"type": "overloaded_error", "code": "overloaded_error", "message": "Overloaded", "param": null})
    );
    let response = &frames[6]["response"];
    assert_eq!(response["status"], "failed");
    assert_eq!(response["error"], json!({"code": "overloaded_error", "message": "Overloaded"}));
}

#[test]
fn a_seal_on_a_call_comes_back_to_it() {
    let seal = Seal { dialect: Dialect::Gemini, issuer: "gemini".into(), data: "CiQ=".into() };
    let frames = written(&[
        start(),
        call("list", ToolKind::Function),
        piece("{}"),
        Event::Seal(seal.clone()),
        Event::Close,
        Event::Finish(Finish::ToolCalls),
    ]);
    let output = frames.last().unwrap()["response"]["output"].clone();
    let body = serde_json::to_vec(&json!({"input": output})).unwrap();
    let conversation = crate::decode(Dialect::Responses, &body, false).unwrap();
    let crate::conversation::Block::ToolCall(call) = &conversation.turns[0].blocks[0] else { panic!() };
    assert_eq!((call.seal.as_ref(), conversation.turns[0].blocks.len()), (Some(&seal), 1));
}

#[test]
fn what_is_written_is_read_by_our_own_reader() {
    let body = write_whole(&Reply { id: "chatcmpl-1".to_owned(), ..Reply::default() }, &asked());
    let text = String::from_utf8(body).unwrap();
    let object: Object<'_> = Node::parse(&text).unwrap().object(&Path::Root).unwrap();
    let mut reader = crate::transcode::responses::Reader::new("x");
    let mut events = Vec::new();
    reader.end(&mut events);
    assert_eq!(events, []);
    let reply = crate::transcode::responses::read_whole(object, "x").unwrap();
    assert_eq!((reply.id.as_str(), reply.finish), ("resp_0af1", Finish::Stop));
}

#[test]
fn ends_are_told_apart() {
    for (finish, kind, reason) in [
        (Finish::Stop, "response.completed", Value::Null),
        (Finish::StopSequence(None), "response.completed", Value::Null),
        (Finish::Window, "response.incomplete", json!({"reason": "max_output_tokens"})),
        (Finish::Filtered, "response.incomplete", json!({"reason": "content_filter"})),
        (Finish::Refused, "response.incomplete", json!({"reason": "content_filter"})),
    ] {
        let frames = written(&[start(), Event::Finish(finish)]);
        assert_eq!(frames[2]["type"], kind);
        assert_eq!(frames[2]["response"]["incomplete_details"], reason);
    }
}
