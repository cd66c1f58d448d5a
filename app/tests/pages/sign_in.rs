//! Signing in, and what an account says beside its key.

use super::fake::Mood;
use super::page::{open, send};
use axum::http::StatusCode;

#[tokio::test]
async fn a_sign_in_is_off_behind_what_the_vendor_says() {
    let page = open(Mood::Normal, "/providers/claude-pro").await;
    page.says("What the vendor says: This login is meant for the vendor's own program.");
    page.says("I have read this. Turn it on");
    page.does_not_say("Sign in to Claude Pro It answers");
    page.does_not_say("Paste several keys");
    assert!(!page.html.contains("action=\"/console/begin_sign_in\""), "nothing can be begun");
    assert!(!page.html.contains("name=\"key\""), "there are no keys");
}

#[tokio::test]
async fn accounts_that_are_signed_in_to_say_how_they_are() {
    let page = open(Mood::Normal, "/providers/openai-codex").await;
    page.says("It answers Codex alone: other tools go to other providers.");
    page.says("Signed in Renewed 10 min ago , ends in 50:00");
    page.says("Its sign-in has ended: OpenAI Codex says: refresh_token_reused. Sign in again.");
    page.holds("name=\"account\" value=\"32\"");
    assert!(!page.html.contains("name=\"account\" value=\"31\""), "one that works needs no other sign-in");
    page.says("Turn the sign-in off");
}

#[tokio::test]
async fn each_way_to_sign_in_has_a_button() {
    let page = open(Mood::Normal, "/providers/xai").await;
    page.says("Sign in with a code");
    page.says("Sign in with this browser");
    page.says("Make an app of your own at https://xai.example/apps and paste its client id.");
    page.holds("name=\"flow\" value=\"device\"");
    page.says("Paste several keys");
}

#[tokio::test]
async fn the_page_shows_the_link_the_code_and_the_countdown() {
    let page = open(Mood::Normal, "/sign-in/device").await;
    page.says("WDJB-MJHT");
    page.holds("href=\"https://auth.example/authorize?state=x\"");
    page.holds("rel=\"noreferrer noopener\"");
    page.says("Waiting for you. The sign-in ends in 14:00");
    page.holds("data-watches=\"sign-in\"");
    page.does_not_say("Code or address");
    let page = open(Mood::Normal, "/sign-in/paste").await;
    page.says("Then paste below what it shows");
    page.holds("name=\"text\"");
    let page = open(Mood::Normal, "/sign-in/code").await;
    page.says("It did not lead back here");
    assert_eq!(open(Mood::Normal, "/sign-in/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_end_is_said_and_leads_on() {
    let page = open(Mood::Normal, "/sign-in/done").await;
    page.says("Signed in to OpenAI Codex.");
    page.holds("data-goes=\"/providers/openai-codex\"");
    assert!(!page.html.contains("data-watches"), "nothing is waited for any more");
    let page = open(Mood::Normal, "/sign-in/failed").await;
    page.says("The vendor's page says: Not today. Begin again.");
    page.holds("href=\"/providers/openai-codex\"");
}

#[tokio::test]
async fn the_vendor_s_page_leads_back_to_a_page_that_tells() {
    let page = open(Mood::Normal, "/callback?code=c1&state=s1").await;
    page.says("Signed in Ninerouter can use OpenAI Codex now. You can close this page.");
    let page =
        open(Mood::Normal, "/callback?error=access_denied&error_description=Not+%3Cb%3Etoday&state=s1").await;
    page.says("Not signed in");
    page.holds("Not &lt;b&gt;today");
}

#[tokio::test]
async fn a_form_without_javascript_opens_the_sign_in() {
    let page = send(
        "/console/begin_sign_in",
        "/providers/openai-codex",
        "text/html",
        "provider=openai-codex&flow=device",
    )
    .await;
    assert_eq!(
        (page.status, page.headers["location"].as_bytes()),
        (StatusCode::FOUND, &b"/sign-in/device"[..])
    );
    let page = send("/console/paste_sign_in", "/sign-in/paste", "application/json", "id=paste&text=").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.html.contains("\"field\":\"text\""), "{}", page.html);
}

#[tokio::test]
async fn an_account_says_what_its_address_holds() {
    let page = open(Mood::Normal, "/providers").await;
    page.says("What is not offered, and why Cursor Its service answers Cursor itself only.");
    let page = open(Mood::Normal, "/providers/azure").await;
    page.holds("name=\"fields[resource]\"");
    page.holds("name=\"fields[region]\"");
    page.says("The first part of its endpoint.");
    page.does_not_say("Paste several keys");
}

#[tokio::test]
async fn a_key_that_is_exchanged_for_a_token_can_be_replaced_by_another() {
    let page = open(Mood::Normal, "/providers/gitlab-duo").await;
    page.says("Key accepted");
    page.says("New key");
    page.says("Leave empty to keep the key it has.");
    page.holds("value=\"gitlab.com\"");
    page.does_not_say("Sign in again");
}

#[tokio::test]
async fn whoever_signs_in_says_where_beside_the_client() {
    let page = open(Mood::Normal, "/providers/gitlab-duo").await;
    page.says("Sign in to GitLab Duo");
    page.says("Make an app of your own at https://gitlab.example/apps and paste its client id.");
    page.holds("id=\"sign-in-instance\"");
}
