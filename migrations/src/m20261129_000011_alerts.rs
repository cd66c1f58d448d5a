//! Alerts of limits that are nearly used up, and where they go.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alerts = Table::create()
            .table("alerts")
            .col(big_pk_auto("id"))
            .col(big_integer("account_id"))
            // The limit: its name, the models it is for (empty: all) and what it counts.
            .col(text("window_name"))
            .col(text("model"))
            .col(text("unit"))
            // Hundredths.
            .col(integer("threshold"))
            // Thousandths, when it was raised.
            .col(integer("used_permille"))
            // Absent: the limit does not begin anew.
            .col(big_integer_null("resets_at"))
            // What it was raised by is from then.
            .col(big_integer("known_at"))
            .col(big_integer("raised_at"))
            // A person has seen it.
            .col(big_integer_null("seen_at"))
            // The limit has begun anew. The row stays for a while, against what other replicas knew before.
            .col(big_integer_null("over_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("alerts", "account_id")
                    .to("accounts", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(alerts).await?;
        // Of several replicas one raises it.
        let one = Index::create()
            .name("alerts_limit")
            .table("alerts")
            .col("account_id")
            .col("window_name")
            .col("model")
            .col("unit")
            .col("threshold")
            .unique()
            .to_owned();
        manager.create_index(one).await?;
        for mut column in added() {
            // SQLite adds one column a statement.
            let add = Table::alter().table("settings").add_column(&mut column).to_owned();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in added() {
            let drop = Table::alter().table("settings").drop_column(column.get_column_name()).to_owned();
            manager.alter_table(drop).await?;
        }
        manager.drop_table(Table::drop().table("alerts").to_owned()).await
    }
}

fn added() -> [ColumnDef; 5] {
    [
        // Hundredths, apart by commas.
        text("alert_thresholds").default("80,95").take(),
        // A URL, which commonly holds a secret.
        binary_null("sealed_webhook"),
        boolean("webhook_private").default(false).take(),
        // When an alert could not be delivered last, and why; absent once one was.
        big_integer_null("webhook_failed_at"),
        text("webhook_why").default("").take(),
    ]
}
