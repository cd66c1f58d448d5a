//! Lines found in files, as `grep -rn`, `rg -n --no-heading`, `git grep -n` and the agents' own searches print them.
//! Lines of one file stand under its path as `rg --heading` has them (`12:text`, `13-text` for lines around), and
//! lines of files in one directory under the directory, where each file has one.

mod block;
mod line;

use super::output::{Output, lines_of};
use super::truncate;
use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use block::{Limits, Writer};
use line::{Line, Style, Trust};

/// Words of commands that search.
const COMMANDS: [&str; 9] = ["grep", "rg", "egrep", "fgrep", "zgrep", "ripgrep", "ag", "ack", "ugrep"];

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let trust = match page.source {
        Source::Search => Trust::Searched,
        Source::Command(_) if page.source.runs(&COMMANDS) => Trust::Searched,
        Source::Unknown | Source::Other => Trust::Form,
        Source::Command(_) | Source::File(_) | Source::Listing | Source::Edit => return None,
    };
    let lines = lines_of(page);
    if [Style::Numbered, Style::Plain].iter().any(|&style| has_headings(lines, trust, style)) {
        return Some(page.text.to_owned());
    }
    // Without numbers, any `word.word: text` looks like something found.
    let styles: &[Style] =
        if trust == Trust::Searched { &[Style::Numbered, Style::Plain] } else { &[Style::Numbered] };
    styles.iter().find_map(|&style| {
        let mut read = line::read_all(lines, trust, style)?;
        if level == Level::Exact {
            return Some(page.text.to_owned());
        }
        let empty = if level == Level::Strong && is_count(&read, style) { drop_empty(&mut read) } else { 0 };
        let steps = Limits::steps(level, &read);
        let write = |&limits: &Limits| {
            let out = Output::with_capacity(page.text.len());
            Writer::new(out, level, style, limits).write(&read, empty, page.text)
        };
        let fitting =
            steps.iter().map(write).find(|text| level < Level::Strong || truncate::leaves_whole(text));
        fitting.or_else(|| steps.last().map(write))
    })
}

/// Whether the text is `grep -c`'s: a number for every file, and no line of any.
fn is_count(read: &[Line<'_>], style: Style) -> bool {
    let is_number = |tail: &str| tail.bytes().skip(1).all(|byte| byte.is_ascii_digit());
    style == Style::Plain
        && read.iter().all(|line| match line {
            Line::Found { tail, .. } => is_number(tail.trim_end()),
            _ => true,
        })
}

/// Takes out the files in which nothing was found, and says how many they are.
fn drop_empty(read: &mut Vec<Line<'_>>) -> usize {
    let all = read.len();
    read.retain(|line| !matches!(line, Line::Found { tail, .. } if tail.trim_end() == ":0"));
    all - read.len()
}

/// Whether the text has the form that this filter gives, or `rg --heading`'s. A later turn may lack the call that
/// tells a search, so that it has to show without; then lines that any list may have are no sign.
fn has_headings(lines: &[&str], trust: Trust, style: Style) -> bool {
    let sure = trust == Trust::Searched || style == Style::Numbered;
    let under = |line: &str| line::is_under_heading(line, style) && (sure || line.starts_with(':'));
    let names = |line: &str| {
        let name = line.split(':').next().unwrap_or(line);
        line::names_file(line, style) && (sure || line::is_path(name, Trust::Form, style))
    };
    let heads = |pair: &[&str]| match pair {
        [heading, next] if line::is_folder(heading) => names(next),
        [heading, next] => under(next) && line::is_path(heading, Trust::Searched, style),
        _ => false,
    };
    lines.windows(2).any(heads)
}

#[cfg(test)]
#[path = "../grep_tests.rs"]
mod tests;
