//! Output of compilers, package managers and build tools: lines that only say that work goes on become one marker a
//! run, and a warning that is given again word for word is given once. Errors are never touched.

mod containers;
mod native;
mod packages;
mod warnings;

use super::fold::{self, Fate, Run, When};
use super::output::plural;
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
    /// A warning of one line, of a kind of which enough were shown: only at [`Level::Strong`].
    Capped(&'a str),
    /// What stands below the head of a warning of such a kind: only at [`Level::Strong`].
    Excerpt,
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
    Go,
    Rustup,
    Wget,
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
    let mut unsaid = Unsaid::of(lines, &fates);
    fold::fold(page, &fates, |out, run| write(out, run, &mut unsaid))
        .filter(|out| out.len() < page.text.len())
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
    // What pip collected last may be what it could not get.
    let named = level == Level::Strong && !lines.iter().any(|line| line.starts_with("ERROR: "));
    for (index, line) in lines.iter().enumerate() {
        let called = || match level {
            Level::Strong => native::compiler(line).or_else(|| packages::named(line).filter(|_| named)),
            Level::Exact | Level::Safe => None,
        };
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
        b'-' => containers::cached(rest).or_else(|| native::announced(rest, below).filter(|_| indent == 0)),
        b'0'..=b'9' | b'a'..=b'f' => {
            containers::layer(rest).filter(|_| indent == 0).or_else(|| packages::dots(rest))
        }
        b'g' if indent == 0 => packages::go(rest),
        b'i' if indent == 0 => packages::rustup(rest),
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

/// Lines of progress that stand in so few runs have a marker each; those in more have one for all, at the first.
const FEW_RUNS: usize = 2;

/// What one marker says for several runs, until it is said.
struct Unsaid {
    /// How many lines of progress there are, by the tools' words for it.
    progress: Vec<(&'static str, usize)>,
    /// Whether that is said of all runs at once.
    together: bool,
    /// Warnings whose excerpts go.
    excerpts: usize,
}

impl Unsaid {
    fn of(lines: &[&str], fates: &[Fate<Kind<'_>>]) -> Self {
        let mut unsaid = Self { progress: Vec::new(), together: false, excerpts: 0 };
        let mut runs = 0;
        let mut in_run = false;
        for (line, fate) in lines.iter().zip(fates) {
            match *fate {
                Fate::Counts(Kind::Progress(word), count) => {
                    runs += usize::from(!in_run);
                    in_run = true;
                    match unsaid.progress.iter_mut().find(|(known, _)| *known == word) {
                        Some((_, total)) => *total += count,
                        None => unsaid.progress.push((word, count)),
                    }
                }
                Fate::Counts(Kind::Excerpt, count) => unsaid.excerpts += count,
                Fate::Stays if !fold::blank(line) => in_run = false,
                _ => {}
            }
        }
        unsaid.together = runs > FEW_RUNS;
        unsaid
    }
}

/// `[ninerouter: 312 lines of progress left out: Compiling 290, Downloaded 22]`, and what is left out of warnings.
fn write(out: &mut String, run: &Run<'_, Kind<'_>>, unsaid: &mut Unsaid) -> When {
    let mut parts: Vec<String> = Vec::new();
    let repeated = total(run, |kind| (kind == Kind::Repeated).then_some("")).0;
    if repeated > 0 {
        parts.push(format!("{repeated} repeated warning{} left out", plural(repeated)));
    }
    let (capped, codes) = total(run, |kind| match kind {
        Kind::Capped(code) => Some(code),
        _ => None,
    });
    if capped > 0 {
        parts.push(format!("{capped} more warning{} left out: {codes}", plural(capped)));
    }
    let has_excerpts = total(run, |kind| (kind == Kind::Excerpt).then_some("")).0 > 0;
    let excerpts = if has_excerpts { std::mem::take(&mut unsaid.excerpts) } else { 0 };
    if excerpts > 0 {
        parts
            .push(format!("excerpts of {excerpts} more warning{} left out here and below", plural(excerpts)));
    }
    let own = total(run, |kind| match kind {
        Kind::Progress(word) => Some(word),
        _ => None,
    });
    let has_shared = own.0 > 0 && unsaid.together;
    let ((count, words), place) = if has_shared {
        (in_words(&std::mem::take(&mut unsaid.progress)), " here and below")
    } else {
        (own, "")
    };
    if count > 0 {
        parts.push(format!("{count} line{} of progress left out{place}: {words}", plural(count)));
    }
    if !parts.is_empty() {
        marker::push(out, format_args!("{}", parts.join("; ")));
    }
    if has_shared || has_excerpts { When::Always } else { When::Shorter }
}

/// How many of some kinds, and their names: with the count of each where there are several.
fn total<'a>(run: &Run<'_, Kind<'a>>, name: impl Fn(Kind<'a>) -> Option<&'a str>) -> (usize, String) {
    let kinds: Vec<(&str, usize)> =
        run.kinds.iter().filter_map(|&(kind, count)| Some((name(kind)?, count))).collect();
    in_words(&kinds)
}

fn in_words(kinds: &[(&str, usize)]) -> (usize, String) {
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
