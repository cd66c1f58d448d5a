//! When a provider says it may be asked again. Vendors say it in a dozen ways, often several at once.

use serde_json::Value;

pub(crate) use crate::instant::Zone;
use crate::{Failure, duration, instant};

/// Hints further away than this are taken for mistakes: the longest window vendors sell is a month.
pub(crate) const FARTHEST_MS: i64 = 35 * 24 * 3_600_000;

/// Words before a length of time, in lower case.
const BEFORE_LENGTH: [&str; 13] = [
    "try again in",
    "try again after ",
    "retry in ",
    "retry after ",
    "reset in",
    "resets in",
    "reset after ",
    "resets after ",
    "refresh in ",
    "refreshes in ",
    "available in ",
    "available again in ",
    "wait ",
];
/// Words before a point in time, in lower case.
const BEFORE_POINT: [&str; 10] = [
    "try again at ",
    "retry at ",
    "retry after ",
    "reset at ",
    "resets at ",
    "reset on ",
    "resets on ",
    "regain access on ",
    // GLM: "your limit will reset at ..." in Chinese.
    "限额将在 ",
    "将在",
];

/// The time (Unix milliseconds) from which the provider can be expected to answer again, from what it said:
/// `Retry-After` (seconds, HTTP date, `-ms`), reset fields and sentences in the body, and the reset header of
/// every limit that has nothing remaining. Limits that still have something remaining are ignored, since all
/// vendors send those headers on success too. `None` when nothing usable is said. Times without an offset are
/// read as UTC.
///
/// What is said about this very request (`Retry-After`, the body, a rejected unified limit) goes before the
/// state of the single limits. Where several are said the latest counts: all of them must have passed.
#[must_use]
pub fn reset_hint(headers: &[(String, String)], body: &str, now_ms: i64) -> Option<i64> {
    hint(headers, &[body], now_ms, Zone::default())
}

pub(crate) fn hint_for(failure: &Failure<'_>, now_ms: i64, zone: Zone) -> Option<i64> {
    hint(failure.headers, &[failure.body, failure.message], now_ms, zone)
}

fn hint(headers: &[(String, String)], texts: &[&str], now_ms: i64, zone: Zone) -> Option<i64> {
    let mut found = Found { now_ms, zone, said: None, limits: None };
    found.headers(
        &|name| look_up(headers, name),
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
    );
    for text in texts {
        match serde_json::from_str::<Value>(text) {
            Ok(json) => found.json(&json, 0),
            Err(_) => found.sentence(text),
        }
    }
    found.said.or(found.limits)
}

fn look_up<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// What was found so far. The headers are read in `headers.rs`.
pub(crate) struct Found {
    pub(crate) now_ms: i64,
    pub(crate) zone: Zone,
    said: Option<i64>,
    limits: Option<i64>,
}

impl Found {
    fn sensible(&self, at: Option<i64>) -> Option<i64> {
        at.filter(|at| *at > self.now_ms && *at - self.now_ms <= FARTHEST_MS)
    }

    /// Said of this very request.
    pub(crate) fn say(&mut self, at: Option<i64>) {
        self.said = self.said.max(self.sensible(at));
    }

    /// Said of a limit that has nothing left.
    pub(crate) fn spent(&mut self, at: Option<i64>) {
        self.limits = self.limits.max(self.sensible(at));
    }

    fn json(&mut self, json: &Value, depth: u8) {
        // Deeper is never where a vendor says it, and foreign JSON may be made to be deep.
        if depth > 8 {
            return;
        }
        match json {
            Value::Object(members) => {
                for (key, value) in members {
                    self.member(&key.to_ascii_lowercase().replace('_', ""), value);
                    // OpenRouter puts the headers of its own limit into error.metadata.headers, Codex those
                    // of the answer into the error of a stream.
                    if let Value::Object(headers) = value
                        && key == "headers"
                    {
                        let headers: Vec<_> = headers
                            .iter()
                            .map(|(name, value)| (name.to_ascii_lowercase(), header_text(value)))
                            .collect();
                        let all = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                        self.headers(&|name| look_up(&headers, name), all);
                    }
                    self.json(value, depth + 1);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.json(item, depth + 1)),
            // A body inside a body: gateways put the upstream's into a string.
            Value::String(text) if text.trim_start().starts_with('{') => match serde_json::from_str(text) {
                Ok(inner) => self.json(&inner, depth + 1),
                Err(_) => self.sentence(text),
            },
            Value::String(text) => self.sentence(text),
            _ => {}
        }
    }

    fn member(&mut self, key: &str, value: &Value) {
        let at = match value {
            Value::Number(number) => number.as_f64().and_then(|number| match key {
                "resetsinseconds" | "resetinseconds" | "resetafterseconds" | "retryafterseconds"
                | "resetsat" | "resetat" | "resettime" | "retryat" | "retryafter" => {
                    instant::from_number(number, self.now_ms)
                }
                "retryafterms" => self.now_ms.checked_add(duration::to_millis(number)),
                _ => None,
            }),
            Value::String(text) => match key {
                "retrydelay"
                | "quotaresetdelay"
                | "resetsat"
                | "resetat"
                | "resettime"
                | "retryat"
                | "quotaresettimestamp"
                | "retryafter" => instant::from_text(text, self.now_ms, self.zone),
                _ => None,
            },
            _ => None,
        };
        self.say(at);
    }

    fn sentence(&mut self, text: &str) {
        let lower = text.to_lowercase();
        for words in BEFORE_LENGTH {
            for rest in after(&lower, words) {
                self.say(length(rest).and_then(|millis| self.now_ms.checked_add(millis)));
            }
        }
        for words in BEFORE_POINT {
            for rest in after(&lower, words) {
                self.say(instant::iso_prefix(rest.trim_start(), self.zone));
            }
        }
        // Claude subscriptions: "usage limit reached|1749924000".
        for rest in after(&lower, "limit reached|") {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let number = rest.get(..digits).and_then(|digits| digits.parse().ok());
            self.say(number.and_then(|number| instant::from_number(number, self.now_ms)));
        }
    }
}

/// A length of time as people write it: with `~` or `about` before it, or `an hour`.
fn length(text: &str) -> Option<i64> {
    let mut text = text.trim_start_matches([' ', ':', '~']);
    for word in ["about ", "approximately ", "another "] {
        text = text.strip_prefix(word).unwrap_or(text);
    }
    let one = || ["a ", "an ", "one "].iter().find_map(|word| duration::unit(text.strip_prefix(word)?));
    duration::prefix(text).map(|(millis, _)| millis).or_else(one)
}

/// The value of a header within JSON; those that may stand several times come as a list.
fn header_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.first().map(header_text).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// Every piece of the text that follows the words.
fn after<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(words).filter_map(move |(at, _)| text.get(at + words.len()..))
}
