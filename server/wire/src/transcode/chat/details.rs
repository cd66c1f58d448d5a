//! OpenRouter's `reasoning_details`, in which reasoning travels with its proofs.
//!
//! An entry is `reasoning.text` (perhaps with a `signature`), `reasoning.summary` or `reasoning.encrypted` (with
//! `data`), each with `id`, `format` and `index`. In a stream one entry comes in pieces which share an `index`, the
//! signature last and without text, and it is refused unless they are put together again (agno-agi/agno#8794,
//! 2026-07-07).
//!
//! A seal issued in this dialect is the list of such entries without their words, in JSON.

use crate::Dialect;
use crate::conversation::{Block, Seal};
use crate::json::tree::{Node, Object, Value};
use crate::json::write::{ListWriter, ObjectWriter, Writer};

/// What an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Summary,
    Encrypted,
}

/// An entry, or a piece of one.
#[derive(Debug)]
pub(super) struct Detail {
    kind: Kind,
    /// Its words.
    pub(super) words: String,
    /// Its signature or encrypted data.
    proof: Option<String>,
    /// Everything else, as it was written.
    members: Vec<(String, String)>,
}

/// The entries of one thought.
#[derive(Debug, Default)]
pub(super) struct Group {
    details: Vec<Detail>,
    /// Its words so far, wherever they came from.
    pub(super) words: String,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        match name {
            "reasoning.text" => Some(Self::Text),
            "reasoning.summary" => Some(Self::Summary),
            "reasoning.encrypted" => Some(Self::Encrypted),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Text => "reasoning.text",
            Self::Summary => "reasoning.summary",
            Self::Encrypted => "reasoning.encrypted",
        }
    }

    /// The members that hold the words and the proof.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("text", "signature"),
            Self::Summary => ("summary", "signature"),
            Self::Encrypted => ("text", "data"),
        }
    }
}

impl Detail {
    /// An entry, if it is of a kind that is known and says anything.
    pub(super) fn read(mut entry: Object<'_>) -> Option<Self> {
        let kind = Kind::of(&entry.lenient_text("type")?)?;
        let (words, proof) = kind.keys();
        let words = entry.lenient_text(words).unwrap_or_default().into_owned();
        let proof = entry.lenient_text(proof).filter(|proof| !proof.is_empty()).map(Into::into);
        if words.is_empty() && proof.is_none() {
            return None;
        }
        let known = entry.into_members().filter(|(_, node)| node.value != Value::Null);
        let members = known.map(|(key, node)| (key.into_owned(), node.raw.to_owned())).collect();
        Some(Self { kind, words, proof, members })
    }

    /// Whether the words are a summary.
    pub(super) fn is_summary(&self) -> bool {
        self.kind == Kind::Summary
    }

    /// Whether it proves anything.
    pub(super) fn has_proof(&self) -> bool {
        self.proof.is_some()
    }

    /// Whether this is the call the entry belongs to, by OpenRouter's habit of naming Gemini's seals after the call.
    pub(super) fn seals_call(&self, id: &str) -> bool {
        self.kind == Kind::Encrypted
            && self.member("id").and_then(|raw| raw.strip_prefix('"')?.strip_suffix('"')) == Some(id)
    }

    fn member(&self, key: &str) -> Option<&str> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, raw)| raw.as_str())
    }

    fn write(&self, entry: &mut ObjectWriter<'_>, words: &str) {
        let (for_words, for_proof) = self.kind.keys();
        entry.text("type", self.kind.name());
        if !words.is_empty() && self.kind != Kind::Encrypted {
            entry.text(for_words, words);
        }
        entry.maybe_text(for_proof, self.proof.as_deref());
        for (key, raw) in &self.members {
            entry.raw(key, raw);
        }
    }
}

impl Group {
    /// Whether this entry goes on with what the group holds.
    pub(super) fn takes(&self, next: &Detail) -> bool {
        let Some(last) = self.details.last() else { return true };
        let (here, there) = (last.member("index"), next.member("index"));
        match (last.kind, next.kind) {
            (Kind::Encrypted, _) => false,
            // The proof of a summary (OpenAI) or of a thought (Gemini).
            (_, Kind::Encrypted) => last.proof.is_none(),
            (last_kind, kind) => {
                let same_place = here.is_none() || there.is_none() || here == there;
                last_kind == kind && same_place && (last.proof.is_none() || next.words.is_empty())
            }
        }
    }

    /// Whether anything proves it.
    pub(super) fn has_proof(&self) -> bool {
        self.details.iter().any(Detail::has_proof)
    }

    /// Whether this entry, which came when the thought was closed, is its signature.
    pub(super) fn signs_late(&self, next: &Detail) -> bool {
        next.kind == Kind::Text && next.has_proof() && self.takes(next) && !self.has_proof()
    }

    /// Adds an entry, or a piece of the last one. Its words are the caller's to add: they may have come before.
    pub(super) fn add(&mut self, next: Detail) {
        let Some(last) = self.details.last_mut().filter(|last| last.kind == next.kind) else {
            self.details.push(next);
            return;
        };
        last.proof = next.proof.or(last.proof.take());
        for (key, raw) in next.members {
            match last.members.iter_mut().find(|(name, _)| *name == key) {
                Some(member) => member.1 = raw,
                None => last.members.push((key, raw)),
            }
        }
    }

    /// Whether the words are a summary.
    pub(super) fn is_summary(&self) -> bool {
        self.details.first().is_some_and(Detail::is_summary)
    }

    /// The proof, if there is one. `issuer` is the provider that said it, nobody if a client brought it.
    pub(super) fn seal(&self, issuer: &str) -> Option<Seal<'static>> {
        self.sealed(issuer, "")
    }

    /// The same with the words inside, for a proof that came after its thought was closed.
    pub(super) fn late_seal(&self, issuer: &str) -> Option<Seal<'static>> {
        self.sealed(issuer, &self.words)
    }

    fn sealed(&self, issuer: &str, mut words: &str) -> Option<Seal<'static>> {
        let proof = self.details.iter().find_map(|detail| detail.proof.as_ref())?;
        // A client brings back what we packed, which alone names an issuer. A provider's own stays as it is, even if
        // it is another router's packed one.
        if issuer.is_empty() {
            let packed = Seal::unpack(Dialect::Chat, proof.clone().into());
            if !packed.issuer.is_empty() {
                return Some(packed);
            }
        }
        let mut data = vec![b'['];
        for (at, detail) in self.details.iter().enumerate() {
            if at > 0 {
                data.push(b',');
            }
            Writer::append(&mut data, |entry| detail.write(entry, std::mem::take(&mut words)));
        }
        data.push(b']');
        let data = String::from_utf8_lossy(&data).into_owned();
        Some(Seal { dialect: Dialect::Chat, issuer: issuer.to_owned().into(), data: data.into() })
    }

    /// The thought as a block.
    pub(super) fn into_block(self, issuer: &str) -> Block<'static> {
        let (seal, summary) = (self.seal(issuer), self.is_summary());
        Block::Reasoning { text: self.words.into(), seal, summary }
    }
}

/// Puts whole or broken-up entries together into thoughts.
pub(super) fn groups(details: impl IntoIterator<Item = Detail>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for detail in details {
        if !groups.last().is_some_and(|group| group.takes(&detail)) {
            groups.push(Group::default());
        }
        if let Some(group) = groups.last_mut() {
            group.words.push_str(&detail.words);
            group.add(detail);
        }
    }
    groups
}

/// Writes the entries of a seal issued in this dialect, with the words put back in. What is no list of entries
/// writes nothing and gives `false`.
pub(super) fn write_own(list: &mut ListWriter<'_>, data: &str, mut words: &str) -> bool {
    let Ok(Node { value: Value::List(entries), .. }) = Node::parse(data) else { return false };
    let mut any = false;
    for entry in entries {
        let Value::Object(entry) = entry.value else { continue };
        let key = match entry.get("type").and_then(Node::as_text).and_then(Kind::of) {
            Some(kind @ (Kind::Text | Kind::Summary)) => kind.keys().0,
            _ => "",
        };
        let here = if key.is_empty() || entry.get(key).is_some() { "" } else { std::mem::take(&mut words) };
        any = true;
        list.object(|object| {
            for (name, node) in entry.into_members() {
                object.raw(&name, node.raw);
                if name == "type" && !here.is_empty() {
                    object.text(key, here);
                }
            }
        });
    }
    any
}

/// Writes a sealed thought for a client, which is to hand the entries back as they are. `index` counts them.
///
/// Each entry is whole, words and proof together, even in a stream: many clients hand back the pieces as they came
/// (agno-agi/agno#8794, 2026-07-07; open-webui/open-webui#26404).
pub(super) fn write_sealed(
    list: &mut ListWriter<'_>,
    words: &str,
    summary: bool,
    seal: &Seal<'_>,
    index: &mut u64,
) {
    if seal.dialect == Dialect::Chat && seal.issuer.is_empty() && write_own(list, &seal.data, words) {
        return;
    }
    let mut entry = |kind: Kind, words: &str, proof: Option<&str>| {
        let (for_words, for_proof) = kind.keys();
        list.object(|entry| {
            entry.text("type", kind.name());
            if kind != Kind::Encrypted {
                entry.text(for_words, words);
            }
            entry.maybe_text(for_proof, proof);
            // By the format a client of OpenRouter's knows what to expect of the proof: nothing.
            entry.text("format", "unknown");
            entry.count("index", *index);
        });
        *index += 1;
    };
    let proof = seal.pack();
    match (words.is_empty(), summary) {
        (true, _) => entry(Kind::Encrypted, "", Some(&proof)),
        (false, false) => entry(Kind::Text, words, Some(&proof)),
        (false, true) => {
            entry(Kind::Summary, words, None);
            entry(Kind::Encrypted, "", Some(&proof));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Group> {
        let Ok(Node { value: Value::List(entries), .. }) = Node::parse(text) else { panic!("{text}") };
        let objects = entries.into_iter().filter_map(|entry| match entry.value {
            Value::Object(object) => Detail::read(object),
            _ => None,
        });
        groups(objects)
    }

    fn own(data: &str, words: &str) -> String {
        let body = Writer::object(0, |body| body.list("all", |list| assert!(write_own(list, data, words))));
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn pieces_are_put_together_and_given_back_whole() {
        let groups = read(
            r#"[{"type":"reasoning.text","text":"Let","format":"anthropic-claude-v1","index":0},
            {"type":"reasoning.text","text":" me.","format":"anthropic-claude-v1","index":0},
            {"type":"reasoning.text","signature":"Et8B","format":"anthropic-claude-v1","index":0},
            {"type":"reasoning.text","text":"Next","signature":"x","format":"anthropic-claude-v1","index":1},
            {"type":"reasoning.server_tool_call","name":"search"}]"#,
        );
        assert_eq!(groups.iter().map(|group| group.words.as_str()).collect::<Vec<_>>(), ["Let me.", "Next"]);
        let seal = groups[0].seal("openrouter").unwrap();
        assert_eq!(
            seal.data,
            r#"[{"type":"reasoning.text","signature":"Et8B","format":"anthropic-claude-v1","index":0}]"#
        );
        assert_eq!(
            own(&seal.data, "Let me."),
            r#"{"all":[{"type":"reasoning.text","text":"Let me.","signature":"Et8B","format":"anthropic-claude-v1","index":0}]}"#
        );
    }

    #[test]
    fn a_summary_and_its_proof_are_one_thought() {
        let groups = read(
            r#"[{"type":"reasoning.summary","summary":"So","format":"openai-responses-v1","index":0},
            {"type":"reasoning.encrypted","data":"gAAA","id":"rs_1","format":"openai-responses-v1","index":0},
            {"type":"reasoning.encrypted","data":"gBBB","id":"rs_2","format":"openai-responses-v1","index":1}]"#,
        );
        assert_eq!(groups.len(), 2);
        assert!(groups[0].is_summary());
        let seal = groups[0].seal("openrouter").unwrap();
        assert_eq!(
            own(&seal.data, "So"),
            r#"{"all":[{"type":"reasoning.summary","summary":"So","format":"openai-responses-v1","index":0},{"type":"reasoning.encrypted","data":"gAAA","id":"rs_1","format":"openai-responses-v1","index":0}]}"#
        );
    }

    #[test]
    fn a_proof_that_came_late_keeps_its_words() {
        let mut group = Group { words: "Let me.".to_owned(), ..Group::default() };
        let Ok(Node { value: Value::Object(entry), .. }) =
            Node::parse(r#"{"type":"reasoning.text","signature":"Et8B"}"#)
        else {
            panic!("an object")
        };
        group.add(Detail::read(entry).unwrap());
        let seal = group.late_seal("openrouter").unwrap();
        assert_eq!(
            own(&seal.data, ""),
            r#"{"all":[{"type":"reasoning.text","text":"Let me.","signature":"Et8B"}]}"#
        );
    }

    #[test]
    fn what_we_packed_is_known_again() {
        let seal = |dialect, issuer: &'static str| Seal { dialect, issuer: issuer.into(), data: "E=".into() };
        for (words, summary, seal) in [
            ("why", false, seal(Dialect::Messages, "anthropic")),
            ("", false, seal(Dialect::Messages, "anthropic")),
            ("why", true, seal(Dialect::Responses, "openai")),
        ] {
            let body = Writer::object(0, |body| {
                body.list("all", |list| write_sealed(list, words, summary, &seal, &mut 0));
            });
            let body = String::from_utf8(body).unwrap();
            let groups = read(body.strip_prefix("{\"all\":").unwrap().strip_suffix('}').unwrap());
            let blocks: Vec<_> = groups.into_iter().map(|group| group.into_block("")).collect();
            assert_eq!(blocks, [Block::Reasoning { text: words.into(), seal: Some(seal), summary }]);
        }
    }
}
