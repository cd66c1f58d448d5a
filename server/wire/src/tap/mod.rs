//! Watches a reply that is passed on in the dialect it came in: frames go out as they came, while usage,
//! finish reason and errors are noted.

mod broken;
mod chat;
mod gemini;
mod images;
mod messages;
mod ollama;
mod responses;
mod signs;

pub(crate) use images::Watch;
pub use images::count_images;

use bytes::Bytes;

use crate::{
    Dialect, Frame, FrameTooLarge, Frames, Malformed, ProviderError, Usage,
    json::{Cursor, Flaw, Shape},
    read_error,
    usage::{ChatCounts, GeminiCounts, MessagesCounts, OllamaCounts, ResponsesCounts},
};

/// What a frame means to the one who waits for it. Where a frame means several things, the one furthest down
/// is told (a chat chunk may carry the last text and the finish reason).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing yet: ping, comment, `message_start`, a delta with a role only or empty, usage.
    Idle,
    /// Something of the answer: text, reasoning, a refusal, an image.
    Content,
    /// A call of one of the client's tools begins.
    Call,
    /// The reason why the model stopped.
    Finish,
    /// The end of the stream: `[DONE]`, `message_stop`.
    End,
    /// The provider failed inside the stream, or sent a frame no client can read (`kind` is then
    /// `unreadable_frame`).
    Error(ProviderError),
}

/// One frame seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The bytes to forward; empty if the frame is swallowed.
    pub raw: Bytes,
    /// What it means.
    pub kind: Kind,
}

/// What is known of a reply so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The latest token counts; `None` as long as every statement is missing or zero throughout.
    pub usage: Option<Usage>,
    /// The first finish reason stated, in the provider's word; empty if none. The first, because some
    /// providers say `tool_calls` and then `stop`.
    pub finish: String,
    /// What the answer cost by the provider's own account, if that is in dollars: USD in units of 10^-9. Not every provider
    /// that has a `cost` means dollars.
    pub cost: Option<i64>,
    /// Images that were made, where an endpoint for images was asked.
    pub images: u64,
    /// The provider's id of the reply.
    pub id: String,
    /// The model that answered, by its own account.
    pub model: String,
    /// Whether anything of an answer came: an empty 200 is no success.
    pub content: bool,
    /// Finished properly, without an error: the end was seen; for chat and Messages a finish reason is enough, since
    /// some providers never send `[DONE]` or `message_stop`, and for Gemini, which has no other end. A whole reply is always ended unless
    /// it is an error.
    pub ended: bool,
    /// The last frame that was unreadable and left out, as though it were an error. Often it is the one that should
    /// have said why nothing more comes.
    pub slip: Option<ProviderError>,
    /// The first error stated inside a reply of status 200.
    pub error: Option<ProviderError>,
}

/// How many unreadable frames a good answer may have before it is taken for broken. They are left out: no client could
/// read them either. Nobody knows what such a frame held, so where another provider could go on, none is let pass.
const SLIPS: u32 = 2;

/// Watches one reply stream.
#[derive(Debug)]
pub struct StreamTap {
    swallow_usage: bool,
    frames: Frames,
    reading: Reading,
    /// Data was seen, so the body is a stream and not a JSON document.
    data_seen: bool,
    /// Unreadable frames that may still be left out.
    slips: u32,
    too_large: Option<FrameTooLarge>,
}

/// What one document said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Idle,
    Content,
    Call,
    Finish,
    End,
    Error,
}

#[derive(Debug)]
struct Reading {
    dialect: Dialect,
    report: Report,
    end_seen: bool,
    /// Chat and Gemini: anything but thoughts came.
    answers: bool,
    chat: ChatCounts,
    messages: MessagesCounts,
    responses: ResponsesCounts,
    gemini: GeminiCounts,
    ollama: OllamaCounts,
}

impl StreamTap {
    /// `swallow_usage`: we asked for usage and the client did not, so the chunk that carries nothing else is
    /// not forwarded (chat only).
    pub fn new(dialect: Dialect, swallow_usage: bool) -> Self {
        Self {
            swallow_usage,
            frames: if dialect == Dialect::Ollama { Frames::lines() } else { Frames::new() },
            reading: Reading::new(dialect),
            data_seen: false,
            slips: SLIPS,
            too_large: None,
        }
    }

    /// Takes an unreadable frame for the end of a good answer: it may have held words, and another can go on.
    pub(crate) fn let_nothing_pass(&mut self) {
        self.slips = 0;
    }

    /// Takes what came from the provider and gives the frames that are whole now. An error comes after the
    /// frames before it were given, and stays.
    pub fn push(&mut self, chunk: Bytes) -> Result<Vec<Seen>, FrameTooLarge> {
        let mut seen = Vec::new();
        self.take(chunk);
        loop {
            match self.next_seen() {
                Ok(Some((frame, kind, swallowed))) => {
                    seen.push(Seen { raw: if swallowed { Bytes::new() } else { frame.raw }, kind });
                }
                Ok(None) => return Ok(seen),
                Err(error) if seen.is_empty() => return Err(error),
                Err(_) => return Ok(seen),
            }
        }
    }

    /// Takes what came from the provider.
    pub(crate) fn take(&mut self, chunk: Bytes) {
        self.frames.push(chunk);
    }

    /// The next frame that is whole, and what it means.
    pub(crate) fn next_frame(&mut self) -> Result<Option<(Frame, Kind)>, FrameTooLarge> {
        Ok(self.next_seen()?.map(|(frame, kind, _)| (frame, kind)))
    }

    /// Ends the stream: the unfinished tail, if it is readable, or a JSON document that came in its place.
    pub(crate) fn last_frame(&mut self) -> Option<(Frame, Kind)> {
        let last = std::mem::take(&mut self.frames).last();
        if last.data.is_empty() {
            let kind = self.document(&last.raw)?;
            return Some((last, kind));
        }
        let said = self.reading.frame(&last).ok()?;
        let kind = self.kind(said.0);
        Some((last, kind))
    }

    fn next_seen(&mut self) -> Result<Option<(Frame, Kind, bool)>, FrameTooLarge> {
        if let Some(error) = self.too_large {
            return Err(error);
        }
        match self.frames.next() {
            None => Ok(None),
            Some(Ok(frame)) => {
                let (kind, swallowed) = self.see(&frame);
                Ok(Some((frame, kind, swallowed)))
            }
            Some(Err(error)) => {
                self.too_large = Some(error);
                Err(error)
            }
        }
    }

    /// What is known so far.
    pub fn report(&self) -> &Report {
        &self.reading.report
    }

    /// Ends the stream: the unfinished frame, to be forwarded as it came, and whether it was readable.
    ///
    /// A tail that is readable counts: some providers leave out the blank line after `[DONE]`, and some answer
    /// a stream request with a JSON document. A tail that was cut counts for nothing.
    pub(crate) fn close(&mut self) -> (Seen, bool) {
        let last = std::mem::take(&mut self.frames).last();
        if last.data.is_empty() {
            let kind = self.document(&last.raw);
            let readable = kind.is_some() || last.raw.is_empty();
            return (Seen { raw: last.raw, kind: kind.unwrap_or(Kind::Idle) }, readable);
        }
        match self.reading.frame(&last) {
            Ok((said, only_usage)) => {
                let raw = if only_usage && self.swallow_usage { Bytes::new() } else { last.raw };
                (Seen { raw, kind: self.kind(said) }, true)
            }
            Err(_) => (Seen { raw: last.raw, kind: Kind::Idle }, false),
        }
    }

    /// Ends the stream: an unfinished frame, to be forwarded as it came, and what was learnt.
    pub fn finish(mut self) -> (Bytes, Report) {
        let (last, _) = self.close();
        (last.raw, self.reading.report)
    }

    /// Whether the stream's own end was seen, and not only the reply's.
    pub(crate) fn end_seen(&self) -> bool {
        self.reading.end_seen
    }

    /// Reads a JSON document that came in place of a stream, if this is one. After frames only an error is one: Google
    /// breaks a stream off so.
    fn document(&mut self, raw: &[u8]) -> Option<Kind> {
        if !raw.trim_ascii_start().starts_with(b"{") {
            return None;
        }
        if self.data_seen {
            let error = read_reply(self.reading.dialect, raw).ok()?.error?;
            self.reading.fail(error.clone());
            return Some(Kind::Error(error));
        }
        self.reading.report = read_reply(self.reading.dialect, raw).ok()?;
        Some(match &self.reading.report.error {
            Some(error) => Kind::Error(error.clone()),
            None => Kind::Content,
        })
    }

    /// What a frame means, and whether it is swallowed.
    fn see(&mut self, frame: &Frame) -> (Kind, bool) {
        if frame.data.is_empty() {
            return (self.document(&frame.raw).unwrap_or(Kind::Idle), false);
        }
        self.data_seen = true;
        let (said, only_usage) = match self.reading.frame(frame) {
            Ok(said) => said,
            Err(_) => {
                let mut error = read_error(&frame.data);
                "unreadable_frame".clone_into(&mut error.kind);
                // A proxy's words say why; what is left of a document may be the model's, and belongs in no log.
                if frame.data.trim_ascii_start().starts_with(b"{") {
                    "A frame arrived damaged".clone_into(&mut error.message);
                }
                let report = &self.reading.report;
                if report.ended || report.content && self.slips > 0 {
                    self.slips = self.slips.saturating_sub(1);
                    self.reading.report.slip = Some(error);
                    return (Kind::Idle, true);
                }
                self.reading.fail(error);
                (Said::Error, false)
            }
        };
        (self.kind(said), only_usage && self.swallow_usage)
    }

    fn kind(&self, said: Said) -> Kind {
        match said {
            Said::Idle => Kind::Idle,
            Said::Content => Kind::Content,
            Said::Call => Kind::Call,
            Said::Finish => Kind::Finish,
            Said::End => Kind::End,
            Said::Error => Kind::Error(self.reading.report.error.clone().unwrap_or_default()),
        }
    }
}

/// Reads a whole reply, one that was not streamed.
///
/// Duplicate keys and odd values are let pass: what counts is what can be understood.
pub fn read_reply(dialect: Dialect, body: &[u8]) -> Result<Report, Malformed> {
    let malformed = |flaw: Flaw| Malformed::from_flaw("the provider's reply", body, &flaw);
    let mut cursor = Cursor::lenient(body);
    let object = cursor.shape().map_err(malformed)? == Shape::Object;
    let mut reading = Reading::new(dialect);
    reading.document(&mut cursor, b"", body).and_then(|_| cursor.end()).map_err(malformed)?;
    if !object {
        return Err(Malformed::new("The provider's reply is not a JSON object.".into()));
    }
    reading.report.ended = reading.report.error.is_none();
    Ok(reading.report)
}

impl Reading {
    fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            report: Report::default(),
            end_seen: false,
            answers: false,
            chat: ChatCounts::default(),
            messages: MessagesCounts::default(),
            responses: ResponsesCounts::default(),
            gemini: GeminiCounts::default(),
            ollama: OllamaCounts::default(),
        }
    }

    /// Reads a frame with data; the second answer is whether it carries usage and nothing else.
    fn frame(&mut self, frame: &Frame) -> Result<(Said, bool), Flaw> {
        let said = if frame.data.starts_with(b"[DONE]") {
            // OpenRouter appends it to Messages streams, where it means nothing (OpenRouterTeam/docs#1). Nor does it
            // on Responses, whose clients wait for `response.completed`.
            let ends = !matches!(self.dialect, Dialect::Messages | Dialect::Responses);
            (if ends { Said::End } else { Said::Idle }, false)
        } else {
            let mut cursor = Cursor::lenient(&frame.data);
            let said = self.document(&mut cursor, &frame.event, &frame.data)?;
            cursor.end()?;
            said
        };
        self.end_seen |= said.0 == Said::End;
        // Gemini has no other end; others may leave theirs out.
        let finished = matches!(self.dialect, Dialect::Chat | Dialect::Gemini | Dialect::Messages)
            && !self.report.finish.is_empty();
        self.report.ended = self.report.error.is_none() && (self.end_seen || finished);
        Ok(said)
    }

    fn document(&mut self, cursor: &mut Cursor<'_>, event: &[u8], text: &[u8]) -> Result<(Said, bool), Flaw> {
        let said = match self.dialect {
            Dialect::Chat => chat::document(self, cursor, event)?,
            Dialect::Messages => (messages::document(self, cursor, event)?, false),
            Dialect::Responses => (responses::document(self, cursor, event)?, false),
            Dialect::Gemini => (gemini::document(self, cursor, event)?, false),
            Dialect::Ollama => (ollama::document(self, cursor, event)?, false),
        };
        match said.0 {
            Said::Error => self.fail(read_error(text)),
            Said::Content | Said::Call => self.report.content = true,
            Said::Idle | Said::Finish | Said::End => {}
        }
        Ok(said)
    }

    /// Notes an error; the first one stands, and a reply that has one is not ended properly.
    fn fail(&mut self, mut error: ProviderError) {
        if error.message.is_empty() {
            "The provider reported an error without a message.".clone_into(&mut error.message);
        }
        self.report.error.get_or_insert(error);
        self.report.ended = false;
    }

    /// Notes a finish reason; the first one stands.
    fn stop(&mut self, reason: &str) {
        if self.report.finish.is_empty() {
            reason.clone_into(&mut self.report.finish);
        }
    }
}

/// Keeps the first text that is not empty: Azure's first chunk has an empty `id` and `model`.
fn first_text(kept: &mut String, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
    if !kept.is_empty() {
        return cursor.skip();
    }
    if let Some(text) = cursor.text()? {
        text.as_ref().clone_into(kept);
    }
    Ok(())
}
