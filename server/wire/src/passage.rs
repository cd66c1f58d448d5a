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

    /// The provider's stream is over: what is left to forward, and what was learnt. `whole` says whether the
    /// provider ended it properly.
    pub fn finish(self) -> (Bytes, Report) {
        match self.way {
            Way::Other(translation) => translation.finish(),
            Way::Raw(report) => (Bytes::new(), Report { ended: true, ..report }),
            Way::Same(tap) => {
                let (rest, report) = tap.finish();
                if self.form != Form::Array {
                    return (rest, report);
                }
                let mut begun = self.begun;
                let mut out = item(&mut begun, &rest).to_vec();
                if report.ended || report.error.is_some() {
                    close(begun, &mut out);
                }
                (out.into(), report)
            }
        }
    }

    /// The error that ends a stream which has begun, in the client's dialect and form.
    pub fn error(dialect: Dialect, form: Form, fault: &Fault) -> Vec<u8> {
        match form {
            Form::Events => fault.frame(dialect),
            // Something always came before: the stream was committed to.
            Form::Array => [b",\n".as_slice(), &fault.body(dialect), b"]"].concat(),
        }
    }

    /// How the client wants the stream framed.
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The client's dialect.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
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

fn close(begun: bool, out: &mut Vec<u8>) {
    if !begun && out.is_empty() {
        out.push(b'[');
    }
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(form: Form, text: &str, size: usize) -> (String, Report) {
        let mut passage = Passage::same(Dialect::Gemini, false, form);
        let mut out = Vec::new();
        for chunk in text.as_bytes().chunks(size) {
            for seen in passage.push(Bytes::copy_from_slice(chunk)).unwrap() {
                out.extend_from_slice(&seen.raw);
            }
        }
        let (rest, report) = passage.finish();
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
            let items: Vec<serde_json::Value> = serde_json::from_str(&array)
                .unwrap_or_else(|_| serde_json::from_str(&format!("{array}]")).unwrap());
            assert_eq!(items.len(), 2);
            assert_eq!(items[1]["candidates"][0]["finishReason"], "STOP");
        }
    }
}
