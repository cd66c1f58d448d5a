//! Anthropic's messages.

use super::messages_rules as rules;
use super::place::{Checked, Place};
use super::{Answered, Called, Told, decoded, is_name};
use crate::scripted::says::seal;
use wire::Dialect;

const COUNTED: [&str; 9] = [
    "model",
    "messages",
    "system",
    "tools",
    "tool_choice",
    "thinking",
    "output_config",
    "mcp_servers",
    "context_management",
];

const ANSWERED: [&str; 12] = [
    "max_tokens",
    "stream",
    "temperature",
    "top_p",
    "top_k",
    "stop_sequences",
    "metadata",
    "service_tier",
    "container",
    "inference_geo",
    "cache_control",
    "speed",
];

pub(super) fn hear(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&[COUNTED.as_slice(), &ANSWERED].concat())?;
    let most = root.need("max_tokens")?.whole(1)?;
    common(root, told)?;
    rules::sampling(root, most)?;
    for stop in root.get("stop_sequences").map(|list| list.items()).transpose()?.unwrap_or_default() {
        if stop.text()?.trim().is_empty() {
            return stop.refuse("", "each stop sequence must contain non-whitespace");
        }
    }
    if let Some(metadata) = root.get("metadata") {
        metadata.object(&["user_id"])?;
    }
    Ok(())
}

pub(super) fn hear_to_count(root: &Place<'_>, told: &mut Told) -> Checked {
    root.object(&COUNTED)?;
    common(root, told)
}

fn common(root: &Place<'_>, told: &mut Told) -> Checked {
    root.need("model")?.text()?;
    if let Some(system) = root.get("system").filter(|system| !system.value.is_string()) {
        for block in system.items()? {
            block.need("type")?.word(&["text"])?;
            text(&block)?;
        }
    }
    let messages = root.need("messages")?;
    let list = messages.items()?;
    if list.is_empty() {
        return messages.refuse("", "at least one message is required");
    }
    let mut before = "";
    for (index, message) in list.iter().enumerate() {
        message.object(&["role", "content"])?;
        let role = message.need("role")?.word(&["user", "assistant", "system"])?;
        // Instructions in the midst of it, as Claude Code 2.1 sends them (seen on the wire, November 2026).
        if role == "system" && index > 0 {
            message.need("content")?;
            continue;
        }
        if index == 0 && role != "user" {
            return messages.refuse("", "first message must use the \"user\" role");
        }
        if role == before {
            let why = format!(
                "roles must alternate between \"user\" and \"assistant\", but found multiple \"{role}\" roles in a row"
            );
            return messages.refuse("", &why);
        }
        before = role;
        hear_message(message, role, index + 1 == list.len(), told)?;
    }
    rules::pairs(&messages)?;
    rules::cache(root)?;
    rules::tools(root, told)?;
    rules::thinking(root, &list)?;
    rules::format(root, told)
}

fn hear_message(message: &Place<'_>, role: &str, last: bool, told: &mut Told) -> Checked {
    let content = message.need("content")?;
    if role == "assistant" {
        told.answered = true;
    }
    if let Some(words) = content.value.as_str() {
        return words_of(message, words, role == "assistant" && last);
    }
    let blocks = content.items()?;
    if blocks.is_empty() && !(role == "assistant" && last) {
        let why = "all messages must have non-empty content except for the optional final assistant message";
        return message.refuse("", why);
    }
    for (index, block) in blocks.iter().enumerate() {
        block.object(&[])?;
        if role == "assistant" {
            said_by_the_model(block, index, last && index + 1 == blocks.len(), told)?;
        } else {
            said_by_the_person(block, told)?;
        }
    }
    Ok(())
}

/// What a text must be like. `open`: the answer is to go on from it.
fn words_of(place: &Place<'_>, words: &str, open: bool) -> Checked {
    if words.is_empty() {
        let why = "all messages must have non-empty content except for the optional final assistant message";
        return place.refuse("", why);
    }
    if open && words.ends_with(char::is_whitespace) {
        return place.refuse("", "final assistant content cannot end with trailing whitespace");
    }
    Ok(())
}

fn text<'v>(block: &Place<'v>) -> Checked<&'v str> {
    block.object(&["type", "text", "cache_control", "citations"])?;
    let text = block.need("text")?.text()?;
    if text.is_empty() {
        return block.refuse("", "text content blocks must be non-empty");
    }
    if text.trim().is_empty() {
        return block.refuse("", "text content blocks must contain non-whitespace text");
    }
    Ok(text)
}

fn said_by_the_person(block: &Place<'_>, told: &mut Told) -> Checked {
    match block.need("type")?.word(&["text", "image", "document", "tool_result", "search_result"])? {
        "text" => text(block).map(drop),
        "image" => image(block, told),
        "tool_result" => {
            block.object(&["type", "tool_use_id", "content", "is_error", "cache_control"])?;
            let to = block.need("tool_use_id")?.text()?.to_owned();
            let mut all = String::new();
            if let Some(content) = block.get("content") {
                if let Some(words) = content.value.as_str() {
                    all.push_str(words);
                } else {
                    for part in content.items()? {
                        match part.need("type")?.word(&["text", "image", "document", "search_result"])? {
                            "text" => all.push_str(text(&part)?),
                            "image" => image(&part, told)?,
                            _ => {}
                        }
                    }
                }
            }
            told.results.push(Answered { to, text: all });
            Ok(())
        }
        _ => Ok(()),
    }
}

fn image(block: &Place<'_>, told: &mut Told) -> Checked {
    block.object(&["type", "source", "cache_control"])?;
    let source = block.need("source")?;
    source.object(&[])?;
    match source.need("type")?.word(&["base64", "url", "file"])? {
        "base64" => {
            source.object(&["type", "media_type", "data"])?;
            let kind =
                source.need("media_type")?.word(&["image/jpeg", "image/png", "image/gif", "image/webp"])?;
            let data = source.need("data")?;
            match decoded(data.text()?) {
                Some(bytes) => told.picture(kind, bytes),
                None => return data.refuse("", "invalid base64 data"),
            }
        }
        kind => source.object(&["type", kind, "file_id"])?,
    }
    Ok(())
}

fn said_by_the_model(block: &Place<'_>, index: usize, open: bool, told: &mut Told) -> Checked {
    match block.need("type")?.word(&["text", "thinking", "redacted_thinking", "tool_use"])? {
        "text" => words_of(block, text(block)?, open),
        "thinking" => {
            block.object(&["type", "thinking", "signature"])?;
            let words = block.need("thinking")?.text()?;
            let signature = block.need("signature")?.text()?;
            if signature != seal(Dialect::Messages) {
                return block.refuse("", "Invalid `signature` in `thinking` block");
            }
            told.thoughts.push_str(words);
            told.proofs += 1;
            Ok(())
        }
        "redacted_thinking" => {
            block.object(&["type", "data"])?;
            block.refuse("", "Invalid `data` in `redacted_thinking` block")
        }
        _ => {
            block.object(&["type", "id", "name", "input", "cache_control", "caller"])?;
            let id = block.need("id")?;
            let text = id.text()?;
            if !is_name(text, "_-", usize::MAX) {
                return id.refuse("", "String should match pattern '^[a-zA-Z0-9_-]+$'");
            }
            let name = block.need("name")?;
            if !is_name(name.text()?, "_-", 128) {
                return name.refuse("", "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
            }
            let input = block.need("input")?;
            input.object(&[])?;
            if index == 0 || told.calls.is_empty() || !told.results.is_empty() {
                told.calls.clear();
                told.results.clear();
            }
            told.calls.push(Called {
                id: text.to_owned(),
                name: name.text()?.to_owned(),
                arguments: input.value.clone(),
            });
            Ok(())
        }
    }
}
