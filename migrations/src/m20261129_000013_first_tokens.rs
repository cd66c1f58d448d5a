//! How long first tokens took, counted by the hour and by classes of time, so that percentiles of any period can be
//! read without its single requests.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("first_tokens")
            .col(big_integer("period_at"))
            .col(text("provider_id"))
            .col(text("model"))
            // Class `n` holds times from 1.1 to the power of `n` milliseconds up to the next.
            .col(integer("class"))
            .col(big_integer("requests"))
            .primary_key(Index::create().col("period_at").col("provider_id").col("model").col("class"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("first_tokens").to_owned()).await
    }
}
