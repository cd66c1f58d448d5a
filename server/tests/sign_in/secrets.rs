//! Tokens, and what renews them, are where they have to be and nowhere else.

use super::house;
use crate::support::{PASSWORD, log, until};
use serde_json::{Value, json};
use std::path::Path;

/// The contents of every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.extend(if path.is_dir() { files(&path) } else { std::fs::read(&path).unwrap() });
    }
    all
}

#[tokio::test]
async fn no_token_shows_anywhere() {
    log::keep("trace");
    let house = house("client-1", "lead = \"59m\"").await;
    let login = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &login).await.cookie().unwrap();
    // A working day: one sign-in by the vendor's page, one by a code that fails, a token that is refused, a renewal that
    // fails.
    let begun = house.begun(json!({})).await;
    let back = house.agreed(&begun).await;
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let mut said = house.back(&back).await.text();
    let wrong = house.begun(json!({})).await;
    said += &house.paste(&wrong, "made-up-code").await.text();
    house.ask().await;
    house.provider.vendor(|vendor| vendor.forget_tokens());
    house.ask().await;
    house.provider.vendor(|vendor| vendor.forget_renewals());
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    said += &house.ask().await.text();
    until("the records", async || {
        let rows = house.read("/api/v1/requests").await["rows"].as_array()?.len();
        (rows == 3).then_some(())
    })
    .await;

    let sign_in = format!("/sign-in/{}", begun["id"].as_str().unwrap());
    for path in ["/", "/providers", "/providers/plan", "/requests", "/settings", &sign_in] {
        said += &house.client.page(path, &cookie).await.text();
    }
    for path in
        ["accounts", "providers", "providers/plan", "requests", &sign_in[1..].replace("sign-in", "sign-ins")]
    {
        said += &house.read(&format!("/api/v1/{path}")).await.to_string();
    }
    for row in house.read("/api/v1/requests").await["rows"].as_array().unwrap() {
        said += &house.detail(row).await.to_string();
    }
    said += &house
        .client
        .form("/console/sign_in", &cookie, &[("id", begun["id"].as_str().unwrap())])
        .await
        .text();
    assert!(said.len() > 10_000, "there is something to look through");

    let verifier = verifier(&house.app.store.sign_in(begun["id"].as_str().unwrap()).await.unwrap());
    let stored = String::from_utf8_lossy(&files(&house.folder.path().join("db"))).into_owned();
    let logged = log::kept();
    for (place, text) in [("an answer", &said), ("the log", &logged), ("the database", &stored)] {
        for secret in ["uncommon", verifier.as_str()] {
            assert!(!text.contains(secret), "{secret} shows in {place}");
        }
    }
    // A code is spent once it is there; the log and the database do not hold it all the same.
    for (place, text) in [("the log", &logged), ("the database", &stored)] {
        assert!(!text.contains(&code), "{code} shows in {place}");
    }
}

/// What proves that a code was asked for by us.
fn verifier(sign_in: &server::store::StoredSignIn) -> String {
    let kept: Value = serde_json::from_str(sign_in.secret.reveal()).unwrap();
    kept["verifier"].as_str().unwrap().to_owned()
}
