//! Sessions of people, for tower-sessions.

use super::entity::sessions::{ActiveModel, Column, Entity, Model};
use super::{Store, StoreError};
use crate::clock;
use async_trait::async_trait;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::fmt;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// Where the person is kept inside a session.
pub const PERSON: &str = "person";

/// One session, as the settings page shows it.
pub struct SessionRecord {
    /// The cookie's value: never shown.
    pub id: String,
    /// Where it signed in from.
    pub address: String,
    /// The browser's own description of itself.
    pub agent: String,
    /// When it signed in.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
}

impl From<Model> for SessionRecord {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            address: row.address,
            agent: row.agent,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// The sessions table as tower-sessions wants it.
#[derive(Clone)]
pub struct Sessions(Store);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

fn row_of(record: &Record, now: i64) -> Result<ActiveModel> {
    let text = |name: &str| record.data.get(name).and_then(|value| value.as_str()).unwrap_or("").to_owned();
    let person = record.data.get(PERSON).and_then(|person| person.get("id")?.as_i64());
    Ok(ActiveModel {
        id: Set(record.id.to_string()),
        person_id: Set(person),
        data: Set(serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?),
        address: Set(text("address")),
        agent: Set(text("agent")),
        created_at: Set(now),
        expires_at: Set(millis(record.expiry_date)),
    })
}

fn millis(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn backend(error: sea_orm::DbErr) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let row = row_of(record, clock::now().unix_ms)?;
            match Entity::insert(row).exec_without_returning(&self.0.db).await {
                Ok(_) => return Ok(()),
                Err(error)
                    if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) =>
                {
                    record.id = Id::default();
                }
                Err(error) => return Err(backend(error)),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let keep = OnConflict::column(Column::Id)
            .update_columns([
                Column::PersonId,
                Column::Data,
                Column::Address,
                Column::Agent,
                Column::ExpiresAt,
            ])
            .to_owned();
        Entity::insert(row_of(record, clock::now().unix_ms)?)
            .on_conflict(keep)
            .exec_without_returning(&self.0.db)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = Entity::find_by_id(id.to_string())
            .filter(Column::ExpiresAt.gt(clock::now().unix_ms))
            .one(&self.0.db)
            .await
            .map_err(backend)?;
        let Some(row) = row else { return Ok(None) };
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at) * 1_000_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        Entity::delete_by_id(id.to_string()).exec(&self.0.db).await.map_err(backend)?;
        Ok(())
    }
}

impl Store {
    /// The sessions table for tower-sessions.
    pub fn sessions(&self) -> Sessions {
        Sessions(self.clone())
    }

    /// The living sessions of a person, newest first.
    pub async fn sessions_of(
        &self,
        person: i64,
        now: i64,
    ) -> std::result::Result<Vec<SessionRecord>, StoreError> {
        let rows = Entity::find()
            .filter(Column::PersonId.eq(person))
            .filter(Column::ExpiresAt.gt(now))
            .order_by_desc(Column::CreatedAt)
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(SessionRecord::from).collect())
    }

    /// Ends one session of a person. False when there was none of that id.
    pub async fn end_session(&self, person: i64, id: &str) -> std::result::Result<bool, StoreError> {
        let ended = Entity::delete_many()
            .filter(Column::PersonId.eq(person))
            .filter(Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        Ok(ended.rows_affected > 0)
    }

    /// Ends every session of a person but the one of id `keep`.
    pub async fn end_sessions(&self, person: i64, keep: Option<&str>) -> std::result::Result<(), StoreError> {
        let mut delete = Entity::delete_many().filter(Column::PersonId.eq(person));
        if let Some(keep) = keep {
            delete = delete.filter(Column::Id.ne(keep));
        }
        delete.exec(&self.db).await?;
        Ok(())
    }

    /// Deletes sessions that are over.
    pub async fn sweep_sessions(&self, now: i64) -> std::result::Result<(), StoreError> {
        Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(&self.db).await?;
        Ok(())
    }
}
