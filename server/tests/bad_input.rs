//! Bad input gets one clear sentence that says what happened and what to do, and changes nothing.

use crate::support::client::Answer;
use crate::support::{CHAT, House, MESSAGES, chat_body, messages_body};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

const CHAT_PATH: &str = "/v1/chat/completions";
const MESSAGES_PATH: &str = "/v1/messages";

/// Checks status, shape and type in the dialect of the path; gives the sentence.
fn refusal(path: &str, answer: &Answer, status: u16, openai: &str, anthropic: &str) -> String {
    assert_eq!(answer.status, status, "{path}: {answer:?}");
    assert_eq!(answer.header("content-type"), "application/json", "{path}");
    let value = answer.value();
    let kind = value["error"]["type"].as_str().unwrap();
    if path.starts_with(MESSAGES_PATH) {
        assert_eq!((&value["type"], kind), (&json!("error"), anthropic), "{value}");
    } else {
        assert_eq!(kind, openai, "{value}");
        assert!(value["error"].as_object().unwrap().contains_key("code"), "{value}");
    }
    let message = value["error"]["message"].as_str().unwrap();
    assert!(message.len() > 15 && message.ends_with(['.', '?', '!']), "a sentence: {message}");
    message.to_owned()
}

const JSON: (&str, &str) = ("content-type", "application/json");

fn body_for(path: &str) -> String {
    if path == CHAT_PATH {
        chat_body(&format!("{CHAT}/ok"), false)
    } else {
        messages_body(&format!("{MESSAGES}/ok"), false)
    }
}

#[tokio::test]
async fn a_missing_or_wrong_key_is_named() {
    let house = House::with_accounts(&["key-one"]).await;
    for path in [CHAT_PATH, MESSAGES_PATH] {
        let cases: [(&[(&str, &str)], &str); 4] = [
            (&[JSON], "No API key was sent"),
            (&[JSON, ("authorization", "Bearer nr-wrong")], "not known"),
            (&[JSON, ("x-api-key", "nr-wrong")], "not known"),
            (&[JSON, ("authorization", "Basic dTpw")], "No API key was sent"),
        ];
        for (headers, words) in cases {
            let answer = house.client.send(Method::POST, path, headers, body_for(path).into()).await;
            let said = refusal(path, &answer, 401, "invalid_request_error", "authentication_error");
            assert!(said.contains(words), "{said}");
            assert!(!said.contains("nr-wrong"), "a key is never repeated: {said}");
        }
    }
    assert_eq!(house.provider.seen().len(), 0);
}

#[tokio::test]
async fn an_unknown_model_is_answered_with_the_nearest_names() {
    let house = House::with_accounts(&["key-one"]).await;
    for path in [CHAT_PATH, MESSAGES_PATH] {
        for model in ["tool-cal", "oia/tool-call"] {
            let answer = house.send(path, &[], chat_body(model, true)).await;
            let said = refusal(path, &answer, 404, "invalid_request_error", "not_found_error");
            assert!(said.contains(model) && said.contains("/tool-call"), "{said}");
        }
        let answer = house.send(path, &[], chat_body("zzzzzzzz", false)).await;
        let said = refusal(path, &answer, 404, "invalid_request_error", "not_found_error");
        assert!(said.contains("/v1/models"), "where nothing is near it says where to look: {said}");
    }
    assert_eq!(house.provider.seen().len(), 0, "never a silent guess");
    let listed =
        house.client.send(Method::GET, "/v1/models/nope", &[("x-api-key", &house.key)], Bytes::new()).await;
    refusal("/v1/models", &listed, 404, "invalid_request_error", "");
}

#[tokio::test]
async fn a_malformed_body_is_refused_with_the_place() {
    let house = House::with_accounts(&["key-one"]).await;
    for path in [CHAT_PATH, MESSAGES_PATH] {
        for (body, words) in [
            (&b""[..], "is empty"),
            (b"{\"model\":\"oai/ok\",", "line 1"),
            (b"{\"model\":\"oai/ok\"\n,}", "line 2"),
            (b"[1,2]", "JSON object, not an array"),
            (b"\"text\"", "JSON object, not a string"),
            (b"{\"messages\":[]}", "`model`"),
            (b"{\"model\":7}", "`model`"),
            (b"{\"model\":\"\"}", "`model`"),
            (b"{\"model\":\"oai/ok\",\"stream\":\"yes\"}", "`stream`"),
            (b"{\"model\":\"oai/ok\",\"model\":\"oai/other\"}", "\"model\" twice"),
            (
                b"{\"model\":\"oai/ok\",\"messages\":[{\"role\":\"user\",\"role\":\"system\"}]}",
                "\"role\" twice",
            ),
            (b"{\"model\":\"oai/ok\",\"mod\\u0065l\":\"x\"}", "twice"),
            (b"{\"model\":\"oai/ok\"} trailing", "more text"),
            (b"{\"model\":\"oai/\xff\"}", "UTF-8"),
            (b"{\"model\":\"oai/ok\",\"n\":01}", "not valid JSON"),
        ] {
            let answer = house.send(path, &[], Bytes::from_static(body)).await;
            let said = refusal(path, &answer, 400, "invalid_request_error", "invalid_request_error");
            assert!(said.contains(words), "{words:?} for {:?}: {said}", String::from_utf8_lossy(body));
        }
    }
    assert_eq!(house.provider.seen().len(), 0);
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let house = House::with_accounts(&["key-one"]).await;
    let key = house.key.clone();
    for path in [CHAT_PATH, MESSAGES_PATH] {
        for (name, value) in [
            ("content-type", "text/plain"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("content-type", "multipart/form-data; boundary=x"),
            ("content-encoding", "gzip"),
        ] {
            let headers = [("x-api-key", key.as_str()), (name, value)];
            let answer = house.client.send(Method::POST, path, &headers, body_for(path).into()).await;
            let said = refusal(path, &answer, 415, "invalid_request_error", "invalid_request_error");
            assert!(said.contains(value.split(';').next().unwrap()), "{said}");
        }
        let headers = [("x-api-key", key.as_str()), ("content-type", "application/json; charset=utf-8")];
        let answer = house.client.send(Method::POST, path, &headers, body_for(path).into()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_read() {
    let house = House::with_accounts(&["key-one"]).await;
    house.policy(json!({ "max_body_bytes": 2048 })).await;
    let exact = |size: usize| {
        let body = chat_body(&format!("{CHAT}/ok"), false);
        let blanks = " ".repeat(size - body.len());
        format!("{body}{blanks}")
    };
    assert_eq!(house.send(CHAT_PATH, &[], exact(2048)).await.status, 200);
    for path in [CHAT_PATH, MESSAGES_PATH] {
        let answer = house.send(path, &[], exact(2049)).await;
        let said = refusal(path, &answer, 413, "invalid_request_error", "request_too_large");
        assert!(said.contains("2048 bytes") && said.contains("settings"), "{said}");

        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\ncontent-type: application/json\r\n",
            house.key
        );
        let told = |text: &str| text.contains("2048 bytes");
        // A length is stated and nothing is sent: whoever waited for the rest would wait for ever.
        let heard =
            house.client.raw(format!("{head}content-length: 99999999\r\n\r\n").as_bytes(), told).await;
        assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
        // No length is stated and the rest never comes.
        let chunk = format!("{head}transfer-encoding: chunked\r\n\r\n1000\r\n{}\r\n", " ".repeat(0x1000));
        let heard = house.client.raw(chunk.as_bytes(), told).await;
        assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
    }
    assert_eq!(house.provider.seen().len(), 1);
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_or_refuses_our_key_is_named() {
    let house = House::open().await;
    // A port that was just free: nobody listens there.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    house.endpoints(&format!("http://{closed}/v1")).await;
    let (one, other) = (house.account(CHAT, "key-one").await, house.account(MESSAGES, "key-one").await);
    for (path, name) in [(CHAT_PATH, "oai/ok"), (MESSAGES_PATH, "ant/ok")] {
        let answer = house.send(path, &[], body_for(path)).await;
        let said = refusal(path, &answer, 502, "server_error", "api_error");
        assert!(said.contains(name) && said.contains("no connection to 127.0.0.1"), "{said}");
    }
    for id in [one, other] {
        let tested =
            house.api(Method::POST, &format!("/api/v1/accounts/{id}/test"), Value::Null).await.value();
        assert_eq!(tested["ok"], false, "{tested}");
        assert!(tested["sentence"].as_str().unwrap().contains("could not be reached"), "{tested}");
    }

    let house = House::with_accounts(&["key-bad"]).await;
    for path in [CHAT_PATH, MESSAGES_PATH] {
        let answer = house.send(path, &[], body_for(path)).await;
        let said = refusal(path, &answer, 503, "server_error", "overloaded_error");
        assert!(said.contains("account key-bad: Key refused (401)"), "{said}");
    }
    for row in house.read("/api/v1/accounts").await.as_array().unwrap() {
        let path = format!("/api/v1/accounts/{}/test", row["id"]);
        let tested = house.api(Method::POST, &path, Value::Null).await.value();
        assert_eq!(tested["ok"], false);
        assert!(tested["sentence"].as_str().unwrap().contains("refused this key"), "{tested}");
    }
}

#[tokio::test]
async fn an_account_test_that_goes_well_says_so() {
    let house = House::with_accounts(&["key-one"]).await;
    for row in house.read("/api/v1/accounts").await.as_array().unwrap() {
        let path = format!("/api/v1/accounts/{}/test", row["id"]);
        let tested = house.api(Method::POST, &path, Value::Null).await.value();
        assert_eq!((&tested["ok"], &tested["sentence"]), (&json!(true), &json!("ok answered.")));
    }
    let keys: Vec<Option<String>> =
        house.provider.seen().iter().map(|seen| seen.header("x-api-key").map(str::to_owned)).collect();
    assert!(
        keys.contains(&Some("key-one".to_owned())) && keys.contains(&None),
        "each in its dialect: {keys:?}"
    );
}

#[tokio::test]
async fn a_wrong_address_or_method_is_told_in_json() {
    let house = House::with_accounts(&["key-one"]).await;
    let key = house.key.clone();
    for (method, path) in [
        (Method::POST, "/v1/nothing"),
        (Method::GET, "/v1/chat/completions"),
        (Method::GET, "/v1/messages"),
        (Method::POST, "/v1/models"),
    ] {
        let answer =
            house.client.send(method.clone(), path, &[("x-api-key", &key), JSON], Bytes::new()).await;
        assert!(matches!(answer.status, 404 | 405), "{method} {path}: {answer:?}");
        assert!(answer.message().len() > 15, "{method} {path}: {answer:?}");
    }
    for (method, path) in [
        (Method::GET, "/api/v1/nothing"),
        (Method::GET, "/api/v1/accounts/abc/test"),
        (Method::PATCH, "/api/v1/accounts/abc"),
        (Method::PATCH, "/api/v1/accounts"),
        (Method::GET, "/api/v1/overview?utc_offset_minutes=noon"),
    ] {
        let answer = house.api(method.clone(), path, json!({})).await;
        assert!(matches!(answer.status, 400 | 404 | 405), "{method} {path}: {answer:?}");
        assert!(answer.message().len() > 15, "{method} {path}: {answer:?}");
    }
}
