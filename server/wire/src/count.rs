//! Counting a prompt's tokens without asking a model: what is counted, and what the answer reads like.

use crate::conversation::{Block, Conversation, MediaKind, Source, Tool, Turn};
use crate::json::tree::{Node, Value};
use crate::json::write::Writer;
use crate::{Dialect, drop_members, splice};
use bytes::Bytes;

/// Tokens that frame a turn, a tool or a call, beside their words: an average over vendors.
const FRAME: u64 = 6;
/// Tokens of a picture: what Anthropic and OpenAI charge for about 900 x 900 pixels.
const IMAGE: u64 = 1_100;
/// Tokens of a document's page, about: the number of pages is not known, so a document counts by its size.
const DOCUMENT_BYTES_PER_TOKEN: u64 = 40;

impl Conversation<'_> {
    /// An estimate of its tokens. `count` counts those of a text.
    pub fn estimate(&self, mut count: impl FnMut(&str) -> u64) -> u64 {
        let mut sum = blocks(&self.system, &mut count);
        for Turn { blocks: spoken, .. } in &self.turns {
            sum += FRAME + blocks(spoken, &mut count);
        }
        for tool in &self.tools {
            sum += FRAME;
            match tool {
                Tool::Function { name, description, schema, .. } => {
                    sum += count(name) + description.as_deref().map_or(0, &mut count);
                    sum += schema.as_deref().map_or(0, &mut count);
                }
                Tool::Custom { name, description, format } => {
                    sum += count(name) + description.as_deref().map_or(0, &mut count);
                    sum += format.as_deref().map_or(0, &mut count);
                }
                Tool::Hosted { kind } => sum += count(kind),
            }
        }
        sum
    }
}

fn blocks(blocks: &[Block<'_>], count: &mut impl FnMut(&str) -> u64) -> u64 {
    let mut sum = 0;
    for block in blocks {
        sum += match block {
            Block::Text { text, .. } | Block::Reasoning { text, .. } | Block::Refusal(text) => count(text),
            Block::ToolCall(call) => FRAME + count(&call.name) + count(&call.input),
            Block::ToolResult(result) => FRAME + self::blocks(&result.content, count),
            Block::Media(media) => match (media.kind, &media.source) {
                (_, Source::Text(text)) => count(text),
                (MediaKind::Document | MediaKind::Audio | MediaKind::Video, Source::Base64 { data, .. }) => {
                    (data.len() as u64 * 3 / 4).div_ceil(DOCUMENT_BYTES_PER_TOKEN)
                }
                _ => IMAGE,
            },
        };
    }
    sum
}

/// The body with which a provider of that dialect is asked to count: a request's, without what only an answer needs.
/// `None`: it cannot be asked.
pub fn count_request(dialect: Dialect, body: &Bytes, model: &str) -> Option<Bytes> {
    let not_counted: &[&str] = match dialect {
        // https://platform.claude.com/docs/en/api/messages-count-tokens, November 2026.
        Dialect::Messages => &[
            "max_tokens",
            "stream",
            "temperature",
            "top_p",
            "top_k",
            "stop_sequences",
            "metadata",
            "service_tier",
        ],
        // https://platform.openai.com/docs/api-reference/responses/input-tokens, November 2026.
        Dialect::Responses => &[
            "stream",
            "store",
            "include",
            "max_output_tokens",
            "temperature",
            "top_p",
            "metadata",
            "user",
            "service_tier",
            "prompt_cache_key",
            "safety_identifier",
            "stream_options",
        ],
        Dialect::Gemini => {
            let text = std::str::from_utf8(body).ok()?;
            let name = format!("models/{model}");
            return Some(
                Writer::object(text.len() + 80, |out| {
                    out.object("generateContentRequest", |request| {
                        request.text("model", &name);
                        if let Ok(Node { value: Value::Object(members), .. }) = Node::parse(text) {
                            for (key, node) in members.into_members() {
                                request.raw(&key, node.raw);
                            }
                        }
                    });
                })
                .into(),
            );
        }
        Dialect::Chat | Dialect::Ollama => return None,
    };
    let not_counted: Vec<String> = not_counted.iter().map(|name| (*name).to_owned()).collect();
    splice(body, drop_members(body, &not_counted)).ok()
}

/// The count a provider of that dialect answered.
pub fn read_count(dialect: Dialect, body: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(body).ok()?;
    let Ok(Node { value: Value::Object(mut object), .. }) = Node::parse(text) else { return None };
    object.lenient_count(if dialect == Dialect::Gemini { "totalTokens" } else { "input_tokens" })
}

/// A count as a client of that dialect reads it. An estimate says that it is one.
pub fn write_count(dialect: Dialect, tokens: u64, estimate: bool) -> Vec<u8> {
    Writer::object(80, |out| {
        match dialect {
            Dialect::Gemini => out.count("totalTokens", tokens),
            Dialect::Responses => {
                out.text("object", "response.input_tokens");
                out.count("input_tokens", tokens);
            }
            Dialect::Chat | Dialect::Messages | Dialect::Ollama => out.count("input_tokens", tokens),
        }
        if estimate {
            out.bool("estimate", true);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Role;

    #[test]
    fn an_estimate_counts_every_word_once() {
        let conversation = Conversation {
            system: vec![Block::text("a b")],
            turns: vec![Turn { role: Role::User, blocks: vec![Block::text("c d e")] }],
            tools: vec![Tool::Function {
                name: "f".into(),
                description: Some("g h".into()),
                schema: Some("{}".into()),
                strict: None,
                cache: None,
            }],
            ..Conversation::default()
        };
        let words = conversation.estimate(|text| text.split_whitespace().count() as u64);
        assert_eq!(words, 2 + FRAME + 3 + FRAME + 1 + 2 + 1);
    }

    #[test]
    fn a_count_is_asked_for_and_read_in_each_dialect() {
        let body = Bytes::from_static(br#"{"model":"m","messages":[],"max_tokens":5,"stream":true}"#);
        let asked = count_request(Dialect::Messages, &body, "m").unwrap();
        assert_eq!(asked, r#"{"model":"m","messages":[]}"#);
        let body = Bytes::from_static(br#"{"contents":[{"parts":[]}]}"#);
        let asked = count_request(Dialect::Gemini, &body, "g").unwrap();
        assert_eq!(asked, r#"{"generateContentRequest":{"model":"models/g","contents":[{"parts":[]}]}}"#);
        for dialect in [Dialect::Messages, Dialect::Gemini, Dialect::Responses] {
            assert_eq!(read_count(dialect, &write_count(dialect, 7, true)), Some(7));
        }
        assert_eq!(write_count(Dialect::Messages, 7, true), br#"{"input_tokens":7,"estimate":true}"#);
        assert_eq!(read_count(Dialect::Messages, b"{}"), None);
    }
}
