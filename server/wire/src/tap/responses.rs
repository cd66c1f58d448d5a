//! Responses: frames of a stream and whole replies.

use super::{Reading, Said};
use crate::json::{Cursor, Flaw};

/// Reads one frame or reply.
pub(super) fn document(reading: &mut Reading, cursor: &mut Cursor<'_>, _event: &[u8]) -> Result<Said, Flaw> {
    reading.report.usage = reading.responses.usage();
    cursor.skip()?;
    Ok(Said::Content)
}
