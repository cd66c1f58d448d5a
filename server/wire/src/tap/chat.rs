//! Chat Completions: chunks of a stream and whole replies, which differ in `delta` and `message` only.

use super::{Reading, Said, broken::broken, first_text, signs::Signs};
use crate::json::{Cursor, Flaw};

/// What the document's `choices` hold.
#[derive(Default)]
struct Choices {
    any: bool,
    content: bool,
    call: bool,
    finish: bool,
    error: bool,
    /// Why there is nothing to go on with.
    broken: Option<&'static str>,
}

/// Reads one chunk or reply; the second answer is whether it carries usage and no choices.
pub(super) fn document(
    reading: &mut Reading,
    cursor: &mut Cursor<'_>,
    event: &[u8],
) -> Result<(Said, bool), Flaw> {
    let mut signs = Signs { error: event == b"error", words: false };
    let mut choices = Choices::default();
    let mut listed = false;
    let mut usage = false;
    cursor.object(|cursor, key| {
        match key {
            b"choices" => {
                listed = cursor.array(|cursor| choices.read(reading, cursor))?;
            }
            b"usage" => usage |= reading.chat.read(cursor)?,
            // Groq (vercel/ai#1651, 2024-05-19).
            b"x_groq" => {
                cursor.object(|cursor, key| match key {
                    b"usage" => reading.chat.read(cursor).map(drop),
                    b"error" => {
                        signs.error |= cursor.filled()?;
                        Ok(())
                    }
                    _ => cursor.skip(),
                })?;
            }
            b"id" => first_text(&mut reading.report.id, cursor)?,
            b"model" => first_text(&mut reading.report.model, cursor)?,
            _ => signs.read(cursor, key)?,
        }
        Ok(())
    })?;
    reading.report.usage = reading.chat.usage();
    reading.report.cost = reading.chat.cost();
    reading.report.content |= choices.content;
    signs.error |= reading.broke(choices.broken, "");

    let said = if signs.error || choices.error || signs.words && !listed && !usage {
        Said::Error
    } else if choices.finish {
        Said::Finish
    } else if choices.call {
        Said::Call
    } else if choices.content {
        Said::Content
    } else {
        Said::Idle
    };
    Ok((said, said == Said::Idle && usage && !choices.any))
}

impl Choices {
    fn read(&mut self, reading: &mut Reading, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        self.any = true;
        cursor
            .object(|cursor, key| {
                match key {
                    b"delta" | b"message" => self.delta(reading, cursor)?,
                    b"text" => {
                        let filled = cursor.filled()?;
                        self.content |= filled;
                        reading.answers |= filled;
                    }
                    b"finish_reason" => {
                        if let Some(reason) = cursor.text()?
                            && !reason.is_empty()
                        {
                            reading.stop(&reason);
                            self.finish = true;
                            // OpenRouter ends a stream that broke so, with an `error` beside it.
                            self.error |= reason == "error";
                            self.broken = self.broken.or(broken(&reason));
                        }
                    }
                    b"native_finish_reason" => {
                        self.broken = self.broken.or(cursor.text()?.and_then(|reason| broken(&reason)));
                    }
                    b"error" => self.error |= cursor.filled()?,
                    // Moonshot (earendil-works/pi#2017, 2026-03-10).
                    b"usage" => {
                        reading.chat.read(cursor)?;
                    }
                    _ => cursor.skip()?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Is there anything of an answer in it? Whatever is not empty counts, except what says who speaks: a vendor's
    /// own field for reasoning or images is content too.
    fn delta(&mut self, reading: &mut Reading, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        cursor
            .object(|cursor, key| {
                match key {
                    b"role" | b"name" | b"id" | b"type" | b"object" | b"provider_specific_fields" => {
                        cursor.skip()?;
                    }
                    b"reasoning" | b"reasoning_content" | b"reasoning_details" => {
                        self.content |= cursor.filled()?;
                    }
                    b"tool_calls" | b"function_call" => self.call |= cursor.filled()?,
                    _ => {
                        let filled = cursor.filled()?;
                        self.content |= filled;
                        reading.answers |= filled;
                    }
                }
                Ok(())
            })
            .map(drop)?;
        self.content |= self.call;
        reading.answers |= self.call;
        Ok(())
    }
}
