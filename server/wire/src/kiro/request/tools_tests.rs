use super::super::tests::{asked, call, obeys, result, tool, turn, value};
use crate::Conversation;
use crate::conversation::*;
use crate::kiro::request;
use serde_json::{Value, json};

#[test]
fn tools_of_the_history_are_always_told() {
    let turns = || {
        vec![
            turn(Role::User, [Block::text("go")]),
            turn(Role::Assistant, [call("1", "ls", "not an object")]),
            turn(Role::User, [result("1", [Block::text("a")])]),
        ]
    };
    let names = |body: &Value| -> Vec<String> {
        let tools =
            &body["conversationState"]["currentMessage"]["userInputMessage"]["userInputMessageContext"];
        let tools = tools["tools"].as_array().unwrap().iter();
        tools.map(|tool| tool["toolSpecification"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let (body, dropped) = asked(&Conversation { turns: turns(), ..Conversation::default() });
    assert_eq!(
        (names(&body), dropped),
        (vec!["ls".to_owned()], vec!["tools".to_owned(), "turns[1].blocks[0].input".to_owned()])
    );
    let tools = vec![
        tool("cat", "Cats."),
        tool("ls", ""),
        tool("ls", "twice"),
        Tool::Hosted { kind: "search".into() },
    ];
    let told = |tool_choice| {
        let conversation =
            Conversation { turns: turns(), tools: tools.clone(), tool_choice, ..Conversation::default() };
        let (body, dropped) = asked(&conversation);
        (names(&body).join(" "), dropped.join(" "))
    };
    let odd = "turns[1].blocks[0].input";
    assert_eq!(told(None), ("cat ls".to_owned(), format!("tools[2] tools[3] {odd}")));
    assert_eq!(
        told(Some(ToolChoice::None)),
        ("ls".to_owned(), format!("tool_choice tools tools[2] tools[3] {odd}"))
    );
    assert_eq!(
        told(Some(ToolChoice::Required)),
        ("cat ls".to_owned(), format!("tool_choice tools[2] tools[3] {odd}"))
    );
    let one = Some(ToolChoice::Named("cat".into()));
    assert_eq!(told(one), ("cat ls".to_owned(), format!("tool_choice tools[2] tools[3] {odd}")));
}

#[test]
fn a_long_description_goes_on_in_the_instructions() {
    let long = format!("{}\n{}", "é".repeat(4_000), "b ".repeat(4_000));
    let tools = vec![tool("ls", &long), tool("empty", " ")];
    let turns = vec![turn(Role::User, [Block::text("hi")])];
    let (body, dropped) = asked(&Conversation { turns, tools, ..Conversation::default() });
    let message = &body["conversationState"]["currentMessage"]["userInputMessage"];
    let tools = &message["userInputMessageContext"]["tools"];
    let told = tools[0]["toolSpecification"]["description"].as_str().unwrap();
    let (head, _) = told.split_once("\n(This description goes on").unwrap();
    let (rest, last) = message["content"].as_str().unwrap().rsplit_once("\n\n").unwrap();
    let rest = rest.strip_prefix("The description of the tool `ls` goes on:\n").unwrap();
    assert_eq!((format!("{head}\n{rest}"), last), (long.clone(), "hi"));
    assert_eq!(tools[1]["toolSpecification"]["description"], "empty");
    assert_eq!(dropped, ["tools[0].description"]);
}

#[test]
fn tools_of_free_text_become_functions() {
    let format = Some(r#"{"type":"grammar","syntax":"lark","definition":"start: \"a\""}"#.into());
    let tools =
        vec![Tool::Custom { name: "apply_patch".into(), description: Some("Patches.".into()), format }];
    let mut patch = call("1", "apply_patch", "*** Begin");
    if let Block::ToolCall(call) = &mut patch {
        call.kind = ToolKind::Custom;
    }
    let turns = vec![turn(Role::User, [Block::text("go")]), turn(Role::Assistant, [patch])];
    let conversation = Conversation { turns, tools, ..Conversation::default() };
    let request = request(&conversation, "m", "c", "AI_EDITOR", None);
    let body = value(&request);
    obeys(&body);
    let state = &body["conversationState"];
    let uses = &state["history"][1]["assistantResponseMessage"]["toolUses"];
    assert_eq!(uses[0]["input"], json!({"input": "*** Begin"}));
    let tools = &state["currentMessage"]["userInputMessage"]["userInputMessageContext"]["tools"];
    assert!(tools[0]["toolSpecification"]["description"].as_str().unwrap().contains("start: \"a\""));
    assert!(request.names.is_custom("apply_patch"));
}
