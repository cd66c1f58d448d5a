//! `tools` and `toolConfig`.

use super::super::schema::from_openapi;
use super::{UNKNOWN, either, some};
use crate::conversation::{Tool, ToolChoice};
use crate::json::tree::{Object, Path, Value};
use crate::{Conversation, Dropped, Malformed};
use std::borrow::Cow;

pub(super) fn decode<'a>(
    body: &mut Object<'a>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let root = Path::Root;
    let path = root.key("tools");
    let tools = body.take("tools").map(|node| some(node, &path)).transpose()?.unwrap_or_default();
    for (index, node) in tools.into_iter().enumerate() {
        let path = path.item(index);
        let mut tool = node.object(&path)?;
        let key = either(&tool, "functionDeclarations", "function_declarations");
        let functions =
            tool.take(key).map(|node| some(node, &path.key(key))).transpose()?.unwrap_or_default();
        for (index, node) in functions.into_iter().enumerate() {
            let path = path.key(key);
            let path = path.item(index);
            conversation.tools.push(function(node.object(&path)?, &path, &mut conversation.dropped)?);
            conversation.places.tools(conversation.tools.len(), &path);
        }
        // Whatever else stands in a tool runs at Google, by its name.
        for (key, node) in tool.into_members() {
            if node.value != Value::Null {
                if matches!(&node.value, Value::Object(settings) if !settings.is_empty()) {
                    let path = path.key(&key);
                    conversation.dropped.push(Dropped::new(&path, "only the name of a hosted tool is kept"));
                }
                conversation.places.tools(conversation.tools.len() + 1, &path.key(&key));
                conversation.tools.push(Tool::Hosted { kind: camel(key) });
            }
        }
    }
    let key = either(body, "toolConfig", "tool_config");
    if let Some(config) = body.object(key, &root)? {
        choice(config, &root.key(key), conversation)?;
    }
    Ok(())
}

fn function<'a>(
    mut function: Object<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Tool<'a>, Malformed> {
    let name = function.need_text("name", path)?;
    if name.is_empty() {
        return Err(path.key("name").fault("must not be empty"));
    }
    let description = function.text("description", path)?;
    let key = either(&function, "parametersJsonSchema", "parameters_json_schema");
    let openapi = function.object("parameters", path)?;
    let schema: Option<Cow<'a, str>> = match (function.take(key), openapi) {
        (Some(node), _) => Some(node.raw.into()),
        (None, Some(schema)) => Some(from_openapi(&schema).into()),
        (None, None) => None,
    };
    function.rest(path, UNKNOWN, dropped);
    Ok(Tool::Function { name, description, schema, strict: None, cache: None })
}

fn choice<'a>(
    mut config: Object<'a>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let key = either(&config, "functionCallingConfig", "function_calling_config");
    if let Some(mut calling) = config.object(key, path)? {
        let path = path.key(key);
        let mode = calling.text("mode", &path)?.unwrap_or_default();
        let key = either(&calling, "allowedFunctionNames", "allowed_function_names");
        let mut names = Vec::new();
        for (index, node) in calling.list(key, &path)?.unwrap_or_default().into_iter().enumerate() {
            names.push(node.text(&path.key(key).item(index))?);
        }
        conversation.tool_choice = match (mode.to_ascii_uppercase().as_str(), names.len()) {
            ("" | "MODE_UNSPECIFIED", 0) => None,
            ("AUTO", 0) => Some(ToolChoice::Auto),
            ("VALIDATED", 0) => {
                let why = "other dialects ask for strict arguments tool by tool";
                conversation.dropped.push(Dropped::new(&path.key("mode"), why));
                Some(ToolChoice::Auto)
            }
            ("AUTO" | "VALIDATED" | "" | "MODE_UNSPECIFIED", _) => Some(ToolChoice::Allowed(names, false)),
            ("ANY", 0) => Some(ToolChoice::Required),
            ("ANY", 1) => names.pop().map(ToolChoice::Named),
            ("ANY", _) => Some(ToolChoice::Allowed(names, true)),
            ("NONE", _) => Some(ToolChoice::None),
            _ => {
                let fault = format!("must be AUTO, ANY, NONE or VALIDATED, not {mode:?}");
                return Err(path.key("mode").fault(&fault));
            }
        };
        calling.rest(&path, UNKNOWN, &mut conversation.dropped);
    }
    config.rest(path, UNKNOWN, &mut conversation.dropped);
    Ok(())
}

/// `google_search` is `googleSearch`.
fn camel(key: Cow<'_, str>) -> Cow<'_, str> {
    if !key.contains('_') {
        return key;
    }
    let mut out = String::with_capacity(key.len());
    let mut upper = false;
    for char in key.chars() {
        match char {
            '_' => upper = true,
            _ if std::mem::take(&mut upper) => out.push(char.to_ascii_uppercase()),
            _ => out.push(char),
        }
    }
    out.into()
}
