//! A request for a provider.

mod messages;
mod options;
mod parts;
mod tools;

use crate::conversation::{Block, Names};
use crate::json::write::Writer;
use crate::transcode::LostSeals;
use crate::transcode::structured::{Form, plan, say_json, says_json};
use crate::{Conversation, Dropped, Encoded, Target};

/// A request in the making.
struct Encoder<'e> {
    conversation: &'e Conversation<'e>,
    target: &'e Target<'e>,
    names: Names,
    dropped: Vec<Dropped>,
    /// How the answer's form is asked for, and what the instructions have to say of it.
    form: Form<'e>,
    words: Option<&'e Block<'e>>,
    seals: LostSeals,
    /// Whether calls of the message that is written must be signed.
    signs: bool,
}

/// Encodes a request.
pub(crate) fn encode(conversation: &Conversation<'_>, target: &Target<'_>) -> Encoded {
    let said = || conversation.system.iter().any(says_json) || say_json(&conversation.turns);
    let plan = plan(conversation.format.as_ref(), target.schema, said);
    let words = plan.words.map(Block::text);
    let mut encoder = Encoder {
        conversation,
        target,
        names: Names::default(),
        dropped: plan.lost.iter().map(|(path, why)| Dropped::new(path, why)).collect(),
        form: plan.form,
        words: words.as_ref(),
        seals: LostSeals::default(),
        signs: false,
    };
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
    encoder.dropped.extend(encoder.seals.told());
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
