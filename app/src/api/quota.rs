//! How much of what accounts may use is left.

use super::alerts::{AlertRow, AlertSettings};
use super::{Millis, Problem};
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Who said how much is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaSource {
    /// The provider, asked for it.
    Probe,
    /// The provider, with an answer.
    Answer,
    /// Nobody: it was counted here.
    Counted,
}

/// One limit of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowRow {
    /// Its name, e.g. "5 hours".
    pub name: String,
    /// The models it is for; empty: all.
    pub model: String,
    /// How much of it is used, in thousandths; `None` where there is nothing to be a part of.
    pub used_permille: Option<u32>,
    /// The same in words, e.g. "$3.20 of $10 used" or "$4.80 left"; empty where only the share is known.
    pub amount: String,
    /// When it begins anew; `None` for what does not.
    pub resets_at: Option<Millis>,
    /// When it is used up at the pace so far; `None` where it lasts.
    pub runs_out_at: Option<Millis>,
    /// Who said so.
    pub source: QuotaSource,
    /// When.
    pub at: Millis,
}

/// A limit's name with the models it is for: "Week for opus".
pub fn limit_words(window: &str, model: &str) -> String {
    match model.trim_matches('*') {
        "" => window.to_owned(),
        model => format!("{window} for {model}"),
    }
}

/// The limits of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountQuota {
    /// The account.
    pub account_id: i64,
    /// Its name.
    pub account: String,
    /// Its provider.
    pub provider_id: String,
    /// The provider's name.
    pub provider: String,
    /// How much of its limits is kept back, in hundredths.
    pub reserve: u32,
    /// Its limits, the most used first.
    pub windows: Vec<WindowRow>,
    /// When the provider was asked last; `None` where it cannot be asked, or was not yet.
    pub asked_at: Option<Millis>,
    /// Why it told nothing; empty when it did.
    pub why: String,
}

/// The limit of an account that is used most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fullest {
    /// The account.
    pub account_id: i64,
    /// Its name.
    pub account: String,
    /// Its provider.
    pub provider_id: String,
    /// The provider's name.
    pub provider: String,
    /// How much of its limits is kept back, in hundredths.
    pub reserve: u32,
    /// The limit.
    pub window: WindowRow,
}

/// The quota page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaPage {
    /// Accounts of which something is known.
    pub known: Vec<AccountQuota>,
    /// Accounts of which nothing is known.
    pub unknown: Vec<AccountQuota>,
    /// Alerts that are open.
    pub alerts: Vec<AlertRow>,
    /// When alerts are raised, and where they go.
    pub alerting: AlertSettings,
}

/// How much is left.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// Of every account. Providers are asked again where that is due.
    async fn quota(&self) -> Result<QuotaPage, Problem>;
}

/// How much is left of every account.
#[server(prefix = "/console", endpoint = "quota")]
pub async fn load_quota() -> Result<QuotaPage, Problem> {
    super::console()?.quota().await
}
