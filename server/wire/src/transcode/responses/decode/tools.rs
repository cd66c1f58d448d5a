//! Tools, and which of them may be called.

use super::OPENAI_ONLY;
use crate::conversation::{Tool, ToolChoice};
use crate::json::tree::{Node, Object, Path, Value};
use crate::transcode::responses::namespace;
use crate::{Conversation, Dropped, Malformed};
use std::borrow::Cow;

/// Decodes everything a request says about tools.
pub(super) fn decode<'a>(
    body: &mut Object<'a>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let root = Path::Root;
    list(body, &root, conversation)?;
    conversation.parallel_tools = body.bool("parallel_tool_calls", &root)?;
    let path = root.key("tool_choice");
    if let Some(choice) = body.take("tool_choice") {
        conversation.tool_choice = self::choice(choice, &path, &mut conversation.dropped)?;
    }
    Ok(())
}

/// Decodes the member `tools` of what lies at `path`.
pub(super) fn list<'a>(
    object: &mut Object<'a>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let tools = object.list("tools", path)?.unwrap_or_default();
    let path = path.key("tools");
    for (index, node) in tools.into_iter().enumerate() {
        let path = path.item(index);
        tool(node.object(&path)?, &path, None, conversation)?;
    }
    Ok(())
}

fn tool<'a>(
    mut object: Object<'a>,
    path: &Path<'_>,
    within: Option<&str>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let kind = object.need_text("type", path)?;
    match &*kind {
        "function" => {
            // Chat nests what stands here at the top, and clients mix the two up.
            let nested = object.object("function", path)?;
            let inner = path.key("function");
            let (mut object, path) = match nested {
                Some(nested) => (nested, &inner),
                None => (object, path),
            };
            let name = named(&mut object, path)?;
            let description = object.text("description", path)?;
            let schema = match object.take("parameters") {
                Some(node) => {
                    let raw = node.raw;
                    node.object(&path.key("parameters"))?;
                    Some(Cow::Borrowed(raw))
                }
                None => None,
            };
            let strict = object.bool("strict", path)?;
            object.rest(path, OPENAI_ONLY, &mut conversation.dropped);
            let name = namespace::join(within, name);
            conversation.tools.push(Tool::Function { name, description, schema, strict, cache: None });
        }
        "custom" => {
            let name = namespace::join(within, named(&mut object, path)?);
            let description = object.text("description", path)?;
            let format = object.raw("format").map(Cow::Borrowed);
            object.rest(path, OPENAI_ONLY, &mut conversation.dropped);
            conversation.tools.push(Tool::Custom { name, description, format });
        }
        "namespace" if within.is_none() => {
            let name = named(&mut object, path)?;
            let tools = object.list("tools", path)?.unwrap_or_default();
            object.rest(path, OPENAI_ONLY, &mut conversation.dropped);
            let path = path.key("tools");
            for (index, node) in tools.into_iter().enumerate() {
                let path = path.item(index);
                tool(node.object(&path)?, &path, Some(&name), conversation)?;
            }
        }
        // Everything else runs at OpenAI or is known to its models only: web search, MCP, code interpreter, shell.
        _ => conversation.tools.push(Tool::Hosted { kind }),
    }
    conversation.places.tools(conversation.tools.len(), path);
    Ok(())
}

fn named<'a>(object: &mut Object<'a>, path: &Path<'_>) -> Result<Cow<'a, str>, Malformed> {
    let name = object.need_text("name", path)?;
    if name.is_empty() {
        return Err(path.key("name").fault("is empty"));
    }
    Ok(name)
}

fn choice<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Option<ToolChoice<'a>>, Malformed> {
    const HOSTED: &str = "names a tool that runs at OpenAI";
    if let Value::Text(word) = &node.value {
        return match &**word {
            "auto" => Ok(Some(ToolChoice::Auto)),
            "none" => Ok(Some(ToolChoice::None)),
            "required" => Ok(Some(ToolChoice::Required)),
            other => Err(path.fault(&format!("is {other:?}, which is no choice"))),
        };
    }
    let mut object = node.object(path)?;
    match &*object.need_text("type", path)? {
        "function" | "custom" => Ok(Some(ToolChoice::Named(chosen(&mut object, path)?))),
        "allowed_tools" => {
            let mode = object.text("mode", path)?;
            let tools = object.list("tools", path)?.unwrap_or_default();
            let path = path.key("tools");
            let mut names = Vec::new();
            for (index, node) in tools.into_iter().enumerate() {
                let path = path.item(index);
                let mut object = node.object(&path)?;
                match &*object.need_text("type", &path)? {
                    "function" | "custom" => names.push(chosen(&mut object, &path)?),
                    _ => dropped.push(Dropped::new(&path, HOSTED)),
                }
            }
            if names.is_empty() {
                dropped.push(Dropped::new(&path, "names no tool of the client's"));
                return Ok(None);
            }
            Ok(Some(ToolChoice::Allowed(names, mode.as_deref() == Some("required"))))
        }
        _ => {
            dropped.push(Dropped::new(path, HOSTED));
            Ok(None)
        }
    }
}

/// The name of a chosen tool, which chat nests.
fn chosen<'a>(object: &mut Object<'a>, path: &Path<'_>) -> Result<Cow<'a, str>, Malformed> {
    if let Some(mut nested) = object.object("function", path)? {
        return named(&mut nested, &path.key("function"));
    }
    let within = object.text("namespace", path)?;
    Ok(namespace::join(within.as_deref(), named(object, path)?))
}
