//! Counts what an account used, where its provider publishes a limit and tells nobody what is left of it.

use super::Source;
use crate::clock;
use crate::state::App;
use crate::store::snapshot::{Account, Provider};
use crate::store::{StoreError, UsedModel};
use catalog::{Count, Unit, Window};

/// The name under which an account says which of its provider's plans it has.
pub const PLAN: &str = "plan";

/// Counts for every account of a provider.
pub async fn count(app: &App, provider: &Provider) {
    if provider.spec.quota.counts.is_empty() {
        return;
    }
    for account in provider.accounts.iter().filter(|account| account.enabled) {
        match counted(app, provider, account).await {
            Ok(windows) => account.quota.note(windows, Source::Counted, clock::now().unix_ms, true),
            Err(error) => {
                tracing::error!(%error, account = account.id, "what an account used could not be counted");
            }
        }
    }
}

async fn counted(app: &App, provider: &Provider, account: &Account) -> Result<Vec<Window>, StoreError> {
    let now = clock::now().unix_ms;
    let plan = account.values.get(PLAN).map(String::as_str);
    let counts = provider.spec.quota.counts.iter();
    let counts = counts.filter(|count| count.plan.is_none() || count.plan.as_deref() == plan);
    let mut windows = Vec::new();
    for count in counts {
        let used = app.store.used_models(account.id, count.period.counts_since(now)).await?;
        let used: Vec<&UsedModel> = used.iter().filter(|used| count.holds_for(&used.model)).collect();
        if count.each_model {
            windows.extend(used.iter().map(|used| window(count, &[used], &used.model, now)));
        } else {
            windows.push(window(count, &used, "", now));
        }
    }
    Ok(windows)
}

/// A limit, with what was used of it.
fn window(count: &Count, used: &[&UsedModel], model: &str, now: i64) -> Window {
    let sum = |of: fn(&UsedModel) -> i64| used.iter().map(|used| of(used).unsigned_abs()).sum::<u64>();
    let amount = match count.unit {
        Unit::Requests => Some(sum(|used| used.requests)),
        Unit::Tokens => Some(sum(|used| used.tokens)),
        Unit::Percent | Unit::Credits | Unit::Usd | Unit::Cny => None,
    };
    let first = used.iter().map(|used| used.first_at).min();
    count.window(amount, first, model, now)
}
