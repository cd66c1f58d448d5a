//! Tokens are renewed before they are needed, once for all who wait, and none is lost.

use super::house;
use crate::support::{CHAT, House, PATIENCE, chat_body, until};
use http::Method;
use serde_json::{Value, json};
use server::accounts::renew;
use server::config::Secret;
use server::store::Tokens;
use server::tasks::Tasks;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// An account with tokens that the vendor gave an hour ago. `lasts`: how long the one in use is good from now on, in ms.
async fn account(house: &House, client: &str, lasts: i64) -> i64 {
    let given = house.provider.vendor(|vendor| vendor.give(client));
    let text = |name: &str| given[name].as_str().map(|text| Secret::from(text.to_owned()));
    let now = now();
    let tokens = Tokens {
        access: text("access_token").unwrap(),
        renewal: text("refresh_token"),
        expires_at: Some(now + lasts),
        renewable_at: None,
        client: None,
        headers: BTreeMap::new(),
        grant: None,
    };
    let facts = BTreeMap::new();
    let id =
        house.app.store.keep_sign_in("plan", Err("ada"), &tokens, &facts, now - 3_600_000).await.unwrap();
    house.app.refresh().await.unwrap();
    id
}

fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "a test's own clock")]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn renewed(house: &House) -> usize {
    house.provider.vendor(|vendor| vendor.renewed)
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_requests_wait_for_one_renewal() {
    let house = Arc::new(house("client-1", "").await);
    account(&house, "client-1", 1_000).await;
    house.provider.vendor(|vendor| vendor.delay = Duration::from_millis(200));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let house = Arc::clone(&house);
        asking.spawn(async move { house.ask().await.status });
    }
    while let Some(status) = asking.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    assert_eq!(renewed(&house), 1);
    let shown = house.shown();
    assert_eq!(shown.len(), 50);
    assert!(shown.iter().all(|token| *token == shown[0] && token.contains("token-2")), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_is_renewed_once_and_the_request_sent_again() {
    let house = Arc::new(house("client-1", "").await);
    let id = account(&house, "client-1", 3_600_000).await;
    house.provider.vendor(|vendor| vendor.forget_tokens());
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let house = Arc::clone(&house);
        asking.spawn(async move { house.ask().await.status });
    }
    while let Some(status) = asking.join_next().await {
        assert_eq!(status.unwrap(), 200, "no client notices");
    }
    assert_eq!(renewed(&house), 1);
    let row = house.records(20).await.remove(0);
    let attempts = house.detail(&row).await["attempts"].as_array().unwrap().clone();
    if attempts.len() > 1 {
        assert_eq!(
            attempts[0]["verdict"], "renewed the sign-in and tried the same account again",
            "{attempts:?}"
        );
    }
    assert_eq!(house.account_row(id).await["health"], "ready", "an old token says nothing of the account");
}

#[tokio::test]
async fn a_token_that_is_refused_right_after_its_renewal_is_a_matter_for_a_person() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 1_000).await;
    assert_eq!(house.ask().await.status, 200);
    house.provider.vendor(|vendor| vendor.forget_tokens());
    assert_ne!(house.ask().await.status, 200);
    assert_eq!(renewed(&house), 1, "renewing it again would change nothing");
    let row = house.account_row(id).await;
    assert_eq!((&row["health"], &row["token"]["state"]), (&json!("refused"), &json!("refused")));
    assert!(row["sentence"].as_str().unwrap().contains("Sign in again"), "{row}");
}

#[tokio::test]
async fn what_renews_tokens_changes_and_the_new_one_is_kept() {
    let house = house("client-1", "").await;
    account(&house, "client-1", 1_000).await;
    assert_eq!(house.ask().await.status, 200);
    // Whatever is in memory only is gone.
    let house = house.restarted().await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(renewed(&house), 1, "the renewed one was kept");
    house.provider.vendor(|vendor| vendor.forget_tokens());
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    assert_eq!(house.ask().await.status, 200, "and so was what renews it");
    assert_eq!(renewed(&house), 2);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_take_the_tokens_with_it() {
    let house = house("client-1", "").await;
    account(&house, "client-1", 1_000).await;
    house.provider.vendor(|vendor| vendor.delay = Duration::from_millis(400));
    // Gone while the vendor makes up its answer.
    assert!(house.left_while_it_thinks(house.ask()).await, "the client has left");
    until("the renewal", async || (renewed(&house) == 1).then_some(())).await;
    house.provider.vendor(|vendor| vendor.delay = Duration::ZERO);
    // Shutdown waits for it.
    let house = house.restarted().await;
    assert_eq!(house.ask().await.status, 200);
    assert_eq!(renewed(&house), 1, "nothing was lost");
}

#[tokio::test]
async fn tokens_are_renewed_before_they_end_and_nobody_waits() {
    let house = house("client-1", "lead = \"30m\"").await;
    let id = account(&house, "client-1", 60_000).await;
    let before = house.account_row(id).await;
    house.app.tasks.spawn(renew::run(house.app.clone()));
    until("the renewal", async || {
        let row = house.account_row(id).await;
        (row["token"]["expires_at"].as_i64() > before["token"]["expires_at"].as_i64()).then_some(())
    })
    .await;
    assert_eq!(renewed(&house), 1);
    assert_eq!(house.shown(), Vec::<String>::new(), "without any request");
}

#[tokio::test]
async fn a_sign_in_that_has_ended_is_said_so_and_others_answer() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 1_000).await;
    house.endpoints(&house.provider.base()).await;
    house.account(CHAT, "key-good").await;
    let combo = json!({ "name": "best", "enabled": true, "targets": [
        { "model": "plan/ok", "enabled": true }, { "model": format!("{CHAT}/ok"), "enabled": true } ] });
    house.made("/api/v1/combos", combo).await;
    house.provider.vendor(|vendor| vendor.forget_renewals());
    let ask = async || house.send("/v1/chat/completions", &[], chat_body("best", false)).await;
    let answer = ask().await;
    assert_eq!((answer.status, answer.header("x-ninerouter-target")), (200, "oai/ok"), "{answer:?}");
    let row = house.account_row(id).await;
    assert_eq!((&row["health"], &row["token"]["state"]), (&json!("refused"), &json!("needs_sign_in")));
    let said = row["sentence"].as_str().unwrap();
    assert!(
        said.starts_with("Its sign-in has ended: Plan says: Refresh token not found or invalid"),
        "{said}"
    );
    assert_eq!(ask().await.status, 200);
    let tried = house.provider.seen().iter().filter(|seen| seen.line == "POST /oauth/token").count();
    assert_eq!(tried, 1, "the vendor is not asked in vain");
    let detail = house.detail(&house.records(2).await[0]).await;
    let left: Vec<&str> =
        detail["exclusions"].as_array().unwrap().iter().filter_map(|left| left["why"].as_str()).collect();
    assert_eq!(left, ["it has to be signed in to again"]);

    // The same account works again after another sign-in.
    let begun = house.begun(json!({ "account": id })).await;
    assert!(house.back(&house.agreed(&begun).await).await.text().contains("Signed in"));
    let row = house.account_row(id).await;
    assert_eq!((&row["health"], &row["token"]["state"]), (&json!("ready"), &json!("active")), "{row}");
    assert_eq!(ask().await.header("x-ninerouter-target"), "plan/ok");
}

#[tokio::test]
async fn a_vendor_that_is_down_costs_no_sign_in() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 1_000).await;
    house.provider.vendor(|vendor| vendor.down = true);
    let failed = house.ask().await;
    assert_eq!(failed.status, 502, "{failed:?}");
    assert!(
        failed.text().contains("Its sign-in could not be renewed: Plan says: it answered with 503"),
        "{failed:?}"
    );
    assert_eq!(house.account_row(id).await["token"]["state"], "expiring");
    house.provider.vendor(|vendor| vendor.down = false);
    until("the renewal", async || (house.ask().await.status == 200).then_some(())).await;
    assert_eq!(house.account_row(id).await["token"]["state"], "active");
}

#[tokio::test]
async fn a_vendor_that_renews_only_late_is_not_asked_early() {
    let house = house("client-late", "").await;
    house.signed_in().await;
    assert_eq!(house.ask().await.status, 200);
    house.provider.vendor(|vendor| vendor.forget_tokens());
    assert_ne!(house.ask().await.status, 200);
    assert_eq!(renewed(&house), 0, "whoever asks early loses what renews tokens");
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_that_is_used() {
    let provider = Arc::new(crate::support::Provider::start().await);
    let exchange =
        format!("exchange = {{ url = \"http://{}/oauth/exchange\", scheme = \"token\" }}", provider.address);
    let folder = tempfile::TempDir::new().unwrap();
    super::write(&folder, &super::file(&provider, "client-github", &exchange));
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    let id = house.signed_in().await;
    assert_eq!(house.ask().await.status, 200);
    let given = house.shown();
    // The one that is used ends; the one it was exchanged for does not.
    let first = house.provider.seen();
    let exchanged = first.iter().filter(|seen| seen.line == "GET /oauth/exchange").count();
    assert_eq!((given.len(), exchanged), (1, 1), "{given:?}");
    let row = house.account_row(id).await;
    assert_eq!(row["token"]["expires_at"], 99_999_999_999_000_i64);
}

#[tokio::test]
async fn a_removed_account_takes_its_tokens_along() {
    let house = house("client-1", "").await;
    let id = house.signed_in().await;
    let path = format!("/api/v1/accounts/{id}");
    assert_eq!(house.api(Method::DELETE, &path, Value::Null).await.status, 204);
    assert!(house.app.store.renewing(id).await.is_err(), "nothing is left of them");
    assert_ne!(house.ask().await.status, 200);
}

#[tokio::test]
async fn a_refusal_that_is_not_about_the_token_costs_no_renewal() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 3_600_000).await;
    let body = chat_body("plan/insufficient-quota", false);
    assert_ne!(house.send("/v1/chat/completions", &[], body).await.status, 200);
    assert_eq!((renewed(&house), house.shown().len()), (0, 1), "the token is good");
    assert_ne!(house.account_row(id).await["token"]["state"], "needs_sign_in");
}

#[tokio::test]
async fn what_something_between_says_ends_no_sign_in() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 1_000).await;
    house.provider.vendor(|vendor| vendor.page = true);
    assert_ne!(house.ask().await.status, 200);
    assert_eq!(house.account_row(id).await["token"]["state"], "expiring");
    house.provider.vendor(|vendor| vendor.page = false);
    until("the renewal", async || (house.ask().await.status == 200).then_some(())).await;
}

#[tokio::test]
async fn a_token_without_anything_that_renews_it_is_not_ended_by_one_refusal() {
    let house = house("client-github", "").await;
    let id = account(&house, "client-github", 3_600_000_000).await;
    house.provider.vendor(|vendor| vendor.forget_tokens());
    assert_ne!(house.ask().await.status, 200);
    let row = house.account_row(id).await;
    assert_eq!(
        (&row["health"], &row["token"]["state"]),
        (&json!("refused"), &json!("refused")),
        "parked, not ended"
    );
    assert!(row["parked_until"].as_i64().is_some(), "it is tried again by itself");
}

#[tokio::test]
async fn a_person_who_signs_in_anew_counts_more_than_a_renewal_under_way() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 3_600_000).await;
    let mut renewing = house.app.store.renewing(id).await.unwrap();
    let tokens = |access: &str| Tokens {
        access: Secret::from(access.to_owned()),
        renewal: None,
        expires_at: None,
        renewable_at: None,
        client: None,
        headers: BTreeMap::new(),
        grant: None,
    };
    let facts = BTreeMap::new();
    house.app.store.keep_sign_in("plan", Ok(id), &tokens("by the person"), &facts, now()).await.unwrap();
    let kept = house.app.store.keep_tokens(&mut renewing, &tokens("by the renewal"), now()).await.unwrap();
    assert_eq!(kept.tokens.access.reveal(), "by the person");
    let stored = house.app.store.account(id).await.unwrap().tokens.unwrap();
    assert_eq!(stored.tokens.access.reveal(), "by the person");
}

#[tokio::test]
async fn a_rule_can_say_that_a_refusal_is_about_the_token() {
    let rule = |credential| {
        format!(
            "\n[[rule]]\nid = \"odd\"\nstatus = [403]\nverdict = \"next-account\"\npark = \"1h\"\n\
             credential = {credential}\nsentence = \"Odd\""
        )
    };
    for (credential, renewals) in [(true, 1), (false, 0)] {
        let house = house("client-1", &rule(credential)).await;
        account(&house, "client-1", 3_600_000).await;
        let body = chat_body("plan/error-403", false);
        assert_ne!(house.send("/v1/chat/completions", &[], body).await.status, 200);
        assert_eq!(renewed(&house), renewals, "credential = {credential}");
    }
}

#[tokio::test]
async fn a_renewal_under_way_at_shutdown_is_waited_for_longer_than_anything_else() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 1_000).await;
    house.provider.vendor(|vendor| vendor.delay = Duration::from_millis(400));
    let asking = tokio::time::timeout(Duration::from_millis(100), house.ask()).await;
    assert!(asking.is_err(), "the client has left while the vendor makes up its answer");
    let tasks = house.app.tasks.clone();
    tasks.stop();
    // What writes usage goes on as long as this house stands.
    assert!(!tasks.wait(Duration::ZERO, PATIENCE).await, "other tasks had no time");
    let kept = house.app.store.account(id).await.unwrap().tokens.unwrap();
    assert_eq!((renewed(&house), kept.generation), (1, 2), "the new token is kept");
}

#[tokio::test]
async fn other_tasks_are_not_waited_for_any_longer() {
    let tasks = Tasks::default();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    tasks.spawn(async move { drop(ended.await) });
    assert!(!tasks.wait(Duration::ZERO, PATIENCE).await);
    drop(end);
    assert!(tasks.wait(PATIENCE, Duration::ZERO).await);
}

#[tokio::test]
async fn an_error_is_forgotten_once_the_account_works_again() {
    let house = house("client-1", "").await;
    let id = account(&house, "client-1", 3_600_000).await;
    let error = async || house.account_row(id).await["last_error"].as_str().unwrap().to_owned();
    let fail = async || {
        house.app.store.note_error(id, "Rate limited (429)", now()).await.unwrap();
        assert_eq!(error().await, "Rate limited (429)");
    };
    // By a test that is answered.
    fail().await;
    let path = format!("/api/v1/accounts/{id}/test");
    assert_eq!(house.api(Method::POST, &path, Value::Null).await.value()["ok"], true);
    let row = house.account_row(id).await;
    assert_eq!((&row["last_error"], &row["last_error_at"]), (&json!(""), &Value::Null));

    // By a renewal: the token was only old.
    fail().await;
    house.provider.vendor(|vendor| vendor.forget_tokens());
    assert_eq!(house.ask().await.status, 200);
    assert_eq!((renewed(&house), error().await.as_str()), (1, ""));

    // Not by a test that fails.
    fail().await;
    house.provider.vendor(|vendor| {
        vendor.forget_tokens();
        vendor.down = true;
    });
    assert_eq!(house.api(Method::POST, &path, Value::Null).await.value()["ok"], false);
    assert_eq!(error().await, "Rate limited (429)");
}
