//! Accounts that are signed in to: their tokens, sign-ins under way, and providers that a person has turned on.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tokens = Table::create()
            .table("account_tokens")
            .col(big_integer("account_id").primary_key())
            .col(binary("sealed"))
            // Absent: no end is known.
            .col(big_integer_null("expires_at"))
            .col(big_integer("renewed_at"))
            // Counts up at each renewal.
            .col(big_integer("generation"))
            // They were refused: a person has to sign in again.
            .col(boolean("ended"))
            // Why the last renewal failed; empty when it did not.
            .col(text("why"))
            .foreign_key(
                ForeignKey::create()
                    .from("account_tokens", "account_id")
                    .to("accounts", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(tokens).await?;
        let sign_ins = Table::create()
            .table("sign_ins")
            .col(text("id").primary_key())
            .col(text("provider_id"))
            // Absent: a new account.
            .col(big_integer_null("account_id"))
            .col(binary("sealed"))
            // waiting, finishing, done, failed
            .col(text("state"))
            .col(text("why"))
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .to_owned();
        manager.create_table(sign_ins).await?;
        let opt_ins = Table::create()
            .table("opt_ins")
            .col(text("provider_id").primary_key())
            .col(text("person"))
            .col(big_integer("agreed_at"))
            .to_owned();
        manager.create_table(opt_ins).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["opt_ins", "sign_ins", "account_tokens"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
