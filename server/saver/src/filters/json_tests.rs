use super::shorten;
use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn spaced(text: &str) -> Option<String> {
    shorten(&Page::of(text, &Source::Other), Level::Exact)
}

#[test]
fn only_blanks_outside_strings_go() {
    let text = "{\n  \"name\" : \"a  b\\n \\u00e9\",\n  \"name\": 12345678901234567890,\n\t\"big\": [ 1e400, -0.0,\r\n 1E+2 ],\n  \"none\": [ ], \"empty\": { },\n  \"yes\": true, \"no\": false, \"nil\": null\n}\n";
    let dense = "{\"name\":\"a  b\\n \\u00e9\",\"name\":12345678901234567890,\"big\":[1e400,-0.0,1E+2],\"none\":[],\"empty\":{},\"yes\":true,\"no\":false,\"nil\":null}\n";
    assert_eq!(spaced(text).as_deref(), Some(dense));
    assert_eq!(spaced(dense), None);
}

#[test]
fn lines_of_json_stay_lines() {
    assert_eq!(
        spaced("{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}\r\n[ 5 ]").as_deref(),
        Some("{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\r\n[5]")
    );
}

#[test]
fn what_stands_around_stays() {
    let text = "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\n    \"items\": [\n        1,\n        2\n    ],\n    \"total\": 2\n}\n\nreal 0m1.2s\n";
    let dense =
        "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"items\":[1,2],\"total\":2}\n\nreal 0m1.2s\n";
    assert_eq!(spaced(text).as_deref(), None, "more text than JSON");
    let long = text.replace("1,\n", &"1,\n        ".repeat(20));
    let short = spaced(&long).unwrap();
    assert_eq!(short, dense.replace("[1,2]", &format!("[{}2]", "1,".repeat(20))));
}

#[test]
fn long_lists_are_broken_between_records() {
    let record = format!("{{\"id\": 7, \"text\": \"{}\"}}", "x".repeat(150));
    let dense = format!("{{\"id\":7,\"text\":\"{}\"}}", "x".repeat(150));
    let text = format!("[\n  {record},\n  {record},\n  {record}\n]");
    assert_eq!(spaced(&text), Some(format!("[{dense},{dense},\n{dense}]")));
}

#[test]
fn what_is_not_strictly_json_stays() {
    for text in [
        "{\n  // a comment\n  \"a\":   1\n}",
        "{\n  \"a\":   1,\n}",
        "{\n  'a':   1\n}",
        "{\n  \"a\":   01\n}",
        "{\n  \"a\":   1.\n}",
        "{\n  \"a\":   \"\\x\"\n}",
        "{\n  \"a\":   \"tab\there\"\n}",
        "{\n  \"a\":   1\n",
        "{\n  \"a\":   1\n} trailing",
        "[2026-11-29 10:00:00]   started",
        "fn main() {\n    println!(\"x\");\n}\n",
        "[package]\nname   = \"saver\"\n",
        "const list = [\n  1,   2\n]",
    ] {
        assert_eq!(spaced(text), None, "{text:?}");
    }
}

#[test]
fn many_brackets_are_no_trap() {
    let text = "[\n".repeat(200_000);
    assert_eq!(spaced(&text), None);
    let text = "[[[[\"\n".repeat(100_000);
    assert_eq!(spaced(&text), None);
}

/// A value, and its text with blanks strewn in.
fn value() -> impl Strategy<Value = String> {
    let blank = prop_oneof![Just(""), Just(" "), Just("\n    "), Just("\r\n\t")];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|number| format!("{number:e}")),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let item = (blank.clone(), inner.clone(), blank.clone()).prop_map(|(a, v, b)| format!("{a}{v}{b}"));
        let member = (any::<String>(), blank.clone(), inner, blank.clone())
            .prop_map(|(k, a, v, b)| format!("{a}{}{b}:{a}{v}{b}", serde_json::to_string(&k).unwrap()));
        prop_oneof![
            prop::collection::vec(item, 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6).prop_map(|items| format!("{{{}}}", items.join(","))),
        ]
    })
}

/// The text without the blanks outside its strings.
fn without_blanks(text: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    text.chars()
        .filter(|&letter| {
            let keep = quoted || !letter.is_ascii_whitespace();
            if escaped {
                escaped = false;
            } else if quoted && letter == '\\' {
                escaped = true;
            } else if letter == '"' {
                quoted = !quoted;
            }
            keep
        })
        .collect()
}

proptest! {
    #[test]
    fn all_but_blanks_stays(text in value()) {
        if let Some(short) = spaced(&text) {
            prop_assert!(short.len() < text.len());
            prop_assert_eq!(without_blanks(&short), without_blanks(&text));
            prop_assert_eq!(spaced(&short), None);
        }
    }

    #[test]
    fn anything_else_is_harmless(text in "[\\[\\]{}\",:0-9a-e \\\\\n-]{0,200}") {
        if let Some(short) = spaced(&text) {
            prop_assert!(short.len() < text.len());
            prop_assert_eq!(without_blanks(&short), without_blanks(&text));
        }
    }
}
