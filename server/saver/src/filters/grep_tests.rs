use crate::call::Source;
use crate::filters::Filter;
use crate::filters::checks::{apply, of_command, promises, untouched};
use crate::level::Level;
use proptest::prelude::*;
use proptest::sample::select;

fn grep(text: &str, level: Level) -> String {
    of_command(Filter::Grep, "rg -n x | head -50", text, level)
}

#[test]
fn lines_of_a_file_stand_under_its_path() {
    let text = "\
src/gateway/attempt.rs:12:use crate::plan;
src/gateway/attempt.rs:40:    let plan = plan();
src/main.rs:3:mod plan;
src/gateway/plan/mod.rs:1:a
src/gateway/plan/mod.rs:2:path:3:text
src/gateway/plan/order.rs:7:b
src/gateway/plan/tests.rs:9:c
Makefile:4:plan:
";
    let safe = "\
src/gateway/attempt.rs
12:use crate::plan;
40:    let plan = plan();

src/main.rs:3:mod plan;

src/gateway/plan/mod.rs
1:a
2:path:3:text

src/gateway/plan/
order.rs:7:b
tests.rs:9:c

Makefile:4:plan:
";
    assert_eq!(grep(text, Level::Exact), text);
    assert_eq!(grep(text, Level::Safe), safe);
    assert_eq!(grep(safe, Level::Safe), safe);
}

#[test]
fn lines_around_matches_stand_there_too() {
    let text = "\
src/foo-12-bar.rs-3-before
src/foo-12-bar.rs:4:match
src/foo-12-bar.rs-5-after
--
src/foo-12-bar.rs-40--- dashes
src/foo-12-bar.rs:41:match
--
src/other.rs-1-before
src/other.rs:2:match
";
    let safe = "\
src/foo-12-bar.rs
3-before
4:match
5-after
--
40--- dashes
41:match
--

src/other.rs
1-before
2:match
";
    assert_eq!(grep(text, Level::Safe), safe);
    assert_eq!(grep(safe, Level::Safe), safe);
}

#[test]
fn lines_without_numbers_keep_their_colon() {
    let text = "\
./src/main.rs:use std::io;
./src/main.rs:    let x = 1;
./src/main.rs-}
Binary file ./target/ninerouter matches
./README.md:use it
";
    let safe = "\
./src/main.rs
:use std::io;
:    let x = 1;
-}

Binary file ./target/ninerouter matches
./README.md:use it
";
    let after = of_command(Filter::Grep, "grep -r use .", text, Level::Safe);
    assert_eq!(after, safe);
    assert_eq!(of_command(Filter::Grep, "grep -r use .", &after, Level::Safe), safe);
    // Only a search gives that form away.
    untouched(Filter::Grep, "server.name: a\nserver.port: b\nserver.host: c\nserver.path: d\n", &["make"]);
}

#[test]
fn counts_stand_under_their_folder() {
    let text = "\
src/gateway/attempt.rs:12
src/gateway/call.rs:0
src/gateway/mod.rs:0
Cargo.toml:0

Found 12 total occurrences across 1 files.
";
    let count = |level| of_command(Filter::Grep, "grep -rc x .", text, level);
    assert_eq!(
        count(Level::Safe),
        "\
src/gateway/
attempt.rs:12
call.rs:0
mod.rs:0

Cargo.toml:0

Found 12 total occurrences across 1 files.
"
    );
    assert_eq!(
        of_command(Filter::Grep, "grep -rc x .", &count(Level::Safe), Level::Safe),
        count(Level::Safe)
    );
    assert_eq!(
        count(Level::Strong),
        "\
src/gateway/attempt.rs:12

Found 12 total occurrences across 1 files.
[ninerouter: 3 files without a match left out]
"
    );
}

#[test]
fn what_was_found_is_no_log() {
    let text: String =
        (1..=40).map(|n| format!("src/gateway/table.rs:{n}:    row({n}, {});\n", n * 7)).collect();
    let arguments = r#"{"command": "rg -n row"}"#;
    let call = crate::Call { tool: "Bash", arguments };
    let short = crate::shorten(&text, Some(call), crate::Rules::at(Level::Safe)).unwrap();
    assert_eq!(short.text, format!("src/gateway/table.rs\n{}", text.replace("src/gateway/table.rs:", "")));
    promises(&text, "rg -n row");
    promises(&text.replace(".rs:", ".rs:x"), "rg row");
}

#[test]
fn windows_paths_have_a_colon() {
    let text = "C:\\code\\src\\main.rs:12:a\r\nC:\\code\\src\\main.rs:13:b\r\nC:\\code\\src\\lib.rs:1:c\r\n";
    let safe = "C:\\code\\src\\main.rs\n12:a\r\n13:b\r\n\nC:\\code\\src\\lib.rs:1:c\r\n";
    assert_eq!(apply(Filter::Grep, text, &Source::Search, Level::Safe).as_deref(), Some(safe));
}

#[test]
fn the_strong_level_shows_the_first_and_last_lines_of_a_file() {
    let lines: Vec<String> = (1..=40).map(|number| format!("src/main.rs:{number}:{number}\n")).collect();
    let shown = |from: usize, to: usize| (from..=to).map(|n| format!("{n}:{n}\n")).collect::<String>();
    let expected = format!(
        "src/main.rs\n{}[ninerouter: 30 lines of this file left out]\n{}",
        shown(1, 8),
        shown(39, 40)
    );
    assert_eq!(grep(&lines.concat(), Level::Strong), expected);
}

#[test]
fn lines_around_a_match_are_left_out_with_it() {
    let block = |n: usize| format!("src/main.rs-{}-before\nsrc/main.rs:{}:{n}\n--\n", n * 10 - 1, n * 10);
    let text: String = (1..=14).map(block).collect();
    let shown = |from: usize, to: usize| {
        (from..=to).map(|n| format!("{}-before\n{}:{n}\n--\n", n * 10 - 1, n * 10)).collect::<String>()
    };
    let marker = "[ninerouter: 8 lines of this file left out]\n";
    let expected = format!("src/main.rs\n{}{marker}{}", shown(1, 8), shown(13, 14));
    assert_eq!(grep(&text, Level::Strong), expected);
}

#[test]
fn the_strong_level_cuts_long_lines() {
    let text = format!("dist/app.js:1:{}\ndist/app.js:2:b\n", "é".repeat(500));
    let expected = format!(
        "dist/app.js\n1:{}\n[ninerouter: 401 characters of this line left out]\n2:b\n",
        "é".repeat(99)
    );
    assert_eq!(grep(&text, Level::Strong), expected);
}

#[test]
fn look_alikes_stay() {
    let lines = |line: &dyn Fn(usize) -> String| (10..60).map(line).collect::<Vec<_>>().join("\n");
    let searches = ["make", "grep ERROR app.log", "rg -n ERROR"];
    // Logs, whose clocks have colons and digits too.
    for log in [
        lines(&|n| format!("2026-04-29 12:{n}:00 INFO src/main.rs started")),
        lines(&|n| format!("2026-04-29T12:{n}:00.123Z INFO started")),
        lines(&|n| format!("2026/04/29 12:{n}:00 [error] 12#12: *1 open() failed")),
        lines(&|n| format!("2026/04/29T12:{n}:00 started")),
        lines(&|n| format!("10.0.0.1 - - [29/Apr/2026:12:{n}:00 +0000] \"GET / HTTP/1.1\" 200")),
        lines(&|n| format!("29/Apr/2026:12:{n}:00 +0000 GET /")),
        lines(&|n| format!("Apr 29 12:{n}:00 host/app started")),
        lines(&|n| format!("[src/main.rs] 12:{n}:00 started")),
    ] {
        untouched(Filter::Grep, &log, &searches);
    }
    // What a compiler says: an error stays byte for byte.
    untouched(Filter::Grep, &lines(&|n| format!("src/a.c:{n}:5: error: expected ';'")), &searches);
    untouched(Filter::Grep, &lines(&|n| format!("src/a.py:{n}: warning: unused name")), &searches);
    // A file that mentions a place in another, names.
    let file = format!("# src/a.py:12:foo\n# src/a.py:13:bar\nsrc/a.py:14:baz\n{}", "x = 1\n".repeat(90));
    untouched(Filter::Grep, &file, &searches);
    untouched(Filter::Grep, &lines(&|n| format!("src/a{n}.rs")), &["grep -l x -r src"]);
    untouched(Filter::Grep, &lines(&|n| format!("{n}:    let x = {n};")), &["grep -n let src/main.rs"]);
    untouched(Filter::Grep, &lines(&|n| format!("https://example.org:{n}:x")), &["make"]);
}

#[test]
fn lines_of_an_unnamed_file_are_not_taken_for_the_one_above() {
    let text = format!("{}20:other\n", "src/main.rs:12:a\n".repeat(30));
    untouched(Filter::Grep, &text, &["grep -rn a src; grep -n other x"]);
}

/// Writes each line behind its path again. Empty lines carry nothing.
fn ungrouped(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for block in text.split("\n\n") {
        let (heading, rest) = block.split_once('\n').unwrap_or((block, ""));
        let first = rest.split(':').next().unwrap_or("");
        let under_file = rest.starts_with(|c: char| c.is_ascii_digit());
        let under_folder = heading.ends_with('/') && !first.contains('/');
        if rest.is_empty() || !(under_file || under_folder) {
            out.extend(block.lines().map(str::to_owned));
            continue;
        }
        for line in rest.lines() {
            let sign = line.trim_start_matches(|c: char| c.is_ascii_digit()).chars().next();
            let sign = sign.filter(|_| under_file).map(String::from).unwrap_or_default();
            out.push(if line == "--" { line.to_owned() } else { format!("{heading}{sign}{line}") });
        }
    }
    out.retain(|line| !line.is_empty());
    out
}

fn found() -> impl Strategy<Value = Vec<String>> {
    let path = select(vec![
        "src/a.rs",
        "src/b-7-c.rs",
        "src/deep/d.rs",
        "src/deep/e.rs",
        "f.md",
        "src/deep/Makefile",
    ]);
    let line = (path, 1..5usize, select(vec![':', '-']), "[a-z:{}\" -]{0,20}");
    let file = prop::collection::vec(line, 1..20).prop_map(|lines| {
        // Each match, now and then with lines around it.
        let write = |(path, around, sign, text): (&str, usize, char, String)| {
            let around = if sign == '-' { around } else { 0 };
            let mut lines: Vec<String> = (0..around).map(|n| format!("{path}-{}-{text}", n + 10)).collect();
            lines.push(format!("{path}:{}:{text}", around + 10));
            lines
        };
        lines.into_iter().flat_map(write).collect::<Vec<_>>()
    });
    let other = select(vec!["--", "error: no such file", "Binary file x matches"])
        .prop_map(|line| vec![line.to_owned()]);
    prop::collection::vec(prop_oneof![8 => file, 1 => other], 1..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_line_keeps_its_path_and_number(lines in found()) {
        let text = lines.join("\n");
        for level in [Level::Exact, Level::Safe] {
            prop_assert_eq!(ungrouped(&grep(&text, level)), lines.clone());
        }
        promises(&text, "rg -n x");
        promises(&text, "make");
    }

    #[test]
    fn any_lines_are_read(lines in prop::collection::vec("(src/a\\.rs|b\\.c|x y|--|)(:|-)?[0-9]{0,2}(:|-)?[a-z ]{0,9}", 0..80)) {
        promises(&lines.join("\n"), "grep -rn x");
        promises(&lines.join("\n"), "grep -r x");
    }
}
