//! Providers, the accounts at them, and custom endpoints.

use super::accounts::{account_row, checked_budget, checked_proxy, checked_reserve, fields, key, wanted};
use super::combos::check::unused_provider;
use super::overview::tier;
use super::quota::known_quotas;
use super::requests::row_of;
use super::sign_in::sign_in_row;
use super::{Desk, fail, name, taken};
use crate::accounts::models::{self, Changed};
use crate::accounts::quota::count::PLAN;
use crate::accounts::test::test;
use crate::clock;
use crate::config::Secret;
use crate::state::App;
use crate::store::snapshot::Provider;
use crate::store::{AccountEdit, StoredAccount, StoredEndpoint};
use crate::upstream::address;
use app::api::providers::{
    AccountChange, AccountRow, AuthKind, FieldRow, ModelRow, NewAccount, NewEndpoint, NotOfferedRow, Price,
    ProviderDetail, ProviderRow, Providers, ProvidersPage, Rotation, SpeaksRow, TestResult,
};
use app::api::requests::RequestFilter;
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use catalog::Auth;
use std::collections::HashMap;
use std::sync::Arc;
use url::Url;

/// Failures shown on a provider's page.
const FAILURES: u64 = 5;
/// Longest id of a model.
const LONGEST_MODEL: usize = 200;

fn no_provider(id: &str) -> Problem {
    Problem::new(ProblemKind::NotFound, format!("There is no provider \"{id}\"."))
}

fn provider_row(app: &App, provider: &Provider, accounts: Vec<AccountRow>) -> ProviderRow {
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
        dialects: provider.speaks.iter().map(|speaks| speaks.dialect.to_string()).collect(),
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

fn model_row(provider: &Provider, model: &catalog::Model) -> ModelRow {
    let spec = &provider.spec;
    ModelRow {
        full_name: format!("{}/{}", spec.prefix, model.id),
        name: model.name.clone(),
        context: model.context,
        price: price(model),
        gone: provider.gone.contains(&model.id),
    }
}

/// A model's price; `None` when no source states what input and output cost.
pub(super) fn price(model: &catalog::Model) -> Option<Price> {
    let price = model.price?;
    Some(Price {
        input: price.input?,
        output: price.output?,
        cache_read: price.cache_read,
        cache_write: price.cache_write,
    })
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

    /// An endpoint that makes sense and leads where it may.
    async fn endpoint(&self, endpoint: NewEndpoint) -> Result<StoredEndpoint, Problem> {
        let display = name("name", &endpoint.name)?;
        let prefix = endpoint.prefix.trim().to_owned();
        let fits = |letter: char| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_'
        };
        if prefix.is_empty() || prefix.len() > 40 || !prefix.chars().all(fits) {
            return Err(Problem::invalid(
                "prefix",
                "Use small letters, digits, - and _ only, at most 40 of them.",
            ));
        }
        if endpoint.dialect.parse::<wire::Dialect>().is_err() {
            let message = "Choose what the endpoint speaks: chat, responses, messages, gemini or ollama.";
            return Err(Problem::invalid("dialect", message));
        }
        let base_url = endpoint.base_url.trim().trim_end_matches('/').to_owned();
        let url = Url::parse(&base_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let not_url =
            || Problem::invalid("base_url", "Give a whole address, e.g. https://llm.example.com/v1.");
        let url = url.ok_or_else(not_url)?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(Problem::invalid(
                "base_url",
                "Leave out user name, password, ? and #: the key goes into an account.",
            ));
        }
        if !endpoint.private_network {
            let refused = |why: address::AddressError| Problem::invalid("base_url", why.to_string());
            address::check(&url).await.map_err(refused)?;
        }
        let mut models: Vec<String> = Vec::new();
        for model in endpoint.models.iter().map(|model| model.trim()).filter(|model| !model.is_empty()) {
            if model.len() > LONGEST_MODEL || model.chars().any(char::is_control) {
                return Err(Problem::invalid(
                    "models",
                    "A model's id is one line of at most 200 bytes: give each one by itself.",
                ));
            }
            if !models.iter().any(|known| known == model) {
                models.push(model.to_owned());
            }
        }
        Ok(StoredEndpoint {
            prefix,
            name: display,
            dialect: endpoint.dialect,
            base_url,
            private_network: endpoint.private_network,
            models,
        })
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
        let failures = self.app.store.requests(&filter, FAILURES).await.map_err(fail)?;
        Ok(ProviderDetail {
            row: provider_row(&self.app, &provider, rows),
            keys_at: spec.keys_at.clone(),
            terms: spec.terms.clone(),
            // As the file has them: an account's own part of an address stands there by its name.
            speaks: spec
                .speaks
                .iter()
                .map(|speaks| SpeaksRow {
                    dialect: speaks.dialect.as_str().to_owned(),
                    url: speaks.url.clone(),
                })
                .collect(),
            quota: known_quotas(&provider),
            lists: spec.models_url.is_some(),
            listed_at: provider.listed_at,
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

    async fn refresh_models(&self, id: String) -> Result<TestResult, Problem> {
        self.person()?;
        let provider = self.provider_of(&id)?;
        let began = clock::now();
        let result = models::refresh(&self.app, &provider).await;
        let (millis, name) = (began.elapsed_ms(), &provider.spec.name);
        Ok(match result {
            Ok(Changed { all, new }) => {
                let fresh = match new {
                    0 => "none of them new".to_owned(),
                    new => format!("{new} of them new"),
                };
                TestResult { ok: true, sentence: format!("{name} lists {all} models, {fresh}."), millis }
            }
            Err(why) => {
                let sentence = format!("{name} gave no list: {}.", why.trim_end_matches('.'));
                TestResult { ok: false, sentence, millis }
            }
        })
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

    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<ProviderRow, Problem> {
        self.person()?;
        let endpoint = self.endpoint(endpoint).await?;
        let in_use = || {
            let message = format!(
                "\"{}\" already stands for another provider. Choose another prefix.",
                endpoint.prefix
            );
            Problem { message, field: Some("prefix".to_owned()), kind: ProblemKind::Conflict }
        };
        if self.app.snapshot().provider(&endpoint.prefix).is_some() {
            return Err(in_use());
        }
        let made = self.app.store.add_endpoint(&endpoint, clock::now().unix_ms).await;
        made.map_err(taken("prefix", || in_use().message))?;
        self.publish().await?;
        Ok(provider_row(&self.app, &*self.provider_of(&endpoint.prefix)?, Vec::new()))
    }

    async fn change_endpoint(&self, id: String, mut endpoint: NewEndpoint) -> Result<ProviderRow, Problem> {
        self.person()?;
        if !self.provider_of(&id)?.custom {
            return Err(no_provider(&id));
        }
        endpoint.prefix.clone_from(&id);
        let endpoint = self.endpoint(endpoint).await?;
        self.app.store.change_endpoint(&endpoint).await.map_err(fail)?;
        self.publish().await?;
        let rows = self.account_rows().await?.into_iter().filter(|row| row.provider_id == id).collect();
        Ok(provider_row(&self.app, &*self.provider_of(&id)?, rows))
    }

    async fn remove_endpoint(&self, id: String) -> Result<(), Problem> {
        self.person()?;
        unused_provider(&self.app.snapshot(), &id)?;
        self.app.store.delete_endpoint(&id).await.map_err(fail)?;
        self.publish().await
    }
}
