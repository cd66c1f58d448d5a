//! Requests: what was asked, what answered, what it took.

use super::combos::PlanRow;
use super::payload::{LogRow, PartSize};
use super::prices::PriceFrom;
use super::saver::{SaverLevel, SavingRow};
use super::terse::Terse;
use super::{Millis, NanoUsd, Problem, Tokens};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How a request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The client got a whole answer.
    Answered,
    /// The client got an error.
    Failed,
    /// The client got part of an answer, then an error or the end.
    Broken,
    /// The client left before the end.
    #[default]
    Cancelled,
}

impl Outcome {
    /// The word for it in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Broken => "broken",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One request in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// 32 hexadecimal digits; sorts by time.
    pub id: String,
    /// When it arrived.
    pub at: Millis,
    /// The coding tool, as recognised from its headers, e.g. "Claude Code".
    pub client: String,
    /// The name of the caller key; empty when none was needed.
    pub key: String,
    /// The client's wire format: chat, messages...
    pub dialect: String,
    /// The model name the client asked for.
    pub asked: String,
    /// The combo that name stood for; empty when none.
    pub combo: String,
    /// `provider/model` of the attempts before, in order; several at one in a row count once.
    pub tried: Vec<String>,
    /// `provider/model` that answered, or the last one tried; empty when none was.
    pub target: String,
    /// The provider id of `target`.
    pub provider_id: String,
    /// The account that answered.
    pub account: String,
    /// Whether the client asked for a stream.
    pub streaming: bool,
    /// The HTTP status the client got.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// Calls made upstream.
    pub attempts: i64,
    /// Token counts; `None` when the provider stated none.
    pub tokens: Option<Tokens>,
    /// `None` when the price is unknown.
    pub cost: Option<NanoUsd>,
    /// Whether that is nothing because a flat fee, a free tier or one's own machine covers it.
    #[serde(default)]
    pub covered: bool,
    /// From arrival to the first meaningful byte sent to the client.
    pub first_token_ms: Option<i64>,
    /// From arrival to the end.
    pub total_ms: i64,
    /// What went wrong, in words; empty when nothing did.
    pub error: String,
    /// Tokens of tools' output that the saver took out.
    pub saved_tokens: i64,
}

/// Which requests to list. Empty strings filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFilter {
    /// Part of an id, model name, target, key name, client, error text or rule, or an HTTP status; those of its attempts
    /// count too.
    #[serde(default)]
    pub search: String,
    /// `answered`, `failed`, `broken` or `cancelled`.
    #[serde(default)]
    pub outcome: String,
    /// A provider id.
    #[serde(default)]
    pub provider: String,
    /// The name of a caller key.
    #[serde(default)]
    pub key: String,
    /// `provider/model`.
    #[serde(default)]
    pub model: String,
    /// A coding tool.
    #[serde(default)]
    pub client: String,
    /// A combo.
    #[serde(default)]
    pub combo: String,
    /// The rule that judged an attempt: `default/rate-limit`.
    #[serde(default)]
    pub cause: String,
    /// From then on, Unix ms.
    #[serde(default)]
    pub from: String,
    /// Before then, Unix ms.
    #[serde(default)]
    pub to: String,
    /// The id of the last request of the page before.
    #[serde(default)]
    pub before: String,
}

/// A page of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestList {
    /// Newest first, at most 50.
    pub rows: Vec<RequestRow>,
    /// What to pass as `before` for the next page; `None` on the last.
    pub next: Option<String>,
    /// From when on it was looked; `None`: in all that is kept, or as far as was needed. `next` goes on there.
    pub looked_since: Option<Millis>,
    /// What a filter that made no sense was taken as, in words; empty when all made sense.
    pub notes: Vec<String>,
    /// Provider ids to choose from.
    pub providers: Vec<String>,
    /// Key names to choose from.
    pub keys: Vec<String>,
    /// Whose requests are logged in full now.
    pub logs: Vec<LogRow>,
}

/// One call upstream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRow {
    /// `provider/model`.
    pub target: String,
    /// The account.
    pub account: String,
    /// From the request's arrival to the start of this attempt.
    pub start_ms: i64,
    /// From the start of this attempt to its first meaningful frame.
    pub first_token_ms: Option<i64>,
    /// How long the attempt took.
    pub total_ms: i64,
    /// The provider's HTTP status; `None` when it gave none.
    pub status: Option<u16>,
    /// Whether this attempt answered, to the end or up to where another one went on.
    pub won: bool,
    /// Why it was made.
    pub cause: Cause,
    /// What its failure meant for the plan, in words; empty when it won.
    pub verdict: String,
    /// The rule that said so: `default/rate-limit`; empty when it won.
    pub rule: String,
    /// What went wrong, in words; empty when nothing did.
    pub error: String,
}

/// Why an attempt was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It was next in the plan.
    #[default]
    Plan,
    /// The same account once more, after a passing fault or a short wait.
    Retry,
    /// Beside one that had said nothing for too long.
    Hedge,
    /// To continue an answer that broke off.
    Rescue,
}

/// A target or account that was left out of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// `provider/model`, or `provider/model` and an account.
    pub what: String,
    /// Why, in words.
    pub why: String,
}

/// Something of the request that could not be said in the provider's wire format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Where it stood: `messages[2].content[0].cache_control`.
    pub what: String,
    /// Why, in words.
    pub why: String,
}

/// What a price is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// A million tokens.
    #[default]
    MillionTokens,
    /// An image.
    Image,
}

/// One line of the price: so many tokens or images at so much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLine {
    /// "Fresh input", "Cache read", "Cache write", "Output", "Images".
    pub label: String,
    /// How many tokens or images.
    pub count: i64,
    /// What the price is for.
    pub unit: PriceUnit,
    /// USD per unit in units of 10^-9 USD; `None` when unknown.
    pub price: Option<NanoUsd>,
    /// What they cost; `None` when unknown.
    pub cost: Option<NanoUsd>,
}

/// The request page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestDetail {
    /// The row as in the list.
    pub row: RequestRow,
    /// "Answered by glm/glm-4.7 after two accounts failed."
    pub headline: String,
    /// Every call upstream, in order.
    pub attempts: Vec<AttemptRow>,
    /// The plan, in the order it would be tried; empty when there was nothing to choose.
    pub plan: Vec<PlanRow>,
    /// What was left out of the plan.
    pub exclusions: Vec<Exclusion>,
    /// The wire format spoken to the provider; empty when none was called.
    pub upstream_dialect: String,
    /// What of the request could not be said in that format.
    pub dropped: Vec<LeftOut>,
    /// Tokens and price; empty when the provider stated no usage.
    pub prices: Vec<PriceLine>,
    /// Who states them now.
    pub price_from: PriceFrom,
    /// Images that were made.
    pub images: i64,
    /// Whether the provider stated what it cost.
    pub stated: bool,
    /// Covered: what the same tokens would have cost at list price, as recorded; `None` when unknown.
    pub list_cost: Option<NanoUsd>,
    /// Output tokens that were reasoning; `None` when not stated.
    pub reasoning_tokens: Option<i64>,
    /// Bytes of the request body as received.
    pub bytes_in: i64,
    /// Bytes of the reply as sent.
    pub bytes_out: i64,
    /// How far the output of tools was shortened.
    pub saver_level: SaverLevel,
    /// How tersely an answer was asked for, by an instruction of ours.
    pub terse: Terse,
    /// What was shortened, by filter and tool.
    pub savings: Vec<SavingRow>,
    /// What the saved tokens would have cost; `None` when unknown.
    pub saved_cost: Option<NanoUsd>,
    /// The provider's own id of its reply; empty when it gave none.
    pub upstream_id: String,
    /// Why the model stopped, in the provider's word; empty when it did not say.
    pub finish: String,
    /// What was logged of it in full; empty: nothing.
    pub payload: Vec<PartSize>,
}

/// Requests.
#[async_trait]
pub trait Requests: Send + Sync {
    /// A page of requests, newest first.
    async fn requests(&self, filter: RequestFilter) -> Result<RequestList, Problem>;
    /// One request with its attempts.
    async fn request(&self, id: String) -> Result<RequestDetail, Problem>;
}

/// A page of requests, newest first.
#[server(prefix = "/console", endpoint = "requests")]
pub async fn load_requests(filter: RequestFilter) -> Result<RequestList, Problem> {
    super::console()?.requests(filter).await
}

/// One request with its attempts.
#[server(prefix = "/console", endpoint = "request")]
pub async fn load_request(id: String) -> Result<RequestDetail, Problem> {
    super::console()?.request(id).await
}
