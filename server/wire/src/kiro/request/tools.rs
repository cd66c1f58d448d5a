//! What may be called. Kiro lets the model choose among all tools it is given; the choice of fewer is made by giving
//! fewer. Tools that the history calls must be among them: a request without is refused (August 2026).

use super::messages::NO_MARKS;
use super::{Encoder, Message, schema};
use crate::conversation::{Tool as Stated, ToolChoice};
use crate::json::write::ListWriter;
use crate::transcode::{free_text, parameters};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The longest name of a tool.
const LONGEST_NAME: usize = 64;
/// The longest description, in bytes. Amazon's own command line cuts at 10 004 characters, and others at 9 216 and more;
/// lately no limit was found (September 2026).
const LONGEST_DESCRIPTION: usize = 9_216;
/// What a description ends with that goes on elsewhere.
const GOES_ON: &str = "\n(This description goes on in the instructions.)";

/// A tool as it is sent.
pub(super) struct Tool<'c> {
    name: String,
    description: Cow<'c, str>,
    schema: Cow<'c, str>,
}

impl<'c> Encoder<'c> {
    /// The name of a tool as it is sent.
    pub(super) fn send(&mut self, name: &str) -> String {
        let allowed = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
        self.names.send(name, LONGEST_NAME, allowed).into_owned()
    }

    pub(super) fn tools(
        &mut self,
        messages: &[Message<'c>],
        instructions: &mut Vec<String>,
    ) -> Vec<Tool<'c>> {
        let conversation = self.conversation;
        let called: BTreeSet<&str> =
            messages.iter().flat_map(|message| &message.calls).map(|call| call.name.as_str()).collect();
        let choice = conversation.tool_choice.as_ref();
        let (mut left_out, mut kept_all_the_same) = (false, false);
        let mut known = BTreeSet::new();
        let mut tools = Vec::new();
        for (index, stated) in conversation.tools.iter().enumerate() {
            let path = format!("tools[{index}]");
            let name = match stated {
                Stated::Hosted { kind } => {
                    self.losses.one(&path, &format!("is {kind}, which runs at another vendor"));
                    continue;
                }
                Stated::Function { name, .. } | Stated::Custom { name, .. } => name,
            };
            let (allowed, sent) = (may_be_called(choice, name), self.send(name));
            if !allowed && !called.contains(sent.as_str()) {
                left_out = true;
            } else if !known.insert(sent.clone()) {
                // `TOOL_DUPLICATE`
                self.losses.one(&path, "has the name of a tool before it");
            } else {
                kept_all_the_same |= !allowed;
                tools.push(self.tool(&path, sent, stated, instructions));
            }
        }
        for name in called {
            if !known.contains(name) {
                self.losses.each(
                    "tools",
                    "a tool that was called before had to be told of, though it is not offered",
                );
                tools.push(Tool {
                    name: name.to_owned(),
                    description: Cow::Borrowed("Was available before, and is not any more. Do not call it."),
                    schema: parameters(None).0,
                });
            }
        }
        if left_out {
            self.losses
                .one("tools", "Kiro has no choice of tools, so those that must not be called are left out");
        }
        self.choice(choice, kept_all_the_same);
        tools
    }

    fn choice(&mut self, choice: Option<&ToolChoice<'_>>, kept_all_the_same: bool) {
        if kept_all_the_same {
            self.losses.one("tool_choice", "a tool that was called before cannot be left out");
        } else if let Some(ToolChoice::Required | ToolChoice::Named(_) | ToolChoice::Allowed(_, true)) =
            choice
        {
            self.losses.one("tool_choice", "Kiro cannot be made to call a tool");
        }
    }

    fn tool(
        &mut self,
        path: &str,
        name: String,
        stated: &'c Stated<'c>,
        instructions: &mut Vec<String>,
    ) -> Tool<'c> {
        let (description, schema) = match stated {
            Stated::Function { description, schema, strict, cache, .. } => {
                if *strict == Some(true) {
                    self.losses
                        .each(&format!("{path}.strict"), "Kiro does not hold arguments to their schema");
                }
                if cache.is_some() {
                    self.losses.each(&format!("{path}.cache"), NO_MARKS);
                }
                let (schema, why) = parameters(schema.as_deref());
                if let Some(why) = why {
                    self.losses.one(&format!("{path}.schema"), why);
                }
                (description.as_deref().map(Cow::Borrowed), schema)
            }
            Stated::Custom { name, description, format } => {
                self.names.note_custom(name);
                if free_text::has_grammar(format.as_deref()) {
                    self.losses.one(&format!("{path}.format"), free_text::NO_GRAMMAR);
                }
                let told = free_text::description(description.as_deref(), format.as_deref());
                (told, Cow::Borrowed(free_text::SCHEMA))
            }
            Stated::Hosted { .. } => (None, parameters(None).0),
        };
        let before = schema.len();
        let schema = schema::cleaned(schema);
        if schema.len() != before && matches!(stated, Stated::Function { .. }) {
            self.losses.each(
                &format!("{path}.schema"),
                "lost `additionalProperties` or an empty `required`, which Kiro refuses",
            );
        }
        let description = match description.filter(|text| !text.trim().is_empty()) {
            // An empty one was refused once.
            None => Cow::Owned(name.clone()),
            Some(whole) => match cut(&whole) {
                None => whole,
                Some((head, rest)) => {
                    self.losses.each(
                        &format!("{path}.description"),
                        "is longer than Kiro takes, and goes on in the instructions",
                    );
                    instructions.push(format!("The description of the tool `{name}` goes on:\n{rest}"));
                    Cow::Owned(format!("{head}{GOES_ON}"))
                }
            },
        };
        Tool { name, description, schema }
    }
}

impl Tool<'_> {
    pub(super) fn write(&self, list: &mut ListWriter<'_>) {
        list.object(|item| {
            item.object("toolSpecification", |tool| {
                tool.text("name", &self.name);
                tool.text("description", &self.description);
                tool.object("inputSchema", |schema| schema.raw("json", &self.schema));
            });
        });
    }
}

/// The head of a description that is too long, and the rest of it: between two lines if one ends near the limit.
fn cut(text: &str) -> Option<(&str, &str)> {
    if text.len() <= LONGEST_DESCRIPTION {
        return None;
    }
    let limit = text.floor_char_boundary(LONGEST_DESCRIPTION - GOES_ON.len());
    let (head, rest) = text.split_at_checked(limit)?;
    match head.rfind('\n').filter(|line| *line > limit / 2) {
        Some(line) => Some((text.get(..line)?, text.get(line + 1..)?)),
        None => Some((head, rest)),
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

#[cfg(test)]
#[path = "tools_tests.rs"]
mod tests;
