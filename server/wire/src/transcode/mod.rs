//! From one dialect into another, through [`Conversation`] and [`Event`]s. One folder a dialect, the same files in
//! each:
//!
//! | file | what it turns into what |
//! |---|---|
//! | `decode.rs` | a client's request -> `Conversation` |
//! | `encode.rs` | `Conversation` -> a request for a provider |
//! | `read.rs`   | a provider's reply, whole or frame by frame -> `Reply`, `Event`s |
//! | `write.rs`  | `Reply`, `Event`s -> a reply for a client, whole or frame by frame |

mod calls;
pub(crate) mod chat;
mod event;
pub(crate) mod free_text;
pub(crate) mod gemini;
#[cfg(debug_assertions)]
pub(crate) mod grammar;
mod joint;
mod lost_seals;
pub(crate) mod messages;
pub(crate) mod ollama;
mod parameters;
mod reply;
pub(crate) mod responses;
pub(crate) mod structured;
mod target;
mod translation;

pub(crate) use calls::Calls;
pub use event::{Event, Opening};
pub(crate) use joint::Given;
pub(crate) use lost_seals::LostSeals;
pub(crate) use parameters::parameters;
pub use reply::{Asked, Finish, Form, Reply};
pub use target::{Encoded, ReasoningStyle, Target};
pub(crate) use translation::Sink;
pub use translation::Translation;

use crate::conversation::Names;
use crate::json::{
    Flaw,
    tree::{Node, Object, Path},
};
use crate::rescue::Tail;
use crate::{Conversation, Dialect, Dropped, Malformed};

/// Whether an uploaded file's id can be OpenAI's: letters, digits, `_` and `-`, where Anthropic's begin with `file_` and
/// Gemini's are addresses.
pub(crate) fn is_openai_file(id: &str) -> bool {
    !id.starts_with("file_") && id.chars().all(|char| char.is_ascii_alphanumeric() || "_-".contains(char))
}

/// Decodes a client's request, which [`crate::peek`] has validated. `stream`: whether a stream is asked for, which
/// Gemini states in the path.
pub fn decode(dialect: Dialect, body: &[u8], stream: bool) -> Result<Conversation<'_>, Malformed> {
    const WHOSE: &str = "the request body";
    let malformed = |flaw: Flaw| Malformed::from_flaw(WHOSE, body, &flaw);
    let text = std::str::from_utf8(body)
        .map_err(|_| Malformed::new("The request body is not UTF-8 text.".to_owned()))?;
    let object = Node::parse(text).map_err(malformed)?.object(&Path::Root)?;
    let mut conversation = match dialect {
        Dialect::Chat => chat::decode(object),
        Dialect::Responses => responses::decode(object),
        Dialect::Messages => messages::decode(object),
        Dialect::Gemini => gemini::decode(object),
        Dialect::Ollama => ollama::decode(object),
    }?;
    conversation.stream = stream;
    conversation.places.set_dialect(dialect);
    Ok(conversation)
}

/// Encodes a request for a provider. What was lost while decoding is among what is dropped.
pub fn encode(dialect: Dialect, conversation: &Conversation<'_>, target: &Target<'_>) -> Encoded {
    let mut encoded = match dialect {
        Dialect::Chat => chat::encode(conversation, target),
        Dialect::Responses => responses::encode(conversation, target),
        Dialect::Messages => messages::encode(conversation, target),
        Dialect::Gemini => gemini::encode(conversation, target),
        Dialect::Ollama => ollama::encode(conversation, target),
    };
    if conversation.verbosity.is_some() && !matches!(dialect, Dialect::Chat | Dialect::Responses) {
        encoded.dropped.push(Dropped::new(&"verbosity", "no other dialect than OpenAI's has it"));
    }
    in_clients_words(conversation, &mut encoded.dropped);
    encoded
}

/// Names what was dropped by the paths that the client wrote, and adds what was lost while decoding.
pub(crate) fn in_clients_words(conversation: &Conversation<'_>, dropped: &mut Vec<Dropped>) {
    for dropped in &mut *dropped {
        if let Some(own) = conversation.places.own(&dropped.path) {
            dropped.path = own;
        }
    }
    dropped.extend(conversation.dropped.iter().cloned());
    dropped.sort();
    dropped.dedup();
}

/// Decodes a provider's stream: documents in, events out.
///
/// The events follow one grammar: `Start (Open (Piece | Seal)* Close)* Finish`, at any point cut short by nothing
/// more coming. Only one block is open at a time: where a dialect interleaves blocks, the decoder holds back what
/// belongs to a later one. Usage and errors are not a reader's business: the tap finds them for both paths.
///
/// Providers send odd things: a reader takes what it understands and lets the rest pass.
pub(crate) trait Read: Send {
    /// Takes one document; `event` is the frame's name, empty where it has none.
    fn document(&mut self, event: &str, body: Object<'_>, out: &mut Vec<Event>);
    /// Takes chat's `[DONE]`.
    fn done(&mut self, _out: &mut Vec<Event>) {}
    /// The provider's stream is over: whatever was held back comes out. No `Finish` comes if the provider stated none.
    fn end(&mut self, out: &mut Vec<Event>);
}

/// Encodes a stream for a client: events in, bytes of whole frames out.
pub(crate) trait Write: Send {
    /// Takes one event.
    fn event(&mut self, event: &Event, out: &mut Vec<u8>);
    /// Another provider goes on, which was told other names.
    fn rename(&mut self, names: Names);
    /// Takes over from frames that another has written, which say how far they came. `false` if it cannot.
    fn take_over(&mut self, _tail: &Tail) -> bool {
        true
    }
}

/// A decoder of `dialect`'s streams. `issuer` is the provider, whose seals are marked as its own.
pub(crate) fn reader(dialect: Dialect, issuer: &str) -> Box<dyn Read> {
    match dialect {
        Dialect::Chat => Box::new(chat::Reader::new(issuer)),
        Dialect::Responses => Box::new(responses::Reader::new(issuer)),
        Dialect::Messages => Box::new(messages::Reader::new(issuer)),
        Dialect::Gemini => Box::new(gemini::Reader::new(issuer)),
        Dialect::Ollama => Box::new(ollama::Reader::new(issuer)),
    }
}

/// An encoder of `dialect`'s streams.
pub(crate) fn writer(dialect: Dialect, asked: Asked) -> Box<dyn Write> {
    match dialect {
        Dialect::Chat => Box::new(chat::Writer::new(asked)),
        Dialect::Responses => Box::new(responses::Writer::new(asked)),
        Dialect::Messages => Box::new(messages::Writer::new(asked)),
        Dialect::Gemini => Box::new(gemini::Writer::new(asked)),
        Dialect::Ollama => Box::new(ollama::Writer::new(asked)),
    }
}

/// Decodes a provider's whole reply of status 200, but for errors and counts: [`crate::read_reply`] finds those.
pub fn read_whole(dialect: Dialect, body: &[u8], issuer: &str) -> Result<Reply, Malformed> {
    let malformed = |flaw: Flaw| Malformed::from_flaw("the provider's reply", body, &flaw);
    let text = String::from_utf8_lossy(body);
    let node = Node::parse(&text).map_err(malformed)?;
    let object = node.object(&Path::Root)?;
    match dialect {
        Dialect::Chat => chat::read_whole(object, issuer),
        Dialect::Responses => responses::read_whole(object, issuer),
        Dialect::Messages => messages::read_whole(object, issuer),
        Dialect::Gemini => gemini::read_whole(object, issuer),
        Dialect::Ollama => ollama::read_whole(object, issuer),
    }
}

/// Encodes a whole reply for a client.
pub fn write_whole(dialect: Dialect, reply: &Reply, asked: &Asked) -> Vec<u8> {
    match dialect {
        Dialect::Chat => chat::write_whole(reply, asked),
        Dialect::Responses => responses::write_whole(reply, asked),
        Dialect::Messages => messages::write_whole(reply, asked),
        Dialect::Gemini => gemini::write_whole(reply, asked),
        Dialect::Ollama => ollama::write_whole(reply, asked),
    }
}

/// Encodes a whole reply as the stream a client wants.
pub fn write_stream(dialect: Dialect, reply: &Reply, asked: Asked) -> Vec<u8> {
    let mut writer = writer(dialect, asked);
    let mut out = Vec::new();
    for event in reply.events() {
        writer.event(&event, &mut out);
    }
    out
}
