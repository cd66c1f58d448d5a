//! A stream that breaks is never taken for a whole answer, one that is slow is left alone, and nobody works for a
//! client that has left.

use crate::scripted::bodies::{self, frames};
use crate::scripted::says;
use crate::scripted::script::Asked;
use crate::support::{CHAT, House, MESSAGES, chat_body, messages_body};
use http::Method;
use serde_json::{Value, json};
use wire::Dialect;

/// The frames of a dialect's good answer to `model`, as a client that did not ask for usage gets them.
fn good_frames(dialect: Dialect, model: &str) -> Vec<String> {
    frames("ok", &Asked::stream(dialect, model))
}

/// The data of the last frame.
fn last(text: &str) -> Value {
    let frame = text.trim_end().rsplit("\n\n").next().unwrap();
    let data =
        frame.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or_else(|| panic!("{frame}"));
    serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in {data}"))
}

async fn broken_stream_is_told(script: &str) {
    let house = House::with_accounts(&["key-one"]).await;
    house.policy(json!({ "idle_ms": 500 })).await;
    for dialect in [Dialect::Chat, Dialect::Messages] {
        let answer = match dialect {
            Dialect::Chat => house.chat(script, true).await,
            _ => house.messages(script, true).await,
        };
        assert_eq!(answer.status, 200, "it had begun well: {answer:?}");
        let text = answer.text();
        let begun = good_frames(dialect, script)[..says::opening(dialect) + 2].concat();
        assert!(text.starts_with(&begun), "what was said is delivered: {text}\nexpected {begun}");
        assert!(text.ends_with("\n\n"), "the last frame is whole");
        for end in ["[DONE]", "message_stop", "\"finish_reason\":\"stop\"", "end_turn"] {
            assert!(!text.contains(end), "{script}: nothing looks like an end: {text}");
        }
        let error = last(&text);
        match dialect {
            Dialect::Chat => assert!(error["error"]["message"].as_str().unwrap().len() > 10, "{error}"),
            _ => {
                assert_eq!(error["type"], "error");
                assert!(error["error"]["type"].as_str().unwrap().ends_with("error"), "{error}");
                assert!(text.trim_end().rsplit("\n\n").next().unwrap().starts_with("event: error\n"));
            }
        }
        assert_eq!(text.matches("\"error\":").count(), 1, "it is told once: {text}");
    }
    let rows = house.records(2).await;
    for row in &rows {
        assert_eq!((&row["outcome"], &row["status"]), (&json!("broken"), &json!(200)), "{row:#?}");
        assert!(!row["error"].as_str().unwrap().is_empty(), "{row:#?}");
        let detail = house.detail(row).await;
        assert!(!detail["attempts"][0]["error"].as_str().unwrap().is_empty(), "{detail:#?}");
    }
    let usage = house.read("/api/v1/overview").await;
    assert_eq!(usage["today"]["failed"], 2, "{usage:#?}");
    assert_eq!(
        rows[0]["tokens"]["input"],
        says::counts(Dialect::Messages).input,
        "what was stated before it broke is counted"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_is_told_in_the_client_s_dialect() {
    broken_stream_is_told("cut-mid-stream").await;
}

#[tokio::test]
async fn a_stream_that_ends_without_its_end_is_told_in_the_client_s_dialect() {
    broken_stream_is_told("truncated").await;
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_told_in_the_client_s_dialect() {
    broken_stream_is_told("stall-mid-stream").await;
}

#[tokio::test]
async fn an_error_inside_the_stream_is_handed_on_and_ends_it() {
    broken_stream_is_told("error-mid-stream").await;
}

#[tokio::test]
async fn a_whole_reply_that_breaks_off_is_no_reply() {
    let house = House::with_accounts(&["key-one"]).await;
    house.policy(json!({ "whole_reply_ms": 500 })).await;
    for (script, status) in [("cut-mid-stream", 502), ("stall-mid-stream", 504)] {
        for answer in [house.chat(script, false).await, house.messages(script, false).await] {
            assert_eq!(answer.status, status, "{script}: {answer:?}");
            assert!(answer.message().contains("account key-one"), "{answer:?}");
            assert!(answer.header("x-ninerouter-request").len() == 32);
        }
    }
    for row in house.records(4).await {
        assert_eq!(row["outcome"], "failed", "{row:#?}");
    }
}

#[tokio::test]
async fn a_slow_stream_is_left_alone() {
    let house = House::with_accounts(&["key-one"]).await;
    // Less than the whole takes, more than the pause between two frames.
    house.policy(json!({ "idle_ms": 1500 })).await;
    for script in ["slow-tokens", "slow-first-token", "slow-headers"] {
        let chat = house.chat(script, true).await.text();
        let expected = good_frames(Dialect::Chat, script);
        let kept: Vec<&str> =
            expected.iter().filter(|frame| !frame.contains("prompt_tokens")).map(String::as_str).collect();
        assert_eq!(chat, kept.concat(), "{script}");
    }
    let messages = house.messages("slow-tokens", true).await.text();
    assert_eq!(messages, good_frames(Dialect::Messages, "slow-tokens").concat());
    for row in house.records(4).await {
        assert_eq!((&row["outcome"], &row["attempts"]), (&json!("answered"), &json!(1)), "{row:#?}");
    }
}

#[tokio::test]
async fn frames_come_as_they_are_sent_and_a_client_that_leaves_ends_the_call() {
    let house = House::with_accounts(&["key-one"]).await;
    let key = format!("Bearer {}", house.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let body = messages_body(&format!("{MESSAGES}/stall-mid-stream"), true);
    let mut response = house.client.begin(Method::POST, "/v1/messages", &headers, body.into()).await;
    let mut heard = String::new();
    // The provider says nothing more after its second word: it must not be kept back.
    while !heard.contains(bodies::WORDS[1]) {
        let chunk = response.chunk().await.unwrap().expect("the stream goes on");
        heard.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(!house.provider.only().left, "nobody has left yet");
    drop(response);
    house.provider.until(|seen| seen[0].left).await;
    let row = house.record().await;
    assert_eq!(row["outcome"], "cancelled", "{row:#?}");
    assert_eq!(
        row["tokens"]["input"],
        says::counts(Dialect::Messages).input,
        "what was used until then is counted: {row:#?}"
    );
    assert_eq!(row["tokens"]["cache_read"], says::counts(Dialect::Messages).read);
    assert!(row["first_token_ms"].is_i64(), "{row:#?}");
    assert_eq!(
        house.account_row(house.read("/api/v1/accounts").await[0]["id"].as_i64().unwrap()).await["health"],
        "ready"
    );
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_ends_the_call_too() {
    for (script, stream) in [("silent", false), ("silent", true), ("stall-before-first-token", true)] {
        let house = House::with_accounts(&["key-one"]).await;
        let leaving = async {
            house.provider.until(|seen| seen.len() == 1).await;
        };
        tokio::select! {
            answer = house.chat(script, stream) => panic!("{script} does not answer: {answer:?}"),
            () = leaving => {}
        }
        let seen = house.provider.until(|seen| seen[0].left).await;
        assert_eq!(seen.len(), 1, "nobody else is asked for a client that has left");
        let row = house.record().await;
        assert_eq!(
            (&row["outcome"], &row["status"]),
            (&json!("cancelled"), &json!(499)),
            "{script}: {row:#?}"
        );
        assert_eq!((&row["tokens"], &row["covered"]), (&Value::Null, &json!(true)), "{row:#?}");
        assert_eq!(row["account"], "account key-one");
    }
}

#[tokio::test]
async fn a_stream_under_way_outlives_a_change_of_keys_and_accounts() {
    let house = House::with_accounts(&["key-one"]).await;
    let changing = async {
        house.provider.until(|seen| seen.len() == 1).await;
        let account = house.read("/api/v1/accounts").await[0]["id"].as_i64().unwrap();
        let keys = house.read("/api/v1/keys").await;
        for path in [format!("/api/v1/accounts/{account}"), format!("/api/v1/keys/{}", keys[0]["id"])] {
            assert_eq!(house.api(Method::DELETE, &path, Value::Null).await.status, 204);
        }
    };
    let (answer, ()) = tokio::join!(house.chat("slow-first-token", true), changing);
    assert!(answer.text().ends_with("data: [DONE]\n\n"), "{answer:?}");
    let next = house.send("/v1/chat/completions", &[], chat_body(&format!("{CHAT}/ok"), true)).await;
    assert_eq!(next.status, 401, "the revoked key is refused at once: {next:?}");
}

#[tokio::test]
async fn an_error_where_a_stream_was_asked_for_is_json_with_its_status() {
    let house = House::with_accounts(&["key-bad"]).await;
    for answer in [house.chat("ok", true).await, house.messages("ok", true).await] {
        assert_eq!((answer.status, answer.header("content-type")), (503, "application/json"), "{answer:?}");
    }
}
