//! A client's request.
//!
//! Ollama is lax about what others insist on: calls and results had no ids before 2025-11-04 (ollama/ollama#12956), and
//! many clients send none still. A result then answers the first unanswered call of its `tool_name`, or the first of
//! all where it names none.

use super::images;
use crate::conversation::{
    Block, Effort, OutputFormat, Reasoning, Role, Sampling, Tool, ToolCall, ToolKind, ToolResult, Turn,
    call_id,
};
use crate::json::tree::{Node, Object, Path, Value};
use crate::transcode::Calls;
use crate::{Conversation, Dropped, Malformed};
use std::borrow::Cow;

/// Decodes a request.
pub(crate) fn decode(mut body: Object<'_>) -> Result<Conversation<'_>, Malformed> {
    let root = &Path::Root;
    let mut conversation = Conversation::default();
    // Both are known from peeking.
    body.take("model");
    body.take("stream");
    let path = root.key("messages");
    let messages = body.list("messages", root)?.ok_or_else(|| path.missing())?;
    if messages.is_empty() {
        // To Ollama this means: load the model, or unload it.
        return Err(path.fault("is empty"));
    }
    Messages { conversation: &mut conversation, calls: Calls::default(), open: Vec::new() }
        .read(messages, &path)?;
    tools(&mut body, &mut conversation)?;
    conversation.format = format(&mut body)?;
    conversation.reasoning = think(&mut body)?;
    options(&mut body, &mut conversation)?;

    let dropped = &mut conversation.dropped;
    for (key, why) in [
        ("keep_alive", "only Ollama keeps models loaded"),
        ("truncate", "only Ollama shortens a prompt that is too long"),
        ("shift", "only Ollama shortens a prompt that is too long"),
        ("logprobs", "probabilities of tokens are not translated"),
        ("top_logprobs", "probabilities of tokens are not translated"),
    ] {
        if body.take(key).is_some() {
            dropped.push(Dropped::new(&key, why));
        }
    }
    body.rest(root, "Ollama's chat has no such member", dropped);
    Ok(conversation)
}

struct Messages<'c, 'a> {
    conversation: &'c mut Conversation<'a>,
    calls: Calls<'a>,
    /// Calls without an answer so far: id and name.
    open: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Messages<'_, 'a> {
    fn read(&mut self, messages: Vec<Node<'a>>, path: &Path<'_>) -> Result<(), Malformed> {
        for (index, node) in messages.into_iter().enumerate() {
            self.message(index, node, &path.item(index))?;
        }
        Ok(())
    }

    fn message(&mut self, index: usize, node: Node<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let mut message = node.object(path)?;
        let role = message.need_text("role", path)?;
        // Ollama compares it in lower case.
        let role = role.to_ascii_lowercase();
        let mut blocks = Vec::new();
        let text = message.text("content", path)?.filter(|text| !text.is_empty());
        if role == "assistant"
            && let Some(text) = message.text("thinking", path)?.filter(|text| !text.is_empty())
        {
            blocks.push(Block::Reasoning { text, seal: None, summary: false });
        }
        blocks.extend(text.map(Block::text));
        self.images(&mut message, path, &mut blocks)?;
        let turn = match role.as_str() {
            "system" => Role::System,
            "user" => Role::User,
            "assistant" => {
                self.tool_calls(&mut message, index, path, &mut blocks)?;
                Role::Assistant
            }
            "tool" => {
                let result = self.result(&mut message, path, blocks)?;
                blocks = vec![Block::ToolResult(result)];
                Role::User
            }
            _ => {
                let what = format!("must be system, user, assistant or tool, not {role:?}");
                return Err(path.key("role").fault(&what));
            }
        };
        let dropped = &mut self.conversation.dropped;
        message.rest(path, &format!("a message of the role {role} has no such member"), dropped);
        if blocks.is_empty() {
            dropped.push(Dropped::new(path, "it says nothing"));
        } else if turn == Role::System && self.conversation.turns.is_empty() {
            self.system(blocks, path);
        } else {
            self.conversation.turns.push(Turn { role: turn, blocks });
        }
        let Conversation { system, turns, places, .. } = &mut *self.conversation;
        places.system(system.len(), path);
        places.turns(turns, path);
        Ok(())
    }

    /// Instructions before the first turn are text only.
    fn system(&mut self, blocks: Vec<Block<'a>>, path: &Path<'_>) {
        for block in blocks {
            match block {
                Block::Text { .. } => self.conversation.system.push(block),
                _ => {
                    let path = path.key("images");
                    self.conversation.dropped.push(Dropped::new(&path, "instructions are text only"));
                }
            }
        }
    }

    fn images(
        &mut self,
        message: &mut Object<'a>,
        path: &Path<'_>,
        blocks: &mut Vec<Block<'a>>,
    ) -> Result<(), Malformed> {
        let path = path.key("images");
        for (index, node) in
            message.take("images").map_or(Ok(Vec::new()), |node| node.list(&path))?.into_iter().enumerate()
        {
            let path = path.item(index);
            let block = images::read(node.text(&path)?).ok_or_else(|| {
                path.fault(
                    "must be a picture or recording in base64 of a kind that is known by its first bytes",
                )
            })?;
            blocks.push(block);
        }
        Ok(())
    }

    fn tool_calls(
        &mut self,
        message: &mut Object<'a>,
        turn: usize,
        path: &Path<'_>,
        blocks: &mut Vec<Block<'a>>,
    ) -> Result<(), Malformed> {
        let path_calls = path.key("tool_calls");
        let calls = message.list("tool_calls", path)?.unwrap_or_default();
        for (index, node) in calls.into_iter().enumerate() {
            let path = path_calls.item(index);
            let mut call = node.object(&path)?;
            let id = call.text("id", &path)?.filter(|id| !id.is_empty());
            // Clients that know OpenAI write `"type":"function"`.
            call.take("type");
            let path_function = path.key("function");
            let mut function = call.object("function", &path)?.ok_or_else(|| path_function.missing())?;
            let name = function.need_text("name", &path_function)?;
            // Its place among the calls, which the list says as well.
            function.take("index");
            let input = match function.take("arguments") {
                None => Cow::Borrowed("{}"),
                Some(node) => {
                    let raw = node.raw;
                    node.object(&path_function.key("arguments"))?;
                    Cow::Borrowed(raw)
                }
            };
            let dropped = &mut self.conversation.dropped;
            function.rest(&path_function, "a call has no such member", dropped);
            call.rest(&path, "a call has no such member", dropped);
            let id = id.unwrap_or_else(|| call_id(turn, index, &name).into());
            self.calls.note(id.clone(), name.clone(), ToolKind::Function);
            self.open.push((id.clone(), name.clone()));
            let kind = ToolKind::Function;
            blocks.push(Block::ToolCall(ToolCall { id, name, input, kind, seal: None, cache: None }));
        }
        Ok(())
    }

    fn result(
        &mut self,
        message: &mut Object<'a>,
        path: &Path<'_>,
        content: Vec<Block<'a>>,
    ) -> Result<ToolResult<'a>, Malformed> {
        let id = message.text("tool_call_id", path)?.filter(|id| !id.is_empty());
        let tool = message.text("tool_name", path)?.filter(|name| !name.is_empty());
        let (call_id, name, kind) = match (id, tool) {
            (Some(id), _) => {
                let (name, kind) = self.calls.answered(&id, &path.key("tool_call_id"))?;
                self.open.retain(|(open, _)| *open != id);
                (id, name, kind)
            }
            (None, Some(tool)) => {
                let at = self.open.iter().position(|(_, name)| *name == tool).ok_or_else(|| {
                    let what =
                        format!("is {tool:?}, but no call of this tool before it is without an answer");
                    path.key("tool_name").fault(&what)
                })?;
                let (id, name) = self.open.remove(at);
                (id, name, ToolKind::Function)
            }
            (None, None) if self.open.is_empty() => {
                return Err(path.fault("answers a tool call, but none before it is without an answer"));
            }
            (None, None) => {
                let (id, name) = self.open.remove(0);
                (id, name, ToolKind::Function)
            }
        };
        Ok(ToolResult { call_id, name, content, is_error: false, kind, cache: None })
    }
}

fn tools<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let path_tools = Path::Root.key("tools");
    let dropped = &mut conversation.dropped;
    for (index, node) in body.list("tools", &Path::Root)?.unwrap_or_default().into_iter().enumerate() {
        let path = path_tools.item(index);
        let mut tool = node.object(&path)?;
        match tool.text("type", &path)?.as_deref() {
            None | Some("" | "function") => {}
            Some(other) => {
                let what = format!("must be \"function\", not {other:?}");
                return Err(path.key("type").fault(&what));
            }
        }
        let path_function = path.key("function");
        let mut function = tool.object("function", &path)?.ok_or_else(|| path_function.missing())?;
        let name = function.need_text("name", &path_function)?;
        let description = function.text("description", &path_function)?;
        let schema = match function.take("parameters") {
            Some(node) => {
                let raw = node.raw;
                node.object(&path_function.key("parameters"))?;
                Some(Cow::Borrowed(raw))
            }
            None => None,
        };
        function.rest(&path_function, "Ollama's tools have no such member", dropped);
        tool.rest(&path, "Ollama's tools have no such member", dropped);
        conversation.tools.push(Tool::Function { name, description, schema, strict: None, cache: None });
        conversation.places.tools(conversation.tools.len(), &path);
    }
    Ok(())
}

fn format<'a>(body: &mut Object<'a>) -> Result<Option<OutputFormat<'a>>, Malformed> {
    let path = Path::Root.key("format");
    let Some(node) = body.take("format") else { return Ok(None) };
    match &node.value {
        Value::Text(text) => match text.as_ref() {
            "" => Ok(None),
            "json" => Ok(Some(OutputFormat::Json)),
            other => Err(path.fault(&format!("must be \"json\" or a JSON Schema, not {other:?}"))),
        },
        Value::Object(_) => Ok(Some(OutputFormat::Schema {
            name: None,
            description: None,
            schema: node.raw.into(),
            // Ollama follows it exactly.
            strict: Some(true),
        })),
        _ => Err(path.fault(&format!("must be \"json\" or a JSON Schema, not {}", node.kind()))),
    }
}

/// `true` says no level; Ollama itself takes it for `medium` where a model wants one (`ThinkValue`, api/types.go).
fn think(body: &mut Object<'_>) -> Result<Option<Reasoning>, Malformed> {
    let path = Path::Root.key("think");
    let Some(node) = body.take("think") else { return Ok(None) };
    let effort = match &node.value {
        Value::Bool(false) => {
            return Ok(Some(Reasoning { effort: Some(Effort::None), ..Reasoning::default() }));
        }
        Value::Bool(true) => Some(Effort::Medium),
        _ => match node.as_text() {
            Some("low") => Some(Effort::Low),
            Some("medium") => Some(Effort::Medium),
            Some("high") => Some(Effort::High),
            Some("max") => Some(Effort::Max),
            _ => None,
        },
    };
    match effort {
        Some(_) => Ok(Some(Reasoning { effort, budget: None, shown: Some(true) })),
        None => {
            let found = node.as_text().map_or(node.kind().to_owned(), |text| format!("{text:?}"));
            let what = format!("must be true, false, \"low\", \"medium\", \"high\" or \"max\", not {found}");
            Err(path.fault(&what))
        }
    }
}

fn options<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let path = &Path::Root.key("options");
    let Some(mut options) = body.object("options", &Path::Root)? else { return Ok(()) };
    conversation.sampling = Sampling {
        temperature: options.number("temperature", path)?,
        top_p: options.number("top_p", path)?,
        top_k: options.number("top_k", path)?,
        min_p: options.number("min_p", path)?,
        seed: options.number("seed", path)?,
        presence_penalty: options.number("presence_penalty", path)?,
        frequency_penalty: options.number("frequency_penalty", path)?,
    };
    if let Some(most) = options.number("num_predict", path)? {
        match most.parse::<f64>() {
            Ok(count) if count >= 1.0 => conversation.max_output = Some(count as u64),
            // No limit, which is Ollama's default as well.
            Ok(-1.0) => {}
            _ => {
                let why = "only numbers above 0 are limits to others";
                conversation.dropped.push(Dropped::new(&path.key("num_predict"), why));
            }
        }
    }
    let path_stop = path.key("stop");
    for (index, node) in options.list("stop", path)?.unwrap_or_default().into_iter().enumerate() {
        conversation.stop.push(node.text(&path_stop.item(index))?);
    }
    options.rest(path, "only Ollama has this option", &mut conversation.dropped);
    Ok(())
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
