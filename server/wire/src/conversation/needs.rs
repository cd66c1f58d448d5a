//! What a request needs of whoever answers it.

use super::{Block, Conversation, MediaKind, Source, Tool, ToolChoice};

/// Beginnings of names of tools that an agent has no hands without: a vendor defines them and the client runs them, or
/// they stand for a whole server of tools.
const HANDS: [&str; 8] =
    ["apply_patch", "bash_", "computer", "local_shell", "mcp", "memory_", "shell", "text_editor_"];

/// What a request needs that not every target has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Pictures are shown.
    pub images: bool,
    /// Documents are given.
    pub documents: bool,
    /// Recordings are given.
    pub audio: bool,
    /// Films are given.
    pub video: bool,
    /// Tools are offered or were called.
    pub tools: bool,
    /// What only the vendor of the client's dialect can serve, in words: tools that run there, stored answers, files
    /// uploaded before.
    pub own_vendor: Vec<String>,
}

impl Conversation<'_> {
    /// What it needs.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs { tools: !self.tools.is_empty(), ..Needs::default() };
        for tool in &self.tools {
            if let Tool::Hosted { kind } = tool
                && self.depends_on(kind)
            {
                needs.own(&format!("the hosted tool {kind}"));
            }
        }
        if let Some(id) = &self.continues {
            needs.own(&format!("the stored answer {id}"));
        }
        for turn in &self.turns {
            needs.look_at(&turn.blocks);
        }
        needs
    }
}

impl Conversation<'_> {
    /// Whether a hosted tool is what the request is about. Codex offers a web search with every request; beside tools
    /// of the client's own it is one more thing the model may do, and is left out elsewhere.
    fn depends_on(&self, hosted: &str) -> bool {
        let alone = self.tools.iter().all(|tool| matches!(tool, Tool::Hosted { .. }));
        let hands = HANDS.iter().any(|start| hosted.starts_with(start));
        alone || hands || matches!(&self.tool_choice, Some(ToolChoice::Named(name)) if name == hosted)
    }
}

impl Needs {
    fn own(&mut self, what: &str) {
        if !self.own_vendor.iter().any(|known| known == what) {
            self.own_vendor.push(what.to_owned());
        }
    }

    fn look_at(&mut self, blocks: &[Block<'_>]) {
        for block in blocks {
            match block {
                Block::Media(media) => {
                    match media.kind {
                        MediaKind::Image => self.images = true,
                        MediaKind::Document => self.documents = true,
                        MediaKind::Audio => self.audio = true,
                        MediaKind::Video => self.video = true,
                    }
                    if let Source::File { id } = &media.source {
                        self.own(&format!("the uploaded file {id}"));
                    }
                }
                Block::ToolResult(result) => {
                    self.tools = true;
                    self.look_at(&result.content);
                }
                Block::ToolCall(_) => self.tools = true,
                Block::Text { .. } | Block::Reasoning { .. } | Block::Refusal(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosted_tool_is_needed_only_where_the_request_is_about_it() {
        let hosted = || Tool::Hosted { kind: "web_search".into() };
        let own = || Tool::Custom { name: "patch".into(), description: None, format: None };
        let needs = |tools, tool_choice| {
            Conversation { tools, tool_choice, ..Conversation::default() }.needs().own_vendor
        };
        assert_eq!(needs(vec![hosted()], None), ["the hosted tool web_search"]);
        assert!(needs(vec![own(), hosted()], None).is_empty());
        let named = Some(ToolChoice::Named("web_search".into()));
        assert_eq!(needs(vec![own(), hosted()], named).len(), 1);
    }
}
