//! Providers and the accounts at them.

use super::combos::{Budget, Spent};
use super::models::ModelRow;
use super::quota::AccountQuota;
use super::requests::RequestRow;
use super::sign_in::{SignInRow, TokenRow};
use super::{Millis, Problem, Tier};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an account is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nothing is known to be wrong.
    Ready,
    /// Switched off by a person.
    Off,
    /// Waits until a stated time, then comes back by itself.
    Parked,
    /// Refused by the provider: a person has to act.
    Refused,
}

/// In which order a provider's accounts are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// The first until it has to rest, then the next.
    #[default]
    FillFirst,
    /// Each in turn goes first. A conversation stays where it is while its prompt cache is warm.
    RoundRobin,
}

/// A model that waits at an account whose other models may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingModel {
    /// The model.
    pub model: String,
    /// Until when, Unix ms.
    pub until: Millis,
    /// Why, in words.
    pub why: String,
    /// Whether it is the circuit: it failed again and again, and is being tried with one request at a time.
    pub circuit: bool,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Stays the same for the life of the account.
    pub id: i64,
    /// The provider it is at.
    pub provider_id: String,
    /// Unique at its provider.
    pub name: String,
    /// The key with all but its last four characters masked, e.g. "••••9f2c"; empty when none is needed.
    pub masked_key: String,
    /// Its sign-in, where it has no key.
    pub token: Option<TokenRow>,
    /// What it says beside its key, by the names of its provider's fields.
    pub fields: BTreeMap<String, String>,
    /// Lower is tried first.
    pub priority: i32,
    /// Off means never used.
    pub enabled: bool,
    /// How it is doing.
    pub health: Health,
    /// The health in words, e.g. "Rate limited by Groq until 14:05".
    pub sentence: String,
    /// When a parked account comes back.
    pub parked_until: Option<Millis>,
    /// Models that wait although the account does not, the first to come back first.
    pub waiting: Vec<WaitingModel>,
    /// Requests under way.
    pub in_flight: i64,
    /// What it may be used for within a period.
    pub budget: Option<Budget>,
    /// How much of its limits is kept back, in hundredths.
    pub reserve: u32,
    /// A proxy of its own, without user name and password; empty: the machine's own settings hold.
    pub proxy: String,
    /// What was used in the budget's period, or today without a budget.
    pub spent: Spent,
    /// The last error in words; empty when there was none.
    pub last_error: String,
    /// When it happened.
    pub last_error_at: Option<Millis>,
    /// When it last answered.
    pub last_used_at: Option<Millis>,
    /// When it was added.
    pub created_at: Millis,
}

/// How a provider lets us in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// A key pasted by a person.
    Key,
    /// Nothing is needed, e.g. a server on the person's own machine.
    Nothing,
    /// Tokens that a person gets by signing in.
    SignIn,
    /// The JSON file of one of Google's service accounts, pasted by a person.
    ServiceAccount,
}

/// What each account of a provider says beside its key, because an address holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRow {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Where to find it; empty when there is nothing to say.
    pub help: String,
    /// What it may be, each with its name for people; empty where it is free.
    pub choices: Vec<(String, String)>,
    /// What it is where nobody says; empty where it has to be said.
    pub default: String,
    /// Whether it may be left out.
    pub optional: bool,
}

/// One provider in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRow {
    /// e.g. "groq".
    pub id: String,
    /// e.g. "Groq".
    pub name: String,
    /// What stands before the slash in a model name.
    pub prefix: String,
    /// What it costs to use.
    pub tier: Tier,
    /// How it lets us in.
    pub auth: AuthKind,
    /// How accounts are signed in to, where they can be.
    pub sign_in: Option<SignInRow>,
    /// What each account says beside its key.
    pub fields: Vec<FieldRow>,
    /// Made by a person rather than from the catalogue.
    pub custom: bool,
    /// A server that answers on this machine, and that nobody has connected yet.
    pub nearby: bool,
    /// How many models it is known to have.
    pub models: usize,
    /// How many of them are switched off.
    pub models_off: usize,
    /// Wire formats it speaks.
    pub dialects: Vec<String>,
    /// In which order its accounts are tried.
    pub rotation: Rotation,
    /// The accounts at it, in the order they are tried.
    pub accounts: Vec<AccountRow>,
}

/// The providers page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvidersPage {
    /// Providers with at least one account.
    pub connected: Vec<ProviderRow>,
    /// All others, by tier and name.
    pub catalogue: Vec<ProviderRow>,
    /// What people ask for and is not offered.
    pub not_offered: Vec<NotOfferedRow>,
}

/// A provider that is not offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotOfferedRow {
    /// Its name.
    pub name: String,
    /// Why not, and what to use instead.
    pub why: String,
}

/// A wire format a provider speaks and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeaksRow {
    /// chat, messages... or kiro, which is no client's.
    pub dialect: String,
    /// The endpoint's address.
    pub url: String,
}

/// The provider page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderDetail {
    /// The row as in the list.
    pub row: ProviderRow,
    /// Where to make a key; empty when not known.
    pub keys_at: String,
    /// What is left of its accounts; those of which nothing is known are left out.
    pub quota: Vec<AccountQuota>,
    /// Whether it lists its models to whoever asks.
    pub lists: bool,
    /// When it was asked for its list and gave one; `None`: not yet.
    pub listed_at: Option<Millis>,
    /// Why it has no list after all, in words; empty where it has one, or was not asked.
    pub unlisted: String,
    /// What the vendor says about use through a router; empty when nothing special.
    pub terms: String,
    /// What it speaks.
    pub speaks: Vec<SpeaksRow>,
    /// The models it is known to have.
    pub models: Vec<ModelRow>,
    /// The newest requests that failed at this provider, at most 5.
    pub failures: Vec<RequestRow>,
    /// For a custom endpoint: whether it may live on a private network.
    pub private_network: bool,
}

/// An account to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The provider id.
    pub provider: String,
    /// Unique at its provider; empty for a name of ours.
    #[serde(default)]
    pub name: String,
    /// The provider's key; empty where none is needed.
    #[serde(default)]
    pub key: String,
    /// What the provider's fields are, by name.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// A change to an account. `None` leaves as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// A new name.
    #[serde(default)]
    pub name: Option<String>,
    /// A new key.
    #[serde(default)]
    pub key: Option<String>,
    /// What the provider's fields are from now on, by name; all of them.
    #[serde(default)]
    pub fields: Option<BTreeMap<String, String>>,
    /// Lower is tried first.
    #[serde(default)]
    pub priority: Option<i32>,
    /// On or off.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// How much of its limits is kept back, in hundredths: at most 90.
    #[serde(default)]
    pub reserve: Option<u32>,
    /// A proxy of its own from now on; empty: none any more.
    #[serde(default)]
    pub proxy: Option<String>,
    /// A new budget; `null` for none.
    #[serde(default, deserialize_with = "stated")]
    pub budget: Option<Option<Budget>>,
}

/// Tells a member that is `null` from one that is not there.
fn stated<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Budget>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What a test request to an account showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Whether the provider answered.
    pub ok: bool,
    /// What happened, in words.
    pub sentence: String,
    /// How long it took.
    pub millis: i64,
}

/// Providers and accounts.
#[async_trait]
pub trait Providers: Send + Sync {
    /// The list.
    async fn providers(&self) -> Result<ProvidersPage, Problem>;
    /// One provider.
    async fn provider(&self, id: String) -> Result<ProviderDetail, Problem>;
    /// Makes an account.
    async fn add_account(&self, account: NewAccount) -> Result<AccountRow, Problem>;
    /// Changes an account; a new key also un-parks it.
    async fn change_account(&self, id: i64, change: AccountChange) -> Result<AccountRow, Problem>;
    /// Removes an account; its past usage stays.
    async fn remove_account(&self, id: i64) -> Result<(), Problem>;
    /// Sends one minimal real request through the account.
    async fn test_account(&self, id: i64) -> Result<TestResult, Problem>;
    /// Forgets that the account was parked or refused, and closes its circuits.
    async fn unpark_account(&self, id: i64) -> Result<AccountRow, Problem>;
    /// Says in which order a provider's accounts are tried.
    async fn rotate_accounts(&self, id: String, rotation: Rotation) -> Result<ProviderRow, Problem>;
}

/// The list.
#[server(prefix = "/console", endpoint = "providers")]
pub async fn load_providers() -> Result<ProvidersPage, Problem> {
    super::console()?.providers().await
}

/// One provider.
#[server(prefix = "/console", endpoint = "provider")]
pub async fn load_provider(id: String) -> Result<ProviderDetail, Problem> {
    super::console()?.provider(id).await
}

/// Makes an account and opens its provider's page.
#[server(prefix = "/console", endpoint = "add_account")]
pub async fn add_account(
    provider: String,
    name: String,
    key: String,
    #[server(default)] fields: BTreeMap<String, String>,
) -> Result<AccountRow, Problem> {
    let account = NewAccount { provider, name, key, fields };
    let row = super::told(super::console()?.add_account(account).await)?;
    leptos_axum::redirect(&format!("/providers/{}", row.provider_id));
    Ok(row)
}

/// Renames an account, moves it in the order, or gives it a new key (empty keeps the old one).
#[server(prefix = "/console", endpoint = "change_account")]
pub async fn change_account(
    id: i64,
    name: String,
    key: String,
    priority: i32,
    #[server(default)] reserve: Option<u32>,
    #[server(default)] proxy: String,
    #[server(default)] fields: BTreeMap<String, String>,
) -> Result<AccountRow, Problem> {
    let change = AccountChange {
        name: Some(name),
        key: Some(key).filter(|key| !key.is_empty()),
        priority: Some(priority),
        reserve,
        // An empty field keeps what there is, because its password is not shown; a dash takes it away.
        proxy: Some(proxy.trim().to_owned()).filter(|proxy| !proxy.is_empty()).map(|proxy| {
            match proxy.as_str() {
                "-" => String::new(),
                _ => proxy,
            }
        }),
        fields: Some(fields).filter(|fields| !fields.is_empty()),
        ..AccountChange::default()
    };
    super::told(super::console()?.change_account(id, change).await)
}

/// Switches an account on or off.
#[server(prefix = "/console", endpoint = "enable_account")]
pub async fn enable_account(id: i64, enabled: bool) -> Result<AccountRow, Problem> {
    let change = AccountChange { enabled: Some(enabled), ..AccountChange::default() };
    super::told(super::console()?.change_account(id, change).await)
}

/// Removes an account; its past usage stays.
#[server(prefix = "/console", endpoint = "remove_account")]
pub async fn remove_account(id: i64) -> Result<(), Problem> {
    super::told(super::console()?.remove_account(id).await)
}

/// Sends one minimal real request through the account.
#[server(prefix = "/console", endpoint = "test_account")]
pub async fn test_account(id: i64) -> Result<TestResult, Problem> {
    super::told(super::console()?.test_account(id).await)
}

/// Forgets that the account was parked or refused.
#[server(prefix = "/console", endpoint = "unpark_account")]
pub async fn unpark_account(id: i64) -> Result<AccountRow, Problem> {
    super::told(super::console()?.unpark_account(id).await)
}

/// Says in which order a provider's accounts are tried.
#[server(prefix = "/console", endpoint = "rotate_accounts")]
pub async fn rotate_accounts(id: String, rotation: Rotation) -> Result<ProviderRow, Problem> {
    super::told(super::console()?.rotate_accounts(id, rotation).await)
}
