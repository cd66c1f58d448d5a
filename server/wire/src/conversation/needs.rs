//! What a request needs of whoever answers it.

use super::{Block, Conversation, MediaKind, Source, Tool};

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
            if let Tool::Hosted { kind } = tool {
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
