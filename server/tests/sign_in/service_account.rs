//! The JSON file of a service account signs for tokens.

use crate::support::{House, Provider};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const KEY: &str = include_str!("../scripted/robot.pem");

async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let at = provider.address;
    let file = format!(
        "id = \"cloud\"\nname = \"Cloud\"\ntier = \"cheap\"\nkeys_at = \"https://example.com\"\n\
         auth = {{ kind = \"service-account\" }}\n\n[sign_in]\ntoken_url = \"http://{at}/oauth/token\"\n\
         scopes = [\"all\"]\nfacts = {{ account = \"/client_email\", project = \"/project_id\" }}\n\n\
         [[field]]\nname = \"location\"\nlabel = \"Location\"\n\
         choice = [{{ value = \"eu\", label = \"Europe\", sets = {{ place = \"whole-only\" }} }}]\n\n\
         [[speaks]]\ndialect = \"gemini\"\nurl = \"http://{at}/{{place}}/v1beta/models\"\nheader = \"authorization\"\n\n\
         [[model]]\nid = \"ok\"\n"
    );
    super::write(&folder, &file);
    House::furnished(House::on(folder, &[], provider).await).await
}

/// A file as Google makes it.
pub(crate) fn file(key: &str) -> String {
    json!({
        "type": "service_account", "project_id": "my-project", "private_key_id": "k1", "private_key": key,
        "client_email": "robot@my-project.iam.example", "client_id": "1", "token_uri": "https://elsewhere.example/token",
    })
    .to_string()
}

#[tokio::test]
async fn the_file_is_the_account() {
    let house = house().await;
    let account = json!({ "provider": "cloud", "key": file(KEY), "fields": { "location": "eu" } });
    let made = house.made("/api/v1/accounts", account).await;
    assert_eq!(made["name"], "robot@my-project.iam.example");
    assert_eq!((&made["fields"], &made["token"]["state"]), (&json!({ "location": "eu" }), &json!("active")));
    let body = r#"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}"#;
    let path = "/v1beta/models/cloud/ok:generateContent";
    let answer = house.send(path, &[], body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let asked = house.provider.seen().pop().unwrap();
    assert_eq!(asked.line, "POST /whole-only/v1beta/models/ok:generateContent", "where the account is");
    assert!(asked.header("authorization").unwrap().starts_with("Bearer token-"));

    // A token that is refused: the file signs for another one.
    house.provider.vendor(|vendor| vendor.forget_tokens());
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    assert_eq!(house.send(path, &[], body).await.status, 200);
    assert_eq!(house.provider.vendor(|vendor| vendor.renewed), 2);
    let house = house.restarted().await;
    assert_eq!(house.send(path, &[], body).await.status, 200);
    let id = made["id"].as_i64().unwrap();
    let changed =
        house.api(Method::PATCH, &format!("/api/v1/accounts/{id}"), json!({ "key": file(KEY) })).await;
    assert_eq!(changed.status, 200, "{changed:?}");
}

#[tokio::test]
async fn what_is_no_such_file_is_refused_by_name() {
    let house = house().await;
    let other = KEY.lines().take(3).collect::<Vec<_>>().join("\n");
    let kind = file(KEY).replace("service_account", "authorized_user");
    for (key, said) in [
        ("", "Paste the JSON file"),
        ("AIza-a-key", "it is no JSON"),
        ("{}", "missing field"),
        (kind.as_str(), "its type is another"),
        (file(&other).as_str(), "its private key is no"),
        (&"x".repeat(40_000), "it is too long"),
    ] {
        let account = json!({ "provider": "cloud", "key": key, "fields": { "location": "eu" } });
        let refused = house.api(Method::POST, "/api/v1/accounts", account).await;
        assert_eq!(
            (refused.status, &refused.value()["error"]["field"]),
            (400, &json!("key")),
            "{said}: {refused:?}"
        );
        let told = refused.text();
        assert!(told.contains(said) && !told.contains("PRIVATE KEY"), "{told}");
    }
    let nowhere = json!({ "provider": "cloud", "key": file(KEY), "fields": { "location": "mars" } });
    assert_eq!(house.api(Method::POST, "/api/v1/accounts", nowhere).await.status, 400);
    assert_eq!(house.read("/api/v1/accounts").await, Value::Array(Vec::new()));
}
