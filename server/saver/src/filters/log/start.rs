//! What every line of a log has before and after its time: the date, the host, the program. It is said once.

use super::{Item, stamp};
use crate::{alarm, marker};

/// What the lines of a log share. Lines that say something went wrong, and those that do not share it, stay whole.
pub(super) struct Start<'a> {
    date: &'a str,
    /// What stands between the time and what differs: blanks at both ends.
    after: &'a str,
    lines: usize,
}

/// Fewer lines are not worth a marker.
const FEWEST: usize = 6;

/// What must be saved, in bytes, beyond the marker.
const LEAST: usize = 60;

/// What the lines share. `None` when that is little, or when a line could be misread with it left out.
pub(super) fn of<'a>(items: &[Item<'a>]) -> Option<Start<'a>> {
    let mut start: Option<Start<'a>> = None;
    for item in items {
        let Item::Line(line) = *item else {
            continue;
        };
        let Some(stamp) = stamp::at_start(line) else {
            continue;
        };
        let (date, rest) = (line.get(stamp.date.clone())?, line.get(stamp.time.end..)?);
        if date.is_empty() && !stamp.date.is_empty() || alarm::says(line) {
            continue;
        }
        match &mut start {
            None => start = Some(Start { date, after: rest, lines: 1 }),
            Some(start) if start.date == date => {
                start.after = common(start.after, rest);
                start.lines += 1;
            }
            Some(_) => {}
        }
    }
    let mut start = start?;
    // Whole words, from the blank after the time to the blank before what differs.
    let end = start.after.rfind(' ').map_or(0, |blank| blank + 1);
    start.after = start.after.get(..end)?;
    if start.after.len() < 4 || !start.after.starts_with([' ', ']']) {
        start.after = "";
    }
    // A line without a date of its own would be taken for one whose date is left out.
    let misread = |item: &Item<'_>| match item {
        Item::Line(line) => {
            !start.takes(line) && stamp::at_start(line).is_some_and(|stamp| stamp.date.is_empty())
        }
        Item::Marker(_) => false,
    };
    let saved = (start.date.len() + start.after.len().saturating_sub(1)) * start.lines;
    let mut marker = String::new();
    start.push_marker(&mut marker);
    let worth = start.lines >= FEWEST && saved >= marker.len() + LEAST && !items.iter().any(misread);
    worth.then_some(start)
}

/// What two texts begin with.
fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    one.get(..one.floor_char_boundary(same)).unwrap_or_default()
}

impl Start<'_> {
    /// Whether a line is one of those that share it.
    fn takes(&self, line: &str) -> bool {
        stamp::at_start(line).is_some_and(|stamp| {
            line.get(stamp.date) == Some(self.date)
                && line.get(stamp.time.end..).is_some_and(|rest| rest.starts_with(self.after))
        }) && !alarm::says(line)
    }

    pub(super) fn push_marker(&self, out: &mut String) {
        let Self { date, after, lines } = self;
        match (date.is_empty(), after.is_empty()) {
            (false, true) => {
                marker::push(out, format_args!("{date:?} before the time left out in {lines} lines"))
            }
            (true, _) => {
                marker::push(out, format_args!("{after:?} after the time left out in {lines} lines"))
            }
            (false, false) => marker::push(
                out,
                format_args!("{date:?} before the time and {after:?} after it left out in {lines} lines"),
            ),
        }
    }

    /// A line without what is said once.
    pub(super) fn push_rest(&self, out: &mut String, line: &str) {
        let stamp = stamp::at_start(line).filter(|_| self.takes(line));
        let parts = stamp.and_then(|stamp| {
            let rest = line.get(stamp.time.end + self.after.len()..)?;
            Some((line.get(..stamp.date.start)?, line.get(stamp.time)?, rest))
        });
        let Some((open, time, rest)) = parts else {
            out.push_str(line);
            return;
        };
        out.push_str(open);
        out.push_str(time);
        if !self.after.is_empty() {
            out.push(' ');
        }
        out.push_str(rest);
    }
}
