//! What may be called. Ollama always lets the model choose among all tools it is given; the choice of fewer is made by
//! giving fewer.

use super::Encoder;
use crate::Conversation;
use crate::conversation::{Tool, ToolChoice};
use crate::json::write::{ListWriter, ObjectWriter};
use crate::transcode::free_text;
use std::borrow::Cow;

/// The schema of a tool that takes nothing. Without `properties` Ollama's templates render `null`.
const NO_ARGUMENTS: &str = r#"{"type":"object","properties":{}}"#;
impl Encoder {
    pub(super) fn tools(&mut self, conversation: &Conversation<'_>, body: &mut ObjectWriter<'_>) {
        let choice = conversation.tool_choice.as_ref();
        self.choice(choice);
        let mut left_out = false;
        let mut chosen = Vec::new();
        for (index, tool) in conversation.tools.iter().enumerate() {
            match tool {
                Tool::Hosted { kind } => {
                    self.drop(&format!("tools[{index}]"), &format!("{kind} runs at its vendor only"));
                }
                Tool::Function { name, .. } | Tool::Custom { name, .. } if may_be_called(choice, name) => {
                    chosen.push((index, tool));
                }
                Tool::Function { .. } | Tool::Custom { .. } => left_out = true,
            }
        }
        if left_out {
            self.drop(
                "tools",
                "Ollama has no choice of tools, so those that must not be called are left out",
            );
        }
        if !chosen.is_empty() {
            body.list("tools", |items| {
                for (index, tool) in chosen {
                    self.tool(index, tool, items);
                }
            });
        }
    }

    fn choice(&mut self, choice: Option<&ToolChoice<'_>>) {
        match choice {
            None | Some(ToolChoice::Auto | ToolChoice::None | ToolChoice::Allowed(_, false)) => {}
            Some(ToolChoice::Required | ToolChoice::Named(_) | ToolChoice::Allowed(_, true)) => {
                self.drop("tool_choice", "Ollama cannot be made to call a tool");
            }
        }
    }

    fn tool(&mut self, index: usize, tool: &Tool<'_>, items: &mut ListWriter<'_>) {
        let (name, description, schema) = match tool {
            Tool::Function { name, description, schema, strict, cache } => {
                if *strict == Some(true) {
                    self.drop(
                        &format!("tools[{index}].strict"),
                        "Ollama does not hold arguments to their schema",
                    );
                }
                if cache.is_some() {
                    self.drop(&format!("tools[{index}].cache"), "Ollama keeps prompts without marks");
                }
                (name, description.as_deref().map(Cow::Borrowed), schema.as_deref().unwrap_or(NO_ARGUMENTS))
            }
            Tool::Custom { name, description, format } => {
                self.names.note_custom(name);
                if free_text::has_grammar(format.as_deref()) {
                    self.drop(&format!("tools[{index}].format"), free_text::NO_GRAMMAR);
                }
                let told = free_text::description(description.as_deref(), format.as_deref());
                (name, told, free_text::SCHEMA)
            }
            Tool::Hosted { .. } => return,
        };
        items.object(|item| {
            item.text("type", "function");
            item.object("function", |function| {
                function.text("name", name);
                function.maybe_text("description", description.as_deref());
                function.raw("parameters", schema);
            });
        });
    }
}

fn may_be_called(choice: Option<&ToolChoice<'_>>, name: &str) -> bool {
    match choice {
        None | Some(ToolChoice::Auto | ToolChoice::Required) => true,
        Some(ToolChoice::None) => false,
        Some(ToolChoice::Named(one)) => one == name,
        Some(ToolChoice::Allowed(some, _)) => some.iter().any(|one| one == name),
    }
}
