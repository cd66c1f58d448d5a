//! Prices: what models cost, who says so, and how to say otherwise.

use super::fake::Mood;
use super::page::{open, send};
use axum::http::{StatusCode, header};

#[tokio::test]
async fn each_price_says_where_it_is_from_and_leads_to_a_form() {
    let page = open(Mood::Normal, "/prices").await;
    page.says("Prices USD per million tokens");
    page.says("1 model of unknown price was used in the last 30 days. Show them");
    page.says("mine/house/large MINE Cheap unknown unknown unknown unknown Unknown 41 Set");
    page.says("claude/claude-sonnet-4-5 CLAUDE Subscription $3.00 $15.00 $0.30 unknown As anthropic/claude-sonnet-4-5 covered, at list price 1,204 Change");
    page.says("groq/openai/gpt-oss-120b GROQ Cheap $0.15 $0.60 unknown unknown Yours 0 Change");
    page.says("anthropic/claude-sonnet-4-5 ANTHROPIC Cheap $3.00 $15.00 $0.30 unknown Catalogue");
    page.holds("href=\"/prices?set=mine%2Fhouse%2Flarge#set\"");
    page.holds("aria-label=\"Set the price of mine/house/large\"");
    page.does_not_say("Use the catalogue's price again");
}

#[tokio::test]
async fn prices_are_searched_through_the_address() {
    let page = open(Mood::Normal, "/prices?search=sonnet&provider=claude").await;
    page.holds("value=\"sonnet\"");
    page.holds("aria-label=\"Remove the filter: contains sonnet\"");
    page.holds("href=\"/prices?search=sonnet\"");
    page.does_not_say("mine/house/large");
    let page = open(Mood::Normal, "/prices?show=unknown").await;
    page.says("mine/house/large");
    page.does_not_say("Catalogue");
    open(Mood::Normal, "/prices?search=nothing").await.says("No model fits this.");
    open(Mood::Heavy, "/prices").await.says("312 more are not shown: search for them.");
}

#[tokio::test]
async fn the_form_for_a_price_holds_what_counts_now_and_a_way_back() {
    let page = open(Mood::Normal, "/prices?set=groq%2Fopenai%2Fgpt-oss-120b").await;
    page.says("The price of groq/openai/gpt-oss-120b");
    page.holds("name=\"price[input]\" type=\"text\" value=\"0.15\"");
    page.says("Use the catalogue's price again Without one of yours, $0.20 in, $0.70 out would count.");
    page.holds("action=\"/console/unset_price\"");
    let page = open(Mood::Normal, "/prices?set=claude%2Fclaude-sonnet-4-5").await;
    page.says("Nothing is billed by the token here");
    let page = open(Mood::Normal, "/prices?set=nonsense").await;
    page.says("\"nonsense\" is no provider/model.");
    page.does_not_say("The price of");
}

#[tokio::test]
async fn a_price_is_set_and_taken_back_without_javascript() {
    let from = "/prices?set=mine%2Fhouse%2Flarge";
    for (path, fields) in [
        (
            "/console/set_price",
            "model=mine%2Fhouse%2Flarge&price[input]=0.25&price[output]=%241&price[cache_read]=&price[cache_write]=",
        ),
        ("/console/unset_price", "model=mine%2Fhouse%2Flarge"),
        ("/console/recalculate", "from="),
    ] {
        let page = send(path, from, "text/html", fields).await;
        assert_eq!(page.status, StatusCode::FOUND, "{path}: {}", page.html);
        let to = page.headers[header::LOCATION].to_str().unwrap();
        assert!(to.starts_with("/prices") && !to.contains("set="), "{path}: {to}");
    }
}

#[tokio::test]
async fn what_is_no_price_is_refused_by_name_and_the_form_stays() {
    let from = "/prices?set=mine%2Fhouse%2Flarge";
    let fields =
        |value: &str| format!("model=mine%2Fhouse%2Flarge&price[input]=1&price[cache_write]={value}");
    for (typed, words) in [
        ("-1", "below zero"),
        ("abc", "is not an amount"),
        ("0.0000000001", "too many decimals"),
        ("99999999", "too much"),
    ] {
        let page = send("/console/set_price", from, "application/json", &fields(typed)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{typed}");
        assert!(
            page.html.contains("price[cache_write]") && page.html.contains(words),
            "{typed}: {}",
            page.html
        );
        let page = send("/console/set_price", from, "text/html", &fields(typed)).await;
        assert_eq!(page.status, StatusCode::FOUND, "{typed}");
        let back = page.headers[header::LOCATION].to_str().unwrap().replacen("http://127.0.0.1:20128", "", 1);
        assert!(back.starts_with("/prices?set="), "{back}");
        let page = open(Mood::Normal, &back).await;
        page.says(words);
        page.says("The price of mine/house/large");
    }
    let none = send("/console/set_price", from, "application/json", "model=mine%2Fx&price[input]=").await;
    assert!(
        none.html.contains("Give at least one price") && none.html.contains("price[input]"),
        "{}",
        none.html
    );
    let odd = send("/console/recalculate", from, "application/json", "from=yesterday").await;
    assert!(odd.status == StatusCode::BAD_REQUEST && odd.html.contains("\"from\""), "{}", odd.html);
    let busy = send("/console/recalculate", from, "application/json", "from=2026-01-01").await;
    assert_eq!(busy.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_recalculation_says_how_far_it_is_and_what_it_changed() {
    let page = open(Mood::Normal, "/prices").await;
    page.says("Spend of the last 30 days: $12.10, was $10.90; 40 requests still have no price. Recalculated 2 min ago");
    page.says("Recalculate recorded costs");
    let page = open(Mood::Heavy, "/prices").await;
    page.says("12,000 of 90,000 requests recalculated");
    page.holds("data-watches=\"recalculation\"");
    page.does_not_say("Recalculate recorded costs");
}

#[tokio::test]
async fn without_models_the_page_leads_to_the_providers() {
    let page = open(Mood::Empty, "/prices").await;
    page.says("No models yet");
    page.holds("href=\"/providers\"");
    assert_eq!(open(Mood::Broken, "/prices").await.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn other_pages_lead_to_the_price_of_what_has_none() {
    open(Mood::Normal, "/usage").await.says("no known price. Set prices");
    open(Mood::Normal, "/providers/groq").await.holds("href=\"/prices?provider=groq\"");
    let page = open(Mood::Normal, "/requests/019ab3f20000000000000000feecffff").await;
    page.holds("href=\"/prices?set=");
}
