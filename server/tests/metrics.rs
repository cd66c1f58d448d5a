//! Prometheus sees what the records say, and nothing that is secret.

use crate::support::client::Answer;
use crate::support::exposition::{Exposition, Labels};
use crate::support::{CHAT, House, MESSAGES, chat_body, until};
use crate::usage::priced;
use bytes::Bytes;
use catalog::{Unit, Window};
use http::Method;
use serde_json::json;
use server::accounts::quota::Source;
use server::clock;
use std::collections::BTreeMap;

async fn scrape(house: &House, headers: &[(&str, &str)]) -> Answer {
    house.client.send(Method::GET, "/metrics", headers, Bytes::new()).await
}

/// What a scraper with a caller key reads.
pub(crate) async fn scraped(house: &House) -> Exposition {
    let key = format!("Bearer {}", house.key);
    let answer = scrape(house, &[("authorization", &key)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    Exposition::read(&answer.text())
}

/// The same as soon as so many requests were counted.
async fn counted(house: &House, requests: usize) -> Exposition {
    until("the counters", async || {
        let exposition = scraped(house).await;
        (exposition.sum("ninerouter_requests_total", &[]) == requests as f64).then_some(exposition)
    })
    .await
}

#[tokio::test]
async fn only_callers_read_the_metrics() {
    let house = House::open().await;
    let (bearer, key) = (format!("Bearer {}", house.bearer), format!("Bearer {}", house.key));
    for headers in [&[][..], &[("authorization", bearer.as_str())], &[("x-api-key", "nr-AAAA")]] {
        let refused = scrape(&house, headers).await;
        assert_eq!(refused.status, 401, "{headers:?}: {refused:?}");
        assert!(!refused.text().contains("ninerouter_"), "{refused:?}");
    }
    assert_eq!(scrape(&house, &[("authorization", &key)]).await.status, 200);
    let read = scraped(&house).await;
    assert_eq!(
        read.value("ninerouter_build_info", &[("version", env!("CARGO_PKG_VERSION"))]),
        Some(1.0),
        "{read:?}"
    );
    house.policy(json!({ "require_key": false })).await;
    assert_eq!(scrape(&house, &[]).await.status, 200, "as everything a caller may ask for on this machine");
    assert_eq!(scrape(&house, &[("x-forwarded-for", "9.9.9.9")]).await.status, 401);
}

/// Adds to the series of these labels.
fn add(sums: &mut BTreeMap<Labels, f64>, labels: &[(&str, &str)], value: f64) {
    let of = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    *sums.entry(labels.iter().map(of).collect()).or_default() += value;
}

/// Money is added up in another order.
fn assert_same(read: &Exposition, name: &str, expected: &BTreeMap<Labels, f64>) {
    let all: BTreeMap<Labels, f64> = read.all(name).into_iter().collect();
    let names = |sums: &BTreeMap<Labels, f64>| sums.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&all), names(expected), "{name}");
    for (labels, value) in expected {
        assert!((all[labels] - value).abs() < 1e-9, "{name} {labels:?}: {} and not {value}", all[labels]);
    }
}

#[tokio::test]
async fn the_counters_say_what_the_records_say() {
    let house = priced().await;
    house.endpoints(&house.provider.base()).await;
    house.account(CHAT, "key-error-503").await;
    house.account(CHAT, "key-good").await;
    house.account(MESSAGES, "key-error-400").await;
    let tool = [("user-agent", "claude-cli/2.0.14"), ("x-secret", "nr-secret")];
    for stream in [false, true, true] {
        let answer = house.send("/v1/chat/completions", &tool, chat_body("priced/ok", stream)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(house.chat("ok", false).await.status, 200, "another account answered");
    assert_eq!(house.messages("ok", false).await.status, 400);
    let odd = [("user-agent", "nr-secret-in-a-name/1.0")];
    let nobody = house.send("/v1/chat/completions", &odd, chat_body("nobody/ok", false)).await;
    assert_eq!(nobody.status, 404, "{nobody:?}");
    let broken = house.send("/v1/chat/completions", &[], chat_body("priced/cut-mid-stream", true)).await;
    assert_eq!(broken.status, 200, "{broken:?}");

    let rows = house.records(7).await;
    let read = counted(&house, 7).await;
    let [mut requests, mut attempts, mut tokens, mut cost, mut durations, mut firsts] =
        [(); 6].map(|()| BTreeMap::new());
    let mut outcomes = Vec::new();
    for row in &rows {
        let text = |name: &str| row[name].as_str().unwrap();
        let (provider, model) = text("target").split_once('/').unwrap_or_default();
        let target = [("provider", provider), ("model", model)];
        let client = if text("client") == "Claude Code" { "Claude Code" } else { "other" };
        let of_request = [target[0], target[1], ("client", client), ("outcome", text("outcome"))];
        add(&mut requests, &of_request, 1.0);
        add(&mut durations, &target, row["total_ms"].as_f64().unwrap() / 1000.0);
        if let Some(first) = row["first_token_ms"].as_f64() {
            add(&mut firsts, &target, first / 1000.0);
        }
        for kind in ["input", "cache_read", "cache_write", "output"] {
            if let Some(count) = row["tokens"][kind].as_f64() {
                add(&mut tokens, &[target[0], target[1], ("kind", kind)], count);
            }
        }
        if let Some(nanos) = row["cost"].as_f64() {
            add(&mut cost, &target, nanos / 1e9);
        }
        for attempt in house.detail(row).await["attempts"].as_array().unwrap() {
            let text = |name: &str| attempt[name].as_str().unwrap();
            let (provider, model) = text("target").split_once('/').unwrap();
            let outcome = match (attempt["won"].as_bool().unwrap(), text("rule")) {
                (true, "") if text("error").is_empty() => "answered",
                (true, _) => "broken",
                (false, _) => "failed",
            };
            outcomes.push(outcome);
            // Of a request with one attempt that answered, the rule is not written down.
            let rule = ("rule", if outcome == "broken" { "default/cut" } else { text("rule") });
            add(&mut attempts, &[("provider", provider), ("model", model), ("outcome", outcome), rule], 1.0);
        }
    }
    assert_same(&read, "ninerouter_requests_total", &requests);
    assert_same(&read, "ninerouter_attempts_total", &attempts);
    assert_same(&read, "ninerouter_cost_usd_total", &cost);
    assert_same(&read, "ninerouter_request_duration_seconds_sum", &durations);
    assert_same(&read, "ninerouter_first_token_seconds_sum", &firsts);
    for (labels, value) in &tokens {
        let labels: Vec<_> = labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read.value("ninerouter_tokens_total", &labels), Some(*value), "{labels:?}");
    }
    for outcome in ["answered", "broken", "failed"] {
        assert!(outcomes.contains(&outcome), "all that is counted happened: {outcomes:?}");
    }
    assert!(cost.values().any(|dollars| *dollars > 0.0), "{cost:?}");
    assert_eq!(read.value("ninerouter_records_waiting", &[]), Some(0.0));
    for secret in [house.key.as_str(), "nr-", "key-", "secret", house.bearer.as_str()] {
        assert!(read.words().all(|word| !word.contains(secret)), "{secret} in {read:?}");
    }
}

#[tokio::test]
async fn the_gauges_say_how_things_stand() {
    let house = House::with_accounts(&["key-one"]).await;
    let gauge = async |name: &str, provider: &str| {
        scraped(&house).await.value(&format!("ninerouter_{name}"), &[("provider", provider)])
    };
    let body = chat_body(&format!("{CHAT}/stall-mid-stream"), true);
    let key = format!("Bearer {}", house.key);
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let open = house.client.begin(Method::POST, "/v1/chat/completions", &headers, body.into()).await;
    assert_eq!(gauge("in_flight", CHAT).await, Some(1.0));
    assert_eq!(gauge("in_flight", MESSAGES).await, Some(0.0));
    assert_eq!(gauge("in_flight", "openai").await, None, "nobody has an account there");
    drop(open);
    until("the end", async || (gauge("in_flight", CHAT).await == Some(0.0)).then_some(())).await;

    for (name, script) in
        [("limited", "error-429-retry-after"), ("refused", "error-401"), ("down", "error-503")]
    {
        let endpoint = json!({
            "name": name, "prefix": name, "dialect": "chat", "base_url": house.provider.base(),
            "private_network": true, "models": ["ok"],
        });
        house.made("/api/v1/endpoints", endpoint).await;
        house.account(name, &format!("key-{script}")).await;
        for _ in 0..4 {
            house.send("/v1/chat/completions", &[], chat_body(&format!("{name}/ok"), false)).await;
        }
    }
    let read = scraped(&house).await;
    for (name, expected) in [
        ("accounts_parked", [1.0, 0.0, 0.0]),
        ("accounts_needing_a_person", [0.0, 1.0, 0.0]),
        ("circuits_open", [0.0, 0.0, 1.0]),
    ] {
        let of = |provider| read.value(&format!("ninerouter_{name}"), &[("provider", provider)]).unwrap();
        assert_eq!(["limited", "refused", "down"].map(of), expected, "{name}: {read:?}");
    }
}

#[tokio::test]
async fn limits_are_told_with_names_of_their_own() {
    let house = House::with_accounts(&["key-one"]).await;
    let now = clock::now().unix_ms;
    let window = |name: &str, unit, model: Option<&str>, used| Window {
        name: name.to_owned(),
        model: model.map(str::to_owned),
        unit,
        used_permille: used,
        used: None,
        limit: None,
        left: None,
        resets_at_ms: Some(now + 3_600_000),
        lasts_ms: None,
    };
    let windows = vec![
        window("5 \"short\" hours", Unit::Percent, None, Some(255)),
        window("Day", Unit::Tokens, None, Some(1000)),
        window("Day", Unit::Requests, None, Some(10)),
        window("Day", Unit::Requests, Some("*opus*"), Some(20)),
        window("Unknown", Unit::Percent, None, None),
    ];
    let snapshot = house.app.snapshot();
    snapshot.provider(CHAT).unwrap().accounts[0].quota.note(windows, Source::Probe, now, true);
    let read = scraped(&house).await;
    let used: Vec<(String, f64)> = read
        .all("ninerouter_quota_used_ratio")
        .into_iter()
        .map(|(labels, value)| {
            assert_eq!((labels["provider"].as_str(), labels["account"].as_str()), (CHAT, "account key-one"));
            (labels["window"].clone(), value)
        })
        .collect();
    let expected = [
        ("5 \"short\" hours", 0.255),
        ("Day (requests)", 0.01),
        ("Day (requests), *opus*", 0.02),
        ("Day (tokens)", 1.0),
    ];
    assert_eq!(used, expected.map(|(name, ratio)| (name.to_owned(), ratio)));
}
