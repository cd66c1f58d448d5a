//! Gemini's own kind of schema, a subset of OpenAPI 3.0 with types in capitals, into JSON Schema.

use crate::json::tree::{Node, Object, Value};
use crate::json::write::{ObjectWriter, Writer};

/// The schema as JSON Schema. What already is JSON Schema stays so.
pub(in super::super) fn from_openapi(schema: &Object<'_>) -> String {
    let text = Writer::object(256, |out| write(schema, out));
    String::from_utf8(text).unwrap_or_default()
}

fn write(schema: &Object<'_>, out: &mut ObjectWriter<'_>) {
    let nullable = matches!(schema.get("nullable"), Some(Node { value: Value::Bool(true), .. }));
    let numeric = kind(schema).is_some_and(|kind| kind == "integer" || kind == "number");
    for (key, node) in schema.iter() {
        match (key, &node.value) {
            // An order of properties is kept by writing them in theirs.
            ("nullable" | "propertyOrdering" | "property_ordering", _) | (_, Value::Null) => {}
            ("type", Value::Text(text)) => {
                let kind = text.to_ascii_lowercase();
                match kind.as_str() {
                    "type_unspecified" => {}
                    _ if nullable => out.list("type", |types| {
                        types.text(&kind);
                        types.text("null");
                    }),
                    _ => out.text("type", &kind),
                }
            }
            ("format", Value::Text(text)) if text == "enum" => {}
            ("enum", Value::List(values)) => out.list("enum", |list| {
                for value in values {
                    // Enums are texts here, whatever their type.
                    match value.as_text().filter(|text| numeric && is_number(text)) {
                        Some(number) => list.raw(number),
                        None => list.raw(value.raw),
                    }
                }
                if nullable {
                    list.raw("null");
                }
            }),
            ("example", _) => out.list("examples", |list| list.raw(node.raw)),
            ("properties" | "$defs" | "definitions" | "patternProperties", Value::Object(members)) => {
                out.object(key, |out| {
                    for (name, node) in members.iter() {
                        one(name, node, out);
                    }
                });
            }
            ("anyOf" | "any_of", Value::List(items)) => many("anyOf", items, out),
            ("oneOf" | "one_of", Value::List(items)) => many("oneOf", items, out),
            ("allOf" | "all_of", Value::List(items)) => many("allOf", items, out),
            ("prefixItems" | "prefix_items", Value::List(items)) => many("prefixItems", items, out),
            ("items" | "not", Value::Object(_)) => one(key, node, out),
            ("additionalProperties" | "additional_properties", _) => one("additionalProperties", node, out),
            // 64-bit numbers are texts in proto JSON.
            (_, Value::Text(text)) if counts(key).is_some() && is_number(text) => {
                out.raw(counts(key).unwrap_or(key), text);
            }
            _ => out.raw(counts(key).unwrap_or(key), node.raw),
        }
    }
}

fn one(key: &str, node: &Node<'_>, out: &mut ObjectWriter<'_>) {
    match &node.value {
        Value::Object(schema) => out.object(key, |out| write(schema, out)),
        _ => out.raw(key, node.raw),
    }
}

fn many(key: &str, items: &[Node<'_>], out: &mut ObjectWriter<'_>) {
    out.list(key, |list| {
        for item in items {
            match &item.value {
                Value::Object(schema) => list.object(|out| write(schema, out)),
                _ => list.raw(item.raw),
            }
        }
    });
}

fn kind(schema: &Object<'_>) -> Option<String> {
    schema.get("type").and_then(Node::as_text).map(str::to_ascii_lowercase)
}

fn is_number(text: &str) -> bool {
    matches!(Node::parse(text), Ok(Node { value: Value::Number, .. }))
}

/// Limits by their name in JSON Schema.
fn counts(key: &str) -> Option<&'static str> {
    Some(match key {
        "minItems" | "min_items" => "minItems",
        "maxItems" | "max_items" => "maxItems",
        "minLength" | "min_length" => "minLength",
        "maxLength" | "max_length" => "maxLength",
        "minProperties" | "min_properties" => "minProperties",
        "maxProperties" | "max_properties" => "maxProperties",
        _ => return None,
    })
}
