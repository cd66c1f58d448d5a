//! What messages are made of.

use super::super::data_url;
use super::{UNKNOWN, lost};
use crate::conversation::{Block, Cache, Media, MediaKind, Seal, Source};
use crate::json::tree::{Node, Object, Path, Value};
use crate::{Conversation, Dialect, Malformed};
use std::borrow::Cow;

/// Whose message the parts are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Instructions: text only.
    System,
    /// The person's, or a tool's. Some clients put pictures into tools' messages, against OpenAI's word.
    User,
    /// The model's.
    Assistant,
}

/// Takes a message's `content`, a string or parts. Texts that are empty say nothing and are left out.
pub(super) fn content<'a>(
    node: Node<'a>,
    whose: Whose,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<Vec<Block<'a>>, Malformed> {
    let list = match node.value {
        Value::Text(text) if text.is_empty() => return Ok(Vec::new()),
        Value::Text(text) => return Ok(vec![Block::text(text)]),
        Value::List(list) => list,
        _ => return Err(path.fault(&format!("must be a string or an array, not {}", node.kind()))),
    };
    if list.is_empty() {
        return Err(path.fault("must not be an empty array"));
    }
    let mut blocks = Vec::with_capacity(list.len());
    let before = conversation.places.pending();
    for (at, node) in list.into_iter().enumerate() {
        let path = path.item(at);
        let mut part = node.object(&path)?;
        let block = one(&mut part, whose, &path, conversation)?;
        part.rest(&path, UNKNOWN, &mut conversation.dropped);
        let says_nothing = match &block {
            Block::Text { text, cache, .. } => text.is_empty() && cache.is_none(),
            _ => false,
        };
        if !says_nothing {
            blocks.push(block);
            conversation.places.pend(before + blocks.len(), &path);
        }
    }
    Ok(blocks)
}

fn one<'a>(
    part: &mut Object<'a>,
    whose: Whose,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<Block<'a>, Malformed> {
    let kind = part.need_text("type", path)?;
    let cache = cache(part, path, conversation)?;
    match (kind.as_ref(), whose) {
        ("text", _) => Ok(Block::Text { text: part.need_text("text", path)?, seal: None, cache }),
        ("refusal", Whose::Assistant) => Ok(Block::Refusal(part.need_text("refusal", path)?)),
        ("thinking", Whose::Assistant) => thinking(part, path),
        ("image_url" | "input_audio" | "file" | "video_url", Whose::User | Whose::Assistant) => {
            Ok(Block::Media(Media { cache, ..media(part, &kind, path, conversation)? }))
        }
        (_, Whose::System) => Err(path.key("type").fault(&format!("is {kind:?}; instructions must be text"))),
        _ => Err(path.key("type").fault(&format!(
            "is {kind:?}, which is none of text, refusal, image_url, input_audio, file and video_url"
        ))),
    }
}

/// Mistral's thoughts: `{"type":"thinking","thinking":[{"type":"text","text":…}]}`.
fn thinking<'a>(part: &mut Object<'a>, path: &Path<'_>) -> Result<Block<'a>, Malformed> {
    let text = match part.take("thinking").map(|node| node.value) {
        Some(Value::Text(text)) => text,
        Some(Value::List(list)) => {
            let texts = list.into_iter().filter_map(|node| match node.value {
                Value::Object(mut object) => object.lenient_text("text"),
                _ => None,
            });
            texts.collect::<Vec<_>>().concat().into()
        }
        _ => return Err(path.key("thinking").fault("must be a string or an array")),
    };
    part.take("closed");
    let seal = part.text("signature", path)?.map(|text| Seal::unpack(Dialect::Chat, text));
    // Only what we packed can be told apart from Mistral's own, which nobody needs.
    Ok(Block::Reasoning { text, seal: seal.filter(|seal| !seal.issuer.is_empty()), summary: false })
}

fn media<'a>(
    part: &mut Object<'a>,
    member: &str,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<Media<'a>, Malformed> {
    let inside = path.key(member);
    let mut object = match part.take(member) {
        None => return Err(inside.missing()),
        // A bare address, as LiteLLM takes it.
        Some(Node { value: Value::Text(url), .. }) => {
            let (kind, source) = located(url, member, &inside)?;
            return Ok(Media { kind, source, name: None, detail: None, cache: None });
        }
        Some(node) => node.object(&inside)?,
    };
    let (kind, source) = match member {
        "input_audio" => {
            let data = object.need_text("data", &inside)?;
            let mime = match object.need_text("format", &inside)?.as_ref() {
                "mp3" => Cow::Borrowed("audio/mpeg"),
                "wav" => Cow::Borrowed("audio/wav"),
                other => Cow::Owned(format!("audio/{other}")),
            };
            (MediaKind::Audio, Source::Base64 { mime, data })
        }
        "file" => file(&mut object, &inside)?,
        _ => {
            let at = inside.key("url");
            located(object.need_text("url", &inside)?, member, &at)?
        }
    };
    let name = object.text("filename", &inside)?;
    let detail = object.text("detail", &inside)?;
    object.rest(&inside, UNKNOWN, &mut conversation.dropped);
    Ok(Media { kind, source, name, detail, cache: None })
}

/// `file_data` is a data URL at OpenAI, at OpenRouter an address, too; some clients leave out the `data:` before
/// the base64.
fn file<'a>(object: &mut Object<'a>, path: &Path<'_>) -> Result<(MediaKind, Source<'a>), Malformed> {
    if let Some(id) = object.text("file_id", path)? {
        return Ok((MediaKind::Document, Source::File { id }));
    }
    let at = path.key("file_data");
    let data = object.text("file_data", path)?.ok_or_else(|| path.fault("needs file_data or file_id"))?;
    if data.starts_with("data:") || data.contains("://") {
        return located(data, "file", &at);
    }
    Ok((MediaKind::Document, Source::Base64 { mime: "application/pdf".into(), data }))
}

/// A data URL or an address.
fn located<'a>(
    url: Cow<'a, str>,
    member: &str,
    path: &Path<'_>,
) -> Result<(MediaKind, Source<'a>), Malformed> {
    let usual = match member {
        "image_url" => MediaKind::Image,
        "video_url" => MediaKind::Video,
        _ => MediaKind::Document,
    };
    if !url.starts_with("data:") {
        if url.contains("://") {
            return Ok((usual, Source::Url { url, mime: None }));
        }
        return Err(path.fault("must be an address or a data URL in base64"));
    }
    let fault = || path.fault("must be an address or a data URL in base64");
    let source = match url {
        Cow::Borrowed(url) => {
            let (mime, data) = data_url(url).ok_or_else(fault)?;
            Source::Base64 { mime: mime.into(), data: data.into() }
        }
        Cow::Owned(url) => {
            let (mime, data) = data_url(&url).ok_or_else(fault)?;
            Source::Base64 { mime: mime.to_owned().into(), data: data.to_owned().into() }
        }
    };
    let kind = match &source {
        Source::Base64 { mime, .. } if mime.is_empty() => return Err(path.fault("does not state its type")),
        Source::Base64 { mime, .. } => match mime.split('/').next() {
            Some("image") => MediaKind::Image,
            Some("audio") => MediaKind::Audio,
            Some("video") => MediaKind::Video,
            _ => usual,
        },
        _ => usual,
    };
    Ok((kind, source))
}

/// Takes a mark of the prompt cache, which OpenRouter, LiteLLM and Alibaba have in this dialect.
pub(super) fn cache<'a>(
    holder: &mut Object<'a>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<Option<Cache>, Malformed> {
    let Some(mut mark) = holder.object("cache_control", path)? else { return Ok(None) };
    let path = path.key("cache_control");
    if let Some(kind) = mark.text("type", &path)?
        && kind != "ephemeral"
    {
        lost(conversation, &path.key("type"), "only ephemeral is known");
    }
    let cache = match mark.text("ttl", &path)?.as_deref() {
        None | Some("5m") => Cache::Default,
        Some("1h") => Cache::Hour,
        Some(_) => {
            lost(conversation, &path.key("ttl"), "only 5m and 1h are known");
            Cache::Default
        }
    };
    mark.rest(&path, UNKNOWN, &mut conversation.dropped);
    Ok(Some(cache))
}
