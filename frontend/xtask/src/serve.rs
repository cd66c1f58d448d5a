//! `cargo xtask serve [--release] [ARGS]`: build, then become the binary.

use crate::build;
use crate::workspace::{Mode, Workspace};
use anyhow::{Result, anyhow};
use std::process::{Command, ExitCode};

/// Builds and hands the terminal, the signals and the exit code over to the binary.
pub(crate) fn run(workspace: &Workspace, mut args: Vec<String>) -> Result<ExitCode> {
    let mode = Mode::take(&mut args);
    let binary = build::everything(workspace, mode)?;
    let mut command = Command::new(&binary);
    command.args(args);
    Err(replace(command)?).map_err(|error| anyhow!(error).context(format!("cannot run {}", binary.display())))
}

/// This process becomes the binary: nothing stands between it and Ctrl-C. Comes back only on failure.
#[cfg(unix)]
fn replace(mut command: Command) -> Result<std::io::Error> {
    use std::os::unix::process::CommandExt;
    Ok(command.exec())
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> Result<std::io::Error> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
