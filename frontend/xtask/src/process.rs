//! Running other programs, and saying so.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Now, for measuring how long something takes.
#[expect(clippy::disallowed_methods, reason = "xtask has no clock of its own to be tested with")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Announces a step, does it, and says how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("== {what}");
    let start = now();
    let outcome = work();
    let verb = if outcome.is_ok() { "done in" } else { "failed after" };
    println!("   {verb} {}", spell(start.elapsed()));
    outcome
}

/// A duration as a person reads it.
pub(crate) fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// `cargo` in the workspace, as it would run from a shell.
///
/// What `cargo run` put into our own environment is taken out again: build scripts that watch these
/// variables (ring's does) would otherwise run anew on every change between xtask and a plain cargo.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&workspace.root);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|start| text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    for name in ["CARGO", "CARGO_PRIMARY_PACKAGE", "LD_LIBRARY_PATH", "OUT_DIR"] {
        command.env_remove(name);
    }
    command
}

/// Runs a program to its end; an exit code other than zero is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a program to its end, shows what it prints and gives it back without colours.
pub(crate) fn run_and_read(command: &mut Command) -> Result<(ExitStatus, String)> {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot run `{}`", line(command)))?;
    let read = Mutex::new(String::new());
    std::thread::scope(|scope| {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        scope.spawn(|| relay(out, &read));
        scope.spawn(|| relay(err, &read));
    });
    let status = child.wait()?;
    Ok((status, read.into_inner().unwrap_or_default()))
}

fn relay(from: Option<impl Read>, read: &Mutex<String>) {
    let Some(from) = from else { return };
    for line in BufReader::new(from).split(b'\n').map_while(std::result::Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Ok(mut read) = read.lock() {
            read.push_str(&plain(&line));
            read.push('\n');
        }
    }
}

/// Text without the escape sequences that colour it.
fn plain(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        kept.push_str(before);
        rest = after.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &after[end + 1..]);
    }
    kept.push_str(rest);
    kept
}

/// What a program prints on its standard output; `None` when it is absent or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Like [`answer`], with the program's own complaint when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{}`", line(command)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", line(command), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(plain("\u{1b}[32;1m     Summary\u{1b}[0m [ 1s] 2 tests"), "     Summary [ 1s] 2 tests");
        assert_eq!(plain("plain"), "plain");
    }

    #[test]
    fn durations_are_spelled() {
        assert_eq!(spell(Duration::from_millis(1230)), "1.2 s");
        assert_eq!(spell(Duration::from_secs(125)), "2 min 05 s");
    }
}
