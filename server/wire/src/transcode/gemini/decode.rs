//! A client's request.

mod settings;
mod tools;
mod turns;

use crate::conversation::Block;
use crate::json::tree::{Node, Object, Path, Value};
use crate::{Conversation, Dropped, Malformed};
use turns::Turns;

/// Decodes a request.
pub(crate) fn decode(mut body: Object<'_>) -> Result<Conversation<'_>, Malformed> {
    let mut conversation = Conversation::default();
    let root = Path::Root;

    let contents = body.take("contents").ok_or_else(|| root.key("contents").missing())?;
    let path = root.key("contents");
    let mut turns = Turns::default();
    for (index, content) in some(contents, &path)?.into_iter().enumerate() {
        turns.content(content, &path.item(index))?;
    }
    turns.finish(&mut conversation);
    if conversation.turns.is_empty() {
        return Err(path.fault("must not be empty"));
    }

    let key = either(&body, "systemInstruction", "system_instruction");
    if let Some(node) = body.take(key) {
        let path = root.key(key);
        conversation.system = system(node, &path, &mut conversation.dropped)?;
        conversation.places.system(conversation.system.len(), &path);
    }
    tools::decode(&mut body, &mut conversation)?;
    let key = either(&body, "generationConfig", "generation_config");
    if let Some(object) = body.object(key, &root)? {
        settings::decode(object, &root.key(key), &mut conversation)?;
    }
    if let Some(mut labels) = body.object("labels", &root)? {
        let keys: Vec<String> = labels.iter().map(|(name, _)| name.to_owned()).collect();
        for name in keys {
            if let Some(value) = labels.text(&name, &root.key("labels"))? {
                conversation.metadata.push((name.into(), value));
            }
        }
    }
    // What is cached is a part of the prompt that lies at Google.
    let key = either(&body, "cachedContent", "cached_content");
    conversation.continues = body.text(key, &root)?;
    let key = either(&body, "serviceTier", "service_tier");
    conversation.service_tier = body.text(key, &root)?;
    let key = either(&body, "safetySettings", "safety_settings");
    if body.take(key).is_some() {
        conversation.dropped.push(Dropped::new(&key, "only Google's filters can be set so"));
    }
    // Stated in the path; some clients repeat them.
    body.take("model");
    body.take("stream");
    body.rest(&root, UNKNOWN, &mut conversation.dropped);
    Ok(conversation)
}

/// Why a member nobody took is dropped.
const UNKNOWN: &str = "has no counterpart in other dialects";

/// The instructions: a content, a text, or the texts of some parts.
fn system<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Vec<Block<'a>>, Malformed> {
    let (parts, path) = match node.value {
        Value::Text(text) => return Ok(if text.is_empty() { Vec::new() } else { vec![Block::text(text)] }),
        Value::List(_) => (node, *path),
        _ => {
            let mut content = node.object(path)?;
            // Clients write `user`, `system` or nothing.
            content.take("role");
            let parts = content.take("parts").ok_or_else(|| path.key("parts").missing())?;
            content.rest(path, UNKNOWN, dropped);
            (parts, path.key("parts"))
        }
    };
    let mut blocks = Vec::new();
    for (index, part) in some(parts, &path)?.into_iter().enumerate() {
        let path = path.item(index);
        if let Value::Text(text) = part.value {
            blocks.push(Block::text(text));
            continue;
        }
        let mut part = part.object(&path)?;
        if let Some(text) = part.text("text", &path)?.filter(|text| !text.is_empty()) {
            blocks.push(Block::text(text));
        }
        part.rest(&path, "instructions are text only", dropped);
    }
    Ok(blocks)
}

/// Proto JSON by Google's servers takes one value for a list of one: `"parts": {"text": "Hi"}` stands in Google's
/// own examples.
fn some<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Node<'a>>, Malformed> {
    match node.value {
        Value::Object(_) => Ok(vec![node]),
        _ => node.list(path),
    }
}

/// The name a member is written with: both are accepted.
fn either(object: &Object<'_>, camel: &'static str, snake: &'static str) -> &'static str {
    if object.get(camel).is_none() && object.get(snake).is_some() { snake } else { camel }
}
