//! Build, run, check and measure Ninerouter: `cargo xtask <subcommand>`, one file each. See README.md.

#![expect(clippy::print_stdout, reason = "a command-line tool talks to the person at the terminal")]

mod agents;
mod audit;
mod bench;
mod build;
mod fences;
mod fuzz;
mod lint;
mod postgres;
mod prerequisites;
mod process;
mod serve;
mod setup;
mod site;
mod tally;
mod test;
mod toolchain;
mod workspace;

use std::process::ExitCode;
use workspace::Workspace;

const USAGE: &str = "\
cargo xtask <subcommand>

  serve [--release] [ARGS]   build everything and run the binary with ARGS
  build [--release] [--site] build the site and the binary; with --site only the site
  test [NAME]                run every suite, or the tests whose name holds NAME
  lint [--fences]            formatting, clippy and the fences between the rooms; or these alone
  bench [--quick] [--built]  measure what Ninerouter adds to a request; with --built, as built last
  bench pages [--built]      measure pages over a million requests, on SQLite and on PostgreSQL
  agents [NAME]              real coding agents in front of every dialect (installs more than 1 GB)
  audit                      licences, sources and vulnerabilities of the dependencies
  fuzz [SECONDS]             feed every parser of foreign bytes with what breaks parsers (wants nightly)
  setup                      fetch the WebAssembly target, or say how
";

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let subcommand = if args.is_empty() { "help".to_owned() } else { args.remove(0) };
    match run(&subcommand, args) {
        Ok(code) => code,
        Err(error) => {
            println!("xtask {subcommand}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(subcommand: &str, args: Vec<String>) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match subcommand {
        "build" => build::run(&workspace, &args)?,
        "serve" => return serve::run(&workspace, args),
        "test" => return test::main(&workspace, &args),
        "lint" => {
            let tally = match args.as_slice() {
                [] => lint::run(&workspace),
                [fences] if fences == "--fences" => fences::check(&workspace),
                other => anyhow::bail!("`lint` takes --fences, not `{}`.", other.join(" ")),
            };
            println!("{tally}");
            return Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        "agents" => agents::run_all(&workspace, &args)?,
        "audit" => audit::run(&workspace)?,
        "bench" => bench::run(&workspace, &args)?,
        "fuzz" => fuzz::main(&workspace, &args)?,
        "setup" => setup::run()?,
        "help" | "--help" | "-h" => print!("{USAGE}"),
        other => anyhow::bail!("no such subcommand `{other}`.\n\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}
