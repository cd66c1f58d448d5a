//! What a person makes: people and their sessions, keys, accounts, endpoints, names, settings; and the history that
//! makes the tables.

use super::Base;
use app::api::combos::{Alias, Budget, Combo, ComboTarget, Measure, Period, Strategy};
use app::api::providers::Rotation;
use app::api::settings::Policy;
use app::api::terse::Terse;
use migrations::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use server::store::snapshot::Keepers;
use server::store::{AccountEdit, Store, StoreError, StoredEndpoint};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

const BUDGET: Budget = Budget { measure: Measure::Cost, amount: 5_000_000_000, period: Period::Week };

pub(super) async fn the_history_runs_up_down_and_up_again(base: &Base, store: &Store) {
    store.add_person("ada", "hash", 1).await.unwrap();
    let db = base.direct().await;
    let there =
        async |table: &str| db.execute_unprepared(&format!("SELECT count(*) FROM {table}")).await.is_ok();
    let tables = [
        "people",
        "sessions",
        "settings",
        "accounts",
        "caller_keys",
        "endpoints",
        "combos",
        "aliases",
        "rotations",
        "models_off",
        "requests",
        "attempts",
        "usage_hours",
        "usage_days",
    ];
    for table in tables {
        assert!(there(table).await, "{table} is made");
    }
    let steps = u32::try_from(Migrator::migrations().len()).unwrap();
    for _ in 0..steps {
        Store::migrate(&base.config, Some(1)).await.unwrap();
    }
    for table in tables {
        assert!(!there(table).await, "{table} is gone");
    }
    Store::migrate(&base.config, None).await.unwrap();
    for table in tables {
        assert!(there(table).await, "{table} is back");
    }
    let again = base.open().await;
    assert_eq!(again.count_people().await.unwrap(), 0);
    again.close().await.unwrap();
    base.open().await.close().await.unwrap();
    db.close().await.unwrap();
}

pub(super) async fn people_and_their_epochs_are_kept(_: &Base, store: &Store) {
    let ada = store.add_first_person("ada", "hash one", 1).await.unwrap();
    assert!(matches!(store.add_first_person("bob", "x", 1).await, Err(StoreError::Taken)), "a second first");
    assert!(matches!(store.add_person("ada", "x", 1).await, Err(StoreError::Taken)));
    assert_eq!(store.person_named("ada").await.unwrap().unwrap().id, ada.id);
    assert!(store.person_named("ADA").await.unwrap().is_none() && store.person(99).await.unwrap().is_none());
    assert_eq!(store.set_password(ada.id, "hash two").await.unwrap(), 1);
    assert_eq!(store.raise_epoch(ada.id).await.unwrap(), 2);
    let kept = store.first_person().await.unwrap().unwrap();
    assert_eq!((kept.password_hash.as_str(), kept.epoch), ("hash two", 2));
    assert!(matches!(store.raise_epoch(99).await, Err(StoreError::Missing)));
    assert_eq!(store.count_people().await.unwrap(), 1);
}

pub(super) async fn sessions_end_when_they_should(_: &Base, store: &Store) {
    let ada = store.add_person("ada", "hash", 1).await.unwrap();
    let sessions = store.sessions();
    let now = server::clock::now().unix_ms;
    let start = OffsetDateTime::from_unix_timestamp_nanos(i128::from(now) * 1_000_000).unwrap();
    let lasting = |seconds: i64| Record {
        id: Id::default(),
        data: HashMap::from([
            ("person".to_owned(), serde_json::json!({ "id": ada.id, "epoch": 0 })),
            ("address".to_owned(), "127.0.0.1".into()),
        ]),
        expiry_date: start + Duration::seconds(seconds),
    };
    let (mut one, mut other, mut over) = (lasting(3600), lasting(3600), lasting(-5));
    for record in [&mut one, &mut other, &mut over] {
        sessions.create(record).await.unwrap();
    }
    let mut same = Record { id: one.id, ..lasting(3600) };
    sessions.create(&mut same).await.unwrap();
    assert_ne!(same.id, one.id, "an id that is taken is never shared");
    sessions.delete(&same.id).await.unwrap();

    assert_eq!(sessions.load(&one.id).await.unwrap().unwrap().data, one.data);
    assert!(sessions.load(&over.id).await.unwrap().is_none(), "over");
    assert!(sessions.load(&Id::default()).await.unwrap().is_none());
    let moved = Record { expiry_date: start + Duration::seconds(9000), ..one.clone() };
    sessions.save(&moved).await.unwrap();
    let rows = store.sessions_of(ada.id, now).await.unwrap();
    assert_eq!(rows.len(), 2);
    let row = rows.iter().find(|row| row.id == one.id.to_string()).unwrap();
    assert_eq!((row.expires_at, row.address.as_str()), (now + 9_000_000, "127.0.0.1"));

    assert!(!store.end_session(ada.id + 1, &one.id.to_string()).await.unwrap(), "somebody else's");
    assert!(store.end_session(ada.id, &one.id.to_string()).await.unwrap());
    store.end_sessions(ada.id, Some(&other.id.to_string())).await.unwrap();
    assert!(sessions.load(&other.id).await.unwrap().is_some());
    store.sweep_sessions(now).await.unwrap();
    store.end_sessions(ada.id, None).await.unwrap();
    assert!(sessions.load(&other.id).await.unwrap().is_none());
}

pub(super) async fn caller_keys_are_kept_as_hashes(_: &Base, store: &Store) {
    let one = store.add_key("laptop", &[1; 32], "aaaa", 5).await.unwrap();
    let two = store.add_key("desktop", &[2; 32], "bbbb", 6).await.unwrap();
    assert!(matches!(store.add_key("laptop", &[3; 32], "cccc", 7).await, Err(StoreError::Taken)));
    assert!(matches!(store.rename_key(two.id, "laptop").await, Err(StoreError::Taken)));
    assert_eq!(store.rename_key(two.id, "tower").await.unwrap().hash, [2; 32]);
    let names: Vec<String> = store.keys().await.unwrap().into_iter().map(|key| key.name).collect();
    assert_eq!(names, ["tower", "laptop"], "newest first");
    store.delete_key(one.id).await.unwrap();
    assert!(matches!(store.delete_key(one.id).await, Err(StoreError::Missing)));
    assert!(matches!(store.rename_key(one.id, "x").await, Err(StoreError::Missing)));
    let three = store.add_key("laptop", &[4; 32], "dddd", 8).await.unwrap();
    assert_ne!(three.id, one.id, "an id is never used again: past usage hangs on it");
}

pub(super) async fn accounts_keep_their_keys_sealed(base: &Base, store: &Store) {
    let secret = |text: &str| server::config::Secret::from(text.to_owned());
    let one = store.add_account("openai", "work", Some(&secret("sk-one-0123456789")), 5).await.unwrap();
    let two = store.add_account("openai", "home", None, 6).await.unwrap();
    store.add_account("groq", "work", None, 7).await.unwrap();
    assert!(matches!(store.add_account("openai", "work", None, 8).await, Err(StoreError::Taken)));
    assert_eq!((one.priority, two.priority, one.key_tail.as_str()), (1, 2, "6789"));
    let taken = AccountEdit { name: Some("work".into()), ..AccountEdit::default() };
    assert!(matches!(store.change_account(two.id, taken).await, Err(StoreError::Taken)));
    let park = |until, whole_account| catalog::Park { until, whole_account, needs_person: whole_account };
    store.park_account(one.id, "big", park(99, true), "Key refused").await.unwrap();
    store.park_account(one.id, "big", park(80, true), "Rate limited").await.unwrap();
    store.park_account(one.id, "big", park(50, false), "Rate limited").await.unwrap();
    store.park_account(one.id, "big", park(70, false), "Rate limited again").await.unwrap();
    store.park_account(one.id, "big", park(60, false), "A shorter wait").await.unwrap();
    let waiting = store.accounts().await.unwrap().swap_remove(0).parked_models;
    assert_eq!(waiting, [("big".to_owned(), 70, "Rate limited again".to_owned())]);
    store.note_error(one.id, "401", 50).await.unwrap();
    let kept = store.account(one.id).await.unwrap();
    assert_eq!((kept.parked_until, kept.refused, kept.parked_why.as_str()), (Some(99), true, "Key refused"));
    assert_eq!(kept.parked_models, waiting, "one account says as much as the list");
    assert_eq!((kept.last_error.as_str(), kept.last_error_at), ("401", Some(50)));
    let edit = AccountEdit {
        key: Some(secret("sk-new-abcdefghij")),
        priority: Some(9),
        enabled: Some(false),
        ..AccountEdit::default()
    };
    let changed = store.change_account(one.id, edit).await.unwrap();
    assert_eq!((changed.parked_until, changed.enabled, changed.priority), (Some(99), false, 9));
    store.unpark_account(one.id).await.unwrap();
    let free = store.account(one.id).await.unwrap();
    assert_eq!((free.parked_until, free.refused, free.parked_why.as_str()), (None, false, ""));
    assert_eq!(free.parked_models, [], "its models too");
    assert_eq!(changed.key.unwrap().reveal(), "sk-new-abcdefghij");
    let order: Vec<i64> = store
        .accounts()
        .await
        .unwrap()
        .iter()
        .filter(|row| row.provider_id == "openai")
        .map(|row| row.id)
        .collect();
    assert_eq!(order, [two.id, one.id]);

    let again = base.open().await;
    assert_eq!(again.account(one.id).await.unwrap().key.unwrap().reveal(), "sk-new-abcdefghij");
    again.close().await.unwrap();
    store.delete_account(two.id).await.unwrap();
    assert!(matches!(store.account(two.id).await, Err(StoreError::Missing)));
    assert!(matches!(store.delete_account(two.id).await, Err(StoreError::Missing)));
}

pub(super) async fn endpoints_keep_their_models_in_order(_: &Base, store: &Store) {
    let endpoint = |models: &[&str]| StoredEndpoint {
        prefix: "mine".into(),
        name: "Mine".into(),
        dialect: "chat".into(),
        base_url: "http://127.0.0.1/v1".into(),
        private_network: true,
        models: models.iter().map(|model| (*model).to_owned()).collect(),
    };
    store.add_endpoint(&endpoint(&["z", "a", "m"]), 1).await.unwrap();
    assert!(matches!(store.add_endpoint(&endpoint(&["q"]), 1).await, Err(StoreError::Taken)));
    assert_eq!(
        store.endpoints().await.unwrap()[0].models,
        ["z", "a", "m"],
        "and a failure leaves nothing behind"
    );
    store.change_endpoint(&StoredEndpoint { private_network: false, ..endpoint(&["m", "z"]) }).await.unwrap();
    let kept = store.endpoints().await.unwrap().remove(0);
    assert_eq!((kept.models, kept.private_network), (vec!["m".to_owned(), "z".to_owned()], false));
    let account = store.add_account("mine", "one", None, 1).await.unwrap();
    store.delete_endpoint("mine").await.unwrap();
    assert!(matches!(store.account(account.id).await, Err(StoreError::Missing)), "its accounts go with it");
    assert!(matches!(store.delete_endpoint("mine").await, Err(StoreError::Missing)));
    assert!(matches!(store.change_endpoint(&endpoint(&[])).await, Err(StoreError::Missing)));
    store.add_endpoint(&endpoint(&[]), 2).await.unwrap();
    assert!(store.endpoints().await.unwrap()[0].models.is_empty(), "old models do not come back");
}

pub(super) async fn models_are_switched_and_lists_replaced_whole(_: &Base, store: &Store) {
    let ids = |some: &[&str]| some.iter().map(|id| (*id).to_owned()).collect::<Vec<String>>();
    let off = async |provider: &str| {
        let mut off: Vec<String> =
            store.models_off().await.unwrap().remove(provider).unwrap_or_default().into_iter().collect();
        off.sort();
        off
    };
    store.switch_models("groq", &ids(&["a", "b"]), false).await.unwrap();
    store.switch_models("groq", &ids(&["b", "c/d"]), false).await.unwrap();
    store.switch_models("mine", &ids(&["a"]), false).await.unwrap();
    store.switch_models("groq", &[], false).await.unwrap();
    assert_eq!(off("groq").await, ["a", "b", "c/d"], "twice is as good as once");
    store.switch_models("groq", &ids(&["a", "never"]), true).await.unwrap();
    assert_eq!((off("groq").await, off("mine").await), (ids(&["b", "c/d"]), ids(&["a"])));
    let many: Vec<String> = (0..1_300).map(|at| format!("m{at:04}")).collect();
    store.switch_models("long", &many, false).await.unwrap();
    assert_eq!(off("long").await, many);
    store.switch_models("long", &many, true).await.unwrap();
    assert!(off("long").await.is_empty());

    let endpoint = StoredEndpoint {
        prefix: "mine".to_owned(),
        name: "Mine".to_owned(),
        dialect: "chat".to_owned(),
        base_url: "https://llm.example.com/v1".to_owned(),
        private_network: false,
        models: Vec::new(),
    };
    let model =
        catalog::Listed { id: "a".to_owned(), name: "A".to_owned(), context: Some(9), max_output: None };
    let listed = async || store.found_models().await.unwrap().contains_key("mine");
    store.add_endpoint(&endpoint, 1).await.unwrap();
    store.save_found_models("mine", std::slice::from_ref(&model), 7).await.unwrap();
    assert_eq!(store.found_models().await.unwrap()["mine"], (vec![model.clone()], 7));
    let renamed = StoredEndpoint { name: "My own".to_owned(), ..endpoint.clone() };
    store.change_endpoint(&renamed).await.unwrap();
    assert!(listed().await, "a name changes nothing of what is listed there");
    let moved = StoredEndpoint { base_url: "https://other.example.com/v1".to_owned(), ..renamed };
    store.change_endpoint(&moved).await.unwrap();
    assert!(!listed().await, "elsewhere there is another list");
    assert_eq!(off("mine").await, ["a"]);
    store.save_found_models("mine", &[model], 8).await.unwrap();
    store.delete_endpoint("mine").await.unwrap();
    assert!(!listed().await && off("mine").await.is_empty(), "a new one of this name begins anew");
    assert_eq!(off("groq").await, ["b", "c/d"]);
}

pub(super) async fn combos_and_aliases_are_replaced_whole(_: &Base, store: &Store) {
    let target = |model: &str, enabled: bool| ComboTarget { enabled, ..ComboTarget::new(model) };
    let combo = Combo::new;
    let (one, other) = (
        combo("best", vec![target("b/1", true), target("a/2", false)]),
        combo("cheap", vec![target("c/3", true)]),
    );
    store.save_combo(None, &one, 1).await.unwrap();
    store.save_combo(None, &other, 1).await.unwrap();
    assert!(matches!(store.save_combo(None, &one, 1).await, Err(StoreError::Taken)));
    assert!(matches!(store.save_combo(Some("cheap"), &one, 1).await, Err(StoreError::Taken)));
    assert_eq!(store.combos().await.unwrap(), [one.clone(), other.clone()], "a failure changes nothing");
    let whole = Combo {
        enabled: false,
        strategy: Strategy::Weighted,
        first_token_ms: Some(1),
        stall_ms: Some(2),
        hedge: false,
        rescue: false,
        max_attempts: Some(3),
        terse: Terse::Full,
        ..combo("best", vec![ComboTarget { weight: 9, budget: Some(BUDGET), ..target("b/1", false) }])
    };
    store.save_combo(Some("best"), &whole, 1).await.unwrap();
    assert_eq!(store.combos().await.unwrap()[0], whole, "all there is of it");
    let renamed = combo("better", vec![target("d/4", true)]);
    store.save_combo(Some("best"), &renamed, 1).await.unwrap();
    assert_eq!(store.combos().await.unwrap(), [renamed, other]);
    assert!(matches!(store.save_combo(Some("best"), &one, 1).await, Err(StoreError::Missing)));
    let above = combo("above", vec![target("better", true)]);
    store.save_combo(None, &above, 1).await.unwrap();
    store.save_combo(Some("better"), &combo("finest", vec![target("d/4", true)]), 1).await.unwrap();
    assert_eq!(store.combos().await.unwrap()[0].targets, [target("finest", true)], "they follow a new name");
    store.save_combo(Some("finest"), &combo("better", vec![target("d/4", true)]), 1).await.unwrap();
    store.delete_combo("above").await.unwrap();
    store.delete_combo("better").await.unwrap();
    assert!(matches!(store.delete_combo("better").await, Err(StoreError::Missing)));

    let alias = |name: &str, model: &str| Alias { name: name.into(), model: model.into() };
    store.save_alias(None, &alias("fast", "a/1"), 1).await.unwrap();
    assert!(matches!(store.save_alias(None, &alias("fast", "a/2"), 1).await, Err(StoreError::Taken)));
    store.save_alias(Some("fast"), &alias("faster", "a/2"), 1).await.unwrap();
    assert_eq!(store.aliases().await.unwrap(), [alias("faster", "a/2")]);
    assert!(matches!(store.delete_alias("fast").await, Err(StoreError::Missing)));
    store.delete_alias("faster").await.unwrap();
}

pub(super) async fn budgets_and_rotations_are_kept(base: &Base, store: &Store) {
    let account = store.add_account("openai", "work", None, 1).await.unwrap();
    assert_eq!(account.budget, None);
    let edit = |budget| AccountEdit { budget, ..AccountEdit::default() };
    assert_eq!(
        store.change_account(account.id, edit(Some(Some(BUDGET)))).await.unwrap().budget,
        Some(BUDGET)
    );
    assert_eq!(store.change_account(account.id, edit(None)).await.unwrap().budget, Some(BUDGET));
    store.save_rotation("openai", Rotation::RoundRobin).await.unwrap();
    store.save_rotation("openai", Rotation::RoundRobin).await.unwrap();
    let again = base.open().await;
    assert_eq!(again.accounts().await.unwrap()[0].budget, Some(BUDGET), "another start keeps it");
    let snapshot = again.snapshot(&catalog::Catalog::builtin().unwrap(), &Keepers::default()).await.unwrap();
    let rotation = |id| snapshot.provider(id).unwrap().rotation;
    assert_eq!((rotation("openai"), rotation("groq")), (Rotation::RoundRobin, Rotation::FillFirst));
    assert_eq!(snapshot.provider("openai").unwrap().accounts[0].budget, Some(BUDGET));
    again.close().await.unwrap();
    assert_eq!(store.change_account(account.id, edit(Some(None))).await.unwrap().budget, None);
    store.save_rotation("openai", Rotation::FillFirst).await.unwrap();
    assert!(store.rotations().await.unwrap().is_empty());
}

pub(super) async fn settings_are_one_row(base: &Base, store: &Store) {
    assert_eq!(store.policy().await.unwrap(), Policy::default());
    let policy = Policy {
        require_key: false,
        max_body_bytes: 1 << 33,
        retention_days: 7,
        first_token_ms: 1,
        stall_ms: 2,
        affinity_ms: 3,
        circuit_ms: 4,
        payload_bytes: 1 << 34,
        payload_days: 5,
        ..Policy::default()
    };
    store.save_policy(&policy).await.unwrap();
    let again = base.open().await;
    assert_eq!(again.policy().await.unwrap(), policy, "another start keeps it");
    again.close().await.unwrap();
    let snapshot = store.snapshot(&catalog::Catalog::builtin().unwrap(), &Keepers::default()).await.unwrap();
    assert_eq!(snapshot.policy, policy);
}
