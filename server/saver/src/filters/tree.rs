//! `tree`, `cargo tree`, `npm ls`, and trees that agents draw: the lines that are drawn in front of every name become
//! one blank a level, and files of one directory that follow one another go on one line when no name in the text has
//! a blank. Every name, note and summary stays, in its order.

use crate::level::Level;
use crate::marker;
use crate::page::Page;

/// A text with fewer branches may be about trees.
const FEWEST: usize = 4;

/// No tool takes more columns for a level: Gradle's `dependencies` takes these.
const WIDEST: usize = 5;

/// How many branches are shown at [`Level::Strong`], and from how many on it is cut. Of the others the topmost are
/// shown, where they are not many.
const SHOWN: usize = 150;
const CUT_FROM: usize = 200;
const TOPMOST: usize = 50;

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    if level < Level::Safe || page.lines.iter().filter(|line| is_branch(line)).take(FEWEST).count() < FEWEST {
        return None;
    }
    let lines = read(page)?;
    let joins = lines.iter().all(Line::has_plain_name);
    let branches = lines.iter().filter(|line| matches!(line, Line::Branch { .. })).count();
    let cut = level == Level::Strong && branches > CUT_FROM;
    let mut out = String::with_capacity(page.text.len());
    let mut written = 0_usize;
    let shown_below = if cut { topmost_below(&lines) } else { Vec::new() };
    // How deep the files are that the line being written lists.
    let mut listing: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        if let Line::Branch { .. } = line {
            written += 1;
            if cut && written == SHOWN + 1 {
                out.push('\n');
                let missing = branches - SHOWN - shown_below.len();
                let below = if shown_below.is_empty() { "" } else { "; those below are the topmost" };
                marker::push(&mut out, format_args!("{missing} more branches left out{below}"));
                listing = None;
            }
            if cut && written > SHOWN && !shown_below.contains(&index) {
                continue;
            }
        }
        let leaf = lines.get(index + 1).is_none_or(|below| below.depth() <= line.depth());
        match *line {
            Line::Other(text) => {
                start_line(&mut out, index);
                out.push_str(text);
                listing = None;
            }
            Line::Spacer => {
                start_line(&mut out, index);
                listing = None;
            }
            Line::Branch { depth, name } if joins && leaf && listing == Some(depth) => {
                out.push(' ');
                push_name(&mut out, name);
            }
            Line::Branch { depth, name } => {
                start_line(&mut out, index);
                out.extend(std::iter::repeat_n(' ', depth));
                push_name(&mut out, name);
                listing = leaf.then_some(depth);
            }
        }
    }
    Some(out).filter(|out| out.len() < page.text.len())
}

/// The topmost of the branches that are not among the first [`SHOWN`], by their lines. Empty when they are many.
fn topmost_below(lines: &[Line<'_>]) -> Vec<usize> {
    let is_branch = |(_, line): &(usize, &Line<'_>)| matches!(line, Line::Branch { .. });
    let branches = || lines.iter().enumerate().filter(is_branch);
    let top = branches().map(|(_, line)| line.depth()).min();
    let below: Vec<usize> = branches()
        .skip(SHOWN)
        .filter(|(_, line)| Some(line.depth()) == top)
        .map(|(index, _)| index)
        .take(TOPMOST + 1)
        .collect();
    if below.len() > TOPMOST { Vec::new() } else { below }
}

fn start_line(out: &mut String, index: usize) {
    if index > 0 {
        out.push('\n');
    }
}

/// `[4.0K]  name`: the second blank aligns nothing.
fn push_name(out: &mut String, name: &str) {
    match name.split_once("]  ") {
        Some((note, name)) if note.starts_with('[') && !name.starts_with(' ') => {
            out.push_str(note);
            out.push_str("] ");
            out.push_str(name);
        }
        _ => out.push_str(name),
    }
}

#[derive(Clone, Copy)]
enum Line<'a> {
    Branch {
        depth: usize,
        name: &'a str,
    },
    /// Only lines that are drawn on.
    Spacer,
    /// No part of the tree, or its root.
    Other(&'a str),
}

impl Line<'_> {
    const fn depth(&self) -> usize {
        match self {
            Self::Branch { depth, .. } => *depth,
            Self::Spacer | Self::Other(_) => 0,
        }
    }

    fn has_plain_name(&self) -> bool {
        match self {
            Self::Branch { name, .. } => !name.contains([' ', '\t', '\r']),
            Self::Spacer | Self::Other(_) => true,
        }
    }
}

/// The lines of a text in which all branches stand where branches of a tree can stand; `None` for any other text.
fn read<'a>(page: &Page<'a>) -> Option<Vec<Line<'a>>> {
    let drawn: Vec<Drawn<'a>> = page.lines.iter().map(|line| Drawn::read(line)).collect();
    // How wide a level is: `tree` takes four columns, `npm ls` two.
    let columns = drawn.iter().filter_map(|line| match line {
        Drawn::Branch { column, .. } if *column > 0 => Some(*column),
        _ => None,
    });
    let unit = columns.min().unwrap_or(4);
    if unit > WIDEST {
        return None;
    }
    let mut lines = Vec::with_capacity(drawn.len());
    let mut deepest = 1;
    let mut ended = true;
    for (line, text) in drawn.iter().zip(&page.lines) {
        let ended = std::mem::replace(&mut ended, matches!(line, Drawn::Empty));
        let (column, name) = match *line {
            Drawn::Branch { column, name } => (column, name),
            // What stands below a branch and is no branch itself: cargo's `[build-dependencies]`.
            // A blank line ends a tree, and `tree --du` sums up below it with two blanks in front.
            Drawn::Text { column, name } if column > 0 && !ended => (column, name),
            Drawn::Text { .. } => {
                lines.push(Line::Other(text));
                deepest = 1;
                continue;
            }
            Drawn::Spacer => {
                lines.push(Line::Spacer);
                continue;
            }
            Drawn::Empty => {
                lines.push(Line::Other(text));
                continue;
            }
        };
        let depth = column / unit + 1;
        if column % unit != 0 || depth > deepest {
            return None;
        }
        deepest = depth + 1;
        lines.push(Line::Branch { depth, name });
    }
    Some(lines)
}

/// A line as it is drawn. Columns count characters.
enum Drawn<'a> {
    Branch { column: usize, name: &'a str },
    Text { column: usize, name: &'a str },
    Spacer,
    Empty,
}

impl<'a> Drawn<'a> {
    fn read(line: &'a str) -> Self {
        let mut column = 0;
        let mut rest = line;
        let mut vertical = false;
        loop {
            if let Some(name) = branch(rest) {
                return Self::Branch { column, name };
            }
            let mut letters = rest.chars();
            match letters.next() {
                // `tree` fills with blanks that do not break.
                Some(' ' | '\u{a0}') => {}
                Some('│' | '┃' | '|') => vertical = true,
                None if vertical => return Self::Spacer,
                None => return Self::Empty,
                Some('\r') if letters.as_str().is_empty() && !vertical => return Self::Empty,
                Some(_) => return Self::Text { column, name: rest },
            }
            rest = letters.as_str();
            column += 1;
        }
    }
}

/// Whether a line holds a branch, however deep.
fn is_branch(line: &str) -> bool {
    let first = line.bytes().find(|byte| *byte != b' ');
    // "|", "`", "+", "\", or the first byte of "│", "├", "└" and of the blank that does not break.
    matches!(first, Some(b'|' | b'`' | b'+' | b'\\' | 0xe2 | 0xc2))
        && matches!(Drawn::read(line), Drawn::Branch { .. })
}

/// The name on a branch that a text begins with: `├── name`, `└─┬ name`, `|-- name`, `` `-- name ``, `+- name`.
fn branch(text: &str) -> Option<&str> {
    let mut letters = text.chars();
    let drawn = match letters.next()? {
        '├' | '└' | '╰' | '┣' | '┗' => true,
        '|' | '`' | '+' | '\\' => false,
        _ => return None,
    };
    let lines = letters.as_str();
    let after =
        if drawn { lines.trim_start_matches(['─', '━', '╴']) } else { lines.trim_start_matches('-') };
    if after.len() == lines.len() {
        return None;
    }
    let after = after.strip_prefix('┬').unwrap_or(after);
    let name = after.trim_start_matches([' ', '\u{a0}']);
    (name.len() < after.len() && !name.trim_end_matches('\r').is_empty()).then_some(name)
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
