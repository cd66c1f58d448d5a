//! Models that providers list themselves.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let found = Table::create()
            .table("found_models")
            .col(text("provider_id"))
            .col(text("model"))
            .col(text("name"))
            .col(big_integer_null("context"))
            .col(big_integer_null("max_output"))
            .col(big_integer("found_at"))
            .primary_key(Index::create().col("provider_id").col("model"))
            .to_owned();
        manager.create_table(found).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("found_models").to_owned()).await
    }
}
