//! What the filters save over the corpus of real tool output, in tokens of o200k: by family, by filter, and in total,
//! at each level. `cargo run --release -p saver --example figures [-- <part of a sample's name>]`; with a part of a
//! name, the samples' results at the default level are printed too.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program that prints, and stops at a bad sample"
)]

#[path = "../tests/samples/mod.rs"]
mod samples;

use samples::Sample;
use saver::{Filter, Level, Rules};
use std::collections::BTreeMap;

/// Sums over some samples.
#[derive(Default, Clone)]
struct Sum {
    samples: usize,
    touched: usize,
    bytes: (usize, usize),
    tokens: (usize, usize),
    lost: usize,
}

impl Sum {
    fn add(&mut self, bytes: (usize, usize), tokens: (usize, usize), lost: usize) {
        self.samples += 1;
        self.touched += usize::from(bytes.0 != bytes.1);
        self.bytes = (self.bytes.0 + bytes.0, self.bytes.1 + bytes.1);
        self.tokens = (self.tokens.0 + tokens.0, self.tokens.1 + tokens.1);
        self.lost += lost;
    }

    fn print(&self, level: Level, name: &str) {
        let percent = |(before, after): (usize, usize)| {
            let saved = i64::try_from(before).unwrap_or(0) - i64::try_from(after).unwrap_or(0);
            let before = i64::try_from(before).unwrap_or(0).max(1);
            format!("{}.{}", saved * 100 / before, (saved * 1000 / before).abs() % 10)
        };
        println!(
            "{:<7}{name:<18}{:>8}{:>8}{:>10}{:>10}{:>7}{:>9}{:>9}{:>7}{:>6}",
            level.name(),
            self.samples,
            self.touched,
            self.bytes.0,
            self.bytes.1,
            percent(self.bytes),
            self.tokens.0,
            self.tokens.1,
            percent(self.tokens),
            self.lost
        );
    }
}

/// What each filter makes of a sample: the texts before and after it.
fn steps(sample: &Sample, level: Level) -> Vec<(Filter, String, String)> {
    let mut before = sample.text.clone();
    let mut filters = 0;
    let used = sample.shorten(level).map(|short| short.steps).unwrap_or_default();
    used.into_iter()
        .map(|(filter, _)| {
            filters |= filter.bit();
            // With those that came before it in this sample, and itself.
            let after =
                saver::shorten(&sample.text, Some(sample.call()), Rules { filters, ..Rules::at(level) });
            let after = after.map_or_else(|| before.clone(), |short| short.text);
            (filter, std::mem::replace(&mut before, after.clone()), after)
        })
        .collect()
}

fn print_head(what: &str) {
    println!(
        "\n{:<7}{what:<18}{:>8}{:>8}{:>10}{:>10}{:>7}{:>9}{:>9}{:>7}{:>6}",
        "level", "samples", "shorter", "bytes", "after", "%", "tokens", "after", "%", "lost"
    );
}

/// The kind of tool a sample is from.
fn family(sample: &Sample) -> &str {
    sample.name.split('/').next().unwrap_or_default()
}

fn main() {
    let part = std::env::args().nth(1);
    let all = samples::all();
    let chosen: Vec<&Sample> =
        all.iter().filter(|s| part.as_ref().is_none_or(|part| s.name.contains(part))).collect();
    let tokens = tiktoken_rs::o200k_base().expect("the tokens of o200k are built in");
    let count = |text: &str| tokens.encode_ordinary(text).len();
    let mut families: BTreeMap<(Level, String), Sum> = BTreeMap::new();
    let mut filters: BTreeMap<(Level, &'static str), Sum> = BTreeMap::new();
    let mut totals: BTreeMap<(Level, &'static str), Sum> = BTreeMap::new();
    for sample in chosen {
        let before = count(&sample.text);
        for level in Level::ALL {
            let short = sample.shorten(level);
            let after = short.as_ref().map_or(before, |short| count(&short.text));
            let text = short.as_ref().map_or(sample.text.as_str(), |short| short.text.as_str());
            let lost = sample.lost(text, level);
            for needle in &lost {
                println!("lost at {}: {} {needle:?}", level.name(), sample.name);
            }
            let bytes = (sample.text.len(), text.len());
            if part.is_some() && level == Level::default() {
                let saved = format!("{before} to {after} tokens");
                println!("=== {} ({}), {saved}\n{text}\n", sample.name, sample.about.command);
            }
            // The gateway leaves output of failed calls alone; what the filters would do with it is another matter.
            let failed = sample.about.exit != 0;
            let kept_whole = if failed {
                ((bytes.0, bytes.0), (before, before), 0)
            } else {
                (bytes, (before, after), lost.len())
            };
            let (gateway_bytes, gateway_tokens, gateway_lost) = kept_whole;
            let family = format!("{}{}", family(sample), if failed { " (failed)" } else { "" });
            families.entry((level, family)).or_default().add(bytes, (before, after), lost.len());
            totals.entry((level, "all, filtered")).or_default().add(bytes, (before, after), lost.len());
            totals.entry((level, "as the gateway")).or_default().add(
                gateway_bytes,
                gateway_tokens,
                gateway_lost,
            );
            let name = if failed { "failed ones" } else { "without failed" };
            totals.entry((level, name)).or_default().add(bytes, (before, after), lost.len());
            for (filter, before, after) in steps(sample, level) {
                let bytes = (before.len(), after.len());
                filters.entry((level, filter.name())).or_default().add(
                    bytes,
                    (count(&before), count(&after)),
                    0,
                );
            }
        }
    }
    print_head("family");
    families.iter().for_each(|((level, name), sum)| sum.print(*level, name));
    print_head("filter");
    filters.iter().for_each(|((level, name), sum)| sum.print(*level, name));
    print_head("total");
    totals.iter().for_each(|((level, name), sum)| sum.print(*level, name));
}
