//! How a combo's targets are doing.

use super::check::{Stands, stands_for};
use crate::accounts::pulse::Circuit;
use crate::console::models::price;
use crate::console::{budget_used_up, tier};
use crate::state::App;
use crate::store::snapshot::{Account, Provider, Snapshot};
use crate::usage::budget::{BudgetOf, counted};
use app::api::combos::{Combo, ComboCard, ComboTarget, TargetHealth, TargetState};

/// Everything it depends on.
pub(super) struct Looking<'a> {
    /// For what was spent.
    pub(super) app: &'a App,
    /// The combos, and the accounts with their health.
    pub(super) snapshot: &'a Snapshot,
    /// Unix ms.
    pub(super) now: i64,
}

/// Whether something can answer, in words, and when it can if it waits.
struct Doing {
    health: TargetHealth,
    sentence: String,
    waits_until: Option<i64>,
}

impl Doing {
    fn new(health: TargetHealth, sentence: impl Into<String>) -> Self {
        Self { health, sentence: sentence.into(), waits_until: None }
    }

    fn waiting(until: i64, sentence: String) -> Self {
        Self { health: TargetHealth::Waiting, sentence, waits_until: Some(until) }
    }
}

/// Why an account may not be used for a model now, and until when; without an end, a person has to act.
struct Rest {
    why: String,
    until: Option<i64>,
}

impl Looking<'_> {
    /// A combo with how its targets are doing.
    pub(super) fn card(&self, combo: &Combo) -> ComboCard {
        let states = combo.targets.iter().map(|target| self.target(combo, target)).collect();
        ComboCard { combo: combo.clone(), states }
    }

    fn target(&self, combo: &Combo, target: &ComboTarget) -> TargetState {
        let doing = self.doing(combo, target, &mut vec![combo.name.clone()]);
        let mut state = TargetState {
            tier: None,
            health: doing.health,
            sentence: doing.sentence,
            waits_until: doing.waits_until,
            context: None,
            price: None,
            spent: 0,
            first_token_ms: None,
        };
        if let Some(Stands::Model(provider, model)) = stands_for(self.snapshot, &target.model) {
            let spec = &provider.spec;
            state.tier = Some(tier(spec.tier));
            state.context = spec.model(model).and_then(|known| known.context);
            state.price = price(&provider.rate(model));
            if let Some(budget) = target.budget {
                let what = BudgetOf::Target { combo: &combo.name, provider: &spec.id, model };
                state.spent = counted(self.app.budgets.spent(what, budget.period, self.now), budget.measure);
            }
            let soon =
                provider.accounts.iter().filter_map(|account| account.health.pulse(model)?.first_token());
            state.first_token_ms = soon.min().map(|micros| micros / 1000);
        }
        state
    }

    /// `through`: the combos on the way here, so that one which contains itself after all is looked at once.
    fn doing(&self, combo: &Combo, target: &ComboTarget, through: &mut Vec<String>) -> Doing {
        if !target.enabled {
            return Doing::new(TargetHealth::Off, "Switched off in this combo");
        }
        match stands_for(self.snapshot, &target.model) {
            None => Doing::new(
                TargetHealth::Unusable,
                format!("Nothing is called {} any more: take it out, or choose another", target.model),
            ),
            Some(Stands::Combo(inner)) if !inner.enabled => {
                Doing::new(TargetHealth::Unusable, format!("The combo {} is switched off", inner.name))
            }
            Some(Stands::Combo(inner)) if through.contains(&inner.name) => {
                Doing::new(TargetHealth::Unusable, format!("The combo {} contains itself", inner.name))
            }
            Some(Stands::Combo(inner)) => self.inner(inner, through),
            Some(Stands::Model(provider, model)) => {
                let what = BudgetOf::Target { combo: &combo.name, provider: &provider.spec.id, model };
                let spent = target.budget.and_then(|budget| budget_used_up(self.app, what, budget, self.now));
                match spent {
                    Some((why, until)) => Doing::waiting(until, why),
                    None => self.model(provider, model),
                }
            }
        }
    }

    /// A combo inside another is as well as the best of its targets.
    fn inner(&self, inner: &Combo, through: &mut Vec<String>) -> Doing {
        through.push(inner.name.clone());
        let targets: Vec<Doing> =
            inner.targets.iter().map(|target| self.doing(inner, target, through)).collect();
        through.pop();
        let of = |health| targets.iter().filter(move |doing| doing.health == health);
        let (ready, all) = (of(TargetHealth::Ready).count(), targets.len());
        if ready > 0 {
            return Doing::new(
                TargetHealth::Ready,
                format!("{ready} of {} ready", counted_words(all, "target")),
            );
        }
        match of(TargetHealth::Waiting).min_by_key(|doing| doing.waits_until) {
            Some(first) => Doing {
                health: TargetHealth::Waiting,
                sentence: first.sentence.clone(),
                waits_until: first.waits_until,
            },
            None => Doing::new(TargetHealth::Unusable, "None of its targets can be used"),
        }
    }

    fn model(&self, provider: &Provider, model: &str) -> Doing {
        let name = &provider.spec.name;
        let unusable = |sentence: String| Doing::new(TargetHealth::Unusable, sentence);
        if provider.is_off(model) {
            return unusable(format!("It is switched off at {name}"));
        }
        if provider.accounts.is_empty() {
            return unusable(format!("{name} has no account yet"));
        }
        let enabled = provider.accounts.iter().filter(|account| account.enabled);
        let rests: Vec<Option<Rest>> = enabled.map(|account| self.rest(account, model)).collect();
        if rests.is_empty() {
            return unusable(format!("Every account at {name} is switched off"));
        }
        let (ready, all) = (rests.iter().filter(|rest| rest.is_none()).count(), rests.len());
        if ready == all {
            return Doing::new(TargetHealth::Ready, format!("{} ready", counted_words(all, "account")));
        }
        if ready > 0 {
            return Doing::new(TargetHealth::Ready, format!("{ready} of {all} accounts ready"));
        }
        let first = rests.iter().flatten().min_by_key(|rest| rest.until.unwrap_or(i64::MAX));
        let Some(Rest { why, until }) = first else { return unusable(format!("{name} cannot be used")) };
        match until {
            Some(until) => Doing::waiting(*until, format!("{name}: {why}")),
            None => unusable(format!("{name}: {why}")),
        }
    }

    /// Why an account may not be used for a model now; `None` when it may.
    fn rest(&self, account: &Account, model: &str) -> Option<Rest> {
        let of_budget = account
            .budget
            .and_then(|budget| budget_used_up(self.app, BudgetOf::Account(account.id), budget, self.now));
        if let Some((why, until)) = of_budget {
            return Some(Rest { why, until: Some(until) });
        }
        if let Some(parked) = account.health.parked(model, self.now) {
            let until = Some(parked.until).filter(|_| !parked.refused);
            return Some(Rest { why: parked.why, until });
        }
        match account.health.pulse(model)?.circuit(self.now) {
            Circuit::Open(until) => Some(Rest { why: "It keeps failing".to_owned(), until: Some(until) }),
            Circuit::Closed | Circuit::Trying { .. } => None,
        }
    }
}

fn counted_words(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
