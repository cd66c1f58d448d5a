//! What would be done for a request can be asked without sending it, in whatever dialect.

use crate::support::tools::{self, Wish};
use crate::support::{CHAT, House, MESSAGES};
use serde_json::{Value, json};
use wire::Dialect;

async fn house() -> House {
    let house = House::with_accounts(&["key-one", "key-two"]).await;
    let targets = json!([{ "model": format!("{MESSAGES}/ok") }, { "model": format!("{CHAT}/ok") }]);
    house.made("/api/v1/combos", json!({ "name": "work", "targets": targets })).await;
    house
}

fn targets(plan: &Value) -> Vec<String> {
    let steps = plan["steps"].as_array().unwrap();
    steps.iter().map(|step| format!("{} {}", step["target"], step["account"]).replace('"', "")).collect()
}

#[tokio::test]
async fn the_plan_of_a_request_in_any_dialect_is_told_and_nothing_is_sent() {
    let house = house().await;
    for dialect in [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::Gemini] {
        let (_, body) = tools::request(dialect, "work", true, &Wish::default());
        let mut body: Value = serde_json::from_str(&body).unwrap();
        body["model"] = json!("work");
        let answer = house.send("/v1/route", &[], body.to_string()).await;
        assert_eq!(answer.status, 200, "{dialect}: {answer:?}");
        let plan = answer.value();
        assert_eq!(
            (&plan["asked"], &plan["combo"], &plan["fault"]),
            (&json!("work"), &json!("work"), &json!(""))
        );
        let expected: Vec<String> = [MESSAGES, CHAT]
            .iter()
            .flat_map(|prefix| ["one", "two"].map(|key| format!("{prefix}/ok account key-{key}")))
            .collect();
        assert_eq!(targets(&plan), expected, "{dialect}");
        assert!(plan["steps"][0]["why"].as_str().unwrap().starts_with("first in the combo"), "{plan}");
    }
    assert!(house.provider.seen().is_empty(), "nothing was sent");
    assert!(
        house.read("/api/v1/requests").await["rows"].as_array().unwrap().is_empty(),
        "nothing is on record"
    );
}

#[tokio::test]
async fn what_would_be_left_out_says_why_and_looking_takes_no_turn() {
    let house = house().await;
    let answer = house
        .send(
            "/v1/route",
            &[],
            json!({ "model": "gone/x", "messages": [{ "role": "user", "content": "Hi" }] }).to_string(),
        )
        .await;
    assert!(answer.value()["fault"].as_str().unwrap().contains("gone/x"), "{answer:?}");

    let turning = json!({ "name": "work", "strategy": "round-robin",
        "targets": [{ "model": format!("{MESSAGES}/ok") }, { "model": format!("{CHAT}/ok") }] });
    assert_eq!(house.api(http::Method::PUT, "/api/v1/combos/work", turning).await.status, 200);
    let body = json!({ "model": "work", "messages": [{ "role": "user", "content": "Hi" }] }).to_string();
    let first = targets(&house.send("/v1/route", &[], body.clone()).await.value());
    assert_eq!(first, targets(&house.send("/v1/route", &[], body.clone()).await.value()));
    house.send("/v1/chat/completions", &[], body.clone()).await;
    // That conversation stays where it is; another is the next one's.
    let other = body.replace("Hi", "Ho");
    assert_ne!(first, targets(&house.send("/v1/route", &[], other).await.value()), "a request took its turn");
}

#[tokio::test]
async fn who_shows_no_key_is_told_nothing() {
    let house = house().await;
    let headers = [("content-type", "application/json")];
    let body = r#"{"model":"work","messages":[]}"#;
    let answer = house.client.send(http::Method::POST, "/v1/route", &headers, body.into()).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    let answer = house.send("/v1/route", &[], body).await;
    assert_eq!((answer.status, answer.message().contains("messages")), (400, true), "{answer:?}");
}
