//! Chat, there and back: what its fixtures become when they are decoded and encoded in their own dialect.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{fs, path::PathBuf};

use bytes::Bytes;
use serde_json::Value;
use wire::conversation::{Block, Seal};
use wire::{Asked, Dialect, Target, Translation, decode, encode, peek, read_reply, read_whole, write_whole};

/// The fixtures of one kind, by name.
fn fixtures(kind: &str, extension: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(kind).join("chat");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "there are fixtures of {kind}");
    found
}

fn asked() -> Asked {
    let at = 1_795_000_000;
    Asked { id: "0a1b".to_owned(), at, stream_usage: true, ..Asked::default() }
}

/// The provider everything comes from and goes to: one that takes all that the dialect has.
fn target() -> Target<'static> {
    Target {
        reasoning_member: Some("reasoning_content"),
        cache_marks: true,
        max_completion_tokens: true,
        ..Target::new("m", "openrouter", false)
    }
}

fn translate(stream: &[u8], size: usize) -> Vec<u8> {
    let mut translation = Translation::new(Dialect::Chat, "openrouter", Dialect::Chat, asked());
    let mut out = Vec::new();
    for chunk in stream.chunks(size) {
        for seen in translation.push(Bytes::copy_from_slice(chunk)).unwrap() {
            out.extend_from_slice(&seen.raw);
        }
    }
    out.extend_from_slice(
        &translation.finish(&wire::Fault::new(wire::FaultKind::BadGateway, "It broke off.")).0,
    );
    out
}

/// Seals as a client hands them back.
fn unpacked(mut blocks: Vec<Block<'static>>) -> Vec<Block<'static>> {
    for block in &mut blocks {
        let seal = match block {
            Block::Text { seal, .. } | Block::Reasoning { seal, .. } => seal,
            Block::ToolCall(call) => {
                // A call without arguments is written with empty ones.
                if call.input.is_empty() {
                    call.input = "{}".into();
                }
                &mut call.seal
            }
            _ => continue,
        };
        *seal = seal.take().map(|seal| match seal.issuer.as_ref() {
            "" => Seal::unpack(seal.dialect, seal.data),
            _ => seal,
        });
    }
    blocks
}

fn collect(stream: &[u8]) -> Result<wire::Reply, wire::ProviderError> {
    let mut translation = Translation::collecting(Dialect::Chat, "");
    translation.push(Bytes::copy_from_slice(stream)).unwrap();
    translation.into_reply().0
}

#[test]
fn malformed_requests_are_refused_in_plain_words() {
    let sentences = fixtures("faults", "txt");
    for ((name, body), (same, sentence)) in fixtures("faults", "json").into_iter().zip(sentences) {
        assert_eq!(name, same);
        let fault = decode(Dialect::Chat, &body, false).unwrap_err().to_string();
        assert_eq!(fault, String::from_utf8(sentence).unwrap().trim_end(), "{name}");
    }
}

#[test]
fn what_was_decoded_is_the_same_after_being_encoded() {
    for (name, body) in fixtures("requests", "json") {
        peek(Dialect::Chat, &body).unwrap();
        let first = decode(Dialect::Chat, &body, false).unwrap();
        let encoded = encode(Dialect::Chat, &first, &target());
        assert_eq!(encode(Dialect::Chat, &first, &target()), encoded, "{name}: the same every time");
        let second = decode(Dialect::Chat, &encoded.body, false).unwrap();
        let again = encode(Dialect::Chat, &second, &target());
        let (once, twice) =
            (String::from_utf8(encoded.body).unwrap(), String::from_utf8(again.body).unwrap());
        assert_eq!(once, twice, "{name}");
        assert!(serde_json::from_str::<Value>(&once).unwrap()["messages"].is_array(), "{name}");
    }
}

#[test]
fn a_stream_is_the_same_however_it_is_cut() {
    for (name, stream) in fixtures("streams", "sse") {
        let whole = translate(&stream, stream.len());
        for size in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(translate(&stream, size), whole, "{name} in pieces of {size}");
        }
        for cut in 0..stream.len() {
            let mut translation = Translation::new(Dialect::Chat, "openrouter", Dialect::Chat, asked());
            let mut out = Vec::new();
            for chunk in [&stream[..cut], &stream[cut..]] {
                for seen in translation.push(Bytes::copy_from_slice(chunk)).unwrap() {
                    out.extend_from_slice(&seen.raw);
                }
            }
            out.extend_from_slice(
                &translation.finish(&wire::Fault::new(wire::FaultKind::BadGateway, "It broke off.")).0,
            );
            assert_eq!(out, whole, "{name} cut at {cut}");
        }
    }
}

#[test]
fn a_stream_tells_the_same_after_being_written() {
    for (name, stream) in fixtures("streams", "sse") {
        let written = translate(&stream, stream.len());
        let mut translation = Translation::collecting(Dialect::Chat, "openrouter");
        translation.push(Bytes::from(stream)).unwrap();
        let (first, _) = translation.into_reply();
        match (first, collect(&written)) {
            (Ok(first), Ok(second)) => {
                assert_eq!(unpacked(first.blocks), unpacked(second.blocks), "{name}");
                assert_eq!(first.finish, second.finish, "{name}");
                assert_eq!(first.usage, second.usage, "{name}");
            }
            (Err(first), Err(second)) => {
                assert_eq!((first.message, first.code), (second.message, second.code), "{name}");
            }
            (first, second) => panic!("{name}: {first:?}\n{second:?}"),
        }
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text.matches("\"role\":\"assistant\"").count(), 1, "{name}: it is said once who speaks");
        assert_eq!(text.ends_with("data: [DONE]\n\n"), name != "error_inside", "{name}");
    }
}

#[test]
fn a_reply_is_the_same_after_being_written() {
    for (name, body) in fixtures("replies", "json") {
        let mut first = read_whole(Dialect::Chat, &body, "openrouter").unwrap();
        first.usage = read_reply(Dialect::Chat, &body).unwrap().usage;
        let written = write_whole(Dialect::Chat, &first, &asked());
        let mut second = read_whole(Dialect::Chat, &written, "").unwrap();
        second.usage = read_reply(Dialect::Chat, &written).unwrap().usage;
        assert_eq!(unpacked(first.blocks), unpacked(second.blocks), "{name}");
        assert_eq!((first.finish, first.usage), (second.finish, second.usage), "{name}");
        let written: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(written["object"], "chat.completion");
        assert_eq!(written["created"], 1_795_000_000);
    }
}

#[test]
fn a_whole_reply_and_a_stream_tell_the_same() {
    for (name, body) in fixtures("replies", "json") {
        let reply = read_whole(Dialect::Chat, &body, "openrouter").unwrap();
        assert_eq!(wire::Reply::collect(reply.events()), Ok(reply), "{name}");
    }
}
