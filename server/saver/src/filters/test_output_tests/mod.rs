mod compiled;
mod javascript;
mod python;

use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn safe(text: &str) -> Option<String> {
    super::shorten(&Page::of(text, &Source::Unknown), Level::Safe)
}

#[test]
fn other_texts_stay() {
    for text in [
        // A program that mentions such lines.
        "fn main() {\n    println!(\"test a ... ok\");\n    println!(\"test result: ok.\");\n    println!(\"running 1 test\");\n}\n",
        // Lines of the form without the runner.
        "test a ... ok\ntest b ... ok\ntest c ... ok\ntest d ... ok\n",
        "PASS\nok\nPASS src/a.test.js\n✓ done\n✓ built\n✓ deployed\n",
        // A list of done things.
        "✓ 1 module transformed.\n✓ built in 1.2s\n  ✓ one\n  ✓ two\n  ✓ three\n",
        // A program under Mocha and Vitest that ticks what it does.
        "  a suite\n    ✔ adds\n    ✔ subtracts\n  ✓ connected to the database\n  ✓ read 12 tables\n\n  2 passing (3ms)\n",
        " RUN  v4.1.12 /app\n\n  ✓ connected to the database\n  ✓ read 12 tables\n  ✓ wrote a report of 12 pages\n",
        // A program under Jest.
        "  console.log\n    ✓ connected\n    ✓ read 12 tables\n    ✓ wrote a report\n\nTest Suites: 1 passed, 1 total\n",
        // A log that says what passed.
        "2026-11-29 12:10:00 INFO 12 passed in review\n2026-11-29 12:10:00 INFO test result: ok. 3 passed\n",
    ] {
        assert_eq!(safe(text), None, "{text}");
    }
}

/// Lines of a runner: what it prints, and whether it is a test that passes.
type Lines = Vec<(String, bool)>;

fn name() -> impl Strategy<Value = String> {
    "[a-z_]{3,12}(::[a-z_]{3,12}){0,3}"
}

fn runs() -> impl Strategy<Value = (String, Lines, String)> {
    let cargo = prop_oneof![
        6 => name().prop_map(|name| (format!("test {name} ... ok"), true)),
        1 => name().prop_map(|name| (format!("test {name} ... FAILED"), false)),
        1 => name().prop_map(|name| (format!("test {name} ... ignored"), false)),
        1 => name().prop_map(|name| (format!("test {name} ... ok, or so it says"), false)),
        1 => "[a-z .:]{0,40}".prop_map(|text| (format!("out: {text}"), false)),
    ];
    let pytest = prop_oneof![
        6 => name().prop_map(|name| (format!("tests/test_a.py::{name} PASSED     [ 12%]"), true)),
        1 => name().prop_map(|name| (format!("tests/test_a.py::{name} FAILED     [ 12%]"), false)),
        1 => name().prop_map(|name| (format!("tests/test_a.py::{name} XPASS      [ 12%]"), false)),
        1 => "[a-z .:]{0,40}".prop_map(|text| (format!("out: {text}"), false)),
    ];
    let vitest = prop_oneof![
        6 => name().prop_map(|name| (format!(" ✓ src/a.test.ts > {name} 3ms"), true)),
        1 => name().prop_map(|name| (format!(" × src/a.test.ts > {name} 3ms"), false)),
        1 => name().prop_map(|name| (format!(" ↓ src/a.test.ts > {name}"), false)),
        1 => name().prop_map(|name| (format!(" ✓ src/a.test.ts > {name} 1203ms"), false)),
    ];
    let go = prop_oneof![
        6 => name().prop_map(|name| (format!("--- PASS: {name} (0.00s)"), true)),
        1 => name().prop_map(|name| (format!("--- FAIL: {name} (0.00s)"), false)),
        1 => name().prop_map(|name| (format!("--- SKIP: {name} (0.00s)"), false)),
    ];
    let tap = prop_oneof![
        6 => name().prop_map(|name| (format!("ok 1 - {name}"), true)),
        1 => name().prop_map(|name| (format!("not ok 1 - {name}"), false)),
        1 => name().prop_map(|name| (format!("ok 1 - {name} # SKIP"), false)),
        1 => "[a-z .:]{0,40}".prop_map(|text| (format!("out: {text}"), false)),
    ];
    let run = |head: &'static str, lines: BoxedStrategy<(String, bool)>, tail: &'static str| {
        prop::collection::vec(lines, 1..60).prop_map(move |lines| (head.to_owned(), lines, tail.to_owned()))
    };
    prop_oneof![
        run("running 12 tests", cargo.boxed(), "test result: ok. 12 passed; 0 failed"),
        run("=== test session starts ===", pytest.boxed(), "=== 12 passed in 0.12s ==="),
        run(" RUN  v4.1.12 /app", vitest.boxed(), " Test Files  1 passed (1)"),
        run("=== RUN   TestLast", go.boxed(), "FAIL\texample.com/a\t0.1s"),
        run("TAP version 13", tap.boxed(), "1..12"),
    ]
}

proptest! {
    #[test]
    fn only_tests_that_pass_go_and_all_are_counted((head, lines, tail) in runs()) {
        let text = format!("{head}\n{}\n{tail}", lines.iter().map(|(line, _)| &**line).collect::<Vec<_>>().join("\n"));
        let short = safe(&text).unwrap_or_else(|| text.clone());
        prop_assert!(short.len() <= text.len());
        let mut counted = 0;
        let mut kept = Vec::new();
        for line in short.split('\n') {
            match line.strip_prefix("[ninerouter: ").and_then(|rest| rest.split_once(" passing test")) {
                Some((count, _)) => counted += count.parse::<usize>().unwrap(),
                None => kept.push(line),
            }
        }
        // What stays is the text without some of the lines that pass.
        let mut rest = kept.iter().copied();
        let mut next = rest.next();
        let whole = [(head, false)].into_iter().chain(lines).chain([(tail, false)]);
        let mut gone = 0;
        for (line, passes) in whole {
            if next == Some(&line) {
                next = rest.next();
            } else {
                prop_assert!(passes, "{line}\n---\n{short}");
                gone += 1;
            }
        }
        prop_assert_eq!(next, None);
        prop_assert_eq!(counted, gone);
    }

    #[test]
    fn once_is_enough((head, lines, tail) in runs(), level in prop::sample::select(Level::ALL.to_vec())) {
        let text = format!("{head}\n{}\n{tail}", lines.iter().map(|(line, _)| &**line).collect::<Vec<_>>().join("\n"));
        let rules = crate::Rules::at(level);
        if let Some(short) = crate::shorten(&text, None, rules) {
            prop_assert!(short.text.len() < text.len());
            prop_assert_eq!(crate::shorten(&short.text, None, rules), None);
        }
    }
}
