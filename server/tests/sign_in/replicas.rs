//! Several replicas renew a token once.

use super::file;
use crate::store::Base;
use crate::support::running::Running;
use crate::support::{PASSWORD, Provider, until};
use http::Method;
use serde_json::json;
use std::time::Duration;
use tempfile::TempDir;

const KEY: &str = "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn two_replicas_renew_a_token_once() {
    let (base, provider) = (Base::postgresql().await, Provider::start().await);
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    for folder in &folders {
        super::write(folder, &file(&provider, "client-short", ""));
    }
    let variables =
        [("DATABASE_URL", base.url.as_str()), ("NINEROUTER_SECRET_KEY", KEY), ("INITIAL_PASSWORD", PASSWORD)];
    let one = Running::start(folders[0].path(), &variables).await;
    let other = Running::start(folders[1].path(), &variables).await;
    let bearer = one.log_in().await;
    let key = one.key(&bearer, "laptop").await["secret"].as_str().unwrap().to_owned();

    // Begun at one, finished at the other.
    let begun = one.api(&bearer, "/api/v1/sign-ins", json!({ "provider": "plan", "port": 1 })).await;
    let url = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    provider.vendor(|vendor| vendor.delay = Duration::from_millis(300));
    let page = format!("{}?{}", url.path(), url.query().unwrap());
    let back = crate::support::client::Client::new(provider.address).page(&page, "").await;
    let text = json!({ "text": back.header("location") });
    let path = format!("/api/v1/sign-ins/{}/paste", begun["id"].as_str().unwrap());
    assert_eq!(other.call(Method::POST, &bearer, &path, text).await.status, 200);

    // The token ends within a second: both have to renew it, and are asked at the same time.
    until("the account at both", async || {
        let plan = one.api(&bearer, "/api/v1/route", json!({ "model": "plan/ok" })).await;
        (plan["fault"] == "").then_some(())
    })
    .await;
    let (first, second) = tokio::join!(one.chat(&key, "plan/ok", false), other.chat(&key, "plan/ok", false));
    assert_eq!((first.status, second.status), (200, 200), "{first:?} {second:?}");
    assert_eq!(provider.vendor(|vendor| vendor.renewed), 1);
    for running in [one, other] {
        running.terminate().await;
        assert_eq!(running.ended().await, 0);
    }
    base.gone().await;
}

#[tokio::test]
async fn of_two_replicas_that_start_together_one_goes_on_with_a_sign_in() {
    let (base, provider) = (Base::postgresql().await, Provider::start().await);
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    for folder in &folders {
        super::write(folder, &file(&provider, "client-1", ""));
    }
    let variables =
        [("DATABASE_URL", base.url.as_str()), ("NINEROUTER_SECRET_KEY", KEY), ("INITIAL_PASSWORD", PASSWORD)];
    let first = Running::start(folders[0].path(), &variables).await;
    let bearer = first.log_in().await;
    let begun = first.api(&bearer, "/api/v1/sign-ins", json!({ "provider": "plan", "flow": "device" })).await;
    first.terminate().await;
    assert_eq!(first.ended().await, 0);

    let (one, other) = tokio::join!(
        Running::start(folders[0].path(), &variables),
        Running::start(folders[1].path(), &variables)
    );
    let client = crate::support::client::Client::new(provider.address);
    client.page("/oauth/agree?user_code=WDJB-MJHT", "").await;
    let path = format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    until("the end of the sign-in", async || {
        Some(one.read(&bearer, &path).await).filter(|now| now["stage"] == "done")
    })
    .await;
    let logs = [one.log(), other.log()];
    let went_on = logs.iter().filter(|log| log.contains("a sign-in that was under way goes on")).count();
    assert_eq!(went_on, 1, "{logs:#?}");
    for running in [one, other] {
        running.terminate().await;
        assert_eq!(running.ended().await, 0);
    }
    base.gone().await;
}
