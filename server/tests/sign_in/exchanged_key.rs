//! A key that is exchanged for tokens, which bring headers with them.

use super::secrets::files;
use super::write;
use crate::support::{House, PASSWORD, Provider, chat_body, log, until};
use http::Method;
use serde_json::{Value, json};
use server::config::Secret;
use server::store::Tokens;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const KEY: &str = "glpat-good.uncommon-key";

async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let at = provider.address;
    let file = format!(
        "id = \"plan\"\nname = \"Plan\"\ntier = \"cheap\"\nkeys_at = \"https://example.com\"\nauth = {{ kind = \"key\" }}\n\n\
         [sign_in.exchange]\nurl = \"http://{at}/oauth/{{instance}}/direct\"\nscheme = \"Bearer\"\nbody = \"{{}}\"\n\
         headers = [\"x-gitlab-\"]\nlasts = \"30m\"\n\n\
         [[field]]\nname = \"instance\"\nlabel = \"Instance\"\ndefault = \"gitlab.example\"\nhost = true\n\n\
         [[speaks]]\ndialect = \"chat\"\nurl = \"http://{at}/v1/chat/completions\"\n\n[[model]]\nid = \"ok\"\n"
    );
    write(&folder, &file);
    House::furnished(House::on(folder, &[], provider).await).await
}

async fn account(house: &House) -> i64 {
    let made = house.made("/api/v1/accounts", json!({ "provider": "plan", "key": KEY })).await;
    assert_eq!(made["fields"], json!({ "instance": "gitlab.example" }), "{made}");
    made["id"].as_i64().unwrap()
}

fn exchanges(house: &House) -> Vec<String> {
    let seen = house.provider.seen().into_iter().map(|seen| seen.line);
    seen.filter(|line| line.ends_with("/direct")).collect()
}

#[tokio::test]
async fn the_token_goes_with_requests_and_so_do_the_vendors_own_headers() {
    let house = house().await;
    let id = account(&house).await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(exchanges(&house), ["POST /oauth/gitlab.example/direct"]);
    let asked = house.provider.seen().pop().unwrap();
    assert!(asked.header("authorization").unwrap().starts_with("Bearer token-"), "{asked:?}");
    assert_eq!(asked.header("x-gitlab-realm"), Some("saas"));
    assert_eq!(asked.header("x-gitlab-instance-id"), Some("gitlab.example-1"));
    let host = house.provider.address.to_string();
    assert_eq!(asked.header("host"), Some(host.as_str()));
    for foreign in ["x-other-vendor", "x-api-key", "cookie", "x-gitlab-odd", "x-gitlab-broken"] {
        assert_eq!(asked.header(foreign), None, "{foreign}");
    }

    let row = house.account_row(id).await;
    assert_eq!(row["token"]["state"], "active");
    let lasts = row["token"]["expires_at"].as_i64().unwrap() - row["token"]["renewed_at"].as_i64().unwrap();
    assert!((1_790_000..=1_800_000).contains(&lasts), "{lasts}");
    let house = house.restarted().await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(exchanges(&house).len(), 1, "token and headers are kept");
    assert_eq!(house.provider.seen().pop().unwrap().header("x-gitlab-realm"), Some("saas"));
    let tested = house.api(Method::POST, &format!("/api/v1/accounts/{id}/test"), Value::Null).await;
    assert_eq!(tested.value()["ok"], true);
}

#[tokio::test]
async fn neither_key_nor_token_nor_headers_show_anywhere() {
    log::keep("trace");
    let house = house().await;
    let id = account(&house).await;
    ended(&house, id).await;
    assert_eq!(house.ask().await.status, 200);
    let mut said = format!("{:?}", house.app.store.account(id).await.unwrap());
    for path in ["accounts", "providers", "providers/plan", "requests"] {
        said += &house.read(&format!("/api/v1/{path}")).await.to_string();
    }
    let stored = String::from_utf8_lossy(&files(&house.folder.path().join("db"))).into_owned();
    for (place, text) in [("an answer", &said), ("the log", &log::kept()), ("the database", &stored)] {
        for secret in ["uncommon", "gitlab.example-"] {
            assert!(!text.contains(secret), "{secret} shows in {place}");
        }
    }
}

#[tokio::test]
async fn a_key_that_is_refused_makes_no_account() {
    let house = house().await;
    for key in ["glpat-bad", "", "with blanks"] {
        let account = json!({ "provider": "plan", "key": key });
        let refused = house.api(Method::POST, "/api/v1/accounts", account).await;
        assert_eq!((refused.status, &refused.value()["error"]["field"]), (400, &json!("key")), "{refused:?}");
    }
    let said =
        house.api(Method::POST, "/api/v1/accounts", json!({ "provider": "plan", "key": "glpat-bad" })).await;
    assert!(said.text().contains("Plan refused this key: 401 Unauthorized."), "{}", said.text());
    for instance in ["localhost", "127.0.0.1", "a.example/x", "a.example:80", "x@a.example"] {
        let account = json!({ "provider": "plan", "key": KEY, "fields": { "instance": instance } });
        let refused = house.api(Method::POST, "/api/v1/accounts", account).await;
        assert!(refused.status == 400 && refused.text().contains("a host name such as"), "{refused:?}");
    }
    let login = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &login).await.cookie().unwrap();
    let several = [("provider", "plan"), ("keys", KEY)];
    let refused = house.client.form("/console/add_accounts", &cookie, &several).await;
    assert!(refused.status == 400 && refused.text().contains("one by one"), "{refused:?}");
    assert_eq!(house.read("/api/v1/accounts").await, Value::Array(Vec::new()));
    assert!(
        exchanges(&house).iter().all(|line| line.contains("/gitlab.example/")),
        "no other host was asked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_ended_is_exchanged_anew_once_for_all_who_wait() {
    let house = Arc::new(house().await);
    let id = account(&house).await;
    ended(&house, id).await;
    house.provider.vendor(|vendor| vendor.delay = Duration::from_millis(200));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let house = Arc::clone(&house);
        asking
            .spawn(async move { house.send("/v1/chat/completions", &[], chat_body("plan/ok", false)).await });
    }
    while let Some(answer) = asking.join_next().await {
        assert_eq!(answer.unwrap().status, 200);
    }
    assert_eq!(exchanges(&house).len(), 2);
    let asked = house.provider.seen().pop().unwrap();
    assert_eq!(asked.header("x-gitlab-instance-id"), Some("gitlab.example-2"), "the new token's headers");
}

/// The account's token ends now.
async fn ended(house: &House, id: i64) {
    let stored = house.app.store.account(id).await.unwrap().tokens.unwrap();
    let tokens = Tokens { expires_at: Some(stored.renewed_at), ..stored.tokens };
    let (store, facts) = (&house.app.store, BTreeMap::new());
    store.keep_sign_in("plan", Ok(id), &tokens, &facts, stored.renewed_at).await.unwrap();
    house.app.refresh().await.unwrap();
}

#[tokio::test]
async fn a_key_that_was_revoked_is_said_to_be_and_another_one_helps() {
    let house = house().await;
    let id = account(&house).await;
    ended(&house, id).await;
    house.provider.vendor(|vendor| vendor.revoked = true);
    assert_ne!(house.ask().await.status, 200);
    let row = house.account_row(id).await;
    assert_eq!(row["health"], "refused");
    assert!(row["sentence"].as_str().unwrap().contains("Paste a new key."), "{row}");
    house.provider.vendor(|vendor| vendor.revoked = false);
    let path = format!("/api/v1/accounts/{id}");
    let changed = house.api(Method::PATCH, &path, json!({ "key": "glpat-good-2" })).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(house.ask().await.status, 200);

    // Another instance: the same key is exchanged there.
    let moved = house.api(Method::PATCH, &path, json!({ "fields": { "instance": "git.example" } })).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    assert_eq!(house.ask().await.status, 200);
    until("the other instance", async || {
        exchanges(&house).pop().filter(|line| line == "POST /oauth/git.example/direct")
    })
    .await;
    let shown = house.provider.seen().into_iter().rfind(|seen| seen.line.ends_with("/direct")).unwrap();
    assert_eq!(shown.header("authorization"), Some("Bearer glpat-good-2"));
}

#[tokio::test]
async fn a_host_that_an_account_says_has_to_be_a_public_one() {
    let spec = catalog::Catalog::builtin().unwrap().get("gitlab").unwrap().sign_in.clone().unwrap();
    let values = BTreeMap::from([("instance".to_owned(), "localhost".to_owned())]);
    let house = House::open().await;
    let key = Secret::from(KEY.to_owned());
    let refused = server::accounts::exchange::exchange_key(&house.app, &spec.of(&values), &key, None).await;
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("private network"), "{why}");
}
