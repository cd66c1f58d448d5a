use crate::conversation::Block;
use crate::{Dialect, Finish, Reply, Translation, read_whole};
use bytes::Bytes;

fn collected(events: &[&str]) -> Reply {
    let mut translation = Translation::collecting(Dialect::Messages, "kimi");
    for event in events {
        translation.push(Bytes::from(format!("data: {event}\n\n"))).unwrap();
    }
    translation.into_reply().0.unwrap()
}

fn fixture(name: &str) -> Reply {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/streams/messages/");
    let text = std::fs::read(format!("{folder}{name}.sse")).unwrap();
    let mut translation = Translation::collecting(Dialect::Messages, "kimi");
    translation.push(text.into()).unwrap();
    translation.into_reply().0.unwrap()
}

fn told(reply: &Reply) -> Vec<String> {
    let block = |block: &Block<'_>| match block {
        Block::Text { text, .. } => format!("text {text}"),
        Block::Reasoning { text, seal, .. } => {
            format!("thought {text} {}", seal.as_ref().map_or("", |seal| &seal.data)).trim_end().to_owned()
        }
        Block::ToolCall(call) => format!("call {} {} {}", call.id, call.name, call.input),
        _ => panic!("{block:?}"),
    };
    reply.blocks.iter().map(block).collect()
}

#[test]
fn calls_side_by_side_are_told_one_after_the_other() {
    let reply = fixture("calls_side_by_side");
    assert_eq!(
        told(&reply),
        [
            "text Both.",
            r#"call functions.Read:0 Read {"file_path":"/a"}"#,
            r#"call functions.Bash:1 Bash {"command":"ls"}"#,
        ]
    );
}

#[test]
fn stops_and_the_last_event_may_be_missing() {
    let reply = fixture("no_stops_and_index_from_one");
    assert_eq!(
        told(&reply),
        ["thought Hm.", "text One two.", r#"call call_1 Bash {"command": "ls"}"#.replace(": ", ":").as_str()]
    );
    assert_eq!(reply.finish, Finish::ToolCalls, "though it said that the turn ended");
}

#[test]
fn hosted_tools_and_citations_leave_no_trace() {
    assert_eq!(told(&fixture("web_search")), ["text It rains."]);
}

#[test]
fn redacted_and_omitted_thoughts_differ() {
    let reply = fixture("redacted_and_omitted_thinking");
    assert_eq!(told(&reply), ["thought  redacted_thinking:EmwKAhgB==", "thought  ErUBomitted", "text Done."]);
}

#[test]
fn ends_are_told_apart() {
    for (name, finish) in [
        ("text_crlf", Finish::Stop),
        ("stop_sequence", Finish::StopSequence(Some("```".to_owned()))),
        ("refusal", Finish::Refused),
        ("length_inside_a_call", Finish::Length),
        ("thinking_and_parallel_calls", Finish::ToolCalls),
    ] {
        assert_eq!(fixture(name).finish, finish, "{name}");
    }
}

#[test]
fn odd_deltas_cost_only_themselves() {
    let reply = collected(&[
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"no start"}}"#,
        r#"{"type":"content_block_delta","index":7,"delta":{"type":"input_json_delta","partial_json":"lost"}}"#,
        r#"{"type":"content_block_delta","delta":7}"#,
        r#"{"type":"something_new","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","name":"f","input":{}}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"{\"a\":"}}"#,
        r#"{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"late"}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"1}"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" and more"}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
        r#"{"type":"message_stop"}"#,
        r#"{"type":"content_block_start","index":3,"content_block":{"type":"text","text":"after the end"}}"#,
    ]);
    let told = told(&reply);
    assert_eq!(told[0], "text no start");
    assert!(told[1].starts_with("call call_") && told[1].ends_with(r#" f {"a":1}"#), "{told:?}");
    assert_eq!(told[2..], ["text late", "text  and more"]);
    assert_eq!(reply.finish, Finish::ToolCalls);
}

#[test]
fn made_up_ids_differ_from_reply_to_reply() {
    let whole = |id: &str| {
        let text = format!(
            r#"{{"id":"{id}","content":[{{"type":"tool_use","name":"f"}},{{"type":"tool_use","name":"f"}}]}}"#
        );
        let reply = read_whole(Dialect::Messages, text.as_bytes(), "kimi").unwrap();
        told(&reply)
    };
    let [first, second] = [whole("a"), whole("b")];
    assert_ne!(first[0], first[1]);
    assert_ne!(first[0], second[0]);
    assert!(first[0].ends_with("f {}"));
}

#[test]
fn whole_replies_of_any_shape_are_read() {
    for (text, blocks) in [
        (r#"{"content":"Hi"}"#, 1),
        (r#"{"content":[7,{"type":"text"},{"type":"text","text":"Hi"},{"type":"thinking"}]}"#, 1),
        ("{}", 0),
    ] {
        assert_eq!(read_whole(Dialect::Messages, text.as_bytes(), "x").unwrap().blocks.len(), blocks);
    }
}

#[test]
fn half_a_call_is_never_closed() {
    let mut asked = crate::Asked::default();
    "0a".clone_into(&mut asked.id);
    for input in ["", "{"] {
        let mut translation = Translation::new(Dialect::Messages, "kimi", Dialect::Messages, asked.clone());
        let start = r#"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}"#;
        let delta =
            format!(r#"{{"type":"content_block_delta","index":0,"delta":{{"partial_json":"{input}"}}}}"#);
        let mut out = Vec::new();
        let stream = format!("data: {start}\n\ndata: {delta}\n\ndata: {delta}\n\n");
        for seen in translation.push(Bytes::from(stream)).unwrap() {
            out.extend_from_slice(&seen.raw);
        }
        out.extend_from_slice(
            &translation.finish(&crate::Fault::new(crate::FaultKind::BadGateway, "It broke off.")).0,
        );
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains("content_block_stop"), "{out}");
        assert_eq!(
            out.contains("content_block_start"),
            !input.is_empty(),
            "it waits for its second piece: {out}"
        );
    }
}
