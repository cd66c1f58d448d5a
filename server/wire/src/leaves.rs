//! The values of a JSON text that hold no others, each with where it stands: for looking at a body, not for routing it.

use crate::json::{Cursor, Flaw, Shape};
use std::fmt::Write;
use std::ops::Range;

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into the member of an object.
    Member(String),
    /// Into an item of an array, counted from 0.
    Item(usize),
}

/// Calls `on` for each value that holds no others, with the way to it and where it lies in `text`, in their order; an
/// object or array without anything in it counts as one. Gives where the reading ended: behind the value that `text`
/// begins with, or at what cannot be read on from, such as the place where the text was cut off.
pub fn leaves(text: &[u8], on: &mut dyn FnMut(&[Step], Range<usize>)) -> usize {
    let mut cursor = Cursor::lenient(text);
    let mut reached = 0;
    let ended = walk(&mut cursor, &mut Vec::new(), &mut |way, span: Range<usize>| {
        reached = span.end;
        on(way, span);
    });
    if ended.is_ok() { cursor.at() } else { reached }
}

fn walk(
    cursor: &mut Cursor<'_>,
    way: &mut Vec<Step>,
    on: &mut dyn FnMut(&[Step], Range<usize>),
) -> Result<(), Flaw> {
    let shape = cursor.shape()?;
    let start = cursor.at();
    let mut empty = true;
    match shape {
        Shape::Object => {
            cursor.object(|cursor, key| {
                empty = false;
                way.push(Step::Member(String::from_utf8_lossy(key).into_owned()));
                walk(cursor, way, on)?;
                way.pop();
                Ok(())
            })?;
        }
        Shape::Array => {
            let mut item = 0;
            cursor.array(|cursor| {
                empty = false;
                way.push(Step::Item(item));
                item += 1;
                walk(cursor, way, on)?;
                way.pop();
                Ok(())
            })?;
        }
        Shape::String | Shape::Number | Shape::True | Shape::False | Shape::Null => cursor.skip()?,
    }
    if empty {
        on(way, start..cursor.at());
    }
    Ok(())
}

/// A way in words: `messages[12].content[0].text`.
#[must_use]
pub fn way_words(way: &[Step]) -> String {
    let mut words = String::new();
    for step in way {
        match step {
            Step::Member(name) if words.is_empty() => words.push_str(name),
            // Writing to a string does not fail.
            Step::Member(name) => drop(write!(words, ".{name}")),
            Step::Item(place) => drop(write!(words, "[{place}]")),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Vec<(String, &str)>, usize) {
        let mut found = Vec::new();
        let end = leaves(text.as_bytes(), &mut |way, span| found.push((way_words(way), &text[span])));
        (found, end)
    }

    #[test]
    fn values_are_found_with_their_ways() {
        let text = r#" {"a":[1,{"b":"x\"y"},[]],"c":{},"d":null} rest"#;
        let (leaves, end) = found(text);
        let expected = [("a[0]", "1"), ("a[1].b", r#""x\"y""#), ("a[2]", "[]"), ("c", "{}"), ("d", "null")];
        assert_eq!(leaves, expected.map(|(way, value)| (way.to_owned(), value)));
        assert_eq!(&text[end..], " rest");
    }

    #[test]
    fn what_was_cut_off_is_read_up_to_there() {
        let text = r#"{"a":"whole","b":["more","hal"#;
        let (leaves, end) = found(text);
        assert_eq!(leaves.len(), 2);
        assert_eq!(&text[end..], r#","hal"#);
        assert_eq!(found("no json"), (Vec::new(), 0));
        assert_eq!(found("\"alone\"").1, 7);
    }
}
