//! The items of a reply, as they are written.

use super::Writer;
use crate::conversation::seal::mark;
use crate::conversation::{Media, MediaKind, Seal, Source, ToolKind};
use crate::json::tree::{Node, Value};
use crate::json::write::{ObjectWriter, Writer as JsonWriter};
use crate::transcode::reply::arguments;
use crate::transcode::responses::namespace;
use crate::{Dialect, Opening};

/// The item being written.
pub(super) struct Open {
    pub(super) shape: Shape,
    pub(super) words: String,
    pub(super) seal: Option<Seal<'static>>,
    id: String,
    index: u64,
    /// Whether anything of it was sent: an empty text is no item.
    sent: bool,
}

/// What an item is.
pub(super) enum Shape {
    Text,
    Refusal,
    Reasoning,
    Call {
        call_id: String,
        name: String,
    },
    /// `json`: the provider was given a function in place of the tool, and calls it with the text inside JSON.
    Custom {
        call_id: String,
        name: String,
        json: bool,
    },
    Picture(String),
}

impl Open {
    /// It was begun by another, under this id.
    pub(super) fn take_over(&mut self, id: &str, index: u64) {
        id.clone_into(&mut self.id);
        (self.index, self.sent) = (index, true);
    }
}

impl Writer {
    pub(super) fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        let mut words = String::new();
        let shape = match opening {
            Opening::Text => Shape::Text,
            Opening::Refusal => {
                self.refused = true;
                Shape::Refusal
            }
            Opening::Reasoning { .. } => Shape::Reasoning,
            Opening::ToolCall { id, name, kind } => {
                let name = self.asked.names.own(name).to_owned();
                let json = *kind == ToolKind::Function;
                if json && !self.asked.names.is_custom(&name) {
                    Shape::Call { call_id: id.clone(), name }
                } else {
                    Shape::Custom { call_id: id.clone(), name, json }
                }
            }
            Opening::Media(media) => match media {
                Media { kind: MediaKind::Image, source: Source::Base64 { data, .. }, .. } => {
                    Shape::Picture(data.clone().into_owned())
                }
                Media { source: Source::Url { url, .. }, .. } => {
                    words = format!("![]({url})");
                    Shape::Text
                }
                // Nothing in this dialect holds a recording or a film.
                _ => return,
            },
        };
        let prefix = match shape {
            Shape::Text | Shape::Refusal => "msg",
            Shape::Reasoning => "rs",
            Shape::Call { .. } => "fc",
            Shape::Custom { .. } => "ctc",
            Shape::Picture(_) => "ig",
        };
        let id = format!("{prefix}_{}_{}", self.asked.id, self.begun);
        let mut open = Open { shape, words: String::new(), seal: None, id, index: self.begun, sent: false };
        if !matches!(open.shape, Shape::Text | Shape::Refusal | Shape::Reasoning) {
            self.begin(&mut open, out);
        }
        self.open = Some(open);
        if !words.is_empty() {
            self.piece(&words, out);
        }
    }

    pub(super) fn piece(&mut self, piece: &str, out: &mut Vec<u8>) {
        let Some(mut open) = self.open.take() else { return };
        open.words.push_str(piece);
        self.begin(&mut open, out);
        self.delta(&open, piece, out);
        self.open = Some(open);
    }

    /// Sends what precedes an item's first words.
    fn begin(&mut self, open: &mut Open, out: &mut Vec<u8>) {
        if std::mem::replace(&mut open.sent, true) {
            return;
        }
        self.begun += 1;
        let item = item(open, "in_progress", false);
        self.frame(out, "response.output_item.added", |data| {
            data.count("output_index", open.index);
            data.raw("item", &item);
        });
        if open.words.is_empty() {
            return;
        }
        match open.shape {
            Shape::Text | Shape::Refusal => self.frame(out, "response.content_part.added", |data| {
                place(data, open, Some("content_index"));
                data.object("part", |part| part_of(part, open, ""));
            }),
            Shape::Reasoning => self.frame(out, "response.reasoning_summary_part.added", |data| {
                place(data, open, Some("summary_index"));
                data.object("part", |part| part_of(part, open, ""));
            }),
            _ => {}
        }
    }

    fn delta(&mut self, open: &Open, delta: &str, out: &mut Vec<u8>) {
        let (kind, part) = match open.shape {
            Shape::Text => ("response.output_text.delta", Some("content_index")),
            Shape::Refusal => ("response.refusal.delta", Some("content_index")),
            // Thoughts go as summaries even where they are whole: the AI SDK shows nothing else, and Codex gives
            // nothing else back, so that a seal on thoughts would be of no use on the next turn.
            Shape::Reasoning => ("response.reasoning_summary_text.delta", Some("summary_index")),
            Shape::Call { .. } => ("response.function_call_arguments.delta", None),
            Shape::Custom { json: false, .. } => ("response.custom_tool_call_input.delta", None),
            Shape::Custom { json: true, .. } | Shape::Picture(_) => return,
        };
        self.frame(out, kind, |data| {
            place(data, open, part);
            data.text("delta", delta);
            if matches!(open.shape, Shape::Text) {
                data.raw("logprobs", "[]");
            }
        });
    }

    /// Ends an item.
    pub(super) fn end_item(&mut self, mut open: Open, status: &str, out: &mut Vec<u8>) {
        let mut seal = open.seal.take();
        match &open.shape {
            Shape::Reasoning => {
                open.seal = seal.take();
                if open.seal.is_some() {
                    self.begin(&mut open, out);
                }
            }
            Shape::Call { .. } if open.words.trim().is_empty() => {
                open.words = arguments("", ToolKind::Function).into_owned();
                self.delta(&open, "{}", out);
            }
            Shape::Custom { call_id, name, json: true } => {
                let (call_id, name) = (call_id.clone(), name.clone());
                open.words = free_text(&open.words);
                // Now it is what a custom tool takes.
                open.shape = Shape::Custom { call_id, name, json: false };
                if !open.words.is_empty() {
                    self.delta(&open, &open.words, out);
                }
            }
            _ => {}
        }
        if open.sent {
            self.done(&open, status, out);
        }
        // There is no place for a seal but on reasoning. The decoder puts it back where it belongs.
        if seal.is_some() {
            let id = format!("rs_{}_{}", self.asked.id, self.begun);
            let (words, index) = (String::new(), self.begun);
            let bare = Open { shape: Shape::Reasoning, words, seal, id, index, sent: false };
            self.end_item(bare, "completed", out);
        }
    }

    /// Sends what follows an item's last words.
    fn done(&mut self, open: &Open, status: &str, out: &mut Vec<u8>) {
        let words = &open.words;
        let part = |data: &mut ObjectWriter<'_>, index| {
            place(data, open, Some(index));
            data.object("part", |part| part_of(part, open, words));
        };
        match &open.shape {
            Shape::Text => {
                self.frame(out, "response.output_text.done", |data| {
                    place(data, open, Some("content_index"));
                    data.text("text", words);
                    data.raw("logprobs", "[]");
                });
                self.frame(out, "response.content_part.done", |data| part(data, "content_index"));
            }
            Shape::Refusal => {
                self.frame(out, "response.refusal.done", |data| {
                    place(data, open, Some("content_index"));
                    data.text("refusal", words);
                });
                self.frame(out, "response.content_part.done", |data| part(data, "content_index"));
            }
            Shape::Reasoning if words.is_empty() => {}
            Shape::Reasoning => {
                self.frame(out, "response.reasoning_summary_text.done", |data| {
                    place(data, open, Some("summary_index"));
                    data.text("text", words);
                });
                self.frame(out, "response.reasoning_summary_part.done", |data| part(data, "summary_index"));
            }
            Shape::Call { name, .. } => self.frame(out, "response.function_call_arguments.done", |data| {
                place(data, open, None);
                data.text("name", namespace::split(name).1);
                data.text("arguments", words);
            }),
            Shape::Custom { .. } => self.frame(out, "response.custom_tool_call_input.done", |data| {
                place(data, open, None);
                data.text("input", words);
            }),
            Shape::Picture(_) => {}
        }
        let item = item(open, status, true);
        self.frame(out, "response.output_item.done", |data| {
            data.count("output_index", open.index);
            data.raw("item", &item);
        });
        self.output.push(item.into_bytes());
    }
}

/// Which item, and which part of it, an event is about.
fn place(data: &mut ObjectWriter<'_>, open: &Open, part: Option<&str>) {
    data.text("item_id", &open.id);
    data.count("output_index", open.index);
    if let Some(part) = part {
        data.count(part, 0);
    }
}

fn part_of(part: &mut ObjectWriter<'_>, open: &Open, words: &str) {
    match open.shape {
        Shape::Refusal => {
            part.text("type", "refusal");
            part.text("refusal", words);
        }
        Shape::Reasoning => {
            part.text("type", "summary_text");
            part.text("text", words);
        }
        _ => {
            part.text("type", "output_text");
            part.raw("annotations", "[]");
            part.raw("logprobs", "[]");
            part.text("text", words);
        }
    }
}

/// The item itself; at its beginning nothing is in it.
fn item(open: &Open, status: &str, whole: bool) -> String {
    let words = if whole { &*open.words } else { "" };
    let bytes = JsonWriter::object(words.len() + 256, |item| {
        item.text("id", &open.id);
        match &open.shape {
            Shape::Text | Shape::Refusal => {
                item.text("type", "message");
                item.text("status", status);
                item.text("role", "assistant");
                item.list("content", |content| {
                    if whole {
                        content.object(|part| part_of(part, open, words));
                    }
                });
            }
            Shape::Reasoning => {
                item.text("type", "reasoning");
                item.list("summary", |summary| {
                    if !words.is_empty() {
                        summary.object(|part| part_of(part, open, words));
                    }
                });
                match (whole, &open.seal) {
                    (true, Some(seal)) => item.text("encrypted_content", &packed(seal)),
                    // OpenAI looks for an item without this among those it has stored, and refuses a request with one
                    // that it has not: a thought without a seal is marked, to be taken out before it comes there.
                    (true, None) => item.text("encrypted_content", &mark()),
                    (false, _) => item.null("encrypted_content"),
                }
            }
            Shape::Call { call_id, name } => {
                item.text("type", "function_call");
                item.text("status", status);
                called(item, call_id, name);
                item.text("arguments", words);
            }
            Shape::Custom { call_id, name, .. } => {
                item.text("type", "custom_tool_call");
                item.text("status", status);
                called(item, call_id, name);
                item.text("input", words);
            }
            Shape::Picture(data) => {
                item.text("type", "image_generation_call");
                item.text("status", status);
                if whole {
                    item.text("result", data);
                } else {
                    item.null("result");
                }
            }
        }
    });
    String::from_utf8(bytes).unwrap_or_default()
}

fn called(item: &mut ObjectWriter<'_>, call_id: &str, name: &str) {
    let (namespace, name) = namespace::split(name);
    item.text("call_id", call_id);
    item.maybe_text("namespace", namespace);
    item.text("name", name);
}

/// OpenAI's own seal is bare only if it came bare.
fn packed(seal: &Seal<'_>) -> String {
    if seal.dialect == Dialect::Responses && seal.issuer.is_empty() {
        seal.data.clone().into_owned()
    } else {
        seal.pack()
    }
}

/// The text in `{"input":"…"}`, which is how a function stands in for a tool that takes free text. Models call the
/// member otherwise at times; the only text there is must be meant.
fn free_text(words: &str) -> String {
    let Ok(Node { value: Value::Object(mut object), .. }) = Node::parse(words) else {
        return words.to_owned();
    };
    if let Some(text) = object.lenient_text("input") {
        return text.into_owned();
    }
    let mut texts = object.into_members().filter_map(|(_, node)| match node.value {
        Value::Text(text) => Some(text.into_owned()),
        _ => None,
    });
    match (texts.next(), texts.next()) {
        (Some(text), None) => text,
        _ => words.to_owned(),
    }
}
