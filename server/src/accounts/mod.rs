//! Credentials at rest and the health of the accounts they belong to.

pub mod health;
pub mod pulse;
pub mod seal;
pub mod test;
