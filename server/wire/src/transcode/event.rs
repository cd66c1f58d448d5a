//! A reply as it streams, in no dialect in particular.

use super::Finish;
use crate::conversation::{Media, Seal, ToolKind};
use crate::{ProviderError, Usage};

/// A step of a streamed reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The reply begins. Comes once, first.
    Start {
        /// The provider's id of it; empty if it states none.
        id: String,
        /// The model that answers, by the provider's account; empty if not stated.
        model: String,
        /// Counts stated at the beginning (Anthropic: the prompt's).
        usage: Option<Usage>,
    },
    /// A block begins.
    Open(Opening),
    /// More of the open block: words of a text, thought or refusal, or input of a call (JSON split anywhere).
    /// Never empty.
    Piece(String),
    /// The open block's seal, whole.
    Seal(Seal<'static>),
    /// The open block is whole.
    Close,
    /// Counts so far; a later statement replaces an earlier one.
    Usage(Usage),
    /// The reply is whole. Comes last.
    Finish(Finish),
    /// The provider failed. Comes last.
    Error(ProviderError),
}

/// What kind of block begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Opening {
    /// Words.
    Text,
    /// A thought.
    Reasoning {
        /// Whether it is only a summary.
        summary: bool,
    },
    /// A refusal.
    Refusal,
    /// A call of a tool.
    ToolCall {
        /// Ties the result to it. Never empty.
        id: String,
        /// The tool's name, as the provider calls it.
        name: String,
        /// How it is called.
        kind: ToolKind,
    },
    /// A picture or recording, whole; no pieces follow.
    Media(Media<'static>),
}
