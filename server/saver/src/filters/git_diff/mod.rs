//! Unified diffs: `git diff`, `git show`, `git log -p`, `diff -u`, and the tables of `git diff --stat`.
//!
//! The form is the one of git's "Generating patch text with -p" and of GNU diffutils' "Unified Format". Lines that
//! are no part of it stay, so the other parts of a text (a commit's message, what a second command printed) do too.

mod header;
mod hunk;
mod stat;

use super::output::{Output, lines_of, plural};
use crate::level::Level;
use crate::page::Page;
use hunk::{Hunk, Limits};

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let lines = lines_of(page);
    if !is_diff(page, lines) {
        return None;
    }
    let mut writer = Writer {
        out: Output::with_capacity(page.text.len()),
        level,
        limits: Limits::at(level, lines.len()),
        generated: false,
        trimmed: 0,
        hashes: 0,
    };
    let mut at = 0;
    while let Some(rest) = lines.get(at..).filter(|rest| !rest.is_empty()) {
        at += writer.part(rest);
    }
    if writer.trimmed > 0 {
        let (count, s) = (writer.trimmed, plural(writer.trimmed));
        writer.out.marker(format_args!("{count} unchanged line{s} around the changes left out"));
    }
    if writer.hashes > 0 {
        let (count, s) = (writer.hashes, plural(writer.hashes));
        writer.out.marker(format_args!("{count} index line{s} left out"));
    }
    Some(writer.out.finish(page.text))
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
    if !page.source.runs(&COMMANDS)
        && !lines.iter().find(|line| !line.is_empty()).is_some_and(|line| opens(line))
    {
        return false;
    }
    lines.iter().any(|line| match line.as_bytes().first() {
        Some(b'@') => hunk::Header::read(line).is_some(),
        Some(b'd') => header::opens(line),
        Some(b' ') => stat::is_summary(line),
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
    /// Writes what stands first in some lines, and says how many of them that was.
    fn part(&mut self, lines: &[&str]) -> usize {
        let Some(&line) = lines.first() else { return 0 };
        let taken = match line.as_bytes().first() {
            Some(b'd') => self.header(lines),
            Some(b'@') => self.hunks(lines),
            Some(b' ') => stat::write(lines, self.level, &mut self.out),
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
        if self.level == Level::Strong && self.generated {
            return Some(self.generated_hunks(lines));
        }
        self.trimmed += first.write(self.level, self.limits, &mut self.out);
        Some(first.len())
    }

    /// Hunks of a file that nobody wrote: their number stays, and the lines of small ones.
    fn generated_hunks(&mut self, lines: &[&str]) -> usize {
        let (mut at, mut hunks, mut counts) = (0, 0, hunk::Counts::default());
        while let Some(hunk) = lines.get(at..).and_then(Hunk::read) {
            counts += hunk.counts();
            at += hunk.len();
            hunks += 1;
        }
        let parts = lines.get(..at).unwrap_or_default();
        if parts.iter().map(|line| line.len()).sum::<usize>() < SMALL {
            self.out.lines(parts);
        } else {
            let (s, counts) = (plural(hunks), counts.changes());
            self.out.marker(format_args!("{hunks} hunk{s} of a generated file left out ({counts})"));
        }
        at
    }
}

/// Hunks of a generated file that have fewer bytes stay: a marker says little less.
const SMALL: usize = 400;

#[cfg(test)]
#[path = "../git_diff_properties.rs"]
mod properties;
#[cfg(test)]
#[path = "../git_diff_tests.rs"]
mod tests;
