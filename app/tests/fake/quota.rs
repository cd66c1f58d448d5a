//! What is left, by mood.

use super::{Fake, data::MINUTE};
use app::api::Problem;
use app::api::quota::{AccountQuota, QuotaPage, QuotaSource, Quotas, WindowRow};
use async_trait::async_trait;

const HOUR: i64 = 60 * MINUTE;

#[async_trait]
impl Quotas for Fake {
    async fn quota(&self) -> Result<QuotaPage, Problem> {
        self.works()?;
        if !self.full() {
            return Ok(QuotaPage::default());
        }
        let now = self.now;
        let window = |name: &str, used: u32, resets: i64| WindowRow {
            name: name.to_owned(),
            model: String::new(),
            used_permille: Some(used),
            amount: String::new(),
            resets_at: Some(now + resets),
            runs_out_at: None,
            source: QuotaSource::Probe,
            at: now - 2 * MINUTE,
        };
        let account = |id, provider: &str, account: &str, windows| AccountQuota {
            account_id: id,
            account: account.to_owned(),
            provider_id: provider.to_owned(),
            provider: provider.to_owned(),
            reserve: if id == 3 { 10 } else { 0 },
            windows,
            asked_at: Some(now - 2 * MINUTE),
            why: if id == 3 { "Rate limited. Please try again later. (429)" } else { "" }.to_owned(),
        };
        let fast = WindowRow { runs_out_at: Some(now + 70 * MINUTE), ..window("5 hours", 720, 150 * MINUTE) };
        let opus = WindowRow { model: "*opus*".to_owned(), ..window("Week", 1000, 70 * HOUR) };
        let balance = WindowRow {
            used_permille: None,
            amount: "$4.80 left".to_owned(),
            resets_at: None,
            ..window("Balance", 0, 0)
        };
        let counted = WindowRow {
            amount: "31 of 40 requests used".to_owned(),
            source: QuotaSource::Counted,
            ..window("Minute", 775, MINUTE)
        };
        Ok(QuotaPage {
            known: vec![
                account(2, "anthropic", "work", vec![opus, fast]),
                account(3, "glm", "main", vec![window("5 hours", 410, 2 * HOUR)]),
                account(5, "deepseek", "work", vec![balance]),
                account(6, "groq", "personal", vec![counted]),
            ],
            unknown: vec![AccountQuota { asked_at: None, ..account(7, "homelab", "gpu box", Vec::new()) }],
        })
    }
}
