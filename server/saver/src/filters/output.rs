//! What a filter writes: lines, joined as they were.

use crate::marker;
use std::fmt::Arguments;

/// A text in the making. Every line ends with `\n` until [`Output::finish`].
pub(super) struct Output(String);

impl Output {
    /// Room for a text of about this many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Bytes written.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A line of several pieces.
    pub(super) fn pieces(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.0.push_str(piece);
        }
        self.0.push('\n');
    }

    pub(super) fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.line(line);
        }
    }

    /// A line that stands for what was left out.
    pub(super) fn marker(&mut self, what: Arguments<'_>) {
        marker::push(&mut self.0, what);
        self.0.push('\n');
    }

    /// The text, ending in a line end only if `source` does.
    pub(super) fn finish(mut self, source: &str) -> String {
        if !source.ends_with('\n') && self.0.ends_with('\n') {
            self.0.pop();
        }
        self.0
    }
}

/// The lines of a page without the empty one that stands for a final line end, and thus what [`Output::finish`]
/// takes.
pub(super) fn lines_of<'p, 'a>(page: &'p crate::page::Page<'a>) -> &'p [&'a str] {
    match page.lines.split_last() {
        Some((&"", lines)) if !lines.is_empty() => lines,
        _ => &page.lines,
    }
}

/// The ending that makes an English noun plural, but for one.
pub(super) const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A count of bytes worth a marker in its place.
pub(super) const WORTH_A_MARKER: usize = 60;
