//! A client's request.

use crate::json::tree::{Object, Path};
use crate::{Conversation, Malformed};

/// Decodes a request.
pub(crate) fn decode(_body: Object<'_>) -> Result<Conversation<'_>, Malformed> {
    Err(Path::Root.fault("is in a dialect that is not translated yet"))
}
