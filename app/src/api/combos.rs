//! Names of one's own for models: combos (an ordered list of targets) and aliases (another name for one), and what a
//! name would be answered by now.

use super::models::Price;
use super::providers::TestResult;
use super::requests::Exclusion;
use super::terse::Terse;
use super::{NanoUsd, Problem, Tier};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// In which order a combo's targets are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// As they stand.
    #[default]
    Priority,
    /// Each in turn goes first.
    RoundRobin,
    /// Each goes first as often as its weight says.
    Weighted,
    /// The cheapest for this request first; unknown prices last.
    LeastCost,
    /// The one whose first token came soonest of late first.
    Fastest,
    /// The one with the fewest requests under way first.
    LeastBusy,
    /// The one whose quota resets soonest first: what is left of it would be lost.
    DrainFirst,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Priority,
        Self::RoundRobin,
        Self::Weighted,
        Self::LeastCost,
        Self::Fastest,
        Self::LeastBusy,
        Self::DrainFirst,
    ];

    /// The word it is stored and sent as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::RoundRobin => "round-robin",
            Self::Weighted => "weighted",
            Self::LeastCost => "least-cost",
            Self::Fastest => "fastest",
            Self::LeastBusy => "least-busy",
            Self::DrainFirst => "drain-first",
        }
    }
}

/// What a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Prompt and output tokens together.
    Tokens,
    /// What they cost, as far as prices are known; USD in units of 10^-9.
    Cost,
}

/// How often a budget begins anew: at midnight UTC, on Mondays, on the first of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every day.
    Day,
    /// Every week.
    Week,
    /// Every month.
    Month,
}

/// So much and no more; reached means that something else answers until the period is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// What is counted.
    pub measure: Measure,
    /// Tokens, or USD in units of 10^-9. At least 1.
    pub amount: i64,
    /// Within what time.
    pub period: Period,
}

/// One target of a combo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComboTarget {
    /// A model name as a client would ask for it, e.g. `groq/llama-3.3-70b-versatile`, or another combo.
    pub model: String,
    /// Off means skipped.
    #[serde(default = "on")]
    pub enabled: bool,
    /// How often it goes first, against the others' weights ([`Strategy::Weighted`]). 1 to 1000.
    #[serde(default = "one")]
    pub weight: i32,
    /// What this combo may spend at it.
    #[serde(default)]
    pub budget: Option<Budget>,
}

fn on() -> bool {
    true
}

fn one() -> i32 {
    1
}

impl ComboTarget {
    /// A target that is on, without a budget.
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: model.into(), enabled: true, weight: 1, budget: None }
    }
}

/// Several targets under one model name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combo {
    /// What a client asks for. Unique among combos and aliases.
    pub name: String,
    /// In the order they stand.
    pub targets: Vec<ComboTarget>,
    /// Off means that the name is unknown.
    #[serde(default = "on")]
    pub enabled: bool,
    /// In which order they are tried.
    #[serde(default)]
    pub strategy: Strategy,
    /// How long a target may be silent before the next is started beside it, in ms; `None`: as the settings say.
    #[serde(default)]
    pub first_token_ms: Option<i64>,
    /// How long a stream may stand still before the next target continues it, in ms; `None`: as the settings say.
    #[serde(default)]
    pub stall_ms: Option<i64>,
    /// Whether a silent target is joined by the next.
    #[serde(default = "on")]
    pub hedge: bool,
    /// Whether a stream that breaks is continued by the next target.
    #[serde(default = "on")]
    pub rescue: bool,
    /// Most calls upstream for one request; `None`: as many as there are targets and accounts.
    #[serde(default)]
    pub max_attempts: Option<i32>,
    /// How tersely its models are asked to answer, where the caller's key does not say.
    #[serde(default)]
    pub terse: Terse,
}

impl Combo {
    /// A combo that is on and has the usual limits.
    pub fn new(name: impl Into<String>, targets: Vec<ComboTarget>) -> Self {
        Self {
            name: name.into(),
            targets,
            enabled: true,
            strategy: Strategy::Priority,
            first_token_ms: None,
            stall_ms: None,
            hedge: true,
            rescue: true,
            max_attempts: None,
            terse: Terse::Off,
        }
    }
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

/// Whether a target could answer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetHealth {
    /// At least one account may be used.
    Ready,
    /// Every account waits, and comes back by itself.
    Waiting,
    /// It cannot answer until a person acts: no account, a refused key, a provider that is gone.
    Unusable,
    /// Switched off in this combo.
    Off,
}

/// A combo's target as it is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetState {
    /// What it costs to use; `None` for another combo or a provider that is gone.
    pub tier: Option<Tier>,
    /// Whether it could answer now.
    pub health: TargetHealth,
    /// The health in words: "2 accounts ready", "Rate limited by Groq until 14:05".
    pub sentence: String,
    /// When the first account comes back, Unix ms; `None` unless it waits.
    pub waits_until: Option<i64>,
    /// Context window in tokens; `None` when not stated.
    pub context: Option<u64>,
    /// `None` when no source states one.
    pub price: Option<Price>,
    /// What was used of its budget in this period, in the budget's measure; 0 without a budget.
    pub spent: i64,
    /// Its first token of late, in ms; `None` when it has not answered since the start.
    pub first_token_ms: Option<i64>,
}

/// A combo on its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboCard {
    /// The combo.
    pub combo: Combo,
    /// How its targets are doing, in the combo's order.
    pub states: Vec<TargetState>,
}

/// The combos page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CombosPage {
    /// All combos, by name.
    pub cards: Vec<ComboCard>,
    /// All aliases, by name.
    pub aliases: Vec<Alias>,
    /// What may be put into a combo: models of connected providers as `prefix/model`, then combos.
    pub choices: Vec<String>,
    /// The limits a combo has where it states none: (first token, stall), in ms.
    pub usual_limits: (i64, i64),
}

/// One planned attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRow {
    /// `provider/model`.
    pub target: String,
    /// The account.
    pub account: String,
    /// What it costs to use; `None` when it is not known any more.
    pub tier: Option<Tier>,
    /// Why it stands where it stands, in words: "first in the combo", "the conversation's own account".
    pub why: String,
}

/// What would be done for a request, or was planned for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutePlan {
    /// The model name asked for.
    pub asked: String,
    /// The combo it stands for; empty when none.
    pub combo: String,
    /// In the order they would be tried.
    pub steps: Vec<PlanRow>,
    /// What would be left out.
    pub exclusions: Vec<Exclusion>,
    /// Why nothing can be tried, in words; empty when something can.
    pub fault: String,
}

/// What of a budget is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Tokens in this period.
    pub tokens: i64,
    /// What they cost, as far as prices are known.
    pub cost: NanoUsd,
}

/// Combos and aliases.
#[async_trait]
pub trait Combos: Send + Sync {
    /// The page.
    async fn combos_page(&self) -> Result<CombosPage, Problem>;
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
    /// What a short chat request for a model name would be answered by now. Sends nothing, and takes nobody's turn.
    async fn dry_run(&self, model: String) -> Result<RoutePlan, Problem>;
    /// Sends one minimal real request for a model name, as a client would.
    async fn try_model(&self, model: String) -> Result<TestResult, Problem>;
}

/// The page.
#[server(prefix = "/console", endpoint = "combos")]
pub async fn load_combos() -> Result<CombosPage, Problem> {
    super::console()?.combos_page().await
}

/// What a short chat request for a model name would be answered by now.
#[server(prefix = "/console", endpoint = "dry_run")]
pub async fn load_plan(model: String) -> Result<RoutePlan, Problem> {
    super::console()?.dry_run(model).await
}

/// Sends one minimal real request for a model name.
#[server(prefix = "/console", endpoint = "try_model")]
pub async fn try_model(model: String) -> Result<TestResult, Problem> {
    super::told(super::console()?.try_model(model).await)
}

/// Removes a combo and opens the list.
#[server(prefix = "/console", endpoint = "remove_combo")]
pub async fn remove_combo(name: String) -> Result<(), Problem> {
    super::told(super::console()?.remove_combo(name).await)?;
    leptos_axum::redirect("/combos");
    Ok(())
}

/// Makes an alias, or replaces the one called `replaces`.
#[server(prefix = "/console", endpoint = "save_alias")]
pub async fn save_alias(
    #[server(default)] replaces: String,
    name: String,
    model: String,
) -> Result<Alias, Problem> {
    let replaces = Some(replaces).filter(|name| !name.is_empty());
    super::told(super::console()?.save_alias(replaces, Alias { name, model }).await)
}

/// Removes an alias.
#[server(prefix = "/console", endpoint = "remove_alias")]
pub async fn remove_alias(name: String) -> Result<(), Problem> {
    super::told(super::console()?.remove_alias(name).await)
}
