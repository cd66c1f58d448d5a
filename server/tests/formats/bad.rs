//! Requests that make no sense are refused here where they would have to be translated, and where the vendor of their
//! dialect refuses them for certain: the provider is not asked, and no account is parked for it.

use super::{each, house, provider_of};
use serde_json::{Value, json};
use wire::Dialect;

/// Where requests of a dialect go, and requests of it that make no sense, with what the refusal points at.
fn senseless(dialect: Dialect) -> (&'static str, Vec<(Value, &'static str)>) {
    let said = |turns: Value| json!({ "messages": turns });
    match dialect {
        Dialect::Chat => (
            "/v1/chat/completions",
            vec![
                (json!({}), "messages"),
                (said(json!([])), "messages"),
                (said(json!("Hello")), "messages"),
                (said(json!([{ "role": "robot", "content": "Hello" }])), "messages[0].role"),
                (
                    said(json!([{ "role": "user", "content": [{ "type": "hologram" }] }])),
                    "messages[0].content[0]",
                ),
                (said(json!([{ "role": "user", "content": 5 }])), "messages[0].content"),
                (said(json!([{ "role": "tool", "tool_call_id": "nobody", "content": "x" }])), "tool_call_id"),
                (json!({ "messages": [{ "role": "user", "content": "Hello" }], "tools": "all" }), "tools"),
            ],
        ),
        Dialect::Responses => (
            "/v1/responses",
            vec![
                (json!({}), "input"),
                (json!({ "input": 5 }), "input"),
                (json!({ "input": [{ "type": "hologram" }] }), "input[0]"),
                (json!({ "input": [{ "role": "robot", "content": "Hello" }] }), "input[0].role"),
                (
                    json!({ "input": [{ "type": "function_call_output", "call_id": "nobody", "output": "x" }] }),
                    "input[0].call_id",
                ),
            ],
        ),
        Dialect::Messages => {
            let with = |turns: Value| json!({ "max_tokens": 64, "messages": turns });
            let orphan = json!([{ "type": "tool_result", "tool_use_id": "nobody", "content": "x" }]);
            (
                "/v1/messages",
                vec![
                    (json!({ "max_tokens": 64 }), "messages"),
                    (with(json!("Hello")), "messages"),
                    (with(json!([{ "role": "robot", "content": "Hello" }])), "messages[0].role"),
                    (
                        with(json!([{ "role": "user", "content": [{ "type": "text" }] }])),
                        "messages[0].content[0].text",
                    ),
                    (with(json!([{ "role": "user", "content": orphan }])), "tool_use_id"),
                ],
            )
        }
        Dialect::Gemini => (
            "/v1beta/models/MODEL:generateContent",
            vec![
                (json!({}), "contents"),
                (json!({ "contents": 5 }), "contents"),
                (
                    json!({ "contents": [{ "role": "robot", "parts": [{ "text": "Hello" }] }] }),
                    "contents[0].role",
                ),
                (
                    json!({ "contents": [{ "role": "user", "parts": [{ "text": 5 }] }] }),
                    "contents[0].parts[0].text",
                ),
            ],
        ),
        Dialect::Ollama => (
            "/api/chat",
            vec![
                (said(json!("Hello")), "messages"),
                (said(json!([{ "role": "robot", "content": "Hello" }])), "messages[0].role"),
                (said(json!([{ "role": "user", "content": ["Hello"] }])), "messages[0].content"),
            ],
        ),
    }
}

#[tokio::test]
async fn the_refusal_points_at_what_is_wrong_and_the_provider_is_not_asked() {
    let house = house().await;
    each(Dialect::ALL, async |client| {
        let (path, bodies) = senseless(client);
        for provider in Dialect::ALL {
            // What a vendor may have added to its own dialect of late is the vendor's to judge.
            let whole = ["messages", "contents", "input"];
            let certain =
                |place: &str| place.ends_with("role") || place.ends_with("_id") || whole.contains(&place);
            for (body, place) in bodies.iter().filter(|(_, place)| provider != client || certain(place)) {
                let model = format!("{}/plain", provider_of(provider));
                let mut body = body.clone();
                if client != Dialect::Gemini {
                    body["model"] = json!(model);
                }
                let answer = house.send(&path.replace("MODEL", &model), &[], body.to_string()).await;
                assert_eq!(answer.status, 400, "{client} {body}: {answer:?}");
                assert!(answer.message().contains(place), "{client} {body}: {place} in {answer:?}");
                if client == Dialect::Messages {
                    assert_eq!(answer.value()["error"]["type"], "invalid_request_error");
                }
            }
        }
    })
    .await;
    assert!(house.provider.seen().is_empty(), "the provider was asked: {:?}", house.provider.seen());
    for row in house.read("/api/v1/accounts").await.as_array().unwrap() {
        assert_eq!(row["health"], "ready", "nobody is parked for it: {row:#}");
    }
}

#[tokio::test]
async fn what_only_the_client_s_own_vendor_can_do_is_asked_of_nobody_else() {
    let house = house().await;
    let hello = json!([{ "role": "user", "content": "Hello" }]);
    for (path, body, what) in [
        ("/v1/responses", json!({ "input": "Hello", "previous_response_id": "resp_1" }), "resp_1"),
        (
            "/v1/messages",
            json!({ "max_tokens": 64, "messages": hello, "tools": [{ "type": "web_search_20250305", "name": "web_search" }] }),
            "web_search",
        ),
    ] {
        let mut body = body;
        body["model"] = json!("to-gemini/plain");
        let answer = house.send(path, &[], body.to_string()).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
        assert!(answer.message().contains(what), "it says what: {answer:?}");
    }
    assert!(house.provider.seen().is_empty());
}
