//! A stream on its way from a provider to a client, whichever way it is taken there.

use crate::{Dialect, Fault, Form, FrameTooLarge, Kind, Report, Seen, StreamTap, Translation};
use bytes::Bytes;

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
    Same(StreamTap),
    /// In another dialect.
    Other(Translation),
    /// In no dialect of ours: whatever comes is the answer.
    Raw(Report),
}

impl Passage {
    /// Both speak `dialect`: frames go on as they came. `swallow_usage` as in [`StreamTap::new`].
    pub fn same(dialect: Dialect, swallow_usage: bool, form: Form) -> Self {
        Self { way: Way::Same(StreamTap::new(dialect, swallow_usage)), dialect, form, begun: false }
    }

    /// The client speaks `dialect`, the provider another one.
    pub fn other(translation: Translation, dialect: Dialect, form: Form) -> Self {
        Self { way: Way::Other(translation), dialect, form, begun: false }
    }

    /// Neither is understood: bytes go on as they came.
    pub fn raw() -> Self {
        let way = Way::Raw(Report::default());
        Self { way, dialect: Dialect::Chat, form: Form::Events, begun: false }
    }

    /// Takes what came from the provider and gives what goes to the client, frame by frame. An error comes after
    /// the frames before it were given, and stays.
    pub fn push(&mut self, chunk: Bytes) -> Result<Vec<Seen>, FrameTooLarge> {
        match &mut self.way {
            Way::Other(translation) => translation.push(chunk),
            Way::Raw(report) => {
                report.content = true;
                Ok(vec![Seen { raw: chunk, kind: Kind::Content }])
            }
            Way::Same(tap) => {
                let mut seen = tap.push(chunk)?;
                if self.form == Form::Array {
                    for one in &mut seen {
                        one.raw = item(&mut self.begun, &one.raw);
                    }
                }
                Ok(seen)
            }
        }
    }

    /// What is known so far.
    pub fn report(&self) -> &Report {
        match &self.way {
            Way::Same(tap) => tap.report(),
            Way::Other(translation) => translation.report(),
            Way::Raw(report) => report,
        }
    }

    /// The provider's stream is over: what is left to forward, and what was learnt. Where the provider did not end it
    /// properly, `broken` is told.
    pub fn finish(self, broken: &Fault) -> (Bytes, Report) {
        let tap = match self.way {
            Way::Other(translation) => return translation.finish(broken),
            Way::Raw(report) => return (Bytes::new(), Report { ended: true, ..report }),
            Way::Same(tap) => tap,
        };
        let (rest, report) = tap.finish();
        let whole = report.ended || report.error.is_some();
        match self.form {
            Form::Events if whole => (rest, report),
            Form::Events => ([rest, broken.frame(self.dialect).into()].concat().into(), report),
            Form::Array => {
                let mut begun = self.begun;
                let mut out = item(&mut begun, &rest).to_vec();
                if !whole {
                    out.extend_from_slice(if std::mem::replace(&mut begun, true) { b",\n" } else { b"[" });
                    out.extend(broken.body(self.dialect));
                }
                out.extend_from_slice(if begun { b"]" } else { b"[]" });
                (out.into(), report)
            }
        }
    }

    /// The error that ends a stream which has begun, and what was learnt up to there. Nothing may follow.
    pub fn fail(self, fault: &Fault) -> (Bytes, Report) {
        match self.way {
            Way::Other(translation) => translation.fail(fault),
            Way::Same(tap) => {
                let bytes = match self.form {
                    Form::Events => fault.frame(self.dialect),
                    // Something always came before: the stream was committed to.
                    Form::Array => [b",\n".as_slice(), &fault.body(self.dialect), b"]"].concat(),
                };
                (bytes.into(), tap.report().clone())
            }
            Way::Raw(report) => (Bytes::new(), report),
        }
    }
}

/// A frame as the next item of an array.
fn item(begun: &mut bool, frame: &Bytes) -> Bytes {
    let mut frames = crate::Frames::new();
    frames.push(frame.clone());
    let data = match frames.next() {
        Some(Ok(frame)) => frame.data,
        _ => frames.last().data,
    };
    if data.is_empty() {
        return Bytes::new();
    }
    let before: &[u8] = if std::mem::replace(begun, true) { b",\n" } else { b"[" };
    [before, &data].concat().into()
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
