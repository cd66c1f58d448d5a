use super::*;
use crate::conversation::{Cache, Seal, Source, Tool, ToolChoice, ToolKind};
use crate::{Dialect, decode};

fn decoded(body: &str) -> Conversation<'_> {
    decode(Dialect::Responses, body.as_bytes(), false).unwrap_or_else(|fault| panic!("{fault}"))
}

fn paths<'c>(conversation: &'c Conversation<'_>) -> Vec<&'c str> {
    conversation.dropped.iter().map(|dropped| dropped.path.as_str()).collect()
}

#[test]
fn instructions_before_the_first_turn_are_the_system_prompt_and_later_ones_are_turns() {
    let conversation = decoded(
        r#"{"instructions":"A","input":[{"role":"developer","content":"B"},{"role":"system","content":"C"},
            {"role":"user","content":"D"},{"role":"developer","content":"E"}]}"#,
    );
    assert_eq!(conversation.system, [Block::text("A"), Block::text("B"), Block::text("C")]);
    assert_eq!(conversation.turns[1], Turn { role: Role::System, blocks: vec![Block::text("E")] });
}

#[test]
fn what_the_model_said_in_one_go_is_one_turn_and_results_are_one_more() {
    let conversation = decoded(
        r#"{"input":[{"role":"user","content":"x"},
            {"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"gAAA"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"y"}]},
            {"type":"function_call","call_id":"1","name":"f","arguments":"{}"},
            {"type":"custom_tool_call","call_id":"2","name":"p","input":"free"},
            {"type":"function_call_output","call_id":"1","output":"one"},
            {"type":"custom_tool_call_output","call_id":"2","output":"two"}]}"#,
    );
    let roles: Vec<_> = conversation.turns.iter().map(|turn| (turn.role, turn.blocks.len())).collect();
    assert_eq!(roles, [(Role::User, 1), (Role::Assistant, 4), (Role::User, 2)]);
    let seal = Seal { dialect: Dialect::Responses, issuer: "".into(), data: "gAAA".into() };
    let thought = Block::Reasoning { text: "a\n\nb".into(), seal: Some(seal), summary: true };
    assert_eq!(conversation.turns[1].blocks[0], thought);
    let Block::ToolResult(result) = &conversation.turns[2].blocks[1] else { panic!() };
    assert_eq!((result.name.as_ref(), result.kind), ("p", ToolKind::Custom));
}

#[test]
fn namespaces_of_codex_become_part_of_the_name_but_for_the_one_that_is_none() {
    let conversation = decoded(
        r#"{"input":[{"type":"additional_tools","role":"developer","tools":[
                {"type":"namespace","name":"functions","tools":[{"type":"function","name":"shell"},{"type":"custom","name":"patch"}]}]},
            {"role":"user","content":"x"},
            {"type":"function_call","call_id":"1","namespace":"mcp__fs","name":"read","arguments":"{}"},
            {"type":"function_call","call_id":"2","namespace":"functions","name":"shell","arguments":"{}"},
            {"type":"function_call_output","call_id":"1","output":"x"}],
            "tools":[{"type":"namespace","name":"mcp__fs","description":"Files","tools":[{"type":"function","name":"read"}]}],
            "tool_choice":{"type":"function","name":"read","namespace":"mcp__fs"}}"#,
    );
    let names: Vec<_> = conversation
        .tools
        .iter()
        .map(|tool| match tool {
            Tool::Function { name, .. } | Tool::Custom { name, .. } | Tool::Hosted { kind: name } => {
                name.as_ref()
            }
        })
        .collect();
    assert_eq!(names, ["mcp__fs::read", "shell", "patch"]);
    assert_eq!(conversation.tool_choice, Some(ToolChoice::Named("mcp__fs::read".into())));
    let calls: Vec<_> = conversation.turns[1]
        .blocks
        .iter()
        .filter_map(|block| if let Block::ToolCall(call) = block { Some(call.name.as_ref()) } else { None })
        .collect();
    assert_eq!(calls, ["mcp__fs::read", "shell"]);
    assert_eq!(paths(&conversation), ["tools[0].description"]);
}

#[test]
fn arguments_that_are_no_object_do_not_break_the_session() {
    let conversation = decoded(
        r#"{"input":[{"role":"user","content":"x"},{"type":"function_call","call_id":"1","name":"f","arguments":"{\"a\": tru"},
            {"type":"function_call","call_id":"2","name":"f","arguments":""},
            {"type":"function_call","call_id":"3","name":"f","arguments":{"a":1.0}}]}"#,
    );
    let inputs: Vec<_> = conversation.turns[1]
        .blocks
        .iter()
        .filter_map(|block| if let Block::ToolCall(call) = block { Some(call.input.as_ref()) } else { None })
        .collect();
    assert_eq!(inputs, [r#"{"arguments":"{\"a\": tru"}"#, "{}", r#"{"a":1.0}"#]);
    assert_eq!(paths(&conversation), ["input[1].arguments"]);
}

#[test]
fn a_seal_of_geminis_finds_its_call_again() {
    let seal = Seal { dialect: Dialect::Gemini, issuer: "gemini".into(), data: "CiQ=".into() };
    let body = format!(
        r#"{{"input":[{{"role":"user","content":"x"}},{{"type":"function_call","call_id":"1","name":"f","arguments":"{{}}"}},
            {{"type":"reasoning","summary":[],"encrypted_content":"{}"}},
            {{"type":"function_call","call_id":"2","name":"f","arguments":"{{}}"}}]}}"#,
        seal.pack()
    );
    let conversation = decoded(&body);
    let [Block::ToolCall(one), Block::ToolCall(two)] = &conversation.turns[1].blocks[..] else { panic!() };
    assert_eq!((&one.seal, &two.seal), (&Some(seal), &None));
}

#[test]
fn thoughts_of_others_come_back_whole() {
    let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "Eq==".into() };
    let body = format!(
        r#"{{"input":[{{"role":"user","content":"x"}},{{"type":"function_call","call_id":"1","name":"f","arguments":"{{}}"}},
            {{"type":"reasoning","summary":[],"encrypted_content":"{0}"}},
            {{"type":"reasoning","summary":[{{"type":"summary_text","text":"t"}}],"encrypted_content":"{0}"}}]}}"#,
        seal.pack()
    );
    let conversation = decoded(&body);
    let thought =
        |text: &'static str| Block::Reasoning { text: text.into(), seal: Some(seal.clone()), summary: false };
    assert_eq!(conversation.turns[1].blocks[1..], [thought(""), thought("t")]);
}

#[test]
fn what_only_openai_keeps_is_a_need() {
    for (body, need) in [
        (
            r#"{"previous_response_id":"resp_1","input":[{"type":"function_call_output","call_id":"c","output":"x"}]}"#,
            "resp_1",
        ),
        (r#"{"conversation":{"id":"conv_1"},"input":"x"}"#, "conv_1"),
        (r#"{"conversation":"conv_1","input":"x"}"#, "conv_1"),
        (r#"{"prompt":{"id":"pmpt_1"}}"#, "pmpt_1"),
        (r#"{"input":[{"type":"item_reference","id":"rs_1"},{"role":"user","content":"x"}]}"#, "rs_1"),
        (
            r#"{"input":[{"type":"compaction","encrypted_content":"gAAA"},{"role":"user","content":"x"}]}"#,
            "compaction",
        ),
    ] {
        let needs = decoded(body).needs();
        assert_eq!(needs.own_vendor, [format!("the stored answer {need}")], "{body}");
    }
}

#[test]
fn media_come_in_every_form() {
    let conversation = decoded(
        r#"{"input":[{"role":"user","content":[
            {"type":"input_image","image_url":"data:image/jpeg;base64,AAAA"},
            {"type":"input_image","image_url":{"url":"https://e.com/a.png"}},
            {"type":"input_image","image_url":null,"file_id":"file-1"},
            {"type":"input_file","filename":"a.csv","file_data":"YSxi"},
            {"type":"input_file","file_data":"data:text/plain;charset=utf-8;base64,YQ=="},
            {"type":"input_audio","input_audio":{"data":"UklG","format":"mp3"}}]}]}"#,
    );
    let sources: Vec<_> = conversation.turns[0]
        .blocks
        .iter()
        .filter_map(|block| if let Block::Media(media) = block { Some(media.source.clone()) } else { None })
        .collect();
    let inline =
        |mime: &'static str, data: &'static str| Source::Base64 { mime: mime.into(), data: data.into() };
    assert_eq!(
        sources,
        [
            inline("image/jpeg", "AAAA"),
            Source::Url { url: "https://e.com/a.png".into(), mime: None },
            Source::File { id: "file-1".into() },
            inline("text/csv", "YSxi"),
            inline("text/plain", "YQ=="),
            inline("audio/mpeg", "UklG"),
        ]
    );
}

#[test]
fn outputs_come_in_every_form() {
    let conversation = decoded(
        r#"{"input":[{"role":"user","content":"x"},
            {"type":"local_shell_call","id":"lsh_1","call_id":"c1","action":{"type":"exec","command":["ls"]}},
            {"type":"shell_call","call_id":"c2","action":{"commands":["ls"]}},
            {"type":"function_call","call_id":"c3","name":"f","arguments":"{}"},
            {"type":"local_shell_call_output","id":"c1","output":"a"},
            {"type":"shell_call_output","call_id":"c2","output":[{"stdout":"b","stderr":""}]},
            {"type":"function_call_output","call_id":"c3","output":{"content":"no","success":false}}]}"#,
    );
    let results: Vec<_> = conversation.turns[2]
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::ToolResult(result) => {
                Some((result.name.as_ref(), result.text().into_owned(), result.is_error))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        results,
        [
            ("local_shell", "a".to_owned(), false),
            ("shell", r#"[{"stdout":"b","stderr":""}]"#.to_owned(), false),
            ("f", "no".to_owned(), true),
        ]
    );
}

#[test]
fn nothing_is_left_out_silently() {
    let conversation = decoded(
        r#"{"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"x","prompt_cache_breakpoint":{"mode":"explicit"}}]},
            {"type":"web_search_call","id":"ws_1","status":"completed"},
            {"type":"message","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"y","annotations":[{"type":"url_citation"}]}]}],
            "text":{"verbosity":"low"},"reasoning":{"effort":"ultra","summary":"auto","context":"auto"},"store":true,
            "include":["reasoning.encrypted_content","file_search_call.results"],"truncation":"auto","background":null}"#,
    );
    assert_eq!(
        paths(&conversation),
        [
            "reasoning.effort",
            "reasoning.context",
            "store",
            "include[1]",
            "input[1]",
            "input[2].content[0].annotations",
            "input[2].phase",
            "truncation",
        ]
    );
    assert_eq!(conversation.turns[0].blocks[0].cache(), Some(Cache::Default));
    assert_eq!(conversation.reasoning.and_then(|reasoning| reasoning.shown), Some(true));
}
