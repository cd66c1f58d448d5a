//! A JSON text as a tree that borrows from it, for decoders: members are taken out one by one, whatever is left
//! over can be named, a fault says where it lies, and every value still knows the text it was written as.

use super::{Cursor, Flaw, Shape, What};
use crate::{Dropped, Malformed};
use std::{borrow::Cow, fmt};

/// A value and the text it was written as.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node<'a> {
    /// The value's own text: number formats, key order and white space as they came.
    pub(crate) raw: &'a str,
    pub(crate) value: Value<'a>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// Its text is in `raw`.
    Number,
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Object<'a>),
}

/// An object's members, in their order. Those that were taken are gone.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Node<'a>)>,
}

/// Where a value lies, as its author would write it: `messages[3].content[0].id`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The whole body.
    Root,
    /// A member.
    Key(&'p Path<'p>, &'p str),
    /// An item.
    Item(&'p Path<'p>, usize),
}

impl<'a> Node<'a> {
    /// Parses a whole text. Of duplicate keys the last stands: requests were validated strictly before.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Flaw> {
        let mut cursor = Cursor::lenient(text.as_bytes());
        let node = Self::read(&mut cursor, text)?;
        cursor.end()?;
        Ok(node)
    }

    fn read(cursor: &mut Cursor<'a>, text: &'a str) -> Result<Self, Flaw> {
        let shape = cursor.shape()?;
        let start = cursor.at();
        let value = match shape {
            Shape::Null => cursor.skip().map(|()| Value::Null)?,
            Shape::True | Shape::False => cursor.skip().map(|()| Value::Bool(shape == Shape::True))?,
            Shape::Number => cursor.skip().map(|()| Value::Number)?,
            Shape::String => Value::Text(cursor.text()?.unwrap_or_default()),
            Shape::Array => {
                let mut items = Vec::new();
                cursor.array(|cursor| {
                    items.push(Self::read(cursor, text)?);
                    Ok(())
                })?;
                Value::List(items)
            }
            Shape::Object => {
                let mut members: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
                cursor.keyed(|cursor, key| {
                    members.push((key, Self::read(cursor, text)?));
                    Ok(())
                })?;
                Value::Object(Object { members })
            }
        };
        let raw = text.get(start..cursor.at()).ok_or(Flaw { at: start, what: What::Ends })?;
        Ok(Self { raw, value })
    }

    /// What kind of value it is, for a sentence.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The text of a string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An object, or a fault at `path`.
    pub(crate) fn object(self, path: &Path<'_>) -> Result<Object<'a>, Malformed> {
        match self.value {
            Value::Object(object) => Ok(object),
            _ => Err(self.must_be("an object", path)),
        }
    }

    /// An array's items, or a fault at `path`.
    pub(crate) fn list(self, path: &Path<'_>) -> Result<Vec<Node<'a>>, Malformed> {
        match self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.must_be("an array", path)),
        }
    }

    /// A string, or a fault at `path`.
    pub(crate) fn text(self, path: &Path<'_>) -> Result<Cow<'a, str>, Malformed> {
        match self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.must_be("a string", path)),
        }
    }

    /// A boolean, or a fault at `path`.
    pub(crate) fn bool(&self, path: &Path<'_>) -> Result<bool, Malformed> {
        match self.value {
            Value::Bool(value) => Ok(value),
            _ => Err(self.must_be("true or false", path)),
        }
    }

    /// A number as it was written, or a fault at `path`.
    pub(crate) fn number(&self, path: &Path<'_>) -> Result<&'a str, Malformed> {
        match self.value {
            Value::Number => Ok(self.raw),
            _ => Err(self.must_be("a number", path)),
        }
    }

    /// A whole number that is not negative, or a fault at `path`.
    pub(crate) fn count(&self, path: &Path<'_>) -> Result<u64, Malformed> {
        match self.value {
            Value::Number => {
                let whole = |value: f64| value >= 0.0 && value.fract() == 0.0 && value < 9e15;
                let number = self.raw.parse().ok();
                number
                    .or_else(|| self.raw.parse().ok().filter(|value| whole(*value)).map(|value| value as u64))
            }
            _ => None,
        }
        .ok_or_else(|| self.must_be("a whole number of at least 0", path))
    }

    fn must_be(&self, what: &str, path: &Path<'_>) -> Malformed {
        let found = match self.value {
            Value::Number => self.raw,
            _ => self.kind(),
        };
        path.fault(&format!("must be {what}, not {found}"))
    }
}

impl<'a> Object<'a> {
    /// Takes a member out. `null` counts as absent, as it does for every vendor.
    pub(crate) fn take(&mut self, key: &str) -> Option<Node<'a>> {
        let at = self.members.iter().rposition(|(name, _)| name == key)?;
        let (_, node) = self.members.remove(at);
        (node.value != Value::Null).then_some(node)
    }

    /// Looks at a member without taking it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.members.iter().rfind(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Takes a string.
    pub(crate) fn text(&mut self, key: &str, path: &Path<'_>) -> Result<Option<Cow<'a, str>>, Malformed> {
        self.take(key).map(|node| node.text(&path.key(key))).transpose()
    }

    /// Takes a string that must be there.
    pub(crate) fn need_text(&mut self, key: &str, path: &Path<'_>) -> Result<Cow<'a, str>, Malformed> {
        self.text(key, path)?.ok_or_else(|| path.key(key).missing())
    }

    /// Takes a boolean.
    pub(crate) fn bool(&mut self, key: &str, path: &Path<'_>) -> Result<Option<bool>, Malformed> {
        self.take(key).map(|node| node.bool(&path.key(key))).transpose()
    }

    /// Takes a number as it was written.
    pub(crate) fn number(&mut self, key: &str, path: &Path<'_>) -> Result<Option<&'a str>, Malformed> {
        self.take(key).map(|node| node.number(&path.key(key))).transpose()
    }

    /// Takes a whole number that is not negative.
    pub(crate) fn count(&mut self, key: &str, path: &Path<'_>) -> Result<Option<u64>, Malformed> {
        self.take(key).map(|node| node.count(&path.key(key))).transpose()
    }

    /// Takes an object.
    pub(crate) fn object(&mut self, key: &str, path: &Path<'_>) -> Result<Option<Object<'a>>, Malformed> {
        self.take(key).map(|node| node.object(&path.key(key))).transpose()
    }

    /// Takes an array.
    pub(crate) fn list(&mut self, key: &str, path: &Path<'_>) -> Result<Option<Vec<Node<'a>>>, Malformed> {
        self.take(key).map(|node| node.list(&path.key(key))).transpose()
    }

    /// Takes a value as it was written.
    pub(crate) fn raw(&mut self, key: &str) -> Option<&'a str> {
        self.take(key).map(|node| node.raw)
    }

    /// Takes a string; anything else counts as absent. For replies, which are read leniently.
    pub(crate) fn lenient_text(&mut self, key: &str) -> Option<Cow<'a, str>> {
        match self.take(key)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes an object; anything else counts as absent.
    pub(crate) fn lenient_object(&mut self, key: &str) -> Option<Object<'a>> {
        match self.take(key)?.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Takes the objects of an array; anything else counts as absent.
    pub(crate) fn lenient_objects(&mut self, key: &str) -> Vec<Object<'a>> {
        match self.take(key).map(|node| node.value) {
            Some(Value::List(items)) => items
                .into_iter()
                .filter_map(|item| match item.value {
                    Value::Object(object) => Some(object),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Takes a whole number; anything else counts as absent.
    pub(crate) fn lenient_count(&mut self, key: &str) -> Option<u64> {
        self.take(key)?.count(&Path::Root).ok()
    }

    /// What is left, in order, without taking it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Node<'a>)> {
        self.members.iter().map(|(key, node)| (key.as_ref(), node))
    }

    /// What was not taken, in order.
    pub(crate) fn into_members(self) -> impl Iterator<Item = (Cow<'a, str>, Node<'a>)> {
        self.members.into_iter()
    }

    /// Names whatever was not taken as dropped, except `null`s.
    pub(crate) fn rest(self, path: &Path<'_>, why: &str, dropped: &mut Vec<Dropped>) {
        for (key, node) in self.members {
            if node.value != Value::Null {
                dropped.push(Dropped::new(&path.key(&key), why));
            }
        }
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl<'p> Path<'p> {
    /// A member of this value.
    pub(crate) const fn key(&'p self, key: &'p str) -> Path<'p> {
        Path::Key(self, key)
    }

    /// An item of this value.
    pub(crate) const fn item(&'p self, index: usize) -> Path<'p> {
        Path::Item(self, index)
    }

    /// `` `messages[3].role` must be a string. ``
    pub(crate) fn fault(&self, what: &str) -> Malformed {
        match self {
            Path::Root => Malformed::new(format!("The request body {what}.")),
            _ => Malformed::new(format!("`{self}` {what}.")),
        }
    }

    /// The value is missing.
    pub(crate) fn missing(&self) -> Malformed {
        self.fault("is missing")
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(Path::Root, key) => out.write_str(key),
            Path::Key(parent, key) => write!(out, "{parent}.{key}"),
            Path::Item(parent, index) => write!(out, "{parent}[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_taken_and_the_rest_is_named() {
        let text = r#"{"a":1.50,"b":{"c":[null,"d\n"]},"e":null,"f":true}"#;
        let mut object = Node::parse(text).unwrap().object(&Path::Root).unwrap();
        assert_eq!(object.number("a", &Path::Root).unwrap(), Some("1.50"));
        assert_eq!(object.get("b").unwrap().raw, r#"{"c":[null,"d\n"]}"#);
        let mut dropped = Vec::new();
        object.rest(&Path::Root, "unknown", &mut dropped);
        assert_eq!(dropped.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["b", "f"]);
    }

    #[test]
    fn a_fault_says_where_it_lies() {
        let mut object = Node::parse(r#"{"messages":[{"role":7}]}"#).unwrap().object(&Path::Root).unwrap();
        let messages = Path::Root.key("messages");
        let item = messages.item(0);
        let list = object.list("messages", &Path::Root).unwrap().unwrap();
        let mut message = list.into_iter().next().unwrap().object(&item).unwrap();
        let fault = message.need_text("role", &item).unwrap_err();
        assert_eq!(fault.to_string(), "`messages[0].role` must be a string, not 7.");
        assert_eq!(
            message.need_text("content", &item).unwrap_err().to_string(),
            "`messages[0].content` is missing."
        );
    }

    #[test]
    fn counts_are_whole() {
        let count = |text: &str| Node::parse(text).unwrap().count(&Path::Root).ok();
        assert_eq!(count("7"), Some(7));
        assert_eq!(count("4096.0"), Some(4096));
        assert_eq!(count("1e3"), Some(1000));
        assert_eq!(count("-1"), None);
        assert_eq!(count("1.5"), None);
        assert_eq!(count("\"7\""), None);
    }
}
