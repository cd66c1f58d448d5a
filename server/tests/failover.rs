//! An account that fails is stepped over, left alone for as long as its provider says, and named; the tool notices
//! nothing.

use crate::scripted::script::RETRY_AFTER_S;
use crate::support::client::Answer;
use crate::support::{CHAT, House, MESSAGES, chat_body, messages_body};
use http::Method;
use serde_json::{Value, json};

/// Every way in which an account can fail before it has said anything.
const FAILURES: [&str; 14] = [
    "error-401",
    "error-402",
    "error-403",
    "error-429",
    "error-429-retry-after",
    "error-500",
    "error-529",
    "insufficient-quota",
    "overloaded-in-200-stream",
    "cut-before-first-token",
    "empty-200",
    "hang-up",
    "html-502",
    "html-200",
];

/// An endpoint of its own for a script: the first account fails by it, the second is good.
async fn pair(house: &House, dialect: &str, script: &str) {
    let endpoint = json!({
        "name": script, "prefix": script, "dialect": dialect, "base_url": house.provider.base(),
        "private_network": true, "models": ["ok"],
    });
    house.made("/api/v1/endpoints", endpoint).await;
    house.account(script, &format!("key-{script}")).await;
    house.account(script, "key-good").await;
}

async fn ask(house: &House, dialect: &str, prefix: &str, stream: bool) -> Answer {
    let model = format!("{prefix}/ok");
    match dialect {
        "chat" => house.send("/v1/chat/completions", &[], chat_body(&model, stream)).await,
        _ => house.send("/v1/messages", &[], messages_body(&model, stream)).await,
    }
}

/// The keys that were asked with, in order.
fn keys(house: &House) -> Vec<String> {
    let seen = house.provider.seen();
    let key = |name: &str, seen: &crate::scripted::Seen| seen.header(name).map(str::to_owned);
    seen.iter()
        .map(|seen| key("x-api-key", seen).or_else(|| key("authorization", seen)).unwrap_or_default())
        .map(|key| key.trim_start_matches("Bearer ").to_owned())
        .collect()
}

async fn nothing_is_noticed(dialect: &str, stream: bool) {
    let house = House::open().await;
    for script in FAILURES {
        pair(&house, dialect, script).await;
        let answer = ask(&house, dialect, script, stream).await;
        let second = ask(&house, dialect, script, stream).await;
        assert_eq!(answer.status, 200, "{script}: {answer:?}");
        assert_eq!(answer.text(), second.text(), "{script}: the same as from the good account alone");
        assert!(answer.text().contains("東京"), "{script}: {answer:?}");
        assert!(!answer.text().contains("error"), "{script}: {answer:?}");
        assert_eq!(answer.header("retry-after"), "", "{script}");
    }
    let asked = keys(&house);
    for script in FAILURES {
        assert!(asked.contains(&format!("key-{script}")), "{script} was really tried: {asked:?}");
    }
}

#[tokio::test]
async fn the_next_account_answers_and_a_chat_client_notices_nothing() {
    nothing_is_noticed("chat", false).await;
}

#[tokio::test]
async fn the_next_account_answers_and_a_streaming_chat_client_notices_nothing() {
    nothing_is_noticed("chat", true).await;
}

#[tokio::test]
async fn the_next_account_answers_and_a_messages_client_notices_nothing() {
    nothing_is_noticed("messages", false).await;
}

#[tokio::test]
async fn the_next_account_answers_and_a_streaming_messages_client_notices_nothing() {
    nothing_is_noticed("messages", true).await;
}

#[tokio::test]
async fn a_provider_that_says_nothing_in_time_is_left_without_a_second_try() {
    for (script, stream) in
        [("silent", false), ("silent", true), ("stall-before-first-token", true), ("stall-mid-stream", false)]
    {
        let house = House::open().await;
        house.policy(json!({ "first_byte_ms": 300, "whole_reply_ms": 300 })).await;
        pair(&house, "chat", script).await;
        let answer = ask(&house, "chat", script, stream).await;
        assert_eq!(answer.status, 200, "{script}: {answer:?}");
        assert_eq!(keys(&house), [format!("key-{script}"), "key-good".to_owned()], "{script}");
        let left = house.provider.until(|seen| seen[0].left).await;
        assert!(!left[0].answered, "the silent call was cancelled");
    }
}

#[tokio::test]
async fn an_account_that_was_refused_is_not_asked_again_even_after_a_restart() {
    for script in ["error-401", "error-402", "insufficient-quota"] {
        let mut house = House::open().await;
        pair(&house, "messages", script).await;
        for _ in 0..3 {
            assert_eq!(ask(&house, "messages", script, true).await.status, 200);
        }
        let once = |house: &House| keys(house).iter().filter(|key| **key == format!("key-{script}")).count();
        assert_eq!(once(&house), 1, "{script}: {:?}", keys(&house));
        house = house.restarted().await;
        assert_eq!(ask(&house, "messages", script, true).await.status, 200);
        assert_eq!(once(&house), 1, "{script}, after a restart: {:?}", keys(&house));

        let rows = house.read("/api/v1/accounts").await;
        let row = rows.as_array().unwrap().iter().find(|row| row["name"] == format!("account key-{script}"));
        let row = row.unwrap();
        assert_eq!(row["health"], "refused", "the dashboard says so: {row:#?}");
        assert!(
            row["sentence"].as_str().unwrap().len() > 20 && !row["last_error"].as_str().unwrap().is_empty()
        );

        let path = format!("/api/v1/accounts/{}/unpark", row["id"]);
        assert_eq!(house.api(Method::POST, &path, Value::Null).await.status, 200);
        assert_eq!(ask(&house, "messages", script, true).await.status, 200);
        assert_eq!(once(&house), 2, "{script}, once a person has un-parked it");
    }
}

#[tokio::test]
async fn a_limited_account_is_left_alone_for_that_model_even_after_a_restart() {
    let mut house = House::open().await;
    pair(&house, "chat", "error-429-retry-after").await;
    let limited = |house: &House| keys(house).iter().filter(|key| key.contains("429")).count();
    for _ in 0..3 {
        assert_eq!(ask(&house, "chat", "error-429-retry-after", false).await.status, 200);
    }
    assert_eq!(limited(&house), 1, "{:?}", keys(&house));
    let other =
        house.send("/v1/chat/completions", &[], chat_body("error-429-retry-after/other", false)).await;
    assert_eq!((other.status, limited(&house)), (200, 2), "the limit was for one model only");
    house = house.restarted().await;
    assert_eq!(ask(&house, "chat", "error-429-retry-after", false).await.status, 200);
    assert_eq!(limited(&house), 2, "a limit outlives a restart: {:?}", keys(&house));
}

#[tokio::test]
async fn a_new_key_brings_an_account_back_at_once() {
    let house = House::open().await;
    house.endpoints(&house.provider.base()).await;
    let id = house.account(CHAT, "key-bad").await;
    assert_eq!(house.chat("ok", false).await.status, 503);
    let path = format!("/api/v1/accounts/{id}");
    assert_eq!(house.api(Method::PATCH, &path, json!({ "key": "key-mended" })).await.status, 200);
    assert_eq!(house.chat("ok", false).await.status, 200);
    assert_eq!(house.account_row(id).await["health"], "ready");
}

#[tokio::test]
async fn accounts_are_tried_in_the_person_s_order_and_not_when_switched_off() {
    let house = House::with_accounts(&[]).await;
    let first = house.account(CHAT, "key-first").await;
    let second = house.account(CHAT, "key-second").await;
    house.chat("ok", false).await;
    for (id, change) in [
        (second, json!({ "priority": 0 })),
        (second, json!({ "enabled": false })),
        (first, json!({ "enabled": false })),
    ] {
        let path = format!("/api/v1/accounts/{id}");
        assert_eq!(house.api(Method::PATCH, &path, change).await.status, 200);
        house.chat("ok", false).await;
    }
    assert_eq!(keys(&house), ["key-first", "key-second", "key-first"]);
    let refused = house.chat("ok", false).await;
    assert!(refused.status >= 400 && refused.message().contains("switched off"), "{refused:?}");
}

/// Reads the error as a client of the dialect does.
fn error(dialect: &str, answer: &Answer) -> (String, String) {
    let value = answer.value();
    assert_eq!(answer.header("content-type"), "application/json");
    if dialect == "messages" {
        assert_eq!(value["type"], "error", "{value}");
    } else {
        let error = value["error"].as_object().unwrap();
        assert!(error.contains_key("param") && error.contains_key("code"), "{value}");
    }
    let text = |name: &str| value["error"][name].as_str().unwrap().to_owned();
    (text("type"), text("message"))
}

#[tokio::test]
async fn when_every_account_is_limited_the_client_hears_when_to_come_back() {
    for dialect in ["chat", "messages"] {
        for stream in [false, true] {
            let house =
                House::with_accounts(&["key-error-429-retry-after.a", "key-error-429-retry-after.b"]).await;
            let prefix = if dialect == "chat" { CHAT } else { MESSAGES };
            for round in ["the request that found out", "the next one"] {
                let answer = ask(&house, dialect, prefix, stream).await;
                assert_eq!(answer.status, 429, "{round}: {answer:?}");
                let wait: i64 = answer.header("retry-after").parse().unwrap();
                assert!((RETRY_AFTER_S - 40..=RETRY_AFTER_S + 1).contains(&wait), "{round}: {wait}");
                let (kind, message) = error(dialect, &answer);
                assert_eq!(kind, "rate_limit_error");
                for account in ["account key-error-429-retry-after.a", "account key-error-429-retry-after.b"]
                {
                    assert!(message.contains(account), "{round} names {account}: {message}");
                }
                assert!(message.contains("Rate limited"), "{round}: {message}");
            }
            assert_eq!(keys(&house).len(), 2, "nobody is asked while everybody is limited");
        }
    }
}

#[tokio::test]
async fn when_nothing_can_answer_the_client_hears_why_from_each() {
    for dialect in ["chat", "messages"] {
        let house = House::with_accounts(&["key-bad", "key-insufficient-quota"]).await;
        let prefix = if dialect == "chat" { CHAT } else { MESSAGES };
        for round in ["the request that found out", "the next one"] {
            let answer = ask(&house, dialect, prefix, true).await;
            assert_eq!(answer.status, 503, "{round}: {answer:?}");
            assert_eq!(answer.header("retry-after"), "", "waiting does not mend this");
            let (_, message) = error(dialect, &answer);
            for part in ["account key-bad: Key refused", "account key-insufficient-quota: No credit left"] {
                assert!(message.contains(part), "{round}: {part:?} in {message}");
            }
        }
        assert_eq!(keys(&house).len(), 2);
        let rows = house.records(2).await;
        assert!(rows.iter().all(|row| row["outcome"] == "failed" && row["status"] == 503), "{rows:#?}");
        let attempts = house.detail(&rows[1]).await["attempts"].clone();
        assert_eq!(attempts.as_array().unwrap().len(), 2, "{attempts:#?}");
        assert_eq!(attempts[0]["verdict"], "parked the account and went on to the next");
        let exclusions = house.detail(&rows[0]).await["exclusions"].clone();
        assert_eq!(exclusions.as_array().unwrap().len(), 2, "the second request says what was left out");
    }
}

#[tokio::test]
async fn the_caller_s_own_fault_goes_back_unchanged_and_parks_nothing() {
    let house = House::with_accounts(&["key-one", "key-two"]).await;
    let mut asked = 0;
    for (script, status) in [
        ("error-400", 400),
        ("error-413", 413),
        ("error-422", 422),
        ("content-policy", 400),
        ("context-overflow", 400),
    ] {
        for (path, prefix) in [("/v1/chat/completions", CHAT), ("/v1/messages", MESSAGES)] {
            for stream in [false, true] {
                let body = messages_body(&format!("{prefix}/{script}"), stream);
                let answer = house.send(path, &[], body.clone()).await;
                assert_eq!(answer.status, status, "{script}: {answer:?}");
                let address = format!("http://{}{path}", house.provider.address);
                let direct = crate::support::client::Client::new(house.provider.address);
                let body = body.replace(&format!("{prefix}/"), "");
                let own = direct.send(Method::POST, path, &[], body.into()).await;
                assert_eq!(answer.bytes, own.bytes, "{script} as {address} said it");
                asked += 2;
                assert_eq!(house.provider.seen().len(), asked, "{script}: nobody else was bothered");
            }
        }
    }
    for row in house.read("/api/v1/accounts").await.as_array().unwrap() {
        assert_eq!(row["health"], "ready", "{row:#?}");
    }
}

#[tokio::test]
async fn a_passing_failure_is_tried_once_more_at_the_same_account() {
    for script in ["error-500-once"] {
        let house = House::open().await;
        pair(&house, "chat", script).await;
        assert_eq!(ask(&house, "chat", script, true).await.status, 200);
        assert_eq!(keys(&house), [format!("key-{script}"), format!("key-{script}")]);
        let row = house.record().await;
        assert_eq!((&row["outcome"], &row["attempts"]), (&json!("answered"), &json!(2)), "{row:#?}");
        let attempts = house.detail(&row).await["attempts"].clone();
        assert_eq!(
            (&attempts[0]["status"], &attempts[0]["won"]),
            (&json!(500), &json!(false)),
            "{attempts:#?}"
        );
        assert_eq!(attempts[0]["verdict"], "tried the same account again");
        assert_eq!((&attempts[1]["status"], &attempts[1]["won"]), (&json!(200), &json!(true)));
    }
}

#[tokio::test]
async fn a_failure_that_stays_is_tried_twice_and_no_more() {
    for script in ["error-500", "hang-up", "html-502"] {
        let house = House::with_accounts(&[&format!("key-{script}")]).await;
        let answer = house.chat("ok", false).await;
        assert!(matches!(answer.status, 502 | 503), "{answer:?}");
        assert_eq!(keys(&house).len(), 2, "{script}");
        assert!(answer.message().contains(&format!("account key-{script}")), "{answer:?}");
    }
}

#[tokio::test]
async fn a_model_that_the_provider_does_not_have_is_told_in_its_words() {
    let house = House::with_accounts(&["key-one", "key-two"]).await;
    for answer in [house.chat("error-404", false).await, house.messages("error-404", true).await] {
        assert_eq!(answer.status, 404, "{answer:?}");
        assert!(answer.message().contains("error-404"), "{answer:?}");
    }
    assert_eq!(keys(&house), ["key-one", "key-one"], "another account of the same provider does no better");
}

#[tokio::test]
async fn a_combo_goes_on_to_its_next_target() {
    let house = House::with_accounts(&["key-one"]).await;
    let combo = json!({ "name": "best", "targets": [{ "model": "oai/error-500" }, { "model": "oai/context-overflow" }, { "model": "oai/ok" }] });
    house.made("/api/v1/combos", combo).await;
    let answer = house.send("/v1/chat/completions", &[], chat_body("best", true)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("x-ninerouter-target"), "oai/ok");
    assert_eq!(answer.header("x-ninerouter-attempts"), "4");
    assert_eq!(house.record().await["asked"], "best");
}

#[tokio::test]
async fn a_new_key_frees_an_account_and_its_models() {
    let house = House::with_accounts(&["key-bad"]).await;
    assert_eq!(house.chat("ok", false).await.status, 503);
    let account = house
        .read("/api/v1/accounts")
        .await
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["provider_id"] == CHAT)
        .cloned();
    let id = account.unwrap()["id"].as_i64().unwrap();
    assert_eq!(house.account_row(id).await["health"], "refused");
    let path = format!("/api/v1/accounts/{id}");
    let renamed = house.api(Method::PATCH, &path, json!({ "name": "work" })).await;
    assert_eq!(renamed.value()["health"], "refused", "a new name mends nothing: {renamed:?}");
    let mended = house.api(Method::PATCH, &path, json!({ "key": "key-new" })).await;
    assert_eq!(mended.value()["health"], "ready", "{mended:?}");
    assert_eq!(house.chat("ok", false).await.status, 200);
    let house = house.restarted().await;
    assert_eq!(house.account_row(id).await["health"], "ready", "it is written down, too");
}
