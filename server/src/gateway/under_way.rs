//! Requests that are not yet answered to the end, for those who watch: those of this process.

use super::plan::Target;
use crate::clock::Moment;
use app::api::overview::{UnderWay, UnderWayNow};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// How many are shown.
const SHOWN: usize = 20;

/// All of them, in the order of arrival. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct AllUnderWay(Arc<Mutex<BTreeMap<Uuid, Facts>>>);

/// What is known of one so far.
#[derive(Debug)]
pub(super) struct Facts {
    /// When it arrived.
    pub(super) arrived: Moment,
    /// The coding tool.
    pub(super) client: String,
    /// The caller key's name.
    pub(super) key: String,
    /// The model asked for.
    pub(super) asked: String,
    /// The combo that stood for; empty: none.
    pub(super) combo: String,
    /// What is asked now, or answers.
    pub(super) target: Option<Arc<Target>>,
    /// Attempts begun.
    pub(super) attempts: i32,
    /// From arrival to the first meaningful frame.
    pub(super) first_token_ms: Option<i64>,
}

/// One of them, until this is dropped.
#[derive(Debug)]
pub(super) struct Entry {
    all: AllUnderWay,
    id: Uuid,
}

impl AllUnderWay {
    /// A request begins.
    pub(super) fn begin(&self, id: Uuid, facts: Facts) -> Entry {
        self.hold().insert(id, facts);
        Entry { all: self.clone(), id }
    }

    /// As it is now: how many there are, and those that came first.
    pub fn now(&self) -> UnderWayNow {
        let all = self.hold();
        let row = |(id, facts): (&Uuid, &Facts)| UnderWay {
            id: id.simple().to_string(),
            at: facts.arrived.unix_ms,
            lasts_ms: facts.arrived.elapsed_ms(),
            client: facts.client.clone(),
            key: facts.key.clone(),
            asked: facts.asked.clone(),
            combo: facts.combo.clone(),
            target: facts.target.as_ref().map(|target| target.name()).unwrap_or_default(),
            attempts: i64::from(facts.attempts),
            first_token_ms: facts.first_token_ms,
        };
        UnderWayNow { count: all.len(), rows: all.iter().take(SHOWN).map(row).collect() }
    }

    fn hold(&self) -> MutexGuard<'_, BTreeMap<Uuid, Facts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// More is known of it.
    pub(super) fn learn(&self, more: impl FnOnce(&mut Facts)) {
        if let Some(facts) = self.all.hold().get_mut(&self.id) {
            more(facts);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.all.hold().remove(&self.id);
    }
}
