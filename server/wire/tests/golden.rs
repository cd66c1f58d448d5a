//! Every fixture into every dialect. `tests/golden/{requests,replies,streams}/<dialect>/*` are what clients and
//! providers of the dialect send; what becomes of each is in `tests/golden/snapshots/<kind>/<from>/<fixture>/<to>.snap`.
//! `tests/golden/faults/<dialect>/*.json` are requests that are refused with the sentence in the `.txt` beside each.
//!
//! After a change: `INSTA_UPDATE=always cargo test -p wire --test golden`, then read the difference.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use wire::{
    Asked, Dialect, ProviderError, ReasoningStyle, Reply, Report, Target, Translation, decode, diagnose,
    encode, peek, read_reply, read_whole, write_whole,
};

/// The provider of every reply, and the one every request is for.
const ISSUER: &str = "vendor";

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The files of a folder, by name; none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// Each fixture of a kind: its dialect, name and text.
fn fixtures(kind: &str) -> Vec<(Dialect, String, Bytes)> {
    let mut found = Vec::new();
    for dialect in Dialect::ALL {
        for path in files(&golden().join(kind).join(dialect.as_str())) {
            if path.extension().is_some_and(|ending| ending != "txt") {
                found.push((dialect, stem(&path).to_owned(), fs::read(&path).unwrap().into()));
            }
        }
    }
    found
}

/// Compares texts with the snapshots of one kind of fixture, and goes on where one differs.
struct Snapshots {
    root: PathBuf,
    asserted: BTreeSet<PathBuf>,
    differ: Vec<String>,
}

impl Snapshots {
    fn of(kind: &str) -> Self {
        let root = golden().join("snapshots").join(kind);
        Self { root, asserted: BTreeSet::new(), differ: Vec::new() }
    }

    fn assert(&mut self, from: Dialect, fixture: &str, to: Dialect, text: &str) {
        let folder = self.root.join(from.as_str()).join(fixture);
        self.asserted.insert(folder.join(format!("{to}.snap")));
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let compare = || settings.bind(|| insta::assert_snapshot!(to.as_str(), text));
        if catch_unwind(AssertUnwindSafe(compare)).is_err() {
            self.differ.push(format!("{from}/{fixture}/{to}"));
        }
    }

    /// Nothing may differ, and no snapshot may be left of a fixture that is gone.
    fn finish(self) {
        let mut stored = BTreeSet::new();
        for from in files(&self.root) {
            for fixture in files(&from) {
                let kept = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "snap");
                stored.extend(files(&fixture).into_iter().filter(kept));
            }
        }
        let left: Vec<_> = stored.difference(&self.asserted).collect();
        assert!(self.differ.is_empty(), "these differ: {:#?}", self.differ);
        assert!(left.is_empty(), "these belong to no fixture, delete them: {left:#?}");
    }
}

fn target(dialect: Dialect, stream: bool) -> Target<'static> {
    let reasoning = match dialect {
        Dialect::Messages | Dialect::Gemini => ReasoningStyle::Budget,
        Dialect::Chat | Dialect::Responses | Dialect::Ollama => ReasoningStyle::Effort,
    };
    Target { max_output: Some(32_000), reasoning, ..Target::new("vendor-model", ISSUER, stream) }
}

fn asked() -> Asked {
    Asked {
        id: "0123456789abcdef01234567".to_owned(),
        model: "vendor-model".to_owned(),
        at: 1_790_000_000,
        stream_usage: true,
        ..Asked::default()
    }
}

/// JSON with a member a line. Order, numbers and escapes stay as they were written.
fn pretty(json: &[u8]) -> String {
    let json = std::str::from_utf8(json).unwrap();
    if let Err(error) = serde_json::from_str::<serde_json::Value>(json) {
        panic!("{error}: {json}");
    }
    let mut out = String::new();
    let (mut depth, mut within, mut escaped) = (0, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let mut chars = json.chars().peekable();
    while let Some(char) = chars.next() {
        if within {
            out.push(char);
            within = escaped || char != '"';
            escaped = char == '\\' && !escaped;
            continue;
        }
        match char {
            '{' | '[' => {
                out.push(char);
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                match chars.next_if(|next| matches!(next, '}' | ']')) {
                    Some(close) => out.push(close),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut out, depth);
                out.push(char);
            }
            ',' => {
                out.push(char);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            char if char.is_ascii_whitespace() => {}
            char => {
                within = char == '"';
                out.push(char);
            }
        }
    }
    out
}

#[test]
fn requests() {
    let mut snapshots = Snapshots::of("requests");
    for (from, fixture, body) in fixtures("requests") {
        let stream = peek(from, &body).unwrap_or_else(|why| panic!("{from}/{fixture}: {why}")).stream;
        let conversation =
            decode(from, &body, stream).unwrap_or_else(|why| panic!("{from}/{fixture}: {why}"));
        for to in Dialect::ALL {
            let encoded = encode(to, &conversation, &target(to, stream));
            let again = encode(to, &decode(from, &body, stream).unwrap(), &target(to, stream));
            assert_eq!(encoded, again, "{from}/{fixture} into {to} is the same every time");

            let mut text = pretty(&encoded.body);
            text.push_str("\n\ndropped:");
            for dropped in &encoded.dropped {
                write!(text, "\n- {}: {}", dropped.path, dropped.why).unwrap();
            }
            if encoded.names != Asked::default().names {
                write!(text, "\n\n{:#?}", encoded.names).unwrap();
            }
            snapshots.assert(from, &fixture, to, &text);
        }
    }
    snapshots.finish();
}

/// As the gateway reads a whole reply.
fn whole(from: Dialect, body: &[u8]) -> Result<Reply, ProviderError> {
    let report = read_reply(from, body).unwrap();
    if let Some(error) = report.error {
        return Err(error);
    }
    let mut reply = read_whole(from, body, ISSUER).unwrap();
    reply.usage = report.usage;
    Ok(reply)
}

#[test]
fn replies() {
    let mut snapshots = Snapshots::of("replies");
    for (from, fixture, body) in fixtures("replies") {
        for to in Dialect::ALL {
            let text = match whole(from, &body) {
                Ok(reply) => pretty(&write_whole(to, &reply, &asked())),
                Err(error) => format!("{error:#?}"),
            };
            snapshots.assert(from, &fixture, to, &text);
        }
    }
    snapshots.finish();
}

fn in_pieces(text: &Bytes, size: usize) -> impl Iterator<Item = Bytes> {
    (0..text.len()).step_by(size).map(move |at| text.slice(at..text.len().min(at + size)))
}

/// What a client gets, in pieces of a size. Readers that break the grammar panic in debug builds.
fn translated(from: Dialect, text: &Bytes, to: Dialect, size: usize) -> (String, Report) {
    let mut translation = Translation::new(from, ISSUER, to, asked());
    let mut out = Vec::new();
    for chunk in in_pieces(text, size) {
        translation.push(chunk).unwrap().iter().for_each(|seen| out.extend_from_slice(&seen.raw));
    }
    let (rest, report) = translation.finish(&wire::Fault::new(wire::FaultKind::BadGateway, "It broke off."));
    out.extend_from_slice(&rest);
    (String::from_utf8(out).unwrap(), report)
}

fn collected(from: Dialect, text: Bytes) -> (Result<Reply, ProviderError>, Report) {
    let mut translation = Translation::collecting(from, ISSUER);
    translation.push(text).unwrap();
    translation.into_reply()
}

#[test]
fn streams() {
    let mut snapshots = Snapshots::of("streams");
    let replies = fixtures("replies");
    for (from, fixture, text) in fixtures("streams") {
        for to in Dialect::ALL {
            let (told, report) = translated(from, &text, to, text.len());
            for size in [1, 2, 3, 7, 64, 1000] {
                let again = translated(from, &text, to, size);
                assert_eq!(
                    again,
                    (told.clone(), report.clone()),
                    "{from}/{fixture} into {to} in pieces of {size}"
                );
            }
            snapshots.assert(from, &fixture, to, &told);
        }
        let in_both = replies.iter().find(|(dialect, name, _)| (*dialect, name) == (from, &fixture));
        if let Some((_, _, body)) = in_both {
            assert_eq!(collected(from, text).0, whole(from, body), "{from}/{fixture}: a stream and a reply");
        }
    }
    snapshots.finish();
}

/// These as well, for which only the tap has snapshots.
fn all_streams() -> Vec<(Dialect, String, Bytes)> {
    let mut found = fixtures("streams");
    for dialect in Dialect::ALL {
        for path in files(&golden().join("../streams").join(dialect.as_str())) {
            found.push((dialect, stem(&path).to_owned(), fs::read(&path).unwrap().into()));
        }
    }
    found
}

#[test]
fn a_stream_that_breaks_off_is_never_a_reply() {
    for (from, fixture, text) in all_streams() {
        let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        for end in ends {
            let (reply, report) = collected(from, text.slice(..end));
            let said = report.ended || !report.finish.is_empty();
            assert!(reply.is_err() || said, "{from}/{fixture} cut at {end}: {reply:?}");
        }
    }
}

#[test]
fn a_document_in_place_of_a_stream_is_a_reply() {
    for (from, fixture, text) in all_streams() {
        if fixture == "json_in_place_of_stream" {
            let refused = text.windows(7).any(|part| part == b"\"error\"") && !text.starts_with(b"{\"id\"");
            let (reply, _) = collected(from, text);
            match reply {
                Ok(reply) => assert!(!refused && !reply.blocks.is_empty(), "{from}/{fixture}"),
                Err(error) => assert!(refused && !error.message.is_empty(), "{from}/{fixture}"),
            }
        }
    }
}

#[test]
fn faults() {
    for (dialect, fixture, body) in fixtures("faults") {
        let sentence = fs::read_to_string(golden().join(format!("faults/{dialect}/{fixture}.txt"))).unwrap();
        match decode(dialect, &body, false) {
            Ok(_) => panic!("{dialect}/{fixture} is not refused"),
            Err(refusal) => assert_eq!(refusal.to_string(), sentence.trim_end(), "{dialect}/{fixture}"),
        }
    }
}

#[test]
fn a_diagnosis_finds_a_fault_where_there_is_one() {
    for (dialect, fixture, body) in fixtures("faults") {
        assert!(diagnose(dialect, &body, false).is_some(), "{dialect}/{fixture}");
    }
    for (dialect, fixture, body) in fixtures("requests") {
        assert_eq!(diagnose(dialect, &body, false), None, "{dialect}/{fixture}");
    }
}
