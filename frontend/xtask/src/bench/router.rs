//! The release binary as it is used: started in a folder of its own, and set up through its management API.

use super::client::Route;
use super::provider::Script;
use crate::postgres::free_port;
use crate::process::now;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "a password for the bench";
/// Variables that would change what is measured.
const UNWANTED: [&str; 8] = [
    "AUTH_COOKIE_SECURE",
    "BASE_URL",
    "DATABASE_URL",
    "ENABLE_REQUEST_LOGS",
    "JWT_SECRET",
    "MALLOC_ARENA_MAX",
    "REQUIRE_API_KEY",
    "TRUSTED_PROXIES",
];

/// A folder that goes away with this value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// An empty folder below the system's temporary one.
    pub(crate) fn make() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("ninerouter-bench-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            println!("{} is left behind: {error}", self.0.display());
        }
    }
}

/// The running binary. Stops when dropped.
pub(crate) struct Router {
    child: Child,
    /// Stops the binary should this process be killed before it can.
    guard: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From starting the process to the first `200` of `/health`.
    pub(crate) ready_after: Duration,
    /// The bearer of the management API, once set up.
    token: String,
}

impl Router {
    /// Starts the binary and waits until it is well. `database`: the address of a PostgreSQL; SQLite in the folder where
    /// there is none.
    pub(crate) fn start(binary: &Path, folder: &Folder, database: Option<&str>) -> Result<Self> {
        let port = free_port()?;
        let log_path = folder.path().join("bench.log");
        let log = fs::File::create(&log_path)?;
        let mut command = Command::new(binary);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let proxy = text.to_ascii_uppercase().ends_with("_PROXY");
            if proxy || text.starts_with("NINEROUTER_") || UNWANTED.contains(&text.as_ref()) {
                command.env_remove(&name);
            }
        }
        command
            .arg("serve")
            .env("DATA_DIR", folder.path())
            .env("HOST", "127.0.0.1")
            .env("PORT", port.to_string());
        if let Some(url) = database {
            command.env("DATABASE_URL", url);
        }
        command.env("INITIAL_PASSWORD", PASSWORD).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let start = now();
        let child = command.spawn().with_context(|| format!("cannot run {}", binary.display()))?;
        let guard = Command::new("sh")
            .args(["-c", "trap '' INT; cat >/dev/null; kill -TERM $0", &child.id().to_string()])
            .stdin(Stdio::piped())
            .spawn()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut router = Self { child, guard, address, ready_after: Duration::ZERO, token: String::new() };
        while !exchange(address, "GET", "/health", "", "").is_ok_and(|(status, ..)| status == 200) {
            if router.child.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(20) {
                let log = fs::read_to_string(&log_path).unwrap_or_default();
                bail!("the binary does not answer /health. Its log:\n{log}");
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        router.ready_after = start.elapsed();
        Ok(router)
    }

    fn log_in(&mut self) -> Result<()> {
        let login = self.call("POST", "/api/v1/login", &json!({ "name": "admin", "password": PASSWORD }))?;
        self.token = text(&login, "token")?;
        Ok(())
    }

    /// Logs in as a browser does. Gives the header that shows it.
    pub(crate) fn visitor(&mut self) -> Result<String> {
        self.log_in()?;
        let form = format!("name=admin&password={}", PASSWORD.replace(' ', "+"));
        let head =
            format!("content-type: application/x-www-form-urlencoded\r\norigin: http://{}\r\n", self.address);
        let (_, head, reply) = exchange(self.address, "POST", "/console/log_in", &head, &form)?;
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        Ok(format!("cookie: {}\r\n", cookie.with_context(|| format!("no cookie; it said: {reply}"))?))
    }

    /// Gets a page: status and HTML. `visitor`: the header that shows who asks.
    pub(crate) fn page(&self, path: &str, visitor: &str) -> Result<(u16, String)> {
        let (status, _, html) = exchange(self.address, "GET", path, visitor, "")?;
        Ok((status, html))
    }

    /// Makes an endpoint, an account and a caller key, and gives the way through them.
    pub(crate) fn set_up(&mut self, provider: SocketAddr) -> Result<Route> {
        self.log_in()?;
        let models: Vec<&str> = Script::ALL.into_iter().map(Script::model).collect();
        let endpoint = json!({
            "name": "Bench", "prefix": "bench", "dialect": "chat", "base_url": format!("http://{provider}/v1"),
            "private_network": true, "models": models,
        });
        self.call("POST", "/api/v1/endpoints", &endpoint)?;
        let account = json!({ "provider": "bench", "name": "bench", "key": "provider-key-of-the-bench" });
        self.call("POST", "/api/v1/accounts", &account)?;
        let key = self.call("POST", "/api/v1/keys", &json!({ "name": "bench" }))?;
        Ok(Route { address: self.address, prefix: "bench/".to_owned(), key: text(&key, "secret")? })
    }

    /// How many requests it has on record for today (UTC).
    pub(crate) fn recorded(&self) -> Result<f64> {
        let usage = self.call("GET", "/api/v1/overview?utc_offset_minutes=0", &Value::Null)?;
        usage["today"]["requests"].as_f64().with_context(|| format!("no today.requests in {usage}"))
    }

    /// Memory in use, in bytes.
    pub(crate) fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc")?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024.0)
    }

    /// Processor time used so far, in seconds.
    pub(crate) fn processor(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold spaces; what follows it does not. Ticks are hundredths of a second.
        let after = stat.rsplit_once(')').context("no name in /proc stat")?.1;
        let ticks =
            |number: usize| after.split_whitespace().nth(number).and_then(|word| word.parse::<f64>().ok());
        Ok((ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0)
    }

    pub(super) fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut head = "content-type: application/json\r\n".to_owned();
        if !self.token.is_empty() {
            head += &format!("authorization: Bearer {}\r\n", self.token);
        }
        let (status, _, reply) = exchange(self.address, method, path, &head, &body)?;
        if !(200..300).contains(&status) {
            bail!("{method} {path} answered {status}: {reply}");
        }
        serde_json::from_str(&reply).with_context(|| format!("{method} {path} answered no JSON: {reply}"))
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        // First the guard, lest it strike a process that got the same number later.
        let guard = self.guard.kill().and_then(|()| self.guard.wait());
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let start = now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            println!("the binary does not stop when asked to ({guard:?}, {asked:?}); it is killed");
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

/// One HTTP exchange on a connection of its own: status, head and body. `head`: more header lines.
fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    head: &str,
    body: &str,
) -> Result<(u16, String, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nhost: {address}\r\n{head}\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    let (head, body) = reply.split_once("\r\n\r\n").context("the reply has no end of its head")?;
    let status = head.split_whitespace().nth(1).and_then(|word| word.parse().ok());
    Ok((status.context("the reply has no status")?, head.to_owned(), body.to_owned()))
}

fn text(reply: &Value, name: &str) -> Result<String> {
    Ok(reply[name].as_str().with_context(|| format!("no `{name}` in {reply}"))?.to_owned())
}
