//! A client's request.

mod items;
mod parts;
mod tools;

use crate::conversation::{Block, Effort, OutputFormat, Reasoning, Role, Turn};
use crate::json::tree::{Node, Object, Path, Value};
use crate::{Conversation, Dropped, Malformed};
use items::Items;
use std::borrow::Cow;

/// Why a member that only OpenAI knows is left out.
const OPENAI_ONLY: &str = "has no counterpart elsewhere";

/// Decodes a request.
pub(crate) fn decode(mut body: Object<'_>) -> Result<Conversation<'_>, Malformed> {
    let root = Path::Root;
    let mut conversation = Conversation::default();
    for known in ["model", "stream"] {
        body.take(known);
    }
    conversation.continues = continues(&mut body)?;
    if let Some(text) = body.text("instructions", &root)?.filter(|text| !text.is_empty()) {
        conversation.system.push(Block::text(text));
        conversation.places.system(1, &root.key("instructions"));
    }
    tools::decode(&mut body, &mut conversation)?;
    settings(&mut body, &mut conversation)?;
    let mut items = Items::new(conversation);
    match body.take("input") {
        Some(input) => items.input(input, &root.key("input"))?,
        None if items.conversation.continues.is_some() => {}
        None => return Err(root.key("input").missing()),
    }
    let mut conversation = items.conversation;
    body.rest(&root, OPENAI_ONLY, &mut conversation.dropped);
    Ok(conversation)
}

/// What OpenAI keeps and this request builds upon: an answer, a conversation or a prompt.
fn continues<'a>(body: &mut Object<'a>) -> Result<Option<Cow<'a, str>>, Malformed> {
    let root = Path::Root;
    let answer = body.text("previous_response_id", &root)?;
    let path = root.key("conversation");
    let conversation = match body.take("conversation") {
        Some(Node { value: Value::Text(id), .. }) => Some(id),
        Some(other) => Some(other.object(&path)?.need_text("id", &path)?),
        None => None,
    };
    let path = root.key("prompt");
    let prompt = body.object("prompt", &root)?.map(|mut prompt| prompt.need_text("id", &path)).transpose()?;
    Ok(answer.or(conversation).or(prompt))
}

fn settings<'a>(body: &mut Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let root = Path::Root;
    let sampling = &mut conversation.sampling;
    sampling.temperature = body.number("temperature", &root)?;
    sampling.top_p = body.number("top_p", &root)?;
    // OpenAI has none of these, servers of open models do.
    sampling.top_k = body.number("top_k", &root)?;
    sampling.min_p = body.number("min_p", &root)?;
    sampling.seed = body.number("seed", &root)?;
    sampling.presence_penalty = body.number("presence_penalty", &root)?;
    sampling.frequency_penalty = body.number("frequency_penalty", &root)?;
    conversation.max_output = body.count("max_output_tokens", &root)?;
    conversation.cache_key = body.text("prompt_cache_key", &root)?;
    conversation.service_tier = body.text("service_tier", &root)?;
    let user = body.text("user", &root)?;
    // OpenAI's newer name for `user`.
    let identifier = body.text("safety_identifier", &root)?;
    conversation.user = identifier.or(user);
    if let Some(metadata) = body.object("metadata", &root)? {
        let path = root.key("metadata");
        for (key, node) in metadata.into_members() {
            let value = node.text(&path.key(&key))?;
            conversation.metadata.push((key, value));
        }
    }
    if let Some(reasoning) = body.object("reasoning", &root)? {
        conversation.reasoning = Some(self::reasoning(reasoning, &mut conversation.dropped)?);
    }
    if let Some(text) = body.object("text", &root)? {
        self::text(text, conversation)?;
    }
    if body.bool("store", &root)? == Some(true) {
        conversation.dropped.push(Dropped::new(&root.key("store"), "answers are not kept"));
    }
    let path = root.key("include");
    for (index, node) in body.list("include", &root)?.unwrap_or_default().into_iter().enumerate() {
        let path = path.item(index);
        // Seals are always handed out.
        if node.text(&path)? != "reasoning.encrypted_content" {
            conversation.dropped.push(Dropped::new(&path, OPENAI_ONLY));
        }
    }
    Ok(())
}

fn reasoning(mut object: Object<'_>, dropped: &mut Vec<Dropped>) -> Result<Reasoning, Malformed> {
    let root = Path::Root;
    let path = root.key("reasoning");
    let mut reasoning = Reasoning::default();
    if let Some(word) = object.text("effort", &path)? {
        reasoning.effort = effort(&word);
        if reasoning.effort.is_none() {
            dropped.push(Dropped::new(&path.key("effort"), "is no level that is known"));
        }
    }
    let summary = object.text("summary", &path)?;
    let summary = summary.or(object.text("generate_summary", &path)?);
    reasoning.shown = summary.map(|summary| summary != "none");
    object.rest(&path, OPENAI_ONLY, dropped);
    Ok(reasoning)
}

fn effort(word: &str) -> Option<Effort> {
    Some(match word {
        "none" => Effort::None,
        "minimal" => Effort::Minimal,
        "low" => Effort::Low,
        "medium" => Effort::Medium,
        "high" => Effort::High,
        "xhigh" => Effort::XHigh,
        "max" => Effort::Max,
        _ => return None,
    })
}

fn text<'a>(mut object: Object<'a>, conversation: &mut Conversation<'a>) -> Result<(), Malformed> {
    let root = Path::Root;
    let path = root.key("text");
    conversation.verbosity = object.text("verbosity", &path)?;
    let format = object.object("format", &path)?;
    object.rest(&path, OPENAI_ONLY, &mut conversation.dropped);
    let Some(mut format) = format else { return Ok(()) };
    let path = path.key("format");
    conversation.format = match &*format.need_text("type", &path)? {
        "text" => None,
        "json_object" => Some(OutputFormat::Json),
        "json_schema" => {
            let name = format.text("name", &path)?;
            let description = format.text("description", &path)?;
            let strict = format.bool("strict", &path)?;
            let at = path.key("schema");
            let schema = format.take("schema").ok_or_else(|| at.missing())?;
            let raw = schema.raw;
            schema.object(&at)?;
            Some(OutputFormat::Schema { name, description, schema: raw.into(), strict })
        }
        other => return Err(path.key("type").fault(&format!("is {other:?}, which is no format"))),
    };
    format.rest(&path, OPENAI_ONLY, &mut conversation.dropped);
    Ok(())
}

/// One turn of the person's.
fn said(blocks: Vec<Block<'_>>) -> Turn<'_> {
    Turn { role: Role::User, blocks }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
