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

use crate::call::Source;
use crate::level::Level;
use crate::page::Page;

/// A line of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item<'a> {
    /// As it came.
    Line(&'a str),
    /// Stands for lines left out.
    Marker(String),
}

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let mut items = repeat::fold(&page.lines);
    let repeated = items.is_some();
    let mut start = None;
    if level > Level::Exact {
        let stamped = stamp::share(&page.lines);
        // What may be somebody's source file has to look like a log first.
        if stamped * 2 >= page.lines.len() || matches!(page.source, Source::Command(_) | Source::Other) {
            let before =
                items.take().unwrap_or_else(|| page.lines.iter().map(|line| Item::Line(line)).collect());
            let (after, folded) = similar::fold(before);
            if stamped * 2 >= page.lines.len() {
                start = start::of(&after);
            }
            items = (repeated || folded || start.is_some()).then_some(after);
        }
    }
    let items = items?;
    let mut out = String::with_capacity(page.text.len());
    if let Some(start) = &start {
        start.push_marker(&mut out);
    }
    for (at, item) in items.iter().enumerate() {
        if at > 0 || start.is_some() {
            out.push('\n');
        }
        match (item, &start) {
            (Item::Line(line), Some(start)) => start.push_rest(&mut out, line),
            (Item::Line(line), None) => out.push_str(line),
            (Item::Marker(marker), _) => out.push_str(marker),
        }
    }
    (out.len() < page.text.len()).then_some(out)
}

#[cfg(test)]
#[path = "../log_tests.rs"]
mod tests;
