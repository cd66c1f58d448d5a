//! A request for a provider.

mod cache;
mod content;
mod pairs;
mod schema;
mod thinking;
mod tools;
mod turns;
mod write;

use crate::conversation::{Cache, Names, OutputFormat, Role, Source};
use crate::transcode::LostSeals;
use crate::transcode::structured::{ANY_JSON, in_words};
use crate::{Conversation, Dropped, Encoded, Target};
use std::borrow::Cow;
use std::fmt;

/// Encodes a request.
pub(crate) fn encode(conversation: &Conversation<'_>, target: &Target<'_>) -> Encoded {
    let (names, seals) = (Names::default(), LostSeals::default());
    let mut encoder = Encoder { conversation, target, names, dropped: Vec::new(), seals };
    let mut request = encoder.request();
    cache::settle(&mut request, target.place_cache, &mut encoder.dropped);
    encoder.name_the_rest(&request);
    encoder.dropped.extend(encoder.seals.told());
    let body = encoder.write(&request);
    Encoded { body, dropped: encoder.dropped, names: encoder.names }
}

/// What is under way.
struct Encoder<'c> {
    conversation: &'c Conversation<'c>,
    target: &'c Target<'c>,
    names: Names,
    dropped: Vec<Dropped>,
    seals: LostSeals,
}

/// A request in the making.
struct Request<'c> {
    tools: Vec<Tool<'c>>,
    choice: Option<Choice>,
    system: Vec<Item<'c>>,
    messages: Vec<Message<'c>>,
    thinking: thinking::Plan,
    schema: Option<String>,
}

/// A tool as it is sent.
struct Tool<'c> {
    at: At,
    name: String,
    description: Option<Cow<'c, str>>,
    schema: Cow<'c, str>,
    strict: bool,
    cache: Option<Cache>,
}

/// Which tool must be called.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Auto,
    None,
    Any,
    Tool(String),
}

/// A message as it is sent.
struct Message<'c> {
    role: Role,
    items: Vec<Item<'c>>,
}

/// A block as it is sent.
struct Item<'c> {
    at: At,
    cache: Option<Cache>,
    what: What<'c>,
}

enum What<'c> {
    Text(Cow<'c, str>),
    Image(&'c Source<'c>),
    Document { source: Cow<'c, Source<'c>>, title: Option<&'c str> },
    Thinking { text: &'c str, signature: &'c str },
    Redacted(&'c str),
    Call { id: &'c str, sent: String, name: String, input: Cow<'c, str> },
    Result { id: &'c str, sent: String, content: Vec<Item<'c>>, is_error: bool },
}

/// Where something stood in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Tool(usize),
    System(usize),
    Turn(usize, usize),
    /// Added here.
    Nowhere,
}

impl fmt::Display for At {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(index) => write!(out, "tools[{index}]"),
            Self::System(index) => write!(out, "system[{index}]"),
            Self::Turn(turn, block) => write!(out, "turns[{turn}].blocks[{block}]"),
            Self::Nowhere => Ok(()),
        }
    }
}

impl<'c> Item<'c> {
    fn is_thought(&self) -> bool {
        matches!(self.what, What::Thinking { .. } | What::Redacted(_))
    }
}

impl<'c> Encoder<'c> {
    fn drop(&mut self, path: &impl ToString, why: &str) {
        self.dropped.push(Dropped::new(path, why));
    }

    fn request(&mut self) -> Request<'c> {
        let tools = self.tools();
        let choice = self.choice(!tools.is_empty());
        let mut system = self.system();
        let mut messages = self.messages(&mut system);
        self.pair(&mut messages);
        let schema = self.format(&mut system);
        // A request must have a message. Instructions alone are the client's own words all the same.
        let nobody_spoke = self.conversation.turns.iter().all(|turn| turn.role == Role::System);
        if nobody_spoke && messages.is_empty() && !system.is_empty() {
            self.drop(&"system", "went out as the person's message: there was no turn to answer");
            messages.push(Message { role: Role::User, items: std::mem::take(&mut system) });
        }
        let thinking = self.plan(&mut messages, choice.as_ref());
        self.end(&mut messages);
        Request { tools, choice, system, messages, thinking, schema }
    }

    /// The schema to ask for. What cannot be asked for is said in the instructions.
    fn format(&mut self, system: &mut Vec<Item<'c>>) -> Option<String> {
        let words = match self.conversation.format.as_ref()? {
            OutputFormat::Schema { schema, name, description, .. } => {
                for (key, stated) in [("name", name.is_some()), ("description", description.is_some())] {
                    if stated {
                        self.drop(&format!("format.{key}"), "has no place in this dialect");
                    }
                }
                if self.target.schema
                    && let Some((fitted, lost)) = schema::fit(schema)
                {
                    for keyword in lost {
                        self.drop(
                            &format!("format.schema ({keyword})"),
                            "is no part of schemas Anthropic takes",
                        );
                    }
                    return Some(fitted);
                }
                self.drop(&"format", "is asked for in the instructions: the target takes no such schema");
                in_words(schema)
            }
            OutputFormat::Json => {
                self.drop(&"format", "is asked for in the instructions: this dialect has no JSON mode");
                ANY_JSON.to_owned()
            }
        };
        system.push(Item { at: At::Nowhere, cache: None, what: What::Text(Cow::Owned(words)) });
        None
    }

    /// Names what this dialect has no member for.
    fn name_the_rest(&mut self, request: &Request<'_>) {
        let conversation = self.conversation;
        let sampling = &conversation.sampling;
        for (key, stated) in [
            ("sampling.min_p", sampling.min_p.is_some()),
            ("sampling.seed", sampling.seed.is_some()),
            ("sampling.presence_penalty", sampling.presence_penalty.is_some()),
            ("sampling.frequency_penalty", sampling.frequency_penalty.is_some()),
            ("metadata", !conversation.metadata.is_empty()),
        ] {
            if stated {
                self.drop(&key, "has no place in this dialect");
            }
        }
        if conversation.cache_key.is_some() {
            self.drop(&"cache_key", "is not needed: this dialect's cache goes by the prompt alone");
        }
        if conversation.continues.is_some() {
            self.drop(&"continues", "names an answer stored at another vendor");
        }
        if conversation.parallel_tools == Some(false) && request.tools.is_empty() {
            self.drop(&"parallel_tools", "says nothing without tools");
        }
    }
}

#[cfg(test)]
mod settings_tests;
#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;

#[cfg(test)]
pub(super) use tests::obeys;
