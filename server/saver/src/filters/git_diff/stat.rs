//! The table of `git diff --stat`: ` src/a.rs | 12 +++--`, and the line that sums it up.

use crate::filters::directories;
use crate::filters::output::Output;
use crate::level::Level;

/// A row: a path, and what changed in it.
pub(super) struct Row<'a> {
    path: &'a str,
    change: &'a str,
}

impl<'a> Row<'a> {
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let rest = line.strip_prefix(' ').filter(|rest| !rest.starts_with(' '))?;
        let bar = memchr::memmem::rfind(rest.as_bytes(), b" | ")?;
        let path = rest.get(..bar)?.trim_end_matches(' ');
        let change = rest.get(bar + 3..)?.trim_start_matches(' ');
        (!path.is_empty() && is_change(change)).then_some(Self { path, change })
    }
}

/// `12 ++--`, `12`, or `Bin 0 -> 512 bytes`.
fn is_change(change: &str) -> bool {
    let change = change.strip_suffix('\r').unwrap_or(change);
    if let Some(sizes) = change.strip_prefix("Bin") {
        return sizes.is_empty() || sizes.starts_with(' ');
    }
    let digits = change.bytes().take_while(u8::is_ascii_digit).count();
    let graph = change.get(digits..).unwrap_or_default();
    digits > 0
        && (graph.is_empty()
            || graph
                .strip_prefix(' ')
                .is_some_and(|graph| graph.bytes().all(|sign| matches!(sign, b'+' | b'-'))))
}

/// ` 3 files changed, 10 insertions(+), 2 deletions(-)`.
pub(super) fn is_summary(line: &str) -> bool {
    let Some(rest) = line.strip_prefix(' ') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let rest = rest.get(digits..).unwrap_or_default();
    digits > 0 && (rest.starts_with(" file changed") || rest.starts_with(" files changed"))
}

/// ` src/parse/`, under which its rows stand: what this filter makes of a table.
pub(super) fn is_folder(line: &str) -> bool {
    line.strip_prefix(' ').is_some_and(|folder| folder.ends_with('/') && !folder.starts_with(' '))
}

/// Writes the table that some lines begin with, without the blanks that align it, and says how many lines it has.
pub(super) fn write(lines: &[&str], level: Level, out: &mut Output) -> Option<usize> {
    let rows: Vec<Row<'_>> = lines.iter().map_while(|line| Row::read(line)).collect();
    if rows.is_empty() || !lines.get(rows.len()).is_some_and(|line| is_summary(line)) {
        return None;
    }
    if level == Level::Strong && rows.len() > MANY {
        let (first, last) = (rows.get(..FIRST)?, rows.get(rows.len() - LAST..)?);
        write_rows(first, level, out);
        let files = rows.len() - FIRST - LAST;
        out.marker(format_args!("{files} files left out"));
        write_rows(last, level, out);
    } else {
        write_rows(&rows, level, out);
    }
    Some(rows.len())
}

/// Rows that [`Level::Strong`] shows whole, and how many of more it shows.
const MANY: usize = 80;
const FIRST: usize = 50;
const LAST: usize = 10;

fn write_rows(rows: &[Row<'_>], level: Level, out: &mut Output) {
    let mut rest = rows;
    while let Some((first, after)) = rest.split_first() {
        let run = if level >= Level::Safe {
            directories::run(first.path, after.iter().map(|row| row.path), ROW)
        } else {
            None
        };
        let Some(run) = run else {
            out.pieces(&[" ", first.path, " | ", first.change]);
            rest = after;
            continue;
        };
        out.pieces(&[" ", run.directory]);
        for row in rest.iter().take(run.len) {
            out.pieces(&["  ", directories::name(row.path), " | ", row.change]);
        }
        rest = rest.get(run.len..).unwrap_or_default();
    }
}

/// What a grouped row costs beside its name.
const ROW: usize = 1;
