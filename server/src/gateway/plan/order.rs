//! The order of a combo's targets.

use super::accounts::over;
use super::targets::Candidate;
use super::{Asked, Draft, Standing, Step, names};
use crate::gateway::standing::target_hash;
use crate::usage::price;
use app::api::combos::{Combo, ComboTarget, Strategy};
use std::borrow::Cow;

/// Output tokens that prices are compared at: what a turn of a coding agent has, roughly.
const USUAL_OUTPUT: u64 = 800;

/// What one target of a combo stands for: itself, or all that a combo inside stands for.
struct Entry<'c> {
    listed: &'c ComboTarget,
    candidates: Vec<Candidate>,
}

impl Entry<'_> {
    fn first(&self) -> Option<&Candidate> {
        self.candidates.first()
    }

    /// Over the accounts that may be used at its first target.
    fn measure<T>(&self, of: impl Fn(&Step) -> Option<T>) -> impl Iterator<Item = T> {
        self.first().into_iter().flat_map(|candidate| &candidate.steps).filter_map(of)
    }
}

impl<A: Asked, S: Standing> Draft<'_, A, S> {
    /// A combo's targets in the order they are tried, combos inside it flattened. `inside`: the combos this one is in.
    pub(super) fn of_combo(&mut self, combo: &Combo, inside: &mut Vec<String>) -> Vec<Candidate> {
        let mut entries = Vec::with_capacity(combo.targets.len());
        inside.push(combo.name.clone());
        self.drains |= combo.strategy == Strategy::DrainFirst;
        for listed in &combo.targets {
            let candidates = self.listed(combo, listed, inside);
            if !candidates.is_empty() {
                entries.push(Entry { listed, candidates });
            }
        }
        inside.pop();
        self.order(combo, entries)
    }

    fn listed(&mut self, combo: &Combo, listed: &ComboTarget, inside: &mut Vec<String>) -> Vec<Candidate> {
        let name = listed.model.as_str();
        if !listed.enabled {
            self.exclude(name.to_owned(), "switched off in this combo");
            return Vec::new();
        }
        if let Some(inner) = self.snapshot.combo(name) {
            // Refused when it is saved; one that came about otherwise must not hang the request.
            if inside.iter().any(|outer| outer == name) {
                self.exclude(name.to_owned(), "the combo contains itself");
                return Vec::new();
            }
            return self.of_combo(inner, inside);
        }
        let Some((provider, model)) = names::single(self.snapshot, name, self.asked.dialect()) else {
            self.exclude(name.to_owned(), "no provider goes by this name any more");
            return Vec::new();
        };
        let used_up = listed.budget.and_then(|budget| {
            over(budget, self.standing.spent_at(&combo.name, &provider.spec.id, &model, budget.period))
        });
        if let Some(why) = used_up {
            self.exclude(format!("{}/{model}", provider.spec.id), format!("in this combo {why}"));
            return Vec::new();
        }
        self.candidate(provider, model).into_iter().collect()
    }

    fn order(&self, combo: &Combo, mut entries: Vec<Entry<'_>>) -> Vec<Candidate> {
        let now = self.standing.now();
        let alone = entries.len() < 2;
        let why =
            if alone { "the only target that may be used" } else { self.arrange(combo, &mut entries, now) };
        // Where the order is a person's, it stands: coming back to the first is worth one cold cache.
        let kept = self.standing.kept().filter(|_| !alone && combo.strategy != Strategy::Priority);
        let own = kept.and_then(|kept| {
            let is_own = |candidate: &Candidate| target_hash(&candidate.target.name()) == kept.target;
            entries.iter().position(|entry| entry.first().is_some_and(is_own))
        });
        if let Some(own) = own {
            entries[..=own].rotate_right(1);
        }
        for (place, entry) in entries.iter_mut().enumerate() {
            let why = match place {
                0 if own.is_some() => "the conversation's own target, whose cache is warm",
                0 => why,
                _ => "next in the combo",
            };
            for candidate in &mut entry.candidates {
                for step in &mut candidate.steps {
                    step.why = Cow::Owned(format!("{why}; {}", step.why));
                }
            }
        }
        entries.into_iter().flat_map(|entry| entry.candidates).collect()
    }

    /// Sorts the entries by the combo's strategy; says why the first is first.
    fn arrange(&self, combo: &Combo, entries: &mut [Entry<'_>], now: i64) -> &'static str {
        match combo.strategy {
            Strategy::Priority => "first in the combo",
            Strategy::RoundRobin => {
                let turn = self.standing.turn(&combo.name) % (entries.len().max(1) as u64);
                entries.rotate_left(usize::try_from(turn).unwrap_or(0));
                "its turn in the combo"
            }
            Strategy::Weighted => {
                let first = by_weight(entries, self.standing.turn(&combo.name));
                entries[..=first].rotate_right(1);
                "first by weight"
            }
            Strategy::LeastCost => {
                entries.sort_by_key(|entry| {
                    entry.first().and_then(|first| self.cost(first)).unwrap_or(i64::MAX)
                });
                "the cheapest for this request"
            }
            Strategy::Fastest => {
                // One that was not measured yet goes first, so that it is.
                entries.sort_by_key(|entry| {
                    let pulse = |step: &Step| step.account.health.pulse(&step.target.model);
                    entry.measure(|step| pulse(step)?.first_token()).min().unwrap_or(0)
                });
                "the fastest of late"
            }
            Strategy::LeastBusy => {
                entries.sort_by_key(|entry| {
                    let pulse = |step: &Step| step.account.health.pulse(&step.target.model);
                    entry.measure(|step| Some(pulse(step)?.in_flight())).sum::<i64>()
                });
                "the least busy"
            }
            Strategy::DrainFirst => {
                entries.sort_by_key(|entry| {
                    let renews = |step: &Step| {
                        let known = step.account.quota.renews(&step.target.model, now);
                        known.into_iter().chain(step.account.health.quota_resets(now)).min()
                    };
                    entry.measure(renews).min().unwrap_or(i64::MAX)
                });
                "its quota resets the soonest"
            }
        }
    }

    /// What the request would cost there, roughly; `None` when no price is known.
    fn cost(&self, candidate: &Candidate) -> Option<i64> {
        let target = &candidate.target;
        let usage = wire::Usage {
            input: self.asked.least_tokens().max(1),
            output: USUAL_OUTPUT,
            ..wire::Usage::default()
        };
        price::cost(&usage, &target.provider.rate(&target.model))
    }
}

/// Whose turn it is by weight. Multiples of the golden ratio fall evenly, so that in any stretch of turns each gets its
/// share, and not one all of its turns in a row.
fn by_weight(entries: &[Entry<'_>], turn: u64) -> usize {
    let weights = entries.iter().map(|entry| u64::from(entry.listed.weight.max(1).unsigned_abs()));
    let total: u64 = weights.clone().sum();
    let point = turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let mut left = (point * total) >> 32;
    for (place, weight) in weights.enumerate() {
        if left < weight {
            return place;
        }
        left -= weight;
    }
    0
}
