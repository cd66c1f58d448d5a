//! The models on a provider's page.

use super::fake::Mood;
use super::page::{Page, open, send};
use axum::http::{StatusCode, header};

/// The rows of the list that are shown.
fn shown(page: &Page) -> Vec<String> {
    let rows = page.html.split("<tr data-search=\"").skip(1);
    let shown = rows.filter(|row| !row.split('>').next().unwrap_or_default().contains(" hidden"));
    shown.map(|row| row.split(['"', ' ']).next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn each_model_has_a_switch_that_says_how_it_is() {
    let page = open(Mood::Normal, "/providers/groq").await;
    page.says("Models 5 models, 1 off, covered; list prices in US dollars per million tokens Set prices");
    page.holds("action=\"/console/switch_model\"");
    page.holds(
        "role=\"switch\" name=\"turn_off\" value=\"openai/gpt-oss-120b\" aria-checked=\"true\" \
         aria-label=\"Use groq/openai/gpt-oss-120b\"",
    );
    page.holds("name=\"turn_on\" value=\"llama-3.3-70b-versatile\" aria-checked=\"false\"");
    assert!(
        !page.html.contains("<option value=\"groq/llama-3.3-70b-versatile\""),
        "one that is off is not tried"
    );
    page.says("Switch all on Switch all off What is off is neither offered to tools nor used.");
    open(Mood::Normal, "/providers").await.says("GLM Coding Plan 4 models, 1 off, glm");
}

#[tokio::test]
async fn a_model_is_switched_without_javascript() {
    let from = "/providers/groq?q=qwen";
    for (path, fields) in [
        ("/console/switch_model", "id=groq&turn_off=qwen3-32b"),
        ("/console/switch_model", "id=groq&turn_on=qwen3-32b"),
        ("/console/switch_models", "id=groq&on=false"),
    ] {
        let page = send(path, from, "text/html", fields).await;
        assert_eq!(page.status, StatusCode::FOUND, "{fields}");
        let back = page.headers[header::LOCATION].to_str().expect("a location");
        assert_eq!(back, format!("http://127.0.0.1:20128{from}"), "{fields}");
        assert_eq!(send(path, from, "application/json", fields).await.status, StatusCode::OK, "{fields}");
    }
    let refused = send("/console/switch_model", from, "application/json", "id=groq&turn_on=nosuch").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_long_list_is_searched_without_javascript() {
    let page = open(Mood::Normal, "/providers/openrouter").await;
    assert_eq!(shown(&page).len(), 10);
    page.holds("method=\"get\" action=\"/providers/openrouter\"");
    let page = open(Mood::Normal, "/providers/openrouter?q=gpt+OSS").await;
    assert_eq!(shown(&page), ["openrouter/openai/gpt-oss-120b"]);
    page.holds("name=\"q\" value=\"gpt OSS\"");
    assert_eq!(
        shown(&open(Mood::Normal, "/providers/openrouter?q=off").await),
        ["openrouter/llama-3.3-70b-versatile"]
    );
    let page = open(Mood::Normal, "/providers/openrouter?q=nosuch").await;
    assert!(shown(&page).is_empty());
    let words = page.html.split(">No model fits.").next().and_then(|before| before.rsplit('<').next());
    assert!(words.is_some_and(|tag| tag.contains("data-nothing") && !tag.contains(" hidden")), "{words:?}");
    assert!(
        !open(Mood::Normal, "/providers/groq").await.html.contains("Search models"),
        "a short one is not"
    );
}

#[tokio::test]
async fn an_alias_for_a_model_is_one_step_away() {
    let page = open(Mood::Normal, "/providers/groq").await;
    page.holds("href=\"/combos?model=groq%2Fopenai%2Fgpt-oss-120b#aliases\"");
    page.holds("aria-label=\"Make an alias for groq/openai/gpt-oss-120b\"");
    let page = open(Mood::Normal, "/combos?model=groq%2Fopenai%2Fgpt-oss-120b").await;
    page.holds("value=\"groq/openai/gpt-oss-120b\" placeholder=\"provider/model\"");
}

#[tokio::test]
async fn an_endpoint_without_a_list_says_so_and_keeps_what_was_typed() {
    let page = open(Mood::Normal, "/providers/homelab").await;
    page.says("It has no list of its own: it answered with 404: Not Found. The models you typed stay.");
    page.says("Ask for its models");
    let typed =
        page.html.split("id=\"change-models\"").nth(1).and_then(|rest| rest.split("</textarea>").next());
    let typed = typed.and_then(|field| field.split('>').nth(1)).unwrap_or_default().trim();
    assert_eq!(
        typed, "openai/gpt-oss-120b, llama-3.3-70b-versatile, qwen3-32b, glm-4.7",
        "not what was found"
    );
}
