//! A provider's stream on its way to a client of another dialect.

use super::joint::{Given, Joint};
use super::{Asked, Event, Opening, Read, Reply, Write, read_whole, reader, writer};
use crate::conversation::Names;
use crate::json::tree::{Node, Value};
use crate::rescue::Tail;
use crate::{Dialect, Fault, Frame, FrameTooLarge, Kind, ProviderError, Report, Seen, StreamTap, Usage};
use bytes::Bytes;

/// Watches a stream as [`StreamTap`] does, and forwards it in the client's dialect.
pub struct Translation {
    from: Dialect,
    issuer: String,
    tap: StreamTap,
    reader: Box<dyn Read>,
    sink: Sink,
    events: Vec<Event>,
    /// The counts told last.
    told: Option<Usage>,
    /// The finish or an error was handed on: nothing may follow.
    over: bool,
    /// What is needed to go on elsewhere; `None` where that is not wanted.
    care: Option<Care>,
    /// Where this goes on with what another provider began.
    joint: Option<Joint>,
    #[cfg(debug_assertions)]
    grammar: super::grammar::Grammar,
}

/// What is needed to go on elsewhere.
#[derive(Default)]
struct Care {
    given: Given,
    /// Whether calls wait until the reply is whole, so that one that breaks can be made anew.
    hold: bool,
    /// Everything from the first call on.
    held: Option<Vec<Event>>,
    /// Why the reply broke off. The client is not told as long as another may go on.
    error: Option<ProviderError>,
}

/// Where events go.
pub(crate) enum Sink {
    /// To a client that streams.
    Stream(Box<dyn Write>),
    /// Into one reply, for a client that does not.
    Whole(Vec<Event>),
}

impl Translation {
    /// From a stream of `issuer`'s in one dialect into a stream in another.
    pub fn new(from: Dialect, issuer: &str, to: Dialect, asked: Asked) -> Self {
        Self::with(from, issuer, Sink::Stream(writer(to, asked)))
    }

    /// From a stream of `issuer`'s into one reply, which [`Self::into_reply`] gives.
    pub fn collecting(from: Dialect, issuer: &str) -> Self {
        Self::with(from, issuer, Sink::Whole(Vec::new()))
    }

    fn with(from: Dialect, issuer: &str, sink: Sink) -> Self {
        Self {
            from,
            issuer: issuer.to_owned(),
            tap: StreamTap::new(from, false),
            reader: reader(from, issuer),
            sink,
            events: Vec::new(),
            told: None,
            over: false,
            care: None,
            joint: None,
            #[cfg(debug_assertions)]
            grammar: super::grammar::Grammar::default(),
        }
    }

    /// Goes on with what another provider began: `sink` and `given` are how far the client is. `names`: as this
    /// provider was told them.
    pub(crate) fn going_on(from: Dialect, issuer: &str, mut sink: Sink, given: Given, names: Names) -> Self {
        if let Sink::Stream(writer) = &mut sink {
            writer.rename(names);
        }
        Self { joint: Some(Joint::new(given)), ..Self::with(from, issuer, sink) }
    }

    /// Keeps what is needed for another provider to go on if this one breaks off. Errors are not handed on from here
    /// on, but by [`Self::fail`]. `hold`: there is somebody to go on, so calls wait until the reply is whole.
    pub(crate) fn care_for(&mut self, hold: bool) {
        self.care = Some(Care { hold, ..Care::default() });
        if hold {
            self.tap.let_nothing_pass();
        }
    }

    /// Lets go, for another provider to go on; itself if that cannot be.
    pub(crate) fn interrupt(self) -> Result<(Sink, Given), Box<Self>> {
        let Some(care) = &self.care else { return Err(Box::new(self)) };
        let given = self.joint.as_ref().map_or(&care.given, Joint::given).clone();
        if self.over || !given.can_go_on() { Err(Box::new(self)) } else { Ok((self.sink, given)) }
    }

    /// Takes what came from the provider and gives what it becomes, frame by frame. An error comes after the
    /// frames before it were given, and stays.
    pub fn push(&mut self, chunk: Bytes) -> Result<Vec<Seen>, FrameTooLarge> {
        self.tap.take(chunk);
        let mut seen = Vec::new();
        loop {
            match self.tap.next_frame() {
                Ok(Some((frame, kind))) => {
                    let raw = self.translate(&frame, &kind);
                    seen.push(Seen { raw, kind });
                }
                Ok(None) => return Ok(seen),
                Err(error) if seen.is_empty() => return Err(error),
                Err(_) => return Ok(seen),
            }
        }
    }

    /// What is known so far.
    pub fn report(&self) -> &Report {
        self.tap.report()
    }

    /// The provider's stream is over. The bytes are what was held back, to be forwarded, and `broken` where the
    /// provider did not end it properly.
    pub fn finish(mut self, broken: &Fault) -> (Bytes, Report) {
        let rest = self.close();
        let report = self.tap.report().clone();
        if report.ended || report.error.is_some() && self.care.is_none() {
            return (rest, report);
        }
        let (told, report) = self.fail(broken);
        ([rest, told].concat().into(), report)
    }

    /// The stream breaks off: the error that ends it for the client, and what was learnt up to there.
    pub fn fail(mut self, fault: &Fault) -> (Bytes, Report) {
        let mut out = Vec::new();
        if !self.over {
            let status = Some(fault.status());
            let error = ProviderError { message: fault.message.clone(), status, ..ProviderError::default() };
            // The provider's own words, where it said any.
            let error = self.care.take().and_then(|care| care.error).unwrap_or(error);
            self.sink.event(Event::Error(error), &mut out);
        }
        (out.into(), self.tap.report().clone())
    }

    /// The provider's stream is over: the reply it was, or the error in place of it.
    pub fn into_reply(mut self) -> (Result<Reply, ProviderError>, Report) {
        self.close();
        let reply = match self.sink {
            Sink::Whole(events) => Reply::collect(events),
            Sink::Stream(_) => Ok(Reply::default()),
        };
        (reply, self.tap.report().clone())
    }

    /// Nothing more comes: what there was of the reply, whole or not.
    pub fn so_far(mut self) -> (Reply, Report) {
        self.close();
        let reply = match self.sink {
            Sink::Whole(events) => Reply::so_far(events),
            Sink::Stream(_) => Reply::default(),
        };
        (reply, self.tap.report().clone())
    }

    /// The provider's stream is over: what was held back.
    pub(crate) fn close(&mut self) -> Bytes {
        let mut out = Vec::new();
        if let Some((frame, kind)) = self.tap.last_frame() {
            out.extend_from_slice(&self.translate(&frame, &kind));
        }
        if !self.over && self.care.as_ref().is_none_or(|care| care.error.is_none()) {
            let mut events = std::mem::take(&mut self.events);
            let before = events.len();
            self.reader.end(&mut events);
            // Without a finish the reply broke off: a block that is closed now would pass for whole.
            if !events.iter().any(|event| matches!(event, Event::Finish(_))) {
                events.truncate(before);
            }
            self.forward(&mut events, &mut out);
            self.events = events;
        }
        out.into()
    }

    fn translate(&mut self, frame: &Frame, kind: &Kind) -> Bytes {
        let mut out = Vec::new();
        if self.over || self.care.as_ref().is_some_and(|care| care.error.is_some()) {
            return Bytes::new();
        }
        let mut events = std::mem::take(&mut self.events);
        if let Kind::Error(error) = kind {
            events.push(Event::Error(error.clone()));
        } else if frame.data.starts_with(b"[DONE]") {
            self.reader.done(&mut events);
        } else if frame.data.is_empty() {
            // A JSON document in place of a stream, which some providers answer with.
            if *kind == Kind::Content
                && let Ok(reply) = read_whole(self.from, &frame.raw, &self.issuer)
            {
                events.extend(reply.events());
            }
        } else {
            let text = String::from_utf8_lossy(&frame.data);
            let event = String::from_utf8_lossy(&frame.event);
            // What the tap could not read is an error already.
            if let Ok(Node { value: Value::Object(body), .. }) = Node::parse(&text) {
                self.reader.document(&event, body, &mut events);
            }
        }
        self.forward(&mut events, &mut out);
        self.events = events;
        out.into()
    }

    /// Hands events on. Counts come from the tap: with the start where they are known by then, before the finish
    /// always.
    fn forward(&mut self, events: &mut Vec<Event>, out: &mut Vec<u8>) {
        let usage = self.tap.report().usage;
        for mut event in events.drain(..) {
            #[cfg(debug_assertions)]
            {
                let taken = self.grammar.take(&event);
                debug_assert_eq!(taken, Ok(()), "the reader broke the grammar");
            }
            if let Event::Start { usage: started, .. } = &mut event {
                *started = usage;
                self.told = usage;
            }
            match &mut self.care {
                Some(care) => match event {
                    Event::Error(error) => {
                        care.error.get_or_insert(error);
                    }
                    event if care.holds(&event) => {}
                    event => {
                        for event in care.held.take().into_iter().flatten() {
                            self.hand_on(event, usage, out);
                        }
                        self.hand_on(event, usage, out);
                    }
                },
                None => self.hand_on(event, usage, out),
            }
        }
    }

    fn hand_on(&mut self, event: Event, usage: Option<Usage>, out: &mut Vec<u8>) {
        match &mut self.joint {
            None => {
                if let Some(care) = &mut self.care {
                    care.given.take(&event);
                }
                self.tell(event, usage, out);
            }
            Some(joint) => {
                let mut events = Vec::new();
                joint.take(event, &mut events);
                for event in events {
                    self.tell(event, usage, out);
                }
            }
        }
    }

    fn tell(&mut self, event: Event, usage: Option<Usage>, out: &mut Vec<u8>) {
        match &event {
            Event::Error(_) => self.over = true,
            Event::Finish(_) => {
                self.over = true;
                if let Some(usage) = usage.filter(|_| usage != self.told) {
                    self.told = Some(usage);
                    self.sink.event(Event::Usage(usage), out);
                }
            }
            _ => {}
        }
        self.sink.event(event, out);
    }
}

impl Care {
    /// Keeps back an event where it has to wait.
    fn holds(&mut self, event: &Event) -> bool {
        if matches!(event, Event::Finish(_)) || !self.hold {
            return false;
        }
        if matches!(event, Event::Open(Opening::ToolCall { .. })) {
            self.held.get_or_insert_default();
        }
        let Some(held) = &mut self.held else { return false };
        held.push(event.clone());
        true
    }
}

impl Sink {
    /// A client's stream.
    pub(crate) fn stream(to: Dialect, asked: Asked) -> Self {
        Self::Stream(writer(to, asked))
    }

    /// Takes over from frames that another has written. `false` if it cannot.
    pub(crate) fn take_over(&mut self, tail: &Tail) -> bool {
        match self {
            Self::Stream(writer) => writer.take_over(tail),
            Self::Whole(_) => false,
        }
    }

    /// Takes an event.
    pub(crate) fn event(&mut self, event: Event, out: &mut Vec<u8>) {
        match self {
            Self::Stream(writer) => writer.event(&event, out),
            Self::Whole(events) => events.push(event),
        }
    }
}
