//! A whole reply.

use super::{described, head, is_redacted, redacted, stop};
use crate::conversation::{Block, ToolCall, ToolKind};
use crate::json::tree::{Node, Value};
use crate::json::write::{ObjectWriter, Writer as Json};
use crate::transcode::messages::{ids, seals};
use crate::transcode::{free_text, reply::arguments};
use crate::usage::write_messages;
use crate::{Asked, Reply};
use std::borrow::Cow;

/// Encodes a whole reply.
pub(crate) fn write_whole(reply: &Reply, asked: &Asked) -> Vec<u8> {
    Json::object(1024, |message| {
        head(message, &reply.id, &reply.model, asked);
        let mut calls = false;
        message.list("content", |content| {
            for block in &reply.blocks {
                if let Block::Text { text, .. } | Block::Refusal(text) = block
                    && text.is_empty()
                {
                    continue;
                }
                if let Block::Reasoning { text, seal: None, .. } = block
                    && text.is_empty()
                {
                    continue;
                }
                if let Block::ToolCall(ToolCall { seal, .. }) = block {
                    calls = true;
                    if let Some(seal) = seal {
                        content.object(|object| redacted(object, seal));
                    }
                }
                if !matches!(block, Block::ToolResult(_)) {
                    content.object(|object| write_block(object, block, asked));
                }
            }
        });
        stop(message, &reply.finish, calls);
        let usage = reply.usage.unwrap_or_default();
        message.object("usage", |object| write_messages(&usage, object));
    })
}

fn write_block(object: &mut ObjectWriter<'_>, block: &Block<'_>, asked: &Asked) {
    match block {
        Block::Text { text, .. } | Block::Refusal(text) => {
            object.text("type", "text");
            object.text("text", text);
        }
        Block::Reasoning { text, seal: Some(seal), .. } if is_redacted(text, seal) => {
            redacted(object, seal);
        }
        Block::Reasoning { text, seal, .. } => {
            object.text("type", "thinking");
            object.text("thinking", text);
            object.text("signature", &seal.as_ref().map(seals::shown).unwrap_or_default());
        }
        Block::ToolCall(call) => {
            object.text("type", "tool_use");
            object.text("id", &ids::shown(&call.id));
            object.text("name", asked.names.own(&call.name));
            object.raw("input", &input(call));
        }
        Block::Media(media) => {
            object.text("type", "text");
            object.text("text", &described(media));
        }
        Block::ToolResult(_) => {}
    }
}

/// A call's input as an object, which a whole reply cannot do without: what is no object stands in one.
fn input<'c>(call: &'c ToolCall<'_>) -> Cow<'c, str> {
    let input = arguments(&call.input, call.kind);
    match (call.kind, Node::parse(&input)) {
        (ToolKind::Function, Ok(Node { value: Value::Object(_), .. })) => input,
        _ => Cow::Owned(free_text::arguments(&input)),
    }
}
