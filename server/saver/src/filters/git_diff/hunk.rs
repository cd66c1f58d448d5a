//! A hunk: what stands under one `@@` line.

use crate::filters::fold;
use crate::filters::output::{Output, WORTH_A_MARKER, plural};
use crate::level::Level;

/// A merge of more parents than this is left alone.
const MOST_PARENTS: usize = 8;

/// Unchanged lines that stay next to a change: what git shows unless asked for more.
const NEAR: usize = 3;

/// First line and number of lines of one side.
#[derive(Clone, Copy, Default)]
struct Range {
    start: usize,
    lines: usize,
}

/// The `@@ -1,7 +1,9 @@ section` line, or a merge's, with an `@` and an old side more for each parent.
pub(super) struct Header<'a> {
    parents: usize,
    old: [Range; MOST_PARENTS],
    new: Range,
    /// From the closing `@@` on.
    section: &'a str,
}

impl<'a> Header<'a> {
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let signs = line.bytes().take_while(|&byte| byte == b'@').count();
        let parents = signs.checked_sub(1).filter(|parents| (1..=MOST_PARENTS).contains(parents))?;
        let mut old = [Range::default(); MOST_PARENTS];
        let mut rest = line.get(signs..)?;
        for range in old.iter_mut().take(parents) {
            (*range, rest) = side(rest, " -")?;
        }
        let (new, rest) = side(rest, " +")?;
        let section = rest.strip_prefix(' ')?;
        let after = section.strip_prefix(line.get(..signs)?)?;
        let ends = after.is_empty() || after.starts_with([' ', '\r']);
        ends.then_some(Self { parents, old, new, section })
    }
}

/// One side's range behind its sign.
fn side<'a>(text: &'a str, sign: &str) -> Option<(Range, &'a str)> {
    let (start, rest) = number(text.strip_prefix(sign)?)?;
    match rest.strip_prefix(',') {
        Some(rest) => number(rest).map(|(lines, rest)| (Range { start, lines }, rest)),
        None => Some((Range { start, lines: 1 }, rest)),
    }
}

/// Larger ones are no line numbers, and their sums might not fit.
fn number(text: &str) -> Option<(usize, &str)> {
    fold::number(text).filter(|(number, _)| *number < 1_000_000_000)
}

/// What a line of a hunk is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unchanged,
    Added,
    Removed,
    /// `\ No newline at end of file`.
    Note,
}

impl Kind {
    fn of(line: &str, parents: usize) -> Option<Self> {
        // Some programs cut the blank of an empty line.
        if line.is_empty() || line == "\r" {
            return Some(Self::Unchanged);
        }
        if line.starts_with('\\') {
            return Some(Self::Note);
        }
        let signs = line.as_bytes().get(..parents)?;
        if signs.iter().all(|&sign| sign == b' ') {
            Some(Self::Unchanged)
        } else if signs.iter().all(|&sign| sign == b' ' || sign == b'-') {
            Some(Self::Removed)
        } else if signs.iter().all(|&sign| sign == b' ' || sign == b'+') {
            Some(Self::Added)
        } else {
            None
        }
    }
}

/// Numbers of lines.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    added: usize,
    removed: usize,
    unchanged: usize,
}

impl Counts {
    fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Added => self.added += 1,
            Kind::Removed => self.removed += 1,
            Kind::Unchanged => self.unchanged += 1,
            Kind::Note => {}
        }
    }

    /// As `git diff --stat` would sum up: `+12 -3`.
    pub(super) fn changes(self) -> String {
        format!("+{} -{}", self.added, self.removed)
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.added += more.added;
        self.removed += more.removed;
        self.unchanged += more.unchanged;
    }
}

/// How many lines of a long hunk are shown from its beginning and its end.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    head: usize,
    tail: usize,
    /// So many bytes into the text, hunks are counted and not shown.
    pub(super) bytes: usize,
}

/// From the mildest on. Whatever the last leaves out, every file is named.
const STEPS: [Limits; 6] = [
    Limits { head: 60, tail: 20, bytes: usize::MAX },
    Limits { head: 30, tail: 10, bytes: usize::MAX },
    Limits { head: 12, tail: 4, bytes: usize::MAX },
    Limits { head: 6, tail: 2, bytes: usize::MAX },
    Limits { head: 3, tail: 1, bytes: usize::MAX },
    Limits { head: 6, tail: 2, bytes: 10 << 10 },
];

impl Limits {
    /// What to try one after the other until the text is short enough. Below [`Level::Strong`] hunks are whole.
    /// There, the longer the text the less of each: the names of all its files say more than all lines of one.
    pub(super) fn steps(level: Level, lines: usize) -> &'static [Self] {
        const WHOLE: [Limits; 1] = [Limits { head: usize::MAX / 4, tail: 0, bytes: usize::MAX }];
        let first = match (level, lines) {
            (Level::Exact | Level::Safe, _) => return &WHOLE,
            (Level::Strong, ..=250) => 0,
            (Level::Strong, ..=600) => 1,
            (Level::Strong, _) => 2,
        };
        STEPS.get(first..).unwrap_or(&STEPS)
    }
}

/// A hunk, and where it stands.
pub(super) struct Hunk<'p, 'a> {
    header: Header<'a>,
    top: &'a str,
    body: &'p [&'a str],
    /// Whether it has all lines that its header speaks of.
    whole: bool,
}

/// What is written of a hunk.
enum Piece<'a> {
    Line(Kind, &'a str),
    /// So many unchanged lines are left out here.
    Gap(usize),
}

impl<'p, 'a> Hunk<'p, 'a> {
    /// The hunk that some lines begin with, as far as its header's numbers reach.
    pub(super) fn read(lines: &'p [&'a str]) -> Option<Self> {
        let (&top, rest) = lines.split_first()?;
        let header = Header::read(top)?;
        let (mut old, mut new) = (header.old.map(|range| range.lines), header.new.lines);
        let mut len = 0;
        for &line in rest {
            let Some(kind) = Kind::of(line, header.parents) else { break };
            let over = new == 0 && old.iter().all(|&left| left == 0);
            if kind == Kind::Note {
                len += 1;
                continue;
            }
            if over || !take(line, kind, header.parents, &mut old, &mut new) {
                break;
            }
            len += 1;
        }
        let whole = new == 0 && old.iter().all(|&left| left == 0);
        Some(Self { header, top, body: rest.get(..len)?, whole })
    }

    /// Its lines, header and all.
    pub(super) const fn len(&self) -> usize {
        self.body.len() + 1
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.body
            .iter()
            .filter_map(|line| Kind::of(line, self.header.parents))
            .for_each(|kind| counts.count(kind));
        counts
    }

    /// Writes the hunk, and says how many unchanged lines at its ends are missing without a marker: its header then
    /// gives the lines that are there.
    pub(super) fn write(&self, level: Level, limits: Limits, out: &mut Output) -> usize {
        let kind = |line: &&'a str| Kind::of(line, self.header.parents).unwrap_or(Kind::Note);
        let changed = |line: &&'a str| kind(line) != Kind::Unchanged;
        let (Some(first), Some(last)) =
            (self.body.iter().position(changed), self.body.iter().rposition(changed))
        else {
            out.line(self.top);
            out.lines(self.body);
            return 0;
        };
        let (above, below) = if level == Level::Strong { self.trims(first, last) } else { (0, 0) };
        self.write_header(above, below, out);
        let shown = above..self.body.len() - below;
        let mut pieces: Vec<Piece<'a>> = Vec::with_capacity(shown.len());
        let near = if level == Level::Strong { 1 } else { NEAR };
        let mut at = shown.start;
        while let Some(&line) = self.body.get(at).filter(|_| at < shown.end) {
            if kind(&line) != Kind::Unchanged {
                pieces.push(Piece::Line(kind(&line), line));
                at += 1;
                continue;
            }
            let rest = self.body.get(at..shown.end).unwrap_or_default();
            let run = rest.iter().position(changed).unwrap_or(rest.len());
            let run = rest.get(..run).unwrap_or_default();
            // The end of a hunk that is cut off may have changes next to it that nobody sees.
            let ends = at + run.len() == shown.end && self.whole;
            let (head, tail) = (if at < first { 0 } else { near }, if ends { 0 } else { near });
            fold(run, head, tail, &mut pieces);
            at += run.len();
        }
        write_pieces(&pieces, limits, out);
        above + below
    }

    /// How many unchanged lines at either end need not be shown beside one next to the changes.
    fn trims(&self, first: usize, last: usize) -> (usize, usize) {
        if self.header.parents != 1 || !self.whole {
            return (0, 0);
        }
        let above = self.body.get(..first.saturating_sub(1)).unwrap_or_default();
        // The section in the header is the last line before the hunk that begins with a letter (git's default): a
        // later one that is left out would make it wrong.
        let named = above.iter().position(|line| {
            line.as_bytes()
                .get(1)
                .is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$')
        });
        (named.unwrap_or(above.len()), (self.body.len() - 1 - last).saturating_sub(1))
    }

    fn write_header(&self, above: usize, below: usize, out: &mut Output) {
        let [old, ..] = self.header.old;
        if above + below == 0 {
            return out.line(self.top);
        }
        let range = |side: Range| {
            let (start, lines) = (side.start + above, side.lines - above - below);
            if lines == 1 { start.to_string() } else { format!("{start},{lines}") }
        };
        out.pieces(&["@@ -", &range(old), " +", &range(self.header.new), " ", self.header.section]);
    }
}

/// Takes a line off what each side still has to show; `false` when a side has no such line left.
fn take(line: &str, kind: Kind, parents: usize, old: &mut [usize; MOST_PARENTS], new: &mut usize) -> bool {
    // A merge's line is in a parent unless it was added to it, and in the result unless it was removed.
    let absent = if kind == Kind::Removed { b' ' } else { b'+' };
    let signs = line.as_bytes();
    for (parent, left) in old.iter_mut().enumerate().take(parents) {
        let sign = signs.get(parent).copied().unwrap_or(b' ');
        if kind == Kind::Unchanged || sign != absent {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => return false,
            }
        }
    }
    if kind != Kind::Removed {
        match new.checked_sub(1) {
            Some(less) => *new = less,
            None => return false,
        }
    }
    true
}

/// A run of unchanged lines with its middle left out, where that is shorter than saying so.
fn fold<'a>(run: &[&'a str], head: usize, tail: usize, pieces: &mut Vec<Piece<'a>>) {
    let middle = head.min(run.len())..run.len().saturating_sub(tail).max(head.min(run.len()));
    let left_out = run.get(middle.clone()).unwrap_or_default();
    let bytes: usize = left_out.iter().map(|line| line.len() + 1).sum();
    let lines = |lines: &[&'a str], pieces: &mut Vec<Piece<'a>>| {
        pieces.extend(lines.iter().map(|&line| Piece::Line(Kind::Unchanged, line)));
    };
    if left_out.len() < 3 || bytes < WORTH_A_MARKER {
        return lines(run, pieces);
    }
    lines(run.get(..middle.start).unwrap_or_default(), pieces);
    pieces.push(Piece::Gap(left_out.len()));
    lines(run.get(middle.end..).unwrap_or_default(), pieces);
}

fn write_pieces(pieces: &[Piece<'_>], limits: Limits, out: &mut Output) {
    // Less than this over the limit is not worth the marker.
    let most = limits.head + limits.tail + 3;
    let cut = if pieces.len() > most { limits.head..pieces.len() - limits.tail } else { 0..0 };
    let mut counts = Counts::default();
    for (index, piece) in pieces.iter().enumerate() {
        if cut.contains(&index) {
            match piece {
                Piece::Line(kind, _) => counts.count(*kind),
                Piece::Gap(lines) => counts.unchanged += lines,
            }
            if index + 1 == cut.end {
                let lines = counts.added + counts.removed + counts.unchanged;
                let changes = counts.changes();
                out.marker(format_args!("{lines} line{} of this hunk left out ({changes})", plural(lines)));
            }
            continue;
        }
        match piece {
            Piece::Line(_, line) => out.line(line),
            Piece::Gap(lines) => {
                out.marker(format_args!("{lines} unchanged line{} left out", plural(*lines)))
            }
        }
    }
}
