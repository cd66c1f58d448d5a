//! What every request and every frame costs. Run: `cargo bench -p wire`.

#![expect(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use wire::{Dialect, StreamTap, peek, splice};

/// A request of about `size` bytes, shaped as a coding session's: many turns, escaped code, tool schemas.
fn request(size: usize) -> Bytes {
    let turn = r#"{"role":"user","content":[{"type":"text","text":"fn main() {\n    println!(\"{}\", 1 + 1);\n}\n// a line of ordinary text, as most of a prompt is, without anything to escape in it\n"}]}"#;
    let mut body =
        String::from(r#"{"model":"claude-sonnet-4-5","stream":true,"max_tokens":1024,"messages":["#);
    body.push_str(turn);
    while body.len() + turn.len() < size {
        body.push(',');
        body.push_str(turn);
    }
    body.push_str("]}");
    body.into()
}

fn stream(frames: usize) -> Bytes {
    let mut text = String::new();
    for _ in 0..frames {
        text.push_str(r#"data: {"id":"chatcmpl-A1","object":"chat.completion.chunk","created":1753357673,"model":"gpt-4.1-2025-04-14","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}],"usage":null}"#);
        text.push_str("\n\n");
    }
    text.push_str("data: [DONE]\n\n");
    text.into()
}

fn hot_path(criterion: &mut Criterion) {
    for (name, size) in [("300 B", 300), ("100 KB", 100_000)] {
        let body = request(size);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function("peek", |bench| {
            bench.iter(|| peek(Dialect::Messages, black_box(&body)).unwrap());
        });
        group.bench_function("serde_json RawValue, to compare", |bench| {
            bench.iter(|| serde_json::from_slice::<&serde_json::value::RawValue>(black_box(&body)).unwrap());
        });
        let found = peek(Dialect::Chat, &body).unwrap();
        group.bench_function("splice model and usage", |bench| {
            bench.iter(|| {
                let edits = found.model_edit(black_box("gpt-5.5")).into_iter().chain(found.usage_edit());
                splice(&body, edits.collect()).unwrap()
            });
        });
        group.finish();
    }

    let text = stream(200);
    let mut group = criterion.benchmark_group("stream of 200 frames");
    group.throughput(Throughput::Bytes(text.len() as u64));
    for (name, size) in
        [("a frame a chunk", text.len() / 200), ("4 KB chunks", 4096), ("one chunk", text.len())]
    {
        group.bench_function(format!("tap, {name}"), |bench| {
            bench.iter_batched(
                || {
                    // As hyper hands them over: each chunk its own allocation.
                    let chunks: Vec<Bytes> = text.chunks(size).map(Bytes::copy_from_slice).collect();
                    (StreamTap::new(Dialect::Chat, true), chunks)
                },
                |(mut tap, chunks)| {
                    for chunk in chunks {
                        black_box(tap.push(chunk).unwrap());
                    }
                    tap.finish()
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, hot_path);
criterion_main!(benches);
