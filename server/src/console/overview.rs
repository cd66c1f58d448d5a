//! The overview: is everything working, and where do tokens and money go today.

use super::quota::fullest;
use super::requests::row_of;
use super::story::detour;
use super::usage::cost_of;
use super::zone::{back, date_at, midnight, zone};
use super::{Desk, fail};
use crate::clock;
use crate::store::{Grain, RequestRecord, Slice, Split, Used};
use app::api::alerts::Alerts;
use app::api::overview::{Fallback, FirstSteps, Overview, OverviewPage, TierShare, Totals, Trouble};
use app::api::providers::Health;
use app::api::requests::RequestFilter;
use app::api::{Clock, Problem, Tier, Tokens};
use async_trait::async_trait;
use std::collections::BTreeMap;

const DAY: i64 = 24 * 3_600_000;
const HOUR: i64 = 3_600_000;
/// Requests shown.
const RECENT: u64 = 12;
/// Requests shown that had to go elsewhere.
const FALLBACKS: u64 = 6;
/// Accounts shown with what is left of them.
const QUOTAS: usize = 6;
/// How far back those are looked for: where none ever has to, every request would be read.
const LOOKED_BACK: i64 = 7 * DAY;

fn totals(used: &[Used]) -> Totals {
    let mut totals = Totals::default();
    for Used { sum, .. } in used {
        totals.requests += sum.requests;
        totals.failed += sum.failed + sum.broken;
        totals.fallbacks += sum.fallbacks;
        totals.tokens = Tokens {
            input: totals.tokens.input + sum.input_tokens,
            cache_read: totals.tokens.cache_read + sum.cache_read_tokens,
            cache_write: totals.tokens.cache_write + sum.cache_write_tokens,
            output: totals.tokens.output + sum.output_tokens,
        };
        totals.cost.add(&cost_of(sum));
    }
    totals
}

/// The tier as pages show it.
pub(crate) fn tier(tier: catalog::Tier) -> Tier {
    match tier {
        catalog::Tier::Subscription => Tier::Subscription,
        catalog::Tier::Cheap => Tier::Cheap,
        catalog::Tier::Free => Tier::Free,
        catalog::Tier::Local => Tier::Local,
    }
}

fn fallback_of(record: &RequestRecord) -> Fallback {
    Fallback {
        id: record.id.simple().to_string(),
        at: record.started_at,
        asked: record.asked.clone(),
        sentence: detour(record),
    }
}

impl Desk {
    fn tiers(&self, used: &[Used]) -> Vec<TierShare> {
        let snapshot = self.app.snapshot();
        let mut shares: BTreeMap<Tier, i64> = BTreeMap::new();
        for Used { by, sum, .. } in used {
            let Some(provider) = snapshot.provider(by) else { continue };
            let tokens =
                sum.input_tokens + sum.cache_read_tokens + sum.cache_write_tokens + sum.output_tokens;
            if tokens > 0 {
                *shares.entry(tier(provider.spec.tier)).or_default() += tokens;
            }
        }
        let mut shares: Vec<TierShare> =
            shares.into_iter().map(|(tier, tokens)| TierShare { tier, tokens }).collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.tokens));
        shares
    }

    async fn troubles(&self) -> Result<Vec<Trouble>, Problem> {
        let rows = self.account_rows().await?;
        let needing = rows.into_iter().filter(|row| row.health == Health::Refused);
        Ok(needing
            .map(|row| Trouble { provider_id: row.provider_id, account: row.name, sentence: row.sentence })
            .collect())
    }
}

#[async_trait]
impl Overview for Desk {
    async fn overview(&self, clock: Clock) -> Result<OverviewPage, Problem> {
        self.person()?;
        let store = &self.app.store;
        let now = clock::now().unix_ms;
        let (zone, _) = zone(&clock);
        let day = date_at(&zone, now);
        let (today, yesterday) = (midnight(&zone, day), midnight(&zone, back(day, 1)));
        let day = |from, to| Slice { from, to, ..Slice::default() };
        let (this, last) = (day(today, now + HOUR), day(yesterday, today));
        let newest = RequestFilter::default();
        let (used, before, recent, detours) = tokio::try_join!(
            store.used(&this, Split::Provider, Grain::Whole),
            store.used(&last, Split::Provider, Grain::Whole),
            store.requests(&newest, RECENT),
            store.fallbacks(now - LOOKED_BACK, FALLBACKS),
        )
        .map_err(fail)?;
        let recent = recent.records;
        let snapshot = self.app.snapshot();
        let steps = FirstSteps {
            account: snapshot.providers().any(|provider| provider.connected()),
            key: !store.keys().await.map_err(fail)?.is_empty() || !self.key_required(),
            request: !recent.is_empty(),
        };
        let quotas = fullest(&snapshot, now);
        Ok(OverviewPage {
            today: totals(&used),
            yesterday: totals(&before),
            tiers: self.tiers(&used),
            recent: recent.iter().map(row_of).collect(),
            under_way: self.app.under_way.now(),
            fallbacks: detours.iter().map(fallback_of).collect(),
            troubles: self.troubles().await?,
            alerts: self.alerts().await?,
            quotas_known: quotas.len(),
            quotas: quotas.into_iter().take(QUOTAS).collect(),
            steps,
        })
    }
}
