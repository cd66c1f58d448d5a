//! Providers and the accounts at them.

use super::accounts::{account_row, checked_budget, checked_proxy, checked_reserve, fields, key, wanted};
use super::models::model_row;
use super::overview::tier;
use super::quota::known_quotas;
use super::requests::row_of;
use super::sign_in::sign_in_row;
use super::{Desk, fail, name, taken};
use crate::accounts::quota::count::PLAN;
use crate::accounts::test::test;
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::snapshot::Provider;
use crate::store::{AccountEdit, StoredAccount};
use app::api::providers::{
    AccountChange, AccountRow, AuthKind, FieldRow, NewAccount, NotOfferedRow, ProviderDetail, ProviderRow,
    Providers, ProvidersPage, Rotation, SpeaksRow, TestResult,
};
use app::api::requests::RequestFilter;
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use catalog::Auth;
use std::collections::HashMap;
use std::sync::Arc;

/// Failures shown on a provider's page.
const FAILURES: u64 = 5;

pub(super) fn no_provider(id: &str) -> Problem {
    Problem::new(ProblemKind::NotFound, format!("There is no provider \"{id}\"."))
}

pub(super) fn provider_row(app: &App, provider: &Provider, accounts: Vec<AccountRow>) -> ProviderRow {
    let spec = &provider.spec;
    ProviderRow {
        id: spec.id.clone(),
        name: spec.name.clone(),
        prefix: spec.prefix.clone(),
        tier: tier(spec.tier),
        auth: match spec.auth {
            Auth::Key => AuthKind::Key,
            Auth::None => AuthKind::Nothing,
            Auth::SignIn => AuthKind::SignIn,
            Auth::ServiceAccount => AuthKind::ServiceAccount,
        },
        sign_in: sign_in_row(provider),
        fields: wanted(provider).iter().map(field_row).collect(),
        custom: provider.custom,
        nearby: provider.accounts.is_empty() && app.nearby.has(&spec.id),
        models: spec.models.len(),
        models_off: spec.models.iter().filter(|model| provider.off.contains(&model.id)).count(),
        dialects: provider.speaks.iter().map(|speaks| speaks.word().to_owned()).collect(),
        rotation: provider.rotation,
        accounts,
    }
}

fn field_row(field: &catalog::Field) -> FieldRow {
    FieldRow {
        name: field.name.clone(),
        label: field.label.clone(),
        help: field.help.clone(),
        default: field.default.clone(),
        optional: field.name == PLAN,
        choices: field.choices.iter().map(|choice| (choice.value.clone(), choice.label.clone())).collect(),
    }
}

impl Desk {
    pub(super) async fn account_rows(&self) -> Result<Vec<AccountRow>, Problem> {
        self.person()?;
        let stored = self.app.store.accounts().await.map_err(fail)?;
        let used = self.app.store.account_usage().await.map_err(fail)?;
        let now = clock::now().unix_ms;
        Ok(stored
            .iter()
            .map(|account| account_row(&self.app, account, used.get(&account.id).copied(), now))
            .collect())
    }

    async fn account_row(&self, id: i64) -> Result<AccountRow, Problem> {
        let stored = self.app.store.account(id).await.map_err(fail)?;
        let used = self.app.store.account_usage().await.map_err(fail)?;
        Ok(account_row(&self.app, &stored, used.get(&id).copied(), clock::now().unix_ms))
    }

    async fn unpark(&self, account: &StoredAccount) -> Result<(), Problem> {
        self.app.store.unpark_account(account.id).await.map_err(fail)?;
        self.app.keepers.registry.of(account).unpark();
        self.app.keepers.quotas.of(account.id).forget();
        self.app.memory.forget();
        Ok(())
    }

    pub(super) fn provider_of(&self, id: &str) -> Result<Arc<Provider>, Problem> {
        self.app.snapshot().provider(id).cloned().ok_or_else(|| no_provider(id))
    }
}

#[async_trait]
impl Providers for Desk {
    async fn providers(&self) -> Result<ProvidersPage, Problem> {
        self.person()?;
        let mut accounts: HashMap<String, Vec<AccountRow>> = HashMap::new();
        for row in self.account_rows().await? {
            accounts.entry(row.provider_id.clone()).or_default().push(row);
        }
        let snapshot = self.app.snapshot();
        let mut page = ProvidersPage::default();
        for provider in snapshot.providers() {
            let rows = accounts.remove(&provider.spec.id).unwrap_or_default();
            // A custom endpoint without an account was still made by the person: it belongs with theirs.
            let list =
                if rows.is_empty() && !provider.custom { &mut page.catalogue } else { &mut page.connected };
            list.push(provider_row(&self.app, provider, rows));
        }
        // The file comes with the program, and a test reads it.
        let not_offered = catalog::Catalog::not_offered().unwrap_or_default();
        page.not_offered =
            not_offered.into_iter().map(|one| NotOfferedRow { name: one.name, why: one.why }).collect();
        page.catalogue.sort_by(|one, other| (one.tier, &one.name).cmp(&(other.tier, &other.name)));
        Ok(page)
    }

    async fn provider(&self, id: String) -> Result<ProviderDetail, Problem> {
        self.person()?;
        let provider = self.provider_of(&id)?;
        let spec = &provider.spec;
        let rows = self.account_rows().await?.into_iter().filter(|row| row.provider_id == spec.id).collect();
        let filter = RequestFilter {
            provider: spec.id.clone(),
            outcome: "failed".to_owned(),
            ..RequestFilter::default()
        };
        let failures = self.app.store.requests(&filter, FAILURES).await.map_err(fail)?.records;
        Ok(ProviderDetail {
            row: provider_row(&self.app, &provider, rows),
            keys_at: spec.keys_at.clone(),
            terms: spec.terms.clone(),
            // As the file has them: an account's own part of an address stands there by its name.
            speaks: spec
                .speaks
                .iter()
                .map(|speaks| SpeaksRow { dialect: speaks.word().to_owned(), url: speaks.url.clone() })
                .collect(),
            quota: known_quotas(&provider),
            lists: spec.models_url.is_some(),
            listed_at: provider.listed_at,
            unlisted: self.app.unlisted.why(&spec.id).unwrap_or_default(),
            models: spec.models.iter().map(|model| model_row(&provider, model)).collect(),
            failures: failures.iter().map(row_of).collect(),
            private_network: provider.custom && provider.private_network,
        })
    }

    async fn add_account(&self, account: NewAccount) -> Result<AccountRow, Problem> {
        self.person()?;
        let provider = self
            .provider_of(account.provider.trim())
            .map_err(|problem| Problem { field: Some("provider".to_owned()), ..problem })?;
        let fields = fields(&provider, &account.fields)?;
        if provider.spec.auth == Auth::ServiceAccount || provider.spec.exchanges_keys() {
            let id = self.add_exchanged(&provider, &account, &fields).await?;
            return self.account_row(id).await;
        }
        let key = key(&provider, &account.key)?;
        let id = &provider.spec.id;
        let display = match account.name.trim() {
            "" => provider.free_name(&provider.accounts.iter().map(|known| known.name.clone()).collect()),
            given => name("name", given)?,
        };
        let made = self.app.store.add_account(id, &display, key.as_ref(), clock::now().unix_ms).await;
        let made = made.map_err(taken("name", || {
            format!(
                "{} already has an account called \"{display}\". Choose another name.",
                provider.spec.name
            )
        }))?;
        self.app.store.set_account_fields(made.id, &fields).await.map_err(fail)?;
        self.publish().await?;
        self.account_row(made.id).await
    }

    async fn change_account(&self, id: i64, change: AccountChange) -> Result<AccountRow, Problem> {
        self.person()?;
        let stored = self.app.store.account(id).await.map_err(fail)?;
        let provider = self.provider_of(&stored.provider_id)?;
        let display = change.name.map(|text| name("name", &text)).transpose()?;
        let exchanges = provider.spec.exchanges_keys();
        let mut exchanged = None;
        let new_key = match change.key {
            Some(text) if exchanges || provider.spec.auth == Auth::ServiceAccount => {
                exchanged = Some(Secret::from(text));
                None
            }
            Some(text) => key(&provider, &text)?,
            None => None,
        };
        let new_fields = change.fields.map(|given| fields(&provider, &given)).transpose()?;
        let moved = new_fields
            .as_ref()
            .is_some_and(|new| new.iter().any(|(name, value)| stored.fields.get(name) != Some(value)));
        let signed_in = stored.tokens.as_ref().is_some_and(|tokens| tokens.tokens.grant.is_some());
        if moved && signed_in && exchanged.is_none() {
            // Its tokens are another place's, and no business of the new one.
            let message = "Sign in anew to use it elsewhere: what it has is good where it was given.";
            return Err(Problem::invalid("fields", message));
        }
        if moved && exchanges && exchanged.is_none() {
            // Where the key is exchanged may be somewhere else now.
            exchanged = stored.tokens.as_ref().and_then(|tokens| tokens.tokens.renewal.clone());
        }
        let unpark = new_key.is_some() || exchanged.is_some() || moved;
        let edit = AccountEdit {
            name: display.clone(),
            key: new_key,
            priority: change.priority,
            enabled: change.enabled,
            reserve: change.reserve.map(checked_reserve).transpose()?,
            proxy: change.proxy.map(|proxy| checked_proxy(&proxy)).transpose()?,
            budget: change.budget.map(|change| change.map(checked_budget).transpose()).transpose()?,
        };
        if let Some(given) = exchanged {
            let mut said = stored.fields.clone();
            said.extend(new_fields.clone().unwrap_or_default());
            self.exchange_again(&provider, id, &given, &said).await?;
        }
        self.app.store.change_account(id, edit).await.map_err(taken("name", || {
            format!("An account called \"{}\" exists. Choose another name.", display.unwrap_or_default())
        }))?;
        if let Some(fields) = new_fields {
            self.app.store.set_account_fields(id, &fields).await.map_err(fail)?;
        }
        // The new key first: an account that is free again under the old one would be parked anew.
        self.publish().await?;
        if unpark {
            self.unpark(&stored).await?;
        }
        self.account_row(id).await
    }

    async fn remove_account(&self, id: i64) -> Result<(), Problem> {
        self.person()?;
        self.app.store.delete_account(id).await.map_err(fail)?;
        self.publish().await
    }

    async fn test_account(&self, id: i64) -> Result<TestResult, Problem> {
        self.person()?;
        let stored = self.app.store.account(id).await.map_err(fail)?;
        let provider = self.provider_of(&stored.provider_id)?;
        let gone = || Problem::new(ProblemKind::NotFound, "This account is not there any more.");
        let account = provider.accounts.iter().find(|account| account.id == id).ok_or_else(gone)?;
        if !provider.lets(account) {
            let sentence = format!("The sign-in of {} is turned off.", provider.spec.name);
            return Ok(TestResult { ok: false, sentence, millis: 0 });
        }
        Ok(test(&self.app, &provider, account).await)
    }

    async fn unpark_account(&self, id: i64) -> Result<AccountRow, Problem> {
        self.person()?;
        let stored = self.app.store.account(id).await.map_err(fail)?;
        self.unpark(&stored).await?;
        self.account_row(id).await
    }

    async fn rotate_accounts(&self, id: String, rotation: Rotation) -> Result<ProviderRow, Problem> {
        self.person()?;
        // The id may be a prefix or an alias of the provider's.
        let id = self.provider_of(&id)?.spec.id.clone();
        self.app.store.save_rotation(&id, rotation).await.map_err(fail)?;
        self.publish().await?;
        let rows = self.account_rows().await?.into_iter().filter(|row| row.provider_id == id).collect();
        Ok(provider_row(&self.app, &*self.provider_of(&id)?, rows))
    }
}
