//! The models of a provider: its own list of them, and which are on.

use super::providers::TestResult;
use super::{NanoUsd, Problem};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// USD per million tokens in units of 10^-9 USD, as a source states it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Fresh input.
    pub input: NanoUsd,
    /// Output, reasoning included.
    pub output: NanoUsd,
    /// Cache reads; `None` when not stated.
    pub cache_read: Option<NanoUsd>,
    /// Cache writes; `None` when not stated.
    pub cache_write: Option<NanoUsd>,
}

/// A model at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRow {
    /// What it is called at its provider, after the prefix.
    pub id: String,
    /// What a client asks for: `prefix/id`.
    pub full_name: String,
    /// A name for people.
    pub name: String,
    /// Context window in tokens; `None` when not stated.
    pub context: Option<u64>,
    /// `None` when no source states one.
    pub price: Option<Price>,
    /// Whether the provider does not list it (any more).
    pub gone: bool,
    /// Whether only the provider's own list knows it.
    pub found: bool,
    /// Off means that no request goes to it, and that no client is offered it.
    pub on: bool,
}

/// Models to be switched on or off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSwitch {
    /// On or off.
    pub on: bool,
    /// Their ids, without the prefix; `None`: all that are known.
    #[serde(default)]
    pub models: Option<Vec<String>>,
}

/// The models of a provider.
#[async_trait]
pub trait Models: Send + Sync {
    /// Asks a provider for its own list of models.
    async fn refresh_models(&self, id: String) -> Result<TestResult, Problem>;
    /// Switches models of a provider on or off.
    async fn switch_models(&self, id: String, switch: ModelSwitch) -> Result<(), Problem>;
}

/// Asks a provider for its own list of models.
#[server(prefix = "/console", endpoint = "refresh_models")]
pub async fn refresh_models(id: String) -> Result<TestResult, Problem> {
    super::told(super::console()?.refresh_models(id).await)
}

/// Switches one model of a provider on or off, by the name of the button that was pressed.
#[server(prefix = "/console", endpoint = "switch_model")]
pub async fn switch_model(
    id: String,
    #[server(default)] turn_on: String,
    #[server(default)] turn_off: String,
) -> Result<(), Problem> {
    let (model, on) = if turn_on.is_empty() { (turn_off, false) } else { (turn_on, true) };
    let switch = ModelSwitch { on, models: Some(vec![model]) };
    super::told(super::console()?.switch_models(id, switch).await)
}

/// Switches all models of a provider on or off.
#[server(prefix = "/console", endpoint = "switch_models")]
pub async fn switch_models(id: String, on: bool) -> Result<(), Problem> {
    super::told(super::console()?.switch_models(id, ModelSwitch { on, models: None }).await)
}
