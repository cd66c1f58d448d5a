//! What may be used within a time: budgets that a person set, and what vendors publish in numbers.

use super::{Lot, NanoUsd};
use crate::usage::budget;
use app::api::combos::{Budget, Measure, Period};

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Calls.
    Requests,
    /// Prompt and output tokens together.
    Tokens,
    /// What they cost, as far as that is known.
    Cost,
}

/// When a limit begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turns {
    /// As budgets do.
    Budget(Period),
    /// As the vendor has it. A window that slides is taken to come back as a whole.
    Vendor(catalog::Period),
}

/// So much and no more, until it begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is counted.
    pub counted: Counted,
    /// How much there is.
    pub amount: i64,
    /// When it begins anew.
    pub turns: Turns,
}

impl From<Budget> for Limit {
    fn from(budget: Budget) -> Self {
        let counted = match budget.measure {
            Measure::Tokens => Counted::Tokens,
            Measure::Cost => Counted::Cost,
        };
        Self { counted, amount: budget.amount, turns: Turns::Budget(budget.period) }
    }
}

impl Turns {
    /// When the window that is open at a moment ends, Unix ms.
    fn end(self, at: i64) -> i64 {
        match self {
            Self::Budget(period) => budget::end(period, at),
            Self::Vendor(period) => period.current(Some(at), at).map_or(i64::MAX, |span| span.ends_ms),
        }
    }
}

/// A limit, and what is used of it. It begins unused.
#[derive(Debug)]
pub(super) struct Counter {
    limit: Limit,
    ends: i64,
    used: i64,
}

impl Counter {
    pub(super) fn new(limit: Limit) -> Self {
        Self { limit, ends: i64::MIN, used: 0 }
    }

    /// Begins anew where that is due. Moments come in order.
    pub(super) fn turn(&mut self, at: i64) {
        if at >= self.ends {
            self.ends = self.limit.turns.end(at);
            self.used = 0;
        }
    }

    /// Whether it lets one more request through.
    pub(super) fn is_open(&self) -> bool {
        self.used < self.limit.amount
    }

    /// How much of it a lot uses up.
    fn amount(&self, lot: &Lot, cost: NanoUsd) -> i64 {
        match self.limit.counted {
            Counted::Requests => lot.requests,
            Counted::Tokens => lot.all_tokens(),
            Counted::Cost => cost,
        }
    }

    /// How many requests of a lot it lets through. The one that reaches the limit is the last: what it will use is not
    /// known when it is sent.
    pub(super) fn lets(&self, lot: &Lot, cost: NanoUsd) -> i64 {
        if !self.is_open() {
            return 0;
        }
        let amount = i128::from(self.amount(lot, cost));
        if amount <= 0 {
            return lot.requests;
        }
        let left = i128::from(self.limit.amount - self.used) * i128::from(lot.requests);
        let requests = (left + amount - 1) / amount;
        i64::try_from(requests).unwrap_or(i64::MAX).clamp(1, lot.requests.max(1))
    }

    /// Counts what was let through.
    pub(super) fn count(&mut self, lot: &Lot, cost: NanoUsd) {
        self.used = self.used.saturating_add(self.amount(lot, cost));
    }
}
