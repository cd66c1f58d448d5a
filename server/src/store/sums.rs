//! Sums by the hour and by the day, kept for good.

use super::entity::usage_hours;
use super::first_tokens::add_first_tokens;
use super::requests::insert;
use super::sum_tables::{COUNT_COLUMNS, Sums, TIME_COLUMNS};
use super::{RequestRecord, Store, StoreError};
use app::api::requests::Outcome;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use std::collections::{BTreeMap, HashMap};

/// Rows per INSERT: both databases limit the number of bound values to under 32,768 or 65,536.
const CHUNK: usize = 500;

/// What a sum is over. Absent ids are 0, absent names empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SumKey {
    /// Unix ms of the start of the hour or day, UTC.
    pub period_at: i64,
    /// The provider that answered or was tried last.
    pub provider_id: String,
    /// Its model.
    pub model: String,
    /// The account.
    pub account_id: i64,
    /// The caller key.
    pub key_id: i64,
    /// The coding tool.
    pub client: String,
    /// The combo asked for.
    pub combo: String,
}

/// A sum over requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Sum {
    /// All of them.
    pub requests: i64,
    /// Those answered whole.
    pub answered: i64,
    /// Those that got an error.
    pub failed: i64,
    /// Those that broke off.
    pub broken: i64,
    /// Those whose client left.
    pub cancelled: i64,
    /// Those answered after more than one attempt.
    pub fallbacks: i64,
    /// Those whose provider stated no usage.
    pub unstated: i64,
    /// Fresh input tokens.
    pub input_tokens: i64,
    /// Tokens read from the provider's cache.
    pub cache_read_tokens: i64,
    /// Tokens written to the provider's cache.
    pub cache_write_tokens: i64,
    /// Output tokens, reasoning included.
    pub output_tokens: i64,
    /// Output tokens that were reasoning.
    pub reasoning_tokens: i64,
    /// Known cost, USD in units of 10^-9.
    pub cost: i64,
    /// Requests of unknown cost.
    pub cost_unknown: i64,
    /// What covered requests would have cost at list price, where that is known, USD in units of 10^-9.
    pub list_cost: i64,
    /// Covered requests whose list price is unknown.
    pub list_unknown: i64,
    /// Sum of times to the first token.
    pub first_token_ms: i64,
    /// How many such times there are.
    pub first_tokens: i64,
    /// Sum of total times.
    pub total_ms: i64,
    /// Images that were made.
    pub images: i64,
    /// Tokens that the saver took out.
    pub saved_tokens: i64,
    /// What those would have cost at list price, where that is known, USD in units of 10^-9.
    pub saved_cost: i64,
    /// When the last of them arrived, Unix ms.
    pub last_at: i64,
    /// When the last that was answered arrived, Unix ms; 0 when none was.
    pub answered_at: i64,
}

impl Sum {
    /// Adds one request.
    pub fn add(&mut self, record: &RequestRecord) {
        let one = |yes: bool| i64::from(yes);
        let tokens = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.requests += 1;
        self.answered += one(record.outcome == Outcome::Answered);
        self.failed += one(record.outcome == Outcome::Failed);
        self.broken += one(record.outcome == Outcome::Broken);
        self.cancelled += one(record.outcome == Outcome::Cancelled);
        self.fallbacks += one(record.outcome == Outcome::Answered && record.attempt_count > 1);
        // What used nothing is neither unstated nor of unknown cost.
        let reached = record.used();
        self.unstated += one(reached && record.usage.is_none());
        self.cost_unknown += one(reached && record.cost.is_none());
        self.list_unknown += one(record.covered && record.list_cost.is_none());
        self.list_cost += record.list_cost.unwrap_or(0);
        if let Some(usage) = &record.usage {
            self.input_tokens += tokens(usage.input);
            self.cache_read_tokens += tokens(usage.cache_read);
            self.cache_write_tokens += tokens(usage.cache_write);
            self.output_tokens += tokens(usage.output);
            self.reasoning_tokens += tokens(usage.reasoning.unwrap_or(0));
        }
        self.cost += record.cost.unwrap_or(0);
        self.first_token_ms += record.first_token_ms.unwrap_or(0);
        self.first_tokens += one(record.first_token_ms.is_some());
        self.total_ms += record.total_ms;
        self.images += record.images;
        self.saved_tokens += record.saved_tokens;
        self.saved_cost += record.saved_cost.unwrap_or(0);
        self.last_at = Ord::max(self.last_at, record.started_at);
        if record.outcome == Outcome::Answered {
            self.answered_at = Ord::max(self.answered_at, record.started_at);
        }
    }

    fn columns(&self) -> [i64; 24] {
        [
            self.requests,
            self.answered,
            self.failed,
            self.broken,
            self.cancelled,
            self.fallbacks,
            self.unstated,
            self.input_tokens,
            self.cache_read_tokens,
            self.cache_write_tokens,
            self.output_tokens,
            self.reasoning_tokens,
            self.cost,
            self.cost_unknown,
            self.list_cost,
            self.list_unknown,
            self.first_token_ms,
            self.first_tokens,
            self.total_ms,
            self.images,
            self.saved_tokens,
            self.saved_cost,
            self.last_at,
            self.answered_at,
        ]
    }
}

async fn add_sums(
    work: &DatabaseTransaction,
    kept: Sums,
    records: &[RequestRecord],
) -> Result<(), StoreError> {
    let mut sums: BTreeMap<SumKey, Sum> = BTreeMap::new();
    for record in records {
        sums.entry(kept.key_of(record)).or_default().add(record);
    }
    let table = kept.table();
    let added = COUNT_COLUMNS.map(|column| {
        let old = Expr::col((Alias::new(table), Alias::new(column)));
        (Alias::new(column), old.add(Expr::col((Alias::new("excluded"), Alias::new(column)))))
    });
    let later = TIME_COLUMNS.map(|column| {
        let old = Expr::col((Alias::new(table), Alias::new(column)));
        let new = Expr::col((Alias::new("excluded"), Alias::new(column)));
        (Alias::new(column), Expr::case(new.clone().gt(old.clone()), new).finally(old).into())
    });
    let changed: Vec<(Alias, Expr)> = added.into_iter().chain(later).collect();
    let rows: Vec<(SumKey, Sum)> = sums.into_iter().collect();
    for chunk in rows.chunks(CHUNK) {
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(table))
            .columns(kept.names().chain(COUNT_COLUMNS).chain(TIME_COLUMNS).map(Alias::new));
        for (key, sum) in chunk {
            let key = kept.columns(key).into_iter().map(|(_, value)| value);
            insert
                .values(key.chain(sum.columns().map(Expr::value)))
                .map_err(|error| StoreError::Database(sea_orm::DbErr::Custom(error.to_string())))?;
        }
        let key = kept.names().map(Alias::new);
        insert.on_conflict(OnConflict::columns(key).values(changed.clone()).to_owned());
        work.execute(&insert).await?;
    }
    Ok(())
}

impl Store {
    /// Writes requests and adds them to the sums, all or nothing.
    pub async fn write_usage(&self, records: &[RequestRecord]) -> Result<(), StoreError> {
        let work = self.begin().await?;
        insert(&work, records).await?;
        for kept in Sums::ALL {
            add_sums(&work, kept, records).await?;
        }
        add_first_tokens(&work, records).await?;
        Ok(work.commit().await?)
    }

    /// The hourly sums that start within `[from, to)`.
    pub async fn hours(&self, from: i64, to: i64) -> Result<Vec<(SumKey, Sum)>, StoreError> {
        hours_of(&self.db, from, to).await
    }
}

/// The hourly sums that start within `[from, to)`.
pub(super) async fn hours_of(
    on: &impl ConnectionTrait,
    from: i64,
    to: i64,
) -> Result<Vec<(SumKey, Sum)>, StoreError> {
    use usage_hours::Column;
    let find = usage_hours::Entity::find().filter(Column::PeriodAt.gte(from)).filter(Column::PeriodAt.lt(to));
    Ok(find.all(on).await?.into_iter().map(sum_of).collect())
}

fn sum_of(row: usage_hours::Model) -> (SumKey, Sum) {
    let key = SumKey {
        period_at: row.period_at,
        provider_id: row.provider_id,
        model: row.model,
        account_id: row.account_id,
        key_id: row.key_id,
        client: row.client,
        combo: row.combo,
    };
    let sum = Sum {
        requests: row.requests,
        answered: row.answered,
        failed: row.failed,
        broken: row.broken,
        cancelled: row.cancelled,
        fallbacks: row.fallbacks,
        unstated: row.unstated,
        input_tokens: row.input_tokens,
        cache_read_tokens: row.cache_read_tokens,
        cache_write_tokens: row.cache_write_tokens,
        output_tokens: row.output_tokens,
        reasoning_tokens: row.reasoning_tokens,
        cost: row.cost,
        cost_unknown: row.cost_unknown,
        list_cost: row.list_cost,
        list_unknown: row.list_unknown,
        first_token_ms: row.first_token_ms,
        first_tokens: row.first_tokens,
        total_ms: row.total_ms,
        images: row.images,
        saved_tokens: row.saved_tokens,
        saved_cost: row.saved_cost,
        last_at: row.last_at,
        answered_at: row.answered_at,
    };
    (key, sum)
}

impl Store {
    /// Per caller key: how many requests it made, and when it was last used.
    pub async fn key_usage(&self) -> Result<HashMap<i64, (i64, i64)>, StoreError> {
        use usage_hours::Column;
        let rows: Vec<(i64, i64, i64)> = Sums::CallerHours
            .find()
            .column(Column::KeyId)
            .column_as(Column::Requests.sum().cast_as("BIGINT"), "requests")
            .column_as(Column::LastAt.max(), "last")
            .group_by(Column::KeyId)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(|(key, requests, last)| (key, (requests, last))).collect())
    }

    /// Per account that has ever answered: when it last did.
    pub async fn account_usage(&self) -> Result<HashMap<i64, i64>, StoreError> {
        use usage_hours::Column;
        let rows: Vec<(i64, i64)> = Sums::TargetHours
            .find()
            .column(Column::AccountId)
            .column_as(Column::AnsweredAt.max(), "last")
            .filter(Column::Answered.gt(0))
            .group_by(Column::AccountId)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().collect())
    }
}
