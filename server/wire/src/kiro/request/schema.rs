//! Schemas of tools without what Kiro answers with `Improperly formed request` (reported up to August 2026):
//! `additionalProperties`, and a `required` that requires nothing.

use crate::json::tree::{Node, Object, Value};
use crate::json::write::{ListWriter, ObjectWriter, Writer};
use std::borrow::Cow;

/// Members of a schema that hold schemas by name.
const MAPS: [&str; 5] = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
/// Members that hold one schema or a list of them.
const NESTED: [&str; 11] = [
    "items",
    "prefixItems",
    "anyOf",
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
];

/// The schema as it is sent. It is another one only where it had something that is refused.
pub(super) fn cleaned(schema: Cow<'_, str>) -> Cow<'_, str> {
    let suspicious = ["\"additionalProperties\"", "\"required\""].iter().any(|key| schema.contains(key));
    let text = match Node::parse(&schema) {
        Ok(Node { value: Value::Object(object), .. }) if suspicious => {
            let mut changed = false;
            let text = Writer::object(schema.len(), |out| write(&object, false, out, &mut changed));
            changed.then_some(text)
        }
        _ => None,
    };
    match text {
        Some(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
        None => schema,
    }
}

/// Writes a schema, or a map of schemas by name.
fn write(object: &Object<'_>, map: bool, out: &mut ObjectWriter<'_>, changed: &mut bool) {
    for (key, node) in object.iter() {
        let empty = matches!(&node.value, Value::List(items) if items.is_empty());
        if !map && (key == "additionalProperties" || key == "required" && empty) {
            *changed = true;
            continue;
        }
        match &node.value {
            Value::Object(inner) if map || NESTED.contains(&key) => {
                out.object(key, |out| write(inner, false, out, changed));
            }
            Value::Object(inner) if MAPS.contains(&key) => {
                out.object(key, |out| write(inner, true, out, changed));
            }
            Value::List(items) if !map && NESTED.contains(&key) => {
                out.list(key, |list| items.iter().for_each(|item| write_item(item, list, changed)));
            }
            _ => out.raw(key, node.raw),
        }
    }
}

fn write_item(item: &Node<'_>, list: &mut ListWriter<'_>, changed: &mut bool) {
    match &item.value {
        Value::Object(inner) => list.object(|out| write(inner, false, out, changed)),
        _ => list.raw(item.raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_goes_at_any_depth_and_names_stay() {
        let schema = r#"{"type":"object","additionalProperties":false,"required":[],"properties":{
            "additionalProperties":{"type":"object","additionalProperties":{"type":"string"}},
            "required":{"type":"array","items":{"type":"object","required":[]}},
            "any":{"anyOf":[{"type":"object","additionalProperties":true},7],"default":{"required":[]}}},
            "$defs":{"a":{"required":["x"],"minimum":1.50}}}"#;
        let expected = concat!(
            r#"{"type":"object","properties":{"additionalProperties":{"type":"object"},"#,
            r#""required":{"type":"array","items":{"type":"object"}},"#,
            r#""any":{"anyOf":[{"type":"object"},7],"default":{"required":[]}}},"#,
            r#""$defs":{"a":{"required":["x"],"minimum":1.50}}}"#
        );
        assert_eq!(cleaned(schema.into()), expected);
    }

    #[test]
    fn what_is_taken_stays_as_it_was_written() {
        for schema in [
            r#"{ "type" : "object", "required" : ["a"] }"#,
            "{}",
            "[",
            r#"{"enum":["additionalProperties"]}"#,
        ] {
            assert!(matches!(cleaned(schema.into()), Cow::Borrowed(same) if same == schema), "{schema}");
        }
    }
}
