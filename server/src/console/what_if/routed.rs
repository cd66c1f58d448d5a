//! Which targets may answer: a combo, resolved to what can be replayed, with the limits that hold.

use super::Targets;
use super::words::Remarks;
use crate::accounts::quota::count::PLAN;
use crate::console::combos::check::{Stands, stands_for};
use crate::store::snapshot::{Account, Provider};
use crate::usage::what_if::{self, Change, Counted, Group, Leaf, Limit, Route, Turns, Way};
use app::api::combos::{Combo, Strategy};
use app::api::providers::Rotation;
use app::api::requests::Exclusion;
use app::api::what_if::Prices;
use app::api::{Problem, ProblemKind};
use catalog::{Count, Price, Unit};
use std::sync::Arc;

/// What is to be replayed.
pub(super) struct Plan {
    /// What changes.
    pub(super) change: Change,
    /// What cannot be used, and why.
    pub(super) left_out: Vec<Exclusion>,
    /// What there is to say about it.
    pub(super) remarks: Remarks,
    /// Today's prices of the model whose price changes.
    pub(super) prices: Option<Prices>,
}

/// What a limit belongs to: one that several targets share is counted once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Holder {
    /// A target in a combo.
    Target(String, usize),
    /// The budget of an account.
    Account(i64),
    /// A published limit of an account by its place in the file, and the model where each has its own.
    Published(i64, usize, String),
}

/// Finds out what a name stands for.
pub(super) struct Resolver<'t, 's, P> {
    targets: &'t mut Targets<'s, P>,
    /// The coding tool whose usage is looked at; empty: any.
    client: &'t str,
    leaves: Vec<Leaf>,
    limits: Vec<Limit>,
    holders: Vec<Holder>,
    left_out: Vec<Exclusion>,
    remarks: Remarks,
}

impl<'t, 's, P: Fn(&Provider, &str) -> (Price, bool)> Resolver<'t, 's, P> {
    pub(super) fn new(targets: &'t mut Targets<'s, P>, client: &'t str) -> Self {
        Self {
            targets,
            client: client.trim(),
            leaves: Vec::new(),
            limits: Vec::new(),
            holders: Vec::new(),
            left_out: Vec::new(),
            remarks: Remarks::default(),
        }
    }

    /// A combo answers.
    pub(super) fn combo(mut self, name: &str) -> Result<Plan, Problem> {
        let snapshot = self.targets.snapshot;
        let Some(combo) = snapshot.combo_named(name) else {
            let message = format!("There is no combo called \"{name}\" any more. Choose another.");
            let field = Some("to".to_owned());
            return Err(Problem { message, field, kind: ProblemKind::NotFound });
        };
        self.remarks.off = (!combo.enabled).then(|| combo.name.clone());
        let group = self.group(combo, &mut Vec::new());
        if self.leaves.is_empty() {
            let why = self.left_out.iter().map(|left| format!("{}: {}", left.what, left.why));
            let why = why.collect::<Vec<_>>().join("; ");
            let message = format!("No target of {name} can be used. {why}.");
            return Err(Problem::invalid("to", message));
        }
        Ok(self.plan(group))
    }

    /// One model answers, connected or not, without limits.
    pub(super) fn model(mut self, name: &str) -> Result<Plan, Problem> {
        let snapshot = self.targets.snapshot;
        match stands_for(snapshot, name) {
            Some(Stands::Model(provider, model)) => {
                let target = self.targets.place(&provider.spec.id, model);
                let accounts = vec![what_if::Account { limits: Vec::new() }];
                self.remarks.unlimited = true;
                self.note_own_tool(provider);
                let leaf = Leaf { target, limits: Vec::new(), accounts, rotation: Rotation::FillFirst };
                self.leaves.push(leaf);
                Ok(self.plan(Group::new(Strategy::Priority, vec![(1, Way::Leaf(0))])))
            }
            Some(Stands::Combo(_)) => {
                let message = format!("\"{name}\" is a combo, not a model: choose \"Another combo\".");
                Err(Problem::invalid("to", message))
            }
            None => {
                let message = format!(
                    "\"{name}\" names no provider's model. Write it as provider/model, e.g. \
                     groq/llama-3.3-70b-versatile."
                );
                Err(Problem::invalid("to", message))
            }
        }
    }

    fn plan(self, group: Group) -> Plan {
        let Self { leaves, limits, left_out, remarks, .. } = self;
        let change = Change::Route(Route { group, leaves, limits });
        Plan { change, left_out, remarks, prices: None }
    }

    fn leave_out(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.left_out.push(Exclusion { what: what.into(), why: why.into() });
    }

    /// A combo with those inside it. `inside`: the combos this one is in.
    fn group(&mut self, combo: &Combo, inside: &mut Vec<String>) -> Group {
        let snapshot = self.targets.snapshot;
        inside.push(combo.name.clone());
        self.remarks.note_strategy(combo.strategy);
        let mut ways = Vec::new();
        for listed in &combo.targets {
            let name = listed.model.as_str();
            if !listed.enabled {
                self.leave_out(name, "switched off in this combo");
                continue;
            }
            match stands_for(snapshot, name) {
                None => self.leave_out(name, "no provider goes by this name any more"),
                Some(Stands::Combo(inner)) if !inner.enabled => {
                    self.leave_out(name, "the combo is switched off")
                }
                Some(Stands::Combo(inner)) if inside.contains(&inner.name) => {
                    self.leave_out(name, "the combo contains itself");
                }
                Some(Stands::Combo(inner)) => {
                    let group = self.group(inner, inside);
                    ways.push((listed.weight, Way::Group(group)));
                }
                Some(Stands::Model(provider, model)) => match self.usable(provider, model) {
                    Err(why) => self.leave_out(name, why),
                    Ok(accounts) => {
                        let target = self.targets.place(&provider.spec.id, model);
                        let budget = listed.budget.map(|budget| {
                            self.remarks.budgets = true;
                            self.limit(Holder::Target(combo.name.clone(), target), budget.into())
                        });
                        self.leaves.push(Leaf {
                            target,
                            limits: budget.into_iter().collect(),
                            accounts,
                            rotation: provider.rotation,
                        });
                        ways.push((listed.weight, Way::Leaf(self.leaves.len() - 1)));
                    }
                },
            }
        }
        inside.pop();
        Group::new(combo.strategy, ways)
    }

    /// The accounts that may be used for a model, with their limits; or why none may. How they are doing at the moment
    /// does not matter.
    fn usable(&mut self, provider: &Provider, model: &str) -> Result<Vec<what_if::Account>, String> {
        let name = &provider.spec.name;
        if provider.is_off(model) {
            return Err(format!("switched off at {name}"));
        }
        let own = provider.spec.own_tool.as_ref().filter(|own| own.only);
        if let Some(own) = own.filter(|own| !self.client.is_empty() && self.client != own.name) {
            return Err(format!("{name} answers {} alone", own.name));
        }
        self.note_own_tool(provider);
        if provider.accounts.is_empty() {
            return Err(format!("{name} has no account yet"));
        }
        let on: Vec<&Account> =
            provider.accounts.iter().map(Arc::as_ref).filter(|account| account.enabled).collect();
        if on.is_empty() {
            return Err(format!("every account at {name} is switched off"));
        }
        let ready = on.into_iter().filter(|account| provider.lets(account) && signed_in(account));
        let accounts: Vec<_> = ready.map(|account| self.account(provider, account, model)).collect();
        if accounts.is_empty() {
            return Err(format!("every account at {name} needs a hand first"));
        }
        Ok(accounts)
    }

    fn note_own_tool(&mut self, provider: &Provider) {
        let Some(own) = provider.spec.own_tool.as_ref().filter(|own| own.only) else { return };
        let words = (provider.spec.name.clone(), own.name.clone());
        if self.client != own.name && !self.remarks.own_tools.contains(&words) {
            self.remarks.own_tools.push(words);
        }
    }

    fn account(&mut self, provider: &Provider, account: &Account, model: &str) -> what_if::Account {
        let mut limits = Vec::new();
        if let Some(budget) = account.budget {
            self.remarks.budgets = true;
            limits.push(self.limit(Holder::Account(account.id), budget.into()));
        }
        let plan = account.values.get(PLAN).map(String::as_str);
        for (place, count) in provider.spec.quota.counts.iter().enumerate() {
            let holds = (count.plan.is_none() || count.plan.as_deref() == plan) && count.holds_for(model);
            let Some(limit) = published(count, account.reserve).filter(|_| holds) else { continue };
            let own = if count.each_model { model.to_owned() } else { String::new() };
            limits.push(self.limit(Holder::Published(account.id, place, own), limit));
            self.remarks.note_published(&provider.spec.name);
        }
        what_if::Account { limits }
    }

    /// The place of a limit.
    fn limit(&mut self, holder: Holder, limit: Limit) -> usize {
        if let Some(place) = self.holders.iter().position(|known| *known == holder) {
            return place;
        }
        self.holders.push(holder);
        self.limits.push(limit);
        self.limits.len() - 1
    }
}

/// Whether an account need not be signed in to again.
fn signed_in(account: &Account) -> bool {
    account.token().is_none_or(|token| !token.held().ended)
}

/// A limit that its vendor states in numbers that can be counted here, without what is kept back of it.
fn published(count: &Count, reserve: u32) -> Option<Limit> {
    let counted = match count.unit {
        Unit::Requests => Counted::Requests,
        Unit::Tokens => Counted::Tokens,
        Unit::Percent | Unit::Credits | Unit::Usd | Unit::Cny => return None,
    };
    // What was used is known by the hour: a shorter window cannot be replayed, as rate limits cannot.
    if matches!(count.period, catalog::Period::Rolling(lasts) | catalog::Period::Sliding(lasts) if lasts.0 < 3_600_000)
    {
        return None;
    }
    let whole = i128::from(count.limit?) * i128::from(100_u32.saturating_sub(reserve)) / 100;
    let amount = i64::try_from(whole).unwrap_or(i64::MAX);
    Some(Limit { counted, amount, turns: Turns::Vendor(count.period) })
}
