//! The Saver page: what was saved, how far it goes, and what it would make of a text.

use super::fake::Mood;
use super::page::{open, send};
use axum::http::StatusCode;

#[tokio::test]
async fn the_figure_comes_first_then_what_it_is_made_of() {
    let page = open(Mood::Normal, "/saver").await;
    page.says("Tokens saved 381k of 812k that tools gave Since 22 Oct");
    page.says("Share 47%");
    page.says("Worth $0.1143");
    page.says("2026-11-29 281k 55% $0.0843");
    page.says("not known 11k 50% $0.0033");
    page.says("anthropic/claude-sonnet-4-5 381k 47% $0.1143");
    page.does_not_say("Nothing is saved yet");
    let words = page.words();
    let places = ["Tokens saved", "By day", "How far", "Filters", "Try it on a text Nothing of it"];
    let places = places.map(|part| words.find(part).expect("a part of the page"));
    assert!(places.is_sorted(), "{places:?}");
}

#[tokio::test]
async fn a_filter_stands_beside_its_switch_and_what_it_saved() {
    let page = open(Mood::Normal, "/saver").await;
    page.says("Filters 1 of 2 are in use");
    page.says("git-diff Diffs: context far from a change; every changed line stays 12 140k 34% $0.042");
    page.says("json Pretty-printed JSON: blanks between values Off");
    page.holds("aria-checked=\"false\" aria-label=\"Use the filter json\"");
    page.holds("aria-checked=\"true\" aria-label=\"Use the filter git-diff\"");
}

#[tokio::test]
async fn levels_are_said_in_a_few_words_and_a_key_may_have_its_own() {
    let page = open(Mood::Normal, "/saver").await;
    page.says("Safe What a model does not need goes, too, and is counted: tests that pass");
    page.holds("id=\"level-safe\" name=\"level\" value=\"safe\" checked");
    page.says("claude-code laptop Tool output As everything else Off Exact Safe Strong");
    page.says("Terse answers As the combo says Off Lite Full Ultra");
    page.holds("value=\"full\" selected");
    page.holds("aria-label=\"Save what goes for ci\"");
}

#[tokio::test]
async fn an_empty_page_says_what_will_come() {
    let page = open(Mood::Empty, "/saver").await;
    page.says("Nothing is saved yet With the first request that shows a model what a tool gave");
    page.says("There is no key yet. Make one on Connect");
    page.says("Nothing in 30 days");
    page.does_not_say("By day");
    page.does_not_say("$0");
}

#[tokio::test]
async fn no_known_price_is_not_nothing() {
    let page = open(Mood::Heavy, "/saver").await;
    page.says("Worth unknown");
    page.says("38.1B of 81.2B that tools gave");
    page.says("18 others");
}

#[tokio::test]
async fn a_text_stands_beside_what_became_of_it() {
    // As a browser sends it; both with and without JavaScript.
    for accepts in ["text/html", "application/json"] {
        let fields = "text=line+1%0D%0A%3C%2Ftextarea%3E%3Cb%3E&tool=cargo+test&level=strong";
        let page = send("/saver", "/saver", accepts, fields).await;
        assert_eq!(page.status, StatusCode::OK);
        page.says("67% of its tokens saved 300 of 900 tokens are left, 1.2 KB of 3.5 KB.");
        page.says("Taken for what the command cargo test printed.");
        page.says("test-output 3.3 KB → to 1.2 KB 850 → to 300 65%");
        page.says("17 lines that stay");
        page.says("Left out: &lt;b&gt;&␛[0m·· line 22");
        page.says("28 more lines line 33");
        page.says("In its place: [ninerouter: 40 lines left out]");
        page.holds("<ol start=\"61\" class=\"numbered\">");
        page.holds("<ol start=\"22\" class=\"numbered\">");
        page.holds("&lt;/textarea>&lt;b></textarea>");
        page.holds("<option value=\"strong\" selected>");
        page.holds("value=\"cargo test\"");
        page.holds("data-said=\"67% of its tokens saved.");
        page.says("Tokens saved 381k");
    }
}

#[tokio::test]
async fn what_stays_says_why_and_a_refusal_is_shown_in_its_place() {
    let page = send("/saver", "/saver", "text/html", "text=short&tool=ls&level=safe").await;
    page.says("It stays as it is It has 5 bytes. What has fewer than 500 is left alone.");
    page.does_not_say("Filters that acted");
    page.does_not_say("Result");
    let page = send("/saver", "/saver", "text/html", "text=&level=safe").await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("There is nothing to shorten. Paste what a tool gave.");
}

#[tokio::test]
async fn a_preview_begins_at_the_level_in_use() {
    let page = open(Mood::Normal, "/saver").await;
    page.holds("<option value=\"safe\" selected>");
    assert!(!page.html.contains("data-said"), "nothing was tried yet");
    page.says("Nothing of it is stored, logged or sent to a provider.");
}
