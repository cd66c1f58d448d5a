//! When what is left of a quota is lost: the limits that still hold say on good answers, too, when they begin anew.

use crate::{
    duration, instant,
    reset::{FARTHEST_MS, Zone},
};

/// A limit that is renewed sooner is a rate: there is nothing of it that could be used up before.
const RATE_MS: i64 = 120_000;

/// The time (Unix milliseconds) at which the first of an account's quotas begins anew, from the headers (name, value) of
/// an answer of any status: windows of ChatGPT and Claude plans (`x-codex-primary-reset-at`,
/// `anthropic-ratelimit-unified-5h-reset`), limits of days and more (`x-ratelimit-reset-requests`,
/// `anthropic-ratelimit-tokens-reset`, `RateLimit` of the IETF draft). Limits of a minute, of what is paid beyond a plan
/// and of single models of a plan do not count.
#[must_use]
pub fn quota_renewal<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>, now_ms: i64) -> Option<i64> {
    let points = headers.filter_map(|(name, value)| point(&name.to_ascii_lowercase(), value, now_ms));
    points.filter(|at| *at > now_ms && *at - now_ms <= FARTHEST_MS).min()
}

fn point(name: &str, value: &str, now_ms: i64) -> Option<i64> {
    let limit = name.contains("ratelimit") || name.contains("rate-limit");
    if matches!(name, "ratelimit" | "x-ratelimit") {
        return draft(value, now_ms);
    }
    let at = || instant::from_text(value, now_ms, Zone::default());
    // Windows of single models have a name between: `x-codex-bengalfox-primary-reset-at`.
    let plan = matches!(
        name,
        "x-codex-primary-reset-at"
            | "x-codex-primary-reset-after-seconds"
            | "x-codex-secondary-reset-at"
            | "x-codex-secondary-reset-after-seconds"
    );
    if plan || (name.starts_with("anthropic-ratelimit-unified-") && is_plan_window(name)) {
        return at();
    }
    let counts = limit && name.contains("reset") && !name.contains("unified");
    at().filter(|at| counts && *at - now_ms >= RATE_MS)
}

/// The whole plan's windows are named by their length: `5h`, `7d`, but `7d_opus`, `overage`.
fn is_plan_window(name: &str) -> bool {
    let window = name.trim_start_matches("anthropic-ratelimit-unified-").strip_suffix("-reset");
    window.is_some_and(|window| {
        window.starts_with(|c: char| c.is_ascii_digit()) && window.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// `"day";r=50;t=3600`, or `limit=10, remaining=1, reset=3600` before the draft's eighth version.
fn draft(value: &str, now_ms: i64) -> Option<i64> {
    let pairs = value.split([';', ',']).filter_map(|pair| pair.split_once('='));
    let waits = pairs.filter(|(name, _)| matches!(name.trim(), "t" | "reset"));
    let waits = waits.filter_map(|(_, seconds)| seconds.trim().parse::<f64>().ok());
    waits
        .map(|seconds| duration::to_millis(seconds * 1000.0))
        .filter(|wait| *wait >= RATE_MS)
        .filter_map(|wait| now_ms.checked_add(wait))
        .min()
}
