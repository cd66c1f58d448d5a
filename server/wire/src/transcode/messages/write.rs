//! A reply for a client.

mod whole;

pub(crate) use whole::write_whole;

use super::{ids, seals};
use crate::conversation::{Media, Names, Seal, Source, ToolKind};
use crate::json::write::{ObjectWriter, Writer as Json};
use crate::rescue::Tail;
use crate::transcode::free_text;
use crate::transcode::{Opening, Write};
use crate::usage::write_messages;
use crate::{Asked, Event, Finish, ProviderError, Usage};

/// Encodes a stream.
pub(crate) struct Writer {
    asked: Asked,
    /// The index of the next block, or of the one that is open.
    index: u64,
    open: Open,
    usage: Usage,
    calls: bool,
    started: bool,
    /// Nothing more may follow.
    done: bool,
}

/// The block that is open.
enum Open {
    None,
    /// Begins with its first word: clients stumble over empty ones.
    Text {
        begun: bool,
    },
    /// Is redacted if no word comes before its seal does.
    Thought {
        begun: bool,
        seal: Option<Seal<'static>>,
    },
    /// A call that was not told yet. It waits for its second piece: Gemini's come in one piece with the seal after it,
    /// and the seal must stand before the call.
    Waiting(Waiting),
    Call {
        any: bool,
    },
    /// A call with free text, which becomes JSON when it is whole.
    Custom {
        input: String,
    },
}

/// A call that was not told yet.
struct Waiting {
    id: String,
    name: String,
    kind: ToolKind,
    input: String,
}

impl Writer {
    /// For the client that asked so.
    pub(crate) fn new(asked: Asked) -> Self {
        Self {
            asked,
            index: 0,
            open: Open::None,
            usage: Usage::default(),
            calls: false,
            started: false,
            done: false,
        }
    }

    fn start(&mut self, id: &str, model: &str, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        frame(out, "message_start", |event| {
            event.object("message", |message| {
                head(message, id, model, &self.asked);
                message.list("content", |_| {});
                message.null("stop_reason");
                message.null("stop_sequence");
                message.object("usage", |usage| write_messages(&self.usage, usage));
            });
        });
        frame(out, "ping", |_| {});
    }

    fn begin(&mut self, out: &mut Vec<u8>, block: impl FnOnce(&mut ObjectWriter<'_>)) {
        frame(out, "content_block_start", |event| {
            event.count("index", self.index);
            event.object("content_block", block);
        });
    }

    fn delta(&self, out: &mut Vec<u8>, kind: &str, key: &str, piece: &str) {
        frame(out, "content_block_delta", |event| {
            event.count("index", self.index);
            event.object("delta", |delta| {
                delta.text("type", kind);
                delta.text(key, piece);
            });
        });
    }

    fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        self.close(out);
        self.open = match opening {
            // A refusal is text here; that it is one, the stop reason says.
            Opening::Text | Opening::Refusal => Open::Text { begun: false },
            Opening::Reasoning { .. } => Open::Thought { begun: false, seal: None },
            Opening::ToolCall { id, name, kind } => {
                self.calls = true;
                let (id, name) = (id.clone(), self.asked.names.own(name).to_owned());
                Open::Waiting(Waiting { id, name, kind: *kind, input: String::new() })
            }
            Opening::Media(media) => {
                self.open = Open::Text { begun: false };
                self.piece(&described(media), out);
                return;
            }
        };
    }

    /// Tells a call that was waiting. Its seal goes before it, as a thought without words, which clients send back; there
    /// [`seals::return_to_call`] finds it. A text's seal has no such place: the model's last word must stay the last block
    /// (Claude Code's `-p` prints no other), and Google asks for the seals of calls only.
    fn tell(&mut self, seal: Option<&Seal<'_>>, out: &mut Vec<u8>) {
        let Waiting { id, name, kind, input } = match std::mem::replace(&mut self.open, Open::None) {
            Open::Waiting(waiting) => waiting,
            other => {
                self.open = other;
                return;
            }
        };
        if let Some(seal) = seal {
            self.begin(out, |block| redacted(block, seal));
            self.end_block(out);
        }
        self.begin(out, |block| {
            block.text("type", "tool_use");
            block.text("id", &ids::shown(&id));
            block.text("name", &name);
            block.object("input", |_| {});
        });
        self.open = match kind {
            ToolKind::Custom => Open::Custom { input },
            ToolKind::Function if input.is_empty() => Open::Call { any: false },
            ToolKind::Function => {
                self.delta(out, "input_json_delta", "partial_json", &input);
                Open::Call { any: true }
            }
        };
    }

    fn end_block(&mut self, out: &mut Vec<u8>) {
        frame(out, "content_block_stop", |event| event.count("index", self.index));
        self.index += 1;
    }

    fn piece(&mut self, piece: &str, out: &mut Vec<u8>) {
        match &mut self.open {
            Open::Waiting(waiting) if waiting.input.is_empty() => return waiting.input.push_str(piece),
            Open::Waiting(_) => self.tell(None, out),
            _ => {}
        }
        match &mut self.open {
            Open::None | Open::Waiting(_) => {}
            Open::Custom { input } => input.push_str(piece),
            Open::Call { any } => {
                *any = true;
                self.delta(out, "input_json_delta", "partial_json", piece);
            }
            Open::Text { begun } => {
                if !std::mem::replace(begun, true) {
                    self.begin(out, |block| {
                        block.text("type", "text");
                        block.text("text", "");
                    });
                }
                self.delta(out, "text_delta", "text", piece);
            }
            Open::Thought { begun, .. } => {
                if !std::mem::replace(begun, true) {
                    self.begin(out, |block| {
                        block.text("type", "thinking");
                        block.text("thinking", "");
                        block.text("signature", "");
                    });
                }
                self.delta(out, "thinking_delta", "thinking", piece);
            }
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        self.tell(None, out);
        match std::mem::replace(&mut self.open, Open::None) {
            Open::None
            | Open::Waiting(_)
            | Open::Text { begun: false }
            | Open::Thought { begun: false, seal: None } => return,
            Open::Text { begun: true }
            | Open::Call { any: true }
            | Open::Thought { begun: true, seal: None } => {}
            // Clients put the input together from its pieces.
            Open::Call { any: false } => self.delta(out, "input_json_delta", "partial_json", "{}"),
            Open::Custom { input } => {
                self.delta(out, "input_json_delta", "partial_json", &free_text::arguments(&input));
            }
            Open::Thought { begun: true, seal: Some(seal) } => {
                self.delta(out, "signature_delta", "signature", &seals::shown(&seal));
            }
            Open::Thought { begun: false, seal: Some(seal) } => {
                if is_redacted("", &seal) {
                    self.begin(out, |block| redacted(block, &seal));
                } else {
                    self.begin(out, |block| {
                        block.text("type", "thinking");
                        block.text("thinking", "");
                        block.text("signature", "");
                    });
                    self.delta(out, "signature_delta", "signature", &seals::shown(&seal));
                }
            }
        }
        self.end_block(out);
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        self.start("", "", out);
        self.close(out);
        frame(out, "message_delta", |event| {
            event.object("delta", |delta| stop(delta, finish, self.calls));
            event.object("usage", |usage| write_messages(&self.usage, usage));
        });
        frame(out, "message_stop", |_| {});
    }
}

impl Write for Writer {
    fn rename(&mut self, names: Names) {
        self.asked.names = names;
    }

    fn take_over(&mut self, tail: &Tail) -> bool {
        self.index = tail.open.unwrap_or(tail.next);
        match (&mut self.open, tail.open) {
            (Open::Text { begun } | Open::Thought { begun, .. }, Some(_)) => {
                *begun = true;
                true
            }
            (open, began) => matches!(open, Open::None) && began.is_none(),
        }
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        if self.done {
            return;
        }
        match event {
            Event::Start { id, model, usage } => {
                self.usage = usage.unwrap_or_default();
                self.start(id, model, out);
            }
            Event::Open(opening) => {
                self.start("", "", out);
                self.open(opening, out);
            }
            Event::Piece(piece) => self.piece(piece, out),
            Event::Seal(new) => match &mut self.open {
                Open::Thought { seal, .. } => *seal = Some(new.clone()),
                _ => self.tell(Some(new), out),
            },
            Event::Close => self.close(out),
            Event::Usage(usage) => self.usage = *usage,
            Event::Finish(finish) => {
                self.finish(finish, out);
                self.done = true;
            }
            Event::Error(error) => {
                frame(out, "error", |event| write_error(event, error));
                self.done = true;
            }
        }
    }
}

fn redacted(block: &mut ObjectWriter<'_>, seal: &Seal<'_>) {
    block.text("type", "redacted_thinking");
    block.text("data", &seals::shown(seal));
}

/// Whether a thought is shown as `redacted_thinking`: a lone seal of another vendor's, which clients keep and send
/// back as it is, where some lose a `thinking` block without text (zendev-sh/goai#142, 2026-08-01). Of this dialect's
/// own seals each stays what it was.
fn is_redacted(text: &str, seal: &Seal<'_>) -> bool {
    let own = seal.dialect == crate::Dialect::Messages;
    text.is_empty() && (!own || seals::unmark(&seal.data).is_some())
}

/// Model's pictures have no block here; that there was one is told all the same.
fn described(media: &Media<'_>) -> String {
    match &media.source {
        Source::Url { url, .. } => url.to_string(),
        Source::Text(text) => text.to_string(),
        Source::Base64 { mime, .. } => format!("[{mime}: the Messages API cannot carry it]"),
        Source::File { id } => format!("[file {id}: the Messages API cannot carry it]"),
    }
}

fn head(message: &mut ObjectWriter<'_>, id: &str, model: &str, asked: &Asked) {
    if id.is_empty() {
        message.text("id", &format!("msg_{}", asked.id));
    } else {
        message.text("id", id);
    }
    message.text("type", "message");
    message.text("role", "assistant");
    message.text("model", if asked.model.is_empty() { model } else { &asked.model });
}

fn stop(object: &mut ObjectWriter<'_>, finish: &Finish, calls: bool) {
    let reason = match finish {
        // An agent that is told the turn has ended makes no call (BerriAI/litellm#34692).
        Finish::Stop | Finish::Other(_) if calls => "tool_use",
        Finish::Stop | Finish::Other(_) => "end_turn",
        Finish::StopSequence(_) => "stop_sequence",
        Finish::Length => "max_tokens",
        Finish::Window => "model_context_window_exceeded",
        Finish::ToolCalls => "tool_use",
        Finish::Filtered | Finish::Refused => "refusal",
        Finish::Paused => "pause_turn",
    };
    object.text("stop_reason", reason);
    match finish {
        Finish::StopSequence(Some(sequence)) => object.text("stop_sequence", sequence),
        _ => object.null("stop_sequence"),
    }
}

/// The provider's own words. Clients go by the type, so one is found where the provider states none.
fn write_error(event: &mut ObjectWriter<'_>, error: &ProviderError) {
    event.object("error", |object| {
        // SDKs know Anthropic's own classes and retry by them.
        let own = KINDS.contains(&error.kind.as_str());
        object.text("type", if own { &error.kind } else { kind_of(error.status) });
        object.text("message", &error.message);
        if !error.code.is_empty() {
            object.text("code", &error.code);
        }
    });
}

/// Anthropic's classes of errors.
const KINDS: [&str; 10] = [
    "api_error",
    "authentication_error",
    "billing_error",
    "invalid_request_error",
    "not_found_error",
    "overloaded_error",
    "permission_error",
    "rate_limit_error",
    "request_too_large",
    "timeout_error",
];

/// Anthropic's class of error for a status.
pub(crate) fn kind_of(status: Option<u16>) -> &'static str {
    match status {
        Some(400 | 422) => "invalid_request_error",
        Some(401) => "authentication_error",
        Some(402) => "billing_error",
        Some(403) => "permission_error",
        Some(404) => "not_found_error",
        Some(413) => "request_too_large",
        Some(429) => "rate_limit_error",
        Some(503 | 529) => "overloaded_error",
        Some(504) => "timeout_error",
        _ => "api_error",
    }
}

fn frame(out: &mut Vec<u8>, event: &str, write: impl FnOnce(&mut ObjectWriter<'_>)) {
    out.extend(b"event: ");
    out.extend(event.as_bytes());
    out.extend(b"\ndata: ");
    Json::append(out, |object| {
        object.text("type", event);
        write(object);
    });
    out.extend(b"\n\n");
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;

#[cfg(test)]
pub(crate) use tests::well_formed;
