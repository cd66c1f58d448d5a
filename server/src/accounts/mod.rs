//! Credentials at rest and in use, how they are signed in for and renewed, and the health of the accounts they belong to.

pub mod alerts;
pub mod callbacks;
pub mod device;
pub mod exchange;
pub(crate) mod facts;
pub mod health;
pub mod models;
pub mod oauth;
pub mod pulse;
pub mod quota;
pub(crate) mod refresh;
pub mod renew;
pub mod seal;
pub mod service_account;
pub mod sign_in;
pub mod test;
pub mod tokens;
pub(crate) mod vendor;
