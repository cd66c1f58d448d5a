//! How things stand at the moment of a scrape, from what is in memory.

use super::metrics::PREFIX;
use crate::accounts::quota::Seen;
use crate::state::App;
use crate::store::snapshot::{Account, Provider};
use catalog::Unit;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfProvider {
    provider: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfWindow {
    provider: String,
    account: String,
    window: String,
}

type Ratio = Gauge<f64, AtomicU64>;

/// How things stand now.
pub(super) fn registry(app: &App, now: i64) -> Registry {
    let (in_flight, parked, circuits, needing, used) = Default::default();
    let used: Family<OfWindow, Ratio> = used;
    for provider in app.snapshot().providers().filter(|provider| !provider.accounts.is_empty()) {
        let set = |family: &Family<OfProvider, Gauge>, value: i64| {
            family.get_or_create(&OfProvider { provider: provider.spec.id.clone() }).set(value);
        };
        let all = &provider.accounts;
        set(&in_flight, all.iter().map(|account| account.health.in_flight()).sum());
        set(&parked, count(provider, |account| !needs_person(account, now) && is_parked(account, now)));
        set(&needing, count(provider, |account| needs_person(account, now)));
        let open = |account: &Account| account.health.open_circuits(now).len();
        set(&circuits, as_count(all.iter().map(|account| open(account)).sum()));
        for account in all.iter().filter(|account| in_use(provider, account)) {
            for seen in account.quota.seen().iter() {
                let Some((window, ratio)) = window(seen, now) else { continue };
                let (provider, account) = (provider.spec.id.clone(), account.name.clone());
                used.get_or_create(&OfWindow { provider, account, window }).set(ratio);
            }
        }
    }
    let waiting: Gauge = Gauge::default();
    waiting.set(as_count(app.recorder.waiting()));

    let mut registry = Registry::with_prefix(PREFIX);
    registry.register("in_flight", "Calls to providers under way", in_flight);
    registry.register(
        "accounts_parked",
        "Accounts left alone until a time that is known, altogether or for some models",
        parked,
    );
    registry.register(
        "accounts_needing_a_person",
        "Accounts whose key or sign-in was refused or has ended",
        needing,
    );
    registry.register("circuits_open", "Models that keep failing at an account and are left alone", circuits);
    registry.register(
        "quota_used_ratio",
        "How far a limit is used, 1 being all of it, where that is known",
        used,
    );
    registry.register("records_waiting", "Requests that ended and are not written down yet", waiting);
    registry
}

fn as_count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether an account is used at all.
fn in_use(provider: &Provider, account: &Account) -> bool {
    account.enabled && provider.lets(account)
}

fn count(provider: &Provider, is: impl Fn(&Account) -> bool) -> i64 {
    as_count(provider.accounts.iter().filter(|account| in_use(provider, account) && is(account)).count())
}

fn is_parked(account: &Account, now: i64) -> bool {
    account.health.parked_whole(now).is_some() || account.health.parked_models(now).is_some()
}

fn needs_person(account: &Account, now: i64) -> bool {
    let refused = account.health.parked_whole(now).is_some_and(|parked| parked.refused);
    refused || account.token().is_some_and(|token| token.held().ended)
}

/// A limit's name, which no other limit of the account has, and how far it is used.
fn window(seen: &Seen, now: i64) -> Option<(String, f64)> {
    let window = &seen.window;
    let goes_on = window.resets_at_ms.is_none_or(|at| at > now);
    let used = window.used_permille.filter(|_| goes_on)?;
    let mut name = window.name.clone();
    // A day's tokens and a day's requests have one name.
    if matches!(window.unit, Unit::Requests | Unit::Tokens) && !name.contains(window.unit.as_str()) {
        name = format!("{name} ({})", window.unit.as_str());
    }
    if let Some(model) = &window.model {
        name = format!("{name}, {model}");
    }
    Some((name, f64::from(used) / 1000.0))
}
