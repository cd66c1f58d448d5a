use super::*;
use crate::Dropped;
use crate::json::tree::{Node, Path};
use serde_json::{Value, json};

/// What becomes of arguments, and the paths of what was lost.
fn arguments(schema: &Value) -> (Value, Vec<String>) {
    let mut dropped: Vec<Dropped> = Vec::new();
    let text = narrow(&schema.to_string(), Root::Arguments, &Path::Root, &mut dropped);
    let lost = dropped.into_iter().map(|one| one.path).collect();
    (text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap()), lost)
}

/// What becomes of a property.
fn property(schema: &Value) -> Value {
    arguments(&json!({"type": "object", "properties": {"p": schema}})).0["properties"]["p"].clone()
}

#[test]
fn parameters_named_like_keywords_stay() {
    let names = [
        "title",
        "format",
        "pattern",
        "default",
        "$ref",
        "const",
        "not",
        "enum",
        "type",
        "properties",
        "$defs",
    ];
    let properties: Value = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({"type": "string"})))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let schema = json!({"type": "object", "properties": properties, "required": names});
    assert_eq!(arguments(&schema), (schema, vec![]));
}

#[test]
fn references_are_written_out() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/City", "description": "Where."},
            "b": {"type": "array", "items": {"$ref": "#/properties/c"}},
            "c": {"type": "object", "properties": {"d": {"type": "string"}}},
            "e": {"$ref": "#/nowhere"},
            "f": {"$ref": "#/$defs/a~1b"}
        },
        "$defs": {"City": {"type": "object", "description": "A city.", "properties": {"name": {"type": "string"}}, "required": ["name"]}, "a/b": {"type": "number"}}
    });
    let c = json!({"type": "object", "properties": {"d": {"type": "string"}}});
    let (found, lost) = arguments(&schema);
    assert_eq!(
        found["properties"],
        json!({
            "a": {"type": "object", "description": "Where.", "properties": {"name": {"type": "string"}}, "required": ["name"]},
            "b": {"type": "array", "items": c},
            "c": c,
            "e": {},
            "f": {"type": "number"}
        })
    );
    assert_eq!(lost, ["properties.e"]);
}

#[test]
fn circles_are_cut() {
    let node = json!({"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/Node"}}});
    let schema = json!({"type": "object", "properties": {"root": {"$ref": "#/$defs/Node"}, "all": {"$ref": "#"}}, "$defs": {"Node": node}});
    let (found, lost) = arguments(&schema);
    assert_eq!(found["properties"]["root"]["properties"]["next"], json!({"type": "object"}));
    assert_eq!(found["properties"]["all"], json!({"type": "object"}));
    assert_eq!(lost, ["properties.all", "properties.root.properties.next"]);
    // Each refers twice to the next: written out these are 2^40.
    let defs: serde_json::Map<String, Value> = (0..40)
        .map(|at| {
            let next = json!({"$ref": format!("#/$defs/d{}", at + 1)});
            (format!("d{at}"), json!({"type": "object", "properties": {"l": next, "r": next}}))
        })
        .collect();
    let schema = json!({"type": "object", "properties": {"x": {"$ref": "#/$defs/d0"}}, "$defs": defs});
    assert!(arguments(&schema).0.to_string().len() < 2_000_000);
}

#[test]
fn what_is_not_known_becomes_what_is() {
    for (schema, expected) in [
        (json!({"const": "fast"}), json!({"type": "string", "enum": ["fast"]})),
        (json!({"const": 1.50}), json!({"type": "number", "enum": [1.5]})),
        (json!({"const": true}), json!({"type": "boolean"})),
        (json!({"enum": ["a", null]}), json!({"type": ["string", "null"], "enum": ["a"]})),
        (json!({"type": ["string", "null"]}), json!({"type": ["string", "null"]})),
        (json!({"type": "string", "nullable": true}), json!({"type": ["string", "null"]})),
        (json!({"type": "integer", "exclusiveMinimum": 0}), json!({"type": "integer", "minimum": 1})),
        (json!({"type": "number", "exclusiveMaximum": 2.5}), json!({"type": "number", "maximum": 2.5})),
        (json!({"type": "string", "format": "uri"}), json!({"type": "string"})),
        (json!({"type": "string", "format": "date-time"}), json!({"type": "string", "format": "date-time"})),
        (
            json!({"type": ["string", "integer", "null"], "minLength": 1, "minimum": 2, "description": "d"}),
            json!({"description": "d", "anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 2}, {"type": "null"}]}),
        ),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
            json!({"anyOf": [{"type": "string"}, {"type": "number"}]}),
        ),
        (
            json!({"allOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b", "gone"]}]}),
            json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {}}, "required": ["a", "b"]}),
        ),
        (
            json!({"type": "object", "patternProperties": {"^.*$": {"type": "string"}}}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
        (
            json!({"type": "object", "properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"type": "object", "properties": {"a": {}, "b": {}}}),
        ),
        (
            json!({"type": "array", "items": [{"type": "string"}]}),
            json!({"type": "array", "prefixItems": [{"type": "string"}]}),
        ),
        (json!({"type": "array"}), json!({"type": "array"})),
        (json!(true), json!({})),
        (
            json!({"type": "object", "additionalProperties": false, "required": []}),
            json!({"type": "object", "additionalProperties": false}),
        ),
    ] {
        assert_eq!(property(&schema), expected, "{schema}");
    }
}

#[test]
fn what_is_lost_is_told() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "array", "uniqueItems": true, "items": {"not": {}}}}, "if": {}});
    assert_eq!(arguments(&schema).1, ["if", "properties.a.items.not", "properties.a.uniqueItems"]);
}

#[test]
fn arguments_are_an_object_or_nothing() {
    assert_eq!(
        arguments(&json!({"type": "object", "properties": {}, "additionalProperties": false})).0,
        Value::Null
    );
    assert_eq!(arguments(&json!({})).0, Value::Null);
    let either = json!({"anyOf": [
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a", "b"]},
        {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}
    ]});
    assert_eq!(
        arguments(&either).0,
        json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]})
    );
}

#[test]
fn numbers_and_order_are_kept() {
    let schema =
        r#"{"type":"object","properties":{"z":{"type":"number","minimum":1.50},"a":{"type":"string"}}}"#;
    assert_eq!(narrow(schema, Root::Arguments, &Path::Root, &mut Vec::new()).unwrap(), schema);
}

#[test]
fn capitals_become_json_schema() {
    let text = r#"{"type":"OBJECT","properties":{
        "type":{"type":"STRING","nullable":true,"format":"enum","enum":["A","b"]},
        "n":{"type":"INTEGER","enum":["1","2"],"format":"int32"},
        "l":{"type":"ARRAY","minItems":"1","max_items":"9","items":{"any_of":[{"type":"STRING"},{"type":"NULL"}]}},
        "x":{"type":"TYPE_UNSPECIFIED","description":"d","example":7}},
        "required":["type"],"propertyOrdering":["type"]}"#;
    let Ok(Node { value: crate::json::tree::Value::Object(schema), .. }) = Node::parse(text) else {
        panic!()
    };
    let found: Value = serde_json::from_str(&from_openapi(&schema)).unwrap();
    assert_eq!(
        found,
        json!({"type": "object", "properties": {
            "type": {"type": ["string", "null"], "enum": ["A", "b", null]},
            "n": {"type": "integer", "enum": [1, 2], "format": "int32"},
            "l": {"type": "array", "minItems": 1, "maxItems": 9, "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
            "x": {"description": "d", "examples": [7]}},
            "required": ["type"]})
    );
}
