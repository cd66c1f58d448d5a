//! Anthropic Messages: events of a stream and whole replies.

use super::{Reading, Said, first_text, signs::Signs};
use crate::json::{Cursor, Flaw};

/// What the document holds besides what goes into the report.
#[derive(Default)]
struct Parts {
    kind: String,
    /// The block that starts is of a kind that begins empty.
    open_block: bool,
    block: bool,
    call: bool,
    delta: bool,
    stop: bool,
    content: bool,
}

/// Reads one event's data or a whole reply.
pub(super) fn document(reading: &mut Reading, cursor: &mut Cursor<'_>, event: &[u8]) -> Result<Said, Flaw> {
    let mut parts = Parts::default();
    let mut signs = Signs { error: event == b"error", words: false };
    cursor.object(|cursor, key| {
        match key {
            b"type" => first_text(&mut parts.kind, cursor)?,
            // In `message_start` an object; a text elsewhere is an error's.
            b"message" if cursor.is_object()? => {
                cursor.object(|cursor, key| parts.message(reading, cursor, key, &mut signs))?;
            }
            b"delta" => parts.delta(reading, cursor)?,
            b"content_block" => parts.block(cursor)?,
            _ => parts.message(reading, cursor, key, &mut signs)?,
        }
        Ok(())
    })?;
    reading.report.usage = reading.messages.usage();
    reading.report.content |= parts.content;

    // The SDKs go by `event`, which repeats `type`; some vendors leave out one of them.
    let kind = if parts.kind.is_empty() { event } else { parts.kind.as_bytes() };
    Ok(match kind {
        _ if signs.error => Said::Error,
        b"error" => Said::Error,
        b"message_stop" => Said::End,
        b"message_delta" | b"message" if parts.stop => Said::Finish,
        b"content_block_delta" if parts.delta => Said::Content,
        b"content_block_start" if parts.call => Said::Call,
        // Text and thinking start empty; a tool call or a server tool's result is something at once.
        b"content_block_start" if parts.block || !parts.open_block => Said::Content,
        b"message" if parts.content => Said::Content,
        b"" if signs.words => Said::Error,
        _ => Said::Idle,
    })
}

impl Parts {
    /// A member of a message, whether it stands alone or inside `message_start`.
    fn message(
        &mut self,
        reading: &mut Reading,
        cursor: &mut Cursor<'_>,
        key: &[u8],
        signs: &mut Signs,
    ) -> Result<(), Flaw> {
        match key {
            b"id" => first_text(&mut reading.report.id, cursor),
            b"model" => first_text(&mut reading.report.model, cursor),
            b"usage" => reading.messages.read(cursor),
            b"stop_reason" => self.stop(reading, cursor),
            b"content" => {
                self.content |= cursor.filled()?;
                Ok(())
            }
            _ => signs.read(cursor, key),
        }
    }

    fn stop(&mut self, reading: &mut Reading, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if let Some(reason) = cursor.text()?
            && !reason.is_empty()
        {
            reading.stop(&reason);
            self.stop = true;
        }
        Ok(())
    }

    /// Of a block's delta (text, thinking, partial JSON, a signature) or of the message's (the stop reason).
    fn delta(&mut self, reading: &mut Reading, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        cursor
            .object(|cursor, key| {
                match key {
                    b"type" => cursor.skip()?,
                    b"stop_reason" => self.stop(reading, cursor)?,
                    _ => self.delta |= cursor.filled()?,
                }
                Ok(())
            })
            .map(drop)
    }

    fn block(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        cursor
            .object(|cursor, key| {
                match key {
                    b"type" => {
                        let kind = cursor.text()?;
                        self.open_block = matches!(kind.as_deref(), Some("text" | "thinking"));
                        self.call = kind.as_deref() == Some("tool_use");
                    }
                    b"text" | b"thinking" | b"signature" => self.block |= cursor.filled()?,
                    _ => cursor.skip()?,
                }
                Ok(())
            })
            .map(drop)
    }
}
