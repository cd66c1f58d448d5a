use crate::conversation::*;
use crate::transcode::{decode, encode};
use crate::{Conversation, Dialect, Encoded, ReasoningStyle, Target};
use serde_json::{Value, json};

fn text(role: Role, words: &'static str) -> Turn<'static> {
    Turn { role, blocks: vec![Block::text(words)] }
}

fn call(id: &'static str, input: &'static str) -> Block<'static> {
    let (kind, name) = (ToolKind::Function, "ls".into());
    Block::ToolCall(ToolCall { id: id.into(), name, input: input.into(), kind, seal: None, cache: None })
}

fn result(id: &'static str, content: Vec<Block<'static>>) -> Block<'static> {
    let (kind, name, is_error) = (ToolKind::Function, "ls".into(), false);
    Block::ToolResult(ToolResult { call_id: id.into(), name, content, is_error, kind, cache: None })
}

fn thought(words: &'static str, seal: Option<Seal<'static>>) -> Block<'static> {
    Block::Reasoning { text: words.into(), seal, summary: false }
}

fn turns(turns: Vec<Turn<'static>>) -> Conversation<'static> {
    Conversation { turns, ..Conversation::default() }
}

fn turn(role: Role, blocks: Vec<Block<'static>>) -> Turn<'static> {
    Turn { role, blocks }
}

fn target() -> Target<'static> {
    Target::new("m", "acme", false)
}

fn sent(conversation: &Conversation<'_>, target: &Target<'_>) -> (Value, Encoded) {
    let encoded = encode(Dialect::Chat, conversation, target);
    (serde_json::from_slice(&encoded.body).unwrap(), encoded)
}

fn lost(encoded: &Encoded) -> Vec<&str> {
    encoded.dropped.iter().map(|one| one.path.as_str()).collect()
}

fn picture() -> Block<'static> {
    let source = Source::Base64 { mime: "image/png".into(), data: "iVBO".into() };
    Block::Media(Media { kind: MediaKind::Image, source, name: None, detail: None, cache: None })
}

/// Written the way the encoder writes, a request comes out byte for byte as it went in.
#[test]
fn a_plain_request_comes_out_as_it_went_in() {
    let body = concat!(
        r#"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},"#,
        r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO","detail":"low"}},"#,
        r#"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},"#,
        r#"{"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}}]},"#,
        r#"{"role":"assistant","content":null,"reasoning_details":[{"type":"reasoning.text","text":"why","signature":"s","#,
        r#""format":"anthropic-claude-v1","index":0}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"ls","#,
        r#""arguments":"{\"a\": 1.0}"}}]},"#,
        r#"{"role":"tool","tool_call_id":"c1","content":"x"},{"role":"system","content":"late"},"#,
        r#"{"role":"assistant","content":"done"},{"role":"user","content":"more"}],"tools":[{"type":"function","function":"#,
        r#"{"name":"ls","description":"List","parameters":{"type":"object","properties":{"title":{"type":"string"}},"#,
        r#""required":["title"],"additionalProperties":false},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"ls"}},"parallel_tool_calls":false,"#,
        r#""temperature":0.70,"top_p":1,"seed":7,"presence_penalty":0.5,"frequency_penalty":-0.5,"max_tokens":256,"#,
        r#""stop":["5"],"reasoning_effort":"high","response_format":{"type":"json_schema","json_schema":{"name":"city","#,
        r#""description":"A city","schema":{"type":"object","properties":{},"additionalProperties":false},"strict":true}},"user":"u","#,
        r#""prompt_cache_key":"k","service_tier":"flex","stream":true,"stream_options":{"include_usage":true}}"#,
    );
    let decoded = decode(Dialect::Chat, body.as_bytes(), true).unwrap();
    let encoded = encode(Dialect::Chat, &decoded, &Target { stream: true, ..target() });
    assert_eq!(String::from_utf8(encoded.body).unwrap(), body);
    assert!(encoded.dropped.is_empty(), "{:?}", encoded.dropped);
}

#[test]
fn results_follow_their_calls_and_pictures_follow_results() {
    let conversation = turns(vec![
        text(Role::User, "look"),
        turn(Role::Assistant, vec![thought("hm", None)]),
        turn(Role::Assistant, vec![Block::text("ok"), call("a", "{}")]),
        turn(Role::Assistant, vec![call("b", "")]),
        text(Role::System, "plan mode"),
        turn(Role::User, vec![Block::text("also this"), result("b", vec![Block::text("1"), picture()])]),
        turn(Role::User, vec![result("a", vec![])]),
    ]);
    let (body, encoded) = sent(&conversation, &target());
    let function =
        |id: &str| json!({"id": id, "type": "function", "function": {"name": "ls", "arguments": "{}"}});
    assert_eq!(
        body["messages"],
        json!([
            {"role": "user", "content": "look"},
            {"role": "assistant", "content": "ok", "tool_calls": [function("a"), function("b")]},
            {"role": "tool", "tool_call_id": "a", "content": ""},
            {"role": "tool", "tool_call_id": "b", "content": "1"},
            {"role": "system", "content": "plan mode"},
            {"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
                {"type": "text", "text": "also this"}]},
        ])
    );
    assert_eq!(lost(&encoded), ["turns[1].blocks[0]"]);
}

#[test]
fn a_call_without_an_answer_is_left_out() {
    let conversation = turns(vec![
        text(Role::User, "look"),
        turn(Role::Assistant, vec![call("a", "{}"), call("b", "{}")]),
        turn(Role::User, vec![result("a", vec![])]),
        turn(Role::Assistant, vec![call("a", "{}")]),
        text(Role::User, "stop"),
    ]);
    let (body, encoded) = sent(&conversation, &target());
    assert_eq!(body["messages"].as_array().unwrap().len(), 4);
    assert_eq!(lost(&encoded), ["turns[1].blocks[1]", "turns[3].blocks[0]"]);
}

/// A client that moves from another vendor to Google's own endpoint in the midst of a loop of calls.
#[test]
fn google_gets_a_stand_in_for_a_signature_that_was_never_issued() {
    let own = Seal { dialect: Dialect::Gemini, issuer: "gemini".into(), data: "CiQB".into() };
    let sealed = Block::ToolCall(ToolCall {
        id: "d".into(),
        name: "ls".into(),
        input: "{}".into(),
        kind: ToolKind::Function,
        seal: Some(own),
        cache: None,
    });
    let conversation = turns(vec![
        text(Role::User, "list"),
        turn(Role::Assistant, vec![call("a", "{}")]),
        turn(Role::User, vec![result("a", vec![]), Block::text("again")]),
        turn(Role::Assistant, vec![call("b", "{}"), call("c", "{}")]),
        turn(Role::User, vec![result("b", vec![]), result("c", vec![])]),
        turn(Role::Assistant, vec![sealed]),
        turn(Role::User, vec![result("d", vec![])]),
    ]);
    let signatures = |model, issuer| {
        let (body, _) = sent(&conversation, &Target::new(model, issuer, true));
        let calls: Vec<Value> = body["messages"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|message| message["tool_calls"].as_array().cloned().unwrap_or_default())
            .map(|call| call["extra_content"]["google"]["thought_signature"].clone())
            .collect();
        json!(calls)
    };
    let stand_in = "skip_thought_signature_validator";
    assert_eq!(signatures("gemini-3-pro-preview", "gemini"), json!([null, stand_in, null, "CiQB"]));
    assert_eq!(signatures("gemini-2.5-pro", "gemini"), json!([null, null, null, "CiQB"]));
    assert_eq!(signatures("gpt-5.5", "openai"), json!([null, null, null, null]));
}

#[test]
fn late_instructions_move_where_a_target_wants_them_first() {
    let conversation = Conversation {
        system: vec![Block::text("a")],
        turns: vec![text(Role::User, "x"), text(Role::System, "b"), text(Role::User, "y")],
        ..Conversation::default()
    };
    let (body, encoded) = sent(&conversation, &Target { late_system: false, ..target() });
    assert_eq!(
        body["messages"],
        json!([{"role": "system", "content": "a\n\nb"}, {"role": "user", "content": "x"},
            {"role": "user", "content": "y"}])
    );
    assert_eq!(lost(&encoded), ["turns[1]"]);
}

#[test]
fn reasoning_goes_back_as_the_target_wants_it() {
    let foreign = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "s".into() };
    let data = r#"[{"type":"reasoning.text","signature":"q","index":0}]"#;
    let own = Seal { dialect: Dialect::Chat, issuer: "acme".into(), data: data.into() };
    let conversation = turns(vec![
        text(Role::User, "x"),
        turn(Role::Assistant, vec![thought("one", Some(foreign.clone())), call("a", "{}")]),
        turn(Role::User, vec![result("a", vec![])]),
        turn(Role::Assistant, vec![thought("", Some(foreign)), call("b", "{}")]),
        turn(Role::User, vec![result("b", vec![])]),
        turn(Role::Assistant, vec![thought("two", Some(own)), Block::text("y")]),
    ]);
    let (body, encoded) = sent(&conversation, &target());
    assert_eq!(body["messages"][1].get("reasoning_content"), None);
    assert_eq!(
        body["messages"][5],
        json!({"role": "assistant", "content": "y",
            "reasoning_details": [{"type": "reasoning.text", "text": "two", "signature": "q", "index": 0}]})
    );
    assert_eq!(lost(&encoded), ["turns[1].blocks[0]", "turns[3].blocks[0]"]);

    let deepseek = Target { reasoning_member: Some("reasoning_content"), issuer: "deepseek", ..target() };
    let (body, encoded) = sent(&conversation, &deepseek);
    assert_eq!(body["messages"][1]["reasoning_content"], "one");
    assert_eq!(body["messages"][3]["reasoning_content"], " ", "refused without");
    assert_eq!(body["messages"][5]["reasoning_content"], "two");
    assert_eq!(body["messages"][5].get("reasoning_details"), None);
    assert_eq!(lost(&encoded), ["turns[3].blocks[0]"]);
}

#[test]
fn ids_are_made_valid_the_same_way_each_time() {
    let long: &'static str = "functions.read:0|fc_68f0000000000000000000000000000000000000000000000000000000";
    let conversation = turns(vec![
        turn(Role::Assistant, vec![call(long, "{}"), call("a1B2c3D4e", "{}"), call("toolu_01", "{}")]),
        turn(Role::User, vec![result("toolu_01", vec![]), result(long, vec![]), result("a1B2c3D4e", vec![])]),
    ]);
    for (short_ids, longest) in [(false, 64), (true, 9)] {
        let (body, _) = sent(&conversation, &Target { short_ids, ..target() });
        let calls = body["messages"][0]["tool_calls"].as_array().unwrap();
        for (call, at) in calls.iter().zip(1..) {
            let id = call["id"].as_str().unwrap();
            assert!(id.len() <= longest && (!short_ids || id.len() == 9), "{id}");
            assert_eq!(body["messages"][at]["tool_call_id"], call["id"]);
        }
        assert_eq!(calls[1]["id"], "a1B2c3D4e");
        assert_eq!(calls[2]["id"] == "toolu_01", !short_ids);
    }
}

#[test]
fn marks_of_the_cache_go_only_where_they_are_known() {
    let marked =
        |words: &'static str| Block::Text { text: words.into(), seal: None, cache: Some(Cache::Hour) };
    let conversation = Conversation {
        system: vec![Block::text("a"), marked("b")],
        turns: vec![turn(Role::User, vec![marked("c")])],
        ..Conversation::default()
    };
    let (body, encoded) = sent(&conversation, &target());
    assert_eq!(body["messages"][0]["content"], "a\n\nb");
    assert_eq!(lost(&encoded), ["system[1].cache", "turns[0].blocks[0].cache"]);
    let (body, encoded) = sent(&conversation, &Target { cache_marks: true, ..target() });
    let mark = json!({"type": "ephemeral", "ttl": "1h"});
    assert_eq!(
        body["messages"][0]["content"],
        json!([{"type": "text", "text": "a"}, {"type": "text", "text": "b", "cache_control": mark}])
    );
    assert!(lost(&encoded).is_empty());
}

#[test]
fn tools_become_functions_with_names_that_come_back() {
    let function = |name: &'static str| Tool::Function {
        name: name.into(),
        description: None,
        schema: None,
        strict: None,
        cache: None,
    };
    let conversation = Conversation {
        tools: vec![
            function("mcp.fs/read"),
            Tool::Custom {
                name: "apply_patch".into(),
                description: None,
                format: Some("{\"type\":\"grammar\"}".into()),
            },
            Tool::Hosted { kind: "web_search".into() },
            function("now"),
        ],
        tool_choice: Some(ToolChoice::Allowed(vec!["mcp.fs/read".into(), "apply_patch".into()], true)),
        ..turns(vec![text(Role::User, "x")])
    };
    let (body, encoded) = sent(&conversation, &target());
    let tools = body["tools"].as_array().unwrap();
    let sent_name = tools[0]["function"]["name"].as_str().unwrap();
    assert_eq!(encoded.names.own(sent_name), "mcp.fs/read");
    assert_eq!(tools[0]["function"]["parameters"], json!({"type": "object", "properties": {}}));
    assert!(encoded.names.is_custom("apply_patch"));
    assert_eq!(tools[1]["function"]["parameters"]["required"], json!(["input"]));
    assert_eq!(tools.len(), 2);
    assert_eq!(body["tool_choice"], "required");
    assert_eq!(lost(&encoded), ["tools[1].format", "tools[2]", "tools[3]"]);
}

#[test]
fn options_go_in_the_targets_words() {
    let conversation = Conversation {
        sampling: Sampling { top_k: Some("40"), temperature: Some("0.70"), ..Sampling::default() },
        max_output: Some(64_000),
        stop: ["1", "2", "3", "4", "5"].map(Into::into).to_vec(),
        reasoning: Some(Reasoning { effort: None, budget: Some(10_000), shown: None }),
        format: Some(OutputFormat::Schema {
            name: None,
            description: None,
            schema: r#"{"type":"object"}"#.into(),
            strict: None,
        }),
        service_tier: Some("standard_only".into()),
        ..turns(vec![text(Role::User, "x")])
    };
    let (body, encoded) =
        sent(&conversation, &Target { max_output: Some(32_000), max_completion_tokens: true, ..target() });
    assert_eq!(body["max_completion_tokens"], 32_000);
    assert_eq!(body["reasoning_effort"], "medium");
    assert_eq!(body["response_format"]["json_schema"]["name"], "answer");
    assert_eq!(body["service_tier"], "default");
    assert_eq!(lost(&encoded), ["max_output", "reasoning.budget", "sampling.top_k", "stop[4]"]);

    let reasoning = |style, conversation: &Conversation<'_>| {
        let (mut body, encoded) = sent(conversation, &Target { reasoning: style, schema: false, ..target() });
        (body["reasoning"].take(), body["thinking"].take(), encoded.dropped.len())
    };
    let plain = |reasoning| Conversation { reasoning, ..turns(vec![text(Role::User, "x")]) };
    let asked = plain(conversation.reasoning);
    let off = plain(Some(Reasoning { effort: Some(Effort::None), ..Reasoning::default() }));
    assert_eq!(reasoning(ReasoningStyle::Budget, &asked), (json!({"max_tokens": 10_000}), Value::Null, 0));
    assert_eq!(reasoning(ReasoningStyle::Budget, &off), (json!({"enabled": false}), Value::Null, 0));
    assert_eq!(reasoning(ReasoningStyle::Switch, &asked), (Value::Null, json!({"type": "enabled"}), 0));
    assert_eq!(reasoning(ReasoningStyle::Switch, &off), (Value::Null, json!({"type": "disabled"}), 0));
    assert_eq!(reasoning(ReasoningStyle::None, &asked), (Value::Null, Value::Null, 1));
    assert_eq!(reasoning(ReasoningStyle::None, &off), (Value::Null, Value::Null, 0));
    let (body, _) = sent(&conversation, &Target { schema: false, ..target() });
    assert_eq!(body["response_format"], json!({"type": "json_object"}));
}

#[test]
fn what_the_model_wrote_without_a_break_stays_one_text() {
    let two = |one: &'static str, two: &'static str| vec![Block::text(one), Block::text(two)];
    let conversation = turns(vec![
        turn(Role::User, two("a file", "a question")),
        turn(Role::Assistant, two("It is", " so.")),
        turn(Role::Assistant, two("", "Yes.")),
    ]);
    let (body, _) = sent(&conversation, &target());
    assert_eq!(body["messages"][0]["content"], "a file\n\na question");
    assert_eq!(body["messages"][1]["content"], "It is so.\n\nYes.");
}

#[test]
fn a_result_before_its_call_answers_nothing() {
    let conversation = turns(vec![
        turn(Role::User, vec![result("a", vec![Block::text("old")])]),
        turn(Role::Assistant, vec![call("a", "{}")]),
        turn(Role::User, vec![result("a", vec![Block::text("new")])]),
    ]);
    let (body, encoded) = sent(&conversation, &target());
    assert_eq!(body["messages"].as_array().unwrap().len(), 2);
    assert_eq!(body["messages"][1]["content"], "new");
    assert_eq!(lost(&encoded), ["turns[0].blocks[0]"]);
}
