//! Single requests are forgotten when they are older than the person wants; sums stay, and the disk does not fill up.

use crate::store::record;
use crate::support::{CHAT, House, until};
use app::api::requests::{Exclusion, RequestFilter};
use serde_json::json;
use server::state::App;
use server::store::{AttemptRecord, RequestRecord, sqlite_path};
use server::usage::retain;

const DAY: i64 = 24 * 3_600_000;

/// A request with everything that can hang on one.
fn full(at: i64) -> RequestRecord {
    record(at, |record| {
        record.attempts =
            vec![AttemptRecord { error: "Overloaded".repeat(20), ..AttemptRecord::default() }; 3];
        record.exclusions = vec![Exclusion { what: "a/b".into(), why: "parked".into() }; 3];
    })
}

#[tokio::test]
async fn old_requests_go_and_their_sums_stay() {
    let house = House::with_accounts(&["key-one"]).await;
    house.policy(json!({ "retention_days": 2 })).await;
    let now = server::clock::now().unix_ms;
    let old: Vec<RequestRecord> = (0..500).map(|index| full(now - 3 * DAY + index)).collect();
    let kept: Vec<RequestRecord> = [now - 2 * DAY + 60_000, now - DAY].map(full).into();
    let store = &house.app.store;
    store.write_usage(&old).await.unwrap();
    store.write_usage(&kept).await.unwrap();
    let park = |until| catalog::Park { until, whole_account: false, needs_person: false };
    let account = store.accounts().await.unwrap()[0].id;
    store.park_account(account, "long over", park(now - 1), "Rate limited").await.unwrap();
    store.park_account(account, "still waiting", park(now + DAY), "Rate limited").await.unwrap();
    house.chat("ok", false).await;

    house.app.tasks.spawn(retain::run(App::clone(&house.app)));
    let rows = until("the end of what is old", async || {
        let rows = store.requests(&RequestFilter::default(), 1000).await.unwrap().records;
        (rows.len() == 3).then_some(rows)
    })
    .await;
    assert_eq!(rows[1].id, kept[1].id, "newest first: {rows:#?}");
    assert_eq!((rows[0].provider_id.as_str(), rows[2].id), (CHAT, kept[0].id));
    assert!(store.request(old[0].id).await.is_err());
    let detail = store.request(kept[0].id).await.unwrap();
    assert_eq!((detail.attempts.len(), detail.exclusions.len()), (3, 3), "what is kept is kept whole");
    let sums = store.hours(0, i64::MAX).await.unwrap();
    assert_eq!(sums.iter().map(|(_, sum)| sum.requests).sum::<i64>(), 503, "sums are kept for good");
    assert_eq!(store.key_usage().await.unwrap().values().map(|(requests, _)| requests).sum::<i64>(), 503);
    until("the end of what waits no more", async || {
        let models = store.account(account).await.unwrap().parked_models;
        (models.len() == 1 && models[0].0 == "still waiting").then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_disk_does_not_fill_up() {
    let house = House::open().await;
    let store = &house.app.store;
    let at = server::clock::now().unix_ms / DAY * DAY;
    let size = || {
        let database = sqlite_path(house.folder.path());
        let log = database.with_extension("sqlite-wal");
        [database, log]
            .iter()
            .filter_map(|file| std::fs::metadata(file).ok())
            .map(|file| file.len())
            .sum::<u64>()
    };
    let mut sizes = Vec::new();
    for round in 0..8 {
        let day: Vec<RequestRecord> = (0..2000).map(|index| full(at + round * 2000 + index)).collect();
        store.write_usage(&day).await.unwrap();
        sizes.push(size());
        assert_eq!(store.forget_requests(at + (round + 1) * 2000).await.unwrap(), 2000);
    }
    assert!(sizes[0] > 500_000, "it is worth counting: {sizes:?}");
    let (early, late) = (sizes[2], sizes[7]);
    assert!(late < early + early / 4, "what is forgotten makes room for what is new: {sizes:?}");
}
