//! Combos, budgets, plans and attempts over made-up data: what a person would notice.

use super::fake::Mood;
use super::page::{Page, open, send};
use axum::http::{StatusCode, header};

const JSON: &str = "application/json";
const EVENTFUL: &str = "/requests/019ab3f20000000000000000feecfff8";

#[tokio::test]
async fn combos_are_chains_of_targets_with_their_health() {
    let page = open(Mood::Normal, "/combos").await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Your tool asks for that one name; when a target is used up, fails or falls silent");
    page.says(
        "anthropic/claude-sonnet-4-5 The 5-hour limit is used up at both accounts. Back in 2 h 54 min . \
         Subscription Waiting covered 200k context",
    );
    page.says(
        "glm/glm-4.7 1 account ready, 1 switched off. First token after 640 ms of late. Subscription Ready",
    );
    page.says("DeepSeek refused the key (401). Paste a new one.");
    page.says("Cheap Needs a hand");
    page.says("covered context unknown");
    page.says("coder weight 1 4 targets, 1 ready. Combo Ready");
    page.says("In order, hedge on, rescue on");
    page.says("By weight, hedge on, rescue off");
    page.says("First token within 6 s");
    page.holds("aria-label=\"Move down glm/glm-4.7\"");
    page.holds("aria-label=\"Use groq/llama-3.3-70b-versatile\"");
    page.holds("aria-current=\"page\"");
}

#[tokio::test]
async fn budgets_say_what_is_used_and_left_and_when_they_begin_anew() {
    let page = open(Mood::Normal, "/combos").await;
    page.says("$4.31 of $5.00 used today , $0.69 left; it begins anew in 9 h 54 min");
    page.says("2.1M of 2M tokens used this month , nothing left; it begins anew in 9 days");
}

#[tokio::test]
async fn no_combo_leads_to_making_one() {
    let page = open(Mood::Empty, "/combos").await;
    page.says("No combo yet A combo is a model name of your own");
    page.holds("href=\"/combos/edit\"");
    page.says("Add the alias");
    page.does_not_say("Dry run");
}

#[tokio::test]
async fn a_dry_run_shows_the_plan_and_what_is_left_out_without_javascript() {
    let page = open(Mood::Normal, "/combos?plan=coder").await;
    page.says("A short request now Again glm/glm-4.7 main: second in the combo Subscription");
    page.says(
        "Left out anthropic/claude-sonnet-4-5, personal Waits until 17:00: the 5-hour limit is used up.",
    );
    page.holds(
        "data-said=\"A request for coder would go to glm/glm-4.7 first, 2 attempts are planned in all.\"",
    );
    let page = open(Mood::Normal, "/combos?plan=cheap-first").await;
    page.says("No target can answer now; the first comes back at 17:00.");
    let page = open(Mood::Normal, "/combos?plan=no-such").await;
    page.does_not_say("A short request now");
}

#[tokio::test]
async fn a_combo_is_changed_in_fields_that_hold_what_it_is() {
    let page = open(Mood::Normal, "/combos/edit?combo=cheap-first").await;
    page.says("Change cheap-first");
    page.holds("name=\"replaces\" value=\"cheap-first\"");
    page.holds("value=\"groq/openai/gpt-oss-120b\"");
    page.holds("name=\"targets[0][budget][amount]\"");
    page.holds("value=\"2000000\"");
    page.holds("<option value=\"weighted\" selected>");
    page.says("Budget: 2M tokens a month");
    page.says("Each target goes first as often as its weight says");
    // The limit of its own, and the settings' where it has none.
    page.holds("placeholder=\"12\"");
    page.holds("placeholder=\"20\"");
    page.says("Remove cheap-first?");
    let page = open(Mood::Normal, "/combos/edit?combo=no-such").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.says("There is no combo called “no-such”.");
    let page = open(Mood::Empty, "/combos/edit").await;
    page.says("New combo");
    page.says("Make the combo");
    page.does_not_say("Remove the combo");
}

#[tokio::test]
async fn a_combo_is_saved_from_its_fields() {
    let fields = "replaces=&name=coder2&enabled=true&strategy=least-cost&hedge=true&first_token_s=2.5&stall_s=&max_attempts=3&terse=full\
                  &targets%5B0%5D%5Bmodel%5D=glm%2Fglm-4.7&targets%5B0%5D%5Benabled%5D=true&targets%5B0%5D%5Bweight%5D=4\
                  &targets%5B0%5D%5Bbudget%5D%5Bmeasure%5D=cost&targets%5B0%5D%5Bbudget%5D%5Bamount%5D=2.5\
                  &targets%5B0%5D%5Bbudget%5D%5Bperiod%5D=week&targets%5B1%5D%5Bmodel%5D=&targets%5B2%5D%5Bmodel%5D=groq%2Fok";
    let page = send("/console/save_combo", "/combos/edit", JSON, fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert_eq!(page.headers[header::LOCATION], "/combos");
    let combo: serde_json::Value = serde_json::from_str(&page.html).expect("a combo");
    assert_eq!(combo["strategy"], "least-cost");
    assert_eq!(combo["first_token_ms"], 2_500);
    assert_eq!(combo["stall_ms"], serde_json::Value::Null);
    assert_eq!((&combo["hedge"], &combo["rescue"]), (&true.into(), &false.into()));
    assert_eq!((&combo["max_attempts"], &combo["terse"]), (&3.into(), &"full".into()));
    let first = &combo["targets"][0];
    assert_eq!((&first["model"], &first["weight"]), (&"glm/glm-4.7".into(), &4.into()));
    assert_eq!(first["budget"]["amount"], 2_500_000_000_i64);
    let second = &combo["targets"][1];
    assert_eq!((&second["model"], &second["enabled"]), (&"groq/ok".into(), &false.into()));
}

#[tokio::test]
async fn a_refused_combo_names_the_field_and_the_line() {
    let base = "replaces=&name=coder2&strategy=priority&first_token_s=&max_attempts=";
    let two = "&targets%5B0%5D%5Bmodel%5D=&targets%5B1%5D%5Bmodel%5D=nonsense";
    let refused = |fields: String| async move {
        let page = send("/console/save_combo", "/combos/edit", JSON, &fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.html);
        let problem: serde_json::Value = serde_json::from_str(&page.html).expect("a problem");
        problem["field"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(refused(format!("{base}&stall_s={two}")).await, "targets[1][model]");
    assert_eq!(refused(format!("{base}&stall_s=")).await, "targets");
    assert_eq!(refused(format!("{base}&stall_s=soon{two}")).await, "stall_s");
    let good = two.replace("nonsense", "groq%2Fok");
    assert_eq!(refused(format!("{base}&stall_s=0.2{good}")).await, "stall_s");
    let weight = "&targets%5B1%5D%5Bweight%5D=heavy";
    assert_eq!(refused(format!("{base}&stall_s={good}{weight}")).await, "targets[1][weight]");
    let page = send("/console/save_combo", "/combos/edit", "text/html", &format!("{base}&stall_s=")).await;
    assert_eq!(page.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_combo_is_arranged_and_switched_where_it_stands() {
    let order = |page: &Page| {
        let combo: serde_json::Value = serde_json::from_str(&page.html).expect("a combo");
        let targets = combo["targets"].as_array().expect("targets").iter();
        let words = |target: &serde_json::Value| format!("{} {}", target["model"], target["enabled"]);
        targets.map(words).collect::<Vec<_>>().join(", ").replace('"', "")
    };
    let to = "/console/arrange_combo";
    let page = send(to, "/combos", JSON, "name=cheap-first&up=homelab%2Fqwen3-coder%3A30b").await;
    assert_eq!(order(&page), "homelab/qwen3-coder:30b true, groq/openai/gpt-oss-120b true, coder true");
    let page = send(to, "/combos", JSON, "name=cheap-first&flip=coder").await;
    assert_eq!(order(&page), "groq/openai/gpt-oss-120b true, homelab/qwen3-coder:30b true, coder false");
    let all = "coder%0Ahomelab%2Fqwen3-coder%3A30b%0Agroq%2Fopenai%2Fgpt-oss-120b";
    let page = send(to, "/combos", JSON, &format!("name=cheap-first&order={all}")).await;
    assert_eq!(order(&page), "coder true, homelab/qwen3-coder:30b true, groq/openai/gpt-oss-120b true");
    let page = send(to, "/combos", JSON, "name=cheap-first&order=coder").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let page = send(to, "/combos", JSON, "name=gone&up=coder").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let page = send("/console/enable_combo", "/combos", JSON, "name=coder&enabled=false").await;
    assert!(page.html.contains("\"enabled\":false,\"strategy\""), "{}", page.html);
}

#[tokio::test]
async fn aliases_stand_below_the_combos() {
    let page = open(Mood::Normal, "/combos").await;
    page.says("claude-opus-4-5 stands for coder");
    page.says("Remove gpt-5?");
    let page = send("/console/save_alias", "/combos", JSON, "name=coder&model=groq%2Fok").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.html.contains("\"field\":\"name\""), "{}", page.html);
    let page = send("/console/try_model", "/combos", JSON, "model=coder").await;
    assert!(page.html.contains("glm/glm-4.7 answered."), "{}", page.html);
}

#[tokio::test]
async fn accounts_show_what_waits_what_is_used_and_in_which_order_they_go() {
    let page = open(Mood::Normal, "/providers/anthropic").await;
    page.says("One after the other In turn The first one is used until it has to rest, then the next.");
    page.says("Works. 3 requests under way.");
    page.says(
        "claude-haiku-4-5 Keeps failing Overloaded (529) three times in a row. Tried again in 0:18 , with one request at a time.",
    );
    open(Mood::Normal, "/providers").await.says("Ready work 2 models wait");
    page.says("claude-opus-4-5 Waiting Its weekly limit is used up. Tried again in 1 day .");
    page.says("3.2M of 5M tokens used this week , 1.8M tokens left; it begins anew in 1 day");
    page.says("Today 3.2M tokens, $19.87.");
    page.holds("aria-label=\"Set the budget of the account work\"");
    open(Mood::Normal, "/providers/glm").await.says("A conversation stays at its account while");
    let page = open(Mood::Normal, "/providers/groq").await;
    page.does_not_say("One after the other");
}

#[tokio::test]
async fn a_budget_and_the_rotation_are_set_by_forms() {
    let budget = "id=1&budget%5Bmeasure%5D=tokens&budget%5Bamount%5D=2%2C000&budget%5Bperiod%5D=day";
    let page = send("/console/set_budget", "/providers/groq", JSON, budget).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let page = send("/console/set_budget", "/providers/groq", JSON, &budget.replace("2%2C000", "")).await;
    assert!(page.html.contains("\"field\":\"budget[amount]\""), "{}", page.html);
    let page =
        send("/console/rotate_accounts", "/providers/glm", JSON, "id=anthropic&rotation=round-robin").await;
    assert!(page.html.contains("\"rotation\":\"round-robin\""), "{}", page.html);
}

#[tokio::test]
async fn attempts_tell_why_they_were_made_and_by_which_rule_they_ended() {
    let page = open(Mood::Normal, EVENTFUL).await;
    page.says("anthropic/claude-sonnet-4-5 Failed work, first in the plan");
    page.says("Rule anthropic/overloaded");
    page.says("Dropped work, the same account once more");
    page.says("glm/glm-4.7 Broke off, continued below main, started beside attempt 2, which was silent");
    page.says("Answered personal, went on with the answer of attempt 3 after 22.6 s");
    page.says("Started after 22.6 s, first token after 900 ms, took 6.4 s, status 200");
    page.says("Plan anthropic/claude-sonnet-4-5 work: the conversation's own account");
    page.says("Left out of the plan groq/llama-3.3-70b-versatile Its context window");
    // One axis: the one that was started beside the silent one begins before that ends.
    page.holds("class=\"bar dropped\"");
    page.holds("class=\"bar won broken\"");
}

#[tokio::test]
async fn the_overview_tells_of_fallbacks() {
    let page = open(Mood::Normal, "/").await;
    page.says("Fallbacks anthropic/claude-sonnet-4-5 hit its 5-hour limit; glm/glm-4.7 answered. asked for coder 45 s ago");
    page.holds("href=\"/requests/019ab3f20000000000000000feecffff\"");
}

#[tokio::test]
async fn the_settings_explain_the_limits_of_fallbacks() {
    let page = open(Mood::Normal, "/settings").await;
    page.says("A target that is silent for so long is joined by the next one; the first to answer is used.");
    page.says("A stream that stands still for so long is continued by the next target.");
    page.says("providers keep prompts cached so long. 0 means not at all.");
    page.says("Then one request tries it again");
    page.holds("name=\"affinity_s\"");
    page.holds("name=\"circuit_s\"");
}
