//! What requests leave behind: rows, sums, and writers that work at the same time.

use super::Base;
use app::api::Tier;
use app::api::combos::{Combo, ComboTarget, Period, PlanRow, Spent};
use app::api::requests::{Cause, Exclusion, Outcome, RequestFilter};
use server::store::snapshot::Keepers;
use server::store::{AttemptRecord, RequestRecord, Store, StoreError, StoredEndpoint, Sum, SumKey};
use server::usage::budget::{BudgetOf, Budgets};
use uuid::Uuid;

/// An answered request that arrived at this time.
pub(crate) fn record(at: i64, change: impl FnOnce(&mut RequestRecord)) -> RequestRecord {
    let id = Uuid::from_u128(
        (u128::try_from(at).unwrap() << 80)
            | (Uuid::new_v7(uuid::Timestamp::now(uuid::NoContext)).as_u128() & ((1 << 80) - 1)),
    );
    let mut record = RequestRecord {
        id,
        started_at: at,
        client: "Claude Code".into(),
        key_id: Some(3),
        key_name: "laptop".into(),
        dialect: "messages".into(),
        upstream_dialect: "chat".into(),
        dropped: Vec::new(),
        asked: "best".into(),
        combo: String::new(),
        provider_id: "openai".into(),
        model: "gpt-5.5".into(),
        account_id: Some(7),
        account_name: "work".into(),
        streaming: true,
        status: 200,
        outcome: Outcome::Answered,
        attempt_count: 1,
        attempts: vec![AttemptRecord { won: true, ..AttemptRecord::default() }],
        usage: Some(wire::Usage {
            input: 10,
            cache_read: 20,
            cache_write: 30,
            output: 40,
            reasoning: Some(5),
        }),
        cost: Some(1_000),
        first_token_ms: Some(100),
        total_ms: 900,
        bytes_in: 11,
        bytes_out: 22,
        upstream_id: "msg_1".into(),
        finish: "end_turn".into(),
        error: String::new(),
        plan: Vec::new(),
        ..RequestRecord::default()
    };
    change(&mut record);
    record
}

pub(super) async fn usage_is_written_once_and_summed_up(_: &Base, store: &Store) {
    const HOUR: i64 = 3_600_000;
    let at = 500_000 * HOUR;
    let failed = record(at + 5, |record| {
        record.outcome = Outcome::Failed;
        (record.usage, record.cost, record.first_token_ms, record.status) = (None, None, None, 503);
        record.attempts = vec![
            AttemptRecord {
                verdict: "went on".into(),
                rule: "default/x".into(),
                status: Some(503),
                ..AttemptRecord::default()
            };
            2
        ];
        record.attempt_count = 2;
        record.exclusions = vec![Exclusion { what: "a/b".into(), why: "parked".into() }];
    });
    store.write_usage(&[record(at, |_| {}), failed.clone()]).await.unwrap();
    store
        .write_usage(&[
            record(at + HOUR - 1, |record| record.attempt_count = 2),
            record(at + HOUR + 9, |_| {}),
        ])
        .await
        .unwrap();
    let hours = store.hours(at, at + HOUR).await.unwrap();
    let [(key, sum)] = hours.as_slice() else { panic!("one row an hour: {hours:#?}") };
    let expected_key = SumKey {
        period_at: at,
        provider_id: "openai".into(),
        model: "gpt-5.5".into(),
        account_id: 7,
        key_id: 3,
        client: "Claude Code".into(),
        combo: String::new(),
    };
    assert_eq!(key, &expected_key);
    let expected = Sum {
        requests: 3,
        answered: 2,
        failed: 1,
        fallbacks: 1,
        input_tokens: 20,
        cache_read_tokens: 40,
        cache_write_tokens: 60,
        output_tokens: 80,
        reasoning_tokens: 10,
        cost: 2_000,
        first_token_ms: 200,
        first_tokens: 2,
        total_ms: 2_700,
        last_at: at + HOUR - 1,
        answered_at: at + HOUR - 1,
        ..Sum::default()
    };
    assert_eq!(*sum, expected);
    assert_eq!(store.hours(0, i64::MAX).await.unwrap().len(), 2);
    assert_eq!(store.key_usage().await.unwrap().get(&3), Some(&(4, at + HOUR + 9)));
    assert_eq!(store.account_usage().await.unwrap().get(&7), Some(&(at + HOUR + 9)));
    let kept = store.request(failed.id).await.unwrap();
    assert_eq!((kept.attempts.len(), kept.attempts[1].rule.as_str(), kept.usage), (2, "default/x", None));
    assert_eq!(kept.exclusions[0].why, "parked");
    // All or nothing: an id that is there already spoils the whole batch.
    let fresh = record(at + 7, |_| {});
    assert!(matches!(store.write_usage(&[fresh.clone(), failed]).await, Err(StoreError::Taken)));
    assert!(matches!(store.request(fresh.id).await, Err(StoreError::Missing)));
    assert_eq!(store.hours(at, at + HOUR).await.unwrap()[0].1, expected);
    let many: Vec<RequestRecord> = (0..1203).map(|index| record(at + 2 * HOUR + index, |_| {})).collect();
    store.write_usage(&many).await.unwrap();
    assert_eq!(store.hours(at + 2 * HOUR, i64::MAX).await.unwrap()[0].1.requests, 1203);
}

pub(super) async fn requests_are_found_and_forgotten(_: &Base, store: &Store) {
    let at = 1_800_000_000_000;
    let rows = [
        record(at, |record| record.error = "100% Überlastet_x".into()),
        record(at + 1, |record| record.outcome = Outcome::Broken),
        record(at + 2, |record| record.provider_id = "groq".into()),
        record(at + 3, |record| record.key_name = "tower".into()),
    ];
    store.write_usage(&rows).await.unwrap();
    let found = async |filter: RequestFilter| {
        let rows = store.requests(&filter, 50).await.unwrap().records;
        rows.iter().map(|row| row.started_at - at).collect::<Vec<i64>>()
    };
    let search = |text: &str| RequestFilter { search: text.into(), ..RequestFilter::default() };
    assert_eq!(found(RequestFilter::default()).await, [3, 2, 1, 0]);
    assert_eq!(found(RequestFilter { outcome: "broken".into(), ..RequestFilter::default() }).await, [1]);
    assert_eq!(found(RequestFilter { provider: "groq".into(), ..RequestFilter::default() }).await, [2]);
    assert_eq!(found(RequestFilter { key: "tower".into(), ..RequestFilter::default() }).await, [3]);
    assert_eq!(
        found(RequestFilter { before: rows[2].id.simple().to_string(), ..RequestFilter::default() }).await,
        [1, 0]
    );
    assert_eq!(found(search("100%")).await, [0]);
    assert_eq!(found(search("LASTET_X")).await, [0]);
    assert!(found(search("lastet-x")).await.is_empty() && found(search("1%x")).await.is_empty());
    assert!(found(search("' OR 1=1 --")).await.is_empty());
    assert_eq!(found(search(&rows[1].id.simple().to_string())).await, [1]);
    assert_eq!(found(search(" claude ")).await.len(), 4);
    assert_eq!(found(search("200")).await.len(), 4, "by status");
    assert!(store.size().await.unwrap() > 50_000);
    assert_eq!(store.forget_requests(at + 2).await.unwrap(), 2);
    assert_eq!(found(RequestFilter::default()).await, [3, 2]);
    assert_eq!(
        store.hours(0, i64::MAX).await.unwrap().iter().map(|(_, sum)| sum.requests).sum::<i64>(),
        4,
        "sums stay"
    );
}

pub(super) async fn plans_and_causes_are_kept_and_detours_found(_: &Base, store: &Store) {
    let at = 1_800_000_000_000;
    let step = |target: &str, tier| PlanRow {
        target: target.into(),
        account: "work".into(),
        tier,
        why: "first in the combo".into(),
    };
    let rescued = record(at + 1, |record| {
        record.attempt_count = 2;
        record.attempts = [Cause::Plan, Cause::Rescue]
            .map(|cause| AttemptRecord { cause, won: true, ..AttemptRecord::default() })
            .to_vec();
        record.plan = vec![step("a/b\tc\nd", Some(Tier::Local)), step("e/f", None)];
    });
    let failed = record(at + 2, |record| record.outcome = Outcome::Failed);
    let refused = record(at + 3, |record| {
        (record.outcome, record.attempt_count, record.attempts) = (Outcome::Failed, 0, Vec::new());
    });
    let rows = [record(at, |_| {}), rescued.clone(), failed.clone(), refused];
    store.write_usage(&rows).await.unwrap();
    let kept = store.request(rescued.id).await.unwrap();
    assert_eq!(kept.plan, [step("a/b c d", Some(Tier::Local)), step("e/f", None)], "a step stays one line");
    assert_eq!(
        kept.attempts.iter().map(|attempt| attempt.cause).collect::<Vec<_>>(),
        [Cause::Plan, Cause::Rescue]
    );
    assert!(store.request(rows[0].id).await.unwrap().plan.is_empty());
    let found = store.fallbacks(at, 9).await.unwrap();
    let found: Vec<_> = found.iter().map(|row| (row.id, row.attempts.len())).collect();
    assert_eq!(
        found,
        [(failed.id, 0), (rescued.id, 2)],
        "the only attempt that was kept for is the one that failed"
    );
    assert_eq!(store.fallbacks(at, 1).await.unwrap()[0].id, failed.id);
    assert_eq!(store.fallbacks(at + 2, 9).await.unwrap().len(), 1, "no older ones");
}

pub(super) async fn what_is_used_of_budgets_is_read_from_the_sums(base: &Base, store: &Store) {
    const DAY: i64 = 86_400_000;
    // 2026-11-28T12:00:00Z, a Saturday.
    let noon = 1_795_867_200_000;
    let catalog = catalog::Catalog::builtin().unwrap();
    let targets = vec![ComboTarget::new("openai/gpt-5.5")];
    store.save_combo(None, &Combo::new("best", targets), 1).await.unwrap();
    store.save_combo(None, &Combo::new("outer", vec![ComboTarget::new("best")]), 1).await.unwrap();
    let of = |at: i64, combo: &str| record(at, |record| record.combo = combo.to_owned());
    let rows = [
        of(noon, "best"),
        of(noon, "outer"),
        of(noon - DAY, "best"),
        of(noon - 6 * DAY, "best"),
        of(noon - 28 * DAY, "best"),
        of(noon, ""),
    ];
    store.write_usage(&rows[..4]).await.unwrap();
    // Another replica writes the rest.
    let other = base.open().await;
    other.write_usage(&rows[4..]).await.unwrap();
    other.close().await.unwrap();
    let snapshot = store.snapshot(&catalog, &Keepers::default()).await.unwrap();
    let budgets = Budgets::default();
    budgets.read(store, &snapshot, noon).await.unwrap();
    let used =
        |what| [Period::Day, Period::Week, Period::Month].map(|period| budgets.spent(what, period, noon));
    let times = |count: i64| Spent { tokens: 100 * count, cost: 1_000 * count };
    let target = |combo| BudgetOf::Target { combo, provider: "openai", model: "gpt-5.5" };
    assert_eq!(used(BudgetOf::Account(7)), [times(3), times(4), times(5)]);
    assert_eq!(used(target("best")), [times(2), times(3), times(4)], "what was asked for through outer, too");
    assert_eq!(used(target("outer")), [times(1); 3]);
    assert_eq!(used(target("other")), [times(0); 3]);
}

pub(super) async fn many_writers_do_not_get_in_each_other_s_way(_: &Base, store: &Store) {
    let usage = async {
        for index in 0..150 {
            store.write_usage(&[record(1_800_000_000_000 + index, |_| {})]).await.unwrap();
        }
    };
    let accounts = async {
        for index in 0..60 {
            let key = server::config::Secret::from(format!("sk-{index}"));
            store.add_account("openai", &format!("account {index}"), Some(&key), 0).await.unwrap();
        }
    };
    let names = async {
        for index in 0..60 {
            let endpoint = StoredEndpoint {
                prefix: format!("p{index}"),
                name: "x".into(),
                dialect: "chat".into(),
                base_url: "http://x/v1".into(),
                private_network: true,
                models: vec!["m".into()],
            };
            store.add_endpoint(&endpoint, 0).await.unwrap();
            store.change_endpoint(&endpoint).await.unwrap();
        }
    };
    tokio::join!(usage, accounts, names);
    assert_eq!(store.accounts().await.unwrap().len(), 60);
}
