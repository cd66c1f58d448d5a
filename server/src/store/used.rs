//! What an account used since a moment, by model: for limits that nobody but us counts.

use super::entity::requests::{Column, Entity};
use super::requests::first_id;
use super::{Store, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// What an account used of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedModel {
    /// The model.
    pub model: String,
    /// Requests it was asked.
    pub requests: i64,
    /// Tokens of all kinds.
    pub tokens: i64,
    /// When the first of them was, Unix ms.
    pub first_at: i64,
}

impl Store {
    /// What an account used since then, Unix ms, as far as single requests are kept.
    pub async fn used_models(&self, account: i64, since: i64) -> Result<Vec<UsedModel>, StoreError> {
        let count = |column: Column| Expr::expr(Func::coalesce([Expr::col(column), Expr::val(0_i64)]));
        let tokens = [Column::CacheReadTokens, Column::CacheWriteTokens, Column::OutputTokens]
            .into_iter()
            .fold(count(Column::InputTokens), |sum, column| sum.add(count(column)));
        // PostgreSQL sums whole numbers to a type without end.
        let sum = Expr::expr(Func::sum(tokens)).cast_as("BIGINT");
        let rows: Vec<(String, i64, Option<i64>, i64)> = Entity::find()
            .select_only()
            .column(Column::Model)
            .column_as(Column::Id.count(), "requests")
            .column_as(sum, "tokens")
            .column_as(Column::StartedAt.min(), "first")
            .filter(Column::Id.gte(first_id(since)))
            .filter(Column::AccountId.eq(account))
            .group_by(Column::Model)
            .into_tuple()
            .all(&self.db)
            .await?;
        let used = |(model, requests, tokens, first_at): (String, i64, Option<i64>, i64)| UsedModel {
            model,
            requests,
            tokens: tokens.unwrap_or(0),
            first_at,
        };
        Ok(rows.into_iter().map(used).collect())
    }
}
