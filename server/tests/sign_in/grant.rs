//! A sign-in whose token is exchanged for the one that goes with requests, and ends itself (GitLab).

use super::secrets::files;
use super::write;
use crate::store::Base;
use crate::support::running::Running;
use crate::support::{House, PASSWORD, Provider, chat_body, log, until};
use http::Method;
use serde_json::{Value, json};
use server::store::{Grant, Tokens};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const CLIENT: &str = "gitlab-app";
const KEY: &str = "2123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn file(provider: &Provider) -> String {
    let at = provider.address;
    format!(
        "id = \"plan\"\nname = \"Plan\"\ntier = \"cheap\"\nkeys_at = \"https://example.com\"\nauth = {{ kind = \"key\" }}\n\n\
         [sign_in]\nflows = [\"code\", \"device\"]\nclients_at = \"https://example.com/apps\"\nscopes = [\"api\"]\n\
         authorize_url = \"http://{at}/oauth/{{instance}}/authorize\"\ndevice_url = \"http://{at}/oauth/device\"\n\
         token_url = \"http://{at}/oauth/{{instance}}/token\"\n\n\
         [sign_in.exchange]\nurl = \"http://{at}/oauth/{{instance}}/direct\"\nscheme = \"Bearer\"\nbody = \"{{}}\"\n\
         headers = [\"x-gitlab-\"]\nlasts = \"30m\"\n\n\
         [[field]]\nname = \"instance\"\nlabel = \"Instance\"\ndefault = \"gitlab.example\"\nhost = true\n\n\
         [[speaks]]\ndialect = \"chat\"\nurl = \"http://{at}/v1/chat/completions\"\n\n[[model]]\nid = \"ok\"\n"
    )
}

async fn house() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    write(&folder, &file(&provider));
    House::furnished(House::on(folder, &[], provider).await).await
}

/// Signs in. Gives the account's id.
async fn account(house: &House, fields: Value) -> i64 {
    let begun = house.begun(json!({ "client_id": CLIENT, "fields": fields })).await;
    let back = house.back(&house.agreed(&begun).await).await;
    assert!(back.status == 200 && back.text().contains("Signed in"), "{back:?}");
    let done = house.read(&format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap())).await;
    done["account"].as_i64().unwrap()
}

/// The token that goes with requests ends now; the one behind it too where `both`.
async fn ended(house: &House, id: i64, both: bool) {
    let stored = house.app.store.account(id).await.unwrap().tokens.unwrap();
    let grant = stored.tokens.grant.clone().unwrap();
    let ends = if both { Some(stored.renewed_at) } else { grant.ends };
    let tokens =
        Tokens { expires_at: Some(stored.renewed_at), grant: Some(Grant { ends, ..grant }), ..stored.tokens };
    let (store, facts) = (&house.app.store, BTreeMap::new());
    store.keep_sign_in("plan", Ok(id), &tokens, &facts, stored.renewed_at).await.unwrap();
    house.app.refresh().await.unwrap();
}

/// What the vendor was asked for: how often for tokens, and how often for what goes with requests.
fn asked(house: &House) -> (usize, usize) {
    counted(&house.provider)
}

fn counted(provider: &Provider) -> (usize, usize) {
    let lines: Vec<String> = provider.seen().into_iter().map(|seen| seen.line).collect();
    let count = |end: &str| lines.iter().filter(|line| line.ends_with(end)).count();
    (count("/token"), count("/direct"))
}

#[tokio::test]
async fn a_person_signs_in_at_an_instance_of_their_own() {
    let house = house().await;
    let id = account(&house, json!({ "instance": "git.example" })).await;
    assert_eq!(house.ask().await.status, 200);
    let lines: Vec<String> = house.provider.seen().into_iter().map(|seen| seen.line).collect();
    assert!(lines.iter().any(|line| line.starts_with("GET /oauth/git.example/authorize?")), "{lines:?}");
    for line in ["POST /oauth/git.example/token", "POST /oauth/git.example/direct"] {
        assert!(lines.iter().any(|seen| seen == line), "{line} in {lines:?}");
    }
    let sent = house.provider.seen().pop().unwrap();
    assert_eq!(sent.header("x-gitlab-realm"), Some("saas"));
    let row = house.account_row(id).await;
    assert_eq!(row["fields"], json!({ "instance": "git.example" }));
    assert_eq!((&row["token"]["state"], &row["token"]["keyed"]), (&json!("active"), &json!(false)), "{row}");
    // A key at the same provider is exchanged as before, and is known as one.
    let keyed = house.made("/api/v1/accounts", json!({ "provider": "plan", "key": "glpat-good" })).await;
    assert_eq!(keyed["token"]["keyed"], true, "{keyed}");
}

#[tokio::test]
async fn what_is_missing_or_makes_no_sense_is_refused_by_name() {
    let house = house().await;
    for (body, field) in [
        (json!({ "provider": "plan", "fields": { "instance": "git.example" } }), "client_id"),
        (
            json!({ "provider": "plan", "client_id": CLIENT, "fields": { "instance": "a b" } }),
            "fields[instance]",
        ),
        (
            json!({ "provider": "plan", "client_id": CLIENT, "fields": { "instance": "127.0.0.1" } }),
            "fields[instance]",
        ),
        (json!({ "provider": "plan", "client_id": CLIENT, "fields": { "other": "x" } }), "fields[other]"),
    ] {
        let refused = house.api(Method::POST, "/api/v1/sign-ins", body).await;
        assert_eq!((refused.status, &refused.value()["error"]["field"]), (400, &json!(field)), "{refused:?}");
    }
    assert_eq!(asked(&house), (0, 0), "nobody was asked");
}

#[tokio::test]
async fn a_token_in_use_that_ends_is_exchanged_anew_without_renewing_the_one_behind_it() {
    let house = house().await;
    let id = account(&house, json!({})).await;
    ended(&house, id, false).await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(asked(&house), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_both_have_ended_each_is_renewed_once_for_all_who_wait() {
    let house = Arc::new(house().await);
    let id = account(&house, json!({})).await;
    ended(&house, id, true).await;
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
    assert_eq!(asked(&house), (2, 2));
    // What renews it was rotated: the next time it is the new one that is good.
    ended(&house, id, true).await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(asked(&house), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_renews_is_kept_before_the_exchange_and_survives_when_that_fails() {
    let house = Arc::new(house().await);
    let id = account(&house, json!({})).await;
    ended(&house, id, true).await;
    house.provider.vendor(|vendor| {
        vendor.unmade = 1;
        vendor.delay = Duration::from_millis(200);
    });
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let house = Arc::clone(&house);
        asking.spawn(async move { house.ask().await.status });
    }
    while let Some(status) = asking.join_next().await {
        assert_ne!(status.unwrap(), 200);
    }
    // Nobody went out with what had ended, for which the account would have been parked.
    assert_eq!(house.shown().len(), 0);
    let house = Arc::into_inner(house).unwrap();
    house.provider.vendor(|vendor| vendor.delay = Duration::ZERO);
    let row = house.account_row(id).await;
    assert_eq!(row["token"]["state"], "expiring", "{row}");
    assert!(row["sentence"].as_str().unwrap().contains("Token creation failed"), "{row}");
    assert_eq!(asked(&house), (2, 2));
    let house = house.restarted().await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(asked(&house), (2, 3), "it was exchanged, and not renewed again");
    assert_eq!(house.account_row(id).await["token"]["state"], "active");
}

#[tokio::test]
async fn an_exchange_that_fails_at_the_sign_in_comes_with_the_first_request() {
    let house = house().await;
    house.provider.vendor(|vendor| vendor.unmade = 1);
    let id = account(&house, json!({})).await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(asked(&house), (1, 2));
    assert_eq!(house.account_row(id).await["token"]["state"], "active");
}

#[tokio::test]
async fn one_that_was_revoked_is_renewed_and_one_that_cannot_be_asks_for_a_person() {
    let house = house().await;
    let id = account(&house, json!({})).await;
    ended(&house, id, false).await;
    house.provider.vendor(|vendor| vendor.forget_tokens());
    assert_eq!(house.ask().await.status, 200, "no client notices");
    assert_eq!(asked(&house), (2, 3));

    ended(&house, id, true).await;
    house.provider.vendor(|vendor| vendor.forget_renewals());
    assert_ne!(house.ask().await.status, 200);
    let row = house.account_row(id).await;
    assert_eq!(
        (&row["token"]["state"], &row["health"]),
        (&json!("needs_sign_in"), &json!("refused")),
        "{row}"
    );
    assert!(row["sentence"].as_str().unwrap().contains("Sign in again."), "{row}");
    // Signed in to again, where it was.
    let begun = house.begun(json!({ "client_id": CLIENT, "account": id })).await;
    let back = house.back(&house.agreed(&begun).await).await;
    assert!(back.text().contains("Signed in"), "{back:?}");
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(house.read("/api/v1/accounts").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn its_token_goes_to_no_other_instance() {
    let house = house().await;
    let id = account(&house, json!({})).await;
    let path = format!("/api/v1/accounts/{id}");
    let refused = house.api(Method::PATCH, &path, json!({ "fields": { "instance": "evil.example" } })).await;
    assert!(refused.status == 400 && refused.text().contains("Sign in anew"), "{refused:?}");
    assert!(house.provider.seen().iter().all(|seen| !seen.line.contains("evil.example")));
    // A key takes the sign-in's place, elsewhere too.
    let key = json!({ "key": "glpat-good", "fields": { "instance": "git.example" } });
    assert_eq!(house.api(Method::PATCH, &path, key).await.status, 200);
    assert_eq!(house.account_row(id).await["token"]["keyed"], true);
}

#[tokio::test]
async fn nothing_of_it_shows_anywhere() {
    log::keep("trace");
    let house = house().await;
    let id = account(&house, json!({})).await;
    ended(&house, id, true).await;
    assert_eq!(house.ask().await.status, 200);
    let mut said = format!("{:?}", house.app.store.account(id).await.unwrap());
    for path in ["accounts", "providers", "providers/plan", "requests"] {
        said += &house.read(&format!("/api/v1/{path}")).await.to_string();
    }
    let stored = String::from_utf8_lossy(&files(&house.folder.path().join("db"))).into_owned();
    for (place, text) in [("an answer", &said), ("the log", &log::kept()), ("the database", &stored)] {
        assert!(!text.contains("uncommon"), "a secret shows in {place}");
    }
}

#[tokio::test]
async fn an_instance_has_to_be_a_public_one() {
    let spec = catalog::Catalog::builtin().unwrap().get("gitlab").unwrap().sign_in.clone().unwrap();
    let values = BTreeMap::from([("instance".to_owned(), "localhost".to_owned())]);
    let house = House::open().await;
    let refused = server::accounts::oauth::device(&house.app, &spec.of(&values), None, None).await;
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("private network"), "{why}");
}

#[tokio::test]
async fn two_replicas_renew_both_once() {
    let (base, provider) = (Base::postgresql().await, Provider::start().await);
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    for folder in &folders {
        // Both tokens end within a second.
        write(folder, &file(&provider).replace("lasts = \"30m\"", "lasts = \"1s\""));
    }
    let variables =
        [("DATABASE_URL", base.url.as_str()), ("NINEROUTER_SECRET_KEY", KEY), ("INITIAL_PASSWORD", PASSWORD)];
    let one = Running::start(folders[0].path(), &variables).await;
    let other = Running::start(folders[1].path(), &variables).await;
    let bearer = one.log_in().await;
    let key = one.key(&bearer, "laptop").await["secret"].as_str().unwrap().to_owned();
    let new = json!({ "provider": "plan", "port": 1, "client_id": "gitlab-short" });
    let begun = one.api(&bearer, "/api/v1/sign-ins", new).await;
    let url = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let page = format!("{}?{}", url.path(), url.query().unwrap());
    let back = crate::support::client::Client::new(provider.address).page(&page, "").await;
    let path = format!("/api/v1/sign-ins/{}/paste", begun["id"].as_str().unwrap());
    let text = json!({ "text": back.header("location") });
    assert_eq!(other.call(Method::POST, &bearer, &path, text).await.status, 200);
    provider.vendor(|vendor| vendor.delay = Duration::from_millis(300));
    until("the account at both", async || {
        let plan = one.api(&bearer, "/api/v1/route", json!({ "model": "plan/ok" })).await;
        (plan["fault"] == "").then_some(())
    })
    .await;
    let (first, second) = tokio::join!(one.chat(&key, "plan/ok", false), other.chat(&key, "plan/ok", false));
    assert_eq!((first.status, second.status), (200, 200), "{first:?} {second:?}");
    assert_eq!(counted(&provider).0, 2, "what renews was spent once");
    for running in [one, other] {
        running.terminate().await;
        assert_eq!(running.ended().await, 0);
    }
    base.gone().await;
}
