//! Bytes a second through detection and filters, over the corpus of real tool output at the default level: by family
//! and in total. `cargo bench -p saver`; a part of a family's name chooses.

#[path = "../tests/samples/mod.rs"]
#[expect(dead_code, reason = "no result is looked at")]
mod samples;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use samples::Sample;
use saver::Level;
use std::collections::BTreeMap;
use std::hint::black_box;

/// The kind of tool a sample is from.
fn family(sample: &Sample) -> &str {
    sample.name.split('/').next().unwrap_or_default()
}

fn filters(criterion: &mut Criterion) {
    let all = samples::all();
    let mut families: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for sample in &all {
        families.entry(family(sample)).or_default().push(sample);
        families.entry("total").or_default().push(sample);
    }
    let mut group = criterion.benchmark_group("filters");
    for (family, samples) in families {
        let bytes: usize = samples.iter().map(|sample| sample.text.len()).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(family, |bencher| {
            bencher.iter(|| {
                for sample in &samples {
                    black_box(black_box(sample).shorten(Level::default()));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, filters);
criterion_main!(benches);
