//! Values: where they end, and what is none.

use super::secrets::{MARK, is_blank};
use std::ops::Range;

/// What stands behind a name without being a value.
pub(super) const WORDS: &str = "null none undefined true false string required bearer basic token";

/// How much of a value is looked at to see whether it is one: nothing may be read over and over.
pub(super) const LOOK: usize = 128;

/// Where values end. Those that begin further on in one that was none end where it did: a text is gone through once.
pub(super) struct Ends<'t> {
    text: &'t str,
    bare: usize,
    word: usize,
}

impl<'t> Ends<'t> {
    /// Of the values in a text.
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, bare: 0, word: 0 }
    }

    /// Of a value without quotes.
    pub(super) fn bare(&mut self, from: usize) -> usize {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`\\,;&<>(){}[]|".contains(byte);
        if self.bare < from {
            let rest = self.text.as_bytes().get(from..).unwrap_or_default();
            self.bare = from + rest.iter().position(ends).unwrap_or(rest.len());
        }
        self.bare
    }

    /// Of a value that goes on up to white space, or to what closes the quote, tag or line that it stands in.
    pub(super) fn word(&mut self, from: usize) -> usize {
        if self.word < from {
            let rest = self.text.as_bytes().get(from..).unwrap_or_default();
            let ends = |at: &usize| {
                let next = rest.get(at + 1);
                match rest.get(*at) {
                    Some(b'"' | b'\'' | b'`') => closes(rest, *at),
                    Some(b'\\') => {
                        matches!(next, Some(b'"' | b'\'' | b'`' | b'\\' | b'n' | b'r' | b't') | None)
                    }
                    Some(b'<') => next == Some(&b'/'),
                    Some(b'[') => rest.get(*at..).is_some_and(|rest| rest.starts_with(MARK.as_bytes())),
                    other => other.is_none_or(u8::is_ascii_whitespace),
                }
            };
            self.word = from + (0..rest.len()).find(ends).unwrap_or(rest.len());
        }
        self.word
    }
}

/// Where a quoted value ends: at the same quote, escaped no more often. One that is not closed in its line ends with that,
/// or where a quote around all of it is closed.
pub(super) fn quoted_end(text: &str, start: usize, open: &str) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let quote = open.bytes().last();
    let (mut slashes, mut around) = (0, None);
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'\\' => {
                slashes += 1;
                continue;
            }
            b'\n' | b'\r' => return start + around.unwrap_or(at),
            byte if Some(*byte) == quote && slashes < open.len() => return start + at - slashes,
            b'"' | b'\'' | b'`' if around.is_none() && closes(rest, at) => around = Some(at - slashes),
            _ => {}
        }
        slashes = 0;
    }
    start + around.unwrap_or(rest.len())
}

/// Where the value of a header ends: with its line, be that escaped, or where the quote that it stands in is closed. Its
/// own parts may be quoted: `username="ada"`.
pub(super) fn line_end(text: &str, start: usize) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let (mut slashes, mut sign, mut open, mut around) = (0, false, None, None);
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'\\' => {
                slashes += 1;
                continue;
            }
            b'\n' | b'\r' => return start + around.unwrap_or(at),
            b'n' | b'r' if slashes > 0 => return start + around.unwrap_or(at - slashes),
            b'"' | b'\'' | b'`' => match open {
                // Escaped less often than what it would close: that of all of it.
                Some((_, level)) if slashes < level => return start + at - slashes,
                Some(quote) if quote == (byte, slashes) => (open, around) = (None, None),
                Some(_) if around.is_none() && closes(rest, at) => around = Some(at - slashes),
                Some(_) => {}
                // What is encoded may end with the same sign.
                None if sign && !closes(rest, at) => open = Some((byte, slashes)),
                None => return start + at - slashes,
            },
            _ => {}
        }
        (slashes, sign) = (0, *byte == b'=');
    }
    start + around.unwrap_or(rest.len())
}

/// Whether a quote closes what stands before it, rather than being part of a word, or in front of one.
fn closes(text: &[u8], at: usize) -> bool {
    !text.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'/')
}

/// The beginning of a line, as much of it as is looked at.
pub(super) fn look(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    let rest = rest.get(..rest.floor_char_boundary(LOOK)).unwrap_or_default();
    rest.split(['\n', '\r']).next().unwrap_or_default()
}

/// Whether what stands behind `Authorization:` is a credential, rather than a type or a sentence.
pub(super) fn is_header(line: &str, scheme: bool) -> bool {
    let mut words = line.split([' ', '\t', '"', '\'', '`', '\\']);
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    if stands(first, false) || first.is_empty() {
        return false;
    }
    let small = first.bytes().all(|byte| byte.is_ascii_lowercase());
    let name = first.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !scheme {
        return is_random(first) || name && second.is_some_and(is_random);
    }
    // `Bearer authentication is …`
    let prose = small && second.is_some_and(|second| !second.is_empty());
    !prose && !is_word(first, WORDS)
}

/// Whether this begins as the value of a cookie's header does.
pub(super) fn is_cookie(value: &str) -> bool {
    let name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.!#$%&*+^|~".contains(&byte);
    value.split_once('=').is_some_and(|(first, rest)| {
        !first.is_empty() && first.len() < LOOK && first.bytes().all(name) && {
            !rest.is_empty()
                && !rest.starts_with([' ', '=', '$', '{', '<', ';', ','])
                && !rest.starts_with(MARK)
        }
    })
}

/// Whether this looks like base64 of a name and a password.
pub(super) fn is_base64(value: &str) -> bool {
    let plain = value.trim_end_matches('=');
    value.len() >= 16
        && value.len().is_multiple_of(4)
        && value.len() - plain.len() < 3
        && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
        && plain.bytes().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a word looks like no word.
pub(super) fn is_random(value: &str) -> bool {
    let start = value.get(..value.floor_char_boundary(LOOK)).unwrap_or_default();
    start.len() >= 8
        && start.bytes().any(|byte| byte.is_ascii_digit())
        && start.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !start.contains(['(', '<', '{'])
        && !start.contains("::")
}

/// Whether a value is too short for a credential, or a sentence.
pub(super) fn is_prose(value: &str) -> bool {
    value.len() < 4 || value.contains(' ')
}

/// Whether a value is one of these words.
pub(super) fn is_word(value: &str, words: &str) -> bool {
    words.split(' ').any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether this is where a shell is, which is called `PWD`, rather than a password.
pub(super) fn is_place(name: &str, value: &str) -> bool {
    ["pwd", "oldpwd"].iter().any(|place| name.eq_ignore_ascii_case(place))
        && (value.starts_with(['/', '~', '.', '\\'])
            || value.get(1..).is_some_and(|rest| rest.starts_with(":\\")))
}

/// Whether a value only stands for one, be it a marker of ours.
pub(super) fn stands(value: &str, quoted: bool) -> bool {
    match value.as_bytes().first() {
        Some(b'$') => is_variable(value.get(1..).unwrap_or_default()),
        Some(b'<') => !quoted || value.ends_with('>'),
        Some(b'{') => !quoted || value.contains('}'),
        Some(b'%') => value.len() < 4 || value.get(1..).is_some_and(|rest| rest.contains('%')),
        _ => value.starts_with(MARK) || is_blank(value),
    }
}

/// Whether what stands behind a `$` is the name of a variable, or something else that a shell puts in there.
fn is_variable(rest: &str) -> bool {
    let rest = rest.strip_prefix("env:").unwrap_or(rest);
    let end =
        rest.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'_').unwrap_or(rest.len());
    let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let any = |is: fn(&u8) -> bool| name.as_bytes().iter().any(is);
    let small = any(u8::is_ascii_lowercase);
    // `$ecretPassw0rd` is none; `$token`, `$dbPassword`, `$KEY_2` and `$1` are.
    let plain = match name.as_bytes().first() {
        Some(first) if first.is_ascii_digit() => name.len() < 3,
        Some(_) => !(small && any(u8::is_ascii_digit)),
        None => false,
    };
    rest.starts_with(['{', '(']) || plain && (after.is_empty() || after.starts_with('/') && !small)
}

/// Whether what stands behind a name is code: `os.environ["KEY"]`, `read()`.
pub(super) fn is_call(value: &str) -> bool {
    let start = look(value, 0);
    let path = |byte: u8| byte.is_ascii_alphabetic() || b"_.:".contains(&byte);
    let end = start.bytes().position(|byte| !path(byte)).unwrap_or(start.len());
    let rest = start.get(end..).unwrap_or_default();
    let inside = rest.strip_prefix(['(', '[']).map(|rest| rest.trim_start_matches('\\'));
    end > 0 && inside.is_some_and(|inside| inside.is_empty() || inside.starts_with([')', '"', '\'', '`']))
}

/// Whether what stands behind a name without quotes is code rather than a value: `password = read_password()`,
/// `password=config.password`, `string`.
pub(super) fn is_code(text: &str, span: &Range<usize>, name: &str, names: impl Fn(&str) -> bool) -> bool {
    let value = text.get(span.clone()).unwrap_or_default();
    let next = text.as_bytes().get(span.end);
    let plain = value.trim_end_matches(':');
    let path = || plain.len() != value.len() || plain.contains('.');
    is_word(value, WORDS)
        || matches!(next, Some(b'(' | b'[' | b'{' | b'<'))
        || next == Some(&b'>') && value.ends_with('-')
        || value.starts_with('=')
        || look(text, span.start).get(..value.len().min(LOOK / 2)).is_some_and(|start| start.contains("::"))
        || value.len() < LOOK && (plain == name || path() && plain.rsplit('.').next().is_some_and(names))
}

/// A value without what closes something in front of it: `(DB_PASSWORD=hunter2);`.
pub(super) fn without_end(value: &str) -> &str {
    let value = value.trim_end_matches([';', ',']);
    let opened = value.contains(['(', '[', '{']);
    if opened { value } else { value.trim_end_matches([';', ',', ')', ']', '}']) }
}
