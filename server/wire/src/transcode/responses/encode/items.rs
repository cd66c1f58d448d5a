//! Turns, which become items.

use super::{Lost, allowed, lose, short};
use crate::conversation::{Block, Media, MediaKind, Names, Role, Source, ToolCall, ToolKind, ToolResult};
use crate::json::write::{ListWriter, ObjectWriter};
use crate::transcode::is_openai_file;
use crate::transcode::reply::arguments;
use crate::{Conversation, Dialect, Target};

/// Why a mark of the prompt cache is left out: only models from GPT-5.6 on take one (`prompt_cache_breakpoint`),
/// and all find what is cached without.
const CACHE: &str = "cached prefixes are found without marks";

/// The system prompt. One text, since servers of open models take one only; what is said later stays in its place,
/// as a message of the developer's.
pub(super) fn instructions(body: &mut ObjectWriter<'_>, conversation: &Conversation<'_>, dropped: &mut Lost) {
    let mut all = String::new();
    for (index, block) in conversation.system.iter().enumerate() {
        if let Block::Text { text, cache, .. } = block {
            if cache.is_some() {
                lose(dropped, format!("system[{index}].cache"), CACHE);
            }
            if !all.is_empty() && !text.is_empty() {
                all.push_str("\n\n");
            }
            all.push_str(text);
        }
    }
    if !all.is_empty() {
        body.text("instructions", &all);
    }
}

/// The turns. `words`: what is to be said of the answer's form.
pub(super) fn input(
    body: &mut ObjectWriter<'_>,
    conversation: &Conversation<'_>,
    target: &Target<'_>,
    words: Option<&str>,
    names: &mut Names,
    dropped: &mut Lost,
) {
    body.list("input", |items| {
        if let Some(words) = words {
            items.object(|item| {
                item.text("type", "message");
                item.text("role", "developer");
                item.list("content", |content| content.object(|part| text_part(part, "input_text", words)));
            });
        }
        for (index, turn) in conversation.turns.iter().enumerate() {
            let mut items = Items { items, names, dropped, target, at: format!("turns[{index}]") };
            items.turn(turn.role, &turn.blocks);
        }
    });
}

struct Items<'i, 'w, 't> {
    items: &'i mut ListWriter<'w>,
    names: &'i mut Names,
    dropped: &'i mut Lost,
    target: &'i Target<'t>,
    /// The turn's path.
    at: String,
}

impl Items<'_, '_, '_> {
    /// Words and media next to one another are one message, everything else is an item of its own.
    fn turn(&mut self, role: Role, blocks: &[Block<'_>]) {
        let mut start = 0;
        for (index, block) in blocks.iter().enumerate() {
            if matches!(block, Block::Text { .. } | Block::Media(_) | Block::Refusal(_)) {
                continue;
            }
            self.message(role, blocks, start..index);
            start = index + 1;
            let path = format!("{}.blocks[{index}]", self.at);
            match block {
                Block::Reasoning { text, seal, .. } => {
                    let seal = seal.as_ref();
                    match seal.filter(|seal| seal.opens(Dialect::Responses, self.target.issuer)) {
                        Some(seal) => self.reasoning(text, &seal.data),
                        None => lose(
                            self.dropped,
                            path,
                            "reasoning is taken back only with a seal of the same provider's",
                        ),
                    }
                }
                Block::ToolCall(call) => self.call(call, &path),
                Block::ToolResult(result) => self.result(result, &path),
                Block::Text { .. } | Block::Media(_) | Block::Refusal(_) => {}
            }
        }
        self.message(role, blocks, start..blocks.len());
    }

    /// OpenAI opens the seal by itself. With an `id` it would look the item up, and find nothing where `store` is
    /// false (vercel/ai#7543, 2025-07-25) or compare and refuse one that we made up (maximhq/bifrost#5186,
    /// 2026-07-14). Codex sends none either.
    fn reasoning(&mut self, text: &str, data: &str) {
        self.items.object(|item| {
            item.text("type", "reasoning");
            item.list("summary", |summary| {
                if !text.is_empty() {
                    summary.object(|part| {
                        part.text("type", "summary_text");
                        part.text("text", text);
                    });
                }
            });
            item.text("encrypted_content", data);
        });
    }

    fn message(&mut self, role: Role, blocks: &[Block<'_>], range: std::ops::Range<usize>) {
        // The model's own words are of another kind than what it is told.
        let (role, kind) = match role {
            Role::System => ("developer", "input_text"),
            Role::User => ("user", "input_text"),
            Role::Assistant => ("assistant", "output_text"),
        };
        let mut parts = Vec::new();
        for index in range {
            let Some(block) = blocks.get(index) else { continue };
            let path = format!("{}.blocks[{index}]", self.at);
            if let Some(part) = self.part(block, kind, &path) {
                parts.push(part);
            }
        }
        if parts.is_empty() {
            return;
        }
        self.items.object(|item| {
            item.text("type", "message");
            item.text("role", role);
            item.list("content", |content| parts.iter().for_each(|part| content.raw(part)));
        });
    }

    /// One part of a message or result; `None` if it cannot be said here.
    fn part(&mut self, block: &Block<'_>, kind: &str, path: &str) -> Option<String> {
        if block.cache().is_some() {
            lose(self.dropped, format!("{path}.cache"), CACHE);
        }
        match block {
            Block::Text { text, seal, .. } => {
                if seal.is_some() {
                    lose(self.dropped, format!("{path}.seal"), "text is not sealed here");
                }
                (!text.is_empty()).then(|| written(|part| text_part(part, kind, text)))
            }
            Block::Refusal(text) if kind == "output_text" => Some(written(|part| {
                part.text("type", "refusal");
                part.text("refusal", text);
            })),
            Block::Refusal(text) => Some(written(|part| text_part(part, kind, text))),
            Block::Media(_) if kind == "output_text" => {
                lose(self.dropped, path, "the model's own turn is text only");
                None
            }
            Block::Media(media) => self.media(media, path),
            Block::Reasoning { .. } | Block::ToolCall(_) | Block::ToolResult(_) => None,
        }
    }

    fn media(&mut self, media: &Media<'_>, path: &str) -> Option<String> {
        let data_url = |mime: &str, data: &str| format!("data:{mime};base64,{data}");
        match (media.kind, &media.source) {
            (_, Source::File { id }) if !is_openai_file(id) => {
                lose(self.dropped, path, "was uploaded to another vendor");
                None
            }
            (MediaKind::Audio | MediaKind::Video, _) => {
                lose(self.dropped, path, "recordings and films are not taken");
                None
            }
            (_, Source::Text(text)) => {
                if media.name.is_some() {
                    lose(self.dropped, format!("{path}.name"), "a text has no name here");
                }
                Some(written(|part| text_part(part, "input_text", text)))
            }
            (MediaKind::Image, source) => Some(written(|part| {
                part.text("type", "input_image");
                match source {
                    Source::Base64 { mime, data } => part.text("image_url", &data_url(mime, data)),
                    Source::Url { url, .. } | Source::Text(url) => part.text("image_url", url),
                    Source::File { id } => part.text("file_id", id),
                }
                part.maybe_text("detail", media.detail.as_deref());
            })),
            (MediaKind::Document, source) => Some(written(|part| {
                part.text("type", "input_file");
                match source {
                    Source::Base64 { mime, data } => {
                        // `file_data` without a name is refused.
                        part.text("filename", media.name.as_deref().unwrap_or("document.pdf"));
                        part.text("file_data", &data_url(mime, data));
                    }
                    Source::Url { url, .. } | Source::Text(url) => part.text("file_url", url),
                    Source::File { id } => part.text("file_id", id),
                }
            })),
        }
    }

    fn call(&mut self, call: &ToolCall<'_>, path: &str) {
        if call.cache.is_some() {
            lose(self.dropped, format!("{path}.cache"), CACHE);
        }
        if call.seal.is_some() {
            lose(self.dropped, format!("{path}.seal"), "calls are not sealed here");
        }
        let name = self.names.send(&call.name, super::LONGEST, allowed);
        self.items.object(|item| {
            match call.kind {
                ToolKind::Function => {
                    item.text("type", "function_call");
                    item.text("call_id", &short(&call.id));
                    item.text("name", &name);
                    item.text("arguments", &arguments(&call.input, call.kind));
                }
                ToolKind::Custom => {
                    item.text("type", "custom_tool_call");
                    item.text("call_id", &short(&call.id));
                    item.text("name", &name);
                    item.text("input", &call.input);
                }
            };
        });
    }

    fn result(&mut self, result: &ToolResult<'_>, path: &str) {
        if result.cache.is_some() {
            lose(self.dropped, format!("{path}.cache"), CACHE);
        }
        if result.is_error {
            lose(self.dropped, format!("{path}.is_error"), "only the text can say so here");
        }
        // Text goes as a string: not every server takes an array of parts.
        let plain = result.content.iter().all(|block| matches!(block, Block::Text { .. }));
        let mut parts = Vec::new();
        for (index, block) in result.content.iter().enumerate() {
            let path = format!("{path}.content[{index}]");
            parts.extend(self.part(block, "input_text", &path));
        }
        self.items.object(|item| {
            let kind = match result.kind {
                ToolKind::Function => "function_call_output",
                ToolKind::Custom => "custom_tool_call_output",
            };
            item.text("type", kind);
            item.text("call_id", &short(&result.call_id));
            if plain {
                item.text("output", &result.text());
            } else {
                item.list("output", |output| parts.iter().for_each(|part| output.raw(part)));
            }
        });
    }
}

fn text_part(part: &mut ObjectWriter<'_>, kind: &str, text: &str) {
    part.text("type", kind);
    part.text("text", text);
}

fn written(write: impl FnOnce(&mut ObjectWriter<'_>)) -> String {
    let bytes = crate::json::write::Writer::object(64, write);
    String::from_utf8(bytes).unwrap_or_default()
}
