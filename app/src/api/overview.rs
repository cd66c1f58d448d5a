//! The overview: is everything working, and where do tokens and money go today.

use super::alerts::AlertRow;
use super::quota::Fullest;
use super::requests::RequestRow;
use super::{Clock, Cost, Millis, Problem, Tier, Tokens};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Sums over a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests answered or failed.
    pub requests: i64,
    /// Requests that ended without a whole answer although the client stayed.
    pub failed: i64,
    /// Requests that needed more than one attempt and still got an answer.
    pub fallbacks: i64,
    /// Token counts.
    pub tokens: Tokens,
    /// What it cost.
    pub cost: Cost,
}

/// The tokens one tier carried today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierShare {
    /// The tier.
    pub tier: Tier,
    /// Prompt and output tokens together.
    pub tokens: i64,
}

/// How far a new installation has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSteps {
    /// At least one account is connected.
    pub account: bool,
    /// At least one caller key exists, or keys are not required.
    pub key: bool,
    /// At least one request came through.
    pub request: bool,
}

impl FirstSteps {
    /// Whether nothing is left to do.
    pub fn done(&self) -> bool {
        self.account && self.key && self.request
    }
}

/// An account that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The provider page to open.
    pub provider_id: String,
    /// The account.
    pub account: String,
    /// What happened and what to do.
    pub sentence: String,
}

/// A request that had to go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// The request.
    pub id: String,
    /// When it arrived.
    pub at: Millis,
    /// The model name asked for.
    pub asked: String,
    /// What happened, in words: "groq/llama-3.3-70b was rate limited; glm/glm-4.7 answered".
    pub sentence: String,
}

/// A request that is not yet answered to the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Its id, under which it can be found once it has ended.
    pub id: String,
    /// When it arrived.
    pub at: Millis,
    /// For how long it has lasted, in ms.
    pub lasts_ms: i64,
    /// The coding tool.
    pub client: String,
    /// The caller key's name; empty without one.
    pub key: String,
    /// The model name asked for.
    pub asked: String,
    /// The combo that stood for; empty: none.
    pub combo: String,
    /// `provider/model` that is asked now, or answers; empty before any.
    pub target: String,
    /// Attempts begun.
    pub attempts: i64,
    /// From arrival to the first token, in ms; `None` before it.
    pub first_token_ms: Option<i64>,
}

/// The requests that are under way, at the server that tells of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWayNow {
    /// How many.
    pub count: usize,
    /// Those that came first, at most 20.
    pub rows: Vec<UnderWay>,
}

/// The overview page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewPage {
    /// Since midnight in the reader's time zone.
    pub today: Totals,
    /// The day before, whole.
    pub yesterday: Totals,
    /// Today's tokens by tier, largest first.
    pub tiers: Vec<TierShare>,
    /// The newest requests, newest first, at most 12.
    pub recent: Vec<RequestRow>,
    /// The requests that are under way.
    pub under_way: UnderWayNow,
    /// The newest requests that had to go elsewhere, newest first, at most 6.
    pub fallbacks: Vec<Fallback>,
    /// Accounts that need a person.
    pub troubles: Vec<Trouble>,
    /// Limits that are nearly used up.
    pub alerts: Vec<AlertRow>,
    /// What is left of the accounts of which that is known, the fullest limit of each, the fullest first, at most 6.
    pub quotas: Vec<Fullest>,
    /// Of how many accounts that is known.
    pub quotas_known: usize,
    /// What a newcomer does next.
    pub steps: FirstSteps,
}

/// The overview.
#[async_trait]
pub trait Overview: Send + Sync {
    /// The whole page. `clock`: the reader's.
    async fn overview(&self, clock: Clock) -> Result<OverviewPage, Problem>;
}

/// The whole page.
#[server(prefix = "/console", endpoint = "overview")]
pub async fn load_overview(clock: Clock) -> Result<OverviewPage, Problem> {
    super::console()?.overview(clock).await
}
