//! Usage by whatever it is asked for by: what the sums say is what the requests say.

use super::{Base, record};
use app::api::requests::{Outcome, RequestFilter};
use migrations::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use server::store::{AttemptRecord, Grain, Offsets, RequestRecord, Slice, Split, Store, Sum};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// The first of March 2026, and how long is looked at: Berlin's clock goes forward within.
const FROM: i64 = 1_772_323_200_000;
const LASTS: i64 = 40 * DAY;

/// Many requests of several kinds, at odd moments; the same at each run.
fn requests() -> Vec<RequestRecord> {
    let mut seed = 7_u64;
    let mut below = |end: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % end
    };
    let one = |_| {
        let at = FROM + i64::try_from(below(LASTS.unsigned_abs())).unwrap();
        let (provider, model) =
            [("openai", "gpt-5.5"), ("glm", "glm-4.7"), ("glm", "glm-5")][below(3) as usize];
        let outcome =
            [Outcome::Answered, Outcome::Answered, Outcome::Failed, Outcome::Broken][below(4) as usize];
        let (key, client, combo) =
            (below(3), ["Codex", "Claude Code"][below(2) as usize], ["", "best"][below(2) as usize]);
        let (tokens, first) = (below(5_000), i64::try_from(below(9_000)).unwrap());
        record(at, |record| {
            (record.provider_id, record.model) = (provider.into(), model.into());
            record.outcome = outcome;
            record.key_id = Some(i64::try_from(key).unwrap()).filter(|key| *key > 0);
            (record.client, record.combo) = (client.into(), combo.into());
            record.usage = (outcome != Outcome::Failed).then(|| wire::Usage {
                input: tokens,
                cache_read: tokens * 3,
                cache_write: 7,
                output: tokens / 5,
                reasoning: None,
            });
            record.cost = Some(i64::try_from(tokens).unwrap() * 1_000);
            record.first_token_ms = Some(first);
            record.images = i64::try_from(tokens % 3).unwrap();
            record.saved_tokens = if tokens % 3 == 0 { first } else { 0 };
            record.saved_cost = Some(first * 7).filter(|_| record.saved_tokens > 0 && tokens % 2 == 0);
            if outcome == Outcome::Failed {
                let failed = AttemptRecord {
                    provider_id: provider.into(),
                    rule: "default/x".into(),
                    ..AttemptRecord::default()
                };
                record.attempts = vec![failed];
            }
        })
    };
    (0..600).map(one).collect()
}

/// The sums by something.
fn by<K: Ord>(records: &[RequestRecord], key: impl Fn(&RequestRecord) -> K) -> BTreeMap<K, Sum> {
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    for record in records {
        sums.entry(key(record)).or_default().add(record);
    }
    sums
}

pub(super) async fn usage_by_anything_is_what_its_requests_say(_: &Base, store: &Store) {
    let all = requests();
    for batch in all.chunks(97) {
        store.write_usage(batch).await.unwrap();
    }
    let slice = Slice { from: FROM, to: FROM + LASTS, ..Slice::default() };
    let used = async |slice: &Slice, split, grain: Grain<'_>| {
        let rows = store.used(slice, split, grain).await.unwrap();
        rows.into_iter().map(|used| ((used.part, used.by, used.model), used.sum)).collect::<BTreeMap<_, _>>()
    };
    let own = Slice { client: Some("Codex".into()), ..slice.clone() };
    let hours = store.used_hours(&own).await.unwrap();
    let mut codex = all.clone();
    codex.retain(|record| record.client == "Codex");
    let by_hour = by(&codex, |record| {
        (record.started_at / HOUR * HOUR, record.provider_id.clone(), record.model.clone())
    });
    let told = hours.iter().map(|hour| {
        let key = (hour.period_at, hour.provider_id.clone(), hour.model.clone());
        let sum = Sum {
            requests: hour.requests,
            failed: hour.failed,
            unstated: hour.unstated,
            input_tokens: hour.input_tokens,
            cache_read_tokens: hour.cache_read_tokens,
            cache_write_tokens: hour.cache_write_tokens,
            output_tokens: hour.output_tokens,
            cost: hour.cost,
            cost_unknown: hour.cost_unknown,
            list_cost: hour.list_cost,
            list_unknown: hour.list_unknown,
            ..by_hour[&key]
        };
        (key, sum)
    });
    assert_eq!(told.collect::<BTreeMap<_, _>>(), by_hour);
    assert!(hours.is_sorted_by_key(|hour| hour.period_at), "in order of time");
    let text = |text: &str| text.to_owned();
    let none = String::new;
    assert_eq!(used(&slice, Split::Nothing, Grain::Whole).await, by(&all, |_| (0, none(), none())));
    assert_eq!(
        used(&slice, Split::Target, Grain::Whole).await,
        by(&all, |record| (0, record.provider_id.clone(), record.model.clone()))
    );
    assert_eq!(
        used(&slice, Split::Key, Grain::Whole).await,
        by(&all, |record| (0, record.key_id.unwrap_or(0).to_string(), none()))
    );
    // Of each target, who asked it; and of each caller, whom.
    let glm = Slice { provider: Some(text("glm")), ..slice.clone() };
    let mut asked = all.clone();
    asked.retain(|record| record.provider_id == "glm");
    assert_eq!(
        used(&glm, Split::Combo, Grain::Whole).await,
        by(&asked, |record| (0, record.combo.clone(), none()))
    );
    assert_eq!(
        used(&own, Split::Provider, Grain::Whole).await,
        by(&codex, |record| (0, record.provider_id.clone(), none()))
    );
    assert_eq!(
        used(&own, Split::Combo, Grain::Whole).await,
        by(&codex, |record| (0, record.combo.clone(), none()))
    );
    assert_eq!(
        used(&slice, Split::Client, Grain::Hour).await,
        by(&all, |record| (record.started_at / HOUR * HOUR, record.client.clone(), none()))
    );
    // Berlin: an hour ahead until the 29th of March at one o'clock UTC, then two.
    let berlin = Offsets { first: HOUR, later: vec![(FROM + 28 * DAY + HOUR, 2 * HOUR)] };
    let local = |at: i64| at + if at / HOUR * HOUR >= FROM + 28 * DAY + HOUR { 2 * HOUR } else { HOUR };
    assert_eq!(
        used(&slice, Split::Provider, Grain::Day(&berlin)).await,
        by(&all, |record| (local(record.started_at) / DAY, record.provider_id.clone(), none()))
    );
    let busy: BTreeMap<i64, i64> = store.busy(&slice, &berlin).await.unwrap().into_iter().collect();
    let hours = by(&all, |record| (local(record.started_at) / HOUR % 168, none(), none()));
    assert_eq!(busy, hours.into_iter().map(|((hour, ..), sum)| (hour, sum.requests)).collect());
    // Filters combine.
    let narrow = Slice {
        provider: Some(text("glm")),
        key: Some(2),
        client: Some(text("Codex")),
        combo: Some(text("best")),
        from: FROM + 3 * DAY,
        ..slice.clone()
    };
    let fits = |record: &&RequestRecord| {
        record.provider_id == "glm"
            && record.key_id == Some(2)
            && record.client == "Codex"
            && record.combo == "best"
            && record.started_at >= FROM + 3 * DAY
    };
    let few: Vec<RequestRecord> = all.iter().filter(fits).cloned().collect();
    assert!(few.len() > 3);
    assert_eq!(
        used(&narrow, Split::Target, Grain::Whole).await,
        by(&few, |record| (0, record.provider_id.clone(), record.model.clone()))
    );
    let fallen = store.fallen(&narrow).await.unwrap();
    let failed = few.iter().filter(|record| record.outcome == Outcome::Failed).count();
    assert_eq!(fallen.iter().map(|row| row.attempts).sum::<i64>(), i64::try_from(failed).unwrap());
    assert_eq!(store.used_by(&slice).await.unwrap().len(), 36, "3 targets, 3 keys, 2 tools, 2 combos");

    // Percentiles, each within a twentieth.
    let tokens =
        store.first_tokens(&Slice { target: Some((text("glm"), text("glm-5"))), ..slice }).await.unwrap();
    let mut times: Vec<i64> = all
        .iter()
        .filter(|record| record.model == "glm-5")
        .filter_map(|record| record.first_token_ms)
        .collect();
    times.sort_unstable();
    let [glm] = tokens.as_slice() else { panic!("one target: {tokens:?}") };
    assert_eq!(glm.requests(), i64::try_from(times.len()).unwrap());
    for permille in [500, 900, 990] {
        let place = (times.len() * permille).div_ceil(1000) - 1;
        let (told, right) = (glm.within(i64::try_from(permille).unwrap()).unwrap(), times[place]);
        assert!((told - right).abs() * 20 <= right + 20, "{permille}: {told}, not {right}");
    }
}

pub(super) async fn sums_by_less_are_filled_from_those_that_were_there(base: &Base, store: &Store) {
    let mut all = requests();
    // Images were not counted before.
    all.iter_mut().for_each(|record| record.images = 0);
    store.write_usage(&all).await.unwrap();
    let mut history = Migrator::migrations().into_iter().rev();
    let codex = Slice { from: FROM, to: FROM + LASTS, client: Some("Codex".into()), ..Slice::default() };
    let fallen = store.fallen(&codex).await.unwrap();
    let from_last = history.position(|step| step.name() == "m20261129_000016_narrow_sums").unwrap() + 1;
    let (direct, steps) = (base.direct().await, u32::try_from(from_last).unwrap());
    Migrator::down(&direct, Some(steps)).await.unwrap();
    Migrator::up(&direct, Some(steps)).await.unwrap();
    direct.close().await.unwrap();
    assert!(!fallen.is_empty());
    assert_eq!(store.fallen(&codex).await.unwrap(), fallen, "attempts know again whose they were");
    let slice = Slice { from: FROM, to: FROM + LASTS, ..Slice::default() };
    for (split, expected) in [
        (Split::Provider, by(&all, |record| record.provider_id.clone())),
        (Split::Combo, by(&all, |record| record.combo.clone())),
    ] {
        let used = store.used(&slice, split, Grain::Whole).await.unwrap();
        let used: BTreeMap<_, _> = used.into_iter().map(|used| (used.by, used.sum)).collect();
        assert_eq!(used, expected, "{split:?}");
    }
}

pub(super) async fn sums_that_another_version_wrote_are_mended(base: &Base, store: &Store) {
    let all = requests();
    store.write_usage(&all).await.unwrap();
    // As though a third of the time had been written by one that knows these sums, and the rest not.
    let codex = Slice { from: FROM, to: FROM + LASTS, client: Some("Codex".into()), ..Slice::default() };
    let fallen = store.fallen(&codex).await.unwrap();
    let direct = base.direct().await;
    direct.execute_unprepared("UPDATE attempts SET client = '', combo = '', key_id = NULL").await.unwrap();
    for table in ["usage_target_hours", "usage_caller_hours"] {
        let lost = format!("DELETE FROM {table} WHERE period_at >= {}", FROM + 13 * DAY);
        direct.execute_unprepared(&lost).await.unwrap();
    }
    direct.close().await.unwrap();
    assert!(store.mend_sums(FROM).await.unwrap() > 100);
    assert!(!fallen.is_empty());
    assert_eq!(store.fallen(&codex).await.unwrap(), fallen, "attempts know again whose they were");
    let slice = Slice { from: FROM, to: FROM + LASTS, ..Slice::default() };
    for (split, expected) in [
        (Split::Provider, by(&all, |record| record.provider_id.clone())),
        (Split::Client, by(&all, |record| record.client.clone())),
    ] {
        let used = store.used(&slice, split, Grain::Whole).await.unwrap();
        let used: BTreeMap<_, _> = used.into_iter().map(|used| (used.by, used.sum)).collect();
        assert_eq!(used, expected, "{split:?}");
    }
    assert_eq!(store.mend_sums(FROM).await.unwrap(), 0, "all is as it should be");
}

pub(super) async fn requests_are_found_by_what_they_were_for(_: &Base, store: &Store) {
    let mut all = requests();
    all.sort_by_key(|record| record.id);
    all.reverse();
    for batch in all.chunks(97) {
        store.write_usage(batch).await.unwrap();
    }
    let word = |outcome| match outcome {
        Outcome::Answered => "answered",
        Outcome::Failed => "failed",
        Outcome::Broken => "broken",
        Outcome::Cancelled => "cancelled",
    };
    let middle = all[300].started_at;
    for turn in 0..256_u32 {
        let some = |bit: u32, text: &str| if turn >> bit & 1 == 1 { text.to_owned() } else { String::new() };
        let filter = RequestFilter {
            provider: some(0, "glm"),
            model: some(1, "glm/glm-5"),
            client: some(2, "Codex"),
            combo: some(3, "best"),
            outcome: some(4, "broken"),
            from: some(5, &middle.to_string()),
            before: some(6, &all[100].id.simple().to_string()),
            search: some(7, "codex"),
            ..RequestFilter::default()
        };
        let fits = |record: &&RequestRecord| {
            let is = |wanted: &str, held: &str| wanted.is_empty() || wanted == held;
            is(&filter.provider, &record.provider_id)
                && is(&filter.model, &format!("{}/{}", record.provider_id, record.model))
                && is(&filter.client, &record.client)
                && is(&filter.combo, &record.combo)
                && is(&filter.outcome, word(record.outcome))
                && (filter.from.is_empty() || record.started_at >= middle)
                && (filter.before.is_empty() || record.id < all[100].id)
                && (filter.search.is_empty() || record.client == "Codex")
        };
        let expected: Vec<_> = all.iter().filter(fits).map(|record| record.id).take(40).collect();
        let found = store.requests(&filter, 40).await.unwrap();
        let ids: Vec<_> = found.records.iter().map(|record| record.id).collect();
        assert_eq!((ids, found.since), (expected, None), "{filter:?}");
    }
    // What happened to attempts counts, whoever answered in the end.
    let failed: Vec<_> =
        all.iter().filter(|record| record.outcome == Outcome::Failed).map(|record| record.id).collect();
    for filter in [
        RequestFilter { cause: "default/x".to_owned(), ..RequestFilter::default() },
        RequestFilter { search: "DEFAULT/x".to_owned(), ..RequestFilter::default() },
    ] {
        let found = store.requests(&filter, 1000).await.unwrap().records;
        assert_eq!(found.iter().map(|record| record.id).collect::<Vec<_>>(), failed, "{filter:?}");
    }
    let other = RequestFilter { cause: "default/y".to_owned(), ..RequestFilter::default() };
    assert!(store.requests(&other, 40).await.unwrap().records.is_empty());
    let nobody = RequestFilter { provider: "nobody".to_owned(), ..RequestFilter::default() };
    assert!(store.requests(&nobody, 40).await.unwrap().records.is_empty());
}

pub(super) async fn text_is_looked_for_in_the_newest_and_further_back_on_demand(base: &Base, store: &Store) {
    let old = record(FROM, |record| record.error = "a needle".into());
    let new = record(FROM + 30 * HOUR, |record| record.error = "hay".into());
    store.write_usage(&[old.clone(), new]).await.unwrap();
    // As though there had been many that day.
    let direct = base.direct().await;
    let many = format!("UPDATE usage_hours SET requests = 70000 WHERE period_at = {}", FROM + 30 * HOUR);
    direct.execute_unprepared(&many).await.unwrap();
    direct.close().await.unwrap();
    let needle = RequestFilter { search: "needle".to_owned(), ..RequestFilter::default() };
    let found = store.requests(&needle, 10).await.unwrap();
    assert!(found.records.is_empty());
    assert_eq!(found.since, Some(FROM + 30 * HOUR));
    let before = uuid::Uuid::from_u128(u128::try_from(FROM + 30 * HOUR).unwrap() << 80);
    let further = RequestFilter { before: before.simple().to_string(), ..needle };
    let found = store.requests(&further, 10).await.unwrap();
    assert_eq!((found.records[0].id, found.since), (old.id, None));
    // What is asked for ends before the many, or begins with them.
    let ended = RequestFilter { to: (FROM + 2 * HOUR).to_string(), before: String::new(), ..further.clone() };
    assert_eq!(store.requests(&ended, 10).await.unwrap().records[0].id, old.id);
    let begun = RequestFilter { from: (FROM + 2 * HOUR).to_string(), ..further };
    let found = store.requests(&begun, 10).await.unwrap();
    assert_eq!((found.records.len(), found.since), (0, None), "there is nothing further back");
}

pub(super) async fn sums_outlive_their_requests(_: &Base, store: &Store) {
    let all = requests();
    store.write_usage(&all).await.unwrap();
    let slice = Slice { from: FROM, to: FROM + LASTS, ..Slice::default() };
    let before = store.used(&slice, Split::Target, Grain::Whole).await.unwrap();
    let times = store.first_tokens(&slice).await.unwrap();
    store.forget_requests(FROM + LASTS).await.unwrap();
    assert_eq!(store.used(&slice, Split::Target, Grain::Whole).await.unwrap(), before);
    assert_eq!(store.first_tokens(&slice).await.unwrap(), times);
    assert!(store.fallen(&slice).await.unwrap().is_empty(), "attempts go with their requests");
}
