//! `contents`: user and model by turns.

use super::super::NO_SIGNATURE;
use super::settings::one_text;
use super::{CACHES_ITSELF, Encoder, json};
use crate::conversation::{Block, Role, Seal, ToolCall, ToolKind};
use crate::json::tree::{Node, Value};
use crate::json::write::ObjectWriter;
use crate::transcode::free_text;
use crate::transcode::reply::arguments;
use crate::{Conversation, Dialect};
use std::borrow::Cow;

/// A content, its parts as they are written.
pub(super) struct Content {
    role: &'static str,
    parts: Vec<String>,
}

impl Content {
    pub(super) fn write(&self, out: &mut ObjectWriter<'_>) {
        out.text("role", self.role);
        out.list("parts", |list| self.parts.iter().for_each(|part| list.raw(part)));
    }
}

/// Neighbours that go into one content.
struct Group<'c> {
    model: bool,
    blocks: Vec<(String, Cow<'c, Block<'c>>)>,
}

impl Encoder<'_> {
    pub(super) fn contents(&mut self, conversation: &Conversation<'_>) -> Vec<Content> {
        let groups = self.groups(conversation);
        // The running turn begins with the last thing the person said; what the model called since must be signed.
        let said = |group: &Group<'_>| {
            !group.model && group.blocks.iter().any(|(_, block)| !matches!(**block, Block::ToolResult(_)))
        };
        let running = groups.iter().rposition(said).unwrap_or(0);
        let mut contents: Vec<Content> = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let parts = if group.model {
                self.model(group, groups.get(index + 1), index >= running)
            } else {
                let before = index.checked_sub(1).and_then(|before| groups.get(before));
                self.user(group, before)
            };
            let role = if group.model { "model" } else { "user" };
            match contents.last_mut() {
                _ if parts.is_empty() => {}
                // What stood between has left nothing.
                Some(last) if last.role == role => last.parts.extend(parts),
                _ => contents.push(Content { role, parts }),
            }
        }
        contents
    }

    fn groups<'c>(&mut self, conversation: &'c Conversation<'_>) -> Vec<Group<'c>> {
        let mut groups: Vec<Group<'c>> = Vec::new();
        for (at, turn) in conversation.turns.iter().enumerate() {
            let model = turn.role == Role::Assistant;
            if groups.last().is_none_or(|group| group.model != model) {
                groups.push(Group { model, blocks: Vec::new() });
            }
            if turn.role == Role::System {
                self.drop(
                    format!("turns[{at}].role"),
                    "instructions after the first turn are marked text of the user's",
                );
            }
            for (index, block) in turn.blocks.iter().enumerate() {
                let path = format!("turns[{at}].blocks[{index}]");
                if block.cache().is_some() && !matches!(block, Block::ToolResult(_)) {
                    self.drop(format!("{path}.cache"), CACHES_ITSELF);
                }
                let block = match block {
                    Block::Text { text, .. } if turn.role == Role::System => {
                        Cow::Owned(Block::text(format!("<system-reminder>\n{text}\n</system-reminder>")))
                    }
                    block => Cow::Borrowed(block),
                };
                if let Some(group) = groups.last_mut() {
                    group.blocks.push((path, block));
                }
            }
        }
        groups
    }

    /// Results in the order of their calls, then the rest.
    fn user(&mut self, group: &Group<'_>, before: Option<&Group<'_>>) -> Vec<String> {
        let calls: Vec<&ToolCall<'_>> = before.map(calls).unwrap_or_default();
        let mut results = Vec::new();
        let mut media = Vec::new();
        let mut rest = Vec::new();
        for (path, block) in &group.blocks {
            match block.as_ref() {
                Block::ToolResult(result) => {
                    let order = calls.iter().position(|call| call.id == result.call_id);
                    let twice = results.iter().any(|(known, _)| Some(*known) == order);
                    match order.filter(|_| !twice) {
                        Some(order) => {
                            let (part, beside) = self.result(result, path);
                            results.push((order, part));
                            media.extend(beside);
                        }
                        None => {
                            self.drop(path, "answers no call of the turn before it, which Gemini refuses")
                        }
                    }
                }
                Block::Text { text, .. } | Block::Refusal(text) if !text.is_empty() => {
                    rest.push(one_text("text", text));
                }
                Block::Text { .. } | Block::Refusal(_) => {}
                Block::Media(one) => rest.extend(self.media(one, path)),
                Block::Reasoning { .. } | Block::ToolCall(_) => self.drop(path, "is the model's to say"),
            }
        }
        results.sort_by_key(|(order, _)| *order);
        results.into_iter().map(|(_, part)| part).chain(media).chain(rest).collect()
    }

    fn model(&mut self, group: &Group<'_>, after: Option<&Group<'_>>, running: bool) -> Vec<String> {
        let answered = |id: &str| {
            after.is_some_and(|group| {
                group.blocks.iter().any(
                    |(_, block)| matches!(block.as_ref(), Block::ToolResult(result) if result.call_id == id),
                )
            })
        };
        let mut parts = Vec::new();
        // A seal that other dialects have kept with the thought before the call.
        let mut kept: Option<&Seal<'_>> = None;
        let mut first = true;
        for (index, (path, block)) in group.blocks.iter().enumerate() {
            // A call must be signed, a text need not. Of parallel calls only the first is.
            let mut after = group.blocks.iter().skip(index + 1);
            let next_call = after.find_map(|(_, block)| match block.as_ref() {
                Block::ToolCall(call) => Some(call),
                _ => None,
            });
            let unsigned =
                next_call.is_some_and(|call| call.seal.as_ref().is_none_or(|seal| !self.opens(seal)));
            match block.as_ref() {
                Block::Text { text, seal, .. } => {
                    let seal = self.usable(seal.as_ref(), path);
                    let seal = seal.or_else(|| if unsigned { None } else { kept.take() });
                    if !text.is_empty() || seal.is_some() {
                        parts.push(json(|part| {
                            part.text("text", text);
                            part.maybe_text("thoughtSignature", seal.map(|seal| seal.data.as_ref()));
                        }));
                    }
                }
                Block::Refusal(text) if !text.is_empty() => parts.push(one_text("text", text)),
                Block::Refusal(_) => {}
                Block::Media(media) => parts.extend(self.media(media, path)),
                Block::Reasoning { text, seal, .. } => {
                    let Some(seal) = seal.as_ref().filter(|seal| self.opens(seal)) else {
                        self.drop(path, "Gemini takes back only what it has signed");
                        continue;
                    };
                    if text.is_empty() || unsigned {
                        kept = Some(seal);
                    }
                    if !text.is_empty() {
                        parts.push(json(|part| {
                            part.text("text", text);
                            part.bool("thought", true);
                            part.maybe_text(
                                "thoughtSignature",
                                Some(seal.data.as_ref()).filter(|_| !unsigned),
                            );
                        }));
                    }
                }
                Block::ToolCall(call) if !answered(&call.id) => {
                    self.drop(path, "was never answered, which Gemini refuses");
                }
                Block::ToolCall(call) => {
                    let seal = self.usable(call.seal.as_ref(), path).or_else(|| kept.take());
                    let stand_in = Some(NO_SIGNATURE[0]).filter(|_| running && first && !self.old);
                    let seal = seal.map(|seal| seal.data.as_ref()).or(stand_in);
                    first = false;
                    parts.push(self.call(call, seal, path));
                }
                Block::ToolResult(_) => self.drop(path, "is not the model's to say"),
            }
        }
        if let Some(seal) = kept {
            parts.push(json(|part| {
                part.text("text", "");
                part.text("thoughtSignature", &seal.data);
            }));
        }
        parts
    }

    fn call(&mut self, call: &ToolCall<'_>, seal: Option<&str>, path: &str) -> String {
        let name = self.name(&call.name).into_owned();
        let input = match call.kind {
            ToolKind::Custom => free_text::arguments(&call.input).into(),
            ToolKind::Function => arguments(&call.input, call.kind),
        };
        let input = if is_object(&input) {
            input
        } else {
            self.drop(format!("{path}.input"), "is no JSON object, and is given as a text in one");
            free_text::arguments(&input).into()
        };
        json(|part| {
            part.object("functionCall", |out| {
                if !self.old {
                    out.text("id", &call.id);
                }
                out.text("name", &name);
                out.raw("args", &input);
            });
            part.maybe_text("thoughtSignature", seal);
        })
    }

    fn opens(&self, seal: &Seal<'_>) -> bool {
        seal.opens(Dialect::Gemini, self.target.issuer)
    }

    /// The seal, if it may be given back.
    fn usable<'s, 'b>(&mut self, seal: Option<&'s Seal<'b>>, path: &str) -> Option<&'s Seal<'b>> {
        let seal = seal?;
        if self.opens(seal) {
            return Some(seal);
        }
        self.drop(format!("{path}.seal"), "another vendor has issued it");
        None
    }
}

fn calls<'g>(group: &'g Group<'_>) -> Vec<&'g ToolCall<'g>> {
    let calls = group.blocks.iter().filter_map(|(_, block)| match block.as_ref() {
        Block::ToolCall(call) => Some(call),
        _ => None,
    });
    calls.collect()
}

fn is_object(text: &str) -> bool {
    matches!(Node::parse(text), Ok(Node { value: Value::Object(_), .. }))
}
