//! Beside answers: the counting of tokens, and what providers have besides chat.

use super::{each, house, last_seen, provider_of};
use crate::scripted::beside::sound;
use crate::scripted::bodies::WORDS;
use crate::scripted::scenario::COUNTED;
use crate::support::House;
use crate::support::client::Answer;
use crate::support::tools::{self, Wish};
use serde_json::{Value, json};
use wire::Dialect;

/// Asks how many tokens a prompt has, in one of the dialects that can be asked so.
async fn count(house: &House, client: Dialect, model: &str, wish: &Wish) -> Answer {
    let (_, body) = tools::request(client, model, false, wish);
    let mut body: Value = serde_json::from_str(&body).unwrap();
    let path = match client {
        Dialect::Messages => {
            body.as_object_mut().unwrap().remove("max_tokens");
            "/v1/messages/count_tokens".to_owned()
        }
        Dialect::Responses => {
            body.as_object_mut().unwrap().remove("store");
            "/v1/responses/input_tokens".to_owned()
        }
        _ => format!("/v1beta/models/{model}:countTokens"),
    };
    if client == Dialect::Gemini {
        // The short form, which has no place for instructions and tools.
        body = json!({ "contents": body["contents"] });
    }
    house.send(&path, &[], body.to_string()).await
}

fn counted(client: Dialect, value: &Value) -> (u64, bool) {
    let tokens = if client == Dialect::Gemini { &value["totalTokens"] } else { &value["input_tokens"] };
    if client == Dialect::Responses {
        assert_eq!(value["object"], "response.input_tokens", "{value}");
    }
    (tokens.as_u64().unwrap_or_else(|| panic!("{value}")), value["estimate"] == true)
}

const COUNTERS: [Dialect; 3] = [Dialect::Messages, Dialect::Responses, Dialect::Gemini];

#[tokio::test]
async fn a_provider_that_counts_is_asked_whatever_the_client_speaks() {
    let house = house().await;
    let pairs = COUNTERS.into_iter().flat_map(|client| COUNTERS.map(|provider| (client, provider)));
    each(pairs, async |(client, provider)| {
        let wish = Wish { tools: client != Dialect::Gemini, ..Wish::default() };
        let answer = count(&house, client, &format!("{}/plain", provider_of(provider)), &wish).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = last_seen(&house);
        let body = String::from_utf8_lossy(&seen.body);
        assert_eq!(counted(client, &answer.value()), (COUNTED, false), "{answer:?}\nthe provider got {body}");
        let line = match provider {
            Dialect::Messages => "POST /v1/messages/count_tokens",
            Dialect::Responses => "POST /v1/responses/input_tokens",
            _ => "POST /v1beta/models/plain:countTokens",
        };
        assert_eq!(seen.line, line);
    })
    .await;
    assert!(house.read("/api/v1/requests").await["rows"].as_array().unwrap().is_empty(), "nothing was used");
}

#[tokio::test]
async fn where_nobody_counts_an_estimate_says_that_it_is_one() {
    let house = house().await;
    let pairs =
        COUNTERS.into_iter().flat_map(|client| [Dialect::Chat, Dialect::Ollama].map(|one| (client, one)));
    each(pairs, async |(client, provider)| {
        let model = format!("{}/plain", provider_of(provider));
        let short = count(&house, client, &model, &Wish::default()).await;
        assert_eq!(short.status, 200, "{short:?}");
        let (tokens, estimate) = counted(client, &short.value());
        assert!(estimate && (3..60).contains(&tokens), "{client} {provider}: {short:?}");
        let picture = count(&house, client, &model, &Wish { picture: true, ..Wish::default() }).await;
        assert!(counted(client, &picture.value()).0 > tokens + 500, "a picture counts: {picture:?}");
    })
    .await;
    assert!(house.provider.seen().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn a_count_that_makes_no_sense_is_refused_in_the_client_s_dialect() {
    let house = house().await;
    let answer = house
        .send(
            "/v1/messages/count_tokens",
            &[],
            r#"{"model":"nobody/knows","messages":[{"role":"user","content":"Hi"}]}"#,
        )
        .await;
    assert_eq!(
        (answer.status, &answer.value()["error"]["type"]),
        (404, &json!("not_found_error")),
        "{answer:?}"
    );
    let answer =
        house.send("/v1/messages/count_tokens", &[], r#"{"model":"to-chat/plain","messages":5}"#).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let answer = house.send("/v1beta/models/to-chat/plain:countTokens", &[], r#"{"contents":5}"#).await;
    assert_eq!(
        (answer.status, &answer.value()["error"]["status"]),
        (400, &json!("INVALID_ARGUMENT")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn vectors_and_pictures_go_through_as_they_are() {
    let house = house().await;
    for (path, rest) in [
        ("/v1/embeddings", r#""input" : [ "Grüße", 1.0 ] }"#),
        ("/v1/images/generations", r#""prompt" : "東京",  "n":1 }"#),
        // Usage is not asked for where it would be refused.
        ("/v1/images/generations", r#""prompt" : "東京", "stream":true }"#),
    ] {
        let body = format!(r#"{{ "model" : "to-chat/small", {rest}"#);
        let answer = house.send(path, &[], body.clone()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = last_seen(&house);
        assert_eq!(String::from_utf8_lossy(&seen.body), body.replace("to-chat/small", "small"), "{path}");
        assert_eq!(seen.line, format!("POST {path}"));
        assert_eq!(seen.header("authorization"), Some("Bearer secret-of-to-chat"));
        let value = answer.value();
        match path {
            "/v1/embeddings" => {
                assert!(answer.text().contains("1e-7") || value["data"][0]["embedding"][2] == 1e-7)
            }
            _ => assert_eq!(value["data"][0]["b64_json"], "iVBORw0KGgo=", "{value}"),
        }
        let page = super::page(&house, &answer).await;
        assert_eq!(page["row"]["outcome"], "answered", "{page:#}");
        assert_eq!(page["upstream_dialect"], page["row"]["dialect"], "nothing is translated: {page:#}");
    }
    let refused = house.send("/v1/embeddings", &[], r#"{"model":"to-chat/error-400","input":"x"}"#).await;
    assert_eq!(refused.status, 400, "{refused:?}");
}

#[tokio::test]
async fn sound_comes_back_byte_for_byte() {
    let house = house().await;
    let body = r#"{"model":"to-chat/tts","input":"Grüße","voice":"alloy"}"#;
    let answer = house.send("/v1/audio/speech", &[], body).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "audio/mpeg"), "{answer:?}");
    assert_eq!(answer.bytes, sound());
    assert_eq!(super::page(&house, &answer).await["row"]["outcome"], "answered");
}

#[tokio::test]
async fn a_file_in_a_form_reaches_the_provider_byte_for_byte() {
    let house = house().await;
    for boundary in ["X", "\"with space\""] {
        let name = boundary.trim_matches('"');
        let head = format!(
            "--{name}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n"
        );
        let tail = format!(
            "\r\n--{name}\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nMODEL\r\n--{name}--\r\n"
        );
        let form =
            |model: &str| [head.as_bytes(), &sound(), tail.replace("MODEL", model).as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={boundary}");
        let key = format!("Bearer {}", house.key);
        let headers = [("authorization", key.as_str()), ("content-type", kind.as_str())];
        let path = "/v1/audio/transcriptions";
        let answer =
            house.client.send(http::Method::POST, path, &headers, form("to-chat/whisper").into()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.value()["text"], format!("{} whisper, {} bytes", WORDS.concat(), sound().len()));
        let seen = last_seen(&house);
        assert_eq!(seen.body, form("whisper"), "nothing but the model is changed");
        assert_eq!(seen.header("content-type"), Some(kind.as_str()));
    }
}

#[tokio::test]
async fn what_a_provider_does_not_have_is_asked_of_nobody() {
    let house = house().await;
    let answer = house.send("/v1/embeddings", &[], r#"{"model":"to-messages/small","input":"x"}"#).await;
    assert!((400..500).contains(&answer.status) || answer.status == 503, "{answer:?}");
    assert!(answer.message().contains("embeddings"), "it says what is missing: {answer:?}");
    let answer = house.send("/v1/responses/compact", &[], r#"{"model":"to-chat/plain","input":"x"}"#).await;
    assert!(answer.status >= 400 && !answer.message().is_empty(), "{answer:?}");
    assert!(house.provider.seen().is_empty());
    let answer =
        house.send("/v1/responses/compact", &[], r#"{"model":"to-responses/plain","input":"x"}"#).await;
    assert_eq!(answer.value()["output"][0]["encrypted_content"], "gAAAAABcompact", "{answer:?}");
    assert_eq!(last_seen(&house).line, "POST /v1/responses/compact");
}
