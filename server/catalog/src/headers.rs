//! What the headers of an answer say about when to come back.

use crate::{duration, instant, reset::Found};

/// A header's value by its name in lower case.
pub(crate) type LookUp<'f, 'a> = &'f dyn Fn(&str) -> Option<&'a str>;

impl Found {
    /// Reads every header (name, value). `get` finds the others of a limit.
    pub(crate) fn headers<'a>(&mut self, get: LookUp<'_, 'a>, all: impl Iterator<Item = (&'a str, &'a str)>) {
        for (name, value) in all {
            let name = name.to_ascii_lowercase();
            if name.ends_with("retry-after-ms") {
                let millis = value.trim().parse().ok().map(duration::to_millis);
                self.say(millis.and_then(|millis| self.now_ms.checked_add(millis)));
            } else if name.ends_with("retry-after") {
                // Also Copilot's `x-ratelimit-user-retry-after` (2026).
                let at = instant::from_text(value, self.now_ms, self.zone);
                self.say(at);
            } else if matches!(name.as_str(), "ratelimit" | "x-ratelimit") {
                self.limits_of_the_draft(value);
            } else if let Some(window) = name.strip_suffix("-used-percent") {
                self.codex_window(get, window, value);
            } else if (name.contains("ratelimit") || name.contains("rate-limit")) && name.contains("reset") {
                self.limit(get, &name, value);
            }
        }
    }

    /// The reset of one limit, which counts when the limit has nothing left.
    fn limit(&mut self, get: LookUp<'_, '_>, name: &str, value: &str) {
        let at = instant::from_text(value, self.now_ms, self.zone);
        let sibling = |word| get(&name.replace("reset-after", "reset").replace("reset", word));
        // Anthropic's overage state is "rejected" on every account that has none to spend.
        if sibling("status") == Some("rejected") && !name.contains("overage") {
            self.say(at);
        } else if sibling("remaining").is_some_and(is_zero) {
            self.spent(at);
        }
    }

    /// `RateLimit` of the IETF draft on rate limit headers: `"default";r=0;t=30` in any number (since its
    /// eighth version, 2024), `limit=10, remaining=0, reset=30` before.
    fn limits_of_the_draft(&mut self, value: &str) {
        let old = value.contains("remaining=");
        let (left, wait) = if old { ("remaining", "reset") } else { ("r", "t") };
        let limits: Vec<&str> = if old { vec![value] } else { value.split(',').collect() };
        for limit in limits {
            let member = |wanted: &str| {
                limit
                    .split([';', ','])
                    .filter_map(|pair| pair.split_once('='))
                    .find_map(|(name, value)| (name.trim() == wanted).then_some(value.trim()))
            };
            let seconds = member(wait).and_then(|seconds| seconds.parse::<f64>().ok());
            if member(left).is_some_and(is_zero)
                && let Some(seconds) = seconds
            {
                self.spent(self.now_ms.checked_add(duration::to_millis(seconds * 1000.0)));
            }
        }
    }

    /// ChatGPT plans state how full their windows are: `x-codex-primary-used-percent` beside
    /// `x-codex-primary-reset-at` and `-reset-after-seconds` (2026). Windows of single models have a name
    /// between (`x-codex-bengalfox-primary-...`) and do not count: they stand on the answers of all models.
    fn codex_window(&mut self, get: LookUp<'_, '_>, window: &str, used: &str) {
        let full = used.trim().parse::<f64>().is_ok_and(|used| used >= 100.0);
        if full && matches!(window, "x-codex-primary" | "x-codex-secondary") {
            let said =
                |end: &str| instant::from_text(get(&format!("{window}-{end}"))?, self.now_ms, self.zone);
            self.spent(said("reset-at").or_else(|| said("reset-after-seconds")));
        }
    }
}

fn is_zero(left: &str) -> bool {
    left.trim().parse::<f64>().is_ok_and(|left| left == 0.0)
}
