//! The translator over the management API, and its page, which is posted to.

use crate::support::client::Answer;
use crate::support::{House, PASSWORD};
use app::api::translator::TEXT_LIMIT;
use http::Method;
use serde_json::{Value, json};

const REQUEST: &str = r#"{"model":"m","max_tokens":9,"system":"Be brief.","messages":[{"role":"user","content":"Hi"}],"top_k":5}"#;

async fn translate(house: &House, body: Value) -> Answer {
    house.api(Method::POST, "/api/v1/translate", body).await
}

fn problem(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 400, "{answer:?}");
    let error = &answer.value()["error"];
    (error["field"].as_str().unwrap_or_default().to_owned(), answer.message())
}

#[tokio::test]
async fn a_request_is_translated_and_what_is_lost_is_named() {
    let house = House::open().await;
    let answer = translate(&house, json!({ "to": "chat", "text": REQUEST })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let value = answer.value();
    assert_eq!(
        (&value["kind"], &value["from"], &value["to"]),
        (&json!("request"), &json!("messages"), &json!("chat"))
    );
    let written: Value = serde_json::from_str(value["text"].as_str().unwrap()).unwrap();
    assert_eq!(written["messages"][0], json!({ "role": "system", "content": "Be brief." }));
    assert!(value["dropped"][0]["what"].as_str().unwrap().contains("top_k"), "{value}");
    assert!(value["recognised"].as_str().unwrap().contains("`system`"), "{value}");
    assert!(house.provider.seen().is_empty(), "nothing is sent anywhere");
    assert_eq!(house.read("/api/v1/requests").await["rows"], json!([]), "nothing is recorded");
}

#[tokio::test]
async fn what_cannot_be_translated_is_refused_by_name() {
    let house = House::open().await;
    let bad = REQUEST.replace("\"Hi\"", "5");
    let (field, message) = problem(&translate(&house, json!({ "to": "chat", "text": bad })).await);
    assert_eq!(field, "text");
    assert!(message.contains("messages[0].content"), "{message}");
    let (field, message) = problem(&translate(&house, json!({ "to": "cobol", "text": REQUEST })).await);
    assert_eq!(field, "to");
    assert!(message.contains("cobol") && message.contains("messages"), "{message}");
    let (_, message) = problem(&translate(&house, json!({ "to": "chat" })).await);
    assert!(message.contains("text"), "{message}");
    let long = "x".repeat(2 * TEXT_LIMIT);
    let (field, message) = problem(&translate(&house, json!({ "to": "chat", "text": long })).await);
    assert_eq!(field, "text");
    assert!(message.contains("2 MB") && message.contains("1 MB"), "{message}");
}

#[tokio::test]
async fn the_page_shows_what_was_posted_to_it() {
    let house = House::open().await;
    let fields = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &fields).await.cookie().unwrap();
    let post = async |text: &str| {
        let fields = [("kind", ""), ("from", ""), ("to", "gemini"), ("text", text)];
        let answer = house.client.form("/translator", &cookie, &fields).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.text()
    };
    let page = post(REQUEST).await;
    assert!(page.contains("systemInstruction") && page.contains("Be brief."), "{page}");
    let page = post("<script>").await;
    assert!(page.contains("neither JSON nor a recorded stream"), "{page}");
    assert!(page.contains("&lt;script></textarea>"), "{page}");
    let page = post(&"%".repeat(TEXT_LIMIT + 8192)).await;
    assert!(page.contains("This text is too long; at most 1 MB"), "of {} bytes", page.len());
}
