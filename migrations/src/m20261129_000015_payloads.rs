//! The payload log: whose requests are kept in full until when, and what was kept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, mut column) in added() {
            // SQLite adds one column a statement.
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        let payloads = Table::create()
            .table("payloads")
            .col(uuid("request_id"))
            // 0: what the client sent, 1: what the provider was sent, 2: what the client got.
            .col(integer("part"))
            // 0: without a key.
            .col(big_integer("key_id"))
            // The conversation's hash; absent where none had begun.
            .col(big_integer_null("conversation"))
            // Of the part, of what is kept of it, and of what that takes in this table.
            .col(big_integer("bytes"))
            .col(big_integer("kept_bytes"))
            .col(big_integer("stored_bytes"))
            // Secrets that were taken out.
            .col(integer("redacted"))
            // Headers and text: compressed, then sealed.
            .col(binary("sealed"))
            .primary_key(Index::create().col("request_id").col("part"))
            .to_owned();
        manager.create_table(payloads).await?;
        for (name, columns) in INDEXES {
            let mut index = Index::create().name(name).table("payloads").to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("payloads").to_owned()).await?;
        for (table, column) in added() {
            let drop = Table::alter().table(table).drop_column(column.get_column_name()).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// How much there is, by key and in all, is summed up without reading what was kept.
const INDEXES: [(&str, [&str; 3]); 2] = [
    ("payloads_by_key", ["key_id", "request_id", "stored_bytes"]),
    ("payloads_by_conversation", ["conversation", "request_id", "part"]),
];

/// The new columns.
fn added() -> [(&'static str, ColumnDef); 4] {
    [
        ("settings", big_integer("payload_bytes").default(256_i64 << 20).take()),
        ("settings", integer("payload_days").default(7).take()),
        // Requests without a key are kept in full until then.
        ("settings", big_integer_null("log_until_at")),
        ("caller_keys", big_integer_null("log_until_at")),
    ]
}
