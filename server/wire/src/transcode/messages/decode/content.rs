//! What a message is made of.

use super::super::{ids, seals};
use super::{instructions, tools};
use crate::conversation::{
    Block, Cache, Media, MediaKind, Places, Role, Source, Tool, ToolCall, ToolKind, ToolResult,
};
use crate::json::tree::{Node, Object, Path, Value};
use crate::transcode::Calls;
use crate::{Dropped, Malformed};
use std::borrow::Cow;

/// Decodes content, message after message.
#[derive(Default)]
pub(super) struct Content<'a> {
    calls: Calls<'a>,
    /// Tools that were added between turns.
    pub(super) tools: Vec<Tool<'a>>,
    pub(super) dropped: Vec<Dropped>,
    /// Whether the message held something that was passed over.
    pub(super) passed_over: bool,
}

impl<'a> Content<'a> {
    /// The content of one message.
    pub(super) fn message(
        &mut self,
        node: Node<'a>,
        role: Role,
        path: &Path<'_>,
        places: &mut Places,
    ) -> Result<Vec<Block<'a>>, Malformed> {
        self.passed_over = false;
        if role == Role::System {
            let blocks = self.instructions(node, path)?;
            places.pend(blocks.len(), path);
            return Ok(blocks);
        }
        let mut blocks = Vec::new();
        match node.value {
            Value::Text(text) if text.is_empty() => {}
            Value::Text(text) => blocks.push(Block::text(text)),
            Value::List(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    let path = path.item(index);
                    self.block(item.object(&path)?, role, &path, &mut blocks)?;
                    seals::return_to_call(&mut blocks);
                    places.pend(blocks.len(), &path);
                }
            }
            _ => return Err(path.fault(&format!("must be a string or an array, not {}", node.kind()))),
        }
        places.pend(blocks.len(), path);
        Ok(blocks)
    }

    /// A message of the role `system`: words, and tools that come and go.
    fn instructions(&mut self, node: Node<'a>, path: &Path<'_>) -> Result<Vec<Block<'a>>, Malformed> {
        let Value::List(items) = node.value else {
            return instructions(node, path, &mut self.dropped, |_, _| {});
        };
        let mut blocks = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let path = path.item(index);
            let mut object = item.object(&path)?;
            match object.need_text("type", &path)?.as_ref() {
                "text" => {
                    let block = text(object, &path, &mut self.dropped)?;
                    self.keep_words(block, &path, &mut blocks);
                }
                "tool_addition" => self.add_tool(object, &path)?,
                "tool_removal" => self.drop(&path, "takes a tool away again, which only Anthropic can"),
                "output_config" => self.drop(&path, "is known to Anthropic only"),
                other => return Err(unknown(other, "system", &path)),
            }
        }
        Ok(blocks)
    }

    fn add_tool(&mut self, mut addition: Object<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let tool = addition.object("tool", path)?;
        let path = path.key("tool");
        if let Some(mut tool) = tool
            && let Some(definition) = tool.object("definition", &path)?
        {
            let tool = tools::one(definition, &path.key("definition"), &mut self.dropped)?;
            self.tools.push(tool);
        }
        self.drop(&path, "is offered from the start: only Anthropic adds tools between turns");
        Ok(())
    }

    fn block(
        &mut self,
        mut object: Object<'a>,
        role: Role,
        path: &Path<'_>,
        out: &mut Vec<Block<'a>>,
    ) -> Result<(), Malformed> {
        let kind = object.need_text("type", path)?;
        let user = role == Role::User;
        match kind.as_ref() {
            "tool_result" if user => out.push(self.result(object, path)?),
            "tool_use" if !user => out.push(self.call(object, path)?),
            "thinking" if !user => {
                let text = object.need_text("thinking", path)?;
                let seal = object.text("signature", path)?.and_then(seals::signed);
                object.rest(path, "is known to Anthropic only", &mut self.dropped);
                out.push(Block::Reasoning { text, seal, summary: false });
            }
            "redacted_thinking" if !user => {
                let seal = Some(seals::redacted(object.need_text("data", path)?));
                object.rest(path, "is known to Anthropic only", &mut self.dropped);
                out.push(Block::Reasoning { text: Cow::Borrowed(""), seal, summary: false });
            }
            // What stands for everything before it, once Anthropic has compacted the conversation.
            "compaction" if !user => match object.lenient_text("content") {
                Some(content) if !content.is_empty() => out.push(Block::text(content)),
                _ => self.drop(path, "is a summary that only Anthropic can read"),
            },
            "container_upload" => {
                let id = object.need_text("file_id", path)?;
                let cache = cache(&mut object, path, &mut self.dropped)?;
                object.rest(path, "is known to Anthropic only", &mut self.dropped);
                let (kind, source) = (MediaKind::Document, Source::File { id });
                out.push(Block::Media(Media { kind, source, name: None, detail: None, cache }));
            }
            "fallback" => self.drop(path, "says which of Anthropic's models answered"),
            // A router that stopped here failed a hundred times in one session (headroomlabs-ai/headroom#1806,
            // 2026-07-05). What such a tool found is told in the text after it.
            vendor if vendor.ends_with("_tool_use") || vendor.ends_with("_tool_result") => {
                self.drop(path, "is the work of a tool that runs at Anthropic");
            }
            "tool_result" | "tool_use" | "thinking" | "redacted_thinking" => {
                let whose = if user { "assistant" } else { "user" };
                let what = format!("is {kind:?}, which belongs in a message of the role \"{whose}\"");
                return Err(path.key("type").fault(&what));
            }
            other => self.material(other, object, path, out)?,
        }
        Ok(())
    }

    /// What messages and results of tools may both hold.
    fn material(
        &mut self,
        kind: &str,
        mut object: Object<'a>,
        path: &Path<'_>,
        out: &mut Vec<Block<'a>>,
    ) -> Result<(), Malformed> {
        match kind {
            "text" => {
                let block = text(object, path, &mut self.dropped)?;
                self.keep_words(block, path, out);
            }
            "image" => {
                let source = object.object("source", path)?.ok_or_else(|| path.key("source").missing())?;
                let source = self.source(source, &path.key("source"))?;
                let cache = cache(&mut object, path, &mut self.dropped)?;
                object.rest(path, "is known to Anthropic only", &mut self.dropped);
                let kind = MediaKind::Image;
                out.push(Block::Media(Media { kind, source, name: None, detail: None, cache }));
            }
            "document" => self.document(object, path, out)?,
            "search_result" => {
                let (source, title) = (object.need_text("source", path)?, object.need_text("title", path)?);
                let words = object.take("content").ok_or_else(|| path.key("content").missing())?;
                let words = self.words(words, &path.key("content"))?;
                let cache = cache(&mut object, path, &mut self.dropped)?;
                self.drop_citations(&mut object, path);
                object.rest(path, "is known to Anthropic only", &mut self.dropped);
                let kind = MediaKind::Document;
                let name = Some(Cow::Owned(format!("{title} ({source})")));
                let source = Source::Text(words);
                out.push(Block::Media(Media { kind, source, name, detail: None, cache }));
            }
            other => return Err(unknown(other, "user or assistant", path)),
        }
        Ok(())
    }

    fn document(
        &mut self,
        mut object: Object<'a>,
        path: &Path<'_>,
        out: &mut Vec<Block<'a>>,
    ) -> Result<(), Malformed> {
        let name = object.text("title", path)?;
        let context = object.text("context", path)?;
        let cache = cache(&mut object, path, &mut self.dropped)?;
        self.drop_citations(&mut object, path);
        let mut source = object.object("source", path)?.ok_or_else(|| path.key("source").missing())?;
        object.rest(path, "is known to Anthropic only", &mut self.dropped);
        let path = path.key("source");
        // It is there to be read beside the document, so it is read before it.
        out.extend(context.filter(|context| !context.is_empty()).map(Block::text));
        let source = if source.get("type").and_then(Node::as_text) == Some("content") {
            let content = source.take("content").ok_or_else(|| path.key("content").missing())?;
            Source::Text(self.words(content, &path.key("content"))?)
        } else {
            self.source(source, &path)?
        };
        let kind = MediaKind::Document;
        out.push(Block::Media(Media { kind, source, name, detail: None, cache }));
        Ok(())
    }

    /// Content that must end up as one text.
    fn words(&mut self, node: Node<'a>, path: &Path<'_>) -> Result<Cow<'a, str>, Malformed> {
        if let Value::Text(text) = node.value {
            return Ok(text);
        }
        let mut words = String::new();
        for (index, item) in node.list(path)?.into_iter().enumerate() {
            let path = path.item(index);
            let mut object = item.object(&path)?;
            if object.need_text("type", &path)? != "text" {
                self.drop(&path, "stands inside a text, where no other dialect has a place for it");
                continue;
            }
            if let Block::Text { text, .. } = text(object, &path, &mut self.dropped)? {
                if !words.is_empty() {
                    words.push('\n');
                }
                words.push_str(&text);
            }
        }
        Ok(Cow::Owned(words))
    }

    fn source(&mut self, mut source: Object<'a>, path: &Path<'_>) -> Result<Source<'a>, Malformed> {
        Ok(match source.need_text("type", path)?.as_ref() {
            "base64" => Source::Base64 {
                mime: source.need_text("media_type", path)?,
                data: source.need_text("data", path)?,
            },
            "text" => Source::Text(source.need_text("data", path)?),
            "url" => Source::Url { url: source.need_text("url", path)?, mime: None },
            "file" => Source::File { id: source.need_text("file_id", path)? },
            other => {
                return Err(path
                    .key("type")
                    .fault(&format!("is {other:?}, which is no source that is known")));
            }
        })
    }

    fn call(&mut self, mut object: Object<'a>, path: &Path<'_>) -> Result<Block<'a>, Malformed> {
        let id = ids::own(object.need_text("id", path)?);
        let name = object.need_text("name", path)?;
        if id.is_empty() {
            return Err(path.key("id").fault("is empty"));
        }
        let input = object.take("input").ok_or_else(|| path.key("input").missing())?;
        let raw = input.raw;
        input.object(&path.key("input"))?;
        let cache = cache(&mut object, path, &mut self.dropped)?;
        // Anthropic states with each call that the model made it itself, which is as good as nothing.
        if let Some(mut caller) = object.lenient_object("caller")
            && caller.lenient_text("type").as_deref() != Some("direct")
        {
            self.drop(&path.key("caller"), "names a tool that runs at Anthropic");
        }
        object.rest(path, "is known to Anthropic only", &mut self.dropped);
        self.calls.note(id.clone(), name.clone(), ToolKind::Function);
        let input = Cow::Borrowed(raw);
        Ok(Block::ToolCall(ToolCall { id, name, input, kind: ToolKind::Function, seal: None, cache }))
    }

    fn result(&mut self, mut object: Object<'a>, path: &Path<'_>) -> Result<Block<'a>, Malformed> {
        let call_id = ids::own(object.need_text("tool_use_id", path)?);
        let (name, kind) = self.calls.answered(&call_id, &path.key("tool_use_id"))?;
        let is_error = object.bool("is_error", path)?.unwrap_or(false);
        let cache = cache(&mut object, path, &mut self.dropped)?;
        let mut content = Vec::new();
        if let Some(node) = object.take("content") {
            let path = path.key("content");
            match node.value {
                Value::Text(text) if text.is_empty() => {}
                Value::Text(text) => content.push(Block::text(text)),
                Value::List(items) => {
                    for (index, item) in items.into_iter().enumerate() {
                        let path = path.item(index);
                        self.within_result(item.object(&path)?, &path, &mut content)?;
                    }
                }
                _ => return Err(path.fault(&format!("must be a string or an array, not {}", node.kind()))),
            }
        }
        object.rest(path, "is known to Anthropic only", &mut self.dropped);
        Ok(Block::ToolResult(ToolResult { call_id, name, content, is_error, kind, cache }))
    }

    fn within_result(
        &mut self,
        mut object: Object<'a>,
        path: &Path<'_>,
        out: &mut Vec<Block<'a>>,
    ) -> Result<(), Malformed> {
        match object.need_text("type", path)?.as_ref() {
            // What a client's own tool search found. Its name is all there is to say: the tools themselves are
            // offered from the start.
            "tool_reference" => out.push(Block::text(object.need_text("tool_name", path)?)),
            "browser_state" => self.drop(path, "is known to Anthropic only"),
            kind => self.material(kind, object, path, out)?,
        }
        Ok(())
    }

    fn keep_words(&mut self, block: Block<'a>, path: &Path<'_>, out: &mut Vec<Block<'a>>) {
        match &block {
            Block::Text { text, .. } if text.is_empty() => {
                self.dropped.push(Dropped::new(path, "is empty"));
            }
            _ => out.push(block),
        }
    }

    fn drop_citations(&mut self, object: &mut Object<'a>, path: &Path<'_>) {
        if object.take("citations").is_some() {
            self.dropped.push(Dropped::new(&path.key("citations"), "is a feature of Anthropic's"));
        }
    }

    fn drop(&mut self, path: &Path<'_>, why: &str) {
        self.passed_over = true;
        self.dropped.push(Dropped::new(path, why));
    }
}

/// A text block, whose type was read.
pub(super) fn text<'a>(
    mut object: Object<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Block<'a>, Malformed> {
    let text = object.need_text("text", path)?;
    let cache = cache(&mut object, path, dropped)?;
    if object.take("citations").is_some() {
        dropped.push(Dropped::new(&path.key("citations"), "is a feature of Anthropic's"));
    }
    object.rest(path, "is known to Anthropic only", dropped);
    Ok(Block::Text { text, seal: None, cache })
}

/// `cache_control` of whatever it stands in.
pub(super) fn cache(
    object: &mut Object<'_>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Option<Cache>, Malformed> {
    let Some(mut control) = object.object("cache_control", path)? else {
        return Ok(None);
    };
    let path = path.key("cache_control");
    let kind = control.need_text("type", &path)?;
    if kind != "ephemeral" {
        return Err(path.key("type").fault(&format!("must be \"ephemeral\", not {kind:?}")));
    }
    let cache = match control.text("ttl", &path)?.as_deref() {
        None | Some("5m") => Cache::Default,
        Some("1h") => Cache::Hour,
        Some(other) => {
            dropped.push(Dropped::new(&path.key("ttl"), &format!("{other:?} is no time that is known")));
            Cache::Default
        }
    };
    control.rest(&path, "is known to Anthropic only", dropped);
    Ok(Some(cache))
}

fn unknown(kind: &str, whose: &str, path: &Path<'_>) -> Malformed {
    path.key("type").fault(&format!("is {kind:?}, which no {whose} message is known to hold"))
}
