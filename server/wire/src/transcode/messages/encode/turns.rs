//! Turns become messages: neighbours of one role are one message.

use super::{At, Encoder, Item, Message, What, tools};
use crate::Dropped;
use crate::conversation::{Block, Role, ToolCall, ToolKind, Turn};
use crate::transcode::free_text;
use std::borrow::Cow;

impl<'c> Encoder<'c> {
    pub(super) fn system(&mut self) -> Vec<Item<'c>> {
        let conversation = self.conversation;
        let mut items = Vec::new();
        for (index, block) in conversation.system.iter().enumerate() {
            items.extend(self.instruction(At::System(index), block));
        }
        items
    }

    pub(super) fn messages(&mut self, system: &mut Vec<Item<'c>>) -> Vec<Message<'c>> {
        let conversation = self.conversation;
        let mut messages: Vec<Message<'c>> = Vec::new();
        for (index, turn) in conversation.turns.iter().enumerate() {
            match turn.role {
                Role::System => self.late_system(index, turn, system, &mut messages),
                Role::User => {
                    let items = self.user(index, turn);
                    add(&mut messages, Role::User, items);
                }
                Role::Assistant => {
                    let items = self.assistant(index, turn);
                    add(&mut messages, Role::Assistant, items);
                }
            }
        }
        messages
    }

    fn instruction(&mut self, at: At, block: &'c Block<'c>) -> Option<Item<'c>> {
        match block {
            Block::Text { text, cache, .. } => self.text(at, text, *cache),
            _ => {
                self.drop(&at, "is no text, which is all that instructions can be");
                None
            }
        }
    }

    /// Instructions after the first turn. A message of their own must follow the person's, and be followed by the
    /// model's or nothing (platform.claude.com, mid-conversation system messages, 2026-05-28). Elsewhere they go into
    /// the person's message between the tags that Claude is used to for what the person did not say.
    fn late_system(
        &mut self,
        index: usize,
        turn: &'c Turn<'c>,
        system: &mut Vec<Item<'c>>,
        messages: &mut Vec<Message<'c>>,
    ) {
        let mut items = Vec::new();
        for (block, stated) in turn.blocks.iter().enumerate() {
            items.extend(self.instruction(At::Turn(index, block), stated));
        }
        match messages.last().map(|message| message.role) {
            None => system.append(&mut items),
            Some(Role::User | Role::System) if self.target.system_messages => {
                add(messages, Role::System, items);
            }
            _ => {
                for item in &mut items {
                    if let What::Text(text) = &item.what {
                        item.what =
                            What::Text(Cow::Owned(format!("<system-reminder>\n{text}\n</system-reminder>")));
                    }
                    self.drop(
                        &format!("turns[{index}].role"),
                        "instructions stand in the person's message here",
                    );
                }
                add(messages, Role::User, items);
            }
        }
    }

    fn user(&mut self, index: usize, turn: &'c Turn<'c>) -> Vec<Item<'c>> {
        let mut items = Vec::new();
        for (block, stated) in turn.blocks.iter().enumerate() {
            let at = At::Turn(index, block);
            match stated {
                Block::Text { text, cache, .. } => items.extend(self.text(at, text, *cache)),
                Block::Refusal(text) => items.extend(self.text(at, text, None)),
                Block::Media(media) => items.extend(self.media(at, media)),
                Block::ToolResult(result) => items.push(self.result(at, result)),
                Block::Reasoning { .. } | Block::ToolCall(_) => {
                    self.drop(&at, "is the model's, but stands in the person's turn");
                }
            }
        }
        items
    }

    fn assistant(&mut self, index: usize, turn: &'c Turn<'c>) -> Vec<Item<'c>> {
        let mut items = Vec::new();
        for (block, stated) in turn.blocks.iter().enumerate() {
            let at = At::Turn(index, block);
            // Only thoughts are sealed here.
            if let Block::Text { seal: Some(_), .. } | Block::ToolCall(ToolCall { seal: Some(_), .. }) =
                stated
            {
                self.seals.note(&at);
            }
            match stated {
                Block::Text { text, cache, .. } => items.extend(self.text(at, text, *cache)),
                Block::Refusal(text) => items.extend(self.text(at, text, None)),
                Block::Reasoning { text, seal, .. } => {
                    items.extend(self.thought(at, text, seal.as_ref()));
                }
                Block::ToolCall(call) => {
                    let input = match call.kind {
                        ToolKind::Function => tools::input(&call.input),
                        ToolKind::Custom => Cow::Owned(free_text::arguments(&call.input)),
                    };
                    let (name, sent) = (self.send(&call.name), String::new());
                    let what = What::Call { id: &call.id, sent, name, input };
                    items.push(Item { at, cache: call.cache, what });
                }
                Block::Media(_) => self.drop(&at, "is a medium, which the model's messages cannot hold"),
                Block::ToolResult(_) => self.drop(&at, "is a result, but stands in the model's turn"),
            }
        }
        items
    }

    /// Repairs the end: words to go on from may not end in white space (`final assistant content cannot end with
    /// trailing whitespace`), and no message may end in a thought (`The final block in an assistant message cannot be
    /// thinking`).
    pub(super) fn end(&mut self, messages: &mut Vec<Message<'c>>) {
        for message in &mut *messages {
            while let Some(last) = message.items.pop_if(|last| last.is_thought()) {
                self.drop(&last.at, "is a thought that led to nothing");
            }
            self.calls_last(message);
        }
        messages.retain(|message| !message.items.is_empty());
        join(messages);
        let Some(last) = messages.last_mut().filter(|last| last.role == Role::Assistant) else {
            return;
        };
        if let Some(Item { what: What::Text(text), at, .. }) = last.items.last_mut() {
            let length = text.trim_end().len();
            if length < text.len() {
                text.to_mut().truncate(length);
                self.dropped
                    .push(Dropped::new(at, "lost the white space at its end, which Anthropic refuses"));
            }
        }
    }
}

impl<'c> Encoder<'c> {
    /// Words behind a call go before it: newer models take them for words to go on from, and refuse those. Thoughts
    /// keep their place among the calls.
    fn calls_last(&mut self, message: &mut Message<'c>) {
        let is_call = |item: &Item<'_>| matches!(item.what, What::Call { .. });
        let Some(last) = message.items.iter().rposition(is_call) else {
            return;
        };
        let behind = message.items.split_off(last + 1);
        let first = message.items.iter().rposition(|item| !is_call(item)).map_or(0, |other| other + 1);
        for item in &behind {
            self.drop(&item.at, "stands before the calls here: nothing may follow one");
        }
        message.items.splice(first..first, behind);
    }
}

/// Adds to the message at the end if it has the same role, else as a new one.
fn add<'c>(messages: &mut Vec<Message<'c>>, role: Role, mut items: Vec<Item<'c>>) {
    if items.is_empty() {
        return;
    }
    let count = messages.len();
    // What the person says after instructions goes before them: nobody but the model may follow instructions.
    let behind = role == Role::User && messages.last().is_some_and(|last| last.role == Role::System);
    let last = if behind { count.checked_sub(2) } else { count.checked_sub(1) };
    match last.and_then(|last| messages.get_mut(last)) {
        Some(last) if last.role == role => last.items.append(&mut items),
        _ => messages.push(Message { role, items }),
    }
}

/// Makes one message of neighbours of the same role.
pub(super) fn join(messages: &mut Vec<Message<'_>>) {
    for message in std::mem::take(messages) {
        add(messages, message.role, message.items);
    }
}
