//! A request for a provider.

mod items;
mod settings;
mod tools;

pub(crate) use settings::{fitting, takes_verbosity};

use crate::conversation::{Names, fnv};
use crate::json::write::Writer;
use crate::transcode::structured::{plan, say_json};
use crate::{Conversation, Dropped, Encoded, Target};
use std::borrow::Cow;

/// The longest name of a tool and id of a call that OpenAI takes.
const LONGEST: usize = 64;

/// Encodes a request.
pub(crate) fn encode(conversation: &Conversation<'_>, target: &Target<'_>) -> Encoded {
    let mut names = Names::default();
    // Instructions do not count: the word must be in `input`.
    let plan = plan(conversation.format.as_ref(), target.schema, || say_json(&conversation.turns));
    let mut dropped: Lost = plan.lost.iter().map(|(path, why)| Dropped::new(path, why)).collect();
    let body = Writer::object(4096, |body| {
        body.text("model", target.model);
        items::instructions(body, conversation, &mut dropped);
        items::input(body, conversation, target, plan.words.as_deref(), &mut names, &mut dropped);
        tools::write(body, conversation, &mut names, &mut dropped);
        settings::write(body, conversation, target, &plan.form, &mut dropped);
        body.bool("stream", target.stream);
    });
    Encoded { body, dropped, names }
}

/// What is lost on the way.
type Lost = Vec<Dropped>;

fn lose(dropped: &mut Lost, path: impl ToString, why: &str) {
    dropped.push(Dropped::new(&path, why));
}

fn allowed(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-')
}

/// An id or key OpenAI takes: itself where it is one, otherwise what it begins with and a hash, the same every time.
fn short(id: &str) -> Cow<'_, str> {
    if !id.is_empty() && id.len() <= LONGEST && id.chars().all(allowed) {
        return Cow::Borrowed(id);
    }
    let mut sent: String = id.chars().map(|char| if allowed(char) { char } else { '_' }).collect();
    sent.truncate(LONGEST - 17);
    Cow::Owned(format!("{sent}_{:016x}", fnv(id.as_bytes())))
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
