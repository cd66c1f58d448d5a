//! Which call a piece of `tool_calls` belongs to. OpenAI says it by `index`, and states id and name once. Others
//! leave the index out (Gemini: openai/openai-python#2806), have the same one for all calls (Ollama:
//! vercel/ai#14277; apache/maka#1976, 2026-08-03), count on in the midst of a call (dirac-run/dirac#215,
//! 2026-09-03), or repeat id and name with every piece.

use super::super::{is_object, signature};
use super::gemini_seal;
use super::slots::{Slot, Slots, What};
use crate::conversation::ToolKind;
use crate::json::tree::{Object, Value};

/// A call that is not closed yet.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) index: Option<u64>,
    pub(super) id: String,
    pub(super) name: String,
    /// All of its input so far.
    pub(super) input: String,
    pub(super) kind: ToolKind,
}

/// A piece of a call.
struct Piece {
    index: Option<u64>,
    id: String,
    name: String,
    input: String,
    kind: ToolKind,
}

/// Where a piece belongs.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// To the call in this slot.
    At(usize),
    /// To a new one.
    New,
    /// To one that is whole already: it says nothing new.
    Nowhere,
}

impl Call {
    fn is_whole(&self) -> bool {
        self.kind == ToolKind::Function && is_object(&self.input)
    }

    /// Learns the name, or more of it.
    fn learn(&mut self, name: &str) {
        if name.starts_with(&self.name) {
            // The first piece, the same again, or all of it so far.
            name.clone_into(&mut self.name);
        } else if self.input.is_empty() {
            self.name.push_str(name);
        }
    }
}

impl Slots {
    /// A piece of `tool_calls`; `at` is its place in a whole reply.
    pub(super) fn call(&mut self, mut object: Object<'_>, at: Option<u64>) {
        let seal = signature(&mut object);
        let index = object.lenient_count("index");
        let id = object.lenient_text("id").unwrap_or_default().into_owned();
        let custom = object.lenient_object("custom");
        let (kind, mut inner, member) = match custom {
            Some(custom) => (ToolKind::Custom, custom, "input"),
            None => {
                let inner = object.lenient_object("function").unwrap_or_default();
                (ToolKind::Function, inner, "arguments")
            }
        };
        let name = inner.lenient_text("name").unwrap_or_default().into_owned();
        let piece = Piece { index: index.or(at), id, name, input: input(&mut inner, member), kind };
        let slot = self.piece(piece);
        if let (Some(slot), Some(seal)) = (slot, seal) {
            let seal = gemini_seal(&self.issuer, &seal);
            self.open[slot].seal = Some(seal);
        }
    }

    /// A piece of `function_call`, of which there is one at most.
    pub(super) fn function_call(&mut self, mut object: Object<'_>) {
        let name = object.lenient_text("name").unwrap_or_default().into_owned();
        let input = input(&mut object, "arguments");
        self.piece(Piece { index: Some(0), id: String::new(), name, input, kind: ToolKind::Function });
    }

    fn piece(&mut self, piece: Piece) -> Option<usize> {
        let at = match self.place(&piece) {
            Place::Nowhere => return None,
            Place::At(at) => at,
            Place::New => {
                self.push(What::Call(Call {
                    index: piece.index,
                    id: String::new(),
                    name: String::new(),
                    input: String::new(),
                    kind: piece.kind,
                }));
                self.open.len() - 1
            }
        };
        let Slot { what: What::Call(call), held, opened, .. } = &mut self.open[at] else { return None };
        if call.id.is_empty() {
            call.id = piece.id;
        }
        if !*opened {
            call.learn(&piece.name);
        }
        if call.is_whole() {
            // Some state the arguments again at the end, others `{}` before the first of them.
            let replaced = call.input.trim() == "{}" && !*opened && piece.input.trim_start().starts_with('{');
            if !replaced {
                return Some(at);
            }
            call.input.clear();
            held.clear();
        }
        call.input.push_str(&piece.input);
        held.push_str(&piece.input);
        Some(at)
    }

    fn calls(&self) -> impl DoubleEndedIterator<Item = (usize, &Call)> {
        self.open.iter().enumerate().filter_map(|(at, slot)| match &slot.what {
            What::Call(call) => Some((at, call)),
            _ => None,
        })
    }

    fn place(&self, piece: &Piece) -> Place {
        let named = !piece.name.is_empty();
        let same_index = self.calls().rfind(|(_, call)| piece.index.is_some() && call.index == piece.index);
        let last = self.calls().next_back();

        if !piece.id.is_empty() {
            if let Some((at, _)) = self.calls().rfind(|(_, call)| call.id == piece.id) {
                return Place::At(at);
            }
            if self.closed.iter().any(|(_, id)| *id == piece.id) {
                return Place::Nowhere;
            }
            return match same_index {
                // A head without an id, or an id made anew with every piece (old vLLM).
                Some((at, call))
                    if !named
                        || call.name.is_empty()
                        || call.name == piece.name
                            && (call.id.is_empty() || !call.input.is_empty() && !call.is_whole()) =>
                {
                    Place::At(at)
                }
                _ => Place::New,
            };
        }
        if piece.index.is_some() {
            return match (same_index, last) {
                // Another whole call under the same index.
                (Some((_, call)), _) if named && !piece.input.is_empty() && call.is_whole() => Place::New,
                (Some((at, _)), _) => Place::At(at),
                (None, _) if named => Place::New,
                _ if self.closed.iter().any(|(index, _)| *index == piece.index) => Place::Nowhere,
                // The index ran ahead of the call; or arguments come before the name.
                (None, Some((at, call))) if !call.is_whole() => Place::At(at),
                _ => Place::New,
            };
        }
        match last {
            Some((at, call)) if !named || call.name.is_empty() => {
                Place::At(at).unless(call.is_whole() && named)
            }
            Some((at, call)) if call.name == piece.name && !call.is_whole() => Place::At(at),
            None if !named && !self.closed.is_empty() => Place::Nowhere,
            _ => Place::New,
        }
    }
}

impl Place {
    fn unless(self, new: bool) -> Self {
        if new { Self::New } else { self }
    }
}

/// A call's input, which some give as the object itself instead of as its text. An empty object says nothing yet.
fn input(inner: &mut Object<'_>, member: &str) -> String {
    match inner.take(member) {
        Some(node) => match node.value {
            Value::Text(text) => text.into_owned(),
            Value::Object(object) if !object.is_empty() => node.raw.to_owned(),
            _ => String::new(),
        },
        None => String::new(),
    }
}
