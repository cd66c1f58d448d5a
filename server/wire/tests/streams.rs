//! Streams as vendors send them (their shapes, our words): what the tap says of each, under every chunking.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{fmt::Write as _, fs, path::PathBuf};

use bytes::Bytes;
use wire::{Dialect, FRAME_LIMIT, FrameTooLarge, Kind, Report, StreamTap};

fn streams(dialect: Dialect) -> Vec<(String, Bytes)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/streams").join(dialect.as_str());
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap().into())
        })
        .collect();
    found.sort();
    found
}

/// The kinds seen, what was forwarded, and the report.
fn watch(
    dialect: Dialect,
    swallow: bool,
    chunks: impl Iterator<Item = Bytes>,
) -> (Vec<Kind>, Vec<u8>, Report) {
    let mut tap = StreamTap::new(dialect, swallow);
    let mut kinds = Vec::new();
    let mut forwarded = Vec::new();
    for chunk in chunks {
        for seen in tap.push(chunk).unwrap() {
            forwarded.extend(&seen.raw);
            kinds.push(seen.kind);
        }
    }
    let (tail, report) = tap.finish();
    forwarded.extend(tail);
    (kinds, forwarded, report)
}

fn in_pieces(text: &Bytes, size: usize) -> impl Iterator<Item = Bytes> {
    (0..text.len()).step_by(size).map(move |at| text.slice(at..text.len().min(at + size)))
}

/// The text without the frame that nobody can read, in the fixtures that have one.
fn readable(text: &Bytes) -> Vec<u8> {
    // Half a character is in a frame that is cut, and not in one of these.
    let Ok(mut text) = String::from_utf8(text.to_vec()) else { return text.to_vec() };
    for unreadable in
        ["data: upstream connect error or disconnect\n\n", "<html><title>502 Bad Gateway</title>\n"]
    {
        text = text.replace(unreadable, "");
    }
    text.into_bytes()
}

fn told(dialect: Dialect) -> String {
    let mut told = String::new();
    for (name, text) in streams(dialect) {
        let whole = watch(dialect, false, [text.clone()].into_iter());
        let text_forwarded = readable(&text);
        assert_eq!(whole.1, text_forwarded, "{name} is forwarded as it came");
        for size in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(watch(dialect, false, in_pieces(&text, size)), whole, "{name} in pieces of {size}");
        }
        let (kinds, _, report) = whole;
        writeln!(told, "{name}: {kinds:?}\n{report:#?}\n").unwrap();
    }
    told
}

#[test]
fn chat() {
    insta::assert_snapshot!(told(Dialect::Chat));
}

#[test]
fn messages() {
    insta::assert_snapshot!(told(Dialect::Messages));
}

#[test]
fn ollama() {
    insta::assert_snapshot!(told(Dialect::Ollama));
}

#[test]
fn gemini() {
    insta::assert_snapshot!(told(Dialect::Gemini));
}

#[test]
fn responses() {
    insta::assert_snapshot!(told(Dialect::Responses));
}

#[test]
fn a_responses_stream_is_whole_only_with_its_last_event() {
    for (name, text) in streams(Dialect::Responses).into_iter().filter(|(name, _)| !name.starts_with("json"))
    {
        let text = String::from_utf8(text.to_vec()).unwrap();
        let last = ["response.completed", "response.incomplete"]
            .into_iter()
            .find_map(|kind| text.find(&format!("\"type\":\"{kind}\"")));
        for cut in (0..last.unwrap_or(text.len())).step_by(13) {
            let part = Bytes::copy_from_slice(&text.as_bytes()[..cut]);
            assert!(!watch(Dialect::Responses, false, [part].into_iter()).2.ended, "{name} cut at {cut}");
        }
    }
}

#[test]
fn only_the_chunk_that_carries_usage_and_nothing_else_is_swallowed() {
    for (name, text) in streams(Dialect::Chat) {
        let (kinds, _, report) = watch(Dialect::Chat, false, [text.clone()].into_iter());
        let (kinds_too, forwarded, report_too) = watch(Dialect::Chat, true, in_pieces(&text, 11));
        assert_eq!((&kinds, &report), (&kinds_too, &report_too), "{name}: swallowing changes no finding");

        let text = String::from_utf8(readable(&text)).unwrap();
        let ending = if text.contains('\r') { "\r\n\r\n" } else { "\n\n" };
        let kept: String = text
            .split_inclusive(ending)
            .filter(|frame| !(frame.contains("\"choices\":[],") && frame.contains("\"usage\":{")))
            .collect();
        assert_eq!(String::from_utf8(forwarded).unwrap(), kept, "{name}");
        let swallows = ["azure", "crlf_no_last_blank_line", "groq", "openai"];
        assert_eq!(kept.len() < text.len(), swallows.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn a_stream_cut_anywhere_is_not_taken_for_a_whole_one() {
    for dialect in [Dialect::Chat, Dialect::Messages, Dialect::Ollama, Dialect::Gemini] {
        for (name, text) in streams(dialect).into_iter().filter(|(name, _)| !name.starts_with("json")) {
            let text = String::from_utf8(text.to_vec()).unwrap();
            let ends = match dialect {
                Dialect::Chat => text
                    .find("finish_reason\":\"")
                    .map_or(text.len(), |at| at + text[at..].find('\n').unwrap_or(text.len() - at)),
                Dialect::Gemini => ["finishReason\":\"", "blockReason\":\""]
                    .iter()
                    .find_map(|reason| text.find(reason))
                    .map_or(text.len(), |at| at + text[at..].find('\n').unwrap_or(text.len() - at)),
                Dialect::Ollama => text
                    .find("\"done\":true")
                    .map_or(text.len(), |at| at + text[at..].find('\n').unwrap_or(text.len() - at)),
                _ => text
                    .find("\"stop_reason\":\"")
                    .map_or(text.len(), |at| at + text[at..].find('\n').unwrap_or(text.len() - at)),
            };
            for cut in 0..ends {
                let (_, forwarded, report) =
                    watch(dialect, false, [Bytes::copy_from_slice(&text.as_bytes()[..cut])].into_iter());
                assert_eq!(forwarded, readable(&Bytes::copy_from_slice(&text.as_bytes()[..cut])));
                // All but the last line feed of a frame may be missing; a frame whose JSON is whole counts.
                let whole = text.as_bytes()[..cut].ends_with(b"}") || text.as_bytes()[..cut].ends_with(b"\r");
                assert!(!report.ended || whole, "{name} cut at {cut}");
            }
        }
    }
}

#[test]
fn frames_before_one_that_is_too_large_are_given_first() {
    let mut tap = StreamTap::new(Dialect::Chat, false);
    let mut text = b"data: {}\n\n: ".to_vec();
    text.resize(FRAME_LIMIT + 100, b'x');
    assert_eq!(tap.push(text.into()).unwrap().len(), 1);
    assert_eq!(tap.push(Bytes::from_static(b"x")), Err(FrameTooLarge { limit: FRAME_LIMIT }));
    assert_eq!(tap.push(Bytes::from_static(b"\n\n")), Err(FrameTooLarge { limit: FRAME_LIMIT }));
    assert!(!tap.finish().1.ended);
}
