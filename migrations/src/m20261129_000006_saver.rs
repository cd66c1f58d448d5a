//! The token saver: how far it goes, and what it saved.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in added() {
            for mut column in columns {
                // SQLite adds one column a statement.
                let add = Table::alter().table(table).add_column(&mut column).to_owned();
                manager.alter_table(add).await?;
            }
        }
        // What was shortened in a request, a row for each filter and tool.
        let mut savings = Table::create()
            .table("savings")
            .col(uuid("request_id"))
            .col(integer("position"))
            .col(text("filter"))
            .col(text("tool"))
            .primary_key(Index::create().col("request_id").col("position"))
            .to_owned();
        for mut count in counts() {
            savings.col(&mut count);
        }
        manager.create_table(savings).await?;
        // The same by the day, kept for good.
        let mut days = Table::create()
            .table("saving_days")
            .col(big_integer("period_at"))
            .col(text("filter"))
            .col(text("tool"))
            .col(text("provider_id"))
            .col(text("model"))
            .col(big_integer("cost").default(0))
            .primary_key(
                Index::create().col("period_at").col("filter").col("tool").col("provider_id").col("model"),
            )
            .to_owned();
        for mut count in counts() {
            days.col(&mut count);
        }
        manager.create_table(days).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("saving_days").to_owned()).await?;
        manager.drop_table(Table::drop().table("savings").to_owned()).await?;
        for (table, columns) in added() {
            for column in columns {
                let drop = Table::alter().table(table).drop_column(column.get_column_name()).to_owned();
                manager.alter_table(drop).await?;
            }
        }
        Ok(())
    }
}

/// Texts, their bytes and their tokens before and after.
fn counts() -> [ColumnDef; 5] {
    ["texts", "bytes_before", "bytes_after", "tokens_before", "tokens_after"]
        .map(|name| big_integer(name).default(0).take())
}

/// The new columns, by table.
fn added() -> [(&'static str, Vec<ColumnDef>); 4] {
    [
        (
            "settings",
            vec![
                text("saver_level").default("safe").take(),
                // One bit a filter; new filters are on.
                integer("saver_filters").default(-1).take(),
            ],
        ),
        // A key that states no level goes by the settings, and by the combo's in how tersely it is answered.
        ("caller_keys", vec![text_null("saver_level"), text_null("terse")]),
        ("combos", vec![text("terse").default("off").take()]),
        (
            "requests",
            vec![
                text("saver_level").default("off").take(),
                big_integer("saved_tokens").default(0).take(),
                big_integer_null("saved_cost"),
                // What its conversation keeps: the conversation's hash, and how far, by which filters of which version.
                big_integer_null("conversation"),
                integer("saver_filters").default(-1).take(),
                integer("saver_version").default(0).take(),
                text("terse").default("off").take(),
            ],
        ),
    ]
}
