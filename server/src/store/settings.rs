//! What a person can change: one row.

use super::alerts::thresholds_text;
use super::entity::settings::{ActiveModel, Column, Entity};
use super::{Store, StoreError};
use crate::accounts::seal::CHECK;
use app::api::alerts::DEFAULT_THRESHOLDS;
use app::api::saver::SaverLevel;
use app::api::settings::Policy;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, EntityTrait};

impl Store {
    /// Makes the row with its defaults, unless it is there.
    pub(super) async fn make_settings(&self) -> Result<(), StoreError> {
        let policy = Policy::default();
        let row = ActiveModel {
            id: Set(1),
            require_key: Set(policy.require_key),
            retention_days: Set(policy.retention_days),
            max_body_bytes: Set(policy.max_body_bytes),
            connect_ms: Set(policy.connect_ms),
            first_byte_ms: Set(policy.first_byte_ms),
            whole_reply_ms: Set(policy.whole_reply_ms),
            idle_ms: Set(policy.idle_ms),
            first_token_ms: Set(policy.first_token_ms),
            stall_ms: Set(policy.stall_ms),
            affinity_ms: Set(policy.affinity_ms),
            circuit_ms: Set(policy.circuit_ms),
            saver_level: Set(SaverLevel::default().word().to_owned()),
            saver_filters: Set(-1),
            alert_thresholds: Set(thresholds_text(&DEFAULT_THRESHOLDS)),
            sealed_webhook: Set(None),
            webhook_private: Set(false),
            webhook_failed_at: Set(None),
            webhook_why: Set(String::new()),
            payload_bytes: Set(policy.payload_bytes),
            payload_days: Set(policy.payload_days),
            log_until_at: Set(None),
            seal_check: Set(self.seal.seal("settings/seal_check", CHECK)),
        };
        Entity::insert(row).on_conflict_do_nothing_on([Column::Id]).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// The sealed text that tells a wrong key: no two databases have the same.
    pub async fn seal_check(&self) -> Result<Vec<u8>, StoreError> {
        Ok(Entity::find_by_id(1).one(&self.db).await?.ok_or(StoreError::Missing)?.seal_check)
    }

    /// The policy.
    pub async fn policy(&self) -> Result<Policy, StoreError> {
        let row = Entity::find_by_id(1).one(&self.db).await?.ok_or(StoreError::Missing)?;
        Ok(Policy {
            require_key: row.require_key,
            retention_days: row.retention_days,
            max_body_bytes: row.max_body_bytes,
            connect_ms: row.connect_ms,
            first_byte_ms: row.first_byte_ms,
            whole_reply_ms: row.whole_reply_ms,
            idle_ms: row.idle_ms,
            first_token_ms: row.first_token_ms,
            stall_ms: row.stall_ms,
            affinity_ms: row.affinity_ms,
            circuit_ms: row.circuit_ms,
            payload_bytes: row.payload_bytes,
            payload_days: row.payload_days,
        })
    }

    /// Replaces the policy.
    pub async fn save_policy(&self, policy: &Policy) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Unchanged(1),
            require_key: Set(policy.require_key),
            retention_days: Set(policy.retention_days),
            max_body_bytes: Set(policy.max_body_bytes),
            connect_ms: Set(policy.connect_ms),
            first_byte_ms: Set(policy.first_byte_ms),
            whole_reply_ms: Set(policy.whole_reply_ms),
            idle_ms: Set(policy.idle_ms),
            first_token_ms: Set(policy.first_token_ms),
            stall_ms: Set(policy.stall_ms),
            affinity_ms: Set(policy.affinity_ms),
            circuit_ms: Set(policy.circuit_ms),
            payload_bytes: Set(policy.payload_bytes),
            payload_days: Set(policy.payload_days),
            ..Default::default()
        };
        row.update(&self.db).await?;
        Ok(())
    }
    /// How far the output of tools is shortened, and by which filters: one bit each.
    pub async fn saver(&self) -> Result<(SaverLevel, u32), StoreError> {
        let row = Entity::find_by_id(1).one(&self.db).await?.ok_or(StoreError::Missing)?;
        Ok((row.saver_level.parse().unwrap_or_default(), row.saver_filters.cast_unsigned()))
    }

    /// Says how far the output of tools is shortened, and by which filters.
    pub async fn save_saver(&self, level: SaverLevel, filters: u32) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Unchanged(1),
            saver_level: Set(level.word().to_owned()),
            saver_filters: Set(filters.cast_signed()),
            ..Default::default()
        };
        row.update(&self.db).await?;
        Ok(())
    }
}
