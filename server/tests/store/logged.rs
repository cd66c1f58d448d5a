//! The payload log.

use super::{Base, record};
use app::api::payload::{Part, PartSize};
use sea_orm::ConnectionTrait;
use server::store::{KeptPart, PackedPart, PackedPayload, PayloadUse, Store, StoreError};
use uuid::Uuid;

const DAY: i64 = 86_400_000;
const AT: i64 = 20_000 * DAY;
const PLENTY: i64 = 1 << 30;

fn part(part: Part, text: &str) -> KeptPart {
    let bytes = i64::try_from(text.len()).unwrap();
    KeptPart {
        size: PartSize { part, bytes: bytes + 7, kept: bytes, redacted: 1 },
        headers: vec![("content-type".to_owned(), "application/json; a: b".to_owned())],
        text: text.to_owned(),
    }
}

/// A payload of a request of this key that arrives at `at`.
fn payload(store: &Store, at: i64, key_id: i64, conversation: Option<u64>, text: &str) -> PackedPayload {
    let id = record(at, |_| {}).id;
    let parts = [part(Part::Request, text), part(Part::Reply, "\n\nfine\n")];
    let parts = parts.iter().map(|kept| PackedPart::pack(store.seal(), id, kept)).collect();
    PackedPayload { id, at, key_id, conversation, parts }
}

async fn key(store: &Store, name: &str) -> i64 {
    let id = store.add_key(name, name.as_bytes(), "tail", 0).await.unwrap().id;
    store.set_log(id, Some(AT + 100 * DAY)).await.unwrap();
    id
}

async fn requests(store: &Store) -> i64 {
    store.payload_use().await.unwrap().values().map(|used| used.requests).sum()
}

pub(super) async fn what_is_logged_is_sealed_and_comes_back_as_it_was(base: &Base, store: &Store) {
    let key = key(store, "laptop").await;
    let text = "{\"said\": \"the-prompt-nobody-reads ü\"}\n".repeat(50);
    let one = payload(store, AT, key, Some(u64::MAX - 3), &text);
    store.write_payloads(std::slice::from_ref(&one), PLENTY).await.unwrap();
    let parts = store.payload(one.id).await.unwrap();
    assert_eq!(parts, [part(Part::Request, &text), part(Part::Reply, "\n\nfine\n")]);
    let sizes: Vec<PartSize> = parts.iter().map(|part| part.size).collect();
    assert_eq!(store.payload_sizes(one.id).await.unwrap(), sizes);
    let used = store.payload_use().await.unwrap()[&key];
    assert_eq!(used.requests, 1);
    assert!((40..1000).contains(&used.bytes), "it is compressed: {used:?}");
    assert_eq!(store.payload(Uuid::nil()).await.unwrap(), []);

    // A part that was moved to another place does not open there.
    let db = base.direct().await;
    db.execute_unprepared("UPDATE payloads SET part = 3 - part WHERE part = 2").await.unwrap();
    db.close().await.unwrap();
    assert!(matches!(store.payload(one.id).await, Err(StoreError::Seal(_))));
}

pub(super) async fn a_log_that_was_stopped_takes_nothing_more(_: &Base, store: &Store) {
    let key = key(store, "laptop").await;
    assert_eq!(store.keys().await.unwrap()[0].log_until, Some(AT + 100 * DAY));
    assert_eq!(store.log_without_key().await.unwrap(), None);
    let write = async |at, key| {
        store.write_payloads(&[payload(store, at, key, None, "x")], PLENTY).await.unwrap();
        requests(store).await
    };
    assert_eq!(write(AT, key).await, 1);
    assert_eq!(write(AT, 0).await, 1, "requests without a key are not logged");
    store.set_log(0, Some(AT + 5)).await.unwrap();
    assert_eq!(store.log_without_key().await.unwrap(), Some(AT + 5));
    assert_eq!(write(AT, 0).await, 2);
    assert_eq!(write(AT + 4, 0).await, 3, "it came before the end, whenever it is written");
    assert_eq!(write(AT + 5, 0).await, 3);
    store.set_log(key, None).await.unwrap();
    assert_eq!(write(AT + 1, key).await, 3, "nor is what was under way when it was stopped");
    store.delete_key(key).await.unwrap();
    assert_eq!(requests(store).await, 2, "what was logged of a key goes with it");
    assert_eq!(write(AT + 1, key).await, 2);
    assert!(matches!(store.set_log(key, None).await, Err(StoreError::Missing)));
}

pub(super) async fn the_oldest_payloads_go_first(_: &Base, store: &Store) {
    let key = key(store, "laptop").await;
    let payloads: Vec<_> = (0..600).map(|at| payload(store, AT + at, key, None, "x")).collect();
    store.write_payloads(&payloads, PLENTY).await.unwrap();
    let used = store.payload_use().await.unwrap()[&key];
    let each = used.bytes / 600;
    assert_eq!(used, PayloadUse { requests: 600, bytes: each * 600 });

    store.write_payloads(&[payload(store, AT + 600, key, None, "x")], each * 200).await.unwrap();
    assert_eq!(store.payload_use().await.unwrap()[&key], PayloadUse { requests: 200, bytes: each * 200 });
    let left = store.payload_ids(Some(key), Uuid::nil(), 1000).await.unwrap();
    assert_eq!((left.len(), left[0]), (200, payloads[401].id));
    assert_eq!(store.sweep_payloads(AT + 590, PLENTY).await.unwrap(), 2 * 189, "those that are too old");
    assert_eq!(requests(store).await, 11);
    assert_eq!(store.sweep_payloads(AT, each * 3).await.unwrap(), 2 * 8, "and those that are too many");
    assert_eq!(requests(store).await, 3);
}

pub(super) async fn payloads_go_with_their_requests_and_keys_are_told_apart(_: &Base, store: &Store) {
    let (one, other) = (key(store, "laptop").await, key(store, "desktop").await);
    let (talk, else_) = (Some(7), Some(8));
    let payloads = [
        payload(store, AT, one, talk, "1"),
        payload(store, AT + 1, one, else_, "2"),
        payload(store, AT + DAY, one, talk, "3"),
        payload(store, AT + DAY + 1, other, None, "4"),
        payload(store, AT + DAY + 2, one, talk, "5"),
    ];
    let ids = payloads.each_ref().map(|payload| payload.id);
    store.write_payloads(&payloads, PLENTY).await.unwrap();
    assert_eq!(store.payload_before(ids[4]).await.unwrap(), Some(ids[2]));
    assert_eq!(store.payload_before(ids[2]).await.unwrap(), Some(ids[0]));
    assert_eq!(store.payload_before(ids[0]).await.unwrap(), None);
    assert_eq!(store.payload_before(ids[3]).await.unwrap(), None, "of no conversation");
    assert!(matches!(store.payload_before(Uuid::nil()).await, Err(StoreError::Missing)));
    assert_eq!(store.payload_ids(None, Uuid::nil(), 2).await.unwrap(), ids[..2]);
    assert_eq!(store.payload_ids(Some(one), ids[1], 9).await.unwrap(), [ids[2], ids[4]]);

    store.forget_requests(AT + DAY).await.unwrap();
    assert_eq!(store.payload_ids(None, Uuid::nil(), 9).await.unwrap(), ids[2..]);
    store.forget_payloads(Some(other)).await.unwrap();
    assert_eq!(store.payload_ids(None, Uuid::nil(), 9).await.unwrap(), [ids[2], ids[4]]);
    store.forget_payloads(None).await.unwrap();
    assert_eq!(requests(store).await, 0);
}
