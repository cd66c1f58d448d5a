//! What tools answered.

use super::settings::one_text;
use super::{CACHES_ITSELF, Encoder, json};
use crate::conversation::{Block, Media, MediaKind, Source, ToolResult};
use crate::json::Cursor;
use crate::json::tree::{Node, Value};
use crate::json::write::ObjectWriter;

impl Encoder<'_> {
    /// The part that answers a call, and the media that go beside it.
    pub(super) fn result(&mut self, result: &ToolResult<'_>, path: &str) -> (String, Vec<String>) {
        if result.cache.is_some() {
            self.drop(format!("{path}.cache"), CACHES_ITSELF);
        }
        let mut within = Vec::new();
        let mut beside = Vec::new();
        for (index, block) in result.content.iter().enumerate() {
            let path = format!("{path}.content[{index}]");
            if block.cache().is_some() {
                self.drop(format!("{path}.cache"), CACHES_ITSELF);
            }
            match block {
                Block::Text { .. } => {}
                Block::Media(media) if !self.old && goes_within(media) => {
                    within.extend(self.media(media, &path));
                }
                Block::Media(media) => beside.extend(self.media(media, &path)),
                _ => self.drop(path, "a result holds text and media only"),
            }
        }
        let text = result.text();
        let response = match (result.is_error, as_object(&text)) {
            (true, _) => one_text("error", &text),
            (false, Some(object)) => object.to_owned(),
            (false, None) => one_text("output", &text),
        };
        let name = self.name(&result.name).into_owned();
        let part = json(|part| {
            part.object("functionResponse", |out| {
                if !self.old {
                    out.text("id", &result.call_id);
                }
                out.text("name", &name);
                out.raw("response", &response);
                if !within.is_empty() {
                    out.list("parts", |list| within.iter().for_each(|part| list.raw(part)));
                }
            });
        });
        (part, beside)
    }

    /// The part a medium becomes.
    pub(super) fn media(&mut self, media: &Media<'_>, path: &str) -> Option<String> {
        if media.detail.is_some() {
            self.drop(format!("{path}.detail"), "Gemini has no place for it");
        }
        if media.name.is_some() {
            self.drop(format!("{path}.name"), "AI Studio refuses names");
        }
        let mime = match &media.source {
            Source::Base64 { mime, .. } => Some(mime.as_ref()),
            Source::Url { url, mime } => mime.as_deref().or_else(|| super::super::media::mime(url)),
            Source::Text(_) | Source::File { .. } => None,
        };
        if let Some(mime) = mime.filter(|mime| media.kind == MediaKind::Image && !is_seen(mime)) {
            self.drop(path, &format!("is {mime}: Gemini sees PNG, JPEG, WebP, HEIC and HEIF only"));
            return None;
        }
        let file = |uri: &str, mime: Option<&str>| {
            json(|part| {
                part.object("fileData", |out: &mut ObjectWriter<'_>| {
                    out.maybe_text("mimeType", mime.or_else(|| super::super::media::mime(uri)));
                    out.text("fileUri", uri);
                });
            })
        };
        match &media.source {
            Source::Base64 { mime, data } => Some(json(|part| {
                part.object("inlineData", |out| {
                    // Google does not take the name that some clients have for it.
                    out.text("mimeType", if mime == "image/jpg" { "image/jpeg" } else { mime });
                    out.text("data", data);
                });
            })),
            Source::Text(text) => Some(one_text("text", text)),
            // Any public address, since January 2026 ("increased file size limits and expanded inputs support").
            Source::Url { url, mime } if url.starts_with("http") || url.starts_with("gs://") => {
                Some(file(url, mime.as_deref()))
            }
            Source::File { id } if super::super::media::is_stored(id) => Some(file(id, None)),
            Source::Url { .. } => {
                self.drop(path, "Gemini fetches from public addresses only");
                None
            }
            Source::File { .. } => {
                self.drop(path, "was uploaded to another vendor");
                None
            }
        }
    }
}

/// Whether Gemini sees pictures of a type; any other fails the whole request (ai.google.dev, image understanding;
/// microsoft/vscode#286628, 2026-01-08).
fn is_seen(mime: &str) -> bool {
    ["image/png", "image/jpeg", "image/jpg", "image/webp", "image/heic", "image/heif"].contains(&mime)
}

/// What Gemini 3 takes inside a result: bytes of a picture, PDF or text.
fn goes_within(media: &Media<'_>) -> bool {
    match &media.source {
        Source::Base64 { mime, .. } => {
            ["image/png", "image/jpeg", "image/webp", "application/pdf", "text/plain"]
                .contains(&mime.as_ref())
        }
        _ => false,
    }
}

/// A result that is a JSON object goes as such. One that says a key twice would be refused, and one with a key `$ref`
/// is taken for a reference to the result's media (vercel/ai#14369, 2026-04-12; router-for-me/CLIProxyAPI#6065).
fn as_object(text: &str) -> Option<&str> {
    let text = text.trim();
    if !text.starts_with('{') || text.contains("$ref") {
        return None;
    }
    let mut cursor = Cursor::strict(text.as_bytes());
    cursor.skip().and_then(|()| cursor.end()).ok()?;
    matches!(Node::parse(text), Ok(Node { value: Value::Object(_), .. })).then_some(text)
}
