//! Thoughts that travel on a call, for clients that keep nothing else of a turn: Gemini CLI drops every part that is a
//! thought from its history and keeps `thoughtSignature` on calls (google-gemini/gemini-cli#25808, 2026-04-22, and
//! #28509, 2026-07-22). Without them Anthropic refuses to think on, and OpenAI's models forget why they called.

use super::seal::{unwrapped, wrapped};
use super::{Block, Seal};
use crate::Dialect;
use crate::json::tree::{Node, Value};
use crate::json::write::Writer;
use std::borrow::Cow;

/// What a packed bundle begins with, as [`Seal::pack`] has it for a lone seal.
const MARK: &str = "NinerouterSeal02";

/// A call's own seal and the sealed thoughts before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bundle {
    /// The seal of the call itself.
    pub(crate) own: Option<Seal<'static>>,
    /// The thoughts since the call before it, in order.
    pub(crate) thoughts: Vec<Thought>,
}

/// A thought and its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thought {
    pub(crate) text: String,
    pub(crate) summary: bool,
    pub(crate) seal: Seal<'static>,
}

impl Thought {
    /// A thought that has to travel on a call: not one that Gemini itself has sealed, which signs the calls as well.
    pub(crate) fn travelling(text: &str, summary: bool, seal: &Seal<'static>) -> Option<Self> {
        let travels = seal.dialect != Dialect::Gemini;
        travels.then(|| Self { text: text.to_owned(), summary, seal: seal.clone() })
    }
}

impl Bundle {
    /// The text for the call's opaque field; `None`: there is nothing to keep.
    pub(crate) fn pack(&self) -> Option<String> {
        if self.thoughts.is_empty() {
            return self.own.as_ref().map(|seal| match (seal.dialect, seal.issuer.is_empty()) {
                (Dialect::Gemini, true) => seal.data.clone().into_owned(),
                _ => seal.pack(),
            });
        }
        let inner = Writer::object(256, |bundle| {
            bundle.maybe_text("own", self.own.as_ref().map(Seal::pack).as_deref());
            bundle.list("thoughts", |list| {
                for thought in &self.thoughts {
                    list.object(|out| {
                        out.text("text", &thought.text);
                        out.bool("summary", thought.summary);
                        out.text("seal", &thought.seal.pack());
                    });
                }
            });
        });
        Some(wrapped(MARK, &String::from_utf8_lossy(&inner)))
    }

    /// What was packed; `None`: it is no bundle.
    pub(crate) fn unpack(text: &str) -> Option<Self> {
        let inner = unwrapped(MARK, text)?;
        let Ok(Node { value: Value::Object(mut object), .. }) = Node::parse(&inner) else { return None };
        let seal = |packed: Cow<'_, str>| Seal::unpack(Dialect::Gemini, packed.into_owned().into());
        let own = object.lenient_text("own").map(seal);
        let mut thoughts = Vec::new();
        for mut thought in object.lenient_objects("thoughts") {
            let summary = thought.get("summary").is_some_and(|summary| summary.value == Value::Bool(true));
            let text = thought.lenient_text("text")?.into_owned();
            thoughts.push(Thought { text, summary, seal: seal(thought.lenient_text("seal")?) });
        }
        Some(Self { own, thoughts })
    }

    /// Puts the thoughts back into the turn whose next block is their call. Those that the client has kept stay as they
    /// are. The others go to where they came from: before everything since the call before.
    pub(crate) fn restore(self, turn: &mut Vec<Block<'_>>) {
        let mut at =
            turn.iter().rposition(|block| matches!(block, Block::ToolCall(_))).map_or(0, |call| call + 1);
        for thought in self.thoughts {
            let kept = turn.iter_mut().enumerate().skip(at).find_map(|(index, block)| match block {
                Block::Reasoning { text, seal, summary } => {
                    let same = seal.as_ref().map_or(*text == thought.text, |seal| *seal == thought.seal);
                    same.then_some((index, seal, summary))
                }
                _ => None,
            });
            match kept {
                Some((index, seal, summary)) => {
                    (*seal, *summary) = (Some(thought.seal), thought.summary);
                    at = index + 1;
                }
                None => {
                    let Thought { text, summary, seal } = thought;
                    turn.insert(at, Block::Reasoning { text: text.into(), seal: Some(seal), summary });
                    at += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{ToolCall, ToolKind};
    use base64::{Engine, prelude::BASE64_STANDARD};

    fn thought(text: &str, data: &'static str) -> Thought {
        let seal = Seal { dialect: Dialect::Messages, issuer: "anthropic".into(), data: data.into() };
        Thought { text: text.to_owned(), summary: false, seal }
    }

    fn block(thought: Thought) -> Block<'static> {
        Block::Reasoning { text: thought.text.into(), seal: Some(thought.seal), summary: thought.summary }
    }

    fn call() -> Block<'static> {
        let kind = ToolKind::Function;
        let (id, name, input) = ("a".into(), "ls".into(), "{}".into());
        Block::ToolCall(ToolCall { id, name, input, kind, seal: None, cache: None })
    }

    #[test]
    fn a_bundle_is_base64_and_comes_back() {
        let own = Seal { dialect: Dialect::Gemini, issuer: "gemini".into(), data: "CiQB".into() };
        let bundle =
            Bundle { own: Some(own), thoughts: vec![thought("why \"é\"", "Eq=="), thought("", "Er")] };
        let text = bundle.pack().unwrap();
        assert!(BASE64_STANDARD.decode(&text).is_ok(), "Go's SDK decodes it");
        assert_eq!(Bundle::unpack(&text), Some(bundle));
        assert_eq!(Bundle::default().pack(), None);
    }

    #[test]
    fn thoughts_go_back_to_where_they_came_from() {
        let (first, second) = (thought("a", "1"), thought("b", "2"));
        let bundle = Bundle { own: None, thoughts: vec![first.clone(), second.clone()] };
        let unsealed = Block::Reasoning { text: "b".into(), seal: None, summary: false };
        let words = Block::text("I look.");
        for kept in [
            vec![call(), words.clone()],
            vec![call(), block(first.clone()), words.clone()],
            vec![call(), unsealed, words.clone()],
            vec![call(), block(first.clone()), block(second.clone()), words.clone()],
        ] {
            let mut turn = kept;
            bundle.clone().restore(&mut turn);
            assert_eq!(turn, [call(), block(first.clone()), block(second.clone()), words.clone()]);
        }
    }
}
