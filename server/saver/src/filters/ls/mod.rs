//! `ls -l` in its variants, `find -ls`, `ls -R`, and plain `ls`.
//!
//! The blanks that align columns go; at [`Level::Safe`] modes are written in octal (`d755`), and link counts, and the
//! owner and group and the date most entries have, are said once. Names, sizes, other dates and symlink targets stay byte
//! for byte.

mod entry;

use crate::call::Source;
use crate::level::Level;
use crate::marker;
use crate::page::Page;
use entry::{Entry, octal, push_octal, push_words};
use std::cmp::Reverse;
use std::collections::HashMap;

/// A text with fewer entries may be about them.
const FEWEST: usize = 3;

/// How many entries of one directory are shown at [`Level::Strong`], from the first and up to the last, and from how
/// many on it is cut.
const FIRST: usize = 32;
const LAST: usize = 8;
const CUT_FROM: usize = 60;

/// How many names of one directory, without columns, are shown at [`Level::Strong`], from the first and up to the
/// last.
const FIRST_NAMES: usize = 64;
const LAST_NAMES: usize = 16;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let found = page.lines.iter().filter(|line| Entry::read(line).is_some()).take(FEWEST).count();
    if found == 0 && level >= Level::Safe {
        return names(page, level);
    }
    if found < FEWEST {
        return None;
    }
    let entries: Vec<Option<Entry<'_>>> = page.lines.iter().map(|line| Entry::read(line)).collect();
    let said = (level >= Level::Safe).then(|| Said::of(page, &entries)).flatten();
    let mut out = String::with_capacity(page.text.len());
    let mut shown = 0_usize;
    let mut left_out = 0_usize;
    let mut above = None;
    for (index, (line, entry)) in page.lines.iter().zip(&entries).enumerate() {
        if left_out > 0 {
            left_out -= 1;
            continue;
        }
        shown = if entry.is_some() { shown + 1 } else { 0 };
        if level == Level::Strong && shown == FIRST + 1 {
            let more = entries.iter().skip(index).map_while(Option::as_ref);
            let count = more.clone().count();
            if FIRST + count > CUT_FROM {
                left_out = count - LAST - 1;
                start_line(&mut out, index);
                write_cut(&mut out, more.take(count - LAST));
                above = None;
                continue;
            }
        }
        start_line(&mut out, index);
        let above = std::mem::replace(&mut above, entry.map(|entry| entry.date));
        match (entry, &said) {
            (None, _) => out.push_str(line),
            (Some(entry), None) => entry.write_plain(&mut out),
            (Some(entry), Some(said)) => {
                if said.first == index {
                    said.write(&mut out);
                    out.push('\n');
                }
                let date = match said.undated {
                    Undated::None => None,
                    Undated::Most(date) => Some(date),
                    Undated::Above => above,
                };
                entry.write_short(&mut out, said, date);
            }
        }
    }
    Some(out).filter(|out| out.len() < page.text.len())
}

fn start_line(out: &mut String, index: usize) {
    if index > 0 {
        out.push('\n');
    }
}

/// What is said once, above the first entry.
struct Said<'a> {
    owner: &'a str,
    group: &'a str,
    /// The first entry's mode, to show what the digits stand for.
    mode: &'a str,
    /// Every entry has this owner and group.
    all: bool,
    undated: Undated<'a>,
    first: usize,
}

impl<'a> Said<'a> {
    /// `None` where an entry could be misread without the columns.
    fn of(page: &Page<'a>, entries: &[Option<Entry<'a>>]) -> Option<Self> {
        // An entry that was not read keeps its columns, and has to be told apart from those that were.
        let unread = |(line, entry): (&&str, &Option<Entry<'_>>)| {
            entry.is_none() && line.split_ascii_whitespace().take(3).any(|word| octal(word).is_some())
        };
        if page.lines.iter().zip(entries).any(unread) {
            return None;
        }
        let first = entries.iter().position(Option::is_some)?;
        let mode = entries.iter().flatten().next()?.mode;
        // The owner of the most, by the vote that keeps one name and a count.
        let mut most = ("", "");
        let mut votes = 0_usize;
        for entry in entries.iter().flatten() {
            let pair = (entry.owner, entry.group);
            if votes == 0 {
                most = pair;
            }
            votes = if pair == most { votes + 1 } else { votes - 1 };
        }
        let (owner, group) = most;
        let all = entries.iter().flatten().all(|entry| (entry.owner, entry.group) == most);
        // A numeric owner that is shown would be taken for a size.
        let numeric = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let clear = all || !entries.iter().flatten().any(|entry| numeric(entry.owner));
        let undated = Undated::of(entries);
        clear.then_some(Self { owner, group, mode, all, undated, first })
    }

    fn write(&self, out: &mut String) {
        let Self { owner, group, mode, .. } = self;
        let whose = if self.all { "of all" } else { "where none is shown" };
        let mut digits = String::new();
        push_octal(&mut digits, mode);
        let mut date = String::new();
        match &self.undated {
            Undated::None => {}
            Undated::Most(words) => {
                date.push_str("; date where none is shown: ");
                push_words(&mut date, words);
            }
            Undated::Above => date.push_str("; date where none is shown: that of the line above"),
        }
        let date = date.trim_end();
        marker::push(
            out,
            format_args!(
                "{digits} is {mode}; owner and group {whose}: {owner} {group}; link counts left out{date}"
            ),
        );
    }
}

/// Entries of one date that make it worth saying once.
const DATED_ALIKE: usize = 8;

/// Which date an entry has that shows none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undated<'a> {
    /// Every entry shows its date.
    None,
    /// That of most entries.
    Most([&'a str; 3]),
    /// That of the line above.
    Above,
}

impl<'a> Undated<'a> {
    /// What leaves most dates out. Nothing where they are few, or where a name looks like a date.
    fn of(entries: &[Option<Entry<'a>>]) -> Self {
        let mut counts: HashMap<[&'a str; 3], (usize, Reverse<usize>)> = HashMap::new();
        let mut repeated = 0_usize;
        let mut above = None;
        for (index, entry) in entries.iter().enumerate() {
            let date = entry.map(|entry| entry.date);
            if let Some(date) = date {
                counts.entry(date).or_insert((0, Reverse(index))).0 += 1;
                repeated += usize::from(above == Some(date));
            }
            above = date;
        }
        let Some((date, (most, _))) = counts.into_iter().max_by_key(|(_, rank)| *rank) else {
            return Self::None;
        };
        if most.max(repeated) < DATED_ALIKE || entries.iter().flatten().any(Entry::is_dated_twice) {
            Self::None
        } else if most >= repeated {
            Self::Most(date)
        } else {
            Self::Above
        }
    }
}

/// Stands for entries that are not shown.
fn write_cut<'a>(out: &mut String, entries: impl Iterator<Item = &'a Entry<'a>>) {
    let (mut directories, mut all) = (0_usize, 0_usize);
    for entry in entries {
        directories += usize::from(entry.mode.starts_with('d'));
        all += 1;
    }
    marker::push(out, format_args!("{all} more entries left out, {directories} of them directories"));
}

/// Names without columns: those of one directory on one line, as `ls` itself sets them on a terminal. `None` when
/// the text is not surely a listing, or when a name has a blank.
fn names(page: &Page<'_>, level: Level) -> Option<String> {
    let lines = page.lines.as_slice();
    let headed = lines.first().is_some_and(|line| is_heading(line));
    let listed = matches!(page.source, Source::Command(line) if is_ls(line));
    if !headed && !listed {
        return None;
    }
    let mut out = String::with_capacity(page.text.len());
    let mut root: Option<&str> = None;
    let mut headings = 0_usize;
    let mut fresh = true;
    let mut shown = 0_usize;
    let mut left_out = 0_usize;
    for (index, line) in lines.iter().enumerate() {
        if line.is_empty() {
            fresh = true;
            shown = 0;
            continue;
        }
        let heading = line.strip_suffix(':').filter(|_| fresh && is_heading(line));
        if heading.is_none() && (line.contains([' ', '\t', '\r', ':']) || headed && fresh) {
            return None;
        }
        if let Some(heading) = heading {
            // Without the command line, only the headings of one tree tell a listing from another text.
            let root = *root.get_or_insert(heading);
            let inside =
                heading.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if !listed && !inside {
                return None;
            }
            headings += 1;
        }
        if left_out > 0 {
            left_out -= 1;
            continue;
        }
        shown += 1;
        if level == Level::Strong && shown == FIRST_NAMES + 1 {
            let more = lines.iter().skip(index).take_while(|line| !line.is_empty()).count();
            if more > LAST_NAMES {
                out.push(' ');
                marker::push(&mut out, format_args!("{} more names left out", more - LAST_NAMES));
                left_out = more - LAST_NAMES - 1;
                continue;
            }
        }
        if !out.is_empty() {
            out.push(if fresh { '\n' } else { ' ' });
        }
        out.push_str(line);
        fresh = false;
    }
    (listed || headings > 1).then_some(out).filter(|out| out.len() < page.text.len())
}

/// `./src:` above the names in it.
fn is_heading(line: &str) -> bool {
    line.strip_suffix(':')
        .is_some_and(|name| !name.is_empty() && !name.contains([' ', ':', '"', '\'', '{', '\t']))
}

/// Whether a command line is one call of `ls` that prints names alone.
fn is_ls(line: &str) -> bool {
    let line = line.trim();
    !line.contains(['|', ';', '&', '\n', '<', '>', '$', '`', '('])
        && (line == "ls" || line.starts_with("ls "))
}

#[cfg(test)]
#[path = "../ls_tests.rs"]
mod tests;
