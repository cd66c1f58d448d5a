//! Models that a person has switched off.

use super::entity::models_off::{ActiveModel, Column, Entity};
use super::{Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};

/// Rows written at once: PostgreSQL takes a limited number of values.
const AT_ONCE: usize = 500;

impl Store {
    /// The ids of models that are off, by provider.
    pub async fn models_off(&self) -> Result<HashMap<String, HashSet<String>>, StoreError> {
        let mut off: HashMap<String, HashSet<String>> = HashMap::new();
        for row in Entity::find().all(&self.db).await? {
            off.entry(row.provider_id).or_default().insert(row.model);
        }
        Ok(off)
    }

    /// Switches some models of a provider on, or off: all of them, or none.
    pub async fn switch_models(
        &self,
        provider_id: &str,
        models: &[String],
        on: bool,
    ) -> Result<(), StoreError> {
        let work = self.begin().await?;
        for some in models.chunks(AT_ONCE) {
            if on {
                let switched = Column::Model.is_in(some.iter().map(String::as_str));
                let rows = Entity::delete_many().filter(Column::ProviderId.eq(provider_id)).filter(switched);
                rows.exec(&work).await?;
                continue;
            }
            let row = |model: &String| ActiveModel {
                provider_id: Set(provider_id.to_owned()),
                model: Set(model.clone()),
            };
            let known = OnConflict::columns([Column::ProviderId, Column::Model]).do_nothing().to_owned();
            let rows = Entity::insert_many(some.iter().map(row)).on_conflict(known);
            rows.exec_without_returning(&work).await?;
        }
        Ok(work.commit().await?)
    }
}
