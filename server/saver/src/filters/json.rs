//! Pretty-printed JSON, without the blanks between its values.
//!
//! Nothing but blanks outside strings goes: the text is checked and copied, never parsed and printed again, so that
//! numbers of any length, doubled keys, escapes and the order of keys stay byte for byte. What is not strictly JSON
//! (comments, trailing commas, single quotes) stays as it is.

use crate::level::Level;
use crate::page::Page;

/// A line of the result is broken after a list or an object when it has this many bytes, so that it can be read, and
/// cut, by records. It costs one token in about sixty.
const WIDTH: usize = 200;

/// Lines are broken between values that lie no deeper than this: records of a list, also of one in an answer.
const BREAKS: usize = 4;

/// Values nested deeper than this are left alone.
const DEEPEST: usize = 200;

pub(crate) fn shorten(page: &Page<'_>, _level: Level) -> Option<String> {
    let text = page.text;
    let mut out = String::new();
    let mut copied = 0;
    let mut json = 0;
    // What was scanned in vain, which a text of many brackets must not multiply.
    let mut vain = 0;
    let mut from = if page.lines.first().is_some_and(|line| line.trim_start().starts_with(['{', '['])) {
        text.len() - text.trim_start().len()
    } else {
        next_opening(text, 0)?
    };
    loop {
        let rest = text.get(from..)?;
        let mut value =
            Scanner { bytes: rest.as_bytes(), at: 0, out: Vec::with_capacity(rest.len()), line: 0 };
        let next = match value.whole() {
            Some(()) => {
                out.push_str(text.get(copied..from)?);
                out.push_str(std::str::from_utf8(&value.out).ok()?);
                json += value.at;
                copied = from + value.at;
                copied
            }
            None => {
                vain += value.at;
                if vain > text.len() {
                    return None;
                }
                from
            }
        };
        match next_opening(text, next) {
            Some(at) => from = at,
            None => break,
        }
    }
    out.push_str(text.get(copied..)?);
    // A little text around it is fine; a page that shows some JSON is not JSON.
    (json * 2 >= text.len() && out.len() < text.len()).then_some(out)
}

/// Whether a text is one list or object over several lines, as printed or as this filter leaves it. What is repeated
/// in it are values, and times are data.
pub(super) fn is_document(text: &str) -> bool {
    let text = text.trim_ascii();
    let first = text.split('\n').next().unwrap_or_default().trim_ascii_end();
    text.starts_with(['{', '[']) && text.ends_with(['}', ']']) && first.ends_with(['{', '[', ','])
}

/// The next line after `from` that begins, at its first column, as a list or an object.
fn next_opening(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if from == 0 && matches!(bytes.first(), Some(b'{' | b'[')) {
        return Some(0);
    }
    let rest = bytes.get(from..)?;
    memchr::memchr_iter(b'\n', rest)
        .map(|end| from + end + 1)
        .find(|&line| matches!(bytes.get(line), Some(b'{' | b'[')))
}

/// Checks one value by the grammar of RFC 8259 and copies it without its blanks.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Vec<u8>,
    /// Where the line that is being written began.
    line: usize,
}

impl Scanner<'_> {
    /// A whole list or object, with nothing but a line's end after it.
    fn whole(&mut self) -> Option<()> {
        self.value(0)?;
        let end = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
        let alone = matches!(self.peek(), None | Some(b'\n'));
        // A carriage return there belongs to the line's end.
        self.at = end;
        alone.then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += rest.iter().take_while(is_blank).count();
    }

    /// Copies a byte that must come next.
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then_some(())?;
        self.out.push(byte);
        self.at += 1;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'{' => self.members(depth, b'}', true),
            b'[' => self.members(depth, b']', false),
            b'"' => self.string(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn members(&mut self, depth: usize, close: u8, named: bool) -> Option<()> {
        (depth < DEEPEST).then_some(())?;
        self.out.push(self.peek()?);
        self.at += 1;
        self.blanks();
        if self.peek()? == close {
            return self.take(close);
        }
        loop {
            if named {
                self.string()?;
                self.blanks();
                self.take(b':')?;
                self.blanks();
            }
            self.value(depth + 1)?;
            self.blanks();
            if self.peek()? == close {
                return self.take(close);
            }
            let record = matches!(self.out.last(), Some(b'}' | b']'));
            self.take(b',')?;
            self.blanks();
            if record && depth < BREAKS && self.out.len() - self.line >= WIDTH {
                self.out.push(b'\n');
                self.line = self.out.len();
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        let from = self.at;
        (self.peek()? == b'"').then_some(())?;
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let stop = memchr::memchr2(b'"', b'\\', rest)?;
            if rest.iter().take(stop).any(|&byte| byte < b' ') {
                return None;
            }
            self.at += stop;
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
        self.at += 1;
        self.out.extend_from_slice(self.bytes.get(from..self.at)?);
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let length = match *self.bytes.get(self.at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' => {
                let digits = self.bytes.get(self.at + 2..self.at + 6)?;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(6)?
            }
            _ => return None,
        };
        self.at += length;
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(word).then_some(())?;
        self.out.extend_from_slice(word);
        self.at += word.len();
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.out.extend_from_slice(self.bytes.get(from..self.at)?);
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
