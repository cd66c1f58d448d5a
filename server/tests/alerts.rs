//! Limits that fill up are told: once for each threshold, on the dashboard and to a webhook, until they begin anew.

use crate::store::Base;
use crate::support::{CHAT, House, Provider, log, until};
use catalog::{Unit, Window};
use http::Method;
use serde_json::{Value, json};
use server::accounts::alerts::look;
use server::accounts::quota::Source;
use server::clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

const HOUR: i64 = 3_600_000;
const KEY: &str = "2123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const SECRET: &str = "uncommon-hook-secret";
const SETTINGS: &str = "/api/v1/settings/alerts";

/// A house with one account whose alerts go to the scripted provider.
async fn house() -> House {
    let house = House::with_accounts(&["key-one"]).await;
    goes_to(&house, &format!("http://{}/oauth/hook/{SECRET}", house.provider.address)).await;
    house
}

async fn goes_to(house: &House, webhook: &str) {
    let change = json!({ "webhook": webhook, "private_network": true });
    let saved = house.api(Method::PATCH, SETTINGS, change).await;
    assert_eq!(saved.status, 200, "{saved:?}");
}

/// So much of the five hours of the account is used, in percent, and they begin anew so late, in ms.
fn use_up(house: &House, percent: u32, resets_in: i64) {
    static TURN: AtomicI64 = AtomicI64::new(1);
    let window = Window {
        name: "5 hours".to_owned(),
        model: None,
        unit: Unit::Percent,
        used_permille: Some(percent * 10),
        used: None,
        limit: None,
        left: None,
        resets_at_ms: Some(clock::now().unix_ms + resets_in),
        lasts_ms: Some(5 * HOUR),
    };
    let minute = Window { name: "Minute".to_owned(), lasts_ms: Some(60_000), ..window.clone() };
    let snapshot = house.app.snapshot();
    // Later than whatever was said before, however fast the test is.
    let at = clock::now().unix_ms + TURN.fetch_add(1, Ordering::Relaxed);
    let quota = &snapshot.provider(CHAT).unwrap().accounts[0].quota;
    quota.note(vec![window, minute], Source::Probe, at, true);
}

/// What the webhook got so far.
fn heard(provider: &Provider) -> Vec<Value> {
    let seen = provider.seen();
    let hooks = seen.iter().filter(|seen| seen.line == format!("POST /oauth/hook/{SECRET}"));
    hooks.map(|seen| serde_json::from_slice(&seen.body).unwrap()).collect()
}

async fn hears(house: &House, count: usize) -> Vec<Value> {
    until("what the webhook gets", async || Some(heard(&house.provider)).filter(|heard| heard.len() == count))
        .await
}

/// Thresholds of the alerts on the dashboard, and how they are said.
async fn open(house: &House) -> Vec<(u64, String)> {
    let alerts = house.read("/api/v1/alerts").await;
    let of = |row: &Value| {
        (row["threshold_percent"].as_u64().unwrap(), row["sentence"].as_str().unwrap().to_owned())
    };
    alerts.as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn each_threshold_is_told_once_until_the_limit_begins_anew() {
    let house = house().await;
    for (percent, count, thresholds) in [
        (70, 0, &[][..]),
        (85, 1, &[80]),
        (85, 1, &[80]),
        (88, 1, &[80]),
        (96, 2, &[95]),
        (97, 2, &[95]),
        // A little less is no beginning.
        (94, 2, &[80]),
        (96, 2, &[95]),
    ] {
        use_up(&house, percent, 2 * HOUR + 30_000);
        look(&house.app).await.unwrap();
        look(&house.app).await.unwrap();
        hears(&house, count).await;
        let open: Vec<u64> = open(&house).await.into_iter().map(|(threshold, _)| threshold).collect();
        assert_eq!(open, thresholds, "at {percent}%");
    }
    let message = heard(&house.provider)[0].clone();
    let text = "Scripted chat, account key-one: 5 hours is 85% used, anew in 2 h 0 min.";
    assert_eq!((&message["text"], &message["content"]), (&json!(text), &json!(text)));
    assert_eq!(message["event"], "quota.threshold");
    let of = |name: &str| message[name].clone();
    assert_eq!(
        json!([
            of("provider"),
            of("account"),
            of("window"),
            of("model"),
            of("used_percent"),
            of("threshold_percent")
        ]),
        json!([CHAT, "account key-one", "5 hours", null, 85, 80])
    );
    assert!(message["resets_at"].as_str().unwrap().ends_with('Z') && message["at"].is_string(), "{message}");
    assert_eq!(message["url"], house.client.url("/quota"));

    let usage = house.read("/api/v1/overview").await;
    assert_eq!(usage["alerts"][0]["used_percent"], 96);
    assert_eq!(
        (&usage["quotas"][0]["window"]["used_permille"], &usage["quotas_known"]),
        (&json!(960), &json!(1))
    );

    // Another start knows nothing but what is written down.
    let house = house.restarted().await;
    assert_eq!(open(&house).await.len(), 1, "still to be seen");
    use_up(&house, 97, 2 * HOUR);
    look(&house.app).await.unwrap();
    // A new window.
    use_up(&house, 3, 5 * HOUR);
    look(&house.app).await.unwrap();
    assert_eq!(open(&house).await, []);
    use_up(&house, 99, 5 * HOUR);
    look(&house.app).await.unwrap();
    let told = hears(&house, 3).await;
    assert_eq!(told[2]["threshold_percent"], 95, "one message, however many were passed at once");
    // And one that is nearly used up by the time it is first seen.
    use_up(&house, 81, 10 * HOUR);
    look(&house.app).await.unwrap();
    assert_eq!(hears(&house, 4).await[3]["threshold_percent"], 80);
    let (_, provider) = house.stop().await;
    assert_eq!(heard(&provider).len(), 4);
}

#[tokio::test]
async fn what_a_person_has_seen_is_shown_no_more() {
    let house = house().await;
    use_up(&house, 85, 2 * HOUR);
    look(&house.app).await.unwrap();
    let id = house.read("/api/v1/alerts").await[0]["id"].clone();
    let path = format!("/api/v1/alerts/{id}");
    assert_eq!(house.api(Method::DELETE, &path, Value::Null).await.status, 204);
    use_up(&house, 87, 2 * HOUR);
    look(&house.app).await.unwrap();
    assert_eq!(open(&house).await, []);
    use_up(&house, 100, 2 * HOUR + 30_000);
    look(&house.app).await.unwrap();
    let said = "Scripted chat, account key-one: 5 hours is used up, anew in 2 h 0 min.".to_owned();
    assert_eq!(open(&house).await, [(95, said)]);
    let gone = house.api(Method::DELETE, "/api/v1/alerts/9999", Value::Null).await;
    assert_eq!(gone.status, 404, "{gone:?}");
    // No threshold, no alert.
    let none = house.api(Method::PATCH, SETTINGS, json!({ "thresholds": [] })).await;
    assert_eq!(none.value()["thresholds"], json!([]));
    assert_eq!(open(&house).await, []);
}

#[tokio::test]
async fn a_webhook_that_fails_for_a_moment_is_told_again() {
    let house = house().await;
    house.provider.vendor(|vendor| vendor.hook = [500].into());
    use_up(&house, 85, HOUR);
    look(&house.app).await.unwrap();
    let told = hears(&house, 2).await;
    assert_eq!(told[0], told[1]);
    let (_, provider) = house.stop().await;
    assert_eq!(heard(&provider).len(), 2, "it took the second");
}

#[tokio::test]
async fn an_alert_that_could_not_be_delivered_is_said_where_that_is_set_and_its_address_nowhere() {
    log::keep("trace");
    let house = house().await;
    house.provider.vendor(|vendor| vendor.hook = [404, 403].into());
    use_up(&house, 85, HOUR);
    look(&house.app).await.unwrap();
    let failed = until("the failure", async || {
        Some(house.read(SETTINGS).await).filter(|settings| !settings["failed_at"].is_null())
    })
    .await;
    assert_eq!(failed["why"], "127.0.0.1 answered 404");
    let shown = format!("http://{}/••••", house.provider.address);
    assert_eq!(failed["webhook"], shown);
    let login = [("name", "admin"), ("password", crate::support::PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &login).await.cookie().unwrap();
    let page = house.client.page("/quota", &cookie).await.text();
    assert!(page.contains("The last alert could not be delivered: ") && page.contains(&shown), "{page}");

    let test = format!("{SETTINGS}/test");
    let refused = house.api(Method::POST, &test, Value::Null).await;
    assert_eq!(refused.value()["sentence"], "The test alert was not delivered: 127.0.0.1 answered 403.");
    let taken = house.api(Method::POST, &test, Value::Null).await;
    assert_eq!(taken.value()["sentence"], "127.0.0.1 took the test alert (200).");
    assert_eq!(house.read(SETTINGS).await["failed_at"], Value::Null, "it works again");
    goes_to(&house, &format!("http://127.0.0.1:1/{SECRET}")).await;
    let nobody = house.api(Method::POST, &test, Value::Null).await;
    assert_eq!(nobody.value()["ok"], false, "{nobody:?}");

    let mut said = page + &failed.to_string() + &refused.text() + &taken.text() + &nobody.text();
    for path in ["/api/v1/settings", SETTINGS, "/api/v1/quota", "/api/v1/overview", "/api/v1/alerts"] {
        said += &house.read(path).await.to_string();
    }
    for path in ["/", "/settings", "/quota"] {
        said += &house.client.page(path, &cookie).await.text();
    }
    assert!(!said.contains(SECRET));
    let (folder, _) = house.stop().await;
    let log = log::kept();
    assert_eq!(log.matches("an alert could not be delivered: 127.0.0.1 answered 404").count(), 1);
    assert!(!log.contains(SECRET), "{}", &log[log.find(SECRET).unwrap_or(0).saturating_sub(300)..]);
    let data = std::fs::read(server::store::sqlite_path(folder.path())).unwrap();
    assert!(!data.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "it is sealed");
}

#[tokio::test]
async fn of_two_replicas_one_tells() {
    let (base, provider) = (Base::postgresql().await, Arc::new(Provider::start().await));
    let variables = [("DATABASE_URL", base.url.as_str()), ("NINEROUTER_SECRET_KEY", KEY)];
    let mut one = House::on(TempDir::new().unwrap(), &variables, Arc::clone(&provider)).await;
    one = House::furnished(one).await;
    one.endpoints(&provider.base()).await;
    one.account(CHAT, "key-one").await;
    goes_to(&one, &format!("http://{}/oauth/hook/{SECRET}", provider.address)).await;
    let mut other = House::on(TempDir::new().unwrap(), &variables, Arc::clone(&provider)).await;
    other.bearer.clone_from(&one.bearer);
    for percent in [85, 96] {
        for house in [&one, &other] {
            use_up(house, percent, HOUR);
        }
        let (here, there) = tokio::join!(look(&one.app), look(&other.app));
        here.and(there).unwrap();
    }
    // What the other does not know yet ends nothing.
    use_up(&other, 3, 6 * HOUR);
    look(&other.app).await.unwrap();
    look(&one.app).await.unwrap();
    hears(&one, 2).await;
    let id = {
        use_up(&one, 99, 6 * HOUR);
        look(&one.app).await.unwrap();
        hears(&one, 3).await;
        other.read("/api/v1/alerts").await[0]["id"].clone()
    };
    let seen = other.api(Method::DELETE, &format!("/api/v1/alerts/{id}"), Value::Null).await;
    assert_eq!((seen.status, open(&one).await), (204, Vec::new()), "seen at one is seen at both");
    for house in [one, other] {
        house.stop().await;
    }
    assert_eq!(heard(&provider).len(), 3);
    base.gone().await;
}

#[tokio::test]
async fn thresholds_and_addresses_that_make_no_sense_are_refused_by_name() {
    let house = House::open().await;
    let at_most_five = json!([1, 2, 3, 4, 5, 6]);
    for thresholds in [json!([0]), json!([101]), json!([-5, 50]), at_most_five] {
        let refused = house.api(Method::PATCH, SETTINGS, json!({ "thresholds": thresholds })).await;
        let error = refused.value()["error"].clone();
        assert_eq!((refused.status, &error["field"]), (400, &json!("thresholds")));
        assert_eq!(error["message"], "Give at most five whole numbers from 1 to 100, e.g. 80, 95, or none.");
    }
    for (webhook, said) in [
        ("hooks.example.com/x", "Give a whole address"),
        ("ftp://1.1.1.1/x", "Give a whole address"),
        ("https://ada:pw@1.1.1.1/x", "Leave out user name, password and #"),
        ("https://1.1.1.1/x#y", "Leave out user name, password and #"),
        ("http://127.0.0.1:9/x", "mark it as being on your own network"),
        ("http://169.254.169.254/x", "mark it as being on your own network"),
        ("https://no-such-host.invalid/x", "could not be found"),
    ] {
        let refused = house.api(Method::PATCH, SETTINGS, json!({ "webhook": webhook })).await;
        let error = refused.value()["error"].clone();
        assert_eq!((refused.status, &error["field"]), (400, &json!("webhook")), "{webhook}");
        assert!(error["message"].as_str().unwrap().contains(said), "{webhook}: {error}");
        assert!(!error.to_string().contains("ada:pw"), "{error}");
    }
    let test = house.api(Method::POST, &format!("{SETTINGS}/test"), Value::Null).await;
    assert_eq!(
        (test.status, test.message().as_str()),
        (400, "There is no webhook yet: save its address first.")
    );
    // The person's word is asked for again when it is taken back.
    goes_to(&house, "http://127.0.0.1:9/x").await;
    let public = house.api(Method::PATCH, SETTINGS, json!({ "private_network": false })).await;
    assert_eq!((public.status, &public.value()["error"]["field"]), (400, &json!("webhook")));
    let settings = house.read(SETTINGS).await;
    assert_eq!((&settings["thresholds"], &settings["private_network"]), (&json!([80, 95]), &json!(true)));
    let none = house.api(Method::PATCH, SETTINGS, json!({ "webhook": "", "thresholds": [90, 50, 90] })).await;
    assert_eq!((&none.value()["webhook"], &none.value()["thresholds"]), (&json!(""), &json!([50, 90])));
}
