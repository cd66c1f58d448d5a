//! What every line of a log has before and after its time: the date, the host, the program. It is said once.

use super::{Item, stamp};
use crate::{alarm, marker};
use std::ops::Range;

/// What lines after one another share. Those that say something went wrong, and those without a time, stay whole.
pub(super) struct Start<'a> {
    date: &'a str,
    /// What stands between the time and what differs: blanks at both ends.
    after: &'a str,
    /// How many lines share it.
    lines: usize,
    /// Among these items.
    pub(super) items: Range<usize>,
}

/// Fewer lines are not worth a marker.
const FEWEST: usize = 6;

/// What must be saved, in bytes, beyond the marker.
const LEAST: usize = 40;

/// What is worth saying once, in the order of the items.
pub(super) fn of<'a>(items: &[Item<'a>]) -> Vec<Start<'a>> {
    let mut starts: Vec<Start<'a>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Item::Line(line) = *item else {
            continue;
        };
        let Some(stamp) = stamp::at_start(line) else {
            continue;
        };
        let parts = line.get(stamp.date).zip(line.get(stamp.time.end..));
        let Some((date, rest)) = parts.filter(|_| !alarm::says(line)) else {
            continue;
        };
        match starts.last_mut() {
            Some(start) if start.date == date => {
                start.after = common(start.after, rest);
                start.lines += 1;
                start.items.end = at + 1;
            }
            _ => starts.push(Start { date, after: rest, lines: 1, items: at..at + 1 }),
        }
    }
    // A line without a date of its own would be taken for one whose date is left out.
    let dated = starts.iter().any(|start| !start.date.is_empty());
    let bare = starts.iter().any(|start| start.date.is_empty())
        || items.iter().any(|item| match item {
            Item::Line(line) => stamp::at_start(line).is_some_and(|stamp| stamp.date.is_empty()),
            Item::Marker(_) => false,
        });
    if dated && bare {
        return Vec::new();
    }
    starts.iter_mut().for_each(Start::cut_to_words);
    starts.retain(Start::is_worth_it);
    starts
}

/// What two texts begin with.
fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    one.get(..one.floor_char_boundary(same)).unwrap_or_default()
}

impl<'a> Start<'a> {
    /// From the blank after the time to the blank before what differs.
    fn cut_to_words(&mut self) {
        // What is quoted begins something of its own.
        let plain = self.after.split('"').next().unwrap_or_default();
        let end = plain.rfind(' ').map_or(0, |blank| blank + 1);
        let words = plain.get(..end).unwrap_or_default();
        self.after = if words.len() > 4 && words.starts_with([' ', ']']) { words } else { "" };
    }

    fn is_worth_it(&self) -> bool {
        let saved = (self.date.len() + self.after.len().saturating_sub(1)) * self.lines;
        let mut marker = String::new();
        self.push_marker(&mut marker);
        self.lines >= FEWEST && saved >= marker.len() + LEAST
    }

    pub(super) fn push_marker(&self, out: &mut String) {
        let Self { date, after, lines, .. } = self;
        let below = format_args!("left out in {lines} lines below");
        match (date.is_empty(), after.is_empty()) {
            (false, true) => marker::push(out, format_args!("\"{date}\" before the time {below}")),
            (true, _) => marker::push(out, format_args!("\"{after}\" after the time {below}")),
            (false, false) => {
                marker::push(
                    out,
                    format_args!("\"{date}\" before the time and \"{after}\" after it {below}"),
                );
            }
        }
    }

    /// A line's parts without what is said once. `None` for one that stays whole.
    pub(super) fn rest_of<'b>(&self, line: &'b str) -> Option<[&'b str; 4]> {
        let stamp = stamp::at_start(line)?;
        let rest = line.get(stamp.time.end..)?.strip_prefix(self.after)?;
        let shared = line.get(stamp.date.clone()) == Some(self.date) && !alarm::says(line);
        let blank = if self.after.is_empty() { "" } else { " " };
        shared.then_some([line.get(..stamp.date.start)?, line.get(stamp.time)?, blank, rest])
    }
}
