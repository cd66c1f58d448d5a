//! A provider's reply.

use crate::json::tree::{Object, Path};
use crate::transcode::Read;
use crate::{Event, Malformed, Reply};

/// Decodes a stream.
pub(crate) struct Reader {
    _issuer: String,
}

impl Reader {
    /// For a stream of `issuer`'s.
    pub(crate) fn new(issuer: &str) -> Self {
        Self { _issuer: issuer.to_owned() }
    }
}

impl Read for Reader {
    fn document(&mut self, _event: &str, _body: Object<'_>, _out: &mut Vec<Event>) {}

    fn end(&mut self, _out: &mut Vec<Event>) {}
}

/// Decodes a whole reply.
pub(crate) fn read_whole(_body: Object<'_>, _issuer: &str) -> Result<Reply, Malformed> {
    Err(Path::Root.fault("is in a dialect that is not translated yet"))
}
