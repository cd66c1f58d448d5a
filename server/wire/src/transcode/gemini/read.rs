//! A provider's reply. A chunk of a stream is a reply of its own, with what is new.

use super::stands_in;
use crate::conversation::{Media, MediaKind, Seal, Source, ToolKind, call_id};
use crate::json::tree::{Node, Object, Path, Value};
use crate::transcode::Read;
use crate::{Dialect, Event, Finish, Malformed, Opening, Reply};

/// Decodes a stream.
pub(crate) struct Reader {
    issuer: String,
    started: bool,
    /// The provider's id of the reply.
    id: String,
    open: Option<Open>,
    calls: usize,
    /// Told at the end: counts may follow, and some models have stated a reason with every chunk.
    finish: Option<Finish>,
}

/// The block that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Thought,
    Call,
}

impl Reader {
    /// For a stream of `issuer`'s.
    pub(crate) fn new(issuer: &str) -> Self {
        let issuer = issuer.to_owned();
        Self { issuer, started: false, id: String::new(), open: None, calls: 0, finish: None }
    }

    fn part(&mut self, mut part: Object<'_>, out: &mut Vec<Event>) {
        let thought = part.bool("thought", &Path::Root).ok().flatten().unwrap_or(false);
        let seal = part.lenient_text("thoughtSignature");
        let seal = seal.filter(|text| !stands_in(text));
        let seal = seal.map(|data| Seal {
            dialect: Dialect::Gemini,
            issuer: self.issuer.clone().into(),
            data: data.into_owned().into(),
        });
        if let Some(call) = part.lenient_object("functionCall") {
            self.call(call, seal, out);
        } else if let Some(mut data) = part.lenient_object("inlineData") {
            if let (Some(mime), Some(data)) = (data.lenient_text("mimeType"), data.lenient_text("data")) {
                self.close(out);
                let source =
                    Source::Base64 { mime: mime.into_owned().into(), data: data.into_owned().into() };
                out.push(Event::Open(Opening::Media(media(source))));
                out.push(Event::Close);
            }
        } else if let Some(mut data) = part.lenient_object("fileData") {
            if let Some(url) = data.lenient_text("fileUri") {
                self.close(out);
                let mime = data.lenient_text("mimeType").map(|mime| mime.into_owned().into());
                let source = Source::Url { url: url.into_owned().into(), mime };
                out.push(Event::Open(Opening::Media(media(source))));
                out.push(Event::Close);
            }
        } else {
            let text = part.lenient_text("text").unwrap_or_default();
            self.text(text.into_owned(), thought, seal, out);
        }
    }

    /// Words go on until the kind changes or a seal comes. A seal without words is that of the block before it (Gemini 3
    /// ends a stream so: BerriAI/litellm#17403, 2025-12-03).
    fn text(&mut self, text: String, thought: bool, seal: Option<Seal<'static>>, out: &mut Vec<Event>) {
        let kind = if thought { Open::Thought } else { Open::Text };
        if text.is_empty() && seal.is_none() {
            return;
        }
        let belongs = text.is_empty() && self.open.is_some();
        if self.open != Some(kind) && !belongs {
            self.close(out);
            // Thoughts are told in summary. A seal that stands alone is a thought that is not told: an empty text would
            // be refused by other vendors.
            let opening = match kind {
                Open::Text if !text.is_empty() => Opening::Text,
                _ => Opening::Reasoning { summary: true },
            };
            out.push(Event::Open(opening));
            self.open = Some(kind);
        }
        if !text.is_empty() {
            out.push(Event::Piece(text));
        }
        if let Some(seal) = seal {
            out.push(Event::Seal(seal));
            self.close(out);
        }
    }

    /// A call comes whole.
    fn call(&mut self, mut call: Object<'_>, seal: Option<Seal<'static>>, out: &mut Vec<Event>) {
        // Without a name it is a piece of a call, which comes only if asked for.
        let Some(name) = call.lenient_text("name").filter(|name| !name.is_empty()) else {
            return;
        };
        self.close(out);
        let input = match call.take("args") {
            Some(Node { raw, value: Value::Object(_) }) => raw,
            _ => "{}",
        };
        let id = call.lenient_text("id").filter(|id| !id.is_empty()).map_or_else(
            // The reply's id makes it differ from those of the replies before it.
            || call_id(0, self.calls, &format!("{}\n{name}\n{input}", self.id)),
            |id| id.into_owned(),
        );
        let name = name.into_owned();
        out.push(Event::Open(Opening::ToolCall { id, name, kind: ToolKind::Function }));
        out.push(Event::Piece(input.to_owned()));
        self.calls += 1;
        self.open = Some(Open::Call);
        if let Some(seal) = seal {
            out.push(Event::Seal(seal));
            self.close(out);
        }
    }

    fn close(&mut self, out: &mut Vec<Event>) {
        if self.open.take().is_some() {
            out.push(Event::Close);
        }
    }
}

impl Read for Reader {
    fn document(&mut self, _event: &str, mut body: Object<'_>, out: &mut Vec<Event>) {
        if !self.started {
            self.started = true;
            self.id = body.lenient_text("responseId").unwrap_or_default().into_owned();
            let model = body.lenient_text("modelVersion").unwrap_or_default().into_owned();
            out.push(Event::Start { id: self.id.clone(), model, usage: None });
        }
        let blocked = body
            .lenient_object("promptFeedback")
            .and_then(|mut feedback| feedback.lenient_text("blockReason"))
            .is_some_and(|reason| !reason.is_empty());
        // The first answer is the one: only one was asked for.
        let candidates = body.lenient_objects("candidates");
        let candidate = candidates
            .into_iter()
            .find(|one| one.get("index").is_none_or(|index| index.raw == "0" || index.value == Value::Null));
        let Some(mut candidate) = candidate else {
            if blocked {
                self.finish = Some(Finish::Filtered);
            }
            return;
        };
        // `content` may be missing or empty (pydantic/pydantic-ai#631, 2025-01-07).
        let parts = candidate.lenient_object("content").map(|mut content| content.lenient_objects("parts"));
        for part in parts.unwrap_or_default() {
            self.part(part, out);
        }
        if let Some(reason) = candidate.lenient_text("finishReason").filter(|reason| !reason.is_empty()) {
            self.finish = Some(finish(&reason));
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        self.close(out);
        if let Some(finish) = self.finish.take() {
            out.push(Event::Finish(finish.with_calls(self.calls > 0)));
        }
    }
}

/// Decodes a whole reply.
pub(crate) fn read_whole(body: Object<'_>, issuer: &str) -> Result<Reply, Malformed> {
    let mut reader = Reader::new(issuer);
    let mut events = Vec::new();
    reader.document("", body, &mut events);
    // A whole reply has ended, whether it says why or not.
    reader.finish.get_or_insert_default();
    reader.end(&mut events);
    Reply::collect(events).map_err(|error| Malformed::new(error.message))
}

/// Why it ended. The words are those of the API's `FinishReason` (August 2026).
fn finish(reason: &str) -> Finish {
    match reason {
        "STOP" => Finish::Stop,
        "MAX_TOKENS" => Finish::Length,
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "MODEL_ARMOR"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => Finish::Filtered,
        // MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL, TOO_MANY_TOOL_CALLS, NO_IMAGE, OTHER: nothing a client could
        // take for an end in good order.
        other => Finish::Other(other.to_owned()),
    }
}

fn media(source: Source<'static>) -> Media<'static> {
    let mime = match &source {
        Source::Base64 { mime, .. } => mime.as_ref(),
        Source::Url { mime, .. } => mime.as_deref().unwrap_or_default(),
        Source::Text(_) | Source::File { .. } => "",
    };
    let kind = match mime.split('/').next() {
        Some("audio") => MediaKind::Audio,
        Some("video") => MediaKind::Video,
        Some("application" | "text") => MediaKind::Document,
        _ => MediaKind::Image,
    };
    Media { kind, source, name: None, detail: None, cache: None }
}
