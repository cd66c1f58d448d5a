//! Headers of ordinary answers.

use proptest::prelude::*;

use super::{lines, ms, quota};

/// 2026-11-21T12:00:00Z.
const NOW: i64 = 1_795_262_400_000;

fn read(id: &str, model: &str, headers: &[(&str, &str)]) -> Vec<String> {
    lines(&quota(id).read_headers(headers.iter().copied(), model, NOW), NOW)
}

#[test]
fn the_same_name_is_a_day_here_and_a_minute_there() {
    let headers = [
        ("X-RateLimit-Limit-Requests", "14400"),
        ("X-RateLimit-Remaining-Requests", "14390"),
        ("X-RateLimit-Reset-Requests", "2m59.56s"),
        ("x-ratelimit-limit-tokens", "6000"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "7.66s"),
    ];
    assert_eq!(
        read("groq", "llama-3.1-8b-instant", &headers),
        [
            "Day for llama-3.1-8b-instant: 0\u{2030} used 10 limit 14400 left 14390 requests in 179 s",
            "Minute for llama-3.1-8b-instant: 1000\u{2030} used 6000 limit 6000 left 0 tokens in 7 s",
        ]
    );
    assert_eq!(
        read("openai", "gpt-5.6", &headers)[0],
        "Minute for gpt-5.6: 0\u{2030} used 10 limit 14400 left 14390 requests in 179 s"
    );
    assert_eq!(read("cerebras", "m", &headers), [""; 0]);
    assert_eq!(read("deepseek", "m", &headers), [""; 0], "nothing is said to be read");
}

#[test]
fn each_vendor_has_its_own_names() {
    for (id, headers, expected) in [
        (
            "cerebras",
            &[
                ("x-ratelimit-limit-requests-day", "1000"),
                ("x-ratelimit-remaining-requests-day", "750"),
                ("x-ratelimit-reset-requests-day", "33011.38"),
            ][..],
            "Day for m: 250\u{2030} used 250 limit 1000 left 750 requests in 33011 s",
        ),
        (
            "anthropic",
            &[
                ("anthropic-ratelimit-input-tokens-limit", "80000"),
                ("anthropic-ratelimit-input-tokens-remaining", "20000"),
                ("anthropic-ratelimit-input-tokens-reset", "2026-11-21T12:00:59Z"),
            ],
            "Minute, input for m: 750\u{2030} used 60000 limit 80000 left 20000 tokens in 59 s",
        ),
        (
            "mistral",
            &[
                ("x-ratelimit-limit-tokens-month", "4000000"),
                ("x-ratelimit-remaining-tokens-month", "1000000"),
            ],
            "Month for m: 750\u{2030} used 3000000 limit 4000000 left 1000000 tokens",
        ),
        (
            "fireworks",
            &[
                ("x-ratelimit-limit-tokens-generated", "1000"),
                ("x-ratelimit-remaining-tokens-generated", "500"),
                ("x-ratelimit-over-limit", "yes"),
            ],
            "Minute, output for m: 500\u{2030} used 500 limit 1000 left 500 tokens",
        ),
        (
            "nebius",
            &[("x-ratelimit-limit-requests", "60"), ("x-ratelimit-remaining-requests", "59")],
            "Minute for m: 16\u{2030} used 1 limit 60 left 59 requests",
        ),
    ] {
        assert_eq!(read(id, "m", headers), [expected], "{id}");
    }
}

#[test]
fn a_claude_plan_tells_shares() {
    let headers = [
        ("anthropic-ratelimit-unified-status", "allowed_warning"),
        ("anthropic-ratelimit-unified-5h-status", "allowed"),
        ("anthropic-ratelimit-unified-5h-utilization", "0.0"),
        ("anthropic-ratelimit-unified-5h-reset", "1795269600"),
        ("anthropic-ratelimit-unified-7d-status", "allowed_warning"),
        ("anthropic-ratelimit-unified-7d-utilization", "0.53"),
        ("anthropic-ratelimit-unified-7d-reset", "1795348800"),
        ("anthropic-ratelimit-unified-7d_sonnet-status", "rejected"),
        ("anthropic-ratelimit-unified-7d_sonnet-reset", "1795348800"),
        ("anthropic-ratelimit-unified-7d_oi-utilization", "1.02"),
        ("anthropic-ratelimit-unified-overage-status", "rejected"),
    ];
    assert_eq!(
        read("claude", "claude-opus-5-5", &headers),
        [
            "5 hours: 0\u{2030} percent in 7200 s",
            "Week: 530\u{2030} percent in 86400 s",
            "Week (Sonnet) for *sonnet*: 1000\u{2030} percent in 86400 s",
        ]
    );
}

#[test]
fn a_chatgpt_plan_names_no_window_of_no_minutes() {
    let headers = [
        ("x-codex-primary-used-percent", "100"),
        ("x-codex-primary-window-minutes", "10080"),
        ("x-codex-primary-reset-at", ""),
        ("x-codex-primary-reset-after-seconds", "13873"),
        ("x-codex-secondary-used-percent", "0"),
        ("x-codex-secondary-window-minutes", "0"),
        ("x-codex-secondary-reset-at", ""),
        ("x-codex-credits-has-credits", "False"),
        ("x-codex-credits-balance", ""),
        ("x-codex-credits-unlimited", "False"),
        ("x-codex-bengalfox-primary-used-percent", "50"),
    ];
    assert_eq!(read("codex", "gpt-6-sol", &headers), ["Week: 1000\u{2030} percent in 13873 s"]);
    let credits = [("x-codex-credits-has-credits", "True"), ("x-codex-credits-balance", "12.50")];
    assert_eq!(read("codex", "gpt-6-sol", &credits), ["Credits: left 12.5 credits"]);
}

#[test]
fn copilot_has_a_list_in_one_header() {
    let now = ms("2026-08-31T23:00:00Z");
    let list = "ent=10000000&ov=0.0&ovPerm=true&rem=97.1&rst=2026-09-01T00%3A00%3A00Z&totRem=9719759.1";
    let unlimited = "ent=-1&ov=0.0&ovPerm=false&rem=100.0&rst=2026-09-01T00%3A00%3A00Z";
    let headers = [("X-Quota-Snapshot-Premium_Interactions", list), ("x-quota-snapshot-chat", unlimited)];
    let windows = quota("github").read_headers(headers.into_iter(), "gpt-4o", now);
    assert_eq!(lines(&windows, now), ["Month, premium requests: 29\u{2030} percent in 3600 s"]);
}

#[test]
fn what_is_missing_or_garbled_is_not_zero() {
    for headers in [
        &[("x-ratelimit-limit-requests", "100")][..],
        &[("x-ratelimit-remaining-requests", "soon"), ("x-ratelimit-limit-requests", "100")],
        &[("x-ratelimit-remaining-requests", "5"), ("x-ratelimit-limit-requests", "0")],
        &[("x-ratelimit-remaining-requests", "NaN"), ("x-ratelimit-limit-requests", "inf")],
    ] {
        assert_eq!(read("groq", "m", headers), [""; 0], "{headers:?}");
    }
    let alone = [("x-ratelimit-remaining-requests", "5"), ("x-ratelimit-reset-requests", "9999999999999999")];
    assert_eq!(read("groq", "m", &alone), ["Day for m: left 5 requests"]);
}

proptest! {
    #[test]
    fn any_headers_are_read_without_harm(
        name in "(x-ratelimit-|anthropic-ratelimit-unified-|x-codex-primary-|x-quota-snapshot-chat)?(limit|remaining|reset|5h-utilization|used-percent|window-minutes|[a-z-]{0,9})(-requests|-tokens)?",
        value in "(.{0,30}|-?[0-9]{1,25}(\\.[0-9]+)?|(ent|rem|rst)=[0-9%a-f.:-]{0,20}&rem=5)", now in any::<i64>(),
    ) {
        let headers = [(name.as_str(), value.as_str()), ("x-ratelimit-limit-requests", &value), ("x-codex-primary-window-minutes", &value)];
        for id in ["groq", "openai", "anthropic", "claude", "codex", "github"] {
            for window in quota(id).read_headers(headers.into_iter(), "m", now) {
                prop_assert!(window.resets_at_ms.is_none_or(|at| at > now));
            }
        }
    }
}
