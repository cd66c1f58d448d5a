//! Takes what looks like a credential out of a payload before it is written down.
//!
//! JSON stays JSON: secrets are looked for in what its strings say, and a string that held one is written anew; every
//! other byte stays. In a stream a secret may be split over frames: what a string says in one frame after the other is
//! also read as one text, the frame in which the secret begins gets the marker, and the others lose their piece of it
//! (`stream.rs`). Secrets are known by their shape (`secrets.rs`), or by the name in front of them (`named.rs`), where what
//! follows is a value (`values.rs`). The names of members stay as they are.

mod named;
mod secrets;
mod stream;
mod values;

use named::member;
pub(crate) use secrets::ready;
use secrets::{MARK, find, marker};
use std::ops::Range;
use stream::Strings;
use wire::Step;

/// A text without its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redacted {
    /// What is left.
    pub text: String,
    /// Secrets that were taken out.
    pub count: usize,
}

/// A part of the text and what stands in its place.
type Change = (Range<usize>, String);

/// Which frame of a stream: the document, and where that is an array, its item.
type Frame = (usize, usize);

/// How often a text is gone through at most.
const PASSES: usize = 8;

/// Takes secrets out of a text: JSON, a stream of it, or anything else. `known`: secrets that are known as they are.
pub fn redact(text: &str, known: &[String]) -> Redacted {
    let mut redacted = once(text, known);
    // A secret may have stood right behind another, where it was no word of its own.
    let mut more = redacted.count;
    for _ in 1..PASSES {
        if more == 0 {
            break;
        }
        let again = once(&redacted.text, known);
        more = again.count;
        redacted = Redacted { text: again.text, count: redacted.count + more };
    }
    redacted
}

fn once(text: &str, known: &[String]) -> Redacted {
    let mut work = Work { text, known, changes: Vec::new(), count: 0, strings: Strings::default() };
    let mut at = 0;
    let mut line = 0;
    let mut document = 0;
    while line < text.len() {
        let end = text.as_bytes().get(line..).and_then(|rest| memchr::memchr(b'\n', rest));
        let end = end.map_or(text.len(), |end| line + end + 1);
        let read = match document_in(text, line..end) {
            Some(start) if start >= at => work.document(document, start).map(|read| (start, read)),
            _ => None,
        };
        // Documents may go on over many lines.
        line = end;
        if let Some((start, read)) = read {
            work.plain(at..start);
            (at, document) = (read, document + 1);
            line = line.max(read);
        }
    }
    work.plain(at..text.len());
    let Work { mut changes, mut count, strings, .. } = work;
    count += strings.redact(known, &mut changes);
    Redacted { text: changed(text, changes), count }
}

/// Where a line may begin a document: a body, a line of a stream, the data of an event.
fn document_in(text: &str, line: Range<usize>) -> Option<usize> {
    let words = text.get(line.clone())?;
    let data = words.strip_prefix("data:").unwrap_or(words);
    let inside = data.trim_start_matches([' ', '\t', '\r', ',', '\u{feff}']);
    inside.starts_with(['{', '[']).then(|| line.end - inside.len())
}

struct Work<'t> {
    text: &'t str,
    known: &'t [String],
    changes: Vec<Change>,
    count: usize,
    strings: Strings<'t>,
}

impl Work<'_> {
    /// Reads a document. Gives its end, or where it cannot be read any further; `None` if it is none.
    fn document(&mut self, number: usize, start: usize) -> Option<usize> {
        let text = self.text;
        let rest = text.get(start..)?;
        let read = wire::leaves(rest.as_bytes(), &mut |way, span| {
            let span = start + span.start..start + span.end;
            let Some(raw) = text.get(span.clone()) else { return };
            let (item, way) = match way {
                [Step::Item(item), rest @ ..] => (*item, rest),
                way => (0, way),
            };
            match name_of(way).and_then(|name| member(name, raw)) {
                Some(kind) => self.whole(span, raw, kind),
                None => self.strings.take((number, item), way, span, raw),
            }
        });
        (read > 0).then_some(start + read)
    }

    /// All of a value is a secret.
    fn whole(&mut self, span: Range<usize>, raw: &str, kind: &str) {
        if !raw.starts_with(&format!("\"{MARK}")) {
            self.count += 1;
            self.changes.push((span, format!("\"{}\"", marker(kind))));
        }
    }

    /// What stands between documents: names of events, or what cannot be read as one.
    fn plain(&mut self, span: Range<usize>) {
        for (found, kind) in find(self.text.get(span.clone()).unwrap_or_default(), self.known) {
            self.count += 1;
            self.changes.push((span.start + found.start..span.start + found.end, marker(kind)));
        }
    }
}

/// The name of the member that a value belongs to, be it an item of a list there.
fn name_of(way: &[Step]) -> Option<&str> {
    way.iter().rev().find_map(|step| match step {
        Step::Member(name) => Some(name.as_str()),
        Step::Item(_) => None,
    })
}

/// The text with its changes, which do not overlap.
fn changed(text: &str, mut changes: Vec<Change>) -> String {
    changes.sort_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, with) in changes {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(&with);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
