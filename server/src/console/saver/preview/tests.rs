use super::*;

fn sample(text: &str, tool: &str, level: SaverLevel) -> Sample {
    Sample { text: text.to_owned(), tool: tool.to_owned(), level }
}

fn shown(text: &str, tool: &str, level: SaverLevel) -> Preview {
    preview(&sample(text, tool, level), u32::MAX).unwrap()
}

/// What cargo prints for many passing tests, and one more line.
fn run(last: &str) -> String {
    let tests: String = (1..=60).map(|number| format!("test parser::case_{number} ... ok\n")).collect();
    format!("\nrunning 60 tests\n{tests}{last}\n")
}

fn green() -> String {
    run("\ntest result: ok. 60 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s")
}

#[test]
fn what_is_shortened_is_shown_line_by_line_with_its_filter() {
    let made = shown(&green(), "cargo test", SaverLevel::Safe);
    assert_eq!(made.taken_for, "Taken for what the command `cargo test` printed.");
    assert_eq!(made.unchanged, "");
    let [step] = made.steps.as_slice() else { panic!("one filter acts: {:?}", made.steps) };
    assert_eq!(step.filter, "test-output");
    assert_eq!((step.bytes_before, step.bytes_after), (made.whole.bytes_before, made.whole.bytes_after));
    assert_eq!((step.tokens_before, step.tokens_after), (made.whole.tokens_before, made.whole.tokens_after));
    assert!(made.whole.tokens_after * 5 < made.whole.tokens_before, "{:?}", made.whole);
    let cut = made.stretches.iter().find(|stretch| !stretch.same).unwrap();
    assert_eq!((cut.from, cut.now_from, cut.lines.len()), (2, 2, 61));
    assert_eq!(cut.now.last().unwrap(), "[ninerouter: 60 passing tests left out]");
}

#[test]
fn stretches_are_all_of_both_texts() {
    let text = green();
    let made = shown(&text, "cargo test", SaverLevel::Safe);
    let lines: Vec<_> = made.stretches.iter().flat_map(|stretch| stretch.lines.clone()).collect();
    assert_eq!(lines, text.lines().collect::<Vec<_>>());
    let (mut line, mut now) = (1, 1);
    for stretch in made.stretches {
        assert_eq!((stretch.from, stretch.now_from), (line, now));
        line += stretch.lines.len();
        now += if stretch.same { stretch.lines.len() } else { stretch.now.len() };
    }
}

#[test]
fn what_failed_stays_and_the_reason_is_said() {
    let text = format!("Exit code 101\n{}", green());
    let made = shown(&text, "cargo test", SaverLevel::Strong);
    assert!(made.unchanged.contains("the call failed"), "{}", made.unchanged);
    assert_eq!(made.whole.tokens_before, made.whole.tokens_after);
    assert!(made.stretches.is_empty() && made.steps.is_empty());
}

#[test]
fn a_failing_test_keeps_its_lines() {
    let text = run("test parser::odd ... FAILED\n\nfailures:\n    parser::odd");
    let made = shown(&text, "", SaverLevel::Safe);
    let kept = made.stretches.iter().filter(|stretch| stretch.same).flat_map(|stretch| &stretch.lines);
    assert!(kept.into_iter().any(|line| line.contains("FAILED")), "{made:?}");
}

#[test]
fn a_reason_is_given_for_what_stays_as_it_is() {
    let said = |text: &str, tool, level| shown(text, tool, level).unchanged;
    let short = said("ok", "", SaverLevel::Safe);
    assert!(short.contains("2 bytes") && short.contains("500"), "{short}");
    assert!(said(&green(), "", SaverLevel::Off).contains("level off"));
    let exact = said(&green(), "cargo test", SaverLevel::Exact);
    assert!(exact.contains("level exact") && exact.contains("At the level safe"), "{exact}");
    let again = said(&format!("{}[ninerouter: 2 lines left out]", green()), "", SaverLevel::Safe);
    assert!(again.contains("not shortened again"), "{again}");
    let prose: String = (0..60).map(|number| format!("Sentence {number} says another thing. ")).collect();
    assert_eq!(
        said(&prose, "some_tool", SaverLevel::Strong),
        "Nothing redundant was found in it at the level strong."
    );
    let filters = !saver::Filter::TestOutput.bit();
    let off = preview(&sample(&green(), "cargo test", SaverLevel::Safe), filters).unwrap().unchanged;
    assert!(off.contains("`test-output`, which is off"), "{off}");
}

#[test]
fn what_was_said_of_the_tool_is_a_command_or_a_name() {
    for name in ["Read", "read_file", "mcp__fs__read_file", "read", "exec_command"] {
        assert_eq!(Tool::of(name), Tool::Named(name));
    }
    for line in ["git diff", "ls", "pytest", "./build_all.sh", "make -j8", "grep"] {
        assert!(matches!(Tool::of(line), Tool::Command { .. }), "{line}");
    }
    assert_eq!(Tool::of(""), Tool::Unknown);
}

#[test]
fn a_tool_nobody_knows_is_no_obstacle() {
    let made = shown(&green(), "some_tool_of_mine", SaverLevel::Safe);
    assert_eq!(made.taken_for, "Taken for what the tool `some_tool_of_mine` gave.");
    assert!(made.whole.bytes_after < made.whole.bytes_before, "{}", made.unchanged);
}

#[test]
fn a_sample_is_refused_when_it_is_too_long_or_empty() {
    let refused = |text: &str| preview(&sample(text, "", SaverLevel::Safe), u32::MAX).unwrap_err();
    let long = refused(&"x".repeat(SAMPLE_LIMIT + 1));
    assert_eq!(long.field.as_deref(), Some("text"));
    assert!(long.message.contains("at most 512 KB"), "{}", long.message);
    assert!(refused(" \n ").message.contains("nothing to shorten"));
    preview(&sample(&"x ".repeat(SAMPLE_LIMIT / 2), "", SaverLevel::Strong), u32::MAX).unwrap();
}
