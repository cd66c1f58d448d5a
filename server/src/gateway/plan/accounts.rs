//! Which of a target's accounts may be used now, and in what order.

use super::{Asked, Draft, Standing, Step, Target, duration};
use crate::accounts::pulse::Circuit;
use crate::console::amount;
use crate::gateway::standing::target_hash;
use crate::store::snapshot::Account;
use app::api::combos::{Budget, Measure, Period, Spent};
use app::api::providers::Rotation;
use std::borrow::Cow;
use std::sync::Arc;

/// A wait this short beats a worse model, in ms.
pub(in crate::gateway) const SHORT_WAIT: i64 = 3_000;

/// Why one whose circuit is open is tried all the same.
const LAST_RESORT: &str = "it keeps failing, but nothing else is left";

/// Why one of whose limit nothing is left is tried all the same.
const LAST_LIMIT: &str = "its limit is used up, but nothing else is left";

impl<A: Asked, S: Standing> Draft<'_, A, S> {
    /// The accounts that may be used, in order. Others are noted with their reasons.
    pub(super) fn accounts(&mut self, target: &Arc<Target>) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut waiting = Vec::new();
        let now = self.standing.now();
        let step = |account: &Arc<Account>, not_before, why| Step {
            target: Arc::clone(target),
            account: Arc::clone(account),
            not_before,
            why,
        };
        for account in &target.provider.accounts {
            let what = || format!("{}, account {}", target.name(), account.name);
            if !account.enabled {
                self.exclude(what(), "switched off");
                continue;
            }
            if !target.provider.lets(account) {
                self.needs_person = true;
                self.exclude(what(), "what its vendor says of this has to be agreed to first");
                continue;
            }
            if account.token().is_some_and(|token| token.held().ended) {
                self.needs_person = true;
                self.exclude(what(), "it has to be signed in to again");
                continue;
            }
            if let Some(why) =
                account.budget.and_then(|budget| over(budget, self.standing.spent(account.id, budget.period)))
            {
                self.note_earliest(period_end(account.budget.map(|budget| budget.period), now));
                self.exclude(what(), why);
                continue;
            }
            if let Some(parked) = account.health.parked(&target.model, now) {
                if !parked.refused && parked.until - now <= SHORT_WAIT {
                    waiting.push(step(account, parked.until, Cow::Borrowed("comes back in a moment")));
                    continue;
                }
                let seconds = (parked.until - now).div_euclid(1000) + 1;
                self.exclude(what(), format!("{}, tried again in {}", parked.why, duration(seconds)));
                if parked.refused {
                    self.needs_person = true;
                } else {
                    self.note_earliest(Some(parked.until));
                }
                continue;
            }
            if let Some(short) = account.quota.short(&target.model, account.reserve, now) {
                let seconds = (short.until - now).div_euclid(1000) + 1;
                let what_is = if short.spent { "is used up" } else { "is down to what is kept back" };
                let why = format!("its limit \"{}\" {what_is}, anew in {}", short.name, duration(seconds));
                self.exclude(what(), why);
                self.note_earliest(Some(short.until));
                // The provider may see it otherwise; what a person keeps back is kept back.
                if short.spent {
                    self.failing.push(step(account, 0, Cow::Borrowed(LAST_LIMIT)));
                }
                continue;
            }
            let circuit =
                account.health.pulse(&target.model).map_or(Circuit::Closed, |pulse| pulse.circuit(now));
            match circuit {
                Circuit::Closed | Circuit::Trying { taken: false } => {
                    steps.push(step(account, 0, Cow::Borrowed("")));
                }
                Circuit::Open(until) => {
                    let seconds = (until - now).div_euclid(1000) + 1;
                    self.exclude(what(), format!("it keeps failing, tried again in {}", duration(seconds)));
                    self.note_earliest(Some(until));
                    self.failing.push(step(account, 0, Cow::Borrowed(LAST_RESORT)));
                }
                Circuit::Trying { taken: true } => {
                    self.exclude(what(), "it kept failing, and another request is trying whether it is back");
                    self.note_earliest(Some(now));
                    self.failing.push(step(account, 0, Cow::Borrowed(LAST_RESORT)));
                }
            }
        }
        self.turn(target, &mut steps);
        steps.extend(waiting);
        steps
    }

    /// Puts first whose turn it is.
    fn turn(&self, target: &Target, steps: &mut [Step]) {
        let alone = steps.len() < 2;
        let kept = self.standing.kept().filter(|kept| !alone && kept.target == target_hash(&target.name()));
        let own = kept.and_then(|kept| steps.iter().position(|step| step.account.id == kept.account));
        let spec = &target.provider.spec;
        if let Some(own) = own {
            steps[..=own].rotate_right(1);
        } else if !alone && target.provider.rotation == Rotation::RoundRobin {
            let turn = self.standing.turn(&spec.id) % (steps.len() as u64);
            steps.rotate_left(usize::try_from(turn).unwrap_or(0));
        }
        for (place, step) in steps.iter_mut().enumerate() {
            step.why = Cow::Borrowed(match place {
                0 if alone => "its only account that may be used",
                0 if own.is_some() => "the conversation's own account, whose cache is warm",
                0 if target.provider.rotation == Rotation::RoundRobin => "its turn among the accounts",
                0 => "first of the accounts",
                _ => "next of the accounts",
            });
        }
    }

    fn note_earliest(&mut self, until: Option<i64>) {
        self.earliest = match (self.earliest, until) {
            (Some(known), Some(until)) => Some(known.min(until)),
            (known, until) => known.or(until),
        };
    }
}

/// Why a budget leaves something out; `None` while it does not.
pub(super) fn over(budget: Budget, spent: Spent) -> Option<String> {
    let used = match budget.measure {
        Measure::Tokens => spent.tokens,
        Measure::Cost => spent.cost,
    };
    let period = match budget.period {
        Period::Day => "today",
        Period::Week => "this week",
        Period::Month => "this month",
    };
    (used >= budget.amount).then(|| format!("its budget of {} is used up {period}", amount(budget)))
}

/// When a period is over, Unix ms.
fn period_end(period: Option<Period>, now: i64) -> Option<i64> {
    period.map(|period| crate::usage::budget::end(period, now))
}
