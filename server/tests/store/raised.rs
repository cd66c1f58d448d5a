//! Alerts: who raises them, when they are over, and where they go.

use super::Base;
use server::store::{Limit, Reached, Store, StoreError, StoredAlert, StoredAlerting};

const HOUR: i64 = 3_600_000;

async fn limit(store: &Store) -> Limit {
    let account = store.add_account("claude", "main", None, 1).await.unwrap().id;
    Limit { account, window: "5 hours".to_owned(), model: String::new(), unit: "percent".to_owned() }
}

fn reached(used_permille: u32, known_at: i64) -> Reached {
    Reached { used_permille, resets_at: Some(5 * HOUR), known_at }
}

/// Thresholds, whether each is seen, and whether it is over, the lowest first.
async fn kept(store: &Store) -> Vec<(u32, bool, bool)> {
    let mut kept = store.alerts().await.unwrap();
    kept.sort_by_key(|alert| alert.threshold);
    kept.into_iter().map(|alert| (alert.threshold, alert.seen, alert.over)).collect()
}

async fn one(store: &Store, threshold: u32) -> StoredAlert {
    store.alerts().await.unwrap().into_iter().find(|alert| alert.threshold == threshold).unwrap()
}

pub(super) async fn an_alert_is_raised_once_until_its_limit_begins_anew(base: &Base, store: &Store) {
    let limit = limit(store).await;
    let other = base.open().await;
    // Both at the same moment, again and again: each time one of them tells.
    for known_at in 1..=10 {
        let raise = |store: Store| {
            let limit = limit.clone();
            async move { store.raise_alert(&limit, &[95, 80], reached(960, known_at), known_at).await.unwrap() }
        };
        let (here, there) = tokio::join!(raise(store.clone()), raise(other.clone()));
        assert_eq!([here, there].iter().filter(|raised| **raised).count(), usize::from(known_at == 1));
    }
    assert_eq!(kept(store).await, [(80, false, false), (95, false, false)]);

    let alert = one(store, 95).await;
    store.move_alert(&alert, Some(6 * HOUR)).await.unwrap();
    assert_eq!(one(store, 95).await.reached.resets_at, Some(6 * HOUR));
    store.see_alert(alert.id, 11).await.unwrap();
    assert_eq!(kept(store).await, [(80, true, false), (95, true, false)], "lower ones, too");

    // It has begun anew by what was known at 20: what another replica knew before is no news.
    store.end_alert(&alert, 20).await.unwrap();
    assert!(!other.raise_alert(&limit, &[95, 80], reached(960, 19), 30).await.unwrap());
    assert_eq!(kept(store).await, [(80, true, false), (95, true, true)]);
    assert!(other.raise_alert(&limit, &[95, 80], reached(970, 31), 31).await.unwrap());
    assert_eq!(kept(store).await, [(80, true, false), (95, false, false)], "seen no more");
    store.end_alert(&alert, 40).await.unwrap();
    assert!(!one(store, 95).await.over, "what was read before it was raised again ends nothing");

    store.end_passed_alerts(5 * HOUR).await.unwrap();
    assert_eq!(kept(store).await, [(80, true, false), (95, false, false)], "not yet");
    store.end_passed_alerts(5 * HOUR + 1).await.unwrap();
    assert_eq!(kept(store).await, [(80, true, true), (95, false, true)]);
    store.sweep_alerts(5 * HOUR + 2).await.unwrap();
    assert!(kept(store).await.is_empty());
    assert!(matches!(store.see_alert(99, 1).await, Err(StoreError::Missing)));
    other.close().await.unwrap();
}

pub(super) async fn alerts_go_with_their_account_and_threshold(_: &Base, store: &Store) {
    let limit = limit(store).await;
    let models = Limit { model: "*opus*".to_owned(), ..limit.clone() };
    for limit in [&limit, &models] {
        assert!(
            store.raise_alert(limit, &[95, 80], reached(960, 1), 1).await.unwrap(),
            "each limit has its own"
        );
    }
    let fewer = StoredAlerting { thresholds: vec![95], ..store.alerting().await.unwrap() };
    store.save_alerting(&fewer).await.unwrap();
    assert_eq!(kept(store).await, [(95, false, false), (95, false, false)]);
    store.delete_account(limit.account).await.unwrap();
    assert!(kept(store).await.is_empty());
}

pub(super) async fn where_alerts_go_is_sealed(base: &Base, store: &Store) {
    let fresh = store.alerting().await.unwrap();
    assert_eq!(
        (fresh.thresholds.as_slice(), fresh.webhook.is_none(), fresh.failed),
        (&[80, 95][..], true, None)
    );
    let alerting = StoredAlerting {
        thresholds: Vec::new(),
        webhook: Some("https://hooks.example.com/secret".to_owned().into()),
        private_network: true,
        failed: None,
    };
    store.save_alerting(&alerting).await.unwrap();
    store.note_delivery(Some((7, "it answered 404"))).await.unwrap();
    let again = base.open().await;
    let kept = again.alerting().await.unwrap();
    assert_eq!(kept.webhook.unwrap().reveal(), "https://hooks.example.com/secret");
    assert!(kept.thresholds.is_empty() && kept.private_network);
    assert_eq!(kept.failed, Some((7, "it answered 404".to_owned())));
    again.note_delivery(None).await.unwrap();
    assert_eq!(store.alerting().await.unwrap().failed, None);
    again.close().await.unwrap();
}
