//! What-if: what recorded usage would have cost through another combo, at another model, or at another price.

use super::overview::TierShare;
use super::requests::Exclusion;
use super::usage::{Choices, Part, UsageQuery};
use super::{Clock, Cost, NanoUsd, Problem, Tier, Tokens};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is asked, as the address says it. Empty strings are left to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WhatIfQuery {
    /// How many days, today among them.
    pub days: String,
    /// Usage of a provider alone, by its id.
    pub provider: String,
    /// Usage of one `provider/model` alone.
    pub model: String,
    /// Usage of a caller key alone, by its name.
    pub key: String,
    /// Usage of a coding tool alone.
    pub client: String,
    /// Usage of a combo alone.
    pub combo: String,
    /// What changes, in a word of [`Change`].
    pub change: String,
    /// The combo that answers, the `provider/model` that answers, or the one whose price changes.
    pub to: String,
    /// USD per million tokens of fresh input, as typed; empty: as it is.
    pub input: String,
    /// The same for output.
    pub output: String,
    /// The same for what is read from a cache.
    pub cache_read: String,
    /// The same for what is written to one.
    pub cache_write: String,
}

impl WhatIfQuery {
    /// Which usage is looked at, as the Usage page has it.
    pub fn filters(&self) -> UsageQuery {
        UsageQuery {
            provider: self.provider.clone(),
            model: self.model.clone(),
            key: self.key.clone(),
            client: self.client.clone(),
            combo: self.combo.clone(),
            ..UsageQuery::default()
        }
    }
}

/// What changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A combo answers all of it.
    #[default]
    Combo,
    /// One model answers all of it.
    Model,
    /// A model has another price.
    Price,
}

impl Change {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Combo, Self::Model, Self::Price];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Combo => "combo",
            Self::Model => "model",
            Self::Price => "price",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Combo => "Another combo",
            Self::Model => "Another model",
            Self::Price => "Another price",
        }
    }
}

/// Sums over some requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Requests. Those that got an error and used nothing are not among them.
    pub requests: i64,
    /// Their tokens.
    pub tokens: Tokens,
    /// What they cost. Requests that stated no tokens are in neither count.
    pub cost: Cost,
    /// Tokens of unknown cost.
    pub unknown_tokens: i64,
}

impl Amount {
    /// Prompt and output tokens together.
    pub fn all_tokens(&self) -> i64 {
        self.tokens.prompt() + self.tokens.output
    }
}

/// Usage as it was, or as it would have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// All of it.
    pub whole: Amount,
    /// Its tokens by tier, the largest first.
    pub tiers: Vec<TierShare>,
    /// What it cost by part of the period, as far as that is known; USD in units of 10^-9.
    pub parts: Vec<NanoUsd>,
}

/// One target, as it was and as it would have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRow {
    /// `provider/model`.
    pub target: String,
    /// What it costs to use; `None`: the provider is gone.
    pub tier: Option<Tier>,
    /// As it was.
    pub recorded: Amount,
    /// As it would have been.
    pub would_be: Amount,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// As it would have been.
    pub would_be: Side,
    /// By target, those that would have answered most first.
    pub targets: Vec<TargetRow>,
    /// Requests that no target would have answered, because of limits.
    pub unanswered_requests: i64,
    /// Their tokens.
    pub unanswered_tokens: i64,
    /// Targets that cannot be used, and why.
    pub left_out: Vec<Exclusion>,
    /// What was taken for granted, in sentences.
    pub assumptions: Vec<String>,
}

/// Prices in USD for a million tokens, in units of 10^-9; `None`: no source states it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prices {
    /// Fresh input.
    pub input: Option<NanoUsd>,
    /// Output.
    pub output: Option<NanoUsd>,
    /// Read from a cache.
    pub cache_read: Option<NanoUsd>,
    /// Written to a cache.
    pub cache_write: Option<NanoUsd>,
}

/// The what-if page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIfPage {
    /// What is asked: every word of it makes sense.
    pub query: WhatIfQuery,
    /// What did not make sense, and what was taken for it, in words.
    pub notes: Vec<String>,
    /// What changes.
    pub change: Change,
    /// How many days are looked at.
    pub days: i64,
    /// The first and the last of them: "30 Oct – 28 Nov".
    pub span: String,
    /// The parts of the period, oldest first.
    pub parts: Vec<Part>,
    /// As it was recorded.
    pub recorded: Side,
    /// What came of it; `None` where nothing was chosen, or it cannot be had.
    pub estimate: Option<Estimate>,
    /// Why it cannot be had, where something was chosen.
    pub fault: Option<Problem>,
    /// Today's prices of the model whose price changes.
    pub prices: Option<Prices>,
    /// What can be chosen to filter by.
    pub choices: Choices,
    /// All combos.
    pub combos: Vec<String>,
    /// Models that were used, then those of connected providers, as `provider/model`; not more than fit into a page.
    pub models: Vec<String>,
    /// The reader's time zone.
    pub zone: String,
}

/// What-if.
#[async_trait]
pub trait WhatIf: Send + Sync {
    /// The whole page. `clock`: the reader's.
    async fn what_if(&self, query: WhatIfQuery, clock: Clock) -> Result<WhatIfPage, Problem>;
}

/// The whole page.
#[server(prefix = "/console", endpoint = "what_if")]
pub async fn load_what_if(query: WhatIfQuery, clock: Clock) -> Result<WhatIfPage, Problem> {
    super::console()?.what_if(query, clock).await
}
