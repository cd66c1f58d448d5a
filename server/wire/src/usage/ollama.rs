//! Ollama's counts; the table is in `mod.rs`.

use super::Usage;

/// Ollama's counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OllamaCounts {}

impl OllamaCounts {
    pub(crate) fn usage(&self) -> Option<Usage> {
        None
    }
}
