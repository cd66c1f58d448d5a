//! Responses' counts; the table is in `mod.rs`.

use super::{ChatCounts, Usage};
use crate::json::{Cursor, Flaw, write::ObjectWriter};

/// Responses counts as the vendor states them. Chat's are the same under other names, which its reader knows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ResponsesCounts {
    counts: ChatCounts,
}

impl ResponsesCounts {
    /// Reads one `usage` value.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        self.counts.read(cursor).map(drop)
    }

    pub(crate) fn cost(&self) -> Option<i64> {
        self.counts.cost()
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.counts.usage()
    }
}

/// Writes the members of a `usage` object.
pub(crate) fn write_responses(usage: &Usage, out: &mut ObjectWriter<'_>) {
    let prompt = usage.prompt();
    out.count("input_tokens", prompt);
    out.object("input_tokens_details", |details| {
        details.count("cached_tokens", usage.cache_read);
        details.count("cache_write_tokens", usage.cache_write);
    });
    out.count("output_tokens", usage.output);
    out.object("output_tokens_details", |details| {
        details.count("reasoning_tokens", usage.reasoning.unwrap_or(0));
    });
    out.count("total_tokens", prompt.saturating_add(usage.output));
}
