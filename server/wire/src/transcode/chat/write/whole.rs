//! A whole reply.

use super::{extra_content, finish_reason, free_text, head, image, picture};
use crate::conversation::{Block, Seal, ToolCall, ToolKind};
use crate::json::write::{ObjectWriter, Writer};
use crate::transcode::chat::details;
use crate::transcode::reply::arguments;
use crate::usage::write_chat;
use crate::{Asked, Reply};
use std::borrow::Cow;

/// Encodes a whole reply.
pub(crate) fn write_whole(reply: &Reply, asked: &Asked) -> Vec<u8> {
    let refused = reply.blocks.iter().any(|block| matches!(block, Block::Refusal(_)));
    Writer::object(1024, |body| {
        head(body, "chat.completion", &reply.id, &reply.model, asked);
        body.list("choices", |choices| {
            choices.object(|choice| {
                choice.count("index", 0);
                choice.object("message", |object| message(object, &reply.blocks, asked));
                choice.null("logprobs");
                finish_reason(choice, &reply.finish, refused);
            });
        });
        if let Some(usage) = &reply.usage {
            body.object("usage", |object| write_chat(usage, object));
        }
    })
}

fn message(message: &mut ObjectWriter<'_>, blocks: &[Block<'_>], asked: &Asked) {
    let (mut text, mut refusal, mut thoughts) = (None::<String>, None::<String>, String::new());
    let mut text_seal: Option<&Seal<'_>> = None;
    let mut calls: Vec<&ToolCall<'_>> = Vec::new();
    let mut pictures = Vec::new();
    for block in blocks {
        match block {
            Block::Text { text: words, seal, .. } => {
                text.get_or_insert_default().push_str(words);
                text_seal = seal.as_ref().or(text_seal);
            }
            Block::Refusal(words) => refusal.get_or_insert_default().push_str(words),
            Block::Reasoning { text: words, .. } => thoughts.push_str(words),
            Block::ToolCall(call) => calls.push(call),
            Block::Media(media) => pictures.extend(picture(media)),
            // Only a request has results.
            Block::ToolResult(_) => {}
        }
    }
    message.text("role", "assistant");
    match &text {
        Some(text) => message.text("content", text),
        None if calls.is_empty() && refusal.is_none() => message.text("content", ""),
        None => message.null("content"),
    }
    match &refusal {
        Some(refusal) => message.text("refusal", refusal),
        None => message.null("refusal"),
    }
    reasoning(message, blocks, &thoughts);
    if !pictures.is_empty() {
        message.list("images", |list| {
            pictures.iter().zip(0..).for_each(|(url, index)| image(list, url, index));
        });
    }
    if let Some(seal) = text_seal {
        extra_content(message, seal);
    }
    if !calls.is_empty() {
        message.list("tool_calls", |list| {
            calls.iter().for_each(|call| list.object(|object| tool_call(object, call, asked)));
        });
    }
}

fn reasoning(message: &mut ObjectWriter<'_>, blocks: &[Block<'_>], thoughts: &str) {
    if !thoughts.is_empty() {
        message.text("reasoning_content", thoughts);
    }
    let sealed = blocks.iter().filter_map(|block| match block {
        Block::Reasoning { text, seal: Some(seal), summary } => Some((text, *summary, seal)),
        _ => None,
    });
    let sealed: Vec<_> = sealed.collect();
    if !sealed.is_empty() {
        message.list("reasoning_details", |list| {
            let mut index = 0;
            for (text, summary, seal) in sealed {
                details::write_sealed(list, text, summary, seal, &mut index);
            }
        });
    }
}

fn tool_call(object: &mut ObjectWriter<'_>, call: &ToolCall<'_>, asked: &Asked) {
    let name = asked.names.own(&call.name);
    let custom = asked.names.is_custom(name) || call.kind == ToolKind::Custom;
    object.text("id", &call.id);
    object.text("type", if custom { "custom" } else { "function" });
    if custom {
        let input = match call.kind {
            ToolKind::Custom => Cow::Borrowed(call.input.as_ref()),
            ToolKind::Function => free_text(&call.input),
        };
        object.object("custom", |inner| {
            inner.text("name", name);
            inner.text("input", &input);
        });
    } else {
        object.object("function", |inner| {
            inner.text("name", name);
            inner.text("arguments", &arguments(&call.input, call.kind));
        });
    }
    if let Some(seal) = &call.seal {
        extra_content(object, seal);
    }
}
