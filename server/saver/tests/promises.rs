//! What [`saver::shorten`] promises, with texts made of lines as many tools print them.

use proptest::prelude::*;
use saver::{Call, Filter, Level, Rules, SHORTEST, shorten};

/// Lines of many tools, some of which no tool prints one after another.
fn line() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "",
        "diff --git a/src/a.rs b/src/a.rs",
        "index 0a1b2c3..4d5e6f7 100644",
        "--- a/src/a.rs",
        "+++ b/src/a.rs",
        "@@ -1,9 +1,9 @@ fn main() {",
        " let unchanged = 1;",
        "-let old = 1;",
        "+let new = 2;",
        "On branch main",
        "Changes not staged for commit:",
        "  (use \"git add <file>...\" to update what will be committed)",
        "\tmodified:   src/a.rs",
        "commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        "Author: A Person <a@example.org>",
        "Date:   Sun Nov 29 10:00:00 2026 +0000",
        "    do one thing",
        "test tests::it_adds ... ok",
        "test tests::it_takes ... FAILED",
        "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        "tests/test_a.py::test_b PASSED                                   [ 50%]",
        "   Compiling serde v1.0.229",
        "error[E0425]: cannot find value `x` in this scope",
        "  --> src/a.rs:12:5",
        "warning: unused variable: `y`",
        "    Finished `dev` profile in 1.2s",
        "src/a.rs:12:    let x = 1;",
        "src/a.rs:14:    let y = 2;",
        "src/deep/er/b.rs:3:use a;",
        "drwxr-xr-x  2 root root    4096 Nov 29 02:11 src",
        "-rw-r--r--  1 root root    3846 Nov 29 02:11 a.rs",
        "total 12",
        "├── src",
        "│   └── a.rs",
        "3 directories, 9 files",
        "./src/deep/er/a.rs",
        "./src/deep/er/b.rs",
        "     1\tfn main() {",
        "     2\t}",
        "{\"level\": \"info\", \"n\": 1}",
        "[1, 2,   3]",
        "{",
        "  \"a\": 1,",
        "}",
        "2026-11-29T10:00:00Z INFO  one came in",
        "2026-11-29T10:00:01Z ERROR one failed",
        "Nov 29 10:00:02 host app[7]: ready",
        "\x1b[32mok\x1b[0m",
        "10%\r50%\r100%",
        "added 51 packages in 2s",
        "error: process didn't exit successfully",
        "Traceback (most recent call last):",
        "Exit code: 0",
        "Output:",
        "```",
    ]);
    let made = prop_oneof![
        (0_u32..60).prop_map(|n| format!("2026-11-29T10:00:{n:02}.123Z INFO [web] took job {n} id=a{n}")),
        (0_u32..99).prop_map(|n| format!("src/dir{}/file{n}.rs", n % 3)),
        (0_u32..99).prop_map(|n| format!("test tests::number_{n} ... ok")),
        (0_u32..99).prop_map(|n| format!("src/dir/c.rs:{n}:    call({n});")),
        "[ -~é█]{0,60}",
    ];
    prop_oneof![3 => fixed.prop_map(str::to_owned), 2 => made]
}

fn text() -> impl Strategy<Value = String> {
    let block = (prop::collection::vec(line(), 1..12), 1_usize..8);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n"]);
    (prop::collection::vec(block, 1..10), end).prop_map(|(blocks, end)| {
        let lines = |(lines, times): &(Vec<String>, usize)| (lines.join(end) + end).repeat(*times);
        blocks.iter().map(lines).collect()
    })
}

fn call() -> impl Strategy<Value = Option<(&'static str, &'static str)>> {
    prop::sample::select(vec![
        None,
        Some(("Bash", r#"{"command":"git diff"}"#)),
        Some(("Bash", r#"{"command":"cargo test"}"#)),
        Some(("shell", r#"{"command":["bash","-lc","cat a.log"]}"#)),
        Some(("Read", r#"{"file_path":"/a.rs"}"#)),
        Some(("Grep", "{}")),
        Some(("Glob", "{}")),
        Some(("Edit", "{}")),
        Some(("WebFetch", "{}")),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn shorter_not_empty_the_same_and_final(text in text(), call in call()) {
        let call = call.map(|(tool, arguments)| Call { tool, arguments });
        for level in Level::ALL {
            let Some(short) = shorten(&text, call, Rules::at(level)) else {
                continue;
            };
            prop_assert!(text.len() >= SHORTEST);
            prop_assert!(short.text.len() < text.len());
            prop_assert!(!short.text.is_empty());
            prop_assert!(short.steps.windows(2).all(|steps| steps[1].1 < steps[0].1));
            prop_assert_eq!(short.steps.last().map(|(_, bytes)| *bytes), Some(short.text.len()));
            prop_assert_eq!(&shorten(&text, call, Rules::at(level)), &Some(short.clone()));
            prop_assert_eq!(shorten(&short.text, call, Rules::at(level)), None);
        }
    }

    #[test]
    fn what_went_wrong_is_there_below_strong(text in text(), call in call()) {
        let call = call.map(|(tool, arguments)| Call { tool, arguments });
        for level in [Level::Exact, Level::Safe] {
            let Some(short) = shorten(&text, call, Rules::at(level)) else {
                continue;
            };
            for line in text.lines().filter(|line| ["error", "FAILED", "Traceback"].iter().any(|word| line.contains(word))) {
                prop_assert!(short.text.contains(line.trim_end()), "{} is gone, by {:?}", line, short.steps);
            }
        }
    }

    #[test]
    fn each_filter_alone_keeps_its_promises(text in text(), filter in prop::sample::select(Filter::ALL.to_vec())) {
        let call = Call { tool: "Bash", arguments: "{\"command\":\"x\"}" };
        for level in Level::ALL {
            let rules = Rules { filters: filter.bit(), ..Rules::at(level) };
            if let Some(short) = shorten(&text, Some(call), rules) {
                prop_assert!(short.text.len() < text.len());
                prop_assert!(short.steps.iter().all(|(used, _)| *used == filter));
                prop_assert_eq!(shorten(&short.text, Some(call), rules), None);
            }
        }
    }

    #[test]
    fn no_call_and_no_text_is_too_odd(tool in ".{0,20}", line in "[a-z '\"$()<>|&;\\\\`\n#={}é-]{0,60}", text in text()) {
        let arguments = serde_json::json!({ "command": line }).to_string();
        for arguments in [arguments.as_str(), line.as_str()] {
            let _ = shorten(&text, Some(Call { tool: &tool, arguments }), Rules::at(Level::Strong));
        }
        let _ = saver::failed(&line);
    }
}
