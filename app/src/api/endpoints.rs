//! Custom endpoints: providers that a person describes.

use super::Problem;
use super::providers::ProviderRow;
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A custom endpoint, to be made or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEndpoint {
    /// A name for people.
    pub name: String,
    /// What stands before the slash in a model name; also its provider id.
    pub prefix: String,
    /// `chat` (OpenAI-compatible) or `messages` (Anthropic-compatible).
    pub dialect: String,
    /// e.g. `https://llm.example.com/v1`.
    pub base_url: String,
    /// The person says that this endpoint is on their own network.
    #[serde(default)]
    pub private_network: bool,
    /// Model ids it is known to have; any other is passed on as well.
    #[serde(default)]
    pub models: Vec<String>,
}

/// Model ids as a person writes them: separated by commas or lines.
#[cfg(feature = "ssr")]
fn listed(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|model| !model.is_empty()).map(str::to_owned).collect()
}

/// Custom endpoints.
#[async_trait]
pub trait Endpoints: Send + Sync {
    /// Makes a custom endpoint.
    async fn add_endpoint(&self, endpoint: NewEndpoint) -> Result<ProviderRow, Problem>;
    /// Changes a custom endpoint; the prefix stays.
    async fn change_endpoint(&self, id: String, endpoint: NewEndpoint) -> Result<ProviderRow, Problem>;
    /// Removes a custom endpoint and its accounts; past usage stays.
    async fn remove_endpoint(&self, id: String) -> Result<(), Problem>;
}

/// Makes a custom endpoint and opens its page.
#[server(prefix = "/console", endpoint = "add_endpoint")]
pub async fn add_endpoint(
    name: String,
    prefix: String,
    dialect: String,
    base_url: String,
    #[server(default)] private_network: bool,
    #[server(default)] models: String,
) -> Result<ProviderRow, Problem> {
    let models = listed(&models);
    let endpoint = NewEndpoint { name, prefix, dialect, base_url, private_network, models };
    let row = super::told(super::console()?.add_endpoint(endpoint).await)?;
    leptos_axum::redirect(&format!("/providers/{}", row.id));
    Ok(row)
}

/// Removes a custom endpoint and its accounts, and opens the list.
#[server(prefix = "/console", endpoint = "remove_endpoint")]
pub async fn remove_endpoint(id: String) -> Result<(), Problem> {
    super::told(super::console()?.remove_endpoint(id).await)?;
    leptos_axum::redirect("/providers");
    Ok(())
}

/// Changes a custom endpoint and opens its page; its prefix stays.
#[server(prefix = "/console", endpoint = "change_endpoint")]
pub async fn change_endpoint(
    id: String,
    name: String,
    dialect: String,
    base_url: String,
    #[server(default)] private_network: bool,
    #[server(default)] models: String,
) -> Result<ProviderRow, Problem> {
    let models = listed(&models);
    let endpoint = NewEndpoint { name, prefix: id.clone(), dialect, base_url, private_network, models };
    super::told(super::console()?.change_endpoint(id, endpoint).await)
}
