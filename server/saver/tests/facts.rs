//! Texts of several commands, as agents chain them: whatever is folded, no path, no changed line and no word of
//! alarm goes missing below the strong level.

use proptest::prelude::*;
use proptest::sample::select;
use saver::{Call, Level, Rules, shorten};

/// What one command printed, and what must still be there.
#[derive(Debug, Clone, Default)]
struct Part {
    text: String,
    /// Whole lines.
    lines: Vec<String>,
    /// Folder and name of files.
    paths: Vec<(&'static str, String)>,
}

const FOLDERS: [&str; 4] = ["src/gateway/", "src/", "server/store/", "docs/deep/er/"];

fn files(most: usize) -> impl Strategy<Value = Vec<(&'static str, String)>> {
    prop::collection::vec((select(FOLDERS.to_vec()), "[a-z]{3,8}\\.(rs|ts|md)"), 1..most)
}

fn listed(head: &str, files: Vec<(&'static str, String)>, line: impl Fn(&str) -> String, tail: &str) -> Part {
    let lines: String = files.iter().map(|(folder, name)| line(&format!("{folder}{name}"))).collect();
    Part { text: format!("{head}{lines}{tail}"), lines: Vec::new(), paths: files }
}

fn status() -> impl Strategy<Value = Part> {
    files(12).prop_map(|files| {
        let head = "On branch main\nChanges not staged for commit:\n  (use \"git add <file>...\" to update what will be committed)\n";
        listed(head, files, |path| format!("\tmodified:   {path}\n"), "\nno changes added to commit\n")
    })
}

fn short_status() -> impl Strategy<Value = Part> {
    files(12).prop_map(|files| listed("", files, |path| format!(" M {path}\n"), ""))
}

fn stat() -> impl Strategy<Value = Part> {
    files(12).prop_map(|files| {
        let tail = format!(" {} files changed, 3 insertions(+)\n", files.len());
        listed("", files, |path| format!(" {path:<40} | 3 +++\n"), &tail)
    })
}

fn found() -> impl Strategy<Value = Part> {
    (files(8), 1..4usize).prop_map(|(files, each)| {
        let line = |path: &str| (0..each).map(|n| format!("{path}:{}:let x = {n};\n", n + 7)).collect();
        listed("", files, line, "")
    })
}

fn diff() -> impl Strategy<Value = Part> {
    (files(4), prop::collection::vec("[+-][a-z]{1,20}", 1..6), 0..20usize).prop_map(|(files, changes, around)| {
        let context = " a line that did not change\n".repeat(around);
        let count = |sign: char| 2 * around + changes.iter().filter(|line| line.starts_with(sign)).count();
        let hunk = format!("@@ -1,{} +1,{} @@\n{context}{}\n{context}", count('-'), count('+'), changes.join("\n"));
        let line = |path: &str| {
            format!("diff --git a/{path} b/{path}\nindex 1c943a9..2704ba9 100644\n--- a/{path}\n+++ b/{path}\n{hunk}")
        };
        let part = listed("", files, line, "");
        Part { lines: changes, ..part }
    })
}

fn log() -> impl Strategy<Value = Part> {
    prop::collection::vec(("[0-9a-f]{40}", "[a-z]{3,12} [a-z]{3,12}"), 1..6).prop_map(|commits| {
        let write = |(hash, subject): &(String, String)| {
            format!("commit {hash}\nAuthor: Ada <a@b.c>\nDate:   Mon Mar 2 10:00:00 2026 +0000\n\n    {subject}\n\n")
        };
        Part {
            text: commits.iter().map(write).collect(),
            lines: commits.iter().flat_map(|(hash, said)| [format!("commit {hash}"), format!(" {said}")]).collect(),
            paths: Vec::new(),
        }
    })
}

/// Lines no filter may fold: each has its own number, so that it repeats nothing.
fn alarm() -> impl Strategy<Value = Part> {
    let words = vec![
        "error",
        "error[E0425]: no such name",
        "FAILED tests/x.py::test_a - assert",
        "panicked at src/main.rs:12:5",
        "fatal: not a git repository",
        "Permission denied",
        "warning: unused",
        "Exception in thread",
        "✗ build",
        "  caused by: refused",
        "exit status 101",
        "test result: FAILED. 3 passed; 1 failed",
    ];
    (select(words), 1_000_000..9_999_999u32).prop_map(|(words, number)| {
        let line = format!("{words} ({number})");
        Part { text: format!("{line}\n"), lines: vec![line], paths: Vec::new() }
    })
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let part = prop_oneof![
        2 => alarm(), 1 => status(), 1 => short_status(), 1 => stat(), 1 => found(), 1 => diff(), 1 => log(),
    ];
    prop::collection::vec(part, 1..10)
}

const COMMANDS: [&str; 5] = [
    "git status && git diff && git log -3",
    "git show --stat HEAD",
    "grep -rn x src",
    "git status -s; make",
    "make",
];

proptest! {
    #[test]
    fn no_fact_goes_missing(parts in parts(), command in prop::option::of(select(COMMANDS.to_vec()))) {
        let text: String = parts.iter().map(|part| part.text.as_str()).collect();
        let arguments = command.map(|line| serde_json::json!({ "command": line }).to_string());
        let call = arguments.as_deref().map(|arguments| Call { tool: "Bash", arguments });
        for level in [Level::Exact, Level::Safe] {
            let Some(short) = shorten(&text, call, Rules::at(level)) else { continue };
            prop_assert!(short.text.len() < text.len());
            let kept: Vec<&str> = short.text.lines().collect();
            for part in &parts {
                for line in &part.lines {
                    let is_there = kept.iter().any(|kept| kept == line || kept.trim_start() == line.trim_start());
                    prop_assert!(is_there, "{:?} is gone from\n{}", line, short.text);
                }
                for (folder, name) in &part.paths {
                    prop_assert!(short.text.contains(folder) && short.text.contains(name.as_str()), "{}", name);
                }
            }
            prop_assert_eq!(shorten(&short.text, call, Rules::at(level)), None, "{}", short.text);
        }
    }
}
