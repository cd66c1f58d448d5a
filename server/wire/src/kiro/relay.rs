//! A reply on its way: an AWS event stream in, a stream of Anthropic Messages out.

use super::{Broken, Frames, Stream};
use crate::conversation::Names;
use crate::transcode::Write;
#[cfg(debug_assertions)]
use crate::transcode::grammar::Grammar;
use crate::transcode::messages::Writer;
use crate::{Asked, Event};
use bytes::Bytes;

/// Turns the bytes of one reply into those of a Messages stream.
///
/// Tokens are counted only where Kiro states them. No recorded stream does (August 2026), and then the counts of the
/// Messages stream are all zero, which reads as not stated ([`crate::Usage`]).
pub struct Relay {
    frames: Frames,
    stream: Stream,
    writer: Writer,
    events: Vec<Event>,
    /// The finish or an error was told.
    over: bool,
    broken: Option<Broken>,
    #[cfg(debug_assertions)]
    grammar: Grammar,
}

impl Relay {
    /// For one reply. `id`: hexadecimal digits, of which the message's id is made, since Kiro states none. `model`: as
    /// the message is to name it. `issuer`: the provider's id; seals of thoughts are packed as its own. `names`: of
    /// the tools, as the request has sent them.
    pub fn new(id: &str, model: &str, issuer: &str, names: Names) -> Self {
        let asked = Asked { id: id.to_owned(), model: model.to_owned(), names, ..Asked::default() };
        Self {
            frames: Frames::new(),
            stream: Stream::new(issuer),
            writer: Writer::new(asked),
            events: Vec::new(),
            over: false,
            broken: None,
            #[cfg(debug_assertions)]
            grammar: Grammar::default(),
        }
    }

    /// Takes what came from the provider and gives what it becomes, often nothing. A fault comes after what was read
    /// before it was given, and stays. An exception of Kiro's is told inside the stream, in Kiro's own words; after it, or
    /// after the end, nothing more comes.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Bytes, Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let mut out = Vec::new();
        self.frames.push(chunk);
        while !self.over {
            match self.frames.next_frame() {
                Ok(Some(frame)) => self.stream.frame(&frame, &mut self.events),
                Ok(None) => break,
                Err(broken) => {
                    self.broken = Some(broken);
                    break;
                }
            }
            self.write(&mut out);
        }
        match self.broken {
            Some(broken) if out.is_empty() => Err(broken),
            _ => Ok(out.into()),
        }
    }

    /// The provider's stream is over: the end of the message. A reply that is not whole has none, and is a fault.
    pub fn finish(mut self) -> Result<Bytes, Broken> {
        let mut out = Vec::new();
        if self.over {
            return Ok(Bytes::new());
        }
        match self.broken {
            Some(broken) => return Err(broken),
            None => self.frames.end()?,
        }
        self.stream.end(&mut self.events);
        self.write(&mut out);
        if self.over { Ok(out.into()) } else { Err(Broken::CutOff) }
    }

    fn write(&mut self, out: &mut Vec<u8>) {
        for event in self.events.drain(..) {
            #[cfg(debug_assertions)]
            {
                let taken = self.grammar.take(&event);
                debug_assert_eq!(taken, Ok(()), "the stream broke the grammar");
            }
            self.over |= matches!(event, Event::Finish(_) | Event::Error(_));
            self.writer.event(&event, out);
        }
    }
}

#[cfg(test)]
#[path = "relay_tests.rs"]
mod tests;
