//! Hourly sums by target alone and by caller alone: what most questions are about, in far fewer rows. All sums also say
//! what the saver took out and how many images were made, which have a price of their own, and attempts whose they were.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TARGETS: (&str, &[&str], &[&str]) = ("usage_target_hours", &["provider_id", "model"], &["account_id"]);
const CALLERS: (&str, &[&str], &[&str]) = ("usage_caller_hours", &["client", "combo"], &["key_id"]);
const COUNTS: [&str; 22] = [
    "requests",
    "answered",
    "failed",
    "broken",
    "cancelled",
    "fallbacks",
    "unstated",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cost",
    "cost_unknown",
    "list_cost",
    "list_unknown",
    "first_token_ms",
    "first_tokens",
    "total_ms",
    "images",
    "saved_tokens",
    "saved_cost",
];
const TIMES: [&str; 2] = ["last_at", "answered_at"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        // All of it or nothing, also where somebody stops the process in the middle.
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_counts(manager).await?;
        add_callers(manager).await?;
        for (table, texts, ids) in [TARGETS, CALLERS] {
            let mut create = Table::create();
            create.table(table).col(big_integer("period_at"));
            let mut key = Index::create();
            key.col("period_at");
            for name in texts {
                create.col(text(*name));
                key.col(*name);
            }
            for name in ids {
                create.col(big_integer(*name));
                key.col(*name);
            }
            for name in COUNTS.into_iter().chain(TIMES) {
                create.col(big_integer(name));
            }
            manager.create_table(create.primary_key(&mut key).to_owned()).await?;
            let key = ["period_at"].iter().chain(texts).chain(ids).copied().collect::<Vec<_>>().join(", ");
            // PostgreSQL sums whole numbers to a type without end.
            let sums = COUNTS.map(|name| format!("CAST(SUM({name}) AS BIGINT)")).join(", ");
            let times = TIMES.map(|name| format!("MAX({name})")).join(", ");
            let columns = format!("{key}, {}, {}", COUNTS.join(", "), TIMES.join(", "));
            let fill = format!(
                "INSERT INTO {table} ({columns}) SELECT {key}, {sums}, {times} FROM usage_hours GROUP BY {key}"
            );
            manager.get_connection().execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, ..) in [CALLERS, TARGETS] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (column, _) in callers() {
            manager.alter_table(Table::alter().table("attempts").drop_column(column).to_owned()).await?;
        }
        let sums =
            ["usage_days", "usage_hours"].into_iter().flat_map(|table| ADDED.map(|name| (table, name)));
        for (table, column) in
            sums.chain([("prices", "image"), ("requests", "stated_cost"), ("requests", "images")])
        {
            let drop = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

fn callers() -> [(&'static str, ColumnDef); 3] {
    [
        ("key_id", big_integer_null("key_id")),
        ("client", text("client").default("").take()),
        ("combo", text("combo").default("").take()),
    ]
}

/// Attempts say whose request they were: causes are counted by that without looking through all requests.
async fn add_callers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (_, mut column) in callers() {
        manager.alter_table(Table::alter().table("attempts").add_column(&mut column).to_owned()).await?;
    }
    let fill = "UPDATE attempts SET (key_id, client, combo) = \
         (SELECT r.key_id, r.client, r.combo FROM requests r WHERE r.id = attempts.request_id) \
         WHERE EXISTS (SELECT 1 FROM requests r WHERE r.id = attempts.request_id)";
    manager.get_connection().execute_unprepared(fill).await?;
    Ok(())
}

const ADDED: [&str; 3] = ["images", "saved_tokens", "saved_cost"];

/// What sums say from now on, as far as requests that are still kept tell.
async fn add_counts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // What the provider stated that it cost.
    for column in [big_integer("images").default(0).to_owned(), big_integer_null("stated_cost")] {
        manager.alter_table(Table::alter().table("requests").add_column(column).to_owned()).await?;
    }
    let image = big_integer_null("image");
    manager.alter_table(Table::alter().table("prices").add_column(image).to_owned()).await?;
    for table in ["usage_hours", "usage_days"] {
        for name in ADDED {
            let column = big_integer(name).default(0).to_owned();
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
    }
    let db = manager.get_connection();
    let none = COUNTS.iter().take(COUNTS.len() - ADDED.len()).chain(&TIMES);
    let none: Vec<&str> = none.copied().collect();
    for (table, length) in [("usage_hours", 3_600_000_i64), ("usage_days", 86_400_000)] {
        // Every request has its sum, so that none of the zeros is ever written.
        let fill = format!(
            "INSERT INTO {table} (period_at, provider_id, model, account_id, key_id, client, combo, {}, \
             images, saved_tokens, saved_cost) \
             SELECT started_at - started_at % {length}, provider_id, model, COALESCE(account_id, 0), \
             COALESCE(key_id, 0), client, combo, {}, 0, CAST(SUM(saved_tokens) AS BIGINT), \
             CAST(SUM(COALESCE(saved_cost, 0)) AS BIGINT) \
             FROM requests WHERE saved_tokens > 0 GROUP BY 1, 2, 3, 4, 5, 6, 7 \
             ON CONFLICT (period_at, provider_id, model, account_id, key_id, client, combo) \
             DO UPDATE SET saved_tokens = excluded.saved_tokens, saved_cost = excluded.saved_cost",
            none.join(", "),
            vec!["0"; none.len()].join(", ")
        );
        db.execute_unprepared(&fill).await?;
    }
    Ok(())
}
