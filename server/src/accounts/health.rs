//! How accounts are doing right now: in memory, shared by every [`Snapshot`](crate::store::snapshot::Snapshot),
//! read on every request without a lock in the usual case.

use super::pulse::{Circuit, Pulse};
use crate::store::StoredAccount;
use catalog::Park;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// How one account is doing.
#[derive(Debug, Default)]
pub struct Health {
    /// Unix ms; 0 when it is not parked.
    parked_until: AtomicI64,
    /// Whether only a person can mend it.
    refused: AtomicBool,
    /// Whether `models` holds anything: spares the lock.
    any_model: AtomicBool,
    /// Models parked at this account, until when and why.
    models: Mutex<HashMap<String, (i64, String)>>,
    /// Why the account is parked.
    why: Mutex<String>,
    /// How each model that was asked here is doing.
    pulses: RwLock<HashMap<String, Arc<Pulse>>>,
    /// When its quota begins anew, Unix ms, by its own account of late; 0 when it did not say.
    quota_resets: AtomicI64,
}

/// Why an account is left out of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// When it comes back, Unix ms.
    pub until: i64,
    /// Whether only a person can mend it.
    pub refused: bool,
    /// Why, in words.
    pub why: String,
}

/// Every lock here guards a plain value that is whole at all times, so a poisoned one is still good.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Health {
    /// As it was written down.
    fn stored(account: &StoredAccount) -> Self {
        let health = Self::default();
        health.renew(account);
        health
    }

    /// Takes over what is written down, in place of what was known.
    fn renew(&self, account: &StoredAccount) {
        let written = account.parked_models.iter();
        let written = written.map(|(model, until, why)| (model.clone(), (*until, why.clone())));
        let (mut why, mut models) = (held(&self.why), held(&self.models));
        self.parked_until.store(account.parked_until.unwrap_or(0), Ordering::Relaxed);
        self.refused.store(account.refused, Ordering::Relaxed);
        account.parked_why.clone_into(&mut why);
        *models = written.collect();
        self.any_model.store(!models.is_empty(), Ordering::Relaxed);
    }

    /// Why the account may not be used for a model now; `None` when it may.
    pub fn parked(&self, model: &str, now: i64) -> Option<Parked> {
        let until = self.parked_until.load(Ordering::Relaxed);
        if until > now {
            let refused = self.refused.load(Ordering::Relaxed);
            return Some(Parked { until, refused, why: held(&self.why).clone() });
        }
        if !self.any_model.load(Ordering::Relaxed) {
            return None;
        }
        let models = held(&self.models);
        let (until, why) = models.get(model)?;
        (*until > now).then(|| Parked { until: *until, refused: false, why: why.clone() })
    }

    /// How a model is doing here; `None` when it was not asked yet.
    pub fn pulse(&self, model: &str) -> Option<Arc<Pulse>> {
        self.pulses.read().unwrap_or_else(PoisonError::into_inner).get(model).map(Arc::clone)
    }

    /// How a model is doing here, from now on.
    pub fn pulse_of(&self, model: &str) -> Arc<Pulse> {
        if let Some(known) = self.pulse(model) {
            return known;
        }
        let mut pulses = self.pulses.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(pulses.entry(model.to_owned()).or_default())
    }

    /// Requests under way, whatever the model.
    pub fn in_flight(&self) -> i64 {
        let pulses = self.pulses.read().unwrap_or_else(PoisonError::into_inner);
        pulses.values().map(|pulse| pulse.in_flight()).sum()
    }

    /// Models that keep failing, until when each is left alone, Unix ms.
    pub fn open_circuits(&self, now: i64) -> Vec<(String, i64)> {
        let pulses = self.pulses.read().unwrap_or_else(PoisonError::into_inner);
        let open = pulses.iter().filter_map(|(model, pulse)| match pulse.circuit(now) {
            Circuit::Closed => None,
            Circuit::Open(until) => Some((model.clone(), until)),
            Circuit::Trying { .. } => Some((model.clone(), now)),
        });
        let mut open: Vec<_> = open.collect();
        open.sort();
        open
    }

    /// When the quota begins anew, Unix ms, as the provider said of late.
    pub fn quota_resets(&self, now: i64) -> Option<i64> {
        Some(self.quota_resets.load(Ordering::Relaxed)).filter(|at| *at > now)
    }

    /// The provider said when the quota begins anew.
    pub fn note_quota(&self, resets_at: i64) {
        self.quota_resets.store(resets_at, Ordering::Relaxed);
    }

    /// Why the whole account may not be used now.
    pub fn parked_whole(&self, now: i64) -> Option<Parked> {
        self.parked("", now)
    }

    /// The models that may not be used now although the account may: the first that comes back, and how many there
    /// are.
    pub fn parked_models(&self, now: i64) -> Option<(String, Parked, usize)> {
        if !self.any_model.load(Ordering::Relaxed) {
            return None;
        }
        let models = held(&self.models);
        let parked = || models.iter().filter(|(_, (until, _))| *until > now);
        let (model, (until, why)) = parked().min_by_key(|(_, (until, _))| *until)?;
        Some((model.clone(), Parked { until: *until, refused: false, why: why.clone() }, parked().count()))
    }

    /// Every model that may not be used now although the account may, the first to come back first.
    pub fn waiting(&self, now: i64) -> Vec<(String, Parked)> {
        if !self.any_model.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let models = held(&self.models);
        let parked = models.iter().filter(|(_, (until, _))| *until > now).map(|(model, (until, why))| {
            (model.clone(), Parked { until: *until, refused: false, why: why.clone() })
        });
        let mut waiting: Vec<(String, Parked)> = parked.collect();
        waiting.sort_by(|(one, before), (other, after)| (before.until, one).cmp(&(after.until, other)));
        waiting
    }

    /// Parks the account, or one model at it. Of two requests that failed at the same time, whichever says longer counts.
    pub fn park(&self, park: Park, model: &str, why: &str) {
        if park.whole_account {
            let mut known = held(&self.why);
            if park.until > self.parked_until.load(Ordering::Relaxed) {
                self.parked_until.store(park.until, Ordering::Relaxed);
                self.refused.store(park.needs_person, Ordering::Relaxed);
                why.clone_into(&mut known);
            }
        } else {
            let mut models = held(&self.models);
            if models.get(model).is_none_or(|(until, _)| park.until > *until) {
                models.insert(model.to_owned(), (park.until, why.to_owned()));
            }
            self.any_model.store(true, Ordering::Relaxed);
        }
    }

    /// Forgets every reason not to use the account.
    pub fn unpark(&self) {
        for pulse in self.pulses.read().unwrap_or_else(PoisonError::into_inner).values() {
            pulse.close();
        }
        let (mut why, mut models) = (held(&self.why), held(&self.models));
        self.parked_until.store(0, Ordering::Relaxed);
        self.refused.store(false, Ordering::Relaxed);
        models.clear();
        self.any_model.store(false, Ordering::Relaxed);
        why.clear();
    }
}

/// The health of every account, by id: outlives the snapshots that point at it.
#[derive(Debug, Default)]
pub struct Registry {
    accounts: Mutex<HashMap<i64, Arc<Health>>>,
}

impl Registry {
    /// The health of an account; at the first call as it was written down.
    pub fn of(&self, account: &StoredAccount) -> Arc<Health> {
        let mut accounts = held(&self.accounts);
        Arc::clone(accounts.entry(account.id).or_insert_with(|| Arc::new(Health::stored(account))))
    }

    /// Takes over what is written down of an account: another replica may have written it.
    ///
    /// `true`: it was parked and is free now.
    pub fn renew(&self, account: &StoredAccount) -> bool {
        let known = held(&self.accounts).get(&account.id).map(Arc::clone);
        known.is_some_and(|health| {
            let parked = || {
                health.parked_until.load(Ordering::Relaxed) > 0 || health.any_model.load(Ordering::Relaxed)
            };
            let before = parked();
            health.renew(account);
            before && !parked()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parked_model_leaves_the_account_s_other_models_alone_and_time_frees_both() {
        let health = Health::default();
        let park = Park { until: 100, whole_account: false, needs_person: false };
        health.park(park, "big", "Rate limited");
        assert_eq!(health.parked("big", 50).unwrap().until, 100);
        assert_eq!(health.parked("small", 50), None);
        assert_eq!(health.parked_whole(50), None);
        assert_eq!(health.parked("big", 100), None);
        let (model, parked, count) = health.parked_models(50).unwrap();
        assert_eq!((model.as_str(), parked.until, count), ("big", 100, 1));
        assert_eq!(health.parked_models(100), None);

        health.park(Park { until: 200, whole_account: true, needs_person: true }, "big", "Key refused");
        assert!(health.parked("small", 150).unwrap().refused);
        health.unpark();
        assert_eq!(health.parked("big", 50), None);
    }

    #[test]
    fn a_shorter_wait_does_not_end_a_longer_one() {
        let health = Health::default();
        for whole_account in [true, false] {
            let park = |until, needs_person| Park { until, whole_account, needs_person };
            health.park(park(200, whole_account), "big", "Out of quota");
            health.park(park(100, false), "big", "Rate limited");
            let parked = health.parked("big", 150).unwrap();
            assert_eq!(
                (parked.until, parked.refused, parked.why.as_str()),
                (200, whole_account, "Out of quota")
            );
            health.park(park(300, false), "big", "Out of quota until later");
            assert_eq!(health.parked("big", 250).unwrap().why, "Out of quota until later");
            health.unpark();
        }
    }
}
