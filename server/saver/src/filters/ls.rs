//! `ls -l` in its variants, `find -ls`, `ls -R`, and plain `ls`.
//!
//! The blanks that align columns go; at [`Level::Safe`] modes are written in octal (`d755`), and link counts, and the
//! owner and group most entries have, are said once. Names, sizes, dates and symlink targets stay byte for byte.

use super::fold::{blank, number};
use crate::call::Source;
use crate::level::Level;
use crate::marker;
use crate::page::Page;

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
                continue;
            }
        }
        start_line(&mut out, index);
        match (entry, &said) {
            (None, _) => out.push_str(line),
            (Some(entry), None) => entry.write_plain(&mut out),
            (Some(entry), Some(said)) => {
                if said.first == index {
                    said.write(&mut out);
                    out.push('\n');
                }
                entry.write_short(&mut out, said);
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

/// A line of `ls -l`, in its columns.
#[derive(Clone, Copy)]
struct Entry<'a> {
    /// What `find -ls` and `ls -is` put in front: the inode and the blocks.
    front: [&'a str; 2],
    mode: &'a str,
    links: &'a str,
    owner: &'a str,
    group: &'a str,
    /// A size, or the numbers of a device: `8,` and `1`.
    size: [&'a str; 2],
    date: [&'a str; 3],
    /// What follows the one blank behind the date.
    name: &'a str,
}

impl<'a> Entry<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut words = Words { rest: line };
        let mut front = ["", ""];
        if line.starts_with(|c: char| c == ' ' || c.is_ascii_digit()) {
            for slot in &mut front {
                *slot = words.next_if(is_count).unwrap_or_default();
            }
            if front.concat().is_empty() {
                return None;
            }
        } else if !matches!(line.as_bytes().first()?, b'-' | b'd' | b'l' | b'c' | b'b' | b'p' | b's') {
            return None;
        }
        let mode = words.next()?;
        octal(mode)?;
        let links = words.next()?;
        let (owner, group) = (words.next()?, words.next()?);
        let size = words.next()?;
        let minor = if size.ends_with(',') { words.next()? } else { "" };
        let first = words.next()?;
        let second = words.next()?;
        // `Nov 29 01:41`, `29 Nov 2025`, `2026-11-29 01:41`, `2026-11-29 01:41:22.123456789 +0000`.
        let dated = first.contains('-');
        let zoned = dated && second.contains('.');
        let third = if dated && !zoned { "" } else { words.next()? };
        let name = words.rest.strip_prefix(' ')?;
        let known = is_count(links)
            && is_size(size)
            && (minor.is_empty() || is_count(minor))
            && if dated { is_iso(first, second, third) } else { is_month_first(first, second, third) };
        (known && !blank(name)).then_some(Self {
            front,
            mode,
            links,
            owner,
            group,
            size: [size, minor],
            date: [first, second, third],
            name,
        })
    }

    /// The line without the blanks that align it.
    fn write_plain(&self, out: &mut String) {
        push_words(out, &self.front);
        push_words(out, &[self.mode, self.links, self.owner, self.group]);
        self.write_end(out);
    }

    fn write_short(&self, out: &mut String, said: &Said<'_>) {
        push_words(out, &self.front);
        push_octal(out, self.mode);
        out.push(' ');
        if (self.owner, self.group) != (said.owner, said.group) {
            push_words(out, &[self.owner, self.group]);
        }
        self.write_end(out);
    }

    fn write_end(&self, out: &mut String) {
        push_words(out, &self.size);
        push_words(out, &self.date);
        out.push_str(self.name);
    }
}

/// Words with a blank behind each; empty ones are none.
fn push_words(out: &mut String, words: &[&str]) {
    for word in words.iter().filter(|word| !word.is_empty()) {
        out.push_str(word);
        out.push(' ');
    }
}

/// `d755` for `drwxr-xr-x`.
fn push_octal(out: &mut String, mode: &str) {
    let Some((digits, sign)) = octal(mode) else { return out.push_str(mode) };
    out.push_str(mode.get(..1).unwrap_or_default());
    let digits = if digits.starts_with(&['0']) { digits.get(1..) } else { digits.get(..) };
    out.extend(digits.unwrap_or_default());
    out.push_str(sign);
}

/// Words with any number of blanks between.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_start_matches(' ');
        let end = memchr::memchr(b' ', text.as_bytes())?;
        let (word, rest) = text.split_at_checked(end)?;
        self.rest = rest;
        Some(word)
    }

    fn next_if(&mut self, wanted: impl Fn(&str) -> bool) -> Option<&'a str> {
        let before = self.rest;
        let word = self.next().filter(|word| wanted(word));
        if word.is_none() {
            self.rest = before;
        }
        word
    }
}

/// The digits of a mode's ten letters, the special bits first, and the sign behind them (`+` for an access list, `@`
/// for attributes, `.` for a security context).
fn octal(mode: &str) -> Option<([char; 4], &str)> {
    let (letters, sign) = mode.split_at_checked(10)?;
    if !matches!(sign, "" | "+" | "@" | ".") {
        return None;
    }
    let mut special = 0_u32;
    let mut digits = ['0'; 4];
    for (index, slot) in digits.iter_mut().skip(1).enumerate() {
        let &[read, write, run] = letters.as_bytes().get(1 + index * 3..4 + index * 3)? else { return None };
        let bit = |letter: u8, set: u8, value: u32| match letter {
            b'-' => Some(0),
            letter if letter == set => Some(value),
            _ => None,
        };
        let mark = if index == 2 { b't' } else { b's' };
        let run = if run == mark || run == mark.to_ascii_uppercase() {
            special += 4 >> index;
            u32::from(run == mark)
        } else {
            bit(run, b'x', 1)?
        };
        *slot = char::from_digit(bit(read, b'r', 4)? + bit(write, b'w', 2)? + run, 8)?;
    }
    if let (Some(slot), Some(digit)) = (digits.first_mut(), char::from_digit(special, 8)) {
        *slot = digit;
    }
    Some((digits, sign))
}

fn is_count(word: &str) -> bool {
    number(word).is_some_and(|(_, rest)| rest.is_empty())
}

/// `4096`, `1.5K`, `8,`.
fn is_size(word: &str) -> bool {
    let end = word.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    word.starts_with(|c: char| c.is_ascii_digit())
        && matches!(word.get(end..), Some("" | "," | "B" | "K" | "M" | "G" | "T" | "P" | "k"))
}

fn is_iso(date: &str, time: &str, zone: &str) -> bool {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = date.split('-');
    // `--time-style=iso` gives `11-29 01:41`.
    let day = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day), None) => digits(year, 4) && digits(month, 2) && digits(day, 2),
        (Some(month), Some(day), None, None) => digits(month, 2) && digits(day, 2),
        _ => false,
    };
    day && time.contains(':')
        && time.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
        && (zone.is_empty() || zone.strip_prefix(['+', '-']).is_some_and(|zone| digits(zone, 4)))
}

/// `Nov 29 01:41`, `Nov 29 2025`, and the day first in other places.
fn is_month_first(first: &str, second: &str, third: &str) -> bool {
    let day = |word: &str| word.len() <= 2 && is_count(word);
    let month = |word: &str| word.len() <= 12 && !word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let time = third.len() == 4 && is_count(third)
        || matches!(third.as_bytes(), [h, t, b':', m, n] if [h, t, m, n].iter().all(|byte| byte.is_ascii_digit()));
    time && (day(first) && month(second) || month(first) && day(second))
}

/// What is said once, above the first entry.
struct Said<'a> {
    owner: &'a str,
    group: &'a str,
    /// The first entry's mode, to show what the digits stand for.
    mode: &'a str,
    /// Every entry has this owner and group.
    all: bool,
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
        clear.then_some(Self { owner, group, mode, all, first })
    }

    fn write(&self, out: &mut String) {
        let Self { owner, group, mode, .. } = self;
        let whose = if self.all { "of all" } else { "where none is shown" };
        let mut digits = String::new();
        push_octal(&mut digits, mode);
        marker::push(
            out,
            format_args!(
                "{digits} is {mode}; owner and group {whose}: {owner} {group}; link counts left out"
            ),
        );
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
#[path = "ls_tests.rs"]
mod tests;
