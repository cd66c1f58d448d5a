//! JSON Schema into the part of it that Gemini takes.
//!
//! Both AI Studio and Vertex take JSON Schema in `parametersJsonSchema` and `responseJsonSchema`: Google's own tools
//! send every schema so (google-gemini/gemini-cli#4176, 2025-07-15), and what `parameters` refuses outright (unions,
//! arrays without items, `additionalProperties`) passes there. What is documented is less than the whole:
//! `type`, `format`, `title`, `description`, `enum`, `items`, `prefixItems`, `minItems`, `maxItems`, `minimum`,
//! `maximum`, `anyOf`, `oneOf`, `properties`, `additionalProperties`, `required`, and `$ref` under conditions that
//! real schemas break: nothing beside it (anomalyco/opencode#12295, 2026-02-05), no unknown target
//! (google-gemini/gemini-cli#13326, 2025-11-18), no deep circle (google-gemini/gemini-cli#5609, 2025-08-05).
//! References are therefore written out, and the rest becomes what is documented, or goes.
//!
//! Keywords are looked at where keywords stand, so a property may be called `title`, `format` or `$ref`.

use super::shape::{Additional, Shape};
use crate::Dropped;
use crate::json::tree::{Node, Object, Path, Value};
use crate::json::write::Writer;

/// What must hold of a schema as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Root {
    /// A function's arguments: an object, or nothing at all where it takes none.
    Arguments,
    /// An answer: anything.
    Answer,
}

/// The most schemas within a schema. References to one another, written out, may grow without end.
const MOST: usize = 4_000;

/// The formats that are documented; others were refused (`only 'enum' and 'date-time' are supported`).
const FORMATS: [&str; 7] = ["date-time", "date", "time", "int32", "int64", "float", "double"];

/// The schema Gemini takes; `None`: there is nothing to say. What was lost is told as lying under `path`.
pub(in super::super) fn narrow(
    schema: &str,
    root: Root,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Option<String> {
    let node = Node::parse(schema).ok()?;
    let mut narrowing = Narrowing { root: &node, within: vec!["#".to_owned()], left: MOST, dropped };
    let mut shape = narrowing.shape(&node, path);
    if root == Root::Arguments {
        object_root(&mut shape);
        if shape.properties.is_empty() && matches!(shape.additional, None | Some(Additional::Allowed(false)))
        {
            return None;
        }
    }
    let text = Writer::object(schema.len(), |out| shape.write(out));
    String::from_utf8(text).ok()
}

/// Arguments are an object. Alternatives at the top become one object with the properties of all, of which those
/// are required that every alternative requires.
fn object_root(shape: &mut Shape) {
    let variants = std::mem::take(&mut shape.any_of);
    let mut required: Option<Vec<String>> = None;
    for mut variant in variants {
        let names = std::mem::take(&mut variant.required);
        required = Some(match required {
            Some(known) => known.into_iter().filter(|name| names.contains(name)).collect(),
            None => names,
        });
        variant.words.clear();
        shape.merge(variant);
    }
    for name in required.unwrap_or_default() {
        if !shape.required.contains(&name) {
            shape.required.push(name);
        }
    }
    shape.types = vec!["object".to_owned()];
}

struct Narrowing<'s, 'd> {
    root: &'s Node<'s>,
    /// The references we are inside of.
    within: Vec<String>,
    left: usize,
    dropped: &'d mut Vec<Dropped>,
}

impl<'s> Narrowing<'s, '_> {
    fn shape(&mut self, node: &Node<'s>, path: &Path<'_>) -> Shape {
        // `true` and `false` are schemas too; whatever else stands here is none.
        let Value::Object(schema) = &node.value else {
            return Shape::default();
        };
        let Some(left) = self.left.checked_sub(1) else {
            return Shape::of("object");
        };
        self.left = left;
        let mut shape = Shape::default();
        for (key, node) in schema.iter() {
            if node.value != Value::Null || key == "const" {
                self.keyword(&mut shape, key, node, &path.key(key));
            }
        }
        if let Some(Value::Text(target)) = schema.get("$ref").map(|node| &node.value) {
            let target = self.referred(target, path);
            shape.merge(target);
        }
        for part in list(schema, "allOf") {
            let part = self.shape(part, &path.key("allOf"));
            shape.merge(part);
        }
        self.limits(&mut shape, schema, path);
        finish(&mut shape);
        shape
    }

    fn keyword(&mut self, shape: &mut Shape, key: &str, node: &Node<'s>, path: &Path<'_>) {
        match (key, &node.value) {
            // Looked at elsewhere, or said nothing a model needs.
            ("$ref" | "allOf" | "exclusiveMinimum" | "exclusiveMaximum" | "minimum" | "maximum", _)
            | ("$schema" | "$id" | "id" | "$anchor" | "$comment" | "$defs" | "definitions", _)
            | ("propertyOrdering" | "$vocabulary", _) => {}
            ("type", Value::Text(kind)) => shape.add_type(&kind.to_ascii_lowercase()),
            ("type", Value::List(kinds)) => {
                kinds
                    .iter()
                    .filter_map(Node::as_text)
                    .for_each(|kind| shape.add_type(&kind.to_ascii_lowercase()));
            }
            ("nullable", Value::Bool(nullable)) => shape.nullable |= nullable,
            ("title" | "description" | "pattern", Value::Text(_))
            | ("minItems" | "maxItems" | "minLength" | "maxLength", Value::Number)
            | ("minProperties" | "maxProperties", Value::Number) => shape.word(key, node.raw),
            ("default", _) => shape.word("default", node.raw),
            ("format", Value::Text(format)) if FORMATS.contains(&format.as_ref()) => {
                shape.word("format", node.raw)
            }
            ("enum", Value::List(values)) => values.iter().for_each(|value| allow(shape, value)),
            ("const", _) => allow(shape, node),
            ("properties", Value::Object(properties)) => {
                for (name, node) in properties.iter() {
                    let property = self.shape(node, &path.key(name));
                    shape.properties.push((name.to_owned(), property));
                }
            }
            ("required", Value::List(names)) => {
                shape.required.extend(names.iter().filter_map(|name| name.as_text().map(str::to_owned)));
            }
            ("items", Value::Object(_)) => shape.items = Some(Box::new(self.shape(node, path))),
            ("items", Value::Bool(_)) => {}
            ("prefixItems" | "items", Value::List(items)) => {
                shape.prefix =
                    items.iter().enumerate().map(|(at, item)| self.shape(item, &path.item(at))).collect();
            }
            ("anyOf" | "oneOf", Value::List(items)) => {
                let variants = items.iter().enumerate().map(|(at, item)| self.shape(item, &path.item(at)));
                shape.any_of.extend(variants);
            }
            ("additionalProperties", Value::Bool(allowed)) => {
                shape.additional = Some(Additional::Allowed(*allowed))
            }
            ("additionalProperties", Value::Object(_)) => {
                shape.additional = Some(Additional::Of(Box::new(self.shape(node, path))));
            }
            // A map whose keys have one form says as much without it.
            ("patternProperties", Value::Object(patterns)) => {
                if let Some((name, only)) = patterns.iter().next()
                    && patterns.iter().count() == 1
                    && shape.additional != Some(Additional::Allowed(true))
                {
                    shape.additional = Some(Additional::Of(Box::new(self.shape(only, &path.key(name)))));
                }
                self.drop(path);
            }
            _ => self.drop(path),
        }
    }

    /// `exclusiveMinimum` is not known: of whole numbers the next one is meant, of others the same must do.
    fn limits(&mut self, shape: &mut Shape, schema: &Object<'s>, path: &Path<'_>) {
        let whole = shape.types.iter().any(|kind| kind == "integer");
        for (key, exclusive, step) in
            [("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)]
        {
            let number = |key: &str| match schema.get(key) {
                Some(Node { value: Value::Number, raw }) => Some(*raw),
                _ => None,
            };
            if let Some(raw) = number(key) {
                shape.word(key, raw);
            } else if let Some(raw) = number(exclusive) {
                match raw.parse::<i64>() {
                    Ok(limit) if whole => shape.word(key, &limit.saturating_add(step).to_string()),
                    _ => {
                        shape.word(key, raw);
                        self.drop(&path.key(exclusive));
                    }
                }
            }
        }
    }

    /// What a reference means, written out.
    fn referred(&mut self, target: &str, path: &Path<'_>) -> Shape {
        if self.within.iter().any(|known| known == target) {
            self.note(path, "refers to itself, and is any object from here on");
            return Shape::of("object");
        }
        let Some(node) = find(self.root, target) else {
            self.note(path, "refers to what the schema does not hold");
            return Shape::default();
        };
        self.within.push(target.to_owned());
        let shape = self.shape(node, path);
        self.within.pop();
        shape
    }

    fn drop(&mut self, path: &Path<'_>) {
        self.note(path, "is a keyword Gemini does not know");
    }

    fn note(&mut self, path: &Path<'_>, why: &str) {
        self.dropped.push(Dropped::new(path, why));
    }
}

/// What can be said only when all keywords are known.
fn finish(shape: &mut Shape) {
    shape.any_of.retain(|variant| !variant.is_any());
    if let [only] = shape.any_of.as_slice() {
        let only = only.clone();
        shape.any_of.clear();
        shape.merge(only);
    }
    let known: Vec<&str> = shape.properties.iter().map(|(name, _)| name.as_str()).collect();
    let mut seen = Vec::new();
    shape.required.retain(|name| {
        let keep = known.contains(&name.as_str()) && !seen.contains(name);
        seen.push(name.clone());
        keep
    });
    let texts = shape.allowed.iter().any(|raw| raw.starts_with('"'));
    if texts && !shape.types.is_empty() {
        shape.add_type("string");
    }
    if shape.types.is_empty() && shape.any_of.is_empty() {
        if !shape.properties.is_empty() || shape.additional.is_some() {
            shape.add_type("object");
        } else if shape.items.is_some() || !shape.prefix.is_empty() {
            shape.add_type("array");
        } else if !shape.allowed.is_empty() {
            shape.add_type(if texts { "string" } else { "number" });
        }
    }
    if std::mem::take(&mut shape.nullable) {
        if !shape.types.is_empty() {
            shape.add_type("null");
        } else if !shape.any_of.is_empty() {
            shape.any_of.push(Shape::of("null"));
        }
    }
    // Several types are documented for `null` only.
    if shape.types.iter().filter(|kind| *kind != "null").count() > 1 {
        split(shape);
    }
}

/// One alternative for each type, with what applies to it.
fn split(shape: &mut Shape) {
    let types = std::mem::take(&mut shape.types);
    let whole = std::mem::take(shape);
    for kind in types {
        let mut one = Shape::of(&kind);
        match kind.as_str() {
            "object" => {
                one.properties.clone_from(&whole.properties);
                one.required.clone_from(&whole.required);
                one.additional.clone_from(&whole.additional);
            }
            "array" => {
                one.items.clone_from(&whole.items);
                one.prefix.clone_from(&whole.prefix);
            }
            "string" | "number" | "integer" => {
                let text = kind == "string";
                one.allowed.extend(whole.allowed.iter().filter(|raw| raw.starts_with('"') == text).cloned());
            }
            _ => {}
        }
        let belongs = |key: &str| match key {
            "minItems" | "maxItems" => kind == "array",
            "minLength" | "maxLength" | "pattern" => kind == "string",
            "minProperties" | "maxProperties" => kind == "object",
            "minimum" | "maximum" => kind == "number" || kind == "integer",
            _ => false,
        };
        one.words.extend(whole.words.iter().filter(|(key, _)| belongs(key)).cloned());
        shape.any_of.push(one);
    }
    let described = |key: &str| matches!(key, "title" | "description" | "default");
    shape.words.extend(whole.words.into_iter().filter(|(key, _)| described(key)));
    shape.any_of.extend(whole.any_of);
}

/// One value of an enum: texts and numbers can be listed, `null` and booleans are types.
fn allow(shape: &mut Shape, value: &Node<'_>) {
    match value.value {
        Value::Text(_) | Value::Number => {
            if !shape.allowed.iter().any(|known| known == value.raw) {
                shape.allowed.push(value.raw.to_owned());
            }
        }
        Value::Null => shape.nullable = true,
        Value::Bool(_) => shape.add_type("boolean"),
        Value::List(_) => shape.add_type("array"),
        Value::Object(_) => shape.add_type("object"),
    }
}

/// The part of the schema that a reference within it points to.
fn find<'s>(root: &'s Node<'s>, target: &str) -> Option<&'s Node<'s>> {
    let pointer = target.strip_prefix('#')?;
    let mut node = root;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("%24", "$").replace("%20", " ").replace("~1", "/").replace("~0", "~");
        node = match &node.value {
            Value::Object(object) => object.get(&step)?,
            Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    (pointer.is_empty() || pointer.starts_with('/')).then_some(node)
}

fn list<'n, 's>(schema: &'n Object<'s>, key: &str) -> &'n [Node<'s>] {
    match schema.get(key) {
        Some(Node { value: Value::List(items), .. }) => items,
        _ => &[],
    }
}
