//! Everything that runs: see README.md for the walk of a request through this house.

pub mod accounts;
pub mod clock;
pub mod config;
pub mod console;
pub mod doctor;
mod gate;
pub mod gateway;
pub mod payloads;
pub mod replicas;
pub mod router;
pub mod seed;
pub mod serve;
pub mod session;
mod site;
pub mod state;
mod status;
pub mod store;
pub mod tasks;
pub mod telemetry;
pub mod upstream;
pub mod usage;
