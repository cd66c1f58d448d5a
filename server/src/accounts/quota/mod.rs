//! How much of what an account may use is left: in memory, shared by every snapshot. Ordinary answers say it in their
//! headers, providers that tell are asked now and then ([`probe`]), and what neither says is counted ([`count`]).

pub mod count;
pub mod probe;

use crate::store::snapshot::Provider;
use arc_swap::ArcSwap;
use catalog::{Unit, Window};
use http::HeaderMap;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Who said how much is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The provider, asked for it.
    Probe,
    /// The provider, with an answer.
    Answer,
    /// Nobody: it was counted here.
    Counted,
}

/// One limit, and when it was as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The limit.
    pub window: Window,
    /// Who said so.
    pub source: Source,
    /// When, Unix ms.
    pub at: i64,
}

/// What came of asking last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// When, Unix ms; 0: not yet.
    pub at: i64,
    /// When it may be asked again, Unix ms.
    pub again_at: i64,
    /// Why nothing was told; empty when something was.
    pub why: String,
}

/// The quota of one account.
#[derive(Debug, Default)]
pub struct Quota {
    seen: ArcSwap<Vec<Seen>>,
    /// Whoever changes `seen` holds this.
    changing: Mutex<()>,
    asked: Mutex<Asked>,
    /// When it answered last, Unix ms.
    used_at: AtomicI64,
    /// When a person wanted to know last, Unix ms.
    wanted_at: AtomicI64,
    /// Whoever asks the provider holds this.
    turn: tokio::sync::Mutex<()>,
}

/// Why an account is better not used for a model now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// The limit's name.
    pub name: String,
    /// When it begins anew, Unix ms.
    pub until: i64,
    /// Whether nothing at all is left, rather than less than a person wants to keep.
    pub spent: bool,
}

impl Quota {
    /// Every limit, the one that is most used first.
    pub fn seen(&self) -> Arc<Vec<Seen>> {
        self.seen.load_full()
    }

    /// What came of asking last.
    pub fn asked(&self) -> Asked {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// It answered: what is known ages.
    pub fn used(&self, now: i64) {
        self.used_at.fetch_max(now, Ordering::Relaxed);
    }

    /// A person wants to know.
    pub fn wanted(&self, now: i64) {
        self.wanted_at.fetch_max(now, Ordering::Relaxed);
    }

    /// Forgets everything: it has another key, or is another's account by now.
    pub fn forget(&self) {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.seen.store(Arc::default());
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Asked::default();
    }

    /// Takes over what was said or counted at `at`. What was said before of a limit of the same name and models is
    /// replaced, unless an answer said it later than that: probes lag behind. Of a `whole` account, what the same source
    /// said before goes altogether.
    pub fn note(&self, mut windows: Vec<Window>, source: Source, at: i64, whole: bool) {
        let now = at;
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.seen.load();
        let later = |new: &Window| {
            let said = |seen: &&Seen| seen.window.name == new.name && seen.window.model == new.model;
            old.iter().filter(said).any(|seen| seen.source == Source::Answer && seen.at >= at)
        };
        windows.retain(|new| source == Source::Answer || !later(new));
        let same = |seen: &Seen| {
            let window = &seen.window;
            windows.iter().any(|new| new.name == window.name && new.model == window.model)
        };
        // A limit that has begun anew since is not what it was.
        let over = |seen: &Seen| seen.window.resets_at_ms.is_some_and(|at| at <= now);
        let kept = old.iter().filter(|seen| !(same(seen) || over(seen) || (whole && seen.source == source)));
        let fresh = windows.iter().map(|window| Seen { window: window.clone(), source, at: now });
        let mut all: Vec<Seen> = kept.cloned().chain(fresh).collect();
        all.sort_by_key(|seen| {
            (std::cmp::Reverse(seen.window.used_permille), seen.window.resets_at_ms, seen.window.name.clone())
        });
        self.seen.store(Arc::new(all));
    }

    /// Why the account is better not used for a model now: nothing is left of a limit that begins anew, or less than
    /// `reserve` hundredths of it.
    pub fn short(&self, model: &str, reserve: u32, now: i64) -> Option<Short> {
        let full = 1000_u32.saturating_sub(reserve.saturating_mul(10));
        let short = |seen: &Seen| {
            let window = &seen.window;
            let until = window.resets_at_ms.filter(|at| *at > now)?;
            let used = window.used_permille.filter(|used| *used >= full.max(1) && window.is_for(model))?;
            Some(Short { name: window.name.clone(), until, spent: used >= 1000 })
        };
        // The account is short until the last of them has begun anew.
        self.seen.load().iter().filter_map(short).max_by_key(|short| short.until)
    }

    /// When a limit of which something is left begins anew next, Unix ms: what is left of it then is lost.
    pub fn renews(&self, model: &str, now: i64) -> Option<i64> {
        let renews = |seen: &Seen| {
            let left = seen.window.used_permille.is_some_and(|used| used < 1000);
            seen.window.resets_at_ms.filter(|at| left && *at > now && seen.window.is_for(model))
        };
        self.seen.load().iter().filter_map(renews).min()
    }
}

/// Reads what an answer of any status says of the account's limits.
pub fn read(provider: &Provider, quota: &Quota, headers: &HeaderMap, model: &str, now: i64) {
    let pairs = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let windows = provider.spec.quota.read_headers(pairs, model, now);
    if !windows.is_empty() {
        quota.note(windows, Source::Answer, now, false);
    }
}

/// When a limit will be used up at the pace so far, Unix ms; `None` where it lasts until it begins anew, or nothing is
/// known of its pace.
pub fn runs_out(window: &Window, now: i64) -> Option<i64> {
    let (resets, lasts) = (window.resets_at_ms?, window.lasts_ms?);
    let used = i64::from(window.used_permille?);
    let passed = now - (resets - lasts);
    // Of a window that has only just begun, nothing can be said.
    if used == 0 || used >= 1000 || passed * 50 < lasts {
        return None;
    }
    let at = now.saturating_add(passed.saturating_mul(1000 - used) / used);
    (at < resets).then_some(at)
}

/// The quotas of all accounts, by id: they outlive the snapshots that point at them.
#[derive(Debug, Default)]
pub struct Quotas {
    accounts: Mutex<HashMap<i64, Arc<Quota>>>,
}

impl Quotas {
    /// The quota of an account.
    pub fn of(&self, account: i64) -> Arc<Quota> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(accounts.entry(account).or_default())
    }
}

/// An amount as people read it.
pub fn shown(unit: Unit, amount: catalog::Micro) -> String {
    match unit {
        Unit::Usd => format!("${}", cents(amount)),
        Unit::Cny => format!("¥{}", cents(amount)),
        Unit::Percent | Unit::Requests | Unit::Tokens | Unit::Credits => amount.to_string(),
    }
}

/// Money to the hundredth.
fn cents(amount: catalog::Micro) -> String {
    let sign = if amount.0 < 0 { "-" } else { "" };
    let cents = amount.0.unsigned_abs() / 10_000;
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn window(name: &str, used: u32, resets: i64) -> Window {
        Window {
            name: name.to_owned(),
            model: None,
            unit: Unit::Percent,
            used_permille: Some(used),
            used: None,
            limit: None,
            left: None,
            resets_at_ms: Some(resets),
            lasts_ms: Some(5 * HOUR),
        }
    }

    #[test]
    fn an_account_is_short_until_the_last_limit_that_is_used_up_begins_anew() {
        let quota = Quota::default();
        let week = Window { model: Some("*opus*".to_owned()), ..window("Week", 1000, 50 * HOUR) };
        quota.note(
            vec![window("5 hours", 1000, HOUR), week, window("Month", 920, 300 * HOUR)],
            Source::Probe,
            0,
            true,
        );
        let short = |model: &str, reserve, now| {
            quota.short(model, reserve, now).map(|short| (short.name, short.until))
        };
        assert_eq!(short("opus", 0, 1), Some(("Week".to_owned(), 50 * HOUR)));
        assert_eq!(short("sonnet", 0, 1), Some(("5 hours".to_owned(), HOUR)));
        assert_eq!(short("sonnet", 0, HOUR), None, "it has begun anew");
        assert_eq!(short("sonnet", 10, HOUR), Some(("Month".to_owned(), 300 * HOUR)), "a tenth is kept");
        assert!(!quota.short("sonnet", 10, HOUR).unwrap().spent);
        assert_eq!(quota.renews("sonnet", 1), Some(300 * HOUR), "of the others nothing is left to lose");
    }

    #[test]
    fn what_is_said_later_counts_and_what_has_begun_anew_is_forgotten() {
        let quota = Quota::default();
        quota.note(
            vec![window("5 hours", 300, HOUR), window("Week", 100, 90 * HOUR)],
            Source::Probe,
            0,
            true,
        );
        quota.note(vec![window("5 hours", 400, HOUR)], Source::Answer, 5, false);
        let names = |quota: &Quota| -> Vec<(String, Option<u32>, Source)> {
            let of = |seen: &Seen| (seen.window.name.clone(), seen.window.used_permille, seen.source);
            quota.seen().iter().map(of).collect()
        };
        let hours = ("5 hours".to_owned(), Some(400), Source::Answer);
        assert_eq!(names(&quota), [hours, ("Week".to_owned(), Some(100), Source::Probe)]);
        quota.note(vec![window("Month", 10, 900 * HOUR)], Source::Probe, HOUR, true);
        assert_eq!(names(&quota), [("Month".to_owned(), Some(10), Source::Probe)]);
    }

    #[test]
    fn the_pace_so_far_says_when_it_runs_out() {
        // Two of five hours passed, half is used: the rest lasts two hours more.
        let out = |used, now| runs_out(&window("5 hours", used, 5 * HOUR), now);
        assert_eq!(out(500, 2 * HOUR), Some(4 * HOUR));
        assert_eq!(out(300, 2 * HOUR), None, "it lasts");
        assert_eq!(out(1000, 2 * HOUR), None, "it has run out");
        assert_eq!(out(20, 60_000), None, "too early to say");
    }
}
