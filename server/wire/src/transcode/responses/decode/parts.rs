//! What messages and results are made of.

use super::OPENAI_ONLY;
use crate::conversation::{Block, Cache, Media, MediaKind, Source};
use crate::json::tree::{Node, Object, Path, Value};
use crate::{Dropped, Malformed};
use std::borrow::Cow;

/// Decodes content, a string or an array of parts. Empty texts are left out.
pub(super) fn content<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Vec<Block<'a>>, Malformed> {
    let parts = match node.value {
        Value::Text(text) if text.is_empty() => return Ok(Vec::new()),
        Value::Text(text) => return Ok(vec![Block::text(text)]),
        _ => node.list(path)?,
    };
    let mut blocks = Vec::with_capacity(parts.len());
    for (index, node) in parts.into_iter().enumerate() {
        let path = path.item(index);
        let mut object = node.object(&path)?;
        let kind = object.need_text("type", &path)?;
        let cache = object.object("prompt_cache_breakpoint", &path)?.map(|_| Cache::Default);
        match &*kind {
            "input_text" | "output_text" | "text" => {
                let text = object.need_text("text", &path)?;
                // Both are in every answer that is sent back, and nearly always empty.
                for noted in ["annotations", "logprobs"] {
                    if object.take(noted).is_some_and(|node| node.value != Value::List(Vec::new())) {
                        dropped.push(Dropped::new(&path.key(noted), OPENAI_ONLY));
                    }
                }
                if !text.is_empty() {
                    blocks.push(Block::Text { text, seal: None, cache });
                }
            }
            "refusal" => blocks.push(Block::Refusal(object.need_text("refusal", &path)?)),
            "input_image" => blocks.push(Block::Media(image(&mut object, &path, cache)?)),
            "input_file" => blocks.push(Block::Media(file(&mut object, &path, cache)?)),
            "input_audio" => blocks.push(Block::Media(audio(&mut object, &path)?)),
            other => {
                return Err(path.key("type").fault(&format!("is {other:?}, which is no kind of content")));
            }
        }
        object.rest(&path, OPENAI_ONLY, dropped);
    }
    Ok(blocks)
}

/// A picture, from a message or a tool's screenshot.
pub(super) fn image<'a>(
    object: &mut Object<'a>,
    path: &Path<'_>,
    cache: Option<Cache>,
) -> Result<Media<'a>, Malformed> {
    let detail = object.text("detail", path)?;
    let url = match object.take("image_url") {
        // As chat has it; clients mix the two up.
        Some(Node { value: Value::Object(mut inner), .. }) => {
            Some(inner.need_text("url", &path.key("image_url"))?)
        }
        Some(node) => Some(node.text(&path.key("image_url"))?),
        None => None,
    };
    let id = object.text("file_id", path)?;
    let source = match (url, id) {
        (Some(url), _) => located(url),
        (None, Some(id)) => Source::File { id },
        (None, None) => return Err(path.fault("needs `image_url` or `file_id`")),
    };
    Ok(Media { kind: MediaKind::Image, source, name: None, detail, cache })
}

fn file<'a>(object: &mut Object<'a>, path: &Path<'_>, cache: Option<Cache>) -> Result<Media<'a>, Malformed> {
    let name = object.text("filename", path)?;
    let detail = object.text("detail", path)?;
    let data = object.text("file_data", path)?;
    let url = object.text("file_url", path)?;
    let id = object.text("file_id", path)?;
    let source = if let Some(data) = data {
        match located(data) {
            // Bare base64, as some clients send it.
            Source::Url { url, .. } => {
                Source::Base64 { mime: Cow::Borrowed(mime(name.as_deref())), data: url }
            }
            found => found,
        }
    } else if let Some(url) = url {
        located(url)
    } else if let Some(id) = id {
        Source::File { id }
    } else {
        return Err(path.fault("needs `file_data`, `file_url` or `file_id`"));
    };
    Ok(Media { kind: MediaKind::Document, source, name, detail, cache })
}

fn audio<'a>(object: &mut Object<'a>, path: &Path<'_>) -> Result<Media<'a>, Malformed> {
    let mut inner = object.object("input_audio", path)?.ok_or_else(|| path.key("input_audio").missing())?;
    let path = path.key("input_audio");
    let data = inner.need_text("data", &path)?;
    let mime = match &*inner.need_text("format", &path)? {
        "mp3" => Cow::Borrowed("audio/mpeg"),
        other => Cow::Owned(format!("audio/{other}")),
    };
    let source = Source::Base64 { mime, data };
    Ok(Media { kind: MediaKind::Audio, source, name: None, detail: None, cache: None })
}

/// A `data:` URL's content, or an address.
fn located(url: Cow<'_, str>) -> Source<'_> {
    let inline = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
    let Some((mime, data)) = inline else { return Source::Url { url, mime: None } };
    // Further parameters, such as a charset, are no part of the type.
    let mime = mime.split(';').next().unwrap_or_default();
    let mime = if mime.is_empty() { "application/octet-stream" } else { mime };
    let (mime, start) = (mime.to_owned(), url.len() - data.len());
    let data = match url {
        Cow::Borrowed(url) => Cow::Borrowed(url.get(start..).unwrap_or_default()),
        Cow::Owned(mut url) => Cow::Owned(url.split_off(start)),
    };
    Source::Base64 { mime: mime.into(), data }
}

/// The type of a file by its name. OpenAI's own guess is PDF, the only type it took at first.
fn mime(name: Option<&str>) -> &'static str {
    let ending = name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("txt" | "log") => "text/plain",
        Some("md") => "text/markdown",
        Some("csv") => "text/csv",
        Some("html" | "htm") => "text/html",
        Some("json") => "application/json",
        _ => "application/pdf",
    }
}
