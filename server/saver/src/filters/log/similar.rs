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

/// A marker with more lists than this is harder to read than the lines.
const LISTS: usize = 3;

/// The items with runs folded, and whether any was.
pub(super) fn fold(items: Vec<Item<'_>>) -> (Vec<Item<'_>>, bool) {
    let forms: Vec<u64> = items.iter().map(form).collect();
    let mut out = Vec::with_capacity(items.len());
    let mut known_to = [0; LONGEST + 1];
    // Up to where a run was found not to be worth it.
    let mut tried_to = [0; LONGEST + 1];
    let mut folded = false;
    let mut at = 0;
    while at < items.len() {
        let run = (1..=LONGEST).find_map(|block| {
            let known_to = known_to.get_mut(block)?;
            if *known_to <= at {
                let ahead = forms.get(at + block..).unwrap_or_default();
                let alike = forms.iter().skip(at).zip(ahead);
                *known_to = at + alike.take_while(|(form, later)| form == later && **form != ODD).count();
            }
            let tried_to = tried_to.get_mut(block).filter(|tried_to| **tried_to < *known_to)?;
            let times = (*known_to - at) / block + 1;
            let lines = items.get(at..at + block * times).filter(|_| times >= FEWEST)?;
            *tried_to = *known_to;
            Some((block, times, between(lines, block, times)?))
        });
        match run {
            Some((block, times, marker)) => {
                out.extend(items.iter().skip(at).take(block).cloned());
                out.push(Item::Marker(marker));
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

/// The form of a line that is never part of a run.
const ODD: u64 = 0;

/// A number that is the same for lines that are alike.
fn form(item: &Item<'_>) -> u64 {
    let Item::Line(line) = item else {
        return ODD;
    };
    if line.len() < 8 || alarm::says(line) {
        return ODD;
    }
    // FNV-1a over the line with one byte for each word with a digit.
    let mut form: u64 = 0xcbf2_9ce4_8422_2325;
    let mut push = |byte: u8| form = (form ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut valued = false;
    for word in Words(line, 0) {
        let bytes = line.as_bytes().get(word.range).unwrap_or_default();
        if word.valued {
            push(0);
        } else {
            bytes.iter().for_each(|&byte| push(byte));
        }
        valued |= word.valued;
    }
    if valued { form | 1 } else { ODD }
}

/// A part of a line: a word of letters and digits, or what stands between two words.
struct Word {
    range: Range<usize>,
    /// It has a digit, so that it may be a counter, an id or a part of a time.
    valued: bool,
}

/// The parts of a line, and where the next begins.
struct Words<'a>(&'a str, usize);

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let rest = self.0.as_bytes().get(self.1..).filter(|rest| !rest.is_empty())?;
        let is_word = rest.first()?.is_ascii_alphanumeric();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() == is_word).count();
        let valued = rest.iter().take(length).any(u8::is_ascii_digit);
        let from = self.1;
        self.1 += length;
        Some(Word { range: from..self.1, valued })
    }
}

/// A place in a line where a value stands.
struct Place {
    /// The line's place in its block.
    line: usize,
    /// The first and last of the parts that make up the value: `12.5` is three.
    parts: Range<usize>,
    is_time: bool,
}

/// The marker for what stands between the first and the last of a run's blocks. `None` when it is not worth it.
fn between(items: &[Item<'_>], block: usize, times: usize) -> Option<String> {
    let lines: Vec<&str> = items
        .iter()
        .map(|item| match item {
            Item::Line(line) => *line,
            Item::Marker(_) => "",
        })
        .collect();
    let words: Vec<Vec<Range<usize>>> =
        lines.iter().map(|line| Words(line, 0).map(|word| word.range).collect()).collect();
    let mut places = Vec::new();
    for line in 0..block {
        places_of(&lines, &words, line, block, &mut places)?;
    }
    let value = |place: &Place, time: usize| -> Option<&str> {
        let at = place.line + time * block;
        let words = words.get(at)?;
        lines.get(at)?.get(words.get(place.parts.start)?.start..words.get(place.parts.end)?.end)
    };
    let mut what = match (block, times - 2) {
        (1, more) => format!("{more} more lines like the one above"),
        (lines, more) => format!("{more} more times {lines} lines like those above"),
    };
    let removed: usize = lines.iter().skip(block).take(block * (times - 2)).map(|line| line.len() + 1).sum();
    let mut lists = 0;
    let mut sign = ": ";
    for place in places.iter().filter(|place| !place.is_time) {
        what.push_str(sign);
        sign = "; ";
        what.push_str(label(lines.get(place.line)?, words.get(place.line)?, place.parts.start)?);
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
    let mut last: Option<Place> = None;
    for at in (0..parts.len()).filter(|&at| differs.get(at) == Some(&true)) {
        let part = parts.get(at)?;
        first.get(part.clone())?.bytes().any(|byte| byte.is_ascii_digit()).then_some(())?;
        let is_time = times.iter().any(|time| time.start <= part.start && part.start < time.end);
        match &mut last {
            Some(last) if last.is_time == is_time && joined(first, parts, last.parts.end, at) => {
                last.parts.end = at
            }
            last => places.extend(last.replace(Place { line, parts: at..at, is_time })),
        }
    }
    places.extend(last);
    Some(())
}

/// Whether what stands between two parts makes them one value: `12.5`, `a1-b2`, `src/v1/x2`.
fn joined(line: &str, parts: &[Range<usize>], from: usize, to: usize) -> bool {
    let between = parts.get(from).zip(parts.get(to)).and_then(|(from, to)| line.get(from.end..to.start));
    between.is_some_and(|between| {
        between.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/:".contains(&byte))
            && between.len() <= 24
    })
}

/// What stands before a value, back to the word that names it: `attempt `, `id=`.
fn label<'a>(line: &'a str, parts: &[Range<usize>], at: usize) -> Option<&'a str> {
    let end = parts.get(at)?.start;
    let is_name = |part: &&Range<usize>| {
        line.get((*part).clone())
            .is_some_and(|word| word.starts_with(|letter: char| letter.is_ascii_alphabetic()))
    };
    let start = parts.iter().take(at).rev().find(is_name).map_or(0, |part| part.start);
    let label = line.get(start..end)?.trim_start();
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
