//! `cargo xtask test [filter]`: every suite there is. Its last line is the sum of them all.

use crate::process::{cargo, line, now, run, run_and_read, spell, step};
use crate::tally::{self, Tally};
use crate::workspace::{Mode, Workspace};
use crate::{build, lint, postgres::Postgres, prerequisites};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Packages whose tests run on the host. xtask is built apart, as it was to get here: other features of
/// shared dependencies would mean compiling these again.
const HOST: [&str; 6] = ["wire", "saver", "catalog", "migrations", "app", "server"];
/// The provider behind the browser and SDK tests: an example of the server's.
const SCRIPTED: &str = "scripted_provider";

/// Runs the suites and prints the sum, whatever happens.
pub(crate) fn main(workspace: &Workspace, args: &[String]) -> Result<ExitCode> {
    let filter = match args {
        [] => None,
        [filter] if !filter.starts_with('-') => Some(filter.as_str()),
        other => bail!("`test` takes one part of a test's name, not `{}`.", other.join(" ")),
    };
    let start = now();
    let mut tally = Tally::default();
    let outcome = suites(workspace, filter, &mut tally);
    if let Err(error) = &outcome {
        println!("stopped: {error:#}");
    }
    println!("== all suites: {}", spell(start.elapsed()));
    println!("{}", tally.or_broken(outcome.is_ok()));
    Ok(if outcome.is_ok() && tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn suites(workspace: &Workspace, filter: Option<&str>, tally: &mut Tally) -> Result<()> {
    prerequisites::provide()?;
    let postgres = step("PostgreSQL for the tests", Postgres::start)?;
    if filter.is_none() {
        tally.add(lint::run(workspace));
    }
    let all = Run { workspace, filter, postgres: postgres.url() };
    all.rust("Rust tests", &HOST, &["--features", "app/ssr"], tally)?;
    all.rust("Rust tests of xtask", &["xtask"], &[], tally)?;
    let binary = build::everything(workspace, Mode::Dev)?;
    step("scripted provider", || {
        // The packages of the Rust tests, whose build made it already: others would mean other features, and anew.
        let mut command = cargo(workspace);
        command.args(["build", "--features", "app/ssr", "--example", SCRIPTED]);
        run(command.args(HOST.iter().flat_map(|package| ["--package", package])))
    })?;
    all.browser(&binary, tally);
    if workspace.root.join("end2end/requirements.txt").exists() {
        all.sdks(&binary, tally);
    }
    Ok(())
}

/// What every suite is run with.
struct Run<'a> {
    workspace: &'a Workspace,
    filter: Option<&'a str>,
    postgres: String,
}

impl Run<'_> {
    /// Unit and integration tests. An error means that they do not compile.
    fn rust(&self, title: &str, packages: &[&str], args: &[&str], tally: &mut Tally) -> Result<()> {
        let nextest = crate::process::answer(cargo(self.workspace).args(["nextest", "--version"]));
        let mut command = cargo(self.workspace);
        command.env("NINEROUTER_TEST_POSTGRES", &self.postgres);
        match nextest {
            Some(_) => command.args(["nextest", "run", "--no-fail-fast"]),
            None => command.args(["test", "--no-fail-fast"]),
        };
        command.args(packages.iter().flat_map(|package| ["--package", package])).args(args);
        if let Some(filter) = self.filter {
            command.arg(filter);
            if nextest.is_some() {
                command.arg("--no-tests=pass");
            }
        }
        let read = if nextest.is_some() { tally::nextest } else { tally::cargo_test };
        self.suite(title, tally, || {
            let (status, text) = run_and_read(&mut command)?;
            let counts =
                read(&text).with_context(|| format!("`{}` did not get as far as testing", line(&command)))?;
            Ok(counts.or_broken(status.success()))
        })
    }

    /// The dashboard in a browser, against the real binary.
    fn browser(&self, binary: &Path, tally: &mut Tally) {
        let folder = self.workspace.root.join("end2end");
        let report = self.workspace.target.join("playwright.json");
        let outcome = self.suite("browser tests", tally, || {
            forget(&report)?;
            node_packages(&folder)?;
            let mut command = Command::new("npx");
            command.args(["--no-install", "playwright", "test", "--reporter=list,json"]).current_dir(&folder);
            command.env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report).env("CHROMIUM", prerequisites::chromium());
            if let Some(filter) = self.filter {
                command.args(["--grep", filter, "--pass-with-no-tests"]);
            }
            let (status, _) = run_and_read(self.against(binary, &mut command))?;
            let counts = fs::read_to_string(&report).ok().and_then(|text| tally::playwright(&text));
            Ok(counts.context("Playwright left no report")?.or_broken(status.success()))
        });
        note(outcome, tally);
    }

    /// The vendors' own client libraries, against the real binary.
    fn sdks(&self, binary: &Path, tally: &mut Tally) {
        let report = self.workspace.target.join("pytest.xml");
        let outcome = self.suite("SDK tests", tally, || {
            forget(&report)?;
            let programs = self.environment()?;
            let mut command = Command::new(programs.join("pytest"));
            command
                .args(["-p", "no:cacheprovider", "-v", "end2end"])
                .arg(format!("--junitxml={}", report.display()));
            command.current_dir(&self.workspace.root).env("PYTHONDONTWRITEBYTECODE", "1");
            if let Some(filter) = self.filter {
                command.args(["-k", filter]);
            }
            let (status, _) = run_and_read(self.against(binary, &mut command))?;
            let counts = fs::read_to_string(&report).ok().and_then(|text| tally::junit(&text));
            // pytest says 5 when no test has the name asked for.
            let nothing_chosen = self.filter.is_some() && status.code() == Some(5);
            Ok(counts.context("pytest left no report")?.or_broken(status.success() || nothing_chosen))
        });
        note(outcome, tally);
    }

    /// The Python environment with the SDKs, made anew when the list of them changes.
    fn environment(&self) -> Result<PathBuf> {
        let wanted = fs::read_to_string(self.workspace.root.join("end2end/requirements.txt"))?;
        let folder = self.workspace.target.join("venv");
        let stamp = folder.join("requirements.txt");
        if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
            run(Command::new(folder.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "-r", "end2end/requirements.txt"])
                .current_dir(&self.workspace.root))?;
            fs::write(&stamp, wanted)?;
        }
        Ok(folder.join("bin"))
    }

    fn against<'a>(&self, binary: &Path, command: &'a mut Command) -> &'a mut Command {
        let scripted = binary.with_file_name("examples").join(SCRIPTED);
        command
            .env("NINEROUTER_BIN", binary)
            .env("NINEROUTER_SCRIPTED", scripted)
            .env("NINEROUTER_TEST_POSTGRES", &self.postgres)
    }

    /// Announces a suite, runs it, prints its sum and adds that to the whole.
    fn suite(&self, title: &str, tally: &mut Tally, work: impl FnOnce() -> Result<Tally>) -> Result<()> {
        let mut counts = step(title, work)?;
        if self.filter.is_some() {
            // What the filter left out is not skipped.
            counts.skipped = 0;
        }
        println!("   {title}: {counts}");
        tally.add(counts);
        Ok(())
    }
}

/// Playwright and the SDKs for Node, installed anew when the list of them changes.
pub(crate) fn node_packages(folder: &Path) -> Result<()> {
    let wanted = fs::read_to_string(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
        fs::write(&stamp, wanted)?;
    }
    Ok(())
}

/// A suite that could not be run is a failure of its own; the others go on.
fn note(outcome: Result<()>, tally: &mut Tally) {
    if let Err(error) = outcome {
        println!("   {error:#}");
        tally.count(false);
    }
}

/// Takes away the report of an earlier run.
fn forget(report: &Path) -> Result<()> {
    if report.exists() {
        fs::remove_file(report)?;
    }
    Ok(())
}
