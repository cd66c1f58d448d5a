//! Accounts at providers. Keys are sealed before they get here and opened after they leave.

use super::entity::accounts::{ActiveModel, Column, Entity, Model};
use super::entity::{account_fields, parked_models};
use super::words::{budget_columns, budget_of};
use super::{News, Store, StoreError, StoredTokens};
use crate::config::Secret;
use app::api::combos::Budget;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, UpdateMany,
};
use std::collections::BTreeMap;

/// One account, its key opened.
#[derive(Clone, Debug)]
pub struct StoredAccount {
    /// Stays the same for life.
    pub id: i64,
    /// A catalogue id or a custom endpoint's prefix.
    pub provider_id: String,
    /// Unique at its provider.
    pub name: String,
    /// The provider's key; `None` where none is needed.
    pub key: Option<Secret>,
    /// What it was signed in to with; `None` where it has a key, or needs none.
    pub tokens: Option<StoredTokens>,
    /// The key's last four characters.
    pub key_tail: String,
    /// What it says beside, for its provider's addresses.
    pub fields: BTreeMap<String, String>,
    /// Lower is tried first.
    pub priority: i32,
    /// Off means never used.
    pub enabled: bool,
    /// When it comes back by itself.
    pub parked_until: Option<i64>,
    /// Stays out until a person acts.
    pub refused: bool,
    /// Why it is parked or refused, in words.
    pub parked_why: String,
    /// What it may be used for within a period.
    pub budget: Option<Budget>,
    /// How much of its limits is kept back, in hundredths.
    pub reserve: u32,
    /// A proxy of its own: its address, which may hold a password.
    pub proxy: Option<Secret>,
    /// Models that wait at it: name, until when, why.
    pub parked_models: Vec<(String, i64, String)>,
    /// The last error in words; empty when there was none.
    pub last_error: String,
    /// When it happened.
    pub last_error_at: Option<i64>,
    /// When it was added.
    pub created_at: i64,
}

/// A change to an account. `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountEdit {
    /// A new name.
    pub name: Option<String>,
    /// A new key.
    pub key: Option<Secret>,
    /// A new place in the order.
    pub priority: Option<i32>,
    /// On or off.
    pub enabled: Option<bool>,
    /// A new budget, or none any more.
    pub budget: Option<Option<Budget>>,
    /// How much of its limits is kept back from now on, in hundredths.
    pub reserve: Option<u32>,
    /// A new proxy of its own, or none any more.
    pub proxy: Option<Option<Secret>>,
}

fn place(id: i64) -> String {
    format!("accounts/{id}")
}

fn proxy_place(id: i64) -> String {
    format!("accounts/{id}/proxy")
}

/// An update of what is known of being parked.
fn parked(until: Option<i64>, refused: bool, why: &str) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::ParkedUntil, Expr::value(until))
        .col_expr(Column::Refused, Expr::value(refused))
        .col_expr(Column::ParkedWhy, Expr::value(why))
}

/// Forgets the last error of an account that works.
pub(super) async fn forget_error(db: &impl ConnectionTrait, id: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LastError, Expr::value(""))
        .col_expr(Column::LastErrorAt, Expr::value(None::<i64>))
        .filter(Column::Id.eq(id))
        .filter(Column::LastError.ne(""))
        .exec(db)
        .await?;
    Ok(())
}

/// The last four characters, for telling keys apart; nothing of a key so short that four would give it away.
pub(super) fn tail(key: &str) -> String {
    let length = key.chars().count();
    if length < 12 { String::new() } else { key.chars().skip(length - 4).collect() }
}

/// Writes what an account says beside its key; what it said by other names stays.
pub(super) async fn insert_fields(
    work: &DatabaseTransaction,
    id: i64,
    fields: &BTreeMap<String, String>,
) -> Result<(), StoreError> {
    use account_fields::Column as Field;
    for (name, value) in fields {
        let row = account_fields::ActiveModel {
            account_id: Set(id),
            name: Set(name.clone()),
            value: Set(value.clone()),
        };
        let replace =
            OnConflict::columns([Field::AccountId, Field::Name]).update_column(Field::Value).to_owned();
        account_fields::Entity::insert(row).on_conflict(replace).exec_without_returning(work).await?;
    }
    Ok(())
}

impl Store {
    fn opened(&self, row: Model) -> Result<StoredAccount, StoreError> {
        let key = match &row.sealed_key {
            Some(sealed) => Some(self.seal.unseal(&place(row.id), sealed)?),
            None => None,
        };
        let proxy = row.sealed_proxy.as_ref();
        let proxy = proxy.map(|sealed| self.seal.unseal(&proxy_place(row.id), sealed)).transpose()?;
        Ok(StoredAccount {
            id: row.id,
            provider_id: row.provider_id,
            name: row.name,
            key,
            tokens: None,
            key_tail: row.key_tail,
            fields: BTreeMap::new(),
            priority: row.priority,
            enabled: row.enabled,
            parked_until: row.parked_until,
            refused: row.refused,
            parked_why: row.parked_why,
            budget: budget_of((row.budget_measure, row.budget_amount, row.budget_period)),
            reserve: u32::try_from(row.reserve).unwrap_or(0),
            proxy,
            parked_models: Vec::new(),
            last_error: row.last_error,
            last_error_at: row.last_error_at,
            created_at: row.created_at,
        })
    }

    /// All accounts in the order they are tried.
    pub async fn accounts(&self) -> Result<Vec<StoredAccount>, StoreError> {
        let rows =
            Entity::find().order_by_asc(Column::Priority).order_by_asc(Column::Id).all(&self.db).await?;
        let mut accounts: Vec<StoredAccount> =
            rows.into_iter().map(|row| self.opened(row)).collect::<Result<_, _>>()?;
        for row in parked_models::Entity::find().all(&self.db).await? {
            if let Some(account) = accounts.iter_mut().find(|account| account.id == row.account_id) {
                account.parked_models.push((row.model, row.until_at, row.why));
            }
        }
        for row in account_fields::Entity::find().all(&self.db).await? {
            if let Some(account) = accounts.iter_mut().find(|account| account.id == row.account_id) {
                account.fields.insert(row.name, row.value);
            }
        }
        for (id, tokens) in self.all_tokens(&self.db).await? {
            if let Some(account) = accounts.iter_mut().find(|account| account.id == id) {
                account.tokens = Some(tokens);
            }
        }
        Ok(accounts)
    }

    /// One account.
    pub async fn account(&self, id: i64) -> Result<StoredAccount, StoreError> {
        let row = Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let parked = parked_models::Entity::find()
            .filter(parked_models::Column::AccountId.eq(id))
            .all(&self.db)
            .await?;
        let parked_models = parked.into_iter().map(|row| (row.model, row.until_at, row.why)).collect();
        let fields = account_fields::Entity::find()
            .filter(account_fields::Column::AccountId.eq(id))
            .all(&self.db)
            .await?;
        let fields = fields.into_iter().map(|row| (row.name, row.value)).collect();
        let tokens = self.tokens_of(id).await?;
        Ok(StoredAccount { parked_models, fields, tokens, ..self.opened(row)? })
    }

    /// Makes an account, last in its provider's order.
    pub async fn add_account(
        &self,
        provider_id: &str,
        name: &str,
        key: Option<&Secret>,
        now: i64,
    ) -> Result<StoredAccount, StoreError> {
        let work = self.begin().await?;
        let made = self.insert_account(&work, provider_id, name, key, now).await?;
        work.commit().await?;
        self.opened(made)
    }

    /// Makes accounts of these names and keys, last in their provider's order: all of them, or none. Gives their ids.
    pub async fn add_accounts(
        &self,
        provider_id: &str,
        accounts: &[(String, Secret)],
        now: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let work = self.begin().await?;
        let mut made = Vec::with_capacity(accounts.len());
        for (name, key) in accounts {
            made.push(self.insert_account(&work, provider_id, name, Some(key), now).await?.id);
        }
        work.commit().await?;
        Ok(made)
    }

    /// Writes an account inside a transaction of the caller's: the id is part of the sealed value's place, so the row is
    /// made first.
    pub(super) async fn insert_account(
        &self,
        work: &DatabaseTransaction,
        provider_id: &str,
        name: &str,
        key: Option<&Secret>,
        now: i64,
    ) -> Result<Model, StoreError> {
        let others = Entity::find().filter(Column::ProviderId.eq(provider_id)).count(work).await?;
        let row = ActiveModel {
            provider_id: Set(provider_id.to_owned()),
            name: Set(name.to_owned()),
            sealed_key: Set(None),
            key_tail: Set(key.map(|key| tail(key.reveal())).unwrap_or_default()),
            priority: Set(i32::try_from(others).unwrap_or(i32::MAX).saturating_add(1)),
            enabled: Set(true),
            parked_until: Set(None),
            refused: Set(false),
            parked_why: Set(String::new()),
            last_error: Set(String::new()),
            last_error_at: Set(None),
            created_at: Set(now),
            ..Default::default()
        };
        let mut made = row.insert(work).await?;
        if let Some(key) = key {
            let sealed = self.seal.seal(&place(made.id), key.reveal());
            let mut row: ActiveModel = made.into();
            row.sealed_key = Set(Some(sealed));
            made = row.update(work).await?;
        }
        Ok(made)
    }

    /// Keeps what an account says beside its key.
    pub async fn set_account_fields(
        &self,
        id: i64,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        let work = self.begin().await?;
        insert_fields(&work, id, fields).await?;
        Ok(work.commit().await?)
    }

    /// Changes an account. Whether it is parked is another matter: [`Self::unpark_account`].
    pub async fn change_account(&self, id: i64, edit: AccountEdit) -> Result<StoredAccount, StoreError> {
        let found = Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing)?;
        let unchanged = found.clone();
        let mut row: ActiveModel = found.into();
        if let Some(name) = edit.name {
            row.name = Set(name);
        }
        if let Some(priority) = edit.priority {
            row.priority = Set(priority);
        }
        if let Some(enabled) = edit.enabled {
            row.enabled = Set(enabled);
        }
        if let Some(budget) = edit.budget {
            let (measure, amount, period) = budget_columns(budget);
            row.budget_measure = Set(measure);
            row.budget_amount = Set(amount);
            row.budget_period = Set(period);
        }
        if let Some(reserve) = edit.reserve {
            row.reserve = Set(i32::try_from(reserve).unwrap_or(0));
        }
        if let Some(proxy) = edit.proxy {
            let sealed = proxy.map(|proxy| self.seal.seal(&proxy_place(id), proxy.reveal()));
            row.sealed_proxy = Set(sealed);
        }
        if let Some(key) = edit.key {
            row.key_tail = Set(tail(key.reveal()));
            row.sealed_key = Set(Some(self.seal.seal(&place(id), key.reveal())));
        }
        let changed = if row.is_changed() { row.update(&self.db).await? } else { unchanged };
        self.opened(changed)
    }

    /// Deletes an account; its past usage stays.
    pub async fn delete_account(&self, id: i64) -> Result<(), StoreError> {
        let deleted = Entity::delete_by_id(id).exec(&self.db).await?;
        if deleted.rows_affected == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }

    /// Writes down that an account, or one model at it, is parked, and tells the other replicas. It stays parked for
    /// longer when it is already.
    pub async fn park_account(
        &self,
        id: i64,
        model: &str,
        park: catalog::Park,
        why: &str,
    ) -> Result<(), StoreError> {
        if park.whole_account {
            let shorter = Column::ParkedUntil.is_null().or(Column::ParkedUntil.lt(park.until));
            parked(Some(park.until), park.needs_person, why)
                .filter(Column::Id.eq(id))
                .filter(shorter)
                .exec(&self.db)
                .await?;
            self.tell(News::Account(id)).await;
            return Ok(());
        }
        use parked_models::Column as Parked;
        let row = parked_models::ActiveModel {
            account_id: Set(id),
            model: Set(model.to_owned()),
            until_at: Set(park.until),
            why: Set(why.to_owned()),
        };
        let later = OnConflict::columns([Parked::AccountId, Parked::Model])
            .update_columns([Parked::UntilAt, Parked::Why])
            .action_and_where(Expr::col((parked_models::Entity, Parked::UntilAt)).lt(park.until))
            .to_owned();
        parked_models::Entity::insert(row).on_conflict(later).exec_without_returning(&self.db).await?;
        self.tell(News::Account(id)).await;
        Ok(())
    }

    /// Writes down that nothing keeps an account from being used, and tells the other replicas.
    pub async fn unpark_account(&self, id: i64) -> Result<(), StoreError> {
        let work = self.begin().await?;
        self.free(&work, id).await?;
        self.say(&work, News::Account(id)).await?;
        Ok(work.commit().await?)
    }

    pub(super) async fn free(&self, work: &DatabaseTransaction, id: i64) -> Result<(), StoreError> {
        parked(None, false, "").filter(Column::Id.eq(id)).exec(work).await?;
        parked_models::Entity::delete_many()
            .filter(parked_models::Column::AccountId.eq(id))
            .exec(work)
            .await?;
        Ok(())
    }

    /// Forgets parked models whose time has come.
    pub async fn sweep_parked(&self, now: i64) -> Result<(), StoreError> {
        parked_models::Entity::delete_many()
            .filter(parked_models::Column::UntilAt.lte(now))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Writes down an account's last error.
    pub async fn note_error(&self, id: i64, error: &str, now: i64) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastError, Expr::value(error))
            .col_expr(Column::LastErrorAt, Expr::value(now))
            .filter(Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Forgets an account's last error: it works.
    pub async fn forget_error(&self, id: i64) -> Result<(), StoreError> {
        forget_error(&self.db, id).await
    }
}
