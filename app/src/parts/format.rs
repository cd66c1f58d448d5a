//! Numbers, money, time and wire formats in words. Pure, so that the server and the islands say the same.

use crate::api::{Millis, NanoUsd};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A whole number with thousands set apart: `12,406`.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    if number < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 request", "2 requests".
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A number of tokens, short: `840`, `12.4k`, `1.2M`.
pub fn tokens(number: i64) -> String {
    let (value, unit) = match number.unsigned_abs() {
        0..1_000 => return count(number),
        1_000..999_950 => (number as f64 / 1e3, "k"),
        999_950..999_950_000 => (number as f64 / 1e6, "M"),
        _ => (number as f64 / 1e9, "B"),
    };
    let text = if value.abs() >= 99.95 { format!("{value:.0}") } else { format!("{value:.1}") };
    format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// A share of a whole: `58%`, `<1%`.
pub fn share(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "0%".to_owned();
    }
    match part as f64 * 100.0 / whole as f64 {
        percent if percent > 0.0 && percent < 1.0 => "<1%".to_owned(),
        percent => format!("{percent:.0}%"),
    }
}

/// An amount that is known. Under a cent four significant digits are kept.
pub fn money(nano: NanoUsd) -> String {
    let sign = if nano < 0 { "−" } else { "" };
    let size = nano.unsigned_abs();
    let usd = size as f64 / 1e9;
    let text = match size {
        0 => "0".to_owned(),
        1..10_000_000 => {
            let digits = size.ilog10() as usize + 1;
            // 10^-9 is the smallest unit, so at most nine decimals mean anything.
            let decimals = (9 + 4 - digits).min(9);
            trimmed(&format!("{usd:.decimals$}"), 2)
        }
        10_000_000..1_000_000_000 => trimmed(&format!("{usd:.4}"), 2),
        1_000_000_000..1_000_000_000_000 => format!("{usd:.2}"),
        _ => count((usd.round()) as i64),
    };
    format!("{sign}${text}")
}

/// An amount, or the word for not knowing it. Unknown is never zero.
pub fn money_or_unknown(nano: Option<NanoUsd>) -> String {
    nano.map_or_else(|| "unknown".to_owned(), money)
}

/// What a request cost: an amount, that nothing was billed because it was covered, or that it is not known.
pub fn charged(nano: Option<NanoUsd>, covered: bool) -> String {
    if covered { "covered".to_owned() } else { money_or_unknown(nano) }
}

/// What covered requests would have cost at list prices; empty where none was covered.
pub fn covered(known: NanoUsd, unknown_requests: i64) -> String {
    match (known, unknown_requests) {
        (0, 0) => String::new(),
        (0, _) => "unknown".to_owned(),
        (known, 0) => money(known),
        (known, _) => format!("{} and more", money(known)),
    }
}

/// Drops zeros at the end, but keeps so many decimals.
fn trimmed(text: &str, keep: usize) -> String {
    let Some((whole, decimals)) = text.split_once('.') else { return text.to_owned() };
    let mut decimals = decimals.trim_end_matches('0').to_owned();
    while decimals.len() < keep {
        decimals.push('0');
    }
    format!("{whole}.{decimals}")
}

/// A price per million tokens: `$0.50`.
pub fn per_million(nano: NanoUsd) -> String {
    if nano == 0 { "free".to_owned() } else { money(nano) }
}

/// How long something took: `840 ms`, `2.4 s`, `1 min 12 s`.
pub fn took(millis: i64) -> String {
    match millis.max(0) {
        short @ 0..1_000 => format!("{short} ms"),
        some @ 1_000..59_950 => {
            let text = format!("{:.1}", some as f64 / 1e3);
            format!("{} s", text.strip_suffix(".0").unwrap_or(&text))
        }
        long => {
            let seconds = (long + 500) / SECOND;
            match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
                (0, minutes, 0) => format!("{minutes} min"),
                (0, minutes, rest) => format!("{minutes} min {rest} s"),
                (hours, minutes, _) => format!("{hours} h {minutes} min"),
            }
        }
    }
}

/// A sentence with its full stop, whether or not it came with one.
pub fn ended(sentence: &str) -> String {
    let whole = sentence.is_empty() || sentence.ends_with(['.', '!', '?', '…']);
    if whole { sentence.to_owned() } else { format!("{sentence}.") }
}

/// A duration in seconds as a person types it: no more decimals than needed.
pub fn seconds(millis: i64) -> String {
    (millis as f64 / 1e3).to_string()
}

/// A size: `840 B`, `12.4 KB`, `64 MB`. A KB is 1,024 bytes.
pub fn bytes(number: i64) -> String {
    let size = number.max(0) as f64;
    let (value, unit) = match number {
        ..1_024 => return format!("{} B", number.max(0)),
        1_024..1_048_576 => (size / 1_024.0, "KB"),
        1_048_576..1_073_741_824 => (size / 1_048_576.0, "MB"),
        _ => (size / 1_073_741_824.0, "GB"),
    };
    let text = if value >= 99.95 { format!("{value:.0}") } else { format!("{value:.1}") };
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// How long ago: `just now`, `42 s ago`, `3 min ago`, `2 h ago`, `yesterday`, `5 days ago`.
pub fn ago(then: Millis, now: Millis) -> String {
    match now - then {
        ..10_000 => "just now".to_owned(),
        some @ 10_000..MINUTE => format!("{} s ago", some / SECOND),
        some @ MINUTE..HOUR => format!("{} min ago", some / MINUTE),
        some @ HOUR..DAY => format!("{} h ago", some / HOUR),
        some => match some / DAY {
            1 => "yesterday".to_owned(),
            days @ 2..60 => format!("{days} days ago"),
            days => format!("{} months ago", days / 30),
        },
    }
}

/// How long until: `in 12 min`, `in 3 h 5 min`, `in 4 days`; ticks by the second within an hour.
pub fn until(then: Millis, now: Millis) -> String {
    match then - now {
        ..1_000 => "any moment".to_owned(),
        some @ 1_000..HOUR => format!("in {}:{:02}", some / MINUTE, some / SECOND % 60),
        some @ HOUR..DAY => format!("in {} h {} min", some / HOUR, some / MINUTE % 60),
        some => format!("in {}", counted(some / DAY, "day", "days")),
    }
}

/// The same for texts that do not tick: `in 12 min` within an hour.
pub fn until_about(then: Millis, now: Millis) -> String {
    match then - now {
        some @ MINUTE..HOUR => format!("in {} min", some / MINUTE),
        1_000..MINUTE => "in less than a minute".to_owned(),
        _ => until(then, now),
    }
}

/// A moment taken apart: year, month, day, hour, minute, second.
pub(super) fn calendar(at: Millis) -> (i64, i64, i64, i64, i64, i64) {
    let days = at.div_euclid(DAY);
    let rest = at.rem_euclid(DAY) / SECOND;
    // Howard Hinnant's civil_from_days: eras of 400 years that begin on 1 March.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, rest / 3_600, rest / 60 % 60, rest % 60)
}

/// For machines: `2026-11-21T14:05:09Z`.
pub fn iso(at: Millis) -> String {
    let (year, month, day, hour, minute, second) = calendar(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// On hover: `2026-11-21 14:05:09`, in the reader's time zone, or marked UTC when it is not known.
pub fn exact(at: Millis, utc_offset: Option<i32>) -> String {
    let local = at + i64::from(utc_offset.unwrap_or(0)) * MINUTE;
    let (year, month, day, hour, minute, second) = calendar(local);
    let zone = if utc_offset.is_none() { " UTC" } else { "" };
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{zone}")
}

/// A day in a table: `21 Nov 2026`.
pub fn day(at: Millis, utc_offset: Option<i32>) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day, ..) = calendar(at + i64::from(utc_offset.unwrap_or(0)) * MINUTE);
    let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"");
    format!("{day} {name} {year}")
}

/// Clock time: `14:05:09`.
pub fn clock(at: Millis, utc_offset: Option<i32>) -> String {
    let (.., hour, minute, second) = calendar(at + i64::from(utc_offset.unwrap_or(0)) * MINUTE);
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// Every wire format, in the order in which they are offered.
pub const DIALECTS: [&str; 5] = ["chat", "responses", "messages", "gemini", "ollama"];

/// A wire format by the name it has in the field.
pub fn dialect(name: &str) -> &str {
    match name {
        "chat" => "OpenAI-compatible (chat completions)",
        "responses" => "OpenAI-compatible (responses)",
        "messages" => "Anthropic-compatible (messages)",
        "gemini" => "Gemini-compatible (generateContent)",
        "kiro" => "Kiro's own (AWS event stream)",
        "ollama" => "Ollama (api/chat)",
        other => other,
    }
}

/// Percent-encodes text for a query or a path segment.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => {
                const HEX: [char; 16] =
                    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_set_apart_by_thousands() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(-12_406_001), "−12,406,001");
        assert_eq!(counted(1, "request", "requests"), "1 request");
        assert_eq!(counted(1_200, "request", "requests"), "1,200 requests");
    }

    #[test]
    fn tokens_are_short() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1k"),
            (12_400, "12.4k"),
            (12_449, "12.4k"),
            (99_949, "99.9k"),
            (99_951, "100k"),
            (999_949, "1000k"),
            (999_950, "1M"),
            (1_234_567, "1.2M"),
            (84_000_000, "84M"),
            (1_500_000_000, "1.5B"),
        ];
        for (number, text) in cases {
            assert_eq!(tokens(number), text, "{number}");
        }
    }

    #[test]
    fn money_keeps_what_matters() {
        let cases = [
            (0, "$0"),
            (13_200_000, "$0.0132"),
            (1_234_567, "$0.001235"),
            (1_234, "$0.000001234"),
            (1, "$0.000000001"),
            (5_000_000, "$0.005"),
            (250_000_000, "$0.25"),
            (9_999_999, "$0.01"),
            (1_000_000_000, "$1.00"),
            (12_345_678_901, "$12.35"),
            (1_234_567_000_000_000, "$1,234,567"),
            (-13_200_000, "−$0.0132"),
        ];
        for (nano, text) in cases {
            assert_eq!(money(nano), text, "{nano}");
        }
    }

    #[test]
    fn an_unknown_price_is_not_zero() {
        assert_eq!(money_or_unknown(None), "unknown");
        assert_eq!(money_or_unknown(Some(0)), "$0");
        assert_eq!(per_million(0), "free");
    }

    #[test]
    fn durations_read_as_people_say_them() {
        let cases = [
            (0, "0 ms"),
            (840, "840 ms"),
            (1_000, "1 s"),
            (2_449, "2.4 s"),
            (59_949, "59.9 s"),
            (60_000, "1 min"),
            (72_000, "1 min 12 s"),
            (3_720_000, "1 h 2 min"),
        ];
        for (millis, text) in cases {
            assert_eq!(took(millis), text, "{millis}");
        }
    }

    #[test]
    fn moments_are_relative() {
        let now = 1_795_000_000_000;
        let past = [
            (0, "just now"),
            (-5_000, "just now"),
            (42_000, "42 s ago"),
            (3 * MINUTE, "3 min ago"),
            (2 * HOUR + 1, "2 h ago"),
            (25 * HOUR, "yesterday"),
            (5 * DAY, "5 days ago"),
            (90 * DAY, "3 months ago"),
        ];
        for (back, text) in past {
            assert_eq!(ago(now - back, now), text, "{back}");
        }
        let future = [
            (0, "any moment"),
            (702_000, "in 11:42"),
            (3 * HOUR + 5 * MINUTE, "in 3 h 5 min"),
            (DAY, "in 1 day"),
            (4 * DAY, "in 4 days"),
        ];
        for (ahead, text) in future {
            assert_eq!(until(now + ahead, now), text, "{ahead}");
        }
        for (ahead, text) in
            [(30_000, "in less than a minute"), (702_000, "in 11 min"), (4 * DAY, "in 4 days")]
        {
            assert_eq!(until_about(now + ahead, now), text, "{ahead}");
        }
    }

    #[test]
    fn calendars_agree() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_795_269_909_000), "2026-11-21T14:05:09Z");
        assert_eq!(exact(1_795_269_909_000, Some(60)), "2026-11-21 15:05:09");
        assert_eq!(exact(1_795_269_909_000, None), "2026-11-21 14:05:09 UTC");
        assert_eq!(day(1_795_269_909_000, Some(-15 * 60)), "20 Nov 2026");
        assert_eq!(clock(1_795_269_909_000, Some(0)), "14:05:09");
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(encode("groq/llama 3&x=é"), "groq%2Fllama%203%26x%3D%C3%A9");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(bytes(840), "840 B");
        assert_eq!(bytes(12_698), "12.4 KB");
        assert_eq!(bytes(64 * 1024 * 1024), "64 MB");
    }
}
