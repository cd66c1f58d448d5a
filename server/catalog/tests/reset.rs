//! Every way vendors say when to come back.

use catalog::reset_hint;
use proptest::prelude::*;

/// 2026-11-21T12:00:00Z.
const NOW: i64 = 1_795_262_400_000;

fn wait(headers: &[(&str, &str)], body: &str) -> Option<i64> {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    reset_hint(&headers, body, NOW).map(|at| at - NOW)
}

#[test]
fn retry_after_in_all_its_forms() {
    for (name, value, millis) in [
        ("retry-after", "20", 20_000),
        ("retry-after", "0.5", 500),
        ("retry-after", "Sat, 21 Nov 2026 12:00:30 GMT", 30_000),
        ("retry-after", "2026-11-21T12:00:30Z", 30_000),
        ("retry-after", "12s", 12_000),
        ("retry-after", "6m0s", 360_000),
        ("retry-after", "250ms", 250),
        // The two old forms of an HTTP date.
        ("retry-after", "Saturday, 21-Nov-26 12:00:30 GMT", 30_000),
        ("retry-after", "Sat Nov 21 12:00:30 2026", 30_000),
        ("retry-after", "1795262430", 30_000),
        ("retry-after-ms", "1500", 1_500),
        ("x-ms-retry-after-ms", "1500", 1_500),
        // Copilot, 2026.
        ("x-ratelimit-user-retry-after", "7200", 7_200_000),
        ("Retry-After", "20", 20_000),
    ] {
        assert_eq!(wait(&[(name, value)], ""), Some(millis), "{name}: {value}");
    }
}

#[test]
fn a_limit_counts_only_when_nothing_remains() {
    for (reset, millis) in [
        ("7m12.5s", 432_500),
        ("1s", 1_000),
        ("6ms", 6),
        ("1795262460", 60_000),
        ("1795262460000", 60_000),
        ("60", 60_000),
        ("2026-11-21T12:01:00Z", 60_000),
        ("2026-11-21T14:01:00+02:00", 60_000),
    ] {
        let name = "x-ratelimit-reset-tokens";
        assert_eq!(
            wait(&[(name, reset), ("x-ratelimit-remaining-tokens", "0")], ""),
            Some(millis),
            "{reset}"
        );
        assert_eq!(wait(&[(name, reset), ("x-ratelimit-remaining-tokens", "12")], ""), None, "{reset}");
        assert_eq!(wait(&[(name, reset)], ""), None, "{reset}: sent on success too");
    }
}

#[test]
fn limits_have_many_names() {
    for headers in [
        vec![("ratelimit-remaining", "0"), ("ratelimit-reset", "30")],
        vec![("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "30")],
        vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "30.0")],
        vec![("x-ratelimit-remaining-tokens-minute", "0"), ("x-ratelimit-reset-tokens-minute", "30")],
        // Mistral, 2026.
        vec![("ratelimitbysize-remaining", "0"), ("ratelimitbysize-reset", "30")],
        vec![("ratelimit", "\"default\";r=0;t=30")],
        vec![("ratelimit", "\"minute\";r=0;t=30, \"day\";r=900;t=9000")],
        vec![("ratelimit", "limit=10, remaining=0, reset=30")],
    ] {
        assert_eq!(wait(&headers, ""), Some(30_000), "{headers:?}");
    }
    for headers in [
        vec![("ratelimit", "\"default\";r=7;t=30")],
        vec![("ratelimit", "\"default\";r=0")],
        vec![("ratelimit", "limit=10, remaining=3, reset=30")],
        vec![("ratelimit-policy", "\"default\";q=100;w=30")],
    ] {
        assert_eq!(wait(&headers, ""), None, "{headers:?}");
    }
}

#[test]
fn a_full_window_of_a_chatgpt_plan_counts() {
    // codex-proxy issue 65, March 2026.
    let mut headers = vec![
        ("x-codex-active-limit", "codex"),
        ("x-codex-plan-type", "free"),
        ("x-codex-primary-used-percent", "100"),
        ("x-codex-primary-window-minutes", "10080"),
        ("x-codex-primary-reset-after-seconds", "471285"),
        ("x-codex-primary-reset-at", "1795266000"),
        ("x-codex-secondary-used-percent", "40"),
        ("x-codex-secondary-reset-after-seconds", "999"),
        // The window of another model (June 2026).
        ("x-codex-bengalfox-primary-used-percent", "100"),
        ("x-codex-bengalfox-primary-reset-after-seconds", "500000"),
    ];
    assert_eq!(wait(&headers, ""), Some(3_600_000));
    headers.retain(|(name, _)| *name != "x-codex-primary-reset-at");
    assert_eq!(wait(&headers, ""), Some(471_285_000));
    headers.retain(|(name, _)| *name != "x-codex-primary-used-percent");
    assert_eq!(wait(&headers, ""), None);
    // pi issue 4172, May 2026: within a stream, with the headers of the answer in it.
    let body = r#"{"type":"error","error":{"type":"usage_limit_reached","message":"The usage limit has been reached"},"status_code":429,"headers":{"X-Codex-Primary-Used-Percent":"100","X-Codex-Primary-Reset-At":["1795266000"],"X-Codex-Secondary-Used-Percent":"80","X-Codex-Secondary-Reset-At":"1795700000"}}"#;
    assert_eq!(wait(&[], body), Some(3_600_000));
}

#[test]
fn of_several_spent_limits_the_last_to_return_counts() {
    let headers = [
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "2s"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "9s"),
    ];
    assert_eq!(wait(&headers, ""), Some(9_000));
    let mut told = headers.to_vec();
    told.push(("retry-after", "3"));
    assert_eq!(wait(&told, ""), Some(3_000), "what is said of this request goes before the state of limits");
}

#[test]
fn a_rejected_unified_limit_counts_and_overage_does_not() {
    // claude-code 2.1.206, July 2026.
    let headers = [
        ("anthropic-ratelimit-unified-status", "rejected"),
        ("anthropic-ratelimit-unified-reset", "1795273200"),
        ("anthropic-ratelimit-unified-5h-status", "rejected"),
        ("anthropic-ratelimit-unified-5h-reset", "1795273200"),
        ("anthropic-ratelimit-unified-7d-status", "allowed"),
        ("anthropic-ratelimit-unified-7d-reset", "1795600000"),
        ("anthropic-ratelimit-unified-overage-status", "rejected"),
        ("anthropic-ratelimit-unified-overage-reset", "1796083200"),
    ];
    assert_eq!(wait(&headers, ""), Some(3 * 3_600_000));
}

#[test]
fn bodies_say_it_in_fields_and_in_sentences() {
    for (body, millis) in [
        (r#"{"error":{"resets_at":1795266000}}"#, 3_600_000),
        (r#"{"error":{"resets_in_seconds":90}}"#, 90_000),
        (
            r#"{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12s"}]}}"#,
            12_000,
        ),
        (r#"{"error":{"message":"Please try again in 7m12.5s. Visit x"}}"#, 432_500),
        ("You have hit your limit, try again in 21 hours.", 75_600_000),
        ("Try again at 2026-11-21T13:00:00Z.", 3_600_000),
        (r#"{"message":"Please retry after 26 seconds."}"#, 26_000),
        ("Claude AI usage limit reached|1795266000", 3_600_000),
        (r#"{"error":{"message":"{\"error\":{\"retryDelay\":\"5s\"}}"}}"#, 5_000),
        (r#"{"error":{"metadata":{"retry_after_seconds":4.2}}}"#, 4_200),
        ("resets in 2 days 3 hours", 183_600_000),
        // Copilot, 2025 and 2026.
        ("Please try again in 58 hours. Please review our Terms of Service", 208_800_000),
        ("Sorry, your request was rate-limited. Please wait 9 hours 23 minutes and try again!", 33_780_000),
        // GitHub Models.
        (
            "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 46982 seconds before retrying.",
            46_982_000,
        ),
        // Codex, 2025.
        ("You've hit your usage limit. Try again in 4 days 20 hours 9 minutes.", 418_140_000),
        ("try again in 21h", 75_600_000),
        ("Please try again in 1h2m3s.", 3_723_000),
        ("try again in 3 days", 259_200_000),
        ("Please try again in 114h18m0s. Visit x", 411_480_000),
        // Kimi, 2026.
        ("request reached organization max concurrency: 1, please try again after 1 seconds", 1_000),
        // Google's other addresses, 2026.
        ("You have exhausted your capacity on this model. Your quota will reset after 2h5m3s.", 7_503_000),
        (
            r#"{"error":{"details":[{"metadata":{"quotaResetDelay":"2h5m3.5s","quotaResetTimeStamp":"2026-11-21T14:05:03Z"}}]}}"#,
            7_503_500,
        ),
        ("resets in: 5h", 18_000_000),
        ("try again in ~5 minutes", 300_000),
        ("Please try again in about an hour.", 3_600_000),
        ("try again in a minute", 60_000),
        ("You will regain access on 2026-11-22.", 43_200_000),
        (r#"{"error":{"reset_at":"2026-11-21 13:00:00"}}"#, 3_600_000),
    ] {
        assert_eq!(wait(&[], body), Some(millis), "{body}");
    }
}

#[test]
fn what_is_past_absurd_or_unclear_is_no_hint() {
    for (headers, body) in [
        (vec![("retry-after", "0")], ""),
        (vec![("retry-after", "soon")], ""),
        (vec![("retry-after", "-5")], ""),
        (vec![("retry-after", "NaN")], ""),
        (vec![("retry-after", "99999999")], ""),
        (vec![("retry-after", "Sat, 21 Nov 2020 12:00:30 GMT")], ""),
        (vec![], r#"{"error":{"resets_at":1600000000}}"#),
        (vec![], "Please try again later."),
        (vec![], "resets at 5:01 PM"),
        (vec![], "your limit will reset at 2026-13-40 99:00:00"),
        (vec![], "wait a moment"),
        (vec![], "try again in a few minutes"),
        (vec![("retry-after", "Sat Nov 41 12:00:30 2026")], ""),
        (vec![("x-ratelimit-remaining", "-1"), ("x-ratelimit-reset", "60")], ""),
    ] {
        assert_eq!(wait(&headers, body), None, "{headers:?} {body}");
    }
}

proptest! {
    #[test]
    fn any_answer_gives_a_time_ahead_of_now_or_none(name in "(retry-after|ratelimit|x-codex-primary-used-percent|x-ratelimit-reset|x-ratelimit-remaining|[a-z-]{0,20})", value in ".{0,40}", body in ".{0,200}") {
        let found = wait(&[(&name, &value), ("x-ratelimit-remaining", "0")], &body);
        prop_assert!(found.is_none_or(|wait| wait > 0 && wait <= 35 * 86_400_000));
    }

    #[test]
    fn any_sentence_about_waiting_is_read_without_harm(words in "(try again in|reset at|将在|limit reached\\||wait) ?", rest in "[0-9a-zT:.+ é-]{0,30}") {
        let found = wait(&[], &format!("{words}{rest}"));
        prop_assert!(found.is_none_or(|wait| wait > 0));
    }
}
