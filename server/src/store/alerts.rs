//! Alerts of limits that are nearly used up, and where they go. Of several replicas one raises an alert: whoever writes
//! its row.

use super::entity::alerts::{ActiveModel, Column, Entity, Model};
use super::entity::settings;
use super::{Store, StoreError};
use crate::config::Secret;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, TryInsertResult};

/// The place that a webhook is sealed for.
const PLACE: &str = "settings/webhook";

/// Which limit of which account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The account.
    pub account: i64,
    /// Its name for people.
    pub window: String,
    /// The models it is for; empty: all.
    pub model: String,
    /// What it counts.
    pub unit: String,
}

/// How far a limit is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// In thousandths.
    pub used_permille: u32,
    /// When it begins anew, Unix ms; `None`: it does not, or that is not said.
    pub resets_at: Option<i64>,
    /// When that was known, Unix ms.
    pub known_at: i64,
}

/// An alert as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAlert {
    /// Stays the same for life.
    pub id: i64,
    /// What it is about.
    pub limit: Limit,
    /// What was passed, in hundredths.
    pub threshold: u32,
    /// How far the limit was used then, and when it begins anew.
    pub reached: Reached,
    /// When it was raised, Unix ms.
    pub raised_at: i64,
    /// Whether a person has seen it.
    pub seen: bool,
    /// Whether the limit has begun anew since.
    pub over: bool,
}

/// When alerts are raised, and where they go beside the dashboard.
#[derive(Clone, Debug)]
pub struct StoredAlerting {
    /// In hundredths, ascending.
    pub thresholds: Vec<u32>,
    /// Whole, with its secrets.
    pub webhook: Option<Secret>,
    /// Whether it may be on a private network.
    pub private_network: bool,
    /// When an alert could not be delivered, Unix ms, and why; `None` when the last one was.
    pub failed: Option<(i64, String)>,
}

/// Thresholds as one column holds them.
pub(super) fn thresholds_text(thresholds: &[u32]) -> String {
    thresholds.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn alert_of(row: Model) -> StoredAlert {
    StoredAlert {
        id: row.id,
        limit: Limit { account: row.account_id, window: row.window_name, model: row.model, unit: row.unit },
        threshold: row.threshold.unsigned_abs(),
        reached: Reached {
            used_permille: row.used_permille.unsigned_abs(),
            resets_at: row.resets_at,
            known_at: row.known_at,
        },
        raised_at: row.raised_at,
        seen: row.seen_at.is_some(),
        over: row.over_at.is_some(),
    }
}

fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl Store {
    /// When alerts are raised, and where they go.
    pub async fn alerting(&self) -> Result<StoredAlerting, StoreError> {
        let row = settings::Entity::find_by_id(1).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let sealed = row.sealed_webhook.as_deref();
        Ok(StoredAlerting {
            thresholds: row.alert_thresholds.split(',').filter_map(|part| part.parse().ok()).collect(),
            webhook: sealed.map(|sealed| self.seal.unseal(PLACE, sealed)).transpose()?,
            private_network: row.webhook_private,
            failed: row.webhook_failed_at.map(|at| (at, row.webhook_why)),
        })
    }

    /// Says when alerts are raised and where they go. Alerts of thresholds that are gone go, too; of another webhook
    /// nothing has failed yet.
    pub async fn save_alerting(&self, alerting: &StoredAlerting) -> Result<(), StoreError> {
        let work = self.begin().await?;
        let webhook = alerting.webhook.as_ref();
        let row = settings::ActiveModel {
            id: Unchanged(1),
            alert_thresholds: Set(thresholds_text(&alerting.thresholds)),
            sealed_webhook: Set(webhook.map(|url| self.seal.seal(PLACE, url.reveal()))),
            webhook_private: Set(alerting.private_network),
            webhook_failed_at: Set(alerting.failed.as_ref().map(|(at, _)| *at)),
            webhook_why: Set(alerting.failed.as_ref().map(|(_, why)| why.clone()).unwrap_or_default()),
            ..Default::default()
        };
        row.update(&work).await?;
        let kept = alerting.thresholds.iter().map(|threshold| whole(*threshold));
        Entity::delete_many().filter(Column::Threshold.is_not_in(kept)).exec(&work).await?;
        Ok(work.commit().await?)
    }

    /// Writes down that an alert could not be delivered, when and why, or that the last one was.
    pub async fn note_delivery(&self, failed: Option<(i64, &str)>) -> Result<(), StoreError> {
        let (at, why) = failed.unzip();
        let mut update = settings::Entity::update_many()
            .col_expr(settings::Column::WebhookFailedAt, Expr::value(at))
            .col_expr(settings::Column::WebhookWhy, Expr::value(why.unwrap_or_default()));
        if failed.is_none() {
            update = update.filter(settings::Column::WebhookFailedAt.is_not_null());
        }
        update.exec(&self.db).await?;
        Ok(())
    }

    /// All alerts, those that are over among them.
    pub async fn alerts(&self) -> Result<Vec<StoredAlert>, StoreError> {
        Ok(Entity::find().all(&self.db).await?.into_iter().map(alert_of).collect())
    }

    /// Raises the alerts of these thresholds, the highest first, unless the highest is open, or was over later than
    /// `reached` was known. `true`: whoever asks has raised it and tells people. Lower ones are written down beside it
    /// and told to nobody.
    pub async fn raise_alert(
        &self,
        limit: &Limit,
        thresholds: &[u32],
        reached: Reached,
        now: i64,
    ) -> Result<bool, StoreError> {
        let work = self.begin().await?;
        for (place, threshold) in thresholds.iter().enumerate() {
            let raised = raise(&work, limit, *threshold, reached, now).await?;
            if place == 0 && !raised {
                return Ok(false);
            }
        }
        work.commit().await?;
        Ok(!thresholds.is_empty())
    }

    /// The limit of an alert begins anew at another time than was thought.
    pub async fn move_alert(&self, alert: &StoredAlert, resets_at: Option<i64>) -> Result<(), StoreError> {
        let update = Entity::update_many().col_expr(Column::ResetsAt, Expr::value(resets_at));
        update.filter(as_read(alert)).exec(&self.db).await?;
        Ok(())
    }

    /// The limit of an alert has begun anew by what was known at `known_at`.
    pub async fn end_alert(&self, alert: &StoredAlert, known_at: i64) -> Result<(), StoreError> {
        let update = Entity::update_many().col_expr(Column::OverAt, Expr::value(known_at));
        update.filter(as_read(alert)).filter(Column::OverAt.is_null()).exec(&self.db).await?;
        Ok(())
    }

    /// The same of every alert whose limit was to begin anew before this.
    pub async fn end_passed_alerts(&self, before: i64) -> Result<(), StoreError> {
        let update = Entity::update_many().col_expr(Column::OverAt, Expr::value(before));
        update.filter(Column::OverAt.is_null()).filter(Column::ResetsAt.lt(before)).exec(&self.db).await?;
        Ok(())
    }

    /// A person has seen an alert, and with it those of lower thresholds of the same limit.
    pub async fn see_alert(&self, id: i64, now: i64) -> Result<(), StoreError> {
        let row = Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let threshold = row.threshold;
        Entity::update_many()
            .col_expr(Column::SeenAt, Expr::value(now))
            .filter(of_limit(&alert_of(row).limit))
            .filter(Column::Threshold.lte(threshold))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Forgets alerts that were over before this.
    pub async fn sweep_alerts(&self, before: i64) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::OverAt.lt(before)).exec(&self.db).await?;
        Ok(())
    }
}

fn of_limit(limit: &Limit) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(Column::AccountId.eq(limit.account))
        .add(Column::WindowName.eq(&limit.window))
        .add(Column::Model.eq(&limit.model))
        .add(Column::Unit.eq(&limit.unit))
}

/// The alert, unless another replica has raised it again since it was read.
fn as_read(alert: &StoredAlert) -> sea_orm::Condition {
    sea_orm::Condition::all().add(Column::Id.eq(alert.id)).add(Column::RaisedAt.eq(alert.raised_at))
}

/// Raises one alert: `false` when it is open, or was over later than `reached` was known.
async fn raise(
    work: &impl ConnectionTrait,
    limit: &Limit,
    threshold: u32,
    reached: Reached,
    now: i64,
) -> Result<bool, StoreError> {
    let again = Entity::update_many()
        .col_expr(Column::UsedPermille, Expr::value(whole(reached.used_permille)))
        .col_expr(Column::ResetsAt, Expr::value(reached.resets_at))
        .col_expr(Column::KnownAt, Expr::value(reached.known_at))
        .col_expr(Column::RaisedAt, Expr::value(now))
        .col_expr(Column::SeenAt, Expr::value(None::<i64>))
        .col_expr(Column::OverAt, Expr::value(None::<i64>))
        .filter(of_limit(limit))
        .filter(Column::Threshold.eq(whole(threshold)))
        .filter(Column::OverAt.lte(reached.known_at))
        .exec(work)
        .await?;
    if again.rows_affected > 0 {
        return Ok(true);
    }
    let row = ActiveModel {
        account_id: Set(limit.account),
        window_name: Set(limit.window.clone()),
        model: Set(limit.model.clone()),
        unit: Set(limit.unit.clone()),
        threshold: Set(whole(threshold)),
        used_permille: Set(whole(reached.used_permille)),
        resets_at: Set(reached.resets_at),
        known_at: Set(reached.known_at),
        raised_at: Set(now),
        ..Default::default()
    };
    let one = [Column::AccountId, Column::WindowName, Column::Model, Column::Unit, Column::Threshold];
    let written = Entity::insert(row).on_conflict_do_nothing_on(one).exec_without_returning(work).await?;
    Ok(matches!(written, TryInsertResult::Inserted(rows) if rows > 0))
}
