//! Failures of an answer that had begun: an error within the stream (status 200, or the one it states), a stream
//! that is cut, one that stalls.

use catalog::{Catalog, Failure};

use super::{Case, HOUR, MINUTE, NOW, Next, check, next};

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("anthropic", 200, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("anthropic", 200, r#"{"type":"error","error":{"type":"api_error","message":"Internal server error"}}"#, &[], "default/in-stream", Next::Retry(350)),
    ("anthropic", 200, r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your organization's rate limit of 30,000 input tokens per minute"}}"#, &[], "default/rate-limit-words", Next::Account(30_000)),
    ("anthropic", 200, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#, &[], "default/content-policy", Next::Stop),
    ("openai", 200, r#"{"type":"response.failed","response":{"id":"resp_x","status":"failed","error":{"code":"server_error","message":"An error occurred while processing your request."}}}"#, &[], "default/in-stream", Next::Retry(350)),
    ("openai", 200, r#"{"type":"response.failed","response":{"id":"resp_x","status":"failed","error":{"code":"rate_limit_exceeded","message":"Rate limit reached for gpt-5.1 in organization org-x on tokens per min (TPM): Limit 30000, Used 22999, Requested 12528. Please try again in 11.054s."}}}"#, &[], "default/rate-limit-words", Next::Account(11_054)),
    ("openai", 200, r#"{"type":"error","error":{"type":"tokens","code":"rate_limit_exceeded","message":"Request too large for gpt-5.6 in organization org-x on tokens per min (TPM): Limit 30000, Requested 41000."}}"#, &[], "default/larger-than-limit", Next::Target),
    ("openai", 200, r#"{"type":"response.failed","response":{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}}"#, &[], "default/no-credit", Next::Person(HOUR)),
    ("openai", 200, r#"{"type":"response.failed","response":{"error":{"code":"context_length_exceeded","message":"Your input exceeds the context window of this model."}}}"#, &[], "default/context-length", Next::Target),
    // ChatGPT plans, 2025 and May 2026
    ("codex", 200, r#"{"type":"response.failed","response":{"error":{"code":"server_is_overloaded","message":"Our servers are currently overloaded. Please try again later."}}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("codex", 200, r#"{"type":"response.failed","response":{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":3600}}}"#, &[], "default/plan-limit", Next::Whole(HOUR)),
    ("codex", 429, r#"{"type":"error","error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus"},"status_code":429,"headers":{"X-Codex-Primary-Used-Percent":"100","X-Codex-Primary-Reset-After-Seconds":"13873"}}"#, &[], "default/plan-limit", Next::Whole(13_873_000)),
    // OpenRouter states its status in the stream
    ("openrouter", 502, r#"{"id":"x","object":"chat.completion.chunk","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#, &[], "default/server", Next::Retry(350)),
    ("openrouter", 429, r#"{"id":"x","error":{"code":429,"message":"Provider returned error","metadata":{"raw":"busy","provider_name":"Chutes"}},"choices":[]}"#, &[], "openrouter/upstream-host", Next::TargetAfter(20_000)),
    ("gemini", 200, r#"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#, &[], "default/overloaded", Next::Retry(500)),
    ("gemini", 200, r#"{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}"#, &[], "default/rate-limit-words", Next::Account(30_000)),
    ("groq", 200, r#"{"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed"}}"#, &[], "groq/broken-call", Next::Retry(350)),
    ("minimax", 200, r#"{"base_resp":{"status_code":2056,"status_msg":"usage limit exceeded"}}"#, &[], "minimax/plan-limit", Next::Whole(15 * MINUTE)),
    ("minimax", 200, r#"{"base_resp":{"status_code":1000,"status_msg":"unknown error"}}"#, &[], "minimax/server", Next::Retry(350)),
    ("bedrock", 200, r#"{"message":"Too many tokens, please wait before trying again."}"#, &[], "default/rate-limit-words", Next::Account(30_000)),
    ("gateway", 200, r#"{"error":"upstream went away"}"#, &[], "default/in-stream", Next::Retry(350)),
    ("gateway", 200, "", &[], "default/in-stream", Next::Retry(350)),
];

#[test]
fn an_error_within_a_stream_is_judged_by_the_same_rules() {
    check(&Catalog::builtin().unwrap(), CASES);
}

fn broken<'a>(message: &'a str, silent: bool) -> Failure<'a> {
    Failure { status: None, silent, message, code: "", kind: "", body: "", headers: &[] }
}

#[test]
fn a_cut_stream_is_asked_for_again_and_a_stalled_one_elsewhere() {
    let catalog = Catalog::builtin().unwrap();
    for provider in catalog.providers() {
        for (message, rule, sentence) in [
            (
                "the connection broke in the middle of the answer: connection reset by peer",
                "default/cut",
                "Connection broke in the middle of the answer",
            ),
            ("The stream ended before it said anything.", "default/empty", "The answer was empty"),
            ("could not connect: connection refused", "default/connection", "Connection failed"),
        ] {
            let cut = provider.rule_on(&broken(message, false), NOW);
            assert_eq!((cut.rule.as_str(), next(&cut.verdict)), (rule, Next::Retry(350)), "{}", provider.id);
            assert_eq!(cut.sentence, sentence);
        }
        // Nothing is parked: one slow answer says nothing of the next.
        for status in [None, Some(200)] {
            let stalled = Failure { status, ..broken("no frame for 20 s", true) };
            let stalled = provider.rule_on(&stalled, NOW);
            let found = (stalled.rule.as_str(), next(&stalled.verdict));
            assert_eq!(found, ("default/silent", Next::AccountAtOnce), "{}", provider.id);
        }
    }
}
