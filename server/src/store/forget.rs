//! How much is kept, and old requests forgotten.

use super::entity::{attempts, exclusions, payloads, requests, savings};
use super::requests::first_id;
use super::{Store, StoreError};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};

/// How much is deleted at once, by its time: others want to write in between.
const AT_ONCE: i64 = 6 * 3_600_000;

impl Store {
    /// Deletes requests that arrived before a time, with all that is known of them; sums stay.
    pub async fn forget_requests(&self, before: i64) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        while let Some(oldest) = self.oldest().await?.filter(|oldest| *oldest < before - AT_ONCE) {
            forgotten += self.forget_before(oldest + AT_ONCE).await?;
        }
        // Also what belongs to requests that were never written down.
        Ok(forgotten + self.forget_before(before).await?)
    }

    async fn forget_before(&self, before: i64) -> Result<u64, StoreError> {
        let first = first_id(before);
        attempts::Entity::delete_many().filter(attempts::Column::RequestId.lt(first)).exec(&self.db).await?;
        exclusions::Entity::delete_many()
            .filter(exclusions::Column::RequestId.lt(first))
            .exec(&self.db)
            .await?;
        savings::Entity::delete_many().filter(savings::Column::RequestId.lt(first)).exec(&self.db).await?;
        payloads::Entity::delete_many().filter(payloads::Column::RequestId.lt(first)).exec(&self.db).await?;
        let deleted =
            requests::Entity::delete_many().filter(requests::Column::Id.lt(first)).exec(&self.db).await?;
        Ok(deleted.rows_affected)
    }

    /// Bytes that the database takes.
    pub async fn size(&self) -> Result<i64, StoreError> {
        let backend = self.db.get_database_backend();
        let asked = match backend {
            DbBackend::Postgres => "SELECT pg_database_size(current_database()) AS size",
            _ => "SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()",
        };
        let row = self.db.query_one_raw(Statement::from_string(backend, asked)).await?;
        Ok(row.map(|row| row.try_get("", "size")).transpose()?.unwrap_or(0))
    }
}
