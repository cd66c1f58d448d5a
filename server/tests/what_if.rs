//! What-if: recorded usage replayed another way, over the management API and on the page.

use crate::support::{CHAT, House, PASSWORD, chat_body};
use crate::usage::priced;
use http::Method;
use serde_json::{Value, json};

/// What a chat request of the scripted provider uses: 221 fresh, 896 cached and 46 output tokens.
const COST: i64 = 221 * 3_000 + 896 * 300 + 46 * 15_000;
const TOKENS: i64 = 221 + 896 + 46;

async fn asked(house: &House, model: &str, agent: &str) {
    let body = chat_body(model, false);
    let answer = house.send("/v1/chat/completions", &[("user-agent", agent)], body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// A priced provider, an endpoint on a machine of one's own, and three requests for the priced one.
async fn used() -> House {
    let house = priced().await;
    house.endpoints(&house.provider.base()).await;
    house.account(CHAT, "key-one").await;
    for agent in ["opencode/1.0.3", "opencode/1.0.3", "Cline/3.0"] {
        asked(&house, "priced/ok", agent).await;
    }
    house.records(3).await;
    house
}

async fn combo(house: &House, name: &str, strategy: &str, targets: Value) {
    house.made("/api/v1/combos", json!({ "name": name, "strategy": strategy, "targets": targets })).await;
}

fn paid(known: i64, unknown_requests: i64) -> Value {
    json!({ "known": known, "unknown_requests": unknown_requests, "covered": 0, "covered_unknown": 0 })
}

fn whole(page: &Value) -> &Value {
    &page["estimate"]["would_be"]["whole"]
}

#[tokio::test]
async fn the_same_target_at_today_s_prices_costs_what_was_recorded() {
    let house = used().await;
    combo(&house, "same", "priority", json!([{ "model": "priced/ok" }])).await;
    for query in ["to=same", "change=model&to=priced/ok", "change=price&to=priced/ok"] {
        let page = house.read(&format!("/api/v1/what-if?days=1&zone=Europe/Berlin&{query}")).await;
        assert_eq!(page["recorded"]["whole"]["cost"], paid(3 * COST, 0));
        assert_eq!(*whole(&page), page["recorded"]["whole"], "{query}");
        assert_eq!(page["estimate"]["would_be"], page["recorded"], "{query}");
        assert_eq!((&page["notes"], &page["zone"]), (&json!([]), &json!("Europe/Berlin")));
        assert!(!page["estimate"]["assumptions"].as_array().unwrap().is_empty());
    }
    let nothing = house.read("/api/v1/what-if").await;
    assert_eq!((&nothing["estimate"], &nothing["days"]), (&Value::Null, &json!(30)));
    assert_eq!(nothing["parts"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn another_price_counts_for_its_model_and_what_is_left_empty_stays() {
    let house = used().await;
    let page = house.read("/api/v1/what-if?change=price&to=priced/ok&output=30&cache_read=0").await;
    assert_eq!(whole(&page)["cost"]["known"], 3 * (221 * 3_000 + 46 * 30_000));
    assert_eq!(page["prices"]["output"], 15_000_000_000_i64, "what it is today");
    // Nothing was asked of it.
    let other = house.read("/api/v1/what-if?change=price&to=groq/none&output=30").await;
    assert_eq!(other["estimate"]["would_be"], other["recorded"]);
    assert!(other["notes"][0].as_str().unwrap().contains("changes nothing"), "{other}");
}

#[tokio::test]
async fn a_model_that_costs_nothing_or_has_no_price_is_told_apart() {
    let house = used().await;
    let own = house.read(&format!("/api/v1/what-if?change=model&to={CHAT}/ok")).await;
    let free = json!({ "known": 0, "unknown_requests": 0, "covered": 0, "covered_unknown": 3 });
    assert_eq!(whole(&own)["cost"], free, "nobody states a list price for a machine of one's own");
    assert_eq!(own["estimate"]["would_be"]["tiers"], json!([{ "tier": "local", "tokens": 3 * TOKENS }]));
    assert_eq!(own["recorded"]["tiers"], json!([{ "tier": "cheap", "tokens": 3 * TOKENS }]));
    let unpriced = house.read("/api/v1/what-if?change=model&to=priced/reasoning").await;
    assert_eq!(whole(&unpriced)["cost"], paid(0, 3));
    assert_eq!(whole(&unpriced)["unknown_tokens"], 3 * TOKENS);
    // Fresh input and output have a price there, cached tokens have none.
    let partly = house.read("/api/v1/what-if?change=model&to=priced/tool-call").await;
    assert_eq!(whole(&partly)["cost"]["known"], 3 * (221 * 3_000 + 896 * 3_000 + 46 * 15_000));
    assert!(
        partly["estimate"]["assumptions"].to_string().contains("at the price of fresh input"),
        "{partly}"
    );
}

#[tokio::test]
async fn a_combo_goes_by_its_strategy_its_limits_and_what_can_be_used() {
    let house = used().await;
    let listed = json!([
        { "model": "groq/llama-3.3-70b-versatile" },
        { "model": "priced/reasoning", "enabled": false },
        { "model": format!("{CHAT}/ok"), "budget": { "measure": "tokens", "amount": TOKENS + 1, "period": "month" } },
        { "model": "priced/ok" },
    ]);
    combo(&house, "tight", "priority", listed).await;
    let page = house.read("/api/v1/what-if?to=tight").await;
    let rows = page["estimate"]["targets"].as_array().unwrap();
    let requests: Vec<_> = rows.iter().map(|row| (&row["target"], &row["would_be"]["requests"])).collect();
    let local = json!(format!("{CHAT}/ok"));
    assert_eq!(requests, [(&local, &json!(2)), (&json!("priced/ok"), &json!(1))], "{page:#}");
    let left_out = page["estimate"]["left_out"].to_string();
    assert!(left_out.contains("Groq has no account yet") && left_out.contains("switched off in this combo"));
    assert!(page["estimate"]["assumptions"].to_string().contains("Budgets begin unused"), "{page:#}");

    let only =
        json!([{ "model": "priced/ok", "budget": { "measure": "tokens", "amount": 1, "period": "month" } }]);
    combo(&house, "short", "priority", only).await;
    combo(&house, "outer", "weighted", json!([{ "model": "short" }])).await;
    let page = house.read("/api/v1/what-if?to=outer").await;
    assert_eq!((&whole(&page)["requests"], &page["estimate"]["unanswered_requests"]), (&json!(1), &json!(2)));

    combo(
        &house,
        "cheapest",
        "least-cost",
        json!([{ "model": "priced/ok" }, { "model": format!("{CHAT}/ok") }]),
    )
    .await;
    let page = house.read("/api/v1/what-if?to=cheapest").await;
    assert_eq!(whole(&page)["cost"]["known"], 0);
}

#[tokio::test]
async fn usage_is_filtered_as_on_its_page_and_bad_input_is_named() {
    let house = used().await;
    for (query, requests, words) in [
        ("client=OpenCode", 2, ""),
        ("key=laptop", 3, ""),
        ("provider=groq", 0, ""),
        ("days=0", 3, "1 day is looked at"),
        ("days=many", 3, "is no number of days"),
        ("days=9999", 3, "366 days are looked at"),
        ("key=nobody", 3, "There is no key called"),
        ("model=glm", 3, "is no provider/model"),
        ("change=mood", 3, "is nothing that can be changed here"),
        ("change=price&to=priced/ok&input=abc", 3, "is no price such as"),
        ("change=price&to=priced/ok&input=-1", 3, "is taken at $0"),
    ] {
        let page = house.read(&format!("/api/v1/what-if?{query}")).await;
        assert_eq!(page["recorded"]["whole"]["requests"], requests, "{query}");
        let notes = page["notes"].to_string();
        assert!(notes.contains(words) && (notes == "[]") == words.is_empty(), "{query}: {notes}");
    }
    for (query, status, words) in [
        ("to=gone", 404, "There is no combo called"),
        ("change=model&to=nobody/x", 400, "names no provider's model"),
        ("change=price&to=ok", 400, "names no provider's model"),
    ] {
        let answer = house.api(Method::GET, &format!("/api/v1/what-if?{query}"), Value::Null).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.text().contains(words), "{answer:?}");
    }
    combo(&house, "dead", "priority", json!([{ "model": "groq/llama-3.3-70b-versatile" }])).await;
    let answer = house.api(Method::GET, "/api/v1/what-if?to=dead", Value::Null).await;
    assert!(answer.status == 400 && answer.text().contains("Groq has no account yet"), "{answer:?}");
    let answer = house.api(Method::GET, "/api/v1/what-if?change=model&to=dead", Value::Null).await;
    assert!(answer.status == 400 && answer.text().contains("is a combo, not a model"), "{answer:?}");
}

#[tokio::test]
async fn the_page_works_by_its_address_alone() {
    let house = used().await;
    combo(&house, "local", "priority", json!([{ "model": format!("{CHAT}/ok") }])).await;
    let form = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &form).await.cookie().unwrap();
    let page = house.client.page("/what-if?to=local&days=7", &cookie).await;
    assert!(page.status == 200 && page.text().contains("Nothing to pay by the token instead of"), "{page:?}");
    let gone = house.client.page("/what-if?to=gone", &cookie).await;
    assert!(gone.status == 200 && gone.text().contains("There is no combo called"), "{gone:?}");
    let stranger = house.client.page("/what-if", "").await;
    assert!(stranger.status != 200 && !stranger.text().contains("priced"), "{stranger:?}");
}
