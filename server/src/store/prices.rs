//! Prices that a person has set.

use super::entity::prices::{ActiveModel, Column, Entity};
use super::snapshot::SetPrices;
use super::{Store, StoreError};
use catalog::Price;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;
use std::collections::HashMap;

impl Store {
    /// All prices that were set.
    pub(crate) async fn prices(&self) -> Result<SetPrices, StoreError> {
        let mut prices: SetPrices = HashMap::new();
        for row in Entity::find().all(&self.db).await? {
            let price = Price {
                input: row.input,
                output: row.output,
                cache_read: row.cache_read,
                cache_write: row.cache_write,
                image: row.image,
            };
            prices.entry(row.provider_id).or_default().insert(row.model, price);
        }
        Ok(prices)
    }

    /// Sets a price, in place of any set before.
    pub async fn set_price(
        &self,
        provider_id: &str,
        model: &str,
        price: Price,
        now: i64,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            provider_id: Set(provider_id.to_owned()),
            model: Set(model.to_owned()),
            input: Set(price.input),
            output: Set(price.output),
            cache_read: Set(price.cache_read),
            cache_write: Set(price.cache_write),
            image: Set(price.image),
            changed_at: Set(now),
        };
        let mut known = OnConflict::columns([Column::ProviderId, Column::Model]);
        known.update_columns([Column::Input, Column::Output, Column::CacheRead, Column::CacheWrite]);
        known.update_columns([Column::Image, Column::ChangedAt]);
        Entity::insert(row).on_conflict(known).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Takes a price back, so that the catalogue's counts again. [`StoreError::Missing`] where none was set.
    pub async fn unset_price(&self, provider_id: &str, model: &str) -> Result<(), StoreError> {
        let key = (provider_id.to_owned(), model.to_owned());
        match Entity::delete_by_id(key).exec(&self.db).await?.rows_affected {
            0 => Err(StoreError::Missing),
            _ => Ok(()),
        }
    }
}
