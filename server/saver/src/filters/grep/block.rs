//! Lines that stand under one heading.

use super::line::{self, Line, Style};
use crate::filters::output::{Output, plural};
use crate::level::Level;

/// How many matches of one file are shown from the first on, and how many up to its last; lines around a match go
/// with it.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    first: usize,
    last: usize,
}

/// From the mildest on.
const STEPS: [Limits; 4] = [
    Limits { first: 8, last: 2 },
    Limits { first: 5, last: 1 },
    Limits { first: 2, last: 1 },
    Limits { first: 1, last: 0 },
];

impl Limits {
    /// What to try one after the other until the text is short enough. Below [`Level::Strong`] all is shown. There,
    /// the more was found the less of each file: in which files something is says more than every place in one.
    pub(super) fn steps(level: Level, lines: &[Line<'_>]) -> &'static [Self] {
        const WHOLE: [Limits; 1] = [Limits { first: usize::MAX / 4, last: 0 }];
        let found = lines.iter().filter(|line| line.path().is_some()).count();
        let first = match (level, found) {
            (Level::Exact | Level::Safe, _) => return &WHOLE,
            (Level::Strong, ..=100) => 0,
            (Level::Strong, ..=400) => 1,
            (Level::Strong, _) => 2,
        };
        STEPS.get(first..).unwrap_or(&STEPS)
    }

    /// The matches that are not shown of so many.
    const fn cut(self, matches: usize) -> std::ops::Range<usize> {
        // One or two more are not worth the marker.
        if matches > self.first + self.last + 2 { self.first..matches - self.last } else { 0..0 }
    }
}

/// Bytes of a line that [`Level::Strong`] shows whole, and of a longer one.
const LONG: usize = 320;
const BEGINNING: usize = 200;

pub(super) struct Writer {
    out: Output,
    level: Level,
    style: Style,
    limits: Limits,
    /// What was written last; nothing yet.
    last: Option<Last>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Block,
    Line,
}

impl Writer {
    pub(super) fn new(out: Output, level: Level, style: Style, limits: Limits) -> Self {
        Self { out, level, style, limits, last: None }
    }

    /// The text of some lines, and of so many files in which nothing was found.
    pub(super) fn write(mut self, lines: &[Line<'_>], empty: usize, source: &str) -> String {
        let mut rest = lines;
        while let Some(&first) = rest.first() {
            let taken = match first {
                Line::Found { path, tail } => self.found(path, tail, rest),
                Line::Separator => {
                    self.out.line("--");
                    self.last.get_or_insert(Last::Line);
                    1
                }
                Line::Other(line) => {
                    self.single(&[line]);
                    1
                }
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        if empty > 0 {
            self.begin(Last::Line);
            self.out.marker(format_args!("{empty} file{} without a match left out", plural(empty)));
        }
        self.out.finish(source)
    }

    /// Writes the lines that a found one begins, and says how many they are.
    fn found(&mut self, path: &str, tail: &str, lines: &[Line<'_>]) -> usize {
        let file = file(lines);
        if is_worth_it(path.len() + self.cut(), file.found) {
            self.heading(path);
            self.file(lines.get(..file.len).unwrap_or_default(), file.matches);
            return file.len;
        }
        if let Some(folder) = folder(path) {
            let len = neighbours(lines, folder);
            if is_worth_it(folder.len(), len) {
                self.heading(folder);
                for line in lines.iter().take(len) {
                    if let Line::Found { path, tail } = line {
                        let name = path.get(folder.len()..).unwrap_or_default();
                        self.line(name, tail);
                    }
                }
                return len;
            }
        }
        self.begin(Last::Line);
        self.line(path, tail);
        1
    }

    /// Bytes of a line's divider that a heading makes needless: `:12:` becomes `12:`.
    const fn cut(&self) -> usize {
        match self.style {
            Style::Numbered => 1,
            Style::Plain => 0,
        }
    }

    fn heading(&mut self, heading: &str) {
        self.begin(Last::Block);
        self.out.line(heading);
    }

    /// Lines that are no block's.
    fn single(&mut self, pieces: &[&str]) {
        if pieces.iter().any(|piece| !piece.is_empty()) {
            self.begin(Last::Line);
        } else {
            self.last = Some(Last::Line);
        }
        self.out.pieces(pieces);
    }

    /// Blocks stand apart, as `rg --heading` sets them.
    fn begin(&mut self, next: Last) {
        if self.last.is_some_and(|last| last == Last::Block || next == Last::Block) {
            self.out.line("");
        }
        self.last = Some(next);
    }

    /// The lines of one file under its path.
    fn file(&mut self, lines: &[Line<'_>], matches: usize) {
        let cut = self.limits.cut(matches);
        let (mut number, mut left_out) = (0, 0);
        for line in lines {
            let is_cut = cut.contains(&number);
            match line {
                Line::Found { tail, .. } => {
                    number += usize::from(is_match(tail));
                    if is_cut {
                        left_out += 1;
                        continue;
                    }
                    self.left_out(std::mem::take(&mut left_out));
                    self.line("", tail.get(self.cut()..).unwrap_or_default());
                }
                Line::Separator if is_cut => {}
                Line::Separator => self.out.line("--"),
                Line::Other(_) => {}
            }
        }
        self.left_out(left_out);
    }

    fn left_out(&mut self, lines: usize) {
        if lines > 0 {
            self.out.marker(format_args!("{lines} line{} of this file left out", plural(lines)));
        }
    }

    fn line(&mut self, name: &str, tail: &str) {
        if self.level < Level::Strong || tail.len() <= LONG {
            return self.out.pieces(&[name, tail]);
        }
        let shown = tail.get(..tail.floor_char_boundary(BEGINNING)).unwrap_or_default();
        let missing = tail.get(shown.len()..).map_or(0, |rest| rest.trim_end_matches('\r').chars().count());
        self.out.pieces(&[name, shown]);
        self.out.marker(format_args!("{missing} characters of this line left out"));
    }
}

/// Whether a heading of so many bytes saves some, when it stands for the beginning of so many lines. It takes a
/// line, and one around it.
const fn is_worth_it(bytes: usize, lines: usize) -> bool {
    bytes * lines > bytes + 4
}

/// Lines of the file that some begin with.
struct File {
    len: usize,
    /// Those that are no separators.
    found: usize,
    /// Those that are not only around a match.
    matches: usize,
}

fn is_match(tail: &str) -> bool {
    tail.starts_with(':')
}

fn file(lines: &[Line<'_>]) -> File {
    let mut file = File { len: 0, found: 0, matches: 0 };
    let Some(Line::Found { path: first, .. }) = lines.first() else { return file };
    for (index, line) in lines.iter().enumerate() {
        match line {
            Line::Found { path, tail } if path == first => {
                file.found += 1;
                file.matches += usize::from(is_match(tail));
                file.len = index + 1;
            }
            Line::Separator => {}
            _ => break,
        }
    }
    file
}

/// How many lines at the beginning are of files directly in a folder, each with one line.
fn neighbours(lines: &[Line<'_>], folder: &str) -> usize {
    let alone = |index: usize| {
        let here = lines.get(index).and_then(Line::path);
        let name = here.and_then(|path| path.strip_prefix(folder));
        name.is_some_and(|name| memchr::memchr2(b'/', b'\\', name.as_bytes()).is_none())
            && here != lines.get(index + 1).and_then(Line::path)
    };
    (0..lines.len()).take_while(|&index| alone(index)).count()
}

/// The folder of a path, with the slash that ends it.
fn folder(path: &str) -> Option<&str> {
    let end = memchr::memrchr2(b'/', b'\\', path.as_bytes())? + 1;
    path.get(..end).filter(|folder| line::is_folder(folder))
}
