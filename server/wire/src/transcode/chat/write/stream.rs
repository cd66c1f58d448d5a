//! A stream.

use super::{extra_content, finish_reason, free_text, head, image, picture};
use crate::conversation::{Names, Seal, ToolKind};
use crate::json::write::{ObjectWriter, Writer as Json};
use crate::transcode::Write;
use crate::transcode::chat::details;
use crate::usage::write_chat;
use crate::{Asked, Event, Finish, Opening, ProviderError, Usage};

/// Encodes a stream.
pub(crate) struct Writer {
    asked: Asked,
    id: String,
    model: String,
    usage: Option<Usage>,
    open: Open,
    /// Whether it was said who speaks.
    introduced: bool,
    calls: u64,
    images: u64,
    details: u64,
    refused: bool,
    ended: bool,
}

/// The block that is open.
enum Open {
    Nothing,
    Text,
    Refusal,
    Reasoning {
        summary: bool,
        /// Its words, which a proof repeats.
        words: String,
    },
    /// A call that was not told yet. It waits for its second piece: Gemini's come in one piece with the seal after
    /// it, and the AI SDK sees a seal only in a call's first chunk (vercel/ai, openai-compatible).
    Waiting(Waiting),
    /// A call that is being told.
    Call {
        any: bool,
    },
    /// A call with free text, told when it is whole: out of JSON it cannot be told in pieces.
    Custom(Waiting),
}

#[derive(Default)]
struct Waiting {
    id: String,
    name: String,
    input: Option<String>,
    wrapped: bool,
}

impl Writer {
    /// For the client that asked so.
    pub(crate) fn new(asked: Asked) -> Self {
        Self {
            asked,
            id: String::new(),
            model: String::new(),
            usage: None,
            open: Open::Nothing,
            introduced: false,
            calls: 0,
            images: 0,
            details: 0,
            refused: false,
            ended: false,
        }
    }

    /// One chunk.
    fn chunk(&self, out: &mut Vec<u8>, finish: Option<&Finish>, delta: impl FnOnce(&mut ObjectWriter<'_>)) {
        self.frame(out, |chunk| {
            chunk.list("choices", |choices| {
                choices.object(|choice| {
                    choice.count("index", 0);
                    choice.object("delta", delta);
                    choice.null("logprobs");
                    match finish {
                        Some(finish) => finish_reason(choice, finish, self.refused),
                        None => choice.null("finish_reason"),
                    }
                });
            });
            if self.asked.stream_usage {
                chunk.null("usage");
            }
        });
    }

    fn frame(&self, out: &mut Vec<u8>, rest: impl FnOnce(&mut ObjectWriter<'_>)) {
        out.extend(b"data: ");
        Json::append(out, |chunk| {
            head(chunk, "chat.completion.chunk", &self.id, &self.model, &self.asked);
            rest(chunk);
        });
        out.extend(b"\n\n");
    }

    /// Says who speaks, once. Before a call or a thought `content` is null, as OpenAI and DeepSeek have it.
    fn introduce(&mut self, out: &mut Vec<u8>, content: bool) {
        if !std::mem::replace(&mut self.introduced, true) {
            self.chunk(out, None, |delta| {
                delta.text("role", "assistant");
                if content {
                    delta.text("content", "");
                    delta.null("refusal");
                } else {
                    delta.null("content");
                }
            });
        }
    }

    fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        self.open = match opening {
            Opening::Text | Opening::Refusal | Opening::Media(_) => {
                self.introduce(out, true);
                match opening {
                    Opening::Text => Open::Text,
                    Opening::Refusal => Open::Refusal,
                    _ => Open::Nothing,
                }
            }
            Opening::Reasoning { summary } => {
                self.introduce(out, false);
                Open::Reasoning { summary: *summary, words: String::new() }
            }
            Opening::ToolCall { id, name, kind } => {
                let name = self.asked.names.own(name).to_owned();
                let custom = self.asked.names.is_custom(&name) || *kind == ToolKind::Custom;
                let wrapped = *kind == ToolKind::Function;
                let waiting = Waiting { id: id.clone(), name, input: None, wrapped };
                if custom { Open::Custom(waiting) } else { Open::Waiting(waiting) }
            }
        };
        if let Opening::Media(media) = opening
            && let Some(url) = picture(media)
        {
            let index = self.images;
            self.images += 1;
            self.chunk(out, None, |delta| delta.list("images", |list| image(list, &url, index)));
        }
    }

    fn piece(&mut self, piece: &str, out: &mut Vec<u8>) {
        match &mut self.open {
            Open::Nothing => {}
            Open::Text => self.chunk(out, None, |delta| delta.text("content", piece)),
            Open::Refusal => {
                self.refused = true;
                self.chunk(out, None, |delta| delta.text("refusal", piece));
            }
            Open::Reasoning { words, .. } => {
                words.push_str(piece);
                self.chunk(out, None, |delta| delta.text("reasoning_content", piece));
            }
            Open::Custom(waiting) => waiting.input.get_or_insert_default().push_str(piece),
            Open::Waiting(waiting) if waiting.input.is_none() => waiting.input = Some(piece.to_owned()),
            Open::Waiting(_) => {
                self.tell(None, out);
                self.arguments(piece, out);
            }
            Open::Call { any } => {
                *any = true;
                self.arguments(piece, out);
            }
        }
    }

    fn arguments(&self, piece: &str, out: &mut Vec<u8>) {
        let index = self.calls.saturating_sub(1);
        self.chunk(out, None, |delta| {
            delta.list("tool_calls", |list| {
                list.object(|call| {
                    call.count("index", index);
                    call.object("function", |function| function.text("arguments", piece));
                });
            });
        });
    }

    /// Tells a call that was waiting.
    fn tell(&mut self, seal: Option<&Seal<'_>>, out: &mut Vec<u8>) {
        let (waiting, custom) = match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Waiting(waiting) => (waiting, false),
            Open::Custom(waiting) => (waiting, true),
            other => {
                self.open = other;
                return;
            }
        };
        let any = waiting.input.is_some();
        let (index, first) = (self.calls, !std::mem::replace(&mut self.introduced, true));
        self.calls += 1;
        let input = waiting.input.unwrap_or_default();
        self.chunk(out, None, |delta| {
            if first {
                delta.text("role", "assistant");
                delta.null("content");
            }
            delta.list("tool_calls", |list| {
                list.object(|call| {
                    call.count("index", index);
                    call.text("id", &waiting.id);
                    call.text("type", if custom { "custom" } else { "function" });
                    if custom {
                        let text = if waiting.wrapped { free_text(&input) } else { input.as_str().into() };
                        call.object("custom", |inner| {
                            inner.text("name", &waiting.name);
                            inner.text("input", &text);
                        });
                    } else {
                        call.object("function", |inner| {
                            inner.text("name", &waiting.name);
                            inner.text("arguments", &input);
                        });
                    }
                    if let Some(seal) = seal {
                        extra_content(call, seal);
                    }
                });
            });
        });
        self.open = if custom { Open::Nothing } else { Open::Call { any } };
    }

    fn seal(&mut self, seal: &Seal<'_>, out: &mut Vec<u8>) {
        match &self.open {
            Open::Text => self.chunk(out, None, |delta| extra_content(delta, seal)),
            Open::Reasoning { summary, words } => {
                let mut index = self.details;
                self.chunk(out, None, |delta| {
                    delta.list("reasoning_details", |list| {
                        details::write_sealed(list, words, *summary, seal, &mut index);
                    });
                });
                self.details = index;
            }
            Open::Waiting(_) | Open::Custom(_) => self.tell(Some(seal), out),
            Open::Call { .. } => {
                let index = self.calls.saturating_sub(1);
                self.chunk(out, None, |delta| {
                    delta.list("tool_calls", |list| {
                        list.object(|call| {
                            call.count("index", index);
                            extra_content(call, seal);
                        });
                    });
                });
            }
            Open::Nothing | Open::Refusal => {}
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        self.tell(None, out);
        // No arguments at all are an empty object; clients parse what they are given.
        if let Open::Call { any: false } = self.open {
            self.arguments("{}", out);
        }
        self.open = Open::Nothing;
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        self.introduce(out, true);
        self.chunk(out, Some(finish), |_| {});
        if let Some(usage) = self.usage.filter(|_| self.asked.stream_usage) {
            self.frame(out, |chunk| {
                chunk.list("choices", |_| {});
                chunk.object("usage", |object| write_chat(&usage, object));
            });
        }
        out.extend(b"data: [DONE]\n\n");
    }
}

impl Write for Writer {
    fn rename(&mut self, names: Names) {
        self.asked.names = names;
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        if self.ended {
            return;
        }
        match event {
            Event::Start { id, model, usage } => {
                (self.id, self.model) = (id.clone(), model.clone());
                self.usage = usage.or(self.usage);
            }
            Event::Open(opening) => self.open(opening, out),
            Event::Piece(piece) => self.piece(piece, out),
            Event::Seal(seal) => self.seal(seal, out),
            Event::Close => self.close(out),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(reason) => {
                self.finish(reason, out);
                self.ended = true;
            }
            Event::Error(failure) => {
                error(failure, out);
                self.ended = true;
            }
        }
    }
}

/// The error inside the stream, in the provider's own words. Nothing follows: `[DONE]` would make a broken reply
/// look whole.
fn error(error: &ProviderError, out: &mut Vec<u8>) {
    out.extend(b"data: ");
    Json::append(out, |body| {
        body.object("error", |inner| {
            inner.text("message", &error.message);
            inner.text("type", if error.kind.is_empty() { "server_error" } else { &error.kind });
            inner.null("param");
            match error.code.is_empty() {
                true => inner.null("code"),
                false => inner.text("code", &error.code),
            }
        });
    });
    out.extend(b"\n\n");
}
