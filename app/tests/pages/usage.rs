//! Usage: charts, the same as tables, and choices that live in the address.

use super::fake::Mood;
use super::page::open;

#[tokio::test]
async fn usage_is_told_in_figures_a_chart_and_tables() {
    let page = open(Mood::Normal, "/usage").await;
    page.says("Usage");
    page.says("Requests 5,");
    page.says("of prompts from the cache");
    page.says("Tokens by provider");
    page.says("Provider Share Requests Tokens in Tokens out Cached Cost Covered Saved First token");
    page.says("anthropic 54%");
    page.says("The chart as a table");
    page.says("groq was rate limited 27 times");
    page.says("glm/glm-4.7 1,400 870 ms 2.1 s 9.4 s");
    page.says("The saver took 4.8M tokens out of tools' output, worth $14.36 at list prices.");
    page.says("Time zone: UTC");
    // The chart itself is drawn in the browser, with colours of the theme.
    page.holds("/pkg/echarts.js");
    page.holds("var(--chart-0)");
    page.holds("role=\"img\"");
}

#[tokio::test]
async fn every_choice_is_a_link_or_a_form_that_keeps_the_others() {
    let page = open(Mood::Normal, "/usage?period=30d&split=model&provider=glm&measure=cost").await;
    page.says("Cost by model");
    page.holds("href=\"/usage?measure=cost&amp;split=model&amp;provider=glm\"");
    page.holds("href=\"/usage?period=30d&amp;measure=cost&amp;split=key&amp;provider=glm\"");
    page.holds("href=\"/usage?period=30d&amp;measure=cost&amp;split=model\"");
    page.holds("aria-label=\"Remove the filter: provider glm\"");
    page.holds("href=\"/usage/export.csv?period=30d&amp;measure=cost&amp;split=model&amp;provider=glm\"");
    page.holds("<input type=\"hidden\" name=\"split\" value=\"model\"");
    page.holds("aria-current=\"true\"");
}

#[tokio::test]
async fn a_line_leads_to_its_requests() {
    let page = open(Mood::Heavy, "/usage?key=laptop").await;
    page.holds("href=\"/requests?key=laptop&amp;provider=anthropic&amp;from=");
    page.says("4 others");
}

#[tokio::test]
async fn what_makes_no_sense_is_said() {
    let page = open(Mood::Normal, "/usage?period=century").await;
    page.says("\"century\" is no period, so the last 7 days are shown.");
}

#[tokio::test]
async fn without_usage_the_page_leads_on() {
    let page = open(Mood::Empty, "/usage").await;
    page.says("Nothing was used");
    page.holds("href=\"/usage?period=30d\"");
    let page = open(Mood::Normal, "/usage?provider=nobody&period=30d").await;
    page.says("No request of this period fits these filters.");
    page.holds("href=\"/usage?period=30d\"");
    page.does_not_say("The chart as a table");
}
