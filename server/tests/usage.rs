//! Where tokens and money went: exact, once for each request, whatever became of it.

use crate::scripted::says::{Counts, counts};
use crate::support::{CHAT, House, PASSWORD, Provider, chat_body, messages_body, until};
use app::api::requests::RequestFilter;
use serde_json::{Value, json};
use server::store::Sum;
use std::sync::Arc;
use tempfile::TempDir;
use wire::Dialect;

const CHAT_COUNTS: Counts = counts(Dialect::Chat);
const MESSAGES_COUNTS: Counts = counts(Dialect::Messages);

/// A house with a provider whose prices are known: 3, 15, 0.3 and 3.75 USD per million.
pub(crate) async fn priced() -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    std::fs::create_dir(folder.path().join("providers")).unwrap();
    let file = format!(
        r#"
id = "priced"
name = "Priced"
tier = "cheap"
also = ["images"]
[auth]
kind = "key"
[[speaks]]
dialect = "chat"
url = "{base}/chat/completions"
[[speaks]]
dialect = "messages"
url = "{base}/messages"
[[model]]
id = "ok"
name = "Good"
price = {{ input = 3.0, output = 15.0, cache_read = 0.3, cache_write = 3.75 }}
[[model]]
id = "no-usage"
name = "Silent about usage"
price = {{ input = 3.0, output = 15.0, cache_read = 0.3, cache_write = 3.75 }}
[[model]]
id = "reasoning"
name = "Of unknown price"
[[model]]
id = "tool-call"
name = "Of partly known price"
price = {{ input = 3.0, output = 15.0 }}
"#,
        base = provider.base()
    );
    std::fs::write(folder.path().join("providers/priced.toml"), file).unwrap();
    let stating = format!(
        r#"
id = "stating"
name = "Stating"
tier = "cheap"
also = ["images"]
states_cost = true
[auth]
kind = "key"
[[speaks]]
dialect = "chat"
url = "{base}/chat/completions"
"#,
        base = provider.base()
    );
    std::fs::write(folder.path().join("providers/stating.toml"), stating).unwrap();
    let house = House::furnished(House::on(folder, &[], provider).await).await;
    house.account("priced", "key-one").await;
    house.account("stating", "key-two").await;
    house
}

async fn chat(house: &House, model: &str, stream: bool) {
    let answer = house.send("/v1/chat/completions", &[], chat_body(&format!("priced/{model}"), stream)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn messages(house: &House, model: &str, stream: bool) {
    let answer = house.send("/v1/messages", &[], messages_body(&format!("priced/{model}"), stream)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

const CHAT_COST: i64 = 221 * 3_000 + 896 * 300 + 46 * 15_000;
const MESSAGES_COST: i64 = 21 * 3_000 + 1890 * 300 + 188 * 3_750 + 46 * 15_000;

#[tokio::test]
async fn tokens_and_cost_are_exact_and_cached_tokens_are_counted_once() {
    let house = priced().await;
    chat(&house, "ok", false).await;
    chat(&house, "ok", true).await;
    messages(&house, "ok", false).await;
    messages(&house, "ok", true).await;
    let rows = house.records(4).await;
    let chat_tokens = json!({ "input": CHAT_COUNTS.input, "cache_read": CHAT_COUNTS.read, "cache_write": 0, "output": CHAT_COUNTS.output });
    let messages_tokens = json!({ "input": MESSAGES_COUNTS.input, "cache_read": MESSAGES_COUNTS.read, "cache_write": MESSAGES_COUNTS.written, "output": CHAT_COUNTS.output });
    let expected = [(&messages_tokens, MESSAGES_COST, "messages"), (&chat_tokens, CHAT_COST, "chat")];
    for (row, (tokens, cost, dialect)) in rows.iter().zip(expected.iter().flat_map(|one| [one, one])) {
        assert_eq!((&row["tokens"], &row["cost"]), (*tokens, &json!(cost)), "{row:#?}");
        assert_eq!(
            (&row["dialect"], &row["outcome"], &row["status"]),
            (&json!(dialect), &json!("answered"), &json!(200))
        );
        assert_eq!(
            (&row["target"], &row["account"], &row["key"]),
            (&json!("priced/ok"), &json!("account key-one"), &json!("laptop"))
        );
        let detail = house.detail(row).await;
        let lines = detail["prices"].as_array().unwrap();
        assert_eq!(
            lines.iter().map(|line| line["cost"].as_i64().unwrap()).sum::<i64>(),
            *cost,
            "{detail:#?}"
        );
        assert_eq!(lines.iter().map(|line| line["count"].as_i64().unwrap()).sum::<i64>(), sum(tokens));
        let reasoning = if *dialect == "chat" { json!(10) } else { Value::Null };
        assert_eq!(detail["reasoning_tokens"], reasoning, "reasoning is part of the output");
        assert!(detail["upstream_id"].as_str().unwrap().starts_with(if *dialect == "chat" {
            "chatcmpl-"
        } else {
            "msg_"
        }));
        assert!(matches!(detail["finish"].as_str().unwrap(), "stop" | "end_turn"));
        assert_eq!(detail["attempts"].as_array().unwrap().len(), 1);
    }
    let today = house.read("/api/v1/overview").await["today"].clone();
    assert_eq!(
        today["cost"],
        json!({ "known": 2 * (CHAT_COST + MESSAGES_COST), "unknown_requests": 0, "covered": 0, "covered_unknown": 0 })
    );
    let total = json!({
        "input": 2 * (CHAT_COUNTS.input + MESSAGES_COUNTS.input), "cache_read": 2 * (CHAT_COUNTS.read + MESSAGES_COUNTS.read),
        "cache_write": 2 * MESSAGES_COUNTS.written, "output": 4 * CHAT_COUNTS.output,
    });
    assert_eq!((&today["tokens"], &today["requests"], &today["failed"]), (&total, &json!(4), &json!(0)));
}

fn sum(tokens: &Value) -> i64 {
    tokens.as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum()
}

#[tokio::test]
async fn a_price_that_nobody_states_is_unknown_and_never_nothing() {
    let house = priced().await;
    chat(&house, "reasoning", false).await;
    // Its cache price is not stated, and cached tokens were used.
    messages(&house, "tool-call", true).await;
    for row in house.records(2).await {
        assert_eq!(row["cost"], Value::Null, "{row:#?}");
        assert_eq!(row["tokens"]["output"], CHAT_COUNTS.output);
    }
    let today = house.read("/api/v1/overview").await["today"].clone();
    assert_eq!(
        today["cost"],
        json!({ "known": 0, "unknown_requests": 2, "covered": 0, "covered_unknown": 0 })
    );
}

#[tokio::test]
async fn usage_that_is_not_stated_is_unknown() {
    let house = priced().await;
    for stream in [false, true] {
        chat(&house, "no-usage", stream).await;
        messages(&house, "no-usage", stream).await;
    }
    for row in house.records(4).await {
        assert_eq!((&row["tokens"], &row["cost"]), (&Value::Null, &Value::Null), "{row:#?}");
        assert_eq!(row["outcome"], "answered");
    }
    assert_eq!(house.read("/api/v1/overview").await["today"]["cost"]["unknown_requests"], 4);
}

#[tokio::test]
async fn one_s_own_machine_costs_nothing() {
    let house = House::with_accounts(&["key-one"]).await;
    house.chat("ok", false).await;
    assert_eq!(house.record().await["cost"], 0);
}

#[tokio::test]
async fn bytes_and_times_are_those_of_the_request() {
    let house = House::with_accounts(&["key-one"]).await;
    let body = chat_body(&format!("{CHAT}/slow-first-token"), true);
    let length = body.len();
    let answer = house.send("/v1/chat/completions", &[("user-agent", "opencode/1.0.3")], body).await;
    let row = house.record().await;
    let detail = house.detail(&row).await;
    assert_eq!((&detail["bytes_in"], &detail["bytes_out"]), (&json!(length), &json!(answer.bytes.len())));
    let (first, total) = (row["first_token_ms"].as_i64().unwrap(), row["total_ms"].as_i64().unwrap());
    assert!(first >= 1400 && total >= first, "it waited for the first word: {first}, {total}");
    assert_eq!((&row["client"], &row["streaming"]), (&json!("OpenCode"), &json!(true)));
    assert_eq!(answer.header("x-ninerouter-request"), row["id"].as_str().unwrap());
}

/// One request of every sort of end.
async fn all_sorts(house: &House) -> usize {
    house.chat("ok", true).await;
    house.messages("ok", false).await;
    house.chat("no-usage", false).await;
    house.chat("error-400", false).await;
    house.chat("error-500-once", false).await;
    house.messages("cut-mid-stream", true).await;
    house.send("/v1/chat/completions", &[], chat_body("nothing/like-it", false)).await;
    tokio::select! {
        _ = house.messages("stall-mid-stream", true) => panic!("it does not end"),
        _ = house.provider.until(|seen| seen.iter().any(|one| one.script == "stall-mid-stream")) => {}
    }
    8
}

#[tokio::test]
async fn there_is_one_record_a_request_and_the_hours_are_their_sum() {
    let house = House::with_accounts(&["key-one"]).await;
    let count = all_sorts(&house).await;
    let rows = house.records(count).await;
    let mut outcomes: Vec<&str> = rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    outcomes.sort_unstable();
    let expected =
        ["answered", "answered", "answered", "answered", "broken", "cancelled", "failed", "failed"];
    assert_eq!(outcomes, expected);

    let records = house.app.store.requests(&RequestFilter::default(), 100).await.unwrap().records;
    let (mut raw, mut kept) = (Sum::default(), Sum::default());
    for record in &records {
        let usage = record.usage.unwrap_or_default();
        let number = |count: u64| i64::try_from(count).unwrap();
        raw.requests += 1;
        raw.input_tokens += number(usage.input);
        raw.cache_read_tokens += number(usage.cache_read);
        raw.cache_write_tokens += number(usage.cache_write);
        raw.output_tokens += number(usage.output);
        raw.cost += record.cost.unwrap_or(0);
        raw.total_ms += record.total_ms;
    }
    for (_, hour) in house.app.store.hours(0, i64::MAX).await.unwrap() {
        kept.requests += hour.requests;
        kept.answered += hour.answered;
        kept.failed += hour.failed;
        kept.broken += hour.broken;
        kept.cancelled += hour.cancelled;
        kept.fallbacks += hour.fallbacks;
        kept.input_tokens += hour.input_tokens;
        kept.cache_read_tokens += hour.cache_read_tokens;
        kept.cache_write_tokens += hour.cache_write_tokens;
        kept.output_tokens += hour.output_tokens;
        kept.cost += hour.cost;
        kept.total_ms += hour.total_ms;
    }
    assert_eq!((kept.answered, kept.failed, kept.broken, kept.cancelled, kept.fallbacks), (4, 2, 1, 1, 1));
    let counts = |sum: &Sum| {
        let tokens = [sum.input_tokens, sum.cache_read_tokens, sum.cache_write_tokens, sum.output_tokens];
        (sum.requests, tokens, sum.cost, sum.total_ms)
    };
    assert_eq!(counts(&kept), counts(&raw));
    assert!(raw.input_tokens > 0 && raw.total_ms > 0, "there is something to sum up");
}

#[tokio::test]
async fn keys_and_accounts_show_when_they_were_used() {
    let house = House::with_accounts(&["key-one"]).await;
    assert_eq!(house.read("/api/v1/keys").await[0]["last_used_at"], Value::Null);
    house.chat("ok", false).await;
    house.chat("ok", true).await;
    house.records(2).await;
    let key = house.read("/api/v1/keys").await[0].clone();
    assert_eq!(key["requests"], 2, "{key:#?}");
    assert!(key["last_used_at"].is_i64(), "{key:#?}");
    let used = house.read("/api/v1/accounts").await;
    let used = used.as_array().unwrap().iter().filter(|row| row["last_used_at"].is_i64()).count();
    assert_eq!(used, 1, "only the account that answered");
}

#[tokio::test]
async fn requests_are_found_by_filter_and_by_page() {
    let house = House::with_accounts(&["key-one"]).await;
    let count = all_sorts(&house).await;
    let rows = house.records(count).await;
    for (filter, found) in [
        ("?outcome=failed", 2),
        ("?outcome=broken", 1),
        ("?provider=ant", 3),
        ("?key=laptop", count),
        ("?key=nobody", 0),
        ("?search=LIKE-it", 1),
        ("?search=no_usage", 0),
        ("?search=%25", 0),
        ("?outcome=failed&search=400", 1),
    ] {
        let list = house.read(&format!("/api/v1/requests{filter}")).await;
        assert_eq!(list["rows"].as_array().unwrap().len(), found, "{filter}: {list:#?}");
    }
    let before = rows[2]["id"].as_str().unwrap();
    let older = house.read(&format!("/api/v1/requests?before={before}")).await;
    assert_eq!(older["rows"].as_array().unwrap(), &rows[3..], "newest first, from there on");
    let strange = house.read("/api/v1/requests?outcome=lost").await;
    assert_eq!(strange["notes"].as_array().unwrap().len(), 1, "a filter that makes no sense is named");
}

#[tokio::test]
async fn nothing_is_lost_when_the_router_stops_at_once() {
    let house = House::with_accounts(&["key-one"]).await;
    for _ in 0..20 {
        house.chat("ok", true).await;
    }
    let house = house.restarted().await;
    let rows =
        until("the records", async || Some(house.read("/api/v1/requests").await["rows"].clone())).await;
    assert_eq!(rows.as_array().unwrap().len(), 20, "written before the end, not after the next start");
}

#[tokio::test]
async fn usage_of_a_period_says_who_used_what_and_leads_to_the_requests() {
    let house = priced().await;
    for _ in 0..2 {
        chat(&house, "ok", false).await;
    }
    chat(&house, "reasoning", true).await;
    house.records(3).await;
    let usage = house.read("/api/v1/usage?period=24h&split=model&zone=Europe/Berlin").await;
    assert_eq!((&usage["notes"], &usage["zone"]), (&json!([]), &json!("Europe/Berlin")));
    assert_eq!((usage["parts"].as_array().unwrap().len(), &usage["whole"]["requests"]), (24, &json!(3)));
    let share = |name: &str| {
        let shares = usage["shares"].as_array().unwrap().iter();
        shares.filter(|share| share["name"] == name).map(|share| share["whole"].clone()).next().unwrap()
    };
    let ok = share("priced/ok");
    assert_eq!((&ok["requests"], &ok["cost"]["unknown_requests"]), (&json!(2), &json!(0)));
    let row = house.read("/api/v1/requests?model=priced/ok").await["rows"][0].clone();
    assert_eq!(ok["cost"]["known"].as_i64().unwrap(), 2 * row["cost"].as_i64().unwrap());
    assert_eq!(share("priced/reasoning")["cost"]["unknown_requests"], 1);
    assert_eq!(usage["week"].as_array().unwrap().iter().filter_map(Value::as_i64).sum::<i64>(), 3);
    assert_eq!(usage["choices"]["models"], json!(["priced/ok", "priced/reasoning"]));
    assert_eq!(usage["speeds"].as_array().unwrap().len(), 2);

    let (first, last) = (&usage["parts"][0]["from"], &usage["parts"][23]["to"]);
    let rows =
        house.read(&format!("/api/v1/requests?model=priced/ok&key=laptop&from={first}&to={last}")).await;
    assert_eq!(rows["rows"].as_array().unwrap().len(), 2);
    let none = house.read(&format!("/api/v1/requests?from={last}")).await;
    assert_eq!((none["rows"].as_array().unwrap().len(), &none["notes"]), (0, &json!([])));
    let other = house.read("/api/v1/usage?provider=glm").await;
    assert_eq!(other["whole"]["requests"], 0);
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_gets_the_nearest_view_and_says_so() {
    let house = priced().await;
    chat(&house, "ok", false).await;
    house.record().await;
    for (query, words) in [
        ("period=century", "is no period"),
        ("period=custom&from=2026-13-45", "is no day"),
        ("period=custom&from=1999-01-01&to=2100-01-01", "is no day"),
        ("split=mood", "is nothing that usage is split by"),
        ("measure=joy", "is nothing that is measured here"),
        ("key=nobody", "There is no key called"),
        ("model=glm", "is no provider/model"),
    ] {
        let usage = house.read(&format!("/api/v1/usage?{query}")).await;
        let notes = usage["notes"].to_string();
        assert!(notes.contains(words) && usage["whole"]["requests"] == 1, "{query}: {notes}");
    }
    for query in ["from=noon", "model=glm"] {
        let list = house.read(&format!("/api/v1/requests?{query}")).await;
        assert!(
            list["notes"][0].as_str().unwrap().contains("is no")
                && list["rows"].as_array().unwrap().len() == 1,
            "{list}"
        );
    }
}

#[tokio::test]
async fn what_the_page_shows_can_be_taken_away_as_a_file() {
    let house = priced().await;
    chat(&house, "ok", false).await;
    house.record().await;
    let form = [("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/log_in", "", &form).await.cookie().unwrap();
    let csv = house.client.page("/usage/export.csv?split=key", &cookie).await;
    assert_eq!(
        (csv.status, csv.header("content-disposition")),
        (200, "attachment; filename=\"usage.csv\""),
        "{csv:?}"
    );
    let (head, line) =
        (csv.text().lines().next().unwrap().to_owned(), csv.text().lines().nth(1).unwrap().to_owned());
    assert!(head.starts_with("from,to,key,requests,") && line.contains(",laptop,1,0,0,"), "{csv:?}");
    let json = house.client.page("/usage/export.json", &cookie).await.value();
    assert_eq!(json["whole"]["requests"], 1);
    let stranger = house.client.page("/usage/export.csv", "").await;
    assert!(stranger.status != 200 && !stranger.text().contains("laptop"), "{stranger:?}");
}
