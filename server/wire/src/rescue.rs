//! An answer that broke off and goes on at another provider: how far the client is, and the request for the rest.

use crate::conversation::Names;
use crate::json::tree::{Node, Object, Value};
use crate::passage::{From, Passage, Place};
use crate::transcode::{Event, Given, Sink, reader};
use crate::{Asked, Dialect, Fault, Frames, ProviderError};
use bytes::Bytes;

/// A client's stream that waits for somebody to go on.
pub struct Interrupted {
    sink: Sink,
    given: Given,
    place: Place,
}

impl Interrupted {
    pub(crate) fn new(sink: Sink, given: Given, place: Place) -> Self {
        Self { sink, given, place }
    }

    /// The words of the answer that the client has.
    pub fn said(&self) -> &str {
        self.given.text()
    }

    /// The stream goes on with what `issuer` sends in the dialect `from`, which was told tools by `names`. `hold` as in
    /// [`Passage::cared_for`].
    pub fn go_on(self, from: Dialect, issuer: &str, names: Names, hold: bool) -> Passage {
        Passage::going_on(self.sink, self.given, self.place, From { dialect: from, issuer, names, hold })
    }

    /// Nobody goes on: the error that ends the stream.
    pub fn fail(mut self, fault: &Fault) -> Bytes {
        let mut out = Vec::new();
        let error = ProviderError {
            message: fault.message.clone(),
            status: Some(fault.status()),
            ..ProviderError::default()
        };
        self.sink.event(Event::Error(error), &mut out);
        out.into()
    }
}

/// How far frames that another wrote have come.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// The index of the block or item that is open.
    pub(crate) open: Option<u64>,
    /// The index of the next.
    pub(crate) next: u64,
    /// The id of the item begun last (Responses).
    pub(crate) item: String,
    /// The items that are over, as they were told (Responses).
    pub(crate) done: Vec<Vec<u8>>,
    /// The number of the next event (Responses).
    pub(crate) sequence: u64,
    /// There is more than one answer in it (chat's `n`).
    several: bool,
}

impl Tail {
    fn take(&mut self, body: &Object<'_>) {
        match text(body, "type") {
            Some("content_block_start") => self.begin(count(body, "index")),
            Some("response.output_item.added") => {
                self.begin(count(body, "output_index"));
                if let Some(Node { value: Value::Object(item), .. }) = body.get("item") {
                    text(item, "id").unwrap_or_default().clone_into(&mut self.item);
                }
            }
            Some("content_block_stop") => self.open = None,
            Some("response.output_item.done") => {
                self.open = None;
                self.done.extend(body.get("item").map(|item| item.raw.as_bytes().to_vec()));
            }
            _ => {}
        }
        if let Some(number) = count(body, "sequence_number") {
            self.sequence = number + 1;
        }
        if let Some(Node { value: Value::List(choices), .. }) = body.get("choices") {
            self.several |= choices.iter().any(|choice| match &choice.value {
                Value::Object(choice) => count(choice, "index").is_some_and(|at| at > 0),
                _ => false,
            });
        }
    }

    fn begin(&mut self, index: Option<u64>) {
        let index = index.unwrap_or(self.next);
        (self.open, self.next) = (Some(index), index + 1);
    }
}

fn text<'o>(object: &'o Object<'_>, key: &str) -> Option<&'o str> {
    object.get(key).and_then(Node::as_text)
}

fn count(object: &Object<'_>, key: &str) -> Option<u64> {
    object.get(key).and_then(|node| node.raw.parse().ok())
}

/// How far a client is that was given these frames; `None` if nobody can go on from there.
pub(crate) fn replay(
    dialect: Dialect,
    issuer: &str,
    asked: Asked,
    delivered: &[Bytes],
) -> Option<(Sink, Given)> {
    let mut frames = if dialect == Dialect::Ollama { Frames::lines() } else { Frames::new() };
    let (mut reader, mut sink) = (reader(dialect, issuer), Sink::stream(dialect, asked));
    let (mut given, mut tail) = (Given::default(), Tail::default());
    let (mut events, mut written) = (Vec::new(), Vec::new());
    for raw in delivered {
        frames.push(raw.clone());
        while let Some(Ok(frame)) = frames.next() {
            let text = String::from_utf8_lossy(&frame.data);
            let event = String::from_utf8_lossy(&frame.event);
            if let Ok(Node { value: Value::Object(body), .. }) = Node::parse(&text) {
                tail.take(&body);
                reader.document(&event, body, &mut events);
            }
            for event in events.drain(..) {
                given.take(&event);
                // The client has it already, in the provider's own frames.
                sink.event(event, &mut written);
                written.clear();
            }
        }
    }
    let goes_on = given.can_go_on() && !tail.several && sink.take_over(&tail);
    goes_on.then_some((sink, given))
}
