//! Pictures: PNG, JPEG, GIF or WebP in base64, ten in a request and 10 MB each at most (limits of Amazon's own command
//! line, April 2026). One that is not what it is said to be is refused (`IMAGE_MIME_MISMATCH`).

use super::{Encoder, Message};
use crate::conversation::{Media, MediaKind, Source};
use crate::json::write::ListWriter;
use crate::transcode::ollama::sniffed_mime;

/// Most pictures in a request.
const MOST: usize = 10;
/// Most bytes of one.
const LARGEST: usize = 10 * 1024 * 1024;

/// What a result says in the place of a picture, which stands in the same message.
pub(super) const MARKED: &str = "(A picture, which is attached to this message.)";

/// A picture as it is sent.
pub(super) struct Picture<'c> {
    path: String,
    format: &'static str,
    data: &'c str,
}

impl<'c> Encoder<'c> {
    /// A medium as a picture, or why it is none.
    pub(super) fn picture(&mut self, path: &str, media: &'c Media<'c>) -> Result<Picture<'c>, &'static str> {
        let (mime, data) = match (media.kind, &media.source) {
            (MediaKind::Image, Source::Base64 { mime, data }) => (mime.as_ref(), data.as_ref()),
            (MediaKind::Image, Source::Url { .. }) => return Err("Kiro fetches nothing from addresses"),
            (MediaKind::Image, Source::File { .. }) => return Err("Kiro has no uploaded files"),
            (MediaKind::Image, Source::Text(_)) => return Err("is said to be a picture, and is a text"),
            (MediaKind::Document, _) => return Err("documents cannot be sent to Kiro"),
            (MediaKind::Audio | MediaKind::Video, _) => return Err("Kiro takes no recordings and no films"),
        };
        let format = match sniffed_mime(data).unwrap_or(mime) {
            "image/png" => "png",
            "image/jpeg" | "image/jpg" => "jpeg",
            "image/gif" => "gif",
            "image/webp" => "webp",
            _ => return Err("Kiro sees PNG, JPEG, GIF and WebP only"),
        };
        if data.len() / 4 * 3 > LARGEST {
            return Err("is larger than the 10 MB that Kiro takes");
        }
        if media.detail.is_some() {
            self.losses.each(&format!("{path}.detail"), "Kiro's pictures have no detail");
        }
        Ok(Picture { path: path.to_owned(), format, data })
    }

    /// Leaves out the oldest of too many.
    pub(super) fn limit_pictures(&mut self, messages: &mut [Message<'c>]) {
        let mut room = MOST;
        for message in messages.iter_mut().rev() {
            let over = message.pictures.len().saturating_sub(room);
            for picture in message.pictures.drain(..over) {
                self.losses
                    .each(&picture.path, "Kiro takes ten pictures in a request, and ten newer ones follow");
            }
            room -= message.pictures.len();
        }
    }
}

impl Picture<'_> {
    pub(super) fn write(&self, list: &mut ListWriter<'_>) {
        list.object(|item| {
            item.text("format", self.format);
            item.object("source", |source| source.text("bytes", self.data));
        });
    }
}
