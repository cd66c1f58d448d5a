//! The program itself, started and stopped as a person does.

use crate::scripted::bodies::WORDS;
use crate::support::client::Client;
use crate::support::{CHAT, PASSWORD, PATIENCE, Provider, chat_body, config};
use app::api::requests::{Outcome, RequestFilter};
use http::Method;
use serde_json::{Value, json};
use server::store::Store;
use std::path::Path;
use std::process::{Output, Stdio};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Ninerouter on a data folder, with these variables and none of ours.
fn ninerouter(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninerouter"));
    command.env_clear().env("DATA_DIR", folder).env("HOME", folder).env("PORT", "0");
    command.envs(variables.iter().copied()).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn ends(command: &mut Command) -> Output {
    tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends by itself").unwrap()
}

struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    client: Client,
}

impl Running {
    async fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut child = ninerouter(folder, variables).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("it says where it is");
                if let Some((_, url)) = line.split_once("ready at http://") {
                    return url.trim().parse().unwrap();
                }
            }
        };
        let address = tokio::time::timeout(PATIENCE, ready).await.expect("it starts");
        Self { child, lines, client: Client::new(address) }
    }

    /// Asks it to stop, as a service manager does.
    async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    }

    async fn ended(mut self) -> i32 {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops").unwrap();
        status.code().expect("by itself")
    }

    async fn api(&self, bearer: &str, path: &str, body: Value) -> Value {
        let bearer = format!("Bearer {bearer}");
        let answer = self.client.json(Method::POST, path, &[("authorization", &bearer)], body).await;
        assert!(answer.status < 300, "{path}: {answer:?}");
        answer.value()
    }
}

#[tokio::test]
async fn open_streams_end_and_all_usage_is_written_before_it_stops() {
    let (folder, provider) = (TempDir::new().unwrap(), Provider::start().await);
    let running = Running::start(folder.path(), &[("INITIAL_PASSWORD", PASSWORD)]).await;
    let login = running.api("", "/api/v1/login", json!({ "password": PASSWORD })).await;
    let bearer = login["token"].as_str().unwrap().to_owned();
    let endpoint = json!({
        "name": "Scripted", "prefix": CHAT, "dialect": "chat", "base_url": provider.base(), "private_network": true, "models": "ok",
    });
    running.api(&bearer, "/api/v1/endpoints", endpoint).await;
    running.api(&bearer, "/api/v1/accounts", json!({ "provider": CHAT, "key": "key-one" })).await;
    let key = running.api(&bearer, "/api/v1/keys", json!({ "name": "laptop" })).await;
    let key = key["secret"].as_str().unwrap().to_owned();

    let headers = [("x-api-key", key.as_str()), ("content-type", "application/json")];
    let ask = |model: &str| {
        let body = chat_body(&format!("{CHAT}/{model}"), true).into();
        running.client.send(Method::POST, "/v1/chat/completions", &headers, body)
    };
    for _ in 0..5 {
        assert_eq!(ask("ok").await.status, 200);
    }
    let stopping = async {
        provider.until(|seen| seen.len() == 6).await;
        running.terminate().await;
    };
    let (streamed, ()) = tokio::join!(ask("slow-tokens"), stopping);
    assert!(streamed.text().ends_with("data: [DONE]\n\n"), "the stream under way ended well: {streamed:?}");
    assert!(streamed.text().contains(WORDS[3]));
    assert_eq!(running.ended().await, 0);

    let store = Store::open(&config(folder.path(), &[])).await.unwrap();
    let records = store.requests(&RequestFilter::default(), 100).await.unwrap();
    assert_eq!(records.len(), 6, "every request is written down");
    assert!(
        records.iter().all(|one| one.outcome == Outcome::Answered && one.usage.is_some()),
        "{records:#?}"
    );
}

#[tokio::test]
async fn the_first_start_prints_a_link_that_lets_its_reader_in() {
    let folder = TempDir::new().unwrap();
    let mut running = Running::start(folder.path(), &[]).await;
    let mut link = String::new();
    while !link.contains("/setup?token=") {
        link = running.lines.next_line().await.unwrap().expect("a link");
    }
    let token = link.split_once("token=").unwrap().1.trim();
    let fields = [("token", token), ("name", "ada"), ("password", PASSWORD)];
    let answer = running.client.form("/console/set_up", "", &fields).await;
    assert!(answer.status < 400 && answer.cookie().is_some(), "{answer:?}");
    running.terminate().await;
    assert_eq!(running.ended().await, 0);

    let mut again = Running::start(folder.path(), &[]).await;
    again.terminate().await;
    let mut more = String::new();
    while let Some(line) = again.lines.next_line().await.unwrap() {
        more += &line;
    }
    assert!(!more.contains("/setup"), "no link is printed once there is a person: {more}");
    assert_eq!(again.ended().await, 0);
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_said_in_a_sentence() {
    let folder = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for (variables, words) in [
        (vec![("PORT", port.as_str())], "is in use"),
        (vec![("HOST", "0.0.0.0")], "INITIAL_PASSWORD"),
        (vec![("PORT", "many")], "PORT is set to"),
        (vec![("HOST", "0.0.0.0"), ("INITIAL_PASSWORD", "qwe")], "INITIAL_PASSWORD cannot be used"),
        (vec![("DATA_DIR", file.to_str().unwrap())], "cannot be written"),
        (vec![("BASE_URL", "router")], "BASE_URL"),
    ] {
        let output = ends(&mut ninerouter(folder.path(), &variables)).await;
        let said =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success(), "{variables:?}: {said}");
        assert!(said.contains(words), "{variables:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
        assert!(!said.contains("qwe"), "a password is never printed: {said}");
    }
}

#[tokio::test]
async fn its_configuration_is_printed_without_secrets() {
    let folder = TempDir::new().unwrap();
    let secrets = [
        ("INITIAL_PASSWORD", "hunter-one"),
        ("JWT_SECRET", "hunter-two"),
        ("DATABASE_URL", "postgres://a:hunter-three@db/x"),
        ("HTTPS_PROXY", "http://a:hunter-four@proxy:3128"),
    ];
    let output = ends(ninerouter(folder.path(), &secrets).arg("config")).await;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("DATA_DIR=") && said.contains("(set)"), "{said}");
    assert!(!said.contains("hunter"), "{said}");
    let version = ends(ninerouter(folder.path(), &[]).arg("--version")).await;
    assert!(String::from_utf8_lossy(&version.stdout).contains(env!("CARGO_PKG_VERSION")));
}
