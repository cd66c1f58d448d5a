use super::shorten;
use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn at(level: Level, text: &str) -> Option<String> {
    shorten(&Page::of(text, &Source::Other), level)
}

fn exact(text: &str) -> Option<String> {
    at(Level::Exact, text)
}

fn safe(text: &str) -> Option<String> {
    at(Level::Safe, text)
}

#[test]
fn a_repeated_line_stands_once_with_its_count() {
    let wait = "waiting for the database to come up\n";
    assert_eq!(
        exact(&format!("start\n{}done\n", wait.repeat(42))).as_deref(),
        Some(
            "start\nwaiting for the database to come up\n[ninerouter: the line above 41 more times]\ndone\n"
        )
    );
    let long = "x".repeat(200);
    assert_eq!(
        exact(&format!("{long}\n{long}")),
        Some(format!("{long}\n[ninerouter: the line above once more]"))
    );
    assert_eq!(exact(&format!("{wait}{wait}")), None, "the marker would be as long");
}

#[test]
fn a_repeated_block_stands_once_with_its_count() {
    let block = "poll the queue\nnothing there\nsleep for a while\n";
    assert_eq!(
        exact(&format!("{}woke up\n", block.repeat(12))),
        Some(format!("{block}[ninerouter: the 3 lines above 11 more times]\nwoke up\n"))
    );
    // A block begun again but broken off stays.
    assert_eq!(
        exact(&format!("{}poll the queue\nfound one\n", block.repeat(12))),
        Some(format!("{block}[ninerouter: the 3 lines above 11 more times]\npoll the queue\nfound one\n"))
    );
}

#[test]
fn windows_line_ends_stay() {
    let line = "waiting for the database\r\n";
    assert_eq!(
        exact(&line.repeat(10)).as_deref(),
        Some("waiting for the database\r\n[ninerouter: the line above 9 more times]\n")
    );
}

#[test]
fn lines_that_differ_in_a_counter_become_a_range() {
    let text: String = (1..40).map(|n| format!("INFO pulling chunk {n} of 39 from the store\n")).collect();
    assert_eq!(
        safe(&text).as_deref(),
        Some(
            "INFO pulling chunk 1 of 39 from the store\n[ninerouter: 37 more lines like the one above: chunk 2 to 38]\nINFO pulling chunk 39 of 39 from the store\n"
        )
    );
    assert_eq!(exact(&text), None);
}

#[test]
fn numbers_of_lines_stay_before_their_lines() {
    let text: String =
        (10..40).map(|n| format!("{n}:    call_it_with_some_more_words({});\n", n * 2)).collect();
    assert_eq!(safe(&text), None);
}

#[test]
fn ids_are_all_kept_and_times_left_out() {
    let ids = ["7f3a", "0b1c", "99e2", "41d0", "c0f7", "5a5a"];
    let text: String = ids
        .iter()
        .enumerate()
        .map(|(n, id)| {
            format!("2026-11-29T10:00:0{n}.123Z INFO  the worker has taken job id={id} from the queue\n")
        })
        .collect();
    assert_eq!(
        safe(&text).as_deref(),
        Some(
            "2026-11-29T10:00:00.123Z INFO  the worker has taken job id=7f3a from the queue\n[ninerouter: 4 more lines like the one above: id=0b1c, 99e2, 41d0, c0f7; times left out]\n2026-11-29T10:00:05.123Z INFO  the worker has taken job id=5a5a from the queue\n"
        )
    );
}

#[test]
fn blocks_of_lines_alike_are_folded() {
    let text: String = (0..20)
        .map(|n| format!("10:00:{n:02} request {n} begins for the list page\n10:00:{n:02} request is answered with 200\n"))
        .collect();
    let short = safe(&text).unwrap();
    assert_eq!(
        short,
        "10:00:00 request 0 begins for the list page\n10:00:00 request is answered with 200\n[ninerouter: 18 more times 2 lines like those above: request 1 to 18; times left out]\n10:00:19 request 19 begins for the list page\n10:00:19 request is answered with 200\n"
    );
}

#[test]
fn what_went_wrong_is_never_folded_with_its_like() {
    let text: String = (0..9).map(|n| format!("2026-11-29T10:00:0{n}Z ERROR attempt {n} failed\n")).collect();
    assert_eq!(safe(&text), None);
}

#[test]
fn what_every_line_begins_with_is_said_once() {
    let lines = [
        "starts to listen",
        "opens the store",
        "reads its rules",
        "takes a caller",
        "asks a provider",
        "answers",
    ];
    let line = |n: usize, what: &str| format!("Nov 29 10:00:0{n} build-host-7 ninerouter[4242]: {what}\n");
    let mut text: String = lines.iter().enumerate().map(|(n, what)| line(n, what)).collect();
    text.push_str("  a line that goes on\n");
    text.push_str(&line(7, "error: the provider is silent"));
    let short = safe(&text).unwrap();
    let rest: String = lines.iter().enumerate().map(|(n, what)| format!("10:00:0{n} {what}\n")).collect();
    assert_eq!(
        short,
        format!(
            "[ninerouter: \"Nov 29 \" before the time and \" build-host-7 ninerouter[4242]: \" after it left out in 6 lines below]\n{rest}  a line that goes on\n{}",
            line(7, "error: the provider is silent")
        )
    );
}

#[test]
fn each_day_is_said_once() {
    let whats = [
        "starts to listen",
        "opens the store",
        "reads its rules",
        "takes a caller",
        "asks a provider",
        "answers",
        "waits",
        "sleeps",
        "wakes",
        "ends",
    ];
    let day = |day: &str| whats.iter().map(|what| format!("{day}10:00:00,123 {what}\n")).collect::<String>();
    let marker = |day: &str| {
        let lines = bare(&whats).replace("10:00:00,123", "~").replacen('~', "10:00:00,123", 1);
        format!(
            "[ninerouter: {day:?} before the time left out in 10 lines below; ~ is the time of the line above]\n{lines}"
        )
    };
    let (one, other) = ("2026-11-28 ", "2026-11-29 ");
    assert_eq!(
        safe(&format!("{}{}", day(one), day(other))),
        Some(format!("{}{}", marker(one), marker(other)))
    );
    // Lines with bare times among them could not be told apart.
    assert_eq!(safe(&format!("{}{}", day(one), day(""))), None);
}

#[test]
fn the_time_may_stand_behind_an_address() {
    let paths = ["/", "/about", "/style.css", "/icon", "/news", "/help", "/login", "/rules"];
    let line = |n: usize, path: &str| {
        format!("10.0.0.{n} - - [29/Nov/2026:10:00:0{n} +0000] \"GET {path} HTTP/1.1\" 200 61\n")
    };
    let text: String = paths.iter().enumerate().map(|(n, path)| line(n, path)).collect();
    let marker = "[ninerouter: \"29/Nov/2026:\" before the time and \" +0000] \" after it left out in 8 lines below]\n";
    let rest = |n: usize, path: &str| format!("10.0.0.{n} - - [10:00:0{n} \"GET {path} HTTP/1.1\" 200 61\n");
    let rest: String = paths.iter().enumerate().map(|(n, path)| rest(n, path)).collect();
    assert_eq!(safe(&text), Some(format!("{marker}{rest}")));
}

fn bare(whats: &[&str]) -> String {
    whats.iter().map(|what| format!("10:00:00,123 {what}\n")).collect()
}

#[test]
fn what_is_no_log_is_left_alone() {
    let source: String = (0..30).map(|n| format!("    pub const A{n}: u32 = {};\n", n * n)).collect();
    assert_eq!(shorten(&Page::of(&source, &Source::Unknown), Level::Safe), None);
    let code = "fn main() {\n    one();\n    two();\n}\n\nfn other() {\n    three();\n}\n";
    for level in Level::ALL {
        assert_eq!(at(level, code), None);
    }
}

#[test]
fn runs_that_are_not_worth_it_cost_no_more_for_being_long() {
    let text: String = (0_u64..30_000)
        .map(|n| format!("{} {} {} {}\n", n * n, n * 7919 % 1009, n * 104_729 % 997, n * n % 91))
        .collect();
    assert_eq!(safe(&text), None);
}

/// The text before repeated lines were said once.
fn repeated_again(short: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in short.split('\n') {
        let Some(what) = line.strip_prefix("[ninerouter: the ").and_then(|rest| rest.strip_suffix(']'))
        else {
            lines.push(line);
            continue;
        };
        let (block, times) = match what.split_once(" above ").unwrap() {
            ("line", times) => (1, times),
            (lines, times) => (lines.split(' ').next().unwrap().parse().unwrap(), times),
        };
        let times = if times == "once more" { 1 } else { times.split(' ').next().unwrap().parse().unwrap() };
        for _ in 0..block * times {
            lines.push(lines[lines.len() - block]);
        }
    }
    lines.join("\n")
}

/// Lines of a log, with runs.
fn log() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("waiting for the database".to_owned()),
        Just("2026-11-29T10:00:00Z INFO the same again".to_owned()),
        Just("error: it is gone".to_owned()),
        Just(String::new()),
        "[a-c]{1,3}",
        (0_u32..60, 0_u32..5)
            .prop_map(|(s, n)| format!("2026-11-29T10:00:{s:02}Z INFO [web] took job {n}, id k{s}")),
    ];
    let block = (prop::collection::vec(line, 1..5), 1_usize..20);
    prop::collection::vec(block, 1..12).prop_map(|blocks| {
        blocks.iter().map(|(lines, times)| (lines.join("\n") + "\n").repeat(*times)).collect()
    })
}

/// What lines of a log were, of which only their starts were left out.
fn started_again(text: &str) -> String {
    let (mut before, mut after, mut time) = (String::new(), String::new(), String::new());
    let mut out = String::new();
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("[ninerouter: ") {
            let quoted: Vec<&str> = said.split('"').collect();
            let said_of = |words: &str| {
                quoted.iter().position(|part| part.contains(words)).map(|at| quoted[at - 1].to_owned())
            };
            (before, after) =
                (said_of(" before the time").unwrap_or_default(), said_of(" after ").unwrap_or_default());
            continue;
        }
        let is_time = |word: &str| word.len() == 8 && word.as_bytes()[2] == b':';
        let whole = line.split(' ').find(|word| word.len() >= 8 && is_time(&word[word.len() - 8..]));
        let first = line.split(' ').next().unwrap();
        if first == "~" || is_time(first) {
            if first != "~" {
                time = first.to_owned();
            }
            let rest = &line[first.len()..];
            let rest = if after.is_empty() { rest } else { &rest[1..] };
            out.push_str(&format!("{before}{time}{after}{rest}\n"));
        } else {
            if let Some(word) = whole {
                time = word[word.len() - 8..].to_owned();
            }
            out.push_str(&format!("{line}\n"));
        }
    }
    out
}

#[test]
fn a_sign_is_never_repeated_for_another_time() {
    let line = |second: u32, what: &str| format!("2026-11-29 10:00:0{second} {what}\n");
    let head: String =
        ["starts", "reads", "listens", "waits", "sleeps"].iter().map(|what| line(1, what)).collect();
    let pair =
        format!("{}{}", line(1, "takes a caller by the hand"), line(2, "asks a provider for an answer"));
    let tail: String =
        ["ends", "closes", "leaves", "goes", "halts"].iter().map(|what| line(2, what)).collect();
    let short = safe(&format!("{head}{}{tail}", pair.repeat(5))).unwrap();
    assert!(short.contains("~ sleeps\n10:00:01 takes a caller by the hand\n10:00:02 asks"), "{short}");
    assert!(short.contains("[ninerouter: the 2 lines above 4 more times]\n~ ends\n"), "{short}");
}

#[test]
fn a_text_with_the_sign_in_it_gets_none() {
    let lines: String = [
        "starts",
        "reads",
        "listens",
        "waits",
        "sleeps",
        "wakes",
        "ends",
        "closes ~/x",
        "leaves",
        "goes",
        "halts",
        "stops",
    ]
    .iter()
    .map(|what| format!("2026-11-29 10:00:01 {what}\n"))
    .collect();
    assert!(!safe(&lines).unwrap().contains("~ "));
}

proptest! {
    #[test]
    fn starts_can_be_had_back(
        lines in prop::collection::vec((0_u32..3, 0_u32..12, "[a-z]{4,9} [a-z]{4,9}"), 8..60),
        host in prop::sample::select(vec!["", "web-one ", "10.0.0.1 - - "]),
        program in prop::sample::select(vec!["", " build host:"]),
    ) {
        let mut at = 0;
        let text: String = lines
            .iter()
            .enumerate()
            .map(|(index, (step, kind, words))| {
                at += step / 2;
                let time = format!("2026-11-29 10:{:02}:{:02}", at / 60, at % 60);
                let name: String = index.to_string().bytes().map(|digit| char::from(digit - b'0' + b'g')).collect();
                match kind {
                    0 => format!("    goes on {words} {name}\n"),
                    1 => format!("{host}{time} error: {words} {name}\n"),
                    _ => format!("{host}{time}{program} {words} {name}\n"),
                }
            })
            .collect();
        if let Some(short) = safe(&text) {
            prop_assert!(short.len() < text.len());
            prop_assert_eq!(started_again(&short), text);
        }
    }

    #[test]
    fn repeated_lines_can_be_had_back(text in log()) {
        if let Some(short) = exact(&text) {
            prop_assert!(short.len() < text.len());
            prop_assert_eq!(repeated_again(&short), text);
        }
    }

    #[test]
    fn every_id_and_alarm_is_kept(text in log()) {
        if let Some(short) = safe(&text) {
            prop_assert!(short.len() < text.len());
            for id in text.split(['\n', ' ']).filter(|word| word.starts_with('k')) {
                prop_assert!(short.contains(id), "{} in {}", id, short);
            }
            prop_assert_eq!(text.contains("error: it is gone"), short.contains("error: it is gone"));
        }
    }
}

#[test]
fn times_in_a_json_document_are_data() {
    let times: Vec<String> =
        (10..60).map(|second| format!("    \"1.0.{second}\": \"2025-10-01T23:20:{second}.654Z\"")).collect();
    let text = format!("{{\n  \"time\": {{\n{}\n  }}\n}}\n", times.join(",\n"));
    for source in [Source::Unknown, Source::Other, Source::Command("npm view x --json".to_owned())] {
        for level in Level::ALL {
            assert_eq!(super::shorten(&Page::of(&text, &source), level), None);
        }
    }
}
