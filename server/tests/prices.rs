//! Prices that a person sets: they count from the next request on, and for recorded ones once these are recalculated.

use crate::support::{CHAT, House, MESSAGES, chat_body, messages_body, until};
use crate::usage::priced;
use http::Method;
use serde_json::{Value, json};

async fn set(house: &House, model: &str, price: Value) -> Value {
    let mut body = price;
    body["model"] = json!(model);
    let answer = house.api(Method::PUT, "/api/v1/prices", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.value()
}

async fn unset(house: &House, model: &str) -> u16 {
    let path = format!("/api/v1/prices?model={}", model.replace('/', "%2F"));
    house.api(Method::DELETE, &path, Value::Null).await.status
}

/// Recalculates all that is recorded, to the end.
async fn recalculate(house: &House) -> Value {
    let begun = house.api(Method::POST, "/api/v1/recalculation", json!({})).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    until("it is recalculated", async || {
        house.read("/api/v1/recalculation").await["ended_at"].is_i64().then_some(())
    })
    .await;
    house.read("/api/v1/recalculation").await
}

async fn chat(house: &House, model: &str) {
    let answer = house.send("/v1/chat/completions", &[], chat_body(model, false)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn per_token(input: i64, output: i64) -> Value {
    json!({ "input": input * 1_000_000, "output": output * 1_000_000, "cache_read": 0 })
}

/// What the newest request's tokens cost at so much for input and output, cache reads being free.
fn at(row: &Value, input: i64, output: i64) -> Value {
    let count = |name: &str| row["tokens"][name].as_i64().unwrap();
    json!(count("input") * input + count("output") * output)
}

#[tokio::test]
async fn a_price_counts_from_the_next_request_on_and_is_taken_back() {
    let house = priced().await;
    chat(&house, "priced/ok").await;
    let stated = house.records(1).await[0]["cost"].clone();
    let row = set(&house, "priced/ok", per_token(7, 11)).await;
    assert_eq!((&row["from"], &row["requests"], &row["tier"]), (&json!("yours"), &json!(1), &json!("cheap")));
    assert_eq!(row["stated"]["output"], json!(15_000_000_000_i64));
    chat(&house, "priced/ok").await;
    let rows = house.records(2).await;
    assert_eq!(rows[0]["cost"], at(&rows[0], 7, 11));
    assert_eq!(rows[1]["cost"], stated, "what was recorded stays");
    let detail = house.detail(&rows[0]).await;
    assert_eq!(detail["price_from"], "yours");
    assert_eq!(unset(&house, "priced/ok").await, 200);
    chat(&house, "priced/ok").await;
    assert_eq!(house.records(3).await[0]["cost"], stated);
    assert_eq!(unset(&house, "priced/ok").await, 404, "there is nothing to take back");
}

#[tokio::test]
async fn an_unknown_price_is_set_and_what_was_recorded_recalculated() {
    let house = priced().await;
    chat(&house, "priced/reasoning").await;
    chat(&house, "priced/ok").await;
    let rows = house.records(2).await;
    let (known, unknown) = (rows[0]["cost"].as_i64().unwrap(), rows[1]["cost"].clone());
    assert_eq!(unknown, Value::Null);
    let page = house.read("/api/v1/prices").await;
    assert_eq!(
        (&page["unknown"], &page["rows"][0]["model"]),
        (&json!(1), &json!("reasoning")),
        "it comes first"
    );
    assert_eq!(house.read("/api/v1/recalculation").await, Value::Null);

    set(&house, "priced/reasoning", per_token(2, 3)).await;
    let done = recalculate(&house).await;
    let rows = house.records(2).await;
    let now = at(&rows[1], 2, 3);
    assert_eq!((&rows[1]["cost"], &rows[0]["cost"]), (&now, &json!(known)));
    let all = known + now.as_i64().unwrap();
    assert_eq!((&done["cost_before"], &done["cost_after"]), (&json!(known), &json!(all)));
    assert_eq!((&done["unknown_after"], &done["requests_done"]), (&json!(0), &json!(2)));
    let today = house.read("/api/v1/overview").await["today"]["cost"].clone();
    assert_eq!((&today["known"], &today["unknown_requests"]), (&json!(all), &json!(0)));
    assert_eq!(house.read("/api/v1/prices").await["unknown"], 0);
}

#[tokio::test]
async fn what_is_covered_costs_nothing_and_says_what_it_would_have() {
    let house = House::with_accounts(&["key-one"]).await;
    chat(&house, "oai/ok").await;
    let row = house.records(1).await[0].clone();
    assert_eq!((&row["cost"], &row["covered"]), (&json!(0), &json!(true)));
    let today = async || house.read("/api/v1/overview").await["today"]["cost"].clone();
    let cost = |covered: i64, unknown: i64| json!({ "known": 0, "unknown_requests": 0, "covered": covered, "covered_unknown": unknown });
    assert_eq!(today().await, cost(0, 1), "nobody states what it would have cost");
    set(&house, &format!("{CHAT}/ok"), per_token(5, 6)).await;
    chat(&house, "oai/ok").await;
    let rows = house.records(2).await;
    let listed = at(&rows[0], 5, 6);
    assert_eq!((&rows[0]["cost"], &rows[0]["covered"]), (&json!(0), &json!(true)));
    let detail = house.detail(&rows[0]).await;
    assert_eq!((&detail["list_cost"], &detail["price_from"]), (&listed, &json!("yours")));
    let listed = listed.as_i64().unwrap();
    assert_eq!(today().await, cost(listed, 1));
    recalculate(&house).await;
    assert_eq!(today().await, cost(2 * listed, 0));
    let usage = house.read("/api/v1/usage").await;
    assert_eq!(usage["shares"][0]["whole"]["cost"]["covered"], json!(2 * listed));
}

#[tokio::test]
async fn the_cheapest_is_the_cheapest_by_the_prices_that_count() {
    let house = priced().await;
    let targets = json!([{ "model": "priced/ok" }, { "model": "priced/reasoning" }]);
    let combo = json!({ "name": "best", "enabled": true, "strategy": "least-cost", "targets": targets });
    house.made("/api/v1/combos", combo).await;
    let first = async || {
        let plan = house.api(Method::POST, "/api/v1/route", json!({ "model": "best" })).await.value();
        plan["steps"][0]["target"].clone()
    };
    assert_eq!(first().await, "priced/ok", "unknown prices come last");
    set(&house, "priced/reasoning", per_token(1, 1)).await;
    assert_eq!(first().await, "priced/reasoning");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let house = priced().await;
    for (body, field) in [
        (json!({ "model": "priced/ok", "input": -1 }), "input"),
        (json!({ "model": "priced/ok", "output": 200_000_000_000_000_i64 }), "output"),
        (json!({ "model": "priced/ok" }), "input"),
        (json!({ "model": "priced/ok", "input": 1, "cache_read": 2 }), "cache_read"),
        (json!({ "model": "priced/", "input": 1 }), "model"),
        (json!({ "model": "ok", "input": 1 }), "model"),
        (json!({ "model": "nobody/ok", "input": 1 }), "model"),
    ] {
        let refused = house.api(Method::PUT, "/api/v1/prices", body.clone()).await;
        assert_eq!(refused.status, 400, "{body}");
        assert!(refused.text().contains(&format!("\"{field}\"")), "{body}: {refused:?}");
    }
    for body in [json!({ "model": "priced/ok", "input": "1" }), json!({ "model": "priced/ok", "price": 1 })] {
        assert_eq!(house.api(Method::PUT, "/api/v1/prices", body).await.status, 400);
    }
    let odd = house.api(Method::POST, "/api/v1/recalculation", json!({ "from": "yesterday" })).await;
    assert!(odd.status == 400 && odd.text().contains("from"), "{odd:?}");
    let page = house.read("/api/v1/prices?show=odd&set=nonsense").await;
    assert_eq!(page["notes"].as_array().unwrap().len(), 2, "{page}");
    assert_eq!(house.read("/api/v1/prices?show=yours").await["rows"], json!([]), "nothing was set");
}

#[tokio::test]
async fn a_price_goes_with_the_endpoint_it_was_set_for() {
    let house = House::with_accounts(&["key-one"]).await;
    set(&house, &format!("{CHAT}/any-model-of-it"), per_token(5, 6)).await;
    let listed = house.read("/api/v1/prices?show=yours").await;
    assert_eq!(listed["rows"][0]["model"], "any-model-of-it");
    let gone = house.api(Method::DELETE, &format!("/api/v1/endpoints/{CHAT}"), Value::Null).await;
    assert_eq!(gone.status, 204);
    assert_eq!(house.read("/api/v1/prices?show=yours").await["rows"], json!([]));
}

#[tokio::test]
async fn a_picture_is_priced_by_the_tokens_its_answer_states() {
    let house = House::with_accounts(&["key-one"]).await;
    set(&house, &format!("{CHAT}/ok"), per_token(5, 40)).await;
    let asked = json!({ "model": "oai/ok", "prompt": "A router" }).to_string();
    assert_eq!(house.send("/v1/images/generations", &[], asked).await.status, 200);
    let row = house.record().await;
    let tokens = json!({ "input": 50, "cache_read": 0, "cache_write": 0, "output": 1056 });
    assert_eq!(row["tokens"], tokens, "pictures that are made are output tokens");
    assert_eq!(house.detail(&row).await["list_cost"], at(&row, 5, 40));
}

#[tokio::test]
async fn a_picture_that_comes_as_a_stream_states_its_tokens_too() {
    let house = House::with_accounts(&["key-one"]).await;
    set(&house, &format!("{CHAT}/gpt-image-2"), per_token(5, 40)).await;
    let asked = json!({ "model": "oai/gpt-image-2", "prompt": "A router", "stream": true }).to_string();
    let answer = house.send("/v1/images/generations", &[], asked).await;
    assert!(answer.text().contains("event: image_generation.completed\n"), "{answer:?}");
    let row = house.record().await;
    assert_eq!((&row["tokens"]["input"], &row["tokens"]["output"]), (&json!(50), &json!(1056)));
    let detail = house.detail(&row).await;
    assert_eq!((&detail["images"], &detail["list_cost"]), (&json!(1), &at(&row, 5, 40)));
}

#[tokio::test]
async fn a_picture_is_paid_by_the_picture_where_one_has_a_price() {
    let house = priced().await;
    let drawn = async |count: u32| {
        let asked = json!({ "model": "priced/imagen-4", "prompt": "A router", "n": count }).to_string();
        assert_eq!(house.send("/v1/images/generations", &[], asked).await.status, 200);
    };
    drawn(2).await;
    let row = house.record().await;
    assert_eq!((&row["cost"], &row["tokens"]), (&Value::Null, &Value::Null), "neither is known");
    assert_eq!(house.detail(&row).await["images"], 2);
    let set_to = set(&house, "priced/imagen-4", json!({ "image": 40_000_000 })).await;
    assert_eq!(set_to["price"]["image"], 40_000_000);
    assert_eq!(house.read("/api/v1/prices").await["unknown"], 0, "a price by the picture is a price");
    drawn(3).await;
    let row = house.records(2).await[0].clone();
    assert_eq!(row["cost"], 120_000_000);
    let line =
        json!({ "label": "Images", "count": 3, "unit": "image", "price": 40_000_000, "cost": 120_000_000 });
    assert_eq!(house.detail(&row).await["prices"], json!([line]));
    let done = recalculate(&house).await;
    assert_eq!((&done["cost_after"], &done["unknown_after"]), (&json!(200_000_000), &json!(0)));
    let today = house.read("/api/v1/overview").await["today"]["cost"].clone();
    assert_eq!((&today["known"], &today["unknown_requests"]), (&json!(200_000_000), &json!(0)));
}

#[tokio::test]
async fn what_a_provider_states_that_it_billed_is_the_cost() {
    let house = priced().await;
    let asked = |stream| chat_body("stating/stated-cost", stream);
    for stream in [false, true] {
        assert_eq!(house.send("/v1/chat/completions", &[], asked(stream)).await.status, 200);
    }
    let messages = json!({ "model": "stating/stated-cost", "max_tokens": 9, "stream": true,
        "messages": [{ "role": "user", "content": "Hi" }] });
    assert_eq!(house.send("/v1/messages", &[], messages.to_string()).await.status, 200);
    let rows = house.records(3).await;
    assert!(
        rows.iter().all(|row| row["cost"] == 25_300 && row["tokens"]["output"].as_i64() > Some(0)),
        "{rows:#?}"
    );
    let picture = json!({ "model": "stating/stated-cost", "prompt": "A router" }).to_string();
    assert_eq!(house.send("/v1/images/generations", &[], picture).await.status, 200);
    let drawn = house.records(4).await[0].clone();
    assert_eq!((&drawn["cost"], &drawn["tokens"]), (&json!(20_000_000), &Value::Null));
    assert_eq!(house.detail(&drawn).await["stated"], true);
    let page = house.read("/api/v1/prices").await;
    let row =
        page["rows"].as_array().unwrap().iter().find(|row| row["provider_id"] == "stating").unwrap().clone();
    assert_eq!((&page["unknown"], &row["from"]), (&json!(0), &json!("answers")), "no price is missed");
    // Whatever a person sets, the bill stays what it was.
    set(&house, "stating/stated-cost", per_token(7, 11)).await;
    recalculate(&house).await;
    let costs: Vec<_> = house.records(4).await.iter().map(|row| row["cost"].clone()).collect();
    assert_eq!(costs, [20_000_000, 25_300, 25_300, 25_300]);
    // Of those of whom it is not known, a `cost` may be anything.
    chat(&house, "priced/stated-cost").await;
    assert_eq!(house.records(5).await[0]["cost"], Value::Null);
}

#[tokio::test]
async fn what_broke_off_is_booked_to_whom_it_came_from() {
    let house = House::with_accounts(&["key-one"]).await;
    let combo = json!({ "name": "best", "enabled": true, "strategy": "priority",
        "targets": [{ "model": format!("{MESSAGES}/cut-mid-stream") }, { "model": "oai/error-429" }] });
    house.made("/api/v1/combos", combo).await;
    let answer = house.send("/v1/messages", &[], messages_body("best", true)).await;
    assert_eq!(answer.status, 200, "it had begun");
    let row = house.record().await;
    assert_eq!(row["outcome"], "broken");
    assert_eq!(
        row["tried"].as_array().unwrap().last().unwrap(),
        "oai/error-429",
        "it was asked last: {row:#}"
    );
    assert_eq!(row["target"], format!("{MESSAGES}/cut-mid-stream"), "whose tokens these are: {row:#}");
    assert!(row["tokens"]["input"].as_i64() > Some(0), "{row:#}");
}
