mod examples;

use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn at(level: Level, text: &str) -> Option<String> {
    super::shorten(&Page::of(text, &Source::Unknown), level)
}

fn safe(text: &str) -> Option<String> {
    at(Level::Safe, text)
}

const WARNED: &str = "\
In file included from a.c:1:
h.h: In function 'never':
h.h:1:28: warning: unused variable 'q' [-Wunused-variable]
    1 | static int never(void){int q; return 1;}
      |                            ^
In file included from b.c:1:
h.h: In function 'never':
h.h:1:28: warning: unused variable 'q' [-Wunused-variable]
    1 | static int never(void){int q; return 1;}
      |                            ^
b.c:2:1: error: expected ';'
    2 | int x
";

#[test]
fn a_warning_given_again_is_left_out() {
    let short = "\
In file included from a.c:1:
h.h: In function 'never':
h.h:1:28: warning: unused variable 'q' [-Wunused-variable]
    1 | static int never(void){int q; return 1;}
      |                            ^
In file included from b.c:1:
h.h: In function 'never':
[ninerouter: 1 repeated warning left out]
b.c:2:1: error: expected ';'
    2 | int x
";
    assert_eq!(at(Level::Exact, WARNED).as_deref(), Some(short));
    assert_eq!(safe(WARNED).as_deref(), Some(short));
}

#[test]
fn strong_shows_few_warnings_of_a_kind() {
    let warning = |number: usize| {
        format!(
            "f{number}.c: In function 'f':\nf{number}.c:2:9: warning: unused variable 'b' [-Wunused-variable]\n    2 | int b;\n      |     ^~~~~~~~~~~~~~~~\n"
        )
    };
    let text: String = (0..8).map(warning).chain(["make: *** [f7.o] Error 1\n".to_owned()]).collect();
    let shown: String = (0..5).map(warning).collect();
    let head = |number: usize| warning(number).replace("    2 | int b;\n      |     ^~~~~~~~~~~~~~~~\n", "");
    let (sixth, seventh, eighth) = (head(5), head(6), head(7));
    assert_eq!(
        at(Level::Strong, &text),
        Some(format!(
            "{shown}{sixth}[ninerouter: excerpts of 3 more warnings left out here and below]\n{seventh}{eighth}\
             make: *** [f7.o] Error 1\n"
        ))
    );
    assert_eq!(safe(&text), None);
}

/// clang gives the code without its number, and notes with code of their own.
const BY_CLANG: &str = "\
In file included from read.c:65:
./ffc.h:1370:22: warning: conversion changes signedness [-Wsign-conversion]
          number = DIGIT(number, digit);
                 ~ ^~~~~~~~~~~~~~~~~~~~
./ffc.h:1168:50: note: expanded from macro 'DIGIT'
#define DIGIT(acc, d) ((acc) * 10 + (uint64_t)(d))
                                  ~~^~~~~~~~~~~~~
read.c:91:5: warning: format specifies type 'int' [-Wformat]
    printf(\"%d\", size);
            ~~   ^~~~
            %zu
";

#[test]
fn a_warning_of_clang_keeps_its_head_with_its_code() {
    // Word for word the same from its head to its last mark: nothing of it is left behind.
    let twice =
        format!("{BY_CLANG}a.c:1:1: error: bad\nint x\n    ^\n{BY_CLANG}2 warnings and 1 error generated.\n");
    let short = format!(
        "{BY_CLANG}a.c:1:1: error: bad\nint x\n    ^\nIn file included from read.c:65:\n\
         [ninerouter: 2 repeated warnings left out]\n2 warnings and 1 error generated.\n"
    );
    assert_eq!(safe(&twice), Some(short));

    let many: String = (0..7)
        .map(|number| {
            BY_CLANG.replace(":91:", &format!(":9{number}:")).replace(":1370:", &format!(":137{number}:"))
        })
        .collect();
    let short = at(Level::Strong, &many).unwrap();
    for number in 0..7 {
        assert!(short.contains(&format!("./ffc.h:137{number}:22: warning: ")), "{short}");
        assert!(short.contains(&format!("read.c:9{number}:5: warning: ")), "{short}");
    }
    assert_eq!(short.matches("expanded from macro").count(), 5);
    assert_eq!(short.matches("%zu").count(), 5);
    assert_eq!(short.matches("excerpts of 4 more warnings left out here and below").count(), 1);
    assert_eq!(safe(&many), None);
}

#[test]
fn a_warning_that_goes_on_in_an_unknown_way_stays_whole() {
    let warning = "a.c:2:9: warning: unused variable 'b' [-Wunused-variable]\n    2 | int b;\n      |     ^\n  who knows what\n";
    for level in Level::ALL {
        assert_eq!(at(level, &warning.repeat(8)), None);
    }
}

#[test]
fn progress_in_many_places_is_counted_once() {
    let pip: String = ["flask", "rich", "click", "idna"]
        .iter()
        .map(|name| format!("Collecting {name}\n  Downloading {name}-3.1.3-py3-none-any.whl (103 kB)\n"))
        .collect();
    assert_eq!(
        safe(&pip).as_deref(),
        Some(
            "Collecting flask\n[ninerouter: 4 lines of progress left out here and below: Downloading]\n\
             Collecting rich\nCollecting click\nCollecting idna\n"
        )
    );
    assert_eq!(
        at(Level::Strong, &pip).as_deref(),
        Some("[ninerouter: 8 lines of progress left out: Collecting 4, Downloading 4]\n")
    );
    // Which package it was that could not be had is to be seen.
    let failed = format!("{pip}ERROR: No matching distribution found for idna\n");
    assert!(at(Level::Strong, &failed).unwrap().contains("Collecting idna\n"));
}

#[test]
fn other_texts_stay() {
    for text in [
        // Prose and code about builds.
        "Compiling is slow.\nDownloading is slower.\nCollecting stamps.\nUnpacking boxes ...\nSetting the table\n",
        "let a = \"   Compiling a v1.0\";\nlet b = \"   Compiling b v1.0\";\nlet c = \"   Compiling c v1.0\";\n",
        // Two lines are no build.
        "   Compiling a v0.1.0\n   Compiling b v0.1.0\n",
        // Not cargo's columns.
        "Compiling a v0.1.0\nCompiling b v0.1.0\nCompiling c v0.1.0\nCompiling d v0.1.0\n",
        // Markdown.
        "#1 first\n#2 second\n#3 third\n# Heading\n- Looking for x\n- Looking for x - found\n",
        // A log with hexadecimal ids.
        "0123456789ab: job started\n0123456789ab: Waiting for input\n0123456789ab: done\n",
        // A log that warns.
        "12:10:00 warning: disk almost full\n12:11:00 warning: disk almost full\n",
    ] {
        assert_eq!(at(Level::Strong, text), None, "{text}");
    }
}

/// A line, and whether it is progress.
fn a_line() -> impl Strategy<Value = (String, bool)> {
    prop_oneof![
        8 => "[a-z-]{2,12} v[0-9]\\.[0-9]".prop_map(|name| (format!("   Compiling {name}"), true)),
        3 => "[a-z-]{2,12} v[0-9]\\.[0-9]".prop_map(|name| (format!("  Downloaded {name}"), true)),
        3 => "[a-z-]{2,12}".prop_map(|name| (format!("Collecting {name}"), true)),
        3 => "[a-z-]{2,12}".prop_map(|name| (format!("[ 12%] Building C object {name}.o"), true)),
        1 => "[a-z ]{0,30}".prop_map(|text| (format!("error: {text}"), false)),
        1 => "[a-z ]{1,30}".prop_map(|text| (format!("note {text}"), false)),
        1 => "[ -~]{0,40}".prop_map(|text| (format!("x{text}"), false)),
    ]
}

fn joined(lines: &[(String, bool)]) -> String {
    lines.iter().map(|(line, _)| &**line).collect::<Vec<_>>().join("\n")
}

proptest! {
    #[test]
    fn only_progress_goes_and_all_is_counted(lines in prop::collection::vec(a_line(), 1..80)) {
        let text = joined(&lines);
        let short = safe(&text).unwrap_or_else(|| text.clone());
        prop_assert!(short.len() <= text.len());
        let mut counted = 0;
        let mut kept = Vec::new();
        let short = short.replace(" here and below", "");
        for line in short.split('\n') {
            match line.strip_prefix("[ninerouter: ").and_then(|rest| rest.split_once(" of progress left out: ")) {
                Some((count, words)) => {
                    let count: usize = count.split(' ').next().unwrap().parse().unwrap();
                    let sum: usize = words.trim_end_matches(']').split(", ").filter_map(|word| word.rsplit_once(' ')?.1.parse::<usize>().ok()).sum();
                    prop_assert!(sum == 0 || sum == count, "{line}");
                    counted += count;
                }
                None => kept.push(line),
            }
        }
        let mut rest = kept.into_iter();
        let mut next = rest.next();
        let mut gone = 0;
        for (line, progress) in &lines {
            if next == Some(line) {
                next = rest.next();
            } else {
                prop_assert!(*progress, "{line}\n---\n{short}");
                gone += 1;
            }
        }
        prop_assert_eq!(next, None);
        prop_assert_eq!(counted, gone);
    }

    #[test]
    fn every_warning_is_shown_or_counted(
        blocks in prop::collection::vec((0_usize..6, prop::sample::select(vec!["", "\n", "note\n", "b.c:1:1: error: bad\n"])), 1..60),
        level in prop::sample::select(Level::ALL.to_vec()),
    ) {
        let text: String = blocks
            .iter()
            .map(|(place, after)| format!("a.c:{place}:1: warning: unused 'b' [-Wunused]\n    1 | int b;\n      |     ^\n{after}"))
            .collect();
        let short = at(level, &text).unwrap_or_else(|| text.clone());
        let shown = short.matches(": warning: ").count();
        let counted: usize = short
            .split("[ninerouter: ")
            .skip(1)
            .flat_map(|marker| marker.split("; "))
            .filter_map(|part| part.split(' ').next()?.parse::<usize>().ok())
            .sum();
        prop_assert_eq!(shown + counted, blocks.len());
        // No code without its head, and what is missing is counted.
        let excerpts = short.split("excerpts of ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
        prop_assert_eq!(short.matches("    1 | int b;").count() + excerpts.unwrap_or(0), shown);
        prop_assert_eq!(short.matches(": error: ").count(), text.matches(": error: ").count());
        for place in 0..6 {
            let head = format!("a.c:{place}:1: warning");
            prop_assert_eq!(short.contains(&head), text.contains(&head));
        }
    }

    #[test]
    fn once_is_enough(lines in prop::collection::vec(a_line(), 20..80), level in prop::sample::select(Level::ALL.to_vec())) {
        let text = joined(&lines);
        let rules = crate::Rules::at(level);
        if let Some(short) = crate::shorten(&text, None, rules) {
            prop_assert!(short.text.len() < text.len());
            prop_assert_eq!(crate::shorten(&short.text, None, rules), None);
        }
    }
}
