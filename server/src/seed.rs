//! Made-up usage, for looking at the dashboard and for measuring it.

use crate::clock;
use crate::config::Config;
use crate::store::snapshot::{Prices, SetPrices};
use crate::store::{AttemptRecord, RequestRecord, Store, StoreError};
use crate::usage::price::{Charge, Rate, list_cost};
use app::api::requests::{Cause, Outcome, RequestFilter};
use app::api::saver::SavingRow;
use catalog::Catalog;
use std::time::Duration;
use uuid::Uuid;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Requests written at once.
const BATCH: u64 = 5_000;
/// Targets by provider and model, with how often each is asked.
const TARGETS: [(&str, &str, u64); 9] = [
    ("claude", "claude-sonnet-4-5", 30),
    ("claude", "claude-opus-4-5", 12),
    ("codex", "gpt-5.1-codex", 14),
    ("glm", "glm-4.7", 16),
    ("openai", "gpt-5.1", 8),
    ("groq", "openai/gpt-oss-120b", 7),
    ("gemini", "gemini-2.5-pro", 6),
    ("deepseek", "deepseek-chat", 5),
    ("openrouter", "x-ai/grok-code-fast-1", 2),
];
const CLIENTS: [(&str, &str, u64); 4] = [
    ("Claude Code", "messages", 55),
    ("Codex", "responses", 20),
    ("OpenCode", "chat", 15),
    ("Cursor", "chat", 10),
];
const KEYS: [(&str, u64); 3] = [("laptop", 60), ("workstation", 30), ("ci", 10)];
const COMBOS: [(&str, u64); 3] = [("coding", 60), ("cheap", 15), ("", 25)];
const RULES: [(&str, u16, &str, u64); 4] = [
    ("default/rate-limit", 429, "Rate limited (429)", 45),
    ("default/plan-window", 429, "Usage limit of the plan reached (429)", 30),
    ("default/overloaded", 529, "Overloaded (529)", 15),
    ("default/first-token limit", 0, "said nothing within 12 s", 10),
];
/// Filters of the saver, with the tools whose output they shortened.
const FILTERS: [(&str, &str); 4] =
    [("test-output", "Bash"), ("git-diff", "Bash"), ("grep", "Grep"), ("read-numbered", "Read")];
/// How busy the hours of a working day are.
const HOURS: [u64; 24] = [2, 1, 1, 0, 0, 0, 1, 3, 8, 14, 17, 18, 13, 15, 19, 20, 18, 14, 9, 7, 8, 9, 7, 4];

/// Why nothing was made up.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There is usage already, which nobody could tell from what is made up.
    #[error(
        "The database holds requests already, and made-up ones could not be told from them. Set DATA_DIR or \
         DATABASE_URL to an empty one."
    )]
    Used,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The catalogue does not load.
    #[error(transparent)]
    Catalog(#[from] catalog::CatalogError),
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    /// Most often near `middle`, now and then many times as much.
    fn about(&mut self, middle: u64) -> u64 {
        let half = middle / 2;
        let long = if self.below(20) == 0 { self.below(6) + 1 } else { 1 };
        (half + self.below(middle.max(1))) * long
    }

    /// A place, as often as its weight says.
    fn place(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        weights
            .into_iter()
            .position(|weight| match left.checked_sub(weight) {
                Some(rest) => {
                    left = rest;
                    false
                }
                None => true,
            })
            .unwrap_or(0)
    }
}

/// Fills a database that holds no requests with so many, spread over so many days up to now. `told` hears how many are
/// written.
pub async fn seed(
    config: &Config,
    requests: u64,
    days: u32,
    mut told: impl FnMut(u64),
) -> Result<(), SeedError> {
    let (store, catalog) = (Store::open(config).await?, Catalog::builtin()?);
    if !store.requests(&RequestFilter::default(), 1).await?.records.is_empty() {
        return Err(SeedError::Used);
    }
    let now = clock::now().unix_ms;
    let mut keys = Vec::new();
    for (name, _) in KEYS {
        // Nobody has a key whose hash this is.
        keys.push(store.add_key(name, name.as_bytes(), "seed", now).await?.id);
    }
    let prices = Prices::new(SetPrices::new(), &catalog);
    let mut maker = Maker { dice: Dice(9), catalog, prices, keys, now, days: i64::from(days.max(1)) };
    let mut written = 0;
    while written < requests {
        let batch = BATCH.min(requests - written);
        let mut records: Vec<_> = (0..batch).map(|_| maker.request()).collect();
        records.sort_by_key(|record| record.started_at);
        store.write_usage(&records).await?;
        written += batch;
        told(written);
    }
    store.close().await?;
    Ok(())
}

struct Maker {
    dice: Dice,
    catalog: Catalog,
    prices: Prices,
    keys: Vec<i64>,
    now: i64,
    days: i64,
}

impl Maker {
    /// Some moment, more often at hours and on days at which people work.
    fn moment(&mut self) -> i64 {
        let today = self.now.div_euclid(DAY);
        loop {
            let day = today - i64::try_from(self.dice.below(self.days.unsigned_abs())).unwrap_or(0);
            let hour = self.dice.place(HOURS.into_iter());
            let within = i64::try_from(self.dice.below(HOUR.unsigned_abs())).unwrap_or(0);
            let at = day * DAY + i64::try_from(hour).unwrap_or(0) * HOUR + within;
            // The first of January 1970 was a Thursday.
            let weekend = (day + 3).rem_euclid(7) >= 5;
            if at < self.now && (!weekend || self.dice.below(4) == 0) {
                return at;
            }
        }
    }

    fn request(&mut self) -> RequestRecord {
        let at = self.moment();
        let (provider, model, _) = TARGETS[self.dice.place(TARGETS.iter().map(|(.., weight)| *weight))];
        let (client, dialect, _) = CLIENTS[self.dice.place(CLIENTS.iter().map(|(.., weight)| *weight))];
        let key = self.dice.place(KEYS.iter().map(|(_, weight)| *weight));
        let combo = COMBOS[self.dice.place(COMBOS.iter().map(|(_, weight)| *weight))].0;
        let outcome = match self.dice.below(200) {
            0..=2 => Outcome::Failed,
            3 => Outcome::Broken,
            4..=6 => Outcome::Cancelled,
            _ => Outcome::Answered,
        };
        let prompt = self.dice.about(38_000);
        let read = prompt * (40 + self.dice.below(55)) / 100;
        let written = (prompt - read) * self.dice.below(60) / 100;
        let output = self.dice.about(900);
        let usage = wire::Usage {
            input: prompt - read - written,
            cache_read: read,
            cache_write: written,
            output,
            reasoning: Some(output / 3),
        };
        let usage = Some(usage).filter(|_| outcome != Outcome::Failed);
        let first = i64::try_from(self.dice.about(700 + provider.len() as u64 * 60)).unwrap_or(0);
        let mut record = RequestRecord {
            id: self.id(at),
            started_at: at,
            client: client.to_owned(),
            key_id: self.keys.get(key).copied(),
            key_name: KEYS[key].0.to_owned(),
            dialect: dialect.to_owned(),
            upstream_dialect: dialect.to_owned(),
            asked: if combo.is_empty() { format!("{provider}/{model}") } else { combo.to_owned() },
            combo: combo.to_owned(),
            provider_id: provider.to_owned(),
            model: model.to_owned(),
            account_name: "main".to_owned(),
            streaming: true,
            status: if outcome == Outcome::Failed { 503 } else { 200 },
            outcome,
            attempt_count: 1,
            usage,
            first_token_ms: Some(first).filter(|_| outcome != Outcome::Failed),
            total_ms: first + i64::try_from(output * 12).unwrap_or(0),
            bytes_in: i64::try_from(prompt * 4).unwrap_or(0),
            bytes_out: i64::try_from(output * 5).unwrap_or(0),
            ..RequestRecord::default()
        };
        if let Some(spec) = self.catalog.get(provider) {
            let rate = self.prices.rate(spec, model);
            record.charge(Charge::of(&record, &rate));
            if self.dice.below(4) == 0 {
                self.shorten(&mut record, &rate);
            }
        }
        if outcome == Outcome::Failed || self.dice.below(25) == 0 {
            self.fall(&mut record);
        }
        record
    }

    /// The saver took something out.
    fn shorten(&mut self, record: &mut RequestRecord, rate: &Rate) {
        let (filter, tool) = FILTERS[self.dice.place(FILTERS.iter().map(|_| 1))];
        let (before, kept) = (self.dice.about(4_000), 30 + self.dice.below(40));
        let after = before * kept / 100;
        let count = |number: u64| i64::try_from(number).unwrap_or(0);
        record.savings = vec![SavingRow {
            filter: filter.to_owned(),
            tool: tool.to_owned(),
            texts: 1,
            bytes_before: count(before * 4),
            bytes_after: count(after * 4),
            tokens_before: count(before),
            tokens_after: count(after),
        }];
        record.saved_tokens = count(before - after);
        let would_be = wire::Usage { cache_read: before - after, ..wire::Usage::default() };
        record.saved_cost = list_cost(Some(&would_be), 0, rate);
    }

    /// Another was asked first, and failed.
    fn fall(&mut self, record: &mut RequestRecord) {
        let (rule, status, error, _) = RULES[self.dice.place(RULES.iter().map(|(.., weight)| *weight))];
        let (provider, model, _) = TARGETS[self.dice.place(TARGETS.iter().map(|(.., weight)| *weight))];
        let took = Duration::from_millis(120 + self.dice.below(900));
        let took = i64::try_from(took.as_millis()).unwrap_or(0);
        let attempt = |won: bool| AttemptRecord {
            provider_id: record.provider_id.clone(),
            model: record.model.clone(),
            account_name: "main".to_owned(),
            won,
            status: Some(200),
            cause: Cause::Plan,
            start_ms: took,
            first_token_ms: record.first_token_ms,
            total_ms: record.total_ms - took,
            ..AttemptRecord::default()
        };
        let failed = AttemptRecord {
            provider_id: provider.to_owned(),
            model: model.to_owned(),
            start_ms: 0,
            first_token_ms: None,
            total_ms: took,
            status: Some(status).filter(|status| *status > 0),
            verdict: "went on to the next target".to_owned(),
            rule: rule.to_owned(),
            error: error.to_owned(),
            ..attempt(false)
        };
        if record.outcome == Outcome::Failed {
            error.clone_into(&mut record.error);
            record.attempts = vec![failed];
        } else {
            record.attempts = vec![failed, attempt(true)];
            record.attempt_count = 2;
        }
    }

    /// An id of version 7, which sorts by time.
    fn id(&mut self, at: i64) -> Uuid {
        let low = (u128::from(self.dice.roll()) << 64 | u128::from(self.dice.roll())) & ((1 << 80) - 1);
        let whole = u128::try_from(at).unwrap_or(0) << 80 | low;
        // The version's and the variant's bits.
        let whole = whole & !(0xf << 76) | 7 << 76;
        Uuid::from_u128(whole & !(0b11 << 62) | 0b10 << 62)
    }
}
