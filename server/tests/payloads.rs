//! The payload log: off until it is switched on for a key, on for a limited time, bounded, and without secrets.

use crate::replicas::Two;
use crate::secrets::{files, holds};
use crate::support::client::Answer;
use crate::support::running::Running;
use crate::support::{CHAT, House, MESSAGES, PASSWORD, Provider, chat_body, until};
use http::Method;
use serde_json::{Value, json};

const GITHUB: &str = "ghp_0123456789abcdefABCDEF0123456789abcd";
const ANTHROPIC: &str = "sk-ant-api03-0123456789abcdef-AA";
const HOUR: i64 = 3_600_000;

/// The id of the caller key `laptop`, or of another.
async fn key(house: &House, name: &str) -> i64 {
    let keys = house.read("/api/v1/keys").await;
    let key = keys.as_array().unwrap().iter().find(|key| key["name"] == name);
    key.unwrap()["id"].as_i64().unwrap()
}

async fn log(house: &House, key: i64) {
    let answer = house.api(Method::PUT, &format!("/api/v1/payloads/keys/{key}"), json!({"for": "1h"})).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn stop(house: &House, key: i64) {
    let answer = house.api(Method::DELETE, &format!("/api/v1/payloads/keys/{key}"), Value::Null).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn kept(house: &House) -> i64 {
    house.read("/api/v1/payloads").await["requests"].as_i64().unwrap()
}

/// What was logged of a request, as soon as it is.
async fn payload(house: &House, answer: &Answer) -> Value {
    payload_of(house, answer.header("x-ninerouter-request")).await
}

async fn payload_of(house: &House, id: &str) -> Value {
    assert_eq!(id.len(), 32);
    let path = format!("/api/v1/requests/{id}/payload");
    until("the payload", async || {
        let answer = house.api(Method::GET, &path, Value::Null).await;
        (answer.status == 200).then(|| answer.value())
    })
    .await
}

fn part<'p>(payload: &'p Value, name: &str) -> &'p Value {
    let parts = payload["parts"].as_array().unwrap().iter();
    parts.into_iter().find(|part| part["part"] == name).unwrap_or(&Value::Null)
}

fn text<'p>(payload: &'p Value, name: &str) -> &'p str {
    part(payload, name)["text"].as_str().unwrap_or_else(|| panic!("no {name} in {payload:#}"))
}

fn says(model: &str, words: &str) -> String {
    chat_body(&format!("{CHAT}/{model}"), false).replace("Hello", words)
}

#[tokio::test]
async fn nothing_is_kept_until_it_is_switched_on_and_then_of_that_key_alone() {
    let house = House::with_accounts(&["key-one"]).await;
    assert_eq!(house.chat("ok", false).await.status, 200);
    let row = house.record().await;
    assert_eq!(house.detail(&row).await["payload"], json!([]));
    let path = format!("/api/v1/requests/{}/payload", row["id"].as_str().unwrap());
    let nothing = house.api(Method::GET, &path, Value::Null).await;
    assert_eq!(nothing.status, 404);
    assert!(nothing.text().contains("Nothing is kept of this request in full"), "{nothing:?}");

    let other = house.made("/api/v1/keys", json!({"name": "desktop"})).await;
    log(&house, key(&house, "desktop").await).await;
    house.chat("ok", false).await;
    let secret = format!("Bearer {}", other["secret"].as_str().unwrap());
    let headers =
        [("authorization", secret.as_str()), ("content-type", "application/json"), ("user-agent", "me/1")];
    let body = says("ok", "Hello from the desktop");
    let answer = house.client.send(Method::POST, "/v1/chat/completions", &headers, body.clone().into()).await;
    let payload = payload(&house, &answer).await;
    house.records(3).await;
    assert_eq!(kept(&house).await, 1, "of that key alone");
    assert_eq!(text(&payload, "request"), body);
    assert_eq!(text(&payload, "sent"), body.replace(&format!("{CHAT}/ok"), "ok"), "as the provider got it");
    assert_eq!(text(&payload, "sent").as_bytes(), house.provider.seen().pop().unwrap().body);
    assert_eq!(text(&payload, "reply"), answer.text());
    let headers = part(&payload, "request")["headers"].to_string();
    assert!(headers.contains("me/1") && !headers.to_lowercase().contains("authorization"), "{headers}");
    assert!(part(&payload, "reply")["headers"].to_string().contains(r#"["status","200"]"#), "{payload:#}");

    let refused = house.api(Method::PUT, "/api/v1/payloads/keys/0", json!({"for": "ever"})).await;
    assert_eq!(refused.status, 400);
    assert_eq!(house.api(Method::PUT, "/api/v1/payloads/keys/99", json!({"for": "1h"})).await.status, 404);
}

#[tokio::test]
async fn requests_without_a_key_have_a_switch_of_their_own() {
    let house = House::with_accounts(&["key-one"]).await;
    house.policy(json!({"require_key": false})).await;
    log(&house, 0).await;
    house.chat("ok", false).await;
    let headers = [("content-type", "application/json")];
    let answer =
        house.client.send(Method::POST, "/v1/chat/completions", &headers, says("ok", "Hi").into()).await;
    assert!(text(&payload(&house, &answer).await, "request").contains("Hi"));
    house.records(2).await;
    let log = house.read("/api/v1/payloads").await;
    assert_eq!((&log["rows"][0]["requests"], &log["rows"][1]["requests"]), (&json!(0), &json!(1)), "{log:#}");
    assert!(log["rows"][1]["until"].as_i64().unwrap() > server::clock::now().unix_ms);
    let list = house.read("/api/v1/requests").await;
    assert_eq!(list["logs"][0]["key"], 0, "the list of requests says so: {list:#}");
}

#[tokio::test]
async fn a_log_ends_by_itself_and_by_hand_and_outlives_a_restart() {
    let house = House::with_accounts(&["key-one"]).await;
    let laptop = key(&house, "laptop").await;
    log(&house, laptop).await;
    let house = house.restarted().await;
    let answer = house.chat("ok", false).await;
    payload(&house, &answer).await;
    let now = server::clock::now().unix_ms;
    house.app.store.set_log(laptop, Some(now - 1)).await.unwrap();
    house.app.refresh().await.unwrap();
    house.chat("ok", false).await;
    house.records(2).await;
    let rows = house.read("/api/v1/payloads").await["rows"].clone();
    assert_eq!(
        (&rows[0]["until"], &rows[0]["requests"]),
        (&Value::Null, &json!(1)),
        "its end has come: {rows:#}"
    );
    assert_eq!(house.read("/api/v1/requests").await["logs"], json!([]));

    // What is under way when somebody stops it is not kept.
    log(&house, laptop).await;
    let begun = house.begin_stream("slow-tokens").await;
    stop(&house, laptop).await;
    begun.bytes().await.unwrap();
    house.records(3).await;
    let house = house.restarted().await;
    assert_eq!(kept(&house).await, 1);
    let gone = house.api(Method::DELETE, &format!("/api/v1/payloads?key={laptop}"), Value::Null).await;
    assert_eq!(gone.status, 204);
    assert_eq!(kept(&house).await, 0);
    house.records(3).await;
}

impl House {
    /// A stream that has begun.
    async fn begin_stream(&self, model: &str) -> reqwest::Response {
        let key = format!("Bearer {}", self.key);
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        let body = chat_body(&format!("{CHAT}/{model}"), true).into();
        let mut response = self.client.begin(Method::POST, "/v1/chat/completions", &headers, body).await;
        assert_eq!(response.status(), 200);
        assert!(response.chunk().await.unwrap().is_some());
        response
    }
}

#[tokio::test]
async fn a_stream_is_kept_as_it_went_out_whole_or_as_far_as_it_went() {
    let house = House::with_accounts(&["key-one"]).await;
    log(&house, key(&house, "laptop").await).await;
    for model in ["ok", "tool-call", "truncated", "cut-mid-stream", "error-mid-stream", "split-bytes"] {
        for answer in [house.chat(model, true).await, house.messages(model, true).await] {
            let payload = payload(&house, &answer).await;
            assert_eq!(text(&payload, "reply"), answer.text(), "{model}");
            assert_eq!(part(&payload, "reply")["bytes"], answer.bytes.len(), "{model}");
        }
    }
    // Translated: the client's own dialect.
    let body = chat_body(&format!("{MESSAGES}/ok"), true);
    let answer = house.send("/v1/chat/completions", &[], body).await;
    let payload = payload(&house, &answer).await;
    assert_eq!(text(&payload, "reply"), answer.text());
    assert!(text(&payload, "sent").contains("max_tokens"), "{payload:#}");

    // Refused by the provider, and by us.
    let refused = house.chat("error-400", false).await;
    let payload = payload_of(&house, refused.header("x-ninerouter-request")).await;
    assert_eq!(text(&payload, "reply"), refused.text());
    assert!(!text(&payload, "sent").is_empty(), "what was refused");
    let lost = house.chat("error-503", false).await;
    let payload = payload_of(&house, lost.header("x-ninerouter-request")).await;
    assert_eq!((text(&payload, "reply"), lost.status), (lost.text().as_str(), 503));
    let head = part(&payload, "reply")["headers"].to_string();
    assert!(head.contains(r#"["status","503"]"#), "{head}");
}

#[tokio::test]
async fn a_client_that_leaves_is_kept_as_far_as_it_went() {
    let house = House::with_accounts(&["key-one"]).await;
    log(&house, key(&house, "laptop").await).await;
    drop(house.begin_stream("stall-mid-stream").await);
    let row = house.record().await;
    assert_eq!(row["outcome"], "cancelled");
    let payload = payload_of(&house, row["id"].as_str().unwrap()).await;
    let reply = text(&payload, "reply");
    assert!(reply.starts_with("data: {") && !reply.contains("[DONE]"), "{reply}");
    assert_eq!(part(&payload, "reply")["bytes"], reply.len());
}

#[tokio::test]
async fn what_is_too_long_is_cut_off_and_says_so() {
    let house = House::with_accounts(&["key-one"]).await;
    log(&house, key(&house, "laptop").await).await;
    let long = "some words ".repeat(150_000);
    let answer = house.send("/v1/chat/completions", &[], says("ok", &long)).await;
    assert_eq!(answer.status, 200);
    let payload = payload(&house, &answer).await;
    let request = part(&payload, "request");
    let (bytes, kept) = (request["bytes"].as_i64().unwrap(), request["kept"].as_i64().unwrap());
    assert!(bytes > 1_600_000 && (1_000_000..=1 << 20).contains(&kept), "{kept} of {bytes}");
    assert_eq!(request["text"].as_str().unwrap().len() as i64, kept);
    let id = answer.header("x-ninerouter-request");
    let cookie = signed_in(&house).await;
    let page = house.client.page(&format!("/requests/{id}/payload"), &cookie).await;
    assert!(page.text().contains("more bytes were not kept."), "of {} bytes", page.bytes.len());
}

async fn signed_in(house: &House) -> String {
    let fields = [("name", "admin"), ("password", PASSWORD)];
    house.client.form("/console/log_in", "", &fields).await.cookie().unwrap()
}

#[tokio::test]
async fn secrets_are_nowhere_once_they_were_logged() {
    let house = House::open().await;
    house.endpoints(&house.provider.base()).await;
    // Accounts of other tests are named after their keys.
    let account = json!({ "provider": CHAT, "name": "work", "key": "key-good.uncommon-secret-1" });
    house.made("/api/v1/accounts", account).await;
    log(&house, key(&house, "laptop").await).await;
    let own = house.key.clone();
    let spoken = format!(
        "Use {GITHUB} with {ANTHROPIC} and {own}; it answers to key-good.uncommon-secret-1, not another-header-secret, \\\"password\\\": \\\"tiger tank\\\", \
         postgres://ada:orchid77@db/app\\n-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0B\\n-----END PRIVATE KEY-----"
    );
    let member = says("ok", &spoken).replacen('{', r#"{"api_key":"member-secret","#, 1);
    let answer = house.send("/v1/chat/completions", &[("x-api-key", "another-header-secret")], member).await;
    assert_eq!(answer.status, 200, "the request itself is untouched: {answer:?}");
    let sent = String::from_utf8_lossy(&house.provider.seen().pop().unwrap().body).into_owned();
    assert!(sent.contains(GITHUB) && sent.contains("tiger tank"), "{sent}");
    let id = answer.header("x-ninerouter-request").to_owned();
    let payload = payload(&house, &answer).await;
    for name in ["request", "sent"] {
        let body: Value = serde_json::from_str(text(&payload, name)).expect("JSON stays JSON");
        let said = body["messages"][0]["content"].as_str().unwrap().to_owned();
        for kind in ["GitHub token", "Anthropic key", "key of this request", "password", "private key"] {
            assert!(said.contains(&format!("[redacted: {kind}]")), "{kind}: {said}");
        }
        assert_eq!(body["api_key"], "[redacted: API key]");
        assert!(part(&payload, name)["redacted"].as_i64().unwrap() >= 8, "{payload:#}");
    }

    let cookie = signed_in(&house).await;
    let mut said = payload.to_string();
    for path in ["payload", "compare", "payload.json", ""] {
        let page = house.client.page(format!("/requests/{id}/{path}").trim_end_matches('/'), &cookie).await;
        assert_eq!(page.status, 200, "{path}: {page:?}");
        said += &page.text();
    }
    let export = house.client.page("/payloads.ndjson", &cookie).await;
    assert_eq!((export.status, export.text().lines().count()), (200, 1));
    said += &export.text();
    let (folder, _) = house.stop().await;
    for secret in [
        GITHUB,
        ANTHROPIC,
        &own,
        "uncommon-secret-1",
        "another-header-secret",
        "tiger tank",
        "orchid77",
        "MIIEvQ",
        "member-secret",
    ] {
        assert!(!said.contains(secret), "{secret} is on a page or in an answer");
        for (path, bytes) in files(folder.path()) {
            assert!(!holds(&bytes, secret), "{secret} is in {}", path.display());
        }
    }
    for (path, bytes) in files(folder.path()) {
        assert!(!holds(&bytes, "it answers to"), "what people write is sealed, but is in {}", path.display());
    }
}

#[tokio::test]
async fn two_requests_of_a_conversation_are_compared() {
    let house = House::with_accounts(&["key-one"]).await;
    log(&house, key(&house, "laptop").await).await;
    let turns = |system: &str, more: &[(&str, &str)]| {
        let mut messages =
            vec![json!({"role": "system", "content": system}), json!({"role": "user", "content": "Hello"})];
        messages.extend(more.iter().map(|(role, content)| json!({"role": role, "content": content})));
        json!({"model": format!("{CHAT}/ok"), "messages": messages}).to_string()
    };
    let compare = async |answer: &Answer| {
        payload(&house, answer).await;
        house.read(&format!("/api/v1/requests/{}/compare", answer.header("x-ninerouter-request"))).await
    };
    let first = house.send("/v1/chat/completions", &[], turns("Today is Monday.", &[])).await;
    let alone = compare(&first).await;
    assert_eq!(alone["compared"], Value::Null);
    assert!(alone["why"].as_str().unwrap().contains("No earlier request of this conversation"), "{alone:#}");

    let on = [("assistant", "Hi"), ("user", "Go on")];
    let second = house.send("/v1/chat/completions", &[], turns("Today is Monday.", &on)).await;
    let longer = &compare(&second).await["compared"];
    assert_eq!((&longer["turned"], &longer["same_target"]), (&json!("longer"), &json!(true)), "{longer:#}");
    assert_eq!(longer["earlier"], first.header("x-ninerouter-request"));
    assert_eq!(longer["first"]["path"], "messages[2].content");

    let third = house.send("/v1/chat/completions", &[], turns("Today is Tuesday.", &on)).await;
    let changed = &compare(&third).await["compared"];
    assert_eq!(
        (&changed["turned"], &changed["first"]["path"]),
        (&json!("changed"), &json!("messages[0].content"))
    );
    assert_eq!(changed["first"]["now"], "\"Today is Tuesday.\"");
    assert!(changed["sent"].as_bool().unwrap(), "as the provider got it");
    let path = format!(
        "/api/v1/requests/{}/compare?with={}",
        second.header("x-ninerouter-request"),
        third.header("x-ninerouter-request")
    );
    assert_eq!(house.read(&path).await["compared"]["turned"], "changed", "with any other");

    let cookie = signed_in(&house).await;
    let page = house
        .client
        .page(&format!("/requests/{}/compare", third.header("x-ninerouter-request")), &cookie)
        .await;
    assert!(page.text().contains("The prompt was changed before its end"), "{page:?}");
    let export = house.api(Method::GET, "/api/v1/payloads/export", Value::Null).await;
    let lines: Vec<Value> = export.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<&str> = lines.iter().map(|line| line["request"]["id"].as_str().unwrap()).collect();
    let sent = [&first, &second, &third].map(|answer| answer.header("x-ninerouter-request"));
    assert_eq!(ids, sent, "oldest first");
    let none = house.api(Method::GET, "/api/v1/payloads/export?key=0", Value::Null).await;
    assert_eq!((none.status, none.text().as_str()), (200, ""));
}

#[tokio::test]
async fn the_oldest_go_when_there_is_too_much_and_with_their_requests() {
    let house = House::with_accounts(&["key-one"]).await;
    log(&house, key(&house, "laptop").await).await;
    let refused = house.read("/api/v1/settings").await["policy"].clone();
    let mut refused = refused.as_object().unwrap().clone();
    refused.insert("payload_bytes".to_owned(), json!(0));
    let answer = house.api(Method::PUT, "/api/v1/settings/policy", Value::from(refused)).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("leave the payload log off"), "{answer:?}");

    house.policy(json!({"payload_bytes": 1 << 20})).await;
    // Noise, which does not get smaller.
    let noise = |seed: u64| {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let step = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(b'a' + (state % 26) as u8)
        };
        (0..400_000).map(step).collect::<String>()
    };
    let mut last = None;
    for seed in 1..=4 {
        let answer = house.send("/v1/chat/completions", &[], says("ok", &noise(seed))).await;
        payload(&house, &answer).await;
        last = Some(answer.header("x-ninerouter-request").to_owned());
    }
    let log = house.read("/api/v1/settings").await["payload_log"].clone();
    assert!(log["bytes"].as_i64().unwrap() <= 1 << 20, "{log:#}");
    assert!((1..4).contains(&log["requests"].as_i64().unwrap()), "{log:#}");
    let last = payload_of(&house, &last.unwrap()).await;
    assert_eq!(last["parts"].as_array().unwrap().len(), 3, "the newest is whole");
    let future = server::clock::now().unix_ms + HOUR;
    house.app.store.forget_requests(future).await.unwrap();
    assert_eq!(kept(&house).await, 0, "they go with their requests");
}

#[tokio::test]
async fn every_replica_goes_by_the_switch() {
    let two = Two::start(&[("INITIAL_PASSWORD", PASSWORD)]).await;
    let provider = Provider::start().await;
    let (one, other) = (&two.one, &two.other);
    let bearer = one.log_in().await;
    one.endpoint(&bearer, &provider.base(), &["key-one"]).await;
    let made = one.key(&bearer, "laptop").await;
    let (id, secret) = (made["row"]["id"].as_i64().unwrap(), made["secret"].as_str().unwrap());
    let model = format!("{CHAT}/ok");
    other.until_status(secret, &model, 200).await;
    let path = format!("/api/v1/payloads/keys/{id}");
    let answer = one.call(Method::PUT, &bearer, &path, json!({"for": "1d"})).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let kept = async |running: &Running| {
        running.read(&bearer, "/api/v1/payloads").await["requests"].as_i64().unwrap()
    };
    until("a logged request", async || {
        other.chat(secret, &model, false).await;
        (kept(one).await > 0).then_some(())
    })
    .await;
    assert_eq!(other.call(Method::DELETE, &bearer, &path, Value::Null).await.status, 204);
    assert_eq!(other.call(Method::DELETE, &bearer, "/api/v1/payloads", Value::Null).await.status, 204);
    // Whether or not this one has heard of it, nothing is kept any more.
    assert_eq!(one.chat(secret, &model, false).await.status, 200);
    assert_eq!(kept(other).await, 0);
    two.stop().await;
}
