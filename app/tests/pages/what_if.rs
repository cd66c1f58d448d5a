//! What-if: a form in the address, and an estimate that is called one.

use super::fake::Mood;
use super::page::open;
use axum::http::StatusCode;

#[tokio::test]
async fn before_anything_is_chosen_the_page_says_what_was_recorded() {
    let page = open(Mood::Normal, "/what-if").await;
    page.says("What-if: an estimate");
    page.says("1,200 requests with 49.1M tokens came to $12.80 over 30 days (23 Oct – 21 Nov).");
    page.says("Another combo Another model Another price");
    page.says("Choose a combo combo-0 combo-1");
    page.holds("<form method=\"get\" action=\"/what-if\"");
    page.holds("name=\"days\" type=\"number\" value=\"30\"");
    page.does_not_say("instead of");
    page.does_not_say("takes for granted");
}

#[tokio::test]
async fn a_combo_is_told_in_words_figures_bars_a_chart_and_tables() {
    let page = open(Mood::Normal, "/what-if?to=combo-1").await;
    page.says("Estimate About $4.10 instead of $12.80 over 30 days (23 Oct – 21 Nov).");
    page.says("Recorded cost $12.80 All prices are known 1,200 requests, 49.1M tokens");
    page.says("Estimated cost $4.10 All prices are known 1,150 requests, 47M tokens");
    page.says("Difference −$8.70 Less by the token -67% against what was recorded");
    page.says("Covered by subscriptions 0% Of all tokens, by the estimate 75% as recorded");
    page.says("50 requests with 2M tokens would have found every target at its limit.");
    page.says("Tiers, as recorded");
    page.says("Subscription 36.8M 75%");
    page.says("Tiers, by the estimate");
    page.says("Target Tier Requests Tokens Share Cost Recorded tokens Recorded cost");
    page.says("glm/glm-4.7 Cheap 1,150 47M 100% $4.10 0 none");
    page.says("claude/claude-sonnet-4-5 Subscription 0 0 0% none 36.8M covered");
    page.says("What this estimate takes for granted Every request is answered at the first try.");
    page.says("Left out groq/llama-3.3-70b-versatile Groq has no account yet");
    page.says("The same for programs, as JSON: GET /api/v1/what-if?to=combo-1");
    // Without JavaScript the chart is read as a table.
    page.says("The chart as a table");
    page.says("When Recorded Estimate Day 1 $0.4267 $0.1367");
    page.holds("/pkg/echarts.js");
    page.holds("var(--chart-rest)");
}

#[tokio::test]
async fn a_model_without_a_price_is_of_unknown_cost_and_never_free() {
    let page = open(Mood::Normal, "/what-if?change=model&to=glm/glm-9").await;
    page.says("An unknown cost instead of $12.80 over 30 days");
    page.says("no price is stated for 49.1M tokens.");
    page.says("Estimated cost unknown and 49.1M tokens of unknown price");
    page.says("Difference unknown Not all prices are known");
    page.says("glm/glm-9 Cheap 1,200 49.1M 100% unknown 0 none");
    page.says("What has no known price is in neither.");
    page.holds("value=\"glm/glm-9\"");
    page.holds("<datalist id=\"what-if-models\">");
}

#[tokio::test]
async fn a_price_is_typed_beside_what_it_is_today() {
    let page = open(Mood::Normal, "/what-if?change=price&to=claude/claude-sonnet-4-5&input=2.5").await;
    page.says("About $42.80 instead of $12.80");
    page.says("Difference +$30.00 More by the token +234% against what was recorded");
    page.says("In US dollars for a million tokens Fresh input");
    page.holds("name=\"input\" type=\"text\" value=\"2.5\"");
    page.holds("placeholder=\"$15.00 today\"");
    page.holds("placeholder=\"unknown today\"");
}

#[tokio::test]
async fn every_choice_keeps_the_others() {
    let page =
        open(Mood::Normal, "/what-if?change=price&to=a/b&output=3&days=7&client=Claude+Code&key=laptop")
            .await;
    // Another sort of change takes the usage along, not the model.
    page.holds("href=\"/what-if?change=model&amp;days=7&amp;key=laptop&amp;client=Claude%20Code\"");
    page.holds("href=\"/what-if?change=price&amp;to=a%2Fb&amp;output=3&amp;days=90&amp;key=laptop&amp;client=Claude%20Code\"");
    page.holds("aria-label=\"Remove the filter: tool Claude Code\"");
    page.holds("href=\"/what-if?change=price&amp;to=a%2Fb&amp;output=3&amp;days=7\"");
    page.holds("<input type=\"hidden\" name=\"change\" value=\"price\"");
}

#[tokio::test]
async fn what_makes_no_sense_or_is_gone_is_said() {
    let page = open(Mood::Normal, "/what-if?days=soon").await;
    page.says("\"soon\" is no number of days, so 30 are looked at.");
    let page = open(Mood::Normal, "/what-if?to=gone").await;
    assert_eq!(page.status, StatusCode::OK, "the form is there to choose another");
    page.says("There is no combo of this name.");
    page.holds("<option value=\"gone\" selected");
    page.says("As it was recorded");
    let page = open(Mood::Broken, "/what-if").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.says("The database cannot be read");
}

#[tokio::test]
async fn without_usage_the_page_leads_on() {
    let page = open(Mood::Empty, "/what-if?to=x").await;
    page.says("Nothing was used What-if replays recorded usage, and no request of these days is recorded.");
    let page = open(Mood::Empty, "/what-if").await;
    page.says("There is no combo yet. Make a combo , or ask about another model or price.");
    let page = open(Mood::Normal, "/what-if?provider=nobody").await;
    page.says("No request of these days fits these filters. Remove the filters");
}

#[tokio::test]
async fn usage_combos_and_the_palette_lead_here() {
    let page = open(Mood::Normal, "/usage?period=7d&client=Codex").await;
    page.holds("href=\"/what-if?days=7&amp;client=Codex\"");
    page.holds("data-search=\"what-if\"");
    let page = open(Mood::Normal, "/combos").await;
    page.holds("href=\"/what-if?to=");
    page.says("What if…");
}

#[tokio::test]
async fn a_year_by_the_day_still_fits_into_a_page() {
    let page = open(Mood::Heavy, "/what-if?to=combo-1&days=366").await;
    assert!(page.html.len() < 150 * 1024, "{} bytes", page.html.len());
}
