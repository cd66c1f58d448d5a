//! What accounts and targets of combos used, as budgets want to know it: by the day.

use super::entity::usage_days::{Column, Entity};
use super::{RequestRecord, Store, StoreError};
use app::api::combos::Spent;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// What one account used for one model, asked for under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    /// When, Unix ms: the moment of a request, or the start of a day.
    pub at: i64,
    /// The account; 0 when none.
    pub account_id: i64,
    /// Its provider.
    pub provider_id: String,
    /// The model.
    pub model: String,
    /// The combo asked for; empty when none.
    pub combo: String,
    /// How much.
    pub spent: Spent,
}

impl Spending {
    /// What one request used.
    pub fn of(record: &RequestRecord) -> Self {
        let tokens = record.usage.as_ref().map_or(0, |usage| {
            let counts = [usage.input, usage.cache_read, usage.cache_write, usage.output];
            counts.into_iter().fold(0, u64::saturating_add)
        });
        Self {
            at: record.started_at,
            account_id: record.account_id.unwrap_or(0),
            provider_id: record.provider_id.clone(),
            model: record.model.clone(),
            combo: record.combo.clone(),
            spent: Spent {
                tokens: i64::try_from(tokens).unwrap_or(i64::MAX),
                cost: record.cost.unwrap_or(0),
            },
        }
    }
}

impl Store {
    /// What was used on the days that start at `from` or later.
    pub async fn spending(&self, from: i64) -> Result<Vec<Spending>, StoreError> {
        let columns = [Column::CacheReadTokens, Column::CacheWriteTokens, Column::OutputTokens];
        let tokens = columns
            .into_iter()
            .fold(Expr::col(Column::InputTokens), |sum, column| sum.add(Expr::col(column)));
        type Row = (i64, i64, String, String, String, i64, i64);
        let rows: Vec<Row> = Entity::find()
            .select_only()
            .column(Column::PeriodAt)
            .column(Column::AccountId)
            .column(Column::ProviderId)
            .column(Column::Model)
            .column(Column::Combo)
            // PostgreSQL sums up to a NUMERIC.
            .column_as(Expr::from(Func::sum(tokens)).cast_as("BIGINT"), "tokens")
            .column_as(Column::Cost.sum().cast_as("BIGINT"), "costs")
            .filter(Column::PeriodAt.gte(from))
            .group_by(Column::PeriodAt)
            .group_by(Column::AccountId)
            .group_by(Column::ProviderId)
            .group_by(Column::Model)
            .group_by(Column::Combo)
            .into_tuple()
            .all(&self.db)
            .await?;
        let spending = rows.into_iter().map(|(at, account_id, provider_id, model, combo, tokens, cost)| {
            Spending { at, account_id, provider_id, model, combo, spent: Spent { tokens, cost } }
        });
        Ok(spending.collect())
    }
}
