//! JSON as the form of an answer, as OpenAI takes it in both of its dialects, and what is said in words where it cannot
//! be asked for.

use crate::conversation::{Block, OutputFormat, Turn};
use crate::json::tree::{Node, Object, Value};
use std::borrow::Cow;

/// What JSON mode wants to read somewhere: «'messages' must contain the word 'json' in some form, to use
/// 'response_format' of type 'json_object'» (OpenAI; Groq and DeepSeek refuse it too).
pub(crate) const ANY_JSON: &str = "Answer with one JSON object and nothing else.";

/// What asks for JSON of a schema in words.
pub(crate) fn in_words(schema: &str) -> String {
    format!("Answer with one JSON value that matches this JSON Schema, and nothing else:\n{schema}")
}

/// How an answer's form is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan<'f> {
    pub(crate) form: Form<'f>,
    /// What is added to the instructions.
    pub(crate) words: Option<String>,
    /// What is named among what is dropped: path and reason.
    pub(crate) lost: Vec<(&'static str, &'static str)>,
}

/// The form asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Form<'f> {
    /// None.
    #[default]
    Text,
    /// Any object.
    Json,
    /// An object of this schema. `strict`: stated only where it can be followed exactly.
    Schema { name: Option<&'f str>, description: Option<&'f str>, schema: Cow<'f, str>, strict: Option<bool> },
}

/// Decides. `schemas`: whether the target follows one; `said`: whether the word is in what the target looks at.
pub(crate) fn plan<'f>(
    format: Option<&'f OutputFormat<'_>>,
    schemas: bool,
    said: impl FnOnce() -> bool,
) -> Plan<'f> {
    match format {
        None => Plan::default(),
        Some(OutputFormat::Json) if said() => Plan { form: Form::Json, ..Plan::default() },
        Some(OutputFormat::Json) => Plan {
            form: Form::Json,
            words: Some(ANY_JSON.to_owned()),
            lost: vec![(
                "format",
                "is asked for in the instructions, too: JSON mode is refused without the word",
            )],
        },
        Some(OutputFormat::Schema { name, description, schema, strict }) => match root(schema) {
            // In an object around it the client would not find what it asked for, and JSON mode gives objects only.
            None => Plan {
                form: Form::Text,
                words: Some(in_words(schema)),
                lost: vec![(
                    "format",
                    "is asked for in the instructions: only objects can be asked for otherwise",
                )],
            },
            Some(_) if !schemas => Plan {
                form: Form::Json,
                words: Some(in_words(schema)),
                lost: vec![(
                    "format.schema",
                    "is told in the instructions: the target can only be asked for JSON",
                )],
            },
            Some(rooted) => {
                let loose = *strict == Some(true) && !is_strict(&rooted);
                let lost = vec![("format.strict", LOOSE)];
                Plan {
                    form: Form::Schema {
                        name: name.as_deref(),
                        description: description.as_deref(),
                        schema: rooted,
                        strict: strict.filter(|_| !loose),
                    },
                    words: None,
                    lost: if loose { lost } else { Vec::new() },
                }
            }
        },
    }
}

/// Whether a text in these turns has the word in it.
pub(crate) fn say_json(turns: &[Turn<'_>]) -> bool {
    turns.iter().any(|turn| turn.blocks.iter().any(says_json))
}

/// Whether a block of words has the word in it. What tools answered is not counted on.
pub(crate) fn says_json(block: &Block<'_>) -> bool {
    let Block::Text { text, .. } = block else { return false };
    text.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"json"))
}

/// The schema, if OpenAI takes it for an answer: «schema must be a JSON Schema of 'type: "object"', got 'type: "array"'»
/// (podly-pure-podcasts/podly_pure_podcasts#89, 2025-04-18), and no `anyOf` at the top.
fn root(schema: &str) -> Option<Cow<'_, str>> {
    let Ok(Node { value: Value::Object(object), .. }) = Node::parse(schema) else { return None };
    let choice = ["anyOf", "oneOf", "allOf", "enum", "const", "not", "$ref"];
    if choice.iter().any(|key| object.get(key).is_some()) {
        return None;
    }
    match object.get("type").map(|kind| kind.as_text()) {
        Some(Some("object")) => Some(Cow::Borrowed(schema)),
        None if object.get("properties").is_some() => {
            Some(Cow::Owned(format!("{{\"type\":\"object\",{}", schema.trim().strip_prefix('{')?)))
        }
        _ => None,
    }
}

/// What strict schemas may say (OpenAI's guide on structured outputs, 2026). Whatever is not known to be taken makes a
/// schema loose: asked for strictly it would be refused (`'default' is not permitted`).
const STRICT: [&str; 22] = [
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "anyOf",
    "const",
    "definitions",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
    "title",
];
const FORMATS: [&str; 9] =
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];
/// The deepest nesting taken: «6 levels of nesting exceeds limit of 5» (tidyverse/ellmer#671, 2025).
const LEVELS: usize = 5;

/// Why `strict` is left out: Anthropic's and Google's ask for less of a schema than OpenAI's, which refuses the request.
pub(crate) const LOOSE: &str =
    "cannot be followed: strict schemas require all they have and allow nothing else";

/// Whether OpenAI can be asked to follow a schema exactly: every object has all of its members, and no others.
pub(crate) fn is_strict(schema: &str) -> bool {
    let Ok(Node { value: Value::Object(object), .. }) = Node::parse(schema) else { return false };
    object.get("type").and_then(Node::as_text) == Some("object") && follows(&object, 1)
}

fn follows(schema: &Object<'_>, level: usize) -> bool {
    let known = schema.iter().all(|(key, node)| match key {
        "type" => true,
        "format" => node.as_text().is_some_and(|format| FORMATS.contains(&format)),
        "$ref" => schema.iter().count() == 1,
        "properties" | "$defs" | "definitions" => {
            let Value::Object(map) = &node.value else { return false };
            let level = if key == "properties" { level + 1 } else { level };
            map.iter().all(|(_, node)| inside(node, level))
        }
        "items" => inside(node, level),
        "anyOf" => matches!(&node.value, Value::List(list) if list.iter().all(|node| inside(node, level))),
        key => STRICT.contains(&key),
    });
    let is_object = match schema.get("type").map(|kind| &kind.value) {
        Some(Value::Text(kind)) => kind == "object",
        Some(Value::List(kinds)) => kinds.iter().any(|kind| kind.as_text() == Some("object")),
        _ => schema.get("properties").is_some(),
    };
    known && (!is_object || is_closed(schema))
}

fn inside(node: &Node<'_>, level: usize) -> bool {
    matches!(&node.value, Value::Object(schema) if level <= LEVELS + 1 && follows(schema, level))
}

/// Whether an object must have all of its members and may have no others.
fn is_closed(schema: &Object<'_>) -> bool {
    let required: Vec<&str> = match schema.get("required") {
        Some(Node { value: Value::List(names), .. }) => names.iter().filter_map(Node::as_text).collect(),
        _ => Vec::new(),
    };
    let closed = matches!(schema.get("additionalProperties"), Some(Node { value: Value::Bool(false), .. }));
    match schema.get("properties") {
        Some(Node { value: Value::Object(properties), .. }) => {
            closed && properties.iter().all(|(name, _)| required.contains(&name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: &str = r#"{"type":"object","properties":{"a":{"type":["string","null"],"format":"date"},"b":{"type":"array","items":{"type":"object","properties":{},"additionalProperties":false}}},"required":["b","a"],"additionalProperties":false}"#;

    #[test]
    fn only_closed_schemas_are_strict() {
        assert!(is_strict(CLOSED));
        for (from, to) in [
            (r#""required":["b","a"]"#, r#""required":["b"]"#),
            (r#"],"additionalProperties":false}"#, "]}"),
            (r#"{},"additionalProperties":false"#, "{}"),
            (r#""format":"date""#, r#""format":"uri""#),
            (r#""format":"date""#, r#""default":"x""#),
            (r#""format":"date""#, r#""minLength":1"#),
            (r#"{"type":"object","properties":{"a""#, r#"{"allOf":[],"type":"object","properties":{"a""#),
        ] {
            let loose = CLOSED.replacen(from, to, 1);
            assert_ne!(loose, CLOSED);
            assert!(!is_strict(&loose), "{loose}");
        }
        let deep = |levels: usize| {
            (0..levels).fold(r#"{"type":"string"}"#.to_owned(), |inner, _| {
                format!(r#"{{"type":"object","properties":{{"a":{inner}}},"required":["a"],"additionalProperties":false}}"#)
            })
        };
        assert!(is_strict(&deep(5)) && !is_strict(&deep(6)));
    }

    #[test]
    fn only_objects_can_be_the_root() {
        assert!(root(r#"{"type":"object"}"#).is_some());
        assert_eq!(
            root(r#" {"properties":{"a":{}}}"#).as_deref(),
            Some(r#"{"type":"object","properties":{"a":{}}}"#)
        );
        for schema in
            [r#"{"type":"array"}"#, r#"{"type":"object","anyOf":[]}"#, r##"{"$ref":"#/a"}"##, "true", "{}"]
        {
            assert_eq!(root(schema), None, "{schema}");
        }
    }

    #[test]
    fn the_form_keeps_what_the_client_asked_for() {
        let of = |schema: &'static str, strict| OutputFormat::Schema {
            name: None,
            description: None,
            schema: schema.into(),
            strict,
        };
        let json = |said: bool| plan(Some(&OutputFormat::Json), true, move || said);
        assert_eq!((json(true).words, json(false).words.as_deref()), (None, Some(ANY_JSON)));
        let array = of(r#"{"type":"array"}"#, Some(true));
        let plan_ = plan(Some(&array), true, || true);
        assert_eq!((&plan_.form, plan_.lost[0].0), (&Form::Text, "format"));
        assert!(plan_.words.unwrap().ends_with("nothing else:\n{\"type\":\"array\"}"));
        for (schema, strict, stated) in [
            (CLOSED, Some(true), Some(true)),
            (r#"{"type":"object"}"#, Some(true), None),
            (r#"{"type":"object"}"#, Some(false), Some(false)),
            (CLOSED, None, None),
        ] {
            let format = of(schema, strict);
            let plan = plan(Some(&format), true, || false);
            assert!(matches!(plan.form, Form::Schema { strict, .. } if strict == stated), "{schema}");
            assert_eq!(plan.lost.is_empty(), strict == stated);
        }
        let format = of(CLOSED, None);
        let unable = plan(Some(&format), false, || true);
        assert_eq!((unable.form, unable.words.is_some()), (Form::Json, true));
    }
}
