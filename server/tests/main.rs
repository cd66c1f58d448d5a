//! The router in this process against a scripted provider: one file a behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop"
)]

mod scripted;
mod support;

mod accounts;
mod alerts;
mod bad_input;
mod bad_settings;
mod combos;
mod commands;
mod compressed;
mod drain;
mod dry_run;
mod failover;
mod fields;
mod formats;
mod kiro;
mod live;
mod metrics;
mod model_in_path;
mod model_lists;
mod model_switches;
mod models;
mod network;
mod passthrough;
mod payloads;
mod people;
mod prices;
mod program;
mod proxies;
mod quota;
mod replicas;
mod rescue;
mod retention;
mod routes;
mod routing;
mod saver;
mod secrets;
mod secured;
mod sign_in;
mod store;
mod streams;
mod traces;
mod translator;
mod usage;
mod what_if;
