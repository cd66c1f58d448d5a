//! Tools that are called with free text (OpenAI's `custom`, such as Codex's `apply_patch`), in dialects that have
//! functions only: a function with one argument, whose form is told in words.

use crate::json::tree::{Node, Value};
use crate::json::write::Writer;
use std::borrow::Cow;

/// The schema of such a function.
pub(crate) const SCHEMA: &str = r#"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}"#;

/// Why the format of such a tool is among what is dropped.
pub(crate) const NO_GRAMMAR: &str = "is told in the description: this dialect enforces no grammar";

/// The arguments of a call with this text.
pub(crate) fn arguments(text: &str) -> String {
    let object = Writer::object(text.len() + 16, |object| object.text("input", text));
    String::from_utf8_lossy(&object).into_owned()
}

/// The description of such a function, with the grammar of its text.
pub(crate) fn description<'t>(description: Option<&'t str>, format: Option<&str>) -> Option<Cow<'t, str>> {
    let Some(grammar) = format.and_then(grammar) else {
        return description.map(Cow::Borrowed);
    };
    let description = description.unwrap_or_default();
    Some(Cow::Owned(format!("{description}\n\nThe format of `input`: {grammar}").trim_start().to_owned()))
}

/// Whether a tool's format says more than that it is text.
pub(crate) fn has_grammar(format: Option<&str>) -> bool {
    format.and_then(grammar).is_some()
}

fn grammar(format: &str) -> Option<Cow<'_, str>> {
    let Ok(Node { value: Value::Object(mut object), .. }) = Node::parse(format) else {
        return Some(Cow::Borrowed(format));
    };
    if object.is_empty() || object.lenient_text("type").as_deref() == Some("text") {
        return None;
    }
    let syntax = object.lenient_text("syntax").unwrap_or_default();
    let definition = object.lenient_text("definition");
    Some(definition.map_or(Cow::Borrowed(format), |text| Cow::Owned(format!("{syntax} grammar\n{text}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_text_is_told_in_words() {
        let grammar = r#"{"type":"grammar","syntax":"lark","definition":"start: \"a\"\n"}"#;
        let told = description(Some("Patches."), Some(grammar)).unwrap();
        assert_eq!(told, "Patches.\n\nThe format of `input`: lark grammar\nstart: \"a\"\n");
        assert_eq!(description(Some("Any."), Some(r#"{"type":"text"}"#)).as_deref(), Some("Any."));
        assert!(!has_grammar(None) && has_grammar(Some(grammar)));
        assert_eq!(arguments("a\"b"), r#"{"input":"a\"b"}"#);
    }
}
