//! A text as filters see it: cut into lines once.

use crate::call::Source;

/// A text, its lines, and where it is from.
pub(crate) struct Page<'a> {
    /// The whole text.
    pub(crate) text: &'a str,
    /// Its lines without their `\n` (a `\r` stays). A text that ends with `\n` has an empty last line, so that
    /// joining them with `\n` gives the text.
    pub(crate) lines: Vec<&'a str>,
    /// What kind of call gave it.
    pub(crate) source: &'a Source,
}

impl<'a> Page<'a> {
    pub(crate) fn of(text: &'a str, source: &'a Source) -> Self {
        let ends = || memchr::memchr_iter(b'\n', text.as_bytes());
        let mut lines = Vec::with_capacity(ends().count() + 1);
        let mut from = 0;
        for end in ends() {
            lines.push(text.get(from..end).unwrap_or_default());
            from = end + 1;
        }
        lines.push(text.get(from..).unwrap_or_default());
        Self { text, lines, source }
    }
}
