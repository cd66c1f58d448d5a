//! A whole reply, in no dialect in particular, and the way between it and events.

use super::{Event, Opening};
use crate::conversation::{Block, Names, ToolCall, ToolKind};
use crate::{ProviderError, Usage};
use std::borrow::Cow;

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    /// The provider's id of it; empty if it states none.
    pub id: String,
    /// The model that answered, by the provider's account; empty if not stated.
    pub model: String,
    /// What was answered: text, media, reasoning, refusals and calls.
    pub blocks: Vec<Block<'static>>,
    /// Why it ended.
    pub finish: Finish,
    /// Counts; `None` if not stated.
    pub usage: Option<Usage>,
}

/// Why a reply ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Finish {
    /// The model was done.
    #[default]
    Stop,
    /// At one of the client's stop sequences; which one, where the vendor says so.
    StopSequence(Option<String>),
    /// At the limit of output tokens.
    Length,
    /// At the end of the model's context window.
    Window,
    /// Tools are to be called.
    ToolCalls,
    /// A filter of the vendor stopped it.
    Filtered,
    /// The model refused.
    Refused,
    /// The vendor paused a long turn, to be continued by sending it back (Anthropic's `pause_turn`).
    Paused,
    /// Something else, in the vendor's word.
    Other(String),
}

/// What a reply has to say about the request it answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The reply's id where the provider states none, without a prefix: hexadecimal digits.
    pub id: String,
    /// The model named in the reply: what answered.
    pub model: String,
    /// When, Unix seconds.
    pub at: i64,
    /// Whether a chat client asked for usage at the end of the stream.
    pub stream_usage: bool,
    /// How a stream is framed.
    pub form: Form,
    /// Names as they were sent.
    pub names: Names,
}

/// How a stream for a Gemini client is framed. Other dialects have one form only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Server-sent events (`?alt=sse`).
    #[default]
    Events,
    /// One JSON array, item by item.
    Array,
}

impl Reply {
    /// The reply as a stream would have told it.
    pub fn events(&self) -> Vec<Event> {
        let start = Event::Start { id: self.id.clone(), model: self.model.clone(), usage: self.usage };
        let mut events = vec![start];
        for block in &self.blocks {
            let (opening, words, seal) = match block {
                Block::Text { text, seal, .. } => (Opening::Text, text.as_ref(), seal),
                Block::Refusal(text) => (Opening::Refusal, text.as_ref(), &None),
                Block::Reasoning { text, seal, summary } => {
                    (Opening::Reasoning { summary: *summary }, text.as_ref(), seal)
                }
                Block::ToolCall(call) => {
                    let (id, name) = (call.id.to_string(), call.name.to_string());
                    (Opening::ToolCall { id, name, kind: call.kind }, call.input.as_ref(), &call.seal)
                }
                Block::Media(media) => (Opening::Media(media.clone()), "", &None),
                // Only a request has results.
                Block::ToolResult(_) => continue,
            };
            events.push(Event::Open(opening));
            if !words.is_empty() {
                events.push(Event::Piece(words.to_owned()));
            }
            events.extend(seal.clone().map(Event::Seal));
            events.push(Event::Close);
        }
        events.extend(self.usage.map(Event::Usage));
        events.push(Event::Finish(self.finish.clone()));
        events
    }

    /// What a stream has told so far, be that all of a reply or the beginning of one.
    pub fn so_far(events: impl IntoIterator<Item = Event>) -> Self {
        let told = events.into_iter().filter(|event| !matches!(event, Event::Error(_)));
        // With an end behind whatever end there was it is always whole.
        let mut finish = Finish::default();
        let told = told.inspect(|event| {
            if let Event::Finish(told) = event {
                finish.clone_from(told);
            }
        });
        let reply = Self::collect(told.chain([Event::Finish(Finish::default())])).unwrap_or_default();
        Self { finish, ..reply }
    }

    /// The reply that a stream told. An error inside the stream, or an end without a finish, is not a reply.
    pub fn collect(events: impl IntoIterator<Item = Event>) -> Result<Self, ProviderError> {
        let mut reply = Self::default();
        let mut finished = false;
        for event in events {
            match event {
                Event::Start { id, model, usage } => {
                    (reply.id, reply.model) = (id, model);
                    reply.usage = usage;
                }
                Event::Open(opening) => reply.blocks.push(opened(opening)),
                Event::Piece(piece) => {
                    if let Some(words) = reply.blocks.last_mut().and_then(words) {
                        words.to_mut().push_str(&piece);
                    }
                }
                Event::Seal(new) => match reply.blocks.last_mut() {
                    Some(Block::Text { seal, .. } | Block::Reasoning { seal, .. }) => *seal = Some(new),
                    Some(Block::ToolCall(call)) => call.seal = Some(new),
                    _ => {}
                },
                Event::Close => {}
                Event::Usage(usage) => reply.usage = Some(usage),
                Event::Finish(finish) => {
                    reply.finish = finish;
                    finished = true;
                }
                Event::Error(error) => return Err(error),
            }
        }
        if finished { Ok(reply) } else { Err(unfinished()) }
    }
}

/// A stream that ended before its end.
fn unfinished() -> ProviderError {
    ProviderError {
        message: "The provider ended the stream before its end.".to_owned(),
        ..ProviderError::default()
    }
}

fn opened(opening: Opening) -> Block<'static> {
    match opening {
        Opening::Text => Block::text(""),
        Opening::Reasoning { summary } => Block::Reasoning { text: "".into(), seal: None, summary },
        Opening::Refusal => Block::Refusal("".into()),
        Opening::ToolCall { id, name, kind } => Block::ToolCall(ToolCall {
            id: id.into(),
            name: name.into(),
            input: "".into(),
            kind,
            seal: None,
            cache: None,
        }),
        Opening::Media(media) => Block::Media(media),
    }
}

fn words<'b>(block: &'b mut Block<'static>) -> Option<&'b mut Cow<'static, str>> {
    match block {
        Block::Text { text, .. } | Block::Reasoning { text, .. } | Block::Refusal(text) => Some(text),
        Block::ToolCall(call) => Some(&mut call.input),
        Block::Media(_) | Block::ToolResult(_) => None,
    }
}

impl Finish {
    /// What a reply with these blocks ended for, where the vendor says only that the model was done: some say `stop`
    /// when there are calls to make.
    pub(crate) fn with_calls(self, any: bool) -> Self {
        match self {
            Self::Stop if any => Self::ToolCalls,
            finish => finish,
        }
    }
}

/// The input of a call, in a JSON form that is never empty: no arguments at all are an empty object.
pub(crate) fn arguments(input: &str, kind: ToolKind) -> Cow<'_, str> {
    match kind {
        ToolKind::Function if input.trim().is_empty() => Cow::Borrowed("{}"),
        _ => Cow::Borrowed(input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;
    use crate::conversation::Seal;

    #[test]
    fn a_reply_survives_being_streamed() {
        let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: "s".into() };
        let reply = Reply {
            id: "r1".to_owned(),
            model: "m".to_owned(),
            blocks: vec![
                Block::Reasoning { text: "hm".into(), seal: Some(seal), summary: false },
                Block::text("yes"),
                Block::ToolCall(ToolCall {
                    id: "c1".into(),
                    name: "ls".into(),
                    input: "{\"a\":1.0}".into(),
                    kind: ToolKind::Function,
                    seal: None,
                    cache: None,
                }),
            ],
            finish: Finish::ToolCalls,
            usage: Some(Usage { input: 1, output: 2, ..Usage::default() }),
        };
        assert_eq!(Reply::collect(reply.events()), Ok(reply));
    }

    #[test]
    fn a_stream_without_an_end_is_no_reply() {
        let events = [Event::Open(Opening::Text), Event::Piece("half".to_owned())];
        assert!(Reply::collect(events).is_err());
    }
}
