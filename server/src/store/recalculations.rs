//! A recalculation of what was recorded: which there is, who works on it, how far it has come.
//!
//! There is one row: the last one. Whoever works on it renews its hold with every hour that is done; a worker that is gone
//! loses it, and another one goes on where it stopped.

use super::entity::recalculations::{ActiveModel, Column, Entity, Model};
use super::entity::usage_hours;
use super::sum_tables::Sums;
use super::{Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
};

const HOUR: i64 = 3_600_000;
/// Its only row.
const ROW: i32 = 1;
/// What is told of at the end: so far back.
const TOLD: i64 = 30 * 24 * HOUR;
/// How long a worker holds it that says nothing.
const HOLD: i64 = 60_000;

/// A recalculation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recalculation {
    /// From then on, Unix ms: the beginning of an hour.
    pub from: i64,
    /// When it was asked for, Unix ms.
    pub began_at: i64,
    /// The first hour that is still to be done.
    pub next_at: i64,
    /// Requests in the sums from then on.
    pub requests: i64,
    /// How many of them are done.
    pub requests_done: i64,
    /// When it ended, Unix ms; `None` while it is under way.
    pub ended_at: Option<i64>,
    /// What the last 30 days had cost before, USD in units of 10^-9.
    pub cost_before: i64,
    /// What they cost after.
    pub cost_after: i64,
    /// Requests of the last 30 days whose cost is unknown after.
    pub unknown_after: i64,
}

fn read(row: &Model) -> Recalculation {
    Recalculation {
        from: row.from_at,
        began_at: row.began_at,
        next_at: row.next_at,
        requests: row.requests,
        requests_done: row.requests_done,
        ended_at: row.ended_at,
        cost_before: row.cost_before,
        cost_after: row.cost_after,
        unknown_after: row.unknown_after,
    }
}

impl Store {
    /// The last recalculation, or the one that is under way.
    pub async fn recalculation(&self) -> Result<Option<Recalculation>, StoreError> {
        Ok(Entity::find_by_id(ROW).one(&self.db).await?.as_ref().map(read))
    }

    /// Asks for one, from the hour of `from` on. [`StoreError::Taken`] while another is under way, at whichever replica.
    pub async fn begin_recalculation(&self, from: i64, now: i64) -> Result<Recalculation, StoreError> {
        let from = from.div_euclid(HOUR) * HOUR;
        let work = self.begin().await?;
        let (requests, ..) = told(&work, from, now).await?;
        let (_, cost_before, _) = told(&work, now - TOLD, now).await?;
        let row = |id| ActiveModel {
            id,
            from_at: Set(from),
            began_at: Set(now),
            next_at: Set(from),
            requests: Set(requests),
            requests_done: Set(0),
            worker: Set(String::new()),
            worker_until: Set(0),
            ended_at: Set(None),
            cost_before: Set(cost_before),
            cost_after: Set(0),
            unknown_after: Set(0),
        };
        let over = Entity::update_many()
            .set(row(sea_orm::ActiveValue::NotSet))
            .filter(Column::Id.eq(ROW))
            .filter(Column::EndedAt.is_not_null());
        if over.exec(&work).await?.rows_affected == 0 {
            // None yet, or one that has not ended: that one stays.
            Entity::insert(row(Set(ROW))).exec_without_returning(&work).await?;
        }
        let begun = Entity::find_by_id(ROW).one(&work).await?.ok_or(StoreError::Missing)?;
        work.commit().await?;
        Ok(read(&begun))
    }

    /// Takes the work on the one that is under way; `None` where there is none, or another is at it.
    pub async fn take_recalculation(&self, now: i64) -> Result<Option<Recalculation>, StoreError> {
        let free = Condition::any().add(Column::Worker.eq(&self.origin)).add(Column::WorkerUntil.lt(now));
        let taken = Entity::update_many()
            .col_expr(Column::Worker, Expr::value(self.origin.clone()))
            .col_expr(Column::WorkerUntil, Expr::value(now + HOLD))
            .filter(Column::Id.eq(ROW))
            .filter(Column::EndedAt.is_null())
            .filter(free)
            .exec(&self.db)
            .await?;
        if taken.rows_affected == 0 { Ok(None) } else { self.recalculation().await }
    }

    /// Lets go of the work, so that another goes on with it at once.
    pub async fn leave_recalculation(&self) -> Result<(), StoreError> {
        let mine = Entity::update_many().filter(Column::Worker.eq(&self.origin));
        mine.col_expr(Column::WorkerUntil, Expr::value(0_i64)).exec(&self.db).await?;
        Ok(())
    }

    /// The next hour that anything was used in, as far as the recalculation goes.
    pub async fn next_recalculated(&self, job: &Recalculation) -> Result<Option<i64>, StoreError> {
        let hour: Option<Option<i64>> = Sums::TargetHours
            .find()
            .column_as(usage_hours::Column::PeriodAt.min(), "hour")
            .filter(usage_hours::Column::PeriodAt.gte(job.next_at))
            .filter(usage_hours::Column::PeriodAt.lte(job.began_at))
            .into_tuple()
            .one(&self.db)
            .await?;
        Ok(hour.flatten())
    }

    /// Says that it is done, and what the last 30 days cost now. [`StoreError::Missing`] where another has it by now.
    pub async fn end_recalculation(
        &self,
        job: &Recalculation,
        now: i64,
    ) -> Result<Recalculation, StoreError> {
        let (_, cost, unknown) = told(&self.db, job.began_at - TOLD, job.began_at).await?;
        let ended = Entity::update_many()
            .col_expr(Column::EndedAt, Expr::value(now))
            .col_expr(Column::CostAfter, Expr::value(cost))
            .col_expr(Column::UnknownAfter, Expr::value(unknown))
            .col_expr(Column::RequestsDone, Expr::col(Column::Requests))
            .filter(Column::Id.eq(ROW))
            .filter(Column::Worker.eq(&self.origin))
            .filter(Column::EndedAt.is_null());
        if ended.exec(&self.db).await?.rows_affected == 0 {
            return Err(StoreError::Missing);
        }
        self.recalculation().await?.ok_or(StoreError::Missing)
    }

    /// Notes inside a transaction that an hour is done. [`StoreError::Missing`] where another has the work by now.
    pub(super) async fn note_recalculated(
        &self,
        work: &DatabaseTransaction,
        hour: i64,
        requests: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        let noted = Entity::update_many()
            .col_expr(Column::NextAt, Expr::value(hour + HOUR))
            .col_expr(Column::RequestsDone, Expr::col(Column::RequestsDone).add(requests))
            .col_expr(Column::WorkerUntil, Expr::value(now + HOLD))
            .filter(Column::Id.eq(ROW))
            .filter(Column::Worker.eq(&self.origin))
            .filter(Column::NextAt.lte(hour))
            .filter(Column::EndedAt.is_null());
        match noted.exec(work).await?.rows_affected {
            0 => Err(StoreError::Missing),
            _ => Ok(()),
        }
    }
}

/// Requests in the hours of a stretch, what they cost, and of how many that is unknown.
async fn told(on: &impl ConnectionTrait, from: i64, to: i64) -> Result<(i64, i64, i64), StoreError> {
    use usage_hours::Column;
    let sum = |column: Column| {
        Expr::expr(Func::coalesce([Expr::expr(column.sum()), Expr::value(0_i64)])).cast_as("BIGINT")
    };
    let found: Option<(i64, i64, i64)> = Sums::TargetHours
        .find()
        .expr_as(sum(Column::Requests), "requests")
        .expr_as(sum(Column::Cost), "cost")
        .expr_as(sum(Column::CostUnknown), "unknown")
        .filter(Column::PeriodAt.gte(from.div_euclid(HOUR) * HOUR))
        .filter(Column::PeriodAt.lte(to))
        .into_tuple()
        .one(on)
        .await?;
    Ok(found.unwrap_or_default())
}
