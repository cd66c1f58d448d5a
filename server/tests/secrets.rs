//! A secret is where it has to be and nowhere else: not in the log, not in a page, not in an answer, not readable in
//! the files; and a key or database that does not fit is named and left as it is.

use crate::support::client::encoded;
use crate::support::{CHAT, House, MESSAGES, PASSWORD, chat_body, config, log, until};
use http::Method;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use server::accounts::seal::SealError;
use server::config::Config;
use server::store::{Store, StoreError, sqlite_path};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Every file of the data folder but the secret key.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().is_some_and(|name| name != "secret.key") {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

/// Whether these are among the bytes.
pub(crate) fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
}

#[tokio::test]
async fn no_secret_shows_anywhere_after_a_day_s_work() {
    log::keep("trace");
    let mut house = House::bare(&[("ENABLE_REQUEST_LOGS", "true")]).await;
    let token = house.app.setup.url("").split_once("token=").unwrap().1.to_owned();
    let fields = [("token", token.as_str()), ("name", "admin"), ("password", PASSWORD)];
    let cookie = house.client.form("/console/set_up", "", &fields).await.cookie().unwrap();
    house.client.form("/console/log_in", "", &[("name", "admin"), ("password", "wrong-horse-guess")]).await;
    house.bearer = house.log_in().await;
    let key = house.made("/api/v1/keys", json!({ "name": "laptop" })).await;
    key["secret"].as_str().unwrap().clone_into(&mut house.key);
    house.endpoints(&house.provider.base()).await;
    for key in
        ["key-error-401.uncommon-secret-1", "key-hang-up.uncommon-secret-2", "key-good.uncommon-secret-3"]
    {
        let account = json!({ "provider": CHAT, "key": key });
        house.made("/api/v1/accounts", account.clone()).await;
        house.made("/api/v1/accounts", json!({ "provider": MESSAGES, "key": key })).await;
    }
    // Good and bad requests, a prompt nobody should find again, a key in the address.
    let prompt = "the-prompt-nobody-reads";
    let body = |model: &str| chat_body(model, true).replace("Hello", prompt);
    for model in ["ok", "error-400", "cut-mid-stream", "error-mid-stream", "tool-call"] {
        house.send("/v1/chat/completions", &[], body(&format!("{CHAT}/{model}"))).await;
        house.send("/v1/messages", &[], body(&format!("{MESSAGES}/{model}"))).await;
    }
    let path = format!("/v1/messages?key={}", house.key);
    house
        .client
        .send(Method::POST, &path, &[("content-type", "application/json")], body("ant/ok").into())
        .await;
    house.send("/v1/chat/completions", &[], "{\"model\": broken").await;
    house.send("/v1/chat/completions", &[], body("nobody/nothing")).await;
    let rows = house.records(12).await;

    let mut said = String::new();
    let ids: Vec<String> = house
        .read("/api/v1/accounts")
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].to_string())
        .collect();
    for id in &ids {
        said += &house.api(Method::POST, &format!("/api/v1/accounts/{id}/test"), Value::Null).await.text();
    }
    let first = rows[0]["id"].as_str().unwrap();
    let api = [
        "settings",
        "keys",
        "accounts",
        "endpoints",
        "providers",
        "providers/oai",
        "providers/ant",
        "usage",
        "requests",
        "combos",
        "aliases",
    ];
    for path in api
        .iter()
        .map(|name| format!("/api/v1/{name}"))
        .chain(rows.iter().map(|row| format!("/api/v1/requests/{}", row["id"].as_str().unwrap())))
    {
        said += &house.read(&path).await.to_string();
    }
    for page in [
        "/",
        "/providers",
        "/providers/oai",
        "/connect",
        "/requests",
        &format!("/requests/{first}"),
        "/settings",
    ] {
        let answer = house.client.page(page, &cookie).await;
        assert!(answer.status < 400, "{page}: {answer:?}");
        said += &answer.text();
    }
    assert!(
        said.contains("laptop") && said.contains("••••et-3"),
        "the pages do show something, keys by their tails"
    );

    // Sealed values reach the files before the check, not after.
    let folder = house.folder.path().to_owned();
    let database = until("the database", async || {
        let files = files(&folder);
        files.iter().any(|(_, bytes)| holds(bytes, "laptop")).then_some(files)
    })
    .await;
    let log = log::kept();
    assert!(log.contains("attempt failed"), "the log was kept");
    let session = cookie.trim_start_matches("ninerouter=");
    let (bearer, caller) = (house.bearer.as_str(), house.key.as_str());
    for secret in [
        "uncommon-secret-1",
        "uncommon-secret-2",
        "uncommon-secret-3",
        caller,
        PASSWORD,
        "wrong-horse-guess",
        &token,
        bearer,
        prompt,
    ] {
        assert!(!log.contains(secret), "{secret} is in the log: {}", around(&log, secret));
        assert!(!said.contains(secret), "{secret} is in a page or answer: {}", around(&said, secret));
        for (path, bytes) in &database {
            assert!(!holds(bytes, secret), "{secret} is in {}", path.display());
        }
    }
    for secret in [session, "$argon2"] {
        assert!(!log.contains(secret), "{secret} is in the log: {}", around(&log, secret));
        assert!(!said.contains(secret), "{secret} is in a page: {}", around(&said, secret));
    }
}

/// A piece of text around a find, for reading.
fn around(text: &str, found: &str) -> String {
    let at = text.find(found).unwrap_or(0);
    String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(300)..(at + 100).min(text.len())]).into_owned()
}

#[tokio::test]
async fn a_key_is_shown_once_and_by_its_tail_ever_after() {
    let house = House::open().await;
    house.made("/api/v1/accounts", json!({ "provider": "openai", "key": "key-good-0123456789-9f2c" })).await;
    let rows = house.read("/api/v1/accounts").await;
    assert!(rows[0]["masked_key"].as_str().unwrap().ends_with("9f2c"), "{rows}");
    assert!(!rows.to_string().contains("0123456789"));
    let keys = house.read("/api/v1/keys").await;
    assert!(keys[0]["masked"].as_str().unwrap().ends_with(&house.key[house.key.len() - 4..]), "{keys}");
    assert!(!keys.to_string().contains(&house.key) && house.key.len() > 40, "{keys}");
    let again = house.client.send(Method::GET, "/api/v1/keys", &[], encoded(&[])).await;
    assert_eq!(again.status, 401);
}

#[tokio::test]
async fn the_key_and_the_data_are_for_their_owner_alone() {
    let house = House::open().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let key = house.folder.path().join("secret.key");
    assert_eq!(mode(&key), 0o600);
    assert_eq!(fs::read_to_string(&key).unwrap().trim().len(), 64);
    assert_eq!(mode(&house.folder.path().join("db")), 0o700);
}

/// A store with one sealed account, closed.
async fn sealed() -> (TempDir, Config) {
    let folder = TempDir::new().unwrap();
    let config = config(folder.path(), &[]);
    let store = Store::open(&config).await.unwrap();
    store.add_account("openai", "work", Some(&"sk-proj-1".to_owned().into()), 0).await.unwrap();
    store.close().await.unwrap();
    (folder, config)
}

async fn opens_unharmed(config: &Config) {
    let store = Store::open(config).await.unwrap();
    let accounts = store.accounts().await.unwrap();
    assert_eq!(accounts[0].key.as_ref().unwrap().reveal(), "sk-proj-1");
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_wrong_or_lost_secret_key_is_named_and_nothing_is_changed() {
    let (folder, good) = sealed().await;
    let key = folder.path().join("secret.key");
    let text = fs::read_to_string(&key).unwrap();

    fs::write(&key, "ab".repeat(32)).unwrap();
    let error = Store::open(&good).await.unwrap_err();
    assert!(matches!(error, StoreError::Seal(SealError::Wrong)), "{error}");
    assert!(error.to_string().contains("does not fit this database"), "{error}");
    assert_eq!(fs::read_to_string(&key).unwrap(), "ab".repeat(32), "nothing is overwritten");

    fs::write(&key, "not a key").unwrap();
    let error = Store::open(&good).await.unwrap_err();
    assert!(matches!(error, StoreError::Seal(SealError::Unusable(..))), "{error}");
    assert!(!error.to_string().contains("not a key"), "what the file holds is not repeated: {error}");

    fs::remove_file(&key).unwrap();
    let error = Store::open(&good).await.unwrap_err();
    assert!(matches!(error, StoreError::Seal(SealError::Lost(_))), "{error}");
    assert!(error.to_string().contains("secret.key"), "{error}");
    assert!(!key.exists(), "no new key is made for a database that has one");

    let other = config(folder.path(), &[("NINEROUTER_SECRET_KEY", &"cd".repeat(32))]);
    assert!(matches!(Store::open(&other).await.unwrap_err(), StoreError::Seal(SealError::Wrong)));
    let bad = config(folder.path(), &[("NINEROUTER_SECRET_KEY", "short")]);
    assert!(matches!(Store::open(&bad).await.unwrap_err(), StoreError::Seal(SealError::BadVariable)));

    let by_variable = config(folder.path(), &[("NINEROUTER_SECRET_KEY", text.trim())]);
    opens_unharmed(&by_variable).await;
    fs::write(&key, text).unwrap();
    opens_unharmed(&good).await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_named_and_nothing_is_changed() {
    let (folder, config) = sealed().await;
    let url = format!("sqlite://{}", sqlite_path(folder.path()).display());
    let run = async |sql: &str| {
        let db = Database::connect(url.as_str()).await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    };
    run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_future', 0)").await;
    let error = Store::open(&config).await.unwrap_err();
    assert!(matches!(&error, StoreError::Newer(step) if step == "m29990101_000001_future"), "{error}");
    assert!(error.to_string().contains("newer Ninerouter"), "{error}");
    let error = Store::migrate(&config, Some(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer(_)), "nor is it rolled back: {error}");
    run("DELETE FROM seaql_migrations WHERE version = 'm29990101_000001_future'").await;
    opens_unharmed(&config).await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "mine").unwrap();
    for path in [file.clone(), file.join("below"), PathBuf::from("/proc/ninerouter")] {
        let error = Store::open(&config(&path, &[])).await.unwrap_err();
        assert!(matches!(error, StoreError::Folder(..)), "{error}");
        let said = error.to_string();
        assert!(said.contains(path.to_str().unwrap()) && said.contains("DATA_DIR"), "{said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[tokio::test]
async fn a_sealed_value_moved_to_another_row_does_not_open() {
    let (folder, config) = sealed().await;
    let store = Store::open(&config).await.unwrap();
    store.add_account("openai", "other", Some(&"sk-proj-2".to_owned().into()), 0).await.unwrap();
    store.close().await.unwrap();
    let db = Database::connect(format!("sqlite://{}", sqlite_path(folder.path()).display())).await.unwrap();
    let sql = "UPDATE accounts SET sealed_key = (SELECT sealed_key FROM accounts WHERE name = 'work') WHERE name = 'other'";
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
    let store = Store::open(&config).await.unwrap();
    let error = store.accounts().await.unwrap_err();
    assert!(matches!(error, StoreError::Seal(SealError::Damaged)), "{error}");
}
