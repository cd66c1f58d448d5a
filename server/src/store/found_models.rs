//! Models that providers list themselves.

use super::entity::found_models::{ActiveModel, Column, Entity};
use super::{Store, StoreError};
use catalog::Listed;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;

/// Rows written at once: PostgreSQL takes a limited number of values.
const AT_ONCE: usize = 200;

/// What a provider lists, and when it was asked, Unix ms.
pub type Found = (Vec<Listed>, i64);

impl Store {
    /// What providers list, by their ids.
    pub async fn found_models(&self) -> Result<HashMap<String, Found>, StoreError> {
        let rows = Entity::find().order_by_asc(Column::Model).all(&self.db).await?;
        let mut found: HashMap<String, Found> = HashMap::new();
        for row in rows {
            let (models, at) = found.entry(row.provider_id).or_default();
            let tokens = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
            models.push(Listed {
                id: row.model,
                name: row.name,
                context: tokens(row.context),
                max_output: tokens(row.max_output),
            });
            *at = row.found_at;
        }
        Ok(found)
    }

    /// Replaces what a provider lists.
    pub async fn save_found_models(
        &self,
        provider_id: &str,
        models: &[Listed],
        now: i64,
    ) -> Result<(), StoreError> {
        let work = self.begin().await?;
        Entity::delete_many().filter(Column::ProviderId.eq(provider_id)).exec(&work).await?;
        let tokens = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
        let row = |model: &Listed| ActiveModel {
            provider_id: Set(provider_id.to_owned()),
            model: Set(model.id.clone()),
            name: Set(model.name.clone()),
            context: Set(tokens(model.context)),
            max_output: Set(tokens(model.max_output)),
            found_at: Set(now),
        };
        for some in models.chunks(AT_ONCE) {
            Entity::insert_many(some.iter().map(row)).exec_without_returning(&work).await?;
        }
        Ok(work.commit().await?)
    }
}
