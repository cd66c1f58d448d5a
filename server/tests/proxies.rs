//! Providers behind an outbound proxy.

use crate::support::running::{Running, command};
use crate::support::secured::{AUTHORITY, Secured};
use crate::support::{CHAT, PASSWORD, Provider};
use http::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A proxy that forwards `http` requests and tunnels `CONNECT`, and keeps what it was told.
struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    _running: JoinSet<()>,
}

impl Proxy {
    /// `refusal` is what every request gets instead; empty for none.
    async fn start(refusal: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heads, mut running) = (Arc::new(Mutex::new(Vec::new())), JoinSet::new());
        let kept = Arc::clone(&heads);
        running.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let kept = Arc::clone(&kept);
                connections.spawn(async move {
                    // Either side may leave at any time.
                    let _ = pass(socket, &kept, refusal).await;
                });
            }
        });
        Self { address, heads, _running: running }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(mut client: TcpStream, heads: &Mutex<Vec<String>>, refusal: &str) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    heads.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
    if !refusal.is_empty() {
        return client.write_all(refusal.as_bytes()).await;
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut server = if method == "CONNECT" {
        let server = TcpStream::connect(target).await?;
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
        server
    } else {
        let url = url::Url::parse(target).expect("a proxy is told the whole address");
        let mut server = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await?;
        server.write_all(&bytes).await?;
        server
    };
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

async fn running(folder: &TempDir, variables: &[(&str, &str)], base: &str) -> (Running, String) {
    let mut all =
        vec![("INITIAL_PASSWORD", PASSWORD), ("SSL_CERT_FILE", AUTHORITY), ("NINEROUTER_LOG", "trace")];
    all.extend(variables);
    let running = Running::start(folder.path(), &all).await;
    let bearer = running.log_in().await;
    running.endpoint(&bearer, base, &["key-one"]).await;
    let key = running.key(&bearer, "laptop").await["secret"].as_str().unwrap().to_owned();
    (running, key)
}

/// `ada:hunter-two`
const BASIC: &str = "YWRhOmh1bnRlci10d28=";

fn assert_silent(log: &str) {
    assert!(log.contains("TRACE"), "everything is logged");
    for secret in ["hunter-two", BASIC, "key-one"] {
        assert!(!log.contains(secret), "{:#?}", log.lines().find(|line| line.contains(secret)));
    }
}

#[tokio::test]
async fn an_http_provider_is_asked_through_the_proxy_that_is_set_for_it() {
    let (provider, proxy) = (Provider::start().await, Proxy::start("").await);
    let url = format!("http://ada:hunter-two@{}", proxy.address);
    for name in ["HTTP_PROXY", "ALL_PROXY", "http_proxy"] {
        let (folder, earlier) = (TempDir::new().unwrap(), proxy.heads().len());
        let (running, key) = running(&folder, &[(name, &url)], &provider.base()).await;
        let answer = running.chat(&key, &format!("{CHAT}/ok"), true).await;
        assert!(answer.text().ends_with("data: [DONE]\n\n"), "{name}: {answer:?}");
        let heads = proxy.heads().split_off(earlier);
        assert_eq!(heads.len(), 1, "{name}: {heads:#?}");
        assert!(
            heads[0].starts_with(&format!("POST {}/chat/completions HTTP/1.1\r\n", provider.base())),
            "{heads:#?}"
        );
        assert!(heads[0].contains(&format!("proxy-authorization: Basic {BASIC}")), "{heads:#?}");
        assert_silent(&running.log());
    }
    assert_eq!(provider.seen().len(), 3);
}

#[tokio::test]
async fn an_https_provider_is_asked_through_a_tunnel_that_the_proxy_cannot_look_into() {
    let (provider, proxy) = (Secured::start(&["h2", "http/1.1"]).await, Proxy::start("").await);
    let url = format!("http://ada:hunter-two@{}", proxy.address);
    for name in ["HTTPS_PROXY", "ALL_PROXY"] {
        let (folder, earlier) = (TempDir::new().unwrap(), proxy.heads().len());
        let (running, key) = running(&folder, &[(name, &url)], &provider.base()).await;
        assert_eq!(running.chat(&key, &format!("{CHAT}/ok"), false).await.status, 200, "{name}");
        let heads = proxy.heads().split_off(earlier);
        assert_eq!(heads.len(), 1, "{name}: {heads:#?}");
        assert!(heads[0].starts_with(&format!("CONNECT {} HTTP/1.1\r\n", provider.address)), "{heads:#?}");
        assert!(heads[0].contains(&format!("Basic {BASIC}")) && !heads[0].contains("key-one"), "{heads:#?}");
        assert!(provider.seen().iter().all(|seen| seen.header("proxy-authorization").is_none()));
        assert_silent(&running.log());
    }
    assert_eq!(provider.versions().len(), 2);
}

#[tokio::test]
async fn a_proxy_for_the_other_scheme_and_hosts_without_one_are_left_alone() {
    let (provider, proxy) = (Provider::start().await, Proxy::start("").await);
    let url = format!("http://{}", proxy.address);
    for variables in [
        [("HTTPS_PROXY", url.as_str()), ("NO_PROXY", "")],
        [("ALL_PROXY", &url), ("NO_PROXY", "llm.example.com,127.0.0.1")],
        [("HTTP_PROXY", &url), ("NO_PROXY", "127.0.0.0/8")],
        [("HTTP_PROXY", &url), ("no_proxy", "*")],
    ] {
        let folder = TempDir::new().unwrap();
        let (running, key) = running(&folder, &variables, &provider.base()).await;
        assert_eq!(running.chat(&key, &format!("{CHAT}/ok"), false).await.status, 200, "{variables:?}");
        assert_eq!(proxy.heads(), [""; 0], "{variables:?}");
    }
    let folder = TempDir::new().unwrap();
    let other = [("HTTP_PROXY", url.as_str()), ("NO_PROXY", "llm.example.com,10.0.0.0/8")];
    let (running, key) = running(&folder, &other, &provider.base()).await;
    assert_eq!(running.chat(&key, &format!("{CHAT}/ok"), false).await.status, 200);
    assert_eq!(proxy.heads().len(), 1, "only the hosts that are named");
}

#[tokio::test]
async fn a_proxy_that_does_not_let_us_through_is_said_without_its_password() {
    let provider = Secured::start(&["h2"]).await;
    let refusing =
        Proxy::start("HTTP/1.1 407 Proxy Authentication Required\r\nconnection: close\r\n\r\n").await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for address in [refusing.address, gone] {
        let (folder, url) = (TempDir::new().unwrap(), format!("http://ada:hunter-two@{address}"));
        let (running, key) = running(&folder, &[("HTTPS_PROXY", &url)], &provider.base()).await;
        let answer = running.chat(&key, &format!("{CHAT}/ok"), false).await;
        assert!(answer.status >= 500, "{answer:?}");
        assert!(!answer.text().contains("hunter") && !answer.text().contains(BASIC), "{answer:?}");
        let (log, bearer) = (running.log(), running.log_in().await);
        assert!(log.contains("attempt failed"), "{log}");
        assert_silent(&log);
        let rows = running.read(&bearer, "/api/v1/accounts").await.to_string();
        assert!(!rows.contains("hunter"), "{rows}");
    }
    assert!(provider.seen().is_empty());
    let folder = TempDir::new().unwrap();
    let bad = command(folder.path(), &[("HTTPS_PROXY", "http://ada:hunter-two@:x")], &[], "").await;
    assert!(!bad.well && bad.err.contains("HTTPS_PROXY is not a proxy URL"), "{bad:?}");
    assert!(!bad.said().contains("hunter"), "{bad:?}");
}

#[tokio::test]
async fn an_account_goes_out_through_a_proxy_of_its_own() {
    let (provider, proxy, folder) =
        (Provider::start().await, Proxy::start("").await, TempDir::new().unwrap());
    let (running, key) = running(&folder, &[], &provider.base()).await;
    let bearer = running.log_in().await;
    let id = running.read(&bearer, "/api/v1/accounts").await[0]["id"].as_i64().unwrap();
    let path = format!("/api/v1/accounts/{id}");
    let change =
        async |proxy: &str| running.call(Method::PATCH, &bearer, &path, json!({ "proxy": proxy })).await;
    let url = format!("http://ada:hunter-two@{}", proxy.address);
    let changed = change(&url).await;
    assert_eq!(changed.value()["proxy"], format!("http://{}", proxy.address), "without its password");
    assert_eq!(running.chat(&key, &format!("{CHAT}/ok"), true).await.status, 200);
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1, "{heads:#?}");
    assert!(heads[0].contains(BASIC) && heads[0].starts_with("POST "), "{heads:#?}");
    let tested = running.call(Method::POST, &bearer, &format!("{path}/test"), Value::Null).await;
    assert_eq!(tested.value()["ok"], true, "{tested:?}");

    for bad in
        ["proxy.example.com:3128", "ftp://proxy.example.com", "http://proxy.example.com/path", "http://"]
    {
        let refused = change(bad).await;
        assert_eq!(
            (refused.status, refused.value()["error"]["field"].clone()),
            (400, json!("proxy")),
            "{bad}"
        );
    }
    change("").await;
    assert_eq!(running.chat(&key, &format!("{CHAT}/ok"), true).await.status, 200);
    assert_eq!((proxy.heads().len(), provider.seen().len()), (1, 3), "it goes out directly again");
    let rows = running.read(&bearer, "/api/v1/accounts").await.to_string();
    running.terminate().await;
    assert!(!rows.contains("hunter-two"));
    assert_silent(&running.log());
}
