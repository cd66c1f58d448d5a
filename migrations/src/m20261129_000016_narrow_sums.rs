//! Hourly sums by target alone and by caller alone: what most questions are about, in far fewer rows.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TARGETS: (&str, &[&str], &[&str]) = ("usage_target_hours", &["provider_id", "model"], &["account_id"]);
const CALLERS: (&str, &[&str], &[&str]) = ("usage_caller_hours", &["client", "combo"], &["key_id"]);
const COUNTS: [&str; 19] = [
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
    "list_cost",
    "list_unknown",
    "first_token_ms",
    "first_tokens",
    "total_ms",
];
const TIMES: [&str; 2] = ["last_at", "answered_at"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, texts, ids) in [TARGETS, CALLERS] {
            let mut create = Table::create();
            create.table(table).col(big_integer("period_at"));
            let mut key = Index::create();
            key.col("period_at");
            for name in texts {
                create.col(text(*name));
                key.col(*name);
            }
            for name in ids {
                create.col(big_integer(*name));
                key.col(*name);
            }
            for name in COUNTS.into_iter().chain(TIMES) {
                create.col(big_integer(name));
            }
            manager.create_table(create.primary_key(&mut key).to_owned()).await?;
            let key = ["period_at"].iter().chain(texts).chain(ids).copied().collect::<Vec<_>>().join(", ");
            // PostgreSQL sums whole numbers to a type without end.
            let sums = COUNTS.map(|name| format!("CAST(SUM({name}) AS BIGINT)")).join(", ");
            let times = TIMES.map(|name| format!("MAX({name})")).join(", ");
            let columns = format!("{key}, {}, {}", COUNTS.join(", "), TIMES.join(", "));
            let fill = format!(
                "INSERT INTO {table} ({columns}) SELECT {key}, {sums}, {times} FROM usage_hours GROUP BY {key}"
            );
            manager.get_connection().execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, ..) in [CALLERS, TARGETS] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
