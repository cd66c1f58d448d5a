//! Shortens tool output before it is sent to a model, without changing what it says. Pure: the same text gives
//! the same bytes on every later turn, so that a provider's prompt cache stays warm. See README.md.

mod terminal;

/// Version of the filters. It grows with every change of what [`shorten`] gives for some text; a conversation
/// keeps the version it began with.
pub const VERSION: u32 = 1;

/// Texts of fewer bytes are left alone: there is nothing to gain.
const SHORTEST: usize = 500;

/// The text shortened, or `None` when it stays as it is. A result is never empty, is shorter than the text, and
/// is not shortened further by a second call.
#[must_use]
pub fn shorten(text: &str) -> Option<String> {
    if text.len() < SHORTEST {
        return None;
    }
    terminal::clean(text).filter(|short| !short.is_empty() && short.len() < text.len())
}

#[cfg(test)]
mod tests;
