use super::{Level, Rules, SHORTEST};
use proptest::prelude::*;

fn shorten(text: &str) -> Option<String> {
    super::shorten(text, None, Rules::at(Level::Exact)).map(|short| short.text)
}

/// Enough text before and after to be worth shortening.
fn long(middle: &str) -> String {
    format!("{}\n{middle}\n{}", "a".repeat(300), "z".repeat(300))
}

fn shortened(middle: &str) -> Option<String> {
    let short = shorten(&long(middle))?;
    Some(short.trim_matches(['a', 'z']).trim_matches('\n').to_owned())
}

#[test]
fn colours_and_titles_go() {
    assert_eq!(
        shortened("\x1b[1m\x1b[31merror[E0425]\x1b[0m: cannot find `x`\x1b]0;cargo\x07").as_deref(),
        Some("error[E0425]: cannot find `x`")
    );
}

#[test]
fn a_progress_line_keeps_its_last_state() {
    assert_eq!(shortened("fetch 1%\rfetch 50%\rfetch 100%").as_deref(), Some("fetch 100%"));
    assert_eq!(shortened("downloading 10 files\r\x1b[Kdone").as_deref(), Some("done"));
    assert_eq!(shortened("downloading\x1b[2K\rdone").as_deref(), Some("done"));
}

#[test]
fn a_redraw_that_would_mix_two_states_or_hide_an_alarm_stays() {
    for line in [
        "copying 100 files\rdone",
        "error: disk full\rretrying the copy",
        "Build FAILED\r\x1b[K",
        "3 warnings\x1b[2K\rok",
    ] {
        assert_eq!(shortened(line), None, "{line:?}");
    }
}

#[test]
fn trailing_blanks_of_terminal_output_go() {
    assert_eq!(shortened("\x1b[32mPASS\x1b[0m  \t\nname   \nend").as_deref(), Some("PASS\nname\nend"));
}

#[test]
fn spinners_and_backspaces_are_seen_as_on_a_terminal() {
    assert_eq!(shortened("\x1b[?25l⠙ wait\r⠹ wait\r⠸ done\x1b[?25h").as_deref(), Some("⠸ done"));
    assert_eq!(
        shortened("\x1b[1G\x1b[0K⠙\x1b[1G\x1b[0K⠹\x1b[1G\x1b[0Kadded 5 packages").as_deref(),
        Some("added 5 packages")
    );
    assert_eq!(shortened("wait |\x08/\x08-\x08 \x08").as_deref(), Some("wait"));
    assert_eq!(shortened("N\x08NA\x08AM\x08ME\x08E").as_deref(), Some("NAME"));
    assert_eq!(shortened("error\x08\x08\x08\x08\x08fine.").as_deref(), None);
}

#[test]
fn lines_that_are_drawn_over_keep_their_last_state() {
    // docker compose
    let drawn = " ⠿ web  Starting\n ⠿ db   Starting\n\x1b[2A\x1b[2K ✔ web  Started\n\x1b[2K ⠿ db   Starting\n\x1b[1A\x1b[2K ✔ db   Started";
    assert_eq!(shortened(drawn).as_deref(), Some(" ✔ web  Started\n ✔ db   Started"));
    // log-update
    let drawn = "Progress: resolved 1\nadded 0\n\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2K\x1b[GProgress: resolved 9\nadded 7";
    assert_eq!(shortened(drawn).as_deref(), Some("Progress: resolved 9\nadded 7"));
    let drawn = "one\ntwo\n\x1b[2A\x1b[Jall done";
    assert_eq!(shortened(drawn).as_deref(), Some("all done"));
}

#[test]
fn what_is_drawn_over_and_not_certain_stays() {
    for drawn in [
        // Covered in part.
        "a long line\n\x1b[1Ashort",
        // An alarm would go.
        "error: gone\n\x1b[1A\x1b[2Kfine",
        // The line may have been broken by the terminal.
        &format!("{}\n\x1b[1A\x1b[2Kfine", "b".repeat(90)),
        // Further up than there are lines.
        "one\n\x1b[900A\x1b[2Kfine",
        // To the right.
        "one\n\x1b[1A\x1b[5Cfine",
    ] {
        assert_eq!(shortened(drawn), None, "{drawn:?}");
    }
}

#[test]
fn a_file_is_left_alone() {
    assert_eq!(shortened("two blanks end this line  \r\nand this\t\r\n"), None);
}

#[test]
fn windows_line_endings_stay() {
    assert_eq!(shortened("\x1b[32mok\x1b[0m\r\nnext\r").as_deref(), Some("ok\r\nnext\r"));
}

#[test]
fn a_coloured_diff_keeps_its_blank_context_lines() {
    let diff = "\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n \n\x1b[31m-old \x1b[m\n\x1b[32m+new\x1b[m";
    assert_eq!(shortened(diff).as_deref(), Some("@@ -1,2 +1,2 @@\n \n-old \n+new"));
}

#[test]
fn what_is_not_understood_stays_whole() {
    for line in
        ["name\x1b[20Cvalue", "\x1b]8;;file:///a.rs\x1b\\a.rs\x1b]8;;\x1b\\", "\x1b[31", "title \x1b]0;open"]
    {
        assert_eq!(shortened(line), None, "{line:?}");
    }
}

#[test]
fn short_text_and_text_of_codes_alone_stay() {
    assert_eq!(shorten("\x1b[31mred\x1b[0m"), None);
    assert_eq!(shorten(&"\x1b[31m".repeat(200)), None);
}

/// Text as programs write it, with codes whole and broken.
fn terminal_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\x1b[31m".to_owned()),
        Just("\x1b[0m".to_owned()),
        Just("\x1b[K".to_owned()),
        Just("\x1b[2K".to_owned()),
        Just("\x1b[3A".to_owned()),
        Just("\x1b]0;t\x07".to_owned()),
        Just("\x1b".to_owned()),
        Just("[31m".to_owned()),
        Just("\r".to_owned()),
        Just("error".to_owned()),
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("@@ -1 +1 @@".to_owned()),
        Just(" \t ".to_owned()),
        "[a-z0-9é█ ]{1,40}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn never_empty_and_never_longer(text in terminal_text()) {
        if let Some(short) = shorten(&text) {
            prop_assert!(!short.is_empty());
            prop_assert!(short.len() < text.len());
        }
    }

    #[test]
    fn shortened_once_is_shortened_for_good(text in terminal_text()) {
        if let Some(short) = shorten(&text) {
            prop_assert_eq!(shorten(&short), None);
        }
    }

    #[test]
    fn the_same_text_gives_the_same_bytes(text in terminal_text()) {
        prop_assert_eq!(shorten(&text), shorten(&text));
    }

    #[test]
    fn short_text_is_never_touched(text in terminal_text()) {
        let end = text.floor_char_boundary(SHORTEST - 1);
        prop_assert_eq!(shorten(&text[..end]), None);
    }

    #[test]
    fn the_number_of_lines_never_changes(text in terminal_text()) {
        // Lines that are drawn over are another matter, and so are markers of repeated ones.
        if let Some(short) = shorten(&text).filter(|short| !text.contains("[3A") && !short.contains("[ninerouter: ")) {
            prop_assert_eq!(short.matches('\n').count(), text.matches('\n').count());
        }
    }

    #[test]
    fn text_without_codes_is_never_touched(text in "[a-z \t\n]{500,900}") {
        prop_assert_eq!(shorten(&text), None);
    }

    #[test]
    fn a_line_without_codes_keeps_its_words(words in "[a-z0-9:/.é-]{1,60}") {
        let short = shortened(&format!("\x1b[1mhead\x1b[0m\n{words}"));
        prop_assert_eq!(short, Some(format!("head\n{words}")));
    }
}

#[test]
fn a_conversation_of_before_a_filter_goes_on_without_it() {
    let text = "same line of a log\n".repeat(200);
    let rules = Rules::at(Level::Safe);
    assert!(crate::shorten(&text, None, rules).is_some());
    assert_eq!(
        crate::shorten(&text, None, Rules { version: 0, ..rules }),
        None,
        "no filter is as old as that"
    );
}
