//! `ninerouter doctor`: looks at everything that commonly goes wrong and says it in words. `ninerouter health`: asks a
//! running Ninerouter whether it is well.

use crate::clock;
use crate::config::Config;
use crate::state::State;
use crate::store::snapshot::Provider;
use crate::store::{News, Store, StoreError};
use crate::upstream::http::get;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LIMIT: Duration = Duration::from_secs(10);
/// A clock before this is certainly wrong: 2026-01-01.
const SENSIBLE: i64 = 1_767_225_600_000;
/// How far the clock may be off before sign-ins and resets go wrong, in ms.
const DRIFT: i64 = 120_000;

/// What one look showed.
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// Whether it is well.
    pub well: bool,
    /// In words.
    pub sentence: String,
}

fn finding(what: &str, result: Result<String, String>) -> Finding {
    let well = result.is_ok();
    Finding { what: what.to_owned(), well, sentence: result.unwrap_or_else(|sentence| sentence) }
}

/// Looks at everything.
pub async fn examine(config: Config) -> Vec<Finding> {
    let mut findings = vec![finding("Port", port(&config).await), finding("Proxy", Ok(proxy(&config)))];
    let store = match Store::open(&config).await {
        Ok(store) => store,
        Err(error) => {
            findings.push(finding("Data", Err(error.to_string())));
            findings.push(finding("Clock", clock_alone()));
            return findings;
        }
    };
    let folder = config.data_dir.display().to_string();
    findings.push(finding("Data folder", Ok(format!("{folder} can be written."))));
    findings.push(finding("Database", Ok(format!("{} is open and up to date.", store.kind()))));
    findings.push(finding("Secret key", Ok("It fits the database.".to_owned())));
    if store.has_replicas() {
        findings.push(finding("Replicas", replicas(&config, &store).await));
    }
    match State::build(config, store, 0).await {
        Ok(app) => {
            let snapshot = app.snapshot();
            let mut stated = None;
            for provider in snapshot.providers().filter(|provider| provider.connected()) {
                let (reached, date) = reach(&app, provider).await;
                findings.push(finding(&provider.spec.name, reached));
                stated = stated.or(date);
            }
            findings.push(finding("Clock", compare_clock(stated)));
        }
        Err(error) => findings.push(finding("Providers", Err(error.to_string()))),
    }
    findings
}

async fn port(config: &Config) -> Result<String, String> {
    let address = config.address();
    match TcpListener::bind(address).await {
        Ok(_) => Ok(format!("{address} is free.")),
        Err(_) if health(config).await.is_ok() => Ok(format!("{address} is served by a running Ninerouter.")),
        Err(error) => {
            Err(format!("{address} cannot be listened on ({error}). Stop the other program or set PORT."))
        }
    }
}

fn proxy(config: &Config) -> String {
    let proxies = [
        ("HTTP_PROXY", &config.proxy.http),
        ("HTTPS_PROXY", &config.proxy.https),
        ("ALL_PROXY", &config.proxy.all),
    ];
    let set: Vec<&str> = proxies.iter().filter(|(_, url)| url.is_some()).map(|(name, _)| *name).collect();
    if set.is_empty() {
        "None is set: providers are called directly.".to_owned()
    } else {
        format!("{} is set.", set.join(", "))
    }
}

/// Whether what one replica changes reaches the others.
async fn replicas(config: &Config, store: &Store) -> Result<String, String> {
    let heard = tokio::time::timeout(LIMIT, async {
        let mut ear = store.listen().await?;
        store.tell(News::Settings).await;
        while !ear.hear().await?.iter().any(|heard| heard.own) {}
        Ok::<(), StoreError>(())
    });
    match heard.await {
        Ok(Ok(())) => {
            let bearers = match config.jwt_secret {
                Some(_) => "the same JWT_SECRET as is set here",
                None => "no JWT_SECRET, as here",
            };
            Ok(format!("They hear of each other's changes. All need this secret key and {bearers}."))
        }
        Ok(Err(error)) => Err(format!("They do not hear of each other's changes. {error}")),
        Err(_) => {
            Err("They do not hear of each other's changes: NOTIFY does not get through. A pooler before \
                       PostgreSQL must work by session, or DATABASE_URL name PostgreSQL itself."
                .to_owned())
        }
    }
}

/// Whether a provider answers at all, and the time its answer states.
async fn reach(app: &State, provider: &Provider) -> (Result<String, String>, Option<i64>) {
    let own = provider.accounts.first().and_then(|account| account.speaks(provider, 0));
    let Some(speaks) = own.or_else(|| provider.speaks.first()) else {
        return (Err("It speaks no wire format that Ninerouter knows yet.".to_owned()), None);
    };
    match get(&app.clients, provider.way(), speaks.url.clone(), None, LIMIT).await {
        Ok(reply) => {
            let date = reply.headers.get(http::header::DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| {
                time::OffsetDateTime::parse(date, &time::format_description::well_known::Rfc2822).ok()
            });
            (Ok("It can be reached.".to_owned()), date.map(|date| date.unix_timestamp() * 1000))
        }
        Err(why) => (Err(format!("It cannot be reached: {why}. Check the network and any proxy.")), None),
    }
}

fn clock_alone() -> Result<String, String> {
    if clock::now().unix_ms > SENSIBLE {
        Ok("It shows a sensible time.".to_owned())
    } else {
        Err("It shows a time long past. Set it, or resets and sign-ins will be wrong.".to_owned())
    }
}

fn compare_clock(stated: Option<i64>) -> Result<String, String> {
    let Some(stated) = stated else { return clock_alone() };
    let drift = clock::now().unix_ms - stated;
    if drift.abs() <= DRIFT {
        return Ok("It agrees with the providers'.".to_owned());
    }
    let direction = if drift > 0 { "ahead of" } else { "behind" };
    Err(format!(
        "It is {} s {direction} the providers'. Set it, or resets and sign-ins will be wrong.",
        drift.abs() / 1000
    ))
}

/// Asks the Ninerouter of this configuration whether it is well.
pub async fn health(config: &Config) -> Result<(), String> {
    let host = if config.host.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { config.host };
    let address = SocketAddr::new(host, config.port);
    let asked = tokio::time::timeout(LIMIT, ask(address)).await;
    match asked {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(format!("{address} answers, but not as a healthy Ninerouter.")),
        Ok(Err(error)) => Err(format!("{address} does not answer: {error}.")),
        Err(_) => Err(format!("{address} did not answer within {} s.", LIMIT.as_secs())),
    }
}

async fn ask(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.starts_with("HTTP/1.1 200") && answer.contains("\"status\":\"ok\""))
}
