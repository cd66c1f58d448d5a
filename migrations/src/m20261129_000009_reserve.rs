//! How much of its limits an account keeps back, and a proxy of its own.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Hundredths; 0: nothing is kept back.
        let reserve = Table::alter().table("accounts").add_column(integer("reserve").default(0)).to_owned();
        manager.alter_table(reserve).await?;
        // Its address, which may hold a password.
        let proxy = Table::alter().table("accounts").add_column(binary_null("sealed_proxy")).to_owned();
        manager.alter_table(proxy).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["sealed_proxy", "reserve"] {
            manager.alter_table(Table::alter().table("accounts").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
