//! What a line of a search is.

use std::ops::Range;

/// How much is known of where a text is from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is what a search found.
    Searched,
    /// Only its form tells.
    Form,
}

/// Whether lines have numbers: `path:12:text`, or `path:text`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Numbered,
    Plain,
}

#[derive(Clone, Copy)]
pub(super) enum Line<'a> {
    /// Found in a file: its path, and the rest with the sign (`:`, or `-` for lines around) that divides them.
    Found { path: &'a str, tail: &'a str },
    /// `--` between lines that do not follow one another.
    Separator,
    /// No line of a search.
    Other(&'a str),
}

impl<'a> Line<'a> {
    /// The path of a found line.
    pub(super) const fn path(&self) -> Option<&'a str> {
        match self {
            Self::Found { path, .. } => Some(path),
            _ => None,
        }
    }
}

/// Unknown lines before the first known one, from which on a text is no search's.
const LONGEST_PREFACE: usize = 500;

/// What every line is. `None` when too many are no search's (of ten one, or two of a known search), or one is the
/// message of a compiler, or one could be taken for a line under a heading.
pub(super) fn read_all<'a>(lines: &[&'a str], trust: Trust, style: Style) -> Option<Vec<Line<'a>>> {
    let most = lines.len() / if trust == Trust::Searched { 5 } else { 10 };
    let mut read: Vec<Line<'a>> = Vec::with_capacity(lines.len());
    let (mut found, mut blank) = (0, 0);
    // Lines before the current one that may be lines around a match that comes later.
    let mut pending = 0;
    let mut unknown = 0;
    // The path of the match above, within one block of lines.
    let mut above: Option<&'a str> = None;
    for &line in lines {
        if line == "--" || line == "--\r" {
            read.push(Line::Separator);
            (unknown, pending, above) = (unknown + pending, 0, None);
        } else if let Some(at) = matched(line, trust, style) {
            let (path, tail) = line.split_at_checked(at)?;
            if is_diagnostic(tail) {
                return None;
            }
            let before = read.len() - pending..read.len();
            unknown += pending - around_later(&mut read, before, path, style);
            read.push(Line::Found { path, tail });
            (found, pending, above) = (found + 1, 0, Some(path));
        } else if let Some((path, tail)) = above.and_then(|path| around(line, path, style)) {
            read.push(Line::Found { path, tail });
        } else {
            read.push(Line::Other(line));
            if line.trim_ascii().is_empty() {
                blank += 1;
            } else {
                pending += 1;
            }
            if pending > LONGEST_PREFACE {
                return None;
            }
        }
        if unknown > most {
            return None;
        }
    }
    let most = (lines.len() - blank) / if trust == Trust::Searched { 5 } else { 10 };
    let is_search = found > 1 && unknown + pending <= most;
    let mistakable = |line: &Line<'_>| matches!(line, Line::Other(line) if is_under_heading(line, style));
    (is_search && !read.iter().any(mistakable)).then_some(read)
}

/// Takes lines before a match for lines around it, from the last one back, and says how many are.
fn around_later<'a>(read: &mut [Line<'a>], before: Range<usize>, path: &str, style: Style) -> usize {
    let mut count = 0;
    for line in read.get_mut(before).unwrap_or_default().iter_mut().rev() {
        let Line::Other(text) = *line else { break };
        let Some((path, tail)) = around(text, path, style) else { break };
        *line = Line::Found { path, tail };
        count += 1;
    }
    count
}

/// A line around a match in the file with this path: `path-12-text`, `path-text`.
fn around<'a>(line: &'a str, path: &str, style: Style) -> Option<(&'a str, &'a str)> {
    let tail = line.strip_prefix(path).filter(|tail| tail.starts_with('-'))?;
    let fits = match style {
        Style::Numbered => number(tail, b'-').is_some(),
        // A separator, if it stood alone.
        Style::Plain => tail.trim_end() != "--",
    };
    fits.then(|| line.split_at_checked(path.len()))?
}

/// Where the path of a matching line ends, or `None` for any other line.
fn matched(line: &str, trust: Trust, style: Style) -> Option<usize> {
    let bytes = line.as_bytes();
    // `C:\src\main.rs`
    let drive = matches!(bytes, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let from = if drive { 2 } else { 0 };
    let at = from + memchr::memchr(b':', bytes.get(from..)?)?;
    let (path, tail) = line.split_at_checked(at)?;
    // `2026-04-29T12:10:00`, `29/Apr/2026:12:10:00`
    let is_time = |from: usize| tail.get(from..).is_some_and(is_minute);
    let is_clock = is_time(0) && (ends_in_hour(path) || (is_time(3) && is_time(6)));
    let fits = style == Style::Plain || number(tail, b':').is_some();
    (fits && !is_clock && is_path(path, trust, style)).then_some(at)
}

/// The digits of `:12:` or `-12-` at the beginning of a text.
fn number(tail: &str, sign: u8) -> Option<&str> {
    let bytes = tail.as_bytes();
    let digits = bytes.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    let is_number =
        (1..10).contains(&digits) && bytes.first() == Some(&sign) && bytes.get(digits + 1) == Some(&sign);
    tail.get(1..=digits).filter(|_| is_number)
}

/// Whether a text begins with minutes: `:10`, and no third digit.
fn is_minute(tail: &str) -> bool {
    let bytes = tail.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    bytes.first() == Some(&b':') && digit(1) && digit(2) && !digit(3)
}

/// Whether a text ends as a date with an hour does: `2026-04-29T12`, `2026/04/29 12`.
fn ends_in_hour(path: &str) -> bool {
    matches!(path.as_bytes(), [.., day, b'T' | b' ' | b'_', tens, ones]
        if [day, tens, ones].iter().all(|byte| byte.is_ascii_digit()))
}

/// Whether a text may be a path: it has a slash or an ending, and nothing that paths hardly have. Blanks are for
/// known searches below a named folder: log lines have blanks too.
pub(super) fn is_path(text: &str, trust: Trust, style: Style) -> bool {
    let bytes = text.as_bytes();
    let below =
        ["./", "/", "../", "~/"].iter().any(|folder| text.starts_with(folder)) || bytes.get(1) == Some(&b':');
    if !is_plain(text) || (memchr::memchr(b' ', bytes).is_some() && !(below && trust == Trust::Searched)) {
        return false;
    }
    let slash = memchr::memrchr2(b'/', b'\\', bytes);
    let name = slash.and_then(|slash| text.get(slash + 1..)).unwrap_or(text);
    let has_slash = name.len() < text.len();
    let has_ending =
        name.as_bytes().windows(2).any(|pair| matches!(pair, [b'.', b] if b.is_ascii_alphabetic()));
    // `Makefile:12:`
    let is_word = name.len() > 3 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let numbered_word = is_word && trust == Trust::Searched && style == Style::Numbered;
    !name.is_empty() && (has_ending || has_slash || numbered_word)
}

/// Whether a text with the slash that ends it may be a folder.
pub(super) fn is_folder(text: &str) -> bool {
    text.ends_with(['/', '\\']) && is_plain(text)
}

/// Signs that paths hardly have.
const ODD: [bool; 256] = {
    let mut odd = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        odd[byte] = byte < 0x20
            || matches!(
                byte as u8,
                b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b';' | b'*' | b'?' | b'=' | b','
            );
        byte += 1;
    }
    odd
};

/// Whether a text has a letter, and no sign that paths hardly have.
fn is_plain(text: &str) -> bool {
    let opens_oddly = text.starts_with(['[', '(', '{', ' ', '-', '#']);
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let bytes = text.as_bytes();
    let is_odd = |&byte: &u8| ODD.get(usize::from(byte)).copied().unwrap_or(true);
    (1..=300).contains(&bytes.len()) && !opens_oddly && !bytes.iter().any(is_odd) && bytes.iter().any(letter)
}

/// Whether a line may stand under a folder: a name, and what was found in the file.
pub(super) fn names_file(line: &str, style: Style) -> bool {
    let Some(at) = line.find(':') else { return false };
    let (name, tail) = line.split_at(at);
    !name.is_empty() && !name.contains(['/', '\\']) && (style == Style::Plain || number(tail, b':').is_some())
}

/// Whether a match goes on as the message of a compiler or linter does: `:12:5: error: …`, `:12: warning: …`.
fn is_diagnostic(tail: &str) -> bool {
    let Some(line) = number(tail, b':') else { return false };
    let Some(mut text) = tail.get(line.len() + 2..) else { return false };
    let column = text.bytes().take_while(u8::is_ascii_digit).count();
    if column > 0 {
        match text.get(column..).and_then(|rest| rest.strip_prefix(':')) {
            Some(rest) => text = rest,
            None => return false,
        }
    }
    let Some(word) = text.strip_prefix(' ') else { return false };
    ["error", "warning", "note: ", "fatal error", "Error", "Warning"]
        .iter()
        .any(|kind| word.starts_with(kind))
}

/// Whether a line looks like one that stands under a heading: `12:text` or `13-text`; `:text` or `-text`.
pub(super) fn is_under_heading(line: &str, style: Style) -> bool {
    match style {
        Style::Numbered => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            (1..10).contains(&digits) && matches!(line.as_bytes().get(digits), Some(b':' | b'-'))
        }
        Style::Plain => line.starts_with([':', '-']) && line.trim_end() != "--",
    }
}
