//! Responses: events of a stream and whole replies, which the last event repeats.

use super::{Reading, Said, first_text, signs::Signs};
use crate::json::{Cursor, Flaw};

/// What the document holds besides what goes into the report.
#[derive(Default)]
struct Parts {
    kind: String,
    status: String,
    reason: String,
    /// The reply itself is in it, whole or not.
    response: bool,
    /// Words or input of a call: a delta, or what ends one.
    words: bool,
    item: Item,
    part: bool,
    output: bool,
}

/// Reads one event's data or a whole reply.
pub(super) fn document(reading: &mut Reading, cursor: &mut Cursor<'_>, event: &[u8]) -> Result<Said, Flaw> {
    let mut parts = Parts::default();
    let mut signs = Signs { error: event == b"error", words: false };
    cursor.object(|cursor, key| {
        match key {
            b"type" => first_text(&mut parts.kind, cursor)?,
            b"response" if cursor.is_object()? => {
                parts.response = true;
                cursor.object(|cursor, key| parts.response(reading, cursor, key, &mut signs))?;
            }
            b"item" => parts.item = item(cursor)?,
            b"part" => parts.part |= texts(cursor)?,
            b"annotation" => parts.words |= cursor.filled()?,
            // A whole reply has a `text` too, which says how it was asked for.
            b"delta" | b"text" | b"refusal" | b"arguments" | b"input" | b"code" | b"partial_image_b64" => {
                parts.words |= cursor.text()?.is_some_and(|text| !text.is_empty());
            }
            _ => parts.response(reading, cursor, key, &mut signs)?,
        }
        Ok(())
    })?;
    reading.report.usage = reading.responses.usage();
    reading.report.cost = reading.responses.cost();
    reading.report.content |= parts.output;

    // The SDKs go by `type`; `event` repeats it.
    let kind = if parts.kind.is_empty() { event } else { parts.kind.as_bytes() };
    let said = match kind {
        _ if signs.error || parts.status == "failed" => Said::Error,
        b"error" | b"response.error" | b"response.failed" => Said::Error,
        b"response.completed" | b"response.incomplete" | b"response.done" | b"response.cancelled" => {
            Said::End
        }
        // A whole reply.
        b"" if !parts.status.is_empty() => Said::Finish,
        b"" if parts.output => Said::Content,
        b"" if signs.words => Said::Error,
        // OpenAI opens items and parts before there is anything in them, and fails then at times; an item that
        // neither speaks nor thinks is something at once, as a call's name or a tool that runs at the vendor is.
        _ if parts.item == Item::Call => Said::Call,
        _ if parts.words || parts.item != Item::Nothing || parts.part => Said::Content,
        _ => Said::Idle,
    };
    if matches!(said, Said::End | Said::Finish) {
        // What ended early says why, what is complete has no other word.
        let word = if parts.reason.is_empty() { &parts.status } else { &parts.reason };
        match (word.as_str(), kind) {
            ("", kind) => reading.stop(String::from_utf8_lossy(kind).trim_start_matches("response.")),
            (word, _) => reading.stop(word),
        }
    }
    Ok(said)
}

impl Parts {
    /// A member of a reply, whether it stands alone or inside an event.
    fn response(
        &mut self,
        reading: &mut Reading,
        cursor: &mut Cursor<'_>,
        key: &[u8],
        signs: &mut Signs,
    ) -> Result<(), Flaw> {
        match key {
            b"id" => first_text(&mut reading.report.id, cursor),
            b"model" => first_text(&mut reading.report.model, cursor),
            b"status" => first_text(&mut self.status, cursor),
            b"usage" => reading.responses.read(cursor),
            b"incomplete_details" => cursor
                .object(|cursor, key| match key {
                    b"reason" => first_text(&mut self.reason, cursor),
                    _ => cursor.skip(),
                })
                .map(drop),
            b"output" => cursor
                .array(|cursor| {
                    self.output |= item(cursor)? != Item::Nothing;
                    Ok(())
                })
                .map(drop),
            _ => signs.read(cursor, key),
        }
    }
}

/// What an item holds of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Item {
    #[default]
    Nothing,
    /// Words, or what the vendor ran.
    Some,
    /// A call of one of the client's tools.
    Call,
}

/// Is there anything of an answer in an item? Words and thoughts may be missing; a call cannot be empty.
fn item(cursor: &mut Cursor<'_>) -> Result<Item, Flaw> {
    let mut kind = String::new();
    let mut words = false;
    let object = cursor.object(|cursor, key| {
        match key {
            b"type" => first_text(&mut kind, cursor)?,
            b"content" | b"summary" => {
                cursor.array(|cursor| {
                    words |= texts(cursor)?;
                    Ok(())
                })?;
            }
            _ => cursor.skip()?,
        }
        Ok(())
    })?;
    Ok(match kind.as_str() {
        _ if !object => Item::Nothing,
        "function_call" | "custom_tool_call" | "local_shell_call" | "shell_call" | "apply_patch_call"
        | "computer_call" => Item::Call,
        "" | "message" | "reasoning" if !words => Item::Nothing,
        _ => Item::Some,
    })
}

/// Are there words in a part?
fn texts(cursor: &mut Cursor<'_>) -> Result<bool, Flaw> {
    let mut words = false;
    cursor.object(|cursor, key| {
        match key {
            b"text" | b"refusal" => words |= cursor.filled()?,
            _ => cursor.skip()?,
        }
        Ok(())
    })?;
    Ok(words)
}
