//! What `images` holds: base64 without a word about what it is. Ollama looks at the first bytes, and takes recordings
//! there as well (llm/media.go, 2026-08).

use crate::conversation::{Block, Media, MediaKind, Source};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::borrow::Cow;

/// An item of `images` as a block; `None` if its first bytes are of no kind that is known.
pub(super) fn read(text: Cow<'_, str>) -> Option<Block<'_>> {
    let (mime, data) = match split_data_url(&text) {
        // Ollama refuses these; clients written for other vendors send them all the same.
        Some((mime, data)) => (Cow::Owned(mime.to_owned()), Cow::Owned(data.to_owned())),
        None => (Cow::Borrowed(mime(&text)?), text),
    };
    let kind = if mime.starts_with("audio/") { MediaKind::Audio } else { MediaKind::Image };
    let source = Source::Base64 { mime, data };
    Some(Block::Media(Media { kind, source, name: None, detail: None, cache: None }))
}

/// What a medium is sent as, or why it cannot be.
pub(super) fn send<'m>(media: &'m Media<'_>) -> Result<&'m str, &'static str> {
    match (media.kind, &media.source) {
        (MediaKind::Image, Source::Base64 { data, .. }) => Ok(data),
        (MediaKind::Audio, Source::Base64 { data, .. }) if mime(data).is_some() => Ok(data),
        (MediaKind::Audio, Source::Base64 { .. }) => Err("Ollama takes recordings as WAV or MP3 only"),
        (MediaKind::Document, _) => Err("Ollama takes no documents"),
        (MediaKind::Video, _) => Err("Ollama takes no films"),
        (_, Source::Url { .. }) => Err("Ollama fetches nothing from addresses"),
        (_, Source::File { .. }) => Err("Ollama has no uploaded files"),
        (_, Source::Text(_)) => Err("Ollama takes base64 only"),
    }
}

fn split_data_url(text: &str) -> Option<(&str, &str)> {
    let (head, data) = text.strip_prefix("data:")?.split_once(',')?;
    let mime = head.strip_suffix(";base64")?;
    (mime.starts_with("image/") || mime.starts_with("audio/")).then_some((mime, data))
}

/// The type, by the first bytes.
pub(crate) fn mime(base64: &str) -> Option<&'static str> {
    // 24 letters are 18 bytes; what is shorter is no picture.
    let start = BASE64_STANDARD.decode(base64.get(..24)?).ok()?;
    Some(match start.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'B', b'M', ..] => "image/bmp",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "image/tiff",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i', ..] => "image/heic",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => "image/avif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "audio/wav",
        [b'I', b'D', b'3', ..] => "audio/mpeg",
        [0xFF, second, ..] if second & 0xE0 == 0xE0 => "audio/mpeg",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_type() {
        for (start, mime) in [
            (b"\x89PNG\r\n\x1a\n".as_slice(), "image/png"),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "image/jpeg"),
            (b"GIF89a", "image/gif"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
            (b"ID3\x04", "audio/mpeg"),
            (b"\xFF\xFB\x90", "audio/mpeg"),
        ] {
            let mut bytes = start.to_vec();
            bytes.resize(30, 0);
            let text = BASE64_STANDARD.encode(bytes);
            let Some(Block::Media(media)) = read(Cow::Borrowed(&text)) else { panic!("{mime}") };
            assert_eq!(media.source, Source::Base64 { mime: mime.into(), data: text.as_str().into() });
            assert_eq!(send(&media), Ok(text.as_str()));
        }
        assert_eq!(read("JVBERi0xLjcKJeLjz9MKMSAwIG9iago8".into()), None, "a PDF");
        assert_eq!(read("no base64 at all, is it? no.".into()), None);
    }

    #[test]
    fn an_address_that_holds_its_data_is_understood() {
        let Some(Block::Media(media)) = read("data:image/webp;base64,UklGRg==".into()) else { panic!() };
        assert_eq!(media.source, Source::Base64 { mime: "image/webp".into(), data: "UklGRg==".into() });
        assert_eq!(read("data:text/plain,hello, this is long".into()), None);
    }
}
