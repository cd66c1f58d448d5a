//! Sign-ins under way: in the database, so that whichever replica a person comes back to can finish them.

use super::entity::sign_ins::{ActiveModel, Column, Entity, Model};
use super::{Store, StoreError};
use crate::config::Secret;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// How far a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The person has not agreed yet.
    Waiting,
    /// The same, but whoever waited for a device's code was stopped: the next to start goes on.
    Left,
    /// What the person brought back is being exchanged.
    Finishing,
    /// The account is there.
    Done,
    /// It came to nothing.
    Failed,
}

/// A sign-in.
#[derive(Clone, Debug)]
pub struct StoredSignIn {
    /// Names it in addresses.
    pub id: String,
    /// The provider.
    pub provider_id: String,
    /// The account that is signed in to again, and once it is done the account it made.
    pub account: Option<i64>,
    /// What only we may know of it, as JSON.
    pub secret: Secret,
    /// How far it is.
    pub stage: Stage,
    /// Why it came to nothing.
    pub why: String,
    /// When it is too late, Unix ms.
    pub expires_at: i64,
}

impl Stage {
    const ALL: [Self; 5] = [Self::Waiting, Self::Left, Self::Finishing, Self::Done, Self::Failed];

    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Left => "left",
            Self::Finishing => "finishing",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

fn place(id: &str) -> String {
    format!("sign_ins/{id}")
}

impl Store {
    /// Keeps a sign-in that begins.
    pub async fn add_sign_in(&self, sign_in: &StoredSignIn, now: i64) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(sign_in.id.clone()),
            provider_id: Set(sign_in.provider_id.clone()),
            account_id: Set(sign_in.account),
            sealed: Set(self.seal.seal(&place(&sign_in.id), sign_in.secret.reveal())),
            state: Set(sign_in.stage.word().to_owned()),
            why: Set(sign_in.why.clone()),
            created_at: Set(now),
            expires_at: Set(sign_in.expires_at),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// A sign-in.
    pub async fn sign_in(&self, id: &str) -> Result<StoredSignIn, StoreError> {
        let row = Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing)?;
        self.opened_sign_in(row)
    }

    /// The sign-ins that nobody waits for as this process starts. One process alone has left all that there are.
    pub async fn left_sign_ins(&self, now: i64) -> Result<Vec<StoredSignIn>, StoreError> {
        let left = Column::State.eq(Stage::Left.word());
        let left = if self.has_replicas() { left } else { left.or(Column::State.eq(Stage::Waiting.word())) };
        let rows = Entity::find().filter(left).filter(Column::ExpiresAt.gt(now)).all(&self.db).await?;
        rows.into_iter().map(|row| self.opened_sign_in(row)).collect()
    }

    fn opened_sign_in(&self, row: Model) -> Result<StoredSignIn, StoreError> {
        let stage = Stage::ALL.into_iter().find(|stage| stage.word() == row.state);
        Ok(StoredSignIn {
            secret: self.seal.unseal(&place(&row.id), &row.sealed)?,
            stage: stage.unwrap_or(Stage::Failed),
            id: row.id,
            provider_id: row.provider_id,
            account: row.account_id,
            why: row.why,
            expires_at: row.expires_at,
        })
    }

    /// Takes a sign-in from one stage to the next. `false`: it was not at that stage any more, so somebody else has.
    pub async fn move_sign_in(
        &self,
        id: &str,
        from: Stage,
        to: Stage,
        account: Option<i64>,
        why: &str,
    ) -> Result<bool, StoreError> {
        let mut update = Entity::update_many()
            .col_expr(Column::State, Expr::value(to.word()))
            .col_expr(Column::Why, Expr::value(why));
        if let Some(account) = account {
            update = update.col_expr(Column::AccountId, Expr::value(account));
        }
        let moved =
            update.filter(Column::Id.eq(id)).filter(Column::State.eq(from.word())).exec(&self.db).await?;
        Ok(moved.rows_affected == 1)
    }

    /// Forgets sign-ins that were over before this.
    pub async fn sweep_sign_ins(&self, before: i64) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::ExpiresAt.lt(before)).exec(&self.db).await?;
        Ok(())
    }
}
