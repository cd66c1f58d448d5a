use super::*;
use serde_json::{Value as Json, json};

fn packed(dialect: Dialect, issuer: &str) -> String {
    Seal { dialect, issuer: issuer.into(), data: "own+data==".into() }.pack()
}

fn resealed(dialect: Dialect, issuer: &str, body: &Json) -> Json {
    let body = Bytes::from(body.to_string());
    let edits = reseal(dialect, issuer, true, &body);
    serde_json::from_slice(&crate::splice(&body, edits).unwrap()).unwrap()
}

#[test]
fn foreign_thoughts_are_taken_out_and_all_else_stays() {
    let foreign = packed(Dialect::Gemini, "gemini");
    let thought = json!({ "type": "thinking", "thinking": "hm", "signature": foreign });
    let own = json!({ "type": "thinking", "thinking": "hm", "signature": "EqoB" });
    let unsigned = json!({ "type": "thinking", "thinking": "hm", "signature": "" });
    let text = json!({ "type": "text", "text": "yes" });
    for (content, left) in [
        (json!([thought, text]), json!([text])),
        (json!([text, thought]), json!([text])),
        (json!([thought, thought, text, thought, own]), json!([text, own])),
        (json!([thought]), json!([])),
        (json!([unsigned, text]), json!([text])),
    ] {
        let body = json!({ "messages": [{ "role": "assistant", "content": content }] });
        let after = resealed(Dialect::Messages, "anthropic", &body);
        assert_eq!(after["messages"][0]["content"], left);
    }
}

#[test]
fn a_seal_goes_back_to_its_issuer() {
    let seal = packed(Dialect::Responses, "openai");
    let body = json!({ "input": [{ "type": "reasoning", "summary": [], "encrypted_content": seal }] });
    assert_eq!(resealed(Dialect::Responses, "openai", &body)["input"][0]["encrypted_content"], "own+data==");
    assert_eq!(resealed(Dialect::Responses, "xai", &body)["input"], json!([]));
}

#[test]
fn gemini_keeps_what_was_said_without_its_seal() {
    let seal = packed(Dialect::Messages, "anthropic");
    let body = json!({ "contents": [{ "role": "model", "parts": [
        { "text": "hm", "thought": true, "thoughtSignature": seal },
        { "functionCall": { "name": "ls", "args": {} }, "thoughtSignature": seal },
    ] }] });
    let parts = resealed(Dialect::Gemini, "gemini", &body)["contents"][0]["parts"].clone();
    assert_eq!(parts, json!([{ "functionCall": { "name": "ls", "args": {} }, "thoughtSignature": NO_SEAL }]));
}

#[test]
fn chat_keeps_the_calls() {
    let seal = packed(Dialect::Gemini, "gemini");
    let body = json!({ "messages": [{ "role": "assistant", "content": null,
        "reasoning_details": [{ "type": "reasoning.encrypted", "data": seal }],
        "tool_calls": [{ "id": "c", "extra_content": { "google": { "thought_signature": seal } } }] }] });
    let turn = resealed(Dialect::Chat, "openai", &body)["messages"][0].clone();
    assert_eq!(turn["reasoning_details"], json!([]));
    assert_eq!(turn["tool_calls"], json!([{ "id": "c" }]), "nobody but Google knows the member");
}

#[test]
fn google_s_own_endpoint_for_chat_gets_its_seals_back() {
    let seal = packed(Dialect::Gemini, "gemini");
    for body in [
        json!({ "messages": [{ "extra_content": { "google": { "thought_signature": seal } }, "role": "assistant" }] }),
        json!({ "messages": [{ "role": "assistant", "extra_content": { "google": { "thought_signature": seal } } }] }),
    ] {
        let turn = resealed(Dialect::Chat, "gemini", &body)["messages"][0].clone();
        assert_eq!(turn["extra_content"]["google"]["thought_signature"], "own+data==");
        let turn = resealed(Dialect::Chat, "openai", &body)["messages"][0].clone();
        assert_eq!(turn, json!({ "role": "assistant" }));
    }
}

#[test]
fn without_its_thought_a_call_under_way_ends_thinking() {
    let foreign = packed(Dialect::Gemini, "gemini");
    let thought = json!({ "type": "thinking", "thinking": "hm", "signature": foreign });
    let own = json!({ "type": "thinking", "thinking": "hm", "signature": "EqoB" });
    let call = json!({ "type": "tool_use", "id": "a", "name": "ls", "input": {} });
    let result = json!({ "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "a" }] });
    let model = |content: Json| json!({ "role": "assistant", "content": content });
    let on = json!({ "type": "enabled", "budget_tokens": 1024 });
    let off = json!({ "type": "disabled" });
    for (turns, thinking) in [
        (json!([model(json!([thought, call])), result]), &off),
        (json!([model(json!([own, call])), result, model(json!([thought, call])), result]), &on),
        (
            json!([
                model(json!([thought, call])),
                result,
                model(json!("done")),
                json!({ "role": "user", "content": "next" })
            ]),
            &on,
        ),
    ] {
        let body = json!({ "messages": turns, "thinking": on });
        assert_eq!(&resealed(Dialect::Messages, "anthropic", &body)["thinking"], thinking, "{body}");
    }
}

#[test]
fn google_is_told_that_another_vendors_calls_have_no_seal() {
    let call =
        |id: &str| json!({ "id": id, "type": "function", "function": { "name": "ls", "arguments": "{}" } });
    let model = |calls: Json| json!({ "role": "assistant", "content": null, "tool_calls": calls });
    let result = |id: &str| json!({ "role": "tool", "tool_call_id": id, "content": "a" });
    let user = json!({ "role": "user", "content": "go on" });
    let sealed = |signature: &str| {
        let mut call = call("d");
        call["extra_content"] = json!({ "google": { "thought_signature": signature } });
        call
    };
    let body = json!({ "messages": [
        user, model(json!([call("a")])), result("a"),
        user, model(json!([call("b"), call("c")])), result("b"), result("c"),
        model(json!([sealed("CiQB")])), result("d"),
        model(json!([sealed(&packed(Dialect::Chat, "openrouter"))])), result("d"),
    ] });
    let sent = resealed(Dialect::Chat, "gemini", &body);
    let signature = |turn: usize, call: usize| {
        sent["messages"][turn]["tool_calls"][call]["extra_content"]["google"]["thought_signature"].clone()
    };
    assert_eq!(signature(1, 0), Json::Null, "Google looks at the running turn only");
    assert_eq!((signature(4, 0), signature(4, 1)), (json!(NO_SEAL), Json::Null));
    assert_eq!((signature(7, 0), signature(9, 0)), (json!("CiQB"), json!(NO_SEAL)));
    let elsewhere = resealed(Dialect::Chat, "openai", &body);
    assert_eq!(elsewhere["messages"][4], body["messages"][4], "nobody else knows the member");
}
