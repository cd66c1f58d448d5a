use crate::conversation::{Block, ToolCall};
use crate::{Dialect, Finish, Reply, Translation, read_whole};
use bytes::Bytes;

fn collect(text: &'static str) -> Result<Reply, crate::ProviderError> {
    let mut translation = Translation::collecting(Dialect::Ollama, "ollama");
    translation.push(Bytes::from_static(text.as_bytes())).unwrap();
    translation.into_reply().0
}

fn whole(body: &str) -> Reply {
    read_whole(Dialect::Ollama, body.as_bytes(), "ollama").unwrap()
}

fn calls(reply: &Reply) -> Vec<&ToolCall<'static>> {
    reply
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::ToolCall(call) => Some(call),
            _ => None,
        })
        .collect()
}

#[test]
fn a_block_lasts_until_another_kind_begins() {
    let reply = collect(include_str!("../../../tests/golden/streams/ollama/interleaved.ndjson")).unwrap();
    let kinds: Vec<_> = reply
        .blocks
        .iter()
        .map(|block| match block {
            Block::Text { text, .. } => text.as_ref(),
            Block::Reasoning { text, .. } => text.as_ref(),
            Block::ToolCall(call) => call.name.as_ref(),
            _ => "",
        })
        .collect();
    assert_eq!(kinds, ["First.", "Reading.", "read_file", "Then.", "And running.", "run"]);
    assert_eq!(reply.finish, Finish::ToolCalls, "Ollama says `stop`");
    assert_eq!(
        calls(&reply)[0].input,
        r#"{"path":"src/main.rs","limit":1.0}"#,
        "numbers as they were written"
    );
}

#[test]
fn made_up_ids_differ_between_replies() {
    let reply = |at: &str| {
        whole(&format!(
            r#"{{"created_at":"{at}","message":{{"tool_calls":[{{"function":{{"name":"ls","arguments":{{}}}}}}]}},"done":true}}"#
        ))
    };
    let (one, two) = (reply("2026-11-20T19:22:45.1Z"), reply("2026-11-20T19:22:45.2Z"));
    assert_ne!(calls(&one)[0].id, calls(&two)[0].id);
    assert_eq!(one, reply("2026-11-20T19:22:45.1Z"));
}

#[test]
fn why_it_ended() {
    for (reason, finish) in [
        ("", Finish::Stop),
        (r#","done_reason":"stop""#, Finish::Stop),
        (r#","done_reason":"length""#, Finish::Length),
        (r#","done_reason":"unload""#, Finish::Other("unload".to_owned())),
    ] {
        let body = format!(r#"{{"message":{{"content":"a"}},"done":true{reason}}}"#);
        assert_eq!(whole(&body).finish, finish);
    }
}

#[test]
fn a_stream_that_is_not_done_is_no_reply() {
    assert!(collect(include_str!("../../../tests/golden/streams/ollama/broken_off.ndjson")).is_err());
    let error =
        collect(include_str!("../../../tests/golden/streams/ollama/error_inside.ndjson")).unwrap_err();
    assert_eq!(error.message, "an error was encountered while running the model: CUDA error");
}

#[test]
fn odd_fields_cost_only_themselves() {
    let reply = whole(include_str!("../../../tests/golden/replies/ollama/odd_fields.json"));
    let [call] = calls(&reply)[..] else { panic!() };
    assert_eq!((call.input.as_ref(), reply.blocks.len()), ("{\"command\":\"ls\"}", 1));
}
