//! Providers whose addresses hold something of the account's.

use crate::support::{CHAT, House, Provider, chat_body};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// A house with a provider whose address holds `{kind}`: the scripted provider plays another part under each.
async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    let file = format!(
        "id = \"parts\"\nname = \"Parts\"\ntier = \"cheap\"\nkeys_at = \"https://example.com\"\n\n[auth]\nkind = \"key\"\n\n\
         [[field]]\nname = \"kind\"\nlabel = \"Kind\"\n\n[[speaks]]\ndialect = \"chat\"\n\
         url = \"http://{}/{{kind}}/v1/chat/completions\"\nheader = \"api-key\"\n\n[[model]]\nid = \"ok\"\n",
        provider.address
    );
    std::fs::write(files.join("parts.toml"), file).unwrap();
    House::furnished(House::on(folder, &[], provider).await).await
}

fn account(key: &str, fields: Value) -> Value {
    json!({ "provider": "parts", "name": key, "key": key, "fields": fields })
}

#[tokio::test]
async fn each_account_has_its_own_address() {
    let house = house().await;
    let made = house.made("/api/v1/accounts", account("key-one", json!({ "kind": "whole-only" }))).await;
    assert_eq!(made["fields"], json!({ "kind": "whole-only" }));
    let answer = house.send("/v1/chat/completions", &[], chat_body("parts/ok", false)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let seen = house.provider.only();
    assert_eq!(seen.line, "POST /whole-only/v1/chat/completions");
    assert_eq!((seen.header("api-key"), seen.header("authorization")), (Some("key-one"), None));
    let tested = format!("/api/v1/accounts/{}/test", made["id"]);
    assert_eq!(house.api(Method::POST, &tested, Value::Null).await.value()["ok"], true);

    let path = format!("/api/v1/accounts/{}", made["id"]);
    let changed = house.api(Method::PATCH, &path, json!({ "fields": { "kind": "stream-only" } })).await;
    assert_eq!(changed.value()["fields"]["kind"], "stream-only");
    let house = house.restarted().await;
    assert_eq!(house.send("/v1/chat/completions", &[], chat_body("parts/ok", true)).await.status, 200);
    assert_eq!(house.provider.seen().pop().unwrap().line, "POST /stream-only/v1/chat/completions");
    let page = house.read("/api/v1/providers/parts").await;
    assert!(page["speaks"][0]["url"].as_str().unwrap().ends_with("/{kind}/v1/chat/completions"), "{page}");
    assert_eq!(page["row"]["fields"][0]["label"], "Kind");
}

#[tokio::test]
async fn a_value_that_would_lead_elsewhere_is_refused_by_name() {
    let house = house().await;
    for (fields, said) in [
        (json!({}), "Kind is needed"),
        (json!({ "kind": "  " }), "Kind is needed"),
        (json!({ "kind": "a/b" }), "letters, digits"),
        (json!({ "kind": "evil.example.com" }), "letters, digits"),
        (json!({ "kind": "x@y" }), "letters, digits"),
        (json!({ "kind": "ok", "region": "eu" }), "Parts has no field called"),
    ] {
        let refused = house.api(Method::POST, "/api/v1/accounts", account("key-one", fields.clone())).await;
        assert_eq!(refused.status, 400, "{fields}");
        assert!(refused.text().contains(said), "{fields}: {}", refused.text());
    }
    assert_eq!(house.read("/api/v1/accounts").await, json!([]), "nothing was made");
    house.endpoints(&house.provider.base()).await;
    let beside = json!({ "provider": CHAT, "key": "key-one", "fields": { "kind": "x" } });
    assert_eq!(house.api(Method::POST, "/api/v1/accounts", beside).await.status, 400);
}
