//! Chat.

mod decode;
mod details;
mod encode;
mod read;
mod write;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use read::{Reader, read_whole};
pub(super) use write::{Writer, write_whole};

use crate::json::tree::{Object, Value};
use std::borrow::Cow;

/// What Gemini seals a call or a text with, taken out of `extra_content`: `google` at AI Studio, `vertex` at Vertex
/// (earendil-works/pi#6733, 2026-07-16).
fn signature<'a>(holder: &mut Object<'a>) -> Option<Cow<'a, str>> {
    let mut extra = holder.lenient_object("extra_content")?;
    let mut vendor = ["google", "vertex"].iter().find_map(|vendor| extra.lenient_object(vendor))?;
    vendor.lenient_text("thought_signature").filter(|text| !text.is_empty())
}

/// The type and data of a `data:` URL in base64.
fn data_url(url: &str) -> Option<(&str, &str)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let mime = head.strip_suffix(";base64")?;
    Some((mime.split(';').next().unwrap_or_default(), data))
}

/// Whether this is an object in JSON, so that it can stand for a call's arguments.
fn is_object(text: &str) -> bool {
    // Most texts that are not whole can be told without being parsed.
    text.trim_end().ends_with('}')
        && matches!(crate::json::tree::Node::parse(text), Ok(node) if matches!(node.value, Value::Object(_)))
}
