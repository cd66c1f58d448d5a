//! Packed seals in a body that goes on in the dialect it came in: the provider's own are unpacked again, others are
//! taken out, since a provider refuses a request with a seal it did not issue.
//!
//! They are there when an earlier answer of the same conversation came from a provider of another dialect.

use crate::conversation::seal::{is_packed, may_hold_packed};
use crate::conversation::{Bundle, Seal};
use crate::json::tree::{Node, Object, Value};
use crate::{Dialect, Edit};
use bytes::Bytes;
use memchr::memmem;
use std::ops::Range;

/// What Google documents for calls that another model made (thought signatures, FAQ, 2026).
pub(crate) const NO_SEAL: &str = "skip_thought_signature_validator";

/// Whether a provider of this id is Google, whose endpoint for chat knows `extra_content` and refuses a call of the
/// running turn that has no signature (ai.google.dev, thought signatures, 2026).
pub(crate) fn is_google(issuer: &str) -> bool {
    matches!(issuer, "gemini" | "google" | "vertex")
}

/// The edits that make a request body acceptable to `issuer`. None for a body without packed seals, which is not
/// parsed. `signed`: thoughts with an empty signature go too; an answer of a vendor that seals nothing left them.
pub fn reseal(dialect: Dialect, issuer: &str, signed: bool, body: &[u8]) -> Vec<Edit> {
    let unsigned = signed && dialect == Dialect::Messages && may_be_unsigned(body);
    let calls =
        dialect == Dialect::Chat && is_google(issuer) && memmem::find(body, b"\"tool_calls\"").is_some();
    if !unsigned && !calls && !may_hold_packed(body) {
        return Vec::new();
    }
    let Ok(text) = std::str::from_utf8(body) else { return Vec::new() };
    let Ok(Node { value: Value::Object(object), .. }) = Node::parse(text) else { return Vec::new() };
    let mut work = Work { text, issuer, dialect, unsigned, edits: Vec::new() };
    let (turns, blocks) = match dialect {
        Dialect::Chat => ("messages", "reasoning_details"),
        Dialect::Messages => ("messages", "content"),
        Dialect::Gemini => ("contents", "parts"),
        Dialect::Responses => {
            work.list(object.get("input"));
            return work.edits;
        }
        // It has no field for seals.
        Dialect::Ollama => return Vec::new(),
    };
    let Some(Node { value: Value::List(turns), .. }) = object.get(turns) else { return work.edits };
    let mut firsts = Vec::with_capacity(turns.len());
    for turn in turns {
        let Value::Object(turn) = &turn.value else { continue };
        let first = work.list(turn.get(blocks));
        firsts.push((turn.get("role").and_then(Node::as_text), first.and_then(kind)));
        if dialect == Dialect::Chat {
            work.googles(turn, false);
            if let Some(Node { value: Value::List(calls), .. }) = turn.get("tool_calls") {
                calls.iter().filter_map(object_of).for_each(|call| work.googles(call, true));
            }
        }
    }
    if calls {
        work.sign_calls(turns);
    }
    if dialect == Dialect::Messages && !work.edits.is_empty() && calls_without_a_thought(&firsts) {
        work.think_no_more(&object);
    }
    work.edits
}

/// Whether the loop of calls that is under way has no thought at its beginning, by each turn's role and the kind of its
/// first block. Anthropic refuses to think on then: `Expected thinking or redacted_thinking, but found tool_use. When
/// thinking is enabled, a final assistant message must start with a thinking block`.
fn calls_without_a_thought(firsts: &[(Option<&str>, Option<&str>)]) -> bool {
    let mut begun = firsts
        .iter()
        .rev()
        .take_while(|(role, first)| *role == Some("assistant") || *first == Some("tool_result"))
        .filter(|(role, _)| *role == Some("assistant"))
        .map(|(_, first)| matches!(first, Some("thinking" | "redacted_thinking")));
    let answered = matches!(firsts.last(), Some((_, Some("tool_result"))));
    let last = begun.next();
    let first = begun.last().or(last);
    answered && (last, first) == (Some(false), Some(false))
}

fn kind<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    object_of(node)?.get("type")?.as_text()
}

fn object_of<'n, 'a>(node: &'n Node<'a>) -> Option<&'n Object<'a>> {
    match &node.value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

struct Work<'w> {
    text: &'w str,
    issuer: &'w str,
    dialect: Dialect,
    /// Thoughts without a signature go.
    unsigned: bool,
    edits: Vec<Edit>,
}

/// Whether there may be a thought with an empty signature, without parsing.
fn may_be_unsigned(body: &[u8]) -> bool {
    memmem::find_iter(body, b"\"signature\"").any(|at| {
        let rest = body.get(at + 11..).unwrap_or_default();
        let rest = rest.trim_ascii_start();
        rest.strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\"\""))
    })
}

/// What becomes of one item.
enum Fate {
    Kept,
    Gone,
}

impl Work<'_> {
    /// Goes through a list and gives the first item that stays.
    fn list<'n, 'a>(&mut self, list: Option<&'n Node<'a>>) -> Option<&'n Node<'a>> {
        let Some(Node { value: Value::List(items), .. }) = list else { return None };
        let spans: Vec<Range<usize>> = items.iter().map(|item| self.span(item)).collect();
        let mut first = None;
        for (index, item) in items.iter().enumerate() {
            let fate = match &item.value {
                Value::Object(object) => self.item(object),
                _ => Fate::Kept,
            };
            match fate {
                Fate::Kept => first = first.or(Some(item)),
                // With the comma before it, or the one after it when nothing before it stays.
                Fate::Gone => {
                    let span = if first.is_some() {
                        spans[index - 1].end..spans[index].end
                    } else {
                        spans[index].start..spans.get(index + 1).map_or(spans[index].end, |next| next.start)
                    };
                    self.edits.push(Edit { span, with: Bytes::new() });
                }
            }
        }
        first
    }

    fn item(&mut self, item: &Object<'_>) -> Fate {
        let member = match self.dialect {
            Dialect::Responses => "encrypted_content",
            Dialect::Gemini => "thoughtSignature",
            Dialect::Chat | Dialect::Messages | Dialect::Ollama => {
                if item.get("data").is_some() {
                    "data"
                } else {
                    "signature"
                }
            }
        };
        let Some(node) = item.get(member).or_else(|| item.get("thought_signature")) else {
            return Fate::Kept;
        };
        if self.unsigned && node.as_text() == Some("") {
            return Fate::Gone;
        }
        let Some(text) = node.as_text().filter(|text| is_packed(text)) else { return Fate::Kept };
        // Thoughts that travel on a call are others'; what the call itself was signed with may be this provider's.
        let seal = match Bundle::unpack(text) {
            Some(bundle) => bundle.own,
            None => Some(Seal::unpack(self.dialect, text.into())),
        };
        if let Some(seal) = seal.filter(|seal| seal.opens(self.dialect, self.issuer)) {
            self.put(node, &seal.data);
            return Fate::Kept;
        }
        if self.dialect == Dialect::Gemini
            && !matches!(item.get("thought"), Some(Node { value: Value::Bool(true), .. }))
        {
            // The text or call itself was said and stays.
            self.put(node, NO_SEAL);
            return Fate::Kept;
        }
        Fate::Gone
    }

    /// Lets a stand-in vouch for calls that another vendor's model made in the turn that is running: the first of each
    /// step is what Google looks at.
    fn sign_calls(&mut self, turns: &[Node<'_>]) {
        let running = turns.iter().filter_map(object_of).rev();
        let running = running.take_while(|turn| turn.get("role").and_then(Node::as_text) != Some("user"));
        for turn in running {
            if let Some(Node { value: Value::List(calls), .. }) = turn.get("tool_calls")
                && let Some(first) = calls.first()
                && let Some(call) = object_of(first).filter(|call| !call.is_empty())
                && call.get("extra_content").is_none()
            {
                let inside = self.span(first).start + 1;
                let with = format!(r#""extra_content":{{"google":{{"thought_signature":"{NO_SEAL}"}}}},"#);
                self.edits.push(Edit { span: inside..inside, with: with.into() });
            }
        }
    }

    /// Google's own place for seals in chat, in a turn or a call. Nobody else knows the member.
    fn googles(&mut self, holder: &Object<'_>, is_call: bool) {
        let Some(extra) = holder.get("extra_content") else { return };
        let seal = inside(extra, "google").and_then(|google| inside(google, "thought_signature"));
        let Some(node) = seal else { return };
        let Some(text) = node.as_text().filter(|text| is_packed(text)) else { return };
        let seal = Seal::unpack(Dialect::Gemini, text.into());
        // Packed was what Gemini issued in its own dialect: its endpoint for chat takes it too.
        if seal.opens(Dialect::Gemini, self.issuer) {
            self.put(node, &seal.data);
        } else if is_call && is_google(self.issuer) {
            self.put(node, NO_SEAL);
        } else {
            let span = self.member(extra, "extra_content");
            self.edits.push(Edit { span, with: Bytes::new() });
        }
    }

    /// Takes back that the model is to think.
    fn think_no_more(&mut self, body: &Object<'_>) {
        if let Some(thinking) = body.get("thinking")
            && inside(thinking, "type").and_then(Node::as_text) == Some("enabled")
        {
            let with = Bytes::from_static(br#"{"type":"disabled"}"#);
            self.edits.push(Edit { span: self.span(thinking), with });
        }
    }

    /// Where a member lies whose value this is, with one of the commas around it.
    fn member(&self, value: &Node<'_>, key: &str) -> Range<usize> {
        let Range { start, end } = self.span(value);
        let key = self.text[..start].rfind(&format!("\"{key}\"")).unwrap_or(start);
        let before = self.text[..key].trim_end();
        let after = self.text[end..].trim_start();
        if before.ends_with(',') {
            before.len() - 1..end
        } else if after.starts_with(',') {
            key..self.text.len() - after.len() + 1
        } else {
            key..end
        }
    }

    fn put(&mut self, node: &Node<'_>, text: &str) {
        let mut with = Vec::with_capacity(text.len() + 2);
        crate::json::quote(&mut with, text);
        self.edits.push(Edit { span: self.span(node), with: with.into() });
    }

    /// Where a value lies: its text is a part of the whole text.
    fn span(&self, node: &Node<'_>) -> Range<usize> {
        let start = node.raw.as_ptr() as usize - self.text.as_ptr() as usize;
        start..start + node.raw.len()
    }
}

fn inside<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Node<'a>> {
    match &node.value {
        Value::Object(object) => object.get(key),
        _ => None,
    }
}

#[cfg(test)]
#[path = "reseal_tests.rs"]
mod tests;
