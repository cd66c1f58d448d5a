//! The program itself, started and stopped as a person does.

use super::client::{Answer, Client};
use super::{CHAT, PASSWORD, PATIENCE, Provider, chat_body, until};
use http::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinSet;

/// Ninerouter on a data folder, with these variables and none of ours.
pub(crate) fn ninerouter(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninerouter"));
    command.env_clear().env("DATA_DIR", folder).env("HOME", folder).env("PORT", "0");
    command.envs(variables.iter().copied()).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
pub(crate) async fn ends(command: &mut Command) -> Output {
    tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends by itself").unwrap()
}

/// What a command of the program came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) well: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// All that a person at the console sees.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Runs one command of the program, with this text piped into it.
pub(crate) async fn command(folder: &Path, variables: &[(&str, &str)], words: &[&str], piped: &str) -> Ended {
    let mut child = ninerouter(folder, variables).args(words).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A command that does not read may be gone already.
    let _ = input.write_all(piped.as_bytes()).await;
    drop(input);
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ended = Ended { well: output.status.success(), out: text(output.stdout), err: text(output.stderr) };
    assert!(output.status.code().is_some_and(|code| code <= 2), "no crash: {ended:?}");
    assert!(!ended.err.contains("panicked"), "{ended:?}");
    ended
}

/// A running Ninerouter.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) lines: Lines<BufReader<ChildStdout>>,
    pub(crate) client: Client,
    log: Arc<Mutex<String>>,
    _reading: JoinSet<()>,
}

impl Running {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut child = ninerouter(folder, variables).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let (log, mut reading) = (Arc::new(Mutex::new(String::new())), JoinSet::new());
        let kept = Arc::clone(&log);
        reading.spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                println!("{line}");
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let ready = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("it says where it is");
                if let Some((_, url)) = line.split_once("ready at http://") {
                    return url.trim().parse().unwrap();
                }
            }
        };
        let address = tokio::time::timeout(PATIENCE, ready).await.expect("it starts");
        Self { child, lines, client: Client::new(address), log, _reading: reading }
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The token of the link that it prints at the first start.
    pub(crate) async fn setup_token(&mut self) -> String {
        loop {
            let line = self.lines.next_line().await.unwrap().expect("a link");
            if let Some((_, token)) = line.split_once("/setup?token=") {
                return token.trim().to_owned();
            }
        }
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    }

    /// Waits for its end; gives the exit code.
    pub(crate) async fn ended(mut self) -> i32 {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops").unwrap();
        status.code().expect("by itself")
    }

    /// A call of the management API.
    pub(crate) async fn call(&self, method: Method, bearer: &str, path: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {bearer}");
        self.client.json(method, path, &[("authorization", &bearer)], body).await
    }

    /// A call of the management API that must make something.
    pub(crate) async fn api(&self, bearer: &str, path: &str, body: Value) -> Value {
        let answer = self.call(Method::POST, bearer, path, body).await;
        assert!(answer.status < 300, "{path}: {answer:?}");
        answer.value()
    }

    /// What the management API says.
    pub(crate) async fn read(&self, bearer: &str, path: &str) -> Value {
        let answer = self.call(Method::GET, bearer, path, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.value()
    }

    /// A bearer of the person made by INITIAL_PASSWORD.
    pub(crate) async fn log_in(&self) -> String {
        let login = self.api("", "/api/v1/login", json!({ "password": PASSWORD })).await;
        login["token"].as_str().unwrap().to_owned()
    }

    /// An endpoint for chat at the scripted provider; gives the ids of its accounts, one for each of these keys.
    pub(crate) async fn endpoint(&self, bearer: &str, base: &str, keys: &[&str]) -> Vec<i64> {
        let endpoint = json!({
            "name": "Scripted", "prefix": CHAT, "dialect": "chat", "base_url": base, "private_network": true,
            "models": ["ok"],
        });
        self.api(bearer, "/api/v1/endpoints", endpoint).await;
        let mut accounts = Vec::new();
        for (number, key) in (1..).zip(keys) {
            let account = json!({ "provider": CHAT, "name": format!("account {number}"), "key": key });
            accounts.push(self.api(bearer, "/api/v1/accounts", account).await["id"].as_i64().unwrap());
        }
        accounts
    }

    /// A caller key.
    pub(crate) async fn key(&self, bearer: &str, name: &str) -> Value {
        self.api(bearer, "/api/v1/keys", json!({ "name": name })).await
    }

    /// An ordinary chat request.
    pub(crate) async fn chat(&self, key: &str, model: &str, stream: bool) -> Answer {
        let headers = [("x-api-key", key), ("content-type", "application/json")];
        let body = chat_body(model, stream).into();
        self.client.send(Method::POST, "/v1/chat/completions", &headers, body).await
    }

    /// An ordinary request of a running program that is set up from nothing: with its bearer and caller key.
    pub(crate) async fn furnished(
        folder: &Path,
        more: &[(&str, &str)],
        provider: &Provider,
    ) -> (Self, String, String) {
        let mut variables = vec![("INITIAL_PASSWORD", PASSWORD)];
        variables.extend(more);
        let running = Self::start(folder, &variables).await;
        let bearer = running.log_in().await;
        running.endpoint(&bearer, &provider.base(), &["key-one"]).await;
        let key = running.key(&bearer, "laptop").await["secret"].as_str().unwrap().to_owned();
        (running, bearer, key)
    }

    /// Waits until a request is answered so.
    pub(crate) async fn until_status(&self, key: &str, model: &str, status: u16) {
        until("another answer", async || (self.chat(key, model, false).await.status == status).then_some(()))
            .await;
    }
}
