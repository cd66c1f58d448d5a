//! Providers that a person has turned on, having read what their vendors say.

use super::entity::opt_ins::{ActiveModel, Column, Entity};
use super::{Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;
use std::collections::HashSet;

impl Store {
    /// Their ids.
    pub async fn opt_ins(&self) -> Result<HashSet<String>, StoreError> {
        Ok(Entity::find().all(&self.db).await?.into_iter().map(|row| row.provider_id).collect())
    }

    /// A person turns a provider on, or off.
    pub async fn opt_in(
        &self,
        provider_id: &str,
        on: bool,
        person: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        if !on {
            Entity::delete_by_id(provider_id).exec(&self.db).await?;
            return Ok(());
        }
        let row = ActiveModel {
            provider_id: Set(provider_id.to_owned()),
            person: Set(person.to_owned()),
            agreed_at: Set(now),
        };
        let known = OnConflict::column(Column::ProviderId).do_nothing().to_owned();
        Entity::insert(row).on_conflict(known).exec_without_returning(&self.db).await?;
        Ok(())
    }
}
