//! What the tests need from the system: a browser, Node, Python and PostgreSQL.

use crate::postgres;
use crate::process::{answer, run, step};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The browser that Playwright drives.
pub(crate) fn chromium() -> PathBuf {
    std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from)
}

/// Installs what is missing when we are root on a Debian, else says what to run.
pub(crate) fn provide() -> Result<()> {
    step("what the tests need from the system", || {
        let missing = missing();
        if missing.is_empty() {
            return Ok(());
        }
        let install = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
        if !postgres::is_root() || answer(Command::new("apt-get").arg("--version")).is_none() {
            bail!("missing: {}. On Debian run `sudo {install}`, then start again.", missing.join(", "));
        }
        println!("   {install}");
        run(Command::new("apt-get").args(["-q", "update"]))?;
        run(Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "install", "-y", "--no-install-recommends"])
            .args(&missing))?;
        let still = self::missing();
        if !still.is_empty() {
            bail!("still missing after `{install}`: {}.", still.join(", "));
        }
        Ok(())
    })
}

/// Debian packages whose programs are absent.
fn missing() -> Vec<&'static str> {
    let runs = |program: &str, args: &[&str]| answer(Command::new(program).args(args)).is_some();
    [
        ("chromium", chromium().exists()),
        ("fonts-dejavu-core", Path::new("/usr/share/fonts/truetype/dejavu").exists()),
        ("nodejs", runs("node", &["--version"])),
        ("npm", runs("npm", &["--version"])),
        ("postgresql", postgres::programs().is_some()),
        ("python3", runs("python3", &["--version"])),
        ("python3-venv", runs("python3", &["-c", "import ensurepip, venv"])),
    ]
    .into_iter()
    .filter(|(_, present)| !present)
    .map(|(package, _)| package)
    .collect()
}
