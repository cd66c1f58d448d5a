//! Parameters of tools as OpenAI takes them: an object that states its `properties`, which MCP servers often leave out,
//! with no choice at the top: «schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'const'/'not'
//! at the top level» (goruck/home-generative-agent#545, 2026-08-12). A request with one such tool fails as a whole.

use crate::json::tree::{Node, Object, Value};
use crate::json::write::Writer;
use std::borrow::Cow;

/// What a tool without a schema takes. OpenAI refuses an object without `properties`.
const NOTHING: &str = r#"{"type":"object","properties":{}}"#;

/// What may not stand at the top.
const REFUSED: [&str; 6] = ["oneOf", "anyOf", "allOf", "enum", "const", "not"];

/// How deep choices in choices are followed: a schema may refer to itself.
const DEEPEST: usize = 6;

/// The schema, and why it is named among what is dropped if its meaning is another.
pub(crate) fn parameters(schema: Option<&str>) -> (Cow<'_, str>, Option<&'static str>) {
    let Some(raw) = schema else { return (Cow::Borrowed(NOTHING), None) };
    let Ok(Node { value: Value::Object(object), .. }) = Node::parse(raw) else {
        return (Cow::Borrowed(NOTHING), None);
    };
    if REFUSED.iter().any(|key| object.get(key).is_some()) {
        let why = "became one object: a choice at its top is refused";
        return (Cow::Owned(merged(object, raw.len())), Some(why));
    }
    let misses_type = object.get("type").is_none();
    let is_object = misses_type || object.get("type").and_then(Node::as_text) == Some("object");
    let misses_properties = is_object && object.get("properties").is_none();
    let missing = match (misses_type, misses_properties) {
        (false, false) => return (Cow::Borrowed(raw), None),
        (true, true) => r#""type":"object","properties":{}"#,
        (true, false) => r#""type":"object""#,
        (false, true) => r#""properties":{}"#,
    };
    let comma = if object.is_empty() { "" } else { "," };
    let inside = raw.trim().trim_start_matches('{');
    (Cow::Owned(format!("{{{missing}{comma}{inside}")), None)
}

/// All that a schema's branches may hold.
#[derive(Default)]
struct Fields<'s> {
    /// Name and schemas, each as it is written.
    properties: Vec<(&'s str, Vec<&'s str>)>,
    /// What every branch requires.
    required: Vec<&'s str>,
    /// What each of several branches requires.
    sets: Vec<Vec<&'s str>>,
}

/// One object in place of a choice: it may have what any branch may have, and must have what all must have.
fn merged(object: Object<'_>, length: usize) -> String {
    let mut fields = Fields::default();
    fields.read(&object, &object, 0);
    let mut description = object.get("description").and_then(Node::as_text).unwrap_or_default().to_owned();
    if fields.sets.len() > 1 && fields.sets.iter().all(|set| !set.is_empty()) {
        let sets: Vec<String> = fields.sets.iter().map(|set| set.join(", ")).collect();
        description.push_str(if description.is_empty() { "" } else { "\n\n" });
        description.push_str(&format!("Required together: {}.", sets.join("; or ")));
    }
    let text = Writer::object(length + 64, |out| {
        out.text("type", "object");
        if !description.is_empty() {
            out.text("description", &description);
        }
        out.object("properties", |out| {
            for (name, schemas) in &fields.properties {
                match schemas.as_slice() {
                    [one] => out.raw(name, one),
                    all => {
                        out.object(name, |out| {
                            out.list("anyOf", |list| all.iter().for_each(|one| list.raw(one)))
                        });
                    }
                }
            }
        });
        if !fields.required.is_empty() {
            out.list("required", |list| fields.required.iter().for_each(|name| list.text(name)));
        }
        for (key, node) in object.iter() {
            let written =
                ["type", "description", "properties", "required"].contains(&key) || REFUSED.contains(&key);
            if !written {
                out.raw(key, node.raw);
            }
        }
    });
    String::from_utf8_lossy(&text).into_owned()
}

impl<'s> Fields<'s> {
    fn read(&mut self, schema: &'s Object<'_>, root: &'s Object<'_>, depth: usize) {
        let schema = target(schema, root);
        if let Some(Node { value: Value::Object(properties), .. }) = schema.get("properties") {
            properties.iter().for_each(|(name, node)| self.add(name, node.raw));
        }
        if let Some(Node { value: Value::List(names), .. }) = schema.get("required") {
            names.iter().filter_map(Node::as_text).for_each(|name| self.require(name));
        }
        if depth == DEEPEST {
            return;
        }
        for branch in branches(schema, "allOf") {
            self.read(branch, root, depth + 1);
        }
        for key in ["anyOf", "oneOf"] {
            let branches: Vec<Self> = branches(schema, key)
                .map(|branch| {
                    let mut fields = Self::default();
                    fields.read(branch, root, depth + 1);
                    fields
                })
                .collect();
            if let Some((first, others)) = branches.split_first() {
                let everywhere = |name: &&&str| others.iter().all(|other| other.required.contains(*name));
                first.required.iter().filter(everywhere).for_each(|name| self.require(name));
            }
            for branch in branches {
                for (name, schemas) in branch.properties {
                    schemas.into_iter().for_each(|schema| self.add(name, schema));
                }
                self.sets.push(branch.required);
            }
        }
    }

    fn add(&mut self, name: &'s str, schema: &'s str) {
        match self.properties.iter_mut().find(|(known, _)| *known == name) {
            Some((_, schemas)) if schemas.contains(&schema) => {}
            Some((_, schemas)) => schemas.push(schema),
            None => self.properties.push((name, vec![schema])),
        }
    }

    fn require(&mut self, name: &'s str) {
        if !self.required.contains(&name) {
            self.required.push(name);
        }
    }
}

fn branches<'s>(schema: &'s Object<'_>, key: &str) -> impl Iterator<Item = &'s Object<'s>> {
    let list = match schema.get(key) {
        Some(Node { value: Value::List(list), .. }) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|node| match &node.value {
        Value::Object(object) => Some(object),
        _ => None,
    })
}

/// What `$ref` points to, or the schema itself.
fn target<'s>(schema: &'s Object<'_>, root: &'s Object<'_>) -> &'s Object<'s> {
    let path = schema.get("$ref").and_then(Node::as_text).and_then(|path| path.strip_prefix("#/"));
    let found = path.and_then(|path| {
        path.split('/').try_fold(root, |object: &Object<'_>, key| match object.get(key) {
            Some(Node { value: Value::Object(inner), .. }) => Some(inner),
            _ => None,
        })
    });
    found.unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn taken(schema: &Json) -> (Json, bool) {
        let text = schema.to_string();
        let (schema, why) = parameters(Some(&text));
        (serde_json::from_str(&schema).unwrap(), why.is_some())
    }

    #[test]
    fn a_choice_at_the_top_becomes_one_object() {
        let by = |name: &str| {
            json!({"type": "object", "properties": {"kind": {"const": name}, name: {"type": "string"}},
            "required": ["kind", name], "additionalProperties": false})
        };
        let (schema, named) = taken(&json!({"oneOf": [by("a"), by("b")]}));
        assert!(named);
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["properties"]["kind"], json!({"anyOf": [{"const": "a"}, {"const": "b"}]}));
        assert_eq!(schema["properties"]["b"], json!({"type": "string"}));
        assert_eq!(schema["required"], json!(["kind"]));
        assert_eq!(schema["description"], "Required together: kind, a; or kind, b.");
        assert!(schema.get("oneOf").is_none());
    }

    #[test]
    fn everything_else_at_the_top_stays() {
        let schema = json!({
            "type": "object", "description": "Where.", "additionalProperties": false,
            "properties": {"id": {"type": "integer"}}, "required": ["id"], "enum": [{"id": 1}], "not": {"type": "null"},
            "allOf": [{"$ref": "#/$defs/named"}],
            "anyOf": [{"required": ["name"]}, {"required": ["path"], "properties": {"path": {"type": "string"}}}],
            "$defs": {"named": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
        });
        let (merged, named) = taken(&schema);
        assert!(named);
        let properties =
            json!({"id": {"type": "integer"}, "name": {"type": "string"}, "path": {"type": "string"}});
        assert_eq!(merged["properties"], properties);
        assert_eq!(merged["required"], json!(["id", "name"]));
        assert_eq!(merged["description"], "Where.\n\nRequired together: name; or path.");
        assert_eq!((&merged["additionalProperties"], &merged["$defs"]), (&json!(false), &schema["$defs"]));
        assert!(REFUSED.iter().all(|key| merged.get(key).is_none()));
    }

    #[test]
    fn a_schema_within_itself_ends() {
        let (schema, _) =
            taken(&json!({"anyOf": [{"$ref": "#"}, {"$ref": "#/anyOf"}, {"$ref": "#/none"}, 7]}));
        assert_eq!(schema, json!({"type": "object", "properties": {}}));
        let node =
            json!({"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}});
        assert_eq!(taken(&node).0["properties"], json!({}));
    }
}
