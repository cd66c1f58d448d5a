//! A provider's reply.
//!
//! A whole reply is read as a stream of one chunk, so that both go the same way.

mod calls;
mod slots;

use super::details::Detail;
use super::{data_url, signature};
use crate::conversation::{Media, MediaKind, Seal, Source};
use crate::json::tree::{Node, Object, Path, Value};
use crate::transcode::Read;
use crate::{Dialect, Event, Finish, Malformed, Reply};
use slots::{Slots, What};

/// Decodes a stream.
pub(crate) struct Reader {
    id: String,
    model: String,
    started: bool,
    slots: Slots,
    /// Which member tells the reasoning.
    told_by: Option<Teller>,
    finish: Option<Finish>,
    refused: bool,
    ended: bool,
}

/// The members that tell reasoning. Several providers tell it in two of them at once, for clients of either kind
/// (MoonshotAI/kimi-code#3928, 2026-09-19; OpenRouter), some with the proofs only at the end: the first one with
/// words is believed from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Teller {
    /// OpenRouter's `reasoning_details`.
    Details,
    /// DeepSeek's `reasoning_content`.
    ReasoningContent,
    /// `reasoning`: vLLM, Groq, OpenRouter.
    Reasoning,
}

impl Reader {
    /// For a stream of `issuer`'s.
    pub(crate) fn new(issuer: &str) -> Self {
        Self {
            id: String::new(),
            model: String::new(),
            started: false,
            slots: Slots::new(issuer),
            told_by: None,
            finish: None,
            refused: false,
            ended: false,
        }
    }

    fn start(&mut self, out: &mut Vec<Event>) {
        if !std::mem::replace(&mut self.started, true) {
            let (id, model) = (self.id.clone(), self.model.clone());
            out.push(Event::Start { id, model, usage: None });
        }
    }

    /// A chunk of a stream, or a whole reply.
    fn chunk(&mut self, mut body: Object<'_>, out: &mut Vec<Event>) {
        for (kept, key) in [(&mut self.id, "id"), (&mut self.model, "model")] {
            if kept.is_empty() {
                *kept = body.lenient_text(key).unwrap_or_default().into_owned();
            }
        }
        // Only the first of several answers (`n`) is asked for. Azure's first chunk has none, nor a name yet.
        let choices = body.lenient_objects("choices").into_iter();
        let first = |choice: &Object<'_>| choice.get("index").is_none_or(|index| index.raw == "0");
        let Some(mut choice) = choices.into_iter().find(first) else { return };
        self.slots.reply(&self.id);
        self.start(out);

        match (choice.lenient_object("delta"), choice.lenient_object("message")) {
            (Some(delta), _) if !delta.is_empty() => self.delta(delta, false),
            // MiniMax repeats the whole answer as a `message` in its last chunk.
            (_, Some(message)) if self.slots.unused() => self.delta(message, true),
            _ => {}
        }
        if self.finish.is_none() {
            // The first stands: some say `tool_calls`, then `stop` (CLIProxyAPI#876).
            self.finish = choice.lenient_text("finish_reason").and_then(|word| finish(&word));
        }
        self.slots.flow(out);
    }

    fn delta(&mut self, mut delta: Object<'_>, whole: bool) {
        self.reasoning(&mut delta);
        match delta.take("content").map(|node| node.value) {
            Some(Value::Text(text)) => self.slots.words(What::Text, &text),
            Some(Value::List(parts)) => parts.into_iter().for_each(|part| self.part(part)),
            _ => {}
        }
        if let Some(refusal) = delta.lenient_text("refusal").filter(|text| !text.is_empty()) {
            self.refuse(&refusal);
        }
        // OpenRouter, for models that draw.
        for image in delta.lenient_objects("images") {
            self.image(image);
        }
        for (at, call) in delta.lenient_objects("tool_calls").into_iter().enumerate() {
            self.slots.call(call, whole.then_some(at as u64));
        }
        // What OpenAI had before `tool_calls`.
        if let Some(call) = delta.lenient_object("function_call") {
            self.slots.function_call(call);
        }
        // Google's own endpoint seals a text so, in a chunk of its own (mozilla-ai/any-llm#1320, 2026-08-19).
        if let Some(text) = signature(&mut delta) {
            self.slots.seal_text(&text);
        }
    }

    fn reasoning(&mut self, delta: &mut Object<'_>) {
        let details: Vec<Detail> =
            delta.lenient_objects("reasoning_details").into_iter().filter_map(Detail::read).collect();
        let content = delta.lenient_text("reasoning_content").unwrap_or_default();
        let plain = delta.lenient_text("reasoning").unwrap_or_default();
        let teller = if details.iter().any(|detail| !detail.words.is_empty()) {
            Some(Teller::Details)
        } else if !content.is_empty() {
            Some(Teller::ReasoningContent)
        } else if !plain.is_empty() {
            Some(Teller::Reasoning)
        } else {
            None
        };
        self.told_by = self.told_by.or(teller);
        match self.told_by {
            Some(Teller::ReasoningContent) => self.slots.think(&content),
            Some(Teller::Reasoning) => self.slots.think(&plain),
            Some(Teller::Details) | None => {}
        }
        for mut detail in details {
            if self.told_by != Some(Teller::Details) {
                detail.words.clear();
            }
            self.slots.detail(detail);
        }
    }

    /// A part of `content`, as Mistral and some gateways have it.
    fn part(&mut self, part: Node<'_>) {
        let mut part = match part.value {
            Value::Object(part) => part,
            Value::Text(text) => return self.slots.words(What::Text, &text),
            _ => return,
        };
        match part.lenient_text("type").as_deref() {
            Some("text" | "output_text") | None => {
                self.slots.words(What::Text, &part.lenient_text("text").unwrap_or_default());
            }
            Some("refusal") => self.refuse(&part.lenient_text("refusal").unwrap_or_default()),
            // Mistral's Magistral.
            Some("thinking") => match part.take("thinking").map(|node| node.value) {
                Some(Value::Text(text)) => self.slots.think(&text),
                Some(Value::List(list)) => {
                    for node in list {
                        if let Value::Object(mut text) = node.value {
                            self.slots.think(&text.lenient_text("text").unwrap_or_default());
                        }
                    }
                }
                _ => {}
            },
            Some("image_url") => self.image(part),
            // References and the like, which are no part of what was said.
            Some(_) => {}
        }
    }

    fn refuse(&mut self, words: &str) {
        self.refused |= !words.is_empty();
        self.slots.words(What::Refusal, words);
    }

    fn image(&mut self, mut image: Object<'_>) {
        let url = match image.take("image_url").map(|node| node.value) {
            Some(Value::Text(url)) => Some(url),
            Some(Value::Object(mut inner)) => inner.lenient_text("url"),
            _ => None,
        };
        let Some(url) = url.filter(|url| !url.is_empty()) else { return };
        let source = match data_url(&url) {
            Some((mime, data)) => {
                Source::Base64 { mime: mime.to_owned().into(), data: data.to_owned().into() }
            }
            None => Source::Url { url: url.into_owned().into(), mime: None },
        };
        let kind = MediaKind::Image;
        self.slots.media(Media { kind, source, name: None, detail: None, cache: None });
    }

    fn finished(&mut self, finish: Finish, out: &mut Vec<Event>) {
        self.ended = true;
        let calls = self.slots.any_calls();
        let finish = match finish.with_calls(calls) {
            // A client would wait for calls that never came.
            Finish::ToolCalls if !calls => Finish::Stop,
            Finish::Stop if self.refused => Finish::Refused,
            finish => finish,
        };
        out.push(Event::Finish(finish));
    }
}

impl Read for Reader {
    fn document(&mut self, _event: &str, body: Object<'_>, out: &mut Vec<Event>) {
        if !self.ended {
            self.chunk(body, out);
        }
    }

    /// Usage comes after the finish reason, so the finish waits for this.
    fn done(&mut self, out: &mut Vec<Event>) {
        if self.ended {
            return;
        }
        self.slots.close_all(out);
        // Whoever says `[DONE]` is done, with or without a reason.
        if self.started {
            let finish = self.finish.take().unwrap_or_default();
            self.finished(finish, out);
        }
    }

    /// Some never say `[DONE]` (xAI), but a reason they have.
    fn end(&mut self, out: &mut Vec<Event>) {
        if self.ended {
            return;
        }
        self.slots.close_all(out);
        if let Some(finish) = self.finish.take() {
            self.finished(finish, out);
        }
    }
}

/// Decodes a whole reply.
pub(crate) fn read_whole(body: Object<'_>, issuer: &str) -> Result<Reply, Malformed> {
    let mut reader = Reader::new(issuer);
    let mut events = Vec::new();
    reader.chunk(body, &mut events);
    if !reader.started {
        return Err(Path::Root.key("choices").fault("of the provider's reply holds no answer"));
    }
    reader.done(&mut events);
    Reply::collect(events).map_err(|error| Path::Root.fault(&error.message))
}

/// What a finish reason means. OpenAI's words first, then those of others; the tap makes an error of `error`.
fn finish(word: &str) -> Option<Finish> {
    Some(match word {
        "" => return None,
        "stop" | "end_turn" | "eos" | "eos_token" => Finish::Stop,
        "stop_sequence" => Finish::StopSequence(None),
        "length" | "max_tokens" => Finish::Length,
        // Mistral and Z.ai: the model's own window is full.
        "model_length" | "model_context_window_exceeded" => Finish::Window,
        "tool_calls" | "function_call" | "tool_use" => Finish::ToolCalls,
        // Z.ai says `sensitive`; Google's endpoint passes on some words of Gemini's.
        "content_filter" | "sensitive" | "safety" | "prohibited_content" => Finish::Filtered,
        "refusal" => Finish::Refused,
        // DeepSeek's `insufficient_system_resource` and whatever comes next.
        other => Finish::Other(other.to_owned()),
    })
}

/// Gemini's seal, by whichever endpoint it came.
fn gemini_seal(issuer: &str, text: &str) -> Seal<'static> {
    Seal { dialect: Dialect::Gemini, issuer: issuer.to_owned().into(), data: text.to_owned().into() }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
