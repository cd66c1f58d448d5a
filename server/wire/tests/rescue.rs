//! An answer that breaks off at one provider and goes on at another is, for the client, one well-formed answer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use bytes::Bytes;
use std::path::Path;
use wire::conversation::{Block, Names};
use wire::{Asked, Dialect, Fault, FaultKind, Form, Frames, Kind, Passage, Reply, Translation};

const ALL: [Dialect; 5] =
    [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::Gemini, Dialect::Ollama];
/// What the second provider adds.
const MORE: &str = " and that was the rest.";

fn asked() -> Asked {
    Asked { id: "0af1".into(), model: "m".into(), at: 1_790_000_000, stream_usage: true, ..Asked::default() }
}

/// The recorded streams of a dialect that end well, frame by frame.
fn recorded(dialect: Dialect) -> Vec<(String, Vec<Bytes>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams").join(dialect.as_str());
    let mut streams = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut frames = if dialect == Dialect::Ollama { Frames::lines() } else { Frames::new() };
        frames.push(std::fs::read(&path).unwrap().into());
        let frames: Vec<Bytes> = frames.by_ref().map(|frame| frame.unwrap().raw).collect();
        let (passage, _) = through(passage(dialect, dialect, false), &frames);
        if passage.report().ended {
            streams.push((name, frames));
        }
    }
    assert!(!streams.is_empty(), "{dialect} has recordings");
    streams
}

fn passage(from: Dialect, to: Dialect, hold: bool) -> Passage {
    let passage = if from == to {
        Passage::same(to, false, Form::Events)
    } else {
        Passage::other(Translation::new(from, "first", to, asked()), to, Form::Events)
    };
    passage.cared_for(hold, "first", asked())
}

fn through(mut passage: Passage, frames: &[Bytes]) -> (Passage, Vec<u8>) {
    let mut out = Vec::new();
    for frame in frames {
        for seen in passage.push(frame.clone()).unwrap() {
            out.extend_from_slice(&seen.raw);
        }
    }
    (passage, out)
}

/// What the client reads in the end: `Err` where its own dialect's reader finds no whole answer.
fn read(dialect: Dialect, stream: &[u8]) -> Result<Reply, String> {
    let mut reader = Translation::collecting(dialect, "first");
    for seen in reader.push(Bytes::copy_from_slice(stream)).unwrap() {
        if let Kind::Error(error) = seen.kind {
            return Err(error.message);
        }
    }
    reader.into_reply().0.map_err(|error| error.message)
}

fn texts(reply: &Reply) -> String {
    reply
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Text { text, .. } => Some(text.as_ref()),
            _ => None,
        })
        .collect()
}

fn calls(reply: &Reply) -> usize {
    reply.blocks.iter().filter(|block| matches!(block, Block::ToolCall(_))).count()
}

/// A whole answer of the second provider.
fn rest(dialect: Dialect, words: &str) -> Vec<u8> {
    let usage = Some(wire::Usage { input: 7, output: 3, ..wire::Usage::default() });
    let reply = Reply { blocks: vec![Block::text(words.to_owned())], usage, ..Reply::default() };
    wire::write_stream(dialect, &reply, asked())
}

/// Every place at which a frame ends is a place to break off.
#[test]
fn whatever_breaks_off_anywhere_goes_on_in_any_dialect() {
    let mut rescued = 0;
    for from in ALL {
        for (name, frames) in recorded(from) {
            for to in ALL {
                for cut in 1..frames.len() {
                    let what = format!("{from} {name} cut after {cut} frames, for {to}");
                    let (passage, mut out) = through(passage(from, to, true), &frames[..cut]);
                    if passage.report().ended {
                        break;
                    }
                    let Ok(interrupted) = passage.interrupt() else {
                        // A refusal is an answer, and what a vendor's own tool found is known to the vendor only.
                        assert!(
                            name.contains("refusal") || name.contains("search"),
                            "{what}: nobody can go on"
                        );
                        continue;
                    };
                    let said = interrupted.said().to_owned();
                    let second = ALL[(cut + rescued) % ALL.len()];
                    let words = [&said, MORE].concat();
                    let passage = interrupted.go_on(second, "second", Names::default(), true);
                    let (mut passage, more) = through(passage, &[rest(second, &words).into()]);
                    out.extend(more);
                    out.extend_from_slice(&passage.close());
                    assert!(passage.report().ended, "{what}");
                    let reply = read(to, &out).unwrap_or_else(|why| {
                        panic!("{what}, on by {second}: {why}\n{}", String::from_utf8_lossy(&out))
                    });
                    assert_eq!(texts(&reply), words, "{what}, on by {second}");
                    assert_eq!(calls(&reply), 0, "{what}: a call that was not whole is not told");
                    rescued += 1;
                }
            }
        }
    }
    assert!(rescued > 500, "{rescued} were rescued");
}

#[test]
fn a_held_call_comes_out_whole_and_unchanged_where_nothing_breaks() {
    let mut called = 0;
    for from in ALL {
        for (name, frames) in recorded(from) {
            for to in ALL {
                let streams = [true, false].map(|hold| {
                    let (passage, mut out) = through(passage(from, to, hold), &frames);
                    let broken = Fault::new(FaultKind::BadGateway, "It broke off.");
                    out.extend_from_slice(&passage.finish(&broken).0);
                    String::from_utf8(out).unwrap()
                });
                assert_eq!(streams[0], streams[1], "{from} {name} for {to}");
                called += read(to, streams[0].as_bytes()).map_or(0, |reply| calls(&reply));
            }
        }
    }
    assert!(called > 10, "{called} calls");
}

#[test]
fn nobody_goes_on_after_a_call_that_was_told_before_it_was_whole() {
    for (name, frames) in recorded(Dialect::Messages) {
        let call =
            frames.iter().position(|frame| String::from_utf8_lossy(frame).contains(r#""type":"tool_use""#));
        if let Some(call) = call {
            let (passage, _) =
                through(passage(Dialect::Messages, Dialect::Chat, false), &frames[..=call + 1]);
            assert!(passage.interrupt().is_err(), "{name}");
        }
    }
}

#[test]
fn an_error_is_told_once_when_nobody_goes_on() {
    let fault = Fault::new(FaultKind::BadGateway, "It broke off.");
    for from in ALL {
        let frames = rest(from, "half an answer");
        let mut own = if from == Dialect::Ollama { Frames::lines() } else { Frames::new() };
        own.push(frames.into());
        let first: Vec<Bytes> = own.by_ref().map(|frame| frame.unwrap().raw).collect();
        let error: Bytes = Fault::new(FaultKind::Unavailable, "Overloaded.").frame(from, 0).into();
        for to in ALL {
            // Ollama's second line is its last.
            let begun = if from == Dialect::Ollama { 1 } else { 2 };
            let (mut passage, mut out) = through(passage(from, to, true), &first[..begun]);
            for seen in passage.push(error.clone()).unwrap() {
                assert!(seen.raw.is_empty(), "{from} for {to}: {:?}", seen.raw);
            }
            out.extend_from_slice(&passage.fail(&fault).0);
            let told = String::from_utf8(out).unwrap();
            assert!(told.contains("Overloaded."), "{from} for {to}: {told}");
            assert!(!told.contains("It broke off."), "{from} for {to}: {told}");
        }
    }
}
