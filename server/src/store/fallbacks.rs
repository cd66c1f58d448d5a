//! Requests that had to go elsewhere.

use super::entity::requests;
use super::requests::record_of;
use super::words::outcome_word;
use super::{RequestRecord, Store, StoreError};
use app::api::requests::Outcome;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

impl Store {
    /// The newest requests since then that took more than one attempt, or whose only one failed; with their attempts.
    pub async fn fallbacks(&self, since: i64, limit: u64) -> Result<Vec<RequestRecord>, StoreError> {
        use requests::Column;
        let lost = [Outcome::Failed, Outcome::Broken].map(outcome_word);
        let elsewhere = Condition::any()
            .add(Column::Attempts.gt(1))
            .add(Condition::all().add(Column::Attempts.eq(1)).add(Column::Outcome.is_in(lost)));
        let rows = requests::Entity::find()
            .filter(Column::Id.gte(super::requests::first_id(since)))
            .filter(elsewhere)
            .order_by_desc(Column::Id)
            .limit(limit)
            .all(&self.db)
            .await?;
        let mut records: Vec<RequestRecord> = rows.into_iter().map(record_of).collect();
        self.add_attempts(&mut records).await?;
        Ok(records)
    }
}
