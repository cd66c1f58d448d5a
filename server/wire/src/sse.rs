//! Framing of server-sent events (WHATWG HTML, 9.2) and of JSON by lines: bytes in, whole frames out, whatever the
//! chunking.
//!
//! A frame is everything up to and including a blank line, or a line. Its raw bytes are kept, so what is forwarded
//! is what came. Nothing is copied when a frame lies within one chunk and its data is one line.

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr, memchr2};

/// The longest frame accepted unless told otherwise: 32 MiB. A generated image comes as one frame.
pub const FRAME_LIMIT: usize = 32 * 1024 * 1024;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One event, comment, or stray blank line; by lines: one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The bytes as they came, the closing blank line included.
    pub raw: Bytes,
    /// The value of the last `event` field; empty if there is none.
    pub event: Bytes,
    /// The values of all `data` fields, joined by a line feed; empty if there is none.
    pub data: Bytes,
}

/// A frame is longer than the limit; the stream cannot be read further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the provider's stream has a frame of more than {limit} bytes")]
pub struct FrameTooLarge {
    /// The limit in bytes.
    pub limit: usize,
}

/// Cuts a byte stream into frames: [`push`](Self::push) a chunk, then take frames until `None`.
#[derive(Debug)]
pub struct Frames {
    limit: usize,
    /// Whether each line is a frame, with its text as data (NDJSON), and not a server-sent event.
    by_line: bool,
    /// What came last and is not read yet.
    chunk: Bytes,
    /// The beginning of a frame that goes on in `chunk`.
    held: BytesMut,
    line: Line,
    begun: bool,
    failed: bool,
}

/// Where in a line the last byte read left us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// At the start of a line.
    Start,
    /// Inside a line that is not blank.
    Within,
    /// After a carriage return that ended a line with text: a line feed belongs to it.
    Return,
    /// After a carriage return that was a blank line: the frame is over, but a line feed belongs to it.
    BlankReturn,
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

    /// Of lines in place of events (NDJSON, which Ollama streams): a frame is a line, its data what comes before the
    /// line feed, without a carriage return; a blank line has no data.
    pub fn lines() -> Self {
        Self { by_line: true, ..Self::new() }
    }

    /// With a limit in bytes on a frame's size.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            by_line: false,
            chunk: Bytes::new(),
            held: BytesMut::new(),
            line: Line::Start,
            begun: false,
            failed: false,
        }
    }

    /// Adds what came from the provider.
    pub fn push(&mut self, chunk: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = chunk;
        } else {
            let mut joined = BytesMut::with_capacity(self.chunk.len() + chunk.len());
            joined.extend_from_slice(&self.chunk);
            joined.extend_from_slice(&chunk);
            self.chunk = joined.freeze();
        }
    }

    /// The unfinished tail, as it came.
    pub fn rest(self) -> Bytes {
        if self.held.is_empty() {
            return self.chunk;
        }
        let mut held = self.held;
        held.extend_from_slice(&self.chunk);
        held.freeze()
    }

    /// Ends the stream: the tail read as though a blank line had followed it.
    pub(crate) fn last(self) -> Frame {
        let (first, by_line) = (!self.begun, self.by_line);
        Frame::read(self.rest(), first, by_line)
    }

    /// The length of the frame's part in `chunk`, if the frame ends there.
    fn end(&mut self) -> Option<usize> {
        let text = &self.chunk[..];
        if self.by_line {
            return memchr(b'\n', text).map(|length| length + 1);
        }
        let mut at = 0;
        while at < text.len() {
            match self.line {
                Line::BlankReturn => {
                    self.line = Line::Start;
                    return Some(at + usize::from(text[at] == b'\n'));
                }
                Line::Return => {
                    self.line = Line::Start;
                    at += usize::from(text[at] == b'\n');
                }
                Line::Start | Line::Within => {
                    let Some(length) = memchr2(b'\n', b'\r', &text[at..]) else {
                        self.line = Line::Within;
                        return None;
                    };
                    let blank = length == 0 && self.line == Line::Start;
                    at += length + 1;
                    self.line = match (text[at - 1], blank) {
                        (b'\n', true) => {
                            self.line = Line::Start;
                            return Some(at);
                        }
                        (b'\n', false) => Line::Start,
                        (_, true) => Line::BlankReturn,
                        (_, false) => Line::Return,
                    };
                }
            }
        }
        None
    }
}

impl Iterator for Frames {
    type Item = Result<Frame, FrameTooLarge>;

    /// The next whole frame; `None` until more is pushed. After an error there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.chunk.is_empty() {
            return None;
        }
        let end = self.end();
        let length = self.held.len() + end.unwrap_or(self.chunk.len());
        if length > self.limit {
            self.failed = true;
            return Some(Err(FrameTooLarge { limit: self.limit }));
        }
        let Some(end) = end else {
            self.held.extend_from_slice(&self.chunk);
            self.chunk = Bytes::new();
            return None;
        };
        let raw = if self.held.is_empty() {
            self.chunk.split_to(end)
        } else {
            self.held.extend_from_slice(&self.chunk[..end]);
            self.chunk.advance(end);
            std::mem::take(&mut self.held).freeze()
        };
        let first = !std::mem::replace(&mut self.begun, true);
        Some(Ok(Frame::read(raw, first, self.by_line)))
    }
}

impl Frame {
    /// Reads the fields of one frame, or a line. `first`: a byte order mark may precede it.
    fn read(raw: Bytes, first: bool, by_line: bool) -> Self {
        let mut event = 0..0;
        let mut data: Option<std::ops::Range<usize>> = None;
        let mut joined: Option<BytesMut> = None;

        let mut at = if first && raw.starts_with(BOM) { BOM.len() } else { 0 };
        if by_line {
            let line = raw.strip_suffix(b"\n").unwrap_or(&raw);
            let end = line.strip_suffix(b"\r").unwrap_or(line).len();
            let data = if at < end { raw.slice(at..end) } else { Bytes::new() };
            return Self { raw, event: Bytes::new(), data };
        }
        while at < raw.len() {
            let end = memchr2(b'\n', b'\r', &raw[at..]).map_or(raw.len(), |length| at + length);
            let colon = memchr(b':', &raw[at..end]).map_or(end, |length| at + length);
            let mut value = (colon + 1).min(end);
            value += usize::from(raw[value..end].first() == Some(&b' '));
            match &raw[at..colon] {
                b"event" => event = value..end,
                b"data" => match (&data, &mut joined) {
                    (None, _) => data = Some(value..end),
                    (Some(_), Some(joined)) => {
                        joined.extend_from_slice(b"\n");
                        joined.extend_from_slice(&raw[value..end]);
                    }
                    (Some(one), None) => {
                        let mut lines = BytesMut::with_capacity(raw.len());
                        lines.extend_from_slice(&raw[one.clone()]);
                        lines.extend_from_slice(b"\n");
                        lines.extend_from_slice(&raw[value..end]);
                        joined = Some(lines);
                    }
                },
                _ => {}
            }
            // A CRLF leaves an empty line between its two bytes, which has no field.
            at = end + 1;
        }

        let data = match (joined, data) {
            (Some(lines), _) => lines.freeze(),
            (None, Some(span)) => raw.slice(span),
            (None, None) => Bytes::new(),
        };
        let event = if event.is_empty() { Bytes::new() } else { raw.slice(event) };
        Self { raw, event, data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(chunks: &[&'static [u8]]) -> (Vec<Frame>, Bytes) {
        let mut frames = Frames::new();
        let mut out = Vec::new();
        for chunk in chunks {
            frames.push(Bytes::from_static(chunk));
            out.extend(frames.by_ref().map(Result::unwrap));
        }
        (out, frames.rest())
    }

    fn data(text: &'static str) -> Vec<String> {
        let whole = frames(&[text.as_bytes()]).0;
        for cut in 1..text.len() {
            let (one, two) = text.as_bytes().split_at(cut);
            assert_eq!(frames(&[one, two]).0, whole, "cut at {cut}");
        }
        whole.iter().map(|frame| String::from_utf8(frame.data.to_vec()).unwrap()).collect()
    }

    #[test]
    fn every_line_ending_ends_a_frame() {
        assert_eq!(data("data: a\n\ndata: b\n\n"), ["a", "b"]);
        assert_eq!(data("data: a\r\n\r\ndata: b\r\n\r\n"), ["a", "b"]);
        assert_eq!(data("data: a\r\rdata: b\r\r:"), ["a", "b"]);
        assert_eq!(data("data: a\r\n\ndata: b\n\r\n"), ["a", "b"]);
    }

    #[test]
    fn fields_read_as_the_standard_says() {
        assert_eq!(data("data:a\ndata:  b\ndata\nid: 7\n\n"), ["a\n b\n"]);
        assert_eq!(data("\u{feff}data: a\n\n\u{feff}data: b\n\n"), ["a", ""]);
        assert_eq!(data(": keep-alive\n\n\ndatax: no\n\n"), ["", "", ""]);
        let (named, _) = frames(&[b"event: ping\nevent: error\ndata: {}\n\n"]);
        assert_eq!(named[0].event, "error");
    }

    #[test]
    fn a_frame_in_one_chunk_is_not_copied() {
        let chunk = Bytes::from(b"data: one\n\ndata: two\n\n".to_vec());
        let mut frames = Frames::new();
        frames.push(chunk.clone());
        let one = frames.next().unwrap().unwrap();
        assert_eq!(one.raw.as_ptr(), chunk.as_ptr());
        assert_eq!(one.data.as_ptr(), chunk[6..].as_ptr());
    }

    #[test]
    fn lines_are_frames() {
        let text = "\u{feff}{\"a\":1}\n\n{\"b\":\r2}\r\n{\"c\":3}".as_bytes();
        for size in 1..=text.len() {
            let mut lines = Frames::lines();
            let mut data = Vec::new();
            for chunk in text.chunks(size) {
                lines.push(Bytes::copy_from_slice(chunk));
                data.extend(lines.by_ref().map(|frame| frame.unwrap().data));
            }
            data.push(lines.last().data);
            assert_eq!(data, ["{\"a\":1}", "", "{\"b\":\r2}", "{\"c\":3}"], "in pieces of {size}");
        }
        let chunk = Bytes::from_static(b"{}\n[]\n");
        let mut lines = Frames::lines();
        lines.push(chunk.clone());
        assert_eq!(lines.next().unwrap().unwrap().data.as_ptr(), chunk.as_ptr(), "not copied");
    }

    #[test]
    fn the_tail_is_kept() {
        let (whole, rest) = frames(&[b"data: a\n\nda", b"ta: b\n"]);
        assert_eq!(whole.len(), 1);
        assert_eq!(rest, "data: b\n");
    }

    #[test]
    fn pushing_twice_before_reading_loses_nothing() {
        let mut frames = Frames::new();
        frames.push(Bytes::from_static(b"data: a\n"));
        frames.push(Bytes::from_static(b"\ndata: b\n\n"));
        assert_eq!(frames.by_ref().map(|frame| frame.unwrap().data).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn too_long_a_frame_is_an_error_however_it_is_cut() {
        for cut in 1..20 {
            let (one, two) = b"data: 0123456789abcd\n\n".split_at(cut);
            let mut frames = Frames::with_limit(12);
            frames.push(Bytes::from_static(one));
            let early = frames.next();
            frames.push(Bytes::from_static(two));
            let late = frames.next();
            assert_eq!(early.or(late), Some(Err(FrameTooLarge { limit: 12 })));
            assert_eq!(frames.next(), None);
        }
        let mut frames = Frames::with_limit(9);
        frames.push(Bytes::from_static(b"data: a\n\n"));
        assert!(frames.next().unwrap().is_ok());
    }
}
