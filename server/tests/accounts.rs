//! Several accounts of a provider at once.

use crate::support::{CHAT, House, PASSWORD};
use http::Method;
use serde_json::{Value, json};

async fn signed_in(house: &House) -> String {
    let login = [("name", "admin"), ("password", PASSWORD)];
    house.client.form("/console/log_in", "", &login).await.cookie().unwrap()
}

async fn accounts(house: &House) -> Vec<String> {
    let rows = house.read("/api/v1/accounts").await;
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn many_keys_become_many_accounts_or_none() {
    let house = House::open().await;
    house.endpoints(&house.provider.base()).await;
    house.account(CHAT, "key-first").await;
    let cookie = signed_in(&house).await;
    let paste = async |keys: &str| {
        house.client.form("/console/add_accounts", &cookie, &[("provider", CHAT), ("keys", keys)]).await
    };
    let good = "key-second-000\n\n  work  key-third-0000 \r\nmy other one\tkey-fourth-000\n";
    let made = paste(good).await;
    assert_eq!(made.status, 200, "{made:?}");
    assert!(!made.text().contains("key-second"), "a key is shown masked");
    let names = ["account key-first", "Scripted chat 1", "work", "my other one"];
    assert_eq!(accounts(&house).await, names, "in their order");

    for (keys, line) in [
        ("key-fifth-0000\nkey-fifth-0000", "Line 2: This key stands on line 1 already."),
        ("key-third-0000", "Line 1: The account work has this key already."),
        ("work key-sixth-0000", "Line 1: There is an account called \"work\" already."),
        ("\nkey-seventh-00\nkey-\u{e9}ighth-00", "Line 3: This is not a key"),
        ("  \n", "Paste between one and 200 keys"),
    ] {
        let refused = paste(keys).await;
        assert_eq!((refused.status, &refused.value()["field"]), (400, &json!("keys")), "{refused:?}");
        let told = refused.value()["message"].as_str().unwrap().to_owned();
        assert!(told.starts_with(line) && !told.contains("key-"), "{keys:?}: {told}");
        assert_eq!(accounts(&house).await, names, "{keys:?}: all or none");
    }
}

#[tokio::test]
async fn all_accounts_are_tested_and_those_that_fail_are_named() {
    let house = House::open().await;
    house.endpoints(&house.provider.base()).await;
    let cookie = signed_in(&house).await;
    let test =
        async || house.client.form("/console/test_accounts", &cookie, &[("provider", CHAT)]).await.value();
    assert_eq!(test().await["sentence"], "No account is on, so none was tested.");
    house.account(CHAT, "key-good").await;
    let off = house.account(CHAT, "key-bad").await;
    let result = test().await;
    assert_eq!(result["ok"], false);
    let said = result["sentence"].as_str().unwrap();
    assert!(said.starts_with("1 of 2 accounts answer. account key-bad: "), "{said}");
    let body = json!({ "enabled": false });
    assert_eq!(house.api(Method::PATCH, &format!("/api/v1/accounts/{off}"), body).await.status, 200);
    let result = test().await;
    assert_eq!((&result["ok"], &result["sentence"]), (&Value::Bool(true), &json!("The account answers.")));
}
