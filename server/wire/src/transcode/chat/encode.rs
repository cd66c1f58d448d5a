//! A request for a provider.

mod messages;
mod options;
mod parts;
mod tools;

use crate::conversation::Names;
use crate::json::write::Writer;
use crate::{Conversation, Dropped, Encoded, Target};

/// A request in the making.
struct Encoder<'e> {
    conversation: &'e Conversation<'e>,
    target: &'e Target<'e>,
    names: Names,
    dropped: Vec<Dropped>,
    /// Whether calls of the message that is written must be signed.
    signs: bool,
}

/// Encodes a request.
pub(crate) fn encode(conversation: &Conversation<'_>, target: &Target<'_>) -> Encoded {
    let mut encoder =
        Encoder { conversation, target, names: Names::default(), dropped: Vec::new(), signs: false };
    let body = Writer::object(4096, |body| {
        body.text("model", target.model);
        body.list("messages", |list| encoder.messages(list));
        encoder.tools(body);
        encoder.options(body);
        if target.stream {
            body.bool("stream", true);
            // Without it most vendors state no counts in a stream.
            body.object("stream_options", |options| options.bool("include_usage", true));
        }
    });
    Encoded { body, dropped: encoder.dropped, names: encoder.names }
}

impl Encoder<'_> {
    fn lost(&mut self, path: &impl ToString, why: &str) {
        self.dropped.push(Dropped::new(path, why));
    }
}

/// What OpenAI takes in the names of functions and formats.
fn name_char(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_' || char == '-'
}

/// The longest name OpenAI takes.
const NAME_LIMIT: usize = 64;

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
