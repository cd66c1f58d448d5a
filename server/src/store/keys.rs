//! Caller keys: what a client shows to be let in. Only their hashes are kept.

use super::entity::caller_keys::{ActiveModel, Column, Entity, Model};
use super::{Store, StoreError};
use app::api::saver::SaverLevel;
use app::api::terse::Terse;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// One caller key.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// Stays the same for life.
    pub id: i64,
    /// Unique.
    pub name: String,
    /// SHA-256 of the key.
    pub hash: Vec<u8>,
    /// The key's last four characters.
    pub tail: String,
    /// When it was made.
    pub created_at: i64,
    /// How far the output of tools is shortened for it; `None`: as the settings say.
    pub saver: Option<SaverLevel>,
    /// How tersely it is answered; `None`: as the combo says.
    pub terse: Option<Terse>,
    /// Until when its requests are kept in full, Unix ms; `None`: they are not.
    pub log_until: Option<i64>,
}

impl From<Model> for StoredKey {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            hash: row.hash,
            tail: row.tail,
            created_at: row.created_at,
            saver: row.saver_level.and_then(|level| level.parse().ok()),
            terse: row.terse.and_then(|level| level.parse().ok()),
            log_until: row.log_until_at,
        }
    }
}

impl Store {
    /// All keys, newest first.
    pub async fn keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        let rows = Entity::find().order_by_desc(Column::Id).all(&self.db).await?;
        Ok(rows.into_iter().map(StoredKey::from).collect())
    }

    /// Makes a key; [`StoreError::Taken`] when the name is.
    pub async fn add_key(
        &self,
        name: &str,
        hash: &[u8],
        tail: &str,
        now: i64,
    ) -> Result<StoredKey, StoreError> {
        let row = ActiveModel {
            name: Set(name.to_owned()),
            hash: Set(hash.to_vec()),
            tail: Set(tail.to_owned()),
            created_at: Set(now),
            ..Default::default()
        };
        Ok(row.insert(&self.db).await?.into())
    }

    /// Renames a key.
    pub async fn rename_key(&self, id: i64, name: &str) -> Result<StoredKey, StoreError> {
        let found = Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let mut row: ActiveModel = found.into();
        row.name = Set(name.to_owned());
        Ok(row.update(&self.db).await?.into())
    }

    /// Says how far the output of tools is shortened for a key, and how tersely it is answered.
    pub async fn set_key_saver(
        &self,
        id: i64,
        level: Option<SaverLevel>,
        terse: Option<Terse>,
    ) -> Result<StoredKey, StoreError> {
        let found = Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let mut row: ActiveModel = found.into();
        row.saver_level = Set(level.map(|level| level.word().to_owned()));
        row.terse = Set(terse.map(|level| level.word().to_owned()));
        Ok(row.update(&self.db).await?.into())
    }

    /// Deletes a key, and what was logged of it; its past usage keeps its name.
    pub async fn delete_key(&self, id: i64) -> Result<(), StoreError> {
        self.forget_payloads(Some(id)).await?;
        let deleted = Entity::delete_many().filter(Column::Id.eq(id)).exec(&self.db).await?;
        if deleted.rows_affected == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
