//! A reply for a client.

use crate::transcode::Write;
use crate::{Asked, Event, Reply};

/// Encodes a stream.
pub(crate) struct Writer {
    _asked: Asked,
}

impl Writer {
    /// For the client that asked so.
    pub(crate) fn new(asked: Asked) -> Self {
        Self { _asked: asked }
    }
}

impl Write for Writer {
    fn event(&mut self, _event: &Event, _out: &mut Vec<u8>) {}
}

/// Encodes a whole reply.
pub(crate) fn write_whole(_reply: &Reply, _asked: &Asked) -> Vec<u8> {
    Vec::new()
}
