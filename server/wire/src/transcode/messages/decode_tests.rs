use crate::conversation::*;
use crate::{Dialect, decode};

fn decoded(text: &str) -> Conversation<'_> {
    decode(Dialect::Messages, text.as_bytes(), false).unwrap()
}

fn with(members: &str) -> String {
    format!(r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"Hi"}}],{members}}}"#)
}

fn paths(conversation: &Conversation<'_>) -> Vec<String> {
    conversation.dropped.iter().map(|one| one.path.clone()).collect()
}

fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/requests/messages/");
    std::fs::read_to_string(format!("{folder}{name}.json")).unwrap()
}

#[test]
fn reasoning_is_read_from_all_its_places() {
    for (members, effort, budget, shown) in [
        (r#""thinking":{"type":"disabled"}"#, Some(Effort::None), None, None),
        (r#""thinking":{"type":"enabled","budget_tokens":2048}"#, None, Some(2048), None),
        (r#""thinking":{"type":"enabled"}"#, Some(Effort::High), None, None),
        (r#""thinking":{"type":"adaptive","display":"omitted"}"#, Some(Effort::High), None, Some(false)),
        (r#""thinking":{"type":"adaptive"},"output_config":{"effort":"max"}"#, Some(Effort::Max), None, None),
        (r#""output_config":{"effort":"low"}"#, Some(Effort::Low), None, None),
    ] {
        let body = with(members);
        let reasoning = decoded(&body).reasoning.unwrap();
        assert_eq!(reasoning, Reasoning { effort, budget, shown }, "{members}");
    }
    assert_eq!(decoded(&with(r#""output_config":{}"#)).reasoning, None);
    let off = with(r#""thinking":{"type":"disabled"},"output_config":{"effort":"max","task_budget":{}}"#);
    let off = decoded(&off);
    assert!(off.reasoning.unwrap().off());
    assert_eq!(paths(&off), ["output_config.effort", "output_config.task_budget"]);
}

#[test]
fn claude_codes_own_members_are_named() {
    let text = fixture("claude_code_first_turn");
    let conversation = decoded(&text);
    assert_eq!(conversation.system.len(), 2, "the note to the billing is gone");
    assert_eq!(conversation.system[0].cache(), Some(Cache::Hour));
    assert_eq!(conversation.turns[1].role, Role::System);
    assert_eq!(
        paths(&conversation),
        [
            "tools[0].eager_input_streaming",
            "system[0]",
            "system[1].cache_control.scope",
            "context_management",
            "diagnostics",
        ]
    );
}

#[test]
fn thoughts_keep_which_kind_they_were() {
    let text = fixture("thinking_without_text");
    let conversation = decoded(&text);
    let blocks = &conversation.turns[1].blocks;
    let Block::Reasoning { seal: Some(redacted), .. } = &blocks[0] else { panic!() };
    let Block::Reasoning { seal: Some(omitted), .. } = &blocks[1] else { panic!() };
    assert!(redacted.data.starts_with("redacted_thinking:"));
    assert_eq!(omitted.data, "ErUBCkYIBBgCKkDomitted==");
    assert!(matches!(&conversation.turns[3].blocks[0], Block::Reasoning { seal: None, .. }));
    let text = fixture("seals_of_other_vendors");
    let conversation = decoded(&text);
    let seals: Vec<_> = (conversation.turns.iter().flat_map(|turn| &turn.blocks))
        .filter_map(|block| match block {
            Block::Reasoning { seal: Some(seal), .. } => {
                Some((seal.dialect, seal.issuer.as_ref(), seal.data.as_ref()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        seals,
        [
            (Dialect::Responses, "openai", "rs_01\ngAAAAABo"),
            (Dialect::Responses, "openai", "rs_02\ngAAAAABp"),
            (Dialect::Messages, "anthropic", "EqQBsig+/="),
            (Dialect::Messages, "anthropic", "redacted_thinking:EmwKred"),
        ]
    );
}

#[test]
fn the_work_of_hosted_tools_is_passed_over() {
    let text = fixture("hosted_tools");
    let conversation = decoded(&text);
    let needs = conversation.needs();
    // A search and the like beside tools of the client's own is left out; hands are not.
    assert_eq!(needs.own_vendor.len(), 4);
    let texts: Vec<_> = conversation.turns[1].blocks.iter().collect();
    assert_eq!(texts, [&Block::text("It rains."), &Block::text("And that is all.")]);
    assert!(paths(&conversation).contains(&"messages[1].content[0]".to_owned()));
}

#[test]
fn documents_keep_all_their_words() {
    let text = fixture("pictures_and_documents");
    let conversation = decoded(&text);
    let blocks = &conversation.turns[0].blocks;
    assert_eq!(blocks[2], Block::text("The paper in question."));
    let media: Vec<_> = blocks
        .iter()
        .filter_map(|block| match block {
            Block::Media(media) => Some((media.name.as_deref(), &media.source)),
            _ => None,
        })
        .collect();
    assert_eq!(media[2].0, Some("paper.pdf"));
    assert_eq!(media[5].1, &Source::Text("first\nsecond".into()));
    assert_eq!(media[7], (Some("C (https://example.org/c)"), &Source::Text("found".into())));
    assert_eq!(
        paths(&conversation),
        ["messages[0].content[2].citations", "messages[0].content[7].citations"]
    );
}

#[test]
fn tools_that_come_later_are_there_from_the_start() {
    let text = fixture("deferred_tools");
    let conversation = decoded(&text);
    assert_eq!(conversation.tools.len(), 3);
    let Block::ToolResult(found) = &conversation.turns[2].blocks[0] else { panic!() };
    assert_eq!(found.text(), "Read");
    assert_eq!(conversation.turns[3].blocks, [Block::text("Bash is there now.")]);
}

#[test]
fn odd_things_are_legal() {
    let text = fixture("odd_but_legal");
    let conversation = decoded(&text);
    assert_eq!(conversation.system, [Block::text("Said first, though in a message.")]);
    assert_eq!(conversation.max_output, Some(4096));
    assert_eq!(conversation.turns.len(), 5);
    assert_eq!(paths(&conversation), ["messages[5].content", "messages[2].content[1]"]);
}

#[test]
fn one_mark_for_all_is_the_last_blocks() {
    let text = fixture("automatic_cache");
    let conversation = decoded(&text);
    assert_eq!(conversation.turns[2].blocks[0].cache(), Some(Cache::Default));
}

#[test]
fn choices_and_formats_are_read() {
    let body = with(r#""tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":false}"#);
    let conversation = decoded(&body);
    assert_eq!(conversation.tool_choice, Some(ToolChoice::Named("f".into())));
    assert_eq!(conversation.parallel_tools, Some(true));
    let body = with(r#""output_format":{"type":"json_schema","schema":{"b":1.0, "a":2}}"#);
    let Some(OutputFormat::Schema { schema, .. }) = decoded(&body).format else { panic!() };
    assert_eq!(schema, r#"{"b":1.0, "a":2}"#, "as it was written");
}
