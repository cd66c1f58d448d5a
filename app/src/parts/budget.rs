//! Budgets: what is used of one, and the fields to set one.

use super::field::{Field, Select};
use super::format;
use super::reader;
use super::time::Until;
use crate::api::Millis;
use crate::api::combos::{Budget, Measure, Period, Spent};
use leptos::prelude::*;

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// When a budget begins anew, counted in UTC.
pub fn renewed(period: Period, now: Millis) -> Millis {
    let today = now.div_euclid(DAY);
    let days = match period {
        Period::Day => 1,
        // The first day of all was a Thursday.
        Period::Week => 7 - (today + 3).rem_euclid(7),
        Period::Month => {
            let first = |ahead: &i64| format::calendar((today + ahead) * DAY).2 == 1;
            (1..=31).find(first).unwrap_or(31)
        }
    };
    (today + days) * DAY
}

/// An amount in the words of what is counted.
fn amount(measure: Measure, amount: i64) -> String {
    match measure {
        Measure::Tokens => format!("{} tokens", format::tokens(amount)),
        Measure::Cost => format::money(amount),
    }
}

fn within(period: Period) -> &'static str {
    match period {
        Period::Day => "today",
        Period::Week => "this week",
        Period::Month => "this month",
    }
}

/// "2M tokens a day".
pub fn budget_words(budget: Budget) -> String {
    let period = match budget.period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
    };
    format!("{} a {period}", amount(budget.measure, budget.amount))
}

/// What of `spent` this budget counts.
pub fn counted(budget: Budget, spent: Spent) -> i64 {
    match budget.measure {
        Measure::Tokens => spent.tokens,
        Measure::Cost => spent.cost,
    }
}

/// A bar and its words: used, left, and when it begins anew.
#[component]
pub fn BudgetMeter(budget: Budget, spent: i64) -> impl IntoView {
    let whole = budget.amount.max(1);
    let share = (spent.max(0) as f64 * 100.0 / whole as f64).min(100.0);
    let left = budget.amount - spent;
    let class = match share {
        ..80.0 => "meter",
        ..100.0 => "meter warn",
        _ => "meter bad",
    };
    let used = match budget.measure {
        Measure::Tokens => format::tokens(spent),
        Measure::Cost => format::money(spent),
    };
    let of = format!("{used} of {} used {}", amount(budget.measure, budget.amount), within(budget.period));
    let rest = if left > 0 {
        format!("{} left; it begins anew ", amount(budget.measure, left))
    } else {
        "nothing left; it begins anew ".to_owned()
    };
    let exact = format!("{} of {}", format::count(spent), format::count(budget.amount));
    view! {
        <div class=class>
            <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                <rect width=format!("{share:.2}") height="6"></rect>
            </svg>
            <p>
                <span title=(budget.measure == Measure::Tokens).then_some(exact)>{of}</span>
                ", "
                <span class="faint">{rest} <Until at=renewed(budget.period, reader::now()) /></span>
            </p>
        </div>
    }
    .into_any()
}

/// The fields of a budget, under the name of the group that holds them.
#[component]
pub fn BudgetInputs(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// e.g. `budget`, or `targets[0][budget]`.
    #[prop(into)]
    group: String,
    budget: Option<Budget>,
) -> impl IntoView {
    let options = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        all.iter().map(|&(value, words)| (value.to_owned(), words.to_owned())).collect()
    };
    let (measure, amount) = match budget.map(|budget| (budget.measure, budget.amount)) {
        None => ("", String::new()),
        Some((Measure::Tokens, amount)) => ("tokens", amount.to_string()),
        Some((Measure::Cost, amount)) => ("cost", (amount as f64 / 1e9).to_string()),
    };
    let period = match budget.map(|budget| budget.period) {
        None | Some(Period::Day) => "day",
        Some(Period::Week) => "week",
        Some(Period::Month) => "month",
    };
    view! {
        <div class="budget-fields">
            <Select
                id=format!("{id}-measure")
                name=format!("{group}[measure]")
                label="Budget"
                options=options(&[("", "None"), ("tokens", "Tokens"), ("cost", "US dollars")])
                chosen=measure
            />
            <Field id=format!("{id}-amount") name=format!("{group}[amount]") label="At most" value=amount />
            <Select
                id=format!("{id}-period")
                name=format!("{group}[period]")
                label="Every"
                options=options(&[("day", "Day"), ("week", "Week"), ("month", "Month")])
                chosen=period
            />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_begin_anew_at_midnight_on_mondays_and_on_the_first() {
        // A Saturday.
        let now = 1_795_269_909_000;
        assert_eq!(format::iso(renewed(Period::Day, now)), "2026-11-22T00:00:00Z");
        assert_eq!(format::iso(renewed(Period::Week, now)), "2026-11-23T00:00:00Z");
        assert_eq!(format::iso(renewed(Period::Month, now)), "2026-12-01T00:00:00Z");
        let monday = renewed(Period::Week, now);
        assert_eq!(format::iso(renewed(Period::Week, monday)), "2026-11-30T00:00:00Z");
        let first = renewed(Period::Month, now);
        assert_eq!(format::iso(renewed(Period::Month, first)), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn a_budget_is_said_in_a_few_words() {
        let budget = Budget { measure: Measure::Tokens, amount: 2_000_000, period: Period::Day };
        assert_eq!(budget_words(budget), "2M tokens a day");
        let budget = Budget { measure: Measure::Cost, amount: 20_000_000_000, period: Period::Month };
        assert_eq!(budget_words(budget), "$20.00 a month");
    }
}
