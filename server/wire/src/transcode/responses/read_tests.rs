use super::*;
use crate::conversation::{Block, ToolKind};
use crate::json::tree::Node;
use crate::{Dialect, Opening};

/// What a stream of these events' data becomes, without the start.
fn events(documents: &[&str]) -> Vec<Event> {
    let mut reader = Reader::new("openai");
    let mut out = Vec::new();
    for text in documents {
        let object = Node::parse(text).unwrap().object(&Path::Root).unwrap();
        reader.document("", object, &mut out);
    }
    reader.end(&mut out);
    assert!(matches!(out.first(), Some(Event::Start { .. })));
    out.split_off(1)
}

fn piece(text: &str) -> Event {
    Event::Piece(text.to_owned())
}

fn opened(id: &str, name: &str) -> Event {
    Event::Open(Opening::ToolCall { id: id.to_owned(), name: name.to_owned(), kind: ToolKind::Function })
}

fn whole(body: &str) -> Reply {
    crate::read_whole(Dialect::Responses, body.as_bytes(), "openai").unwrap()
}

#[test]
fn arguments_that_only_come_at_the_end_are_told_once() {
    // BerriAI/litellm#25321: `function_call_arguments.done` alone.
    let added = r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":""}}"#;
    let done = r#"{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{\"a\":1}"}"#;
    let item = r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":"{\"a\":1}"}}"#;
    let end = r#"{"type":"response.completed","response":{"status":"completed","output":[{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":"{\"a\":1}"}]}}"#;
    let expected = vec![opened("c", "f"), piece("{\"a\":1}"), Event::Close, Event::Finish(Finish::ToolCalls)];
    for documents in [
        vec![added, done, item, end],
        vec![added, done, end],
        vec![added, item, end],
        vec![item, end],
        vec![end],
    ] {
        assert_eq!(events(&documents), expected);
    }
    // Some give everything when the item is added, and nothing later.
    let early = added.replace(r#""arguments":"""#, r#""arguments":"{\"a\":1}""#);
    let bare = r#"{"type":"response.completed","response":{"status":"completed","output":[]}}"#;
    assert_eq!(events(&[&early, bare]), expected);
}

#[test]
fn a_call_without_arguments_has_none() {
    let added =
        r#"{"type":"response.output_item.added","item":{"type":"function_call","id":"fc","name":"f"}}"#;
    let end = r#"{"type":"response.completed","response":{}}"#;
    assert_eq!(
        events(&[added, end]),
        [opened("fc", "f"), Event::Close, Event::Finish(Finish::ToolCalls)],
        "the item's id stands in for the call's"
    );
}

#[test]
fn words_after_the_end_of_their_part_are_not_lost() {
    // diegosouzapw/OmniRoute#13693, 2026-09-15.
    let delta = |text: &str| {
        format!(
            r#"{{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"{text}"}}"#
        )
    };
    let done = r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"1"}]}}"#;
    let end = r#"{"type":"response.completed","response":{"output":[{"type":"message","content":[{"type":"output_text","text":"123"}]}]}}"#;
    let reply = Reply::collect(events(&[&delta("1"), done, &delta("2"), &delta("3"), end])).unwrap();
    assert_eq!(reply.blocks, [Block::text("1"), Block::text("23")]);
}

#[test]
fn summaries_are_paragraphs() {
    let reply = whole(
        r#"{"status":"completed","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}]}]}"#,
    );
    assert_eq!(reply.blocks, [Block::Reasoning { text: "a\n\nb".into(), seal: None, summary: true }]);
}

#[test]
fn each_end_has_its_word() {
    let text = r#"[{"type":"message","content":[{"type":"output_text","text":"x"}]}]"#;
    let call = r#"[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]"#;
    let refusal = r#"[{"type":"message","content":[{"type":"refusal","refusal":"no"}]}]"#;
    for (status, reason, output, finish) in [
        ("completed", "null", text, Finish::Stop),
        ("completed", "null", call, Finish::ToolCalls),
        ("completed", "null", refusal, Finish::Refused),
        ("incomplete", r#""max_output_tokens""#, call, Finish::Length),
        ("completed", r#""max_output_tokens""#, text, Finish::Length),
        ("incomplete", r#""content_filter""#, text, Finish::Filtered),
        ("incomplete", "null", text, Finish::Length),
        ("incomplete", r#""interrupted""#, text, Finish::Other("interrupted".to_owned())),
        ("cancelled", "null", text, Finish::Other("cancelled".to_owned())),
    ] {
        let body = format!(
            r#"{{"status":"{status}","incomplete_details":{{"reason":{reason}}},"output":{output}}}"#
        );
        assert_eq!(whole(&body).finish, finish, "{body}");
    }
}

#[test]
fn a_call_that_was_cut_is_not_closed() {
    let added = r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":""}}"#;
    let delta = r#"{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"a"}"#;
    assert_eq!(events(&[added, delta]), [opened("c", "f"), piece("{\"a")]);
}

#[test]
fn nonsense_costs_only_itself() {
    let end = r#"{"type":"response.completed","response":{"output":7,"status":null}}"#;
    for odd in [
        r#"{"type":"response.output_item.added"}"#,
        r#"{"type":"response.output_item.done","item":[]}"#,
        r#"{"type":"response.output_text.delta","delta":null,"output_index":"x"}"#,
        r#"{"type":"response.function_call_arguments.delta","delta":"{}"}"#,
        r#"{"type":"response.queued","response":3}"#,
        r#"{"type":"response.output_item.added","output_index":18446744073709551615,"item":{"type":"message"}}"#,
        r#"{"type":"codex.rate_limits","rate_limits":{}}"#,
        r#"{"type":"keepalive"}"#,
        r#"{"kind":"?"}"#,
    ] {
        assert_eq!(events(&[odd, end]), [Event::Finish(Finish::Stop)], "{odd}");
    }
}
