//! Names of one's own for models: combos and aliases.

use super::entity::{aliases, combo_targets, combos};
use super::words::{budget_columns, budget_of, strategy_of};
use super::{Store, StoreError};
use app::api::combos::{Alias, Combo, ComboTarget};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

fn target_of(row: &combo_targets::Model) -> ComboTarget {
    let budget = (row.budget_measure.clone(), row.budget_amount, row.budget_period.clone());
    ComboTarget {
        model: row.model.clone(),
        enabled: row.enabled,
        weight: row.weight,
        budget: budget_of(budget),
    }
}

fn target_row(combo: &str, position: i32, target: &ComboTarget) -> combo_targets::ActiveModel {
    let (measure, amount, period) = budget_columns(target.budget);
    combo_targets::ActiveModel {
        combo: Set(combo.to_owned()),
        position: Set(position),
        model: Set(target.model.clone()),
        enabled: Set(target.enabled),
        weight: Set(target.weight),
        budget_measure: Set(measure),
        budget_amount: Set(amount),
        budget_period: Set(period),
    }
}

/// Combos that name a combo or alias go on naming it when it is called something else.
async fn rename_targets(work: &DatabaseTransaction, old: Option<&str>, new: &str) -> Result<(), StoreError> {
    let Some(old) = old.filter(|old| *old != new) else { return Ok(()) };
    combo_targets::Entity::update_many()
        .col_expr(combo_targets::Column::Model, Expr::value(new))
        .filter(combo_targets::Column::Model.eq(old))
        .exec(work)
        .await?;
    Ok(())
}

impl Store {
    /// All combos, by name.
    pub async fn combos(&self) -> Result<Vec<Combo>, StoreError> {
        let targets =
            combo_targets::Entity::find().order_by_asc(combo_targets::Column::Position).all(&self.db).await?;
        let rows = combos::Entity::find().order_by_asc(combos::Column::Name).all(&self.db).await?;
        let targets_of = |name: &str| targets.iter().filter(|row| row.combo == name).map(target_of).collect();
        Ok(rows
            .into_iter()
            .map(|row| Combo {
                targets: targets_of(&row.name),
                name: row.name,
                enabled: row.enabled,
                strategy: strategy_of(&row.strategy),
                first_token_ms: row.first_token_ms,
                stall_ms: row.stall_ms,
                hedge: row.hedge,
                rescue: row.rescue,
                max_attempts: row.max_attempts,
                terse: row.terse.parse().unwrap_or_default(),
            })
            .collect())
    }

    /// Makes a combo, or replaces the one called `replaces`.
    pub async fn save_combo(
        &self,
        replaces: Option<&str>,
        combo: &Combo,
        now: i64,
    ) -> Result<(), StoreError> {
        let work = self.begin().await?;
        if let Some(old) = replaces {
            let deleted = combos::Entity::delete_by_id(old).exec(&work).await?;
            if deleted.rows_affected == 0 {
                return Err(StoreError::Missing);
            }
        }
        let row = combos::ActiveModel {
            name: Set(combo.name.clone()),
            enabled: Set(combo.enabled),
            created_at: Set(now),
            strategy: Set(combo.strategy.as_str().to_owned()),
            first_token_ms: Set(combo.first_token_ms),
            stall_ms: Set(combo.stall_ms),
            hedge: Set(combo.hedge),
            rescue: Set(combo.rescue),
            max_attempts: Set(combo.max_attempts),
            terse: Set(combo.terse.word().to_owned()),
        };
        combos::Entity::insert(row).exec_without_returning(&work).await?;
        rename_targets(&work, replaces, &combo.name).await?;
        let targets: Vec<combo_targets::ActiveModel> = (0..)
            .zip(&combo.targets)
            .map(|(position, target)| target_row(&combo.name, position, target))
            .collect();
        if !targets.is_empty() {
            combo_targets::Entity::insert_many(targets).exec_without_returning(&work).await?;
        }
        Ok(work.commit().await?)
    }

    /// Deletes a combo.
    pub async fn delete_combo(&self, name: &str) -> Result<(), StoreError> {
        let deleted = combos::Entity::delete_by_id(name).exec(&self.db).await?;
        if deleted.rows_affected == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }

    /// All aliases, by name.
    pub async fn aliases(&self) -> Result<Vec<Alias>, StoreError> {
        let rows = aliases::Entity::find().order_by_asc(aliases::Column::Name).all(&self.db).await?;
        Ok(rows.into_iter().map(|row| Alias { name: row.name, model: row.model }).collect())
    }

    /// Makes an alias, or replaces the one called `replaces`.
    pub async fn save_alias(
        &self,
        replaces: Option<&str>,
        alias: &Alias,
        now: i64,
    ) -> Result<(), StoreError> {
        let work = self.begin().await?;
        if let Some(old) = replaces {
            let deleted =
                aliases::Entity::delete_many().filter(aliases::Column::Name.eq(old)).exec(&work).await?;
            if deleted.rows_affected == 0 {
                return Err(StoreError::Missing);
            }
        }
        let row = aliases::ActiveModel {
            name: Set(alias.name.clone()),
            model: Set(alias.model.clone()),
            created_at: Set(now),
        };
        aliases::Entity::insert(row).exec_without_returning(&work).await?;
        rename_targets(&work, replaces, &alias.name).await?;
        Ok(work.commit().await?)
    }

    /// Deletes an alias.
    pub async fn delete_alias(&self, name: &str) -> Result<(), StoreError> {
        let deleted = aliases::Entity::delete_by_id(name).exec(&self.db).await?;
        if deleted.rows_affected == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
