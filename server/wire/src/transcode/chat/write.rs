//! A reply for a client.

mod stream;
mod whole;

pub(crate) use stream::Writer;
pub(crate) use whole::write_whole;

use crate::conversation::{Media, MediaKind, Seal, Source};
use crate::json::tree::{Node, Value};
use crate::json::write::{ListWriter, ObjectWriter};
use crate::{Asked, Dialect, Finish};
use std::borrow::Cow;

/// What every chunk and reply begins with.
fn head(object: &mut ObjectWriter<'_>, kind: &str, id: &str, model: &str, asked: &Asked) {
    if id.is_empty() {
        object.text("id", &format!("chatcmpl-{}", asked.id));
    } else {
        object.text("id", id);
    }
    object.text("object", kind);
    object.raw("created", &asked.at.to_string());
    object.text("model", if asked.model.is_empty() { model } else { &asked.model });
}

/// The finish reason in OpenAI's words, which clients check against a list. `refused`: whether the refusal was
/// told in words, of which OpenAI says `stop`.
fn finish_word(finish: &Finish, refused: bool) -> &'static str {
    match finish {
        Finish::Stop | Finish::StopSequence(_) | Finish::Paused | Finish::Other(_) => "stop",
        Finish::Length | Finish::Window => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::Refused if refused => "stop",
        Finish::Filtered | Finish::Refused => "content_filter",
    }
}

/// Writes the reason; what OpenAI has no word for is told in OpenRouter's member for the vendor's own.
fn finish_reason(choice: &mut ObjectWriter<'_>, finish: &Finish, refused: bool) {
    choice.text("finish_reason", finish_word(finish, refused));
    if let Finish::Other(word) = finish {
        choice.text("native_finish_reason", word);
    }
}

/// A call's seal, in Google's member for its own.
fn extra_content(object: &mut ObjectWriter<'_>, seal: &Seal<'_>) {
    let signature = match seal {
        Seal { dialect: Dialect::Gemini, issuer, data } if issuer.is_empty() => Cow::Borrowed(data.as_ref()),
        seal => Cow::Owned(seal.pack()),
    };
    object.object("extra_content", |extra| {
        extra.object("google", |google| google.text("thought_signature", &signature));
    });
}

/// The address of a picture; other media have no form in this dialect that clients know.
fn picture<'m>(media: &'m Media<'_>) -> Option<Cow<'m, str>> {
    match (&media.kind, &media.source) {
        (MediaKind::Image, Source::Base64 { mime, data }) => {
            Some(Cow::Owned(format!("data:{mime};base64,{data}")))
        }
        (MediaKind::Image, Source::Url { url, .. }) => Some(Cow::Borrowed(url)),
        _ => None,
    }
}

/// A picture, in OpenRouter's form.
fn image(list: &mut ListWriter<'_>, url: &str, index: u64) {
    list.object(|image| {
        image.text("type", "image_url");
        image.object("image_url", |inner| inner.text("url", url));
        image.count("index", index);
    });
}

/// What a tool called with free text is given, out of the arguments of the function that stood for it.
fn free_text(arguments: &str) -> Cow<'_, str> {
    if let Ok(Node { value: Value::Object(mut object), .. }) = Node::parse(arguments)
        && let Some(input) = object.lenient_text("input")
    {
        return Cow::Owned(input.into_owned());
    }
    Cow::Borrowed(arguments)
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
