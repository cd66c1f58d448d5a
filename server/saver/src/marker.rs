//! The line that stands for what was left out. It says who left it out, what, and how much, so that neither a model
//! nor a person takes a shortened text for a whole one.

use std::fmt::Write as _;

/// How every marker begins. A text that holds one was shortened before, or is about markers, and is left alone.
const OPENING: &str = "[ninerouter: ";

/// Whether a text holds a marker.
pub(crate) fn is_in(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), OPENING.as_bytes()).is_some()
}

/// Appends a marker, without a line end: `what` says what is missing and how much ("12 passing tests").
pub(crate) fn push(out: &mut String, what: std::fmt::Arguments<'_>) {
    out.push_str(OPENING);
    // Writing to a string cannot fail.
    let _ = out.write_fmt(what);
    out.push(']');
}
