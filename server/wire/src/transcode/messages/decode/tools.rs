//! Which tools there are, and which must be called.

use super::content::cache;
use crate::conversation::{Tool, ToolChoice};
use crate::json::tree::{Object, Path};
use crate::{Conversation, Dropped, Malformed};
use std::borrow::Cow;

/// Reads `tools`, `mcp_servers` and `tool_choice`.
pub(super) fn read<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let root = &Path::Root;
    if let Some(tools) = body.list("tools", root)? {
        let path = root.key("tools");
        for (index, tool) in tools.into_iter().enumerate() {
            let path = path.item(index);
            let tool = one(tool.object(&path)?, &path, &mut conversation.dropped)?;
            conversation.tools.push(tool);
            conversation.places.tools(conversation.tools.len(), &path);
        }
    }
    if let Some(servers) = body.list("mcp_servers", root)?
        && !servers.is_empty()
    {
        conversation.tools.push(Tool::Hosted { kind: Cow::Borrowed("mcp_servers") });
        conversation.places.tools(conversation.tools.len(), &root.key("mcp_servers"));
    }
    if let Some(choice) = body.object("tool_choice", root)? {
        read_choice(choice, conversation)?;
    }
    Ok(())
}

/// One tool. Only those without a type or of type `custom` say how they are called: all others are known to Claude
/// alone, whether they run at Anthropic (`web_search_…`) or at the client (`bash_…`, `text_editor_…`).
pub(super) fn one<'a>(
    mut tool: Object<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Tool<'a>, Malformed> {
    let kind = tool.text("type", path)?.unwrap_or(Cow::Borrowed("custom"));
    if kind != "custom" {
        tool.take("name");
        tool.rest(path, "sets up a tool of Anthropic's", dropped);
        return Ok(Tool::Hosted { kind });
    }
    let name = tool.need_text("name", path)?;
    if name.is_empty() {
        return Err(path.key("name").fault("is empty"));
    }
    let description = tool.text("description", path)?;
    let schema = tool.take("input_schema").ok_or_else(|| path.key("input_schema").missing())?;
    let raw = schema.raw;
    schema.object(&path.key("input_schema"))?;
    let strict = tool.bool("strict", path)?;
    let cache = cache(&mut tool, path, dropped)?;
    for (key, why) in [
        ("eager_input_streaming", "says how Anthropic streams arguments"),
        ("defer_loading", "is for Anthropic's tool search: the tool is offered from the start"),
        ("allowed_callers", "is for Anthropic's code execution"),
        ("input_examples", "has no place in other dialects"),
    ] {
        if tool.take(key).is_some() {
            dropped.push(Dropped::new(&path.key(key), why));
        }
    }
    tool.rest(path, "is known to Anthropic only", dropped);
    Ok(Tool::Function { name, description, schema: Some(Cow::Borrowed(raw)), strict, cache })
}

fn read_choice<'a>(mut choice: Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let path = Path::Root.key("tool_choice");
    let kind = choice.need_text("type", &path)?;
    conversation.tool_choice = Some(match kind.as_ref() {
        "auto" => ToolChoice::Auto,
        "any" => ToolChoice::Required,
        "none" => ToolChoice::None,
        "tool" => ToolChoice::Named(choice.need_text("name", &path)?),
        other => {
            let what = format!("must be \"auto\", \"any\", \"tool\" or \"none\", not {other:?}");
            return Err(path.key("type").fault(&what));
        }
    });
    conversation.parallel_tools = choice.bool("disable_parallel_tool_use", &path)?.map(|disabled| !disabled);
    choice.rest(&path, "is known to Anthropic only", &mut conversation.dropped);
    Ok(())
}
