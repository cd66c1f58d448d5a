//! Names of one's own for models: combos (an ordered list of targets) and aliases (another name for one).

use super::Problem;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// One target of a combo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComboTarget {
    /// A model name as a client would ask for it, e.g. `groq/llama-3.3-70b-versatile`.
    pub model: String,
    /// Off means skipped.
    #[serde(default = "on")]
    pub enabled: bool,
}

fn on() -> bool {
    true
}

/// Several targets under one model name, tried in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combo {
    /// What a client asks for. Unique among combos and aliases.
    pub name: String,
    /// Tried in order.
    pub targets: Vec<ComboTarget>,
    /// Off means that the name is unknown.
    #[serde(default = "on")]
    pub enabled: bool,
}

/// Another name for a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// What a client asks for. Unique among combos and aliases.
    pub name: String,
    /// The model name it stands for.
    pub model: String,
}

/// Combos and aliases.
#[async_trait]
pub trait Combos: Send + Sync {
    /// All combos, by name.
    async fn combos(&self) -> Result<Vec<Combo>, Problem>;
    /// Makes a combo, or replaces the one called `replaces`.
    async fn save_combo(&self, replaces: Option<String>, combo: Combo) -> Result<Combo, Problem>;
    /// Removes a combo.
    async fn remove_combo(&self, name: String) -> Result<(), Problem>;
    /// All aliases, by name.
    async fn aliases(&self) -> Result<Vec<Alias>, Problem>;
    /// Makes an alias, or replaces the one called `replaces`.
    async fn save_alias(&self, replaces: Option<String>, alias: Alias) -> Result<Alias, Problem>;
    /// Removes an alias.
    async fn remove_alias(&self, name: String) -> Result<(), Problem>;
}
