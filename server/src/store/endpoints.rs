//! Custom endpoints: providers made by a person.

use super::entity::{accounts, endpoint_models, endpoints, found_models, models_off, prices};
use super::{Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// A custom endpoint.
#[derive(Clone, Debug)]
pub struct StoredEndpoint {
    /// Its provider id, and what stands before the slash in a model name.
    pub prefix: String,
    /// A name for people.
    pub name: String,
    /// `chat` or `messages`.
    pub dialect: String,
    /// Without a trailing slash.
    pub base_url: String,
    /// Whether it may be on a private network.
    pub private_network: bool,
    /// Model ids it is known to have.
    pub models: Vec<String>,
}

impl Store {
    /// All custom endpoints, by prefix.
    pub async fn endpoints(&self) -> Result<Vec<StoredEndpoint>, StoreError> {
        let models = endpoint_models::Entity::find()
            .order_by_asc(endpoint_models::Column::Position)
            .all(&self.db)
            .await?;
        let rows = endpoints::Entity::find().order_by_asc(endpoints::Column::Prefix).all(&self.db).await?;
        let models_of = |prefix: &str| {
            models.iter().filter(|row| row.prefix == prefix).map(|row| row.model.clone()).collect()
        };
        Ok(rows
            .into_iter()
            .map(|row| StoredEndpoint {
                models: models_of(&row.prefix),
                prefix: row.prefix,
                name: row.name,
                dialect: row.dialect,
                base_url: row.base_url,
                private_network: row.private_network,
            })
            .collect())
    }

    /// Makes an endpoint.
    pub async fn add_endpoint(&self, endpoint: &StoredEndpoint, now: i64) -> Result<(), StoreError> {
        let work = self.begin().await?;
        let row = endpoints::ActiveModel {
            prefix: Set(endpoint.prefix.clone()),
            name: Set(endpoint.name.clone()),
            dialect: Set(endpoint.dialect.clone()),
            base_url: Set(endpoint.base_url.clone()),
            private_network: Set(endpoint.private_network),
            created_at: Set(now),
        };
        endpoints::Entity::insert(row).exec_without_returning(&work).await?;
        write_models(&work, endpoint).await?;
        Ok(work.commit().await?)
    }

    /// Replaces everything of an endpoint but its prefix. What was listed at another address is forgotten.
    pub async fn change_endpoint(&self, endpoint: &StoredEndpoint) -> Result<(), StoreError> {
        let work = self.begin().await?;
        let found = endpoints::Entity::find_by_id(&endpoint.prefix).one(&work).await?;
        let found = found.ok_or(StoreError::Missing)?;
        if (&found.base_url, &found.dialect) != (&endpoint.base_url, &endpoint.dialect) {
            forget_found(&work, &endpoint.prefix).await?;
        }
        let mut row: endpoints::ActiveModel = found.into();
        row.name = Set(endpoint.name.clone());
        row.dialect = Set(endpoint.dialect.clone());
        row.base_url = Set(endpoint.base_url.clone());
        row.private_network = Set(endpoint.private_network);
        row.update(&work).await?;
        endpoint_models::Entity::delete_many()
            .filter(endpoint_models::Column::Prefix.eq(&endpoint.prefix))
            .exec(&work)
            .await?;
        write_models(&work, endpoint).await?;
        Ok(work.commit().await?)
    }

    /// Deletes an endpoint and its accounts; past usage stays.
    pub async fn delete_endpoint(&self, prefix: &str) -> Result<(), StoreError> {
        let work = self.begin().await?;
        accounts::Entity::delete_many().filter(accounts::Column::ProviderId.eq(prefix)).exec(&work).await?;
        forget_found(&work, prefix).await?;
        let off = models_off::Entity::delete_many().filter(models_off::Column::ProviderId.eq(prefix));
        off.exec(&work).await?;
        let own = prices::Entity::delete_many().filter(prices::Column::ProviderId.eq(prefix));
        own.exec(&work).await?;
        let deleted = endpoints::Entity::delete_by_id(prefix).exec(&work).await?;
        if deleted.rows_affected == 0 {
            return Err(StoreError::Missing);
        }
        Ok(work.commit().await?)
    }
}

/// Forgets what an endpoint listed.
async fn forget_found(work: &impl ConnectionTrait, prefix: &str) -> Result<(), StoreError> {
    let found = found_models::Entity::delete_many().filter(found_models::Column::ProviderId.eq(prefix));
    found.exec(work).await?;
    Ok(())
}

async fn write_models(work: &impl ConnectionTrait, endpoint: &StoredEndpoint) -> Result<(), StoreError> {
    let rows: Vec<endpoint_models::ActiveModel> = (0..)
        .zip(&endpoint.models)
        .map(|(position, model)| endpoint_models::ActiveModel {
            prefix: Set(endpoint.prefix.clone()),
            model: Set(model.clone()),
            position: Set(position),
        })
        .collect();
    if !rows.is_empty() {
        endpoint_models::Entity::insert_many(rows).exec_without_returning(work).await?;
    }
    Ok(())
}
