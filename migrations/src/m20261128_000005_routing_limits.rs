//! Strategies, limits and budgets of combos, budgets of accounts, the order in which a provider's accounts are tried,
//! and in each request's trace why an attempt was made and what the plan was.

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
        // A provider that is not in it spends its accounts one after the other.
        let rotations = Table::create()
            .table("rotations")
            .col(text("provider_id").primary_key())
            .col(text("rotation"))
            .to_owned();
        manager.create_table(rotations).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("rotations").to_owned()).await?;
        for (table, columns) in added() {
            for column in columns {
                let drop = Table::alter().table(table).drop_column(column.get_column_name()).to_owned();
                manager.alter_table(drop).await?;
            }
        }
        Ok(())
    }
}

/// What is counted, how much of it, and within what time: all three or none.
fn budget() -> Vec<ColumnDef> {
    vec![text_null("budget_measure"), big_integer_null("budget_amount"), text_null("budget_period")]
}

/// The new columns, by table.
fn added() -> [(&'static str, Vec<ColumnDef>); 6] {
    let combos = vec![
        text("strategy").default("priority").take(),
        // Where a combo states no limit, the settings do.
        big_integer_null("first_token_ms"),
        big_integer_null("stall_ms"),
        boolean("hedge").default(true).take(),
        boolean("rescue").default(true).take(),
        integer_null("max_attempts"),
    ];
    let mut targets = vec![integer("weight").default(1).take()];
    targets.extend(budget());
    let settings = vec![
        big_integer("first_token_ms").default(12_000).take(),
        big_integer("stall_ms").default(20_000).take(),
        big_integer("affinity_ms").default(300_000).take(),
        big_integer("circuit_ms").default(20_000).take(),
    ];
    [
        ("combos", combos),
        ("combo_targets", targets),
        ("accounts", budget()),
        ("settings", settings),
        ("attempts", vec![text("cause").default("plan").take()]),
        // One line a step: target, account, tier, why, apart by tabs. Kept only when there was something to choose.
        ("requests", vec![text("plan").default("").take()]),
    ]
}
