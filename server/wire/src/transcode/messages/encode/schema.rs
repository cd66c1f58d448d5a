//! JSON Schemas as Anthropic takes them.

use crate::json::tree::{Node, Object, Value};
use crate::json::write::{ListWriter, ObjectWriter, Writer};
use std::borrow::Cow;

/// Members of a schema that hold schemas by name.
const MAPS: [&str; 3] = ["properties", "$defs", "definitions"];
/// Members that hold one schema or a list of them.
const NESTED: [&str; 4] = ["items", "anyOf", "allOf", "oneOf"];
/// Keywords that only narrow what is allowed, and that Anthropic refuses where a schema is enforced. Its SDKs move
/// them into descriptions (anthropic-sdk-typescript 0.120, 2026-08-19).
const REFUSED: [&str; 20] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "maxItems",
    "uniqueItems",
    "contains",
    "minProperties",
    "maxProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
];
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// A tool's schema: an object in every case, and no choice between schemas at the top, which Anthropic refuses
/// (`input_schema does not support oneOf, allOf, or anyOf at the top level`). The choice is described instead.
pub(super) fn arguments(schema: Option<&str>) -> Cow<'_, str> {
    const NOTHING: &str = r#"{"type":"object","properties":{}}"#;
    let Some((schema, Ok(Node { value: Value::Object(mut object), .. }))) =
        schema.map(|schema| (schema, Node::parse(schema)))
    else {
        return Cow::Borrowed(NOTHING);
    };
    let is_object = object.get("type").and_then(Node::as_text) == Some("object");
    let choices = ["anyOf", "oneOf", "allOf"].map(|key| object.take(key).map(|node| (key, node.raw)));
    if is_object && choices.iter().all(Option::is_none) {
        return Cow::Borrowed(schema);
    }
    object.take("type");
    let mut description = object.lenient_text("description").unwrap_or_default().into_owned();
    for (key, choice) in choices.into_iter().flatten() {
        if !description.is_empty() {
            description.push_str("\n\n");
        }
        description.push_str(&format!("{key}: {choice}"));
    }
    let text = Writer::object(schema.len() + 32, |out| {
        out.text("type", "object");
        if !description.is_empty() {
            out.text("description", &description);
        }
        for (key, node) in object.into_members() {
            out.raw(&key, node.raw);
        }
    });
    Cow::Owned(String::from_utf8_lossy(&text).into_owned())
}

/// Whether Anthropic can enforce a schema as it is.
pub(super) fn fits(schema: &str) -> bool {
    let mut changed = Changes::default();
    write(schema, &mut changed).is_some() && !changed.any && !changed.hopeless
}

/// The schema as Anthropic can enforce it, and the keywords it lost; `None`: its meaning would be another.
pub(super) fn fit(schema: &str) -> Option<(String, Vec<&'static str>)> {
    let mut changes = Changes::default();
    let text = write(schema, &mut changes)?;
    let Changes { any, hopeless, mut lost } = changes;
    if !any && !hopeless {
        return Some((schema.to_owned(), lost));
    }
    lost.sort_unstable();
    lost.dedup();
    (!hopeless).then_some((text, lost))
}

#[derive(Default)]
struct Changes {
    any: bool,
    /// Objects with members of any name cannot be asked for at all.
    hopeless: bool,
    lost: Vec<&'static str>,
}

fn write(schema: &str, changes: &mut Changes) -> Option<String> {
    let Ok(Node { value: Value::Object(object), .. }) = Node::parse(schema) else {
        return None;
    };
    let text = Writer::object(schema.len() + 32, |out| members(object, out, changes));
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn members(mut schema: Object<'_>, out: &mut ObjectWriter<'_>, changes: &mut Changes) {
    let is_object =
        schema.get("properties").is_some() || schema.get("type").and_then(Node::as_text) == Some("object");
    let more = schema.take("additionalProperties");
    let anything =
        ["properties", "anyOf", "oneOf", "allOf", "$ref"].iter().all(|key| schema.get(key).is_none());
    changes.hopeless |=
        schema.get("patternProperties").is_some() || (is_object && more.is_none() && anything);
    match more.map(|node| node.value) {
        Some(Value::Bool(false)) => {}
        // Not said is not meant: OpenAI's clients leave it out as well.
        None => changes.any |= is_object,
        Some(_) => changes.hopeless = true,
    }
    for (key, node) in schema.into_members() {
        if let Some(keyword) = refused(&key, &node) {
            changes.any = true;
            changes.lost.push(keyword);
            continue;
        }
        match node.value {
            Value::Object(map) if MAPS.contains(&&*key) => out.object(&key, |out| {
                for (name, node) in map.into_members() {
                    member(&name, node, out, changes);
                }
            }),
            _ if NESTED.contains(&&*key) => {
                // The SDKs ask for `anyOf` where a schema says `oneOf`.
                changes.any |= key == "oneOf";
                let key = if key == "oneOf" { "anyOf" } else { &*key };
                member(key, node, out, changes);
            }
            _ => out.raw(&key, node.raw),
        }
    }
    if is_object {
        out.bool("additionalProperties", false);
    }
}

fn member(key: &str, node: Node<'_>, out: &mut ObjectWriter<'_>, changes: &mut Changes) {
    match node.value {
        Value::Object(schema) => out.object(key, |out| members(schema, out, changes)),
        Value::List(schemas) => out.list(key, |out| list(schemas, out, changes)),
        _ => out.raw(key, node.raw),
    }
}

fn list(schemas: Vec<Node<'_>>, out: &mut ListWriter<'_>, changes: &mut Changes) {
    for node in schemas {
        match node.value {
            Value::Object(schema) => out.object(|out| members(schema, out, changes)),
            _ => out.raw(node.raw),
        }
    }
}

fn refused(key: &str, node: &Node<'_>) -> Option<&'static str> {
    match key {
        "format" => (!node.as_text().is_some_and(|format| FORMATS.contains(&format))).then_some("format"),
        "minItems" => (!matches!(node.raw, "0" | "1")).then_some("minItems"),
        _ => REFUSED.into_iter().find(|keyword| *keyword == key),
    }
}
