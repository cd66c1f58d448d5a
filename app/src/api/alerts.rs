//! Alerts: limits of accounts that are nearly used up, and where that is told.

use super::providers::TestResult;
use super::quota::limit_words;
use super::{Millis, Problem};
use crate::parts::format;
use async_trait::async_trait;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// From which shares on an alert is raised, in hundredths, until a person says otherwise.
pub const DEFAULT_THRESHOLDS: [u32; 2] = [80, 95];

/// A limit of which more is used than a person wants to pass unnoticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRow {
    /// Names it for [`Alerts::dismiss_alert`].
    pub id: i64,
    /// The account.
    pub account_id: i64,
    /// Its name.
    pub account: String,
    /// Its provider.
    pub provider_id: String,
    /// The provider's name.
    pub provider: String,
    /// The limit's name, e.g. "5 hours".
    pub window: String,
    /// The models it is for; empty: all.
    pub model: String,
    /// How much of it is used, in hundredths.
    pub used_percent: u32,
    /// The highest threshold that it has passed, in hundredths.
    pub threshold_percent: u32,
    /// When it begins anew; `None` for what does not.
    pub resets_at: Option<Millis>,
    /// When the threshold was passed.
    pub raised_at: Millis,
    /// All of it as one sentence.
    pub sentence: String,
}

impl AlertRow {
    /// "Claude, main: 5 hours is 96% used".
    pub fn words(&self) -> String {
        let limit = limit_words(&self.window, &self.model);
        let used = match self.used_percent {
            100.. => "used up".to_owned(),
            percent => format!("{percent}% used"),
        };
        format!("{}, {}: {limit} is {used}", self.provider, self.account)
    }

    /// The same with when it begins anew: "Claude, main: 5 hours is 96% used, anew in 1 h 20 min."
    pub fn told(&self, now: Millis) -> String {
        let anew = self.resets_at.map(|at| format!(", anew {}", format::until_about(at, now)));
        format!("{}{}.", self.words(), anew.unwrap_or_default())
    }
}

/// When alerts are raised, and where they go beside the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSettings {
    /// From which shares used on, in hundredths, ascending; empty: no alert is raised.
    pub thresholds: Vec<u32>,
    /// The webhook without what may be secret, e.g. "https://hooks.example.com/••••"; empty: none.
    pub webhook: String,
    /// Whether the webhook may be on a private network.
    pub private_network: bool,
    /// When an alert could not be delivered; `None` when the last one was.
    pub failed_at: Option<Millis>,
    /// Why; empty when it was.
    pub why: String,
}

/// A change of them; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlertChange {
    /// At most five, between 1 and 100.
    pub thresholds: Option<Vec<i64>>,
    /// Another webhook; empty: none any more.
    pub webhook: Option<String>,
    /// Whether it may be on a private network.
    pub private_network: Option<bool>,
}

/// Alerts.
#[async_trait]
pub trait Alerts: Send + Sync {
    /// Those that are open and not dismissed, the fullest limit first; of each limit the highest threshold.
    async fn alerts(&self) -> Result<Vec<AlertRow>, Problem>;
    /// A person has seen it: it is not shown any more, nor are those of lower thresholds of the same limit.
    async fn dismiss_alert(&self, id: i64) -> Result<(), Problem>;
    /// When they are raised, and where they go.
    async fn alert_settings(&self) -> Result<AlertSettings, Problem>;
    /// Changes that.
    async fn save_alert_settings(&self, change: AlertChange) -> Result<AlertSettings, Problem>;
    /// Sends a test alert to the webhook.
    async fn test_alert(&self) -> Result<TestResult, Problem>;
}

/// Takes an alert off the dashboard.
#[server(prefix = "/console", endpoint = "dismiss_alert")]
pub async fn dismiss_alert(id: i64) -> Result<(), Problem> {
    super::told(super::console()?.dismiss_alert(id).await)
}

/// Says when alerts are raised and where they go. Takes what a person types: thresholds with commas or blanks between
/// them; an empty webhook stays as it is, `-` takes it away.
#[server(prefix = "/console", endpoint = "save_alerts")]
pub async fn save_alerts(
    #[server(default)] thresholds: String,
    #[server(default)] webhook: String,
    #[server(default)] private_network: bool,
) -> Result<AlertSettings, Problem> {
    let change = percentages(&thresholds).map(|thresholds| AlertChange {
        thresholds: Some(thresholds),
        webhook: match webhook.trim() {
            "" => None,
            "-" => Some(String::new()),
            url => Some(url.to_owned()),
        },
        private_network: Some(private_network),
    });
    let saved = match change {
        Ok(change) => super::console()?.save_alert_settings(change).await,
        Err(problem) => Err(problem),
    };
    super::told(saved)
}

/// Sends a test alert.
#[server(prefix = "/console", endpoint = "test_alert")]
pub async fn test_alert() -> Result<TestResult, Problem> {
    super::told(super::console()?.test_alert().await)
}

/// Thresholds that make no sense.
pub fn bad_thresholds() -> Problem {
    Problem::invalid("thresholds", "Give at most five whole numbers from 1 to 100, e.g. 80, 95, or none.")
}

/// "80, 95 %" as numbers.
#[cfg(feature = "ssr")]
fn percentages(text: &str) -> Result<Vec<i64>, Problem> {
    let parts = text.split([',', ';', '%', ' ', '\t']).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| bad_thresholds())).collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_one_sentence() {
        let row = AlertRow {
            id: 1,
            account_id: 1,
            account: "main".to_owned(),
            provider_id: "claude".to_owned(),
            provider: "Claude Max".to_owned(),
            window: "5 hours".to_owned(),
            model: String::new(),
            used_percent: 96,
            threshold_percent: 95,
            resets_at: Some(80 * 60_000),
            raised_at: 0,
            sentence: String::new(),
        };
        assert_eq!(row.told(0), "Claude Max, main: 5 hours is 96% used, anew in 1 h 20 min.");
        let spent = AlertRow { used_percent: 103, model: "*opus*".to_owned(), resets_at: None, ..row };
        assert_eq!(spent.told(0), "Claude Max, main: 5 hours for opus is used up.");
    }

    #[test]
    fn thresholds_are_typed_as_people_do() {
        assert_eq!(percentages(" 80, 95 %").unwrap(), [80, 95]);
        assert_eq!(percentages("").unwrap(), [0_i64; 0]);
        assert_eq!(percentages("most of it").unwrap_err().field.as_deref(), Some("thresholds"));
    }
}
