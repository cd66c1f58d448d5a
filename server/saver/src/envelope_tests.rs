use super::Envelope;
use crate::{Level, Rules};
use proptest::prelude::*;

/// Whether the text's output is `output`, and whether it says that the command failed.
fn check(text: &str, output: &str, failed: bool) {
    let envelope = Envelope::of(text);
    assert_eq!(envelope.output, output, "{text}");
    assert_eq!(envelope.failed, failed, "{text}");
    assert_eq!(envelope.around(output), text);
}

#[test]
fn codex_as_json() {
    check(
        "{\"output\":\"a\\n\\\"b\\\"\\n\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.1}}",
        "a\n\"b\"\n",
        false,
    );
    check("{\"output\":\"a\",\"metadata\":{\"exit_code\":101,\"duration_seconds\":0.1}}", "a", true);
    check("{\"stdout\":\"a\",\"stderr\":\"\",\"exitCode\":0}", "a", false);
    check("{\"output\":\"a\"}", "a", false);
    // No JSON as a whole.
    check("{\"output\":\"a\",\"metadata\":{", "{\"output\":\"a\",\"metadata\":{", false);
}

#[test]
fn codex_as_text() {
    let head = "Chunk ID: 0c2664\nWall time: 0.0110 seconds\nProcess exited with code 0\nOriginal token count: 114\n";
    check(&format!("{head}Output:\nusage: x\n"), "usage: x\n", false);
    check(&format!("{}Output:\nusage: x\n", head.replace("code 0", "code 2")), "usage: x\n", true);
    check("Exit code: 0\nWall time: 1.2 seconds\nOutput:\na\nOutput:\nb\n", "a\nOutput:\nb\n", false);
    check("Exit code: 1\nWall time: 1.2 seconds\nOutput:\na\n", "a\n", true);
    check("Output:\na\n", "Output:\na\n", false);
}

#[test]
fn gemini_and_qwen() {
    let text = |code: &str| {
        format!(
            "Command: cat <<E\nx\nE\nDirectory: (root)\nOutput: one\ntwo\nError: (none)\nExit Code: {code}\nSignal: (none)\nBackground PIDs: (none)\nProcess Group PGID: 4242"
        )
    };
    check(&text("0"), "one\ntwo", false);
    check(&text("1"), "one\ntwo", true);
    check(&text("0").replace("Signal: (none)", "Signal: SIGTERM"), "one\ntwo", true);
    check("Command: x\nDirectory: /w\nStdout: one\nStderr: a\nb\nError: (none)\nExit Code: 0", "one", false);
    check("Output: one\ntwo\nProcess Group PGID: 1", "one\ntwo", false);
    check("Output: one\ntwo", "Output: one\ntwo", false);
}

#[test]
fn cline_and_roo() {
    let head = "Command executed in terminal  within working directory '/w'. Exit code: 0\nOutput:\n";
    check(&format!("{head}one\n"), "one\n", false);
    check(&format!("{}one\n", head.replace("code: 0", "code: 1")), "one\n", true);
    check(&format!("[execute_command for 'x'] Result:\n{head}one\n"), "one\n", false);
    check("Command executed.\nOutput:\none\n", "one\n", false);
    check("Command execution was not successful, see.\nExit code: 1\nOutput:\none", "one", true);
}

#[test]
fn cursor_and_zed() {
    let text = "Exit code: 0\n\nCommand output:\n\n```\none\n```\n\nCommand completed in 89 ms.\n\nShell state persists.";
    check(text, "one", false);
    check(&text.replace("code: 0", "code: 1"), "one", true);
    check("```\none\n```\n", "one", false);
    let failed = "Command \"x\" failed with exit code 1.\n\n```\none\n```";
    check(failed, failed, true);
}

#[test]
fn claude_code_and_opencode() {
    let task = "<retrieval_status>success</retrieval_status>\n\n<status>completed</status>\n\n<exit_code>0</exit_code>\n\n<output>\none\n</output>";
    check(task, "one\n", false);
    check(&task.replace(">0<", ">7<"), "one\n", true);
    check("<status>running</status>\n\n<stdout>\none\n</stdout>\n\n<timestamp>x</timestamp>", "one\n", false);
    check("<status>failed</status>\n<stdout>one</stdout>", "one", true);
    check("one\n\n<bash_metadata>\nbash tool truncated output\n</bash_metadata>", "one\n\n", false);
    check(
        "one\n\n<bash_metadata>\nbash tool terminated command after exceeding timeout 9 ms\n</bash_metadata>",
        "one\n\n",
        true,
    );
}

#[test]
fn texts_that_only_say_so() {
    for text in ["Exit code 1\nboom", "Error: Exit code 101\nboom", "boom\n\nCommand exited with code 1"] {
        check(text, text, true);
    }
    for text in ["Exit code 0\nfine", "it said: Exit code 1\nand went on", "Command exited with code 0", ""] {
        check(text, text, false);
    }
    check(
        "a\n[The command completed with exit code 1.]\n[Current working directory: /w]",
        "a\n[The command completed with exit code 1.]\n[Current working directory: /w]",
        true,
    );
}

#[test]
fn only_the_output_is_shortened_and_failures_stay() {
    let output = format!("\x1b[32m{}\x1b[0m", "green \"quoted\"\n".repeat(80));
    let clean = |text: &str| {
        crate::shorten(text, None, Rules { filters: 1, ..Rules::at(Level::Safe) }).map(|s| s.text)
    };
    let plain = output.replace("\x1b[32m", "").replace("\x1b[0m", "");
    let json = |output: &str, code: u8| {
        let string = serde_json::Value::from(output);
        format!("{{\"output\":{string},\"metadata\":{{\"exit_code\":{code},\"duration_seconds\":0.1}}}}")
    };
    assert_eq!(clean(&json(&output, 0)), Some(json(&plain, 0)));
    assert_eq!(clean(&json(&output, 1)), None);
    let text = |output: &str, code: u8| format!("Exit code: {code}\nWall time: 1 seconds\nOutput:\n{output}");
    assert_eq!(clean(&text(&output, 0)), Some(text(&plain, 0)));
    assert_eq!(clean(&text(&output, 1)), None);
    assert!(crate::failed(&text(&output, 1)));
    assert!(!crate::failed(&text(&output, 0)));
}

proptest! {
    #[test]
    fn whole_again(text in "((Exit code: [01]|Output:|Command: x|Directory: y|Output: z|```|<status>|<output>|</output>|<bash_metadata>|</bash_metadata>|Command executed|a|\\{\"output\":\"b\",\"c\":1\\})\n?){0,8}") {
        let envelope = Envelope::of(&text);
        let output = envelope.output.to_string();
        prop_assert_eq!(envelope.around(&output), text);
    }
}
