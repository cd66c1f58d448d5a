//! The items of `input`, which become turns.

use super::{OPENAI_ONLY, parts, said, tools};
use crate::conversation::seal::is_mark;
use crate::conversation::{
    Block, Media, MediaKind, Role, Seal, Source, ToolCall, ToolKind, ToolResult, Turn,
};
use crate::json::tree::{Node, Object, Path, Value};
use crate::transcode::{Calls, responses::namespace};
use crate::{Conversation, Dialect, Dropped, Malformed};
use std::borrow::Cow;

/// Turns in the making.
pub(super) struct Items<'a> {
    pub(super) conversation: Conversation<'a>,
    calls: Calls<'a>,
}

impl<'a> Items<'a> {
    pub(super) fn new(conversation: Conversation<'a>) -> Self {
        Self { conversation, calls: Calls::default() }
    }

    /// Decodes `input`, a string or an array of items.
    pub(super) fn input(&mut self, input: Node<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        if let Value::Text(text) = input.value {
            if text.is_empty() {
                return Err(path.fault("is empty"));
            }
            self.conversation.turns.push(said(vec![Block::text(text)]));
            self.placed(path);
            return Ok(());
        }
        let items = input.list(path)?;
        if items.is_empty() && self.conversation.continues.is_none() {
            return Err(path.fault("is empty"));
        }
        for (index, node) in items.into_iter().enumerate() {
            let path = path.item(index);
            self.item(node.object(&path)?, &path)?;
            self.placed(&path);
        }
        Ok(())
    }

    fn placed(&mut self, path: &Path<'_>) {
        let Conversation { system, turns, places, .. } = &mut self.conversation;
        places.system(system.len(), path);
        places.turns(turns, path);
    }

    fn item(&mut self, mut object: Object<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let kind = object.text("type", path)?;
        let kind = match &kind {
            Some(kind) => &**kind,
            // OpenAI's «easy» messages need no type.
            None if object.get("role").is_some() => "message",
            None => return Err(path.key("type").missing()),
        };
        // What OpenAI calls an item, and how far it came. An item's place says as much to anyone else.
        let id = object.text("id", path)?;
        object.take("status");
        match kind {
            "message" => self.message(object, path),
            "reasoning" => self.reasoning(object, path),
            "function_call" => self.call(object, path, "arguments", ToolKind::Function),
            "custom_tool_call" => self.call(object, path, "input", ToolKind::Custom),
            "local_shell_call" | "shell_call" => self.vendor_call(object, path, kind, "action", id),
            "apply_patch_call" => self.vendor_call(object, path, kind, "operation", id),
            "function_call_output"
            | "custom_tool_call_output"
            | "local_shell_call_output"
            | "shell_call_output"
            | "apply_patch_call_output" => self.result(object, path, id),
            "item_reference" | "compaction" | "compaction_summary" => {
                // Only OpenAI can look up the one and open the other; left out, history would be missing.
                let kind: Cow<'a, str> = kind.to_owned().into();
                self.conversation.continues.get_or_insert_with(|| id.unwrap_or(kind));
                Ok(())
            }
            // Codex's «Responses Lite» puts its tools here, from 0.147 on; `tools` is then empty.
            "additional_tools" | "tool_search_output" => {
                tools::list(&mut object, path, &mut self.conversation)
            }
            "image_generation_call" => self.picture(object, path),
            // What ran at OpenAI, where only OpenAI has the rest of it.
            "web_search_call"
            | "file_search_call"
            | "code_interpreter_call"
            | "computer_call"
            | "computer_call_output"
            | "tool_search_call"
            | "mcp_list_tools"
            | "mcp_call"
            | "mcp_approval_request"
            | "mcp_approval_response"
            | "program"
            | "program_output"
            | "compaction_trigger"
            | "ghost_snapshot" => {
                self.drop(path, "tells of something that ran at OpenAI");
                Ok(())
            }
            other => Err(path.key("type").fault(&format!("is {other:?}, which is no kind of item"))),
        }
    }

    fn message(&mut self, mut object: Object<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let role = object.need_text("role", path)?;
        let at = path.key("content");
        let content = object.take("content").ok_or_else(|| at.missing())?;
        let blocks = parts::content(content, &at, &mut self.conversation.dropped)?;
        object.rest(path, OPENAI_ONLY, &mut self.conversation.dropped);
        match &*role {
            "user" if blocks.is_empty() => return Err(at.fault("is empty")),
            "user" => self.conversation.turns.push(said(blocks)),
            "assistant" if blocks.is_empty() => self.drop(path, "is empty"),
            "assistant" => self.assistant().extend(blocks),
            "system" | "developer" => self.instructions(blocks, path),
            other => {
                let what = format!("is {other:?}: it must be user, assistant, system or developer");
                return Err(path.key("role").fault(&what));
            }
        }
        Ok(())
    }

    /// Instructions: those before the first turn are the system prompt, wherever OpenAI has them.
    fn instructions(&mut self, mut blocks: Vec<Block<'a>>, path: &Path<'_>) {
        let before = blocks.len();
        blocks.retain(|block| matches!(block, Block::Text { .. }));
        if blocks.len() < before {
            self.drop(path, "holds more than text, which instructions cannot");
        }
        if self.conversation.turns.is_empty() {
            self.conversation.system.extend(blocks);
        } else if !blocks.is_empty() {
            self.conversation.turns.push(Turn { role: Role::System, blocks });
        }
    }

    fn reasoning(&mut self, mut object: Object<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let mut thoughts = texts(&mut object, "content", path)?;
        let summaries = texts(&mut object, "summary", path)?;
        if thoughts.is_none() {
            thoughts = summaries;
        }
        let text = thoughts.unwrap_or_default();
        let seal = object.text("encrypted_content", path)?.filter(|text| !text.is_empty() && !is_mark(text));
        let seal = seal.map(|text| Seal::unpack(Dialect::Responses, text));
        object.rest(path, OPENAI_ONLY, &mut self.conversation.dropped);
        let Some(seal) = seal else {
            if text.is_empty() {
                self.drop(path, "is empty");
            } else {
                self.assistant().push(Block::Reasoning { text, seal: None, summary: true });
            }
            return Ok(());
        };
        if text.is_empty()
            && let Some(place) = self.sealed_before(&seal)
        {
            *place = Some(seal);
            return Ok(());
        }
        // Summaries are what we write others' thoughts as; only OpenAI's are no more than that.
        let summary = seal.dialect == Dialect::Responses;
        self.assistant().push(Block::Reasoning { text, seal: Some(seal), summary });
        Ok(())
    }

    /// Where a seal belongs that Gemini put on a call or a text: this dialect has no place for it there, so the
    /// writer sends it after that, as an item without any thought.
    fn sealed_before(&mut self, seal: &Seal<'_>) -> Option<&mut Option<Seal<'a>>> {
        let turn = self.conversation.turns.last_mut().filter(|turn| turn.role == Role::Assistant)?;
        let place = match (seal.dialect, turn.blocks.last_mut()?) {
            (Dialect::Gemini | Dialect::Chat, Block::ToolCall(call)) => &mut call.seal,
            (Dialect::Gemini, Block::Text { seal, .. }) => seal,
            _ => return None,
        };
        place.is_none().then_some(place)
    }

    fn call(
        &mut self,
        mut object: Object<'a>,
        path: &Path<'_>,
        key: &str,
        kind: ToolKind,
    ) -> Result<(), Malformed> {
        let id = call_id(&mut object, path, None)?;
        let name = object.need_text("name", path)?;
        if name.is_empty() {
            return Err(path.key("name").fault("is empty"));
        }
        let within = object.text("namespace", path)?;
        let name = namespace::join(within.as_deref(), name);
        let input = match object.take(key) {
            Some(Node { raw, value: Value::Object(_) }) => Cow::Borrowed(raw),
            Some(node) => node.text(&path.key(key))?,
            None => Cow::Borrowed(""),
        };
        let input = match kind {
            ToolKind::Custom => input,
            ToolKind::Function if input.trim().is_empty() => Cow::Borrowed("{}"),
            ToolKind::Function => self.arguments(input, &path.key(key)),
        };
        object.rest(path, OPENAI_ONLY, &mut self.conversation.dropped);
        self.called(ToolCall { id, name, input, kind, seal: None, cache: None });
        Ok(())
    }

    /// Arguments must be an object wherever they go. What a model wrote wrongly is still what it wrote, and a
    /// session must not be stuck on it.
    fn arguments(&mut self, input: Cow<'a, str>, path: &Path<'_>) -> Cow<'a, str> {
        if matches!(Node::parse(&input), Ok(Node { value: Value::Object(_), .. })) {
            return input;
        }
        self.drop(path, "is no JSON object; it is passed on inside one");
        let wrapped = crate::json::write::Writer::object(input.len() + 20, |out| {
            out.text("arguments", &input);
        });
        Cow::Owned(String::from_utf8_lossy(&wrapped).into_owned())
    }

    /// A call of a tool that OpenAI's models know by type and the client runs: Codex's `local_shell`.
    fn vendor_call(
        &mut self,
        mut object: Object<'a>,
        path: &Path<'_>,
        kind: &str,
        key: &str,
        item: Option<Cow<'a, str>>,
    ) -> Result<(), Malformed> {
        let id = call_id(&mut object, path, item)?;
        let action = object.take(key).ok_or_else(|| path.key(key).missing())?;
        let input = Cow::Borrowed(action.raw);
        action.object(&path.key(key))?;
        let name = Cow::Owned(kind.trim_end_matches("_call").to_owned());
        object.rest(path, OPENAI_ONLY, &mut self.conversation.dropped);
        self.called(ToolCall { id, name, input, kind: ToolKind::Function, seal: None, cache: None });
        Ok(())
    }

    fn called(&mut self, call: ToolCall<'a>) {
        self.calls.note(call.id.clone(), call.name.clone(), call.kind);
        self.assistant().push(Block::ToolCall(call));
    }

    fn result(
        &mut self,
        mut object: Object<'a>,
        path: &Path<'_>,
        item: Option<Cow<'a, str>>,
    ) -> Result<(), Malformed> {
        let call_id = call_id(&mut object, path, item)?;
        let answered = self.calls.answered(&call_id, &path.key("call_id"));
        let (name, kind) = match (answered, &self.conversation.continues) {
            (Ok(call), _) => call,
            // The call is in the history that OpenAI keeps.
            (Err(_), Some(_)) => (Cow::Borrowed(""), ToolKind::Function),
            (Err(fault), None) => return Err(fault),
        };
        let at = path.key("output");
        let mut is_error = false;
        let content = match object.take("output") {
            None => Vec::new(),
            // Codex wrote failures so (codex-rs/protocol/src/models.rs, until 2025).
            Some(Node { raw, value: Value::Object(mut output) }) => {
                is_error = output.bool("success", &at)? == Some(false);
                let content = output.text("content", &at)?;
                vec![Block::text(content.unwrap_or(Cow::Borrowed(raw)))]
            }
            // A shell's output is an array of what it printed, each without a type.
            Some(Node { raw, value: Value::List(items) }) if items.first().is_some_and(untyped) => {
                vec![Block::text(raw)]
            }
            Some(node) => parts::content(node, &at, &mut self.conversation.dropped)?,
        };
        // Names that Codex repeats from the call.
        object.take("name");
        object.take("namespace");
        object.rest(path, OPENAI_ONLY, &mut self.conversation.dropped);
        let result = Block::ToolResult(ToolResult { call_id, name, content, is_error, kind, cache: None });
        match self.conversation.turns.last_mut() {
            Some(Turn { role: Role::User, blocks })
                if matches!(blocks.last(), Some(Block::ToolResult(_))) =>
            {
                blocks.push(result);
            }
            _ => self.conversation.turns.push(said(vec![result])),
        }
        Ok(())
    }

    fn picture(&mut self, mut object: Object<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let Some(data) = object.text("result", path)?.filter(|data| !data.is_empty()) else {
            self.drop(path, "holds no picture");
            return Ok(());
        };
        let format = object.text("output_format", path)?.unwrap_or(Cow::Borrowed("png"));
        let source = Source::Base64 { mime: format!("image/{format}").into(), data };
        object.rest(path, OPENAI_ONLY, &mut self.conversation.dropped);
        let media = Media { kind: MediaKind::Image, source, name: None, detail: None, cache: None };
        self.assistant().push(Block::Media(media));
        Ok(())
    }

    /// The model's turn. Its thoughts, words and calls are items of their own here and one turn elsewhere.
    fn assistant(&mut self) -> &mut Vec<Block<'a>> {
        let turns = &mut self.conversation.turns;
        if turns.last().is_none_or(|turn| turn.role != Role::Assistant) {
            turns.push(Turn { role: Role::Assistant, blocks: Vec::new() });
        }
        let last = turns.len() - 1;
        &mut turns[last].blocks
    }

    fn drop(&mut self, path: &Path<'_>, why: &str) {
        self.conversation.dropped.push(Dropped::new(path, why));
    }
}

/// What ties call and result. The output of a local shell has it as `id`.
fn call_id<'a>(
    object: &mut Object<'a>,
    path: &Path<'_>,
    item: Option<Cow<'a, str>>,
) -> Result<Cow<'a, str>, Malformed> {
    let id = object.text("call_id", path)?.or(item).ok_or_else(|| path.key("call_id").missing())?;
    if id.is_empty() {
        return Err(path.key("call_id").fault("is empty"));
    }
    Ok(id)
}

fn untyped(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Object(object) if object.get("type").is_none())
}

/// The texts of a list of parts, put together as paragraphs; `None` without any.
fn texts<'a>(object: &mut Object<'a>, key: &str, path: &Path<'_>) -> Result<Option<Cow<'a, str>>, Malformed> {
    let list = object.list(key, path)?.unwrap_or_default();
    let path = path.key(key);
    let mut all: Option<Cow<'a, str>> = None;
    for (index, node) in list.into_iter().enumerate() {
        let path = path.item(index);
        let text = node.object(&path)?.need_text("text", &path)?;
        match &mut all {
            None => all = Some(text),
            Some(all) => {
                let all = all.to_mut();
                all.push_str("\n\n");
                all.push_str(&text);
            }
        }
    }
    Ok(all.filter(|text| !text.is_empty()))
}
