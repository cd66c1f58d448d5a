//! Alerts, by mood.

use super::{Fake, Mood, data::MINUTE};
use app::api::Problem;
use app::api::alerts::{AlertChange, AlertRow, AlertSettings, Alerts, bad_thresholds};
use app::api::providers::TestResult;
use async_trait::async_trait;

#[async_trait]
impl Alerts for Fake {
    async fn alerts(&self) -> Result<Vec<AlertRow>, Problem> {
        self.works()?;
        if !self.full() {
            return Ok(Vec::new());
        }
        let row = |id, window: &str, model: &str, used, resets_at| AlertRow {
            id,
            account_id: 2,
            account: "work".to_owned(),
            provider_id: "anthropic".to_owned(),
            provider: "Anthropic".to_owned(),
            window: window.to_owned(),
            model: model.to_owned(),
            used_percent: used,
            threshold_percent: if used < 95 { 80 } else { 95 },
            resets_at,
            raised_at: self.now - 9 * MINUTE,
            sentence: String::new(),
        };
        let week = row(1, "Week", "*opus*", 100, Some(self.now + 70 * 60 * MINUTE));
        Ok(vec![week, row(2, "5 hours", "", 84, Some(self.now + 80 * MINUTE))])
    }

    async fn dismiss_alert(&self, _id: i64) -> Result<(), Problem> {
        Ok(())
    }

    async fn alert_settings(&self) -> Result<AlertSettings, Problem> {
        let (webhook, failed) = match self.mood {
            Mood::Heavy => ("https://hooks.example.com/••••", true),
            Mood::Normal => ("https://hooks.example.com/••••", false),
            _ => ("", false),
        };
        Ok(AlertSettings {
            thresholds: vec![80, 95],
            webhook: webhook.to_owned(),
            private_network: false,
            failed_at: failed.then_some(self.now - 9 * MINUTE),
            why: if failed { "hooks.example.com answered 404" } else { "" }.to_owned(),
        })
    }

    async fn save_alert_settings(&self, change: AlertChange) -> Result<AlertSettings, Problem> {
        if change.thresholds.is_some_and(|thresholds| thresholds.contains(&0)) {
            return Err(bad_thresholds());
        }
        self.alert_settings().await
    }

    async fn test_alert(&self) -> Result<TestResult, Problem> {
        let sentence = "hooks.example.com took the test alert (200).".to_owned();
        Ok(TestResult { ok: true, sentence, millis: 96 })
    }
}
