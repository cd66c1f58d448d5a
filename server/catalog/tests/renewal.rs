//! Every way vendors say on good answers when a quota begins anew.

use catalog::quota_renewal;
use proptest::prelude::*;

/// 2026-11-21T12:00:00Z.
const NOW: i64 = 1_795_262_400_000;

/// Seconds from now.
fn wait(headers: &[(&str, &str)]) -> Option<i64> {
    quota_renewal(headers.iter().copied(), NOW).map(|at| (at - NOW) / 1000)
}

#[test]
fn quotas_and_plans_say_when_they_begin_anew() {
    for (name, value, seconds) in [
        ("anthropic-ratelimit-unified-5h-reset", "1795269600", 7200),
        ("Anthropic-Ratelimit-Unified-7d-Reset", "1795348800", 86_400),
        // A plan's window counts to its last minute.
        ("anthropic-ratelimit-unified-5h-reset", "1795262430", 30),
        ("anthropic-ratelimit-tokens-reset", "2026-11-21T13:00:00Z", 3600),
        ("x-codex-primary-reset-at", "1795269600", 7200),
        ("x-codex-primary-reset-after-seconds", "30", 30),
        ("x-codex-secondary-reset-after-seconds", "400000", 400_000),
        ("x-ratelimit-reset-requests", "23h59m0s", 86_340),
        ("x-ratelimit-reset-requests-day", "43200", 43_200),
        ("x-ratelimit-reset", "1795269600000", 7200),
        ("ratelimit", "\"day\";r=50;t=3600", 3600),
        ("ratelimit", "\"minute\";r=5;t=20, \"day\";r=50;t=3600", 3600),
        ("RateLimit", "limit=100, remaining=20, reset=3600", 3600),
    ] {
        assert_eq!(wait(&[(name, value)]), Some(seconds), "{name}: {value}");
    }
}

#[test]
fn what_is_no_quota_of_the_account_does_not_count() {
    for (name, value) in [
        ("x-ratelimit-reset-tokens", "6ms"),
        ("x-ratelimit-reset-requests", "59s"),
        ("anthropic-ratelimit-requests-reset", "2026-11-21T12:01:00Z"),
        ("anthropic-ratelimit-unified-overage-reset", "1795269600"),
        ("anthropic-ratelimit-unified-7d_opus-reset", "1795269600"),
        ("anthropic-ratelimit-unified-5h-status", "allowed"),
        ("x-codex-bengalfox-primary-reset-at", "1795269600"),
        ("x-codex-primary-used-percent", "12"),
        ("x-ratelimit-remaining-requests", "7200"),
        ("x-ratelimit-reset-requests", "soon"),
        ("x-codex-primary-reset-at", "1795262399"),
        ("x-codex-primary-reset-after-seconds", "99999999"),
        ("retry-after", "7200"),
        ("date", "Sat, 21 Nov 2026 14:00:00 GMT"),
    ] {
        assert_eq!(wait(&[(name, value)]), None, "{name}: {value}");
    }
    assert_eq!(wait(&[]), None);
}

#[test]
fn of_several_the_first_counts() {
    let both = [
        ("anthropic-ratelimit-unified-7d-reset", "1795348800"),
        ("anthropic-ratelimit-unified-5h-reset", "1795269600"),
        ("x-ratelimit-reset-tokens", "1s"),
    ];
    assert_eq!(wait(&both), Some(7200));
}

proptest! {
    #[test]
    fn whatever_is_said_is_in_the_future_and_within_reach(
        name in "(x-|anthropic-)?(ratelimit|codex-primary)(-unified-5h)?(-reset)?(-at|-after-seconds)?",
        value in "[0-9a-z:;=,. -]{0,20}",
    ) {
        let wait = quota_renewal([(name.as_str(), value.as_str())].into_iter(), NOW).map(|at| at - NOW);
        prop_assert!(wait.is_none_or(|wait| (1..=35 * 24 * 3_600_000).contains(&wait)));
    }
}
