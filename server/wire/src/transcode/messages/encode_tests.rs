use crate::conversation::*;
use crate::{Dialect, Encoded, ReasoningStyle, Target, encode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const TARGET: Target<'_> = Target {
    reasoning: ReasoningStyle::Budget,
    place_cache: false,
    ..Target::new("claude-sonnet-4-5", "anthropic", false)
};

pub(super) fn sent(conversation: &Conversation<'_>, target: &Target<'_>) -> (Value, Vec<String>) {
    let Encoded { body, dropped, .. } = encode(Dialect::Messages, conversation, target);
    let body = serde_json::from_slice(&body).unwrap();
    obeys(&body, "a test");
    (body, dropped.into_iter().map(|one| one.path).collect())
}

/// What Anthropic refuses a request for.
pub(crate) fn obeys(body: &Value, name: &str) {
    let messages = body["messages"].as_array().unwrap();
    assert!(!messages.is_empty() && body["max_tokens"].as_u64().unwrap() > 0, "{name}");
    let tools = body["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names: BTreeSet<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), tools.len(), "{name}");
    assert!(!tools.is_empty() || body["tool_choice"].is_null(), "{name}");
    for tool in tools {
        assert_eq!(tool["input_schema"]["type"], "object", "{name}");
    }
    if let Some(budget) = body["thinking"]["budget_tokens"].as_u64() {
        assert!(budget >= 1024 && budget < body["max_tokens"].as_u64().unwrap(), "{name}");
    }
    let mut ids = BTreeSet::new();
    for pair in messages.windows(2) {
        assert_ne!(pair[0]["role"], pair[1]["role"], "{name}");
    }
    for (index, message) in messages.iter().enumerate() {
        let content = message["content"].as_array().unwrap();
        assert!(!content.is_empty(), "{name}");
        let calls: BTreeSet<_> = of(content, "tool_use", "id");
        let next = messages.get(index + 1).map(|next| next["content"].as_array().unwrap());
        let answers = next.map(|next| of(next, "tool_result", "tool_use_id")).unwrap_or_default();
        if message["role"] == "assistant" {
            assert_eq!(calls, answers, "{name}");
            assert!(calls.iter().all(|id| ids.insert(id.clone())), "{name}");
            assert!(!content.last().unwrap()["type"].as_str().unwrap().contains("thinking"), "{name}");
        }
        let results = content.iter().take_while(|block| block["type"] == "tool_result").count();
        assert_eq!(results, content.iter().filter(|block| block["type"] == "tool_result").count(), "{name}");
        for block in content {
            assert!(block["type"] != "text" || !block["text"].as_str().unwrap().trim().is_empty(), "{name}");
        }
        if message["role"] == "system" {
            assert!(index > 0 && messages[index - 1]["role"] == "user", "{name}");
            assert!(messages.get(index + 1).is_none_or(|next| next["role"] == "assistant"), "{name}");
        }
    }
    assert!(body.to_string().matches("\"cache_control\"").count() <= 4, "{name}");
}

fn of(content: &[Value], kind: &str, key: &str) -> BTreeSet<String> {
    let blocks = content.iter().filter(|block| block["type"] == kind);
    blocks.map(|block| block[key].as_str().unwrap().to_owned()).collect()
}

pub(super) fn turn<'a>(role: Role, blocks: impl Into<Vec<Block<'a>>>) -> Turn<'a> {
    Turn { role, blocks: blocks.into() }
}

pub(super) fn user(text: &str) -> Turn<'_> {
    turn(Role::User, [Block::text(text)])
}

pub(super) fn assistant(text: &str) -> Turn<'_> {
    turn(Role::Assistant, [Block::text(text)])
}

pub(super) fn call<'a>(id: &'a str) -> Block<'a> {
    Block::ToolCall(ToolCall {
        id: id.into(),
        name: "ls".into(),
        input: "{\"a\": 1.0}".into(),
        kind: ToolKind::Function,
        seal: None,
        cache: None,
    })
}

pub(super) fn result<'a>(id: &'a str, text: &'a str) -> Block<'a> {
    Block::ToolResult(ToolResult {
        call_id: id.into(),
        name: "ls".into(),
        content: if text.is_empty() { Vec::new() } else { vec![Block::text(text)] },
        is_error: false,
        kind: ToolKind::Function,
        cache: None,
    })
}

pub(super) fn thought<'a>(text: &'a str, issuer: &'a str, data: &'a str) -> Block<'a> {
    let seal = Seal { dialect: Dialect::Messages, issuer: issuer.into(), data: data.into() };
    Block::Reasoning { text: text.into(), seal: Some(seal), summary: false }
}

pub(super) fn tool(name: &str) -> Tool<'_> {
    Tool::Function { name: name.into(), description: None, schema: None, strict: None, cache: None }
}

pub(super) fn of_turns<'a>(turns: impl Into<Vec<Turn<'a>>>) -> Conversation<'a> {
    Conversation { turns: turns.into(), ..Conversation::default() }
}

pub(super) fn thinking(effort: Effort) -> Option<Reasoning> {
    Some(Reasoning { effort: Some(effort), ..Reasoning::default() })
}

#[test]
fn results_stand_first_right_behind_their_calls() {
    let conversation = of_turns([
        user("Go."),
        turn(Role::Assistant, [Block::text("Looking."), call("a"), call("b")]),
        turn(Role::User, [Block::text("Hurry."), result("b", "B")]),
        turn(Role::User, [result("a", "A")]),
    ]);
    let (body, dropped) = sent(&conversation, &TARGET);
    let answer = &body["messages"][2]["content"];
    assert_eq!(answer[0]["tool_use_id"], "b");
    assert_eq!(answer[1]["tool_use_id"], "a");
    assert_eq!(answer[2]["text"], "Hurry.");
    assert_eq!(body["messages"][1]["content"][1]["input"].to_string(), r#"{"a":1.0}"#);
    assert!(dropped.is_empty());
}

#[test]
fn a_late_result_is_moved_and_a_missing_one_is_said_to_be_missing() {
    let conversation = of_turns([
        user("Go."),
        turn(Role::Assistant, [call("a"), call("b")]),
        user("Wait."),
        assistant("Waiting."),
        turn(Role::User, [result("a", "late"), result("a", "twice"), result("z", "?")]),
        turn(Role::Assistant, [call("c")]),
    ]);
    let (body, dropped) = sent(&conversation, &TARGET);
    let answer = &body["messages"][2]["content"];
    assert_eq!(answer[0]["content"][0]["text"], "late");
    assert_eq!(answer[1]["tool_use_id"], "b");
    assert_eq!(answer[1]["is_error"], true);
    assert_eq!(answer[2]["text"], "Wait.");
    // What was said around the results that went elsewhere becomes one message.
    assert_eq!(body["messages"][3]["content"].as_array().unwrap().len(), 2);
    assert_eq!(body["messages"][4]["content"][0]["tool_use_id"], "c");
    assert_eq!(
        dropped,
        ["turns[1].blocks[1]", "turns[4].blocks[1]", "turns[4].blocks[2]", "turns[5].blocks[0]"]
    );
}

#[test]
fn words_behind_a_call_go_before_it() {
    let conversation = of_turns([
        user("Go."),
        turn(Role::Assistant, [thought("Hm", "anthropic", "s"), call("a"), call("b"), Block::text("Wait.")]),
        turn(Role::User, [result("a", "A"), result("b", "B")]),
    ]);
    let (body, dropped) = sent(&conversation, &TARGET);
    let content = body["messages"][1]["content"].as_array().unwrap();
    let kinds: Vec<_> = content.iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["thinking", "text", "tool_use", "tool_use"]);
    assert_eq!(dropped, ["turns[1].blocks[3]"]);
}

#[test]
fn ids_become_valid_and_are_never_used_twice() {
    let conversation = of_turns([
        user("Go."),
        turn(Role::Assistant, [call("functions.ls:0"), call("x")]),
        turn(Role::User, [result("functions.ls:0", "1"), result("x", "2")]),
        turn(Role::Assistant, [call("functions.ls:0"), call("x")]),
        turn(Role::User, [result("x", "3"), result("functions.ls:0", "4")]),
    ]);
    let (body, _) = sent(&conversation, &TARGET);
    let messages = &body["messages"];
    assert_eq!(messages[1]["content"][1]["id"], "x");
    assert_eq!(messages[3]["content"][1]["id"], "x_2");
    assert_eq!(messages[4]["content"][0]["tool_use_id"], "x_2");
    assert_eq!(messages[4]["content"][1]["tool_use_id"], messages[3]["content"][0]["id"]);
}

#[test]
fn nothing_is_put_into_the_persons_mouth() {
    let conversation = Conversation {
        system: vec![Block::text("Be brief.")],
        turns: vec![user("A"), user("B"), turn(Role::System, [Block::text("Now be long.")]), user("C")],
        ..Conversation::default()
    };
    let (body, _) = sent(&conversation, &TARGET);
    assert_eq!(
        body["messages"],
        json!([{"role": "user", "content": [
            {"type": "text", "text": "A"},
            {"type": "text", "text": "B"},
            {"type": "text", "text": "<system-reminder>\nNow be long.\n</system-reminder>"},
            {"type": "text", "text": "C"},
        ]}])
    );
    let (body, dropped) = sent(&conversation, &Target { system_messages: true, ..TARGET });
    let roles: Vec<_> = body["messages"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
    assert_eq!(roles, ["user", "system"]);
    assert!(dropped.is_empty());
}

#[test]
fn instructions_alone_are_the_message() {
    let conversation = Conversation { system: vec![Block::text("Say hi.")], ..Conversation::default() };
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!(body["messages"][0]["content"][0]["text"], "Say hi.");
    assert_eq!(dropped, ["system"]);
}

#[test]
fn blocks_without_words_are_left_out_and_white_space_at_the_end_is_cut() {
    let conversation = of_turns([
        user(" \n"),
        user("Go on:"),
        turn(Role::Assistant, [Block::text("fn main() "), Block::text("")]),
    ]);
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!(body["messages"][1]["content"], json!([{"type": "text", "text": "fn main()"}]));
    assert_eq!(dropped, ["turns[0].blocks[0]", "turns[2].blocks[0]", "turns[2].blocks[1]"]);
}

#[test]
fn an_error_without_words_is_given_some() {
    let Block::ToolResult(mut silent) = result("a", "") else { unreachable!() };
    silent.is_error = true;
    let turns =
        [user("Go."), turn(Role::Assistant, [call("a")]), turn(Role::User, [Block::ToolResult(silent)])];
    let (body, dropped) = sent(&of_turns(turns), &TARGET);
    assert_eq!(body["messages"][2]["content"][0]["is_error"], true);
    assert_eq!(body["messages"][2]["content"][0]["content"].as_array().unwrap().len(), 1);
    assert_eq!(dropped, ["turns[2].blocks[0]"]);
}

#[test]
fn seals_go_back_to_their_issuer_only_and_byte_for_byte() {
    let conversation = Conversation {
        turns: vec![
            user("Go."),
            turn(
                Role::Assistant,
                [
                    thought("Hm \u{200b}é", "anthropic", "Eq+/="),
                    thought("", "anthropic", "redacted_thinking:Em=="),
                    thought("", "", "ErOmitted"),
                    thought("other", "kimi", "k"),
                    Block::Reasoning { text: "bare".into(), seal: None, summary: true },
                    Block::text("Done."),
                    thought("led to nothing", "anthropic", "x"),
                ],
            ),
            user("More."),
        ],
        reasoning: thinking(Effort::High),
        ..Conversation::default()
    };
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!(
        body["messages"][1]["content"],
        json!([
            {"type": "thinking", "thinking": "Hm \u{200b}é", "signature": "Eq+/="},
            {"type": "redacted_thinking", "data": "Em=="},
            {"type": "thinking", "thinking": "", "signature": "ErOmitted"},
            {"type": "text", "text": "Done."},
        ])
    );
    assert_eq!(dropped, ["turns[1].blocks[3]", "turns[1].blocks[4]", "turns[1].blocks[6]"]);
    let target = Target { reasoning_member: Some("thinking"), ..TARGET };
    let (body, _) = sent(&conversation, &target);
    assert_eq!(
        body["messages"][1]["content"][3],
        json!({"type": "thinking", "thinking": "other", "signature": ""})
    );
}

#[test]
fn media_go_where_the_vendor_takes_them() {
    let media = |kind, source| {
        Block::Media(Media { kind, source, name: None, detail: Some("high".into()), cache: None })
    };
    let base64 =
        |mime: &'static str, data: &'static str| Source::Base64 { mime: mime.into(), data: data.into() };
    let conversation = of_turns([turn(
        Role::User,
        [
            media(MediaKind::Image, base64("image/bmp", "AA==")),
            media(MediaKind::Image, Source::Url { url: "gs://bucket/a.png".into(), mime: None }),
            media(MediaKind::Document, base64("text/csv", "YSxi")),
            media(MediaKind::Document, Source::File { id: "file-9".into() }),
            media(MediaKind::Audio, base64("audio/wav", "AA==")),
            media(MediaKind::Document, Source::File { id: "file_9".into() }),
        ],
    )]);
    let (body, dropped) = sent(&conversation, &TARGET);
    let content = &body["messages"][0]["content"];
    assert_eq!(content[0]["source"], json!({"type": "text", "media_type": "text/plain", "data": "a,b"}));
    assert_eq!(content[1]["source"], json!({"type": "file", "file_id": "file_9"}));
    let lost: Vec<_> = dropped.iter().filter(|path| !path.ends_with("detail")).collect();
    assert_eq!(lost.len(), 4);
}
