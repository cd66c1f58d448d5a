//! Accounts as pages show them, and what makes sense for one.

use super::budget_used_up;
use crate::accounts::health::{Health as Live, Parked};
use crate::config::Secret;
use crate::state::App;
use crate::store::StoredAccount;
use crate::store::snapshot::Provider;
use crate::usage::budget::BudgetOf;
use app::api::Problem;
use app::api::combos::{Budget, Period};
use app::api::providers::{AccountRow, Health, WaitingModel};
use catalog::Auth;
use http::HeaderValue;

/// Longest key accepted: a service's key is far shorter.
const LONGEST_KEY: usize = 8192;

/// An account as pages show it: what is known of its health now is newer than what was written down.
pub(super) fn account_row(app: &App, stored: &StoredAccount, used_at: Option<i64>, now: i64) -> AccountRow {
    let snapshot = app.snapshot();
    let provider = snapshot.provider(&stored.provider_id);
    let live = provider.and_then(|provider| provider.accounts.iter().find(|account| account.id == stored.id));
    let what = BudgetOf::Account(stored.id);
    let over = stored.budget.and_then(|budget| budget_used_up(app, what, budget, now));
    let period = stored.budget.map_or(Period::Day, |budget| budget.period);
    let over = over.map(|(why, until)| Parked { until, refused: false, why });
    let parked = live.and_then(|account| account.health.parked_whole(now)).or(over).or_else(|| {
        let (model, parked, count) = live?.health.parked_models(now)?;
        let others = if count > 1 { format!(" and {} more models", count - 1) } else { String::new() };
        Some(Parked { why: format!("{} for {model}{others}", parked.why), ..parked })
    });
    let provider_name = provider.map_or(stored.provider_id.as_str(), |provider| provider.spec.name.as_str());
    let (health, sentence) = match &parked {
        _ if !stored.enabled => (Health::Off, "Switched off.".to_owned()),
        Some(parked) if parked.refused => {
            let what = "Paste a new key, or try it again once the matter is settled.";
            (Health::Refused, format!("{provider_name}: {}. {what}", parked.why))
        }
        Some(parked) => (Health::Parked, format!("{provider_name}: {}.", parked.why)),
        None => (Health::Ready, "Ready.".to_owned()),
    };
    AccountRow {
        id: stored.id,
        provider_id: stored.provider_id.clone(),
        name: stored.name.clone(),
        masked_key: if stored.key.is_some() {
            format!("••••{}", stored.key_tail)
        } else {
            String::new()
        },
        priority: stored.priority,
        enabled: stored.enabled,
        health,
        sentence,
        parked_until: parked.map(|parked| parked.until),
        waiting: live.map(|account| waiting(&account.health, now)).unwrap_or_default(),
        in_flight: live.map_or(0, |account| account.health.in_flight()),
        budget: stored.budget,
        spent: app.budgets.spent(what, period, now),
        last_error: stored.last_error.clone(),
        last_error_at: stored.last_error_at,
        last_used_at: used_at,
        created_at: stored.created_at,
    }
}

/// The models that wait although the account does not, the first to come back first.
fn waiting(health: &Live, now: i64) -> Vec<WaitingModel> {
    let parked = health.waiting(now).into_iter().map(|(model, parked)| WaitingModel {
        model,
        until: parked.until,
        why: parked.why,
        circuit: false,
    });
    let failing = health.open_circuits(now).into_iter().map(|(model, until)| WaitingModel {
        model,
        until,
        why: "It failed again and again".to_owned(),
        circuit: true,
    });
    let mut waiting: Vec<WaitingModel> = parked.chain(failing).collect();
    waiting.sort_by_key(|model| model.until);
    waiting
}

/// A budget that is one.
pub(super) fn checked_budget(budget: Budget) -> Result<Budget, Problem> {
    if budget.amount < 1 {
        return Err(Problem::invalid("budget.amount", "Give the account a budget of at least 1, or none."));
    }
    Ok(budget)
}

/// The provider's name and the first number that no other account there has.
pub(super) fn free_name(provider: &Provider) -> String {
    let name = |number: usize| format!("{} {number}", provider.spec.name);
    let free = |name: &String| provider.accounts.iter().all(|account| account.name != *name);
    // One more number than there are accounts: one of them is free.
    (1..=provider.accounts.len() + 1).map(name).find(free).unwrap_or_default()
}

/// A key as a provider would give it; refused when it could not even be sent.
pub(super) fn key(provider: &Provider, text: &str) -> Result<Option<Secret>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        // A custom endpoint on one's own network commonly wants none.
        return match provider.spec.auth {
            Auth::Key if !provider.custom => Err(Problem::invalid("key", "Paste the key.")),
            Auth::Key | Auth::None => Ok(None),
        };
    }
    if text.len() > LONGEST_KEY || text.contains(char::is_whitespace) || HeaderValue::from_str(text).is_err()
    {
        return Err(Problem::invalid(
            "key",
            "This is not a key: it holds blanks or unusual characters, or is too long.",
        ));
    }
    Ok(Some(Secret::from(text.to_owned())))
}
