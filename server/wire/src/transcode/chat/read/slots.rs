//! The blocks of a stream in the order in which they began. Only the first is told as it grows; the others wait
//! until it is whole, since one block at a time may be open.

use super::super::details::{Detail, Group};
use super::super::is_object;
use super::calls::Call;
use super::gemini_seal;
use crate::conversation::{Media, Seal, ToolKind, call_id};
use crate::{Event, Opening};
use std::collections::VecDeque;

/// What a block is.
#[derive(Debug)]
pub(super) enum What {
    Text,
    Refusal,
    Reasoning { group: Group, summary: bool },
    Call(Call),
    Media(Media<'static>),
}

/// A block that is not closed yet.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) what: What,
    pub(super) opened: bool,
    /// What was not told yet.
    pub(super) held: String,
    pub(super) seal: Option<Seal<'static>>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) issuer: String,
    pub(super) open: VecDeque<Slot>,
    /// Calls that are closed: index and id.
    pub(super) closed: Vec<(Option<u64>, String)>,
    /// The last thought that was closed.
    last_thought: Group,
    unused: bool,
    calls: usize,
    /// The reply's id, which goes into ids that are made up.
    reply: String,
}

impl Slot {
    fn new(what: What) -> Self {
        Self { what, opened: false, held: String::new(), seal: None }
    }

    /// Whether it can be told by now.
    fn may_open(&self) -> bool {
        match &self.what {
            // White space alone is refused by Anthropic when it is handed back, and says nothing.
            What::Text | What::Refusal => !self.held.trim().is_empty(),
            What::Reasoning { .. } => !self.held.is_empty(),
            // The name may come in pieces (NVIDIA-NeMo/Switchyard#785); `{}` may be in place of what comes later.
            What::Call(call) => !call.name.is_empty() && !matches!(call.input.trim(), "" | "{}"),
            What::Media(_) => true,
        }
    }

    /// Whether there is anything to tell at all.
    fn says_something(&self) -> bool {
        match &self.what {
            What::Call(call) => !call.name.is_empty(),
            What::Reasoning { .. } => !self.held.is_empty() || self.seal.is_some(),
            _ => self.may_open(),
        }
    }

    /// Whether it is whole, now that another one has begun.
    fn is_whole(&self) -> bool {
        match &self.what {
            What::Call(call) => call.kind == ToolKind::Custom || is_object(&call.input),
            _ => true,
        }
    }
}

impl Slots {
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            open: VecDeque::new(),
            closed: Vec::new(),
            last_thought: Group::default(),
            unused: true,
            calls: 0,
            reply: String::new(),
        }
    }

    /// Whether nothing was said yet.
    pub(super) fn unused(&self) -> bool {
        self.unused
    }

    /// Whether any call was told.
    pub(super) fn any_calls(&self) -> bool {
        self.calls > 0
    }

    pub(super) fn push(&mut self, what: What) -> &mut Slot {
        self.unused = false;
        self.open.push_back(Slot::new(what));
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    /// Words of a text or refusal.
    pub(super) fn words(&mut self, what: What, words: &str) {
        if words.is_empty() {
            return;
        }
        match self.open.back_mut() {
            Some(last) if std::mem::discriminant(&last.what) == std::mem::discriminant(&what) => {
                last.held.push_str(words);
            }
            _ => self.push(what).held.push_str(words),
        }
    }

    /// Words of a thought.
    pub(super) fn think(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        // A thought that has its proof is whole: what follows is the next one.
        let goes_on = match self.open.back() {
            Some(Slot { what: What::Reasoning { group, .. }, .. }) => !group.has_proof(),
            _ => false,
        };
        if !goes_on {
            self.push(What::Reasoning { group: Group::default(), summary: false });
        }
        if let Some(Slot { what: What::Reasoning { group, .. }, held, .. }) = self.open.back_mut() {
            group.words.push_str(words);
            held.push_str(words);
        }
    }

    /// An entry of `reasoning_details`. Without words it is a proof.
    pub(super) fn detail(&mut self, detail: Detail) {
        if let Some(Slot { what: What::Reasoning { group, .. }, held, .. }) = self.open.back_mut()
            && group.takes(&detail)
        {
            group.words.push_str(&detail.words);
            held.push_str(&detail.words);
            group.add(detail);
            return;
        }
        if detail.words.is_empty() {
            let called = self.open.iter_mut().rfind(|slot| match &slot.what {
                What::Call(call) => detail.seals_call(&call.id),
                _ => false,
            });
            if let Some(slot) = called {
                let mut group = Group::default();
                group.add(detail);
                slot.seal = group.seal(&self.issuer);
                return;
            }
            // A signature may come when the answer has begun (rikkahub#1076, 2026-04-11). Its words go with it.
            if !self.last_thought.words.is_empty() && self.last_thought.signs_late(&detail) {
                self.last_thought.add(detail);
                let seal = self.last_thought.late_seal(&self.issuer);
                let slot = self.push(What::Reasoning { group: Group::default(), summary: false });
                slot.seal = seal;
                return;
            }
            if !detail.has_proof() {
                return;
            }
        }
        let summary = detail.is_summary();
        let slot = self.push(What::Reasoning { group: Group::default(), summary });
        if let What::Reasoning { group, .. } = &mut slot.what {
            slot.held.push_str(&detail.words);
            group.words.push_str(&detail.words);
            group.add(detail);
        }
    }

    /// A picture.
    pub(super) fn media(&mut self, media: Media<'static>) {
        self.push(What::Media(media));
    }

    /// Gemini's seal on the last text.
    pub(super) fn seal_text(&mut self, text: &str) {
        let seal = gemini_seal(&self.issuer, text);
        if let Some(slot) = self.open.iter_mut().rfind(|slot| matches!(slot.what, What::Text)) {
            slot.seal = Some(seal);
        }
    }

    /// The reply's id.
    pub(super) fn reply(&mut self, id: &str) {
        if self.reply.is_empty() {
            id.clone_into(&mut self.reply);
        }
    }

    /// Tells what can be told by now.
    pub(super) fn flow(&mut self, out: &mut Vec<Event>) {
        loop {
            let later = self.open.len() > 1;
            let Some(slot) = self.open.front_mut() else { return };
            if later && slot.is_whole() {
                self.close(out);
                continue;
            }
            if slot.opened || slot.may_open() {
                self.tell(out);
            }
            return;
        }
    }

    /// Tells all there is and closes every block.
    pub(super) fn close_all(&mut self, out: &mut Vec<Event>) {
        while !self.open.is_empty() {
            self.close(out);
        }
    }

    fn close(&mut self, out: &mut Vec<Event>) {
        if let Some(Slot { what: What::Reasoning { group, .. }, seal, .. }) = self.open.front_mut()
            && let Some(proof) = group.seal(&self.issuer)
        {
            *seal = Some(proof);
        }
        let tells = self.open.front().is_some_and(|slot| slot.opened || slot.says_something());
        if tells {
            self.tell(out);
        }
        let Some(slot) = self.open.pop_front() else { return };
        if tells {
            out.extend(slot.seal.map(Event::Seal));
            out.push(Event::Close);
        }
        match slot.what {
            What::Reasoning { group, .. } => self.last_thought = group,
            What::Call(call) => self.closed.push((call.index, call.id)),
            _ => {}
        }
    }

    /// Opens the first block if it is not open, and tells what was held.
    fn tell(&mut self, out: &mut Vec<Event>) {
        let Some(slot) = self.open.front_mut() else { return };
        if !std::mem::replace(&mut slot.opened, true) {
            out.push(Event::Open(match &mut slot.what {
                What::Text => Opening::Text,
                What::Refusal => Opening::Refusal,
                What::Reasoning { summary, .. } => Opening::Reasoning { summary: *summary },
                What::Media(media) => Opening::Media(media.clone()),
                What::Call(call) => {
                    if call.id.is_empty() {
                        // The reply's id makes it another one in the next turn.
                        call.id = call_id(0, self.calls, &format!("{}/{}", self.reply, call.name));
                    }
                    self.calls += 1;
                    Opening::ToolCall { id: call.id.clone(), name: call.name.clone(), kind: call.kind }
                }
            }));
        }
        if !slot.held.is_empty() {
            out.push(Event::Piece(std::mem::take(&mut slot.held)));
        }
    }
}
