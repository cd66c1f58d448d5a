//! A provider's reply: the same document whole and in pieces.
//!
//! | `done_reason` | `Finish` |
//! |---|---|
//! | `stop`, none | `Stop`, with calls `ToolCalls` |
//! | `length` | `Length` |
//! | any other, such as `load` and `unload` | `Other` |

use super::images;
use crate::conversation::{Block, Media, Source, ToolKind, call_id, fnv};
use crate::json::tree::{Node, Object, Value};
use crate::transcode::{Opening, Read};
use crate::{Event, Finish, Malformed, Reply};
use std::borrow::Cow;

/// Decodes a stream.
#[derive(Default)]
pub(crate) struct Reader {
    started: bool,
    finished: bool,
    /// The kind of block that is open: text or reasoning.
    open: Option<Opening>,
    /// What sets this reply apart from others: when it was made.
    made: usize,
    calls: usize,
}

impl Reader {
    /// For a stream of anybody's: this dialect has no seals.
    pub(crate) fn new(_issuer: &str) -> Self {
        Self::default()
    }

    fn start(&mut self, body: &mut Object<'_>, out: &mut Vec<Event>) {
        if self.started {
            return;
        }
        self.started = true;
        let model = body.lenient_text("model").unwrap_or_default().into_owned();
        self.made = fnv(body.lenient_text("created_at").unwrap_or_default().as_bytes()) as usize;
        out.push(Event::Start { id: String::new(), model, usage: None });
    }

    fn words(&mut self, opening: Opening, text: Option<Cow<'_, str>>, out: &mut Vec<Event>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        if self.open.as_ref() != Some(&opening) {
            self.close(out);
            out.push(Event::Open(opening.clone()));
            self.open = Some(opening);
        }
        out.push(Event::Piece(text.into_owned()));
    }

    fn close(&mut self, out: &mut Vec<Event>) {
        if self.open.take().is_some() {
            out.push(Event::Close);
        }
    }

    /// Calls come whole. Before 2025-11-04 (ollama/ollama#12956) they had no ids; those made up must differ from those
    /// made up for earlier replies of the conversation.
    fn call(&mut self, mut call: Object<'_>, out: &mut Vec<Event>) {
        let Some(mut function) = call.lenient_object("function") else { return };
        let Some(name) = function.lenient_text("name").filter(|name| !name.is_empty()) else { return };
        self.close(out);
        let id = call
            .lenient_text("id")
            .filter(|id| !id.is_empty())
            .map_or_else(|| call_id(self.made, self.calls, &name), Cow::into_owned);
        self.calls += 1;
        out.push(Event::Open(Opening::ToolCall { id, name: name.into_owned(), kind: ToolKind::Function }));
        let arguments = match function.take("arguments") {
            Some(Node { value: Value::Object(_), raw }) => Cow::Borrowed(raw),
            // As OpenAI writes them: servers that only look like Ollama.
            Some(Node { value: Value::Text(text), .. }) => text,
            _ => Cow::Borrowed(""),
        };
        if !arguments.is_empty() {
            out.push(Event::Piece(arguments.into_owned()));
        }
        out.push(Event::Close);
    }

    fn image(&mut self, text: &str, out: &mut Vec<Event>) {
        let Some(Block::Media(Media { kind, source: Source::Base64 { mime, data }, .. })) =
            images::read(Cow::Borrowed(text))
        else {
            return;
        };
        self.close(out);
        let source = Source::Base64 { mime: mime.into_owned().into(), data: data.into_owned().into() };
        out.push(Event::Open(Opening::Media(Media { kind, source, name: None, detail: None, cache: None })));
        out.push(Event::Close);
    }
}

impl Read for Reader {
    fn document(&mut self, _event: &str, mut body: Object<'_>, out: &mut Vec<Event>) {
        if self.finished {
            return;
        }
        self.start(&mut body, out);
        if let Some(mut message) = body.lenient_object("message") {
            self.words(Opening::Reasoning { summary: false }, message.lenient_text("thinking"), out);
            self.words(Opening::Text, message.lenient_text("content"), out);
            if let Some(Node { value: Value::List(items), .. }) = message.take("images") {
                items.iter().filter_map(Node::as_text).for_each(|text| self.image(text, out));
            }
            for call in message.lenient_objects("tool_calls") {
                self.call(call, out);
            }
        }
        if matches!(body.take("done"), Some(Node { value: Value::Bool(true), .. })) {
            self.finished = true;
            self.close(out);
            let finish = match body.lenient_text("done_reason").as_deref() {
                None | Some("" | "stop") => Finish::Stop.with_calls(self.calls > 0),
                Some("length") => Finish::Length,
                Some(other) => Finish::Other(other.to_owned()),
            };
            out.push(Event::Finish(finish));
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        self.close(out);
    }
}

/// Decodes a whole reply. One that does not say that it is done is done all the same: it is all there is.
pub(crate) fn read_whole(body: Object<'_>, issuer: &str) -> Result<Reply, Malformed> {
    let mut reader = Reader::new(issuer);
    let mut events = Vec::new();
    reader.document("", body, &mut events);
    reader.end(&mut events);
    if !reader.finished {
        events.push(Event::Finish(Finish::Stop.with_calls(reader.calls > 0)));
    }
    Ok(Reply::collect(events).unwrap_or_default())
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
