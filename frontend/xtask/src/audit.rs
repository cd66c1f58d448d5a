//! `cargo xtask audit`: licences, sources, banned and vulnerable dependencies.

use crate::process::{answer, cargo, run as run_program, step};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Where cargo-deny fetches its list of vulnerabilities from.
const ADVISORIES: &str = "github.com:443";

/// Runs cargo-deny with `.deny.toml`.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if answer(cargo(workspace).args(["deny", "--version"])).is_none() {
        bail!("cargo-deny is missing. Run `cargo install --locked cargo-deny` (takes a few minutes).");
    }
    let mut checks = vec!["bans", "licenses", "sources"];
    if reachable(ADVISORIES) {
        checks.push("advisories");
    } else {
        println!("advisories are left out: {ADVISORIES} cannot be reached from here.");
    }
    step(&format!("cargo deny: {}", checks.join(", ")), || {
        let mut command = cargo(workspace);
        command.args(["deny", "--config", ".deny.toml", "check", "--hide-inclusion-graph"]);
        run_program(command.args(&checks))
    })
}

fn reachable(address: &str) -> bool {
    address.to_socket_addrs().is_ok_and(|mut addresses| {
        addresses.any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(3)).is_ok())
    })
}
