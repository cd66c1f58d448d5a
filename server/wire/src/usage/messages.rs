//! Messages' counts; the table is in `mod.rs`.

use super::Usage;
use crate::json::{Cursor, Flaw, write::ObjectWriter};

/// Messages counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MessagesCounts {
    input: Option<u64>,
    read: Option<u64>,
    written: Option<u64>,
    output: Option<u64>,
    reasoning: Option<u64>,
}

impl MessagesCounts {
    /// Reads one `usage` value.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        let mut new = Self::default();
        let mut by_age = None;
        cursor.object(|cursor, key| {
            match key {
                b"input_tokens" => new.input = cursor.count()?,
                b"cache_read_input_tokens" => new.read = cursor.count()?,
                b"cache_creation_input_tokens" => new.written = cursor.count()?,
                b"output_tokens" => new.output = cursor.count()?,
                // {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}
                b"cache_creation" => {
                    cursor.object(|cursor, _| {
                        if let Some(count) = cursor.count()? {
                            by_age = Some(by_age.unwrap_or(0_u64).saturating_add(count));
                        }
                        Ok(())
                    })?;
                }
                b"output_tokens_details" => {
                    cursor.object(|cursor, key| {
                        if key == b"thinking_tokens" {
                            new.reasoning = cursor.count()?;
                            Ok(())
                        } else {
                            cursor.skip()
                        }
                    })?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        new.written = new.written.or(by_age);
        if [new.input, new.read, new.written].into_iter().flatten().any(|count| count > 0) {
            self.input = new.input.or(self.input);
            self.read = new.read.or(self.read);
            self.written = new.written.or(self.written);
        }
        self.output = self.output.max(new.output);
        self.reasoning = self.reasoning.max(new.reasoning);
        Ok(())
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        Usage {
            input: self.input.unwrap_or(0),
            cache_read: self.read.unwrap_or(0),
            cache_write: self.written.unwrap_or(0),
            output: self.output.unwrap_or(0),
            reasoning: self.reasoning,
        }
        .stated()
    }
}

/// Writes the members of a `usage` object.
pub(crate) fn write_messages(usage: &Usage, object: &mut ObjectWriter<'_>) {
    object.count("input_tokens", usage.input);
    object.count("cache_creation_input_tokens", usage.cache_write);
    object.count("cache_read_input_tokens", usage.cache_read);
    object.count("output_tokens", usage.output);
    if let Some(reasoning) = usage.reasoning {
        object.object("output_tokens_details", |details| details.count("thinking_tokens", reasoning));
    }
}
