//! Lengths of time as vendors and provider files write them.

use serde::{Deserialize, Deserializer, de};

/// One quick retry: long enough for a restarted connection, short enough not to be felt.
pub(crate) const QUICK_RETRY_MS: i64 = 350;

/// Milliseconds, written in a provider file as `"350ms"`, `"30s"`, `"10m"`, `"1h"`, `"1d"` or joined `"1h30m"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub i64);

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).map(Self).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a length of time such as \"350ms\", \"30s\" or \"1h\""
            ))
        })
    }
}

/// The whole text as a length of time: `7m12.5s`, `6ms`, `1h30m`, `2d`. A bare number is not one: its unit
/// depends on where it stands.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (millis, used) = prefix(text)?;
    (used == text.len()).then_some(millis)
}

/// A length of time at the start of a text, with or without words between: `7m12.5s`, `21 hours`,
/// `1 hour and 5 minutes`, `12 seconds`. Gives the milliseconds and the bytes used.
pub(crate) fn prefix(text: &str) -> Option<(i64, usize)> {
    let mut total = 0.0;
    let mut used = 0;
    let mut any = false;
    loop {
        let rest = text.get(used..)?;
        let gap = if any { joint(rest) } else { 0 };
        let rest = rest.get(gap..)?;
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let Some(number) = rest.get(..digits).and_then(|digits| digits.parse::<f64>().ok()) else { break };
        let after = rest.get(digits..)?;
        let spaces = after.len() - after.trim_start_matches([' ', '-']).len();
        let word = after.get(spaces..)?;
        let letters = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
        let Some(unit) = word.get(..letters).and_then(unit_ms) else { break };
        total += number * unit;
        used += gap + digits + spaces + letters;
        any = true;
    }
    (any && total.is_finite()).then(|| (to_millis(total), used))
}

/// Milliseconds from a computed number, rounded up: coming back a little late is right, early is not.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, and a time that far away is refused later"
)]
pub(crate) fn to_millis(millis: f64) -> i64 {
    millis.ceil() as i64
}

fn joint(rest: &str) -> usize {
    let mut left = rest.trim_start_matches([' ', ',']);
    if let Some(after) = left.strip_prefix("and ") {
        left = after.trim_start();
    }
    rest.len() - left.len()
}

/// One of the unit at the start of a text: `hour`, `minute or so`.
pub(crate) fn unit(text: &str) -> Option<i64> {
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    text.get(..letters).and_then(unit_ms).map(to_millis)
}

fn unit_ms(word: &str) -> Option<f64> {
    Some(match word.to_ascii_lowercase().as_str() {
        "ns" => 0.000_001,
        "us" => 0.001,
        "ms" | "msec" | "millisecond" | "milliseconds" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000.0,
        "d" | "day" | "days" => 86_400_000.0,
        "w" | "week" | "weeks" => 604_800_000.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, prefix};

    #[test]
    fn lengths_as_vendors_write_them() {
        for (text, millis) in [
            ("7m12.5s", 432_500),
            ("1s", 1_000),
            ("6ms", 6),
            ("6m0s", 360_000),
            ("1h30m", 5_400_000),
            ("2d", 172_800_000),
            ("85.06ms", 86),
            ("1m26.4s", 86_400),
        ] {
            assert_eq!(parse(text), Some(millis), "{text}");
        }
        for text in ["", "7", "s", "7x", "1s later", ".", "-1s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_inside_sentences() {
        for (text, millis) in [
            ("21 hours.", 75_600_000),
            ("1 hour and 5 minutes, or", 3_900_000),
            ("12 seconds", 12_000),
            ("2 days 3 hours 20 minutes", 184_800_000),
            ("7m12.5s. Visit", 432_500),
            ("59.4s.", 59_400),
        ] {
            assert_eq!(prefix(text).map(|(millis, _)| millis), Some(millis), "{text}");
        }
    }
}
