//! Sign-ins that a person has to turn on, and tools that are let through untouched.

use super::house;
use crate::support::House;
use http::Method;
use serde_json::{Value, json};

const TERMS: &str = "opt_in = true\nterms = \"Only for friends.\"";
/// A request of Claude Code's, with output of a tool that the saver would shorten.
fn body() -> String {
    let output = "   Compiling one v0.1.0\n".repeat(400);
    json!({
        "model": "plan/ok", "max_tokens": 64, "stream": true, "unknown": 1.50,
        "messages": [
            { "role": "user", "content": "Build it" },
            { "role": "assistant", "content": [{ "type": "tool_use", "id": "t1", "name": "Bash", "input": { "command": "cargo build" } }] },
            { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "t1", "content": output }] }
        ]
    })
    .to_string()
}

async fn opt_in(house: &House, on: bool) {
    let answer = house.api(Method::PUT, "/api/v1/providers/plan/opt-in", json!({ "on": on })).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn a_sign_in_is_off_until_a_person_turns_it_on() {
    let house = house("client-1", TERMS).await;
    let row = house.read("/api/v1/providers/plan").await["row"]["sign_in"].clone();
    assert_eq!(
        (&row["on"], &row["opt_in"], &row["terms"]),
        (&json!(false), &json!(true), &json!("Only for friends."))
    );
    let refused = house.api(Method::POST, "/api/v1/sign-ins", json!({ "provider": "plan" })).await;
    assert!(
        refused.status == 400 && refused.text().contains("Turn the sign-in of Plan on first"),
        "{refused:?}"
    );

    opt_in(&house, true).await;
    house.signed_in().await;
    assert_eq!(house.ask().await.status, 200);
    let house = house.restarted().await;
    assert_eq!(house.ask().await.status, 200, "it stays on");

    opt_in(&house, false).await;
    let off = house.ask().await;
    assert!(off.text().contains("what its vendor says of this has to be agreed to first"), "{off:?}");
    let account = &house.read("/api/v1/accounts").await[0];
    assert_eq!(
        (&account["health"], &account["sentence"]),
        (&json!("off"), &json!("The sign-in of Plan is turned off."))
    );

    let needless = house.api(Method::PUT, "/api/v1/providers/groq/opt-in", json!({ "on": true })).await;
    assert_eq!(needless.status, 400, "{needless:?}");
}

#[tokio::test]
async fn the_vendor_s_own_tool_is_let_through_untouched() {
    let house = own_tool().await;
    house.signed_in().await;
    let sent = body();
    let headers = [
        ("user-agent", "claude-cli/2.1.0 (external, cli)"),
        ("anthropic-version", "2023-06-01"),
        ("anthropic-beta", "interleaved-thinking-2025-05-14"),
        ("x-app", "cli"),
    ];
    let answer = house.send("/v1/messages?beta=true", &headers, sent.clone()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let asked = house.provider.seen().pop().unwrap();
    assert_eq!(asked.line, "POST /v1/messages?beta=true");
    assert_eq!(
        String::from_utf8_lossy(&asked.body),
        sent.replace("plan/ok", "ok"),
        "but for the model's name"
    );
    assert_eq!(asked.header("user-agent"), Some("claude-cli/2.1.0 (external, cli)"));
    assert_eq!(asked.header("x-app"), Some("cli"));
    assert_eq!(asked.header("anthropic-beta"), Some("interleaved-thinking-2025-05-14,oauth-2025-04-20"));
    assert_eq!(asked.header("x-api-key"), None);
    let record = house.record().await;
    assert_eq!(house.detail(&record).await["savings"], json!([]), "nothing is said to have been saved");
}

#[tokio::test]
async fn a_plan_for_one_tool_answers_no_other() {
    let house = own_tool().await;
    house.signed_in().await;
    for agent in ["OpenAI/JS 6.1.0", "opencode/1.2", "Anthropic/JS 0.70.1"] {
        let refused = house.send("/v1/messages", &[("user-agent", agent)], body()).await;
        assert!(refused.text().contains("Plan answers Claude Code alone"), "{agent}: {refused:?}");
    }
    let answered = house.provider.seen().iter().filter(|seen| seen.line.starts_with("POST /v1/")).count();
    assert_eq!(answered, 0);
    let id = house.read("/api/v1/accounts").await[0]["id"].as_i64().unwrap();
    let tested = house.api(Method::POST, &format!("/api/v1/accounts/{id}/test"), Value::Null).await.value();
    let said = "Signed in. Plan answers Claude Code alone, so no request was sent.";
    assert_eq!((&tested["ok"], &tested["sentence"]), (&json!(true), &json!(said)));
}

/// A house whose provider is for Claude Code alone.
async fn own_tool() -> House {
    let (folder, provider) =
        (tempfile::TempDir::new().unwrap(), std::sync::Arc::new(crate::support::Provider::start().await));
    let file = super::file(&provider, "client-1", "").replace(
        "auth = {",
        "own_tool = { name = \"Claude Code\", only = true }\ntweak = { join = { anthropic-beta = \"oauth-2025-04-20\" } }\nauth = {",
    );
    super::write(&folder, &file);
    House::furnished(House::on(folder, &[], provider).await).await
}
