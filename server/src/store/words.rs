//! The words that columns hold for what is one of a few things.
//!
//! A word that a column holds and this version does not know is taken for the most careful of them, or for none: the
//! history keeps newer databases out, so only a hand could have written it.

use app::api::Tier;
use app::api::combos::{Budget, Measure, Period, Strategy};
use app::api::providers::Rotation;
use app::api::requests::{Cause, Outcome};

/// Both ways between a thing and its word.
macro_rules! words {
    ($word:ident, $of:ident, $type:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        #[doc = concat!("The word kept for this ", stringify!($type), ".")]
        pub(crate) fn $word(value: $type) -> &'static str {
            match value { $($type::$variant => $text),+ }
        }

        #[doc = concat!("The ", stringify!($type), " of a word; `None` when there is none.")]
        pub(super) fn $of(word: &str) -> Option<$type> {
            Some(match word { $($text => $type::$variant,)+ _ => return None })
        }
    };
}

words!(outcome_word, outcome_of, Outcome {
    Answered = "answered", Failed = "failed", Broken = "broken", Cancelled = "cancelled",
});
words!(cause_word, cause_of, Cause {
    Plan = "plan", Retry = "retry", Hedge = "hedge", Rescue = "rescue",
});
words!(measure_word, measure_of, Measure { Tokens = "tokens", Cost = "cost" });
words!(period_word, period_of, Period { Day = "day", Week = "week", Month = "month" });
words!(rotation_word, rotation_of, Rotation { FillFirst = "fill-first", RoundRobin = "round-robin" });
words!(tier_word, tier_of, Tier {
    Subscription = "subscription", Cheap = "cheap", Free = "free", Local = "local",
});

/// The strategy of a word; as the targets stand when there is none.
pub(super) fn strategy_of(word: &str) -> Strategy {
    Strategy::ALL.into_iter().find(|strategy| strategy.as_str() == word).unwrap_or_default()
}

/// A budget as three columns hold it: measure, amount, period.
pub(super) type BudgetColumns = (Option<String>, Option<i64>, Option<String>);

/// The columns of a budget.
pub(super) fn budget_columns(budget: Option<Budget>) -> BudgetColumns {
    match budget {
        None => (None, None, None),
        Some(budget) => (
            Some(measure_word(budget.measure).to_owned()),
            Some(budget.amount),
            Some(period_word(budget.period).to_owned()),
        ),
    }
}

/// The budget that three columns hold.
pub(super) fn budget_of((measure, amount, period): BudgetColumns) -> Option<Budget> {
    Some(Budget { measure: measure_of(&measure?)?, amount: amount?, period: period_of(&period?)? })
}
