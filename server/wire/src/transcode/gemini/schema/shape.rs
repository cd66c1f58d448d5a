//! A schema that holds only what Gemini takes, in the making.

use crate::json::write::{ListWriter, ObjectWriter};

/// A schema that holds only what Gemini takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shape {
    pub(super) types: Vec<String>,
    /// Keywords with a plain value and that value as it was written.
    pub(super) words: Vec<(String, String)>,
    /// Texts and numbers as they were written.
    pub(super) allowed: Vec<String>,
    pub(super) properties: Vec<(String, Self)>,
    pub(super) required: Vec<String>,
    pub(super) items: Option<Box<Self>>,
    pub(super) prefix: Vec<Self>,
    pub(super) any_of: Vec<Self>,
    pub(super) additional: Option<Additional>,
    pub(super) nullable: bool,
}

/// Properties that are not named.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Additional {
    Allowed(bool),
    Of(Box<Shape>),
}

impl Shape {
    pub(super) fn of(kind: &str) -> Self {
        Self { types: vec![kind.to_owned()], ..Self::default() }
    }

    /// Whether it says nothing about a value.
    pub(super) fn is_any(&self) -> bool {
        *self == Self { words: self.words.clone(), ..Self::default() }
    }

    /// Takes a keyword's value unless there is one.
    pub(super) fn word(&mut self, key: &str, raw: &str) {
        if !self.words.iter().any(|(known, _)| known == key) {
            self.words.push((key.to_owned(), raw.to_owned()));
        }
    }

    pub(super) fn add_type(&mut self, kind: &str) {
        if !self.types.iter().any(|known| known == kind) {
            self.types.push(kind.to_owned());
        }
    }

    /// Adds what `other` demands. Where both say something, this one is believed.
    pub(super) fn merge(&mut self, other: Self) {
        for (key, raw) in other.words {
            self.word(&key, &raw);
        }
        if self.types.is_empty() {
            self.types = other.types;
        }
        if self.allowed.is_empty() {
            self.allowed = other.allowed;
        }
        for (name, shape) in other.properties {
            match self.properties.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.merge(shape),
                None => self.properties.push((name, shape)),
            }
        }
        for name in other.required {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        self.items = self.items.take().or(other.items);
        if self.prefix.is_empty() {
            self.prefix = other.prefix;
        }
        if self.any_of.is_empty() {
            self.any_of = other.any_of;
        }
        // Of several objects that are all to be matched none can forbid what another one names.
        self.additional = match (self.additional.take(), other.additional) {
            (Some(own), _) => Some(own),
            (None, other) => other,
        };
        self.nullable |= other.nullable;
    }

    pub(super) fn write(&self, out: &mut ObjectWriter<'_>) {
        match self.types.as_slice() {
            [] => {}
            [one] => out.text("type", one),
            many => out.list("type", |list| many.iter().for_each(|kind| list.text(kind))),
        }
        for (key, raw) in &self.words {
            out.raw(key, raw);
        }
        if !self.allowed.is_empty() {
            out.list("enum", |list| self.allowed.iter().for_each(|raw| list.raw(raw)));
        }
        if !self.properties.is_empty() {
            out.object("properties", |out| {
                for (name, shape) in &self.properties {
                    out.object(name, |out| shape.write(out));
                }
            });
        }
        if !self.required.is_empty() {
            out.list("required", |list| self.required.iter().for_each(|name| list.text(name)));
        }
        if let Some(items) = &self.items {
            out.object("items", |out| items.write(out));
        }
        if !self.prefix.is_empty() {
            out.list("prefixItems", |list| all(&self.prefix, list));
        }
        if !self.any_of.is_empty() {
            out.list("anyOf", |list| all(&self.any_of, list));
        }
        match &self.additional {
            Some(Additional::Allowed(allowed)) => out.bool("additionalProperties", *allowed),
            Some(Additional::Of(shape)) => out.object("additionalProperties", |out| shape.write(out)),
            None => {}
        }
    }
}

fn all(shapes: &[Shape], list: &mut ListWriter<'_>) {
    for shape in shapes {
        list.object(|out| shape.write(out));
    }
}
