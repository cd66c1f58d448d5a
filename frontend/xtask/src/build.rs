//! `cargo xtask build [--release] [--site]`: the browser half, the site around it, then the binary.

use crate::process::{cargo, run as run_program, step};
use crate::site;
use crate::workspace::{Mode, Workspace};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// Reads the arguments and builds.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    let mode = Mode::take(&mut args);
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {
            let binary = everything(workspace, mode)?;
            println!("{}", workspace.short(&binary));
            Ok(())
        }
        ["--site"] => site::build(workspace, mode),
        other => bail!("`build` takes --release and --site, not `{}`.", other.join(" ")),
    }
}

/// The site first, because a release binary carries it.
pub(crate) fn everything(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    site::build(workspace, mode)?;
    step("binary", || {
        let mut command = cargo(workspace);
        command.args(["build", "--package", "server", "--bin", "ninerouter"]);
        if mode == Mode::Release {
            command.arg("--release");
        }
        run_program(&mut command)
    })?;
    let binary = workspace.binary(mode);
    if mode == Mode::Release && !site::is_carried(workspace, &binary)? {
        bail!("{} does not carry the site; see server/build.rs.", workspace.short(&binary));
    }
    Ok(binary)
}
