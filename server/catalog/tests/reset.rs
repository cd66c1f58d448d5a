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
        ("retry-after-ms", "1500", 1_500),
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
    ] {
        assert_eq!(wait(&headers, body), None, "{headers:?} {body}");
    }
}

proptest! {
    #[test]
    fn any_answer_gives_a_time_ahead_of_now_or_none(name in "(retry-after|x-ratelimit-reset|x-ratelimit-remaining|[a-z-]{0,20})", value in ".{0,40}", body in ".{0,200}") {
        let found = wait(&[(&name, &value), ("x-ratelimit-remaining", "0")], &body);
        prop_assert!(found.is_none_or(|wait| wait > 0 && wait <= 35 * 86_400_000));
    }

    #[test]
    fn any_sentence_about_waiting_is_read_without_harm(words in "(try again in|reset at|将在|limit reached\\||wait) ?", rest in "[0-9a-zT:.+ é-]{0,30}") {
        let found = wait(&[], &format!("{words}{rest}"));
        prop_assert!(found.is_none_or(|wait| wait > 0));
    }
}
