use super::*;
use crate::conversation::*;
use crate::{Dialect, decode};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) fn value(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

pub(super) fn asked(conversation: &Conversation<'_>) -> (Value, Vec<String>) {
    let request = request(conversation, "claude-sonnet-4.5", "c0ffee", "AI_EDITOR", None);
    let value = value(&request);
    obeys(&value);
    (value, request.dropped.into_iter().map(|one| one.path).collect())
}

/// Holds a body against what the service is known to refuse.
pub(super) fn obeys(body: &Value) {
    let state = &body["conversationState"];
    let history = state["history"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut all: Vec<&Value> = history.iter().collect();
    all.push(&state["currentMessage"]);
    assert_ne!(all.len() % 2, 0, "the person begins and ends: {body:#}");
    let current = &state["currentMessage"]["userInputMessage"]["userInputMessageContext"];
    let tools = current["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut names = BTreeSet::new();
    for tool in tools {
        let tool = &tool["toolSpecification"];
        let name = tool["name"].as_str().unwrap();
        assert!(names.insert(name) && name.len() <= 64);
        assert!(name.chars().all(|char| char.is_ascii_alphanumeric() || "_-".contains(char)), "{name}");
        let description = tool["description"].as_str().unwrap();
        assert!(!description.is_empty() && description.len() <= 10_000);
        assert_eq!(tool["inputSchema"]["json"]["type"], "object");
    }
    let (mut calls, mut ids, mut pictures) = (Vec::new(), BTreeSet::new(), 0);
    for (index, message) in all.iter().enumerate() {
        if index % 2 == 0 {
            let message = &message["userInputMessage"];
            let results = message["userInputMessageContext"]["toolResults"].as_array();
            let results = results.map(Vec::as_slice).unwrap_or_default();
            let answered: BTreeSet<_> =
                results.iter().map(|one| one["toolUseId"].clone().to_string()).collect();
            assert_eq!((results.len(), answered), (calls.len(), calls.drain(..).collect()), "{body:#}");
            assert!(results.iter().all(|one| one["content"][0]["text"].as_str().unwrap() != ""));
            let said = !message["content"].as_str().unwrap().trim().is_empty();
            assert!(said || !results.is_empty(), "{body:#}");
            assert!(message["modelId"].is_string() && message["origin"].is_string());
            pictures += message["images"].as_array().map_or(0, Vec::len);
        } else {
            let message = &message["assistantResponseMessage"];
            for call in message["toolUses"].as_array().into_iter().flatten() {
                assert!(call["input"].is_object() && names.contains(call["name"].as_str().unwrap()));
                let id = call["toolUseId"].as_str().unwrap();
                assert!(id.len() <= 64 && ids.insert(id.to_owned()), "{id}");
                calls.push(call["toolUseId"].to_string());
            }
            let said = !message["content"].as_str().unwrap().trim().is_empty();
            assert!(said || !calls.is_empty(), "{body:#}");
        }
    }
    assert!(pictures <= 10);
}

pub(super) fn turn<'a>(role: Role, blocks: impl Into<Vec<Block<'a>>>) -> Turn<'a> {
    Turn { role, blocks: blocks.into() }
}

pub(super) fn call<'a>(id: &'a str, name: &'a str, input: &'a str) -> Block<'a> {
    let (id, name, input) = (id.into(), name.into(), input.into());
    Block::ToolCall(ToolCall { id, name, input, kind: ToolKind::Function, seal: None, cache: None })
}

pub(super) fn result<'a>(id: &'a str, content: impl Into<Vec<Block<'a>>>) -> Block<'a> {
    let (call_id, name) = (id.into(), "ls".into());
    let content = content.into();
    Block::ToolResult(ToolResult {
        call_id,
        name,
        content,
        is_error: false,
        kind: ToolKind::Function,
        cache: None,
    })
}

pub(super) fn tool<'a>(name: &'a str, description: &'a str) -> Tool<'a> {
    let description = Some(description.into());
    Tool::Function { name: name.into(), description, schema: None, strict: None, cache: None }
}

/// The first bytes of a PNG.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";

fn picture<'a>(mime: &'a str, data: &'a str) -> Block<'a> {
    let source = Source::Base64 { mime: mime.into(), data: data.into() };
    Block::Media(Media { kind: MediaKind::Image, source, name: None, detail: None, cache: None })
}

#[test]
fn a_loop_of_calls_is_said_in_kiros_words() {
    let body = json!({
        "model": "m", "max_tokens": 1024, "stream": true, "temperature": 0.5, "thinking": {"type": "adaptive"},
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "tools": [{"name": "mcp.fs/read", "description": "Reads.", "input_schema": {
            "type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"],
            "additionalProperties": false}}],
        "messages": [
            {"role": "user", "content": "What is in /a?"},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "hm", "signature": "sig"},
                {"type": "text", "text": "Reading it."},
                {"type": "tool_use", "id": "toolu_1", "name": "mcp.fs/read", "input": {"path": "/a"}},
                {"type": "tool_use", "id": "toolu_2", "name": "mcp.fs/read", "input": {}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_2", "content": "no path", "is_error": true},
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
                {"type": "text", "text": "Go on.", "cache_control": {"type": "ephemeral"}}]},
        ],
    })
    .to_string();
    let conversation = decode(Dialect::Messages, body.as_bytes(), true).unwrap();
    let arn = "arn:aws:codewhisperer:us-east-1:1:profile/X";
    let request = request(&conversation, "claude-sonnet-4.5", "c0ffee", "AI_EDITOR", Some(arn));
    obeys(&value(&request));
    let dropped: Vec<_> = request.dropped.iter().map(|one| format!("{}: {}", one.path, one.why)).collect();
    insta::assert_snapshot!(format!("{:#}\n{}", value(&request), dropped.join("\n")), @r#"
    {
      "conversationState": {
        "chatTriggerType": "MANUAL",
        "conversationId": "c0ffee",
        "currentMessage": {
          "userInputMessage": {
            "content": "Go on.",
            "modelId": "claude-sonnet-4.5",
            "origin": "AI_EDITOR",
            "userInputMessageContext": {
              "toolResults": [
                {
                  "content": [
                    {
                      "text": "no path"
                    }
                  ],
                  "status": "error",
                  "toolUseId": "toolu_2"
                },
                {
                  "content": [
                    {
                      "text": "one\ntwo"
                    }
                  ],
                  "status": "success",
                  "toolUseId": "toolu_1"
                }
              ],
              "tools": [
                {
                  "toolSpecification": {
                    "description": "Reads.",
                    "inputSchema": {
                      "json": {
                        "properties": {
                          "path": {
                            "type": "string"
                          }
                        },
                        "required": [
                          "path"
                        ],
                        "type": "object"
                      }
                    },
                    "name": "mcp_fs_read_3e5ae20d"
                  }
                }
              ]
            }
          }
        },
        "history": [
          {
            "userInputMessage": {
              "content": "Be brief.\n\nWhat is in /a?",
              "modelId": "claude-sonnet-4.5",
              "origin": "AI_EDITOR"
            }
          },
          {
            "assistantResponseMessage": {
              "content": "Reading it.",
              "toolUses": [
                {
                  "input": {
                    "path": "/a"
                  },
                  "name": "mcp_fs_read_3e5ae20d",
                  "toolUseId": "toolu_1"
                },
                {
                  "input": {},
                  "name": "mcp_fs_read_3e5ae20d",
                  "toolUseId": "toolu_2"
                }
              ]
            }
          }
        ]
      },
      "profileArn": "arn:aws:codewhisperer:us-east-1:1:profile/X"
    }
    max_tokens: the model takes no limit of output from Kiro
    messages[1].content[0]: Kiro takes a thought back from the account only that it came from
    sampling.temperature: Kiro has no such member
    system: stands at the head of the person's first message: Kiro has no place for it
    system[0].cache_control: Kiro keeps prompts without marks; so it is with 1 more
    thinking: the model cannot be asked to reason through Kiro
    tools[0].input_schema: lost `additionalProperties` or an empty `required`, which Kiro refuses
    "#);
    let sent = value(&request);
    let sent = &sent["conversationState"]["history"][1]["assistantResponseMessage"]["toolUses"][0]["name"];
    assert_eq!(request.names.own(sent.as_str().unwrap()), "mcp.fs/read");
}

#[test]
fn the_person_begins_and_ends() {
    let turns = vec![turn(Role::Assistant, [Block::text("Hello.")])];
    let (body, dropped) = asked(&Conversation { turns, ..Conversation::default() });
    let state = &body["conversationState"];
    assert_eq!(state["history"][0]["userInputMessage"]["content"], "(no words)");
    assert_eq!(state["history"][1]["assistantResponseMessage"]["content"], "Hello.");
    let current = &state["currentMessage"]["userInputMessage"]["content"];
    assert_eq!(current, "Go on from exactly where your last message stops.");
    assert_eq!(dropped, ["turns[0].role", "turns[0].role"]);
    let (body, _) = asked(&Conversation::default());
    assert_eq!(body["conversationState"]["currentMessage"]["userInputMessage"]["content"], "(no words)");
}

#[test]
fn neighbours_of_one_role_become_one_message() {
    let turns = vec![
        turn(Role::User, [Block::text("a"), Block::text("b")]),
        turn(Role::User, [Block::text("c")]),
        turn(Role::Assistant, [Block::text("d"), Block::text("e"), call("1", "ls", "{}")]),
        turn(Role::Assistant, [call("2", "ls", "{}")]),
        turn(Role::System, [Block::text("Now in French.")]),
        turn(Role::User, [result("2", [Block::text("two")]), result("1", [])]),
    ];
    let (body, _) = asked(&Conversation { turns, ..Conversation::default() });
    let state = &body["conversationState"];
    assert_eq!(state["history"][0]["userInputMessage"]["content"], "a\n\nb\n\nc");
    let model = &state["history"][1]["assistantResponseMessage"];
    assert_eq!((&model["content"], model["toolUses"].as_array().unwrap().len()), (&json!("de"), 2));
    let current = &state["currentMessage"]["userInputMessage"];
    assert_eq!(current["content"], "<system-reminder>\nNow in French.\n</system-reminder>");
    let results = &current["userInputMessageContext"]["toolResults"];
    assert_eq!(results[0], json!({"toolUseId": "2", "content": [{"text": "two"}], "status": "success"}));
    assert_eq!(results[1]["content"], json!([{"text": "(no output)"}]));
}

#[test]
fn every_call_has_its_answer_right_behind_it() {
    let turns = vec![
        turn(Role::User, [Block::text("go"), result("0", [Block::text("orphan")])]),
        turn(Role::Assistant, [call("1", "ls", "{}"), call("2", "ls", "{}")]),
        turn(Role::User, [Block::text("wait")]),
        turn(Role::Assistant, [Block::text("Waiting.")]),
        turn(Role::User, [result("1", [Block::text("late")])]),
        turn(Role::Assistant, [call("1", "ls", "{}")]),
    ];
    let (body, dropped) = asked(&Conversation { turns, ..Conversation::default() });
    let history = &body["conversationState"]["history"];
    let results = &history[2]["userInputMessage"]["userInputMessageContext"]["toolResults"];
    assert_eq!(
        (&results[0]["content"][0]["text"], &results[0]["status"]),
        (&json!("late"), &json!("success"))
    );
    assert_eq!(results[1]["status"], "error");
    let again = &history[3]["assistantResponseMessage"]["toolUses"][0]["toolUseId"];
    assert_eq!(again, "1_2", "an id that was used before is made another");
    assert!(dropped.contains(&"turns[0].blocks[1]".to_owned()), "{dropped:?}");
    assert!(dropped.contains(&"turns[1].blocks[1]".to_owned()), "{dropped:?}");
}

#[test]
fn pictures_stand_in_the_message_and_are_what_they_are() {
    let document = Block::Media(Media {
        kind: MediaKind::Document,
        source: Source::Text("Notes.".into()),
        name: Some("n.txt".into()),
        detail: None,
        cache: None,
    });
    let turns = vec![
        turn(Role::User, [picture("image/jpeg", PNG), document]),
        turn(Role::Assistant, [call("1", "ls", "{}")]),
        turn(
            Role::User,
            [result("1", [Block::text("seen"), picture("image/png", PNG)]), picture("image/tiff", "AAAA")],
        ),
    ];
    let (body, dropped) = asked(&Conversation { turns, ..Conversation::default() });
    let state = &body["conversationState"];
    let first = &state["history"][0]["userInputMessage"];
    assert_eq!(first["images"], json!([{"format": "png", "source": {"bytes": PNG}}]), "whatever was stated");
    assert_eq!(first["content"], "Notes.");
    let current = &state["currentMessage"]["userInputMessage"];
    assert_eq!(current["images"].as_array().unwrap().len(), 1);
    assert_eq!(current["content"], "");
    let text = &current["userInputMessageContext"]["toolResults"][0]["content"][0]["text"];
    assert_eq!(text, "seen\n(A picture, which is attached to this message.)");
    assert_eq!(
        dropped,
        ["tools", "turns[0].blocks[1].name", "turns[2].blocks[0].content[1]", "turns[2].blocks[1]"]
    );
    let many: Vec<Block<'_>> = (0..12).map(|_| picture("image/png", PNG)).collect();
    let (body, dropped) =
        asked(&Conversation { turns: vec![turn(Role::User, many)], ..Conversation::default() });
    let current = &body["conversationState"]["currentMessage"]["userInputMessage"];
    assert_eq!(
        (current["images"].as_array().unwrap().len(), dropped),
        (10, vec!["turns[0].blocks[0]".to_owned()])
    );
}

#[test]
fn what_has_no_place_is_named() {
    let conversation = Conversation {
        turns: vec![turn(Role::User, [Block::text("hi")])],
        sampling: Sampling { temperature: Some("1"), seed: Some("7"), ..Sampling::default() },
        max_output: Some(100),
        stop: vec!["END".into()],
        reasoning: Some(Reasoning { effort: Some(Effort::High), ..Reasoning::default() }),
        format: Some(OutputFormat::Json),
        parallel_tools: Some(false),
        verbosity: Some("low".into()),
        user: Some("me".into()),
        metadata: vec![("a".into(), "b".into())],
        cache_key: Some("k".into()),
        service_tier: Some("flex".into()),
        continues: Some("resp_1".into()),
        ..Conversation::default()
    };
    let (body, dropped) = asked(&conversation);
    assert_eq!(
        dropped.join(" "),
        "cache_key continues format max_output metadata parallel_tools reasoning sampling.seed \
         sampling.temperature service_tier stop user verbosity"
    );
    let content = &body["conversationState"]["currentMessage"]["userInputMessage"]["content"];
    assert_eq!(content, "Answer with one JSON object and nothing else.\n\nhi");
    assert!(body.get("additionalModelRequestFields").is_none() && body.get("profileArn").is_none());
}

fn block() -> impl Strategy<Value = Block<'static>> {
    let id = prop_oneof![Just("a"), Just("b"), Just("a.b"), Just("")];
    let text = prop_oneof![Just(""), Just(" \n"), Just("words")];
    prop_oneof![
        text.clone().prop_map(Block::text),
        (id.clone(), text).prop_map(|(id, text)| result(id, [Block::text(text), picture("image/png", PNG)])),
        (id, prop_oneof![Just("{}"), Just(""), Just("[")]).prop_map(|(id, input)| call(id, "ls", input)),
        Just(Block::Reasoning { text: "hm".into(), seal: None, summary: false }),
        Just(picture("image/png", PNG)),
        Just(picture("image/bmp", "")),
    ]
}

proptest! {
    #[test]
    fn any_conversation_obeys(
        turns in proptest::collection::vec((0_usize..5, proptest::collection::vec(block(), 0..4)), 0..8),
        tools in proptest::collection::vec(prop_oneof![Just("ls"), Just("l s"), Just("")], 0..4),
        system in proptest::option::of(prop_oneof![Just(""), Just("Be brief.")]),
    ) {
        let roles = [Role::User, Role::User, Role::Assistant, Role::Assistant, Role::System];
        let turns = turns.into_iter().map(|(role, blocks)| turn(roles[role], blocks)).collect();
        let tools = tools.into_iter().map(|name| tool(name, "")).collect();
        let system = system.map(Block::text).into_iter().collect();
        asked(&Conversation { turns, tools, system, ..Conversation::default() });
    }
}

/// Every request that is told into other dialects obeys here, too.
#[test]
fn recorded_requests_obey() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/requests");
    let mut read = 0;
    for dialect in Dialect::ALL {
        for entry in std::fs::read_dir(folder.join(dialect.as_str())).unwrap() {
            let body = std::fs::read(entry.unwrap().path()).unwrap();
            if let Ok(conversation) = decode(dialect, &body, true) {
                asked(&conversation);
                read += 1;
            }
        }
    }
    assert!(read > 50, "{read}");
}
