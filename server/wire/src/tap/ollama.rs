//! Ollama: lines of a stream and whole replies, which are alike.

use super::{Reading, Said, first_text, signs::Signs};
use crate::json::{Cursor, Flaw, Shape};

/// Reads one line or reply. A failure is a line of its own: `{"error":"…"}`.
pub(super) fn document(reading: &mut Reading, cursor: &mut Cursor<'_>, _event: &[u8]) -> Result<Said, Flaw> {
    let mut signs = Signs::default();
    let (mut message, mut content, mut call, mut done) = (false, false, false, false);
    let (mut prompt, mut output) = (None, None);
    cursor.object(|cursor, key| {
        match key {
            // As a text it is an error's, as Ollama's cloud and gateways in front of it send.
            b"message" if cursor.shape()? == Shape::Object => {
                message = true;
                cursor.object(|cursor, key| {
                    match key {
                        b"content" | b"thinking" | b"images" => content |= cursor.filled()?,
                        b"tool_calls" => call |= cursor.filled()?,
                        _ => cursor.skip()?,
                    }
                    Ok(())
                })?;
            }
            b"model" => first_text(&mut reading.report.model, cursor)?,
            b"done" => {
                done = cursor.shape()? == Shape::True;
                cursor.skip()?;
            }
            b"done_reason" => {
                if let Some(reason) = cursor.text()? {
                    reading.stop(&reason);
                }
            }
            b"prompt_eval_count" => prompt = cursor.count()?,
            b"eval_count" => output = cursor.count()?,
            _ => signs.read(cursor, key)?,
        }
        Ok(())
    })?;
    reading.ollama.state(prompt, output);
    reading.report.usage = reading.ollama.usage();
    reading.report.content |= content || call;
    Ok(if signs.error || signs.words && !message && !done {
        Said::Error
    } else if done {
        // None was given before 2024-05-09 (ollama/ollama#4235).
        reading.stop("stop");
        Said::End
    } else if call {
        Said::Call
    } else if content {
        Said::Content
    } else {
        Said::Idle
    })
}
