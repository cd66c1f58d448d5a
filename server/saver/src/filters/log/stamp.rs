//! Dates and times as logs write them.

use std::ops::Range;

/// A time near the start of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The date with the sign after it. Empty where there is none.
    pub(super) date: Range<usize>,
    /// The time of day with its fraction and zone.
    pub(super) time: Range<usize>,
}

/// How many lines have a time near their start. A line that has none, below one that has, goes on with it: an indented line.
pub(super) fn share(lines: &[&str]) -> usize {
    let mut stamped = 0;
    let mut under = false;
    for line in lines {
        let goes_on = under && line.starts_with([' ', '\t']);
        under = goes_on || at_start(line).is_some();
        stamped += usize::from(under);
    }
    stamped
}

/// A line's time is looked for among so many bytes: `web-1  | `, or an address, may stand before it.
const REACH: usize = 64;

/// The time near a line's start. One without a date has to be the first thing there, after a bracket at most.
pub(super) fn at_start(line: &str) -> Option<Stamp> {
    let bytes = line.as_bytes();
    let reach = bytes.get(..REACH).unwrap_or(bytes);
    // The members of an object stay as they are.
    if reach.first() == Some(&b'{') {
        return None;
    }
    memchr::memchr_iter(b':', reach).find_map(|colon| {
        let from = colon.checked_sub(2)?;
        let length = time_of_day(bytes.get(from..)?)?;
        let date = date_before(bytes, from);
        let is_first = from == 0 || from == 1 && bytes.first() == Some(&b'[');
        (date > 0 || is_first).then_some(Stamp { date: from - date..from, time: from..from + length })
    })
}

/// The length of the date that ends where a time begins.
fn date_before(bytes: &[u8], time: usize) -> usize {
    let is_date = |length: &usize| {
        time.checked_sub(*length)
            .and_then(|from| bytes.get(from..))
            .is_some_and(|bytes| date(bytes) == *length)
    };
    [12, 11, 7].into_iter().find(is_date).unwrap_or(0)
}

/// The length of a date and the sign after it: `2026-11-29T`, `2026/11/29 `, `29/Nov/2026:`, `Nov 29 `.
fn date(bytes: &[u8]) -> usize {
    if is_like(bytes, b"dddd-dd-dd") || is_like(bytes, b"dddd/dd/dd") {
        return if matches!(bytes.get(10), Some(b'T' | b' ')) { 11 } else { 0 };
    }
    if is_like(bytes, b"dd/Aaa/dddd") {
        return if matches!(bytes.get(11), Some(b':' | b' ')) { 12 } else { 0 };
    }
    if is_like(bytes, b"Aaa dd ") || is_like(bytes, b"Aaa  d ") {
        return 7;
    }
    0
}

/// The length of a time of day: `10:00:00`, `.123456` or `,123` after it, and `Z` or `+01:00`.
fn time_of_day(bytes: &[u8]) -> Option<usize> {
    is_like(bytes, b"dd:dd:dd").then_some(())?;
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = 8 + digits(8);
    if length > 8 {
        return None;
    }
    if matches!(bytes.get(8), Some(b'.' | b',')) && digits(9) > 0 {
        length = 9 + digits(9);
    }
    let zone = bytes.get(length..).unwrap_or_default();
    if zone.first() == Some(&b'Z') {
        length += 1;
    } else if matches!(zone.first(), Some(b'+' | b'-')) {
        let digits = zone.get(1..).unwrap_or_default();
        length += if is_like(digits, b"dd:dd") {
            6
        } else if is_like(digits, b"dddd") {
            5
        } else {
            0
        };
    }
    Some(length)
}

/// Whether bytes begin in a form: `d` is a digit, `A` and `a` are letters, anything else is itself.
fn is_like(bytes: &[u8], form: &[u8]) -> bool {
    bytes.len() >= form.len()
        && bytes.iter().zip(form).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'a' => byte.is_ascii_lowercase(),
            form => byte == form,
        })
}

/// Where times and dates stand in a line, in order.
pub(super) fn times_in(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let mut times: Vec<Range<usize>> = Vec::new();
    // Seconds since the start of the system (dmesg) or of 1970.
    if let Some(end) = seconds(bytes) {
        times.push(0..end);
    }
    for colon in memchr::memchr_iter(b':', bytes) {
        let Some(from) =
            colon.checked_sub(2).filter(|from| times.last().is_none_or(|last| last.end <= *from))
        else {
            continue;
        };
        let Some(length) = bytes.get(from..).and_then(time_of_day) else {
            continue;
        };
        if from.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        times.push(from - date_before(bytes, from)..from + length);
    }
    times
}

/// `[   12.345678]`, `1764380000.123`: where it ends.
fn seconds(bytes: &[u8]) -> Option<usize> {
    let from = bytes.iter().take_while(|byte| matches!(byte, b'[' | b' ')).count();
    let rest = bytes.get(from..)?;
    let whole = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fraction = rest.iter().skip(whole + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let is_seconds = rest.get(whole) == Some(&b'.') && fraction >= 3 && (from > 0 || whole == 10);
    is_seconds.then_some(from + whole + 1 + fraction)
}
