//! What every request and every frame costs. Run: `cargo bench -p wire`.

#![expect(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use wire::{Asked, Dialect, StreamTap, Target, Translation, decode, encode, peek, splice};

/// What Claude Code sends late in a session: `rounds` of thinking, a call and a result of a file's text, 40 tools.
/// 60 rounds are about 450 KB.
fn request(rounds: usize) -> Bytes {
    let line = "    let found = entries.iter().find(|entry| entry.name == \"main.rs\").cloned();\n";
    let file: String = (1..75).map(|number| format!("{number:>6}\t{line}")).collect();
    let tool = |number: usize| {
        json!({ "name": format!("mcp__files__tool_{number}"), "description": "Reads lines of a file. ".repeat(20),
            "input_schema": { "type": "object", "required": ["path"], "additionalProperties": false, "properties": {
                "path": { "type": "string", "description": "Where it is." },
                "limit": { "type": "integer", "minimum": 1 },
                "mode": { "type": "string", "enum": ["lines", "bytes"] } } } })
    };
    let round = |number: usize| {
        let id = format!("toolu_{number:024}");
        [
            json!({ "role": "assistant", "content": [
                { "type": "thinking", "thinking": "The file first. ".repeat(20), "signature": "EqQBCkYIBRgCKkA".repeat(8) },
                { "type": "text", "text": "I will look at the file." },
                { "type": "tool_use", "id": id, "name": "mcp__files__tool_1", "input": { "path": "src/main.rs", "limit": 75 } } ] }),
            json!({ "role": "user", "content": [ { "type": "tool_result", "tool_use_id": id, "content": file } ] }),
        ]
    };
    let first = json!({ "role": "user", "content": "Find out why the build fails." });
    let messages: Vec<Value> = std::iter::once(first).chain((0..rounds).flat_map(round)).collect();
    let body = json!({
        "model": "claude-sonnet-4-5", "max_tokens": 32_000, "stream": true,
        "thinking": { "type": "enabled", "budget_tokens": 10_000 },
        "system": [{ "type": "text", "text": "You are a careful engineer. ".repeat(300), "cache_control": { "type": "ephemeral" } }],
        "tools": (0..40).map(tool).collect::<Vec<_>>(), "messages": messages,
    });
    body.to_string().into()
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
    for (name, rounds) in [("no rounds", 0), ("60 rounds", 60)] {
        let body = request(rounds);
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
        group.bench_function("peek and splice", |bench| {
            bench.iter(|| {
                let found = peek(Dialect::Messages, black_box(&body)).unwrap();
                splice(&body, found.model_edit(black_box("claude-opus-4-5")).into_iter().collect()).unwrap()
            });
        });
        for to in [Dialect::Chat, Dialect::Responses, Dialect::Gemini, Dialect::Messages] {
            let target = Target::new("model", "vendor", true);
            group.bench_function(format!("transcode to {to}"), |bench| {
                bench.iter(|| {
                    encode(to, &decode(Dialect::Messages, black_box(&body), true).unwrap(), &target)
                });
            });
        }
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
    for to in [Dialect::Messages, Dialect::Responses, Dialect::Gemini] {
        group.bench_function(format!("translated to {to}, a frame a chunk"), |bench| {
            bench.iter_batched(
                || {
                    let chunks: Vec<Bytes> =
                        text.chunks(text.len() / 200).map(Bytes::copy_from_slice).collect();
                    (Translation::new(Dialect::Chat, "vendor", to, Asked::default()), chunks)
                },
                |(mut translation, chunks)| {
                    for chunk in chunks {
                        black_box(translation.push(chunk).unwrap());
                    }
                    translation
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, hot_path);
criterion_main!(benches);
