//! Turns become messages: neighbours of one role are one message.

use super::pictures::MARKED;
use super::{Answer, Call, Encoder, Message};
use crate::conversation::{Block, MediaKind, Role, Source, ToolCall, ToolKind, ToolResult, Turn};
use crate::json::tree::{Node, Value};
use crate::transcode::free_text;
use std::borrow::Cow;

/// Why marks of the prompt cache are among what is dropped.
pub(super) const NO_MARKS: &str = "Kiro keeps prompts without marks";
/// Thoughts go back to the account only that they came from, and nothing in a seal says which that was
/// (`THINKING_SIGNATURE_INVALID`, August 2026).
const NO_THOUGHTS: &str = "Kiro takes a thought back from the account only that it came from";
/// What an empty result says: a text without words is refused behind Kiro.
const NO_OUTPUT: &str = "(no output)";

impl<'c> Encoder<'c> {
    pub(super) fn instructions(&mut self, instructions: &mut Vec<String>) {
        let conversation = self.conversation;
        for (index, block) in conversation.system.iter().enumerate() {
            self.instruction(&format!("system[{index}]"), block, instructions);
        }
    }

    fn instruction(&mut self, path: &str, block: &Block<'_>, instructions: &mut Vec<String>) {
        match block {
            Block::Text { text, .. } if !text.trim().is_empty() => instructions.push(text.to_string()),
            Block::Text { .. } => {}
            _ => self.losses.one(path, "is no text, which is all that instructions can be"),
        }
        self.no_marks(path, block);
    }

    pub(super) fn messages(&mut self, instructions: &mut Vec<String>) -> Vec<Message<'c>> {
        let conversation = self.conversation;
        let mut messages: Vec<Message<'c>> = Vec::new();
        for (index, turn) in conversation.turns.iter().enumerate() {
            match turn.role {
                Role::System => self.late_instructions(index, turn, instructions, &mut messages),
                Role::User => {
                    let message = self.user(index, turn);
                    add(&mut messages, message);
                }
                Role::Assistant => {
                    let message = self.model(index, turn);
                    add(&mut messages, message);
                }
            }
        }
        messages
    }

    /// Instructions after the first turn stand in the person's message, between the tags that Claude is used to for what
    /// the person did not say.
    fn late_instructions(
        &mut self,
        index: usize,
        turn: &'c Turn<'c>,
        instructions: &mut Vec<String>,
        messages: &mut Vec<Message<'c>>,
    ) {
        let mut texts = Vec::new();
        for (at, block) in turn.blocks.iter().enumerate() {
            self.instruction(&format!("turns[{index}].blocks[{at}]"), block, &mut texts);
        }
        if messages.is_empty() {
            instructions.append(&mut texts);
        } else if !texts.is_empty() {
            self.losses
                .each(&format!("turns[{index}].role"), "instructions stand in the person's message here");
            let text = format!("<system-reminder>\n{}\n</system-reminder>", texts.join("\n\n"));
            add(messages, Message { text, ..Message::new(Role::User) });
        }
    }

    fn user(&mut self, index: usize, turn: &'c Turn<'c>) -> Message<'c> {
        let mut message = Message::new(Role::User);
        for (at, block) in turn.blocks.iter().enumerate() {
            let path = format!("turns[{index}].blocks[{at}]");
            match block {
                Block::Text { text, .. } | Block::Refusal(text) => message.say(text),
                Block::Media(media) => match self.medium(&path, media) {
                    Some(Ok(picture)) => message.pictures.push(picture),
                    Some(Err(text)) => message.say(text),
                    None => {}
                },
                Block::ToolResult(result) => {
                    let answer = self.result(path.clone(), result);
                    message.results.push(answer);
                }
                Block::Reasoning { .. } | Block::ToolCall(_) => {
                    self.losses.one(&path, "is the model's, but stands in the person's turn");
                }
            }
            self.no_marks(&path, block);
        }
        message
    }

    fn model(&mut self, index: usize, turn: &'c Turn<'c>) -> Message<'c> {
        let mut message = Message::new(Role::Assistant);
        // What the model wrote in several texts without a break is one text.
        let mut goes_on = false;
        for (at, block) in turn.blocks.iter().enumerate() {
            let path = format!("turns[{index}].blocks[{at}]");
            let before = std::mem::replace(&mut goes_on, matches!(block, Block::Text { .. }));
            if let Block::Text { seal: Some(_), .. } | Block::ToolCall(ToolCall { seal: Some(_), .. }) = block
            {
                self.losses.each(&format!("{path}.seal"), "only the vendor that issued it takes it back");
            }
            match block {
                Block::Text { text, .. } if before => message.text.push_str(text),
                Block::Text { text, .. } | Block::Refusal(text) => message.say(text),
                Block::Reasoning { .. } => self.losses.each(&path, NO_THOUGHTS),
                Block::ToolCall(call) => {
                    let call = self.call(path.clone(), call);
                    message.calls.push(call);
                }
                Block::Media(_) => {
                    self.losses.each(&path, "is a medium, which the model's messages cannot hold");
                }
                Block::ToolResult(_) => self.losses.one(&path, "is a result, but stands in the model's turn"),
            }
            self.no_marks(&path, block);
        }
        message
    }

    fn call(&mut self, path: String, call: &'c ToolCall<'c>) -> Call<'c> {
        let name = self.send(&call.name);
        let input = match (call.kind, Node::parse(&call.input)) {
            (ToolKind::Custom, _) => Cow::Owned(free_text::arguments(&call.input)),
            (_, Ok(Node { value: Value::Object(_), .. })) => Cow::Borrowed(call.input.as_ref()),
            _ if call.input.trim().is_empty() => Cow::Borrowed("{}"),
            // What a broken model once wrote must not break the conversation.
            _ => {
                self.losses.each(&format!("{path}.input"), "is no JSON object, and was put into one");
                Cow::Owned(free_text::arguments(&call.input))
            }
        };
        Call { path, id: &call.id, sent: String::new(), name, input }
    }

    fn result(&mut self, path: String, result: &'c ToolResult<'c>) -> Answer<'c> {
        let (mut text, mut pictures) = (String::new(), Vec::new());
        let mut say = |words: &str| {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(words);
        };
        for (index, block) in result.content.iter().enumerate() {
            let path = format!("{path}.content[{index}]");
            match block {
                Block::Text { text, .. } => say(text),
                Block::Media(media) => match self.medium(&path, media) {
                    Some(Ok(picture)) => {
                        self.losses.each(&path, "stands beside the results: Kiro loses pictures inside");
                        say(MARKED);
                        pictures.push(picture);
                    }
                    Some(Err(words)) => say(words),
                    None => {}
                },
                _ => self.losses.one(&path, "a result holds text and media only"),
            }
            self.no_marks(&path, block);
        }
        if text.trim().is_empty() {
            text = NO_OUTPUT.to_owned();
        }
        Answer { path, id: &result.call_id, sent: String::new(), text, pictures, is_error: result.is_error }
    }

    fn no_marks(&mut self, path: &str, block: &Block<'_>) {
        if block.cache().is_some() {
            self.losses.each(&format!("{path}.cache"), NO_MARKS);
        }
    }

    /// A medium as a picture, or as the words that it is; `None`: as nothing.
    fn medium(
        &mut self,
        path: &str,
        media: &'c crate::conversation::Media<'c>,
    ) -> Option<Result<super::Picture<'c>, &'c str>> {
        if let (MediaKind::Document, Source::Text(text)) = (media.kind, &media.source) {
            if media.name.is_some() {
                self.losses.each(&format!("{path}.name"), "a document that is text goes out as text");
            }
            return Some(Err(text));
        }
        match self.picture(path, media) {
            Ok(picture) => Some(Ok(picture)),
            Err(why) => {
                self.losses.each(path, why);
                None
            }
        }
    }
}

/// Adds to the message at the end if it has the same role, else as a new one.
pub(super) fn add<'c>(messages: &mut Vec<Message<'c>>, message: Message<'c>) {
    match messages.last_mut() {
        _ if message.is_empty() => {}
        Some(last) if last.role == message.role => last.merge(message),
        _ => messages.push(message),
    }
}
