//! Days by the reader's clock.

use app::api::Clock;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

const HOUR: i64 = 3_600_000;

/// A clock, and what it is called.
pub(super) fn zone(clock: &Clock) -> (TimeZone, String) {
    let name = clock.zone.trim();
    if let Ok(zone) = TimeZone::get(name)
        && !name.is_empty()
    {
        return (zone, name.to_owned());
    }
    let minutes = clock.utc_offset_minutes.clamp(-14 * 60, 14 * 60);
    let offset = Offset::from_seconds(minutes * 60).unwrap_or(Offset::UTC);
    let sign = if minutes < 0 { '-' } else { '+' };
    let name = match minutes {
        0 => "UTC".to_owned(),
        _ => format!("UTC{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60),
    };
    (TimeZone::fixed(offset), name)
}

/// The beginning of a day, Unix ms, to the hour: sums are kept by the hour.
pub(super) fn midnight(zone: &TimeZone, day: Date) -> i64 {
    let at = day.to_zoned_datetime(zone.clone());
    let at = at.map(|zoned| zoned.timestamp().as_millisecond()).unwrap_or_default();
    at.div_euclid(HOUR) * HOUR
}

/// The day of a moment.
pub(super) fn date_at(zone: &TimeZone, at: i64) -> Date {
    stamp(at).to_zoned_datetime(zone.clone()).date()
}

/// So many days before.
pub(super) fn back(day: Date, days: i64) -> Date {
    day.saturating_sub(SignedDuration::from_hours(24 * days))
}

/// Unix ms as jiff has it.
pub(super) fn stamp(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_reader_s_midnight() {
        let noon = 1_763_726_400_000; // 2025-11-21T12:00:00Z
        let begins = |name: &str, utc_offset_minutes| {
            let (zone, _) = zone(&Clock { zone: name.to_owned(), utc_offset_minutes });
            (midnight(&zone, date_at(&zone, noon)) - noon) / HOUR
        };
        assert_eq!(begins("", 0), -12);
        assert_eq!(begins("", 60), -13);
        assert_eq!(begins("", -8 * 60), -4);
        assert_eq!(begins("", 13 * 60), -1);
        assert_eq!(begins("Europe/Berlin", 0), -13);
        assert_eq!(begins("Nowhere/Atall", 60), -13, "a zone that nobody knows");
    }

    #[test]
    fn the_day_on_which_clocks_change_begins_when_it_did() {
        let evening = 1_774_807_200_000; // 2026-03-29T18:00:00Z
        let (zone, name) = zone(&Clock { zone: "Europe/Berlin".to_owned(), utc_offset_minutes: 120 });
        let today = date_at(&zone, evening);
        assert_eq!((evening - midnight(&zone, today)) / HOUR, 19, "an hour less than the clock shows");
        assert_eq!((midnight(&zone, today) - midnight(&zone, back(today, 1))) / HOUR, 24);
        assert_eq!(name, "Europe/Berlin");
    }
}
