//! Logs: repeated lines, runs of lines that differ only in times, counters or ids, and what stands at the start of
//! every line.
//!
//! At every level a repeated line, or block of lines, stands once, with how often it came. Above [`Level::Exact`]
//! a run of lines alike keeps its first and last line and, between them, every value in which the others differ, but
//! for their times. What every line has before and after its time is said once. A line that says something went wrong
//! is part of neither.

mod repeat;
mod similar;
mod stamp;
mod start;

use super::json;
use crate::call::Source;
use crate::level::Level;
use crate::page::Page;

/// A line of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item<'a> {
    /// As it came.
    Line(&'a str),
    /// Stands for lines left out: repetitions of so many lines above, or others.
    Marker(String, usize),
}

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let mut items = repeat::fold(&page.lines);
    let mut starts = Vec::new();
    if level > Level::Exact && !json::is_document(page.text) {
        let is_log = stamp::share(&page.lines) * 2 >= page.lines.len();
        // What may be somebody's source file has to look like a log first.
        if is_log || matches!(page.source, Source::Command(_) | Source::Other) {
            let changed = items.is_some();
            let before = items.unwrap_or_else(|| page.lines.iter().map(|line| Item::Line(line)).collect());
            let (after, folded) = similar::fold(before, !is_log);
            if is_log {
                starts = start::of(&after);
            }
            items = (changed || folded || !starts.is_empty()).then_some(after);
        }
    }
    let out = written(&items?, &starts, page.text.len());
    (out.len() < page.text.len()).then_some(out)
}

fn written(items: &[Item<'_>], starts: &[start::Start<'_>], most: usize) -> String {
    let mut out = String::with_capacity(most);
    let mut starts = starts.iter().peekable();
    let mut above = "";
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        while starts.next_if(|start| start.items.end <= at).is_some() {}
        let start = starts.peek().filter(|start| start.items.contains(&at));
        if let Some(start) = start.filter(|start| start.items.start == at) {
            start.push_marker(&mut out);
            above = "";
            out.push('\n');
        }
        if begins_other_times(items, at, above) {
            above = "";
        }
        match item {
            Item::Line(line) => match start.and_then(|start| start.rest_of(line, &mut above)) {
                Some(parts) => out.extend(parts),
                None => out.push_str(line),
            },
            Item::Marker(marker, _) => out.push_str(marker),
        }
    }
    out
}

/// Whether a line begins a block that a marker repeats and whose last line has another time than the line above: at
/// its repetitions, the line above is the last one.
fn begins_other_times(items: &[Item<'_>], at: usize, above: &str) -> bool {
    let last =
        (1..=repeat::LONGEST).find_map(|block| match (items.get(at + block)?, items.get(at + block - 1)?) {
            (Item::Marker(_, lines), Item::Line(last)) if *lines == block => Some(*last),
            _ => None,
        });
    last.is_some_and(|last| {
        let time = stamp::at_start(last).and_then(|stamp| last.get(stamp.time));
        time != Some(above)
    })
}

#[cfg(test)]
#[path = "../log_tests.rs"]
mod tests;
