//! JSON as it was written.

use serde_json::value::RawValue;
use std::collections::HashMap;

/// The text of what lies at this path in a document; indices of lists are numbers. Empty where there is nothing.
pub(crate) fn at(text: &str, path: &[&str]) -> String {
    let Some((first, rest)) = path.split_first() else { return compact(text) };
    let inner = if text.trim_start().starts_with('[') {
        let items: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap_or_default();
        items.into_iter().nth(first.parse().unwrap_or(usize::MAX))
    } else {
        let mut members: HashMap<String, Box<RawValue>> = serde_json::from_str(text).unwrap_or_default();
        members.remove(*first)
    };
    inner.map(|inner| at(inner.get(), rest)).unwrap_or_default()
}

/// The texts of a list's items.
pub(crate) fn items(text: &str, path: &[&str]) -> Vec<String> {
    let items: Vec<Box<RawValue>> = serde_json::from_str(&at(text, path)).unwrap_or_default();
    items.into_iter().map(|item| item.get().to_owned()).collect()
}

/// The same JSON without white space between its tokens.
pub(crate) fn compact(text: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    text.chars()
        .filter(|char| {
            let kept = inside || !char.is_ascii_whitespace();
            match (inside, escaped, char) {
                (true, true, _) => escaped = false,
                (true, false, '\\') => escaped = true,
                (_, false, '"') => inside = !inside,
                _ => {}
            }
            kept
        })
        .collect()
}

/// The frames of a stream of events: name and data.
pub(crate) fn events(text: &str) -> Vec<(String, String)> {
    let text = text.replace("\r\n", "\n");
    assert!(text.ends_with("\n\n"), "the last frame is whole: {text}");
    let frames = text.split("\n\n").filter(|frame| !frame.is_empty());
    frames
        .map(|frame| {
            let (mut name, mut data) = (String::new(), None);
            for line in frame.lines() {
                if let Some(rest) = line.strip_prefix("data: ") {
                    assert!(data.replace(rest.to_owned()).is_none(), "one line of data a frame: {frame}");
                } else if let Some(rest) = line.strip_prefix("event: ") {
                    rest.clone_into(&mut name);
                } else {
                    assert!(line.starts_with(':'), "an unknown line: {frame}");
                }
            }
            (name, data.unwrap_or_default())
        })
        .filter(|(_, data)| !data.is_empty())
        .collect()
}
