//! What was said so far.
//!
//! OpenAI wants every call answered right after the message that makes it, by one message a call, and refuses
//! pictures in those. So results are brought forward to their calls, wherever they stood, and their pictures follow
//! in a message of the user's, which is where every vendor accepts them.

use super::Encoder;
use super::parts::{Placed, joined, words};
use crate::Dialect;
use crate::conversation::{Block, Role, Seal, ToolCall, ToolKind, ToolResult, Turn, call_id};
use crate::json::write::{ListWriter, ObjectWriter};
use crate::reseal::{NO_SEAL, is_google};
use crate::transcode::chat::details;
use crate::transcode::free_text;
use crate::transcode::gemini::before_3;
use std::borrow::Cow;

/// The longest id of a call OpenAI takes (decolua/9router#3167, 2026-08-09).
const ID_LIMIT: usize = 64;

/// A result that may still be waited for.
struct Found<'e> {
    result: &'e ToolResult<'e>,
    path: String,
    turn: usize,
    given: bool,
}

/// A message of the model's in the making.
#[derive(Default)]
struct Said<'e> {
    content: Vec<Placed<'e>>,
    /// Words reasoned.
    thoughts: Vec<&'e str>,
    /// The vendor's own proofs of reasoning: data and words.
    proofs: Vec<(&'e str, &'e str)>,
    /// Gemini's seal on the text.
    seal: Option<&'e str>,
    calls: Vec<(&'e ToolCall<'e>, usize)>,
}

impl<'e> Encoder<'e> {
    /// Writes them all.
    pub(super) fn messages(&mut self, list: &mut ListWriter<'_>) {
        let conversation = self.conversation;
        self.lead(list);
        let mut results = found(&conversation.turns);
        let running = self.running();
        let mut pictures: Vec<Placed<'e>> = Vec::new();
        let mut at = 0;
        while let Some(turn) = conversation.turns.get(at) {
            let mut next = at + 1;
            match turn.role {
                Role::System if self.target.late_system => {
                    list.object(|message| {
                        message.text("role", "system");
                        self.content(message, &placed(at, turn));
                    });
                }
                Role::System => self.lost(
                    &format!("turns[{at}]"),
                    "the target takes instructions at the beginning only, where they are now",
                ),
                Role::User => {
                    let mut blocks = std::mem::take(&mut pictures);
                    blocks.extend(
                        placed(at, turn)
                            .into_iter()
                            .filter(|placed| !matches!(placed.block, Block::ToolResult(_))),
                    );
                    self.user(list, &blocks);
                }
                // What the model said in several turns without a break is one message: its calls must stand
                // together, and next to its reasoning.
                Role::Assistant => {
                    self.user(list, &std::mem::take(&mut pictures));
                    while conversation.turns.get(next).is_some_and(|turn| turn.role == Role::Assistant) {
                        next += 1;
                    }
                    let blocks = (at..next).flat_map(|at| placed(at, &conversation.turns[at])).collect();
                    self.signs = running.is_some_and(|running| at >= running);
                    self.assistant(list, blocks, next, &mut results, &mut pictures);
                }
            }
            at = next;
        }
        self.user(list, &pictures);
        for left in results.iter().filter(|found| !found.given) {
            self.lost(&left.path, "no call before it asked for it");
        }
    }

    /// Where the running turn begins, if its calls must be signed: with the last thing the person said. Google's own
    /// endpoint refuses a call of Gemini 3 without a signature, and takes a stand-in for one of another vendor's.
    fn running(&self) -> Option<usize> {
        let said = |turn: &Turn<'_>| {
            turn.role == Role::User && turn.blocks.iter().any(|block| !matches!(block, Block::ToolResult(_)))
        };
        let signs = is_google(self.target.issuer) && !before_3(self.target.model);
        signs.then(|| self.conversation.turns.iter().rposition(said).unwrap_or(0))
    }

    /// The instructions before the first turn; the later ones, too, where the target wants that.
    fn lead(&mut self, list: &mut ListWriter<'_>) {
        let conversation = self.conversation;
        let mut blocks: Vec<Placed<'e>> = conversation
            .system
            .iter()
            .enumerate()
            .map(|(at, block)| Placed { path: format!("system[{at}]"), block, goes_on: false })
            .collect();
        if !self.target.late_system {
            let late = conversation.turns.iter().enumerate().filter(|(_, turn)| turn.role == Role::System);
            blocks.extend(late.flat_map(|(at, turn)| placed(at, turn)));
        }
        let words = self.words.map(|block| Placed { path: "format".to_owned(), block, goes_on: false });
        blocks.extend(words);
        if !blocks.is_empty() {
            list.object(|message| {
                message.text("role", "system");
                self.content(message, &blocks);
            });
        }
    }

    fn user(&mut self, list: &mut ListWriter<'_>, blocks: &[Placed<'e>]) {
        if !blocks.is_empty() {
            list.object(|message| {
                message.text("role", "user");
                self.content(message, blocks);
            });
        }
    }

    fn assistant(
        &mut self,
        list: &mut ListWriter<'_>,
        blocks: Vec<Placed<'e>>,
        after: usize,
        results: &mut [Found<'e>],
        pictures: &mut Vec<Placed<'e>>,
    ) {
        let mut said = Said::default();
        for placed in blocks {
            self.sort(placed, after, results, &mut said);
        }
        let thoughts =
            self.target.reasoning_member.map(|_| joined(said.thoughts.iter().map(|words| (*words, false))));
        let thinks = thoughts.as_ref().is_some_and(|thoughts| !thoughts.is_empty());
        if said.content.is_empty() && said.calls.is_empty() && !thinks && said.proofs.is_empty() {
            return;
        }
        list.object(|message| {
            message.text("role", "assistant");
            if !said.content.is_empty() {
                self.content(message, &said.content);
            } else if said.calls.is_empty() {
                message.text("content", "");
            } else {
                message.null("content");
            }
            self.thoughts(message, &said, thoughts.as_deref());
            if let Some(seal) = said.seal {
                extra_content(message, seal);
            }
            if !said.calls.is_empty() {
                message.list("tool_calls", |list| {
                    for (index, (call, _)) in said.calls.iter().enumerate() {
                        let stand_in = self.signs && index == 0;
                        list.object(|object| self.call(object, call, stand_in));
                    }
                });
            }
        });
        for (call, answer) in &said.calls {
            self.result(list, call, &results[*answer], pictures);
        }
    }

    /// Puts one block of the model's where it goes.
    fn sort(&mut self, placed: Placed<'e>, after: usize, results: &mut [Found<'e>], said: &mut Said<'e>) {
        let issuer = self.target.issuer;
        match placed.block {
            Block::Text { text, seal, .. } => {
                match seal {
                    Some(seal) if is_googles(seal, issuer) => said.seal = Some(&seal.data),
                    Some(_) => self.seals.note(&placed.path),
                    None => {}
                }
                if !text.is_empty() {
                    said.content.push(placed);
                }
            }
            Block::Refusal(_) => said.content.push(placed),
            Block::Reasoning { text, seal, .. } => {
                match seal {
                    Some(seal) if seal.opens(Dialect::Chat, issuer) => said.proofs.push((&seal.data, text)),
                    Some(_) if self.target.reasoning_member.is_none() || text.is_empty() => {
                        self.lost(&placed.path, "only the vendor that sealed it takes it back");
                    }
                    None if self.target.reasoning_member.is_none() => {
                        self.lost(&placed.path, "the target takes no reasoning back");
                    }
                    _ => {}
                }
                said.thoughts.push(text);
            }
            Block::ToolCall(call) => {
                self.unmarked(&placed);
                let answer = results
                    .iter()
                    .position(|found| !found.given && found.turn >= after && found.result.call_id == call.id);
                let Some(answer) = answer else {
                    return self.lost(&placed.path, "it was never answered, which the vendor refuses");
                };
                if call
                    .seal
                    .as_ref()
                    .is_some_and(|seal| !is_googles(seal, issuer) && !seal.opens(Dialect::Chat, issuer))
                {
                    self.seals.note(&placed.path);
                }
                results[answer].given = true;
                said.calls.push((call, answer));
            }
            Block::Media(_) => self.lost(&placed.path, "chat takes media from the user only"),
            Block::ToolResult(_) => self.lost(&placed.path, "a model answers no calls"),
        }
    }

    fn thoughts(&mut self, message: &mut ObjectWriter<'_>, said: &Said<'e>, thoughts: Option<&str>) {
        if let (Some(member), Some(thoughts)) = (self.target.reasoning_member, thoughts) {
            if !thoughts.is_empty() {
                message.text(member, thoughts);
            } else if !said.calls.is_empty() {
                // DeepSeek and Kimi refuse a call without the reasoning that led to it ("must be passed back",
                // earendil-works/pi#3636, 2026-04-24), which another vendor's call does not have. Empty is not
                // always enough (SillyTavern#5545, 2026-04-28).
                message.text(member, " ");
            }
        }
        let sealed_calls = said.calls.iter().filter_map(|(call, _)| {
            let seal = call.seal.as_ref()?;
            seal.opens(Dialect::Chat, self.target.issuer).then_some((seal.data.as_ref(), ""))
        });
        let proofs: Vec<(&str, &str)> = said.proofs.iter().copied().chain(sealed_calls).collect();
        if !proofs.is_empty() {
            message.list("reasoning_details", |list| {
                for (data, words) in proofs {
                    details::write_own(list, data, words);
                }
            });
        }
    }

    fn call(&mut self, object: &mut ObjectWriter<'_>, call: &ToolCall<'_>, stand_in: bool) {
        object.text("id", &self.id(&call.id));
        object.text("type", "function");
        let name = self.name(&call.name);
        let arguments = match call.kind {
            ToolKind::Function if call.input.trim().is_empty() => Cow::Borrowed("{}"),
            ToolKind::Function => Cow::Borrowed(call.input.as_ref()),
            ToolKind::Custom => Cow::Owned(free_text::arguments(&call.input)),
        };
        object.object("function", |function| {
            function.text("name", &name);
            function.text("arguments", &arguments);
        });
        match &call.seal {
            Some(seal) if is_googles(seal, self.target.issuer) => extra_content(object, &seal.data),
            _ if stand_in => extra_content(object, NO_SEAL),
            _ => {}
        }
    }

    fn result(
        &mut self,
        list: &mut ListWriter<'_>,
        call: &ToolCall<'_>,
        found: &Found<'e>,
        pictures: &mut Vec<Placed<'e>>,
    ) {
        let (result, path) = (found.result, &found.path);
        if result.is_error {
            self.lost(&format!("{path}.is_error"), "chat has no member for it");
        }
        list.object(|message| {
            message.text("role", "tool");
            message.text("tool_call_id", &self.id(&call.id));
            let text = result.text();
            if result.cache.is_some() && self.target.cache_marks && !text.is_empty() {
                message.list("content", |list| {
                    list.object(|part| {
                        part.text("type", "text");
                        part.text("text", &text);
                        self.mark(part, result.cache, String::new);
                    });
                });
                return;
            }
            message.text("content", &text);
            if result.cache.is_some() {
                self.lost(&format!("{path}.cache"), "the target takes no marks here");
            }
        });
        for (at, block) in result.content.iter().enumerate() {
            if words(block).is_none() {
                pictures.push(Placed { path: format!("{path}.content[{at}]"), block, goes_on: false });
            }
        }
    }

    /// A call's id in a form the target takes, the same every time.
    fn id<'i>(&self, id: &'i str) -> Cow<'i, str> {
        if self.target.short_ids {
            if id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Cow::Borrowed(id);
            }
            // Nine of the sixteen hexadecimal digits: enough for the calls of one conversation.
            let hashed = call_id(0, 0, id);
            return Cow::Owned(hashed[hashed.len() - 9..].to_owned());
        }
        if id.len() <= ID_LIMIT && id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Cow::Borrowed(id);
        }
        Cow::Owned(call_id(0, 0, id))
    }
}

/// The blocks of a turn. What the model wrote in several texts without a break is one text.
fn placed<'e>(at: usize, turn: &'e Turn<'e>) -> Vec<Placed<'e>> {
    let mut goes_on = false;
    let mut all = Vec::with_capacity(turn.blocks.len());
    for (block_at, block) in turn.blocks.iter().enumerate() {
        all.push(Placed { path: format!("turns[{at}].blocks[{block_at}]"), block, goes_on });
        goes_on =
            turn.role == Role::Assistant && matches!(block, Block::Text { text, .. } if !text.is_empty());
    }
    all
}

fn found<'e>(turns: &'e [Turn<'e>]) -> Vec<Found<'e>> {
    let mut all = Vec::new();
    for (at, turn) in turns.iter().enumerate().filter(|(_, turn)| turn.role != Role::Assistant) {
        for placed in placed(at, turn) {
            if let Block::ToolResult(result) = placed.block {
                all.push(Found { result, path: placed.path, turn: at, given: false });
            }
        }
    }
    all
}

/// Whether a seal is Gemini's and this target, asked for chat, is known to be its issuer: a Gemini client's own seal
/// does not say whose it is, and nobody but Google knows the member it would stand in.
fn is_googles(seal: &Seal<'_>, issuer: &str) -> bool {
    seal.opens(Dialect::Gemini, issuer) && seal.issuer == issuer
}

fn extra_content(object: &mut ObjectWriter<'_>, signature: &str) {
    object.object("extra_content", |extra| {
        extra.object("google", |google| google.text("thought_signature", signature));
    });
}
