//! The commands beside `serve`, as a person at the console uses them.

use crate::support::running::{Running, command};
use crate::support::{PASSWORD, Provider, config};
use http::Method;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use server::store::{Store, sqlite_path};
use std::path::Path;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

async fn log_in(running: &Running, password: &str) -> u16 {
    running.call(Method::POST, "", "/api/v1/login", json!({ "password": password })).await.status
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_while_it_runs_and_everyone_is_signed_out() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), &[("INITIAL_PASSWORD", PASSWORD)]).await;
    let bearer = running.log_in().await;
    let form = [("name", "admin"), ("password", PASSWORD)];
    let cookie = running.client.form("/console/log_in", "", &form).await.cookie().unwrap();

    let short = command(folder.path(), &[], &["reset-password"], "1234567\n").await;
    assert!(!short.well && short.err.contains("at least 8 characters"), "{short:?}");
    assert!(!short.said().contains("1234567"), "{short:?}");
    let nobody =
        command(folder.path(), &[], &["reset-password", "--name", "bob"], "a new passphrase\n").await;
    assert!(!nobody.well && nobody.err.contains("There is no person called \"bob\"."), "{nobody:?}");
    assert_eq!(
        running.call(Method::GET, &bearer, "/api/v1/keys", Value::Null).await.status,
        200,
        "still signed in"
    );

    let piped = command(folder.path(), &[], &["reset-password"], "a new passphrase\n").await;
    assert!(piped.well, "{piped:?}");
    assert_eq!(piped.out, "admin has the new password and is signed out everywhere.\n");
    assert_eq!(running.call(Method::GET, &bearer, "/api/v1/keys", Value::Null).await.status, 401);
    assert_eq!(running.client.page("/", &cookie).await.header("location"), "/login");
    assert_eq!((log_in(&running, PASSWORD).await, log_in(&running, "a new passphrase").await), (401, 200));

    let made_up = command(folder.path(), &[], &["reset-password", "--name", "admin"], "").await;
    let new = made_up.out.trim_end().strip_prefix("The new password of admin is: ").unwrap();
    assert_eq!(new.len(), 20, "{made_up:?}");
    assert_eq!((log_in(&running, "a new passphrase").await, log_in(&running, new).await), (401, 200));
    assert!(
        !running.log().contains(new) && !made_up.err.contains(new),
        "it is shown on standard output only"
    );
}

#[tokio::test]
async fn reset_password_says_whose_when_that_is_not_clear() {
    let folder = TempDir::new().unwrap();
    let nobody = command(folder.path(), &[], &["reset-password"], "").await;
    assert!(!nobody.well && nobody.err.contains("There is no person yet: start Ninerouter"), "{nobody:?}");
    let store = Store::open(&config(folder.path(), &[])).await.unwrap();
    for name in ["ada", "bob"] {
        store.add_person(name, "hash", 0).await.unwrap();
    }
    let several = command(folder.path(), &[], &["reset-password"], "a new passphrase\n").await;
    assert!(!several.well && several.err.contains("say whose with --name"), "{several:?}");
    let bob = command(folder.path(), &[], &["reset-password", "--name", "bob"], "a new passphrase\n").await;
    assert!(bob.well && bob.out.starts_with("bob has the new password"), "{bob:?}");
    assert_eq!(store.person_named("ada").await.unwrap().unwrap().password_hash, "hash");
}

#[tokio::test]
async fn the_database_goes_up_down_and_up_without_starting() {
    let folder = TempDir::new().unwrap();
    let tables = async || {
        let db =
            Database::connect(format!("sqlite://{}", sqlite_path(folder.path()).display())).await.unwrap();
        let there =
            async |table: &str| db.execute_unprepared(&format!("SELECT count(*) FROM {table}")).await.is_ok();
        let found = (there("people").await, there("requests").await);
        db.close().await.unwrap();
        found
    };
    let up = command(folder.path(), &[], &["migrate"], "").await;
    assert!(up.well && up.out == "The database is where you wanted it.\n", "{up:?}");
    assert_eq!(tables().await, (true, true));
    assert!(command(folder.path(), &[], &["migrate"], "").await.well, "twice is as good as once");
    let down = command(folder.path(), &[], &["migrate", "--down", "14"], "").await;
    assert!(down.well, "{down:?}");
    assert_eq!(tables().await, (true, false), "only the newest steps");
    assert!(command(folder.path(), &[], &["migrate", "--down", "99"], "").await.well);
    assert_eq!(tables().await, (false, false));
    let bad = command(folder.path(), &[], &["migrate", "--down", "many"], "").await;
    assert!(!bad.well && bad.err.contains("--down"), "{bad:?}");
    let running = Running::start(folder.path(), &[("INITIAL_PASSWORD", PASSWORD)]).await;
    assert_eq!(log_in(&running, PASSWORD).await, 200, "a start brings it up by itself");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone_by_every_command() {
    let folder = TempDir::new().unwrap();
    assert!(command(folder.path(), &[], &["migrate"], "").await.well);
    let db = Database::connect(format!("sqlite://{}", sqlite_path(folder.path()).display())).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_future', 0)";
    db.execute_unprepared(newer).await.unwrap();
    db.close().await.unwrap();
    for words in [&["serve"][..], &["migrate"], &["migrate", "--down", "1"], &["reset-password"], &["doctor"]]
    {
        let ended = command(folder.path(), &[], words, "").await;
        assert!(
            !ended.well && ended.said().contains("written by a newer Ninerouter"),
            "{words:?}: {ended:?}"
        );
        assert!(ended.said().contains("m20991231_000001_future"), "{words:?}: {ended:?}");
    }
}

/// Adds an endpoint at this address, with an account.
async fn endpoint(folder: &Path, base: &str) {
    let running = Running::start(folder, &[("INITIAL_PASSWORD", PASSWORD)]).await;
    let bearer = running.log_in().await;
    running.endpoint(&bearer, base, &["key-one"]).await;
    running.terminate().await;
    assert_eq!(running.ended().await, 0);
}

#[tokio::test]
async fn doctor_is_content_with_a_healthy_installation() {
    let (folder, provider) = (TempDir::new().unwrap(), Provider::start().await);
    endpoint(folder.path(), &provider.base()).await;
    let proxy = [("HTTPS_PROXY", "http://ada:hunter-two@127.0.0.1:1")];
    let ended = command(folder.path(), &proxy, &["doctor"], "").await;
    assert!(ended.well, "{ended:?}");
    for line in [
        "ok   Port: 127.0.0.1:0 is free.",
        "ok   Proxy: HTTPS_PROXY is set.",
        "ok   Database: SQLite is open and up to date.",
        "ok   Secret key: It fits the database.",
        "ok   Scripted: It can be reached.",
        "ok   Clock: ",
    ] {
        assert!(ended.out.contains(line), "{line} {ended:?}");
    }
    assert!(!ended.said().contains("hunter") && !ended.out.contains("BAD"), "{ended:?}");
    assert!(!ended.out.contains("Replicas"), "SQLite has none");
    assert!(
        provider.seen().iter().all(|seen| seen.header("authorization").is_none()),
        "no key is shown for that"
    );
}

#[tokio::test]
async fn doctor_names_what_is_wrong() {
    let (folder, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    endpoint(folder.path(), &format!("http://{closed}/v1")).await;
    let port = taken.local_addr().unwrap().port().to_string();
    let bad = async |folder: &Path, variables: &[(&str, &str)], line: &str| {
        let ended = command(folder, variables, &["doctor"], "").await;
        assert!(!ended.well && ended.out.contains(line), "{line} {ended:?}");
    };
    // Its listener must answer the question whether it is a Ninerouter, or doctor waits for it.
    let mut silent = JoinSet::new();
    silent.spawn(async move { while taken.accept().await.is_ok() {} });
    bad(folder.path(), &[("PORT", &port)], "BAD  Port: 127.0.0.1:").await;
    drop(silent);
    bad(folder.path(), &[], "BAD  Scripted: It cannot be reached: no connection to 127.0.0.1").await;
    let other = ("NINEROUTER_SECRET_KEY", "00".repeat(32));
    bad(folder.path(), &[(other.0, &other.1)], "BAD  Data: The secret key does not fit this database").await;
    let file = elsewhere.path().join("file");
    std::fs::write(&file, "").unwrap();
    bad(&file, &[("HOME", "/")], "BAD  Data: The data folder").await;
    bad(
        elsewhere.path(),
        &[("DATABASE_URL", &format!("postgres://ada:hunter-two@{closed}/x"))],
        "BAD  Data: The database could not be opened",
    )
    .await;

    std::fs::write(folder.path().join("secret.key"), "not a key").unwrap();
    bad(folder.path(), &[], "does not hold 64 hexadecimal digits").await;
    std::fs::remove_file(folder.path().join("secret.key")).unwrap();
    bad(folder.path(), &[], "their key").await;
    assert!(!folder.path().join("secret.key").exists(), "no new key is made in place of a lost one");
    let database = sqlite_path(folder.path());
    std::fs::write(&database, "this is no database, and must not become one").unwrap();
    // What SQLite wrote beside it would make it one again.
    for beside in ["-wal", "-shm"] {
        let path = format!("{}{beside}", database.display());
        if Path::new(&path).exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
    bad(folder.path(), &[], "BAD  Data: The database could not be opened").await;
    assert!(std::fs::read_to_string(&database).unwrap().starts_with("this is no database"));
}

#[tokio::test]
async fn health_is_an_exit_code() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), &[("INITIAL_PASSWORD", PASSWORD)]).await;
    let port = running.client.address.port().to_string();
    for host in ["127.0.0.1", "0.0.0.0"] {
        let well = command(folder.path(), &[("PORT", &port), ("HOST", host)], &["health"], "").await;
        assert!(well.well && well.said().is_empty(), "{host}: {well:?}");
    }
    let served = command(folder.path(), &[("PORT", &port)], &["doctor"], "").await;
    assert!(served.well && served.out.contains("is served by a running Ninerouter"), "{served:?}");
    running.terminate().await;
    assert_eq!(running.ended().await, 0);
    let gone = command(folder.path(), &[("PORT", &port)], &["health"], "").await;
    assert!(!gone.well && gone.err.contains("does not answer"), "{gone:?}");
    let port = Provider::start().await;
    let other = port.address.port().to_string();
    let other = command(folder.path(), &[("PORT", &other)], &["health"], "").await;
    assert!(!other.well && other.err.contains("answers, but not as a healthy Ninerouter"), "{other:?}");
}

#[tokio::test]
async fn config_reads_the_file_and_refuses_what_it_does_not_understand() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("ninerouter.toml");
    let path = file.to_str().unwrap();
    let with = async |text: &str, more: &[(&str, &str)]| {
        std::fs::write(&file, text).unwrap();
        let mut variables = vec![("NINEROUTER_CONFIG", path)];
        variables.extend(more);
        command(folder.path(), &variables, &["config"], "").await
    };
    let read =
        with("host = \"::1\"\njwt_secret = \"hunter-two\"\ndrain_seconds = 5\n", &[("DRAIN_SECONDS", "7")])
            .await;
    assert!(
        read.well && read.out.contains("HOST=::1\n") && read.out.contains("JWT_SECRET=(set)\n"),
        "{read:?}"
    );
    assert!(read.out.contains("DRAIN_SECONDS=7\n"), "the environment wins: {read:?}");
    for (text, words) in [
        ("prot = 1", "\"prot\" is no setting"),
        ("jwt_secret = hunter-two", "it is not TOML"),
        ("host = \"nowhere\"", "HOST is set to \"nowhere\", which is not an IP address"),
        (
            "require_api_key = \"perhaps\"",
            "REQUIRE_API_KEY is set to \"perhaps\", which is not true or false",
        ),
        ("trusted_proxies = [\"10.0.0.0/99\"]", "TRUSTED_PROXIES"),
        ("drain_seconds = -1", "DRAIN_SECONDS"),
    ] {
        let refused = with(text, &[]).await;
        assert!(!refused.well && refused.err.contains(words), "{text}: {refused:?}");
        assert!(refused.out.is_empty() && !refused.said().contains("hunter"), "{refused:?}");
    }
    let missing = command(folder.path(), &[("NINEROUTER_CONFIG", "/no/such/file")], &["config"], "").await;
    assert!(!missing.well && missing.err.contains("could not be read"), "{missing:?}");
    let filter = command(folder.path(), &[("NINEROUTER_LOG", "server=loud")], &["health"], "").await;
    assert!(!filter.well && filter.err.contains("which is no log filter"), "{filter:?}");
    let unknown = command(folder.path(), &[], &["start"], "").await;
    assert!(!unknown.well && unknown.err.contains("unrecognized subcommand"), "{unknown:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "none of these makes anything");
}
