//! What the saver saved, by request, and by the day for good; and what conversations keep of its rules.

use super::entity::{requests, saving_days, savings};
use super::requests::{first_id, pin_of};
use super::rows::insert_rows;
use super::{RequestRecord, Store, StoreError};
use crate::gateway::pins::Pin;
use app::api::saver::SavingRow;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::BTreeMap;
use uuid::Uuid;

const DAY: i64 = 24 * 3_600_000;
const KEY: [saving_days::Column; 5] = [
    saving_days::Column::PeriodAt,
    saving_days::Column::Filter,
    saving_days::Column::Tool,
    saving_days::Column::ProviderId,
    saving_days::Column::Model,
];
const COUNTS: [saving_days::Column; 6] = [
    saving_days::Column::Texts,
    saving_days::Column::BytesBefore,
    saving_days::Column::BytesAfter,
    saving_days::Column::TokensBefore,
    saving_days::Column::TokensAfter,
    saving_days::Column::Cost,
];

/// What was saved on a day with one filter, tool and model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavingDay {
    /// When the day began, Unix ms, UTC.
    pub period_at: i64,
    /// The provider that was asked.
    pub provider_id: String,
    /// Its model.
    pub model: String,
    /// What was saved.
    pub saving: SavingRow,
    /// What the tokens would have cost, USD in units of 10^-9; unknown prices count as nothing.
    pub cost: i64,
}

/// Writes what was saved inside a transaction of the caller's.
pub(super) async fn insert_savings(
    work: &DatabaseTransaction,
    records: &[RequestRecord],
) -> Result<(), StoreError> {
    let saving = records.iter().filter(|record| !record.savings.is_empty());
    let rows: Vec<_> = saving
        .clone()
        .flat_map(|record| {
            (0..).zip(&record.savings).map(|(position, row)| request_row(record.id, position, row))
        })
        .collect();
    insert_rows(work, rows.into_iter()).await?;
    let mut days: BTreeMap<[String; 4], BTreeMap<i64, (SavingRow, i64)>> = BTreeMap::new();
    for record in saving {
        let saved: i64 = record.savings.iter().map(tokens).sum();
        for row in &record.savings {
            let key =
                [row.filter.clone(), row.tool.clone(), record.provider_id.clone(), record.model.clone()];
            let period = record.started_at.div_euclid(DAY) * DAY;
            let (sum, cost) = days.entry(key).or_default().entry(period).or_default();
            crate::usage::savings::add(sum, row);
            // A row's share of what the request saved.
            let share = i128::from(record.saved_cost.unwrap_or(0)) * i128::from(tokens(row));
            *cost += i64::try_from(share / i128::from(Ord::max(saved, 1))).unwrap_or(0);
        }
    }
    let rows = days.into_iter().flat_map(|([filter, tool, provider_id, model], periods)| {
        periods.into_iter().map(move |(period_at, (sum, cost))| saving_days::ActiveModel {
            period_at: Set(period_at),
            filter: Set(filter.clone()),
            tool: Set(tool.clone()),
            provider_id: Set(provider_id.clone()),
            model: Set(model.clone()),
            texts: Set(sum.texts),
            bytes_before: Set(sum.bytes_before),
            bytes_after: Set(sum.bytes_after),
            tokens_before: Set(sum.tokens_before),
            tokens_after: Set(sum.tokens_after),
            cost: Set(cost),
        })
    });
    let rows: Vec<_> = rows.collect();
    let added = COUNTS.map(|column| {
        let old = Expr::col((saving_days::Entity, column));
        (column, old.add(Expr::col((Alias::new("excluded"), column))))
    });
    for chunk in rows.chunks(500) {
        let insert = saving_days::Entity::insert_many(chunk.to_vec())
            .on_conflict(OnConflict::columns(KEY).values(added.clone()).to_owned());
        insert.exec_without_returning(work).await?;
    }
    Ok(())
}

fn tokens(row: &SavingRow) -> i64 {
    row.tokens_before - row.tokens_after
}

fn request_row(request_id: Uuid, position: i32, row: &SavingRow) -> savings::ActiveModel {
    savings::ActiveModel {
        request_id: Set(request_id),
        position: Set(position),
        filter: Set(row.filter.clone()),
        tool: Set(row.tool.clone()),
        texts: Set(row.texts),
        bytes_before: Set(row.bytes_before),
        bytes_after: Set(row.bytes_after),
        tokens_before: Set(row.tokens_before),
        tokens_after: Set(row.tokens_after),
    }
}

/// What was saved in one request.
pub(super) async fn savings_of(
    work: &impl ConnectionTrait,
    request_id: Uuid,
) -> Result<Vec<SavingRow>, StoreError> {
    let rows = savings::Entity::find()
        .filter(savings::Column::RequestId.eq(request_id))
        .order_by_asc(savings::Column::Position)
        .all(work)
        .await?;
    let row = |row: savings::Model| SavingRow {
        filter: row.filter,
        tool: row.tool,
        texts: row.texts,
        bytes_before: row.bytes_before,
        bytes_after: row.bytes_after,
        tokens_before: row.tokens_before,
        tokens_after: row.tokens_after,
    };
    Ok(rows.into_iter().map(row).collect())
}

impl Store {
    /// What the conversations of the requests that arrived at `since` or later keep, and when each was last asked, at most
    /// `most` requests back.
    pub async fn pins(&self, since: i64, most: u64) -> Result<Vec<(u64, Pin, i64)>, StoreError> {
        use requests::Column;
        let rows = requests::Entity::find()
            .select_only()
            .columns([Column::Conversation, Column::StartedAt, Column::SaverLevel])
            .columns([Column::SaverFilters, Column::SaverVersion, Column::Terse])
            .filter(Column::Id.gte(first_id(since)))
            .filter(Column::Conversation.is_not_null())
            .order_by_desc(Column::Id)
            .limit(most)
            .into_tuple::<(i64, i64, String, i32, i32, String)>()
            .all(&self.db)
            .await?;
        // The newest last, so that it is what stands.
        let pins = rows.into_iter().rev().map(|(conversation, at, level, filters, version, terse)| {
            (conversation.cast_unsigned(), pin_of(&level, filters, version, &terse), at)
        });
        Ok(pins.collect())
    }

    /// What was saved on the days that begin at `from` or later.
    pub async fn saving_days(&self, from: i64) -> Result<Vec<SavingDay>, StoreError> {
        let rows = saving_days::Entity::find()
            .filter(saving_days::Column::PeriodAt.gte(from))
            .order_by_asc(saving_days::Column::PeriodAt)
            .all(&self.db)
            .await?;
        let day = |row: saving_days::Model| SavingDay {
            period_at: row.period_at,
            provider_id: row.provider_id,
            model: row.model,
            saving: SavingRow {
                filter: row.filter,
                tool: row.tool,
                texts: row.texts,
                bytes_before: row.bytes_before,
                bytes_after: row.bytes_after,
                tokens_before: row.tokens_before,
                tokens_after: row.tokens_after,
            },
            cost: row.cost,
        };
        Ok(rows.into_iter().map(day).collect())
    }
}
