//! A client's request.

mod content;
mod settings;
mod tools;

use crate::conversation::{Block, Cache, Role, Turn};
use crate::json::tree::{Node, Object, Path, Value};
use crate::{Conversation, Dropped, Malformed};
use content::Content;

/// Claude Code puts this before its instructions, with a checksum that is another in every request: no other vendor
/// reads it, and in front of everything it would cost every other vendor's prompt cache
/// (ex-machina-co/opencode-anthropic-auth#150, 2026-05-26).
const BILLING: &str = "x-anthropic-billing-header:";

/// Decodes a request.
pub(crate) fn decode(mut body: Object<'_>) -> Result<Conversation<'_>, Malformed> {
    let root = &Path::Root;
    let mut conversation = Conversation::default();
    // Read by `peek`.
    body.take("model");
    body.take("stream");
    settings::read(&mut body, &mut conversation)?;
    tools::read(&mut body, &mut conversation)?;
    if let Some(system) = body.take("system") {
        let path = root.key("system");
        let Conversation { dropped, places, .. } = &mut conversation;
        conversation.system =
            instructions(system, &path, dropped, |length, path| places.system(length, path))?;
    }
    let path = root.key("messages");
    let messages = body.list("messages", root)?.ok_or_else(|| path.missing())?;
    if messages.is_empty() {
        return Err(path.fault("has no message in it"));
    }
    turns(messages, &path, &mut conversation)?;
    if let Some(cache) = content::cache(&mut body, root, &mut conversation.dropped)? {
        mark_last(&mut conversation, cache);
    }
    for (key, node) in body.into_members() {
        if node.value != Value::Null {
            conversation.dropped.push(Dropped::new(&root.key(&key), settings::why(&key)));
        }
    }
    Ok(conversation)
}

/// `system`, or a message of that role. `placed`: how many blocks there are by now, and where the last one stood.
fn instructions<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
    mut placed: impl FnMut(usize, &Path<'_>),
) -> Result<Vec<Block<'a>>, Malformed> {
    let mut blocks = Vec::new();
    match node.value {
        Value::Text(text) if text.is_empty() => {}
        Value::Text(text) => {
            blocks.push(Block::text(text));
            placed(1, path);
        }
        Value::List(items) => {
            for (index, item) in items.into_iter().enumerate() {
                let path = path.item(index);
                let mut object = item.object(&path)?;
                let kind = object.need_text("type", &path)?;
                if kind != "text" {
                    return Err(path.key("type").fault(&format!("must be \"text\" here, not {kind:?}")));
                }
                let block = content::text(object, &path, dropped)?;
                match block {
                    Block::Text { text, .. } if text.starts_with(BILLING) => {
                        let why =
                            "is Claude Code's note to Anthropic's billing, another one in every request";
                        dropped.push(Dropped::new(&path, why));
                    }
                    Block::Text { text, .. } if text.is_empty() => {
                        dropped.push(Dropped::new(&path, "is empty"));
                    }
                    block => blocks.push(block),
                }
                placed(blocks.len(), &path);
            }
        }
        _ => return Err(path.fault(&format!("must be a string or an array, not {}", node.kind()))),
    }
    Ok(blocks)
}

fn turns<'a>(
    messages: Vec<Node<'a>>,
    path: &Path<'_>,
    conversation: &mut Conversation<'a>,
) -> Result<(), Malformed> {
    let mut content = Content::default();
    for (index, message) in messages.into_iter().enumerate() {
        let path = path.item(index);
        let mut message = message.object(&path)?;
        let role = match message.need_text("role", &path)?.as_ref() {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            // Claude from 4.8 on takes instructions between turns, and Claude Code sends them to whatever answers
            // to the name of such a model (anthropics/claude-code#63366, 2026-05-28).
            "system" => Role::System,
            other => {
                let what = format!("must be \"user\", \"assistant\" or \"system\", not {other:?}");
                return Err(path.key("role").fault(&what));
            }
        };
        let node = message.take("content").ok_or_else(|| path.key("content").missing())?;
        message.rest(&path, "is known to Anthropic only", &mut conversation.dropped);
        let path = path.key("content");
        let blocks = content.message(node, role, &path, &mut conversation.places)?;
        if blocks.is_empty() {
            if role == Role::User && !content.passed_over {
                return Err(path.fault("is empty"));
            }
            conversation.dropped.push(Dropped::new(&path, "holds nothing that could be sent"));
            conversation.places.forget();
            continue;
        }
        if role == Role::System && conversation.turns.is_empty() {
            conversation.system.extend(blocks);
            conversation.places.settle_system();
        } else {
            conversation.turns.push(Turn { role, blocks });
            conversation.places.settle_turn();
        }
    }
    conversation.tools.append(&mut content.tools);
    conversation.dropped.append(&mut content.dropped);
    Ok(())
}

/// Anthropic's `cache_control` beside `messages` marks the last block that can be marked.
fn mark_last(conversation: &mut Conversation<'_>, mark: Cache) {
    let turns = conversation.turns.iter_mut().rev().flat_map(|turn| turn.blocks.iter_mut().rev());
    for block in turns.chain(conversation.system.iter_mut().rev()) {
        let cache = match block {
            Block::Text { cache, .. } => cache,
            Block::Media(media) => &mut media.cache,
            Block::ToolCall(call) => &mut call.cache,
            Block::ToolResult(result) => &mut result.cache,
            Block::Reasoning { .. } | Block::Refusal(_) => continue,
        };
        cache.get_or_insert(mark);
        return;
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
