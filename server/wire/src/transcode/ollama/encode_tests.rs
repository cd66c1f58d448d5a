use crate::conversation::{
    Block, Cache, Effort, Media, MediaKind, OutputFormat, Reasoning, Role, Seal, Source, Tool, ToolCall,
    ToolChoice, ToolKind, ToolResult, Turn,
};
use crate::{Conversation, Dialect, Encoded, ReasoningStyle, Target};
use serde_json::{Value, json};

fn encode_for(conversation: &Conversation<'_>, target: &Target<'_>) -> (Value, Vec<String>) {
    let Encoded { body, dropped, .. } = crate::encode(Dialect::Ollama, conversation, target);
    (serde_json::from_slice(&body).unwrap(), dropped.into_iter().map(|one| one.path).collect())
}

fn encode(conversation: &Conversation<'_>) -> (Value, Vec<String>) {
    encode_for(conversation, &Target::new("m", "ollama", true))
}

fn turn(role: Role, blocks: Vec<Block<'static>>) -> Turn<'static> {
    Turn { role, blocks }
}

fn call(id: &'static str, input: &'static str, kind: ToolKind) -> Block<'static> {
    let (id, name, input) = (id.into(), "patch".into(), input.into());
    Block::ToolCall(ToolCall { id, name, input, kind, seal: None, cache: None })
}

fn result(id: &'static str, content: Vec<Block<'static>>) -> Block<'static> {
    Block::ToolResult(ToolResult {
        call_id: id.into(),
        name: "patch".into(),
        content,
        is_error: true,
        kind: ToolKind::Custom,
        cache: Some(Cache::Hour),
    })
}

fn media(kind: MediaKind, source: Source<'static>) -> Block<'static> {
    Block::Media(Media { kind, source, name: None, detail: None, cache: None })
}

fn function(name: &'static str) -> Tool<'static> {
    Tool::Function { name: name.into(), description: None, schema: None, strict: None, cache: None }
}

#[test]
fn neighbours_are_one_message_and_results_come_first() {
    let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "s".into() };
    let conversation = Conversation {
        turns: vec![
            turn(Role::User, vec![Block::text("one"), Block::text("two")]),
            turn(
                Role::Assistant,
                vec![Block::Reasoning { text: "hm".into(), seal: Some(seal), summary: false }],
            ),
            turn(Role::Assistant, vec![Block::Reasoning { text: "".into(), seal: None, summary: false }]),
            turn(Role::Assistant, vec![call("a", "{\"x\":1.50}", ToolKind::Function)]),
            turn(Role::Assistant, vec![call("b", "*** Begin\n", ToolKind::Custom)]),
            turn(
                Role::User,
                vec![
                    Block::Text { text: "and".into(), seal: None, cache: Some(Cache::Default) },
                    result("a", vec![Block::text("l1"), Block::text("l2")]),
                    result("b", vec![]),
                ],
            ),
        ],
        ..Conversation::default()
    };
    let (body, dropped) = encode(&conversation);
    assert_eq!(
        body["messages"],
        json!([
            {"role": "user", "content": "one\n\ntwo"},
            {"role": "assistant", "content": "", "thinking": "hm", "tool_calls": [
                {"id": "a", "function": {"index": 0, "name": "patch", "arguments": {"x": 1.5}}},
                {"id": "b", "function": {"index": 1, "name": "patch", "arguments": {"input": "*** Begin\n"}}},
            ]},
            {"role": "tool", "content": "l1\nl2", "tool_name": "patch", "tool_call_id": "a"},
            {"role": "tool", "content": "", "tool_name": "patch", "tool_call_id": "b"},
            {"role": "user", "content": "and"},
        ])
    );
    assert_eq!(
        dropped,
        [
            "turns[1].blocks[0].seal",
            "turns[2].blocks[0]",
            "turns[5].blocks[0].cache",
            "turns[5].blocks[1].cache",
            "turns[5].blocks[1].is_error",
            "turns[5].blocks[2].cache",
            "turns[5].blocks[2].is_error",
        ]
    );
}

#[test]
fn only_pictures_and_recordings_that_are_here_go_out() {
    let here =
        |mime: &'static str, data: &'static str| Source::Base64 { mime: mime.into(), data: data.into() };
    let conversation = Conversation {
        turns: vec![turn(
            Role::User,
            vec![
                media(MediaKind::Image, here("image/png", "iVBORw0KGgo=")),
                media(MediaKind::Audio, here("audio/wav", "UklGRigAAABXQVZFZm10IBAAAAABAAEA")),
                media(MediaKind::Audio, here("audio/ogg", "T2dnUwACAAAAAAAAAAAAAAAAAAAAAAAA")),
                media(MediaKind::Image, Source::Url { url: "https://a/b.png".into(), mime: None }),
                media(MediaKind::Document, here("application/pdf", "JVBERi0=")),
                media(MediaKind::Document, Source::Text("a note".into())),
                media(MediaKind::Image, Source::File { id: "file-1".into() }),
            ],
        )],
        ..Conversation::default()
    };
    let (body, dropped) = encode(&conversation);
    assert_eq!(
        body["messages"],
        json!([{"role": "user", "content": "a note", "images": ["iVBORw0KGgo=", "UklGRigAAABXQVZFZm10IBAAAAABAAEA"]}])
    );
    assert_eq!(dropped, [2, 3, 4, 6].map(|index| format!("turns[0].blocks[{index}]")));
}

#[test]
fn arguments_are_always_an_object() {
    for (input, arguments, lost) in [("", json!({}), 0), ("[1]", json!({}), 1), ("{\"a\":", json!({}), 1)] {
        let turns = vec![turn(Role::Assistant, vec![call("a", input, ToolKind::Function)])];
        let (body, dropped) = encode(&Conversation { turns, ..Conversation::default() });
        assert_eq!(body["messages"][0]["tool_calls"][0]["function"]["arguments"], arguments);
        assert_eq!(dropped.len(), lost, "{input}");
    }
}

#[test]
fn a_choice_of_tools_is_made_by_leaving_out() {
    for (choice, sent, dropped) in [
        (None, vec!["a", "b"], vec![]),
        (Some(ToolChoice::Auto), vec!["a", "b"], vec![]),
        (Some(ToolChoice::Required), vec!["a", "b"], vec!["tool_choice"]),
        (Some(ToolChoice::None), vec![], vec!["tools"]),
        (Some(ToolChoice::Named("b".into())), vec!["b"], vec!["tool_choice", "tools"]),
        (Some(ToolChoice::Allowed(vec!["a".into()], false)), vec!["a"], vec!["tools"]),
    ] {
        let tools = vec![function("a"), function("b")];
        let (body, found) =
            encode(&Conversation { tools, tool_choice: choice.clone(), ..Conversation::default() });
        let names: Vec<_> = body["tools"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|tool| tool["function"]["name"].as_str().unwrap())
            .collect();
        assert_eq!((names, found), (sent, dropped.into_iter().map(str::to_owned).collect()), "{choice:?}");
    }
}

#[test]
fn tools_that_ollama_does_not_know() {
    let tools = vec![
        Tool::Custom {
            name: "patch".into(),
            description: Some("Patches.".into()),
            format: Some("{\"type\":\"grammar\"}".into()),
        },
        Tool::Hosted { kind: "web_search_20250305".into() },
    ];
    let conversation = Conversation { tools, ..Conversation::default() };
    let (body, dropped) = encode(&conversation);
    assert_eq!(dropped, ["tools[0].format", "tools[1]"]);
    let function = &body["tools"][0]["function"];
    assert_eq!(function["name"], "patch");
    assert_eq!(function["parameters"]["required"], json!(["input"]));
    assert!(function["description"].as_str().unwrap().starts_with("Patches.\n\nThe format of `input`:"));
    let encoded = crate::encode(Dialect::Ollama, &conversation, &Target::new("m", "ollama", true));
    assert!(encoded.names.is_custom("patch"));
}

#[test]
fn think_follows_the_targets_style() {
    use ReasoningStyle::{Budget, Effort as Level, None as Never, Switch};
    let effort = |effort| Reasoning { effort: Some(effort), ..Reasoning::default() };
    for (asked, style, think, dropped) in [
        (effort(Effort::None), Level, json!(false), vec![]),
        (effort(Effort::Minimal), Level, json!("low"), vec!["reasoning.effort"]),
        (effort(Effort::XHigh), Level, json!("high"), vec!["reasoning.effort"]),
        (effort(Effort::Max), Level, json!("max"), vec![]),
        (effort(Effort::High), Switch, json!(true), vec![]),
        (effort(Effort::High), Never, Value::Null, vec!["reasoning"]),
        (
            Reasoning { budget: Some(4_000), ..Reasoning::default() },
            Budget,
            json!("low"),
            vec!["reasoning.budget"],
        ),
        (Reasoning { shown: Some(true), ..Reasoning::default() }, Level, json!(true), vec![]),
        (
            Reasoning { shown: Some(false), ..effort(Effort::Low) },
            Level,
            json!("low"),
            vec!["reasoning.shown"],
        ),
    ] {
        let conversation = Conversation { reasoning: Some(asked), ..Conversation::default() };
        let target = Target { reasoning: style, ..Target::new("m", "ollama", false) };
        let (body, found) = encode_for(&conversation, &target);
        assert_eq!(body["think"], think, "{asked:?}");
        assert_eq!(found, dropped, "{asked:?}");
    }
}

#[test]
fn a_schema_is_bare_and_only_for_targets_that_follow_one() {
    let schema = "{\"type\":\"object\",\"title\":1.0}";
    let format = OutputFormat::Schema {
        name: Some("a".into()),
        description: None,
        schema: schema.into(),
        strict: Some(true),
    };
    let conversation = Conversation { format: Some(format), ..Conversation::default() };
    let (body, dropped) = encode(&conversation);
    assert_eq!(
        (&body["format"], dropped),
        (&json!({"type": "object", "title": 1.0}), vec!["format.name".to_owned()])
    );
    let target = Target { schema: false, ..Target::new("m", "ollama", true) };
    let (body, dropped) = encode_for(&conversation, &target);
    assert_eq!(body["format"], "json");
    assert_eq!(dropped, ["format.name", "format.schema"]);
}

#[test]
fn what_ollama_has_no_place_for_is_named() {
    let conversation = Conversation {
        parallel_tools: Some(false),
        user: Some("u".into()),
        metadata: vec![("a".into(), "b".into())],
        cache_key: Some("k".into()),
        service_tier: Some("flex".into()),
        continues: Some("resp_1".into()),
        ..Conversation::default()
    };
    let (body, dropped) = encode(&conversation);
    assert_eq!(body, json!({"model": "m", "messages": [], "stream": true}));
    assert_eq!(dropped, ["cache_key", "continues", "metadata", "parallel_tools", "service_tier", "user"]);
}
