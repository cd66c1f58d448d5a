//! What a client may ask for and a vendor of another dialect refuses the whole request for: it is left out, or said in
//! another way, and named.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use serde_json::{Value, json};
use wire::{Dialect, Dropped, ReasoningStyle, Target, decode, encode};

/// The request as a target of `to` gets it, and what is named.
fn sent(from: Dialect, body: &Value, to: Dialect, target: &Target<'_>) -> (Value, Vec<Dropped>) {
    let body = body.to_string();
    let encoded = encode(to, &decode(from, body.as_bytes(), true).unwrap(), target);
    (serde_json::from_slice(&encoded.body).unwrap(), encoded.dropped)
}

fn named(dropped: &[Dropped], path: &str) -> bool {
    dropped.iter().any(|one| one.path == path)
}

fn openai(model: &str) -> Target<'_> {
    Target::new(model, "openai", true)
}

const OBJECT: &str =
    r#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#;

fn messages(more: Value) -> Value {
    let mut body = json!({"max_tokens": 100, "messages": [{"role": "user", "content": "Say something."}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn json_mode_says_the_word_once() {
    let asked = |text: &str| {
        json!({"model": "m", "messages": [{"role": "system", "content": "Give JSON."}, {"role": "user", "content": text}],
            "response_format": {"type": "json_object"}})
    };
    let body = asked("List it.");
    let (body, dropped) = sent(Dialect::Chat, &body, Dialect::Responses, &openai("m"));
    assert_eq!(body["input"][0]["role"], "developer", "instructions do not count there: {body}");
    assert!(body["input"][0]["content"][0]["text"].as_str().unwrap().contains("JSON"));
    assert!(named(&dropped, "response_format"));
    let (body, dropped) = sent(Dialect::Chat, &asked("List it as Json."), Dialect::Responses, &openai("m"));
    assert_eq!((body["input"][0]["role"].as_str(), dropped.len()), (Some("user"), 0));

    let ask = json!({"contents": [{"parts": [{"text": "List it."}]}], "generationConfig": {"responseMimeType": "application/json"}});
    let (body, dropped) = sent(Dialect::Gemini, &ask, Dialect::Chat, &openai("m"));
    assert_eq!(body["response_format"], json!({"type": "json_object"}));
    assert_eq!(body["messages"][0]["role"], "system");
    assert!(
        body["messages"][0]["content"].as_str().unwrap().contains("JSON")
            && named(&dropped, "generationConfig.responseMimeType")
    );
}

#[test]
fn an_array_is_asked_for_in_words() {
    let schema = json!({"type": "ARRAY", "items": {"type": "STRING"}});
    let ask = json!({"contents": [{"parts": [{"text": "List it."}]}],
        "generationConfig": {"responseMimeType": "application/json", "responseSchema": schema}});
    for to in [Dialect::Chat, Dialect::Responses] {
        let (body, dropped) = sent(Dialect::Gemini, &ask, to, &openai("m"));
        assert!(body.get("response_format").is_none() && body.get("text").is_none(), "{body}");
        assert!(body.to_string().contains("matches this JSON Schema"), "{body}");
        assert!(named(&dropped, "generationConfig.responseMimeType"));
    }
}

#[test]
fn what_a_dialect_enforces_is_strict_where_it_can_be() {
    let schema = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (text, strict) in [(OBJECT, json!(true)), (r#"{"type":"object","properties":{"a":{}}}"#, Value::Null)]
    {
        let format = json!({"type": "json_schema", "schema": schema(text)});
        let body = messages(json!({"output_config": {"format": format}}));
        let (chat, dropped) = sent(Dialect::Messages, &body, Dialect::Chat, &openai("m"));
        assert_eq!(chat["response_format"]["json_schema"]["strict"], strict);
        assert_eq!(named(&dropped, "output_config.format"), strict.is_null());
        let (responses, _) = sent(Dialect::Messages, &body, Dialect::Responses, &openai("m"));
        assert_eq!(responses["text"]["format"]["strict"], strict);
        let tools = json!({"tools": [{"name": "f", "strict": true, "input_schema": schema(text)}]});
        let (chat, dropped) = sent(Dialect::Messages, &messages(tools), Dialect::Chat, &openai("m"));
        assert_eq!(chat["tools"][0]["function"]["strict"], strict);
        assert_eq!(named(&dropped, "tools[0].strict"), strict.is_null());
    }
}

#[test]
fn a_tool_with_a_choice_at_its_top_is_merged() {
    let branch = |name: &str| json!({"properties": {name: {"type": "string"}}, "required": [name]});
    let tool = json!({"name": "f", "input_schema": {"type": "object", "anyOf": [branch("a"), branch("b")]}});
    let body = messages(json!({"tools": [tool]}));
    for (to, path) in
        [(Dialect::Chat, "/tools/0/function/parameters"), (Dialect::Responses, "/tools/0/parameters")]
    {
        let (body, dropped) = sent(Dialect::Messages, &body, to, &openai("m"));
        let schema = body.pointer(path).unwrap();
        assert_eq!(schema["properties"], json!({"a": {"type": "string"}, "b": {"type": "string"}}));
        assert!(schema.get("anyOf").is_none() && named(&dropped, "tools[0].input_schema"));
    }
}

#[test]
fn a_choice_names_only_tools_that_are_offered() {
    let choice = |names: &[&str]| {
        let tools: Vec<Value> = names.iter().map(|name| json!({"type": "function", "name": name})).collect();
        json!({"model": "m", "input": "Go.", "tools": [{"type": "function", "name": "f", "parameters": {}}],
            "tool_choice": {"type": "allowed_tools", "mode": "required", "tools": tools}})
    };
    let (body, dropped) = sent(Dialect::Responses, &choice(&["f", "gone"]), Dialect::Responses, &openai("m"));
    assert_eq!(body["tool_choice"]["tools"], json!([{"type": "function", "name": "f"}]));
    assert!(named(&dropped, "tool_choice"));
    let target = Target::new("gemini-3-pro", "gemini", true);
    let (body, _) = sent(Dialect::Responses, &choice(&["f", "gone"]), Dialect::Gemini, &target);
    assert_eq!(body["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"], json!(["f"]));
    let named_one = json!({"model": "m", "input": "Go.", "tools": [{"type": "function", "name": "f", "parameters": {}}],
        "tool_choice": {"type": "function", "name": "gone"}});
    for (body, to) in [
        (choice(&["gone"]), Dialect::Responses),
        (choice(&["gone"]), Dialect::Gemini),
        (named_one.clone(), Dialect::Responses),
        (named_one.clone(), Dialect::Chat),
        (named_one.clone(), Dialect::Messages),
        (named_one, Dialect::Gemini),
    ] {
        let (body, dropped) = sent(Dialect::Responses, &body, to, &openai("m"));
        assert!(body.get("tool_choice").is_none() && body.get("toolConfig").is_none(), "{to}: {body}");
        assert!(named(&dropped, "tool_choice"), "{to}");
    }
}

#[test]
fn gemini_gets_no_pictures_it_cannot_see() {
    let picture = |kind: &str| json!({"type": "image", "source": {"type": "base64", "media_type": kind, "data": "AAAA"}});
    let body = json!({"max_tokens": 9, "messages": [{"role": "user", "content": [
        picture("image/gif"), picture("image/jpg"), picture("image/png"),
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.gif"}},
    ]}]});
    let (body, dropped) =
        sent(Dialect::Messages, &body, Dialect::Gemini, &Target::new("gemini-3-pro", "gemini", true));
    let parts = body["contents"][0]["parts"].as_array().unwrap();
    let kinds: Vec<_> = parts.iter().map(|part| part["inlineData"]["mimeType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["image/jpeg", "image/png"]);
    assert!(dropped.iter().any(|one| one.why.contains("image/gif")));
}

#[test]
fn geminis_thoughts_leave_room_for_an_answer() {
    let budget = |budget: u64, limit: u64, model: &str| {
        let thinking = json!({"type": "enabled", "budget_tokens": budget});
        let body = messages(json!({"thinking": thinking, "max_tokens": limit}));
        let target = Target { reasoning: ReasoningStyle::Budget, ..Target::new(model, "gemini", true) };
        let (body, dropped) = sent(Dialect::Messages, &body, Dialect::Gemini, &target);
        let budget = body["generationConfig"]["thinkingConfig"]["thinkingBudget"].as_u64().unwrap();
        (budget, named(&dropped, "thinking.budget_tokens"))
    };
    assert_eq!(budget(8_000, 4_000, "gemini-2.5-flash"), (3_000, true));
    assert_eq!(budget(2_000, 4_000, "gemini-2.5-flash"), (2_000, false));
    assert_eq!(budget(1_024, 100, "gemini-2.5-pro"), (128, true), "the least there is");
}

#[test]
fn verbosity_goes_between_openais_dialects() {
    let chat = json!({"model": "m", "verbosity": "low", "messages": [{"role": "user", "content": "x"}]});
    let responses = json!({"model": "m", "text": {"verbosity": "low"}, "input": "x"});
    let (body, dropped) = sent(Dialect::Chat, &chat, Dialect::Responses, &openai("gpt-5.5"));
    assert_eq!((&body["text"], dropped.len()), (&json!({"verbosity": "low"}), 0));
    let (body, dropped) = sent(Dialect::Responses, &responses, Dialect::Chat, &openai("openai/gpt-5-mini"));
    assert_eq!((&body["verbosity"], dropped.len()), (&json!("low"), 0));
    for (model, to) in [
        ("gpt-4.1", Dialect::Chat),
        ("llama-3.3-70b", Dialect::Chat),
        ("gpt-5.1-codex", Dialect::Responses),
        ("gpt-5.5", Dialect::Messages),
        ("gpt-5.5", Dialect::Ollama),
    ] {
        let (body, dropped) = sent(Dialect::Responses, &responses, to, &openai(model));
        assert!(!body.to_string().contains("verbosity") && named(&dropped, "verbosity"), "{model}");
    }
}

#[test]
fn ollama_gets_what_the_model_wrote_in_one_piece() {
    let body = json!({"max_tokens": 9, "messages": [
        {"role": "user", "content": [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]},
        {"role": "assistant", "content": [{"type": "text", "text": "So "}, {"type": "text", "text": "it is."}]},
        {"role": "user", "content": "Go on."},
    ]});
    let (body, _) = sent(Dialect::Messages, &body, Dialect::Ollama, &Target::new("m", "ollama", true));
    assert_eq!(body["messages"][0]["content"], "One.\n\nTwo.");
    assert_eq!(body["messages"][1]["content"], "So it is.");
}

#[test]
fn seals_that_cannot_go_back_are_named_once() {
    let call =
        |id: &str| json!({"functionCall": {"id": id, "name": "f", "args": {}}, "thoughtSignature": "CiQB"});
    let result = |id: &str| json!({"role": "user", "parts": [{"functionResponse": {"id": id, "name": "f", "response": {}}}]});
    let body = json!({"contents": [
        {"role": "user", "parts": [{"text": "Go."}]},
        {"role": "model", "parts": [call("a")]}, result("a"),
        {"role": "model", "parts": [call("b")]}, result("b"),
        {"role": "model", "parts": [{"text": "Done.", "thoughtSignature": "CiQB"}]},
        {"role": "user", "parts": [{"text": "Thanks."}]},
    ]});
    for to in [Dialect::Chat, Dialect::Messages] {
        let (_, dropped) = sent(Dialect::Gemini, &body, to, &openai("m"));
        let seals: Vec<_> = dropped.iter().filter(|one| one.path.ends_with(".thoughtSignature")).collect();
        assert_eq!(seals.len(), 1, "{to}: {dropped:?}");
        assert!(
            seals[0].path.starts_with("contents[1].parts[0]") && seals[0].why.ends_with("2 more"),
            "{to}: {seals:?}"
        );
    }
}
