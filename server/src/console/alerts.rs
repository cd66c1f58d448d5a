//! Alerts: which are open, and where they go.

use super::{Desk, fail};
use crate::accounts::alerts::webhook::{self, Message};
use crate::accounts::alerts::{open, webhook::note};
use crate::clock;
use crate::config::Secret;
use crate::store::StoredAlerting;
use crate::upstream::address::{self, AddressError};
use app::api::alerts::{AlertChange, AlertRow, AlertSettings, Alerts, bad_thresholds};
use app::api::providers::TestResult;
use app::api::{Problem, ProblemKind};
use async_trait::async_trait;
use url::Url;

/// Most thresholds.
const MOST: usize = 5;
/// Longest URL, in bytes: those of services are far shorter.
const LONGEST_URL: usize = 2048;

fn settings_of(alerting: StoredAlerting) -> AlertSettings {
    let (failed_at, why) = alerting.failed.unzip();
    AlertSettings {
        thresholds: alerting.thresholds,
        webhook: alerting.webhook.as_ref().map(masked).unwrap_or_default(),
        private_network: alerting.private_network,
        failed_at,
        why: why.unwrap_or_default(),
    }
}

/// A webhook without what may be secret: path and query.
fn masked(webhook: &Secret) -> String {
    let url = Url::parse(webhook.reveal()).ok();
    let host = url.as_ref().and_then(|url| Some((url.scheme(), url.host_str()?, url.port())));
    host.map_or_else(String::new, |(scheme, host, port)| match port {
        Some(port) => format!("{scheme}://{host}:{port}/••••"),
        None => format!("{scheme}://{host}/••••"),
    })
}

/// Thresholds that make sense, ascending, each once.
fn checked_thresholds(given: &[i64]) -> Result<Vec<u32>, Problem> {
    let fit = |given: &i64| u32::try_from(*given).ok().filter(|percent| (1..=100).contains(percent));
    let mut thresholds = given.iter().map(fit).collect::<Option<Vec<u32>>>().ok_or_else(bad_thresholds)?;
    thresholds.sort_unstable();
    thresholds.dedup();
    if thresholds.len() > MOST { Err(bad_thresholds()) } else { Ok(thresholds) }
}

/// A URL that makes sense; none when there is no text. A refusal never repeats it.
fn checked_webhook(text: &str) -> Result<Option<Secret>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.filter(|_| text.len() <= LONGEST_URL).ok_or_else(|| {
        Problem::invalid("webhook", "Give a whole address, e.g. https://hooks.example.com/services/….")
    })?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(Problem::invalid(
            "webhook",
            "Leave out user name, password and #: nothing is sent of them.",
        ));
    }
    Ok(Some(Secret::from(url.to_string())))
}

/// Refuses a webhook that leads where it may not.
async fn check_address(webhook: &Secret) -> Result<(), Problem> {
    let Ok(url) = Url::parse(webhook.reveal()) else { return Ok(()) };
    address::check(&url).await.map_err(|why| {
        let message = match why {
            AddressError::Private(host) => format!(
                "{host} is an address on this machine or a private network. If the webhook is your own, mark it as \
                 being on your own network."
            ),
            AddressError::Unknown(..) => why.to_string(),
        };
        Problem::invalid("webhook", message)
    })
}

#[async_trait]
impl Alerts for Desk {
    async fn alerts(&self) -> Result<Vec<AlertRow>, Problem> {
        self.person()?;
        open(&self.app).await.map_err(fail)
    }

    async fn dismiss_alert(&self, id: i64) -> Result<(), Problem> {
        self.person()?;
        self.app.store.see_alert(id, clock::now().unix_ms).await.map_err(fail)
    }

    async fn alert_settings(&self) -> Result<AlertSettings, Problem> {
        self.person()?;
        Ok(settings_of(self.app.store.alerting().await.map_err(fail)?))
    }

    async fn save_alert_settings(&self, change: AlertChange) -> Result<AlertSettings, Problem> {
        self.person()?;
        let mut alerting = self.app.store.alerting().await.map_err(fail)?;
        if let Some(thresholds) = &change.thresholds {
            alerting.thresholds = checked_thresholds(thresholds)?;
        }
        let public_only = change.private_network == Some(false) && alerting.private_network;
        alerting.private_network = change.private_network.unwrap_or(alerting.private_network);
        let another = change.webhook.is_some();
        if let Some(text) = &change.webhook {
            (alerting.webhook, alerting.failed) = (checked_webhook(text)?, None);
        }
        if let Some(webhook) = alerting.webhook.as_ref().filter(|_| another || public_only)
            && !alerting.private_network
        {
            check_address(webhook).await?;
        }
        self.app.store.save_alerting(&alerting).await.map_err(fail)?;
        Ok(settings_of(alerting))
    }

    async fn test_alert(&self) -> Result<TestResult, Problem> {
        self.person()?;
        let alerting = self.app.store.alerting().await.map_err(fail)?;
        let none = || Problem::new(ProblemKind::Invalid, "There is no webhook yet: save its address first.");
        let to = alerting.webhook.ok_or_else(none)?;
        let began = clock::now();
        let message = Message::test(&self.app, began.unix_ms);
        let sent = webhook::send(&self.app, &to, alerting.private_network, &message).await;
        let (ok, sentence) = match sent {
            Ok((host, status)) => {
                note(&self.app, None).await;
                (true, format!("{host} took the test alert ({}).", status.as_u16()))
            }
            Err(why) => {
                let why = why.to_string();
                (false, format!("The test alert was not delivered: {}.", why.trim_end_matches('.')))
            }
        };
        Ok(TestResult { ok, sentence, millis: began.elapsed_ms() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_shown_by_its_host() {
        let shown = |url: &str| masked(&Secret::from(url.to_owned()));
        assert_eq!(
            shown("https://hooks.example.com/services/T0/B0/x?sig=y"),
            "https://hooks.example.com/••••"
        );
        assert_eq!(shown("http://10.0.0.5:8065/hooks/x"), "http://10.0.0.5:8065/••••");
    }

    #[test]
    fn thresholds_are_put_in_order() {
        assert_eq!(checked_thresholds(&[95, 80, 95]).unwrap(), [80, 95]);
        assert_eq!(checked_thresholds(&[]).unwrap(), [0_u32; 0]);
        for bad in [&[0][..], &[101], &[-1], &[1, 2, 3, 4, 5, 6]] {
            assert_eq!(checked_thresholds(bad).unwrap_err().field.as_deref(), Some("thresholds"), "{bad:?}");
        }
    }
}
