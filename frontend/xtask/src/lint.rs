//! `cargo xtask lint`: formatting, clippy, and the fences between the rooms of the house.

use crate::fences;
use crate::process::{cargo, run as run_program, step};
use crate::tally::Tally;
use crate::toolchain::WASM;
use crate::workspace::Workspace;
use std::process::Command;

/// Packages that run on the host, in one clippy run.
const HOST: [&str; 6] = ["server", "app", "migrations", "wire", "saver", "catalog"];

/// Runs every check to its end, so that one run shows all failures.
pub(crate) fn run(workspace: &Workspace) -> Tally {
    let mut tally = Tally::default();
    let mut check = |what: &str, command: &mut Command| {
        let outcome = step(what, || run_program(command));
        if let Err(error) = &outcome {
            println!("   {error:#}");
        }
        tally.count(outcome.is_ok());
    };

    check("formatting", cargo(workspace).args(["fmt", "--all", "--check"]));

    let mut host = cargo(workspace);
    host.args(["clippy", "--features", "app/ssr", "--all-targets"]);
    host.args(HOST.iter().flat_map(|package| ["--package", package]));
    check("clippy: server side", host.args(["--", "-D", "warnings"]));

    let mut browser = cargo(workspace);
    browser.args(["clippy", "--package", "frontend", "--target", WASM, "--", "-D", "warnings"]);
    check("clippy: browser side", &mut browser);

    let mut tooling = cargo(workspace);
    tooling.args(["clippy", "--package", "xtask", "--all-targets", "--", "-D", "warnings"]);
    check("clippy: xtask", &mut tooling);

    tally.add(fences::check(workspace));
    tally
}
