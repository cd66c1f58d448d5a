//! A line of `ls -l`, read by its columns.

use super::Said;
use crate::filters::fold::{blank, number};

/// A line of `ls -l`, in its columns.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// What `find -ls` and `ls -is` put in front: the inode and the blocks.
    pub(super) front: [&'a str; 2],
    pub(super) mode: &'a str,
    pub(super) links: &'a str,
    pub(super) owner: &'a str,
    pub(super) group: &'a str,
    /// A size, or the numbers of a device: `8,` and `1`.
    pub(super) size: [&'a str; 2],
    pub(super) date: [&'a str; 3],
    /// What follows the one blank behind the date.
    pub(super) name: &'a str,
}

impl<'a> Entry<'a> {
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let mut words = Words { rest: line };
        let mut front = ["", ""];
        let first = line.bytes().find(|byte| *byte != b' ')?;
        if first.is_ascii_digit() {
            for slot in &mut front {
                *slot = words.next_if(is_count).unwrap_or_default();
            }
            if front.concat().is_empty() {
                return None;
            }
        } else if line.starts_with(' ')
            || !matches!(
                line.as_bytes(),
                [b'-' | b'd' | b'l' | b'c' | b'b' | b'p' | b's', b'r' | b'-', b'w' | b'-', ..]
            )
        {
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
    pub(super) fn write_plain(&self, out: &mut String) {
        push_words(out, &self.front);
        push_words(out, &[self.mode, self.links, self.owner, self.group]);
        self.write_end(out);
    }

    /// `undated` is the date of an entry that shows none.
    pub(super) fn write_short(&self, out: &mut String, said: &Said<'_>, undated: Option<[&str; 3]>) {
        push_words(out, &self.front);
        push_octal(out, self.mode);
        out.push(' ');
        if (self.owner, self.group) != (said.owner, said.group) {
            push_words(out, &[self.owner, self.group]);
        }
        push_words(out, &self.size);
        if undated != Some(self.date) {
            push_words(out, &self.date);
        }
        out.push_str(self.name);
    }

    fn write_end(&self, out: &mut String) {
        push_words(out, &self.size);
        push_words(out, &self.date);
        out.push_str(self.name);
    }

    /// Whether the name could be taken for a date and a name.
    pub(super) fn is_dated_twice(&self) -> bool {
        let mut words = Words { rest: self.name };
        let [first, second] = [words.next(), words.next()].map(Option::unwrap_or_default);
        let third = words.next().unwrap_or_default();
        is_iso(first, second, third) || is_iso(first, second, "") || is_month_first(first, second, third)
    }
}

/// Words with a blank behind each; empty ones are none.
pub(super) fn push_words(out: &mut String, words: &[&str]) {
    for word in words.iter().filter(|word| !word.is_empty()) {
        out.push_str(word);
        out.push(' ');
    }
}

/// `d755` for `drwxr-xr-x`.
pub(super) fn push_octal(out: &mut String, mode: &str) {
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
pub(super) fn octal(mode: &str) -> Option<([char; 4], &str)> {
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
