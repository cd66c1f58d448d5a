//! What the saver saved, and what conversations keep.

use super::{Base, record};
use app::api::saver::{SaverLevel, SavingRow};
use app::api::terse::Terse;
use server::gateway::pins::Pin;
use server::store::{SavingDay, Store, StoreError};

const DAY: i64 = 86_400_000;

fn saving(filter: &str, tool: &str, tokens_before: i64, tokens_after: i64) -> SavingRow {
    SavingRow {
        filter: filter.to_owned(),
        tool: tool.to_owned(),
        texts: 1,
        bytes_before: tokens_before * 4,
        bytes_after: tokens_after * 4,
        tokens_before,
        tokens_after,
    }
}

pub(super) async fn savings_stay_with_their_request_and_sum_up_by_the_day(_: &Base, store: &Store) {
    let at = 20_000 * DAY;
    let rows = vec![saving("git-diff", "Bash", 900, 300), saving("grep", "Grep", 400, 100)];
    let saved = |at, cost| {
        record(at, |record| {
            record.savings.clone_from(&rows);
            record.saved_tokens = 900;
            record.saved_cost = cost;
        })
    };
    let first = saved(at + 5, Some(3_000));
    store.write_usage(&[first.clone(), record(at + 6, |_| {}), saved(at + 7, None)]).await.unwrap();
    store.write_usage(&[saved(at + DAY, Some(300))]).await.unwrap();

    let kept = store.request(first.id).await.unwrap();
    assert_eq!(kept.savings, rows, "in their order");
    assert_eq!((kept.saved_tokens, kept.saved_cost), (900, Some(3_000)));
    let mut days = store.saving_days(at).await.unwrap();
    days.sort_by(|one, other| {
        (one.period_at, &one.saving.filter).cmp(&(other.period_at, &other.saving.filter))
    });
    let twice = |row: &SavingRow| SavingRow {
        texts: 2,
        bytes_before: row.bytes_before * 2,
        bytes_after: row.bytes_after * 2,
        tokens_before: row.tokens_before * 2,
        tokens_after: row.tokens_after * 2,
        ..row.clone()
    };
    let day = |period_at, saving, cost| SavingDay {
        period_at,
        provider_id: "openai".into(),
        model: "gpt-5.5".into(),
        saving,
        cost,
    };
    let expected = [
        day(at, twice(&rows[0]), 2_000),
        day(at, twice(&rows[1]), 1_000),
        day(at + DAY, rows[0].clone(), 200),
        day(at + DAY, rows[1].clone(), 100),
    ];
    assert_eq!(days, expected, "each has its share of what the request saved");
    assert_eq!(store.saving_days(at + DAY).await.unwrap().len(), 2);
    assert_eq!(store.forget_requests(at + DAY).await.unwrap(), 3);
    assert!(matches!(store.request(first.id).await, Err(StoreError::Missing)));
    assert_eq!(store.saving_days(at).await.unwrap().len(), 4, "sums stay");
}

pub(super) async fn what_conversations_keep_is_what_their_last_request_went_by(_: &Base, store: &Store) {
    let at = 20_000 * DAY;
    let pin = |level, terse| Pin { level, filters: !0b100, version: 1, terse };
    let asked = |at, conversation, pin| {
        record(at, |record| {
            record.conversation = conversation;
            record.saver = pin;
        })
    };
    let (safe, exact) = (pin(SaverLevel::Safe, Terse::Full), pin(SaverLevel::Exact, Terse::Off));
    // Hashes use all their bits, which a database's numbers have no room for without a sign.
    let high = u64::MAX - 3;
    let rows = [
        asked(at - 1, Some(9), safe),
        asked(at, Some(high), safe),
        asked(at + 1, Some(5), safe),
        asked(at + 2, Some(high), exact),
        asked(at + 3, None, safe),
    ];
    store.write_usage(&rows).await.unwrap();
    assert_eq!(store.request(rows[3].id).await.unwrap().saver, exact);
    let kept = store.pins(at, 100).await.unwrap();
    assert_eq!(kept, [(high, safe, at), (5, safe, at + 1), (high, exact, at + 2)]);
    assert_eq!(store.pins(at, 1).await.unwrap(), [(high, exact, at + 2)], "the newest");
}
