//! In which order a provider's accounts are tried, where a person said so.

use super::entity::rotations::{ActiveModel, Column, Entity};
use super::words::{rotation_of, rotation_word};
use super::{Store, StoreError};
use app::api::providers::Rotation;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;
use std::collections::HashMap;

impl Store {
    /// What was said, by provider id.
    pub async fn rotations(&self) -> Result<HashMap<String, Rotation>, StoreError> {
        let rows = Entity::find().all(&self.db).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.provider_id, rotation_of(&row.rotation)?))).collect())
    }

    /// Says in which order a provider's accounts are tried.
    pub async fn save_rotation(&self, provider_id: &str, rotation: Rotation) -> Result<(), StoreError> {
        // What goes without saying needs no row.
        if rotation == Rotation::default() {
            Entity::delete_by_id(provider_id).exec(&self.db).await?;
            return Ok(());
        }
        let row = ActiveModel {
            provider_id: Set(provider_id.to_owned()),
            rotation: Set(rotation_word(rotation).to_owned()),
        };
        let replace = OnConflict::column(Column::ProviderId).update_column(Column::Rotation).to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.db).await?;
        Ok(())
    }
}
