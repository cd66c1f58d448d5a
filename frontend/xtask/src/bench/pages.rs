//! `cargo xtask bench pages [--built]`: how long pages take over a million requests, on SQLite and on PostgreSQL.
//!
//! The requests are made up by `ninerouter seed`. Each page is asked for several times on a connection of its own, whole
//! and unpacked; what counts is the slowest answer, the first of a fresh start among them.

use super::figures::{Table, Target};
use super::router::{Folder, Router};
use crate::postgres::Postgres;
use crate::process::{now, step};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const REQUESTS: &str = "1000000";
const DAYS: &str = "30";
/// How often a page is asked for.
const TIMES: usize = 5;
/// What a page may take, ms.
const LIMIT: f64 = 300.0;

/// Every page that shows what was used, in the views that read most, and the others as they are.
const PAGES: [&str; 29] = [
    "/",
    "/requests",
    "/requests?outcome=failed",
    "/requests?outcome=broken&provider=openrouter",
    "/requests?provider=nobody",
    "/requests?key=ci",
    "/requests?key=nobody",
    "/requests?client=Cursor&combo=cheap",
    "/requests?model=openrouter/x-ai/grok-code-fast-1",
    "/requests?search=grok",
    "/requests?search=no-such-text",
    "/usage?period=24h",
    "/usage?period=7d",
    "/usage?period=30d",
    "/usage?period=30d&measure=latency&split=model",
    "/usage?period=30d&split=account",
    "/usage?period=30d&split=key",
    "/usage?period=30d&split=client&provider=claude",
    "/usage?period=30d&split=combo&client=Cursor",
    "/what-if?days=30&change=model&to=glm/glm-4.7",
    "/prices",
    "/quota",
    "/saver",
    "/providers",
    "/providers/claude",
    "/combos",
    "/connect",
    "/translator",
    "/settings",
];

/// Measures and prints a table for each database.
pub(super) fn run(binary: &Path) -> Result<()> {
    measure(binary, "SQLite", None)?;
    let postgres = Postgres::start()?;
    measure(binary, "PostgreSQL", Some(&postgres.url()))
}

fn measure(binary: &Path, name: &str, database: Option<&str>) -> Result<()> {
    let folder = Folder::make()?;
    step(&format!("{REQUESTS} requests on {name}"), || seed(binary, &folder, database))?;
    let mut router = Router::start(binary, &folder, database)?;
    let visitor = router.visitor()?;
    let mut table = Table::default();
    step("pages", || {
        for page in PAGES {
            visited(&router, &visitor, page, page, &mut table)?;
        }
        let list = router.read("/api/v1/requests")?;
        let id = list["rows"][0]["id"].as_str().with_context(|| format!("no request in {list}"))?.to_owned();
        visited(&router, &visitor, &format!("/requests/{id}"), "/requests/{id}", &mut table)?;
        let part = id.get(..13).unwrap_or(&id);
        visited(&router, &visitor, &format!("/requests?search={part}"), "/requests?search={id}", &mut table)
    })?;
    println!("\n{name}, {REQUESTS} requests over {DAYS} days\n{table}");
    Ok(())
}

fn seed(binary: &Path, folder: &Folder, database: Option<&str>) -> Result<()> {
    let mut command = Command::new(binary);
    command.args(["seed", "--requests", REQUESTS, "--days", DAYS]).env("DATA_DIR", folder.path());
    match database {
        Some(url) => command.env("DATABASE_URL", url),
        None => command.env_remove("DATABASE_URL"),
    };
    let done = command.output().with_context(|| format!("cannot run {}", binary.display()))?;
    if !done.status.success() {
        bail!("nothing was made up: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(())
}

fn visited(router: &Router, visitor: &str, page: &str, name: &str, table: &mut Table) -> Result<()> {
    let (mut slowest, mut bytes) = (0.0_f64, 0);
    for _ in 0..TIMES {
        let start = now();
        let (status, html) = router.page(page, visitor)?;
        slowest = slowest.max(start.elapsed().as_secs_f64() * 1e3);
        bytes = html.len();
        if status != 200 {
            bail!("GET {page} answered {status}: {html}");
        }
    }
    let note = format!("{:.0} kB", bytes as f64 / 1e3);
    table.add(name, slowest, "ms", &Target::Below(LIMIT), &note);
    Ok(())
}

impl Router {
    /// Reads from the management API.
    fn read(&self, path: &str) -> Result<Value> {
        self.call("GET", path, &Value::Null)
    }
}
