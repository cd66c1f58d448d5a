//! The router in this process against a scripted provider: one file a behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod scripted;
mod support;

mod failover;
mod passthrough;
mod routes;
mod streams;
mod usage;
