use super::{BYTES, LINES, shorten};
use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn cut(text: &str, source: &Source) -> Option<String> {
    shorten(&Page::of(text, source), Level::Strong)
}

fn numbers(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("line {number}")).collect()
}

#[test]
fn only_the_strong_level_cuts() {
    let text = "x\n".repeat(100_000);
    for level in [Level::Exact, Level::Safe] {
        assert_eq!(shorten(&Page::of(&text, &Source::Unknown), level), None);
    }
    assert!(cut(&text, &Source::Unknown).is_some());
    assert_eq!(cut(&numbers(LINES).join("\n"), &Source::Unknown), None);
}

#[test]
fn head_and_tail_stay_and_a_file_names_its_lines() {
    let lines = numbers(1000);
    let expected = |marker: &str| [&lines[..120], &[marker.to_owned()], &lines[880..]].concat().join("\n");
    let text = lines.join("\n");
    assert_eq!(
        cut(&text, &Source::File("a.rs".to_owned())),
        Some(expected("[ninerouter: lines 121 to 880 left out (760 lines, 6840 bytes)]"))
    );
    assert_eq!(
        cut(&text, &Source::Other),
        Some(expected("[ninerouter: 760 lines, 6840 bytes left out here]"))
    );
}

#[test]
fn what_went_wrong_in_the_middle_stays_with_its_context() {
    let mut lines = numbers(1000);
    lines[499] = "error: no such thing".to_owned();
    lines[503] = "Warning: odd".to_owned();
    let short = cut(&lines.join("\n"), &Source::Other).unwrap();
    let middle = "left out here]\nline 498\nline 499\nerror: no such thing\nline 501\nline 502\nline 503\nWarning: odd\nline 505\nline 506\n[ninerouter: ";
    assert!(short.contains(middle), "{short}");
}

#[test]
fn many_alarms_are_bounded_but_the_first_and_last_stay() {
    let lines: Vec<String> = (0..5000).map(|number| format!("error {number}: {}", "x".repeat(40))).collect();
    let short = cut(&lines.join("\n"), &Source::Other).unwrap();
    assert!(short.len() < BYTES);
    assert!(short.contains("error 121:") && short.contains("error 4850:"));
}

#[test]
fn a_long_line_is_cut_inside_at_whole_characters() {
    let line = "é".repeat(10_000);
    let short = cut(&format!("a\n{line}\nb"), &Source::Other).unwrap();
    let (head, tail) = ("é".repeat(750), "é".repeat(250));
    assert_eq!(short, format!("a\n{head}[ninerouter: 18000 bytes of this line left out]{tail}\nb"));
}

proptest! {
    #[test]
    fn shorter_and_every_line_is_one_of_the_text(
        pieces in prop::collection::vec(("[a-z é]{0,40}|warning: x", 1_usize..200), 1..40),
    ) {
        let text: String = pieces.iter().map(|(line, times)| format!("{line}\n").repeat(*times)).collect();
        if let Some(short) = cut(&text, &Source::Unknown) {
            prop_assert!(short.len() < text.len());
            let mut kept = 0;
            let mut missing = 0;
            for line in short.lines() {
                match line.strip_prefix("[ninerouter: ") {
                    Some(marker) => missing += marker.split(' ').next().unwrap().parse::<usize>().unwrap(),
                    None => {
                        kept += 1;
                        prop_assert!(text.lines().any(|whole| whole == line));
                    }
                }
            }
            prop_assert_eq!(kept + missing, text.lines().count());
        }
    }
}

#[test]
fn a_document_of_unknown_use_is_not_cut() {
    let text = format!("[\n{}\n]\n", vec!["  12345"; 600].join(",\n"));
    assert_eq!(super::shorten(&Page::of(&text, &Source::Unknown), Level::Strong), None);
    assert!(super::shorten(&Page::of(&text, &Source::Other), Level::Strong).is_some());
}
