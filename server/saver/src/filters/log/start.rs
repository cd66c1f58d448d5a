//! What every line of a log has before and after its time: the date, the host, the program. It is said once. A time
//! that is the one of the line above is a sign, [`SAME`].

use super::{Item, stamp};
use crate::{alarm, marker};
use std::ops::Range;

/// What lines after one another share. Those that say something went wrong, and those without a time, stay whole.
pub(super) struct Start<'a> {
    date: &'a str,
    /// All from a line's beginning up to its time.
    head: &'a str,
    /// Whether every line has the same head, and all of it is left out.
    is_headed: bool,
    /// The time of the last line with one.
    time: &'a str,
    /// The bytes of times that are those of the line above.
    same: usize,
    /// Whether [`SAME`] stands for such a time.
    has_sign: bool,
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

/// Stands for a time that is the one of the line above. In a text in which it is used it begins no other word.
const SAME: &str = "~";

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
        let head = line.get(..stamp.time.start).unwrap_or_default();
        let time = line.get(stamp.time.clone()).unwrap_or_default();
        let parts = line.get(stamp.date).zip(line.get(stamp.time.end..));
        let Some((date, rest)) = parts.filter(|_| !alarm::says(line)) else {
            // It stays whole, and the next line's time may be its.
            starts.iter_mut().next_back().into_iter().for_each(|start| start.time = time);
            continue;
        };
        match starts.last_mut() {
            Some(start) if start.date == date => {
                start.after = common(start.after, rest);
                start.is_headed &= start.head == head;
                start.same += if start.time == time { time.len() } else { 0 };
                start.time = time;
                start.lines += 1;
                start.items.end = at + 1;
            }
            _ => starts.push(Start {
                date,
                head,
                is_headed: true,
                time,
                same: 0,
                has_sign: false,
                after: rest,
                lines: 1,
                items: at..at + 1,
            }),
        }
    }
    // A line without a date of its own would be taken for one whose date is left out.
    let dated = starts.iter().any(|start| !start.date.is_empty());
    let bare = starts.iter().any(|start| start.date.is_empty())
        || items.iter().any(|item| match item {
            Item::Line(line) => stamp::at_start(line).is_some_and(|stamp| stamp.date.is_empty()),
            Item::Marker(..) => false,
        });
    if dated && bare {
        return Vec::new();
    }
    let has_sign = |item: &Item<'_>| matches!(item, Item::Line(line) if could_be_sign(line));
    let is_free = !items.iter().any(has_sign);
    for start in &mut starts {
        start.cut_to_words();
        start.is_headed &= !start.date.is_empty();
        start.has_sign = is_free && start.same >= LEAST + SIGN_SAID.len();
    }
    starts.retain(Start::is_worth_it);
    starts
}

/// Whether a line has a sign that does not stand within a word, as in `12.3-1~deb12u1`.
fn could_be_sign(line: &str) -> bool {
    let bytes = line.as_bytes();
    let before = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at));
    memchr::memchr_iter(b'~', bytes).any(|at| !before(at).is_some_and(u8::is_ascii_alphanumeric))
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
        let same = if self.has_sign { self.same } else { 0 };
        let saved = (self.before().len() + self.after.len().saturating_sub(1)) * self.lines + same;
        let mut marker = String::new();
        self.push_marker(&mut marker);
        self.lines >= FEWEST && saved >= marker.len() + LEAST
    }

    /// What is left out before the time.
    const fn before(&self) -> &'a str {
        if self.is_headed { self.head } else { self.date }
    }

    pub(super) fn push_marker(&self, out: &mut String) {
        let Self { after, lines, .. } = self;
        let before = self.before();
        let below = format_args!("left out in {lines} lines below");
        let sign = if self.has_sign { SIGN_SAID } else { "" };
        match (before.is_empty(), after.is_empty()) {
            (true, true) => {
                let sign = sign.trim_start_matches([';', ' ']);
                marker::push(out, format_args!("in {lines} lines below {sign}"));
            }
            (false, true) => marker::push(out, format_args!("\"{before}\" before the time {below}{sign}")),
            (true, false) => marker::push(out, format_args!("\"{after}\" after the time {below}{sign}")),
            (false, false) => {
                marker::push(
                    out,
                    format_args!("\"{before}\" before the time and \"{after}\" after it {below}{sign}"),
                );
            }
        }
    }

    /// A line's parts without what is said once. `None` for one that stays whole. `above` is the time of the line
    /// above, and becomes that of this one.
    pub(super) fn rest_of<'b>(&self, line: &'b str, above: &mut &'b str) -> Option<[&'b str; 4]> {
        let stamp = stamp::at_start(line)?;
        let time = line.get(stamp.time.clone())?;
        let is_same = std::mem::replace(above, time) == time && self.has_sign;
        let rest = line.get(stamp.time.end..)?.strip_prefix(self.after)?;
        let shared = line.get(stamp.date.clone()) == Some(self.date) && !alarm::says(line);
        let blank = if self.after.is_empty() { "" } else { " " };
        let head = if self.is_headed { "" } else { line.get(..stamp.date.start)? };
        shared.then_some([head, if is_same { SAME } else { time }, blank, rest])
    }
}

/// How the sign is told.
const SIGN_SAID: &str = "; ~ is the time of the line above";
