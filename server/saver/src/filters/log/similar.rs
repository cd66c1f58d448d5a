//! Runs of lines that differ only in times, counters and ids.
//!
//! Two lines are alike when they are the same but for words with a digit in them. Of a run of lines alike, or of
//! blocks of lines alike, the first and the last stay whole; a marker between them says in which words the others
//! differ, and gives every one of these, in order. Only times are left out.

use super::{Item, stamp};
use crate::{alarm, marker};
use std::fmt::Write as _;
use std::ops::Range;

/// The longest block of lines that is looked for.
const LONGEST: usize = 4;

/// Fewer blocks are not folded: two stay, so that two at least go.
const FEWEST: usize = 4;

/// With a second list a reader would have to count which value belongs to which: a table is not to be turned over.
const LISTS: usize = 1;

/// The items with runs folded, and whether any was. In what is no log (`named`), a value that no word names may be
/// the number of a line, and is not said apart from it.
pub(super) fn fold(items: Vec<Item<'_>>, named: bool) -> (Vec<Item<'_>>, bool) {
    let mut out = Vec::with_capacity(items.len());
    let mut known_to = [0; LONGEST + 1];
    // Up to where a run was found not to be worth it.
    let mut tried_to = [0; LONGEST + 1];
    // Up to where no run was found to begin.
    let mut fails_to = [0; LONGEST + 1];
    let mut alarms = Alarms(vec![None; items.len()]);
    let mut folded = false;
    let mut at = 0;
    while at < items.len() {
        let run = (1..=LONGEST).find_map(|block| {
            let known_to = known_to.get_mut(block)?;
            if *known_to <= at {
                // No run can do without this pair, from here up to it: where it is none, all that is skipped.
                let fails_to = fails_to.get_mut(block).filter(|fails_to| **fails_to <= at)?;
                let needed = at + (FEWEST - 1) * block - 1;
                if !are_alike(&items, needed, needed + block, &mut alarms) {
                    *fails_to = needed + 1;
                    return None;
                }
                let pairs = (at..items.len().saturating_sub(block)).map(|at| (at, at + block));
                let alike = pairs.take_while(|(at, later)| are_alike(&items, *at, *later, &mut alarms));
                *known_to = at + alike.count();
            }
            let tried_to = tried_to.get_mut(block).filter(|tried_to| **tried_to < *known_to)?;
            let times = (*known_to - at) / block + 1;
            let lines = items.get(at..at + block * times).filter(|_| times >= FEWEST)?;
            *tried_to = *known_to;
            Some((block, times, between(lines, block, times, named)?))
        });
        match run {
            Some((block, times, marker)) => {
                out.extend(items.iter().skip(at).take(block).cloned());
                out.push(Item::Marker(marker, 0));
                out.extend(items.iter().skip(at + block * (times - 1)).take(block).cloned());
                at += block * times;
                folded = true;
            }
            None => {
                out.extend(items.get(at).cloned());
                at += 1;
            }
        }
    }
    (out, folded)
}

/// Shorter lines are no part of a run.
const SHORTEST: usize = 8;

/// Which lines say that something went wrong, as far as that was looked for: each is compared with several.
struct Alarms(Vec<Option<bool>>);

impl Alarms {
    fn says(&mut self, at: usize, line: &str) -> bool {
        match self.0.get_mut(at) {
            Some(known) => *known.get_or_insert_with(|| alarm::says(line)),
            None => alarm::says(line),
        }
    }
}

/// Whether two lines may be in a run: they are the same but for words with a digit, and say nothing went wrong.
fn are_alike(items: &[Item<'_>], at: usize, later: usize, alarms: &mut Alarms) -> bool {
    match (items.get(at), items.get(later)) {
        (Some(Item::Line(one)), Some(Item::Line(other))) => {
            one.len() >= SHORTEST
                && is_same_but_values(one.as_bytes(), other.as_bytes())
                && !alarms.says(at, one)
                && !alarms.says(later, other)
        }
        _ => false,
    }
}

/// How many bytes both begin with, eight at a time.
fn common(one: &[u8], other: &[u8]) -> usize {
    let mut same = 0;
    while let (Some(first), Some(second)) = (word_at(one, same), word_at(other, same)) {
        let differs = first ^ second;
        if differs != 0 {
            // Little-endian: the lowest bits are the first byte.
            return same + (differs.trailing_zeros() / 8) as usize;
        }
        same += 8;
    }
    same + one.iter().zip(other).skip(same).take_while(|(one, other)| one == other).count()
}

fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Whether a byte is part of a word: letters and digits, and whatever is not ASCII.
const IN_WORD: [bool; 256] = {
    let mut words = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        words[byte] = byte >= 0x80 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    words
};

/// Walks through both at once, so that two lines of nothing in common cost next to nothing.
fn is_same_but_values(mut one: &[u8], mut other: &[u8]) -> bool {
    if let (Some(first), Some(second)) = (one.first(), other.first())
        && first != second
        && !(first.is_ascii_alphanumeric() && second.is_ascii_alphanumeric())
    {
        return false;
    }
    let in_word = |byte: &&u8| IN_WORD.get(usize::from(**byte)) == Some(&true);
    let word = |bytes: &[u8]| bytes.iter().take_while(in_word).count();
    loop {
        let same = common(one, other);
        let (Some(head), Some(rest), Some(other_rest)) =
            (one.get(..same), one.get(same..), other.get(same..))
        else {
            return false;
        };
        if rest.is_empty() && other_rest.is_empty() {
            return true;
        }
        // Both words from their beginning.
        let begun = head.iter().rev().take_while(in_word).count();
        let (length, other_length) = (begun + word(rest), begun + word(other_rest));
        let (value, other_value) = (one.get(same - begun..), other.get(same - begun..));
        let has_digit = |value: Option<&[u8]>, length: usize| {
            value.is_some_and(|value| value.iter().take(length).any(u8::is_ascii_digit))
        };
        if !has_digit(value, length) || !has_digit(other_value, other_length) {
            return false;
        }
        one = value.and_then(|value| value.get(length..)).unwrap_or_default();
        other = other_value.and_then(|value| value.get(other_length..)).unwrap_or_default();
    }
}

/// What a part of a line is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Letters and digits.
    Word,
    /// Signs within a value: `12.5`, `/users/17`, `req-a1b2`, `10:00`.
    Joint,
    /// Blanks, and signs between a name and its value or around one.
    Gap,
}

impl Class {
    fn of(byte: u8) -> Self {
        match byte {
            byte if IN_WORD.get(usize::from(byte)) == Some(&true) => Self::Word,
            b'.' | b'-' | b'_' | b'/' | b':' | b'?' | b'&' | b'@' | b'#' | b'%' | b'+' | b'~' | b'$'
            | b'*' => Self::Joint,
            _ => Self::Gap,
        }
    }
}

/// The parts of a line, each of one class, and where the next begins.
struct Words<'a>(&'a str, usize);

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.0.as_bytes().get(self.1..)?;
        let class = Class::of(*rest.first()?);
        let from = self.1;
        self.1 += rest.iter().take_while(|byte| Class::of(**byte) == class).count();
        Some(from..self.1)
    }
}

/// A place in a line where a value stands.
struct Place {
    /// The line's place in its block.
    line: usize,
    /// The parts that make up the value: `12.5` is three.
    parts: Range<usize>,
    is_time: bool,
}

/// The marker for what stands between the first and the last of a run's blocks. `None` when it is not worth it.
fn between(items: &[Item<'_>], block: usize, times: usize, named: bool) -> Option<String> {
    let lines: Vec<&str> = items
        .iter()
        .map(|item| match item {
            Item::Line(line) => *line,
            Item::Marker(..) => "",
        })
        .collect();
    let words: Vec<Vec<Range<usize>>> = lines.iter().map(|line| Words(line, 0).collect()).collect();
    let mut places = Vec::new();
    for line in 0..block {
        places_of(&lines, &words, line, block, &mut places)?;
    }
    let value = |place: &Place, time: usize| -> Option<&str> {
        let at = place.line + time * block;
        let words = words.get(at)?;
        lines.get(at)?.get(words.get(place.parts.start)?.start..words.get(place.parts.end - 1)?.end)
    };
    let mut what = match (block, times - 2) {
        (1, more) => format!("{more} more lines like the one above"),
        (lines, more) => format!("{more} more times {lines} lines like those above"),
    };
    let removed: usize = lines.iter().skip(block).take(block * (times - 2)).map(|line| line.len() + 1).sum();
    let mut lists = 0;
    let mut sign = ": ";
    let mut before: Option<&Place> = None;
    for place in places.iter().filter(|place| !place.is_time) {
        what.push_str(sign);
        sign = "; ";
        let from = before.filter(|before| before.line == place.line).map_or(0, |before| before.parts.end);
        before = Some(place);
        let label = label(lines.get(place.line)?, words.get(place.line)?, from..place.parts.start)?;
        if named && label.is_empty() {
            return None;
        }
        what.push_str(label);
        let values = (0..times).map(|time| value(place, time)).collect::<Option<Vec<_>>>()?;
        lists += usize::from(!push_values(&mut what, &values)?);
        // Not worth it, whatever comes.
        if lists > LISTS || what.len() * 2 > removed {
            return None;
        }
    }
    if places.iter().any(|place| place.is_time) {
        what.push_str(if lists > 0 || sign == "; " { "; times left out" } else { ", at other times" });
    }
    let mut marker = String::new();
    marker::push(&mut marker, format_args!("{what}"));
    (marker.len() * 2 <= removed).then_some(marker)
}

/// Adds the places in which a line of a block differs from the same line of other blocks. `None` when such lines are
/// not alike after all.
fn places_of(
    lines: &[&str],
    words: &[Vec<Range<usize>>],
    line: usize,
    block: usize,
    places: &mut Vec<Place>,
) -> Option<()> {
    let (first, parts) = (lines.get(line)?, words.get(line)?);
    let times = stamp::times_in(first);
    let mut differs = vec![false; parts.len()];
    for (other, words) in lines.iter().zip(words).skip(line).step_by(block) {
        (words.len() == parts.len()).then_some(())?;
        for ((part, word), differs) in parts.iter().zip(words).zip(&mut differs) {
            *differs |= first.get(part.clone()) != other.get(word.clone());
        }
    }
    let mut done = 0;
    for at in (0..parts.len()).filter(|&at| differs.get(at) == Some(&true)) {
        let part = parts.get(at)?;
        let is_time = times.iter().any(|time| time.start <= part.start && part.start < time.end);
        if at < done {
            // Of a value that is partly a time, all counts.
            places.iter_mut().rev().take(1).for_each(|place| place.is_time &= is_time);
            continue;
        }
        let parts = value_around(first, parts, at);
        done = parts.end;
        places.push(Place { line, parts, is_time });
    }
    Some(())
}

/// The parts around one that make up a whole value with it, so that an id or a path is never said in part.
fn value_around(line: &str, parts: &[Range<usize>], at: usize) -> Range<usize> {
    let class =
        |part: &Range<usize>| line.as_bytes().get(part.start).map_or(Class::Gap, |byte| Class::of(*byte));
    let joined = |part: &&Range<usize>| class(part) != Class::Gap;
    let before = parts.iter().take(at).rev().take_while(joined).count();
    let after = parts.iter().skip(at + 1).take_while(joined).count();
    let mut end = at + 1 + after;
    // A stop or a colon at its end belongs to the sentence.
    let last = parts.get(end - 1).filter(|last| class(last) == Class::Joint);
    if last.is_some_and(|last| line.get(last.clone()).is_some_and(|signs| !signs.contains('/'))) {
        end -= 1;
    }
    at - before..end
}

/// What stands before a value, back to the word that names it: `attempt `, `id=`. `among` are the parts between the
/// last value and this one.
fn label<'a>(line: &'a str, parts: &[Range<usize>], among: Range<usize>) -> Option<&'a str> {
    let end = parts.get(among.end)?.start;
    let is_name = |part: &&Range<usize>| {
        line.get((*part).clone())
            .is_some_and(|word| word.starts_with(|letter: char| letter.is_ascii_alphabetic()))
    };
    let named = parts.get(among)?.iter().rev().find(is_name);
    let label = named.map_or("", |named| line.get(named.start..end).unwrap_or_default());
    Some(if label.len() <= 24 { label } else { "" })
}

/// Adds the values between the first and the last: as a range where each is as much more as the one before (`true`),
/// else one by one.
fn push_values(out: &mut String, values: &[&str]) -> Option<bool> {
    let middle = values.get(1..values.len().checked_sub(1)?)?;
    let (first, last) = (middle.first()?, middle.last()?);
    if let Some(step) = step(values) {
        let _ = if middle.len() == 1 {
            write!(out, "{first}")
        } else if step == 1 {
            write!(out, "{first} to {last}")
        } else {
            write!(out, "{first} to {last} by {step}")
        };
        return Some(true);
    }
    let mut at = 0;
    while let Some(value) = middle.get(at) {
        let same = middle.iter().skip(at).take_while(|other| *other == value).count();
        if at > 0 {
            out.push_str(", ");
        }
        let _ = if same > 2 { write!(out, "{value} ({same} times)") } else { write!(out, "{value}") };
        at += if same > 2 { same } else { 1 };
    }
    Some(false)
}

/// By how much each value is more than the one before.
fn step(values: &[&str]) -> Option<i64> {
    let number = |value: &&str| {
        let plain = value.len() < 16 && (value.len() == 1 || !value.starts_with('0'));
        value.parse::<i64>().ok().filter(|_| plain && value.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut numbers = values.iter().map(number);
    let first = numbers.next()??;
    let second = numbers.next()??;
    let step = second - first;
    let mut before = second;
    for next in numbers {
        let next = next?;
        if next - before != step {
            return None;
        }
        before = next;
    }
    (step != 0).then_some(step)
}
