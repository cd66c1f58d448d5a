//! stub
use app::api::combos::{Period, Spent};
/// stub
pub enum BudgetOf<'a> {
    /// a
    Account(i64),
    /// b
    Target {
        /// c
        combo: &'a str,
        /// d
        provider: &'a str,
        /// e
        model: &'a str,
    },
}
/// stub
#[derive(Clone, Debug, Default)]
pub struct Budgets;
impl Budgets {
    /// stub
    pub fn spent(&self, _of: BudgetOf<'_>, _period: Period, _now: i64) -> Spent {
        Spent::default()
    }
}
/// stub
pub fn end(_period: Period, now: i64) -> i64 {
    now
}
