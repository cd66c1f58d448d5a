//! Several Ninerouters on one database: they start at the same time, and each goes by what any of them changes.

use crate::store::Base;
use crate::support::running::{Running, command};
use crate::support::{CHAT, PASSWORD, Provider, config, until};
use app::api::combos::Alias;
use http::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::store::Store;
use tempfile::TempDir;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OTHER_KEY: &str = "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Two replicas that started at the same moment on one empty PostgreSQL, each with a folder of its own.
struct Two {
    base: Base,
    one: Running,
    other: Running,
    _folders: [TempDir; 2],
}

impl Two {
    async fn start(more: &[(&str, &str)]) -> Self {
        let (base, folders) = (Base::postgresql().await, [TempDir::new().unwrap(), TempDir::new().unwrap()]);
        let mut variables = vec![("DATABASE_URL", base.url.as_str()), ("NINEROUTER_SECRET_KEY", KEY)];
        variables.extend(more);
        let (one, other) = tokio::join!(
            Running::start(folders[0].path(), &variables),
            Running::start(folders[1].path(), &variables)
        );
        Self { base, one, other, _folders: folders }
    }

    async fn stop(self) {
        for running in [self.one, self.other] {
            running.terminate().await;
            assert_eq!(running.ended().await, 0);
        }
        self.base.gone().await;
    }
}

/// The accounts that the provider was asked on, oldest first; its list of models is none of a client's questions.
fn asked(provider: &Provider) -> Vec<String> {
    let seen = provider.seen().into_iter().filter(|seen| seen.line.starts_with("POST "));
    seen.map(|seen| seen.header("authorization").unwrap().replace("Bearer ", "")).collect()
}

async fn account(running: &Running, bearer: &str, id: i64) -> Value {
    let rows = running.read(bearer, "/api/v1/accounts").await;
    rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn what_one_replica_changes_the_other_goes_by() {
    let (two, provider) = (Two::start(&[("INITIAL_PASSWORD", PASSWORD)]).await, Provider::start().await);
    let (one, other) = (&two.one, &two.other);
    let bearer = one.log_in().await;
    one.endpoint(&bearer, &provider.base(), &["key-one"]).await;
    let key = one.key(&bearer, "laptop").await;
    let secret = key["secret"].as_str().unwrap();
    let combo = |model: &str| json!({ "name": "best", "enabled": true, "targets": [{ "model": model, "enabled": true }] });
    one.api(&bearer, "/api/v1/combos", combo(&format!("{CHAT}/ok"))).await;

    other.until_status(secret, "best", 200).await;
    assert_eq!(
        other.read(&bearer, "/api/v1/combos").await.as_array().unwrap().len(),
        1,
        "the bearer is good at both"
    );
    for (on, status) in [(false, 404), (true, 200)] {
        let body = json!({ "on": on, "models": ["ok"] });
        let switched =
            one.call(Method::PUT, &bearer, &format!("/api/v1/providers/{CHAT}/models"), body).await;
        assert_eq!(switched.status, 204, "{switched:?}");
        other.until_status(secret, "best", status).await;
    }
    let price = json!({ "model": format!("{CHAT}/ok"), "input": 1, "output": 2 });
    assert_eq!(one.call(Method::PUT, &bearer, "/api/v1/prices", price).await.status, 200);
    until("the price is known to the other", async || {
        let page = other.read(&bearer, "/api/v1/prices?show=yours").await;
        (page["rows"][0]["price"]["output"] == 2).then_some(())
    })
    .await;
    let changed =
        one.call(Method::PUT, &bearer, "/api/v1/combos/best", combo(&format!("{CHAT}/reasoning"))).await;
    assert_eq!(changed.status, 200);
    until("the other target", async || {
        let answer = other.chat(secret, "best", false).await;
        (answer.header("x-ninerouter-target") == format!("{CHAT}/reasoning")).then_some(())
    })
    .await;
    let revoked =
        other.call(Method::DELETE, &bearer, &format!("/api/v1/keys/{}", key["row"]["id"]), Value::Null).await;
    assert_eq!(revoked.status, 204);
    one.until_status(secret, "best", 401).await;
    assert_eq!(one.call(Method::DELETE, &bearer, "/api/v1/sessions", Value::Null).await.status, 204);
    let over = other.call(Method::GET, &bearer, "/api/v1/keys", Value::Null).await;
    assert_eq!(over.status, 401, "signed out at one is signed out at both");
    two.stop().await;
}

#[tokio::test]
async fn an_account_parked_at_one_replica_is_skipped_at_the_other_until_a_person_unparks_it() {
    let (two, provider) = (Two::start(&[("INITIAL_PASSWORD", PASSWORD)]).await, Provider::start().await);
    let (one, other) = (&two.one, &two.other);
    let bearer = one.log_in().await;
    let ids = one.endpoint(&bearer, &provider.base(), &["key-error-429-retry-after", "key-two"]).await;
    let key = one.key(&bearer, "laptop").await["secret"].as_str().unwrap().to_owned();
    let model = format!("{CHAT}/ok");

    assert_eq!(one.chat(&key, &model, false).await.status, 200);
    until("the news of the parked account", async || {
        (account(other, &bearer, ids[0]).await["health"] == "parked").then_some(())
    })
    .await;
    other.until_status(&key, &model, 200).await;
    assert_eq!(
        asked(&provider),
        ["key-error-429-retry-after", "key-two", "key-two"],
        "the limited one rests at both"
    );
    let (here, there) = (account(one, &bearer, ids[0]).await, account(other, &bearer, ids[0]).await);
    assert_eq!((&here["parked_until"], &here["sentence"]), (&there["parked_until"], &there["sentence"]));

    other.api(&bearer, &format!("/api/v1/accounts/{}/unpark", ids[0]), Value::Null).await;
    until("the news that it is free", async || {
        (account(one, &bearer, ids[0]).await["health"] == "ready").then_some(())
    })
    .await;
    one.chat(&key, &model, false).await;
    assert_eq!(asked(&provider)[3], "key-error-429-retry-after", "it is tried again");
    two.stop().await;
}

#[tokio::test]
async fn what_was_missed_while_a_connection_was_gone_is_read_when_it_is_back() {
    let (two, provider) = (Two::start(&[("INITIAL_PASSWORD", PASSWORD)]).await, Provider::start().await);
    let bearer = two.one.log_in().await;
    two.one.endpoint(&bearer, &provider.base(), &["key-one"]).await;
    let key = two.one.key(&bearer, "laptop").await["secret"].as_str().unwrap().to_owned();
    two.other.until_status(&key, &format!("{CHAT}/ok"), 200).await;

    // Written without a word to anyone, as by a replica that died before it could say it.
    let folder = TempDir::new().unwrap();
    let variables = [("DATABASE_URL", two.base.url.as_str()), ("NINEROUTER_SECRET_KEY", KEY)];
    let store = Store::open(&config(folder.path(), &variables)).await.unwrap();
    let alias = Alias { name: "fast".to_owned(), model: format!("{CHAT}/ok") };
    store.save_alias(None, &alias, 0).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(two.other.chat(&key, "fast", false).await.status, 404, "nobody has said so");
    let listening = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let db = two.base.direct().await;
    let ended = db.execute_unprepared(listening).await.unwrap();
    assert_eq!(ended.rows_affected(), 2, "each replica listens on a connection of its own");
    db.close().await.unwrap();
    two.other.until_status(&key, "fast", 200).await;

    let second = two.one.key(&bearer, "desktop").await["secret"].as_str().unwrap().to_owned();
    two.other.until_status(&second, "fast", 200).await;
    assert!(
        two.other.log().contains("changes made at other replicas are heard again"),
        "{}",
        two.other.log()
    );
    two.stop().await;
}

#[tokio::test]
async fn the_first_link_opens_at_every_replica_and_lets_in_one_person() {
    let mut two = Two::start(&[]).await;
    let (here, there) = (two.one.setup_token().await, two.other.setup_token().await);
    assert_eq!(here, there, "whichever a balancer leads to");
    let fields = |name: &'static str| [("token", here.as_str()), ("name", name), ("password", PASSWORD)];
    let (ada, bob) = (fields("ada"), fields("bob"));
    let (one, other) = tokio::join!(
        two.one.client.form("/console/set_up", "", &ada),
        two.other.client.form("/console/set_up", "", &bob)
    );
    let let_in = [&one, &other].into_iter().filter(|answer| answer.cookie().is_some()).count();
    assert_eq!(let_in, 1, "{one:?} {other:?}");
    // The session is good at both.
    let cookie = one.cookie().or(other.cookie()).unwrap();
    for running in [&two.one, &two.other] {
        assert_eq!(running.client.page("/", &cookie).await.status, 200);
    }
    two.stop().await;
}

#[tokio::test]
async fn a_replica_without_the_others_secret_key_does_not_start_and_says_what_it_needs() {
    let (base, folders) = (Base::postgresql().await, [(); 3].map(|()| TempDir::new().unwrap()));
    let url = ("DATABASE_URL", base.url.as_str());
    let first = command(folders[0].path(), &[url, ("NINEROUTER_SECRET_KEY", KEY)], &["doctor"], "").await;
    assert!(first.out.contains("ok   Replicas: They hear of each other's changes."), "{first:?}");

    for (variables, words) in [
        (vec![url, ("NINEROUTER_SECRET_KEY", OTHER_KEY)], "replicas on one database all need the same"),
        (vec![url], "copy it from another replica on this database"),
    ] {
        for what in ["serve", "doctor"] {
            let ended = command(folders[1].path(), &variables, &[what], "").await;
            assert!(!ended.well && ended.said().contains(words), "{what}: {ended:?}");
        }
    }
    assert!(!folders[1].path().join("secret.key").exists(), "no key of its own is made beside it");
    // Whoever comes first makes the key; one that starts at the same moment with another folder must not make another.
    let empty = Base::postgresql().await;
    let variables = [("DATABASE_URL", empty.url.as_str())];
    let (one, other) = tokio::join!(
        command(folders[1].path(), &variables, &["doctor"], ""),
        command(folders[2].path(), &variables, &["doctor"], "")
    );
    let fits = |said: &str| said.contains("ok   Secret key");
    assert_ne!(fits(&one.out), fits(&other.out), "{one:?} {other:?}");
    let keys = [1, 2].map(|index: usize| folders[index].path().join("secret.key").exists());
    assert_eq!(keys, [fits(&one.out), fits(&other.out)]);
    empty.gone().await;
    base.gone().await;
}

#[tokio::test]
async fn processes_that_start_at_once_on_an_empty_folder_do_not_get_in_each_other_s_way() {
    for round in 0..3 {
        let folder = TempDir::new().unwrap();
        let variables = [("INITIAL_PASSWORD", PASSWORD)];
        let (one, other, migrated, looked) = tokio::join!(
            Running::start(folder.path(), &variables),
            Running::start(folder.path(), &variables),
            command(folder.path(), &[], &["migrate"], ""),
            command(folder.path(), &[], &["doctor"], ""),
        );
        assert!(migrated.well, "{round}: {migrated:?}");
        assert!(looked.out.contains("ok   Database"), "{round}: {looked:?}");
        for running in [one, other] {
            let bearer = running.log_in().await;
            assert_eq!(running.read(&bearer, "/api/v1/keys").await, json!([]));
            running.terminate().await;
            assert_eq!(running.ended().await, 0);
        }
    }
}
