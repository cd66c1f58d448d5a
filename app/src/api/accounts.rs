//! Several accounts of a provider at once: many keys pasted, all of them tested.

use super::Problem;
use super::providers::{AccountRow, TestResult};
use async_trait::async_trait;
use leptos::prelude::*;

/// Several accounts at once.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Makes an account of each line of `keys`: a key, or a name, a blank and a key. All of them, or none.
    async fn add_accounts(&self, provider: String, keys: String) -> Result<Vec<AccountRow>, Problem>;
    /// Sends one minimal real request through each account of a provider that is on.
    async fn test_accounts(&self, provider: String) -> Result<TestResult, Problem>;
}

/// Makes an account of each line and opens the provider's page.
#[server(prefix = "/console", endpoint = "add_accounts")]
pub async fn add_accounts(provider: String, keys: String) -> Result<Vec<AccountRow>, Problem> {
    let rows = super::told(super::console()?.add_accounts(provider, keys).await)?;
    if let Some(row) = rows.first() {
        leptos_axum::redirect(&format!("/providers/{}", row.provider_id));
    }
    Ok(rows)
}

/// Sends one minimal real request through each account that is on.
#[server(prefix = "/console", endpoint = "test_accounts")]
pub async fn test_accounts(provider: String) -> Result<TestResult, Problem> {
    super::told(super::console()?.test_accounts(provider).await)
}
