//! Unified diffs: `git diff`, `git show`, `git log -p`, `diff -u`, and the tables of `git diff --stat`,
//! `--numstat` and `--name-status`.
//!
//! The form is the one of git's "Generating patch text with -p" and of GNU diffutils' "Unified Format". Lines that
//! are no part of it stay, so the other parts of a text (a commit's message, what a second command printed) do too.

mod header;
mod hunk;
mod names;
mod stat;

use super::output::{Output, WORTH_A_MARKER, lines_of, plural};
use super::truncate;
use crate::level::Level;
use crate::page::Page;
use hunk::{Hunk, Limits};

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let lines = lines_of(page);
    if !is_diff(page, lines) {
        return None;
    }
    let steps = Limits::steps(level, lines.len());
    let write = |&limits: &Limits| Writer::new(level, limits, page.text.len()).write(lines, page.text);
    let fitting = steps.iter().map(write).find(|text| level < Level::Strong || truncate::leaves_whole(text));
    fitting.or_else(|| steps.last().map(write))
}

/// Words of commands that print diffs anywhere in their output.
const COMMANDS: [&str; 11] = [
    "diff",
    "show",
    "log",
    "stash",
    "whatchanged",
    "format-patch",
    "difftool",
    "interdiff",
    "reflog",
    "pull",
    "merge",
];

/// Whether the text has a part of a diff. Of a command that is not known to print diffs it must begin as one: a
/// failed test may print a diff of what it got, and a file may hold one.
fn is_diff(page: &Page<'_>, lines: &[&str]) -> bool {
    let known = page.source.runs(&COMMANDS);
    if !known && !lines.iter().find(|line| !line.is_empty()).is_some_and(|line| opens(line)) {
        return false;
    }
    lines.iter().any(|line| match line.as_bytes().first() {
        Some(b'@') => hunk::Header::read(line).is_some(),
        Some(b'd') => header::opens(line),
        Some(b' ') => stat::is_summary(line),
        _ if known => names::is_row(line),
        _ => false,
    })
}

/// Whether a text that begins with this line begins as diffs do.
fn opens(line: &str) -> bool {
    header::opens(line)
        || super::git_log::commit_of(line).is_some()
        || ["--- ", "Only in ", "Index: ", "Binary files "].iter().any(|opening| line.starts_with(opening))
        || hunk::Header::read(line).is_some()
        || stat::Row::read(line).is_some()
        || stat::is_folder(line)
}

struct Writer {
    out: Output,
    level: Level,
    limits: Limits,
    /// Whether the file whose hunks follow is one that programs write.
    generated: bool,
    /// Unchanged lines left out at the ends of hunks whose headers say so.
    trimmed: usize,
    /// `index` lines left out.
    hashes: usize,
}

impl Writer {
    fn new(level: Level, limits: Limits, bytes: usize) -> Self {
        let out = Output::with_capacity(bytes);
        Self { out, level, limits, generated: false, trimmed: 0, hashes: 0 }
    }

    fn write(mut self, lines: &[&str], source: &str) -> String {
        let mut at = 0;
        while let Some(rest) = lines.get(at..).filter(|rest| !rest.is_empty()) {
            at += self.part(rest);
        }
        if self.trimmed > 0 {
            let (count, s) = (self.trimmed, plural(self.trimmed));
            self.out.marker(format_args!("{count} unchanged line{s} around the changes left out"));
        }
        if self.hashes > 0 {
            let (count, s) = (self.hashes, plural(self.hashes));
            self.out.marker(format_args!("{count} index line{s} left out"));
        }
        self.out.finish(source)
    }

    /// Writes what stands first in some lines, and says how many of them that was.
    fn part(&mut self, lines: &[&str]) -> usize {
        let Some(&line) = lines.first() else { return 0 };
        let taken = match line.as_bytes().first() {
            Some(b'd') => self.header(lines),
            Some(b'@') => self.hunks(lines),
            Some(b' ') => stat::write(lines, self.level, &mut self.out),
            _ if self.level >= Level::Safe => names::write(lines, &mut self.out),
            _ => None,
        };
        if let Some(path) = line.strip_prefix("+++ ") {
            self.generated = header::is_generated(path);
        }
        taken.unwrap_or_else(|| {
            self.out.line(line);
            1
        })
    }

    /// The lines above the hunks of a file.
    fn header(&mut self, lines: &[&str]) -> Option<usize> {
        let header = header::File::read(lines)?;
        self.generated = header::is_generated(header.names);
        for &line in lines.get(..header.len)? {
            if self.level == Level::Strong && line.starts_with("index ") {
                self.hashes += 1;
            } else {
                self.out.line(line);
            }
        }
        if header.has_pair && (self.level < Level::Safe || !header.pair_repeats) {
            self.out.lines(lines.get(header.len..header.len + 2)?);
        }
        Some(header.len + if header.has_pair { 2 } else { 0 })
    }

    /// All hunks that follow one another.
    fn hunks(&mut self, lines: &[&str]) -> Option<usize> {
        let first = Hunk::read(lines)?;
        if self.level == Level::Strong && (self.generated || self.out.len() > self.limits.bytes) {
            return Some(self.hidden_hunks(lines));
        }
        self.trimmed += first.write(self.level, self.limits, &mut self.out);
        Some(first.len())
    }

    /// Hunks of a file that nobody wrote, or of one among very many: their number stays, and the lines of small
    /// ones.
    fn hidden_hunks(&mut self, lines: &[&str]) -> usize {
        let (mut at, mut hunks, mut counts) = (0, 0, hunk::Counts::default());
        while let Some(hunk) = lines.get(at..).and_then(Hunk::read) {
            counts += hunk.counts();
            at += hunk.len();
            hunks += 1;
        }
        let small = if self.generated { SMALL } else { WORTH_A_MARKER };
        let parts = lines.get(..at).unwrap_or_default();
        if parts.iter().map(|line| line.len()).sum::<usize>() < small {
            self.out.lines(parts);
        } else {
            let (s, counts) = (plural(hunks), counts.changes());
            let of = if self.generated { " of a generated file" } else { "" };
            self.out.marker(format_args!("{hunks} hunk{s}{of} left out ({counts})"));
        }
        at
    }
}

/// Hunks of a generated file that have fewer bytes stay: a marker says little less.
const SMALL: usize = 400;

#[cfg(test)]
#[path = "../git_diff_caps_tests.rs"]
mod caps_tests;
#[cfg(test)]
#[path = "../git_diff_properties.rs"]
mod properties;
#[cfg(test)]
#[path = "../git_diff_tests.rs"]
mod tests;
