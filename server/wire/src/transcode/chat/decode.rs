//! A client's request.

mod messages;
mod options;
mod parts;
mod tools;

use crate::json::tree::{Object, Path};
use crate::{Conversation, Dropped, Malformed};
use messages::Messages;

/// Why a member is dropped that nobody here knows.
const UNKNOWN: &str = "no other dialect is known to have it";

/// Decodes a request.
pub(crate) fn decode(mut body: Object<'_>) -> Result<Conversation<'_>, Malformed> {
    let root = Path::Root;
    // Peeked at before.
    body.take("model");
    body.take("stream");
    let mut conversation = Conversation::default();
    let path = root.key("messages");
    let list = body.list("messages", &root)?.ok_or_else(|| path.missing())?;
    if list.is_empty() {
        return Err(path.fault("must not be empty"));
    }
    Messages::new(&mut conversation).take(list, &path)?;
    tools::take(&mut body, &mut conversation)?;
    options::take(&mut body, &mut conversation)?;
    body.rest(&root, UNKNOWN, &mut conversation.dropped);
    Ok(conversation)
}

/// Notes what is lost of a member that was taken.
fn lost(conversation: &mut Conversation<'_>, path: &Path<'_>, why: &str) {
    conversation.dropped.push(Dropped::new(path, why));
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
