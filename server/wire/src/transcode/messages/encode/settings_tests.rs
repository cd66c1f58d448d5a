//! Thinking, limits, tools, formats and marks.

use super::tests::*;
use crate::conversation::*;
use crate::{Dialect, ReasoningStyle, Target, encode};
use serde_json::{Value, json};

#[test]
fn thinking_is_off_where_a_running_loop_has_no_thought() {
    let turns = |first: Block<'static>| {
        vec![
            user("Go."),
            turn(Role::Assistant, [first, call("a")]),
            turn(Role::User, [result("a", "1")]),
            turn(Role::Assistant, [call("b")]),
            turn(Role::User, [result("b", "2")]),
        ]
    };
    let with = |first| Conversation {
        turns: turns(first),
        tools: vec![tool("ls")],
        reasoning: thinking(Effort::Medium),
        ..Conversation::default()
    };
    let (body, dropped) = sent(&with(thought("Hm", "anthropic", "s")), &TARGET);
    assert_eq!(body["thinking"], json!({"type": "enabled", "budget_tokens": 8192}));
    assert!(dropped.is_empty());
    let foreign = with(thought("Hm", "kimi", "s"));
    let (body, dropped) = sent(&foreign, &TARGET);
    assert_eq!(body["thinking"], json!({"type": "disabled"}));
    assert_eq!(dropped, ["reasoning", "turns[1].blocks[0]"]);
    // Adaptive thinking does not mind.
    let (body, _) = sent(&foreign, &Target { reasoning: ReasoningStyle::Adaptive, ..TARGET });
    assert_eq!(body["thinking"]["type"], "adaptive");
    // A loop that is over matters to none but those that only know on and off.
    let mut over = with(thought("Hm", "kimi", "s"));
    over.turns.extend([assistant("Done."), user("More.")]);
    assert_eq!(sent(&over, &TARGET).0["thinking"]["type"], "enabled");
    let switch = Target { reasoning: ReasoningStyle::Switch, ..TARGET };
    assert_eq!(sent(&over, &switch).0["thinking"]["type"], "disabled");
    over.turns.truncate(1);
    assert_eq!(sent(&over, &switch).0["thinking"], json!({"type": "enabled"}));
}

#[test]
fn budgets_and_limits_fit() {
    let ask = |max_output, budget, most| {
        let reasoning = Some(Reasoning { budget: Some(budget), ..Reasoning::default() });
        let conversation = Conversation { max_output, reasoning, ..of_turns([user("Go.")]) };
        let (body, dropped) = sent(&conversation, &Target { max_output: most, ..TARGET });
        (body["max_tokens"].as_u64().unwrap(), body["thinking"]["budget_tokens"].as_u64(), dropped)
    };
    assert_eq!(ask(None, 100, None), (32_000, Some(1024), vec![]));
    assert_eq!(ask(Some(4096), 16_384, None), (20_480, Some(16_384), vec!["max_output".to_owned()]));
    let lowered = ["max_output", "reasoning.budget"].map(str::to_owned).to_vec();
    assert_eq!(ask(Some(4096), 16_384, Some(8192)), (8192, Some(6144), lowered));
    assert_eq!(ask(Some(900), 2000, Some(1024)).1, None);
    assert_eq!(ask(Some(9000), 2000, Some(8192)), (8192, Some(2000), vec!["max_output".to_owned()]));
}

#[test]
fn sampling_gives_way_to_thinking() {
    let sampling =
        Sampling { temperature: Some("1.70"), top_p: Some("0.5"), top_k: Some("40"), ..Sampling::default() };
    let mut conversation = Conversation { sampling, ..of_turns([user("Go.")]) };
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!((&body["temperature"], &body["top_k"], &body["top_p"]), (&json!(1), &json!(40), &Value::Null));
    assert_eq!(dropped, ["sampling.temperature", "sampling.top_p"]);
    conversation.reasoning = thinking(Effort::Low);
    let (body, dropped) = sent(&conversation, &TARGET);
    assert!(body["temperature"].is_null() && body["top_p"].is_null() && body["top_k"].is_null());
    assert_eq!(dropped, ["sampling.temperature", "sampling.top_k", "sampling.top_p"]);
}

#[test]
fn a_call_that_is_forced_switches_thinking_off() {
    let conversation = Conversation {
        tools: vec![tool("ls"), tool("ls"), tool("rm -rf")],
        tool_choice: Some(ToolChoice::Allowed(vec!["ls".into(), "rm -rf".into()], true)),
        parallel_tools: Some(false),
        reasoning: thinking(Effort::High),
        ..of_turns([user("Go.")])
    };
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!(body["thinking"]["type"], "disabled");
    assert_eq!(body["tool_choice"], json!({"type": "any", "disable_parallel_tool_use": true}));
    assert_eq!(dropped, ["reasoning", "tools[1]"]);
    let names = encode(Dialect::Messages, &conversation, &TARGET).names;
    assert_eq!(names.own(body["tools"][1]["name"].as_str().unwrap()), "rm -rf");
}

#[test]
fn marks_are_at_most_four_and_the_hours_come_first() {
    let mark = |text, cache| Block::Text { text, seal: None, cache: Some(cache) };
    let conversation = Conversation {
        system: vec![mark("a".into(), Cache::Default), mark("b".into(), Cache::Default)],
        turns: vec![
            turn(Role::User, [mark("c".into(), Cache::Hour)]),
            turn(Role::Assistant, [mark("d".into(), Cache::Default)]),
            turn(Role::User, [mark("e".into(), Cache::Default), mark("f".into(), Cache::Hour)]),
        ],
        ..Conversation::default()
    };
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!(body["system"][1]["cache_control"], json!({"type": "ephemeral"}));
    assert!(body["messages"][0]["content"][0]["cache_control"].is_null());
    assert_eq!(body["messages"][2]["content"][1]["cache_control"], json!({"type": "ephemeral"}));
    assert_eq!(dropped, ["system[0].cache", "turns[0].blocks[0].cache", "turns[2].blocks[1].cache"]);
}

#[test]
fn marks_are_placed_where_there_are_none() {
    let conversation = Conversation {
        system: vec![Block::text("a"), Block::text("b")],
        turns: vec![user("c"), assistant("d"), user("e"), assistant("f"), user("g")],
        tools: vec![tool("ls")],
        ..Conversation::default()
    };
    let (body, _) = sent(&conversation, &Target { place_cache: true, ..TARGET });
    let marked = |value: &Value| !value["cache_control"].is_null();
    assert!(marked(&body["system"][1]) && !marked(&body["system"][0]) && !marked(&body["tools"][0]));
    let marks: Vec<_> =
        body["messages"].as_array().unwrap().iter().map(|one| marked(&one["content"][0])).collect();
    assert_eq!(marks, [false, false, true, false, true]);
    let bare = Conversation { system: Vec::new(), ..conversation };
    assert!(marked(&sent(&bare, &Target { place_cache: true, ..TARGET }).0["tools"][0]));
}

#[test]
fn schemas_are_made_to_fit_without_touching_names() {
    let schema = r#"{"type":"object","properties":{"minimum":{"type":"integer","minimum":1},"format":{"type":"string","format":"x"},"any":{"oneOf":[{"type":"object","properties":{}}]}},"required":["minimum"]}"#;
    let format = OutputFormat::Schema {
        name: Some("n".into()),
        description: None,
        schema: schema.into(),
        strict: Some(true),
    };
    let mut conversation = Conversation { format: Some(format), ..of_turns([user("Go.")]) };
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!(
        body["output_config"]["format"]["schema"],
        json!({
            "type": "object",
            "properties": {
                "minimum": {"type": "integer"},
                "format": {"type": "string"},
                "any": {"anyOf": [{"type": "object", "properties": {}, "additionalProperties": false}]},
            },
            "required": ["minimum"],
            "additionalProperties": false,
        })
    );
    assert_eq!(dropped, ["format.name", "format.schema (format)", "format.schema (minimum)"]);
    // A schema that cannot be enforced, a target that enforces none, and any JSON at all are asked for in words.
    let (body, _) = sent(&conversation, &Target { schema: false, ..TARGET });
    assert!(body["system"][0]["text"].as_str().unwrap().ends_with(schema));
    for open in [r#"{"type":"object","additionalProperties":{"type":"string"}}"#, r#"{"type":"object"}"#] {
        conversation.format =
            Some(OutputFormat::Schema { name: None, description: None, schema: open.into(), strict: None });
        assert!(sent(&conversation, &TARGET).0["output_config"].is_null());
    }
    conversation.format = Some(OutputFormat::Json);
    assert!(!sent(&conversation, &TARGET).0["system"].is_null());
}

#[test]
fn schemas_of_tools_are_objects() {
    let of = |schema: &'static str| {
        let tool = Tool::Function {
            name: "f".into(),
            description: None,
            schema: Some(schema.into()),
            strict: Some(true),
            cache: None,
        };
        let (body, dropped) = sent(&Conversation { tools: vec![tool], ..of_turns([user("Go.")]) }, &TARGET);
        (body["tools"][0].clone(), dropped)
    };
    assert_eq!(of("{}").0["input_schema"], json!({"type": "object"}));
    let (union, _) = of(r#"{"anyOf":[{"required":["a"]}],"description":"d"}"#);
    let described = json!({"type": "object", "description": "d\n\nanyOf: [{\"required\":[\"a\"]}]"});
    assert_eq!(union["input_schema"], described);
    let strict = of(r#"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#);
    assert_eq!((&strict.0["strict"], strict.1.len()), (&json!(true), 0));
    let loose = of(r#"{"type":"object","properties":{"a":{"type":"string","maxLength":3}}}"#);
    assert_eq!((&loose.0["strict"], loose.1), (&Value::Null, vec!["tools[0].strict".to_owned()]));
}

#[test]
fn tools_that_take_text_take_an_object_with_it() {
    let Block::ToolCall(mut patch) = call("a") else { unreachable!() };
    (patch.name, patch.input, patch.kind) = ("apply_patch".into(), "*** Begin\n".into(), ToolKind::Custom);
    let conversation = Conversation {
        tools: vec![Tool::Custom {
            name: "apply_patch".into(),
            description: Some("Patches.".into()),
            format: Some(r#"{"type":"grammar","syntax":"lark","definition":"start: \"a\"\n"}"#.into()),
        }],
        ..of_turns([user("Go."), turn(Role::Assistant, [Block::ToolCall(patch)])])
    };
    let (body, _) = sent(&conversation, &TARGET);
    assert_eq!(body["messages"][1]["content"][0]["input"], json!({"input": "*** Begin\n"}));
    assert_eq!(body["tools"][0]["input_schema"]["required"], json!(["input"]));
    let described = "Patches.\n\nThe format of `input`: lark grammar\nstart: \"a\"\n";
    assert_eq!(body["tools"][0]["description"], described);
    assert!(encode(Dialect::Messages, &conversation, &TARGET).names.is_custom("apply_patch"));
}

#[test]
fn what_only_others_know_is_named() {
    let conversation = Conversation {
        user: Some("me@example.org".into()),
        metadata: vec![("a".into(), "b".into())],
        cache_key: Some("k".into()),
        service_tier: Some("flex".into()),
        continues: Some("resp_1".into()),
        stop: vec!["\n".into(), "END".into()],
        tool_choice: Some(ToolChoice::Auto),
        tools: vec![Tool::Hosted { kind: "web_search".into() }],
        sampling: Sampling { seed: Some("1"), ..Sampling::default() },
        ..of_turns([user("Go.")])
    };
    let (body, dropped) = sent(&conversation, &TARGET);
    assert_eq!(body["stop_sequences"], json!(["END"]));
    assert_eq!(
        dropped,
        [
            "cache_key",
            "continues",
            "metadata",
            "sampling.seed",
            "service_tier",
            "stop[0]",
            "tool_choice",
            "tools[0]",
            "user",
        ]
    );
}
