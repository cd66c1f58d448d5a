//! Tokens of accounts that are signed in to: sealed, counted, and renewed by one replica at a time.

use super::accounts::{forget_error, insert_fields};
use super::entity::account_tokens::{ActiveModel, Column, Entity, Model};
use super::{News, Store, StoreError};
use crate::config::Secret;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    TransactionTrait,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Tokens as a provider gives them.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// What goes with requests.
    pub access: Secret,
    /// What renews it; `None` where nothing does.
    pub renewal: Option<Secret>,
    /// When `access` ends, Unix ms; `None` when no end is known.
    pub expires_at: Option<i64>,
    /// The vendor renews it from then on only, Unix ms; `None`: at any time.
    pub renewable_at: Option<i64>,
    /// As whom they were asked for, where that is not the provider's own word.
    pub client: Option<Registered>,
    /// Headers that came with it and go with requests, by their names in lower case.
    pub headers: BTreeMap<String, Secret>,
    /// What renews `renewal` itself, where that ends too.
    pub grant: Option<Grant>,
}

/// A grant whose token is exchanged for the one that goes with requests.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What renews its token: good for one time.
    pub refresh: Secret,
    /// When its token ends, Unix ms; `None` when no end is known.
    pub ends: Option<i64>,
}

/// A client that is registered with a vendor: by a person, or by the vendor for this sign-in alone.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Its id.
    pub id: String,
    /// What proves it, where the vendor gave it something.
    pub secret: Option<Secret>,
}

/// The tokens of an account, opened.
#[derive(Clone, Debug)]
pub struct StoredTokens {
    /// The tokens.
    pub tokens: Tokens,
    /// When they were given, Unix ms.
    pub renewed_at: i64,
    /// Counts up at each renewal.
    pub generation: i64,
    /// Refused: a person has to sign in again.
    pub ended: bool,
    /// Why the last renewal failed; empty when it did not.
    pub why: String,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    access: String,
    renewal: Option<String>,
    #[serde(default)]
    renewable_at: Option<i64>,
    #[serde(default)]
    client: Option<String>,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    refresh: Option<String>,
    #[serde(default)]
    grant_ends: Option<i64>,
}

/// An account's tokens while they are renewed: no other replica does the same meanwhile.
pub struct Renewing {
    account: i64,
    /// What there is now: another replica may have renewed it.
    pub stored: StoredTokens,
    /// Where there are other replicas, the row is held by this.
    held: Option<DatabaseTransaction>,
}

fn place(account: i64) -> String {
    format!("account_tokens/{account}")
}

impl Store {
    pub(super) fn opened_tokens(&self, row: &Model) -> Result<StoredTokens, StoreError> {
        let text = self.seal.unseal(&place(row.account_id), &row.sealed)?;
        // What opens is what was sealed: JSON of this form.
        let sealed: Sealed = serde_json::from_str(text.reveal())
            .map_err(|_| StoreError::Seal(crate::accounts::seal::SealError::Damaged))?;
        Ok(StoredTokens {
            tokens: Tokens {
                access: Secret::from(sealed.access),
                renewal: sealed.renewal.map(Secret::from),
                expires_at: row.expires_at,
                renewable_at: sealed.renewable_at,
                client: sealed
                    .client
                    .map(|id| Registered { id, secret: sealed.client_secret.map(Secret::from) }),
                headers: sealed
                    .headers
                    .into_iter()
                    .map(|(name, value)| (name, Secret::from(value)))
                    .collect(),
                grant: sealed
                    .refresh
                    .map(|refresh| Grant { refresh: Secret::from(refresh), ends: sealed.grant_ends }),
            },
            renewed_at: row.renewed_at,
            generation: row.generation,
            ended: row.ended,
            why: row.why.clone(),
        })
    }

    fn row(&self, account: i64, tokens: &Tokens, generation: i64, now: i64) -> ActiveModel {
        let sealed = Sealed {
            access: tokens.access.reveal().to_owned(),
            renewal: tokens.renewal.as_ref().map(|renewal| renewal.reveal().to_owned()),
            renewable_at: tokens.renewable_at,
            client: tokens.client.as_ref().map(|client| client.id.clone()),
            client_secret: tokens
                .client
                .as_ref()
                .and_then(|client| Some(client.secret.as_ref()?.reveal().to_owned())),
            headers: tokens
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.reveal().to_owned()))
                .collect(),
            refresh: tokens.grant.as_ref().map(|grant| grant.refresh.reveal().to_owned()),
            grant_ends: tokens.grant.as_ref().and_then(|grant| grant.ends),
        };
        // Texts and numbers always make JSON.
        let text = serde_json::to_string(&sealed).unwrap_or_default();
        ActiveModel {
            account_id: Set(account),
            sealed: Set(self.seal.seal(&place(account), &text)),
            expires_at: Set(tokens.expires_at),
            renewed_at: Set(now),
            generation: Set(generation),
            ended: Set(false),
            why: Set(String::new()),
        }
    }

    /// Keeps the tokens of a sign-in: of a new account, or in place of an account's old ones, which is then free of
    /// whatever kept it from being used. `facts`: what became known of it, beside its tokens. Gives the account's id.
    pub async fn keep_sign_in(
        &self,
        provider_id: &str,
        account: Result<i64, &str>,
        tokens: &Tokens,
        facts: &BTreeMap<String, String>,
        now: i64,
    ) -> Result<i64, StoreError> {
        let work = self.begin().await?;
        let account = match account {
            Ok(id) => {
                self.free(&work, id).await?;
                id
            }
            Err(name) => self.insert_account(&work, provider_id, name, None, now).await?.id,
        };
        // A renewal may be under way: it is waited for, and counts before this.
        let known = Entity::find_by_id(account).lock_exclusive().one(&work).await?;
        let generation = known.map_or(1, |row| row.generation + 1);
        let replace = OnConflict::column(Column::AccountId)
            .update_columns([
                Column::Sealed,
                Column::ExpiresAt,
                Column::RenewedAt,
                Column::Generation,
                Column::Ended,
                Column::Why,
            ])
            .to_owned();
        Entity::insert(self.row(account, tokens, generation, now))
            .on_conflict(replace)
            .exec_without_returning(&work)
            .await?;
        insert_fields(&work, account, facts).await?;
        forget_error(&work, account).await?;
        self.say(&work, News::Account(account)).await?;
        work.commit().await?;
        Ok(account)
    }

    /// Begins to renew an account's tokens: waits while another replica does. One that dies meanwhile lets go of them.
    pub async fn renewing(&self, account: i64) -> Result<Renewing, StoreError> {
        let found = Entity::find_by_id(account);
        // SQLite has one process, in which renewals take turns anyway.
        let (row, held) = if self.has_replicas() {
            let held = self.db.begin().await?;
            // A replica whose machine vanished would hold the row until its connection is given up.
            held.execute_unprepared("SET LOCAL lock_timeout = '45s'").await?;
            held.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = '90s'").await?;
            (found.lock_exclusive().one(&held).await?, Some(held))
        } else {
            (found.one(&self.db).await?, None)
        };
        let stored = self.opened_tokens(&row.ok_or(StoreError::Missing)?)?;
        Ok(Renewing { account, stored, held })
    }

    /// Keeps renewed tokens; what went wrong with the old ones is over. They are those to use from now on, so the caller tries again when this fails.
    pub async fn keep_tokens(
        &self,
        renewing: &mut Renewing,
        tokens: &Tokens,
        now: i64,
    ) -> Result<StoredTokens, StoreError> {
        let generation = renewing.stored.generation + 1;
        let row = self.row(renewing.account, tokens, generation, now);
        // Only in place of those that were renewed: a person may have signed in anew meanwhile.
        let update = Entity::update_many()
            .set(row)
            .filter(Column::AccountId.eq(renewing.account))
            .filter(Column::Generation.eq(renewing.stored.generation));
        let updated = match renewing.held.take() {
            Some(held) => {
                let updated = update.exec(&held).await?;
                forget_error(&held, renewing.account).await?;
                self.say(&held, News::Account(renewing.account)).await?;
                held.commit().await?;
                updated
            }
            None => {
                let updated = update.exec(&self.db).await?;
                forget_error(&self.db, renewing.account).await?;
                self.tell(News::Account(renewing.account)).await;
                updated
            }
        };
        if updated.rows_affected == 0 {
            return self.tokens_of(renewing.account).await?.ok_or(StoreError::Missing);
        }
        Ok(StoredTokens {
            tokens: tokens.clone(),
            renewed_at: now,
            generation,
            ended: false,
            why: String::new(),
        })
    }

    /// Writes down why tokens could not be renewed, and whether they never will be.
    pub async fn note_failed_renewal(
        &self,
        renewing: Renewing,
        ended: bool,
        why: &str,
    ) -> Result<StoredTokens, StoreError> {
        let Renewing { account, stored, held } = renewing;
        let update = Entity::update_many()
            .col_expr(Column::Ended, Expr::value(ended))
            .col_expr(Column::Why, Expr::value(why))
            .filter(Column::AccountId.eq(account))
            .filter(Column::Generation.eq(stored.generation));
        match held {
            Some(held) => {
                update.exec(&held).await?;
                self.say(&held, News::Account(account)).await?;
                held.commit().await?;
            }
            None => {
                update.exec(&self.db).await?;
            }
        }
        Ok(StoredTokens { ended, why: why.to_owned(), ..stored })
    }

    pub(super) async fn all_tokens(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Vec<(i64, StoredTokens)>, StoreError> {
        let rows = Entity::find().all(db).await?;
        rows.iter().map(|row| Ok((row.account_id, self.opened_tokens(row)?))).collect()
    }

    pub(super) async fn tokens_of(&self, account: i64) -> Result<Option<StoredTokens>, StoreError> {
        let row = Entity::find_by_id(account).one(&self.db).await?;
        row.map(|row| self.opened_tokens(&row)).transpose()
    }
}
