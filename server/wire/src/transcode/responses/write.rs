//! A reply for a client.

mod items;
mod response;

use crate::conversation::Names;
use crate::json::tree::{Node, Value};
use crate::json::write::{ObjectWriter, Writer as JsonWriter};
use crate::rescue::Tail;
use crate::transcode::Write;
use crate::{Asked, Event, Finish, ProviderError, Reply, Usage};
use items::{Open, Shape};

/// Encodes a stream.
pub(crate) struct Writer {
    asked: Asked,
    /// The reply's id.
    id: String,
    started: bool,
    /// How many events were sent: each bears its number.
    sequence: u64,
    /// How many items were begun.
    begun: u64,
    open: Option<Open>,
    /// An item that may have been cut: words, a call with free text, and one whose arguments are no JSON. Codex runs a
    /// call as soon as its item is done, and every item says whether it is whole, so its end has to wait until more
    /// follows or the reply is over.
    unsure: Option<Open>,
    /// The items that are whole, as JSON.
    output: Vec<Vec<u8>>,
    refused: bool,
    usage: Option<Usage>,
    outcome: Outcome,
}

/// How a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outcome {
    status: &'static str,
    /// Why it is incomplete.
    reason: Option<&'static str>,
}

const COMPLETED: Outcome = Outcome { status: "completed", reason: None };

impl Writer {
    /// For the client that asked so.
    pub(crate) fn new(asked: Asked) -> Self {
        let id = format!("resp_{}", asked.id);
        Self {
            asked,
            id,
            started: false,
            sequence: 0,
            begun: 0,
            open: None,
            unsure: None,
            output: Vec::new(),
            refused: false,
            usage: None,
            outcome: COMPLETED,
        }
    }

    /// One event of the stream.
    fn frame(&mut self, out: &mut Vec<u8>, kind: &str, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\ndata: ");
        let sequence = self.sequence;
        JsonWriter::append(out, |data| {
            data.text("type", kind);
            data.count("sequence_number", sequence);
            write(data);
        });
        out.extend_from_slice(b"\n\n");
        self.sequence += 1;
    }

    /// An event that repeats the reply as it stands.
    fn snapshot(&mut self, out: &mut Vec<u8>, kind: &str, outcome: Outcome, error: Option<&ProviderError>) {
        let response = JsonWriter::object(1024, |response| self.response(response, outcome, error));
        let response = String::from_utf8_lossy(&response);
        self.frame(out, kind, |data| data.raw("response", &response));
    }

    fn start(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        let outcome = Outcome { status: "in_progress", reason: None };
        self.snapshot(out, "response.created", outcome, None);
        self.snapshot(out, "response.in_progress", outcome, None);
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        self.close(out);
        let cut = |reason| Outcome { status: "incomplete", reason: Some(reason) };
        self.outcome = match finish {
            Finish::Length | Finish::Window => cut("max_output_tokens"),
            Finish::Filtered => cut("content_filter"),
            // A refusal in words is an answer. Anthropic's stop reason comes without any.
            Finish::Refused if !self.refused => cut("content_filter"),
            _ => COMPLETED,
        };
        self.settle(self.outcome.status, out);
        let kind = if self.outcome == COMPLETED { "response.completed" } else { "response.incomplete" };
        self.snapshot(out, kind, self.outcome, None);
    }

    /// OpenAI sends both events. Its SDKs raise the first, because it has an `error` inside (openai-python
    /// `_streaming.py`); Codex knows the second only (codex-rs/codex-api/src/sse/responses.rs).
    fn fail(&mut self, error: &ProviderError, out: &mut Vec<u8>) {
        // Words that came to their end are whole; of a call that is not certain.
        if matches!(&self.unsure, Some(Open { shape: Shape::Text | Shape::Refusal, .. })) {
            self.settle("completed", out);
        }
        let (kind, code) = (response::kind(error), response::code(error));
        self.frame(out, "error", |data| {
            data.object("error", |inner| {
                inner.text("type", kind);
                inner.text("code", code);
                inner.text("message", &error.message);
                inner.null("param");
            });
        });
        let outcome = Outcome { status: "failed", reason: None };
        self.snapshot(out, "response.failed", outcome, Some(error));
    }

    /// Ends the open item.
    fn close(&mut self, out: &mut Vec<u8>) {
        let Some(open) = self.open.take() else { return };
        let may_be_cut = match open.shape {
            Shape::Text | Shape::Refusal | Shape::Custom { json: false, .. } => true,
            Shape::Call { .. } | Shape::Custom { json: true, .. } => {
                !open.words.trim().is_empty() && !is_object(&open.words)
            }
            Shape::Reasoning | Shape::Picture(_) => false,
        };
        if may_be_cut {
            self.unsure = Some(open);
        } else {
            self.end_item(open, "completed", out);
        }
    }

    /// Ends the item that waited.
    fn settle(&mut self, status: &str, out: &mut Vec<u8>) {
        if let Some(open) = self.unsure.take() {
            self.end_item(open, status, out);
        }
    }
}

impl Write for Writer {
    fn rename(&mut self, names: Names) {
        self.asked.names = names;
    }

    fn take_over(&mut self, tail: &Tail) -> bool {
        self.sequence = tail.sequence;
        self.begun = tail.next;
        // What is over is told again at the end, word for word; nothing is left to settle of it.
        self.output.clone_from(&tail.done);
        if tail.open.is_none() {
            self.unsure = None;
        }
        match (&mut self.open, tail.open) {
            (Some(open), Some(index)) => {
                open.take_over(&tail.item, index);
                true
            }
            (open, began) => open.is_none() && began.is_none(),
        }
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, usage, .. } => {
                if id.starts_with("resp_") {
                    self.id.clone_from(id);
                }
                self.usage = usage.or(self.usage);
                self.start(out);
            }
            Event::Open(opening) => {
                self.start(out);
                self.settle("completed", out);
                self.open(opening, out);
            }
            Event::Piece(piece) => self.piece(piece, out),
            Event::Seal(seal) => {
                if let Some(open) = &mut self.open {
                    open.seal = Some(seal.clone());
                }
            }
            Event::Close => self.close(out),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(finish) => {
                self.start(out);
                self.finish(finish, out);
            }
            Event::Error(error) => self.fail(error, out),
        }
    }
}

fn is_object(words: &str) -> bool {
    matches!(Node::parse(words), Ok(Node { value: Value::Object(_), .. }))
}

/// Encodes a whole reply.
pub(crate) fn write_whole(reply: &Reply, asked: &Asked) -> Vec<u8> {
    let mut writer = Writer::new(asked.clone());
    let mut events = Vec::new();
    for event in reply.events() {
        writer.event(&event, &mut events);
    }
    JsonWriter::object(4096, |body| writer.response(body, writer.outcome, None))
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
