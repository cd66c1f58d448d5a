//! What every test starts from: a real router on loopback with a person, a caller key and endpoints at a scripted
//! provider, made through the management API as a person would make them.

pub(crate) mod client;
pub(crate) mod collector;
pub(crate) mod exposition;
pub(crate) mod log;
pub(crate) mod running;
pub(crate) mod secured;
pub(crate) mod tools;

use crate::scripted::vendor::Vendor;
use crate::scripted::{self, Book, Seen};
use client::{Answer, Client};
use http::Method;
use serde_json::{Value, json};
use server::config::Config;
use server::router::router;
use server::session::password;
use server::state::{App, State};
use server::store::Store;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The person's password in every test.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// How long anything is waited for. Only a hang takes that long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Prefix of the endpoint that speaks OpenAI's chat completions.
pub(crate) const CHAT: &str = "oai";
/// Prefix of the endpoint that speaks Anthropic's messages.
pub(crate) const MESSAGES: &str = "ant";

/// The scripted provider in this process.
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    book: Book,
    _running: JoinSet<()>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let (listener, address) = scripted::listen(0).await.unwrap();
        let (book, mut running) = (Book::default(), JoinSet::new());
        running.spawn(scripted::serve(listener, book.clone()));
        Self { address, book, _running: running }
    }

    /// `http://127.0.0.1:PORT/v1`
    pub(crate) fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// From now on the script `switched` fails, or answers.
    pub(crate) fn switch(&self, down: bool) {
        self.book.switch(down);
    }

    /// What the vendor's sign-in knows, and does.
    pub(crate) fn vendor<T>(&self, with: impl FnOnce(&mut Vendor) -> T) -> T {
        self.book.vendor(with)
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.book.seen()
    }

    /// The only request so far.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "the provider was asked once: {seen:#?}");
        seen.into_iter().next().unwrap()
    }

    /// Waits until the requests so far fit.
    pub(crate) async fn until(&self, fits: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        until("the provider's requests", async || Some(self.seen()).filter(|seen| fits(seen))).await
    }
}

/// Asks again and again until there is something, and fails only when it takes absurdly long.
pub(crate) async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("{what} never came"))
}

/// Boot configuration on a data folder, with more variables.
pub(crate) fn config(folder: &Path, more: &[(&str, &str)]) -> Config {
    let variables = |name: &str| match name {
        "DATA_DIR" => Some(folder.to_str().unwrap().to_owned()),
        _ => more.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
    };
    Config::read(variables).unwrap()
}

/// A running router.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) provider: Arc<Provider>,
    pub(crate) folder: TempDir,
    /// For browsers and coding tools: shows no credential by itself.
    pub(crate) client: Client,
    /// A bearer of the person's.
    pub(crate) bearer: String,
    /// A caller key.
    pub(crate) key: String,
    config: Config,
    stopping: CancellationToken,
    running: JoinSet<()>,
}

impl House {
    /// An empty house: no person yet.
    pub(crate) async fn bare(more: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        Self::on(folder, more, Arc::new(Provider::start().await)).await
    }

    /// On a folder that may hold something already.
    pub(crate) async fn on(folder: TempDir, more: &[(&str, &str)], provider: Arc<Provider>) -> Self {
        log::keep("info");
        // Another test of this process may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = config(folder.path(), more);
        let (app, address, stopping, running) = start(config.clone()).await;
        Self {
            app,
            provider,
            folder,
            client: Client::new(address),
            bearer: String::new(),
            key: String::new(),
            config,
            stopping,
            running,
        }
    }

    /// With a person, a bearer and a caller key.
    pub(crate) async fn open() -> Self {
        Self::furnished(Self::bare(&[]).await).await
    }

    /// The same from a house that was started in a special way.
    pub(crate) async fn furnished(mut house: Self) -> Self {
        let hash = password::hash(PASSWORD.to_owned()).await.unwrap();
        house.app.store.add_person("admin", &hash, 0).await.unwrap();
        house.bearer = house.log_in().await;
        let made = house.made("/api/v1/keys", json!({ "name": "laptop" })).await;
        made["secret"].as_str().unwrap().clone_into(&mut house.key);
        house
    }

    /// With endpoints of both dialects at the scripted provider, an account at each, under these keys.
    pub(crate) async fn with_accounts(keys: &[&str]) -> Self {
        let house = Self::open().await;
        house.endpoints(&house.provider.base()).await;
        for key in keys {
            house.account(CHAT, key).await;
            house.account(MESSAGES, key).await;
        }
        house
    }

    /// Endpoints of both dialects at a base address.
    pub(crate) async fn endpoints(&self, base: &str) {
        for (prefix, dialect) in [(CHAT, "chat"), (MESSAGES, "messages")] {
            let endpoint = json!({
                "name": format!("Scripted {dialect}"), "prefix": prefix, "dialect": dialect, "base_url": base,
                "private_network": true, "models": ["ok", "tool-call", "reasoning"],
            });
            self.made("/api/v1/endpoints", endpoint).await;
        }
    }

    /// An account; gives its id.
    pub(crate) async fn account(&self, provider: &str, key: &str) -> i64 {
        let account = json!({ "provider": provider, "name": format!("account {key}"), "key": key });
        self.made("/api/v1/accounts", account).await["id"].as_i64().unwrap()
    }

    pub(crate) async fn log_in(&self) -> String {
        let answer = self
            .client
            .json(Method::POST, "/api/v1/login", &[], json!({ "name": "admin", "password": PASSWORD }))
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.value()["token"].as_str().unwrap().to_owned()
    }

    /// A call of the management API.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {}", self.bearer);
        self.client.json(method, path, &[("authorization", &bearer)], body).await
    }

    /// A call that must make something.
    pub(crate) async fn made(&self, path: &str, body: Value) -> Value {
        let answer = self.api(Method::POST, path, body).await;
        assert_eq!(answer.status, 201, "{path}: {answer:?}");
        answer.value()
    }

    /// What the management API says.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.api(Method::GET, path, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.value()
    }

    /// Changes some members of the policy.
    pub(crate) async fn policy(&self, change: Value) {
        let mut policy = self.read("/api/v1/settings").await["policy"].clone();
        policy.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = self.api(Method::PUT, "/api/v1/settings/policy", policy).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// A request of a coding tool with the caller key.
    pub(crate) async fn send(
        &self,
        path: &str,
        more: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> Answer {
        let key = format!("Bearer {}", self.key);
        let mut headers = vec![("authorization", key.as_str()), ("content-type", "application/json")];
        headers.extend(more);
        self.client.send(Method::POST, path, &headers, body.into()).await
    }

    /// An ordinary chat request.
    pub(crate) async fn chat(&self, model: &str, stream: bool) -> Answer {
        self.send("/v1/chat/completions", &[], chat_body(&format!("{CHAT}/{model}"), stream)).await
    }

    /// An ordinary messages request.
    pub(crate) async fn messages(&self, model: &str, stream: bool) -> Answer {
        self.send("/v1/messages", &[], messages_body(&format!("{MESSAGES}/{model}"), stream)).await
    }

    /// The requests written down, newest first, as soon as there are so many.
    pub(crate) async fn records(&self, count: usize) -> Vec<Value> {
        until("the usage record", async || {
            let rows = self.read("/api/v1/requests").await["rows"].as_array().unwrap().clone();
            assert!(rows.len() <= count, "one record a request: {rows:#?}");
            (rows.len() == count).then_some(rows)
        })
        .await
    }

    /// The only request written down.
    pub(crate) async fn record(&self) -> Value {
        self.records(1).await.remove(0)
    }

    /// Its page.
    pub(crate) async fn detail(&self, row: &Value) -> Value {
        self.read(&format!("/api/v1/requests/{}", row["id"].as_str().unwrap())).await
    }

    /// An account as the API shows it.
    pub(crate) async fn account_row(&self, id: i64) -> Value {
        let rows = self.read("/api/v1/accounts").await;
        rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
    }

    /// Ends the router as a shutdown does: everything is written.
    pub(crate) async fn stop(self) -> (TempDir, Arc<Provider>) {
        let Self { app, provider, folder, stopping, mut running, .. } = self;
        let (tasks, store) = (app.tasks.clone(), app.store.clone());
        tasks.stop();
        tasks.cut();
        stopping.cancel();
        drop(app);
        while running.join_next().await.is_some() {}
        assert!(tasks.wait(PATIENCE, PATIENCE).await, "background work ends");
        store.close().await.unwrap();
        (folder, provider)
    }

    /// Stops it and starts it again on the same data.
    pub(crate) async fn restarted(self) -> Self {
        let (bearer, key, config) = (self.bearer.clone(), self.key.clone(), self.config.clone());
        let (folder, provider) = self.stop().await;
        let (app, address, stopping, running) = start(config.clone()).await;
        Self { app, provider, folder, client: Client::new(address), bearer, key, config, stopping, running }
    }
}

async fn start(config: Config) -> (App, SocketAddr, CancellationToken, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let store = Store::open(&config).await.unwrap();
    let app = State::build(config, store, address.port()).await.unwrap();
    let service = router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, mut running) = (CancellationToken::new(), JoinSet::new());
    let stopped = stopping.clone().cancelled_owned();
    running
        .spawn(async move { axum::serve(listener, service).with_graceful_shutdown(stopped).await.unwrap() });
    (app, address, stopping, running)
}

/// An ordinary chat request.
pub(crate) fn chat_body(model: &str, stream: bool) -> String {
    let stream = if stream { r#","stream":true"# } else { "" };
    format!(r#"{{"model":"{model}","messages":[{{"role":"user","content":"Hello"}}]{stream}}}"#)
}

/// An ordinary messages request.
pub(crate) fn messages_body(model: &str, stream: bool) -> String {
    let stream = if stream { r#","stream":true"# } else { "" };
    format!(
        r#"{{"model":"{model}","max_tokens":64,"messages":[{{"role":"user","content":"Hello"}}]{stream}}}"#
    )
}
