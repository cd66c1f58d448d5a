//! A conversation as the body of Kiro's `GenerateAssistantResponse`.
//!
//! What the person said last is `currentMessage`, and everything before it is `history`, in which person and model take
//! turns. There is no place for instructions: the model follows those that stand at the head of the first message. (Kiro
//! itself lets the model acknowledge them in a message that it never wrote.) Nor is there a place for how tokens are
//! drawn, or for which tool to call.
//!
//! Left out because the service refuses them in some versions (August 2026): `cachePoint` (it keeps prompts without
//! marks), `systemPrompt`, `agentMode`, `agentTaskType`, `agentContinuationId`.

mod fields;
mod losses;
mod messages;
mod pairs;
mod pictures;
mod schema;
mod settings;
mod tools;

use crate::conversation::{Names, Role};
use crate::json::write::{ListWriter, ObjectWriter, Writer};
use crate::transcode::in_clients_words;
use crate::{Conversation, Dropped};
use losses::Losses;
use pictures::Picture;
use std::borrow::Cow;

/// What a message says where it must say something: one without words, results and calls is refused.
const NO_WORDS: &str = "(no words)";

/// What encoding must know of where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'t> {
    /// The model's name as Kiro wants it: `claude-sonnet-4.5`.
    pub model: &'t str,
    /// The same for all requests of one conversation, a UUID: GPT's prompt cache goes by it.
    pub conversation_id: &'t str,
    /// One of Kiro's own words for where the request comes from: `AI_EDITOR`, `KIRO_CLI`.
    pub origin: &'t str,
    /// The account's profile (`arn:aws:codewhisperer:…`); an API key must not state one.
    pub profile: Option<&'t str>,
    /// The model's own `additionalModelRequestFieldsSchema` from Kiro's list of models, as it is written. Any member
    /// beyond it is refused, so without it none is sent, and neither a limit of output nor a level of reasoning is.
    pub fields: Option<&'t str>,
}

/// An encoded request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The body.
    pub body: String,
    /// What could not be carried over.
    pub dropped: Vec<Dropped>,
    /// Names of tools as they were sent.
    pub names: Names,
}

/// Encodes a request that sends no fields of the model's own: see [`encode`].
pub fn request(
    conversation: &Conversation<'_>,
    model: &str,
    conversation_id: &str,
    origin: &str,
    profile: Option<&str>,
) -> Request {
    encode(conversation, &Target { model, conversation_id, origin, profile, fields: None })
}

/// Encodes a request. What was lost while decoding is among what is dropped.
pub fn encode(conversation: &Conversation<'_>, target: &Target<'_>) -> Request {
    let mut encoder = Encoder { conversation, target, names: Names::default(), losses: Losses::default() };
    let body = encoder.body();
    let mut dropped = encoder.losses.told();
    in_clients_words(conversation, &mut dropped);
    Request { body: String::from_utf8_lossy(&body).into_owned(), dropped, names: encoder.names }
}

/// What is under way.
struct Encoder<'c> {
    conversation: &'c Conversation<'c>,
    target: &'c Target<'c>,
    names: Names,
    losses: Losses,
}

/// A message in the making.
struct Message<'c> {
    /// The person's or the model's.
    role: Role,
    text: String,
    pictures: Vec<Picture<'c>>,
    calls: Vec<Call<'c>>,
    results: Vec<Answer<'c>>,
}

/// A call of the model's.
struct Call<'c> {
    path: String,
    /// The client's own id of it.
    id: &'c str,
    /// The id as it is sent.
    sent: String,
    name: String,
    input: Cow<'c, str>,
}

/// What a tool answered.
struct Answer<'c> {
    path: String,
    id: &'c str,
    sent: String,
    text: String,
    /// They go beside the results: Kiro loses those inside.
    pictures: Vec<Picture<'c>>,
    is_error: bool,
}

impl<'c> Encoder<'c> {
    fn body(&mut self) -> Vec<u8> {
        let mut instructions = Vec::new();
        self.instructions(&mut instructions);
        let mut messages = self.messages(&mut instructions);
        self.pair(&mut messages);
        let tools = self.tools(&messages, &mut instructions);
        self.format(&mut instructions);
        self.frame(&mut messages);
        self.place(&instructions, &mut messages);
        self.limit_pictures(&mut messages);
        let fields = self.fields();
        self.no_place_for_the_rest();

        let (current, history) = match messages.split_last() {
            Some((current, history)) => (current, history),
            // There is one in every case.
            None => return Vec::new(),
        };
        let target = self.target;
        Writer::object(4096, |body| {
            body.object("conversationState", |state| {
                state.text("conversationId", target.conversation_id);
                state.text("chatTriggerType", "MANUAL");
                if !history.is_empty() {
                    state.list("history", |items| {
                        history.iter().for_each(|message| message.write(target, items));
                    });
                }
                state.object("currentMessage", |message| {
                    message.object("userInputMessage", |message| current.write_user(target, &tools, message));
                });
            });
            body.maybe_text("profileArn", target.profile);
            body.maybe_raw("additionalModelRequestFields", fields.as_deref());
        })
    }

    /// The person begins and the person ends.
    fn frame(&mut self, messages: &mut Vec<Message<'c>>) {
        if messages.first().is_some_and(|first| first.role == Role::Assistant) {
            self.losses
                .one("turns[0].role", "stands behind an empty message of the person's, who has to begin");
            messages.insert(0, Message::new(Role::User));
        }
        if messages.last().is_some_and(|last| last.role == Role::Assistant) {
            let last = self.conversation.turns.len().saturating_sub(1);
            self.losses.one(
                &format!("turns[{last}].role"),
                "is followed by a message that says to go on: Kiro answers nobody but the person",
            );
            let go_on = "Go on from exactly where your last message stops.".to_owned();
            messages.push(Message { text: go_on, ..Message::new(Role::User) });
        }
        if messages.is_empty() {
            messages.push(Message::new(Role::User));
        }
    }

    /// Puts instructions where the model follows them.
    fn place(&mut self, instructions: &[String], messages: &mut [Message<'c>]) {
        let Some(first) = messages.first_mut().filter(|_| !instructions.is_empty()) else { return };
        if !self.conversation.system.is_empty() {
            self.losses
                .one("system", "stands at the head of the person's first message: Kiro has no place for it");
        }
        let text = std::mem::take(&mut first.text);
        first.text = instructions.join("\n\n");
        first.say(&text);
    }
}

impl<'c> Message<'c> {
    fn new(role: Role) -> Self {
        Self { role, text: String::new(), pictures: Vec::new(), calls: Vec::new(), results: Vec::new() }
    }

    /// Whether it says nothing.
    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
            && self.pictures.is_empty()
            && self.calls.is_empty()
            && self.results.is_empty()
    }

    /// Adds a paragraph.
    fn say(&mut self, text: &str) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text);
    }

    fn merge(&mut self, later: Self) {
        self.say(&later.text);
        self.pictures.extend(later.pictures);
        self.calls.extend(later.calls);
        self.results.extend(later.results);
    }

    /// Results and calls need no words beside them, and any that stood there every time the model would learn to say
    /// (Kiro's own command line sends none, August 2026).
    fn content(&self) -> &str {
        match self.text.trim() {
            "" if self.results.is_empty() && self.calls.is_empty() => NO_WORDS,
            "" => "",
            _ => &self.text,
        }
    }

    fn write(&self, target: &Target<'_>, items: &mut ListWriter<'_>) {
        items.object(|item| {
            if self.role == Role::Assistant {
                item.object("assistantResponseMessage", |message| self.write_model(message));
            } else {
                item.object("userInputMessage", |message| self.write_user(target, &[], message));
            }
        });
    }

    fn write_user(&self, target: &Target<'_>, tools: &[tools::Tool<'_>], message: &mut ObjectWriter<'_>) {
        message.text("content", self.content());
        message.text("modelId", target.model);
        message.text("origin", target.origin);
        if !self.pictures.is_empty() {
            message.list("images", |list| self.pictures.iter().for_each(|picture| picture.write(list)));
        }
        if tools.is_empty() && self.results.is_empty() {
            return;
        }
        message.object("userInputMessageContext", |context| {
            if !self.results.is_empty() {
                context.list("toolResults", |list| {
                    self.results.iter().for_each(|result| list.object(|item| result.write(item)));
                });
            }
            if !tools.is_empty() {
                context.list("tools", |list| tools.iter().for_each(|tool| tool.write(list)));
            }
        });
    }

    fn write_model(&self, message: &mut ObjectWriter<'_>) {
        message.text("content", self.content());
        if !self.calls.is_empty() {
            message.list("toolUses", |list| {
                for call in &self.calls {
                    list.object(|item| {
                        item.text("toolUseId", &call.sent);
                        item.text("name", &call.name);
                        item.raw("input", &call.input);
                    });
                }
            });
        }
    }
}

impl Answer<'_> {
    fn write(&self, item: &mut ObjectWriter<'_>) {
        item.text("toolUseId", &self.sent);
        item.list("content", |content| content.object(|part| part.text("text", &self.text)));
        item.text("status", if self.is_error { "error" } else { "success" });
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
