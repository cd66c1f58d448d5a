//! Long output, cut in the middle. Only at [`Level::Strong`]: here facts are left out, and the markers say so.

use super::json;
use crate::alarm;
use crate::call::Source;
use crate::level::Level;
use crate::marker;
use crate::page::Page;

/// A text of no more bytes and no more lines is not cut.
const BYTES: usize = 24 << 10;
const LINES: usize = 400;

/// What stays at either end.
const END_BYTES: usize = 8 << 10;
const END_LINES: usize = 120;

/// What stays of lines in the middle that say something went wrong: the first ones, and as much of the last ones.
const ALARM_BYTES: usize = 2 << 10;

/// Lines that stay before and after such a line.
const CONTEXT: usize = 2;

/// A longer line is cut inside: it is minified code or encoded data, which no one reads to the end.
const LINE: usize = 4 << 10;
const LINE_HEAD: usize = 1_500;
const LINE_TAIL: usize = 500;

/// Fewer lines are not worth a marker.
const SMALLEST_GAP: usize = 4;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    // Half of a document of unknown use is of no use.
    if level < Level::Strong || *page.source == Source::Unknown && json::is_document(page.text) {
        return None;
    }
    let bytes: usize = page.lines.iter().map(|line| cost(line)).sum();
    let kept = if bytes > BYTES || page.lines.len() > LINES { kept(&page.lines) } else { Vec::new() };
    if kept.is_empty() && !page.lines.iter().any(|line| line.len() > LINE) {
        return None;
    }
    let mut out = String::with_capacity(page.text.len().min(2 * BYTES));
    let mut at = 0;
    while at < page.lines.len() {
        if at > 0 {
            out.push('\n');
        }
        let gap = kept.iter().skip(at).take_while(|kept| !**kept).count();
        if gap > 0 {
            push_gap(&mut out, page, at, gap);
            at += gap;
        } else {
            push_line(&mut out, page.lines.get(at).copied().unwrap_or_default());
            at += 1;
        }
    }
    (out.len() < page.text.len()).then_some(out)
}

/// Whether a text is short enough to be left whole: what filters before this one aim at.
pub(super) fn leaves_whole(text: &str) -> bool {
    text.len() <= BYTES && memchr::memchr_iter(b'\n', text.as_bytes()).count() < LINES
}

/// The bytes a line takes, cut inside where it is long.
fn cost(line: &str) -> usize {
    line.len().min(LINE) + 1
}

/// Which lines stay. Empty when all do.
fn kept(lines: &[&str]) -> Vec<bool> {
    let head = fitting(lines.iter(), END_LINES, END_BYTES);
    let tail = lines.len() - fitting(lines.iter().rev(), END_LINES, END_BYTES);
    if tail < head + SMALLEST_GAP {
        return Vec::new();
    }
    let mut kept = vec![true; lines.len()];
    if let Some(middle) = kept.get_mut(head..tail) {
        middle.fill(false);
    }
    keep_alarms(&mut kept, lines, head..tail);
    keep_alarms(&mut kept, lines, (head..tail).rev());
    keep_files(&mut kept, lines);
    // A gap smaller than its marker is none.
    let mut from = head;
    while from < tail {
        let gap = kept.iter().take(tail).skip(from).take_while(|kept| !**kept).count();
        if (1..SMALLEST_GAP).contains(&gap) {
            kept.iter_mut().skip(from).take(gap).for_each(|kept| *kept = true);
        }
        from += gap.max(1);
    }
    kept
}

/// How many lines there are before either bound is passed.
fn fitting<'a>(lines: impl Iterator<Item = &'a &'a str>, most: usize, bytes: usize) -> usize {
    let mut left = bytes;
    lines
        .take(most)
        .take_while(|line| {
            let fits = cost(line) <= left;
            left = left.saturating_sub(cost(line));
            fits
        })
        .count()
}

/// Keeps the first lines of a diff's files: what was changed, if not how.
fn keep_files(kept: &mut [bool], lines: &[&str]) {
    let mut left = ALARM_BYTES;
    let files = lines.iter().zip(kept.iter_mut()).filter(|(line, _)| line.starts_with("diff --git "));
    for (line, kept) in files.filter(|(_, kept)| !**kept) {
        if cost(line) > left {
            return;
        }
        left -= cost(line);
        *kept = true;
    }
}

/// Keeps lines that say something went wrong, with those around them, until [`ALARM_BYTES`] are spent.
fn keep_alarms(kept: &mut [bool], lines: &[&str], order: impl Iterator<Item = usize>) {
    let mut left = ALARM_BYTES;
    for at in order {
        if !lines.get(at).is_some_and(|line| alarm::says(line.get(..LINE).unwrap_or(line))) {
            continue;
        }
        let around = at.saturating_sub(CONTEXT)..=at + CONTEXT;
        for (line, kept) in lines.iter().zip(kept.iter_mut()).take(around.end() + 1).skip(*around.start()) {
            if !*kept {
                if cost(line) > left {
                    return;
                }
                left -= cost(line);
                *kept = true;
            }
        }
    }
}

fn push_gap(out: &mut String, page: &Page<'_>, at: usize, gap: usize) {
    let bytes: usize = page.lines.iter().skip(at).take(gap).map(|line| line.len() + 1).sum();
    let size = format!("{gap} lines, {bytes} bytes");
    // In a file the numbers say what to read again; in other output, filters before this one moved lines.
    match page.source {
        Source::File(_) => {
            marker::push(out, format_args!("lines {} to {} left out ({size})", at + 1, at + gap))
        }
        _ => marker::push(out, format_args!("{size} left out here")),
    }
}

fn push_line(out: &mut String, line: &str) {
    if line.len() <= LINE {
        out.push_str(line);
        return;
    }
    let head = line.get(..line.floor_char_boundary(LINE_HEAD)).unwrap_or_default();
    let tail = line.get(line.ceil_char_boundary(line.len() - LINE_TAIL)..).unwrap_or_default();
    out.push_str(head);
    let missing = line.len() - head.len() - tail.len();
    marker::push(out, format_args!("{missing} bytes of this line left out"));
    out.push_str(tail);
}

#[cfg(test)]
#[path = "truncate_tests.rs"]
mod tests;
