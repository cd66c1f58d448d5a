//! `git status`, long and short: hints go, and paths that share a directory stand under it. The words are those of
//! git's `wt-status.c`; a git that speaks another language is not recognised.

use super::directories;
use super::output::{Output, lines_of, plural};
use crate::level::Level;
use crate::page::Page;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let lines = lines_of(page);
    if is_long(page, lines) {
        return Some(long(page, lines, level));
    }
    is_short(page, lines).then(|| short(page, lines, level))
}

/// A line that names a path.
#[derive(Clone, Copy)]
struct Entry<'a> {
    /// What happened to it: `modified:`, `??`.
    state: &'a str,
    path: &'a str,
}

/// How a form writes entries.
struct Form {
    /// In front of an entry.
    before: &'static str,
    /// In front of a name that stands under its directory.
    under: &'static str,
}

const LONG: Form = Form { before: "\t", under: "\t\t" };
const SHORT: Form = Form { before: "", under: "\t" };

/// Between a directory and the names in it that stand on its line.
const JOINED: &str = ": ";

/// Whether a path is a line of that form.
fn is_joined(path: &str) -> bool {
    path.contains("/: ")
}

impl Form {
    fn write(&self, state: &str, path: &str, out: &mut Output) {
        let blank = if state.is_empty() { "" } else { " " };
        out.pieces(&[self.before, state, blank, path]);
    }

    /// Writes the entries that the list begins with, and says how many of them: those of one state in one
    /// directory, or one.
    fn group(&self, first: Entry<'_>, after: &[Option<Entry<'_>>], level: Level, out: &mut Output) -> usize {
        let alike = after.iter().map_while(|next| next.filter(|next| next.state == first.state));
        let paths = alike.map(|next| next.path);
        let Some(run) =
            directories::run(first.path, paths, self.under.len()).filter(|_| level >= Level::Safe)
        else {
            self.write(first.state, first.path, out);
            return 1;
        };
        let names = || {
            let after = after.iter().take(run.len - 1).flatten();
            std::iter::once(first).chain(after.copied()).map(|entry| directories::name(entry.path))
        };
        // On one line, where the blanks between names are the only ones.
        if !run.directory.contains(": ") && !names().any(|name| name.contains([' ', '\r'])) {
            let blank = if first.state.is_empty() { "" } else { " " };
            let names: Vec<&str> = names().collect();
            out.pieces(&[self.before, first.state, blank, run.directory, JOINED, &names.join(" ")]);
            return run.len;
        }
        self.write(first.state, run.directory, out);
        out.pieces(&[self.under, directories::name(first.path)]);
        for next in after.iter().take(run.len - 1).flatten() {
            out.pieces(&[self.under, directories::name(next.path)]);
        }
        run.len
    }
}

/// What stands above a list of paths, each of which has a tab in front.
const SECTIONS: [&str; 5] = [
    "Changes to be committed:",
    "Changes not staged for commit:",
    "Unmerged paths:",
    "Untracked files:",
    "Ignored files:",
];

/// The words before a path. Blanks follow that align the paths.
const STATES: [&str; 14] = [
    "modified:",
    "new file:",
    "deleted:",
    "renamed:",
    "copied:",
    "typechange:",
    "unmerged:",
    "both modified:",
    "both added:",
    "both deleted:",
    "added by us:",
    "added by them:",
    "deleted by us:",
    "deleted by them:",
];

fn opens_section(line: &str) -> bool {
    SECTIONS.contains(&line.strip_suffix('\r').unwrap_or(line))
}

/// Whether the text is or has the long form. What a command prints that is not known to print it must begin so.
fn is_long(page: &Page<'_>, lines: &[&str]) -> bool {
    let begins = || {
        lines.iter().find(|line| !line.is_empty()).is_some_and(|line| {
            opens_section(line)
                || ["On branch ", "HEAD detached "].iter().any(|words| line.starts_with(words))
        })
    };
    (page.source.runs(&["status", "commit", "stash"]) || begins())
        && lines.iter().any(|line| opens_section(line))
}

/// An entry of the long form.
fn long_entry(line: &str) -> Option<Entry<'_>> {
    let text = line.strip_prefix('\t').filter(|text| !text.is_empty() && !text.starts_with(['\t', ' ']))?;
    for state in STATES {
        if let Some(rest) = text.strip_prefix(state) {
            let path = rest.trim_start_matches(' ');
            return (path.len() < rest.len()).then_some(Entry { state, path });
        }
    }
    Some(Entry { state: "", path: text })
}

fn long(page: &Page<'_>, lines: &[&str], level: Level) -> String {
    let mut within = false;
    let mut entries: Vec<Option<Entry<'_>>> = Vec::with_capacity(lines.len());
    for (index, &line) in lines.iter().enumerate() {
        if opens_section(line) {
            within = true;
        } else if line.starts_with(|first: char| !first.is_whitespace()) {
            within = false;
        }
        // With names under it, it is a directory, and no entry.
        let above = lines.get(index + 1).is_some_and(|next| next.starts_with(LONG.under));
        entries.push(long_entry(line).filter(|entry| within && !above && !is_joined(entry.path)));
    }
    let mut out = Output::with_capacity(page.text.len());
    let (mut at, mut hints) = (0, 0);
    while let Some(&line) = lines.get(at) {
        if let Some(&Some(entry)) = entries.get(at) {
            at += LONG.group(entry, entries.get(at + 1..).unwrap_or_default(), level, &mut out);
            continue;
        }
        at += 1;
        match without_hint(line).filter(|_| level >= Level::Safe) {
            Some(said) => {
                hints += 1;
                if !said.is_empty() {
                    out.line(said);
                }
            }
            None => out.line(line),
        }
    }
    if hints > 0 {
        out.marker(format_args!("{hints} hint{} on git commands left out", plural(hints)));
    }
    out.finish(page.text)
}

/// Hints behind something that is said.
const ENDINGS: [&str; 4] = [
    " (use \"git add\" and/or \"git commit -a\")",
    " (use \"git add\" to track)",
    " (create/copy files and use \"git add\" to track)",
    " (use -u to show untracked files)",
];

/// What a line says beside a hint for beginners (`advice.statusHints`); `None` when it has no hint. What tells of a
/// state (`fix conflicts and run …`) is none.
fn without_hint(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let is_hint = (line.starts_with("  (use \"git ") && line.ends_with(')'))
        || line == "  (commit or discard the untracked or modified content in submodules)";
    if is_hint { Some("") } else { ENDINGS.iter().find_map(|ending| line.strip_suffix(ending)) }
}

/// Lines of the short form alone, at which a text of unknown origin is taken for it.
const FEWEST: usize = 5;

fn is_short(page: &Page<'_>, lines: &[&str]) -> bool {
    if page.source.runs(&["status"]) {
        return lines.iter().any(|line| short_entry(line).is_some());
    }
    let begins = |line: &&str| short_entry(line).is_some() || line.starts_with("## ");
    let is_known = |line: &&str| begins(line) || line.starts_with(SHORT.under);
    lines.len() >= FEWEST && lines.first().is_some_and(begins) && lines.iter().all(is_known)
}

/// An entry of the short form: two letters, a blank, a path.
fn short_entry(line: &str) -> Option<Entry<'_>> {
    let state = line.get(..2)?;
    let path = line.get(2..)?.strip_prefix(' ').filter(|path| !path.is_empty() && !path.starts_with(' '))?;
    let known = match state.as_bytes() {
        b"??" | b"!!" => true,
        b"  " => false,
        letters => letters.iter().all(|letter| b" MTADRCU".contains(letter)),
    };
    known.then_some(Entry { state, path })
}

fn short(page: &Page<'_>, lines: &[&str], level: Level) -> String {
    let mut entries: Vec<Option<Entry<'_>>> = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let above = lines.get(index + 1).is_some_and(|next| next.starts_with(SHORT.under));
        entries.push(short_entry(line).filter(|entry| !above && !is_joined(entry.path)));
    }
    let mut out = Output::with_capacity(page.text.len());
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        match entries.get(at) {
            Some(&Some(entry)) => {
                at += SHORT.group(entry, entries.get(at + 1..).unwrap_or_default(), level, &mut out);
            }
            _ => {
                out.line(line);
                at += 1;
            }
        }
    }
    out.finish(page.text)
}

#[cfg(test)]
#[path = "git_status_tests.rs"]
mod tests;
