//! `cargo xtask agents [NAME]`: real coding agents, headless, against the real binary. Not part of `test`: they are more
//! than a gigabyte.

use crate::process::{answer, cargo, run, step};
use crate::test::node_packages;
use crate::workspace::{Mode, Workspace};
use crate::{build, prerequisites};
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Installs the agents, and runs them where no host but this one can be reached.
pub(crate) fn run_all(workspace: &Workspace, args: &[String]) -> Result<()> {
    let filter = match args {
        [] => None,
        [filter] if !filter.starts_with('-') => Some(filter),
        other => bail!("`agents` takes one part of an agent's name, not `{}`.", other.join(" ")),
    };
    prerequisites::provide()?;
    if answer(Command::new("unshare").args(["-rn", "ip", "link", "show", "lo"])).is_none() {
        bail!(
            "the agents run in a network of their own, which this system does not allow: `unshare -rn ip link` fails. \
             Install util-linux and iproute2, or allow user namespaces."
        );
    }
    let binary = build::everything(workspace, Mode::Dev)?;
    step("scripted provider", || {
        run(cargo(workspace).args(["build", "--package", "server", "--example", "scripted_provider"]))
    })?;
    let end2end = workspace.root.join("end2end");
    let agents = end2end.join("agents");
    let aider = step("agents", || {
        node_packages(&end2end)?;
        packages(&agents)?;
        python(workspace, &agents)
    })?;
    step("agents in front of every dialect", || {
        let mut command = Command::new("unshare");
        command.args(["-rn", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]);
        command.args(["npx", "--no-install", "playwright", "test", "--config", "agents", "--reporter=list"]);
        if let Some(filter) = filter {
            command.args(["--grep", filter]);
        }
        command
            .current_dir(&end2end)
            .env("NINEROUTER_BIN", &binary)
            .env("NINEROUTER_SCRIPTED", binary.with_file_name("examples").join("scripted_provider"))
            .env("NINEROUTER_AIDER", &aider);
        run(&mut command)
    })
}

/// The agents from npm, as `package.json` names them: a lock file that npm made itself misses the programs of other
/// systems, for which `npm ci` refuses it. `allowScripts` names what puts a program in its place once installed; a
/// newer npm runs nothing else.
fn packages(agents: &Path) -> Result<()> {
    let wanted = fs::read_to_string(agents.join("package.json"))?;
    let stamp = agents.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        let mut install = Command::new("npm");
        install.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]).current_dir(agents);
        run(&mut install)?;
        fs::write(&stamp, wanted)?;
    }
    Ok(())
}

/// aider, in a Python environment of its own.
fn python(workspace: &Workspace, agents: &Path) -> Result<PathBuf> {
    let wanted = fs::read_to_string(agents.join("requirements.txt"))?;
    let folder = workspace.target.join("agents-venv");
    let stamp = folder.join("requirements.txt");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        run(Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"])
            .current_dir(agents))?;
        fs::write(&stamp, wanted)?;
    }
    Ok(folder.join("bin/aider"))
}
