//! Output of compilers, package managers and build tools: lines that only say that work goes on become one marker a
//! run, and a warning that is given again word for word is given once. Errors are never touched.

mod containers;
mod native;
mod packages;
mod warnings;

use super::fold::{self, Fate, Run};
use crate::level::Level;
use crate::marker;
use crate::page::Page;
use std::fmt::Write as _;

/// What a marker counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    /// A line of progress, by the tool's own word for it.
    Progress(&'static str),
    /// A warning that stands above, word for word.
    Repeated,
    /// A warning of a kind of which enough were shown: only at [`Level::Strong`].
    Capped(&'a str),
}

/// Who prints a line of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Cargo,
    Pip,
    Node,
    Dpkg,
    Maven,
    Gradle,
    Make,
    Docker,
}

impl Tool {
    const COUNT: usize = Self::Docker as usize + 1;
}

/// A line of progress: whose, and the tool's word for it.
type Progress = (Tool, &'static str);

/// A text with fewer such lines of a tool may be about them.
const FEWEST: usize = 3;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let lines = page.lines.as_slice();
    let mut fates: Vec<Fate<Kind<'_>>> = Vec::new();
    if level >= Level::Safe {
        mark_progress(lines, &mut fates, level);
    }
    warnings::mark(page, &mut fates, level);
    if fates.is_empty() {
        return None;
    }
    fold::fold(page, &fates, write)
}

/// The fates of a text's lines, made when the first line is found that does not stay.
fn slot<'f, 'a>(
    fates: &'f mut Vec<Fate<Kind<'a>>>,
    lines: usize,
    index: usize,
) -> Option<&'f mut Fate<Kind<'a>>> {
    if fates.is_empty() {
        fates.resize(lines, Fate::Stays);
    }
    fates.get_mut(index)
}

fn mark_progress<'a>(lines: &[&'a str], fates: &mut Vec<Fate<Kind<'a>>>, level: Level) {
    let mut found: Vec<(usize, Progress)> = Vec::new();
    let mut counts = [0_usize; Tool::COUNT];
    for (index, line) in lines.iter().enumerate() {
        let called = || if level == Level::Strong { native::compiler(line) } else { None };
        if let Some(progress) =
            progress(line, lines.get(index + 1).copied().unwrap_or_default()).or_else(called)
        {
            found.push((index, progress));
            if let Some(count) = counts.get_mut(progress.0 as usize) {
                *count += 1;
            }
        }
    }
    for (place, &(index, (tool, word))) in found.iter().enumerate() {
        let last = found.get(place + 1).is_none_or(|(below, _)| *below != index + 1);
        let enough = counts.get(tool as usize).is_some_and(|count| *count >= FEWEST);
        if enough
            && !(last && explains(lines, index))
            && let Some(fate) = slot(fates, lines.len(), index)
        {
            *fate = Fate::Counts(Kind::Progress(word), 1);
        }
    }
}

/// What a line says of work that goes on, where it says nothing else. `below` is the next line.
fn progress(line: &str, below: &str) -> Option<Progress> {
    let (indent, rest) = fold::indented(line);
    let first = rest.bytes().next()?;
    match first {
        b'#' if indent == 0 => containers::buildkit(rest, below),
        b'[' if indent == 0 => native::bracketed(rest).or_else(|| packages::maven(rest)),
        b'>' if indent == 0 => packages::gradle(rest, below),
        b'-' if indent == 0 => native::announced(rest, below),
        b'0'..=b'9' | b'a'..=b'f' if indent == 0 => containers::layer(rest),
        b'n' if indent == 0 => packages::npm(rest),
        b'(' if indent == 0 => packages::dpkg(rest),
        b'A'..=b'Z' => packages::cargo(indent, rest)
            .or_else(|| packages::pip(indent, rest))
            .or_else(|| native::kbuild(indent, rest))
            .or_else(|| if indent == 0 { packages::capital(rest) } else { None }),
        // The first byte of "━" and "➤".
        0xe2 => packages::drawn(indent, rest),
        _ => None,
    }
}

/// Whether the line right below tells of a failure, which a line of progress may explain.
fn explains(lines: &[&str], index: usize) -> bool {
    let below = lines.iter().skip(index + 1).find(|line| !fold::blank(line));
    below.is_some_and(|below| {
        let head = below.as_bytes().get(..below.len().min(200)).unwrap_or_default();
        [b"error".as_slice(), b"fatal", b"fail", b"panic", b"denied"].iter().any(|word| has(head, word))
    })
}

/// Whether a text holds a word of lower case letters, in letters of either case.
fn has(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// `[ninerouter: 312 lines of progress left out: Compiling 290, Downloaded 22]`.
fn write(out: &mut String, run: &Run<'_, Kind<'_>>) {
    let mut what = String::new();
    let progress = total(run, |kind| match kind {
        Kind::Progress(word) => Some(word),
        Kind::Repeated | Kind::Capped(_) => None,
    });
    let capped = total(run, |kind| match kind {
        Kind::Capped(code) => Some(code),
        Kind::Repeated | Kind::Progress(_) => None,
    });
    let repeated = total(run, |kind| (kind == Kind::Repeated).then_some(""));
    // Writing to a string cannot fail.
    if repeated.0 > 0 {
        let plural = if repeated.0 == 1 { "" } else { "s" };
        let _ = write!(what, "{} repeated warning{plural} left out", repeated.0);
    }
    for ((count, words), one, many) in
        [(capped, "more warning", "more warnings"), (progress, "line of progress", "lines of progress")]
    {
        if count > 0 {
            let joint = if what.is_empty() { "" } else { "; " };
            let _ = write!(what, "{joint}{count} {} left out: {words}", if count == 1 { one } else { many });
        }
    }
    marker::push(out, format_args!("{what}"));
}

/// How many of some kinds, and their names: with the count of each where there are several.
fn total<'a>(run: &Run<'_, Kind<'a>>, name: impl Fn(Kind<'a>) -> Option<&'a str>) -> (usize, String) {
    let kinds: Vec<(&str, usize)> =
        run.kinds.iter().filter_map(|&(kind, count)| Some((name(kind)?, count))).collect();
    let mut words = String::new();
    for (index, (word, count)) in kinds.iter().enumerate() {
        let joint = if index == 0 { "" } else { ", " };
        let _ = write!(words, "{joint}{word}");
        if kinds.len() > 1 {
            let _ = write!(words, " {count}");
        }
    }
    (kinds.iter().map(|(_, count)| count).sum(), words)
}

#[cfg(test)]
#[path = "../build_output_tests/mod.rs"]
mod tests;
