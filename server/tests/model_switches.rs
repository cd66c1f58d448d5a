//! Models that a person switches on and off.

use crate::models::{house, list, names, refresh};
use crate::support::{CHAT, House, PASSWORD, chat_body, messages_body};
use http::Method;
use serde_json::{Value, json};

async fn switch(house: &House, provider: &str, body: Value) {
    let answer = house.api(Method::PUT, &format!("/api/v1/providers/{provider}/models"), body).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// The names in a list of models, in whatever dialect.
async fn listed(house: &House, path: &str, more: &[(&str, &str)]) -> String {
    let key = format!("Bearer {}", house.key);
    let mut headers = vec![("authorization", key.as_str())];
    headers.extend(more);
    house.client.send(Method::GET, path, &headers, bytes::Bytes::new()).await.text()
}

#[tokio::test]
async fn a_model_that_is_off_is_offered_nowhere_and_refused_with_words() {
    let house = House::with_accounts(&["key-one"]).await;
    house.made("/api/v1/aliases", json!({ "name": "quick", "model": "oai/ok" })).await;
    switch(&house, CHAT, json!({ "on": false, "models": ["ok"] })).await;
    let lists: [(&str, &[(&str, &str)]); 4] = [
        ("/v1/models", &[]),
        ("/v1/models", &[("anthropic-version", "2023-06-01")]),
        ("/v1beta/models", &[]),
        ("/api/tags", &[]),
    ];
    for (path, more) in lists {
        let said = listed(&house, path, more).await;
        assert!(said.contains("oai/reasoning") && !said.contains("oai/ok"), "{path}: {said}");
        assert!(!said.contains("quick"), "an alias for it neither: {said}");
    }
    let one = listed(&house, "/v1/models/oai/ok", &[]).await;
    assert!(one.contains("switched off"), "{one}");

    for (path, body, code) in [
        ("/v1/chat/completions", chat_body("oai/ok", false), "/error/code"),
        ("/v1/chat/completions", chat_body("quick", true), "/error/code"),
        ("/v1/messages", messages_body("oai/ok", false), "/error/type"),
        (
            "/v1beta/models/oai/ok:generateContent",
            r#"{"contents":[{"parts":[{"text":"Hi"}]}]}"#.to_owned(),
            "/error/status",
        ),
    ] {
        let refused = house.send(path, &[], body).await;
        assert_eq!(refused.status, 404, "{path}: {refused:?}");
        let message = refused.message();
        assert!(message.contains("switched off") && message.contains("dashboard"), "{path}: {message}");
        assert!(refused.value().pointer(code).is_some(), "in its dialect: {refused:?}");
    }
    assert!(house.provider.seen().is_empty(), "nobody was asked");

    // Others, and the same model elsewhere, go on. It comes back as it went.
    assert_eq!(house.chat("reasoning", false).await.status, 200);
    assert_eq!(house.messages("ok", false).await.status, 200);
    let house = house.restarted().await;
    assert_eq!(house.chat("ok", false).await.status, 404, "after a restart");
    switch(&house, CHAT, json!({ "on": true, "models": ["ok"] })).await;
    assert_eq!(house.chat("ok", false).await.status, 200);
    assert_eq!(house.send("/v1/chat/completions", &[], chat_body("quick", false)).await.status, 200);
}

#[tokio::test]
async fn a_combo_goes_past_a_model_that_is_off() {
    let house = House::with_accounts(&["key-one"]).await;
    let targets =
        json!([{ "model": "oai/ok", "enabled": true }, { "model": "oai/reasoning", "enabled": true }]);
    house.made("/api/v1/combos", json!({ "name": "coder", "enabled": true, "targets": targets })).await;
    switch(&house, CHAT, json!({ "on": false, "models": ["ok"] })).await;
    let answer = house.send("/v1/chat/completions", &[], chat_body("coder", false)).await;
    assert_eq!((answer.status, answer.header("x-ninerouter-target")), (200, "oai/reasoning"));
    let left_out = json!([{ "what": "oai/ok", "why": "switched off" }]);
    let record = house.record().await;
    assert_eq!(house.detail(&record).await["exclusions"], left_out);
    let route = house.api(Method::POST, "/api/v1/route", json!({ "model": "coder" })).await.value();
    assert_eq!(route["exclusions"], left_out);
    let (name, login) = ("/combos", [("name", "admin"), ("password", PASSWORD)]);
    let cookie = house.client.form("/console/log_in", "", &login).await.cookie().unwrap();
    let page = house.client.send(Method::GET, name, &[("cookie", &cookie)], bytes::Bytes::new()).await.text();
    assert!(page.contains("It is switched off at Scripted chat"), "the card says so");

    switch(&house, CHAT, json!({ "on": false })).await;
    let refused = house.send("/v1/chat/completions", &[], chat_body("coder", false)).await;
    assert_eq!(refused.status, 404);
    assert!(refused.message().contains("oai/reasoning: switched off"), "{refused:?}");
}

#[tokio::test]
async fn a_bare_name_goes_to_whoever_has_the_model_on() {
    let house = House::with_accounts(&["key-one"]).await;
    let target = async || {
        let answer = house.send("/v1/chat/completions", &[], chat_body("ok", false)).await;
        let target = answer.header("x-ninerouter-target").to_owned();
        (answer.status, target, answer)
    };
    assert_eq!(target().await.1, "oai/ok");
    switch(&house, CHAT, json!({ "on": false, "models": ["ok"] })).await;
    assert_eq!(target().await.1, "ant/ok");
    switch(&house, "ant", json!({ "on": false, "models": ["ok"] })).await;
    let (status, _, refused) = target().await;
    assert_eq!(status, 404);
    let message = refused.message();
    assert!(message.starts_with("\"ok\" is switched off. The page of "), "{message}");
}

#[tokio::test]
async fn all_models_of_a_provider_are_switched_at_once() {
    let house = house().await;
    list(&house, 200, &json!({ "data": [{ "id": "ok" }, { "id": "found" }] }));
    refresh(&house).await;
    let login = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &login).await.cookie().unwrap();
    let press = async |form: &str, button: (&str, &str)| {
        house.client.form(&format!("/console/{form}"), &cookie, &[("id", "lister"), button]).await.status
    };
    assert_eq!(press("switch_models", ("on", "false")).await, 200);
    assert!(names(&house).await.is_empty());
    let row = house.read("/api/v1/providers/lister").await["row"].clone();
    assert_eq!((&row["models"], &row["models_off"]), (&json!(3), &json!(3)));
    assert_eq!(press("switch_model", ("turn_on", "found")).await, 200);
    assert_eq!(names(&house).await, ["lister/found"]);
    assert_eq!(press("switch_model", ("turn_off", "found")).await, 200);
    assert!(names(&house).await.is_empty());

    // One that comes later is on; one that went while it was off is on again with all.
    list(&house, 200, &json!({ "data": [{ "id": "ok" }, { "id": "later" }] }));
    refresh(&house).await;
    assert_eq!(names(&house).await, ["lister/later"]);
    assert_eq!(press("switch_models", ("on", "true")).await, 200);
    list(&house, 200, &json!({ "data": [{ "id": "ok" }, { "id": "later" }, { "id": "found" }] }));
    refresh(&house).await;
    assert_eq!(names(&house).await, ["lister/ok", "lister/found", "lister/later"]);

    let unknown = json!({ "on": false, "models": ["ok", "nosuch"] });
    let refused = house.api(Method::PUT, "/api/v1/providers/lister/models", unknown).await;
    assert_eq!((refused.status, &refused.value()["error"]["field"]), (400, &json!("models")));
    assert_eq!(
        house.api(Method::PUT, "/api/v1/providers/nosuch/models", json!({ "on": true })).await.status,
        404
    );
    assert!(names(&house).await.contains(&"lister/ok".to_owned()), "all or none");
}

#[tokio::test]
async fn a_model_is_off_under_the_name_that_its_vendor_has_for_it_too() {
    let house = house().await;
    let file = house.folder.path().join("providers").join("lister.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("id = \"retired\"", "id = \"short\"\nupstream_id = \"ok.long\""))
        .unwrap();
    let house = house.restarted().await;
    switch(&house, "lister", json!({ "on": false, "models": ["short"] })).await;
    for model in ["lister/short", "lister/ok.long"] {
        let refused = house.send("/v1/chat/completions", &[], chat_body(model, false)).await;
        assert!(refused.status == 404 && refused.message().contains("switched off"), "{model}: {refused:?}");
    }
    assert_eq!(house.send("/v1/chat/completions", &[], chat_body("lister/ok", false)).await.status, 200);
}
