//! A provider's reply.

mod blocks;

use super::seals;
use crate::conversation::{Block, Seal, ToolCall, ToolKind, call_id, fnv};
use crate::json::tree::{Node, Object, Value};
use crate::transcode::{Read, reply::arguments};
use crate::{Dialect, Event, Finish, Malformed, Reply};
use blocks::Blocks;
use std::borrow::Cow;

/// Decodes a stream.
pub(crate) struct Reader {
    blocks: Blocks,
    started: bool,
    /// The reply's id: ids of calls that have none are made of it.
    id: String,
    /// Why it ended, once that was said.
    finish: Option<Finish>,
    done: bool,
}

impl Reader {
    /// For a stream of `issuer`'s.
    pub(crate) fn new(issuer: &str) -> Self {
        Self { blocks: Blocks::new(issuer), started: false, id: String::new(), finish: None, done: false }
    }

    fn start(&mut self, mut message: Object<'_>, out: &mut Vec<Event>) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        let id = message.lenient_text("id").unwrap_or_default().into_owned();
        let model = message.lenient_text("model").unwrap_or_default().into_owned();
        self.id.clone_from(&id);
        out.push(Event::Start { id, model, usage: None });
    }

    fn open(&mut self, index: u64, block: Object<'_>, out: &mut Vec<Event>) {
        self.start(Object::default(), out);
        self.blocks.start(index, block, &self.id, out);
    }

    /// The first reason that says more than that the turn ended stands: a later `end_turn` must not hide a call
    /// (router-for-me/CLIProxyAPI#876).
    fn note_finish(&mut self, mut delta: Object<'_>) {
        let stated = delta.lenient_text("stop_reason").filter(|reason| !reason.is_empty());
        let Some(reason) = stated else {
            return;
        };
        let sequence = delta.lenient_text("stop_sequence").map(Cow::into_owned);
        if matches!(self.finish, None | Some(Finish::Stop)) {
            self.finish = Some(finish(&reason, sequence));
        }
    }

    fn finish(&mut self, finish: Finish, out: &mut Vec<Event>) {
        self.start(Object::default(), out);
        self.blocks.end(out);
        out.push(Event::Finish(finish.with_calls(self.blocks.any_calls())));
        self.done = true;
    }
}

impl Read for Reader {
    fn document(&mut self, event: &str, mut body: Object<'_>, out: &mut Vec<Event>) {
        if self.done {
            return;
        }
        let kind = body.lenient_text("type").filter(|kind| !kind.is_empty());
        let index = |body: &mut Object<'_>| body.lenient_count("index").unwrap_or(0);
        match kind.as_deref().unwrap_or(event) {
            "message_start" => {
                let message = body.lenient_object("message").unwrap_or_default();
                self.start(message, out);
            }
            "content_block_start" => {
                let index = index(&mut body);
                if let Some(block) = body.lenient_object("content_block") {
                    self.open(index, block, out);
                }
            }
            "content_block_delta" => {
                let index = index(&mut body);
                if let Some(delta) = body.lenient_object("delta") {
                    self.start(Object::default(), out);
                    self.blocks.delta(index, delta, out);
                }
            }
            "content_block_stop" => self.blocks.stop(index(&mut body), out),
            "message_delta" => {
                if let Some(delta) = body.lenient_object("delta") {
                    self.note_finish(delta);
                }
            }
            "message_stop" => {
                let finish = self.finish.take().unwrap_or_default();
                self.finish(finish, out);
            }
            // `ping`, and whatever comes to be sent.
            _ => {}
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        // Some leave out `message_stop`. Without a reason the stream was cut, and what is open stays so: half a call
        // must not look like a whole one.
        if let Some(finish) = self.finish.take().filter(|_| !self.done) {
            self.finish(finish, out);
        }
    }
}

/// Decodes a whole reply.
pub(crate) fn read_whole(mut body: Object<'_>, issuer: &str) -> Result<Reply, Malformed> {
    let id = body.lenient_text("id").unwrap_or_default().into_owned();
    let model = body.lenient_text("model").unwrap_or_default().into_owned();
    let reason = body.lenient_text("stop_reason").unwrap_or_default();
    let sequence = body.lenient_text("stop_sequence").map(Cow::into_owned);
    let mut blocks = Vec::new();
    match body.take("content").map(|node| node.value) {
        Some(Value::Text(text)) if !text.is_empty() => blocks.push(Block::text(text.into_owned())),
        Some(Value::List(items)) => {
            let mut calls = 0;
            for item in items {
                if let Value::Object(object) = item.value {
                    blocks.extend(block(object, issuer, &id, &mut calls));
                }
            }
        }
        _ => {}
    }
    let calls = blocks.iter().any(|block| matches!(block, Block::ToolCall(_)));
    let finish = finish(&reason, sequence).with_calls(calls);
    Ok(Reply { id, model, blocks, finish, usage: None })
}

/// One block of a whole reply; what runs at the vendor is passed over.
fn block(mut object: Object<'_>, issuer: &str, reply: &str, calls: &mut usize) -> Option<Block<'static>> {
    Some(match object.lenient_text("type")?.as_ref() {
        "text" => {
            let text = object.lenient_text("text").filter(|text| !text.is_empty())?;
            Block::text(text.into_owned())
        }
        "thinking" => {
            let text = object.lenient_text("thinking").unwrap_or_default().into_owned();
            let signature = object.lenient_text("signature").unwrap_or_default();
            let seal = signature_seal(&signature, issuer);
            if text.is_empty() && seal.is_none() {
                return None;
            }
            Block::Reasoning { text: text.into(), seal, summary: false }
        }
        "redacted_thinking" => {
            let seal = Some(redacted_seal(&object.lenient_text("data")?, issuer));
            Block::Reasoning { text: "".into(), seal, summary: false }
        }
        "tool_use" => {
            let (id, name) = named(&mut object, reply, calls);
            let input = object.take("input").map(|input| stated_input(&input)).unwrap_or_default();
            let input = arguments(&input, ToolKind::Function).into_owned().into();
            let (id, name) = (id.into(), name.into());
            Block::ToolCall(ToolCall { id, name, input, kind: ToolKind::Function, seal: None, cache: None })
        }
        _ => return None,
    })
}

/// A call's id and name.
fn named(object: &mut Object<'_>, reply: &str, calls: &mut usize) -> (String, String) {
    let name = object.lenient_text("name").unwrap_or_default().into_owned();
    let id = match object.lenient_text("id").filter(|id| !id.is_empty()) {
        Some(id) => id.into_owned(),
        // Made of the reply's id, so that two replies of one conversation have different ones.
        None => call_id(fnv(reply.as_bytes()) as usize, *calls, &name),
    };
    *calls += 1;
    (id, name)
}

/// Input that stands with the call itself: an object, or one that was put in a string.
fn stated_input(input: &Node<'_>) -> String {
    match &input.value {
        Value::Object(object) if !object.is_empty() => input.raw.to_owned(),
        Value::Text(text) => text.clone().into_owned(),
        _ => String::new(),
    }
}

fn signature_seal(signature: &str, issuer: &str) -> Option<Seal<'static>> {
    (!signature.is_empty()).then(|| seal(signature.to_owned(), issuer))
}

fn redacted_seal(data: &str, issuer: &str) -> Seal<'static> {
    seal(seals::mark(data), issuer)
}

fn seal(data: String, issuer: &str) -> Seal<'static> {
    Seal { dialect: Dialect::Messages, issuer: issuer.to_owned().into(), data: data.into() }
}

/// Why the reply ended. The words of Chat Completions come from endpoints that translate it badly.
fn finish(reason: &str, sequence: Option<String>) -> Finish {
    match reason {
        "" | "end_turn" | "stop" => Finish::Stop,
        "stop_sequence" => Finish::StopSequence(sequence),
        "max_tokens" | "length" => Finish::Length,
        "model_context_window_exceeded" => Finish::Window,
        "tool_use" | "tool_calls" => Finish::ToolCalls,
        "pause_turn" => Finish::Paused,
        "refusal" => Finish::Refused,
        "content_filter" | "sensitive" => Finish::Filtered,
        other => Finish::Other(other.to_owned()),
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
