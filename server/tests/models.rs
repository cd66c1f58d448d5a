//! What can be asked for: the catalogue, what providers list themselves, and what is known of each model.

use crate::support::{House, Provider, chat_body};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// A house with a provider that lists its models.
pub(crate) async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    let at = provider.address;
    let file = format!(
        "id = \"lister\"\nname = \"Lister\"\ntier = \"cheap\"\nkeys_at = \"https://example.com\"\n\
         models_url = \"http://{at}/oauth/models\"\nauth = {{ kind = \"key\" }}\n\n[[speaks]]\ndialect = \"chat\"\n\
         url = \"http://{at}/v1/chat/completions\"\n\n[[model]]\nid = \"ok\"\nname = \"The Good One\"\n\
         context = 100000\nmax_output = 8192\nimages = true\ntools = true\nreasoning = \"effort\"\n\n\
         [[model]]\nid = \"retired\"\n"
    );
    std::fs::write(files.join("lister.toml"), file).unwrap();
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    house.account("lister", "key-one").await;
    house
}

pub(crate) fn list(house: &House, status: u16, body: &Value) {
    house.provider.vendor(|vendor| vendor.models = Some((status, body.to_string())));
}

pub(crate) async fn refresh(house: &House) -> Value {
    let answer = house.api(Method::POST, "/api/v1/providers/lister/models", Value::Null).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.value()
}

/// What clients are told, by name.
pub(crate) async fn offered(house: &House) -> Vec<(String, Value)> {
    let key = format!("Bearer {}", house.key);
    let answer =
        house.client.send(Method::GET, "/v1/models", &[("authorization", &key)], bytes::Bytes::new()).await;
    let data = answer.value()["data"].as_array().unwrap().clone();
    data.into_iter().map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry)).collect()
}

pub(crate) async fn names(house: &House) -> Vec<String> {
    offered(house).await.into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn a_provider_s_own_list_says_what_is_offered() {
    let house = house().await;
    assert_eq!(names(&house).await, ["lister/ok", "lister/retired"]);
    list(&house, 200, &json!({ "data": [{ "id": "ok" }, { "id": "cold-start", "context_length": 32_000 }] }));
    assert_eq!(refresh(&house).await["sentence"], "Lister lists 2 models, 1 of them new.");
    assert_eq!(names(&house).await, ["lister/ok", "lister/cold-start"]);
    let asked = house.provider.seen().into_iter().find(|seen| seen.line == "GET /oauth/models").unwrap();
    assert_eq!(asked.header("authorization"), Some("Bearer key-one"));

    // A new one is asked for by itself, too, and all of it outlives a restart.
    let house = house.restarted().await;
    assert_eq!(names(&house).await, ["lister/ok", "lister/cold-start"]);
    assert_eq!(house.send("/v1/chat/completions", &[], chat_body("cold-start", false)).await.status, 200);
    let page = house.read("/api/v1/providers/lister").await;
    let gone: Vec<bool> =
        page["models"].as_array().unwrap().iter().map(|model| model["gone"].as_bool().unwrap()).collect();
    assert_eq!(gone, [false, true, false]);
    assert!(page["listed_at"].as_i64().is_some());

    // It comes back.
    list(&house, 200, &json!({ "data": [{ "id": "ok" }, { "id": "retired" }] }));
    refresh(&house).await;
    assert_eq!(names(&house).await, ["lister/ok", "lister/retired"]);
}

#[tokio::test]
async fn a_list_that_is_not_to_be_had_changes_nothing() {
    let house = house().await;
    for (status, body, said) in [
        (
            401,
            json!({ "error": { "message": "Invalid key" } }),
            "Lister gave no list: it answered with 401: Invalid key.",
        ),
        (200, json!({ "data": [] }), "Lister gave no list: its answer lists no models."),
        (200, json!("<html>"), "Lister gave no list: its answer lists no models."),
    ] {
        list(&house, status, &body);
        let result = refresh(&house).await;
        assert_eq!((&result["ok"], &result["sentence"]), (&json!(false), &json!(said)));
        assert_eq!(names(&house).await, ["lister/ok", "lister/retired"]);
    }
    let none = house.api(Method::POST, "/api/v1/providers/azure/models", Value::Null).await.value();
    assert_eq!(none["ok"], false);
}

#[tokio::test]
async fn each_model_says_its_window_and_what_it_can_do() {
    let house = house().await;
    house.made("/api/v1/aliases", json!({ "name": "best", "model": "lister/ok" })).await;
    house
        .made(
            "/api/v1/combos",
            json!({ "name": "coder", "enabled": true, "targets": [{ "model": "best", "enabled": true }] }),
        )
        .await;
    let offered = offered(&house).await;
    for name in ["coder", "best", "lister/ok"] {
        let (_, entry) = offered.iter().find(|(known, _)| known == name).unwrap();
        assert_eq!(
            (&entry["context_length"], &entry["max_output_tokens"]),
            (&json!(100_000), &json!(8_192)),
            "{name}"
        );
        assert_eq!(
            entry["capabilities"],
            json!({ "vision": true, "tools": true, "reasoning": true }),
            "{name}"
        );
    }
    let (_, unknown) = offered.iter().find(|(known, _)| known == "lister/retired").unwrap();
    assert!(unknown.get("context_length").is_none() && unknown.get("capabilities").is_none(), "{unknown}");

    let key = format!("Bearer {}", house.key);
    let read = async |path: &str, more: &[(&str, &str)]| {
        let mut headers = vec![("authorization", key.as_str())];
        headers.extend(more);
        house.client.send(Method::GET, path, &headers, bytes::Bytes::new()).await.value()
    };
    let anthropic = read("/v1/models/lister/ok", &[("anthropic-version", "2023-06-01")]).await;
    assert_eq!(
        (&anthropic["display_name"], &anthropic["max_input_tokens"]),
        (&json!("The Good One"), &json!(100_000))
    );
    let google = read("/v1beta/models/lister/ok", &[]).await;
    assert_eq!((&google["inputTokenLimit"], &google["outputTokenLimit"]), (&json!(100_000), &json!(8_192)));
}
