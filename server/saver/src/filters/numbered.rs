//! Files with line numbers in front: Claude Code (`     1→text`, `     1<tab>text`), Cursor (`     1|text`), OpenCode
//! (`00001| text`), `cat -n` and `nl`.

use super::output::{Output, lines_of};
use crate::call::Source;
use crate::level::Level;
use crate::page::Page;

/// Lines in a row at which a text of another origin than `cat -n` and `nl` is taken for a numbered file.
const FEWEST: usize = 5;

/// Lines of a file that [`Level::Strong`] shows whole, and how many of more it shows.
const MANY: usize = 250;
const FIRST: usize = 120;
const LAST: usize = 60;

/// The width of the numbers of `cat -n` and `nl`.
const WIDTH: usize = 6;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    let lines = lines_of(page);
    let mut out = Output::with_capacity(page.text.len());
    if page.source.runs(&["nl"]) || page.source.command().is_some_and(|line| line.contains("cat -")) {
        return several(page, lines, level);
    }
    // OpenCode names the file's part in a first line: `<file>`.
    let preface = usize::from(lines.first().is_some_and(|line| line.starts_with('<')));
    let rest = lines.get(preface..)?;
    let run = Run::of(rest).filter(|run| run.len >= FEWEST)?;
    let is_read = matches!(page.source, Source::File(_));
    // A table may have a first column that counts: it is not cut.
    let level = if is_read || run.padded { level } else { Level::Exact };
    out.lines(lines.get(..preface)?);
    run.write(rest, level, &mut out);
    // What the tool says of the file.
    out.lines(rest.get(run.len..)?);
    Some(out.finish(page.text))
}

/// Files that follow one another, with other lines between them.
fn several(page: &Page<'_>, lines: &[&str], level: Level) -> Option<String> {
    let mut out = Output::with_capacity(page.text.len());
    let mut rest = lines;
    let mut runs = 0;
    while let Some(&line) = rest.first() {
        let taken = match Run::of(rest).filter(|run| run.width == WIDTH || !run.padded) {
            Some(run) => {
                run.write(rest, level, &mut out);
                runs += 1;
                run.len
            }
            None => {
                out.line(line);
                1
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    (runs > 0).then(|| out.finish(page.text))
}

/// Lines whose numbers follow one another.
struct Run {
    first: usize,
    len: usize,
    /// Of the numbers with the blanks before them; longer ones have none.
    width: usize,
    padded: bool,
}

impl Run {
    /// The run that some lines begin with.
    fn of(lines: &[&str]) -> Option<Self> {
        let first = Number::read(lines.first()?)?;
        let fits = |(index, line): (usize, &&str)| {
            Number::read(line).is_some_and(|next| {
                next.value == first.value + index
                    && next.divider == first.divider
                    && (next.width == first.width || (next.width > first.width && next.padding == 0))
            })
        };
        let len = lines.iter().enumerate().take_while(|&line| fits(line)).count();
        Some(Self { first: first.value, len, width: first.width, padded: first.padding > 0 || first.zeros })
    }

    /// Writes its lines without the blanks that align the numbers.
    fn write(&self, lines: &[&str], level: Level, out: &mut Output) {
        let is_cut = level == Level::Strong && self.len > MANY;
        let cut = if is_cut { FIRST..self.len - LAST } else { 0..0 };
        for (index, line) in lines.iter().enumerate().take(self.len) {
            if !cut.contains(&index) {
                let line = line.trim_start_matches(' ');
                out.line(if level >= Level::Safe { without_zeros(line) } else { line });
            } else if index == cut.start {
                let (from, to) = (self.first + cut.start, self.first + cut.end - 1);
                out.marker(format_args!("lines {from} to {to} left out"));
            }
        }
    }
}

/// A line without the zeros that align its number.
fn without_zeros(line: &str) -> &str {
    let short = line.trim_start_matches('0');
    if short.starts_with(|first: char| first.is_ascii_digit()) { short } else { line }
}

/// What stands in front of a line.
struct Number {
    value: usize,
    padding: usize,
    width: usize,
    zeros: bool,
    divider: char,
}

impl Number {
    fn read(line: &str) -> Option<Self> {
        let bytes = line.as_bytes();
        let padding = bytes.iter().take_while(|&&byte| byte == b' ').count();
        let digits = bytes.iter().skip(padding).take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..9).contains(&digits) || padding > 10 {
            return None;
        }
        let (number, rest) = line.get(padding..)?.split_at_checked(digits)?;
        let divider = rest.chars().next().filter(|divider| matches!(divider, '→' | '\t' | '|'))?;
        let zeros = digits > 1 && number.starts_with('0');
        Some(Self { value: number.parse().ok()?, padding, width: padding + digits, zeros, divider })
    }
}

#[cfg(test)]
#[path = "numbered_tests.rs"]
mod tests;
