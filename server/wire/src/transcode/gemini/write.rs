//! A reply for a client. A chunk of a stream is a reply of its own, with what is new.

use super::NO_SIGNATURE;
use crate::conversation::{Block, Media, Names, Seal, Source, ToolKind};
use crate::json::tree::{Node, Value};
use crate::json::write::{ObjectWriter, Writer as Json};
use crate::transcode::reply::arguments;
use crate::transcode::{Form, Write};
use crate::usage::write_gemini;
use crate::{Asked, Event, Finish, Opening, ProviderError, Reply, Usage};
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
    Thought,
    /// Held until it is whole.
    Call {
        id: String,
        name: String,
        kind: ToolKind,
        input: String,
        seal: Option<String>,
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
        let stand_in = Some(NO_SIGNATURE[0]).filter(|_| !std::mem::replace(&mut self.called, true));
        let seal = seal.as_deref().or(stand_in);
        self.part(out, |part| call(part, &id, &name, &input, seal));
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
                    Opening::Reasoning { .. } => Open::Thought,
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
                Open::Thought => self.part(out, |part| text(part, piece, true, None)),
                Open::Text => self.part(out, |part| text(part, piece, false, None)),
                Open::Nothing => {}
            },
            Event::Seal(new) => match &mut self.open {
                Open::Call { seal, .. } => *seal = Some(given(new).into_owned()),
                Open::Thought => self.part(out, |part| text(part, "", true, Some(&given(new)))),
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
    let parts: Vec<Option<Part<'_>>> =
        reply.blocks.iter().filter_map(|block| part_of(block, asked)).collect();
    let broken = parts.iter().any(Option::is_none);
    let mut parts: Vec<Part<'_>> = parts.into_iter().flatten().collect();
    if let Some(Part::Call { seal, .. }) = parts.iter_mut().find(|part| matches!(part, Part::Call { .. })) {
        seal.get_or_insert(Cow::Borrowed(NO_SIGNATURE[0]));
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
    Call { id: &'b str, name: &'b str, input: Cow<'b, str>, seal: Option<Cow<'b, str>> },
    Media(&'b Media<'b>),
}

/// What a block becomes; `None`: nothing, `Some(None)`: a call that was cut.
fn part_of<'b>(block: &'b Block<'_>, asked: &'b Asked) -> Option<Option<Part<'b>>> {
    Some(Some(match block {
        Block::Text { text, seal, .. } => {
            Part::Words { text, thought: false, seal: seal.as_ref().map(given) }
        }
        Block::Refusal(text) => Part::Words { text, thought: false, seal: None },
        Block::Reasoning { text, seal, .. } => {
            Part::Words { text, thought: true, seal: seal.as_ref().map(given) }
        }
        Block::ToolCall(call) => match object(&call.input, call.kind) {
            Some(input) => {
                let (name, seal) = (asked.names.own(&call.name), call.seal.as_ref().map(given));
                Part::Call { id: &call.id, name, input, seal }
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

fn text(part: &mut ObjectWriter<'_>, text: &str, thought: bool, seal: Option<&str>) {
    part.text("text", text);
    if thought {
        part.bool("thought", true);
    }
    part.maybe_text("thoughtSignature", seal);
}

fn call(part: &mut ObjectWriter<'_>, id: &str, name: &str, input: &str, seal: Option<&str>) {
    part.object("functionCall", |out| {
        out.text("id", id);
        out.text("name", name);
        out.raw("args", input);
    });
    part.maybe_text("thoughtSignature", seal);
}

/// Whether Gemini has a part for it.
fn shown(media: &Media<'_>) -> bool {
    !matches!(media.source, Source::File { .. })
}

fn media(part: &mut ObjectWriter<'_>, media: &Media<'_>) {
    match &media.source {
        Source::Base64 { mime, data } => part.object("inlineData", |out| {
            out.text("mimeType", mime);
            out.text("data", data);
        }),
        Source::Url { url, mime } => part.object("fileData", |out| {
            out.maybe_text("mimeType", mime.as_deref());
            out.text("fileUri", url);
        }),
        Source::Text(text) => part.text("text", text),
        Source::File { .. } => {}
    }
}

/// The arguments as an object; `None`: they were cut or are no object, and Gemini has no way to say so but in the
/// reason.
fn object(input: &str, kind: ToolKind) -> Option<Cow<'_, str>> {
    if kind == ToolKind::Custom {
        let text = Json::object(input.len() + 16, |out| out.text("input", input));
        return String::from_utf8(text).ok().map(Cow::Owned);
    }
    let input = arguments(input, kind);
    let object = matches!(Node::parse(&input), Ok(Node { value: Value::Object(_), .. }));
    object.then_some(input)
}

/// The seal as the client keeps it: base64, which Python's and Go's SDKs decode.
fn given<'s>(seal: &'s Seal<'_>) -> Cow<'s, str> {
    let own = seal.dialect == crate::Dialect::Gemini && seal.issuer.is_empty();
    if own { Cow::Borrowed(seal.data.as_ref()) } else { Cow::Owned(seal.pack()) }
}

fn reason(finish: &Finish, broken: bool) -> Cow<'_, str> {
    Cow::Borrowed(match finish {
        Finish::Length | Finish::Window => "MAX_TOKENS",
        Finish::Filtered | Finish::Refused => "SAFETY",
        _ if broken => "MALFORMED_FUNCTION_CALL",
        // Calls are no reason of their own.
        Finish::Stop | Finish::StopSequence(_) | Finish::ToolCalls | Finish::Paused => "STOP",
        Finish::Other(word)
            if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') =>
        {
            word
        }
        Finish::Other(_) => "OTHER",
    })
}

/// Google's errors have a status number, which its SDKs go by, and the name of a gRPC code. A code that is neither is
/// told as the reason.
fn error(body: &mut ObjectWriter<'_>, error: &ProviderError) {
    let number = error.code.parse().ok().filter(|code: &u16| (400..600).contains(code));
    let status = error.status.or(number).unwrap_or(500);
    let grpc =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let name = match status {
        _ if grpc(&error.kind) => error.kind.as_str(),
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        400..=499 => "INVALID_ARGUMENT",
        502 | 503 | 529 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
    let told = [&error.code, &error.kind]
        .into_iter()
        .find(|word| !word.is_empty() && word.as_str() != name && word.parse::<u16>() != Ok(status));
    body.object("error", |out| {
        out.count("code", status.into());
        out.text("message", &error.message);
        out.text("status", name);
        if let Some(reason) = told {
            out.list("details", |list| {
                list.object(|detail| {
                    detail.text("@type", "type.googleapis.com/google.rpc.ErrorInfo");
                    detail.text("reason", reason);
                });
            });
        }
    });
}
