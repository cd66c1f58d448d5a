//! What routes a request: caller keys, accounts, custom endpoints, model names, settings.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            caller_keys(),
            endpoints(),
            endpoint_models(),
            accounts(),
            parked_models(),
            aliases(),
            combos(),
            combo_targets(),
            settings(),
        ] {
            manager.create_table(table).await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("accounts_provider_name")
                    .table("accounts")
                    .col("provider_id")
                    .col("name")
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "settings",
            "combo_targets",
            "combos",
            "aliases",
            "parked_models",
            "accounts",
            "endpoint_models",
            "endpoints",
            "caller_keys",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn caller_keys() -> TableCreateStatement {
    Table::create()
        .table("caller_keys")
        .col(big_pk_auto("id"))
        .col(text_uniq("name"))
        // SHA-256 of the key: it has 256 random bits, so a slow hash would add nothing.
        .col(binary("hash").unique_key())
        .col(text("tail"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn endpoints() -> TableCreateStatement {
    Table::create()
        .table("endpoints")
        .col(text("prefix").primary_key())
        .col(text("name"))
        .col(text("dialect"))
        .col(text("base_url"))
        .col(boolean("private_network"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn endpoint_models() -> TableCreateStatement {
    Table::create()
        .table("endpoint_models")
        .col(text("prefix"))
        .col(text("model"))
        .col(integer("position"))
        .primary_key(Index::create().col("prefix").col("model"))
        .foreign_key(
            ForeignKey::create()
                .from("endpoint_models", "prefix")
                .to("endpoints", "prefix")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("accounts")
        .col(big_pk_auto("id"))
        // A catalogue id or a custom endpoint's prefix: no foreign key, the catalogue is not in the database.
        .col(text("provider_id"))
        .col(text("name"))
        // Sealed with the secret key; NULL where the provider needs none.
        .col(binary_null("sealed_key"))
        .col(text("key_tail"))
        .col(integer("priority"))
        .col(boolean("enabled"))
        .col(big_integer_null("parked_until"))
        // Refused by the provider: stays out until a person acts.
        .col(boolean("refused"))
        .col(text("parked_why"))
        .col(text("last_error"))
        .col(big_integer_null("last_error_at"))
        .col(big_integer("created_at"))
        .to_owned()
}

/// Models that wait at an account whose other models may be used.
fn parked_models() -> TableCreateStatement {
    Table::create()
        .table("parked_models")
        .col(big_integer("account_id"))
        .col(text("model"))
        .col(big_integer("until_at"))
        .col(text("why"))
        .primary_key(Index::create().col("account_id").col("model"))
        .foreign_key(
            ForeignKey::create()
                .from("parked_models", "account_id")
                .to("accounts", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn aliases() -> TableCreateStatement {
    Table::create()
        .table("aliases")
        .col(text("name").primary_key())
        .col(text("model"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn combos() -> TableCreateStatement {
    Table::create()
        .table("combos")
        .col(text("name").primary_key())
        .col(boolean("enabled"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn combo_targets() -> TableCreateStatement {
    Table::create()
        .table("combo_targets")
        .col(text("combo"))
        .col(integer("position"))
        .col(text("model"))
        .col(boolean("enabled"))
        .primary_key(Index::create().col("combo").col("position"))
        .foreign_key(
            ForeignKey::create()
                .from("combo_targets", "combo")
                .to("combos", "name")
                .on_delete(ForeignKeyAction::Cascade)
                .on_update(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

/// One row, id 1.
fn settings() -> TableCreateStatement {
    Table::create()
        .table("settings")
        .col(integer("id").primary_key())
        .col(boolean("require_key"))
        .col(integer("retention_days"))
        .col(big_integer("max_body_bytes"))
        .col(big_integer("connect_ms"))
        .col(big_integer("first_byte_ms"))
        .col(big_integer("whole_reply_ms"))
        .col(big_integer("idle_ms"))
        // A known text sealed with the secret key: tells a wrong key before anything is read or written with it.
        .col(binary("seal_check"))
        .to_owned()
}
