//! When the windows of vendors begin and end by the calendar, or by first use.

use serde::{Deserialize, Deserializer, de};
use time::{Date, Month};

use super::window::named_by_length;
use crate::{
    duration::Millis,
    instant::{Zone, behind_utc_in_california},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The Julian day of 1970-01-01.
const EPOCH: i64 = 2_440_588;

/// How a window comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PeriodFile")]
pub enum Period {
    /// It begins at the first use and comes back as a whole, this much later.
    Rolling(Millis),
    /// Each use comes back by itself, this much later.
    Sliding(Millis),
    /// It begins each day.
    Daily {
        /// Milliseconds since midnight.
        at_ms: i64,
        /// Whose day.
        zone: WallClock,
    },
    /// It begins each week.
    Weekly {
        /// 0 is Monday.
        weekday: u8,
        /// Milliseconds since midnight.
        at_ms: i64,
        /// Whose day.
        zone: WallClock,
    },
    /// It begins each month; in one without such a day on its last.
    Monthly {
        /// From 1.
        day: u8,
        /// Milliseconds since midnight.
        at_ms: i64,
        /// Whose day.
        zone: WallClock,
    },
}

/// One window in time, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From when on use counts.
    pub begins_ms: i64,
    /// From when on there is more again.
    pub ends_ms: i64,
}

/// The clock of a vendor, written `utc`, `pacific` (California, with its daylight saving) or `+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallClock {
    /// So far from UTC all year.
    Offset(Zone),
    /// California's.
    Pacific,
}

impl<'de> Deserialize<'de> for WallClock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = match text.as_str() {
            "utc" => Some(Self::Offset(Zone::default())),
            "pacific" => Some(Self::Pacific),
            offset => Zone::read(offset).map(Self::Offset),
        };
        known.ok_or_else(|| {
            de::Error::custom(format!("`{text}` is not utc, pacific or an offset such as \"+08:00\""))
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodFile {
    rolling: Option<Millis>,
    sliding: Option<Millis>,
    daily_at: Option<String>,
    weekly: Option<Weekday>,
    monthly: Option<u8>,
    at: Option<String>,
    zone: Option<WallClock>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl TryFrom<PeriodFile> for Period {
    type Error = String;

    fn try_from(file: PeriodFile) -> Result<Self, String> {
        let PeriodFile { rolling, sliding, daily_at, weekly, monthly, at, zone } = file;
        if at.is_some() && weekly.is_none() && monthly.is_none() {
            return Err("`at` goes with `weekly` or `monthly`".to_owned());
        }
        if zone.is_some() && (rolling.is_some() || sliding.is_some()) {
            return Err("`zone` goes with `daily_at`, `weekly` or `monthly`".to_owned());
        }
        let zone = zone.unwrap_or(WallClock::Offset(Zone::default()));
        let at_ms = time_of_day(daily_at.as_deref().or(at.as_deref()).unwrap_or("00:00"))?;
        match (rolling, sliding, daily_at, weekly, monthly) {
            (Some(length), None, None, None, None) if length.0 > 0 => Ok(Self::Rolling(length)),
            (None, Some(length), None, None, None) if length.0 > 0 => Ok(Self::Sliding(length)),
            (None, None, Some(_), None, None) => Ok(Self::Daily { at_ms, zone }),
            (None, None, None, Some(weekday), None) => {
                Ok(Self::Weekly { weekday: weekday as u8, at_ms, zone })
            }
            (None, None, None, None, Some(day @ 1..=31)) => Ok(Self::Monthly { day, at_ms, zone }),
            (None, None, None, None, Some(day)) => Err(format!("no month has a day {day}")),
            _ => Err("a period is one of `rolling`, `sliding`, `daily_at`, `weekly`, `monthly`".to_owned()),
        }
    }
}

/// `"07:30"` in milliseconds since midnight.
fn time_of_day(text: &str) -> Result<i64, String> {
    let part = |text: &str, limit: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| digits && *number < limit)
    };
    let read = || {
        let (hours, minutes) = text.split_once(':')?;
        Some(part(hours, 24)? * HOUR + part(minutes, 60)? * MINUTE)
    };
    read().ok_or_else(|| format!("`{text}` is not a time of day such as \"00:00\""))
}

impl Period {
    /// The window that is open at `now_ms`. `first_use_ms` is the first use that counts: of a rolling window the one that
    /// opened it, of a sliding one the oldest since [`Period::counts_since`]; the others do not ask for it. `None` where
    /// nothing was used and no window is open (and for times that no calendar has).
    #[must_use]
    pub fn current(&self, first_use_ms: Option<i64>, now_ms: i64) -> Option<Span> {
        match *self {
            Self::Rolling(length) | Self::Sliding(length) => {
                let first = first_use_ms.filter(|first| *first <= now_ms)?;
                let ends_ms = first.checked_add(length.0).filter(|end| *end > now_ms)?;
                let sliding = matches!(self, Self::Sliding(_));
                let begins_ms = if sliding { now_ms.checked_sub(length.0)? } else { first };
                Some(Span { begins_ms, ends_ms })
            }
            Self::Daily { .. } | Self::Weekly { .. } | Self::Monthly { .. } => {
                let near = self.number(now_ms)?;
                let begins = (near - 1..=near + 1).filter_map(|number| self.beginning(number));
                let ends = (near..=near + 2).filter_map(|number| self.beginning(number));
                let begins_ms = begins.filter(|at| *at <= now_ms).max()?;
                let ends_ms = ends.filter(|at| *at > now_ms).min()?;
                Some(Span { begins_ms, ends_ms })
            }
        }
    }

    /// Since when use can still count, in Unix milliseconds; what is older is of no interest.
    #[must_use]
    pub fn counts_since(&self, now_ms: i64) -> i64 {
        match *self {
            Self::Rolling(length) | Self::Sliding(length) => now_ms.saturating_sub(length.0),
            _ => self.current(None, now_ms).map_or(now_ms, |span| span.begins_ms),
        }
    }

    /// Its usual length in milliseconds; months differ.
    pub(crate) fn usual_length(&self) -> Option<i64> {
        match self {
            Self::Rolling(length) | Self::Sliding(length) => Some(length.0),
            Self::Daily { .. } => Some(DAY),
            Self::Weekly { .. } => Some(7 * DAY),
            Self::Monthly { .. } => None,
        }
    }

    /// Its name for people.
    pub(crate) fn name(&self) -> String {
        self.usual_length().and_then(named_by_length).unwrap_or_else(|| "Month".to_owned())
    }

    /// The number of the window in which a time is, give or take one where clocks are changed.
    fn number(&self, now_ms: i64) -> Option<i64> {
        let (at_ms, zone) = match self {
            Self::Daily { at_ms, zone }
            | Self::Weekly { at_ms, zone, .. }
            | Self::Monthly { at_ms, zone, .. } => (*at_ms, *zone),
            Self::Rolling(_) | Self::Sliding(_) => return None,
        };
        let day = now_ms.checked_sub(zone.behind_utc(now_ms))?.checked_sub(at_ms)?.div_euclid(DAY);
        match self {
            Self::Weekly { weekday, .. } => Some((day + MONDAY - i64::from(*weekday)).div_euclid(7)),
            Self::Monthly { .. } => {
                let date = Date::from_julian_day(i32::try_from(day + EPOCH).ok()?).ok()?;
                Some(i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1)
            }
            _ => Some(day),
        }
    }

    /// When the window of this number begins.
    fn beginning(&self, number: i64) -> Option<i64> {
        let (day, at_ms, zone) = match *self {
            Self::Daily { at_ms, zone } => (number, at_ms, zone),
            Self::Weekly { weekday, at_ms, zone } => {
                (number.checked_mul(7)? - MONDAY + i64::from(weekday), at_ms, zone)
            }
            Self::Monthly { day, at_ms, zone } => {
                let year = i32::try_from(number.div_euclid(12)).ok()?;
                let month = Month::try_from(u8::try_from(number.rem_euclid(12) + 1).ok()?).ok()?;
                let in_month = |day| Date::from_calendar_date(year, month, day).ok();
                let date = (1..=day).rev().find_map(in_month)?;
                (i64::from(date.to_julian_day()) - EPOCH, at_ms, zone)
            }
            Self::Rolling(_) | Self::Sliding(_) => return None,
        };
        zone.to_utc(day.checked_mul(DAY)?.checked_add(at_ms)?)
    }
}

/// 1970-01-01 was a Thursday: so many days after a Monday.
const MONDAY: i64 = 3;

impl WallClock {
    /// Milliseconds by which it is behind UTC at a time.
    fn behind_utc(self, at_ms: i64) -> i64 {
        match self {
            Self::Offset(zone) => -zone.ahead_of_utc_ms(),
            Self::Pacific => behind_utc_in_california(at_ms),
        }
    }

    /// The time at which it shows this.
    fn to_utc(self, shown_ms: i64) -> Option<i64> {
        let about = shown_ms.checked_add(self.behind_utc(shown_ms))?;
        shown_ms.checked_add(self.behind_utc(about))
    }
}
