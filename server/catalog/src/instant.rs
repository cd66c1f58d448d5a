//! Points in time as vendors write them, to Unix milliseconds.

use serde::{Deserialize, Deserializer, de};
use time::{
    Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset, format_description::well_known::Rfc2822,
};

use crate::duration::{self, to_millis};

/// Numbers from here on are Unix seconds (2001), below they are seconds from now.
const UNIX_SECONDS: f64 = 1e9;
/// Numbers from here on are Unix milliseconds (1973), below they are seconds.
const UNIX_MILLIS: f64 = 1e11;

/// Offset from UTC of a vendor's clock, written `"+08:00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(UtcOffset);

impl Zone {
    pub(crate) fn read(text: &str) -> Option<Self> {
        offset(text).filter(|(_, rest)| rest.is_empty()).map(|(zone, _)| Self(zone))
    }

    /// Milliseconds by which its clock is ahead of UTC.
    pub(crate) fn ahead_of_utc_ms(self) -> i64 {
        i64::from(self.0.whole_seconds()) * 1000
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(UtcOffset::UTC)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| {
            de::Error::custom(format!("`{text}` is not an offset from UTC such as \"+08:00\""))
        })
    }
}

/// A number whose unit shows in its size: Unix milliseconds, Unix seconds, or seconds from now.
pub(crate) fn from_number(number: f64, now_ms: i64) -> Option<i64> {
    if !number.is_finite() || number < 0.0 {
        None
    } else if number >= UNIX_MILLIS {
        Some(to_millis(number))
    } else if number >= UNIX_SECONDS {
        Some(to_millis(number * 1000.0))
    } else {
        now_ms.checked_add(to_millis(number * 1000.0))
    }
}

/// A whole value: a number, a length of time, an HTTP date or an ISO time.
pub(crate) fn from_text(text: &str, now_ms: i64, zone: Zone) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number, now_ms);
    }
    if let Some(millis) = duration::parse(text) {
        return now_ms.checked_add(millis);
    }
    if let Ok(date) = OffsetDateTime::parse(text, &Rfc2822) {
        return Some(unix_ms(date));
    }
    iso_prefix(text, zone).or_else(|| old_http_date(text))
}

/// The two old forms of an HTTP date, which must still be understood (RFC 9110, 5.6.7):
/// `Saturday, 21-Nov-26 12:00:30 GMT` and `Sat Nov 21 12:00:30 2026`.
fn old_http_date(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    let (day, month, year, time) = match words.as_slice() {
        [_, day, month, year, time, "GMT"] => (day, month, year, time),
        [_, month, day, time, year] => (day, month, year, time),
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))?;
    let year: u16 = year.parse().ok()?;
    let year = if year < 100 { 2000 + year } else { year };
    let day: u8 = day.parse().ok()?;
    iso_prefix(&format!("{year:04}-{:02}-{day:02}T{time}Z", month + 1), Zone::default())
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The end of a vendor's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayEnd {
    /// Midnight UTC.
    MidnightUtc,
    /// Midnight in California, where Google's days end.
    MidnightPacific,
}

impl DayEnd {
    /// The next one after now, in Unix milliseconds.
    pub(crate) fn after(self, now_ms: i64) -> i64 {
        const DAY: i64 = 24 * HOUR;
        let behind = |at: i64| match self {
            Self::MidnightUtc => 0,
            Self::MidnightPacific => behind_utc_in_california(at),
        };
        let day = (now_ms - behind(now_ms)).div_euclid(DAY) + 1;
        // Clocks are changed at two in the morning, so an hour more or less around midnight changes nothing.
        let about = day.saturating_mul(DAY) + behind(now_ms);
        day.saturating_mul(DAY) + behind(about)
    }
}

const HOUR: i64 = 3_600_000;

/// Milliseconds: seven hours from the second Sunday of March, 2:00 to the first of November, 2:00, else eight.
pub(crate) fn behind_utc_in_california(at_ms: i64) -> i64 {
    let Ok(at) = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)) else { return 8 * HOUR };
    let change = |month, sunday: u8, hour| {
        let first = Date::from_calendar_date(at.year(), month, 1).ok()?;
        let to_sunday = (7 - first.weekday().number_days_from_sunday()) % 7;
        let day = first.replace_day(1 + to_sunday + 7 * (sunday - 1)).ok()?;
        Some(PrimitiveDateTime::new(day, Time::from_hms(hour, 0, 0).ok()?).assume_utc())
    };
    match (change(Month::March, 2, 10), change(Month::November, 1, 9)) {
        (Some(begin), Some(end)) if at >= begin && at < end => 7 * HOUR,
        _ => 8 * HOUR,
    }
}

/// `2026-01-05T03:00:00Z`, `2026-01-05 03:00:00`, `2026-01-05 at 03:00 UTC` at the start of a text. A time
/// without an offset is read by the vendor's clock.
pub(crate) fn iso_prefix(text: &str, zone: Zone) -> Option<i64> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    // "You will regain access on 2026-12-01.": the day's beginning.
    let bare = rest.trim_start_matches([' ', ',']).strip_prefix("at ").unwrap_or(rest);
    if !bare.trim_start_matches([' ', ',', 'T', 't']).starts_with(|c: char| c.is_ascii_digit()) {
        return point(year, month, day, (0, 0, 0), zone.0);
    }
    let rest = rest.strip_prefix(['T', 't']).unwrap_or_else(|| rest.trim_start_matches([' ', ',']));
    let rest = rest.strip_prefix("at ").unwrap_or(rest);
    let (hour, rest) = digits(rest, 2)?;
    let (minute, mut rest) = digits(rest.strip_prefix(':')?, 2)?;
    let mut second = 0;
    if let Some((value, after)) = rest.strip_prefix(':').and_then(|rest| digits(rest, 2)) {
        second = value;
        rest = after;
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }
    let zone = offset(rest.trim_start()).map_or(zone.0, |(zone, _)| zone);
    point(year, month, day, (hour, minute, second), zone)
}

fn point(
    year: u16,
    month: u16,
    day: u16,
    (hour, minute, second): (u16, u16, u16),
    zone: UtcOffset,
) -> Option<i64> {
    let small = |value: u16| u8::try_from(value).ok();
    let month = Month::try_from(small(month)?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, small(day)?).ok()?;
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    Some(unix_ms(PrimitiveDateTime::new(date, time).assume_offset(zone)))
}

/// `Z`, `UTC`, `GMT`, `+08:00` or `+0800`, and what follows.
fn offset(text: &str) -> Option<(UtcOffset, &str)> {
    for word in ["UTC", "utc", "GMT", "gmt", "Z", "z"] {
        if let Some(rest) = text.strip_prefix(word) {
            return Some((UtcOffset::UTC, rest));
        }
    }
    let sign: i8 = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = digits(text.get(1..)?, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2)?;
    let part = |value: u16| i8::try_from(value).ok().map(|value| value * sign);
    Some((UtcOffset::from_hms(part(hours)?, part(minutes)?, 0).ok()?, rest))
}

fn digits(text: &str, count: usize) -> Option<(u16, &str)> {
    let head = text.get(..count).filter(|head| head.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((head.parse().ok()?, text.get(count..)?))
}

fn unix_ms(at: OffsetDateTime) -> i64 {
    at.unix_timestamp().saturating_mul(1000).saturating_add(i64::from(at.millisecond()))
}

#[cfg(test)]
mod tests {
    use super::DayEnd;

    fn ms(text: &str) -> i64 {
        super::iso_prefix(text, super::Zone::default()).unwrap()
    }

    #[test]
    fn days_end_at_midnight_of_the_vendors_clock() {
        for (now, end) in [
            ("2026-11-21T12:00:00Z", "2026-11-22T08:00:00Z"),
            ("2026-11-22T07:59:59Z", "2026-11-22T08:00:00Z"),
            ("2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z"),
            ("2026-07-01T00:00:00Z", "2026-07-01T07:00:00Z"),
            // Clocks go forward on 8 March 2026 and back on 1 November.
            ("2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z"),
            ("2026-03-08T09:00:00Z", "2026-03-09T07:00:00Z"),
            ("2026-11-01T08:30:00Z", "2026-11-02T08:00:00Z"),
            ("2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"),
        ] {
            assert_eq!(DayEnd::MidnightPacific.after(ms(now)), ms(end), "{now}");
        }
        assert_eq!(DayEnd::MidnightUtc.after(ms("2026-11-21T12:00:00Z")), ms("2026-11-22T00:00:00Z"));
        assert_eq!(DayEnd::MidnightUtc.after(ms("2026-11-22T00:00:00Z")), ms("2026-11-23T00:00:00Z"));
    }
}
