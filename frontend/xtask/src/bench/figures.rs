//! Percentiles, medians, and the table they are printed in.

use std::time::Duration;

/// The value that `share` of all values (0 to 1) do not exceed; 0 when there is none. Sorts.
pub(crate) fn percentile(values: &mut [u64], share: f64) -> u64 {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(0)
}

/// The middle value; the mean of both when there are two.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[length / 2],
        length => f64::midpoint(values[length / 2 - 1], values[length / 2]),
    }
}

/// Nanoseconds.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Figures side by side with what was aimed for.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
}

/// What was aimed for.
pub(crate) enum Target {
    /// Less than this.
    Below(f64),
    /// At least this.
    AtLeast(f64),
    /// Nothing in particular.
    None,
}

impl Table {
    /// Adds a figure; `note` says how it came about.
    pub(crate) fn add(&mut self, what: &str, value: f64, unit: &str, target: &Target, note: &str) {
        let places = match value.abs() {
            v if v >= 1000.0 => 0,
            v if v >= 10.0 => 1,
            _ => 3,
        };
        let verdict = |met: bool| if met { "met" } else { "MISSED" };
        let target = match *target {
            Target::Below(limit) => format!("< {limit} {unit}: {}", verdict(value < limit)),
            Target::AtLeast(limit) => format!(">= {limit} {unit}: {}", verdict(value >= limit)),
            Target::None => String::new(),
        };
        self.rows.push([what.to_owned(), format!("{value:.places$} {unit}"), target, note.to_owned()]);
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width =
            |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (what, value, target) = (width(0), width(1), width(2));
        for row in &self.rows {
            let line = format!("{:<what$}  {:>value$}  {:<target$}  {}", row[0], row[1], row[2], row[3]);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_medians() {
        let mut values: Vec<u64> = (0..=100).rev().collect();
        assert_eq!(percentile(&mut values, 0.5), 50);
        assert_eq!(percentile(&mut values, 0.99), 99);
        assert_eq!(percentile(&mut [], 0.5), 0);
        assert!((median(&mut [3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&mut [4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
    }

    #[test]
    fn a_missed_target_is_said() {
        let mut table = Table::default();
        table.add("start", 0.25, "s", &Target::Below(0.3), "median of 5");
        table.add("requests", 9000.0, "/s", &Target::AtLeast(15000.0), "");
        let text = table.to_string();
        assert!(text.contains("0.250 s  < 0.3 s: met"), "{text}");
        assert!(text.contains("9000 /s  >= 15000 /s: MISSED"), "{text}");
    }
}
