//! What the model may call.

use super::{Encoder, NAME_LIMIT, name_char};
use crate::conversation::{Tool, ToolChoice};
use crate::json::write::ObjectWriter;
use crate::transcode::free_text;
use crate::transcode::parameters;
use crate::transcode::structured::{LOOSE, is_strict};
use std::borrow::Cow;

impl Encoder<'_> {
    /// The name to send for one of the client's.
    pub(super) fn name<'n>(&mut self, own: &'n str) -> Cow<'n, str> {
        self.names.send(own, NAME_LIMIT, name_char)
    }

    /// Writes tools and the choice among them.
    pub(super) fn tools(&mut self, body: &mut ObjectWriter<'_>) {
        let conversation = self.conversation;
        let offered: Vec<(usize, &Tool<'_>)> =
            conversation.tools.iter().enumerate().filter(|(at, tool)| self.offers(*at, tool)).collect();
        if offered.is_empty() {
            if !matches!(conversation.tool_choice, None | Some(ToolChoice::Auto | ToolChoice::None)) {
                self.lost(&"tool_choice", "there are no tools to choose from");
            }
            return;
        }
        body.list("tools", |list| {
            for (at, tool) in offered {
                list.object(|object| self.tool(object, at, tool));
            }
        });
        self.choice(body);
        if let Some(parallel) = conversation.parallel_tools {
            body.bool("parallel_tool_calls", parallel);
        }
    }

    /// Whether a tool is sent. A choice of some of them is made by sending only those: `allowed_tools` is known to
    /// OpenAI alone.
    fn offers(&mut self, at: usize, tool: &Tool<'_>) -> bool {
        let name = match tool {
            Tool::Function { name, .. } | Tool::Custom { name, .. } => name,
            Tool::Hosted { kind } => {
                self.lost(&format!("tools[{at}]"), &format!("{kind} runs at its own vendor only"));
                return false;
            }
        };
        match &self.conversation.tool_choice {
            Some(ToolChoice::Allowed(allowed, _)) if !allowed.contains(name) => {
                self.lost(&format!("tools[{at}]"), "tool_choice does not allow it");
                false
            }
            _ => true,
        }
    }

    fn tool(&mut self, object: &mut ObjectWriter<'_>, at: usize, tool: &Tool<'_>) {
        object.text("type", "function");
        match tool {
            Tool::Function { name, description, schema, strict, cache } => {
                let name = self.name(name);
                let (schema, changed) = parameters(schema.as_deref());
                if let Some(why) = changed {
                    self.lost(&format!("tools[{at}].schema"), why);
                }
                let loose = *strict == Some(true) && !is_strict(&schema);
                if loose {
                    self.lost(&format!("tools[{at}].strict"), LOOSE);
                }
                object.object("function", |function| {
                    function.text("name", &name);
                    function.maybe_text("description", description.as_deref());
                    function.raw("parameters", &schema);
                    if let Some(strict) = strict.filter(|_| !loose) {
                        function.bool("strict", strict);
                    }
                });
                self.mark(object, *cache, || format!("tools[{at}].cache"));
            }
            Tool::Custom { name, description, format } => {
                self.names.note_custom(name);
                let name = self.name(name);
                object.object("function", |function| {
                    function.text("name", &name);
                    let told = free_text::description(description.as_deref(), format.as_deref());
                    function.maybe_text("description", told.as_deref());
                    function.raw("parameters", free_text::SCHEMA);
                });
                if free_text::has_grammar(format.as_deref()) {
                    self.lost(&format!("tools[{at}].format"), free_text::NO_GRAMMAR);
                }
            }
            Tool::Hosted { .. } => {}
        }
    }

    fn choice(&mut self, body: &mut ObjectWriter<'_>) {
        match &self.conversation.tool_choice {
            None => {}
            Some(ToolChoice::Auto | ToolChoice::Allowed(_, false)) => body.text("tool_choice", "auto"),
            Some(ToolChoice::None) => body.text("tool_choice", "none"),
            Some(ToolChoice::Required | ToolChoice::Allowed(_, true)) => {
                body.text("tool_choice", "required");
            }
            Some(ToolChoice::Named(name)) if !self.conversation.has_tool(name) => {
                self.lost(&"tool_choice", "names a tool that is not offered");
            }
            Some(ToolChoice::Named(name)) => {
                let name = self.name(name);
                body.object("tool_choice", |choice| {
                    choice.text("type", "function");
                    choice.object("function", |function| function.text("name", &name));
                });
            }
        }
    }
}
