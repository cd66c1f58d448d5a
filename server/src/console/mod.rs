//! What the dashboard's pages and the management API ask for: implements the traits of `app::api`, one file a page,
//! same names.

mod accounts;
mod alerts;
pub mod api;
mod combos;
mod connect;
mod endpoints;
pub mod live;
mod login;
mod models;
mod overview;
mod prices;
mod providers;
mod quota;
pub mod requests;
pub(crate) mod saver;
mod settings;
mod sign_in;
mod story;
pub(crate) mod translator;
pub(crate) mod usage;
mod what_if;
mod zone;

pub(crate) use overview::tier;

use crate::session::visitor::Visitor;
use crate::state::{App, StateError};
use crate::store::{Person, StoreError};
use crate::usage::budget::{self, BudgetOf};
use app::api::combos::{Budget, Measure, Period};
use app::api::{Problem, ProblemKind};
use std::sync::{Arc, OnceLock};

/// How much a budget allows: "2,000,000 tokens", "$2.50".
pub(crate) fn amount(budget: Budget) -> String {
    match budget.measure {
        Measure::Tokens if budget.amount == 1 => "1 token".to_owned(),
        Measure::Tokens => format!("{} tokens", grouped(budget.amount)),
        Measure::Cost => {
            let cents = budget.amount.saturating_add(5_000_000).div_euclid(10_000_000);
            match cents {
                0 => "less than $0.01".to_owned(),
                _ => format!("${}.{:02}", grouped(cents.div_euclid(100)), cents.rem_euclid(100)),
            }
        }
    }
}

/// That a budget is used up, in words, and when it begins anew, Unix ms; `None` while something is left of it.
fn budget_used_up(app: &App, what: BudgetOf<'_>, budget: Budget, now: i64) -> Option<(String, i64)> {
    let spent = budget::counted(app.budgets.spent(what, budget.period, now), budget.measure);
    let period = match budget.period {
        Period::Day => "today",
        Period::Week => "this week",
        Period::Month => "this month",
    };
    (spent >= budget.amount).then(|| {
        let words = format!("The budget of {} is used up {period}", amount(budget));
        (words, budget::end(budget.period, now))
    })
}

/// A whole number with its thousands apart.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The console, bound to whoever asks.
#[derive(Clone)]
pub struct Desk {
    app: App,
    visitor: Visitor,
    /// Seconds to wait, once too many tries were made.
    wait: Arc<OnceLock<u64>>,
}

impl Desk {
    /// For one request.
    pub fn new(app: App, visitor: Visitor) -> Self {
        Self { app, visitor, wait: Arc::default() }
    }

    /// How many seconds the visitor was told to wait.
    pub fn wait(&self) -> Option<u64> {
        self.wait.get().copied()
    }

    /// The person who asks. The gate has already turned strangers away; this is the second lock.
    fn person(&self) -> Result<&Person, Problem> {
        self.visitor.person.as_ref().ok_or_else(signed_out)
    }

    /// Whether clients that reach us over the network need a key.
    fn key_required(&self) -> bool {
        let config = &self.app.config;
        self.app.snapshot().policy.require_key || config.require_key || !config.loopback_only()
    }

    /// Publishes what was just changed.
    async fn publish(&self) -> Result<(), Problem> {
        self.app.republish().await.map_err(|error| match error {
            StateError::Store(error) => fail(error),
            error => internal(&error),
        })
    }
}

fn signed_out() -> Problem {
    Problem::new(ProblemKind::SignedOut, "Sign in first.")
}

/// Logs our own fault, and says so without its details.
fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "the console failed");
    Problem::new(
        ProblemKind::Internal,
        "Something went wrong on our side; the log of Ninerouter says what. Try again.",
    )
}

/// A store error nobody could have expected.
fn fail(error: StoreError) -> Problem {
    match error {
        StoreError::Missing => Problem::new(ProblemKind::NotFound, "It is not there any more."),
        error => internal(&error),
    }
}

/// A store error where a name may be taken.
fn taken(field: &'static str, message: impl FnOnce() -> String) -> impl FnOnce(StoreError) -> Problem {
    move |error| match error {
        StoreError::Taken => {
            Problem { message: message(), field: Some(field.to_owned()), kind: ProblemKind::Conflict }
        }
        error => fail(error),
    }
}

/// A name for people: trimmed, not empty, not endless, of one line.
fn name(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::invalid(field, "Give it a name."));
    }
    if text.chars().count() > 80 || text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "Use a name of one line, at most 80 characters."));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_said_in_tokens_or_dollars() {
        let said = |measure, amount| super::amount(Budget { measure, amount, period: Period::Day });
        assert_eq!(said(Measure::Tokens, 1), "1 token");
        assert_eq!(said(Measure::Tokens, 2_500_000), "2,500,000 tokens");
        assert_eq!(said(Measure::Tokens, 999), "999 tokens");
        assert_eq!(said(Measure::Cost, 2_500_000_000), "$2.50");
        assert_eq!(said(Measure::Cost, 1_234_567_891_234), "$1,234.57");
        assert_eq!(said(Measure::Cost, 1), "less than $0.01");
    }
}
