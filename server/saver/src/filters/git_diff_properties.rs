use crate::filters::Filter;
use crate::filters::checks::{of_command, promises};
use crate::level::Level;
use proptest::prelude::*;
use proptest::sample::select;

fn diff(text: &str, level: Level) -> String {
    of_command(Filter::GitDiff, "git diff", text, level)
}

/// A file before and after, line by line: unchanged, removed or added.
#[derive(Debug, Clone)]
struct Change {
    path: &'static str,
    lines: Vec<(char, String)>,
}

const PATHS: [&str; 6] = ["a.rs", "src/a.rs", "src/deep/b c.rs", "Cargo.lock", "dist/x.min.js", "docs/é.md"];

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let line = (select(vec![' ', ' ', ' ', ' ', ' ', ' ', '-', '+']), "[a-z(){}; -]{0,40}");
    let change = (select(PATHS.to_vec()), prop::collection::vec(line, 1..120));
    prop::collection::vec(change.prop_map(|(path, lines)| Change { path, lines }), 1..6)
}

/// The diff that git would give with any number of lines around changes, in one hunk.
fn written(changes: &[Change]) -> String {
    let mut text = String::new();
    for Change { path, lines } in changes {
        let count = |sign: char| lines.iter().filter(|line| line.0 == ' ' || line.0 == sign).count();
        let start = |lines: usize| usize::from(lines > 0);
        let (old, new) = (count('-'), count('+'));
        text.push_str(&format!("diff --git a/{path} b/{path}\nindex 1c943a9..2704ba9 100644\n"));
        text.push_str(&format!(
            "--- a/{path}\n+++ b/{path}\n@@ -{},{old} +{},{new} @@\n",
            start(old),
            start(new)
        ));
        lines.iter().for_each(|(sign, line)| text.push_str(&format!("{sign}{line}\n")));
    }
    text
}

/// Reads what the filter wrote: of every file each line that is there with its number before (removed) or after,
/// and how many unchanged ones the markers count.
fn read(text: &str) -> (Vec<(String, char, usize, String)>, usize) {
    let mut seen = Vec::new();
    let (mut path, mut old, mut new, mut missing) = (String::new(), 0, 0, 0);
    for line in text.lines() {
        if let Some(names) = line.strip_prefix("diff --git a/") {
            path = names.split(" b/").next().unwrap().to_owned();
        } else if let Some(ranges) = line.strip_prefix("@@ -") {
            let start = |text: &str| text.split(',').next().unwrap().parse::<usize>().unwrap().max(1);
            let (before, after) = ranges.split_once(" +").unwrap();
            (old, new) = (start(before), start(after.split(' ').next().unwrap()));
        } else if let Some(what) = line.strip_prefix("[ninerouter: ") {
            let count: usize = what.split(' ').next().unwrap().parse().unwrap();
            missing += count;
            (old, new) = (old + count, new + count);
        } else if let Some(said) = line.strip_prefix('-').filter(|_| !line.starts_with("--- a/")) {
            seen.push((path.clone(), '-', old, said.to_owned()));
            old += 1;
        } else if let Some(said) = line.strip_prefix('+').filter(|_| !line.starts_with("+++ b/")) {
            seen.push((path.clone(), '+', new, said.to_owned()));
            new += 1;
        } else if let Some(said) = line.strip_prefix(' ') {
            seen.push((path.clone(), ' ', new, said.to_owned()));
            (old, new) = (old + 1, new + 1);
        }
    }
    (seen, missing)
}

proptest! {
    #[test]
    fn every_change_stays_with_its_file_and_line_number(changes in changes()) {
        let text = written(&changes);
        let (whole, _) = read(&text);
        let changed = |seen: &[(String, char, usize, String)]| {
            seen.iter().filter(|line| line.1 != ' ').cloned().collect::<Vec<_>>()
        };
        for level in [Level::Exact, Level::Safe] {
            let (seen, missing) = read(&diff(&text, level));
            prop_assert_eq!(changed(&seen), changed(&whole));
            prop_assert!(seen.iter().all(|line| whole.contains(line)), "{:?}", seen);
            prop_assert_eq!(seen.len() + missing, whole.len());
        }
    }

    #[test]
    fn what_the_strong_level_shows_is_true(changes in changes()) {
        let text = written(&changes);
        let short = diff(&text, Level::Strong);
        for change in &changes {
            let name = format!("diff --git a/{0} b/{0}\n", change.path);
            prop_assert!(short.contains(&name));
        }
        // Line numbers behind a cut hunk are not derived from it.
        if !short.contains(" of this hunk left out") {
            let (whole, _) = read(&text);
            let (seen, _) = read(&short);
            prop_assert!(seen.iter().all(|line| whole.contains(line)), "{}", short);
        }
    }

    #[test]
    fn diffs_are_never_longer_and_shortened_once(changes in changes()) {
        promises(&written(&changes), "git diff -U40");
    }

    #[test]
    fn any_lines_are_read(lines in prop::collection::vec(odd_line(), 0..60)) {
        let text = lines.join("\n");
        promises(&format!("{}\n{text}", "a".repeat(600)), "git diff");
        promises(&text, "git log -p");
        // Lines of no form stay, whatever stands before them.
        for level in [Level::Exact, Level::Safe] {
            let short = diff(&text, level);
            for line in lines.iter().filter(|line| line.starts_with("error")) {
                prop_assert!(short.lines().any(|kept| kept == line));
            }
        }
    }
}

/// Lines of diffs, whole and broken, in any order.
fn odd_line() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "diff --git a/x b/x",
            "--- a/x",
            "+++ b/x",
            "--- /dev/null",
            "new file mode 100644",
            "@@@ -1,2 -1,2 +1,3 @@@",
            "@@ -1,99999999999 +1 @@",
            "\\ No newline at end of file",
            " src/a.rs | 3 ++-",
            " src/b.rs | 3 ++-",
            " 2 files changed, 4 insertions(+), 2 deletions(-)",
            "commit d60a733e46a58d4cc92bdec527569a6fe6ccb2f8",
            "Author: Ada <a@b.c>",
            "    a message",
            "",
        ])
        .prop_map(str::to_owned),
        (0..40usize, 0..40usize).prop_map(|(old, new)| format!("@@ -1,{old} +1,{new} @@ fn x()")),
        "[ +-]{1,2}[a-z ]{0,30}",
        "error: [a-z]{1,20}",
    ]
}
