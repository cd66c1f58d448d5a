//! The events of a reply.
//!
//! A call's input is told in pieces, each with the call's id, and the last with `stop`. Where calls overlap, or words
//! come before a call is whole, the later one waits: only one block is open at a time.
//!
//! | `stopReason` of `metadataEvent` | `Finish` |
//! |---|---|
//! | `END_TURN`, `TOOL_USE`, `PAUSE_TURN`, `UNKNOWN`, none | `ToolCalls` if there was a call. More than a third of the streams with calls said `END_TURN` (recordings, August 2026). Otherwise `Stop`, `Paused` of a pause |
//! | `MAX_TOKENS` | `Length` |
//! | `MODEL_CONTEXT_WINDOW_EXCEEDED` | `Window` |
//! | `CONTENT_FILTERED` | `Filtered` |
//! | any other | `Other` |
//!
//! A reply is whole when `metadataEvent` has come, and every call was ended. `meteringEvent` stands for it where an
//! older service sends no other: what was charged for was answered.

use super::Frame;
use super::error::Refusal;
use crate::conversation::{Seal, ToolKind, call_id};
use crate::json::tree::{Node, Object, Value};
use crate::transcode::Opening;
use crate::transcode::messages::redacted_data;
use crate::{Dialect, Event, Finish, ProviderError, Usage};
use std::collections::{BTreeSet, VecDeque};

/// Turns the frames of one reply into events: `Start (Open (Piece | Seal)* Close)* Usage? Finish`, at any point cut short
/// by an `Error`.
#[derive(Debug)]
pub struct Stream {
    issuer: String,
    started: bool,
    open: Open,
    /// What waits for the open call to end, oldest first.
    held: VecDeque<Held>,
    /// Ids of calls that were ended.
    ended: BTreeSet<String>,
    /// The tool whose input turned out to be no JSON object.
    unreadable: Option<String>,
    usage: Option<Usage>,
    reason: Option<String>,
    whole: bool,
    over: bool,
}

/// The block that is open.
#[derive(Debug)]
enum Open {
    Nothing,
    Text,
    Thought { sealed: bool },
    Call { id: String, name: String, input: String },
}

/// What a frame adds to the reply.
#[derive(Debug)]
enum Held {
    Text(String),
    Thought(String),
    Seal(String),
    /// A thought that is nothing but a seal.
    Redacted(String),
    Call {
        id: String,
        name: String,
        input: String,
        stop: bool,
    },
}

impl Stream {
    /// For a reply of the provider `issuer`, whose seals are marked as its own.
    pub fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            started: false,
            open: Open::Nothing,
            held: VecDeque::new(),
            ended: BTreeSet::new(),
            unreadable: None,
            usage: None,
            reason: None,
            whole: false,
            over: false,
        }
    }

    /// Takes one frame. Nothing comes after an [`Event::Error`].
    pub fn frame(&mut self, frame: &Frame, out: &mut Vec<Event>) {
        if self.over {
            return;
        }
        let kind = frame.header(":message-type");
        if matches!(kind, "exception" | "error") {
            return self.fail(Refusal::of_frame(frame).into_error(), out);
        }
        let event = frame.header(":event-type");
        if !KNOWN.contains(&event) {
            return;
        }
        let text = String::from_utf8_lossy(&frame.payload);
        let body = match Node::parse(&text) {
            Ok(Node { value: Value::Object(body), .. }) => body,
            // What only accompanies the reply does not cost it.
            _ if matches!(event, "metadataEvent" | "meteringEvent" | "invalidStateEvent") => {
                Object::default()
            }
            _ => {
                let message = format!("The provider's {event} is no JSON object.");
                return self.fail(ProviderError { message, ..ProviderError::default() }, out);
            }
        };
        self.event(event, body, frame, out);
    }

    /// The provider's stream is over: `Finish` comes if the reply is whole. If it is not, nothing comes, and what is
    /// open stays open: half a call must not look like a whole one.
    pub fn end(&mut self, out: &mut Vec<Event>) {
        if self.over || !self.whole {
            return;
        }
        let finish = self.finish();
        // At a limit the last call may be cut, as it may be at Anthropic's.
        let cut = matches!(finish, Finish::Length | Finish::Window | Finish::Filtered);
        if let Some(name) = self.unreadable.take().filter(|_| !cut) {
            let message =
                format!("The model called the tool {name:?} with arguments that are no JSON object.");
            let kind = "unreadable_tool_call".to_owned();
            return self.fail(ProviderError { message, kind, ..ProviderError::default() }, out);
        }
        if matches!(self.open, Open::Call { .. }) && !cut {
            return;
        }
        self.start("", out);
        self.close(out);
        out.extend(self.usage.take().map(Event::Usage));
        out.push(Event::Finish(finish));
        self.over = true;
    }

    fn event(&mut self, event: &str, mut body: Object<'_>, frame: &Frame, out: &mut Vec<Event>) {
        let mut words = |key: &str| body.lenient_text(key).unwrap_or_default().into_owned();
        match event {
            "assistantResponseEvent" => {
                let (model, text) = (words("modelId"), words("content"));
                self.start(&model, out);
                self.take(Held::Text(text), out);
            }
            "reasoningContentEvent" => {
                self.start("", out);
                self.take(Held::Thought(words("text")), out);
                self.take(Held::Seal(words("signature")), out);
                self.take(Held::Redacted(words("redactedContent")), out);
            }
            "toolUseEvent" => {
                self.start("", out);
                self.call(body, out);
            }
            "metadataEvent" => {
                self.whole = true;
                let reason = words("stopReason");
                self.reason = Some(reason).filter(|reason| !reason.is_empty()).or(self.reason.take());
                self.usage = body.lenient_object("tokenUsage").and_then(usage).or(self.usage);
            }
            "meteringEvent" => self.whole = true,
            "invalidStateEvent" => self.fail(Refusal::of_frame(frame).into_error(), out),
            _ => {}
        }
    }

    fn call(&mut self, mut body: Object<'_>, out: &mut Vec<Event>) {
        let name = body.lenient_text("name").unwrap_or_default().into_owned();
        let id = match (body.lenient_text("toolUseId"), &self.open) {
            (Some(id), _) if !id.is_empty() => id.into_owned(),
            (_, Open::Call { id, .. }) => id.clone(),
            _ => call_id(0, self.ended.len(), &name),
        };
        let stop = matches!(body.take("stop"), Some(Node { value: Value::Bool(true), .. }));
        // Always a text that is a piece of JSON; an object would be all of it.
        let input = body.take("input").map(|input| match input.value {
            Value::Text(piece) => piece.into_owned(),
            _ => input.raw.to_owned(),
        });
        let input = input.unwrap_or_default();
        self.take(Held::Call { id, name, input, stop }, out);
    }

    fn start(&mut self, model: &str, out: &mut Vec<Event>) {
        if !std::mem::replace(&mut self.started, true) {
            out.push(Event::Start { id: String::new(), model: model.to_owned(), usage: None });
        }
    }

    fn fail(&mut self, error: ProviderError, out: &mut Vec<Event>) {
        out.push(Event::Error(error));
        self.over = true;
    }

    /// Takes what a frame adds, now or when the open call is whole.
    fn take(&mut self, new: Held, out: &mut Vec<Event>) {
        if new.says_nothing() || self.over {
            return;
        }
        match &self.open {
            Open::Call { id: open, .. } if !matches!(&new, Held::Call { id, .. } if id == open) => {
                hold(&mut self.held, new);
            }
            _ => self.tell(new, out),
        }
        while !self.over && !matches!(self.open, Open::Call { .. }) {
            let Some(next) = self.held.pop_front() else { return };
            self.tell(next, out);
        }
    }

    fn tell(&mut self, new: Held, out: &mut Vec<Event>) {
        match new {
            Held::Text(text) => {
                if !matches!(self.open, Open::Text) {
                    self.close(out);
                    out.push(Event::Open(Opening::Text));
                    self.open = Open::Text;
                }
                out.push(Event::Piece(text));
            }
            Held::Thought(text) => {
                self.think(out);
                out.push(Event::Piece(text));
            }
            // Comes in a frame of its own, after the thought's words.
            Held::Seal(signature) => {
                self.think(out);
                out.push(Event::Seal(self.seal(signature)));
                self.open = Open::Thought { sealed: true };
            }
            Held::Redacted(data) => {
                self.close(out);
                self.think(out);
                out.push(Event::Seal(self.seal(redacted_data(&data))));
                self.close(out);
            }
            Held::Call { id, name, input, stop } => self.tell_call(id, name, &input, stop, out),
        }
    }

    fn tell_call(&mut self, id: String, name: String, input: &str, stop: bool, out: &mut Vec<Event>) {
        if self.ended.contains(&id) {
            return;
        }
        if !matches!(self.open, Open::Call { .. }) {
            if name.is_empty() {
                let message = "The provider called a tool without naming it.".to_owned();
                return self.fail(ProviderError { message, ..ProviderError::default() }, out);
            }
            self.close(out);
            let kind = ToolKind::Function;
            out.push(Event::Open(Opening::ToolCall { id: id.clone(), name: name.clone(), kind }));
            self.open = Open::Call { id: id.clone(), name, input: String::new() };
        }
        if let Open::Call { name, input: all, .. } = &mut self.open {
            if !input.is_empty() {
                all.push_str(input);
                out.push(Event::Piece(input.to_owned()));
            }
            if stop {
                // No piece at all is an empty object.
                let readable =
                    all.is_empty() || matches!(Node::parse(all), Ok(Node { value: Value::Object(_), .. }));
                if !readable {
                    self.unreadable.get_or_insert(std::mem::take(name));
                }
                self.ended.insert(id);
                self.close(out);
            }
        }
    }

    /// Opens a thought, or goes on with the one that is open.
    fn think(&mut self, out: &mut Vec<Event>) {
        if !matches!(self.open, Open::Thought { sealed: false }) {
            self.close(out);
            out.push(Event::Open(Opening::Reasoning { summary: false }));
            self.open = Open::Thought { sealed: false };
        }
    }

    fn seal(&self, data: String) -> Seal<'static> {
        Seal { dialect: Dialect::Messages, issuer: self.issuer.clone().into(), data: data.into() }
    }

    fn close(&mut self, out: &mut Vec<Event>) {
        if !matches!(std::mem::replace(&mut self.open, Open::Nothing), Open::Nothing) {
            out.push(Event::Close);
        }
    }

    fn finish(&self) -> Finish {
        let calls = !self.ended.is_empty();
        match self.reason.as_deref().unwrap_or_default() {
            "MAX_TOKENS" => Finish::Length,
            "MODEL_CONTEXT_WINDOW_EXCEEDED" => Finish::Window,
            "CONTENT_FILTERED" => Finish::Filtered,
            _ if calls => Finish::ToolCalls,
            "" | "END_TURN" | "TOOL_USE" | "UNKNOWN" => Finish::Stop,
            "PAUSE_TURN" => Finish::Paused,
            other => Finish::Other(other.to_owned()),
        }
    }
}

/// Events that say something. What an agent of Amazon's own makes of the others (links, citations, code references,
/// intents, follow-up prompts) no other client asks for.
const KNOWN: [&str; 6] = [
    "assistantResponseEvent",
    "invalidStateEvent",
    "metadataEvent",
    "meteringEvent",
    "reasoningContentEvent",
    "toolUseEvent",
];

impl Held {
    fn says_nothing(&self) -> bool {
        match self {
            Self::Text(text) | Self::Thought(text) | Self::Seal(text) | Self::Redacted(text) => {
                text.is_empty()
            }
            // It may begin a call.
            Self::Call { .. } => false,
        }
    }
}

/// Puts aside what comes too early, together with what it goes on from.
fn hold(held: &mut VecDeque<Held>, new: Held) {
    if let Held::Call { id, input, stop, .. } = &new {
        for known in held.iter_mut() {
            if let Held::Call { id: before, input: all, stop: stopped, .. } = known
                && before == id
            {
                if !*stopped {
                    all.push_str(input);
                    *stopped = *stop;
                }
                return;
            }
        }
    }
    match (held.back_mut(), &new) {
        (Some(Held::Text(all)), Held::Text(text)) | (Some(Held::Thought(all)), Held::Thought(text)) => {
            all.push_str(text);
        }
        _ => held.push_back(new),
    }
}

/// Kiro's four counts are disjoint as ours are. Modelled by AWS, and not seen in any recorded stream (August 2026).
fn usage(mut counts: Object<'_>) -> Option<Usage> {
    let mut count = |key: &str| counts.lenient_count(key).unwrap_or(0);
    let usage = Usage {
        input: count("uncachedInputTokens"),
        cache_read: count("cacheReadInputTokens"),
        cache_write: count("cacheWriteInputTokens"),
        output: count("outputTokens"),
        reasoning: None,
    };
    (usage.prompt() > 0 || usage.output > 0).then_some(usage)
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
