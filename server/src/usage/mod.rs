//! What requests used: priced, written down, summed up, held against budgets, forgotten when old.

pub mod budget;
pub mod price;
pub mod recalculate;
pub mod recorder;
pub mod retain;
pub mod savings;
pub mod what_if;
