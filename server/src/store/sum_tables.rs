//! Where sums are kept.
//!
//! Those of an hour are kept three times: by everything, by target and account alone, and by caller alone. A month by
//! everything is ten to twenty times as many rows as either, and most questions are about one of the two.

use super::entity::usage_hours;
use super::requests::first_id;
use super::{RequestRecord, Store, StoreError, SumKey};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QuerySelect, Select, Statement};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// What is added up.
pub(super) const COUNT_COLUMNS: [&str; 22] = [
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

/// Of these the later counts, where the others are added up.
pub(super) const TIME_COLUMNS: [&str; 2] = ["last_at", "answered_at"];

/// Where sums are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sums {
    /// By the hour and by everything.
    Hours,
    /// By the day and by everything.
    Days,
    /// By the hour, by provider, model and account.
    TargetHours,
    /// By the hour, by caller key, client and combo.
    CallerHours,
}

impl Sums {
    /// In the order in which they are written: whoever holds the first may count on nobody being at the others.
    pub(super) const ALL: [Self; 4] = [Self::Hours, Self::Days, Self::TargetHours, Self::CallerHours];

    /// The table.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Hours => "usage_hours",
            Self::Days => "usage_days",
            Self::TargetHours => "usage_target_hours",
            Self::CallerHours => "usage_caller_hours",
        }
    }

    /// A question about hours. Whoever asks less of them than everything names only columns that are there.
    pub(super) fn find(self) -> Select<usage_hours::Entity> {
        let mut find = usage_hours::Entity::find().select_only();
        // Under one name, what is asked can be written without knowing where it is read.
        let hours = Alias::new(Self::Hours.table());
        QuerySelect::query(&mut find).from_clear().from_as(Alias::new(self.table()), hours);
        find
    }

    /// The columns of its key, and what they hold.
    pub(super) fn columns(self, key: &SumKey) -> Vec<(&'static str, Expr)> {
        let period = [("period_at", Expr::value(key.period_at))];
        let target = [
            ("provider_id", Expr::value(key.provider_id.clone())),
            ("model", Expr::value(key.model.clone())),
            ("account_id", Expr::value(key.account_id)),
        ];
        let caller = [
            ("key_id", Expr::value(key.key_id)),
            ("client", Expr::value(key.client.clone())),
            ("combo", Expr::value(key.combo.clone())),
        ];
        match self {
            Self::Hours | Self::Days => period.into_iter().chain(target).chain(caller).collect(),
            Self::TargetHours => period.into_iter().chain(target).collect(),
            Self::CallerHours => period.into_iter().chain(caller).collect(),
        }
    }

    /// Their names.
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        self.columns(&SumKey::default()).into_iter().map(|(name, _)| name)
    }

    /// The sum that a request belongs to.
    pub(super) fn key_of(self, record: &RequestRecord) -> SumKey {
        let length = if self == Self::Days { DAY } else { HOUR };
        let mut key =
            SumKey { period_at: record.started_at.div_euclid(length) * length, ..SumKey::default() };
        if self != Self::CallerHours {
            key.provider_id.clone_from(&record.provider_id);
            key.model.clone_from(&record.model);
            key.account_id = record.account_id.unwrap_or(0);
        }
        if self != Self::TargetHours {
            key.key_id = record.key_id.unwrap_or(0);
            key.client.clone_from(&record.client);
            key.combo.clone_from(&record.combo);
        }
        key
    }
}

/// Keeps writers away from the sums until the transaction ends: whoever writes comes to these before the others. SQLite has
/// one writer at a time anyway.
pub(super) async fn lock(work: &DatabaseTransaction) -> Result<(), StoreError> {
    if work.get_database_backend() == DbBackend::Postgres {
        let lock = "LOCK TABLE usage_hours, usage_days IN SHARE ROW EXCLUSIVE MODE";
        work.execute_unprepared(lock).await?;
    }
    Ok(())
}

impl Store {
    /// Adds up anew the hours since a time, Unix ms, that a replica of an older version has written, which knew of no sums
    /// by less than everything; and says of its attempts whose they were. Gives how many hours there were.
    pub async fn mend_sums(&self, since: i64) -> Result<usize, StoreError> {
        let counted = |kept: Sums| {
            let table = kept.table();
            format!(
                "(SELECT period_at, SUM(requests) AS requests, SUM(cost) AS cost, SUM(list_cost) AS list_cost \
                 FROM {table} WHERE period_at >= {since} GROUP BY period_at)"
            )
        };
        let (all, less) = (counted(Sums::Hours), counted(Sums::TargetHours));
        let differ = format!(
            "SELECT a.period_at FROM {all} a LEFT JOIN {less} b ON b.period_at = a.period_at \
             WHERE b.requests IS NULL OR b.requests <> a.requests OR b.cost <> a.cost OR b.list_cost <> a.list_cost"
        );
        let rows =
            self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), differ)).await?;
        for row in &rows {
            let work = self.begin().await?;
            lock(&work).await?;
            rebuild(&work, row.try_get_by_index(0)?).await?;
            work.commit().await?;
        }
        let first = first_id(since).simple();
        let first = match self.db.get_database_backend() {
            DbBackend::Postgres => format!("'{first}'"),
            _ => format!("x'{first}'"),
        };
        let untold = format!(
            "UPDATE attempts SET (key_id, client, combo) = \
             (SELECT r.key_id, r.client, r.combo FROM requests r WHERE r.id = attempts.request_id) \
             WHERE client = '' AND request_id >= {first} AND EXISTS \
             (SELECT 1 FROM requests r WHERE r.id = attempts.request_id AND r.client <> '')"
        );
        self.db.execute_unprepared(&untold).await?;
        Ok(rows.len())
    }
}

/// Adds up an hour anew where less is told apart than everything.
pub(super) async fn rebuild(work: &DatabaseTransaction, hour: i64) -> Result<(), StoreError> {
    let column = |name| Expr::col(Alias::new(name));
    for kept in [Sums::TargetHours, Sums::CallerHours] {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(kept.table())).cond_where(column("period_at").eq(hour));
        work.execute(&delete).await?;
        let mut sums = Query::select();
        sums.from(Alias::new(Sums::Hours.table())).cond_where(column("period_at").eq(hour));
        for name in kept.names() {
            sums.column(Alias::new(name)).group_by_col(Alias::new(name));
        }
        for name in COUNT_COLUMNS {
            // PostgreSQL sums whole numbers to a type without end.
            sums.expr(Expr::expr(Func::sum(column(name))).cast_as("BIGINT"));
        }
        for name in TIME_COLUMNS {
            sums.expr(Func::max(column(name)));
        }
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(kept.table()))
            .columns(kept.names().chain(COUNT_COLUMNS).chain(TIME_COLUMNS).map(Alias::new))
            .select_from(sums)
            .map_err(|error| StoreError::Database(sea_orm::DbErr::Custom(error.to_string())))?;
        work.execute(&insert).await?;
    }
    Ok(())
}
