//! Framing of AWS event streams (`application/vnd.amazon.eventstream`): bytes in, whole frames out, whatever the
//! chunking.
//!
//! A frame is, in big-endian: its whole length and the length of its headers (4 bytes each), the CRC-32 of these 8
//! bytes, the headers, the payload, and the CRC-32 of everything before (Smithy, event stream specification, 2026).
//! Both sums are checked, the first before the lengths are believed. Amazon's own crate for this brings all of its SDK's
//! types along.

use bytes::{Buf, Bytes, BytesMut};

/// The longest frame accepted unless told otherwise: 16 MiB, as in Amazon's C library (24 MiB in newer versions). Kiro's
/// frames are some hundred bytes.
pub const FRAME_LIMIT: usize = 16 * 1024 * 1024;

/// The two lengths and their sum.
const PRELUDE: usize = 12;
/// What a frame holds besides headers and payload.
const OVERHEAD: usize = PRELUDE + 4;

/// Why a stream cannot be read further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A frame is longer than the limit in bytes.
    #[error("the provider's stream has a frame of more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The bytes are no frame, or were changed on their way.
    #[error("the provider's stream is damaged")]
    Damaged,
    /// The stream ended within a frame, or before the reply was whole.
    #[error("the provider's stream ended before its end")]
    CutOff,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Names and values of the headers that are texts, in order. No others were seen (Kiro, August 2026).
    pub headers: Vec<(String, String)>,
    /// JSON, as far as Kiro goes.
    pub payload: Bytes,
}

/// Cuts a byte stream into frames: [`push`](Self::push) a chunk, then take frames until `None`.
#[derive(Debug)]
pub struct Frames {
    limit: usize,
    held: BytesMut,
    broken: Option<Broken>,
}

impl Default for Frames {
    fn default() -> Self {
        Self::new()
    }
}

impl Frames {
    /// With the usual limit on a frame's size.
    pub fn new() -> Self {
        Self::with_limit(FRAME_LIMIT)
    }

    /// With a limit in bytes on a frame's size.
    pub fn with_limit(limit: usize) -> Self {
        Self { limit, held: BytesMut::new(), broken: None }
    }

    /// Adds what came from the provider.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.broken.is_none() {
            self.held.extend_from_slice(chunk);
        }
    }

    /// The next whole frame. What is broken stays so: where the next frame begins is unknown.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        self.cut().inspect_err(|broken| {
            self.broken = Some(*broken);
            self.held = BytesMut::new();
        })
    }

    /// The provider's stream is over.
    pub fn end(&self) -> Result<(), Broken> {
        match self.broken {
            Some(broken) => Err(broken),
            None if self.held.is_empty() => Ok(()),
            None => Err(Broken::CutOff),
        }
    }

    fn cut(&mut self) -> Result<Option<Frame>, Broken> {
        let Some(mut prelude) = self.held.get(..PRELUDE) else { return Ok(None) };
        let sum = crc32fast::hash(prelude.get(..8).unwrap_or_default());
        let (length, headers, stated) = (prelude.get_u32(), prelude.get_u32(), prelude.get_u32());
        if sum != stated {
            return Err(Broken::Damaged);
        }
        let (length, headers) = (length as usize, headers as usize);
        if length < OVERHEAD || headers > length - OVERHEAD {
            return Err(Broken::Damaged);
        }
        if length > self.limit {
            return Err(Broken::TooLarge { limit: self.limit });
        }
        if self.held.len() < length {
            return Ok(None);
        }
        let mut frame = self.held.split_to(length).freeze();
        let mut tail = frame.split_off(length - 4);
        if crc32fast::hash(&frame) != tail.get_u32() {
            return Err(Broken::Damaged);
        }
        frame.advance(PRELUDE);
        let headers = read_headers(frame.split_to(headers)).ok_or(Broken::Damaged)?;
        Ok(Some(Frame { headers, payload: frame }))
    }
}

impl Frame {
    /// The value of a header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// Each header is the length of its name (1 byte), the name, the type of its value (1 byte) and the value.
fn read_headers(mut bytes: Bytes) -> Option<Vec<(String, String)>> {
    let mut headers = Vec::new();
    while bytes.has_remaining() {
        let length = bytes.try_get_u8().ok()?;
        let name = text(&mut bytes, length.into())?;
        let kind = bytes.try_get_u8().ok()?;
        let length = match kind {
            // True and false.
            0 | 1 => 0,
            2 => 1,
            3 => 2,
            4 => 4,
            // A number and a time.
            5 | 8 => 8,
            // Bytes and a text.
            6 | 7 => bytes.try_get_u16().ok()?.into(),
            // A UUID.
            9 => 16,
            _ => return None,
        };
        if kind == 7 {
            headers.push((name, text(&mut bytes, length)?));
        } else if length <= bytes.len() {
            bytes.advance(length);
        } else {
            return None;
        }
    }
    Some(headers)
}

fn text(bytes: &mut Bytes, length: usize) -> Option<String> {
    let text = (length <= bytes.len()).then(|| bytes.split_to(length))?;
    String::from_utf8(text.into()).ok()
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
