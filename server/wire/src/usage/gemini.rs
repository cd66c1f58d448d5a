//! Gemini's counts; the table is in `mod.rs`.

use super::Usage;

/// Gemini's counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GeminiCounts {}

impl GeminiCounts {
    pub(crate) fn usage(&self) -> Option<Usage> {
        None
    }
}
