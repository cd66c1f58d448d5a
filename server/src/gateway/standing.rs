//! How things stand for the plan: whose turn it is, and where each conversation was answered last. In memory; each
//! replica has its own.

use super::plan::{Kept, Standing};
use crate::clock;
use crate::state::App;
use crate::usage::budget::BudgetOf;
use app::api::combos::{Period, Spent};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

/// Conversations remembered at the same time. Of two that fall into one place, the later is.
const PLACES: usize = 2048;

/// What is remembered between requests.
#[derive(Debug)]
pub struct Memory {
    turns: RwLock<HashMap<String, AtomicU64>>,
    conversations: Vec<Mutex<Option<Conversation>>>,
}

#[derive(Clone, Copy, Debug)]
struct Conversation {
    hash: u64,
    kept: Kept,
    at: i64,
}

impl Default for Memory {
    fn default() -> Self {
        let conversations = std::iter::repeat_with(Mutex::default).take(PLACES).collect();
        Self { turns: RwLock::default(), conversations }
    }
}

impl Memory {
    /// Whose turn it is under a name; `take`: and the next time it is the next one's.
    fn turn(&self, name: &str, take: bool) -> u64 {
        let counted = |turn: &AtomicU64| turn.fetch_add(u64::from(take), Ordering::Relaxed);
        if let Some(turn) = self.turns.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return counted(turn);
        }
        let mut turns = self.turns.write().unwrap_or_else(PoisonError::into_inner);
        counted(turns.entry(name.to_owned()).or_default())
    }

    fn place(&self, hash: u64) -> Option<&Mutex<Option<Conversation>>> {
        self.conversations.get(usize::try_from(hash % PLACES as u64).unwrap_or(0))
    }

    /// Where a conversation was answered at `since` or later.
    fn kept(&self, hash: u64, since: i64) -> Option<Kept> {
        let place = *self.place(hash)?.lock().unwrap_or_else(PoisonError::into_inner);
        place.filter(|known| known.hash == hash && known.at >= since).map(|known| known.kept)
    }

    /// Forgets where conversations were answered: a person has said how it is to be.
    pub fn forget(&self) {
        for place in &self.conversations {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// A conversation was answered.
    pub fn keep(&self, hash: u64, account: i64, target: &str, at: i64) {
        let kept = Kept { account, target: target_hash(target) };
        if let Some(place) = self.place(hash) {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(Conversation { hash, kept, at });
        }
    }
}

/// Tells targets apart by name.
pub fn target_hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// How things stand for one request.
pub struct Now<'a> {
    app: &'a App,
    at: i64,
    affinity_ms: i64,
    /// The conversation's hash, if one has begun.
    conversation: Option<u64>,
    kept: OnceCell<Option<Kept>>,
    /// Whether turns are taken, or only looked at.
    takes: bool,
}

impl<'a> Now<'a> {
    /// For a request that arrived at `at`, Unix ms.
    pub fn new(app: &'a App, at: i64, affinity_ms: i64, conversation: Option<u64>) -> Self {
        Self { app, at, affinity_ms, conversation, kept: OnceCell::new(), takes: true }
    }

    /// The same, but nobody's turn is taken.
    #[must_use]
    pub fn without_turns(self) -> Self {
        Self { takes: false, ..self }
    }

    /// For no request: takes nobody's turn.
    pub fn looking(app: &'a App) -> Self {
        Self::new(app, clock::now().unix_ms, 0, None).without_turns()
    }
}

impl Standing for Now<'_> {
    fn now(&self) -> i64 {
        self.at
    }

    fn turn(&self, name: &str) -> u64 {
        self.app.memory.turn(name, self.takes)
    }

    fn kept(&self) -> Option<Kept> {
        let look = || {
            let since = self.at.saturating_sub(self.affinity_ms);
            self.app.memory.kept(self.conversation?, since)
        };
        *self.kept.get_or_init(|| if self.affinity_ms > 0 { look() } else { None })
    }

    fn spent(&self, account: i64, period: Period) -> Spent {
        self.app.budgets.spent(BudgetOf::Account(account), period, self.at)
    }

    fn spent_at(&self, combo: &str, provider: &str, model: &str, period: Period) -> Spent {
        self.app.budgets.spent(BudgetOf::Target { combo, provider, model }, period, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_is_remembered_for_a_while() {
        let memory = Memory::default();
        memory.keep(7, 3, "glm/glm-4.7", 1_000);
        let kept = Some(Kept { account: 3, target: target_hash("glm/glm-4.7") });
        assert_eq!(memory.kept(7, 900), kept);
        assert_eq!(memory.kept(7, 1_001), None, "its cache is cold by now");
        assert_eq!(memory.kept(7 + PLACES as u64, 900), None, "another one in the same place");
    }

    #[test]
    fn turns_are_counted_by_name_and_looking_takes_none() {
        let memory = Memory::default();
        let turns =
            [memory.turn("a", true), memory.turn("a", false), memory.turn("a", true), memory.turn("b", true)];
        assert_eq!(turns, [0, 1, 1, 0]);
    }
}
