//! A PostgreSQL of the tests' own, in a temporary folder, gone when the tests end.

use crate::process::answer;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server. Stops when dropped.
pub(crate) struct Postgres {
    keeper: Child,
    port: u16,
}

impl Postgres {
    /// Makes an empty cluster with a database `app` and starts it on a free port of loopback.
    pub(crate) fn start() -> Result<Self> {
        let programs =
            programs().context("PostgreSQL's initdb is neither on PATH nor in /usr/lib/postgresql")?;
        let port = free_port()?;
        let mut command = match unprivileged_user() {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--", "sh"]);
                command
            }
            None => Command::new("sh"),
        };
        command.args(["-c", include_str!("postgres.sh"), "postgres.sh"]).arg(&programs).arg(port.to_string());
        // Not every folder of root's can be entered by another user.
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = command.spawn().context("cannot run PostgreSQL")?;
        let Some(said) = keeper.stdout.take() else { bail!("PostgreSQL has no standard output") };
        let mut said = BufReader::new(said);
        let mut text = String::new();
        said.read_line(&mut text)?;
        if text.trim() != "ready" {
            said.read_to_string(&mut text)?;
            keeper.wait()?;
            bail!("PostgreSQL does not start:\n{text}");
        }
        Ok(Self { keeper, port })
    }

    /// What `NINEROUTER_TEST_POSTGRES` is set to.
    pub(crate) fn url(&self) -> String {
        format!("postgres://app@127.0.0.1:{}/app", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            println!("PostgreSQL did not stop: {error}");
        }
    }
}

/// The folder that holds initdb, createdb and postgres.
pub(crate) fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH")?;
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    std::env::split_paths(&on_path)
        .chain(versions.into_iter().rev())
        .find(|folder| ["initdb", "createdb", "postgres"].iter().all(|name| folder.join(name).exists()))
}

/// PostgreSQL refuses to run as root; root lends it another user. `None` when we are not root.
fn unprivileged_user() -> Option<&'static str> {
    if !is_root() {
        return None;
    }
    let exists = |user: &&str| answer(Command::new("id").args(["-u", user])).is_some();
    Some(["postgres", "nobody"].into_iter().find(exists).unwrap_or("nobody"))
}

/// Whether we may install packages.
pub(crate) fn is_root() -> bool {
    Path::new("/proc").exists() && answer(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// A port of loopback that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
