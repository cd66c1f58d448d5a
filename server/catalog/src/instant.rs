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

impl Default for Zone {
    fn default() -> Self {
        Self(UtcOffset::UTC)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match offset(&text) {
            Some((zone, "")) => Ok(Self(zone)),
            _ => Err(de::Error::custom(format!("`{text}` is not an offset from UTC such as \"+08:00\""))),
        }
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
    iso_prefix(text, zone)
}

/// `2026-01-05T03:00:00Z`, `2026-01-05 03:00:00`, `2026-01-05 at 03:00 UTC` at the start of a text. A time
/// without an offset is read by the vendor's clock.
pub(crate) fn iso_prefix(text: &str, zone: Zone) -> Option<i64> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
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
    let small = |value: u16| u8::try_from(value).ok();
    let month = Month::try_from(small(month)?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, small(day)?).ok()?;
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    let zone = offset(rest.trim_start()).map_or(zone.0, |(zone, _)| zone);
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
