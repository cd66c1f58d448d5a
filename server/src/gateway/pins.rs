//! What each conversation keeps from its beginning: how far the output of its tools is shortened, by which filters of
//! which version, and how tersely it is answered. A provider's prompt cache holds what was sent before; a conversation
//! whose earlier turns suddenly read otherwise would be paid for anew.
//!
//! A person who wants less of it gets that at once; more comes with the next conversation.

use app::api::saver::SaverLevel;
use app::api::terse::Terse;
use quick_cache::sync::Cache;

/// How long a conversation is remembered after its last request, in ms: no longer than the longest cache that is common
/// (Anthropic's, of an hour, 2026-11).
pub const KEPT_MS: i64 = 3_600_000;
/// Conversations remembered at the same time.
pub const MOST: usize = 8192;

/// What a conversation keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// How far output is shortened.
    pub level: SaverLevel,
    /// By which filters, one bit each.
    pub filters: u32,
    /// Of which version.
    pub version: u32,
    /// How tersely it is answered.
    pub terse: Terse,
}

impl Default for Pin {
    /// Nothing is done.
    fn default() -> Self {
        Self { level: SaverLevel::Off, filters: 0, version: 0, terse: Terse::Off }
    }
}

impl Pin {
    /// The same, but no more than is wanted now. The version is the conversation's own.
    fn at_most(self, wanted: Self) -> Self {
        Self {
            level: self.level.min(wanted.level),
            filters: self.filters & wanted.filters,
            version: self.version,
            terse: self.terse.min(wanted.terse),
        }
    }
}

/// The conversations of late, by hash.
#[derive(Debug)]
pub struct Pins {
    known: Cache<u64, (Pin, i64)>,
}

impl Default for Pins {
    fn default() -> Self {
        Self { known: Cache::new(MOST) }
    }
}

impl Pins {
    /// What a conversation goes by in a request that arrived at `at`, Unix ms: what it keeps, or what is wanted now if it
    /// begins.
    pub fn look(&self, conversation: u64, wanted: Pin, at: i64) -> Pin {
        let known = self.known.get(&conversation).filter(|(_, last)| *last >= at.saturating_sub(KEPT_MS));
        known.map_or(wanted, |(pin, _)| pin.at_most(wanted))
    }

    /// A request of the conversation goes to a provider by this, or did before Ninerouter stopped.
    pub fn keep(&self, conversation: u64, pin: Pin, at: i64) {
        self.known.insert(conversation, (pin, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(level: SaverLevel, terse: Terse) -> Pin {
        Pin { level, filters: u32::MAX, version: 1, terse }
    }

    #[test]
    fn a_conversation_goes_on_as_it_began() {
        let pins = Pins::default();
        let began = pin(SaverLevel::Safe, Terse::Off);
        assert_eq!(pins.look(7, began, 0), began);
        let newer = Pin { version: 2, ..pin(SaverLevel::Strong, Terse::Full) };
        assert_eq!(pins.look(7, newer, 0), newer, "looking keeps nothing");
        pins.keep(7, began, 1);
        assert_eq!(pins.look(7, newer, 1), began, "more is for the next conversation");
        assert_eq!(pins.look(8, newer, 1), newer);
        assert_eq!(pins.look(7, newer, KEPT_MS + 2), newer, "its cache is cold by now");
    }

    #[test]
    fn less_comes_at_once_and_more_not_again() {
        let pins = Pins::default();
        let began = pin(SaverLevel::Strong, Terse::Ultra);
        pins.keep(7, began, 0);
        let less = Pin { filters: 0b10, ..pin(SaverLevel::Off, Terse::Lite) };
        assert_eq!(pins.look(7, less, 1), less);
        pins.keep(7, less, 1);
        assert_eq!(pins.look(7, began, 2), less);
    }
}
