//! A cursor over JSON text: validates in one pass, says where each value lies, decodes only what is asked.
//!
//! serde_json would do for values; it cannot say where a member lies, refuse duplicate keys at any depth, or
//! let one odd field pass without losing the rest. Requests are read `strict`; replies are read leniently,
//! because what a provider sends is to be understood as far as possible.

mod text;
pub(crate) mod tree;
pub(crate) mod write;

use std::{borrow::Cow, collections::HashSet, ops::Range};

pub(crate) use text::quote;
use text::{special, unescape};

/// The deepest nesting accepted; the same as serde_json's.
pub(crate) const MAX_DEPTH: u32 = 128;

/// From this many members an object's keys are looked up by hash: a long object must not cost its square.
const MANY: usize = 24;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) at: usize,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// Something else should stand here.
    Expected(&'static str),
    /// The text ends too early.
    Ends,
    /// An object states this key twice.
    Duplicate(String),
    /// Deeper than `MAX_DEPTH`.
    TooDeep,
    /// Something follows the value.
    Trailing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    depth: u32,
    strict: bool,
    /// Keys of the objects we are inside of, innermost last.
    keys: Vec<Cow<'a, [u8]>>,
}

type Keys<'a> = HashSet<Cow<'a, [u8]>>;

impl<'a> Cursor<'a> {
    /// Refuses duplicate keys. The text must be UTF-8.
    pub(crate) fn strict(text: &'a [u8]) -> Self {
        Self { text, at: 0, depth: 0, strict: true, keys: Vec::with_capacity(32) }
    }

    /// Lets duplicate keys and bad UTF-8 pass.
    pub(crate) fn lenient(text: &'a [u8]) -> Self {
        Self { text, at: 0, depth: 0, strict: false, keys: Vec::new() }
    }

    /// The shape of the next value, which is not consumed.
    pub(crate) fn shape(&mut self) -> Result<Shape, Flaw> {
        self.space();
        match self.text.get(self.at) {
            Some(b'{') => Ok(Shape::Object),
            Some(b'[') => Ok(Shape::Array),
            Some(b'"') => Ok(Shape::String),
            Some(b'-' | b'0'..=b'9') => Ok(Shape::Number),
            Some(b't') => Ok(Shape::True),
            Some(b'f') => Ok(Shape::False),
            Some(b'n') => Ok(Shape::Null),
            Some(_) => Err(self.expected("a value")),
            None => Err(self.ends()),
        }
    }

    /// Whether the next value, which is not consumed, is an object.
    pub(crate) fn is_object(&mut self) -> Result<bool, Flaw> {
        Ok(self.shape()? == Shape::Object)
    }

    /// Where the cursor stands.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Reads past the next value.
    pub(crate) fn skip(&mut self) -> Result<(), Flaw> {
        match self.shape()? {
            Shape::Object => self.object(|cursor, _| cursor.skip()).map(drop),
            Shape::Array => self.array(Self::skip).map(drop),
            Shape::String => self.string().map(drop),
            Shape::Number => self.digits().map(drop),
            Shape::True => self.word(b"true"),
            Shape::False => self.word(b"false"),
            Shape::Null => self.word(b"null"),
        }
    }

    /// Reads past the next value and says where it lies.
    pub(crate) fn span(&mut self) -> Result<Range<usize>, Flaw> {
        self.space();
        let start = self.at;
        self.skip()?;
        Ok(start..self.at)
    }

    /// Reads past the next value; is it more than `null`, `false`, `0`, `""`, `[]` and `{}`?
    pub(crate) fn filled(&mut self) -> Result<bool, Flaw> {
        let shape = self.shape()?;
        let start = self.at;
        self.skip()?;
        let inside = &self.text[start..self.at];
        Ok(match shape {
            Shape::Null | Shape::False => false,
            Shape::True => true,
            Shape::String => inside.len() > 2,
            Shape::Number => inside != b"0",
            Shape::Object | Shape::Array => {
                !inside[1..inside.len() - 1].iter().all(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
            }
        })
    }

    /// Calls `on` for each member, which must consume exactly one value. A value that is no object is read
    /// past, and the answer is `false`.
    pub(crate) fn object(
        &mut self,
        mut on: impl FnMut(&mut Self, &[u8]) -> Result<(), Flaw>,
    ) -> Result<bool, Flaw> {
        self.members(|cursor, key| on(cursor, &key))
    }

    /// The same, with keys as text that outlives the cursor. Bad UTF-8 becomes U+FFFD.
    pub(crate) fn keyed(
        &mut self,
        mut on: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), Flaw>,
    ) -> Result<bool, Flaw> {
        self.members(|cursor, key| on(cursor, into_text(key)))
    }

    fn members(
        &mut self,
        mut on: impl FnMut(&mut Self, Cow<'a, [u8]>) -> Result<(), Flaw>,
    ) -> Result<bool, Flaw> {
        if self.shape()? != Shape::Object {
            self.skip()?;
            return Ok(false);
        }
        self.enter()?;
        let first = self.keys.len();
        let mut many = None;
        self.space();
        if self.text.get(self.at) == Some(&b'}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(true);
        }
        loop {
            self.space();
            let start = self.at;
            let key = match self.text.get(start) {
                Some(b'"') => self.key()?,
                Some(_) => return Err(self.expected("a key in double quotes")),
                None => return Err(self.ends()),
            };
            if self.strict {
                self.unique(key.clone(), start, first, &mut many)?;
            }
            self.space();
            match self.text.get(self.at) {
                Some(b':') => self.at += 1,
                Some(_) => return Err(self.expected("`:`")),
                None => return Err(self.ends()),
            }
            let before = self.at;
            on(self, key)?;
            debug_assert!(self.at > before, "a member's value was not consumed");
            if !self.more(b'}', "`,` or `}`")? {
                break;
            }
        }
        self.keys.truncate(first);
        self.depth -= 1;
        Ok(true)
    }

    /// Calls `on` for each item, which must consume exactly one value. A value that is no array is read past,
    /// and the answer is `false`.
    pub(crate) fn array(&mut self, mut on: impl FnMut(&mut Self) -> Result<(), Flaw>) -> Result<bool, Flaw> {
        if self.shape()? != Shape::Array {
            self.skip()?;
            return Ok(false);
        }
        self.enter()?;
        self.space();
        if self.text.get(self.at) == Some(&b']') {
            self.at += 1;
        } else {
            loop {
                let before = self.at;
                on(self)?;
                debug_assert!(self.at > before, "an item was not consumed");
                if !self.more(b']', "`,` or `]`")? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(true)
    }

    /// The next value if it is a string. Bad UTF-8 and lone surrogates become U+FFFD.
    pub(crate) fn text(&mut self) -> Result<Option<Cow<'a, str>>, Flaw> {
        Ok(self.text_bytes()?.map(into_text))
    }

    /// The next value if it is a string; a lone surrogate is left as its three bytes, which are no UTF-8.
    pub(crate) fn text_bytes(&mut self) -> Result<Option<Cow<'a, [u8]>>, Flaw> {
        if self.shape()? != Shape::String {
            self.skip()?;
            return Ok(None);
        }
        let (raw, escaped) = self.string()?;
        Ok(Some(if escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }))
    }

    /// The next value if it is a number that a count can be; fractions are cut.
    pub(crate) fn count(&mut self) -> Result<Option<u64>, Flaw> {
        if self.shape()? != Shape::Number {
            self.skip()?;
            return Ok(None);
        }
        let number = String::from_utf8_lossy(self.digits()?);
        Ok(number.parse().ok().or_else(|| {
            // The cast saturates.
            number.parse::<f64>().ok().filter(|value| *value >= 0.0).map(|value| value as u64)
        }))
    }

    /// The next value if it is a number.
    pub(crate) fn number(&mut self) -> Result<Option<f64>, Flaw> {
        if self.shape()? != Shape::Number {
            self.skip()?;
            return Ok(None);
        }
        Ok(String::from_utf8_lossy(self.digits()?).parse().ok())
    }

    /// Whether the next value is `true`.
    pub(crate) fn is_true(&mut self) -> Result<bool, Flaw> {
        let yes = self.shape()? == Shape::True;
        self.skip()?;
        Ok(yes)
    }

    /// Nothing but white space may follow.
    pub(crate) fn end(&mut self) -> Result<(), Flaw> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { Err(Flaw { at: self.at, what: What::Trailing }) }
    }

    fn expected(&self, what: &'static str) -> Flaw {
        Flaw { at: self.at, what: What::Expected(what) }
    }

    fn ends(&self) -> Flaw {
        Flaw { at: self.text.len(), what: What::Ends }
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    fn enter(&mut self) -> Result<(), Flaw> {
        if self.depth == MAX_DEPTH {
            return Err(Flaw { at: self.at, what: What::TooDeep });
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// After a member or item: does another follow?
    fn more(&mut self, close: u8, expected: &'static str) -> Result<bool, Flaw> {
        self.space();
        match self.text.get(self.at) {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if *byte == close => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => Err(self.expected(expected)),
            None => Err(self.ends()),
        }
    }

    fn key(&mut self) -> Result<Cow<'a, [u8]>, Flaw> {
        let (raw, escaped) = self.string()?;
        Ok(if escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) })
    }

    /// `"\u0061"` and `"a"` are one key.
    fn unique(
        &mut self,
        key: Cow<'a, [u8]>,
        start: usize,
        first: usize,
        many: &mut Option<Keys<'a>>,
    ) -> Result<(), Flaw> {
        let name = |key: &[u8]| String::from_utf8_lossy(key).chars().take(80).collect();
        if let Some(many) = many {
            if let Some(key) = many.replace(key) {
                return Err(Flaw { at: start, what: What::Duplicate(name(&key)) });
            }
        } else if self.keys[first..].contains(&key) {
            return Err(Flaw { at: start, what: What::Duplicate(name(&key)) });
        } else {
            self.keys.push(key);
            if self.keys.len() - first == MANY {
                *many = Some(self.keys.drain(first..).collect());
            }
        }
        Ok(())
    }

    /// A string, from quote to quote: what is inside, and whether it has escapes.
    fn string(&mut self) -> Result<(&'a [u8], bool), Flaw> {
        let start = self.at + 1;
        let mut escaped = false;
        self.at = start;
        loop {
            self.at = special(self.text, self.at);
            match self.text.get(self.at) {
                Some(b'"') => {
                    let inside = &self.text[start..self.at];
                    self.at += 1;
                    return Ok((inside, escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err(self.expected("an escape such as \\n in place of a control character")),
                None => return Err(self.ends()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Flaw> {
        match self.text.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.text.get(self.at + 2..self.at + 6).ok_or_else(|| self.ends())?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(self.expected("four hexadecimal digits after \\u"));
                }
                self.at += 6;
            }
            Some(_) => return Err(self.expected("a JSON escape")),
            None => return Err(self.ends()),
        }
        Ok(())
    }

    fn word(&mut self, word: &'static [u8]) -> Result<(), Flaw> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            Ok(())
        } else if word.starts_with(rest) {
            Err(self.ends())
        } else {
            Err(self.expected("a value"))
        }
    }

    fn digits(&mut self) -> Result<&'a [u8], Flaw> {
        let start = self.at;
        self.at += usize::from(self.text[start] == b'-');
        match self.text.get(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.run()?,
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.run()?;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(self.text.get(self.at), Some(b'+' | b'-')));
            self.run()?;
        }
        Ok(&self.text[start..self.at])
    }

    /// One digit or more.
    fn run(&mut self) -> Result<(), Flaw> {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        if length == 0 {
            return Err(if rest.is_empty() { self.ends() } else { self.expected("a digit") });
        }
        self.at += length;
        Ok(())
    }
}

fn into_text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests;
