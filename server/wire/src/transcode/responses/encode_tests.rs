use super::*;
use crate::conversation::{
    Block, Cache, Effort, Media, MediaKind, Reasoning, Role, Seal, Source, Tool, ToolCall, ToolChoice,
    ToolKind, ToolResult, Turn,
};
use crate::{Dialect, ReasoningStyle};
use serde_json::{Value, json};

fn encoded(conversation: &Conversation<'_>) -> (Value, Vec<String>) {
    with(conversation, &Target::new("gpt-5.6", "openai", true))
}

fn with(conversation: &Conversation<'_>, target: &Target<'_>) -> (Value, Vec<String>) {
    let encoded = encode(conversation, target);
    let paths = encoded.dropped.iter().map(|dropped| dropped.path.clone()).collect();
    (serde_json::from_slice(&encoded.body).unwrap(), paths)
}

fn turn<'a>(role: Role, blocks: Vec<Block<'a>>) -> Turn<'a> {
    Turn { role, blocks }
}

fn call<'a>(id: &'a str, name: &'a str, kind: ToolKind) -> ToolCall<'a> {
    ToolCall { id: id.into(), name: name.into(), input: "".into(), kind, seal: None, cache: None }
}

fn function<'a>(name: &'a str, schema: Option<&'a str>) -> Tool<'a> {
    Tool::Function {
        name: name.into(),
        description: None,
        schema: schema.map(Into::into),
        strict: None,
        cache: None,
    }
}

#[test]
fn reasoning_goes_back_without_an_id_and_only_to_who_sealed_it() {
    let thought = |dialect, issuer: &'static str| Block::Reasoning {
        text: "t".into(),
        seal: Some(Seal { dialect, issuer: issuer.into(), data: "gAAA".into() }),
        summary: true,
    };
    let conversation = Conversation {
        turns: vec![turn(
            Role::Assistant,
            vec![
                thought(Dialect::Responses, "openai"),
                thought(Dialect::Responses, "azure"),
                thought(Dialect::Messages, "openai"),
                Block::text("y"),
            ],
        )],
        ..Conversation::default()
    };
    let (body, lost) = encoded(&conversation);
    assert_eq!(
        body["input"],
        json!([
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}], "encrypted_content": "gAAA"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "y"}]},
        ])
    );
    assert_eq!(lost, ["turns[0].blocks[1]", "turns[0].blocks[2]"]);
}

#[test]
fn ids_and_names_are_made_valid_the_same_way_on_both_sides() {
    let long = "toolu_".to_owned() + &"x".repeat(80);
    let result = ToolResult {
        call_id: long.as_str().into(),
        name: "mcp__fs::read".into(),
        content: vec![Block::text("a"), Block::text("b")],
        is_error: true,
        kind: ToolKind::Function,
        cache: None,
    };
    let conversation = Conversation {
        turns: vec![
            turn(Role::Assistant, vec![Block::ToolCall(call(&long, "mcp__fs::read", ToolKind::Function))]),
            turn(Role::User, vec![Block::ToolResult(result), Block::text("go on")]),
        ],
        tools: vec![function("mcp__fs::read", None)],
        ..Conversation::default()
    };
    let encoded = encode(&conversation, &Target::new("m", "openai", false));
    let body: Value = serde_json::from_slice(&encoded.body).unwrap();
    let (sent, id) =
        (body["input"][0]["name"].as_str().unwrap(), body["input"][0]["call_id"].as_str().unwrap());
    assert!(sent.len() <= 64 && sent.chars().all(allowed) && id.len() == 64, "{sent} {id}");
    assert_eq!(body["tools"][0]["name"], sent);
    assert_eq!(encoded.names.own(sent), "mcp__fs::read");
    assert_eq!(body["input"][1], json!({"type": "function_call_output", "call_id": id, "output": "a\nb"}));
    assert_eq!(body["input"][0]["arguments"], "{}");
    assert_eq!(body["input"][2]["content"][0]["text"], "go on");
    assert_eq!(encoded.dropped[0].path, "turns[1].blocks[0].is_error");
}

#[test]
fn schemas_are_what_openai_takes() {
    let conversation = Conversation {
        tools: vec![
            function("a", None),
            function("b", Some(r#"{"type": "object"}"#)),
            function("c", Some("{}")),
            function("d", Some(r#"{"type":"object","properties":{"properties":{"type":"string"}}}"#)),
        ],
        ..Conversation::default()
    };
    let (body, _) = encoded(&conversation);
    let empty = json!({"type": "object", "properties": {}});
    for (index, expected) in [
        empty.clone(),
        empty.clone(),
        empty,
        json!({"type": "object", "properties": {"properties": {"type": "string"}}}),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(body["tools"][index]["parameters"], expected);
        assert_eq!(body["tools"][index]["strict"], false, "left out it would be true");
    }
}

#[test]
fn custom_tools_stay_what_they_are_and_hosted_ones_go_only_home() {
    let conversation = Conversation {
        tools: vec![
            Tool::Custom {
                name: "apply_patch".into(),
                description: None,
                format: Some(r#"{"type":"text"}"#.into()),
            },
            Tool::Hosted { kind: "web_search_20250305".into() },
            Tool::Hosted { kind: "web_search".into() },
        ],
        tool_choice: Some(ToolChoice::Named("apply_patch".into())),
        turns: vec![turn(Role::Assistant, vec![Block::ToolCall(call("c", "apply_patch", ToolKind::Custom))])],
        ..Conversation::default()
    };
    let encoded = encode(&conversation, &Target::new("m", "openai", false));
    let body: Value = serde_json::from_slice(&encoded.body).unwrap();
    assert_eq!(
        body["tools"],
        json!([{"type": "custom", "name": "apply_patch", "format": {"type": "text"}}, {"type": "web_search"}])
    );
    assert_eq!(body["tool_choice"], json!({"type": "custom", "name": "apply_patch"}));
    assert_eq!(
        body["input"][0],
        json!({"type": "custom_tool_call", "call_id": "c", "name": "apply_patch", "input": ""})
    );
    assert!(encoded.names.is_custom("apply_patch"));
    assert_eq!(encoded.dropped[0].path, "tools[1]");
}

#[test]
fn limits_are_kept_within_what_is_taken() {
    let limited = |asked, most| {
        let conversation = Conversation { max_output: Some(asked), ..Conversation::default() };
        let target = Target { max_output: most, ..Target::new("m", "openai", false) };
        let (body, lost) = with(&conversation, &target);
        (body["max_output_tokens"].as_u64().unwrap(), lost.len())
    };
    assert_eq!(limited(1, None), (16, 1));
    assert_eq!(limited(4096, None), (4096, 0));
    assert_eq!(limited(64_000, Some(32_000)), (32_000, 1));
}

#[test]
fn reasoning_is_asked_for_as_far_as_the_model_can() {
    let asked = |reasoning, style| {
        let conversation = Conversation { reasoning, ..Conversation::default() };
        let target = Target { reasoning: style, ..Target::new("m", "openai", false) };
        let (body, lost) = with(&conversation, &target);
        (body["reasoning"].clone(), !body["include"].is_null(), lost)
    };
    let budget = Some(Reasoning { effort: None, budget: Some(10_000), shown: Some(true) });
    assert_eq!(
        asked(budget, ReasoningStyle::Effort),
        (json!({"effort": "medium", "summary": "auto"}), true, vec![])
    );
    assert_eq!(asked(None, ReasoningStyle::Effort), (Value::Null, true, vec![]));
    assert_eq!(asked(budget, ReasoningStyle::None), (Value::Null, false, vec!["reasoning".to_owned()]));
    let off = Some(Reasoning { effort: Some(Effort::None), budget: None, shown: Some(true) });
    assert_eq!(asked(off, ReasoningStyle::Effort), (json!({"effort": "none"}), false, vec![]));
    let most = Some(Reasoning { effort: Some(Effort::Max), ..Reasoning::default() });
    let lost = vec!["reasoning.effort".to_owned()];
    assert_eq!(asked(most, ReasoningStyle::Effort), (json!({"effort": "xhigh"}), true, lost));
}

#[test]
fn what_cannot_be_said_is_named() {
    let picture = |kind| {
        let source = Source::Base64 { mime: "x/y".into(), data: "AAAA".into() };
        Block::Media(Media { kind, source, name: None, detail: None, cache: None })
    };
    let conversation = Conversation {
        system: vec![
            Block::Text { text: "s".into(), seal: None, cache: Some(Cache::Hour) },
            Block::text("t"),
        ],
        turns: vec![
            turn(Role::User, vec![picture(MediaKind::Audio), picture(MediaKind::Image)]),
            turn(Role::Assistant, vec![picture(MediaKind::Image)]),
        ],
        stop: vec!["END".into()],
        sampling: crate::conversation::Sampling {
            top_k: Some("5"),
            temperature: Some("0.10"),
            ..Default::default()
        },
        tool_choice: Some(ToolChoice::Auto),
        service_tier: Some("standard_only".into()),
        user: Some("user_0123456789_account__session_0123456789012345678901234567890123456789".into()),
        metadata: vec![("k".into(), "v".repeat(600).into())],
        continues: Some("msg_1".into()),
        ..Conversation::default()
    };
    let (body, lost) = encoded(&conversation);
    assert_eq!(body["instructions"], "s\n\nt");
    assert_eq!(body["input"].as_array().unwrap().len(), 1);
    assert_eq!(body["user"].as_str().unwrap().len(), 64);
    assert!(body.get("tool_choice").is_none() && body.get("previous_response_id").is_none());
    assert!(
        String::from_utf8(encode(&conversation, &Target::new("m", "o", false)).body)
            .unwrap()
            .contains(r#""temperature":0.10,"#)
    );
    assert_eq!(
        lost,
        [
            "system[0].cache",
            "turns[0].blocks[0]",
            "turns[1].blocks[0]",
            "tool_choice",
            "sampling.top_k",
            "stop",
            "service_tier",
            "metadata.k",
            "continues",
        ]
    );
}
