//! The blocks of a stream, one after another, however they came.
//!
//! Anthropic closes each block before the next begins. What stands between it and us does not always: blocks that
//! overlap, skip their stop or have a wrong index were seen (maximhq/bifrost#3441, BerriAI/litellm#5231). A text or
//! thought is closed by whatever begins after it; a call stays open until its input is whole, and what begins
//! meanwhile is held back.

use super::{named, redacted_seal, signature_seal, stated_input};
use crate::Event;
use crate::conversation::{Seal, ToolKind};
use crate::json::tree::{Node, Object, Value};
use crate::transcode::Opening;

pub(super) struct Blocks {
    issuer: String,
    /// Those that are not told in full, oldest first. Only the first of them has been opened.
    waiting: Vec<Waiting>,
    calls: usize,
}

/// A block that is under way.
struct Waiting {
    index: u64,
    kind: Kind,
    /// Everything before this was told.
    pieces: Vec<String>,
    /// `Some`: the block is not told yet.
    opening: Option<Opening>,
    /// All of a call's input so far, or what was stated at its beginning.
    input: String,
    stated: String,
    seal: Option<Seal<'static>>,
    signature: String,
    stopped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Thought,
    Call,
    /// The work of a tool that runs at the vendor, or something yet unknown.
    PassedOver,
}

impl Blocks {
    pub(super) fn new(issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), waiting: Vec::new(), calls: 0 }
    }

    /// Whether there was any call.
    pub(super) fn any_calls(&self) -> bool {
        self.calls > 0
    }

    /// `content_block_start`; `reply` is the reply's id.
    pub(super) fn start(&mut self, index: u64, mut block: Object<'_>, reply: &str, out: &mut Vec<Event>) {
        for waiting in &mut self.waiting {
            waiting.stopped |= waiting.index == index || waiting.may_be_closed();
        }
        let kind = block.lenient_text("type").unwrap_or_default();
        let mut words = |key: &str| block.lenient_text(key).unwrap_or_default().into_owned();
        let waiting = match kind.as_ref() {
            "text" => Waiting::new(index, Kind::Text, Some(Opening::Text)).with(words("text")),
            "thinking" => {
                let mut waiting = Waiting::thought(index).with(words("thinking"));
                waiting.signature = words("signature");
                waiting
            }
            "redacted_thinking" => {
                let mut waiting = Waiting::thought(index);
                waiting.seal = Some(redacted_seal(&words("data"), &self.issuer));
                waiting
            }
            "tool_use" => {
                let (id, name) = named(&mut block, reply, &mut self.calls);
                let opening = Opening::ToolCall { id, name, kind: ToolKind::Function };
                let mut waiting = Waiting::new(index, Kind::Call, Some(opening));
                // Where no piece of it follows, this is the input: Anthropic's SDKs read it so too.
                waiting.stated = block.take("input").map(|input| stated_input(&input)).unwrap_or_default();
                waiting
            }
            _ => Waiting::new(index, Kind::PassedOver, None),
        };
        self.waiting.push(waiting);
        self.tell(out);
    }

    /// `content_block_delta`. Which member holds the piece does not matter: some send a call's input as
    /// `text_delta` (BerriAI/litellm#5231).
    pub(super) fn delta(&mut self, index: u64, mut delta: Object<'_>, out: &mut Vec<Event>) {
        let signature = delta.lenient_text("signature");
        let found = ["text", "thinking", "partial_json"]
            .into_iter()
            .find_map(|key| Some((key, delta.lenient_text(key).filter(|piece| !piece.is_empty())?)));
        let Some(at) = self.waiting_for(index, found.as_ref().map(|(key, _)| *key)) else {
            return;
        };
        if let Some(waiting) = self.waiting.get_mut(at) {
            if let Some((_, piece)) = found.filter(|_| waiting.kind != Kind::PassedOver) {
                if waiting.kind == Kind::Call {
                    waiting.input.push_str(&piece);
                }
                waiting.pieces.push(piece.into_owned());
            }
            if let Some(signature) = signature {
                waiting.signature = signature.into_owned();
            }
        }
        self.tell(out);
    }

    /// `content_block_stop`.
    pub(super) fn stop(&mut self, index: u64, out: &mut Vec<Event>) {
        if let Some(waiting) =
            self.waiting.iter_mut().find(|waiting| waiting.index == index && !waiting.stopped)
        {
            waiting.stopped = true;
        }
        self.tell(out);
    }

    /// Everything that was held back, and closed.
    pub(super) fn end(&mut self, out: &mut Vec<Event>) {
        for waiting in &mut self.waiting {
            waiting.stopped = true;
        }
        self.tell(out);
    }

    /// Where a delta belongs. One for a block that never began begins it, if it can; so does more of a text that was
    /// taken for whole.
    fn waiting_for(&mut self, index: u64, member: Option<&str>) -> Option<usize> {
        let known = self.waiting.iter().rposition(|waiting| waiting.index == index && !waiting.stopped);
        if known.is_some() {
            return known;
        }
        let new = match member? {
            "text" => Waiting::new(index, Kind::Text, Some(Opening::Text)),
            "thinking" => Waiting::thought(index),
            _ => return None,
        };
        for waiting in &mut self.waiting {
            waiting.stopped |= waiting.may_be_closed();
        }
        self.waiting.push(new);
        Some(self.waiting.len() - 1)
    }

    /// Tells as much as can be told.
    fn tell(&mut self, out: &mut Vec<Event>) {
        while let Some(first) = self.waiting.first_mut() {
            first.tell(&self.issuer, out);
            if !first.stopped {
                return;
            }
            self.waiting.remove(0);
        }
    }
}

impl Waiting {
    fn new(index: u64, kind: Kind, opening: Option<Opening>) -> Self {
        Self {
            index,
            kind,
            pieces: Vec::new(),
            opening,
            input: String::new(),
            stated: String::new(),
            seal: None,
            signature: String::new(),
            stopped: false,
        }
    }

    fn thought(index: u64) -> Self {
        Self::new(index, Kind::Thought, Some(Opening::Reasoning { summary: false }))
    }

    fn with(mut self, words: String) -> Self {
        if !words.is_empty() {
            self.pieces.push(words);
        }
        self
    }

    /// Whether a block that begins after this one says that this one is whole.
    fn may_be_closed(&self) -> bool {
        match self.kind {
            Kind::Text | Kind::Thought => true,
            Kind::Call => {
                let input = if self.input.is_empty() { &self.stated } else { &self.input };
                matches!(Node::parse(input), Ok(Node { value: Value::Object(_), .. }))
            }
            // Nothing of it is told, so it holds nothing up.
            Kind::PassedOver => true,
        }
    }

    /// Tells what is new, and the end if it is one.
    fn tell(&mut self, issuer: &str, out: &mut Vec<Event>) {
        if self.kind == Kind::PassedOver {
            return;
        }
        if self.stopped {
            if self.kind == Kind::Call && self.input.is_empty() && !self.stated.is_empty() {
                self.pieces.push(std::mem::take(&mut self.stated));
            }
            let signed =
                if self.kind == Kind::Thought { signature_seal(&self.signature, issuer) } else { None };
            self.seal = self.seal.take().or(signed);
            // A thought without a word and without a seal is none.
            if self.kind != Kind::Call
                && self.opening.is_some()
                && self.pieces.is_empty()
                && self.seal.is_none()
            {
                return;
            }
        }
        // A text or thought begins with its first word, so that an empty one never does.
        if self.kind == Kind::Call || self.stopped || !self.pieces.is_empty() {
            out.extend(self.opening.take().map(Event::Open));
        }
        out.extend(self.pieces.drain(..).map(Event::Piece));
        if self.stopped {
            out.extend(self.seal.take().map(Event::Seal));
            out.push(Event::Close);
        }
    }
}
