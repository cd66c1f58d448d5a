//! Each page over a console with made-up data: what a person would notice on it.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod combos;
#[path = "../fake/mod.rs"]
mod fake;
mod models;
mod page;
mod payload;
mod prices;
mod quota;
mod saver;
mod sign_in;
mod usage;
mod what_if;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use fake::Mood;
use page::{answer, open, send};

const EXAMPLE: &str = "/translator?example=messages-stream";
const ANSWERED: &str = "/requests/019ab3f20000000000000000feecffff";

#[tokio::test]
async fn the_overview_shows_the_day_in_four_figures() {
    let page = open(Mood::Normal, "/").await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Requests today 418 3 failed, 27 answered by a fallback");
    page.says("46% of yesterday's 903");
    page.says("Tokens in 12.6M 78% from the provider's cache");
    page.says("Tokens out 385k");
    page.says("Spend $3.87 and 6 requests of unknown price");
    page.says("Subscription 8.6M 66%");
    page.does_not_say("Three steps");
}

#[tokio::test]
async fn the_overview_says_who_needs_a_hand() {
    let page = open(Mood::Normal, "/").await;
    page.says("DeepSeek refused this key (401). Paste a new one or remove the account.");
    page.says("1 account needs a hand");
    page.holds("href=\"/providers/deepseek\"");
}

#[tokio::test]
async fn a_new_installation_shows_three_steps_instead_of_zeros() {
    let page = open(Mood::Empty, "/").await;
    page.says("Three steps to a first answer");
    page.says("Connect a provider");
    page.says("Copy the endpoint and make a key");
    page.says("Waiting for a request from your tool");
    page.holds("href=\"/providers\"");
    page.does_not_say("$0");
}

#[tokio::test]
async fn an_unknown_price_is_never_nothing() {
    let page = open(Mood::Normal, "/requests").await;
    page.says("4k / 544");
    page.says("unknown 7.5 s");
    page.does_not_say("$0 ");
}

#[tokio::test]
async fn a_request_that_reached_no_provider_used_nothing() {
    let page = open(Mood::Normal, "/requests").await;
    page.says("coder combo no target was tried No target can serve this request now");
    page.says("– none – none");
    let page = open(Mood::Normal, "/requests/019ab3f20000000000000000feecfff6").await;
    page.says("Tokens in, out none");
    page.says("Cost none");
    page.says("No provider was called, so no tokens were used.");
}

#[tokio::test]
async fn requests_are_filtered_through_the_address() {
    let page = open(Mood::Normal, "/requests?search=rate+limit&outcome=odd&key=cline").await;
    page.holds("value=\"rate limit\"");
    page.says("There is no outcome called “odd”, so all are shown.");
    page.holds("href=\"/requests?outcome=odd&amp;key=cline\"");
    page.says("Older");
    let page = open(Mood::Normal, "/requests?search=nothing").await;
    page.says("No request fits");
    page.says("Show all requests");
}

#[tokio::test]
async fn no_requests_lead_to_connecting_a_tool() {
    let page = open(Mood::Empty, "/requests").await;
    page.says("No requests yet");
    page.holds("href=\"/connect\"");
    page.does_not_say("Any outcome");
}

#[tokio::test]
async fn a_request_tells_its_story() {
    let page = open(Mood::Normal, ANSWERED).await;
    page.says("Answered by glm/glm-4.7 after claude-sonnet-4-5 hit its 5-hour limit.");
    page.says("Anthropic says that the 5-hour limit is used up. Parked the account until 17:00");
    page.says("Fresh input 1,514 $0.60 per million $0.0009084");
    page.says("Together $0.001835");
    page.says(
        "groq/llama-3.3-70b-versatile Its context window of 131k tokens is too small for this request.",
    );
    page.says("Reasoning took 212 tokens of the output.");
}

#[tokio::test]
async fn a_request_that_is_gone_is_not_found() {
    let page = open(Mood::Normal, "/requests/0").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.says("No request has this id. It may be older than requests are kept.");
    page.holds("aria-current=\"page\"");
}

#[tokio::test]
async fn a_provider_says_what_it_lists_itself() {
    let page = open(Mood::Normal, "/providers/groq").await;
    page.says("glm 4.7, not in the provider's list");
    page.says("Ask for its models Its own list is from 9 min ago .");
    page.says("Ask a model for one word");
    page.holds("<option value=\"groq/glm-4.7\"");
    let page = open(Mood::Normal, "/providers").await;
    page.says("Ollama answers on this machine. Use it");
}

#[tokio::test]
async fn connected_providers_come_before_the_catalogue() {
    let page = open(Mood::Normal, "/providers").await;
    let words = page.words();
    let (connected, catalogue) = words.split_once("Catalogue 31 providers").expect("a catalogue");
    assert!(connected.contains("Anthropic 6 models"), "{connected}");
    assert!(connected.contains("Parked personal back in 2 h 54 min"), "{connected}");
    assert!(catalogue.contains("Cerebras"), "{catalogue}");
    assert!(!catalogue.contains("DeepSeek"), "{catalogue}");
}

#[tokio::test]
async fn the_catalogue_is_searched_without_javascript() {
    let page = open(Mood::Empty, "/providers?q=groq").await;
    let tiles: Vec<_> = page.html.split("<li ").filter(|tile| tile.contains("class=\"tile\"")).collect();
    let shown = |tile: &&&str| !tile.split('>').next().unwrap_or_default().contains(" hidden");
    assert_eq!(tiles.iter().filter(shown).count(), 1, "of {} tiles", tiles.len());
    let page = open(Mood::Empty, "/providers?q=nosuch").await;
    page.says("No such provider in the catalogue");
}

#[tokio::test]
async fn a_provider_shows_masked_keys_only_and_what_to_do() {
    let page = open(Mood::Normal, "/providers/deepseek").await;
    page.says("••••9f2c");
    page.says("DeepSeek refused this key (401). Paste a new one or remove the account.");
    page.says("Tried again in 2 h 54 min .");
    page.says("Try again now");
    page.says("Latest failures Every account is rate limited.");
    page.says("Get a key");
    let page = open(Mood::Normal, "/providers/anthropic").await;
    page.says("What the vendor says:");
    page.says("The 5-hour limit is used up. Tried again in 2 h 54 min .");
    let page = open(Mood::Normal, "/providers/nosuch").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn prices_of_models_are_unknown_when_no_source_states_them() {
    let page = open(Mood::Normal, "/providers/groq").await;
    page.says("groq/openai/gpt-oss-120b gpt oss 120b 131k $0.15 $0.075 $0.75");
    page.says("groq/qwen3-32b qwen3 32b 131k unknown unknown unknown");
}

#[tokio::test]
async fn keys_are_pasted_by_the_dozen_and_accounts_tested_together() {
    let page = open(Mood::Normal, "/providers/glm").await;
    page.says("Paste several keys");
    page.says("Test all");
    let page = open(Mood::Normal, "/providers/groq").await;
    page.says("Paste several keys");
    page.does_not_say("Test all");
}

#[tokio::test]
async fn a_provider_on_ones_own_machine_needs_no_key() {
    let page = open(Mood::Empty, "/providers/ollama").await;
    page.does_not_say("Paste several keys");
    page.says("It needs no key.");
    page.says("Use Ollama");
    assert!(!page.html.contains("type=\"password\""));
}

#[tokio::test]
async fn connect_fills_the_examples_with_the_address_and_a_model() {
    let page = open(Mood::Normal, "/connect").await;
    page.says("http://127.0.0.1:20128/v1");
    page.says("••••q9Vd");
    page.says("Last request just now");
    page.does_not_say("Waiting for a request");
    let words = page.words();
    assert!(words.contains("\"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:20128\""), "{words}");
    page.holds("<mark data-filled=\"model\">coder</mark>");
    page.says("GOOGLE_GEMINI_BASE_URL=");
    page.says("it must be a public https address");
    let page = open(Mood::Normal, "/connect?model=glm/glm-4.7").await;
    page.holds("<mark data-filled=\"model\">glm/glm-4.7</mark>");
}

#[tokio::test]
async fn connect_without_providers_leads_to_them() {
    let page = open(Mood::Empty, "/connect").await;
    page.says("No keys yet");
    page.says("No model is listed yet. Connect a provider and its models appear here.");
    page.says("Waiting for a request from your tool");
}

#[tokio::test]
async fn the_translator_starts_empty_and_shows_an_example_by_its_address() {
    let page = open(Mood::Empty, "/translator").await;
    page.says("Nothing is translated yet");
    page.says("nothing is stored, and nothing is sent to a provider");
    let page = open(Mood::Empty, "/translator?example=messages-request").await;
    page.says("web_search_20250305");
    page.says("Not carried over 7 reasoning.budget it is asked for as the nearest level");
    page.says("Read as a request in the format messages : it has system beside messages .");
    page.holds("data-said=\"Translated to OpenAI-compatible (chat completions). 7 things were");
    open(Mood::Empty, "/translator?example=no-such").await.says("Nothing is translated yet");
}

#[tokio::test]
async fn the_translator_shows_what_was_posted_beside_what_became_of_it() {
    // As a browser sends it, and markup in it stays text.
    let fields = "kind=&from=chat&to=messages&text=%7B%22a%22%3A+%22%3C%2Ftextarea%3E%3Cb%3E%22%7D";
    for accepts in ["text/html", "application/json"] {
        let page = send("/translator", "/translator", accepts, fields).await;
        assert_eq!(page.status, StatusCode::OK);
        page.holds("\n{\"a\": \"&lt;/textarea>&lt;b>\"}</textarea>");
        page.holds("{\"a\": \"&lt;/textarea&gt;&lt;b&gt;\"}</code>");
        page.says("Carried over Everything was carried over.");
        page.holds("<option value=\"messages\" selected>");
    }
    let page = send("/translator", "/translator", "text/html", "to=chat&text=narrator").await;
    page.says("messages[1].role must be user or assistant, not \"narrator\".");
    page.holds("narrator</textarea>");
}

#[tokio::test]
async fn settings_say_why_a_switch_is_locked() {
    let page = open(Mood::Heavy, "/settings").await;
    page.says("Ninerouter listens beyond this machine, where a key is always needed.");
    page.holds("<input type=\"hidden\" name=\"require_key\" value=\"true\">");
    page.says("Firefox on Linux");
    page.holds("value=\"120\"");
    page.says("/home/ada/.ninerouter");
    let page = open(Mood::Normal, "/settings").await;
    assert!(!page.html.contains("<input type=\"hidden\" name=\"require_key\""));
}

#[tokio::test]
async fn set_up_asks_for_a_name_and_a_password_only_with_a_token() {
    let page = open(Mood::New, "/setup?token=abc").await;
    page.holds("name=\"token\" value=\"abc\"");
    page.holds("autocomplete=\"new-password\"");
    let page = open(Mood::New, "/setup").await;
    page.says("Open the set-up link that Ninerouter printed on its console");
    assert!(!page.html.contains("autocomplete=\"new-password\""));
    let page = open(Mood::Normal, "/setup?token=abc").await;
    page.says("Already set up");
}

#[tokio::test]
async fn a_refused_login_is_told_without_javascript() {
    let page = send("/console/log_in", "/login", "text/html", "name=ada&password=wrong").await;
    assert_eq!(page.status, StatusCode::FOUND);
    let back = page.headers[header::LOCATION].to_str().expect("a location");
    let back = back.strip_prefix("http://127.0.0.1:20128").expect("our own page");
    open(Mood::Normal, back).await.says("This name and password do not fit together.");
}

#[tokio::test]
async fn a_refused_form_names_its_field_to_the_island() {
    let page = send("/console/log_in", "/login", "application/json", "name=ada&password=wrong").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.html.contains("\"field\":\"password\""), "{}", page.html);
    let page = send("/console/log_in", "/login", "application/json", "name=ada&password=right").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers[header::LOCATION], "/");
}

#[tokio::test]
async fn a_policy_is_typed_in_seconds_and_megabytes() {
    let fields = "require_key=true&retention_days=30&max_body_mb=64&connect_s=0.5&first_byte_s=120&whole_reply_s=600&idle_s=120&first_token_s=12&stall_s=20&affinity_s=300&circuit_s=20&payload_mb=256&payload_days=7";
    let page = send("/console/save_policy", "/settings", "application/json", fields).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.html.contains("\"field\":\"connect_s\""), "{}", page.html);
    let fields = fields.replace("0.5", "2.5").replace("require_key=true&", "");
    let page = send("/console/save_policy", "/settings", "application/json", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("\"connect_ms\":2500"), "{}", page.html);
    assert!(page.html.contains("\"require_key\":false"), "{}", page.html);
    assert!(page.html.contains("\"max_body_bytes\":67108864"), "{}", page.html);
}

#[tokio::test]
async fn trouble_is_told_in_words_with_a_moment_to_look_up() {
    let page = open(Mood::Broken, "/").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.says("The database cannot be read: its file is locked.");
    page.says("Look in the log at 2026-11-21 14:05:09 UTC");
}

#[tokio::test]
async fn an_address_with_no_page_is_not_found() {
    let page = open(Mood::Normal, "/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.says("No page of Ninerouter has this address.");
}

#[tokio::test]
async fn nothing_on_a_page_comes_from_elsewhere_or_breaks_its_policy() {
    for path in [
        "/",
        "/requests",
        ANSWERED,
        "/providers",
        "/providers/anthropic",
        "/combos?plan=coder",
        "/combos/edit?combo=coder",
        "/connect",
        EXAMPLE,
        "/saver",
        "/settings",
        "/login",
    ] {
        let page = open(Mood::Heavy, path).await;
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        for script in page.html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(
                tag.contains(&format!("nonce=\"{nonce}\"")),
                "a script of {path} has no nonce: <script{tag}>"
            );
        }
        assert!(!page.html.contains(" style=\""), "{path} has an inline style");
        assert!(
            !page.html.contains("src=\"http") && !page.html.contains("src=\"//"),
            "{path} loads from elsewhere"
        );
        assert!(page.html.len() < 100_000, "{path} has {} bytes", page.html.len());
    }
}

#[tokio::test]
async fn the_reader_has_their_theme_and_their_clock() {
    let request = Request::get(ANSWERED).header(header::COOKIE, "theme=dark; tz=330").body(Body::empty());
    let page = answer(Mood::Normal, request.expect("a good request")).await;
    page.holds("<html lang=\"en\" data-theme=\"dark\">");
    page.holds("title=\"2026-11-21 19:34:24\"");
    let page = open(Mood::Normal, ANSWERED).await;
    page.holds("data-theme=\"system\"");
    page.holds("title=\"2026-11-21 14:04:24 UTC\"");
}
