//! Which period is looked at, and into which parts it falls, by the clock of the reader: a day there has 23 hours in
//! spring and 25 in autumn.

use crate::console::zone::{back, date_at, midnight, stamp};
use crate::store::{Grain, Offsets};
use app::api::usage::{Part, UsageQuery};
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const HOUR: i64 = 3_600_000;
/// Longest period: a leap year's days.
pub(in crate::console) const LONGEST: i64 = 366;
/// Periods of so many days or fewer are shown by the hour.
const BY_HOUR: i64 = 2;

/// A period, by somebody's clock.
#[derive(Debug)]
pub(in crate::console) struct Period {
    /// Its parts, oldest first: never none.
    pub(in crate::console) parts: Vec<Part>,
    /// Whether its parts are hours.
    pub(super) by_hour: bool,
    /// The clock.
    pub(super) offsets: Offsets,
    /// Number of the first day since the first of January 1970.
    first_day: i64,
}

impl Period {
    /// When it begins, Unix ms.
    pub(in crate::console) fn from(&self) -> i64 {
        self.parts.first().map(|part| part.from).unwrap_or_default()
    }

    /// When it ends, Unix ms.
    pub(in crate::console) fn to(&self) -> i64 {
        self.parts.last().map(|part| part.to).unwrap_or_default()
    }

    /// How sums are put into its parts.
    pub(super) fn grain(&self) -> Grain<'_> {
        if self.by_hour { Grain::Hour } else { Grain::Day(&self.offsets) }
    }

    /// Which part a sum belongs to.
    pub(super) fn place(&self, part: i64) -> Option<usize> {
        let place = if self.by_hour { (part - self.from()) / HOUR } else { part - self.first_day };
        usize::try_from(place).ok().filter(|place| *place < self.parts.len())
    }
}

/// The period that is asked for, or the nearest that makes sense. `query` says afterwards what was taken, `notes` what
/// made no sense.
pub(super) fn period(query: &mut UsageQuery, zone: &TimeZone, now: i64, notes: &mut Vec<String>) -> Period {
    let today = date_at(zone, now);
    if !matches!(query.period.as_str(), "" | "24h" | "7d" | "30d" | "custom") {
        notes.push(format!("\"{}\" is no period, so the last 7 days are shown.", query.period));
        query.period.clear();
    }
    let days = match query.period.as_str() {
        "24h" => {
            clear_days(query);
            return last_day(zone, now);
        }
        "30d" => (back(today, 29), today),
        "custom" => chosen(query, today, notes),
        _ => {
            "7d".clone_into(&mut query.period);
            (back(today, 6), today)
        }
    };
    if query.period == "custom" {
        (query.from, query.to) = (days.0.to_string(), days.1.to_string());
    } else {
        clear_days(query);
    }
    of_days(zone, days.0, days.1)
}

fn clear_days(query: &mut UsageQuery) {
    query.from.clear();
    query.to.clear();
}

/// The days that a person chose.
fn chosen(query: &UsageQuery, today: Date, notes: &mut Vec<String>) -> (Date, Date) {
    let mut read = |text: &str| match (text.trim(), text.trim().parse::<Date>()) {
        ("", _) => None,
        (_, Ok(day)) if (2000..2100).contains(&day.year()) => Some(day),
        (text, _) => {
            notes.push(format!("\"{text}\" is no day such as {today}, so it is left out."));
            None
        }
    };
    let (from, to) = (read(&query.from), read(&query.to));
    let to = to.or_else(|| Some(from?.max(today))).unwrap_or(today);
    let (mut from, mut to) = (from.unwrap_or_else(|| back(to, 6)), to);
    if from > to {
        notes.push("The first day was after the last, so the two were swapped.".to_owned());
        (from, to) = (to, from);
    }
    if from > today {
        notes.push("That period has not begun, so today is shown.".to_owned());
        return (today, today);
    }
    let to = to.min(today);
    let earliest = back(to, LONGEST - 1);
    if from < earliest {
        notes.push(format!("A period has at most {LONGEST} days, so it begins on {earliest}."));
        from = earliest;
    }
    (from, to)
}

/// So many days up to today, or the last 24 hours where it is one.
pub(in crate::console) fn last_days(zone: &TimeZone, now: i64, days: i64) -> Period {
    let today = date_at(zone, now);
    if days <= 1 { last_day(zone, now) } else { of_days(zone, back(today, days - 1), today) }
}

/// The last 24 hours, the one that is under way among them.
fn last_day(zone: &TimeZone, now: i64) -> Period {
    let to = now.div_euclid(HOUR) * HOUR + HOUR;
    hours(zone, to - 24 * HOUR, to)
}

fn hours(zone: &TimeZone, from: i64, to: i64) -> Period {
    let parts = (0..(to - from) / HOUR).map(|hour| {
        let at = from + hour * HOUR;
        Part { from: at, to: at + HOUR, name: named(zone, at, "%H:%M") }
    });
    Period { parts: parts.collect(), by_hour: true, offsets: offsets(zone, from, to), first_day: 0 }
}

fn of_days(zone: &TimeZone, first: Date, last: Date) -> Period {
    let count = days_between(first, last) + 1;
    let day = |number: i64| first.saturating_add(SignedDuration::from_hours(24 * number));
    let (from, to) = (midnight(zone, first), midnight(zone, day(count)));
    if count <= BY_HOUR {
        return hours(zone, from, to);
    }
    let parts = (0..count).map(|number| {
        let at = midnight(zone, day(number));
        // Where a clock is half an hour off, midnight is not the beginning of an hour of the sums.
        Part {
            from: at,
            to: midnight(zone, day(number + 1)),
            name: day(number).strftime("%b %-d").to_string(),
        }
    });
    Period {
        parts: parts.collect(),
        by_hour: false,
        offsets: offsets(zone, from, to),
        first_day: days_between(Date::constant(1970, 1, 1), first),
    }
}

fn named(zone: &TimeZone, at: i64, form: &str) -> String {
    stamp(at).to_zoned_datetime(zone.clone()).strftime(form).to_string()
}

fn days_between(first: Date, last: Date) -> i64 {
    last.duration_since(first).as_hours() / 24
}

/// How far the clock is ahead, hour by hour; half hours are rounded down, as midnights are.
fn offsets(zone: &TimeZone, from: i64, to: i64) -> Offsets {
    let ahead = |at: i64| {
        let ms = i64::from(zone.to_offset(stamp(at)).seconds()) * 1000;
        // A day begins at the hour in which its midnight lies.
        (ms + HOUR - 1).div_euclid(HOUR) * HOUR
    };
    let first = ahead(from);
    let mut later: Vec<(i64, i64)> = Vec::new();
    let mut last = first;
    let mut at = from;
    while at < to {
        let now = ahead(at);
        if now != last {
            later.push((at, now));
            last = now;
        }
        at += HOUR;
    }
    Offsets { first, later }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::zone::zone;
    use app::api::Clock;

    /// 2026-11-29T12:30:00Z, a Sunday.
    const NOON: i64 = 1_795_955_400_000;

    fn asked(period: &str, from: &str, to: &str) -> UsageQuery {
        UsageQuery { period: period.into(), from: from.into(), to: to.into(), ..UsageQuery::default() }
    }

    fn of(name: &str, mut query: UsageQuery) -> (Period, UsageQuery, Vec<String>) {
        let mut notes = Vec::new();
        let (zone, _) = zone(&Clock { zone: name.into(), utc_offset_minutes: 0 });
        let period = period(&mut query, &zone, NOON, &mut notes);
        (period, query, notes)
    }

    #[test]
    fn a_day_has_as_many_hours_as_it_has() {
        let days = |zone: &str, from: &str, to: &str| {
            let (period, ..) = of(zone, asked("custom", from, to));
            let hours = |part: &Part| (part.to - part.from) / HOUR;
            period.parts.iter().map(hours).collect::<Vec<_>>()
        };
        assert_eq!(days("Europe/Berlin", "2026-03-28", "2026-03-30"), [24, 23, 24]);
        assert_eq!(days("Europe/Berlin", "2026-10-24", "2026-10-26"), [24, 25, 24]);
        assert_eq!(days("America/New_York", "2026-10-31", "2026-11-02"), [24, 25, 24]);
        assert_eq!(days("", "2026-10-24", "2026-10-26"), [24, 24, 24]);
    }

    #[test]
    fn every_hour_falls_into_the_day_it_belongs_to() {
        for zone in
            ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", ""]
        {
            for (from, to) in [("2026-03-01", "2026-04-30"), ("2026-09-15", "2026-11-20")] {
                let (period, ..) = of(zone, asked("custom", from, to));
                let mut at = period.from();
                while at < period.to() {
                    let ahead = period.offsets.later.iter().rev().find(|(since, _)| *since <= at);
                    let local = at + ahead.map_or(period.offsets.first, |(_, by)| *by);
                    let place = period.place(local / (24 * HOUR)).unwrap();
                    let part = &period.parts[place];
                    assert!((part.from..part.to).contains(&at), "{zone}: {at} is not in {part:?}");
                    at += HOUR;
                }
            }
        }
    }

    #[test]
    fn what_makes_no_sense_becomes_the_nearest_that_does() {
        for (query, period, from, to, said) in [
            (asked("", "", ""), "7d", "", "", ""),
            (asked("1y", "", ""), "7d", "", "", "no period"),
            (asked("custom", "", ""), "custom", "2026-11-23", "2026-11-29", ""),
            (asked("custom", "2026-11-20", "2026-11-10"), "custom", "2026-11-10", "2026-11-20", "swapped"),
            (asked("custom", "2027-01-01", "2027-01-05"), "custom", "2026-11-29", "2026-11-29", "not begun"),
            (asked("custom", "2020-01-01", "2026-11-29"), "custom", "2025-11-29", "2026-11-29", "at most"),
            (asked("custom", "x", "2026-02-31"), "custom", "2026-11-23", "2026-11-29", "no day"),
            (asked("30d", "2026-01-01", "y"), "30d", "", "", ""),
        ] {
            let words = format!("{query:?}");
            let (_, taken, notes) = of("Europe/Berlin", query);
            assert_eq!((&*taken.period, &*taken.from, &*taken.to), (period, from, to), "{words}");
            assert!(notes.join(" ").contains(said), "{words}: {notes:?}");
            assert_eq!(notes.is_empty(), said.is_empty(), "{words}: {notes:?}");
        }
    }

    #[test]
    fn the_last_24_hours_hold_this_one() {
        let (period, ..) = of("Asia/Tokyo", asked("24h", "", ""));
        assert_eq!((period.parts.len(), period.by_hour), (24, true));
        assert!(period.from() < NOON && NOON < period.to());
        assert_eq!(period.parts[23].name, "21:00");
        assert_eq!(period.place(period.to() - HOUR), Some(23));
    }
}
