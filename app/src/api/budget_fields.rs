//! Budgets and other numbers as a person types them into a form, where an empty field means "none".

use super::Problem;
use super::combos::{Budget, Measure, Period};
#[cfg(feature = "ssr")]
use super::providers::AccountChange;
use super::providers::AccountRow;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The fields of a budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetFields {
    /// `tokens`, `cost`, or empty for no budget.
    #[serde(default)]
    pub measure: String,
    /// Tokens, or US dollars.
    #[serde(default)]
    pub amount: String,
    /// `day`, `week` or `month`.
    #[serde(default)]
    pub period: String,
}

impl BudgetFields {
    /// The budget that was typed. A refusal names the field as `name` spells it.
    pub fn budget(&self, name: impl Fn(&str) -> String) -> Result<Option<Budget>, Problem> {
        let measure = match self.measure.as_str() {
            "" => return Ok(None),
            "tokens" => Measure::Tokens,
            "cost" => Measure::Cost,
            _ => return Err(Problem::invalid(&name("measure"), "Choose tokens or US dollars.")),
        };
        let period = match self.period.as_str() {
            "day" => Period::Day,
            "week" => Period::Week,
            "month" => Period::Month,
            _ => return Err(Problem::invalid(&name("period"), "Choose a day, a week or a month.")),
        };
        let amount: Option<f64> = number(&name("amount"), &self.amount)?;
        let unit = if measure == Measure::Cost { 1e9 } else { 1.0 };
        match amount.map(|amount| (amount * unit).round() as i64) {
            Some(amount @ 1..) => Ok(Some(Budget { measure, amount, period })),
            _ => Err(Problem::invalid(&name("amount"), "Say how much: a number above 0.")),
        }
    }
}

/// A number as typed; empty means none. Thousands may be set apart.
pub fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<Option<T>, Problem> {
    let plain: String =
        text.chars().filter(|letter| !letter.is_whitespace() && !",_".contains(*letter)).collect();
    if plain.is_empty() {
        return Ok(None);
    }
    plain
        .parse()
        .map(Some)
        .map_err(|_| Problem::invalid(field, format!("“{}” is not a number.", text.trim())))
}

/// Seconds as typed, in milliseconds; empty means none.
pub fn seconds(field: &str, text: &str) -> Result<Option<i64>, Problem> {
    Ok(number::<f64>(field, text)?.map(|seconds| (seconds * 1e3).round() as i64))
}

/// Gives an account a budget, or takes it away.
#[server(prefix = "/console", endpoint = "set_budget")]
pub async fn set_budget(id: i64, budget: BudgetFields) -> Result<AccountRow, Problem> {
    let saved = async {
        let budget = budget.budget(|field| format!("budget[{field}]"))?;
        let change = AccountChange { budget: Some(budget), ..AccountChange::default() };
        super::console()?.change_account(id, change).await.map_err(|problem| Problem {
            field: problem.field.map(|_| "budget[amount]".to_owned()),
            ..problem
        })
    };
    super::told(saved.await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_typed_in_tokens_or_dollars() {
        let typed = |measure: &str, amount: &str, period: &str| {
            let [measure, amount, period] = [measure, amount, period].map(str::to_owned);
            BudgetFields { measure, amount, period }.budget(|name| format!("b[{name}]"))
        };
        assert_eq!(typed("", "12", ""), Ok(None));
        let tokens = Budget { measure: Measure::Tokens, amount: 2_000_000, period: Period::Week };
        assert_eq!(typed("tokens", "2,000,000", "week"), Ok(Some(tokens)));
        let dollars = Budget { measure: Measure::Cost, amount: 2_500_000_000, period: Period::Day };
        assert_eq!(typed("cost", "2.5", "day"), Ok(Some(dollars)));
        let field = |typed: Result<_, Problem>| typed.err().and_then(|problem| problem.field);
        assert_eq!(field(typed("tokens", "many", "day")).as_deref(), Some("b[amount]"));
        assert_eq!(field(typed("tokens", "", "day")).as_deref(), Some("b[amount]"));
        assert_eq!(field(typed("tokens", "-4", "day")).as_deref(), Some("b[amount]"));
        assert_eq!(field(typed("tokens", "NaN", "day")).as_deref(), Some("b[amount]"));
        assert_eq!(field(typed("tokens", "4", "year")).as_deref(), Some("b[period]"));
    }
}
