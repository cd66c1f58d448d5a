//! A request for a provider.

mod results;
mod settings;
mod tools;
mod turns;

use super::generation::before_3;
use crate::conversation::{Block, Names};
use crate::json::write::{ListWriter, Writer};
use crate::{Conversation, Dropped, Encoded, Target};
use std::borrow::Cow;

/// Encodes a request. Model and streaming are stated in the path.
pub(crate) fn encode(conversation: &Conversation<'_>, target: &Target<'_>) -> Encoded {
    let mut encoder = Encoder {
        target: *target,
        old: before_3(target.model),
        names: Names::default(),
        dropped: Vec::new(),
    };
    let tools = encoder.tools(conversation);
    let contents = encoder.contents(conversation);
    let settings = encoder.settings(conversation, tools.functions);
    let system: Vec<&str> = conversation.system.iter().filter_map(words).collect();
    encoder.unsaid(conversation);

    let body = Writer::object(1024, |body| {
        if !system.is_empty() && !contents.is_empty() {
            body.object("systemInstruction", |content| content.list("parts", |parts| texts(&system, parts)));
        }
        body.list("contents", |list| {
            // A conversation must have a turn. Instructions alone are what is asked.
            if contents.is_empty() && !system.is_empty() {
                list.object(|content| {
                    content.text("role", "user");
                    content.list("parts", |parts| texts(&system, parts));
                });
            }
            for content in &contents {
                list.object(|out| content.write(out));
            }
        });
        body.maybe_raw("tools", tools.declared.as_deref());
        body.maybe_raw("toolConfig", tools.choice.as_deref());
        body.maybe_raw("generationConfig", settings.as_deref());
        body.maybe_text("cachedContent", conversation.continues.as_deref().filter(|id| is_cache(id)));
    });
    Encoded { body, dropped: encoder.dropped, names: encoder.names }
}

/// What encoding needs at every step.
struct Encoder<'t> {
    target: Target<'t>,
    /// Whether the model is from before Gemini 3.
    old: bool,
    names: Names,
    dropped: Vec<Dropped>,
}

impl Encoder<'_> {
    fn drop(&mut self, path: impl ToString, why: &str) {
        self.dropped.push(Dropped::new(&path, why));
    }

    /// A tool's name as Gemini takes it: of the limits in its documents (63, 64, 128) the one that all versions took.
    fn name<'n>(&mut self, name: &'n str) -> Cow<'n, str> {
        self.names.send(name, 64, |char| char.is_ascii_alphanumeric() || "_.:-".contains(char))
    }

    /// What is said of the request as a whole and has no place here.
    fn unsaid(&mut self, conversation: &Conversation<'_>) {
        for (index, block) in conversation.system.iter().enumerate() {
            if block.cache().is_some() {
                self.drop(format!("system[{index}].cache"), CACHES_ITSELF);
            }
        }
        if conversation.user.is_some() {
            self.drop("user", "Gemini has no place for it");
        }
        if !conversation.metadata.is_empty() {
            self.drop("metadata", "only Vertex takes labels, and AI Studio refuses them");
        }
        if conversation.cache_key.is_some() {
            self.drop("cache_key", CACHES_ITSELF);
        }
        if conversation.service_tier.is_some() {
            self.drop("service_tier", "Vertex refuses it");
        }
        if conversation.continues.as_deref().is_some_and(|id| !is_cache(id)) {
            self.drop("continues", "Gemini does not store answers");
        }
    }
}

/// Why marks of the prompt cache go nowhere.
const CACHES_ITSELF: &str = "Gemini caches prompts by itself";

/// `cachedContents/abc`, or on Vertex `projects/…/cachedContents/abc`.
fn is_cache(id: &str) -> bool {
    id.contains("cachedContents/")
}

fn words<'b>(block: &'b Block<'_>) -> Option<&'b str> {
    match block {
        Block::Text { text, .. } if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn texts(texts: &[&str], parts: &mut ListWriter<'_>) {
    for text in texts {
        parts.object(|part| part.text("text", text));
    }
}

/// A JSON object as text.
fn json(write: impl FnOnce(&mut crate::json::write::ObjectWriter<'_>)) -> String {
    String::from_utf8(Writer::object(128, write)).unwrap_or_default()
}
