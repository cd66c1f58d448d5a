//! What was said.
//!
//! A message has one text, its pictures beside it, and its calls after it: where a block stands among others is lost.
//! Ollama merges neighbours of one role by their texts, with a blank line between, and loses the later one's calls and
//! pictures (`collate`, template/template.go, 2026-08): they are merged here, whole. Several instructions are joined
//! the same way there.
//!
//! Reasoning goes back as text: Ollama asks for it between calls (docs/capabilities/thinking.mdx) and has no seals.

use super::super::images;
use super::Encoder;
use crate::Conversation;
use crate::conversation::{Block, Role, Source, ToolCall, ToolKind, ToolResult, Turn};
use crate::json::tree::{Node, Value};
use crate::json::write::{ListWriter, ObjectWriter};
use crate::transcode::free_text;
use std::borrow::Cow;

/// A message in the making.
#[derive(Default)]
struct Message<'m> {
    role: &'static str,
    text: String,
    thinking: String,
    images: Vec<&'m str>,
    calls: Vec<Call<'m>>,
    /// Of a result: the call's id and the tool's name.
    answers: Option<(&'m str, &'m str)>,
}

struct Call<'m> {
    id: &'m str,
    name: &'m str,
    arguments: Cow<'m, str>,
}

impl Encoder {
    pub(super) fn messages(&mut self, conversation: &Conversation<'_>, body: &mut ObjectWriter<'_>) {
        let mut messages: Vec<Message<'_>> = Vec::new();
        if !conversation.system.is_empty() {
            let mut message = Message { role: "system", ..Message::default() };
            self.blocks("system", &conversation.system, &mut message);
            messages.push(message);
        }
        for (index, turn) in conversation.turns.iter().enumerate() {
            self.turn(index, turn, &mut messages);
        }
        body.list("messages", |items| {
            for message in messages.iter().filter(|message| !message.is_empty()) {
                message.write(items);
            }
        });
    }

    fn turn<'m>(&mut self, index: usize, turn: &'m Turn<'_>, messages: &mut Vec<Message<'m>>) {
        let path = format!("turns[{index}].blocks");
        let role = match turn.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        // Results first: they follow the calls, and what the person said with them follows the results.
        for (at, block) in turn.blocks.iter().enumerate() {
            if let Block::ToolResult(result) = block {
                messages.push(self.result(&format!("{path}[{at}]"), result));
            }
        }
        let mut message = Message { role, ..Message::default() };
        self.blocks(&path, &turn.blocks, &mut message);
        match messages.last_mut() {
            _ if message.is_empty() => {}
            // Late instructions stay apart from those before the first turn.
            Some(last) if last.role == role && turn.role != Role::System => last.merge(message),
            _ => messages.push(message),
        }
    }

    fn result<'m>(&mut self, path: &str, result: &'m ToolResult<'_>) -> Message<'m> {
        let answers = Some((result.call_id.as_ref(), result.name.as_ref()));
        let mut message = Message { role: "tool", answers, ..Message::default() };
        self.blocks(&format!("{path}.content"), &result.content, &mut message);
        if result.cache.is_some() {
            self.no_marks(path);
        }
        if result.is_error {
            self.drop(&format!("{path}.is_error"), "Ollama's results have no such mark");
        }
        message
    }

    fn no_marks(&mut self, path: &str) {
        self.drop(&format!("{path}.cache"), "Ollama keeps prompts without marks");
    }

    /// Adds blocks to a message, all but results.
    fn blocks<'m>(&mut self, path: &str, blocks: &'m [Block<'_>], message: &mut Message<'m>) {
        // What the model wrote in several texts without a break is one text.
        let mut goes_on = false;
        for (index, block) in blocks.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let before = std::mem::replace(&mut goes_on, matches!(block, Block::Text { .. }));
            let seal = match block {
                Block::Text { text, seal, .. } if before && message.role == "assistant" => {
                    message.text.push_str(text);
                    seal
                }
                Block::Text { text, seal, .. } => {
                    message.say(text);
                    seal
                }
                Block::Refusal(text) => {
                    message.say(text);
                    &None
                }
                Block::Media(media) => {
                    match (&media.source, images::send(media)) {
                        // A document that is text is said as text.
                        (Source::Text(text), _) => message.say(text),
                        (_, Ok(data)) => message.images.push(data),
                        (_, Err(why)) => self.drop(&path, why),
                    }
                    if media.detail.is_some() {
                        self.drop(&format!("{path}.detail"), "Ollama's pictures have no detail");
                    }
                    &None
                }
                Block::Reasoning { text, seal, .. } => {
                    if text.is_empty() {
                        self.drop(&path, "its words are hidden, and Ollama takes no seals");
                        &None
                    } else {
                        join(&mut message.thinking, text, "\n\n");
                        seal
                    }
                }
                Block::ToolCall(call) => {
                    let arguments = self.arguments(&path, call);
                    message.calls.push(Call { id: &call.id, name: &call.name, arguments });
                    &call.seal
                }
                // Has a message of its own, and its marks are named there.
                Block::ToolResult(_) => continue,
            };
            if seal.is_some() {
                self.drop(&format!("{path}.seal"), "Ollama takes no seals");
            }
            if block.cache().is_some() {
                self.no_marks(&path);
            }
        }
    }

    /// Ollama refuses a request with arguments that are no object.
    fn arguments<'m>(&mut self, path: &str, call: &'m ToolCall<'_>) -> Cow<'m, str> {
        if call.kind == ToolKind::Custom {
            return Cow::Owned(free_text::arguments(&call.input));
        }
        match Node::parse(&call.input) {
            Ok(Node { value: Value::Object(_), .. }) => Cow::Borrowed(&call.input),
            _ => {
                if !call.input.trim().is_empty() {
                    self.drop(
                        &format!("{path}.input"),
                        "it is no JSON object, and Ollama takes nothing else",
                    );
                }
                Cow::Borrowed("{}")
            }
        }
    }
}

impl<'m> Message<'m> {
    /// Whether it says nothing. A result that is empty says that the tool said nothing.
    fn is_empty(&self) -> bool {
        self.text.is_empty()
            && self.thinking.is_empty()
            && self.images.is_empty()
            && self.calls.is_empty()
            && self.answers.is_none()
    }

    fn say(&mut self, text: &str) {
        // Pieces of a result are often lines.
        let gap = if self.answers.is_some() { "\n" } else { "\n\n" };
        join(&mut self.text, text, gap);
    }

    fn merge(&mut self, later: Self) {
        self.say(&later.text);
        join(&mut self.thinking, &later.thinking, "\n\n");
        self.images.extend(later.images);
        self.calls.extend(later.calls);
    }

    fn write(&self, items: &mut ListWriter<'_>) {
        items.object(|item| {
            item.text("role", self.role);
            item.text("content", &self.text);
            if !self.thinking.is_empty() {
                item.text("thinking", &self.thinking);
            }
            if !self.images.is_empty() {
                item.list("images", |list| self.images.iter().for_each(|image| list.text(image)));
            }
            if !self.calls.is_empty() {
                item.list("tool_calls", |list| {
                    for (index, call) in self.calls.iter().enumerate() {
                        list.object(|item| call.write(index as u64, item));
                    }
                });
            }
            if let Some((id, name)) = self.answers {
                item.text("tool_name", name);
                item.text("tool_call_id", id);
            }
        });
    }
}

impl Call<'_> {
    fn write(&self, index: u64, item: &mut ObjectWriter<'_>) {
        item.text("id", self.id);
        item.object("function", |function| {
            function.count("index", index);
            function.text("name", self.name);
            function.raw("arguments", &self.arguments);
        });
    }
}

fn join(all: &mut String, text: &str, gap: &str) {
    if !all.is_empty() && !text.is_empty() {
        all.push_str(gap);
    }
    all.push_str(text);
}
