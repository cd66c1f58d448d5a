//! Messages' counts; the table is in `mod.rs`.

use super::Usage;
use crate::json::{Cursor, Flaw};

/// Messages counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MessagesCounts {
    input: Option<u64>,
    read: Option<u64>,
    written: Option<u64>,
    output: Option<u64>,
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
        Ok(())
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        Usage {
            input: self.input.unwrap_or(0),
            cache_read: self.read.unwrap_or(0),
            cache_write: self.written.unwrap_or(0),
            output: self.output.unwrap_or(0),
            reasoning: None,
        }
        .stated()
    }
}
