//! People: passwords, sessions in the browser, bearers for programs, and the first run.

pub mod bearer;
pub mod password;
pub mod setup;
pub mod throttle;
pub mod visitor;
