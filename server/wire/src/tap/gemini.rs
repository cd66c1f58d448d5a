//! Gemini: chunks of a stream and whole replies, which have the same shape.

use super::{Reading, Said, broken::broken, first_text, signs::Signs};
use crate::json::{Cursor, Flaw, Shape};

#[derive(Default)]
struct Candidates {
    listed: bool,
    content: bool,
    call: bool,
    finish: bool,
    /// Why there is nothing to go on with.
    broken: Option<&'static str>,
    /// What Google says about the end.
    message: String,
}

/// Reads one chunk or reply.
pub(super) fn document(reading: &mut Reading, cursor: &mut Cursor<'_>, event: &[u8]) -> Result<Said, Flaw> {
    let mut signs = Signs { error: event == b"error", words: false };
    let mut candidates = Candidates::default();
    let mut usage = false;
    cursor.object(|cursor, key| {
        match key {
            b"candidates" => {
                candidates.listed |= cursor.array(|cursor| candidates.read(reading, cursor))?;
            }
            // A prompt that is refused gets no candidate. It is the end of a reply and not an error: no other account
            // would answer it, and the client must learn that it was filtered.
            b"promptFeedback" => {
                cursor.object(|cursor, key| {
                    if key == b"blockReason" { candidates.stop(reading, cursor) } else { cursor.skip() }
                })?;
            }
            b"usageMetadata" => usage |= reading.gemini.read(cursor)?,
            b"responseId" => first_text(&mut reading.report.id, cursor)?,
            b"modelVersion" => first_text(&mut reading.report.model, cursor)?,
            _ => signs.read(cursor, key)?,
        }
        Ok(())
    })?;
    reading.report.usage = reading.gemini.usage();
    reading.report.content |= candidates.content;
    signs.error |= reading.broke(candidates.broken.take(), &candidates.message);

    Ok(if signs.error || signs.words && !candidates.listed && !candidates.finish && !usage {
        Said::Error
    } else if candidates.finish {
        Said::Finish
    } else if candidates.call {
        Said::Call
    } else if candidates.content {
        Said::Content
    } else {
        Said::Idle
    })
}

impl Candidates {
    fn read(&mut self, reading: &mut Reading, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        cursor
            .object(|cursor, key| match key {
                b"content" => cursor
                    .object(|cursor, key| {
                        if key == b"parts" {
                            cursor.array(|cursor| self.part(reading, cursor)).map(drop)
                        } else {
                            cursor.skip()
                        }
                    })
                    .map(drop),
                b"finishReason" => self.stop(reading, cursor),
                b"finishMessage" => first_text(&mut self.message, cursor),
                _ => cursor.skip(),
            })
            .map(drop)
    }

    /// Is there anything of an answer in it? A signature alone is not.
    fn part(&mut self, reading: &mut Reading, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        let (mut filled, mut thought) = (false, false);
        cursor.object(|cursor, key| {
            match key {
                b"thought" => {
                    thought = cursor.shape()? == Shape::True;
                    cursor.skip()?;
                }
                b"thoughtSignature" | b"partMetadata" => cursor.skip()?,
                b"functionCall" => {
                    let call = cursor.filled()?;
                    self.call |= call;
                    filled |= call;
                }
                _ => filled |= cursor.filled()?,
            }
            Ok(())
        })?;
        self.content |= filled;
        reading.answers |= filled && !thought;
        Ok(())
    }

    fn stop(&mut self, reading: &mut Reading, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        if let Some(reason) = cursor.text()?
            && !reason.is_empty()
        {
            reading.stop(&reason);
            self.finish = true;
            self.broken = broken(&reason);
        }
        Ok(())
    }
}
