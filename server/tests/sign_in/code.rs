//! The vendor's page leads back with a code.

use super::house;
use crate::scripted::vendor::WHO;
use http::Method;
use serde_json::{Value, json};
use server::store::StoredSignIn;

#[tokio::test]
async fn a_person_signs_in_and_requests_go_with_the_token() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({})).await;
    let url = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let told: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    let port = house.client.address.port();
    assert_eq!(told["redirect_uri"], format!("http://localhost:{port}/callback"));
    assert_eq!((told["client_id"].as_str(), told["scope"].as_str()), ("client-1", "openid offline_access"));
    assert!(told["state"].len() > 32 && told["code_challenge"].len() > 32, "{told:?}");

    let account = house.signed_in().await;
    let row = house.account_row(account).await;
    assert_eq!((&row["name"], &row["token"]["state"]), (&json!(WHO), &json!("active")));
    assert!(row["token"]["expires_at"].as_i64() > row["token"]["renewed_at"].as_i64(), "{row}");
    assert_eq!(
        (&row["masked_key"], &row["fields"]),
        (&json!(""), &json!({})),
        "nothing of the token is shown"
    );
    let answer = house.ask().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let asked = house.provider.seen().pop().unwrap();
    assert!(asked.header("authorization").unwrap().starts_with("Bearer token-"), "{asked:?}");
    assert_eq!(asked.header("x-account-id"), Some("acc-1"), "what the sign-in told goes along");
    let tested = house.api(Method::POST, &format!("/api/v1/accounts/{account}/test"), Value::Null).await;
    assert_eq!(tested.value()["ok"], true, "{tested:?}");

    let house = house.restarted().await;
    assert_eq!(house.ask().await.status, 200, "it is kept");
}

#[tokio::test]
async fn whoever_signs_in_twice_has_one_account() {
    let house = house("client-1", "").await;
    let first = house.signed_in().await;
    assert_eq!(house.signed_in().await, first);
    assert_eq!(house.read("/api/v1/accounts").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_person_who_does_not_agree_has_no_account() {
    let house = house("client-denied", "").await;
    let begun = house.begun(json!({})).await;
    let back = house.back(&house.agreed(&begun).await).await;
    assert!(back.text().contains("Not today. Begin again."), "{back:?}");
    let ended = house.read(&format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap())).await;
    assert_eq!(ended["stage"], "failed");
    assert_eq!(house.read("/api/v1/accounts").await, json!([]));
}

#[tokio::test]
async fn what_belongs_to_another_or_was_used_is_refused() {
    let house = house("client-1", "").await;
    let (begun, other) = (house.begun(json!({})).await, house.begun(json!({})).await);
    let (back, others) = (house.agreed(&begun).await, house.agreed(&other).await);
    // The code of one with the state of the other; a state that is made up; none at all.
    let state = |of: &str| of.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let mut forged = state(&back);
    forged.replace_range(forged.len() - 4.., "0000");
    let swapped =
        back.replace(&state(&back), &format!("{}.{}", state(&back).split('.').next().unwrap(), "x"));
    for (location, said) in [
        (back.replace(&state(&back), &forged), "belongs to another sign-in"),
        (swapped, "belongs to another sign-in"),
        (back.replace(&state(&back), "nobody"), "is not known"),
        (back.replace("state=", "nothing="), "is not known"),
    ] {
        let answer = house.back(&location).await;
        assert!(answer.text().contains(said), "{location}: {answer:?}");
    }
    assert_eq!(house.read("/api/v1/accounts").await, json!([]), "nobody was signed in");
    assert!(house.back(&back).await.text().contains("Signed in"), "the right one still works");
    let again = house.back(&back).await;
    assert!(again.text().contains("was used already"), "{again:?}");
    // The other's code was given for another proof.
    let stolen = others.replace(&state(&others), "").replace("state=&", "").replace("state=", "");
    let third = house.begun(json!({})).await;
    let code = stolen.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let refused = house.paste(&third, &code).await;
    assert!(refused.status == 400 && refused.text().contains("given to somebody else"), "{refused:?}");
    assert_eq!(house.read("/api/v1/accounts").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_page_shows_can_be_pasted() {
    for client in ["client-1", "client-json"] {
        let (body, state) =
            if client == "client-json" { ("json", "state_in_body = true\n") } else { ("form", "") };
        let shown = "shown_at = \"https://vendor.example/shown\"";
        let house = house(client, &format!("{shown}\nbody = \"{body}\"\n{state}")).await;
        let begun = house.made("/api/v1/sign-ins", json!({ "provider": "plan" })).await;
        assert_eq!(begun["pasted"], true);
        let back = house.agreed(&begun).await;
        assert!(back.starts_with("https://vendor.example/shown?"), "{back}");
        for (text, said) in [("", "There is no code"), ("https://vendor.example/shown", "There is no code")] {
            let refused = house.paste(&begun, text).await;
            assert!(refused.status == 400 && refused.text().contains(said), "{refused:?}");
        }
        let wrong = house.paste(&begun, "made-up#made-up").await;
        assert!(wrong.text().contains("belongs to another sign-in"), "{wrong:?}");
        let part = |name: &str| {
            back.split(&format!("{name}=")).nth(1).unwrap().split('&').next().unwrap().to_owned()
        };
        let done = house.paste(&begun, &format!(" {}#{}\n", part("code"), part("state"))).await;
        assert_eq!((done.status, &done.value()["stage"]), (200, &json!("done")), "{done:?}");
        assert_eq!(house.ask().await.status, 200);
    }
}

#[tokio::test]
async fn a_code_that_the_vendor_does_not_take_is_said_so() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({})).await;
    let refused = house.paste(&begun, "made-up").await;
    let said = refused.value()["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(said, "Plan refused the sign-in: Invalid 'code' in request. (invalid_grant). Begin again.");
    assert!(house.paste(&begun, "made-up").await.text().contains("was used already"));

    let later = house.begun(json!({})).await;
    let back = house.agreed(&later).await;
    house.provider.vendor(|vendor| vendor.down = true);
    let unreached = house.back(&back).await;
    assert!(unreached.text().contains("could not be asked: it answered with 503"), "{unreached:?}");
    house.provider.vendor(|vendor| vendor.down = false);
    assert!(house.back(&back).await.text().contains("Signed in"), "the code was not spent");
}

#[tokio::test]
async fn a_sign_in_is_not_waited_for_without_end() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({})).await;
    let back = house.agreed(&begun).await;
    let stored = house.app.store.sign_in(begun["id"].as_str().unwrap()).await.unwrap();
    let old = StoredSignIn { id: "0".repeat(32), expires_at: 1, ..stored };
    house.app.store.add_sign_in(&old, 0).await.unwrap();
    let read = house.read(&format!("/api/v1/sign-ins/{}", old.id)).await;
    assert_eq!(
        (&read["stage"], &read["sentence"]),
        (&json!("failed"), &json!("This sign-in has expired. Begin again."))
    );
    let late = house.back(&back.replace(begun["id"].as_str().unwrap(), &old.id)).await;
    assert!(late.text().contains("has expired"), "{late:?}");
}

#[tokio::test]
async fn a_port_that_the_vendor_insists_on_leads_here() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let house =
        house("client-1", &format!("callback = {{ port = {free}, path = \"/auth/callback\" }}")).await;
    let begun = house.begun(json!({})).await;
    assert_eq!(begun["pasted"], false);
    let back = house.agreed(&begun).await;
    assert!(back.starts_with(&format!("http://localhost:{free}/auth/callback?")), "{back}");
    let url = url::Url::parse(&back).unwrap();
    let there = crate::support::client::Client::new(([127, 0, 0, 1], free).into());
    let led = there.page(&format!("{}?{}", url.path(), url.query().unwrap()), "").await;
    assert_eq!(led.status, 303);
    let here = format!("http://localhost:{}/callback?", house.client.address.port());
    assert!(led.header("location").starts_with(&here), "{led:?}");
    assert!(house.back(led.header("location")).await.text().contains("Signed in"));

    // Another program has the port: the address is pasted instead.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let house = self::house("client-1", &format!("callback = {{ port = {port} }}")).await;
    let begun = house.begun(json!({})).await;
    assert_eq!(begun["pasted"], true);
    let back = house.agreed(&begun).await;
    assert_eq!(house.paste(&begun, &back).await.value()["stage"], "done");
}

#[tokio::test]
async fn an_id_that_the_vendor_issues_is_used_from_then_on() {
    let more = "issues_client = true\nparams = { host = \"urn:uuid:{installation}\", nonce = \"{random}\" }\ntoken_params = { resource = \"https://vendor.example\" }";
    let house = house("client-issuing", more).await;
    let begun = house.begun(json!({})).await;
    let other = house.begun(json!({})).await;
    let told = |begun: &Value, name: &str| {
        let url = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
        url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned()
    };
    assert_eq!(told(&begun, "host"), told(&other, "host"), "the same for this installation");
    assert_ne!(told(&begun, "nonce"), told(&other, "nonce"));
    let back = house.agreed(&begun).await;
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let refused = house.paste(&begun, code).await;
    assert!(refused.text().contains("the code alone is not enough here"), "{refused:?}");
    assert!(house.back(&back).await.text().contains("Signed in"));
    house.provider.vendor(|vendor| vendor.forget_tokens());
    let asked = house.provider.seen().into_iter().filter(|seen| seen.line == "POST /oauth/token");
    let asked: Vec<String> = asked.map(|seen| String::from_utf8_lossy(&seen.body).into_owned()).collect();
    assert!(
        asked.iter().all(|body| body.contains("client_id=issued-1") && body.contains("resource=https")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_provider_without_an_id_of_its_own_asks_for_one() {
    let provider = std::sync::Arc::new(crate::support::Provider::start().await);
    let folder = tempfile::TempDir::new().unwrap();
    let file = super::file(&provider, "x", "clients_at = \"https://vendor.example/apps\"")
        .replace("client_id = \"x\"\n", "");
    super::write(&folder, &file);
    let house = crate::support::House::on(folder, &[], provider).await;
    let house = crate::support::House::furnished(house).await;
    let refused = house.api(Method::POST, "/api/v1/sign-ins", json!({ "provider": "plan" })).await;
    assert_eq!(
        (refused.status, &refused.value()["error"]["field"]),
        (400, &json!("client_id")),
        "{refused:?}"
    );
    let begun = house.begun(json!({ "client_id": "my-own" })).await;
    assert!(house.back(&house.agreed(&begun).await).await.text().contains("Signed in"));
    assert_eq!(house.ask().await.status, 200);
}

#[tokio::test]
async fn bad_beginnings_are_refused_by_name() {
    let house = only_code().await;
    for (body, field) in [
        (json!({ "provider": "nobody" }), "provider"),
        (json!({ "provider": "groq" }), "provider"),
        (json!({ "provider": "plan", "flow": "device" }), "flow"),
        (json!({ "provider": "plan", "account": 77 }), "account"),
    ] {
        let refused = house.api(Method::POST, "/api/v1/sign-ins", body.clone()).await;
        assert!(refused.status == 400 || refused.status == 404, "{body}: {refused:?}");
        assert_eq!(refused.value()["error"]["field"], field, "{body}");
    }
    let key = json!({ "provider": "plan", "key": "key-one" });
    let refused = house.api(Method::POST, "/api/v1/accounts", key).await;
    assert!(refused.status == 400 && refused.text().contains("sign in to it"), "{refused:?}");
    let unknown = house.api(Method::GET, "/api/v1/sign-ins/nobody", Value::Null).await;
    assert_eq!(unknown.status, 404);
}

/// A house whose provider has no codes for devices.
async fn only_code() -> crate::support::House {
    let provider = std::sync::Arc::new(crate::support::Provider::start().await);
    let folder = tempfile::TempDir::new().unwrap();
    let file = super::file(&provider, "client-1", "").replace("[\"code\", \"device\"]", "[\"code\"]");
    super::write(&folder, &file);
    crate::support::House::furnished(crate::support::House::on(folder, &[], provider).await).await
}

#[tokio::test]
async fn a_browser_that_leaves_does_not_take_the_tokens_with_it() {
    let house = house("client-1", "").await;
    let begun = house.begun(json!({})).await;
    let back = house.agreed(&begun).await;
    house.provider.vendor(|vendor| vendor.delay = std::time::Duration::from_millis(400));
    assert!(house.left_while_it_thinks(house.back(&back)).await, "the tab is closed while the vendor thinks");
    let path = format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap());
    crate::support::until("the account", async || {
        Some(house.read(&path).await).filter(|now| now["stage"] == "done")
    })
    .await;
    house.provider.vendor(|vendor| vendor.delay = std::time::Duration::ZERO);
    assert_eq!(house.ask().await.status, 200);
}
