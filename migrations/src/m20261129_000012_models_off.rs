//! Models that a person has switched off.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let off = Table::create()
            .table("models_off")
            .col(text("provider_id"))
            .col(text("model"))
            .primary_key(Index::create().col("provider_id").col("model"))
            .to_owned();
        manager.create_table(off).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("models_off").to_owned()).await
    }
}
