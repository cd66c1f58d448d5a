//! Blocks.

use super::super::seals;
use super::{At, Encoder, Item, What};
use crate::Dialect;
use crate::conversation::{Block, Cache, Media, MediaKind, Seal, Source, ToolResult};
use std::borrow::Cow;

impl<'c> Encoder<'c> {
    /// Words. Anthropic refuses a block without any (`text content blocks must contain non-whitespace text`).
    pub(super) fn text(&mut self, at: At, text: &'c str, cache: Option<Cache>) -> Option<Item<'c>> {
        if text.trim().is_empty() {
            self.drop(&at, "holds no words, which Anthropic refuses");
            return None;
        }
        Some(Item { at, cache, what: What::Text(Cow::Borrowed(text)) })
    }

    /// A thought, if its seal opens here. Text and seal stay as they are to the byte.
    pub(super) fn thought(&mut self, at: At, text: &'c str, seal: Option<&'c Seal<'c>>) -> Option<Item<'c>> {
        let what = match seal.filter(|seal| seal.opens(Dialect::Messages, self.target.issuer)) {
            Some(seal) => match seals::unmark(&seal.data) {
                Some(data) => What::Redacted(data),
                None => What::Thinking { text, signature: &seal.data },
            },
            None if self.target.reasoning_member.is_some() && !text.trim().is_empty() => {
                What::Thinking { text, signature: "" }
            }
            None => {
                let why = match seal {
                    Some(_) => "is a thought that another vendor sealed",
                    None => "is a thought without a seal, which Anthropic refuses",
                };
                self.drop(&at, why);
                return None;
            }
        };
        Some(Item { at, cache: None, what })
    }

    pub(super) fn media(&mut self, at: At, media: &'c Media<'c>) -> Option<Item<'c>> {
        if media.detail.as_deref().is_some_and(|detail| detail != "auto") {
            self.drop(&format!("{at}.detail"), "has no place in this dialect");
        }
        let what = match media.kind {
            MediaKind::Image => self.image(at, &media.source)?,
            MediaKind::Document => {
                let source = self.document(at, &media.source)?;
                What::Document { source, title: media.name.as_deref().filter(|name| !name.is_empty()) }
            }
            MediaKind::Audio => {
                self.drop(&at, "is a recording, which this dialect cannot hold");
                return None;
            }
            MediaKind::Video => {
                self.drop(&at, "is a film, which this dialect cannot hold");
                return None;
            }
        };
        Some(Item { at, cache: media.cache, what })
    }

    fn image(&mut self, at: At, source: &'c Source<'c>) -> Option<What<'c>> {
        let why = match source {
            Source::Base64 { mime, .. } => match mime.as_ref() {
                "image/jpeg" | "image/png" | "image/gif" | "image/webp" => return Some(What::Image(source)),
                mime => format!("is {mime}: Anthropic sees JPEG, PNG, GIF and WebP only"),
            },
            Source::Text(_) => "is a picture made of text".to_owned(),
            Source::Url { .. } | Source::File { .. } => match self.reachable(source) {
                Ok(()) => return Some(What::Image(source)),
                Err(why) => why.to_owned(),
            },
        };
        self.drop(&at, &why);
        None
    }

    fn document(&mut self, at: At, source: &'c Source<'c>) -> Option<Cow<'c, Source<'c>>> {
        let why = match source {
            Source::Base64 { mime, data } => match mime.as_ref() {
                "application/pdf" => return Some(Cow::Borrowed(source)),
                mime if mime.starts_with("text/") || mime == "application/json" => match plain(data) {
                    Some(text) => return Some(Cow::Owned(Source::Text(text.into()))),
                    None => format!("is {mime}, but not in UTF-8"),
                },
                mime => format!("is {mime}: Anthropic reads PDF and plain text only"),
            },
            Source::Text(text) if text.trim().is_empty() => "is an empty document".to_owned(),
            Source::Text(_) => return Some(Cow::Borrowed(source)),
            Source::Url { .. } | Source::File { .. } => match self.reachable(source) {
                Ok(()) => return Some(Cow::Borrowed(source)),
                Err(why) => why.to_owned(),
            },
        };
        self.drop(&at, &why);
        None
    }

    /// Whether the vendor gets at what is not in the request itself.
    fn reachable(&self, source: &Source<'_>) -> Result<(), &'static str> {
        match source {
            Source::Url { url, .. } if !url.starts_with("http://") && !url.starts_with("https://") => {
                Err("is at an address that Anthropic cannot fetch")
            }
            // Anthropic's ids begin so; OpenAI's begin with `file-`.
            Source::File { id } if !id.starts_with("file_") => Err("was uploaded to another vendor"),
            _ => Ok(()),
        }
    }

    pub(super) fn result(&mut self, at: At, result: &'c ToolResult<'c>) -> Item<'c> {
        let mut content = Vec::new();
        let mut cache = result.cache;
        for (index, block) in result.content.iter().enumerate() {
            // A mark inside counts for the whole.
            cache = cache.or(block.cache());
            let item = match block {
                Block::Text { text, .. } if text.trim().is_empty() => None,
                Block::Text { text, .. } => self.text(at, text, None),
                Block::Media(media) => self.media(at, media),
                _ => {
                    self.drop(&format!("{at}.content[{index}]"), "is neither text nor a medium");
                    None
                }
            };
            content.extend(item.map(|item| Item { cache: None, ..item }));
        }
        if result.is_error && content.is_empty() {
            // `content cannot be empty if is_error is true`
            self.drop(&at, "is an error without words, which Anthropic refuses: it was given some");
            let words = What::Text(Cow::Borrowed("The tool failed and said nothing."));
            content.push(Item { at: At::Nowhere, cache: None, what: words });
        }
        let what =
            What::Result { id: &result.call_id, sent: String::new(), content, is_error: result.is_error };
        Item { at, cache, what }
    }
}

fn plain(data: &str) -> Option<String> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let text = String::from_utf8(BASE64_STANDARD.decode(data).ok()?).ok()?;
    (!text.trim().is_empty()).then_some(text)
}
