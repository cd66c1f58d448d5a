//! One history for SQLite and PostgreSQL. See README.md for how to run it and roll it back.
//!
//! Times are Unix milliseconds (UTC) in `BIGINT` columns called `…_at`, durations are milliseconds in
//! columns called `…_ms`, money is USD in units of 10^-9: all three are the same on both databases and need
//! no time zone.

#![expect(
    elided_lifetimes_in_paths,
    reason = "MigrationTrait is written with an elided lifetime, and an impl must match it"
)]

use sea_orm_migration::prelude::*;

mod m20261121_000001_people;
mod m20261121_000002_routing;
mod m20261121_000003_usage;
mod m20261121_000004_translation;
mod m20261128_000005_routing_limits;
mod m20261129_000006_saver;
mod m20261129_000007_account_fields;
mod m20261129_000008_sign_in;
mod m20261129_000009_reserve;
mod m20261129_000010_found_models;
mod m20261129_000011_alerts;
mod m20261129_000012_models_off;
mod m20261129_000013_first_tokens;
mod m20261129_000014_prices;
mod m20261129_000015_payloads;
mod m20261129_000016_narrow_sums;

/// The whole history, oldest first.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_people::Migration),
            Box::new(m20261121_000002_routing::Migration),
            Box::new(m20261121_000003_usage::Migration),
            Box::new(m20261121_000004_translation::Migration),
            Box::new(m20261128_000005_routing_limits::Migration),
            Box::new(m20261129_000006_saver::Migration),
            Box::new(m20261129_000007_account_fields::Migration),
            Box::new(m20261129_000008_sign_in::Migration),
            Box::new(m20261129_000009_reserve::Migration),
            Box::new(m20261129_000010_found_models::Migration),
            Box::new(m20261129_000011_alerts::Migration),
            Box::new(m20261129_000012_models_off::Migration),
            Box::new(m20261129_000013_first_tokens::Migration),
            Box::new(m20261129_000014_prices::Migration),
            Box::new(m20261129_000015_payloads::Migration),
            Box::new(m20261129_000016_narrow_sums::Migration),
        ]
    }
}
