//! Places in an answer, and what must stand there.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Deserializer};

/// What stands at a place: a JSON pointer, or a header (with a part of it after a slash).
pub(crate) type Look<'f, 'a> = &'f dyn Fn(&str) -> Option<Cow<'a, str>>;

/// One place, or several of which the first that says something counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOrMany::deserialize(deserializer).map(|places| Self(places.into()))
    }
}

impl Places {
    /// What the first of them says that says anything.
    pub(crate) fn first<'a>(&self, look: Look<'_, 'a>) -> Option<Cow<'a, str>> {
        self.said(look).next()
    }

    /// What each of them says that says anything.
    pub(crate) fn said<'s, 'a>(&'s self, look: Look<'s, 'a>) -> impl Iterator<Item = Cow<'a, str>> + 's {
        self.0.iter().filter_map(|place| look(place)).filter(|text| !text.trim().is_empty())
    }
}

/// Places and the values of which one must stand there; a `*` in a value stands for anything, case does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Conditions(BTreeMap<String, Values>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Values(Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values: Vec<Value> = OneOrMany::deserialize(deserializer)?.into();
        Ok(Self(values.into_iter().map(Value::into_text).collect()))
    }
}

impl Conditions {
    /// Whether each of them holds.
    pub(crate) fn all(&self, look: Look<'_, '_>) -> bool {
        self.0.iter().all(|(place, values)| values.hold(place, look))
    }

    /// Whether one of them holds.
    pub(crate) fn any(&self, look: Look<'_, '_>) -> bool {
        self.0.iter().any(|(place, values)| values.hold(place, look))
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Values {
    fn hold(&self, place: &str, look: Look<'_, '_>) -> bool {
        look(place).is_some_and(|said| self.0.iter().any(|value| fits(value, said.trim())))
    }
}

/// Whether a text fits a pattern in which `*` stands for anything, whatever the case.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut pieces = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "one value or a list of values")]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(values: OneOrMany<T>) -> Self {
        match values {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a text, a whole number, true or false")]
enum Value {
    Text(String),
    Number(i64),
    Switch(bool),
}

impl Value {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
            Self::Switch(switch) => switch.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text) in [
            ("general", "general"),
            ("general", "General"),
            ("MiniMax-M*", "minimax-m3"),
            ("*sonnet*", "claude-sonnet-4-5"),
            ("*", ""),
            ("a*b*c", "a-b-b-c"),
            ("*:free", "z-ai/glm-5.2:free"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("general", "general-2"),
            ("gemini-2.5-flash", "gemini-2.5-flash-lite"),
            ("MiniMax-M*", "video"),
            ("*sonnet*", "claude-opus-5"),
            ("ab*b", "ab"),
            ("", "x"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
