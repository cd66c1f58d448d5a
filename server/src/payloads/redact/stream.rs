//! What the strings of a text say: each by itself, and in a stream one frame after the other, as the client puts them
//! together.

use super::secrets::{Found, find, marker};
use super::{Change, Frame};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use wire::Step;

/// Members that tell the strings of one frame from those of another that are put together elsewhere: choices, blocks and
/// items of an answer. Their ids do not: some providers give each frame its own.
const APART: [&str; 4] = ["index", "output_index", "content_index", "summary_index"];

/// A string of a document.
pub(super) struct Said<'t> {
    /// Where it lies in the whole text, quotes included.
    span: Range<usize>,
    /// What it says.
    text: Cow<'t, str>,
    /// The way to it, within its frame.
    way: String,
    frame: Frame,
}

/// All strings of a text, and what tells their frames apart.
#[derive(Default)]
pub(super) struct Strings<'t> {
    said: Vec<Said<'t>>,
    apart: HashMap<Frame, String>,
}

impl<'t> Strings<'t> {
    /// Takes a value that is no secret by its name.
    pub(super) fn take(&mut self, frame: Frame, way: &[Step], span: Range<usize>, raw: &'t str) {
        if let Some(text) = wire::unquote(raw.as_bytes()) {
            let text = Cow::Owned(text.into_owned());
            self.said.push(Said { span, text, way: wire::way_words(way), frame });
        } else if let Some(Step::Member(name)) = way.last()
            && APART.contains(&name.as_str())
        {
            self.apart.entry(frame).or_default().push_str(&format!(" {name}={raw}"));
        }
    }

    /// Takes the secrets out. Gives how many there were.
    pub(super) fn redact(&self, known: &[String], changes: &mut Vec<Change>) -> usize {
        let mut found: Vec<Vec<Piece>> = self
            .said
            .iter()
            .map(|said| find(&said.text, known).into_iter().map(Piece::whole).collect())
            .collect();
        let mut count = found.iter().map(Vec::len).sum();
        for places in self.channels().into_values().filter(|places| self.differ(places)) {
            count += self.split(&places, known, &mut found);
        }
        for (said, pieces) in self.said.iter().zip(found) {
            if !pieces.is_empty() {
                let quoted = wire::quote(&without(&said.text, pieces));
                changes.push((said.span.clone(), String::from_utf8_lossy(&quoted).into_owned()));
            }
        }
        count
    }

    /// The strings that are put together, by their places.
    fn channels(&self) -> HashMap<(&str, &str), Vec<usize>> {
        let mut channels: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (place, said) in self.said.iter().enumerate() {
            let apart = self.apart.get(&said.frame).map_or("", String::as_str);
            channels.entry((&said.way, apart)).or_default().push(place);
        }
        channels
    }

    /// Whether these say different things, rather than the same in each frame as a name or an id does.
    fn differ(&self, places: &[usize]) -> bool {
        let mut texts = places.iter().filter_map(|place| self.said.get(*place)).map(|said| &said.text);
        texts.next().is_some_and(|first| texts.any(|text| text != first))
    }

    /// Finds secrets that are split over strings, or in one of them for what stands in those before it. Those that show in
    /// one by itself are found already.
    fn split(&self, places: &[usize], known: &[String], found: &mut [Vec<Piece>]) -> usize {
        let mut joined = String::new();
        let mut ends = Vec::with_capacity(places.len());
        for said in places.iter().filter_map(|place| self.said.get(*place)) {
            joined.push_str(&said.text);
            ends.push(joined.len());
        }
        let mut count = 0;
        let mut more = Vec::new();
        for (span, kind) in find(&joined, known) {
            let first = ends.partition_point(|end| *end <= span.start);
            let mut start = first.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
            let (mut pieces, mut new) = (0, true);
            for (place, end) in places.iter().zip(&ends).skip(first) {
                if start >= span.end {
                    break;
                }
                let (from, to) = (span.start.max(start) - start, span.end.min(*end) - start);
                if from < to {
                    let with = if pieces == 0 { marker(kind) } else { String::new() };
                    new = pieces > 0 || !found.get(*place).is_some_and(|found| overlap(found, from..to));
                    more.push((*place, Piece { span: from..to, with }));
                    pieces += 1;
                }
                start = *end;
            }
            count += usize::from(new && pieces > 0);
        }
        for (place, piece) in more {
            if let Some(found) = found.get_mut(place) {
                found.push(piece);
            }
        }
        count
    }
}

/// A part of a string, and what stands in its place.
struct Piece {
    span: Range<usize>,
    with: String,
}

impl Piece {
    fn whole((span, kind): Found) -> Self {
        Self { span, with: marker(kind) }
    }
}

/// Whether a span overlaps one of these, which are in their order and do not overlap themselves.
fn overlap(pieces: &[Piece], span: Range<usize>) -> bool {
    let next = pieces.partition_point(|piece| piece.span.end <= span.start);
    pieces.get(next).is_some_and(|piece| piece.span.start < span.end)
}

/// A text without its pieces, of which some may overlap.
fn without(text: &str, mut pieces: Vec<Piece>) -> String {
    pieces.sort_by_key(|piece| piece.span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Piece { span, with } in pieces {
        if span.start >= at {
            out.push_str(text.get(at..span.start).unwrap_or_default());
            out.push_str(&with);
        }
        at = at.max(span.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
