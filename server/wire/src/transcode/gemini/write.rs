//! A reply for a client. A chunk of a stream is a reply of its own, with what is new.

mod parts;

use super::mark;
use crate::conversation::{Block, Bundle, Media, Names, Seal, Thought, ToolKind};
use crate::json::write::{ObjectWriter, Writer as Json};
use crate::transcode::{Form, Write};
use crate::usage::write_gemini;
use crate::{Asked, Event, Finish, Opening, Reply, Usage};
use parts::{call, error, media, object, reason, shown, text};
use std::borrow::Cow;

/// Encodes a stream.
pub(crate) struct Writer {
    asked: Asked,
    head: Head,
    open: Open,
    usage: Option<Usage>,
    /// A call came whose arguments were cut.
    broken: bool,
    /// A call was told. Gemini refuses a turn whose first call is not signed, so a call of another vendor's says that
    /// it cannot be, should Gemini be asked next.
    called: bool,
    /// The sealed thoughts since the last call, which the next one keeps.
    thoughts: Vec<Thought>,
    any: bool,
    done: bool,
}

/// What every chunk repeats.
struct Head {
    id: String,
    model: String,
}

/// The block that is open.
enum Open {
    /// None, or one that came whole.
    Nothing,
    Text,
    Thought {
        words: String,
        summary: bool,
    },
    /// Held until it is whole.
    Call {
        id: String,
        name: String,
        kind: ToolKind,
        input: String,
        seal: Option<Seal<'static>>,
    },
}

impl Writer {
    /// For the client that asked so.
    pub(crate) fn new(asked: Asked) -> Self {
        let head = Head { id: asked.id.clone(), model: asked.model.clone() };
        Self {
            asked,
            head,
            open: Open::Nothing,
            usage: None,
            broken: false,
            called: false,
            thoughts: Vec::new(),
            any: false,
            done: false,
        }
    }

    /// One item of the stream.
    fn item(&mut self, out: &mut Vec<u8>, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        match (self.asked.form, std::mem::replace(&mut self.any, true)) {
            (Form::Events, _) => out.extend_from_slice(b"data: "),
            (Form::Array, false) => out.push(b'['),
            (Form::Array, true) => out.extend_from_slice(b",\r\n"),
        }
        Json::append(out, write);
        if self.asked.form == Form::Events {
            out.extend_from_slice(b"\r\n\r\n");
        }
    }

    /// A chunk with one part.
    fn part(&mut self, out: &mut Vec<u8>, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        let head = std::mem::replace(&mut self.head, Head { id: String::new(), model: String::new() });
        self.item(out, |body| {
            body.list("candidates", |list| {
                list.object(|candidate| {
                    candidate.object("content", |content| {
                        content.list("parts", |parts| parts.object(write));
                        content.text("role", "model");
                    });
                    candidate.count("index", 0);
                });
            });
            head.write(body);
        });
        self.head = head;
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.done = true;
        if self.asked.form == Form::Array {
            out.extend_from_slice(b"]");
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        let Open::Call { id, name, kind, input, seal } = std::mem::replace(&mut self.open, Open::Nothing)
        else {
            return;
        };
        let Some(input) = object(&input, kind) else {
            self.broken = true;
            return;
        };
        let name = self.asked.names.own(&name).to_owned();
        let first = !std::mem::replace(&mut self.called, true);
        let seal = Bundle { own: seal, thoughts: std::mem::take(&mut self.thoughts) }.pack();
        let seal = seal.or_else(|| first.then(mark));
        self.part(out, |part| call(part, &id, &name, &input, seal.as_deref()));
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        let usage = self.usage;
        let reason = reason(finish, self.broken);
        let head = std::mem::replace(&mut self.head, Head { id: String::new(), model: String::new() });
        self.item(out, |body| {
            body.list("candidates", |list| {
                list.object(|candidate| {
                    // A content without parts makes Google's own `Chat` forget the whole turn.
                    candidate.object("content", |content| {
                        content.list("parts", |parts| parts.object(|part| part.text("text", "")));
                        content.text("role", "model");
                    });
                    candidate.text("finishReason", &reason);
                    candidate.count("index", 0);
                });
            });
            if let Some(usage) = usage {
                body.object("usageMetadata", |out| write_gemini(&usage, out));
            }
            head.write(body);
        });
        self.end(out);
    }
}

impl Write for Writer {
    fn rename(&mut self, names: Names) {
        self.asked.names = names;
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        if self.done {
            return;
        }
        match event {
            Event::Start { id, model, usage } => {
                self.head.replace(id, model, &self.asked);
                self.usage = *usage;
            }
            Event::Open(opening) => {
                self.open = match opening {
                    Opening::Text | Opening::Refusal => Open::Text,
                    Opening::Reasoning { summary } => {
                        Open::Thought { words: String::new(), summary: *summary }
                    }
                    Opening::ToolCall { id, name, kind } => Open::Call {
                        id: id.clone(),
                        name: name.clone(),
                        kind: *kind,
                        input: String::new(),
                        seal: None,
                    },
                    Opening::Media(one) => {
                        if shown(one) {
                            self.part(out, |part| media(part, one));
                        }
                        Open::Nothing
                    }
                };
            }
            Event::Piece(piece) => match &mut self.open {
                Open::Call { input, .. } => input.push_str(piece),
                Open::Thought { words, .. } => {
                    words.push_str(piece);
                    self.part(out, |part| text(part, piece, true, None));
                }
                Open::Text => self.part(out, |part| text(part, piece, false, None)),
                Open::Nothing => {}
            },
            Event::Seal(new) => match &mut self.open {
                Open::Call { seal, .. } => *seal = Some(new.clone()),
                Open::Thought { words, summary } => {
                    self.thoughts.extend(Thought::travelling(words, *summary, new));
                    self.part(out, |part| text(part, "", true, Some(&given(new))));
                }
                Open::Text => self.part(out, |part| text(part, "", false, Some(&given(new)))),
                Open::Nothing => {}
            },
            Event::Close => self.close(out),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(finish) => self.finish(finish, out),
            Event::Error(failed) => {
                self.item(out, |body| error(body, failed));
                self.end(out);
            }
        }
    }
}

impl Head {
    fn replace(&mut self, id: &str, model: &str, asked: &Asked) {
        if !id.is_empty() {
            id.clone_into(&mut self.id);
        }
        if asked.model.is_empty() {
            model.clone_into(&mut self.model);
        }
    }

    fn write(&self, out: &mut ObjectWriter<'_>) {
        out.maybe_text("modelVersion", Some(self.model.as_str()).filter(|model| !model.is_empty()));
        out.maybe_text("responseId", Some(self.id.as_str()).filter(|id| !id.is_empty()));
    }
}

/// Encodes a whole reply.
pub(crate) fn write_whole(reply: &Reply, asked: &Asked) -> Vec<u8> {
    let mut head = Head { id: asked.id.clone(), model: asked.model.clone() };
    head.replace(&reply.id, &reply.model, asked);
    let mut thoughts = Vec::new();
    let parts: Vec<Option<Part<'_>>> =
        reply.blocks.iter().filter_map(|block| part_of(block, asked, &mut thoughts)).collect();
    let broken = parts.iter().any(Option::is_none);
    let mut parts: Vec<Part<'_>> = parts.into_iter().flatten().collect();
    if let Some(Part::Call { seal, .. }) = parts.iter_mut().find(|part| matches!(part, Part::Call { .. })) {
        seal.get_or_insert_with(mark);
    }
    Json::object(1024, |body| {
        body.list("candidates", |list| {
            list.object(|candidate| {
                candidate.object("content", |content| {
                    content.list("parts", |list| {
                        // A content without parts is refused when it comes back.
                        if parts.is_empty() {
                            list.object(|part| part.text("text", ""));
                        }
                        for one in &parts {
                            list.object(|part| one.write(part));
                        }
                    });
                    content.text("role", "model");
                });
                candidate.text("finishReason", &reason(&reply.finish, broken));
                candidate.count("index", 0);
            });
        });
        if let Some(usage) = &reply.usage {
            body.object("usageMetadata", |out| write_gemini(usage, out));
        }
        head.write(body);
    })
}

/// A block that is fit to be written.
enum Part<'b> {
    Words { text: &'b str, thought: bool, seal: Option<Cow<'b, str>> },
    Call { id: &'b str, name: &'b str, input: Cow<'b, str>, seal: Option<String> },
    Media(&'b Media<'b>),
}

/// What a block becomes; `None`: nothing, `Some(None)`: a call that was cut. `thoughts`: the sealed ones since the last
/// call.
fn part_of<'b>(
    block: &'b Block<'static>,
    asked: &'b Asked,
    thoughts: &mut Vec<Thought>,
) -> Option<Option<Part<'b>>> {
    Some(Some(match block {
        Block::Text { text, seal, .. } => {
            Part::Words { text, thought: false, seal: seal.as_ref().map(given) }
        }
        Block::Refusal(text) => Part::Words { text, thought: false, seal: None },
        Block::Reasoning { text, seal, summary } => {
            thoughts.extend(seal.as_ref().and_then(|seal| Thought::travelling(text, *summary, seal)));
            Part::Words { text, thought: true, seal: seal.as_ref().map(given) }
        }
        Block::ToolCall(call) => match object(&call.input, call.kind) {
            Some(input) => {
                let bundle = Bundle { own: call.seal.clone(), thoughts: std::mem::take(thoughts) };
                Part::Call { id: &call.id, name: asked.names.own(&call.name), input, seal: bundle.pack() }
            }
            None => return Some(None),
        },
        Block::Media(media) if shown(media) => Part::Media(media),
        // Only a request has results.
        Block::Media(_) | Block::ToolResult(_) => return None,
    }))
}

impl Part<'_> {
    fn write(&self, part: &mut ObjectWriter<'_>) {
        match self {
            Self::Words { text: words, thought, seal } => text(part, words, *thought, seal.as_deref()),
            Self::Call { id, name, input, seal } => call(part, id, name, input, seal.as_deref()),
            Self::Media(one) => media(part, one),
        }
    }
}

/// The seal as the client keeps it: base64, which Python's and Go's SDKs decode.
fn given<'s>(seal: &'s Seal<'_>) -> Cow<'s, str> {
    let own = seal.dialect == crate::Dialect::Gemini && seal.issuer.is_empty();
    if own { Cow::Borrowed(seal.data.as_ref()) } else { Cow::Owned(seal.pack()) }
}
