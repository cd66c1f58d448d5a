//! Recorded costs at other prices: sums are what the rows say, whatever is written meanwhile and wherever it was cut off.

use super::{Base, record};
use app::api::prices::PriceFrom;
use app::api::requests::{Outcome, RequestFilter};
use catalog::Price;
use sea_orm::{ConnectionTrait, Statement};
use server::store::{Grain, RequestRecord, Slice, Split, Store, StoreError, Sum};
use server::usage::price::{Charge, Rate};
use server::usage::recalculate::one_hour;
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const FROM: i64 = 1_772_323_200_000;
const LASTS: i64 = DAY + 12 * HOUR;
const NOW: i64 = FROM + LASTS;

/// What counts from now on: one by the token, one without a price for cache writes, one covered, one covered of unknown
/// list price; any other provider is gone.
fn rates(provider: &str, model: &str) -> Option<Rate> {
    let price = |cache_write| Price {
        input: Some(3_000_000_001),
        output: Some(15_000_000_000),
        cache_read: Some(300_000_000),
        cache_write,
        image: None,
    };
    let rate = |price, covered| Some(Rate { price, covered, from: PriceFrom::Yours, stated: false });
    match (provider, model) {
        ("openrouter", _) => Some(Rate { stated: true, ..rate(price(None), false)? }),
        ("openai", "imagen") => rate(Price { image: Some(40_000_001), ..Price::default() }, false),
        ("openai", "big") => rate(price(Some(5_000_000_000)), false),
        ("openai", _) => rate(price(None), false),
        ("claude", _) => rate(price(Some(5_000_000_000)), true),
        ("ollama", _) => rate(Price::default(), true),
        _ => None,
    }
}

/// Requests of several kinds at odd moments, priced somehow; the same at each run of a seed.
fn requests(mut seed: u64, count: usize) -> Vec<RequestRecord> {
    let mut below = |end: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % end
    };
    let targets = [
        ("openai", "big"),
        ("openai", "small"),
        ("openai", "imagen"),
        ("openrouter", "big"),
        ("claude", "big"),
        ("ollama", "big"),
        ("gone", "x"),
    ];
    let outcomes = [Outcome::Answered, Outcome::Answered, Outcome::Failed, Outcome::Cancelled];
    let one = |_| {
        let at = FROM + i64::try_from(below(LASTS.unsigned_abs())).unwrap();
        let (provider, model) = targets[below(7) as usize];
        let outcome = outcomes[below(4) as usize];
        let (stated, tokens, written, cost) = (below(5) > 0, below(90_000), below(3), below(3));
        let (key, account, combo) = (below(3), below(3), below(2));
        record(at, |record| {
            (record.provider_id, record.model, record.outcome) = (provider.into(), model.into(), outcome);
            record.key_id = Some(i64::try_from(key).unwrap()).filter(|key| *key > 0);
            record.account_id = Some(i64::try_from(account).unwrap()).filter(|id| *id > 0);
            record.combo = ["", "best"][combo as usize].to_owned();
            record.usage = stated.then(|| wire::Usage {
                input: tokens,
                cache_read: tokens * 3,
                cache_write: written * 11,
                output: tokens / 7,
                reasoning: Some(tokens / 9),
            });
            record.images = if model == "imagen" { 1 + i64::try_from(written).unwrap() } else { 0 };
            record.stated_cost = (provider == "openrouter" && cost > 0).then_some(4_321);
            record.saved_tokens = i64::try_from(written).unwrap() * 100;
            record.cost = [None, Some(0), Some(77)][cost as usize];
            record.covered = provider == "gone" && record.cost == Some(0);
        })
    };
    (0..count).map(one).collect()
}

/// What a request costs at those rates.
fn priced(record: &RequestRecord) -> RequestRecord {
    let mut priced = record.clone();
    if let Some(rate) = rates(&record.provider_id, &record.model) {
        let Charge { cost, covered, list_cost } = Charge::of(record, &rate);
        (priced.cost, priced.covered, priced.list_cost) = (cost, covered, list_cost);
    }
    priced
}

/// Does all of the one that is under way, as its worker does.
async fn work(store: &Store) {
    let Some(mut job) = store.take_recalculation(NOW).await.unwrap() else { panic!("nobody else is at it") };
    while let Some(hour) = store.next_recalculated(&job).await.unwrap() {
        one_hour(store, hour, &rates).await.unwrap();
        job.next_at = hour + HOUR;
    }
    store.end_recalculation(&job, NOW).await.unwrap();
}

/// Rows as they are kept.
async fn kept(store: &Store) -> Vec<RequestRecord> {
    store.requests(&RequestFilter::default(), 100_000).await.unwrap().records
}

async fn sums(store: &Store) -> BTreeMap<(i64, String, String), Sum> {
    let slice = Slice { from: FROM, to: NOW + HOUR, ..Slice::default() };
    let rows = store.used(&slice, Split::Target, Grain::Hour).await.unwrap();
    rows.into_iter().map(|used| ((used.part, used.by, used.model), used.sum)).collect()
}

fn summed(records: &[RequestRecord]) -> BTreeMap<(i64, String, String), Sum> {
    let mut sums: BTreeMap<_, Sum> = BTreeMap::new();
    for record in records {
        let hour = record.started_at.div_euclid(HOUR) * HOUR;
        sums.entry((hour, record.provider_id.clone(), record.model.clone())).or_default().add(record);
    }
    sums
}

/// Days, and hours of which less is told apart, are what the hours are.
async fn other_sums_are_what_hours_are(base: &Base) {
    let db = base.direct().await;
    let sums = [
        "requests",
        "cost",
        "cost_unknown",
        "list_cost",
        "list_unknown",
        "input_tokens",
        "images",
        "saved_tokens",
    ];
    let sums = sums.map(|column| format!("CAST(SUM({column}) AS BIGINT)")).join(", ");
    let read = async |table: &str, by: &str| -> Vec<_> {
        let sql = format!(
            "SELECT period_at - period_at % {DAY} AS day, CAST({by} AS TEXT), {sums} FROM {table} GROUP BY 1, 2 ORDER BY 1, 2"
        );
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        let row = |row: &sea_orm::QueryResult| {
            let number = |index: usize| row.try_get_by_index::<i64>(index).unwrap();
            (number(0), row.try_get_by_index::<String>(1).unwrap(), [2, 3, 4, 5, 6, 7, 8, 9].map(number))
        };
        rows.iter().map(row).collect()
    };
    for (table, by) in [
        ("usage_days", "provider_id"),
        ("usage_target_hours", "provider_id"),
        ("usage_target_hours", "account_id"),
        ("usage_caller_hours", "key_id"),
        ("usage_caller_hours", "combo"),
    ] {
        let hours = read("usage_hours", by).await;
        assert!(!hours.is_empty());
        assert_eq!(read(table, by).await, hours, "{table} by {by}");
    }
}

pub(super) async fn recalculated_sums_are_what_the_rows_say(base: &Base, store: &Store) {
    for seed in [1, 2] {
        for batch in requests(seed, 250).chunks(60) {
            store.write_usage(batch).await.unwrap();
        }
        let before = kept(store).await;
        let expected: Vec<RequestRecord> = before.iter().map(priced).collect();
        let job = store.begin_recalculation(0, NOW).await.unwrap();
        assert_eq!(job.requests, i64::try_from(before.len()).unwrap());
        work(store).await;
        let after = kept(store).await;
        let costs = |records: &[RequestRecord]| -> Vec<_> {
            records.iter().map(|record| (record.id, record.cost, record.covered, record.list_cost)).collect()
        };
        assert_eq!(costs(&after), costs(&expected));
        assert_eq!(sums(store).await, summed(&expected));
        other_sums_are_what_hours_are(base).await;
        let done = store.recalculation().await.unwrap().unwrap();
        let all = |of: fn(&Sum) -> i64| summed(&expected).values().map(of).sum::<i64>();
        assert_eq!((done.cost_after, done.unknown_after), (all(|sum| sum.cost), all(|sum| sum.cost_unknown)));
        assert_eq!((done.ended_at, done.requests_done), (Some(NOW), done.requests));
        // Once more changes nothing.
        store.begin_recalculation(0, NOW).await.unwrap();
        work(store).await;
        assert_eq!((costs(&kept(store).await), sums(store).await), (costs(&expected), summed(&expected)));
        let done = store.recalculation().await.unwrap().unwrap();
        assert_eq!(done.cost_before, done.cost_after);
    }
}

pub(super) async fn what_is_written_meanwhile_is_neither_lost_nor_counted_twice(base: &Base, store: &Store) {
    store.write_usage(&requests(4, 400)).await.unwrap();
    store.begin_recalculation(0, NOW).await.unwrap();
    let other = base.open().await;
    let writing = async {
        for batch in requests(5, 300).chunks(4) {
            other.write_usage(batch).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(work(store), writing);
    let rows = kept(store).await;
    assert_eq!(rows.len(), 700);
    assert_eq!(sums(store).await, summed(&rows), "whatever price a row has, it is in the sums as it stands");
    other_sums_are_what_hours_are(base).await;
    // What came to an hour that was done already is still as it was recorded: a second run finds it.
    store.begin_recalculation(0, NOW).await.unwrap();
    work(store).await;
    let expected: Vec<RequestRecord> = rows.iter().map(priced).collect();
    assert_eq!(sums(store).await, summed(&expected));
    other_sums_are_what_hours_are(base).await;
    other.close().await.unwrap();
}

pub(super) async fn requests_that_are_forgotten_are_priced_by_their_tokens(base: &Base, store: &Store) {
    let usage = |input, output| Some(wire::Usage { input, output, ..wire::Usage::default() });
    let at = |at: i64, provider: &str, model: &str, usage: Option<wire::Usage>, cost| {
        record(at, |record| {
            (record.provider_id, record.model) = (provider.into(), model.into());
            (record.usage, record.cost) = (usage, cost);
        })
    };
    let rows = [
        at(FROM, "openai", "big", usage(1_000_000, 0), Some(1)),
        at(FROM + 1, "openai", "big", usage(0, 2_000_000), Some(1)),
        at(FROM + 2, "openai", "big", None, None),
        at(FROM + 3, "claude", "big", usage(1_000_000, 0), Some(0)),
        at(FROM + 4, "ollama", "big", usage(5, 5), Some(0)),
        at(FROM + 5, "gone", "big", usage(5, 5), Some(9)),
        // One whose cache writes have no price: more was known when it was recorded.
        record(FROM + 6, |record| record.model = "small".into()),
        record(FROM + 7, |record| {
            (record.provider_id, record.model) = ("openai".into(), "imagen".into());
            (record.usage, record.cost, record.images) = (None, None, 2);
        }),
        // What was billed stays; what was not stated is priced by its tokens.
        at(FROM + 8, "openrouter", "told", usage(1_000_000, 0), Some(4_321)),
        at(FROM + 9, "openrouter", "untold", usage(1_000_000, 0), None),
        at(FROM + DAY, "openai", "big", usage(1_000_000, 0), None),
    ];
    store.write_usage(&rows).await.unwrap();
    store.forget_requests(FROM + HOUR).await.unwrap();
    store.begin_recalculation(0, NOW).await.unwrap();
    work(store).await;
    let sums = sums(store).await;
    let of = |hour: i64, provider: &str, model: &str| {
        let sum = sums[&(hour, provider.to_owned(), model.to_owned())];
        (sum.cost, sum.cost_unknown, sum.list_cost, sum.list_unknown)
    };
    assert_eq!(of(FROM, "openai", "big"), (33_000_000_001, 1, 0, 0));
    assert_eq!(of(FROM, "claude", "big"), (0, 0, 3_000_000_001, 0));
    assert_eq!(of(FROM, "ollama", "big"), (0, 0, 0, 1));
    assert_eq!(of(FROM, "gone", "big"), (9, 0, 0, 0));
    assert_eq!(of(FROM, "openai", "small"), (1_000, 0, 0, 0));
    assert_eq!(of(FROM, "openai", "imagen"), (80_000_002, 0, 0, 0));
    assert_eq!(of(FROM, "openrouter", "told"), (4_321, 0, 0, 0));
    assert_eq!(of(FROM, "openrouter", "untold"), (3_000_000_001, 0, 0, 0));
    assert_eq!(of(FROM + DAY, "openai", "big"), (3_000_000_001, 0, 0, 0), "this one is kept");
    other_sums_are_what_hours_are(base).await;
}

pub(super) async fn one_recalculation_at_a_time_goes_on_where_it_was_cut_off(base: &Base, store: &Store) {
    let rows = requests(6, 200);
    store.write_usage(&rows).await.unwrap();
    assert_eq!(store.recalculation().await.unwrap(), None);
    assert_eq!(store.take_recalculation(NOW).await.unwrap(), None);
    let from = FROM + DAY + 5;
    let job = store.begin_recalculation(from, NOW).await.unwrap();
    assert_eq!(job.from, FROM + DAY, "whole hours");
    assert!(matches!(store.begin_recalculation(0, NOW).await, Err(StoreError::Taken)));
    let other = base.open().await;
    assert!(matches!(other.begin_recalculation(0, NOW).await, Err(StoreError::Taken)));
    let job = store.take_recalculation(NOW).await.unwrap().unwrap();
    assert_eq!(other.take_recalculation(NOW).await.unwrap(), None, "another is at it");
    let hour = store.next_recalculated(&job).await.unwrap().unwrap();
    one_hour(store, hour, &rates).await.unwrap();
    // It ends in the middle of the next hour: some rows are done, its sums are not.
    let job = store.recalculation().await.unwrap().unwrap();
    let next = store.next_recalculated(&job).await.unwrap().unwrap();
    assert!(next > hour && job.requests_done > 0);
    store.reprice_requests(next, None, &rates).await.unwrap();
    store.leave_recalculation().await.unwrap();
    work(&other).await;
    assert!(matches!(one_hour(store, next, &rates).await, Err(StoreError::Missing)), "it is over");
    let expected: Vec<RequestRecord> = rows
        .iter()
        .map(|record| if record.started_at < FROM + DAY { record.clone() } else { priced(record) })
        .collect();
    assert_eq!(sums(store).await, summed(&expected), "what was before that day stays as it was");
    other_sums_are_what_hours_are(base).await;
    other.close().await.unwrap();
}

pub(super) async fn prices_are_set_and_taken_back(_: &Base, store: &Store) {
    let catalog = catalog::Catalog::builtin().unwrap();
    let rate = async |model: &str| {
        let snapshot = store.snapshot(&catalog, &server::store::snapshot::Keepers::default()).await.unwrap();
        snapshot.provider("openai").unwrap().rate(model)
    };
    let stated = rate("gpt-5.5").await;
    assert_eq!(stated.from, PriceFrom::Catalogue);
    for input in [1, 2] {
        let price = Price { input: Some(input), output: Some(3), ..Price::default() };
        store.set_price("openai", "gpt-5.5", price, NOW).await.unwrap();
        assert_eq!(rate("gpt-5.5").await, Rate { price, from: PriceFrom::Yours, ..Rate::default() });
    }
    store.unset_price("openai", "gpt-5.5").await.unwrap();
    assert_eq!(rate("gpt-5.5").await, stated);
    assert!(matches!(store.unset_price("openai", "gpt-5.5").await, Err(StoreError::Missing)));
}
