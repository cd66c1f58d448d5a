//! Prices that a person sets, what covered requests would have cost, and how far a recalculation has come.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        // All of it or nothing, also where somebody stops the process in the middle.
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // USD in units of 10^-9 per million tokens; NULL is unknown.
        let prices = Table::create()
            .table("prices")
            .col(text("provider_id"))
            .col(text("model"))
            .col(big_integer_null("input"))
            .col(big_integer_null("output"))
            .col(big_integer_null("cache_read"))
            .col(big_integer_null("cache_write"))
            .col(big_integer("changed_at"))
            .primary_key(Index::create().col("provider_id").col("model"))
            .to_owned();
        manager.create_table(prices).await?;
        // The last one, under the number 1.
        let recalculations = Table::create()
            .table("recalculations")
            .col(integer("id").primary_key())
            .col(big_integer("from_at"))
            .col(big_integer("began_at"))
            // The first hour that is still to be done, and how many requests are in all hours, and in those done.
            .col(big_integer("next_at"))
            .col(big_integer("requests"))
            .col(big_integer("requests_done"))
            // Who works on it, and until when nobody else does.
            .col(text("worker"))
            .col(big_integer("worker_until"))
            .col(big_integer_null("ended_at"))
            // What the last 30 days had cost before, and after, with the requests of unknown cost.
            .col(big_integer("cost_before"))
            .col(big_integer("cost_after"))
            .col(big_integer("unknown_after"))
            .to_owned();
        manager.create_table(recalculations).await?;
        let columns = [big_integer_null("list_cost"), boolean("covered").default(false).to_owned()];
        for column in columns {
            manager.alter_table(Table::alter().table("requests").add_column(column).to_owned()).await?;
        }
        for table in ["usage_hours", "usage_days"] {
            for column in ["list_cost", "list_unknown"] {
                let column = big_integer(column).default(0).to_owned();
                manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
            }
        }
        // What cost nothing was covered, and what it would have cost is unknown until it is recalculated.
        let db = manager.get_connection();
        let covered =
            "UPDATE requests SET covered = TRUE WHERE cost = 0 AND input_tokens + output_tokens > 0";
        db.execute_unprepared(covered).await?;
        for table in ["usage_hours", "usage_days"] {
            let unknown = format!(
                "UPDATE {table} SET list_unknown = requests - failed - unstated \
                 WHERE cost = 0 AND cost_unknown = unstated AND input_tokens + output_tokens > 0"
            );
            db.execute_unprepared(&unknown).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("usage_days", "list_unknown"),
            ("usage_days", "list_cost"),
            ("usage_hours", "list_unknown"),
            ("usage_hours", "list_cost"),
            ("requests", "covered"),
            ("requests", "list_cost"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        for table in ["recalculations", "prices"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
