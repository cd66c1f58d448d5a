//! What an account says beside its key, for addresses that hold it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let fields = Table::create()
            .table("account_fields")
            .col(big_integer("account_id"))
            .col(text("name"))
            .col(text("value"))
            .primary_key(Index::create().col("account_id").col("name"))
            .foreign_key(
                ForeignKey::create()
                    .from("account_fields", "account_id")
                    .to("accounts", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(fields).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("account_fields").to_owned()).await
    }
}
