//! The payload log: its switches, what was logged of a request, and one request beside another.

use super::fake::Mood;
use super::page::{open, send};
use axum::http::StatusCode;

const REQUEST: &str = "/requests/019ab3f20000000000000000feecffff";

#[tokio::test]
async fn the_settings_say_whose_requests_are_logged_until_when() {
    let page = open(Mood::Normal, "/settings").await;
    page.says("Payload log Now 44 requests are kept, 12.5 MB.");
    page.says("claude-code laptop Logged Logged in full until");
    page.says("in 3 h 5 min ; 41 requests are kept, 12.3 MB Export");
    page.says("cline Not logged; 1 request is kept, 20 KB");
    page.says("Requests without a key Not logged; nothing is kept 1 hour 8 hours 1 day 7 days");
    page.holds("aria-label=\"Stop the log of claude-code laptop\"");
    page.holds("aria-label=\"Log requests of tools without a key\"");
    page.holds("href=\"/payloads.ndjson?key=2\"");
    page.says("Delete what was logged of claude-code laptop? The log is stopped");
    page.holds("name=\"payload_mb\"");
    page.holds("value=\"256\"");
    let page = open(Mood::Empty, "/settings").await;
    page.says("Payload log Now nothing is kept.");
    page.does_not_say("Delete all");
}

#[tokio::test]
async fn a_log_is_switched_without_javascript() {
    for (action, fields) in [
        ("log_payloads", "key=2&how_long=8h"),
        ("stop_payloads", "key=1"),
        ("stop_payloads", "key=1&forget=true"),
        ("forget_payloads", "key=1"),
        ("forget_payloads", ""),
    ] {
        let page = send(&format!("/console/{action}"), "/settings", "text/html", fields).await;
        assert_eq!(page.status, StatusCode::FOUND, "{action} {fields}: {}", page.html);
        let back = page.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
        assert!(!back.contains("__err"), "{action} {fields}: {back}");
    }
    let page = send("/console/log_payloads", "/settings", "application/json", "key=2&how_long=ever").await;
    assert!(page.status.is_client_error() || page.status.is_server_error(), "no log is for ever");
}

#[tokio::test]
async fn the_requests_say_that_some_are_logged() {
    let page = open(Mood::Normal, "/requests").await;
    page.says("Requests of claude-code laptop are logged in full until");
    page.holds("aria-label=\"Stop the log of claude-code laptop\"");
    page.does_not_say("Requests of cline are logged");
    let page = open(Mood::Empty, "/requests").await;
    page.does_not_say("logged in full");
}

#[tokio::test]
async fn a_request_leads_to_what_was_logged_of_it() {
    let page = open(Mood::Normal, REQUEST).await;
    page.says("Payload Request the first 1024 KB of 1.2 MB; 2 secrets were taken out");
    page.says("Sent to the provider 402 KB; 1 secret was taken out");
    page.holds(&format!("href=\"{REQUEST}/payload\""));
    page.holds(&format!("href=\"{REQUEST}/compare\""));
    page.holds(&format!("href=\"{REQUEST}/payload.json\""));
    page.does_not_say("careful engineer");
    let page = open(Mood::Normal, "/requests/019ab3f20000000000000000feecfffe").await;
    page.says("Nothing is kept of it in full.");
}

#[tokio::test]
async fn a_payload_is_shown_as_text_with_its_long_lines_folded() {
    let page = open(Mood::Normal, &format!("{REQUEST}/payload")).await;
    page.holds("You are &lt;b&gt;");
    page.holds("data-more=\"22 B more\"");
    page.says("a careful engineer");
    page.says("[redacted: GitHub token]");
    page.says("251,430 more bytes were not kept.");
    page.says("Text Let me look. Call of Bash");
    page.says("The stream as it came event: message_start");
    page.says("status 200 content-type text/event-stream");
    page.holds("data-copies=\"request-text\"");
}

#[tokio::test]
async fn two_requests_say_where_they_part() {
    let page = open(Mood::Normal, &format!("{REQUEST}/compare")).await;
    page.says("The prompt was changed before its end: a cache cannot be read beyond that.");
    page.says("The first 41,203 bytes of the prompt are the same, about 10,300 tokens (82% of it)");
    page.says("They first differ at system[1].text Earlier \"Today is &lt;Monday&gt; This request \"Today is Tuesday");
    page.says("The earlier request went to anthropic/claude-sonnet-4-5, account personal.");
    page.says("12 min lie between the two. Most caches forget a prompt after 5 minutes");
    page.says("One of the two is not kept whole");
    page.says("max_tokens nothing 4096");
    page.says("Earlier what it was before");
    page.holds("<ins class=\"came\">");
    let page = open(Mood::Normal, &format!("{REQUEST}/compare?with=none")).await;
    page.says(
        "There is no earlier request to compare with No earlier request of this conversation was logged.",
    );
}
