//! `cargo xtask fuzz [SECONDS]`: every parser of foreign bytes, fed with what breaks parsers. Not part of `test`: it wants
//! a nightly compiler and as much time as one has.

use crate::process::{answer, run, step};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::Command;

/// How long each target is fed where nothing is said.
const SECONDS: u64 = 60;

/// Feeds every target for a while. What broke one is kept in `server/wire/fuzz/artifacts`.
pub(crate) fn main(workspace: &Workspace, args: &[String]) -> Result<()> {
    let seconds = match args {
        [] => SECONDS,
        [seconds] => seconds.parse().with_context(|| format!("`{seconds}` is no number of seconds"))?,
        other => bail!("`fuzz` takes a number of seconds, not `{}`.", other.join(" ")),
    };
    if answer(Command::new("cargo").args(["+nightly", "--version"])).is_none() {
        bail!("fuzzing wants a nightly compiler: `rustup toolchain install nightly`, then start again.");
    }
    if answer(Command::new("cargo").args(["+nightly", "fuzz", "--version"])).is_none() {
        step("cargo-fuzz", || {
            run(Command::new("cargo").args(["+nightly", "install", "--locked", "cargo-fuzz"]))
        })?;
    }
    let wire = workspace.root.join("server/wire");
    let mut targets: Vec<String> = fs::read_dir(wire.join("fuzz/targets"))?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    targets.sort();
    for target in targets {
        step(&format!("fuzzing {target}, {seconds} s"), || {
            let mut command = Command::new("cargo");
            command.args(["+nightly", "fuzz", "run", &target, "--", &format!("-max_total_time={seconds}")]);
            run(command.current_dir(&wire).env("CARGO_TARGET_DIR", workspace.target.join("fuzz")))
        })?;
    }
    Ok(())
}
