//! What was said so far.

use super::super::details::{Detail, groups};
use super::super::{is_object, signature};
use super::parts::{self, Whose};
use super::{UNKNOWN, lost};
use crate::conversation::{Block, Cache, Role, Seal, ToolCall, ToolKind, ToolResult, Turn, call_id};
use crate::json::tree::{Node, Object, Path, Value};
use crate::json::write::Writer;
use crate::transcode::Calls;
use crate::{Conversation, Dialect, Malformed};
use std::borrow::Cow;

/// Messages on their way into a conversation.
pub(super) struct Messages<'c, 'a> {
    conversation: &'c mut Conversation<'a>,
    calls: Calls<'a>,
    /// Calls in the form OpenAI had before (`function_call`), which have no ids: name and the id made up.
    unnumbered: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'c, 'a> Messages<'c, 'a> {
    pub(super) fn new(conversation: &'c mut Conversation<'a>) -> Self {
        Self { conversation, calls: Calls::default(), unnumbered: Vec::new() }
    }

    /// Takes them all.
    pub(super) fn take(&mut self, list: Vec<Node<'a>>, path: &Path<'_>) -> Result<(), Malformed> {
        for (at, node) in list.into_iter().enumerate() {
            let path = path.item(at);
            let mut message = node.object(&path)?;
            self.message(&mut message, &path)?;
            message.rest(&path, UNKNOWN, &mut self.conversation.dropped);
        }
        Ok(())
    }

    fn message(&mut self, message: &mut Object<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let role = message.need_text("role", path)?;
        let cache = parts::cache(message, path, self.conversation)?;
        match role.as_ref() {
            "system" | "developer" => self.system(message, cache, path),
            "user" => {
                let content = message.take("content").ok_or_else(|| path.key("content").missing())?;
                let at = path.key("content");
                let blocks = parts::content(content, Whose::User, &at, self.conversation)?;
                self.conversation.places.pend(blocks.len(), &at);
                self.unnamed(message, path);
                self.turn(Role::User, blocks, cache, path);
                Ok(())
            }
            "assistant" => self.assistant(message, cache, path),
            "tool" | "function" => self.result(message, &role, cache, path),
            _ => {
                let fault =
                    format!("is {role:?}; it must be one of system, developer, user, assistant and tool");
                Err(path.key("role").fault(&fault))
            }
        }
    }

    fn system(
        &mut self,
        message: &mut Object<'a>,
        cache: Option<Cache>,
        path: &Path<'_>,
    ) -> Result<(), Malformed> {
        let content = message.take("content").ok_or_else(|| path.key("content").missing())?;
        let at = path.key("content");
        let mut blocks = parts::content(content, Whose::System, &at, self.conversation)?;
        self.conversation.places.pend(blocks.len(), &at);
        self.unnamed(message, path);
        if !self.conversation.turns.is_empty() {
            self.turn(Role::System, blocks, cache, path);
            return Ok(());
        }
        mark(&mut blocks, cache);
        self.conversation.system.extend(blocks);
        self.conversation.places.settle_system();
        Ok(())
    }

    /// Adds a turn; one that says nothing at all would be refused by most vendors.
    fn turn(&mut self, role: Role, mut blocks: Vec<Block<'a>>, cache: Option<Cache>, path: &Path<'_>) {
        if blocks.is_empty() {
            self.conversation.places.forget();
            return lost(self.conversation, path, "it is empty");
        }
        mark(&mut blocks, cache);
        self.conversation.places.pend(blocks.len(), path);
        self.conversation.turns.push(Turn { role, blocks });
        self.conversation.places.settle_turn();
    }

    fn unnamed(&mut self, message: &mut Object<'a>, path: &Path<'_>) {
        if message.take("name").is_some() {
            lost(self.conversation, &path.key("name"), "participants have no names in other dialects");
        }
    }

    fn assistant(
        &mut self,
        message: &mut Object<'a>,
        cache: Option<Cache>,
        path: &Path<'_>,
    ) -> Result<(), Malformed> {
        let mut blocks = self.reasoning(message, path)?;
        self.conversation.places.pend(blocks.len(), path);
        if let Some(content) = message.take("content") {
            let at = path.key("content");
            blocks.extend(parts::content(content, Whose::Assistant, &at, self.conversation)?);
            self.conversation.places.pend(blocks.len(), &at);
        }
        if let Some(sealed) = signature(message) {
            let text = blocks.iter_mut().rev().find_map(|block| match block {
                Block::Text { seal, .. } => Some(seal),
                _ => None,
            });
            match text {
                Some(seal) => *seal = Some(Seal::unpack(Dialect::Gemini, sealed)),
                None => lost(self.conversation, &path.key("extra_content"), "there is no text it could seal"),
            }
        }
        if let Some(refusal) = message.text("refusal", path)?.filter(|text| !text.is_empty()) {
            blocks.push(Block::Refusal(refusal));
        }
        self.unnamed(message, path);
        if message.take("audio").is_some() {
            lost(self.conversation, &path.key("audio"), "only the vendor that spoke it has it");
        }
        // What the vendor wrote beside its answer, which no vendor wants back.
        message.take("annotations");
        self.calls(message, &mut blocks, path)?;
        self.turn(Role::Assistant, blocks, cache, path);
        Ok(())
    }

    /// OpenRouter's `reasoning_details`, DeepSeek's `reasoning_content`, and `reasoning` as vLLM and OpenRouter
    /// have it: one or several of them, which then say the same.
    fn reasoning(&mut self, message: &mut Object<'a>, path: &Path<'_>) -> Result<Vec<Block<'a>>, Malformed> {
        let mut texts = Vec::new();
        for key in ["reasoning_content", "reasoning"] {
            if let Some(text) = message.text(key, path)?.filter(|text| !text.is_empty()) {
                texts.push((key, text));
            }
        }
        let at = path.key("reasoning_details");
        let mut details = Vec::new();
        for (index, node) in
            message.list("reasoning_details", path)?.unwrap_or_default().into_iter().enumerate()
        {
            let at = at.item(index);
            match Detail::read(node.object(&at)?) {
                Some(detail) => details.push(detail),
                None => lost(self.conversation, &at, "it holds no reasoning of a kind that is known"),
            }
        }
        let groups = groups(details);
        let proven: String = groups.iter().map(|group| group.words.as_str()).collect();
        let mut blocks: Vec<Block<'a>> = groups.into_iter().map(|group| group.into_block("")).collect();

        let mut texts = texts.into_iter();
        let first = match proven.is_empty() {
            true => texts.next().map(|(_, text)| text),
            false => None,
        };
        let stands = first.as_deref().unwrap_or(&proven);
        for (key, text) in texts.filter(|(_, text)| text != stands) {
            // A client that strips line breaks at the end has said nothing else.
            if text.trim() != stands.trim() {
                lost(self.conversation, &path.key(key), "another member tells the reasoning");
            }
        }
        if let Some(text) = first {
            blocks.insert(0, Block::Reasoning { text, seal: None, summary: false });
        }
        Ok(blocks)
    }

    fn calls(
        &mut self,
        message: &mut Object<'a>,
        blocks: &mut Vec<Block<'a>>,
        path: &Path<'_>,
    ) -> Result<(), Malformed> {
        let at = path.key("tool_calls");
        for (index, node) in message.list("tool_calls", path)?.unwrap_or_default().into_iter().enumerate() {
            let at = at.item(index);
            let mut call = node.object(&at)?;
            // Beside `index`, which some clients keep from the stream.
            call.take("index");
            let id = call.need_text("id", &at)?;
            if id.is_empty() {
                return Err(at.key("id").fault("must not be empty"));
            }
            let seal = signature(&mut call).map(|text| Seal::unpack(Dialect::Gemini, text));
            let cache = parts::cache(&mut call, &at, self.conversation)?;
            let kind = call.text("type", &at)?.unwrap_or("function".into());
            let member = at.key(&kind);
            let (kind, name, input) = match kind.as_ref() {
                "function" => {
                    let mut inner = call.object("function", &at)?.ok_or_else(|| member.missing())?;
                    let (name, input) = self.function(&mut inner, &member)?;
                    inner.rest(&member, UNKNOWN, &mut self.conversation.dropped);
                    (ToolKind::Function, name, input)
                }
                "custom" => {
                    let mut inner = call.object("custom", &at)?.ok_or_else(|| member.missing())?;
                    let (name, input) =
                        (inner.need_text("name", &member)?, inner.need_text("input", &member)?);
                    inner.rest(&member, UNKNOWN, &mut self.conversation.dropped);
                    (ToolKind::Custom, name, input)
                }
                _ => {
                    let fault = format!("is {kind:?}; it must be function or custom");
                    return Err(at.key("type").fault(&fault));
                }
            };
            call.rest(&at, UNKNOWN, &mut self.conversation.dropped);
            self.calls.note(id.clone(), name.clone(), kind);
            blocks.push(Block::ToolCall(ToolCall { id, name, input, kind, seal, cache }));
            self.conversation.places.pend(blocks.len(), &at);
        }
        if let Some(mut call) = message.object("function_call", path)? {
            let (name, input) = self.function(&mut call, &path.key("function_call"))?;
            let id: Cow<'a, str> = call_id(self.conversation.turns.len(), blocks.len(), &name).into();
            self.calls.note(id.clone(), name.clone(), ToolKind::Function);
            self.unnumbered.push((name.clone(), id.clone()));
            let kind = ToolKind::Function;
            blocks.push(Block::ToolCall(ToolCall { id, name, input, kind, seal: None, cache: None }));
        }
        Ok(())
    }

    /// Name and arguments. Arguments that are no JSON object, such as those of a call that was cut short, are
    /// legal here and stay in the history for good; elsewhere they would make the request malformed.
    fn function(
        &mut self,
        object: &mut Object<'a>,
        path: &Path<'_>,
    ) -> Result<(Cow<'a, str>, Cow<'a, str>), Malformed> {
        let name = object.need_text("name", path)?;
        let input = object.text("arguments", path)?.unwrap_or_default();
        if input.trim().is_empty() {
            return Ok((name, "{}".into()));
        }
        if is_object(&input) {
            return Ok((name, input));
        }
        lost(
            self.conversation,
            &path.key("arguments"),
            "it is no JSON object; its text is handed on inside one",
        );
        let wrapped = Writer::object(input.len() + 32, |object| object.text("arguments", &input));
        Ok((name, String::from_utf8_lossy(&wrapped).into_owned().into()))
    }

    fn result(
        &mut self,
        message: &mut Object<'a>,
        role: &str,
        mut cache: Option<Cache>,
        path: &Path<'_>,
    ) -> Result<(), Malformed> {
        let (call_id, name, kind) = if role == "tool" {
            let id = message.need_text("tool_call_id", path)?;
            let (name, kind) = self.calls.answered(&id, &path.key("tool_call_id"))?;
            // The name of the call, said again.
            message.take("name");
            (id, name, kind)
        } else {
            let name = message.need_text("name", path)?;
            let at = self.unnumbered.iter().position(|(called, _)| *called == name).ok_or_else(|| {
                path.key("name").fault(&format!("is {name:?}, but no function_call before it has this name"))
            })?;
            let (name, id) = self.unnumbered.remove(at);
            (id, name, ToolKind::Function)
        };
        let content = message.take("content").ok_or_else(|| path.key("content").missing())?;
        // Nothing to say is written as [] by some clients, and is an answer all the same.
        let mut content = match content.value {
            Value::List(list) if list.is_empty() => Vec::new(),
            _ => parts::content(content, Whose::User, &path.key("content"), self.conversation)?,
        };
        for block in &mut content {
            let mark = match block {
                Block::Text { cache, .. } => cache.take(),
                Block::Media(media) => media.cache.take(),
                _ => None,
            };
            cache = mark.or(cache);
        }
        // They are a part of one block.
        self.conversation.places.forget();
        let result = ToolResult { call_id, name, content, is_error: false, kind, cache };
        self.turn(Role::User, vec![Block::ToolResult(result)], None, path);
        Ok(())
    }
}

/// Sets a message's mark on its last block.
fn mark(blocks: &mut [Block<'_>], mark: Option<Cache>) {
    let Some(mark) = mark else { return };
    match blocks.last_mut() {
        Some(Block::Text { cache, .. }) => *cache = Some(mark),
        Some(Block::Media(media)) => media.cache = Some(mark),
        Some(Block::ToolCall(call)) => call.cache = Some(mark),
        Some(Block::ToolResult(result)) => result.cache = Some(mark),
        Some(Block::Reasoning { .. } | Block::Refusal(_)) | None => {}
    }
}
