//! One line as a terminal shows it.

use crate::alarm;
use std::borrow::Cow;

pub(super) struct Line<'a> {
    pub(super) shown: Cow<'a, str>,
    /// The carriage return of a Windows line ending.
    pub(super) ending: &'static str,
    pub(super) written_for_terminal: bool,
    /// It holds something that is not understood, so nothing of it is touched.
    pub(super) as_it_came: bool,
}

impl<'a> Line<'a> {
    pub(super) fn read(line: &'a str) -> Self {
        let (line, ending) = line.strip_suffix('\r').map_or((line, ""), |line| (line, "\r"));
        if memchr::memchr3(b'\x1b', b'\r', b'\x08', line.as_bytes()).is_none() {
            return Self { shown: line.into(), ending, written_for_terminal: false, as_it_came: false };
        }
        match draw(line) {
            Some(shown) => {
                Self { shown: shown.into(), ending, written_for_terminal: true, as_it_came: false }
            }
            None => Self { shown: line.into(), ending, written_for_terminal: true, as_it_came: true },
        }
    }
}

/// A progress line is not wider than this, in characters; it bounds the work for one redraw.
const WIDEST: usize = 1_000;

/// The line as it stands after all its codes, carriage returns and backspaces. `None` when it must stay as it came:
/// it moves the cursor in other ways, holds a code that is not understood, hides a word of alarm, or its last
/// state covers an earlier one only in part. Every character is taken to fill one cell.
pub(super) fn draw(line: &str) -> Option<String> {
    if let Some(plain) = without_colours(line) {
        return Some(plain);
    }
    let mut cells: Vec<char> = Vec::with_capacity(line.len());
    let mut cursor = 0;
    // Where what was written since the last carriage return ends.
    let mut written = 0;
    let mut back = false;
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        let mut returns = next == '\r';
        if next == '\x1b' {
            let (code, after) = Code::read(rest)?;
            match code {
                Code::Silent => {}
                Code::EraseToEnd if hides_alarm(cells.get(cursor..)) => return None,
                Code::EraseToEnd => cells.truncate(cursor),
                Code::EraseLine if hides_alarm(Some(&cells)) => return None,
                Code::EraseLine => cells.clear(),
                Code::Return => returns = true,
            }
            rest = after;
        } else {
            rest = rest.get(next.len_utf8()..).unwrap_or("");
        }
        if returns {
            if cells.len() > WIDEST || hides_alarm(Some(&cells)) {
                return None;
            }
            cursor = 0;
            written = 0;
        } else if next == '\x08' {
            // What is written over next must not be what went wrong.
            if !back && (cells.len() > WIDEST || hides_alarm(Some(&cells))) {
                return None;
            }
            cursor = cursor.saturating_sub(1);
        } else if next != '\x1b' {
            if cells.len() < cursor {
                cells.resize(cursor, ' ');
            }
            match cells.get_mut(cursor) {
                Some(cell) => *cell = next,
                None => cells.push(next),
            }
            cursor += 1;
            written = written.max(cursor);
        }
        back = next == '\x08';
    }
    let mixed = written > 0 && cells.len() > written;
    (!mixed).then(|| cells.into_iter().collect())
}

/// The line without codes that neither move nor erase. `None` when it holds others.
fn without_colours(line: &str) -> Option<String> {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = memchr::memchr3(b'\x1b', b'\r', b'\x08', rest.as_bytes()) {
        out.push_str(rest.get(..at)?);
        let (code, after) = Code::read(rest.get(at..)?)?;
        matches!(code, Code::Silent).then_some(())?;
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn hides_alarm(cells: Option<&[char]>) -> bool {
    alarm::says(&cells.unwrap_or_default().iter().collect::<String>())
}

enum Code {
    /// Colours, modes, titles: nothing that is shown moves or goes.
    Silent,
    EraseToEnd,
    EraseLine,
    /// To the first column, as a carriage return.
    Return,
}

/// A code that begins with `ESC [`: its parameters, its last letter, and what follows it.
pub(super) fn control(text: &str) -> Option<(&str, char, &str)> {
    let body = text.strip_prefix("\x1b[")?;
    let end = body.find(|letter: char| !(' '..='?').contains(&letter))?;
    let last = body.get(end..)?.chars().next()?;
    Some((body.get(..end)?, last, body.get(end + last.len_utf8()..)?))
}

impl Code {
    /// The escape code a text begins with, and what follows it.
    fn read(text: &str) -> Option<(Self, &str)> {
        if let Some((parameters, last, after)) = control(text) {
            let code = match (last, parameters) {
                ('m' | 'h' | 'l', _) => Self::Silent,
                // Nothing stands below a line that is being written.
                ('K' | 'J', "" | "0") => Self::EraseToEnd,
                ('K', "2") => Self::EraseLine,
                ('G', "" | "0" | "1") => Self::Return,
                // Cursor moves and the like: they may stand for blanks between words.
                _ => return None,
            };
            return Some((code, after));
        }
        let rest = text.strip_prefix('\x1b')?;
        let kind = rest.chars().next()?;
        let body = rest.get(kind.len_utf8()..)?;
        match kind {
            // A hyperlink's address is not shown, but a model may need it.
            ']' if body.starts_with("8;") => None,
            ']' | 'P' | '^' | '_' | 'X' => {
                let at = body.find(['\x07', '\x1b'])?;
                let end = body.get(at..)?;
                let after = end.strip_prefix('\x07').or_else(|| end.strip_prefix("\x1b\\"))?;
                Some((Self::Silent, after))
            }
            // Character sets: ESC ( B.
            '(' | ')' => body.get(1..).map(|after| (Self::Silent, after)),
            // Keypad modes.
            '=' | '>' => Some((Self::Silent, body)),
            _ => None,
        }
    }
}
