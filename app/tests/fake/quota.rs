//! What is left, by mood.

use super::{Fake, data::MINUTE};
use app::api::alerts::Alerts;
use app::api::quota::{AccountQuota, Fullest, QuotaPage, QuotaSource, Quotas, WindowRow};
use app::api::{Millis, Problem};
use async_trait::async_trait;

const HOUR: i64 = 60 * MINUTE;

/// Accounts of which something is known.
fn known(now: Millis) -> Vec<AccountQuota> {
    let fast =
        WindowRow { runs_out_at: Some(now + 70 * MINUTE), ..window(now, "5 hours", 720, 150 * MINUTE) };
    let opus = WindowRow { model: "*opus*".to_owned(), ..window(now, "Week", 1000, 70 * HOUR) };
    let balance = WindowRow {
        used_permille: None,
        amount: "$4.80 left".to_owned(),
        resets_at: None,
        ..window(now, "Balance", 0, 0)
    };
    let counted = WindowRow {
        amount: "31 of 40 requests used".to_owned(),
        source: QuotaSource::Counted,
        ..window(now, "Minute", 775, MINUTE)
    };
    vec![
        account(now, 2, "anthropic", "work", vec![opus, fast]),
        account(now, 3, "glm", "main", vec![window(now, "5 hours", 410, 2 * HOUR)]),
        account(now, 5, "deepseek", "work", vec![balance]),
        account(now, 6, "groq", "personal", vec![counted]),
    ]
}

fn window(now: Millis, name: &str, used: u32, resets: i64) -> WindowRow {
    WindowRow {
        name: name.to_owned(),
        model: String::new(),
        used_permille: Some(used),
        amount: String::new(),
        resets_at: Some(now + resets),
        runs_out_at: None,
        source: QuotaSource::Probe,
        at: now - 2 * MINUTE,
    }
}

fn account(now: Millis, id: i64, provider: &str, account: &str, windows: Vec<WindowRow>) -> AccountQuota {
    AccountQuota {
        account_id: id,
        account: account.to_owned(),
        provider_id: provider.to_owned(),
        provider: provider.to_owned(),
        reserve: if id == 3 { 10 } else { 0 },
        windows,
        asked_at: Some(now - 2 * MINUTE),
        why: if id == 3 { "Rate limited. Please try again later. (429)" } else { "" }.to_owned(),
    }
}

/// The fullest limit of each.
pub(super) fn fullest(now: Millis) -> Vec<Fullest> {
    let of = |quota: AccountQuota| {
        let AccountQuota { account_id, account, provider_id, provider, reserve, windows, .. } = quota;
        let window = windows.into_iter().next()?;
        Some(Fullest { account_id, account, provider_id, provider, reserve, window })
    };
    known(now).into_iter().filter_map(of).collect()
}

#[async_trait]
impl Quotas for Fake {
    async fn quota(&self) -> Result<QuotaPage, Problem> {
        self.works()?;
        let now = self.now;
        let (alerts, alerting) = (self.alerts().await?, self.alert_settings().await?);
        if !self.full() {
            return Ok(QuotaPage { known: Vec::new(), unknown: Vec::new(), alerts, alerting });
        }
        let homelab = AccountQuota { asked_at: None, ..account(now, 7, "homelab", "gpu box", Vec::new()) };
        Ok(QuotaPage { known: known(now), unknown: vec![homelab], alerts, alerting })
    }
}
