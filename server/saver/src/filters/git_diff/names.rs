//! Lists of `git diff --name-status` (`M<tab>src/a.rs`) and `--numstat` (`12<tab>3<tab>src/a.rs`).

use crate::filters::directories;
use crate::filters::output::Output;

/// A row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row<'a> {
    /// What happened to a path.
    State { state: &'a str, path: &'a str },
    /// How many lines of it came and went.
    Counts { counts: &'a str, path: &'a str },
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (first, rest) = line.split_once('\t')?;
        if matches!(first, "A" | "M" | "D" | "T" | "U") {
            return Some(Self::State { state: first, path: rest }).filter(|_| !rest.is_empty());
        }
        let (second, path) = rest.split_once('\t')?;
        // Of a binary file there are no lines to count: `-`.
        let is_count =
            |text: &str| text == "-" || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        let counts = line.get(..first.len() + 1 + second.len())?;
        (is_count(first) && is_count(second) && !path.is_empty()).then_some(Self::Counts { counts, path })
    }

    const fn path(self) -> &'a str {
        match self {
            Self::State { path, .. } | Self::Counts { path, .. } => path,
        }
    }

    /// Whether two rows may stand under one folder: of states it is said there.
    fn goes_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::State { state, .. }, Self::State { state: other, .. }) => state == other,
            (Self::Counts { .. }, Self::Counts { .. }) => true,
            _ => false,
        }
    }
}

/// Whether a line is a row, alone or under its folder.
pub(super) fn is_row(line: &str) -> bool {
    Row::read(line.strip_prefix('\t').unwrap_or(line)).is_some()
}

/// Writes the rows that some lines begin with and that share a folder, and says how many they are.
pub(super) fn write(lines: &[&str], out: &mut Output) -> Option<usize> {
    let first = Row::read(lines.first()?)?;
    // With names under it, it is a folder, and no row.
    let row = |pair: (&&'_ str, Option<&&'_ str>)| pair.1.is_none_or(|next| !next.starts_with('\t'));
    let nexts = lines.iter().skip(1).map(Some).chain(std::iter::once(None));
    let rows = lines.iter().zip(nexts).take_while(|&pair| row(pair)).map_while(|(line, _)| Row::read(line));
    let alike: Vec<&str> = rows.take_while(|row| first.goes_with(*row)).map(Row::path).collect();
    let (path, after) = alike.split_first()?;
    let run = directories::run(path, after.iter().copied(), 1)?;
    match first {
        Row::State { state, .. } => out.pieces(&[state, "\t", run.directory]),
        Row::Counts { .. } => out.line(run.directory),
    }
    for row in lines.iter().take(run.len).filter_map(|line| Row::read(line)) {
        match row {
            Row::State { path, .. } => out.pieces(&["\t", directories::name(path)]),
            Row::Counts { counts, path } => out.pieces(&["\t", counts, "\t", directories::name(path)]),
        }
    }
    Some(run.len)
}
