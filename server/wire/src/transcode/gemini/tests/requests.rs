use super::fixtures;
use crate::conversation::{
    Block, Cache, Effort, Reasoning, Role, Seal, ToolCall, ToolKind, ToolResult, Turn,
};
use crate::conversation::{OutputFormat, Tool, ToolChoice};
use crate::{Conversation, Dialect, Encoded, ReasoningStyle, Target, decode, encode};
use serde_json::{Value, json};

fn decoded(body: &[u8]) -> Conversation<'_> {
    decode(Dialect::Gemini, body, true).unwrap()
}

fn target(model: &str) -> Target<'_> {
    Target::new(model, "gemini", true)
}

fn encoded(conversation: &Conversation<'_>, model: &str) -> (Value, Encoded) {
    let encoded = encode(Dialect::Gemini, conversation, &target(model));
    (serde_json::from_slice(&encoded.body).unwrap(), encoded)
}

fn lost(encoded: &Encoded) -> Vec<&str> {
    encoded.dropped.iter().map(|one| one.path.as_str()).collect()
}

#[test]
fn every_request_survives_there_and_back() {
    for (name, body) in fixtures("requests", "json") {
        let once = encode(Dialect::Gemini, &decoded(&body), &target("gemini-3-pro-preview"));
        let again = decoded(&once.body);
        let twice = encode(Dialect::Gemini, &again, &target("gemini-3-pro-preview"));
        assert_eq!(String::from_utf8_lossy(&once.body), String::from_utf8_lossy(&twice.body), "{name}");
        if name == "media" {
            // An uploaded file is known by its id alone: its type is lost.
            continue;
        }
        let mut first = decoded(&body);
        let offered = first.tools.clone();
        if let Some(ToolChoice::Allowed(names, _)) = &mut first.tool_choice {
            names.retain(|wanted| {
                offered.iter().any(|tool| matches!(tool, Tool::Function { name, .. } if name == wanted))
            });
        }
        // What the model thought goes back only where it was signed.
        for turn in &mut first.turns {
            turn.blocks.retain(|block| !matches!(block, Block::Reasoning { seal: None, .. }));
        }
        assert_eq!(again.tool_choice, first.tool_choice, "{name}");
        assert_eq!((again.turns, again.sampling), (first.turns, first.sampling), "{name}");
    }
}

#[test]
fn a_request_in_canonical_form_stays_as_it_is() {
    let body = json!({
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Read both."}, {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}]},
            {"role": "model", "parts": [
                {"text": "Reading.", "thoughtSignature": "c2ln"},
                {"functionCall": {"id": "1", "name": "read", "args": {"path": "a"}}, "thoughtSignature": "c2lnMg=="},
                {"functionCall": {"id": "2", "name": "read", "args": {}}}
            ]},
            {"role": "user", "parts": [
                {"functionResponse": {"id": "1", "name": "read", "response": {"lines": 1.50, "text": "x"}}},
                {"functionResponse": {"id": "2", "name": "read", "response": {"error": "gone"},
                    "parts": [{"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}]}},
                {"text": "Go on."}
            ]}
        ],
        "tools": [
            {"functionDeclarations": [{"name": "read", "description": "Reads.", "parametersJsonSchema":
                {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}}]},
            {"googleSearch": {}}
        ],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["read"]}},
        "generationConfig": {
            "temperature": 0.5, "topP": 0.9, "topK": 40, "maxOutputTokens": 100, "stopSequences": ["END"], "seed": 7,
            "responseMimeType": "application/json", "responseJsonSchema": {"type": "object", "properties": {"a": {"type": "string"}}},
            "thinkingConfig": {"thinkingLevel": "LOW", "includeThoughts": true}
        },
        "cachedContent": "cachedContents/abc"
    });
    let text = body.to_string();
    let conversation = decoded(text.as_bytes());
    assert_eq!(conversation.dropped, []);
    let (found, encoded) = encoded(&conversation, "gemini-3-flash-preview");
    assert_eq!(found, body);
    assert_eq!(encoded.dropped, []);
}

#[test]
fn faults_name_the_place() {
    for (name, body) in fixtures("faults", "json") {
        let expected = fixtures("faults", "txt").into_iter().find(|(known, _)| *known == name).unwrap().1;
        let fault = decode(Dialect::Gemini, &body, false).unwrap_err().to_string();
        assert_eq!(fault, String::from_utf8(expected).unwrap().trim_end(), "{name}");
    }
}

#[test]
fn results_find_their_calls_by_id_or_by_name() {
    let (_, body) =
        fixtures("requests", "json").into_iter().find(|(name, _)| name == "calls_without_ids").unwrap();
    let conversation = decoded(&body);
    let calls = |role: Role| {
        let blocks =
            conversation.turns.iter().filter(move |turn| turn.role == role).flat_map(|turn| &turn.blocks);
        blocks.filter_map(|block| match block {
            Block::ToolCall(call) => Some(call.id.clone()),
            Block::ToolResult(result) => Some(result.call_id.clone()),
            _ => None,
        })
    };
    let made: Vec<_> = calls(Role::Assistant).collect();
    assert_eq!(made, calls(Role::User).collect::<Vec<_>>());
    assert_ne!(made[0], made[1]);
    assert_eq!(conversation, decoded(&body), "ids are the same every time");
}

#[test]
fn a_streamed_history_is_put_together() {
    let (_, body) = fixtures("requests", "json")
        .into_iter()
        .find(|(name, _)| name == "gemini_cli_stream_history")
        .unwrap();
    let conversation = decoded(&body);
    assert_eq!(conversation.turns.len(), 3);
    let blocks = &conversation.turns[1].blocks;
    assert!(matches!(&blocks[0], Block::Reasoning { text, .. } if text == "Look at the parser."));
    assert!(matches!(&blocks[1], Block::Text { text, .. } if text == "I will grep."));
    assert!(matches!(&blocks[2], Block::ToolCall(call) if call.seal.is_some()));
    let Block::ToolResult(result) = &conversation.turns[2].blocks[0] else { panic!() };
    assert!(matches!(&blocks[2], Block::ToolCall(call) if call.id == result.call_id));
}

#[test]
fn seals_come_back_whatever_alphabet_they_are_in() {
    let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "??>>??>>".into() };
    let packed = seal.pack();
    let python = packed.replace('+', "-").replace('/', "_");
    for text in [&packed, &python] {
        let body = json!({"contents": [{"role": "model", "parts": [{"text": "hm", "thought": true, "thoughtSignature": text}]}]});
        let body = body.to_string();
        let conversation = decoded(body.as_bytes());
        assert!(
            matches!(&conversation.turns[0].blocks[0], Block::Reasoning { seal: Some(found), .. } if *found == seal)
        );
        let (found, encoded) = encoded(&conversation, "gemini-3-pro");
        assert_eq!((found["contents"].clone(), lost(&encoded)), (json!([]), vec!["contents[0].parts[0]"]));
    }
}

fn call(id: &str, name: &str, input: &str) -> Block<'static> {
    Block::ToolCall(ToolCall {
        id: id.to_owned().into(),
        name: name.to_owned().into(),
        input: input.to_owned().into(),
        kind: ToolKind::Function,
        seal: None,
        cache: None,
    })
}

fn result(id: &str, text: &str) -> Block<'static> {
    Block::ToolResult(ToolResult {
        call_id: id.to_owned().into(),
        name: "ls".into(),
        content: vec![Block::text(text.to_owned())],
        is_error: false,
        kind: ToolKind::Function,
        cache: None,
    })
}

fn talk(turns: Vec<(Role, Vec<Block<'static>>)>) -> Conversation<'static> {
    let turns = turns.into_iter().map(|(role, blocks)| Turn { role, blocks }).collect();
    Conversation { turns, ..Conversation::default() }
}

#[test]
fn calls_of_the_running_turn_are_signed_or_stand_in() {
    use Role::{Assistant, User};
    let turns = vec![
        (User, vec![Block::text("a")]),
        (Assistant, vec![call("1", "ls", "")]),
        (User, vec![result("1", "x")]),
        (Assistant, vec![Block::text("done")]),
        (User, vec![Block::text("b")]),
        (Assistant, vec![call("2", "ls", "{}"), call("3", "ls", "{}")]),
        (User, vec![result("3", "z"), result("2", "y")]),
        (Assistant, vec![call("4", "ls", "{}")]),
        (User, vec![result("4", "w")]),
    ];
    let (body, _) = encoded(&talk(turns.clone()), "gemini-3-pro-preview");
    let signed = |at: usize, part: usize| body["contents"][at]["parts"][part]["thoughtSignature"].as_str();
    assert_eq!(signed(1, 0), None, "an earlier turn is not looked at");
    assert_eq!(signed(5, 0), Some("skip_thought_signature_validator"));
    assert_eq!(signed(5, 1), None, "of parallel calls only the first");
    assert_eq!(signed(7, 0), Some("skip_thought_signature_validator"), "each step anew");
    assert_eq!(
        body["contents"][6]["parts"][0]["functionResponse"]["id"], "2",
        "results in the order of calls"
    );

    let (body, _) = encoded(&talk(turns), "gemini-2.5-pro");
    let text = body.to_string();
    assert!(!text.contains("thoughtSignature") && !text.contains("\"id\""), "{text}");
}

#[test]
fn a_seal_kept_with_the_thought_before_goes_to_the_call() {
    let seal = Seal { dialect: Dialect::Gemini, issuer: "gemini".into(), data: "c2ln".into() };
    let thought =
        |text: &'static str| Block::Reasoning { text: text.into(), seal: Some(seal.clone()), summary: true };
    for (text, at) in [("", 1), ("hm", 2)] {
        let turns = vec![
            (Role::User, vec![Block::text("a")]),
            (Role::Assistant, vec![thought(text), Block::text("so"), call("1", "ls", "{}")]),
            (Role::User, vec![result("1", "x")]),
        ];
        let (body, encoded) = encoded(&talk(turns), "gemini-3-pro-preview");
        assert_eq!(body["contents"][1]["parts"][at]["thoughtSignature"], "c2ln");
        assert_eq!(encoded.dropped, []);
    }
    let other = Target::new("gemini-3-pro-preview", "vertex", true);
    let foreign = talk(vec![(Role::Assistant, vec![thought("hm"), Block::text("a")])]);
    let encoded = encode(Dialect::Gemini, &foreign, &other);
    assert_eq!(lost(&encoded), ["turns[0].blocks[0]"]);
}

#[test]
fn calls_and_results_come_in_pairs() {
    let turns = vec![
        (Role::User, vec![Block::text("a")]),
        (Role::Assistant, vec![Block::text("so"), call("1", "ls", "{}"), call("2", "ls", "{}")]),
        (Role::User, vec![result("2", "x"), result("9", "?"), Block::text("stop")]),
    ];
    let (body, encoded) = encoded(&talk(turns), "gemini-3-pro-preview");
    assert_eq!(body["contents"][1]["parts"].as_array().unwrap().len(), 2);
    assert_eq!(body["contents"][2]["parts"].as_array().unwrap().len(), 2);
    assert_eq!(lost(&encoded), ["turns[1].blocks[1]", "turns[2].blocks[1]"]);
}

#[test]
fn results_are_objects() {
    for (text, expected) in [
        (r#"{"a":1.50}"#, r#"{"a":1.50}"#),
        ("plain", r#"{"output":"plain"}"#),
        ("", r#"{"output":""}"#),
        ("[1]", r#"{"output":"[1]"}"#),
        (r##"{"$ref":"#/a"}"##, r##"{"output":"{\"$ref\":\"#/a\"}"}"##),
        (r#"{"a":1,"a":2}"#, r#"{"output":"{\"a\":1,\"a\":2}"}"#),
    ] {
        let turns =
            vec![(Role::Assistant, vec![call("1", "ls", "{}")]), (Role::User, vec![result("1", text)])];
        let (_, encoded) = encoded(&talk(turns), "gemini-3-pro");
        let body = String::from_utf8(encoded.body).unwrap();
        assert!(body.contains(&format!(r#""response":{expected}"#)), "{body}");
    }
}

#[test]
fn instructions_alone_are_asked() {
    let mut conversation = talk(vec![]);
    conversation.system = vec![Block::text("Say hi.")];
    let (body, _) = encoded(&conversation, "gemini-3-pro");
    assert_eq!(body, json!({"contents": [{"role": "user", "parts": [{"text": "Say hi."}]}]}));
}

#[test]
fn neighbours_merge_and_late_instructions_are_marked() {
    let mut conversation = talk(vec![
        (Role::User, vec![Block::Text { text: "a".into(), seal: None, cache: Some(Cache::Hour) }]),
        (Role::System, vec![Block::text("now")]),
        (Role::User, vec![Block::text("b")]),
        (Role::Assistant, vec![Block::Refusal("no".into())]),
    ]);
    conversation.stop = ["1", "2", "3", "4", "5", "6", ""].map(Into::into).to_vec();
    let (body, encoded) = encoded(&conversation, "gemini-3-pro");
    assert_eq!(
        body["contents"],
        json!([
            {"role": "user", "parts": [{"text": "a"}, {"text": "<system-reminder>\nnow\n</system-reminder>"}, {"text": "b"}]},
            {"role": "model", "parts": [{"text": "no"}]}
        ])
    );
    assert_eq!(lost(&encoded), ["stop", "turns[0].blocks[0].cache", "turns[1].role"]);
}

#[test]
fn names_and_free_text() {
    let mut conversation = talk(vec![
        (
            Role::Assistant,
            vec![call("1", "mcp/fs", "{}"), {
                let Block::ToolCall(mut one) = call("2", "apply_patch", "*** Begin") else { panic!() };
                one.kind = ToolKind::Custom;
                Block::ToolCall(one)
            }],
        ),
        (Role::User, vec![result("1", "x"), result("2", "y")]),
    ]);
    conversation.tools = vec![
        Tool::Function {
            name: "mcp/fs".into(),
            description: None,
            schema: None,
            strict: Some(true),
            cache: None,
        },
        Tool::Custom {
            name: "apply_patch".into(),
            description: Some("Patches.".into()),
            format: Some("{\"type\":\"grammar\"}".into()),
        },
        Tool::Hosted { kind: "web_search_20250305".into() },
    ];
    conversation.tool_choice = Some(ToolChoice::Allowed(vec!["mcp/fs".into()], false));
    let (body, encoded) = encoded(&conversation, "gemini-3-pro");
    let name = body["tools"][0]["functionDeclarations"][0]["name"].as_str().unwrap();
    assert_eq!(encoded.names.own(name), "mcp/fs");
    assert!(encoded.names.is_custom("apply_patch"));
    assert_eq!(body["contents"][0]["parts"][0]["functionCall"]["name"], name);
    assert_eq!(body["contents"][0]["parts"][1]["functionCall"]["args"], json!({"input": "*** Begin"}));
    assert_eq!(
        body["toolConfig"],
        json!({"functionCallingConfig": {"mode": "VALIDATED", "allowedFunctionNames": [name]}})
    );
    assert_eq!(lost(&encoded), ["tools[0].strict", "tools[1].format", "tools[2]"]);
}

#[test]
fn reasoning_is_asked_for_as_the_model_takes_it() {
    let thinking = |model: &str, style: ReasoningStyle, reasoning: Reasoning| {
        let conversation =
            Conversation { reasoning: Some(reasoning), ..talk(vec![(Role::User, vec![Block::text("a")])]) };
        let target = Target { reasoning: style, ..target(model) };
        let body: Value =
            serde_json::from_slice(&encode(Dialect::Gemini, &conversation, &target).body).unwrap();
        body["generationConfig"]["thinkingConfig"].clone()
    };
    let effort = |effort| Reasoning { effort: Some(effort), budget: None, shown: Some(true) };
    use ReasoningStyle::{Budget, Effort as Level, Switch};
    for (model, style, asked, expected) in [
        ("gemini-3-flash", Level, Effort::None, json!({"thinkingLevel": "MINIMAL", "includeThoughts": true})),
        (
            "gemini-3.1-pro-preview",
            Level,
            Effort::None,
            json!({"thinkingLevel": "LOW", "includeThoughts": true}),
        ),
        (
            "gemini-3.1-pro-preview",
            Level,
            Effort::Medium,
            json!({"thinkingLevel": "MEDIUM", "includeThoughts": true}),
        ),
        (
            "gemini-3-pro-preview",
            Level,
            Effort::Medium,
            json!({"thinkingLevel": "HIGH", "includeThoughts": true}),
        ),
        ("gemini-3-flash", Level, Effort::Max, json!({"thinkingLevel": "HIGH", "includeThoughts": true})),
        ("gemini-2.5-flash", Budget, Effort::None, json!({"thinkingBudget": 0})),
        ("gemini-2.5-pro", Budget, Effort::None, json!({"thinkingBudget": 128, "includeThoughts": true})),
        ("gemini-2.5-flash", Budget, Effort::Max, json!({"thinkingBudget": 24576, "includeThoughts": true})),
        ("gemini-2.5-flash", Switch, Effort::Low, json!({"thinkingBudget": -1, "includeThoughts": true})),
    ] {
        assert_eq!(thinking(model, style, effort(asked)), expected, "{model} {asked:?}");
    }
}

#[test]
fn what_gemini_would_refuse_is_left_out() {
    let mut conversation = talk(vec![(Role::User, vec![Block::text("a")])]);
    conversation.sampling.presence_penalty = Some("0.0");
    conversation.sampling.seed = Some("99999999999");
    conversation.max_output = Some(100_000);
    conversation.tool_choice = Some(ToolChoice::Required);
    let target = Target { max_output: Some(65_536), ..target("gemini-2.5-pro") };
    let found = encode(Dialect::Gemini, &conversation, &target);
    assert_eq!(
        String::from_utf8_lossy(&found.body),
        r#"{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"maxOutputTokens":65536}}"#
    );
    assert_eq!(lost(&found), ["max_output", "sampling.seed", "tool_choice"]);

    conversation.format = Some(OutputFormat::Json);
    conversation.tools = vec![Tool::Function {
        name: "ls".into(),
        description: None,
        schema: None,
        strict: None,
        cache: None,
    }];
    assert!(lost(&encode(Dialect::Gemini, &conversation, &target)).contains(&"format"));
}
