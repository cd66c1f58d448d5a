//! `contents`.

use super::super::stands_in;
use super::{UNKNOWN, either, some};
use crate::conversation::{
    Block, Bundle, Media, MediaKind, Places, Role, Seal, Source, ToolCall, ToolKind, ToolResult, Turn,
    call_id,
};
use crate::json::tree::{Node, Object, Path, Value};
use crate::{Conversation, Dialect, Dropped, Malformed};
use std::borrow::Cow;

/// The turns decoded so far.
#[derive(Debug, Default)]
pub(super) struct Turns<'a> {
    turns: Vec<Turn<'a>>,
    calls: Vec<Call<'a>>,
    dropped: Vec<Dropped>,
    places: Places,
}

/// A call and whether it was answered.
#[derive(Debug)]
struct Call<'a> {
    turn: usize,
    id: Cow<'a, str>,
    name: Cow<'a, str>,
    answered: bool,
}

impl<'a> Turns<'a> {
    pub(super) fn finish(self, conversation: &mut Conversation<'a>) {
        conversation.dropped.extend(self.dropped);
        (conversation.turns, conversation.places) = (self.turns, self.places);
    }

    pub(super) fn content(&mut self, node: Node<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let mut content = node.object(path)?;
        let role = match content.text("role", path)?.as_deref() {
            // Contents without a role are the user's; `function` is what results had of old.
            None | Some("" | "user" | "function" | "tool") => Role::User,
            Some("model") => Role::Assistant,
            Some(role) => {
                return Err(path.key("role").fault(&format!("must be \"user\" or \"model\", not {role:?}")));
            }
        };
        // Clients that stream keep every chunk as a content of its own (googleapis/js-genai `Chat`, 2026-08).
        if role == Role::User || self.turns.last().is_none_or(|turn| turn.role != role) {
            self.turns.push(Turn { role, blocks: Vec::new() });
        }
        let parts = content.take("parts").ok_or_else(|| path.key("parts").missing())?;
        let path_of_parts = path.key("parts");
        let parts = some(parts, &path_of_parts)?;
        if parts.is_empty() {
            return Err(path_of_parts.fault("must not be empty"));
        }
        for (index, part) in parts.into_iter().enumerate() {
            let path = path_of_parts.item(index);
            self.part(part, &path, role)?;
            self.places.turns(&self.turns, &path);
        }
        content.rest(path, UNKNOWN, &mut self.dropped);
        if self.turns.last().is_some_and(|turn| turn.blocks.is_empty()) {
            self.turns.pop();
        }
        Ok(())
    }

    fn part(&mut self, node: Node<'a>, path: &Path<'_>, role: Role) -> Result<(), Malformed> {
        let mut part = node.object(path)?;
        let thought = part.bool("thought", path)?.unwrap_or(false);
        let key = either(&part, "thoughtSignature", "thought_signature");
        let signature = part.text(key, path)?;
        let bundle = signature.as_deref().and_then(Bundle::unpack);
        let seal = match &bundle {
            Some(bundle) => bundle.own.clone(),
            None => signature.and_then(seal),
        };
        let text = part.text("text", path)?;
        let call = part.object(either(&part, "functionCall", "function_call"), path)?;
        let result = part.object(either(&part, "functionResponse", "function_response"), path)?;
        let inline = either(&part, "inlineData", "inline_data");
        let file = either(&part, "fileData", "file_data");
        if let Some(call) = call {
            if role != Role::Assistant {
                return Err(path
                    .key("functionCall")
                    .fault("must stand in a content whose role is \"model\""));
            }
            if let (Some(bundle), Some(turn)) = (bundle, self.turns.last_mut()) {
                bundle.restore(&mut turn.blocks);
            }
            self.call(call, seal, &path.key("functionCall"))?;
        } else if let Some(result) = result {
            self.result(result, &path.key("functionResponse"))?;
        } else if let Some(data) = part.object(inline, path)? {
            let media = inline_data(data, &path.key(inline), &mut self.dropped)?;
            self.media(media, seal, path);
        } else if let Some(data) = part.object(file, path)? {
            let media = file_data(data, &path.key(file), &mut self.dropped)?;
            self.media(media, seal, path);
        } else if let Some(hosted) = hosted(&mut part) {
            let why = "is of a tool that runs at Google";
            self.dropped.push(Dropped::new(&path.key(hosted), why));
        } else if text.is_some() || thought || seal.is_some() {
            self.text(text.unwrap_or_default(), thought, seal, role);
        } else {
            return Err(path.fault("holds neither text, media, a function call nor a function response"));
        }
        part.rest(path, UNKNOWN, &mut self.dropped);
        Ok(())
    }

    fn push(&mut self, block: Block<'a>) {
        if let Some(turn) = self.turns.last_mut() {
            turn.blocks.push(block);
        }
    }

    /// Words. The model's come in pieces where the client has kept a stream: a seal ends a block, and one that comes
    /// with no words is that of the block before it.
    fn text(&mut self, text: Cow<'a, str>, thought: bool, new: Option<Seal<'a>>, role: Role) {
        let last = self.turns.last_mut().and_then(|turn| turn.blocks.last_mut());
        let open = match last {
            Some(Block::Text { text: words, seal, .. }) if !thought => Some((words, seal)),
            Some(Block::Reasoning { text: words, seal, .. }) if thought => Some((words, seal)),
            Some(Block::ToolCall(call)) if text.is_empty() && call.seal.is_none() => {
                call.seal = new;
                return;
            }
            _ => None,
        };
        match open {
            Some((words, seal)) if role == Role::Assistant && seal.is_none() => {
                if !text.is_empty() {
                    words.to_mut().push_str(&text);
                }
                *seal = new;
            }
            _ if text.is_empty() && new.is_none() => {}
            // Thoughts are told in summary.
            _ if thought => self.push(Block::Reasoning { text, seal: new, summary: true }),
            _ => self.push(Block::Text { text, seal: new, cache: None }),
        }
    }

    fn media(&mut self, media: Media<'a>, seal: Option<Seal<'a>>, path: &Path<'_>) {
        if seal.is_some() {
            self.dropped.push(Dropped::new(&path.key("thoughtSignature"), "media have none elsewhere"));
        }
        self.push(Block::Media(media));
    }

    fn call(
        &mut self,
        mut call: Object<'a>,
        seal: Option<Seal<'a>>,
        path: &Path<'_>,
    ) -> Result<(), Malformed> {
        let name = call.need_text("name", path)?;
        if name.is_empty() {
            return Err(path.key("name").fault("must not be empty"));
        }
        let turn = self.turns.len();
        let known = self.calls.iter().filter(|call| call.turn == turn).count();
        let id = call.text("id", path)?.filter(|id| !id.is_empty());
        let id = id.unwrap_or_else(|| call_id(turn - 1, known, &name).into());
        let input = match call.take("args") {
            Some(Node { raw, value: Value::Object(_) }) => Cow::Borrowed(raw),
            Some(other) => {
                return Err(other.object(&path.key("args")).err().unwrap_or_else(|| path.missing()));
            }
            None => Cow::Borrowed("{}"),
        };
        call.rest(path, UNKNOWN, &mut self.dropped);
        self.calls.push(Call { turn, id: id.clone(), name: name.clone(), answered: false });
        self.push(Block::ToolCall(ToolCall { id, name, input, kind: ToolKind::Function, seal, cache: None }));
        Ok(())
    }

    /// Results name their call by its id, or else by its function: Gemini 2 knows no ids, and Gemini CLI states ids of
    /// its own making in results of calls that had none.
    fn result(&mut self, mut result: Object<'a>, path: &Path<'_>) -> Result<(), Malformed> {
        let id = result.text("id", path)?.filter(|id| !id.is_empty());
        let name = result.text("name", path)?.filter(|name| !name.is_empty());
        let last = self.calls.last().map_or(0, |call| call.turn);
        let open = |call: &Call<'_>| !call.answered && name.as_deref().is_none_or(|name| call.name == name);
        let by_id = id.as_deref().and_then(|id| self.calls.iter().rposition(|call| call.id == id));
        let found = by_id
            .or_else(|| self.calls.iter().position(|call| call.turn == last && open(call)))
            .or_else(|| self.calls.iter().position(open));
        let Some(call) = found.and_then(|at| self.calls.get_mut(at)) else {
            return Err(match (name, id) {
                (Some(name), _) => path.key("name").fault(&format!(
                    "is {name:?}, but no function call before it has this name and waits for an answer"
                )),
                (None, Some(id)) => {
                    path.key("id").fault(&format!("is {id:?}, but no function call before it has this id"))
                }
                (None, None) => path.key("name").missing(),
            });
        };
        call.answered = true;
        let (call_id, name) = (call.id.clone(), call.name.clone());
        let (text, is_error) = match result.take("response") {
            Some(node) => answer(node),
            None => (Cow::Borrowed(""), false),
        };
        let mut content = vec![Block::text(text)];
        let parts = result.take("parts").map(|node| some(node, &path.key("parts"))).transpose()?;
        for (index, part) in parts.unwrap_or_default().into_iter().enumerate() {
            let path = path.key("parts");
            let path = path.item(index);
            let mut part = part.object(&path)?;
            let inline = either(&part, "inlineData", "inline_data");
            let file = either(&part, "fileData", "file_data");
            if let Some(data) = part.object(inline, &path)? {
                content.push(Block::Media(inline_data(data, &path.key(inline), &mut self.dropped)?));
            } else if let Some(data) = part.object(file, &path)? {
                content.push(Block::Media(file_data(data, &path.key(file), &mut self.dropped)?));
            }
            part.rest(&path, UNKNOWN, &mut self.dropped);
        }
        result.rest(path, UNKNOWN, &mut self.dropped);
        let kind = ToolKind::Function;
        self.push(Block::ToolResult(ToolResult { call_id, name, content, is_error, kind, cache: None }));
        Ok(())
    }
}

/// What a tool answered. Google's words for it are `output` and `error`; whatever else there is is all of it.
fn answer(node: Node<'_>) -> (Cow<'_, str>, bool) {
    let raw = node.raw;
    let Value::Object(response) = node.value else {
        return (text_of(node), false);
    };
    let mut members = response.into_members();
    match (members.next(), members.next()) {
        (Some((key, node)), None) if key == "output" || key == "result" => (text_of(node), false),
        (Some((key, node)), None) if key == "error" && node.value != Value::Null => (text_of(node), true),
        (None, _) => ("".into(), false),
        _ => (raw.into(), false),
    }
}

fn text_of(node: Node<'_>) -> Cow<'_, str> {
    match node.value {
        Value::Text(text) => text,
        Value::Null => "".into(),
        _ => node.raw.into(),
    }
}

/// Takes what only a tool of Google's leaves in a content.
fn hosted(part: &mut Object<'_>) -> Option<&'static str> {
    let names = [
        ("executableCode", "executable_code"),
        ("codeExecutionResult", "code_execution_result"),
        ("toolCall", "tool_call"),
        ("toolResponse", "tool_response"),
    ];
    names.into_iter().find_map(|(camel, snake)| part.take(either(part, camel, snake)).map(|_| camel))
}

fn inline_data<'a>(
    mut data: Object<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Media<'a>, Malformed> {
    let mime = data.need_text(either(&data, "mimeType", "mime_type"), path)?;
    let bytes = standard(data.need_text("data", path)?);
    let name = data.text(either(&data, "displayName", "display_name"), path)?;
    data.rest(path, UNKNOWN, dropped);
    let kind = kind(&mime);
    Ok(Media { kind, source: Source::Base64 { mime, data: bytes }, name, detail: None, cache: None })
}

fn file_data<'a>(
    mut data: Object<'a>,
    path: &Path<'_>,
    dropped: &mut Vec<Dropped>,
) -> Result<Media<'a>, Malformed> {
    let mime = data.text(either(&data, "mimeType", "mime_type"), path)?.filter(|mime| !mime.is_empty());
    let url = data.need_text(either(&data, "fileUri", "file_uri"), path)?;
    let name = data.text(either(&data, "displayName", "display_name"), path)?;
    data.rest(path, UNKNOWN, dropped);
    let film = url.contains("youtube.com/") || url.contains("youtu.be/");
    let kind = match &mime {
        Some(mime) => kind(mime),
        None if film => MediaKind::Video,
        None => super::super::media::mime(&url).map_or(MediaKind::Image, kind),
    };
    let source = match super::super::media::is_stored(&url) {
        true => Source::File { id: url },
        false => Source::Url { url, mime },
    };
    Ok(Media { kind, source, name, detail: None, cache: None })
}

fn kind(mime: &str) -> MediaKind {
    match mime.split('/').next() {
        Some("image") => MediaKind::Image,
        Some("audio") => MediaKind::Audio,
        Some("video") => MediaKind::Video,
        _ => MediaKind::Document,
    }
}

/// Bytes in the standard alphabet. Python's SDK writes the other one (googleapis/python-genai#2105, 2026-02-26).
fn standard(data: Cow<'_, str>) -> Cow<'_, str> {
    let odd = |char: char| matches!(char, '-' | '_');
    let mut data = if data.contains(odd) { data.replace('-', "+").replace('_', "/").into() } else { data };
    while data.len() % 4 > 1 {
        data.to_mut().push('=');
    }
    data
}

/// A signature, unless it only stands in for one.
fn seal(text: Cow<'_, str>) -> Option<Seal<'_>> {
    (!stands_in(&text)).then(|| Seal::unpack(Dialect::Gemini, text))
}
