//! A stream on its way from a provider to a client, whichever way it is taken there.

use crate::rescue::{Interrupted, replay};
use crate::tap::Watch;
use crate::transcode::{Given, Sink};
use crate::{Asked, Dialect, Fault, Form, FrameTooLarge, Frames, Kind, Report, Seen, StreamTap, Translation};
use bytes::Bytes;
use memchr::memmem;

/// How many bytes of an answer are kept so that another provider may go on with it.
const KEPT: usize = 16 * 1024 * 1024;

/// A stream on its way from a provider to a client.
pub struct Passage {
    way: Way,
    dialect: Dialect,
    form: Form,
    /// Whether an array was opened.
    begun: bool,
}

/// How frames get from one to the other.
enum Way {
    /// As they came.
    Same(Box<Same>),
    /// In another dialect.
    Other(Box<Translation>),
    /// In no dialect of ours: whatever comes is the answer.
    Raw(Box<Watch>),
}

/// Frames that go on as they came.
struct Same {
    tap: StreamTap,
    care: Option<Care>,
}

/// What is needed to go on elsewhere. Frames are only kept: what they mean is found out when it is needed.
struct Care {
    asked: Asked,
    issuer: String,
    delivered: Vec<Bytes>,
    size: usize,
    /// Whether calls wait until the reply is whole, so that one that breaks can be made anew.
    hold: bool,
    /// Everything from the first call on.
    held: Option<Vec<Bytes>>,
    /// The client was told why the answer ended: nobody goes on from there.
    over: bool,
    /// The frame in which the provider said that it failed. The client is not told as long as another may go on.
    error: Option<Bytes>,
    /// Frames that only begin or end something: given with what comes next.
    waiting: Vec<Bytes>,
}

/// Whether a frame only begins or ends an item or a block, by its name. Nobody could go on in one that has no words yet,
/// or whose parts are over and which itself is not.
fn only_frames(dialect: Dialect, raw: &[u8]) -> bool {
    const NAME: usize = 80;
    let start = raw.get(..NAME).unwrap_or(raw);
    let has = |name: &[u8]| memmem::find(start, name).is_some();
    match dialect {
        Dialect::Responses => {
            let frames = has(b"item.added") || has(b"part.added") || has(b".done") || has(b"_call.");
            frames && !has(b".delta") && !has(b"output_item.done")
        }
        Dialect::Messages => has(b"content_block_start"),
        Dialect::Chat | Dialect::Gemini | Dialect::Ollama => false,
    }
}

impl Care {
    fn take(&mut self, dialect: Dialect, seen: &mut Seen) {
        if matches!(seen.kind, Kind::Error(_)) {
            self.error.get_or_insert(std::mem::take(&mut seen.raw));
            return;
        }
        if seen.kind == Kind::Call && self.hold {
            self.held.get_or_insert_default();
        }
        // A ping tells nothing that would let the rest go; the order stays as it came.
        let ping = !self.waiting.is_empty() && seen.raw.starts_with(b"event: ping");
        if ping || only_frames(dialect, &seen.raw) {
            self.waiting.push(std::mem::take(&mut seen.raw));
            return;
        }
        if !self.waiting.is_empty() && !seen.raw.is_empty() {
            let mut frames = std::mem::take(&mut self.waiting);
            frames.push(std::mem::take(&mut seen.raw));
            seen.raw = frames.concat().into();
        }
        self.over |= matches!(seen.kind, Kind::Finish | Kind::End);
        if self.over
            && let Some(mut held) = self.held.take()
        {
            held.push(std::mem::take(&mut seen.raw));
            seen.raw = held.concat().into();
            // Nothing may hold back what comes now.
            self.hold = false;
        }
        if let Some(held) = &mut self.held {
            held.push(std::mem::take(&mut seen.raw));
        } else if !seen.raw.is_empty() {
            self.size = self.size.saturating_add(seen.raw.len());
            if self.size <= KEPT {
                self.delivered.push(seen.raw.clone());
            }
        }
    }
}

impl Passage {
    /// Both speak `dialect`: frames go on as they came. `swallow_usage` as in [`StreamTap::new`].
    pub fn same(dialect: Dialect, swallow_usage: bool, form: Form) -> Self {
        let way = Way::Same(Box::new(Same { tap: StreamTap::new(dialect, swallow_usage), care: None }));
        Self { way, dialect, form, begun: false }
    }

    /// The client speaks `dialect`, the provider another one.
    pub fn other(translation: Translation, dialect: Dialect, form: Form) -> Self {
        Self { way: Way::Other(Box::new(translation)), dialect, form, begun: false }
    }

    /// Images or sound: bytes go on as they came. `events`: as server-sent events, whose counts are noted.
    pub fn raw(events: bool) -> Self {
        let way = Way::Raw(Box::new(Watch::new(events)));
        Self { way, dialect: Dialect::Chat, form: Form::Events, begun: false }
    }

    /// Keeps what is needed for another provider to go on if this one, `issuer`, breaks off; an error inside the stream
    /// is not handed on from here on, but by [`Self::fail`]. `hold`: there is somebody to go on, so calls wait until the
    /// reply is whole, and a frame that nobody can read ends it: it may have held words.
    #[must_use]
    pub fn cared_for(mut self, hold: bool, issuer: &str, asked: Asked) -> Self {
        match &mut self.way {
            Way::Same(same) => {
                if hold {
                    same.tap.let_nothing_pass();
                }
                same.care = Some(Care {
                    asked,
                    issuer: issuer.to_owned(),
                    delivered: Vec::new(),
                    size: 0,
                    hold,
                    held: None,
                    over: false,
                    error: None,
                    waiting: Vec::new(),
                });
            }
            Way::Other(translation) => translation.care_for(hold),
            Way::Raw(_) => {}
        }
        self
    }

    pub(crate) fn going_on(sink: Sink, given: Given, place: Place, from: From<'_>) -> Self {
        let mut translation = Translation::going_on(from.dialect, from.issuer, sink, given, from.names);
        translation.care_for(from.hold);
        let way = Way::Other(Box::new(translation));
        Self { way, dialect: place.dialect, form: place.form, begun: place.begun }
    }

    /// Takes what came from the provider and gives what goes to the client, frame by frame. An error comes after
    /// the frames before it were given, and stays.
    pub fn push(&mut self, chunk: Bytes) -> Result<Vec<Seen>, FrameTooLarge> {
        match &mut self.way {
            Way::Other(translation) => translation.push(chunk),
            Way::Raw(watch) => {
                watch.see(chunk.clone());
                Ok(vec![Seen { raw: chunk, kind: Kind::Content }])
            }
            Way::Same(same) => {
                let mut seen = same.tap.push(chunk)?;
                if let Some(care) = &mut same.care {
                    seen.iter_mut().for_each(|one| care.take(self.dialect, one));
                }
                if self.form == Form::Array {
                    for one in &mut seen {
                        one.raw = items(&mut self.begun, &one.raw);
                    }
                }
                Ok(seen)
            }
        }
    }

    /// What is known so far.
    pub fn report(&self) -> &Report {
        match &self.way {
            Way::Same(same) => same.tap.report(),
            Way::Other(translation) => translation.report(),
            Way::Raw(watch) => watch.report(),
        }
    }

    /// The provider's stream is over: what is left to forward of what it said. [`Self::report`] then tells whether that
    /// was all.
    pub fn close(&mut self) -> Bytes {
        match &mut self.way {
            Way::Other(translation) => translation.close(),
            Way::Raw(watch) => {
                watch.end();
                Bytes::new()
            }
            Way::Same(same) => {
                let (mut last, readable) = same.tap.close();
                if let Some(care) = &mut same.care {
                    if !readable {
                        // Half a frame would spoil what another provider adds.
                        last.raw = Bytes::new();
                    }
                    care.take(self.dialect, &mut last);
                }
                match self.form {
                    Form::Events => last.raw,
                    Form::Array => items(&mut self.begun, &last.raw),
                }
            }
        }
    }

    /// Lets go, for another provider to go on; itself if that cannot be.
    pub fn interrupt(self) -> Result<Interrupted, Box<Self>> {
        let place = Place { dialect: self.dialect, form: self.form, begun: self.begun };
        match self.way {
            Way::Other(translation) => match translation.interrupt() {
                Ok((sink, given)) => Ok(Interrupted::new(sink, given, place)),
                Err(translation) => Err(Box::new(Self { way: Way::Other(translation), ..self })),
            },
            Way::Same(same) => {
                let kept = same.care.as_ref().filter(|care| care.size <= KEPT && !care.over);
                let replayed = kept
                    .and_then(|care| replay(self.dialect, &care.issuer, care.asked.clone(), &care.delivered));
                match replayed {
                    Some((sink, given)) => Ok(Interrupted::new(sink, given, place)),
                    None => Err(Box::new(Self { way: Way::Same(same), ..self })),
                }
            }
            Way::Raw(_) => Err(Box::new(self)),
        }
    }

    /// The provider's stream is over: what is left to forward, and what was learnt. Where the provider did not end it
    /// properly, `broken` is told.
    pub fn finish(mut self, broken: &Fault) -> (Bytes, Report) {
        let kept_back = match self.way {
            Way::Other(translation) => return translation.finish(broken),
            Way::Same(ref same) => same.care.is_some(),
            Way::Raw(_) => false,
        };
        let rest = self.close();
        let report = self.report();
        let (end, report) =
            if report.ended || report.error.is_some() && !kept_back { self.end() } else { self.fail(broken) };
        ([rest, end].concat().into(), report)
    }

    /// What the client's dialect ends with and the provider left out, between two that speak it.
    fn end(self) -> (Bytes, Report) {
        let report = self.report().clone();
        let end: &[u8] = match (&self.way, self.form) {
            (Way::Same(_), Form::Array) if self.begun => b"]",
            (Way::Same(_), Form::Array) => b"[]",
            // Anthropic's libraries have no message without it.
            (Way::Same(same), _)
                if self.dialect == Dialect::Messages && report.ended && !same.tap.end_seen() =>
            {
                b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
            }
            _ => b"",
        };
        (Bytes::from_static(end), report)
    }

    /// The error that ends a stream which has begun, and what was learnt up to there: the provider's own where it said
    /// one that was not handed on. Nothing may follow.
    pub fn fail(self, fault: &Fault) -> (Bytes, Report) {
        match self.way {
            Way::Other(translation) => translation.fail(fault),
            Way::Same(same) => {
                let next = same.care.as_ref().map_or(0, |care| next_number(&care.delivered));
                let own = same.care.and_then(|care| care.error).filter(|raw| !raw.is_empty());
                let bytes = match (self.form, own) {
                    (Form::Events, Some(own)) => own,
                    (Form::Events, None) => fault.frame(self.dialect, next).into(),
                    (Form::Array, own) => {
                        let mut begun = self.begun;
                        let mut out = own.map(|own| items(&mut begun, &own)).unwrap_or_default().to_vec();
                        if out.is_empty() {
                            out.extend_from_slice(if begun { b",\n" } else { b"[" });
                            out.extend(fault.body(self.dialect));
                        }
                        out.push(b']');
                        out.into()
                    }
                };
                (bytes, same.tap.report().clone())
            }
            Way::Raw(watch) => (Bytes::new(), watch.report().clone()),
        }
    }
}

/// The number that the next event of Responses bears; 0 where none bore one.
fn next_number(delivered: &[Bytes]) -> u64 {
    const NAME: &[u8] = b"\"sequence_number\":";
    let last = delivered.iter().rev().find_map(|frame| {
        let from = memmem::rfind(frame, NAME)? + NAME.len();
        let digits = frame.get(from..)?.trim_ascii_start();
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        std::str::from_utf8(digits.get(..end)?).ok()?.parse::<u64>().ok()
    });
    last.map_or(0, |number| number + 1)
}

/// Where a client's stream is.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) dialect: Dialect,
    pub(crate) form: Form,
    pub(crate) begun: bool,
}

/// Who goes on.
pub(crate) struct From<'f> {
    pub(crate) dialect: Dialect,
    pub(crate) issuer: &'f str,
    pub(crate) names: crate::conversation::Names,
    pub(crate) hold: bool,
}

/// Frames as the next items of an array.
fn items(begun: &mut bool, raw: &Bytes) -> Bytes {
    let mut frames = Frames::new();
    frames.push(raw.clone());
    let mut out = Vec::new();
    let mut put = |data: &[u8]| {
        if !data.is_empty() {
            out.extend_from_slice(if std::mem::replace(begun, true) { b",\n" } else { b"[" });
            out.extend_from_slice(data);
        }
    };
    while let Some(Ok(frame)) = frames.next() {
        put(&frame.data);
    }
    put(&frames.last().data);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaultKind;

    fn pass(form: Form, text: &str, size: usize) -> (String, Report) {
        let mut passage = Passage::same(Dialect::Gemini, false, form);
        let mut out = Vec::new();
        for chunk in text.as_bytes().chunks(size) {
            for seen in passage.push(Bytes::copy_from_slice(chunk)).unwrap() {
                out.extend_from_slice(&seen.raw);
            }
        }
        let (rest, report) = passage.finish(&Fault::new(FaultKind::BadGateway, "It broke off."));
        out.extend_from_slice(&rest);
        (String::from_utf8(out).unwrap(), report)
    }

    const STREAM: &str = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\r\n\r\ndata: \
                          {\"candidates\":[{\"finishReason\":\"STOP\"}]}\r\n\r\n";

    #[test]
    fn an_array_holds_the_same_documents() {
        for size in [1, 7, 1000] {
            assert_eq!(pass(Form::Events, STREAM, size).0, STREAM);
            let (array, _) = pass(Form::Array, STREAM, size);
            let items: Vec<serde_json::Value> = serde_json::from_str(&array).unwrap();
            assert_eq!(items.len(), 2);
            assert_eq!(items[1]["candidates"][0]["finishReason"], "STOP");
        }
    }

    #[test]
    fn a_stream_that_breaks_off_ends_with_the_error_in_either_form() {
        let cut = &STREAM[..STREAM.find("\r\n\r\n").unwrap() + 4];
        assert!(pass(Form::Events, cut, 9).0.contains("It broke off."));
        let items: Vec<serde_json::Value> = serde_json::from_str(&pass(Form::Array, cut, 9).0).unwrap();
        assert_eq!(items[1]["error"]["message"], "It broke off.");
    }
}
