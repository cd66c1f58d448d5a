//! Usage: where tokens, money and time went, over time and by whatever it is split by.

use super::{Clock, Cost, Millis, NanoUsd, Problem, Tokens};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is looked at, as the address says it. Empty strings are left to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsageQuery {
    /// `24h`, `7d`, `30d` or `custom`.
    pub period: String,
    /// Custom: the first day, `2026-11-29`.
    pub from: String,
    /// Custom: the last day.
    pub to: String,
    /// What is measured, in a word of [`Measure`].
    pub measure: String,
    /// What it is split by, in a word of [`SplitBy`].
    pub split: String,
    /// A provider id.
    pub provider: String,
    /// `provider/model`.
    pub model: String,
    /// The name of a caller key.
    pub key: String,
    /// A coding tool.
    pub client: String,
    /// A combo.
    pub combo: String,
}

/// What is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Tokens, prompts and answers together.
    #[default]
    Tokens,
    /// Money.
    Cost,
    /// Requests.
    Requests,
    /// The time to the first token, on average.
    Latency,
    /// Tokens that the saver took out.
    Saved,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Tokens, Self::Cost, Self::Requests, Self::Latency, Self::Saved];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Cost => "cost",
            Self::Requests => "requests",
            Self::Latency => "latency",
            Self::Saved => "saved",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokens => "Tokens",
            Self::Cost => "Cost",
            Self::Requests => "Requests",
            Self::Latency => "First token",
            Self::Saved => "Saved",
        }
    }
}

/// What a measure is split by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// The provider.
    #[default]
    Provider,
    /// The provider's model.
    Model,
    /// The account.
    Account,
    /// The caller key.
    Key,
    /// The coding tool.
    Client,
    /// The combo.
    Combo,
    /// The tier.
    Tier,
}

impl SplitBy {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Provider, Self::Model, Self::Account, Self::Key, Self::Client, Self::Combo, Self::Tier];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Model => "model",
            Self::Account => "account",
            Self::Key => "key",
            Self::Client => "client",
            Self::Combo => "combo",
            Self::Tier => "tier",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "Provider",
            Self::Model => "Model",
            Self::Account => "Account",
            Self::Key => "Key",
            Self::Client => "Tool",
            Self::Combo => "Combo",
            Self::Tier => "Tier",
        }
    }
}

/// Sums over some requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// All of them.
    pub requests: i64,
    /// Those that ended without a whole answer although the client stayed.
    pub failed: i64,
    /// Those that needed more than one attempt and still got an answer.
    pub fallbacks: i64,
    /// Token counts.
    pub tokens: Tokens,
    /// Output tokens that were reasoning.
    pub reasoning: i64,
    /// What they cost.
    pub cost: Cost,
    /// The sum of times to the first token, in ms.
    pub first_token_ms: i64,
    /// Of how many requests that is known.
    pub first_tokens: i64,
    /// Tokens of tools' output that the saver took out.
    pub saved_tokens: i64,
    /// What those would have cost at list prices, as far as these are known.
    pub saved_cost: NanoUsd,
}

impl Sums {
    /// Prompt and output tokens together.
    pub fn all_tokens(&self) -> i64 {
        self.tokens.prompt() + self.tokens.output
    }

    /// The time to the first token, in ms, on average; `None` where none is known.
    pub fn latency(&self) -> Option<i64> {
        (self.first_tokens > 0).then(|| self.first_token_ms / self.first_tokens)
    }

    /// What is measured: tokens, USD in units of 10^-9, requests, or ms.
    pub fn measured(&self, measure: Measure) -> i64 {
        match measure {
            Measure::Tokens => self.all_tokens(),
            Measure::Cost => self.cost.known,
            Measure::Requests => self.requests,
            Measure::Latency => self.latency().unwrap_or(0),
            Measure::Saved => self.saved_tokens,
        }
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.failed += other.failed;
        self.fallbacks += other.fallbacks;
        self.tokens.input += other.tokens.input;
        self.tokens.cache_read += other.tokens.cache_read;
        self.tokens.cache_write += other.tokens.cache_write;
        self.tokens.output += other.tokens.output;
        self.reasoning += other.reasoning;
        self.cost.add(&other.cost);
        self.first_token_ms += other.first_token_ms;
        self.first_tokens += other.first_tokens;
        self.saved_tokens += other.saved_tokens;
        self.saved_cost += other.saved_cost;
    }
}

/// A part of the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// When it begins.
    pub from: Millis,
    /// When it ends.
    pub to: Millis,
    /// Its name: "Nov 29", or "14:00" for hours.
    pub name: String,
}

/// One of those that the measure is split into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// What a filter on it is called; empty where there is none: the rest, or an account.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Over the whole period.
    pub whole: Sums,
    /// By part.
    pub parts: Vec<Sums>,
}

/// How long first tokens of one target took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speed {
    /// `provider/model`.
    pub target: String,
    /// Requests whose time is known.
    pub requests: i64,
    /// Half of them took no longer, in ms; each within a twentieth.
    pub half: i64,
    /// Nine of ten.
    pub most: i64,
    /// 99 of a hundred.
    pub slowest: i64,
}

/// Why attempts failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseRow {
    /// The rule that judged: `default/rate-limit`.
    pub rule: String,
    /// The provider that failed.
    pub provider_id: String,
    /// Why, in words: "rate limited".
    pub why: String,
    /// How often.
    pub attempts: i64,
}

/// What can be chosen to filter by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Provider ids.
    pub providers: Vec<String>,
    /// `provider/model`.
    pub models: Vec<String>,
    /// Names of caller keys.
    pub keys: Vec<String>,
    /// Coding tools.
    pub clients: Vec<String>,
    /// Combos.
    pub combos: Vec<String>,
}

/// The usage page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsagePage {
    /// What is looked at: every word of it makes sense.
    pub query: UsageQuery,
    /// What did not make sense, and what was taken for it, in words.
    pub notes: Vec<String>,
    /// What is measured.
    pub measure: Measure,
    /// What it is split by.
    pub split: SplitBy,
    /// The parts of the period, oldest first.
    pub parts: Vec<Part>,
    /// Over the whole period.
    pub whole: Sums,
    /// Over the period of the same length before it.
    pub before: Sums,
    /// What it is split into, the largest first, by what is measured.
    pub shares: Vec<Share>,
    /// Requests by the hour of the week, Monday's midnight first: 168 of them.
    pub week: Vec<i64>,
    /// How long first tokens took, by target.
    pub speeds: Vec<Speed>,
    /// Why attempts failed, the most frequent first.
    pub causes: Vec<CauseRow>,
    /// What can be chosen to filter by.
    pub choices: Choices,
    /// The reader's time zone: `Europe/Berlin`, or `UTC+01:00`.
    pub zone: String,
}

/// Usage.
#[async_trait]
pub trait Usages: Send + Sync {
    /// The whole page. `clock`: the reader's.
    async fn usage(&self, query: UsageQuery, clock: Clock) -> Result<UsagePage, Problem>;
}

/// The whole page.
#[server(prefix = "/console", endpoint = "usage")]
pub async fn load_usage(query: UsageQuery, clock: Clock) -> Result<UsagePage, Problem> {
    super::console()?.usage(query, clock).await
}
