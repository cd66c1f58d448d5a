//! `git log` in its default form, and the head of `git show`. Diffs and tables in it are read by `git_diff`.

use super::output::{Output, lines_of, plural};
use crate::level::Level;
use crate::page::Page;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let lines = lines_of(page);
    if is_log(page, lines) {
        return Some(log(page, lines, level));
    }
    is_short(page, lines).then(|| short(page, lines, level))
}

/// The hash of the line that begins a commit: `commit <hash>`, with names of branches behind it in some.
pub(super) fn commit_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("commit ")?;
    let digits = hash_of(rest)?;
    let after = rest.get(digits.len()..)?;
    (after.is_empty() || after == "\r" || after.starts_with(" (")).then_some(digits)
}

/// Commits whose hashes are worth cutting.
const FEW: usize = 3;

/// As many digits as git takes for a commit's name in any repository there is.
const DIGITS: usize = 12;

/// The first digits of a commit's hash, and the names behind it.
fn short_hash(line: &str) -> Option<(&str, &str)> {
    let hash = commit_of(line)?;
    Some((hash.get(..DIGITS)?, line.strip_prefix("commit ")?.strip_prefix(hash)?))
}

/// The hash that a text begins with.
fn hash_of(text: &str) -> Option<&str> {
    let len = text.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    text.get(..len).filter(|_| (7..=64).contains(&len))
}

fn is_log(page: &Page<'_>, lines: &[&str]) -> bool {
    let headed = |pair: &[&str]| match pair {
        [first, second] => {
            commit_of(first).is_some() && ["Author:", "Merge:"].iter().any(|name| second.starts_with(name))
        }
        _ => false,
    };
    if page.source.runs(&["log", "show", "whatchanged"]) {
        return lines.windows(2).any(headed);
    }
    lines.get(..2).is_some_and(headed)
}

/// Names of header lines. Blanks follow that align what they say.
const FIELDS: [&str; 6] = ["Author:", "AuthorDate:", "Commit:", "CommitDate:", "Date:", "Merge:"];

/// What git puts in front of every line of a message.
const INDENT: &str = "    ";

/// From so many commits on, [`Level::Strong`] leaves out some.
const MANY: usize = 50;
/// The newest and the oldest that stay.
const NEWEST: usize = 30;
const OLDEST: usize = 10;

/// Lines of a message that [`Level::Strong`] keeps.
const MESSAGE: usize = 12;

fn log(page: &Page<'_>, lines: &[&str], level: Level) -> String {
    let mut out = Output::with_capacity(page.text.len());
    let commits = lines.iter().filter(|line| commit_of(line).is_some()).count();
    let cut = if level == Level::Strong && commits > MANY { NEWEST..commits - OLDEST } else { 0..0 };
    let (mut number, mut hashes, mut people, mut author, mut committer) = (0, 0, 0, "", "");
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        at += 1;
        if commit_of(line).is_none() {
            out.line(line);
            continue;
        }
        if cut.contains(&number) {
            let rest = lines.get(at..).unwrap_or_default();
            let left_out = cut.len();
            number = cut.end;
            at += nth_commit(rest, left_out);
            out.marker(format_args!("{left_out} commit{} left out", plural(left_out)));
            continue;
        }
        number += 1;
        match short_hash(line).filter(|_| level == Level::Strong && commits >= FEW) {
            Some((hash, names)) => {
                hashes += 1;
                out.pieces(&["commit ", hash, names]);
            }
            None => out.line(line),
        }
        while let Some(&line) = lines.get(at) {
            let Some(name) = FIELDS.iter().find(|name| line.starts_with(**name)) else { break };
            at += 1;
            let before = match *name {
                "Author:" => Some(&mut author),
                "Commit:" => Some(&mut committer),
                _ => None,
            };
            if let Some(before) = before.filter(|_| level >= Level::Safe)
                && std::mem::replace(before, line) == line
            {
                people += 1;
                continue;
            }
            let said = line.get(name.len()..).unwrap_or_default().trim_start_matches(' ');
            out.pieces(&[name, " ", said]);
        }
        at += message(lines.get(at..).unwrap_or_default(), level, &mut out);
    }
    if hashes > 0 {
        out.marker(format_args!("digits of the hashes beyond {DIGITS} left out"));
    }
    let fuller = !committer.is_empty();
    if people > 0 {
        let (s, lines) = (plural(people), if fuller { "Author and Commit" } else { "Author" });
        out.marker(format_args!("{people} {lines} line{s} left out: the same as at the commit above"));
    }
    out.finish(page.text)
}

/// Lines before the `n`th line that begins a commit, counted from 1, or all.
fn nth_commit(lines: &[&str], n: usize) -> usize {
    let mut starts = lines.iter().enumerate().filter(|(_, line)| commit_of(line).is_some());
    starts.nth(n - 1).map_or(lines.len(), |(index, _)| index)
}

/// Writes the message that stands behind an empty line, and says how many lines that was.
fn message(lines: &[&str], level: Level, out: &mut Output) -> usize {
    let is_blank = |line: &str| line.is_empty() || line == "\r";
    let of_message = |line: &&&str| line.starts_with(INDENT) || is_blank(line);
    let Some((&blank, rest)) = lines.split_first().filter(|(first, _)| is_blank(first)) else { return 0 };
    let len = rest.iter().take_while(of_message).count();
    let text = rest.get(..len).unwrap_or_default();
    // A subject never begins with a blank, so a message that was moved is not moved again.
    let subject = text.first().and_then(|line| line.strip_prefix(INDENT));
    if subject.is_none_or(|subject| subject.starts_with(' ')) {
        return 0;
    }
    out.line(blank);
    let end = text.iter().rposition(|line| !is_blank(line)).map_or(0, |last| last + 1);
    let shown = if level == Level::Strong && end > MESSAGE + 3 { MESSAGE } else { end };
    for line in text.iter().take(shown) {
        match line.strip_prefix(INDENT) {
            Some(said) if is_blank(said) => out.line(said),
            Some(said) => out.pieces(&[" ", said]),
            None => out.line(line),
        }
    }
    if shown < end {
        out.marker(format_args!("{} lines of this message left out", end - shown));
    }
    out.lines(text.get(end..).unwrap_or_default());
    len + 1
}

/// Lines of one commit each that [`Level::Strong`] shows whole, and how many of more it shows.
const MANY_SHORT: usize = 100;
const NEWEST_SHORT: usize = 60;
const OLDEST_SHORT: usize = 20;

/// `git log --oneline`: a hash and a subject on every line. Only [`Level::Strong`] has something to gain.
fn is_short(page: &Page<'_>, lines: &[&str]) -> bool {
    let is_commit = |line: &&str| {
        hash_of(line).is_some_and(|hash| {
            (hash.len() <= DIGITS || hash.len() == 40)
                && line.get(hash.len()..).is_some_and(|rest| rest.starts_with(' ') && !rest.starts_with("  "))
        })
    };
    page.source.runs(&["log", "reflog"]) && lines.len() > MANY_SHORT && lines.iter().all(is_commit)
}

fn short(page: &Page<'_>, lines: &[&str], level: Level) -> String {
    if level < Level::Strong {
        return page.text.to_owned();
    }
    let mut out = Output::with_capacity(page.text.len());
    let oldest = lines.len() - OLDEST_SHORT;
    out.lines(lines.get(..NEWEST_SHORT).unwrap_or_default());
    out.marker(format_args!("{} commits left out", oldest - NEWEST_SHORT));
    out.lines(lines.get(oldest..).unwrap_or_default());
    out.finish(page.text)
}

#[cfg(test)]
#[path = "git_log_tests.rs"]
mod tests;
