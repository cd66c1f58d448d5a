//! The items of a reply, as they grow.

use super::lanes::{Lanes, Place};
use crate::conversation::seal::is_mark;
use crate::conversation::{Media, MediaKind, Seal, Source, ToolKind, call_id};
use crate::json::tree::Object;
use crate::transcode::responses::namespace;
use crate::{Dialect, Event, Opening};

/// All items of a reply.
pub(super) struct Items {
    issuer: String,
    items: Vec<Item>,
    lanes: Lanes,
    /// Whether there is a call.
    pub(super) called: bool,
    /// Whether there are words.
    pub(super) worded: bool,
    /// Whether there is a refusal.
    pub(super) refused: bool,
}

/// Which kind of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Text,
    Refusal,
}

/// One item, and what of it was told already.
#[derive(Debug, Default)]
struct Item {
    /// Its `output_index`.
    index: u64,
    id: String,
    call_id: String,
    /// The parts of a message that were told.
    parts: Vec<u64>,
    /// Of reasoning: whether summaries are told and not the thoughts; `None` as long as nothing is.
    summary: Option<bool>,
    /// Of reasoning: the part told last.
    part: u64,
    /// Of a call: whether it was begun.
    begun: bool,
    /// Of a call: whether input was told.
    input: bool,
    /// Of a call: input that came before it could be told.
    early: String,
    whole: bool,
}

impl Items {
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            items: Vec::new(),
            lanes: Lanes::default(),
            called: false,
            worded: false,
            refused: false,
        }
    }

    /// `output_item.added`.
    pub(super) fn added(&mut self, mut body: Object<'_>, out: &mut Vec<Event>) {
        let Some(mut object) = body.lenient_object("item") else { return };
        let next = self.items.iter().map(|item| item.index.saturating_add(1)).max().unwrap_or(0);
        let index = body.lenient_count("output_index").unwrap_or(next);
        let at = self.at_index(index);
        self.items[at].id = object.lenient_text("id").unwrap_or_default().into_owned();
        if let Some((kind, key)) = call_kind(object.lenient_text("type").as_deref()) {
            self.items[at].early = object.lenient_text(key).unwrap_or_default().into_owned();
            self.begin(at, kind, &mut object, out);
        }
    }

    /// Words of a message: a delta, or all of a part where no delta came.
    pub(super) fn words(&mut self, said: Said, key: &str, mut body: Object<'_>, out: &mut Vec<Event>) {
        let at = self.at(&mut body);
        let part = body.lenient_count("content_index").unwrap_or(0);
        let text = body.lenient_text(key).unwrap_or_default();
        if key == "delta" || !self.items[at].parts.contains(&part) {
            self.say(at, part, said, &text, out);
        }
    }

    fn say(&mut self, at: usize, part: u64, said: Said, text: &str, out: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        let item = &mut self.items[at];
        let place = Place { item: item.index, part };
        // Some end the part after its first words and go on (diegosouzapw/OmniRoute#13693, 2026-09-15): what
        // follows then is a block of its own.
        if !self.lanes.is_open(place) {
            self.lanes.close_item(item.index, out);
            let opening = if said == Said::Text { Opening::Text } else { Opening::Refusal };
            self.lanes.open(place, opening, out);
        }
        if !item.parts.contains(&part) {
            item.parts.push(part);
        }
        self.worded |= said == Said::Text;
        self.refused |= said == Said::Refusal;
        self.lanes.push(place, Event::Piece(text.to_owned()), out);
    }

    /// `content_part.done`.
    pub(super) fn part_done(&mut self, mut body: Object<'_>, out: &mut Vec<Event>) {
        let at = self.at(&mut body);
        let part = body.lenient_count("content_index").unwrap_or(0);
        if let Some(object) = body.lenient_object("part") {
            self.part(at, part, object, out);
        }
    }

    /// A whole part of a message.
    fn part(&mut self, at: usize, part: u64, mut object: Object<'_>, out: &mut Vec<Event>) {
        let (said, key) = match object.lenient_text("type").as_deref() {
            Some("output_text" | "text") => (Said::Text, "text"),
            Some("refusal") => (Said::Refusal, "refusal"),
            _ => return,
        };
        if !self.items[at].parts.contains(&part) {
            self.say(at, part, said, &object.lenient_text(key).unwrap_or_default(), out);
        }
        self.lanes.close(Place { item: self.items[at].index, part }, out);
    }

    /// Thoughts: a delta, or all of a part where no delta came. Where both thoughts and their summaries come, the
    /// first to come are told.
    pub(super) fn thought(&mut self, summary: bool, key: &str, mut body: Object<'_>, out: &mut Vec<Event>) {
        let at = self.at(&mut body);
        let part = body.lenient_count(if summary { "summary_index" } else { "content_index" }).unwrap_or(0);
        let text = body.lenient_text(key).unwrap_or_default();
        let item = &self.items[at];
        let told = item.summary.is_some() && part <= item.part;
        if item.whole || key != "delta" && told {
            return;
        }
        self.think(at, summary, part, &text, out);
    }

    fn think(&mut self, at: usize, summary: bool, part: u64, text: &str, out: &mut Vec<Event>) {
        let item = &mut self.items[at];
        if text.is_empty() || item.summary.is_some_and(|told| told != summary) {
            return;
        }
        let place = Place { item: item.index, part: 0 };
        if item.summary.is_none() {
            item.summary = Some(summary);
            self.lanes.open(place, Opening::Reasoning { summary }, out);
        } else if part != item.part {
            // Parts are paragraphs: each summary has a heading of its own.
            self.lanes.push(place, Event::Piece("\n\n".to_owned()), out);
        }
        item.part = part;
        self.lanes.push(place, Event::Piece(text.to_owned()), out);
    }

    /// Input of a call: a delta, or all of it where no delta came (BerriAI/litellm#25321: left out, calls arrive
    /// without arguments).
    pub(super) fn input(&mut self, key: &str, mut body: Object<'_>, out: &mut Vec<Event>) {
        let at = self.at(&mut body);
        let text = body.lenient_text(key).unwrap_or_default();
        let item = &mut self.items[at];
        let (whole, place) = (key != "delta", Place { item: item.index, part: 0 });
        if !item.begun {
            match whole {
                true if text.is_empty() => {}
                true => item.early = text.into_owned(),
                false => item.early.push_str(&text),
            }
            return;
        }
        if !(text.is_empty() || item.whole || whole && item.input) {
            item.input = true;
            self.lanes.push(place, Event::Piece(text.into_owned()), out);
        }
        // Nothing but the same again may follow, and not every server ends the item as well.
        if whole && item.input {
            self.lanes.close(place, out);
        }
    }

    /// Begins a call, if its name is known by now.
    fn begin(&mut self, at: usize, kind: ToolKind, object: &mut Object<'_>, out: &mut Vec<Event>) {
        let name = object.lenient_text("name").unwrap_or_default();
        if self.items[at].begun || name.is_empty() {
            return;
        }
        let within = object.lenient_text("namespace");
        let name = namespace::join(within.as_deref(), name).into_owned();
        let item = &mut self.items[at];
        let stated = object.lenient_text("call_id").filter(|id| !id.is_empty());
        let id = match stated {
            Some(id) => id.into_owned(),
            // Some servers have only one id.
            None if !item.id.is_empty() => item.id.clone(),
            None => match object.lenient_text("id").filter(|id| !id.is_empty()) {
                Some(id) => id.into_owned(),
                None => call_id(0, at, &name),
            },
        };
        item.call_id.clone_from(&id);
        item.begun = true;
        self.called = true;
        self.lanes.open(Place { item: item.index, part: 0 }, Opening::ToolCall { id, name, kind }, out);
    }

    /// `output_item.done`.
    pub(super) fn done(&mut self, mut body: Object<'_>, out: &mut Vec<Event>) {
        let Some(object) = body.lenient_object("item") else { return };
        let at = match body.lenient_count("output_index") {
            Some(index) => self.at_index(index),
            None => match object.get("id").and_then(|id| id.as_text()) {
                Some(id) => self.at_id(id),
                None => self.at_last(),
            },
        };
        self.item(at, object, out);
    }

    /// A whole item: what was not told of it is told, and it is closed.
    fn item(&mut self, at: usize, mut object: Object<'_>, out: &mut Vec<Event>) {
        if self.items[at].whole {
            return;
        }
        let index = self.items[at].index;
        let kind = object.lenient_text("type");
        match kind.as_deref() {
            Some("message") => {
                for (part, object) in (0..).zip(object.lenient_objects("content")) {
                    self.part(at, part, object, out);
                }
                self.lanes.close_item(index, out);
                // Not whole: more words may follow all the same.
                return;
            }
            Some("reasoning") => self.reasoning(at, &mut object, out),
            Some("image_generation_call") => self.picture(at, &mut object, out),
            kind => {
                let Some((kind, key)) = call_kind(kind) else { return };
                self.begin(at, kind, &mut object, out);
                self.end_call(at, &object.lenient_text(key).unwrap_or_default(), out);
            }
        }
        self.lanes.close_item(index, out);
        self.items[at].whole = true;
    }

    /// Tells a call's input if it was not told.
    fn end_call(&mut self, at: usize, input: &str, out: &mut Vec<Event>) {
        let item = &mut self.items[at];
        if !item.begun || item.input {
            return;
        }
        let early = std::mem::take(&mut item.early);
        let input = if input.is_empty() { early } else { input.to_owned() };
        if !input.is_empty() {
            item.input = true;
            self.lanes.push(Place { item: item.index, part: 0 }, Event::Piece(input), out);
        }
    }

    fn reasoning(&mut self, at: usize, object: &mut Object<'_>, out: &mut Vec<Event>) {
        if self.items[at].summary.is_none() {
            for (key, summary) in [("content", false), ("summary", true)] {
                for (part, mut object) in (0..).zip(object.lenient_objects(key)) {
                    let text = object.lenient_text("text").unwrap_or_default();
                    self.think(at, summary, part, &text, out);
                }
            }
        }
        let data = object.lenient_text("encrypted_content");
        let Some(data) = data.filter(|data| !data.is_empty() && !is_mark(data)) else { return };
        let item = &mut self.items[at];
        let place = Place { item: item.index, part: 0 };
        if item.summary.is_none() {
            item.summary = Some(true);
            self.lanes.open(place, Opening::Reasoning { summary: true }, out);
        }
        let seal = Seal {
            dialect: Dialect::Responses,
            issuer: self.issuer.clone().into(),
            data: data.into_owned().into(),
        };
        self.lanes.push(place, Event::Seal(seal), out);
    }

    fn picture(&mut self, at: usize, object: &mut Object<'_>, out: &mut Vec<Event>) {
        let Some(data) = object.lenient_text("result").filter(|data| !data.is_empty()) else { return };
        let format = object.lenient_text("output_format").unwrap_or("png".into());
        let source =
            Source::Base64 { mime: format!("image/{format}").into(), data: data.into_owned().into() };
        let media = Media { kind: MediaKind::Image, source, name: None, detail: None, cache: None };
        self.worded = true;
        let place = Place { item: self.items[at].index, part: 0 };
        self.lanes.open(place, Opening::Media(media), out);
    }

    /// `output` of a whole reply, and of a stream's last event, where all is told again. There it is often empty
    /// (open-webui/open-webui#27800, 2026-07-31) and sometimes the only one to tell anything
    /// (Soju06/codex-lb#504, 2026-04-27). Its places are not those of the stream everywhere, so only what cannot
    /// have been told yet is taken: calls by their id, anything else if there was nothing.
    pub(super) fn output(&mut self, output: Vec<Object<'_>>, out: &mut Vec<Event>) {
        let nothing = !self.worded && !self.refused && !self.called;
        let thoughts = self.items.iter().any(|item| item.summary.is_some());
        for object in output {
            let kind = object.get("type").and_then(|kind| kind.as_text());
            let id = object.get("call_id").and_then(|id| id.as_text());
            let known =
                self.items.iter().position(|item| !item.call_id.is_empty() && Some(&*item.call_id) == id);
            let at = match (known, kind) {
                (Some(at), _) => at,
                (None, Some("reasoning")) if thoughts => continue,
                (None, _) if nothing || call_kind(kind).is_some() => self.at_new(),
                (None, _) => continue,
            };
            self.item(at, object, out);
        }
        for at in 0..self.items.len() {
            self.end_call(at, "", out);
        }
        self.lanes.close_all(out);
    }

    /// The stream broke off.
    pub(super) fn cut(&mut self, out: &mut Vec<Event>) {
        self.lanes.cut(out);
    }

    /// The item an event is about. Its place counts: GitHub Copilot gives an item another id in every event
    /// (vercel/ai, a recorded stream of 2026). Where there is no place, its id; where there is neither, the last.
    fn at(&mut self, body: &mut Object<'_>) -> usize {
        if let Some(index) = body.lenient_count("output_index") {
            return self.at_index(index);
        }
        match body.lenient_text("item_id") {
            Some(id) => self.at_id(&id),
            None => self.at_last(),
        }
    }

    fn at_index(&mut self, index: u64) -> usize {
        if let Some(at) = self.items.iter().rposition(|item| item.index == index) {
            return at;
        }
        self.items.push(Item { index, ..Item::default() });
        self.items.len() - 1
    }

    fn at_id(&mut self, id: &str) -> usize {
        self.items.iter().rposition(|item| item.id == id).unwrap_or_else(|| self.at_last())
    }

    fn at_last(&mut self) -> usize {
        if self.items.is_empty() { self.at_new() } else { self.items.len() - 1 }
    }

    fn at_new(&mut self) -> usize {
        let next = self.items.iter().map(|item| item.index.saturating_add(1)).max().unwrap_or(0);
        self.at_index(next)
    }
}

/// How a call of this type is called, and which member has its input.
fn call_kind(kind: Option<&str>) -> Option<(ToolKind, &'static str)> {
    match kind? {
        "function_call" => Some((ToolKind::Function, "arguments")),
        "custom_tool_call" => Some((ToolKind::Custom, "input")),
        _ => None,
    }
}
