//! A code is entered on the vendor's page, on whatever device.

use super::house;
use crate::support::client::Client;
use crate::support::{House, until};
use http::Method;
use serde_json::{Value, json};
use server::accounts::device::resume;

async fn ended(house: &House, begun: &Value) -> Value {
    let path = format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    until("the end of the sign-in", async || {
        Some(house.read(&path).await).filter(|now| now["stage"] != "waiting")
    })
    .await
}

/// The person decides on the vendor's page, after we have asked in vain at least once.
async fn decides(house: &House, how: &str) {
    let looked = |seen: &[crate::scripted::Seen]| seen.iter().any(|seen| seen.line == "POST /oauth/token");
    house.provider.until(looked).await;
    Client::new(house.provider.address).page(&format!("/oauth/{how}?user_code=WDJB-MJHT"), "").await;
}

#[tokio::test]
async fn the_code_is_shown_and_success_noticed() {
    for client in ["client-1", "client-slow", "client-github"] {
        let house = house(client, "").await;
        let begun = house.begun(json!({ "flow": "device" })).await;
        assert_eq!((&begun["code"], &begun["flow"]), (&json!("WDJB-MJHT"), &json!("device")));
        assert_eq!(begun["url"], "https://vendor.example/device");
        decides(&house, "agree").await;
        assert_eq!(ended(&house, &begun).await["stage"], "done", "{client}");
        assert_eq!(house.ask().await.status, 200, "{client}");
    }
}

#[tokio::test]
async fn a_person_who_refuses_is_told_so() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({ "flow": "device" })).await;
    decides(&house, "refuse").await;
    let ended = ended(&house, &begun).await;
    assert_eq!(ended["stage"], "failed");
    assert_eq!(ended["sentence"], "Plan says: it was refused on the vendor's page");
    assert_eq!(house.read("/api/v1/accounts").await, json!([]));
}

#[tokio::test]
async fn a_code_that_expired_is_told_so() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({ "flow": "device" })).await;
    house.provider.vendor(|vendor| *vendor = Default::default());
    let ended = ended(&house, &begun).await;
    assert_eq!(ended["sentence"], "Plan says: the code was not entered in time");
}

#[tokio::test]
async fn whoever_gives_up_is_not_signed_in_afterwards() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({ "flow": "device" })).await;
    let path = format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    assert_eq!(house.api(Method::DELETE, &path, Value::Null).await.status, 204);
    decides(&house, "agree").await;
    assert_eq!(ended(&house, &begun).await["sentence"], "You cancelled it.");
    // Whatever was under way has ended by then.
    let house = house.restarted().await;
    assert_eq!(house.read("/api/v1/accounts").await, json!([]));
}

#[tokio::test]
async fn the_code_is_bound_to_us_where_the_vendor_wants_that() {
    let house = house("client-1", "pkce = true").await;
    let begun = house.begun(json!({ "flow": "device" })).await;
    decides(&house, "agree").await;
    assert_eq!(ended(&house, &begun).await["stage"], "done");
    let seen = house.provider.seen();
    let body = |line: &str| {
        let seen = seen.iter().find(|seen| seen.line == line).unwrap();
        String::from_utf8_lossy(&seen.body).into_owned()
    };
    assert!(body("POST /oauth/device").contains("code_challenge_method=S256"));
    assert!(body("POST /oauth/token").contains("code_verifier="));
}

#[tokio::test]
async fn a_restart_in_between_does_not_end_it() {
    let house = house("client-1", "pkce = true").await;
    let begun = house.begun(json!({ "flow": "device" })).await;
    let house = house.restarted().await;
    let path = format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    let now = house.read(&path).await;
    assert_eq!((&now["stage"], &now["code"]), (&json!("waiting"), &json!("WDJB-MJHT")), "{now}");
    resume(&house.app).await;
    decides(&house, "agree").await;
    assert_eq!(ended(&house, &begun).await["stage"], "done");
    assert_eq!(house.ask().await.status, 200);
}

#[tokio::test]
async fn one_that_was_given_up_between_two_starts_does_not_go_on() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({ "flow": "device" })).await;
    let house = house.restarted().await;
    let path = format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    assert_eq!(house.api(Method::DELETE, &path, Value::Null).await.status, 204);
    resume(&house.app).await;
    Client::new(house.provider.address).page("/oauth/agree?user_code=WDJB-MJHT", "").await;
    assert_eq!(ended(&house, &begun).await["sentence"], "You cancelled it.");
    let house = house.restarted().await;
    assert_eq!(house.read("/api/v1/accounts").await, json!([]));
}
