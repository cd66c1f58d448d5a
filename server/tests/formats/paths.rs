//! The addresses tools call in practice: with `/v1` twice or not at all, Codex's own, Google's newest, and Ollama's.

use super::{Pair, each, house, last_seen, provider_of};
use crate::scripted::bodies::WORDS;
use crate::support::tools::{self, Wish};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use wire::Dialect;

#[tokio::test]
async fn an_address_is_understood_however_people_paste_it() {
    let house = house().await;
    let paths = [
        (Dialect::Chat, "/chat/completions"),
        (Dialect::Responses, "/responses"),
        (Dialect::Messages, "/messages"),
    ];
    let all = paths.into_iter().flat_map(|(client, path)| {
        ["/v1", "/v1/v1", "", "/codex", "/codex/v1"].map(|base| (client, format!("{base}{path}")))
    });
    each(all, async |(client, path)| {
        for (provider, stream) in [(client, false), (Dialect::Gemini, true)] {
            let model = format!("{}/plain", provider_of(provider));
            let (_, body) = tools::request(client, &model, stream, &Wish::default());
            let answer = house.send(&path, &[], body).await;
            assert_eq!(tools::heard(client, &answer, stream).text, WORDS.concat(), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn google_s_address_takes_the_key_in_its_header_or_query_and_slashes_in_the_model_s_name() {
    let house = house().await;
    house.made("/api/v1/aliases", json!({ "name": "thought", "model": "to-gemini/plain" })).await;
    let (_, body) = tools::request(Dialect::Gemini, "", false, &Wish::default());
    let json = ("content-type", "application/json");
    for version in ["v1beta", "v1"] {
        for model in ["to-gemini/plain", "to-messages/plain", "thought", "to-gemini/some/other/plain"] {
            let path = format!("/{version}/models/{model}:generateContent");
            let key = [("x-goog-api-key", house.key.as_str()), json];
            let answer = house.client.send(Method::POST, &path, &key, Bytes::from(body.clone())).await;
            assert_eq!(tools::heard(Dialect::Gemini, &answer, false).text, WORDS.concat(), "{path}");
            let path = format!("{path}?key={}", house.key);
            let answer = house.client.send(Method::POST, &path, &[json], Bytes::from(body.clone())).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let seen = last_seen(&house);
            assert!(!format!("{} {:?}", seen.line, seen.headers).contains(&house.key), "the key stays here");
            let answer = house
                .client
                .send(Method::POST, path.split('?').next().unwrap(), &[json], Bytes::from(body.clone()))
                .await;
            assert_eq!((answer.status, &answer.value()["error"]["status"]), (401, &json!("UNAUTHENTICATED")));
        }
    }
}

#[tokio::test]
async fn a_name_with_a_slash_that_a_library_takes_for_a_path_is_a_name() {
    let house = house().await;
    // @ai-sdk/google 3.0.141 leaves out `models/` then.
    let (_, body) = tools::request(Dialect::Gemini, "", false, &Wish::default());
    let answer = house.send("/v1beta/to-chat/plain:generateContent", &[], body.clone()).await;
    assert_eq!(tools::heard(Dialect::Gemini, &answer, false).text, WORDS.concat());
    for (method, path) in [(Method::POST, "/v1beta/to-chat/plain"), (Method::GET, "/v1beta/to-chat/plain")] {
        let key = [("x-goog-api-key", house.key.as_str())];
        let answer = house.client.send(method, path, &key, Bytes::from(body.clone())).await;
        assert_eq!(answer.status, 404, "{answer:?}");
        assert!(answer.message().contains(path), "{answer:?}");
    }
}

#[tokio::test]
async fn a_stream_of_google_s_without_sse_is_one_json_array() {
    let house = house().await;
    each(Dialect::ALL, async |provider| {
        let (_, body) = tools::request(Dialect::Gemini, "", true, &Wish::default());
        let path = format!("/v1beta/models/{}/plain:streamGenerateContent", provider_of(provider));
        let answer = house.send(&path, &[], body.clone()).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
        assert_eq!(answer.headers.get_all("content-type").iter().count(), 1, "{answer:?}");
        let items: Vec<Value> =
            serde_json::from_slice(&answer.bytes).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
        assert!(items.len() > 3, "piece by piece: {items:#?}");
        let text =
            items.iter().filter_map(|item| item["candidates"][0]["content"]["parts"][0]["text"].as_str());
        assert_eq!(text.collect::<String>(), WORDS.concat());
        assert_eq!(items.last().unwrap()["candidates"][0]["finishReason"], "STOP");

        let path = path.replace("/plain:", "/error-mid-stream:");
        let answer = house.send(&path, &[], body).await;
        let items: Vec<Value> =
            serde_json::from_slice(&answer.bytes).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
        assert!(
            items.last().unwrap()["error"]["message"].is_string(),
            "the error is the last item: {items:#?}"
        );
    })
    .await;
}

#[tokio::test]
async fn models_are_listed_in_each_vendor_s_shape() {
    let house = house().await;
    let key = house.key.clone();
    let get = async |path: &str, header: (&str, &str)| {
        let answer = house.client.send(Method::GET, path, &[header], Bytes::new()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.value()
    };
    let bearer = format!("Bearer {key}");
    let tags = get("/api/tags", ("authorization", &bearer)).await;
    assert!(
        tags["models"].as_array().unwrap().iter().any(|model| model["name"] == "to-ollama/plain"),
        "{tags:#}"
    );
    for version in ["v1beta"] {
        let list = get(&format!("/{version}/models"), ("x-goog-api-key", &key)).await;
        let names: Vec<&Value> =
            list["models"].as_array().unwrap().iter().map(|model| &model["name"]).collect();
        assert!(names.contains(&&json!("models/to-chat/plain")), "{list:#}");
        let one = get(&format!("/{version}/models/to-chat/plain"), ("x-goog-api-key", &key)).await;
        assert_eq!(one["name"], "models/to-chat/plain", "{one:#}");
    }
    for path in ["/v1/models", "/models", "/v1/v1/models", "/codex/models"] {
        let list = get(path, ("authorization", &bearer)).await;
        assert!(
            list["data"].as_array().unwrap().iter().any(|model| model["id"] == "to-chat/plain"),
            "{path}: {list:#}"
        );
    }
}

#[tokio::test]
async fn a_name_goes_on_to_each_provider_as_it_wants_it() {
    let house = house().await;
    each(Dialect::ALL, async |provider| {
        let pair = Pair { client: Dialect::Chat, provider, stream: false };
        let answer = super::ask(&house, pair, "deep/er/plain", &Wish::default()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = last_seen(&house);
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        match provider {
            Dialect::Gemini => assert!(seen.line.contains("/models/deep/er/plain:"), "{}", seen.line),
            _ => assert_eq!(body["model"], "deep/er/plain"),
        }
    })
    .await;
}
