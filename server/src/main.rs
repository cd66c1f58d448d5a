//! The command line of `ninerouter`.

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use server::accounts::seal::fill;
use server::config::Config;
use server::session::password;
use server::store::Store;
use server::{doctor, seed, serve};
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

/// A self-hosted AI router: one local endpoint in front of every provider account you have.
#[derive(Parser)]
#[command(name = "ninerouter", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the router and its dashboard (the default).
    Serve,
    /// Print the boot configuration, secrets left out.
    Config,
    /// Give a person a new password and sign them out everywhere.
    ResetPassword {
        /// The person's name; the only person's when left out.
        #[arg(long)]
        name: Option<String>,
    },
    /// Bring the database up to date without starting.
    Migrate {
        /// Take the newest steps back instead. Their data goes with them: copy the database first.
        #[arg(long, value_name = "STEPS")]
        down: Option<u32>,
    },
    /// Fill an empty database with made-up usage, to look at the dashboard or to measure it.
    Seed {
        /// How many requests.
        #[arg(long, default_value_t = 20_000)]
        requests: u64,
        /// Over how many days up to now.
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// Look at everything that commonly goes wrong.
    Doctor,
    /// Ask a running Ninerouter whether it is well: exit code 0 when it is.
    Health,
}

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let config = Config::from_environment()?;
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .with_context(|| format!("NINEROUTER_LOG is set to {:?}, which is no log filter", config.log))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        bail!("TLS could not be set up.");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(arguments.command.unwrap_or(Command::Serve), config))
}

async fn run(command: Command, config: Config) -> Result<ExitCode> {
    let mut out = std::io::stdout();
    match command {
        Command::Serve => serve::run(config).await?,
        Command::Config => out.write_all(config.redacted().as_bytes())?,
        Command::Migrate { down } => {
            Store::migrate(&config, down).await?;
            writeln!(out, "The database is where you wanted it.")?;
        }
        Command::Seed { requests, days } => {
            let told = |written| {
                // Progress that cannot be shown is no reason to stop.
                let _ = write!(std::io::stderr(), "\r{written} of {requests} requests");
            };
            seed::seed(&config, requests, days, told).await?;
            writeln!(out, "\nMade up {requests} requests over {days} days.")?;
        }
        Command::ResetPassword { name } => reset_password(&config, name).await?,
        Command::Doctor => {
            let findings = doctor::examine(config).await;
            for finding in &findings {
                let mark = if finding.well { "ok  " } else { "BAD " };
                writeln!(out, "{mark} {}: {}", finding.what, finding.sentence)?;
            }
            if findings.iter().any(|finding| !finding.well) {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Health => {
            if let Err(sentence) = doctor::health(&config).await {
                bail!(sentence);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes the new password from standard input when something is piped into it, and makes one up otherwise.
async fn reset_password(config: &Config, name: Option<String>) -> Result<()> {
    let store = Store::open(config).await?;
    let person = match &name {
        Some(name) => {
            store.person_named(name).await?.with_context(|| format!("There is no person called {name:?}."))?
        }
        None if store.count_people().await? > 1 => bail!("There are several people: say whose with --name."),
        None => store
            .first_person()
            .await?
            .context("There is no person yet: start Ninerouter and open its link.")?,
    };
    let piped = if std::io::stdin().is_terminal() {
        None
    } else {
        std::io::stdin().lock().lines().next().transpose()?.filter(|line| !line.is_empty())
    };
    let chosen = piped.is_some();
    let new = piped.unwrap_or_else(made_up);
    password::check(&new)?;
    let hash = password::hash(new.clone()).await.context("The password could not be hashed.")?;
    store.set_password(person.id, &hash).await?;
    store.end_sessions(person.id, None).await?;
    let mut out = std::io::stdout();
    if chosen {
        writeln!(out, "{} has the new password and is signed out everywhere.", person.name)?;
    } else {
        writeln!(out, "The new password of {} is: {new}", person.name)?;
    }
    store.close().await?;
    Ok(())
}

/// Twenty letters and digits that are hard to confuse.
fn made_up() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let mut random = [0_u8; 20];
    fill(&mut random);
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}
