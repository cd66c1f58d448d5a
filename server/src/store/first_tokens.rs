//! How long first tokens took, by the hour and by classes of time.

use super::entity::first_tokens::{ActiveModel, Column, Entity};
use super::usage::Slice;
use super::{RequestRecord, Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;
/// Each class of time is this much longer than the one before: a percentile is off by a twentieth at most.
const STEP: f64 = 1.1;
/// Longer times count as this class: more than four hours.
const LAST: i32 = 174;

/// How long first tokens of one target took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstTokens {
    /// The provider.
    pub provider_id: String,
    /// Its model.
    pub model: String,
    /// Requests by class of time.
    classes: BTreeMap<i32, i64>,
}

impl FirstTokens {
    /// How many requests there were.
    pub fn requests(&self) -> i64 {
        self.classes.values().sum()
    }

    /// The time, in ms, that so many thousandths of the requests stayed within; `None` where there were none.
    pub fn within(&self, permille: i64) -> Option<i64> {
        let wanted = (self.requests() * permille + 999) / 1000;
        let mut so_far = 0;
        self.classes.iter().find_map(|(class, requests)| {
            so_far += requests;
            (so_far >= wanted).then(|| middle(*class))
        })
    }
}

/// The class of a time in ms.
fn class(ms: i64) -> i32 {
    let class = (Ord::max(ms, 1) as f64).log(STEP).floor();
    Ord::clamp(class as i32, 0, LAST)
}

/// The middle of a class, in ms.
fn middle(class: i32) -> i64 {
    (STEP.powi(class) * STEP.sqrt()).round() as i64
}

/// Counts the first tokens of some requests inside a transaction of the caller's.
pub(super) async fn add_first_tokens(
    work: &DatabaseTransaction,
    records: &[RequestRecord],
) -> Result<(), StoreError> {
    let mut counts: BTreeMap<(i64, &str, &str, i32), i64> = BTreeMap::new();
    for record in records {
        let Some(ms) = record.first_token_ms else { continue };
        let period = record.started_at.div_euclid(HOUR) * HOUR;
        *counts.entry((period, &record.provider_id, &record.model, class(ms))).or_default() += 1;
    }
    let rows: Vec<_> = counts
        .into_iter()
        .map(|((period_at, provider_id, model, class), requests)| ActiveModel {
            period_at: Set(period_at),
            provider_id: Set(provider_id.to_owned()),
            model: Set(model.to_owned()),
            class: Set(class),
            requests: Set(requests),
        })
        .collect();
    let old = Expr::col((Entity, Column::Requests));
    let added = old.add(Expr::col((Alias::new("excluded"), Column::Requests)));
    let key = [Column::PeriodAt, Column::ProviderId, Column::Model, Column::Class];
    for chunk in rows.chunks(500) {
        let conflict = OnConflict::columns(key).value(Column::Requests, added.clone()).to_owned();
        Entity::insert_many(chunk.to_vec()).on_conflict(conflict).exec_without_returning(work).await?;
    }
    Ok(())
}

impl Store {
    /// How long first tokens took, by target, the most asked first. Of a slice only its time, provider and model count:
    /// whose requests they were is not kept.
    pub async fn first_tokens(&self, slice: &Slice) -> Result<Vec<FirstTokens>, StoreError> {
        let mut find = Entity::find()
            .select_only()
            .columns([Column::ProviderId, Column::Model, Column::Class])
            .column_as(Column::Requests.sum().cast_as("BIGINT"), "requests")
            .filter(Column::PeriodAt.gte(slice.from))
            .filter(Column::PeriodAt.lt(slice.to))
            .group_by(Column::ProviderId)
            .group_by(Column::Model)
            .group_by(Column::Class);
        if let Some(provider) = &slice.provider {
            find = find.filter(Column::ProviderId.eq(provider));
        }
        if let Some((provider, model)) = &slice.target {
            find = find.filter(Column::ProviderId.eq(provider)).filter(Column::Model.eq(model));
        }
        let rows: Vec<(String, String, i32, i64)> = find.into_tuple().all(&self.db).await?;
        let mut targets: BTreeMap<(String, String), BTreeMap<i32, i64>> = BTreeMap::new();
        for (provider_id, model, class, requests) in rows {
            *targets.entry((provider_id, model)).or_default().entry(class).or_default() += requests;
        }
        let mut targets: Vec<_> = targets
            .into_iter()
            .map(|((provider_id, model), classes)| FirstTokens { provider_id, model, classes })
            .collect();
        targets.sort_by_key(|target| std::cmp::Reverse(target.requests()));
        Ok(targets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_off_by_a_twentieth_at_most() {
        let mut tokens = FirstTokens::default();
        for ms in 1..=1000 {
            *tokens.classes.entry(class(ms)).or_default() += 1;
        }
        for permille in [500, 900, 990] {
            let (told, true_one) = (tokens.within(permille).unwrap(), permille);
            assert!((told - true_one).abs() * 20 <= true_one, "{permille}: {told}");
        }
        assert_eq!(FirstTokens::default().within(500), None);
    }

    #[test]
    fn every_time_has_a_class() {
        assert_eq!((class(0), class(1), class(i64::MAX)), (0, 0, LAST));
    }
}
