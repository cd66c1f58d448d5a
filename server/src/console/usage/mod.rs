//! Usage: where tokens, money and time went.

mod export;
mod period;

pub(crate) use export::{csv, json};
pub(super) use period::{LONGEST, Period, last_days};

use super::overview::tier;
use super::story::judged;
use super::zone::zone;
use super::{Desk, fail};
use crate::clock;
use crate::store::snapshot::Snapshot;
use crate::store::{Fallen, FirstTokens, Grain, Slice, Split, StoredKey, Sum, Used};
use app::api::usage::{
    CauseRow, Choices, Measure, Share, Speed, SplitBy, Sums, UsagePage, UsageQuery, Usages,
};
use app::api::{Clock, Cost, Problem, Tokens};
use async_trait::async_trait;
use period::period;
use std::collections::{BTreeMap, BTreeSet};

/// Shares that are told apart; the others are one.
const MOST: usize = 8;
/// Targets whose speed is told.
const SPEEDS: usize = 12;
/// Causes that are told.
const CAUSES: usize = 12;
/// Hours of a week, and how many of them lie between midnight before Thursday, where weeks of Unix time begin, and the
/// Monday after.
const WEEK: usize = 168;
const MONDAY: usize = 4 * 24;

/// What requests cost, and what covered ones would have.
pub(super) fn cost_of(sum: &Sum) -> Cost {
    Cost {
        known: sum.cost,
        unknown_requests: sum.cost_unknown,
        covered: sum.list_cost,
        covered_unknown: sum.list_unknown,
    }
}

pub(super) fn sums(sum: &Sum) -> Sums {
    Sums {
        requests: sum.requests,
        failed: sum.failed + sum.broken,
        fallbacks: sum.fallbacks,
        tokens: Tokens {
            input: sum.input_tokens,
            cache_read: sum.cache_read_tokens,
            cache_write: sum.cache_write_tokens,
            output: sum.output_tokens,
        },
        reasoning: sum.reasoning_tokens,
        cost: cost_of(sum),
        first_token_ms: sum.first_token_ms,
        first_tokens: sum.first_tokens,
        saved_tokens: sum.saved_tokens,
        saved_cost: sum.saved_cost,
    }
}

/// A word that chooses one of several, or the usual one with a note.
pub(super) fn chosen<T: Copy + Default>(
    word: &mut String,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    what: &str,
    notes: &mut Vec<String>,
) -> T {
    let found = all.iter().copied().find(|one| name(*one) == word.trim());
    if found.is_none() && !word.trim().is_empty() {
        notes.push(format!("\"{}\" is nothing that {what}.", word.trim()));
    }
    let taken = found.unwrap_or_default();
    name(taken).clone_into(word);
    taken
}

fn split_of(by: SplitBy) -> Split {
    match by {
        SplitBy::Provider | SplitBy::Tier => Split::Provider,
        SplitBy::Model => Split::Target,
        SplitBy::Account => Split::Account,
        SplitBy::Key => Split::Key,
        SplitBy::Client => Split::Client,
        SplitBy::Combo => Split::Combo,
    }
}

pub(super) fn text(word: &str) -> Option<String> {
    Some(word.trim().to_owned()).filter(|word| !word.is_empty())
}

/// What is filtered by in a period. What of it makes no sense is taken back, and noted.
pub(super) fn slice(
    query: &mut UsageQuery,
    period: &Period,
    keys: &[StoredKey],
    notes: &mut Vec<String>,
) -> Slice {
    let key = text(&query.key).and_then(|name| {
        let key = keys.iter().find(|key| key.name == name).map(|key| key.id);
        if key.is_none() {
            notes.push(format!("There is no key called \"{name}\", so all are shown."));
            query.key.clear();
        }
        key
    });
    let target = text(&query.model).and_then(|name| {
        let target = name.split_once('/').map(|(provider, model)| (provider.to_owned(), model.to_owned()));
        if target.is_none() {
            notes.push(format!("\"{name}\" is no provider/model, so all are shown."));
            query.model.clear();
        }
        target
    });
    Slice {
        from: period.from(),
        to: period.to(),
        provider: text(&query.provider),
        target,
        key,
        client: text(&query.client),
        combo: text(&query.combo),
    }
}

/// Names for people.
pub(super) struct Names<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) keys: &'a [StoredKey],
}

impl Names<'_> {
    /// What a share is filtered by, and its name.
    fn of(&self, by: SplitBy, used: &Used) -> (String, String) {
        let same = |name: &str| (name.to_owned(), name.to_owned());
        let provider = self.snapshot.provider(&used.by);
        match by {
            SplitBy::Provider if used.by.is_empty() => (String::new(), "No provider".to_owned()),
            SplitBy::Provider => {
                let name = provider.map_or_else(|| used.by.clone(), |provider| provider.spec.name.clone());
                (used.by.clone(), name)
            }
            SplitBy::Model if used.model.is_empty() => (String::new(), "No model".to_owned()),
            SplitBy::Model => same(&format!("{}/{}", used.by, used.model)),
            SplitBy::Tier => {
                let name = provider.map(|provider| app::parts::mark::tier_name(tier(provider.spec.tier)));
                (String::new(), name.unwrap_or("Gone").to_owned())
            }
            SplitBy::Account => {
                let mut providers = self.snapshot.providers();
                let account = providers.find_map(|provider| {
                    let account = provider.accounts.iter().find(|it| it.id.to_string() == used.by)?;
                    Some(format!("{}, {}", provider.spec.name, account.name))
                });
                let gone = if used.by == "0" { "No account" } else { "An account that is gone" };
                (String::new(), account.unwrap_or_else(|| gone.to_owned()))
            }
            SplitBy::Key => {
                let key = self.keys.iter().find(|key| key.id.to_string() == used.by);
                match key {
                    Some(key) => same(&key.name),
                    None if used.by == "0" => (String::new(), "Without a key".to_owned()),
                    None => (String::new(), "A key that is gone".to_owned()),
                }
            }
            SplitBy::Client if used.by.is_empty() => (String::new(), "Unknown tool".to_owned()),
            SplitBy::Combo if used.by.is_empty() => (String::new(), "No combo".to_owned()),
            SplitBy::Client | SplitBy::Combo => same(&used.by),
        }
    }

    /// The sums of a period as shares, the largest first; small ones are one.
    fn shares(&self, by: SplitBy, measure: Measure, period: &Period, rows: &[Used]) -> Vec<Share> {
        let mut shares: BTreeMap<(String, String), Share> = BTreeMap::new();
        for row in rows {
            let (id, name) = self.of(by, row);
            let Some(place) = period.place(row.part) else { continue };
            let share = shares.entry((name.clone(), id.clone())).or_insert_with(|| Share {
                id,
                name,
                whole: Sums::default(),
                parts: vec![Sums::default(); period.parts.len()],
            });
            let sum = sums(&row.sum);
            share.whole.add(&sum);
            if let Some(part) = share.parts.get_mut(place) {
                part.add(&sum);
            }
        }
        let mut shares: Vec<Share> = shares.into_values().collect();
        // Times are no amounts: there the most asked come first.
        let size = |share: &Share| match measure {
            Measure::Latency => share.whole.first_tokens,
            measure => share.whole.measured(measure),
        };
        shares.sort_by_key(|share| std::cmp::Reverse((size(share), share.whole.requests)));
        if shares.len() > MOST + 1 {
            let rest = shares.split_off(MOST);
            let name = format!("{} others", rest.len());
            let mut joined = Share {
                id: String::new(),
                name,
                whole: Sums::default(),
                parts: vec![Sums::default(); period.parts.len()],
            };
            for share in rest {
                joined.whole.add(&share.whole);
                for (part, more) in joined.parts.iter_mut().zip(&share.parts) {
                    part.add(more);
                }
            }
            shares.push(joined);
        }
        shares
    }

    /// What can be chosen to filter by.
    pub(super) fn choices(&self, rows: &[[String; 5]]) -> Choices {
        let mut sets: [BTreeSet<String>; 5] = Default::default();
        for [provider, model, key, client, combo] in rows {
            let key = self.keys.iter().find(|known| known.id.to_string() == *key);
            let target = if model.is_empty() { String::new() } else { format!("{provider}/{model}") };
            let key = key.map(|key| key.name.clone()).unwrap_or_default();
            for (set, value) in
                sets.iter_mut().zip([provider.clone(), target, key, client.clone(), combo.clone()])
            {
                if !value.is_empty() {
                    set.insert(value);
                }
            }
        }
        let [providers, models, keys, clients, combos] = sets.map(|set| set.into_iter().collect());
        Choices { providers, models, keys, clients, combos }
    }
}

fn speeds(targets: Vec<FirstTokens>) -> Vec<Speed> {
    let speed = |target: FirstTokens| {
        Some(Speed {
            target: format!("{}/{}", target.provider_id, target.model),
            requests: target.requests(),
            half: target.within(500)?,
            most: target.within(900)?,
            slowest: target.within(990)?,
        })
    };
    targets.into_iter().take(SPEEDS).filter_map(speed).collect()
}

fn causes(rows: Vec<Fallen>) -> Vec<CauseRow> {
    let cause = |row: Fallen| CauseRow {
        why: judged(&row.rule),
        rule: row.rule,
        provider_id: row.provider_id,
        attempts: row.attempts,
    };
    rows.into_iter().take(CAUSES).map(cause).collect()
}

#[async_trait]
impl Usages for Desk {
    async fn usage(&self, mut query: UsageQuery, clock: Clock) -> Result<UsagePage, Problem> {
        self.person()?;
        let (store, snapshot, now) = (&self.app.store, self.app.snapshot(), clock::now().unix_ms);
        let mut notes = Vec::new();
        let measure =
            chosen(&mut query.measure, &Measure::ALL, Measure::word, "is measured here", &mut notes);
        let split = chosen(&mut query.split, &SplitBy::ALL, SplitBy::word, "usage is split by", &mut notes);
        let (zone, zone_name) = zone(&clock);
        let period = period(&mut query, &zone, now, &mut notes);
        let keys = store.keys().await.map_err(fail)?;
        let slice = slice(&mut query, &period, &keys, &mut notes);
        let earlier = Slice { from: 2 * slice.from - slice.to, to: slice.from, ..slice.clone() };
        // None waits for another: there is more than one connection.
        let (rows, before, busy, speeds_of, fallen, used_by) = tokio::try_join!(
            store.used(&slice, split_of(split), period.grain()),
            store.used(&earlier, Split::Nothing, Grain::Whole),
            store.busy(&slice, &period.offsets),
            store.first_tokens(&slice),
            store.fallen(&slice),
            store.used_by(&slice),
        )
        .map_err(fail)?;
        let mut week = vec![0; WEEK];
        for (hour, requests) in busy {
            let hour = usize::try_from(hour).unwrap_or_default();
            if let Some(place) = week.get_mut((hour + WEEK - MONDAY) % WEEK) {
                *place += requests;
            }
        }
        let mut whole = Sums::default();
        rows.iter().for_each(|row| whole.add(&sums(&row.sum)));
        let names = Names { snapshot: &snapshot, keys: &keys };
        Ok(UsagePage {
            notes,
            measure,
            split,
            whole,
            before: before.first().map(|used| sums(&used.sum)).unwrap_or_default(),
            shares: names.shares(split, measure, &period, &rows),
            week,
            speeds: speeds(speeds_of),
            causes: causes(fallen),
            choices: names.choices(&used_by),
            zone: zone_name,
            parts: period.parts,
            query,
        })
    }
}
