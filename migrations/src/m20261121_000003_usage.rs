//! What was used: one row a request, its attempts when there is more to say than the request says itself,
//! and sums by the hour and by the day.
//!
//! Names of keys and accounts are copied into the rows, and nothing here has a foreign key, so that past
//! usage outlives what made it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [requests(), attempts(), exclusions(), sums("usage_hours"), sums("usage_days")] {
            manager.create_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["usage_days", "usage_hours", "exclusions", "attempts", "requests"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn requests() -> TableCreateStatement {
    Table::create()
        .table("requests")
        // UUID version 7: sorts by time, so the primary key serves lists and retention alike.
        .col(uuid("id").primary_key())
        .col(big_integer("started_at"))
        .col(text("client"))
        .col(big_integer_null("key_id"))
        .col(text("key_name"))
        .col(text("dialect"))
        .col(text("asked"))
        .col(text("combo"))
        .col(text("provider_id"))
        .col(text("model"))
        .col(big_integer_null("account_id"))
        .col(text("account_name"))
        .col(boolean("streaming"))
        .col(integer("status"))
        .col(text("outcome"))
        .col(integer("attempts"))
        .col(big_integer_null("input_tokens"))
        .col(big_integer_null("cache_read_tokens"))
        .col(big_integer_null("cache_write_tokens"))
        .col(big_integer_null("output_tokens"))
        .col(big_integer_null("reasoning_tokens"))
        .col(big_integer_null("cost"))
        .col(big_integer_null("first_token_ms"))
        .col(big_integer("total_ms"))
        .col(big_integer("bytes_in"))
        .col(big_integer("bytes_out"))
        .col(text("upstream_id"))
        .col(text("finish"))
        .col(text("error"))
        .to_owned()
}

fn attempts() -> TableCreateStatement {
    Table::create()
        .table("attempts")
        .col(uuid("request_id"))
        .col(integer("position"))
        .col(text("provider_id"))
        .col(text("model"))
        .col(big_integer_null("account_id"))
        .col(text("account_name"))
        .col(big_integer("start_ms"))
        .col(big_integer_null("first_token_ms"))
        .col(big_integer("total_ms"))
        .col(integer_null("status"))
        .col(boolean("won"))
        .col(text("verdict"))
        .col(text("rule"))
        .col(text("error"))
        .primary_key(Index::create().col("request_id").col("position"))
        .to_owned()
}

/// What was left out of a request's plan.
fn exclusions() -> TableCreateStatement {
    Table::create()
        .table("exclusions")
        .col(uuid("request_id"))
        .col(integer("position"))
        .col(text("what"))
        .col(text("why"))
        .primary_key(Index::create().col("request_id").col("position"))
        .to_owned()
}

/// Sums over a period that starts at `period_at`. Ids that are absent are 0, names that are absent are empty:
/// a NULL would make rows of one key distinct.
fn sums(table: &'static str) -> TableCreateStatement {
    let mut create = Table::create();
    create
        .table(table)
        .col(big_integer("period_at"))
        .col(text("provider_id"))
        .col(text("model"))
        .col(big_integer("account_id"))
        .col(big_integer("key_id"))
        .col(text("client"))
        .col(text("combo"));
    for count in [
        "requests",
        "answered",
        "failed",
        "broken",
        "cancelled",
        "fallbacks",
        "unstated",
        "input_tokens",
        "cache_read_tokens",
        "cache_write_tokens",
        "output_tokens",
        "reasoning_tokens",
        "cost",
        "cost_unknown",
        "first_token_ms",
        "first_tokens",
        "total_ms",
        // When the last of them arrived, and the last that was answered (0 when none was).
        "last_at",
        "answered_at",
    ] {
        create.col(big_integer(count));
    }
    create.primary_key(
        Index::create()
            .col("period_at")
            .col("provider_id")
            .col("model")
            .col("account_id")
            .col("key_id")
            .col("client")
            .col("combo"),
    );
    create.to_owned()
}
