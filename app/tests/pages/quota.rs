//! What is left, until when, and for how long.

use super::fake::Mood;
use super::page::{open, send};

#[tokio::test]
async fn each_limit_says_what_is_left_until_when_and_how_long_it_lasts() {
    let page = open(Mood::Normal, "/quota").await;
    page.says("Week *opus* nothing left");
    page.says("5 hours 28% left anew in 2 h 30 min used up in 1 h 10 min at this pace");
    page.says("Balance $4.80 left");
    page.says("31 of 40 requests used anew in 1:00 counted here 2 min ago");
    page.says("10% is kept back. Asked 2 min ago . The provider told nothing new: Rate limited. Please try again later. (429).");
    page.says("Nothing known homelab gpu box It does not tell, or has not been asked yet.");
    page.holds("aria-label=\"5 hours: 72% used\"");
    page.holds("aria-current=\"page\"");
}

#[tokio::test]
async fn without_an_account_the_page_says_what_it_is_for() {
    let page = open(Mood::Empty, "/quota").await;
    page.says("No account yet");
    page.holds("href=\"/providers\"");
}

#[tokio::test]
async fn an_account_can_keep_some_of_its_limits_back() {
    let page = open(Mood::Normal, "/providers/glm").await;
    page.says("Keep back, in percent");
    page.holds("name=\"reserve\"");
}

const JSON: &str = "application/json";

#[tokio::test]
async fn an_alert_is_a_sentence_that_can_be_taken_off_on_both_pages() {
    for path in ["/", "/quota"] {
        let page = open(Mood::Normal, path).await;
        page.says("Anthropic, work: Week for opus is used up, anew in 2 days . Past 95% 9 min ago Seen");
        page.says("Anthropic, work: 5 hours is 84% used, anew in 1 h 20 min . Past 80% 9 min ago Seen");
        page.holds("aria-label=\"Seen: Anthropic, work: 5 hours is 84% used\"");
        page.holds("action=\"/console/dismiss_alert\"");
    }
    let page = open(Mood::Empty, "/quota").await;
    page.does_not_say("Nearly used up");
    page.says("Tell me at, in percent used");
    page.does_not_say("Send a test alert");
    assert_eq!(send("/console/dismiss_alert", "/", JSON, "id=2").await.status, 200);
}

#[tokio::test]
async fn the_overview_shows_what_is_left_of_each_account() {
    let page = open(Mood::Normal, "/").await;
    page.says("What is left A anthropic work Week for opus: nothing left anew in 2 days");
    page.says("glm main 5 hours: 59% left anew in 2 h 0 min");
    page.says("deepseek work Balance: $4.80 left");
    page.holds("aria-label=\"Minute: 77.5% used\"");
    page.does_not_say("All 4 accounts");
    open(Mood::Heavy, "/").await.says("All 41 accounts");
    let page = open(Mood::Empty, "/").await;
    page.does_not_say("What is left");
    page.does_not_say("Needs a hand");
}

#[tokio::test]
async fn where_alerts_go_is_set_on_the_quota_page() {
    let page = open(Mood::Normal, "/quota").await;
    page.says("They go to https://hooks.example.com/••••. Leave empty to keep that, or enter - to send them nowhere.");
    page.holds("name=\"thresholds\" type=\"text\" value=\"80, 95\"");
    page.says("Send a test alert");
    page.does_not_say("could not be delivered");
    let page = open(Mood::Heavy, "/quota").await;
    page.says("The last alert could not be delivered: hooks.example.com answered 404. 9 min ago");
    open(Mood::Normal, "/settings").await.holds("href=\"/quota#alerting\"");
    for thresholds in ["0", "most"] {
        let refused = send("/console/save_alerts", "/quota", JSON, &format!("thresholds={thresholds}")).await;
        assert_eq!(refused.status, 400);
        assert!(refused.html.contains("Give at most five whole numbers from 1 to 100"), "{}", refused.html);
    }
    assert_eq!(send("/console/save_alerts", "/quota", JSON, "thresholds=70+90&webhook=-").await.status, 200);
    let said = send("/console/test_alert", "/quota", JSON, "").await;
    assert!(said.html.contains("took the test alert (200)"), "{}", said.html);
}
