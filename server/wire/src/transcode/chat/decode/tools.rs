//! What the model may call.

use super::{UNKNOWN, lost, parts};
use crate::conversation::{Tool, ToolChoice};
use crate::json::tree::{Node, Object, Path, Value};
use crate::json::write::Writer;
use crate::{Conversation, Malformed};
use std::borrow::Cow;

const ROOT: Path<'static> = Path::Root;

/// Takes tools, the choice among them, and both in the form OpenAI had before (`functions`, `function_call`).
pub(super) fn take<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let path = ROOT.key("tools");
    for (at, node) in body.list("tools", &ROOT)?.unwrap_or_default().into_iter().enumerate() {
        let path = path.item(at);
        let tool = tool(node.object(&path)?, &path, conversation)?;
        conversation.tools.push(tool);
        conversation.places.tools(conversation.tools.len(), &path);
    }
    let path = ROOT.key("functions");
    for (at, node) in body.list("functions", &ROOT)?.unwrap_or_default().into_iter().enumerate() {
        let path = path.item(at);
        let tool = function(node.object(&path)?, &path, conversation)?;
        conversation.tools.push(tool);
        conversation.places.tools(conversation.tools.len(), &path);
    }
    // Search at OpenAI, asked for beside the tools.
    if body.object("web_search_options", &ROOT)?.is_some() {
        conversation.tools.push(Tool::Hosted { kind: "web_search".into() });
        conversation.places.tools(conversation.tools.len(), &ROOT.key("web_search_options"));
    }

    conversation.parallel_tools = body.bool("parallel_tool_calls", &ROOT)?;
    let path = ROOT.key("tool_choice");
    conversation.tool_choice = body.take("tool_choice").map(|node| choice(node, &path)).transpose()?;
    let path = ROOT.key("function_call");
    if let Some(node) = body.take("function_call") {
        let old = match node.value {
            Value::Text(word) => word_choice(&word, &path)?,
            Value::Object(mut object) => ToolChoice::Named(object.need_text("name", &path)?),
            _ => return Err(path.fault(&format!("must be a string or an object, not {}", node.kind()))),
        };
        conversation.tool_choice.get_or_insert(old);
    }
    Ok(())
}

fn tool<'a>(
    mut tool: Object<'a>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<Tool<'a>, Malformed> {
    let kind = tool.need_text("type", path)?;
    match kind.as_ref() {
        "function" => {
            let inside = path.key("function");
            let outer_cache = parts::cache(&mut tool, path, conversation)?;
            let inner = tool.object("function", path)?.ok_or_else(|| inside.missing())?;
            let mut made = function(inner, &inside, conversation)?;
            if let Tool::Function { cache, .. } = &mut made {
                *cache = cache.or(outer_cache);
            }
            tool.rest(path, UNKNOWN, &mut conversation.dropped);
            Ok(made)
        }
        "custom" => {
            let inside = path.key("custom");
            let mut inner = tool.object("custom", path)?.ok_or_else(|| inside.missing())?;
            let made = Tool::Custom {
                name: name(&mut inner, &inside)?,
                description: inner.text("description", &inside)?,
                format: inner.take("format").map(flat),
            };
            inner.rest(&inside, UNKNOWN, &mut conversation.dropped);
            tool.rest(path, UNKNOWN, &mut conversation.dropped);
            Ok(made)
        }
        // `web_search`, `openrouter:web_search`: it runs at the vendor, with settings only that vendor knows.
        _ => Ok(Tool::Hosted { kind }),
    }
}

/// Chat keeps a grammar one level deeper than Responses does.
fn flat(format: Node<'_>) -> Cow<'_, str> {
    let Value::Object(object) = &format.value else { return Cow::Borrowed(format.raw) };
    let Some(Node { value: Value::Object(grammar), .. }) = object.get("grammar") else {
        return Cow::Borrowed(format.raw);
    };
    let text = Writer::object(format.raw.len(), |out| {
        out.text("type", "grammar");
        for key in ["syntax", "definition"] {
            out.maybe_raw(key, grammar.get(key).map(|node| node.raw));
        }
    });
    Cow::Owned(String::from_utf8_lossy(&text).into_owned())
}

fn function<'a>(
    mut object: Object<'a>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<Tool<'a>, Malformed> {
    let name = name(&mut object, path)?;
    let description = object.text("description", path)?;
    let schema = match object.take("parameters") {
        None => None,
        Some(node) => {
            let raw = node.raw;
            node.object(&path.key("parameters"))?;
            Some(Cow::Borrowed(raw))
        }
    };
    let strict = object.bool("strict", path)?;
    let cache = parts::cache(&mut object, path, conversation)?;
    object.rest(path, UNKNOWN, &mut conversation.dropped);
    if conversation.tools.iter().any(|tool| named(tool) == Some(name.as_ref())) {
        lost(conversation, &path.key("name"), "another tool has this name, too");
    }
    Ok(Tool::Function { name, description, schema, strict, cache })
}

fn named<'t>(tool: &'t Tool<'_>) -> Option<&'t str> {
    match tool {
        Tool::Function { name, .. } | Tool::Custom { name, .. } => Some(name),
        Tool::Hosted { .. } => None,
    }
}

fn name<'a>(object: &mut Object<'a>, path: &Path<'_>) -> Result<Cow<'a, str>, Malformed> {
    let name = object.need_text("name", path)?;
    if name.is_empty() { Err(path.key("name").fault("must not be empty")) } else { Ok(name) }
}

fn word_choice(word: &str, path: &Path<'_>) -> Result<ToolChoice<'static>, Malformed> {
    match word {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        // Mistral calls it `any`.
        "required" | "any" => Ok(ToolChoice::Required),
        _ => {
            Err(path.fault(&format!("is {word:?}; it must be one of none, auto and required, or an object")))
        }
    }
}

fn choice<'a>(node: Node<'a>, path: &Path<'_>) -> Result<ToolChoice<'a>, Malformed> {
    let mut object = match node.value {
        Value::Text(word) => return word_choice(&word, path),
        Value::Object(object) => object,
        _ => return Err(path.fault(&format!("must be a string or an object, not {}", node.kind()))),
    };
    let kind = object.need_text("type", path)?;
    match kind.as_ref() {
        "function" | "custom" => Ok(ToolChoice::Named(chosen(object, &kind, path)?)),
        "allowed_tools" => {
            let path = path.key("allowed_tools");
            let inner = object.object("allowed_tools", &ROOT.key("tool_choice"))?;
            let mut inner = inner.ok_or_else(|| path.missing())?;
            let required = match inner.need_text("mode", &path)?.as_ref() {
                "auto" => false,
                "required" => true,
                mode => {
                    let fault = format!("is {mode:?}; it must be auto or required");
                    return Err(path.key("mode").fault(&fault));
                }
            };
            let list = path.key("tools");
            let mut names = Vec::new();
            for (at, node) in
                inner.list("tools", &path)?.ok_or_else(|| list.missing())?.into_iter().enumerate()
            {
                let path = list.item(at);
                let mut one = node.object(&path)?;
                let kind = one.need_text("type", &path)?;
                names.push(chosen(one, &kind, &path)?);
            }
            Ok(ToolChoice::Allowed(names, required))
        }
        _ => Err(path
            .key("type")
            .fault(&format!("is {kind:?}; it must be one of function, custom and allowed_tools"))),
    }
}

/// `{"type":"function","function":{"name":…}}`
fn chosen<'a>(mut object: Object<'a>, kind: &str, path: &Path<'_>) -> Result<Cow<'a, str>, Malformed> {
    let inside = path.key(kind);
    let mut inner = object.object(kind, path)?.ok_or_else(|| inside.missing())?;
    name(&mut inner, &inside)
}
