//! Tools, and which of them may be called.

use super::{LONGEST, Lost, allowed, lose};
use crate::Conversation;
use crate::conversation::{Names, Tool, ToolChoice};
use crate::json::write::{ListWriter, ObjectWriter};
use crate::transcode::parameters;
use crate::transcode::structured::{LOOSE, is_strict};

/// Tools of OpenAI's that need no further words than their type.
const HOSTED: [&str; 5] =
    ["web_search", "web_search_preview", "image_generation", "local_shell", "apply_patch"];

/// Writes everything a request says about tools.
pub(super) fn write(
    body: &mut ObjectWriter<'_>,
    conversation: &Conversation<'_>,
    names: &mut Names,
    dropped: &mut Lost,
) {
    let none = |tool: &Tool<'_>| matches!(tool, Tool::Hosted { kind } if !HOSTED.contains(&&**kind));
    if conversation.tools.iter().all(none) {
        for index in 0..conversation.tools.len() {
            lose(dropped, format!("tools[{index}]"), "runs at another vendor, or needs more than its name");
        }
        // Refused without tools.
        if conversation.tool_choice.is_some() {
            lose(dropped, "tool_choice", "there are no tools");
        }
        return;
    }
    body.list("tools", |tools| {
        for (index, tool) in conversation.tools.iter().enumerate() {
            self::tool(tools, tool, &format!("tools[{index}]"), names, dropped);
        }
    });
    if let Some(choice) = &conversation.tool_choice {
        self::choice(body, choice, conversation, names, dropped);
    }
    if let Some(parallel) = conversation.parallel_tools {
        body.bool("parallel_tool_calls", parallel);
    }
}

fn tool(tools: &mut ListWriter<'_>, tool: &Tool<'_>, path: &str, names: &mut Names, dropped: &mut Lost) {
    match tool {
        Tool::Function { name, description, schema, strict, cache } => {
            if cache.is_some() {
                lose(dropped, format!("{path}.cache"), "cached prefixes are found without marks");
            }
            let (schema, changed) = parameters(schema.as_deref());
            if let Some(why) = changed {
                lose(dropped, format!("{path}.schema"), why);
            }
            let strict = *strict == Some(true);
            let loose = strict && !is_strict(&schema);
            if loose {
                lose(dropped, format!("{path}.strict"), LOOSE);
            }
            tools.object(|tool| {
                tool.text("type", "function");
                tool.text("name", &names.send(name, LONGEST, allowed));
                tool.maybe_text("description", description.as_deref());
                tool.raw("parameters", &schema);
                // Left out, it is taken for true here and for false everywhere else.
                tool.bool("strict", strict && !loose);
            });
        }
        Tool::Custom { name, description, format } => {
            names.note_custom(name);
            tools.object(|tool| {
                tool.text("type", "custom");
                tool.text("name", &names.send(name, LONGEST, allowed));
                tool.maybe_text("description", description.as_deref());
                tool.maybe_raw("format", format.as_deref());
            });
        }
        Tool::Hosted { kind } if HOSTED.contains(&&**kind) => tools.object(|tool| tool.text("type", kind)),
        Tool::Hosted { .. } => lose(dropped, path, "runs at another vendor, or needs more than its name"),
    }
}

fn choice(
    body: &mut ObjectWriter<'_>,
    choice: &ToolChoice<'_>,
    conversation: &Conversation<'_>,
    names: &mut Names,
    dropped: &mut Lost,
) {
    let mut named = |tool: &mut ObjectWriter<'_>, chosen: &str| {
        let is_chosen = |tool: &Tool<'_>| matches!(tool, Tool::Custom { name, .. } if name == chosen);
        let custom = conversation.tools.iter().any(is_chosen);
        tool.text("type", if custom { "custom" } else { "function" });
        tool.text("name", &names.send(chosen, LONGEST, allowed));
    };
    match choice {
        ToolChoice::Auto => body.text("tool_choice", "auto"),
        ToolChoice::None => body.text("tool_choice", "none"),
        ToolChoice::Required => body.text("tool_choice", "required"),
        ToolChoice::Named(name) if !conversation.has_tool(name) => {
            lose(dropped, "tool_choice", "names a tool that is not offered");
        }
        ToolChoice::Named(name) => body.object("tool_choice", |choice| named(choice, name)),
        ToolChoice::Allowed(allowed, _) if !allowed.iter().any(|name| conversation.has_tool(name)) => {
            lose(dropped, "tool_choice", "names only tools that are not offered");
        }
        ToolChoice::Allowed(allowed, must) => body.object("tool_choice", |choice| {
            choice.text("type", "allowed_tools");
            choice.text("mode", if *must { "required" } else { "auto" });
            choice.list("tools", |tools| {
                for name in allowed {
                    if !conversation.has_tool(name) {
                        lose(dropped, "tool_choice", &format!("names {name}, which is not offered"));
                        continue;
                    }
                    tools.object(|tool| named(tool, name));
                }
            });
        }),
    }
}
