//! How much of what accounts may use is left: asked for, read from answers, counted, and gone by.

use crate::support::{House, Provider, chat_body, until};
use http::Method;
use serde_json::{Value, json};
use server::accounts::quota::count::count;
use std::sync::Arc;
use tempfile::TempDir;

/// A house with a provider whose file has these lines of quota, and accounts by these keys.
async fn house(quota: &str, keys: &[&str]) -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    let files = folder.path().join("providers");
    std::fs::create_dir(&files).unwrap();
    let at = provider.address;
    let file = format!(
        "id = \"meter\"\nname = \"Meter\"\ntier = \"cheap\"\nkeys_at = \"https://example.com\"\n\
         auth = {{ kind = \"key\" }}\n\n[[speaks]]\ndialect = \"chat\"\n\
         url = \"http://{at}/v1/chat/completions\"\n\n{}\n\n[[model]]\nid = \"ok\"\n",
        quota.replace("PROVIDER", &format!("http://{at}"))
    );
    std::fs::write(files.join("meter.toml"), file).unwrap();
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    for key in keys {
        house.account("meter", key).await;
    }
    house
}

const PROBE: &str = "[[quota.probe]]\nurl = \"PROVIDER/oauth/quota\"\n\n[[quota.probe.window]]\nlasts = \"5h\"\n\
                     used_percent = \"/used\"\nresets = \"/resets\"";

fn told(house: &House, used: u32, resets_in_s: i64) {
    let resets = now() / 1000 + resets_in_s;
    let body = json!({ "used": used, "resets": resets }).to_string();
    house.provider.vendor(|vendor| vendor.quota = Some((200, body)));
}

fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "a test's own clock")]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn asked(house: &House) -> usize {
    house.provider.seen().iter().filter(|seen| seen.line == "GET /oauth/quota").count()
}

/// What is known of the only provider's accounts, as soon as it fits.
async fn known(house: &House, fits: impl Fn(&Value) -> bool) -> Value {
    until("the quota", async || Some(house.read("/api/v1/quota").await).filter(|page| fits(page))).await
}

async fn ask(house: &House) -> crate::support::client::Answer {
    house.send("/v1/chat/completions", &[], chat_body("meter/ok", false)).await
}

#[tokio::test]
async fn the_provider_is_asked_once_for_everybody_who_looks() {
    let house = house(PROBE, &["key-one"]).await;
    told(&house, 42, 7_200);
    let looks = (0..10).map(|_| house.read("/api/v1/quota"));
    futures_util::future::join_all(looks).await;
    let page = known(&house, |page| !page["known"].as_array().unwrap().is_empty()).await;
    let window = &page["known"][0]["windows"][0];
    assert_eq!((&window["name"], &window["used_permille"]), (&json!("5 hours"), &json!(420)));
    assert_eq!(window["source"], "probe");
    // Three of five hours passed: at this pace it lasts.
    assert_eq!(window["runs_out_at"], Value::Null);
    for _ in 0..5 {
        house.read("/api/v1/quota").await;
    }
    assert_eq!(asked(&house), 1, "politely");
    let question = house.provider.seen().into_iter().find(|seen| seen.line == "GET /oauth/quota").unwrap();
    assert_eq!(question.header("authorization"), Some("Bearer key-one"));
    assert!(question.header("user-agent").unwrap().starts_with("Ninerouter/"), "it names itself");
}

#[tokio::test]
async fn what_the_provider_does_not_tell_is_said_so() {
    for (status, body, said) in [
        (401, json!({ "error": { "message": "Invalid token" } }).to_string(), "Invalid token (401)"),
        (429, json!({ "error": { "message": "Slow down" } }).to_string(), "Slow down (429)"),
        (403, "<html>Just a moment</html>".to_owned(), "The provider answered 403"),
        (200, "{}".to_owned(), "The answer says nothing of what is left"),
        (500, String::new(), "The provider answered 500"),
    ] {
        let house = house(PROBE, &["key-one"]).await;
        house.provider.vendor(|vendor| vendor.quota = Some((status, body.clone())));
        let page = known(&house, |page| page["unknown"][0]["asked_at"] != Value::Null).await;
        assert_eq!(page["unknown"][0]["why"], said, "{status} {body}");
        assert_eq!(ask(&house).await.status, 200, "it says nothing of the account");
    }
}

#[tokio::test]
async fn an_account_with_nothing_left_comes_last() {
    let house = house(PROBE, &["key-one"]).await;
    told(&house, 100, 7_200);
    known(&house, |page| page["known"][0]["windows"][0]["used_permille"] == 1000).await;
    assert_eq!(ask(&house).await.status, 200, "better than nothing: the provider may see it otherwise");
    house.account("meter", "key-two").await;
    assert_eq!(ask(&house).await.status, 200);
    let seen = house.provider.seen();
    let by: Vec<&str> = seen
        .iter()
        .filter(|seen| seen.line.starts_with("POST"))
        .map(|seen| seen.header("authorization").unwrap())
        .collect();
    assert_eq!(by, ["Bearer key-one", "Bearer key-two"]);
    let detail = house.detail(&house.records(2).await[0]).await;
    let why = detail["exclusions"][0]["why"].as_str().unwrap();
    assert!(why.starts_with("its limit \"5 hours\" is used up, anew in "), "{why}");
}

#[tokio::test]
async fn what_is_kept_back_is_kept_back() {
    let house = house(PROBE, &["key-one"]).await;
    told(&house, 92, 7_200);
    known(&house, |page| page["known"][0]["windows"][0]["used_permille"] == 920).await;
    assert_eq!(ask(&house).await.status, 200);
    let id = house.read("/api/v1/accounts").await[0]["id"].as_i64().unwrap();
    let path = format!("/api/v1/accounts/{id}");
    let changed = house.api(Method::PATCH, &path, json!({ "reserve": 10 })).await;
    assert_eq!(changed.value()["reserve"], 10);
    let refused = ask(&house).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.message().contains("its limit \"5 hours\" is down to what is kept back"), "{refused:?}");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((7_000..=7_201).contains(&wait), "until it begins anew: {wait}");
    let too_much = house.api(Method::PATCH, &path, json!({ "reserve": 95 })).await;
    assert_eq!((too_much.status, &too_much.value()["error"]["field"]), (400, &json!("reserve")));
}

#[tokio::test]
async fn what_answers_say_is_read() {
    // The scripted provider sends such a header with every answer.
    let header = "[[quota.header]]\nname = \"Day\"\nunit = \"requests\"\nleft = \"openai-processing-ms\"\nlasts = \"1d\"";
    let house = house(header, &["key-one"]).await;
    assert_eq!(ask(&house).await.status, 200);
    let page = known(&house, |page| !page["known"].as_array().unwrap().is_empty()).await;
    let window = &page["known"][0]["windows"][0];
    assert_eq!((&window["amount"], &window["source"]), (&json!("42 requests left"), &json!("answer")));
}

#[tokio::test]
async fn what_nobody_tells_is_counted() {
    let counts = "[[quota.count]]\nunit = \"requests\"\nlimit = 3\nperiod = { sliding = \"1h\" }\n\n\
                  [[quota.count]]\nplan = \"Pro\"\nname = \"Week\"\nunit = \"tokens\"\nlimit = 1000000\nperiod = { rolling = \"7d\" }";
    let house = house(counts, &["key-one"]).await;
    for _ in 0..2 {
        assert_eq!(ask(&house).await.status, 200);
    }
    house.records(2).await;
    let counted = async || {
        let snapshot = house.app.snapshot();
        count(&house.app, snapshot.provider("meter").unwrap()).await;
    };
    counted().await;
    let page = known(&house, |page| !page["known"].as_array().unwrap().is_empty()).await;
    let windows = page["known"][0]["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 1, "the other plan's is not this account's: {windows:?}");
    assert_eq!(
        (&windows[0]["amount"], &windows[0]["used_permille"], &windows[0]["source"]),
        (&json!("2 of 3 requests used"), &json!(666), &json!("counted"))
    );
    let row = house.read("/api/v1/providers/meter").await["row"]["fields"].clone();
    assert_eq!((&row[0]["name"], &row[0]["optional"]), (&json!("plan"), &json!(true)));
    let id = house.read("/api/v1/accounts").await[0]["id"].as_i64().unwrap();
    let change = json!({ "fields": { "plan": "Pro" } });
    assert_eq!(house.api(Method::PATCH, &format!("/api/v1/accounts/{id}"), change).await.status, 200);
    counted().await;
    let page =
        known(&house, |page| page["known"][0]["windows"].as_array().is_some_and(|all| all.len() == 2)).await;
    let week =
        page["known"][0]["windows"].as_array().unwrap().iter().find(|one| one["name"] == "Week").unwrap();
    assert!(week["amount"].as_str().unwrap().ends_with("of 1000000 tokens used"), "{week}");

    ask(&house).await;
    house.records(3).await;
    counted().await;
    house.account("meter", "key-two").await;
    assert_eq!(ask(&house).await.status, 200);
    assert_eq!(house.provider.seen().pop().unwrap().header("authorization"), Some("Bearer key-two"));
}
