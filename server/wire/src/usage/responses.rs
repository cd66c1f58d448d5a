//! Responses's counts; the table is in `mod.rs`.

use super::Usage;

/// Responses's counts as the vendor states them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ResponsesCounts {}

impl ResponsesCounts {
    pub(crate) fn usage(&self) -> Option<Usage> {
        None
    }
}
