//! `cargo xtask bench [pages] [--quick] [--built]`: what Ninerouter adds to a request, or how long its pages take.
//!
//! A scripted provider and the clients run in this process, the release binary in its own, all on loopback.
//! Every figure of time is a comparison of two ways, straight to the provider and through the router, taken
//! in turns, so that whatever else the machine does falls on both.

mod client;
mod figures;
mod pages;
mod provider;
mod router;
mod saving;

use crate::build;
use crate::process::{now, spell, step};
use crate::workspace::{Mode, Workspace};
use anyhow::{Context, Result, bail};
use client::{Connection, Route};
use figures::{Table, Target, median, nanos, percentile};
use provider::Script;
use router::{Folder, Router};
use std::fs;
use std::sync::Barrier;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const CLIENTS: usize = 32;
const STARTS: usize = 7;
const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// How long to measure.
struct Effort {
    rounds: usize,
    /// Of one side of a round of requests.
    span: Duration,
    /// In one side of a round of streams.
    streams: usize,
}

/// Both ways to the provider.
struct Ways {
    direct: Route,
    routed: Route,
    epoch: Instant,
}

/// Builds the release binary (with `--built`, takes the one that is there), measures, and prints the table.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut effort = Effort { rounds: 9, span: Duration::from_millis(900), streams: 30 };
    let (mut binary, mut of_pages) = (None, false);
    for arg in args {
        match arg.as_str() {
            "--quick" => effort = Effort { rounds: 3, span: Duration::from_millis(300), streams: 10 },
            "--built" => binary = Some(workspace.binary(Mode::Release)),
            "pages" => of_pages = true,
            other => bail!("`bench` takes pages, --quick and --built, not `{other}`."),
        }
    }
    let binary = match binary {
        Some(binary) => binary,
        None => build::everything(workspace, Mode::Release)?,
    };
    if of_pages {
        return pages::run(&binary);
    }
    let cores = std::thread::available_parallelism()?;
    let busy = busy(Duration::from_secs(1))?;
    let start = now();

    let mut table = Table::default();
    let epoch = now();
    let provider = provider::start(epoch)?;
    let folder = Folder::make()?;
    let mut router = Router::start(&binary, &folder, None)?;
    let fresh = router.ready_after;
    let routed = router.set_up(provider)?;
    let direct =
        Route { address: provider, prefix: String::new(), key: "provider-key-of-the-bench".to_owned() };
    let ways = Ways { direct, routed, epoch };
    std::thread::sleep(Duration::from_secs(1));
    let set_up = router.memory()?;

    step("requests, one at a time", || ways.one_at_a_time(&effort, &mut table))?;
    step(&format!("requests, {CLIENTS} at a time"), || ways.many_at_a_time(&effort, &router, &mut table))?;
    step("streams", || ways.streams(&effort, &mut table))?;
    step("the saver", || saving::measure(workspace, &ways.routed, &effort, &mut table))?;
    std::thread::sleep(Duration::from_secs(1));
    let loaded = router.memory()?;
    let routed = client::ROUTED.load(Ordering::Relaxed) as f64;
    let share = router.recorded()? * 100.0 / routed;
    drop(router);

    table.add(
        "requests on record",
        share,
        "%",
        &Target::AtLeast(100.0),
        &format!("of {routed} that were answered"),
    );
    table.add(
        "memory, after set-up",
        set_up / MEBIBYTE,
        "MB",
        &Target::Below(40.0),
        "new database, password hashed twice",
    );
    table.add("memory, after the load", loaded / MEBIBYTE, "MB", &Target::None, "1 s after the last request");
    step("starts", || starts(&binary, &folder, &ways.routed, fresh, &mut table))?;

    let size = |path: std::path::PathBuf| -> Result<f64> {
        Ok(fs::metadata(&path).with_context(|| format!("no {}", workspace.short(&path)))?.len() as f64)
    };
    table.add("binary", size(binary)? / MEBIBYTE, "MB", &Target::Below(40.0), "with the site inside");
    let module = workspace.site(Mode::Release).join("pkg/app_bg.wasm.br");
    table.add("WebAssembly", size(module)? / 1000.0, "kB", &Target::Below(200.0), "brotli 11");

    println!("\n{table}");
    let state = if busy > 0.1 { "LOADED: do not trust the figures" } else { "idle" };
    println!(
        "machine before the run: {cores} cores, {:.0} % busy ({state}); measured in {}",
        busy * 100.0,
        spell(start.elapsed())
    );
    println!("keys required, usage recorded, provider and clients on the same {cores} cores");
    Ok(())
}

impl Ways {
    fn one_at_a_time(&self, effort: &Effort, table: &mut Table) -> Result<()> {
        let mut direct = Connection::open(&self.direct, Script::Json)?;
        let mut routed = Connection::open(&self.routed, Script::Json)?;
        for _ in 0..200 {
            direct.ask()?;
            routed.ask()?;
        }
        let mut pairs = Pairs::default();
        for _ in 0..effort.rounds {
            pairs.add(
                &mut for_a_while(&mut direct, effort.span)?,
                &mut for_a_while(&mut routed, effort.span)?,
            );
        }
        pairs.report(table, "added latency, one at a time", &Target::Below(0.2));
        Ok(())
    }

    fn many_at_a_time(&self, effort: &Effort, router: &Router, table: &mut Table) -> Result<()> {
        together(&self.routed, effort.span)?;
        let mut pairs = Pairs::default();
        let (mut direct_rates, mut routed_rates, mut costs) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..effort.rounds {
            let (mut direct, direct_rate) = together(&self.direct, effort.span)?;
            let before = router.processor()?;
            let (mut routed, routed_rate) = together(&self.routed, effort.span)?;
            costs.push((router.processor()? - before) * 1e6 / routed.len() as f64);
            pairs.add(&mut direct, &mut routed);
            direct_rates.push(direct_rate);
            routed_rates.push(routed_rate);
        }
        pairs.report(table, &format!("added latency, {CLIENTS} at a time"), &Target::None);
        let note = format!("straight to the provider {:.0}", median(&mut direct_rates));
        table.add(
            &format!("requests per second, {CLIENTS} at a time"),
            median(&mut routed_rates),
            "/s",
            &Target::AtLeast(15_000.0),
            &note,
        );
        table.add("processor time a request", median(&mut costs), "us", &Target::None, "of the router alone");
        Ok(())
    }

    fn streams(&self, effort: &Effort, table: &mut Table) -> Result<()> {
        let open = |script| -> Result<(Connection, Connection)> {
            let (mut direct, mut routed) =
                (Connection::open(&self.direct, script)?, Connection::open(&self.routed, script)?);
            direct.stream(self.epoch)?;
            routed.stream(self.epoch)?;
            Ok((direct, routed))
        };
        let mut first = Pairs::default();
        let (mut direct, mut routed) = open(Script::First)?;
        for _ in 0..effort.rounds {
            let mut sides = [Vec::new(), Vec::new()];
            for _ in 0..effort.streams {
                sides[0].push(nanos(direct.stream(self.epoch)?.first));
                sides[1].push(nanos(routed.stream(self.epoch)?.first));
            }
            let [direct, routed] = &mut sides;
            first.add(direct, routed);
        }
        first.report(table, "added time to first token", &Target::Below(0.5));

        let mut paced = Pairs::default();
        let (mut direct, mut routed) = open(Script::Paced)?;
        for _ in 0..effort.rounds {
            paced.add(&mut direct.stream(self.epoch)?.delays, &mut routed.stream(self.epoch)?.delays);
        }
        paced.report(table, "added delay of a frame, 500 frames/s", &Target::None);

        let mut added = Vec::new();
        let (mut direct, mut routed) = open(Script::Burst)?;
        for _ in 0..effort.rounds {
            let frames = Script::Burst.frames() as f64;
            let each = |streamed: client::Streamed| streamed.total.as_secs_f64() * 1e6 / frames;
            added.push(-each(direct.stream(self.epoch)?) + each(routed.stream(self.epoch)?));
        }
        let note = format!("{} frames as fast as they go", Script::Burst.frames());
        table.add("added time a frame, in a burst", median(&mut added), "us", &Target::None, &note);
        Ok(())
    }
}

/// Percentiles of both ways, round by round, in milliseconds.
#[derive(Default)]
struct Pairs {
    rounds: Vec<[[f64; 2]; 2]>,
}

impl Pairs {
    fn add(&mut self, direct: &mut [u64], routed: &mut [u64]) {
        let milliseconds = |values: &mut [u64], share| percentile(values, share) as f64 / 1e6;
        self.rounds.push([0.5, 0.99].map(|share| [milliseconds(direct, share), milliseconds(routed, share)]));
    }

    /// The median over all rounds of the difference within a round; the target is that of the median request.
    fn report(&self, table: &mut Table, what: &str, target: &Target) {
        for (index, name) in ["p50", "p99"].into_iter().enumerate() {
            let over_rounds = |value: fn([f64; 2]) -> f64| {
                median(&mut self.rounds.iter().map(|round| value(round[index])).collect::<Vec<_>>())
            };
            let added = over_rounds(|[direct, routed]| routed - direct);
            let note = format!("{:.3} -> {:.3}", over_rounds(|pair| pair[0]), over_rounds(|pair| pair[1]));
            let target = if index == 0 { target } else { &Target::None };
            table.add(&format!("{what}, {name}"), added, "ms", target, &note);
        }
    }
}

/// Latencies of one connection.
fn for_a_while(connection: &mut Connection, span: Duration) -> Result<Vec<u64>> {
    let mut latencies = Vec::with_capacity(64 * 1024);
    let start = now();
    while start.elapsed() < span {
        latencies.push(nanos(connection.ask()?));
    }
    Ok(latencies)
}

/// Latencies of many connections at once, and how many requests a second they got through.
fn together(route: &Route, span: Duration) -> Result<(Vec<u64>, f64)> {
    let barrier = Barrier::new(CLIENTS + 1);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    let warm = Connection::open(route, Script::Json)
                        .and_then(|mut connection| connection.ask().map(|_| connection));
                    barrier.wait();
                    for_a_while(&mut warm?, span)
                })
            })
            .collect();
        barrier.wait();
        let start = now();
        let mut all = Vec::new();
        for client in clients {
            let latencies = client.join().map_err(|_| anyhow::anyhow!("a client panicked"))?;
            all.append(&mut latencies?);
        }
        let rate = all.len() as f64 / start.elapsed().as_secs_f64();
        Ok((all, rate))
    })
}

/// From starting the process to its first answers, with a database that is there already.
fn starts(
    binary: &std::path::Path,
    folder: &Folder,
    route: &Route,
    fresh: Duration,
    table: &mut Table,
) -> Result<()> {
    let (mut ready, mut answered) = (Vec::new(), Vec::new());
    let mut idle = 0.0;
    for number in 0..STARTS {
        let router = Router::start(binary, folder, None)?;
        if number == 0 {
            std::thread::sleep(Duration::from_secs(1));
            idle = router.memory()?;
        }
        let route = Route { address: router.address, ..route.clone() };
        let first = Connection::open(&route, Script::Json)?.ask()?;
        ready.push(router.ready_after.as_secs_f64() * 1e3);
        answered.push((router.ready_after + first).as_secs_f64() * 1e3);
    }
    table.add("memory, idle", idle / MEBIBYTE, "MB", &Target::Below(40.0), "1 s after a later start");
    let note = format!("median of {STARTS} starts; on an empty folder {:.0} ms", fresh.as_secs_f64() * 1e3);
    table.add("start to /health", median(&mut ready), "ms", &Target::None, &note);
    table.add(
        "start to first answer",
        median(&mut answered),
        "ms",
        &Target::Below(300.0),
        "through to the provider",
    );
    Ok(())
}

/// Which share of the processors' time was used over a span.
fn busy(span: Duration) -> Result<f64> {
    let read = || -> Result<(f64, f64)> {
        let stat = fs::read_to_string("/proc/stat")?;
        let first = stat.lines().next().context("/proc/stat is empty")?;
        let ticks: Vec<f64> = first.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
        let waiting: f64 = ticks.iter().skip(3).take(2).sum();
        Ok((ticks.iter().take(8).sum::<f64>(), waiting))
    };
    let (all, idle) = read()?;
    std::thread::sleep(span);
    let (all_later, idle_later) = read()?;
    Ok(1.0 - (idle_later - idle) / (all_later - all).max(1.0))
}
