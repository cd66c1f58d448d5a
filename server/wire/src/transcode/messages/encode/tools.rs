//! Tools.

use super::{At, Choice, Encoder, Tool, schema};
use crate::conversation::{Tool as Stated, ToolChoice};
use crate::json::tree::Node;
use crate::transcode::free_text;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The longest name of a tool.
const LONGEST: usize = 128;

impl<'c> Encoder<'c> {
    pub(super) fn tools(&mut self) -> Vec<Tool<'c>> {
        let conversation = self.conversation;
        let mut tools: Vec<Tool<'c>> = Vec::new();
        let mut names = BTreeSet::new();
        for (index, stated) in conversation.tools.iter().enumerate() {
            let at = At::Tool(index);
            let tool = match stated {
                Stated::Hosted { kind } => {
                    self.drop(&at, &format!("is {kind}, which runs at another vendor"));
                    continue;
                }
                Stated::Function { name, description, schema, strict, cache } => {
                    let strict = *strict == Some(true) && self.strict(at, schema.as_deref());
                    let schema = schema::arguments(schema.as_deref());
                    if matches!(schema, Cow::Owned(_)) {
                        self.drop(&format!("{at}.schema"), "became the plain object that Anthropic takes");
                    }
                    let description = description.as_deref().map(Cow::Borrowed);
                    Tool { at, name: self.send(name), description, schema, strict, cache: *cache }
                }
                Stated::Custom { name, description, format } => {
                    self.names.note_custom(name);
                    let description = self.custom(at, description.as_deref(), format.as_deref());
                    let schema = Cow::Borrowed(free_text::SCHEMA);
                    Tool { at, name: self.send(name), description, schema, strict: false, cache: None }
                }
            };
            if !self.allowed(stated) {
                self.drop(&at, "is not among the tools that may be called now");
            } else if !names.insert(tool.name.clone()) {
                // `tools: Tool names must be unique.` (anthropics/claude-code#14159, 2025-12-16)
                self.drop(&at, "has the name of a tool before it");
            } else {
                tools.push(tool);
            }
        }
        tools
    }

    /// The name of a tool as it is sent.
    pub(super) fn send(&mut self, name: &str) -> String {
        let allowed = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
        self.names.send(name, LONGEST, allowed).into_owned()
    }

    /// Whether arguments can be asked for strictly: Anthropic refuses the whole request over a schema beyond what it
    /// can enforce.
    fn strict(&mut self, at: At, schema: Option<&str>) -> bool {
        let fits = self.target.schema && schema.is_some_and(schema::fits);
        if !fits {
            self.drop(&format!("{at}.strict"), "asks for more than the target can enforce");
        }
        fits
    }

    /// The description of a tool that is called with free text: how that text looks is told in words.
    fn custom(&mut self, at: At, description: Option<&'c str>, format: Option<&str>) -> Option<Cow<'c, str>> {
        if free_text::has_grammar(format) {
            self.drop(&format!("{at}.format"), free_text::NO_GRAMMAR);
        }
        free_text::description(description, format)
    }

    /// Whether the choice of tools leaves this one: the dialect knows no list of tools that may be called.
    fn allowed(&self, tool: &Stated<'_>) -> bool {
        let (
            Some(ToolChoice::Allowed(names, _)),
            Stated::Function { name, .. } | Stated::Custom { name, .. },
        ) = (&self.conversation.tool_choice, tool)
        else {
            return true;
        };
        names.contains(name)
    }

    /// Which tool must be called. Without tools Anthropic takes no choice.
    pub(super) fn choice(&mut self, any: bool) -> Option<Choice> {
        let conversation = self.conversation;
        let choice = match conversation.tool_choice.as_ref() {
            None => {
                return (any && conversation.parallel_tools == Some(false)).then_some(Choice::Auto);
            }
            Some(_) if !any => {
                self.drop(&"tool_choice", "says nothing without tools");
                return None;
            }
            Some(ToolChoice::Auto | ToolChoice::Allowed(_, false)) => Choice::Auto,
            Some(ToolChoice::None) => Choice::None,
            Some(ToolChoice::Required | ToolChoice::Allowed(_, true)) => Choice::Any,
            Some(ToolChoice::Named(name)) if !conversation.has_tool(name) => {
                self.drop(&"tool_choice", "names a tool that is not offered");
                return None;
            }
            Some(ToolChoice::Named(name)) => Choice::Tool(self.send(name)),
        };
        Some(choice)
    }
}

/// Arguments of a call as an object: what a broken model once wrote must not break the conversation.
pub(super) fn input(input: &str) -> Cow<'_, str> {
    match Node::parse(input) {
        Ok(node) if node.kind() == "an object" => Cow::Borrowed(input),
        _ if input.trim().is_empty() => Cow::Borrowed("{}"),
        _ => Cow::Owned(free_text::arguments(input)),
    }
}
