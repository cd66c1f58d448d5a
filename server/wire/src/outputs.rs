//! What tools gave back, as it stands in a request's body: found without decoding the rest, so that a shorter text can
//! be spliced in its place.

use crate::Dialect;
use crate::json::{Cursor, Flaw, Shape};
use memchr::memmem;
use std::borrow::Cow;
use std::ops::Range;

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall<'a> {
    /// The tool's name; empty where the request does not say it.
    pub tool: Cow<'a, str>,
    /// Its arguments: JSON, or free text.
    pub arguments: Cow<'a, str>,
    id: Cow<'a, str>,
}

/// A text that a tool gave. One call may have given several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutput {
    /// Where its JSON string lies, quotes included.
    pub span: Range<usize>,
    /// Which of the calls it answers; `None` where that is not in the request.
    pub call: Option<usize>,
    /// Whether the client says that the call failed.
    pub failed: bool,
    /// Whether it came after everything the model has said: no earlier request had it.
    pub fresh: bool,
}

/// The texts that tools gave in a conversation, in order, and the calls they answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolOutputs<'a> {
    /// The texts.
    pub texts: Vec<ToolOutput>,
    /// The calls.
    pub calls: Vec<ToolCall<'a>>,
}

/// Finds the texts that tools gave in a request's body. What cannot be read holds none.
#[must_use]
pub fn tool_outputs(dialect: Dialect, body: &[u8]) -> ToolOutputs<'_> {
    // Found in no request without one.
    let sign: &[u8] = match dialect {
        Dialect::Chat | Dialect::Ollama => b"\"tool",
        Dialect::Messages => b"tool_result",
        Dialect::Responses => b"call_output",
        Dialect::Gemini => b"unctionResponse",
    };
    let other = (dialect == Dialect::Gemini).then_some(b"function_response");
    let signs = |sign: &[u8]| memmem::find(body, sign).is_some();
    if !signs(sign) && !other.is_some_and(|other| signs(other)) {
        return ToolOutputs::default();
    }
    let mut work = Work { dialect, body, found: ToolOutputs::default(), unanswered: 0 };
    let turns: &[u8] = match dialect {
        Dialect::Chat | Dialect::Messages | Dialect::Ollama => b"messages",
        Dialect::Responses => b"input",
        Dialect::Gemini => b"contents",
    };
    let read = Cursor::lenient(body).object(|cursor, key| {
        if key == turns {
            return cursor.array(|cursor| work.turn(cursor)).map(drop);
        }
        cursor.skip()
    });
    if read.is_err() { ToolOutputs::default() } else { work.found }
}

/// The text that a JSON string stands for; `None` if it is none.
#[must_use]
pub fn unquote(quoted: &[u8]) -> Option<Cow<'_, str>> {
    let mut cursor = Cursor::lenient(quoted);
    cursor.text().ok().flatten()
}

/// A text as a JSON string, quotes included.
#[must_use]
pub fn quote(text: &str) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len() + text.len() / 16 + 2);
    crate::json::quote(&mut quoted, text);
    quoted
}

struct Work<'a> {
    dialect: Dialect,
    body: &'a [u8],
    found: ToolOutputs<'a>,
    /// The first call that no text has answered, where answers follow in order for want of an id.
    unanswered: usize,
}

/// What an object of a turn was found to hold, whatever the order of its members.
#[derive(Default)]
struct Item<'a> {
    kind: Cow<'a, str>,
    id: Cow<'a, str>,
    name: Cow<'a, str>,
    arguments: Cow<'a, str>,
    failed: bool,
    texts: Vec<Range<usize>>,
}

impl<'a> Work<'a> {
    fn turn(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Flaw> {
        match self.dialect {
            Dialect::Chat | Dialect::Ollama => self.chat_turn(cursor),
            Dialect::Messages => self.messages_turn(cursor),
            Dialect::Responses => self.responses_item(cursor),
            Dialect::Gemini => self.gemini_turn(cursor),
        }
    }

    fn chat_turn(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Flaw> {
        let mut turn = Item::default();
        let mut calls = Vec::new();
        cursor.keyed(|cursor, key| {
            match &*key {
                "role" => turn.kind = cursor.text()?.unwrap_or_default(),
                "tool_call_id" => turn.id = cursor.text()?.unwrap_or_default(),
                // Ollama's, and that of OpenAI's first calls.
                "tool_name" | "name" => turn.name = cursor.text()?.unwrap_or_default(),
                "content" => texts(cursor, &mut turn.texts)?,
                "tool_calls" => {
                    cursor.array(|cursor| {
                        calls.push(self.chat_call(cursor)?);
                        Ok(())
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        match &*turn.kind {
            "assistant" => {
                self.said();
                self.found.calls.extend(calls);
            }
            "tool" | "function" => self.answered(turn),
            _ => {}
        }
        Ok(())
    }

    fn chat_call(&self, cursor: &mut Cursor<'a>) -> Result<ToolCall<'a>, Flaw> {
        let mut call = Item::default();
        cursor.keyed(|cursor, key| {
            match &*key {
                "id" => call.id = cursor.text()?.unwrap_or_default(),
                "function" | "custom" => {
                    cursor.keyed(|cursor, key| {
                        match &*key {
                            "name" => call.name = cursor.text()?.unwrap_or_default(),
                            "arguments" | "input" => call.arguments = self.said_as(cursor)?,
                            _ => cursor.skip()?,
                        }
                        Ok(())
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(call.into_call())
    }

    fn messages_turn(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Flaw> {
        let mut role = Cow::Borrowed("");
        let mut items = Vec::new();
        cursor.keyed(|cursor, key| {
            match &*key {
                "role" => role = cursor.text()?.unwrap_or_default(),
                "content" => {
                    cursor.array(|cursor| {
                        items.push(self.block(cursor)?);
                        Ok(())
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        if role == "assistant" {
            self.said();
        }
        self.take(items, "tool_use", "tool_result");
        Ok(())
    }

    fn block(&self, cursor: &mut Cursor<'a>) -> Result<Item<'a>, Flaw> {
        let mut block = Item::default();
        cursor.keyed(|cursor, key| {
            match &*key {
                "type" => block.kind = cursor.text()?.unwrap_or_default(),
                "id" | "tool_use_id" => block.id = cursor.text()?.unwrap_or_default(),
                "name" => block.name = cursor.text()?.unwrap_or_default(),
                "input" => block.arguments = self.said_as(cursor)?,
                "is_error" => block.failed = cursor.filled()?,
                "content" => texts(cursor, &mut block.texts)?,
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(block)
    }

    fn responses_item(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Flaw> {
        let mut item = Item::default();
        let mut role = Cow::Borrowed("");
        cursor.keyed(|cursor, key| {
            match &*key {
                "type" => item.kind = cursor.text()?.unwrap_or_default(),
                "role" => role = cursor.text()?.unwrap_or_default(),
                "call_id" => item.id = cursor.text()?.unwrap_or_default(),
                "name" => item.name = cursor.text()?.unwrap_or_default(),
                "arguments" | "input" | "action" => item.arguments = self.said_as(cursor)?,
                "output" => texts(cursor, &mut item.texts)?,
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        match &*item.kind {
            "function_call" | "custom_tool_call" | "local_shell_call" | "shell_call" => {
                self.said();
                if item.name.is_empty() {
                    item.name = Cow::Borrowed("local_shell");
                }
                self.found.calls.push(item.into_call());
            }
            "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" => {
                self.answered(item);
            }
            "reasoning" => self.said(),
            _ if role == "assistant" => self.said(),
            _ => {}
        }
        Ok(())
    }

    fn gemini_turn(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Flaw> {
        let mut role = Cow::Borrowed("");
        let mut items = Vec::new();
        cursor.keyed(|cursor, key| {
            match &*key {
                "role" => role = cursor.text()?.unwrap_or_default(),
                "parts" => {
                    cursor.array(|cursor| {
                        cursor.keyed(|cursor, key| match &*key {
                            "functionCall" | "function_call" => {
                                items.push(self.gemini_part(cursor, "call")?);
                                Ok(())
                            }
                            "functionResponse" | "function_response" => {
                                items.push(self.gemini_part(cursor, "response")?);
                                Ok(())
                            }
                            _ => cursor.skip(),
                        })?;
                        Ok(())
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        if role == "model" {
            self.said();
        }
        self.take(items, "call", "response");
        Ok(())
    }

    fn gemini_part(&self, cursor: &mut Cursor<'a>, kind: &'static str) -> Result<Item<'a>, Flaw> {
        let mut part = Item { kind: Cow::Borrowed(kind), ..Item::default() };
        cursor.keyed(|cursor, key| {
            match &*key {
                "id" => part.id = cursor.text()?.unwrap_or_default(),
                "name" => part.name = cursor.text()?.unwrap_or_default(),
                "args" => part.arguments = self.said_as(cursor)?,
                // A result is whatever object the client likes; Google's own tools say `output`, or `error`.
                "response" => {
                    cursor.keyed(|cursor, key| {
                        if key == "error" {
                            part.failed |= cursor.filled()?;
                            return Ok(());
                        }
                        texts(cursor, &mut part.texts)
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(part)
    }

    /// Arguments: text as it is, anything else as its JSON.
    fn said_as(&self, cursor: &mut Cursor<'a>) -> Result<Cow<'a, str>, Flaw> {
        if cursor.shape()? == Shape::String {
            return Ok(cursor.text()?.unwrap_or_default());
        }
        let span = cursor.span()?;
        Ok(String::from_utf8_lossy(self.body.get(span).unwrap_or_default()))
    }

    fn take(&mut self, items: Vec<Item<'a>>, call: &str, answer: &str) {
        for item in items {
            if item.kind == call {
                self.found.calls.push(item.into_call());
            } else if item.kind == answer {
                self.answered(item);
            }
        }
    }

    /// The model has spoken: what tools gave before that is not new.
    fn said(&mut self) {
        self.found.texts.iter_mut().for_each(|text| text.fresh = false);
        self.unanswered = self.unanswered.max(self.found.calls.len());
    }

    /// A tool's answer. Ids are only unique within a turn at some vendors, so the latest call of that id is meant.
    fn answered(&mut self, item: Item<'a>) {
        let calls = &self.found.calls;
        let call = if item.id.is_empty() {
            let next = self.unanswered;
            self.unanswered += 1;
            let named = |call: &ToolCall<'_>| item.name.is_empty() || call.tool == item.name;
            (next < calls.len() && calls.get(next).is_some_and(named))
                .then_some(next)
                .or_else(|| calls.iter().rposition(|call| !item.name.is_empty() && call.tool == item.name))
        } else {
            calls.iter().rposition(|call| call.id == item.id)
        };
        let failed = item.failed;
        let texts = item.texts.into_iter();
        self.found.texts.extend(texts.map(|span| ToolOutput { span, call, failed, fresh: true }));
    }
}

impl<'a> Item<'a> {
    fn into_call(self) -> ToolCall<'a> {
        ToolCall { tool: self.name, arguments: self.arguments, id: self.id }
    }
}

/// Where the next value's texts lie: it is one, or a list of parts that have a `text`.
fn texts(cursor: &mut Cursor<'_>, found: &mut Vec<Range<usize>>) -> Result<(), Flaw> {
    match cursor.shape()? {
        Shape::String => found.push(cursor.span()?),
        Shape::Array => {
            cursor.array(|cursor| {
                cursor.object(|cursor, key| {
                    if key == b"text" && cursor.shape()? == Shape::String {
                        found.push(cursor.span()?);
                        return Ok(());
                    }
                    cursor.skip()
                })?;
                Ok(())
            })?;
        }
        _ => cursor.skip()?,
    }
    Ok(())
}

#[cfg(test)]
#[path = "outputs_tests.rs"]
mod tests;
