use crate::call::Source;
use crate::filters::Filter;
use crate::filters::checks::{apply, of_command, promises, untouched};
use crate::level::Level;
use proptest::prelude::*;
use proptest::sample::select;

fn read(text: &str, level: Level) -> String {
    let source = Source::File("src/main.rs".to_owned());
    apply(Filter::Numbered, text, &source, level).unwrap_or_else(|| text.to_owned())
}

fn numbered(lines: std::ops::RangeInclusive<usize>, divider: &str) -> String {
    lines.map(|number| format!("{number:>6}{divider}    let x = {number};\n")).collect()
}

#[test]
fn blanks_in_front_of_numbers_go() {
    for divider in ["→", "\t", "|"] {
        let text = numbered(8..=12, divider);
        let expected =
            (8..=12).map(|number| format!("{number}{divider}    let x = {number};\n")).collect::<String>();
        for level in Level::ALL {
            assert_eq!(read(&text, level), expected);
            assert_eq!(read(&expected, level), expected);
        }
    }
}

#[test]
fn zeros_in_front_of_numbers_go_from_the_safe_level_on() {
    let line = |number: usize| format!("{number:05}| let x = 00{number};\n");
    let text = format!("<file>\n{}\n(End of file)\n</file>\n", (8..=12).map(line).collect::<String>());
    let expected = text.replace("\n000", "\n").replace("\n08", "\n8").replace("\n09", "\n9");
    assert_eq!(read(&text, Level::Exact), text);
    assert_eq!(read(&text, Level::Safe), expected);
    assert_eq!(read(&expected, Level::Safe), expected);
}

#[test]
fn what_the_tool_says_of_the_file_stays() {
    let reminder = "\n<system-reminder>\n     1→ is no line\n</system-reminder>\n";
    let text = format!("<file>\n{}{reminder}", numbered(1..=6, "→"));
    let expected = format!("<file>\n{}{reminder}", numbered(1..=6, "→").replace("     ", ""));
    let expected = expected.replace("→let", "→    let");
    assert_eq!(read(&text, Level::Safe), expected.replace("\n1→ is", "\n     1→ is"));
}

#[test]
fn the_strong_level_cuts_the_middle_and_names_its_lines() {
    let text = numbered(101..=700, "→");
    let short = read(&text, Level::Strong);
    let lines: Vec<&str> = short.lines().collect();
    assert_eq!(lines.len(), 181);
    assert_eq!(
        lines[119..122],
        ["220→    let x = 220;", "[ninerouter: lines 221 to 640 left out]", "641→    let x = 641;"]
    );
    assert_eq!(read(&numbered(1..=250, "→"), Level::Strong).lines().count(), 250);
}

#[test]
fn files_may_follow_one_another() {
    let text = format!(
        "== a\n{}== b\n{}       \n{}",
        numbered(1..=3, "\t"),
        numbered(1..=2, "\t"),
        numbered(3..=3, "\t")
    );
    let shown =
        |from: usize, to: usize| (from..=to).map(|n| format!("{n}\t    let x = {n};\n")).collect::<String>();
    let expected = format!("== a\n{}== b\n{}       \n{}", shown(1, 3), shown(1, 2), shown(3, 3));
    let after = of_command(Filter::Numbered, "nl a; nl b | sed -n '1,9p'", &text, Level::Exact);
    assert_eq!(after, expected);
    assert_eq!(of_command(Filter::Numbered, "nl a; nl b | sed -n '1,9p'", &after, Level::Exact), expected);
}

#[test]
fn look_alikes_stay() {
    let skips = "     1→a\n     2→b\n     4→c\n     5→d\n     6→e\n";
    let ragged = "     1→a\n  2→b\n     3→c\n     4→d\n     5→e\n";
    let mentions = format!("This is what a tool prints:\n{}", numbered(1..=20, "→"));
    let list = "  1. one\n  2. two\n  3. three\n  4. four\n  5. five\n";
    for text in [skips, ragged, &mentions, list] {
        untouched(Filter::Numbered, text, &["make"]);
        assert_eq!(read(text, Level::Safe), text);
    }
    // The first column of a table.
    let table: String = (1..=600).map(|number| format!("{number}\tname\n")).collect();
    untouched(Filter::Numbered, &table, &["psql"]);
}

proptest! {
    #[test]
    fn every_line_keeps_its_number(
        first in 1..99_990usize,
        lines in prop::collection::vec(" {0,8}[a-zé|→\t ]{0,20}", 5..60),
        divider in select(vec!["→", "\t", "|"]),
    ) {
        let text: String =
            lines.iter().enumerate().map(|(index, line)| format!("{:>6}{divider}{line}\n", first + index)).collect();
        let padded: String = read(&text, Level::Safe)
            .lines()
            .map(|line| format!("{:>6}{}\n", line.split(divider).next().unwrap(), &line[line.find(divider).unwrap()..]))
            .collect();
        prop_assert_eq!(padded, text.clone());
        promises(&text, "nl -ba x | sed -n 1,9p");
    }
}
