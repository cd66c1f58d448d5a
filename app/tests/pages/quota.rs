//! What is left, until when, and for how long.

use super::fake::Mood;
use super::page::open;

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
