//! What messages are made of.

use super::Encoder;
use crate::conversation::{Block, Cache, Media, MediaKind, Source};
use crate::json::write::{ListWriter, ObjectWriter};
use crate::transcode::is_openai_file;
use std::borrow::Cow;

/// A block and where it stands.
pub(super) struct Placed<'e> {
    pub(super) path: String,
    pub(super) block: &'e Block<'e>,
    /// Whether it goes on with the text before it.
    pub(super) goes_on: bool,
}

impl<'e> Encoder<'e> {
    /// Writes `content`: a string where there is only text, since many vendors take no parts where OpenAI does
    /// (GLM: tombii/better-ccflare#187, 2026-05-05).
    pub(super) fn content(&mut self, message: &mut ObjectWriter<'_>, blocks: &[Placed<'e>]) {
        let marked = self.target.cache_marks && blocks.iter().any(|placed| placed.block.cache().is_some());
        let only_text = blocks.iter().all(|placed| words(placed.block).is_some());
        if only_text && !marked {
            for placed in blocks {
                self.unmarked(placed);
            }
            let texts = blocks.iter().filter_map(|placed| Some((words(placed.block)?, placed.goes_on)));
            message.text("content", &joined(texts));
            return;
        }
        message.list("content", |list| {
            for placed in blocks {
                self.part(list, placed);
            }
        });
    }

    fn part(&mut self, list: &mut ListWriter<'_>, placed: &Placed<'e>) {
        match placed.block {
            Block::Media(media) => self.media(list, media, &placed.path),
            block => {
                let Some(text) = words(block).filter(|text| !text.is_empty()) else { return };
                list.object(|part| {
                    part.text("type", "text");
                    part.text("text", text);
                    self.mark(part, block.cache(), || format!("{}.cache", placed.path));
                });
            }
        }
    }

    /// Writes a mark of the prompt cache, where the target knows them: Groq and Cerebras refuse them
    /// (yetone/alma-releases#59, 2026-07-15).
    pub(super) fn mark(
        &mut self,
        object: &mut ObjectWriter<'_>,
        cache: Option<Cache>,
        path: impl FnOnce() -> String,
    ) {
        let Some(cache) = cache else { return };
        if !self.target.cache_marks {
            return self.lost(&path(), "the target takes no marks of the prompt cache");
        }
        object.object("cache_control", |mark| {
            mark.text("type", "ephemeral");
            if cache == Cache::Hour {
                mark.text("ttl", "1h");
            }
        });
    }

    /// Notes that a block's mark has no place.
    pub(super) fn unmarked(&mut self, placed: &Placed<'e>) {
        if placed.block.cache().is_some() {
            let why = match self.target.cache_marks {
                true => "only texts and tools can be marked",
                false => "the target takes no marks of the prompt cache",
            };
            self.lost(&format!("{}.cache", placed.path), why);
        }
    }

    fn media(&mut self, list: &mut ListWriter<'_>, media: &Media<'_>, path: &str) {
        if media.cache.is_some() {
            self.lost(&format!("{path}.cache"), "only texts and tools can be marked");
        }
        if let Source::File { id } = &media.source
            && !is_openai_file(id)
        {
            return self.lost(&path, "was uploaded to another vendor");
        }
        match (media.kind, &media.source) {
            (MediaKind::Document, Source::Text(text)) => {
                if media.name.is_some() {
                    self.lost(&format!("{path}.name"), "a document of text has no name in chat");
                }
                list.object(|part| {
                    part.text("type", "text");
                    part.text("text", text);
                });
            }
            (MediaKind::Image | MediaKind::Video, source) => {
                let (kind, detail) = match media.kind {
                    MediaKind::Image => ("image_url", media.detail.as_deref()),
                    // Not OpenAI's, but OpenRouter's, Alibaba's, Moonshot's and Z.ai's.
                    _ => ("video_url", None),
                };
                let Some(url) = address(source) else {
                    return self.lost(&path, "chat takes it as an address or in base64 only");
                };
                list.object(|part| {
                    part.text("type", kind);
                    part.object(kind, |inner| {
                        inner.text("url", &url);
                        inner.maybe_text("detail", detail);
                    });
                });
            }
            (MediaKind::Document, source) => list.object(|part| {
                part.text("type", "file");
                part.object("file", |file| match source {
                    Source::File { id } => file.text("file_id", id),
                    source => {
                        // OpenAI refuses data without a name.
                        file.text("filename", media.name.as_deref().unwrap_or("document.pdf"));
                        // Addresses are OpenRouter's; where they are refused, the client should hear of it: a
                        // model that misses the document would make it up.
                        file.maybe_text("file_data", address(source).as_deref());
                    }
                });
            }),
            (MediaKind::Audio, Source::Base64 { mime, data }) => list.object(|part| {
                let format = match mime.as_ref() {
                    "audio/mpeg" | "audio/mp3" => "mp3",
                    "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
                    other => other.strip_prefix("audio/").unwrap_or(other),
                };
                part.text("type", "input_audio");
                part.object("input_audio", |audio| {
                    audio.text("data", data);
                    audio.text("format", format);
                });
            }),
            (MediaKind::Audio, _) => self.lost(&path, "chat takes recordings in base64 only"),
        }
    }
}

/// The words of a block that can stand in `content`. A refusal is what the model said; OpenAI's member for it is
/// unknown to other vendors.
pub(super) fn words<'b>(block: &'b Block<'_>) -> Option<&'b str> {
    match block {
        Block::Text { text, .. } | Block::Refusal(text) => Some(text),
        _ => None,
    }
}

/// Texts as one; an empty line stands before each that does not go on with the one before it.
pub(super) fn joined<'t>(texts: impl IntoIterator<Item = (&'t str, bool)>) -> Cow<'t, str> {
    let mut all = Cow::Borrowed("");
    for (text, goes_on) in texts.into_iter().filter(|(text, _)| !text.is_empty()) {
        if all.is_empty() {
            all = Cow::Borrowed(text);
            continue;
        }
        let all = all.to_mut();
        all.push_str(if goes_on { "" } else { "\n\n" });
        all.push_str(text);
    }
    all
}

fn address<'s>(source: &'s Source<'_>) -> Option<Cow<'s, str>> {
    match source {
        Source::Base64 { mime, data } => Some(Cow::Owned(format!("data:{mime};base64,{data}"))),
        Source::Url { url, .. } => Some(Cow::Borrowed(url)),
        Source::Text(_) | Source::File { .. } => None,
    }
}
