use crate::conversation::*;
use crate::transcode::decode;
use crate::{Conversation, Dialect};

fn read(body: &str) -> Conversation<'_> {
    decode(Dialect::Chat, body.as_bytes(), false).unwrap()
}

fn fault(body: &str) -> String {
    decode(Dialect::Chat, body.as_bytes(), false).unwrap_err().to_string()
}

fn dropped(conversation: &Conversation<'_>) -> Vec<String> {
    conversation.dropped.iter().map(|one| one.path.clone()).collect()
}

#[test]
fn instructions_before_the_first_turn_are_the_system() {
    let conversation = read(
        r#"{"messages":[{"role":"system","content":"a"},{"role":"developer","content":[{"type":"text","text":"b"}]},
        {"role":"user","content":"c"},{"role":"developer","content":"d"}]}"#,
    );
    assert_eq!(conversation.system, [Block::text("a"), Block::text("b")]);
    let roles: Vec<Role> = conversation.turns.iter().map(|turn| turn.role).collect();
    assert_eq!(roles, [Role::User, Role::System]);
    assert!(conversation.dropped.is_empty());
}

#[test]
fn a_result_knows_its_call() {
    let conversation = read(
        r#"{"messages":[{"role":"assistant","tool_calls":[{"id":"c1","type":"function","index":0,"function":
        {"name":"ls","arguments":"{\"a\": 1.0}"}}]},{"role":"tool","tool_call_id":"c1","content":[]}]}"#,
    );
    let [Block::ToolCall(call)] = conversation.turns[0].blocks.as_slice() else { panic!("a call") };
    assert_eq!(call.input, "{\"a\": 1.0}", "as it was written");
    let [Block::ToolResult(result)] = conversation.turns[1].blocks.as_slice() else { panic!("a result") };
    assert_eq!((result.call_id.as_ref(), result.name.as_ref()), ("c1", "ls"));
    assert!(result.content.is_empty());
}

/// Arguments cut off by the output limit stay in a session's history; they must not make it unusable.
#[test]
fn broken_arguments_stay_readable_json() {
    let conversation = read(
        r#"{"messages":[{"role":"assistant","tool_calls":[
        {"id":"c1","function":{"name":"ls","arguments":"{\"a\": \"b"}},
        {"id":"c2","function":{"name":"ls","arguments":"[1]"}},
        {"id":"c3","function":{"name":"ls","arguments":" "}}]}]}"#,
    );
    let inputs: Vec<&str> = conversation.turns[0]
        .blocks
        .iter()
        .map(|block| match block {
            Block::ToolCall(call) => call.input.as_ref(),
            _ => panic!("a call"),
        })
        .collect();
    assert_eq!(inputs, [r#"{"arguments":"{\"a\": \"b"}"#, r#"{"arguments":"[1]"}"#, "{}"]);
    assert_eq!(
        dropped(&conversation),
        ["messages[0].tool_calls[0].function.arguments", "messages[0].tool_calls[1].function.arguments"]
    );
}

#[test]
fn functions_of_old_are_calls_with_ids_that_stay_the_same() {
    let body = r#"{"messages":[{"role":"user","content":"?"},{"role":"assistant","content":null,
        "function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"},
        {"role":"assistant","function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"2"}],
        "functions":[{"name":"f"}],"function_call":{"name":"f"}}"#;
    let conversation = read(body);
    assert_eq!(conversation, read(body));
    let id = |turn: usize| match &conversation.turns[turn].blocks[0] {
        Block::ToolCall(call) => call.id.to_string(),
        Block::ToolResult(result) => result.call_id.to_string(),
        _ => panic!("a call or a result"),
    };
    assert_eq!((id(1), id(3)), (id(2), id(4)));
    assert_ne!(id(1), id(3));
    assert_eq!(conversation.tool_choice, Some(ToolChoice::Named("f".into())));
    assert_eq!(
        fault(r#"{"messages":[{"role":"function","name":"f","content":"1"}]}"#),
        "`messages[0].name` is \"f\", but no function_call before it has this name."
    );
}

#[test]
fn what_is_lost_is_named() {
    let conversation = read(
        r#"{"messages":[{"role":"user","content":"?","name":"ann","mood":"good"}],"n":2,"logprobs":false,
        "modalities":["text"],"store":false,"logit_bias":{"1":2},"provider":{},"stop":null,"metadata":null,
        "max_tokens":5,"max_completion_tokens":6,"user":"a","safety_identifier":"b",
        "stream_options":{"include_usage":true,"include_obfuscation":false}}"#,
    );
    assert_eq!(
        dropped(&conversation),
        [
            "messages[0].name",
            "messages[0].mood",
            "max_tokens",
            "user",
            "stream_options.include_obfuscation",
            "logit_bias",
            "n",
            "provider"
        ]
    );
    assert_eq!(conversation.max_output, Some(6));
    assert!(conversation.stream_usage);
}

#[test]
fn reasoning_is_asked_for_in_several_ways() {
    let asked = |member: &str| {
        read(&format!(r#"{{"messages":[{{"role":"user","content":"?"}}],{member}}}"#)).reasoning
    };
    let effort = |effort| Some(Reasoning { effort: Some(effort), budget: None, shown: None });
    assert_eq!(asked(r#""reasoning_effort":"xhigh""#), effort(Effort::XHigh));
    assert_eq!(asked(r#""reasoning_effort":null"#), None);
    assert_eq!(asked(r#""reasoning":{"effort":"low"}"#), effort(Effort::Low));
    assert_eq!(asked(r#""reasoning":{"enabled":true}"#), effort(Effort::Medium));
    assert_eq!(asked(r#""reasoning":{"enabled":false}"#), effort(Effort::None));
    assert_eq!(
        asked(r#""reasoning":{"max_tokens":2000,"exclude":true}"#),
        Some(Reasoning { effort: None, budget: Some(2000), shown: Some(false) })
    );
    assert_eq!(asked(r#""thinking":{"type":"enabled"}"#), effort(Effort::Medium));
    assert_eq!(asked(r#""thinking":{"type":"disabled"}"#), effort(Effort::None));
    assert_eq!(
        fault(r#"{"messages":[{"role":"user","content":"?"}],"reasoning_effort":"huge"}"#),
        "`reasoning_effort` is \"huge\"; it must be one of none, minimal, low, medium, high, xhigh and max."
    );
}

#[test]
fn reasoning_told_twice_is_one_thought() {
    let conversation = read(
        r#"{"messages":[{"role":"assistant","content":"x","reasoning":"why","reasoning_content":"why",
        "reasoning_details":[{"type":"reasoning.text","text":"w","index":0},{"type":"reasoning.text","text":"hy",
        "signature":"s","index":0}]},
        {"role":"assistant","content":"x","reasoning":"other","reasoning_content":"why"},
        {"role":"assistant","content":"x","reasoning_content":"why",
        "reasoning_details":[{"type":"reasoning.encrypted","data":"e"},{"type":"reasoning.dance"}]}]}"#,
    );
    let thoughts = |turn: usize| -> Vec<(String, bool)> {
        let blocks = conversation.turns[turn].blocks.iter();
        let thoughts = blocks.filter_map(|block| match block {
            Block::Reasoning { text, seal, .. } => Some((text.to_string(), seal.is_some())),
            _ => None,
        });
        thoughts.collect()
    };
    assert_eq!(thoughts(0), [("why".to_owned(), true)]);
    assert_eq!(thoughts(1), [("why".to_owned(), false)]);
    assert_eq!(thoughts(2), [("why".to_owned(), false), (String::new(), true)]);
    assert_eq!(dropped(&conversation), ["messages[1].reasoning", "messages[2].reasoning_details[1]"]);
}

#[test]
fn seals_of_others_are_known_again() {
    let seal = Seal { dialect: Dialect::Gemini, issuer: "gemini".into(), data: "Ej".into() };
    let body = format!(
        r#"{{"messages":[{{"role":"assistant","tool_calls":[{{"id":"a","function":{{"name":"f","arguments":"{{}}"}},
        "extra_content":{{"google":{{"thought_signature":"{}"}}}}}},{{"id":"b","function":{{"name":"f","arguments":"{{}}"}},
        "extra_content":{{"vertex":{{"thought_signature":"AY"}}}}}}]}}]}}"#,
        seal.pack()
    );
    let conversation = read(&body);
    let seals: Vec<_> = conversation.turns[0]
        .blocks
        .iter()
        .map(|block| match block {
            Block::ToolCall(call) => call.seal.clone().unwrap(),
            _ => panic!("a call"),
        })
        .collect();
    let own = Seal { dialect: Dialect::Gemini, issuer: "".into(), data: "AY".into() };
    assert_eq!(seals, [seal, own]);
}

#[test]
fn media_come_in_several_forms() {
    let conversation = read(
        r#"{"messages":[{"role":"user","content":[
        {"type":"image_url","image_url":"https://e.com/a.png"},
        {"type":"file","file":{"file_id":"file-1"}},
        {"type":"file","file":{"file_data":"JVBE","filename":"a.pdf"}},
        {"type":"file","file":{"file_data":"data:image/webp;charset=x;base64,UklG"}},
        {"type":"input_audio","input_audio":{"data":"SUQz","format":"mp3"}}]}]}"#,
    );
    let media: Vec<_> = conversation.turns[0]
        .blocks
        .iter()
        .map(|block| match block {
            Block::Media(media) => (media.kind, media.source.clone()),
            _ => panic!("a medium"),
        })
        .collect();
    let base64 =
        |mime: &'static str, data: &'static str| Source::Base64 { mime: mime.into(), data: data.into() };
    assert_eq!(
        media,
        [
            (MediaKind::Image, Source::Url { url: "https://e.com/a.png".into(), mime: None }),
            (MediaKind::Document, Source::File { id: "file-1".into() }),
            (MediaKind::Document, base64("application/pdf", "JVBE")),
            (MediaKind::Image, base64("image/webp", "UklG")),
            (MediaKind::Audio, base64("audio/mpeg", "SUQz")),
        ]
    );
    assert!(conversation.needs().own_vendor.len() == 1);
}

#[test]
fn marks_of_the_cache_come_from_parts_messages_and_tools() {
    let conversation = read(
        r#"{"messages":[{"role":"user","content":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},
        {"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}],
        "tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}},
        {"type":"openrouter:web_search","parameters":{}}]}"#,
    );
    assert_eq!(conversation.turns[0].blocks[0].cache(), Some(Cache::Hour));
    let Block::ToolResult(result) = &conversation.turns[2].blocks[0] else { panic!("a result") };
    assert_eq!((result.cache, result.content[0].cache()), (Some(Cache::Default), None), "one mark stays one");
    assert!(matches!(conversation.tools[0], Tool::Function { cache: Some(Cache::Default), .. }));
    assert_eq!(conversation.tools[1], Tool::Hosted { kind: "openrouter:web_search".into() });
}

#[test]
fn empty_turns_are_left_out_and_named() {
    let conversation = read(
        r#"{"messages":[{"role":"user","content":""},{"role":"assistant","content":null},
        {"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"x"}]}]}"#,
    );
    assert_eq!(conversation.turns.len(), 1);
    assert_eq!(conversation.turns[0].blocks, [Block::text("x")]);
    assert_eq!(dropped(&conversation), ["messages[0]", "messages[1]"]);
}
