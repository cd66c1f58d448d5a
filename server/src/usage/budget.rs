//! What of budgets is used: in memory, read by every plan without the database and without a lock.
//!
//! It grows with each batch of usage that is written, and is read again from the daily sums at every refresh of the
//! configuration, at the turn of a period, and regularly where other replicas spend from the same budgets. A day of
//! the sums begins at midnight UTC, as every period does, so nothing is counted twice or left out.

use crate::clock;
use crate::state::App;
use crate::store::snapshot::Snapshot;
use crate::store::{RequestRecord, Spending, Store, StoreError};
use app::api::combos::{Measure, Period, Spent};
use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use time::{Duration as Span, OffsetDateTime};
use tokio::sync::Mutex;

/// How often other replicas' spending is read.
const SHARED: Duration = Duration::from_secs(20);
/// The same where there are none: a machine that slept through the turn of a period finds out.
const ALONE: Duration = Duration::from_secs(3600);
const DAY_MS: i64 = 24 * 3_600_000;

/// What has a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetOf<'a> {
    /// An account, whatever it is used for.
    Account(i64),
    /// A target of a combo, asked for under the combo's name or under that of another which names the combo.
    Target {
        /// The combo.
        combo: &'a str,
        /// The target's provider: its id.
        provider: &'a str,
        /// Its model: what stands after the prefix.
        model: &'a str,
    },
}

/// What is used of all budgets.
#[derive(Debug, Default)]
pub struct Budgets {
    reading: ArcSwap<Reading>,
    /// Held while usage is written or the sums are read: what is written between reading them and publishing what they
    /// say would be lost.
    order: Mutex<()>,
}

/// What was used in the current day, week and month.
type Uses = [Spent; 3];

/// What was used, as of some moment.
#[derive(Clone, Debug, Default)]
struct Reading {
    /// When the current day, week and month began, Unix ms.
    starts: [i64; 3],
    accounts: HashMap<i64, Uses>,
    /// By combo; a combo has few targets.
    targets: HashMap<String, Vec<(String, String, Uses)>>,
    /// Which combos a request for a combo may go through, itself included.
    within: Arc<HashMap<String, Vec<String>>>,
}

impl Reading {
    fn at(now_ms: i64, within: Arc<HashMap<String, Vec<String>>>) -> Self {
        Self { starts: starts(now_ms), within, ..Self::default() }
    }

    /// Forgets what was used in periods that are over.
    fn turn(&mut self, now_ms: i64) {
        let fresh = starts(now_ms);
        let over: [bool; 3] = std::array::from_fn(|index| self.starts[index] < fresh[index]);
        let targets = self.targets.values_mut().flatten().map(|(_, _, uses)| uses);
        for uses in self.accounts.values_mut().chain(targets) {
            for (used, _) in uses.iter_mut().zip(over).filter(|(_, over)| *over) {
                *used = Spent::default();
            }
        }
        self.starts = std::array::from_fn(|index| self.starts[index].max(fresh[index]));
    }

    fn add(&mut self, spending: &Spending) {
        let current = self.starts.map(|start| spending.at >= start);
        let add = |uses: &mut Uses| {
            for (used, _) in uses.iter_mut().zip(current).filter(|(_, current)| *current) {
                used.tokens = used.tokens.saturating_add(spending.spent.tokens);
                used.cost = used.cost.saturating_add(spending.spent.cost);
            }
        };
        add(self.accounts.entry(spending.account_id).or_default());
        if spending.combo.is_empty() {
            return;
        }
        let within = Arc::clone(&self.within);
        let itself = [spending.combo.clone()];
        for combo in within.get(&spending.combo).map_or(itself.as_slice(), Vec::as_slice) {
            let targets = self.targets.entry(combo.clone()).or_default();
            let (provider, model) = (&spending.provider_id, &spending.model);
            match targets.iter_mut().find(|(id, name, _)| id == provider && name == model) {
                Some((_, _, uses)) => add(uses),
                None => {
                    let mut uses = Uses::default();
                    add(&mut uses);
                    targets.push((provider.clone(), model.clone(), uses));
                }
            }
        }
    }

    fn uses(&self, what: BudgetOf<'_>) -> Option<&Uses> {
        match what {
            BudgetOf::Account(id) => self.accounts.get(&id),
            BudgetOf::Target { combo, provider, model } => {
                let mut targets = self.targets.get(combo)?.iter();
                targets.find(|(id, name, _)| id == provider && name == model).map(|(_, _, uses)| uses)
            }
        }
    }
}

impl Budgets {
    /// What was used in the period that `now_ms` lies in.
    pub fn spent(&self, what: BudgetOf<'_>, period: Period, now_ms: i64) -> Spent {
        let reading = self.reading.load();
        let index = period_index(period);
        // The period turned, and nothing was written since.
        if reading.starts[index] < starts(now_ms)[index] {
            return Spent::default();
        }
        reading.uses(what).map(|uses| uses[index]).unwrap_or_default()
    }

    /// Writes usage down and counts it.
    pub(super) async fn write(&self, store: &Store, records: &[RequestRecord]) -> Result<(), StoreError> {
        let _in_order = self.order.lock().await;
        store.write_usage(records).await?;
        let mut reading = Reading::clone(&self.reading.load());
        if let Some(newest) = records.iter().map(|record| record.started_at).max() {
            reading.turn(newest);
        }
        for record in records {
            reading.add(&Spending::of(record));
        }
        self.reading.store(Arc::new(reading));
        Ok(())
    }

    /// Reads everything again, for the combos of this snapshot.
    pub async fn read(&self, store: &Store, snapshot: &Snapshot, now_ms: i64) -> Result<(), StoreError> {
        let within = snapshot.combos().map(|combo| (combo.name.clone(), snapshot.combos_within(&combo.name)));
        let mut reading = Reading::at(now_ms, Arc::new(within.collect()));
        let _in_order = self.order.lock().await;
        let from = reading.starts.into_iter().min().unwrap_or(now_ms);
        for spending in store.spending(from).await? {
            reading.add(&spending);
        }
        self.reading.store(Arc::new(reading));
        Ok(())
    }
}

/// What a budget counts of what was used.
pub fn counted(spent: Spent, measure: Measure) -> i64 {
    match measure {
        Measure::Tokens => spent.tokens,
        Measure::Cost => spent.cost,
    }
}

/// Reads what was used again when a period turns, and what other replicas used. Runs until shutdown.
pub async fn run(app: App) {
    let stopping = app.tasks.stopping();
    let every = if app.store.has_replicas() { SHARED } else { ALONE };
    let mut failing = false;
    loop {
        let now = clock::now().unix_ms;
        let turn = u64::try_from(end(Period::Day, now) - now).unwrap_or_default();
        tokio::select! {
            () = tokio::time::sleep(every.min(Duration::from_millis(turn + 1))) => {}
            () = stopping.cancelled() => return,
        }
        match app.budgets.read(&app.store, &app.snapshot(), clock::now().unix_ms).await {
            Ok(()) => failing = false,
            Err(error) if !failing => {
                tracing::warn!(%error, "what is used of budgets could not be read; trying again");
                failing = true;
            }
            Err(_) => {}
        }
    }
}

fn period_index(period: Period) -> usize {
    match period {
        Period::Day => 0,
        Period::Week => 1,
        Period::Month => 2,
    }
}

/// When the day, the week and the month of a moment began, Unix ms.
fn starts(now_ms: i64) -> [i64; 3] {
    let day = now_ms.div_euclid(DAY_MS);
    // The first of January 1970 was a Thursday.
    let since_monday = (day + 3).rem_euclid(7);
    let since_first = i64::from(date(day).day()) - 1;
    [day, day - since_monday, day - since_first].map(|day| day * DAY_MS)
}

/// When the period of a moment ends, Unix ms.
pub fn end(period: Period, now_ms: i64) -> i64 {
    let start = starts(now_ms)[period_index(period)];
    let days = match period {
        Period::Day => 1,
        Period::Week => 7,
        Period::Month => {
            let first = date(start.div_euclid(DAY_MS));
            i64::from(first.month().length(first.year()))
        }
    };
    start + days * DAY_MS
}

/// A day since the first of January 1970, UTC.
fn date(day: i64) -> time::Date {
    OffsetDateTime::UNIX_EPOCH.date().checked_add(Span::days(day)).unwrap_or(time::Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIODS: [Period; 3] = [Period::Day, Period::Week, Period::Month];
    /// 2026-11-28T12:00:00Z, a Saturday.
    const NOON: i64 = 1_795_867_200_000;

    fn spending(at: i64, combo: &str, tokens: i64) -> Spending {
        Spending {
            at,
            account_id: 7,
            provider_id: "groq".to_owned(),
            model: "big".to_owned(),
            combo: combo.to_owned(),
            spent: Spent { tokens, cost: tokens * 10 },
        }
    }

    #[test]
    fn periods_begin_at_midnight_on_monday_and_on_the_first() {
        let midnight = NOON - DAY_MS / 2;
        assert_eq!(starts(NOON), [midnight, midnight - 5 * DAY_MS, midnight - 27 * DAY_MS]);
        assert_eq!((starts(midnight)[0], starts(midnight - 1)[0]), (midnight, midnight - DAY_MS));
        let ends = PERIODS.map(|period| end(period, NOON));
        assert_eq!(ends, [midnight + DAY_MS, midnight + 2 * DAY_MS, midnight + 3 * DAY_MS]);
        // The last day of a leap year's February, and of a year.
        for last in [1_709_164_800_000, 1_798_675_200_000] {
            assert_eq!(end(Period::Month, last), last + DAY_MS);
        }
    }

    #[test]
    fn what_is_used_counts_in_its_own_period_and_is_forgotten_when_that_turns() {
        let mut reading = Reading::at(NOON, Arc::default());
        reading.add(&spending(NOON, "best", 5));
        reading.add(&spending(NOON - DAY_MS, "best", 100));
        reading.add(&spending(NOON - 10 * DAY_MS, "", 1000));
        let budgets = Budgets::default();
        budgets.reading.store(Arc::new(reading.clone()));
        let tokens = |what, now| PERIODS.map(|period| budgets.spent(what, period, now).tokens);
        let target = BudgetOf::Target { combo: "best", provider: "groq", model: "big" };
        assert_eq!(tokens(BudgetOf::Account(7), NOON), [5, 105, 1105]);
        assert_eq!(tokens(target, NOON), [5, 105, 105]);
        assert_eq!(tokens(BudgetOf::Account(8), NOON), [0, 0, 0]);
        // Saturday becomes Sunday, then Monday, with nothing written in between; then something is.
        let monday = NOON + 2 * DAY_MS;
        assert_eq!(tokens(target, NOON + DAY_MS), [0, 105, 105]);
        assert_eq!(tokens(target, monday), [0, 0, 105]);
        reading.turn(monday);
        reading.add(&spending(monday, "best", 1));
        reading.add(&spending(NOON, "best", 1));
        budgets.reading.store(Arc::new(reading));
        assert_eq!(tokens(target, monday), [1, 1, 107], "a late one is of its own day");
        assert_eq!(counted(budgets.spent(target, Period::Month, monday), Measure::Cost), 1070);
    }

    #[test]
    fn a_combo_inside_another_spends_its_own_budget() {
        let within = HashMap::from([("outer".to_owned(), vec!["outer".to_owned(), "inner".to_owned()])]);
        let mut reading = Reading::at(NOON, Arc::new(within));
        reading.add(&spending(NOON, "outer", 5));
        let today = |combo| {
            let uses = reading.uses(BudgetOf::Target { combo, provider: "groq", model: "big" });
            uses.map(|uses| uses[0].tokens)
        };
        assert_eq!((today("outer"), today("inner"), today("other")), (Some(5), Some(5), None));
    }
}
