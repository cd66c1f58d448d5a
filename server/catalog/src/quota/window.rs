//! What is known of one limit of an account.

use std::fmt;

use serde::Deserialize;

use super::condition::fits;

/// More than this are not read from one answer: no vendor has as many.
const MOST: usize = 64;
/// Longest name taken from an answer, in characters.
const LONGEST_NAME: usize = 60;

/// One limit: so much may be used until it begins anew, or so much money is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its name for people: `5 hours`, `Week`, `Balance`.
    pub name: String,
    /// The models it is for, as a pattern (see [`Window::is_for`]); absent: all of the account.
    pub model: Option<String>,
    /// What `used`, `limit` and `left` count.
    pub unit: Unit,
    /// How much of it is used, in thousandths; more than 1000 where more was used than there was. Absent where there is
    /// nothing to be a part of (a balance) or nothing is said: absent is not zero.
    pub used_permille: Option<u32>,
    /// What is used of it.
    pub used: Option<Micro>,
    /// What there is of it altogether.
    pub limit: Option<Micro>,
    /// What is left; less than nothing where an account is in debt.
    pub left: Option<Micro>,
    /// When it begins anew, in Unix milliseconds, always after the time of reading. Absent for what does not, and where
    /// it is not said.
    pub resets_at_ms: Option<i64>,
    /// From one beginning to the next, in milliseconds.
    pub lasts_ms: Option<i64>,
}

impl Window {
    /// Whether a request for this model uses it up.
    #[must_use]
    pub fn is_for(&self, model: &str) -> bool {
        self.model.as_deref().is_none_or(|pattern| fits(pattern, model))
    }

    /// Whether nothing is left of it. Whether that stops anything is the provider's word: some go on with what was bought
    /// beside, or slower. A balance of nothing is not meant: whoever has a plan needs none.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.used_permille.is_some_and(|used| used >= 1000)
    }
}

/// Millionths of a unit, so that money and shares need no fractions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micro(pub i64);

impl Micro {
    /// One unit.
    pub(crate) const ONE: i64 = 1_000_000;

    /// A number as vendors write it, in JSON or in a text: `37.4`, `"110.00"`, `$36.00`.
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and more than that is not sold")]
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('$').unwrap_or(text);
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Self::whole(whole));
        }
        let number: f64 = text.parse().ok()?;
        number.is_finite().then(|| Self((number * 1e6).round() as i64))
    }

    pub(crate) fn whole(units: i64) -> Self {
        Self(units.saturating_mul(Self::ONE))
    }

    /// `self` without `other`.
    pub(crate) fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Which part of `whole` it is, in thousandths, rounded down: full is what is full. Less than nothing is nothing.
    pub(crate) fn permille_of(self, whole: Self) -> Option<u32> {
        let part = i128::from(self.0) * 1000;
        let permille = part.checked_div(i128::from(whole.0))?.max(0);
        Some(u32::try_from(permille).unwrap_or(u32::MAX))
    }
}

/// As a decimal number without needless zeros.
impl fmt::Display for Micro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{rest:06}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Nothing that is told: only the share is known.
    #[default]
    Percent,
    /// Calls.
    Requests,
    /// Tokens.
    Tokens,
    /// A unit of the vendor's own.
    Credits,
    /// Dollars of the United States.
    Usd,
    /// Chinese yuan.
    Cny,
}

impl Unit {
    /// The word used in provider files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Requests => "requests",
            Self::Tokens => "tokens",
            Self::Credits => "credits",
            Self::Usd => "usd",
            Self::Cny => "cny",
        }
    }
}

/// A window's name for people where the file has none: its length.
pub(crate) fn named_by_length(millis: i64) -> Option<String> {
    const MINUTE: i64 = 60_000;
    let parts = [(7 * 24 * 60 * MINUTE, "Week", "weeks"), (24 * 60 * MINUTE, "Day", "days")];
    let parts = parts.into_iter().chain([(60 * MINUTE, "Hour", "hours"), (MINUTE, "Minute", "minutes")]);
    for (length, one, many) in parts {
        if millis == length {
            return Some(one.to_owned());
        }
        if millis > length && millis % length == 0 {
            return Some(format!("{} {many}", millis / length));
        }
    }
    (millis > 0).then(|| format!("{} s", millis.div_euclid(1000)))
}

/// A piece of an answer that is shown to people: one line, not too long.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(most).collect::<String>().trim().to_owned()
}

pub(crate) fn shown_name(text: &str) -> String {
    shown(text, LONGEST_NAME)
}

/// The windows of one answer. What has the same name, models and unit is one window seen from several sides, of which
/// the worst counts (Kimi's sides contradict one another, 2026).
pub(crate) fn add(found: &mut Vec<Window>, new: Window) {
    let same = |old: &Window| old.name == new.name && old.model == new.model && old.unit == new.unit;
    let Some(at) = found.iter().position(same) else {
        if found.len() < MOST {
            found.push(new);
        }
        return;
    };
    let old = found.remove(at);
    let (mut worse, better) = if new.used_permille > old.used_permille { (new, old) } else { (old, new) };
    worse.resets_at_ms = worse.resets_at_ms.or(better.resets_at_ms);
    worse.lasts_ms = worse.lasts_ms.or(better.lasts_ms);
    found.insert(at, worse);
}

#[cfg(test)]
mod tests {
    use super::{Micro, named_by_length};

    #[test]
    fn numbers_are_read_exactly_and_written_back() {
        for (text, micro, written) in [
            ("110.00", 110_000_000, "110"),
            ("37.4", 37_400_000, "37.4"),
            ("0.0338", 33_800, "0.0338"),
            ("-0.33", -330_000, "-0.33"),
            ("$35.30", 35_300_000, "35.3"),
            (" 96 ", 96_000_000, "96"),
            ("1.7882208E9", 1_788_220_800_000_000, "1788220800"),
        ] {
            let read = Micro::read(text);
            assert_eq!(read, Some(Micro(micro)), "{text}");
            assert_eq!(Micro(micro).to_string(), written);
        }
        for text in ["", "NaN", "inf", "null", "12 %", "soon"] {
            assert_eq!(Micro::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_is_full_only_when_it_is_full() {
        let share = |part, whole| Micro(part).permille_of(Micro(whole));
        assert_eq!(share(999_999, 1_000_000), Some(999));
        assert_eq!(share(570_000, 1_000_000), Some(570));
        assert_eq!(share(2005, 2000), Some(1002));
        assert_eq!(share(-5, 100), Some(0));
        assert_eq!(share(i64::MAX, 1), Some(u32::MAX));
        assert_eq!(share(1, 0), None);
    }

    #[test]
    fn lengths_have_names() {
        for (minutes, name) in [
            (1, "Minute"),
            (15, "15 minutes"),
            (60, "Hour"),
            (240, "4 hours"),
            (300, "5 hours"),
            (1440, "Day"),
            (10_080, "Week"),
            (43_200, "30 days"),
        ] {
            assert_eq!(named_by_length(minutes * 60_000).unwrap(), name);
        }
        assert_eq!(named_by_length(1000).unwrap(), "1 s");
        assert_eq!(named_by_length(0), None);
        assert_eq!(named_by_length(-1), None);
    }
}
