use crate::filters::Filter;
use crate::filters::checks::of_command;
use crate::level::Level;

fn diff(text: &str, level: Level) -> String {
    of_command(Filter::GitDiff, "git diff", text, level)
}

#[test]
fn the_strong_level_names_every_file_of_a_very_long_diff() {
    let file = |number: usize| {
        let lines: String = (0..50).map(|line| format!("+line {line} of file {number}\n")).collect();
        format!(
            "diff --git a/{number}.rs b/{number}.rs\nindex 1c943a9..2704ba9 100644\n@@ -1,0 +2,50 @@\n{lines}"
        )
    };
    let text: String = (0..180).map(file).collect();
    let short = diff(&text, Level::Strong);
    for number in 0..180 {
        assert!(short.contains(&format!("diff --git a/{number}.rs b/{number}.rs\n")));
    }
    assert!(short.contains("+line 5 of file 0\n[ninerouter: 42 lines of this hunk left out (+42 -0)]\n"));
    let end = "diff --git a/179.rs b/179.rs\n[ninerouter: 1 hunk left out (+50 -0)]\n";
    assert!(short.ends_with(&format!("{end}[ninerouter: 180 index lines left out]\n")));
    assert!(short.len() < 24 << 10);
}

#[test]
fn the_strong_level_shows_the_ends_of_a_long_table() {
    let row = |number: usize| format!(" {number}.rs | 1 +\n");
    let rows = |from, to| (from..to).map(row).collect::<String>();
    let end = " 100 files changed, 100 insertions(+)\n";
    let text = format!("{}{end}", rows(0, 100));
    assert_eq!(diff(&text, Level::Safe), text);
    let expected = format!("{}[ninerouter: 40 files left out]\n{}{end}", rows(0, 50), rows(90, 100));
    assert_eq!(diff(&text, Level::Strong), expected);
}

#[test]
fn the_strong_level_counts_the_lines_of_a_lock_file() {
    let mut text = String::from("diff --git a/Cargo.lock b/Cargo.lock\nindex 1c943a9..2704ba9 100644\n");
    for at in [1, 100] {
        text.push_str(&format!("@@ -{at},20 +{at},21 @@\n"));
        text.push_str(&"-name = \"memchr\"\n".repeat(20));
        text.push_str(&"+name = \"memchr\"\n".repeat(21));
    }
    text.push_str("diff --git a/a.rs b/a.rs\nindex 1c943a9..2704ba9 100644\n@@ -1 +1 @@\n-c\n+d\n");
    assert_eq!(diff(&text, Level::Safe), text);
    assert_eq!(
        diff(&text, Level::Strong),
        "\
diff --git a/Cargo.lock b/Cargo.lock
[ninerouter: 2 hunks of a generated file left out (+42 -40)]
diff --git a/a.rs b/a.rs
@@ -1 +1 @@
-c
+d
[ninerouter: 2 index lines left out]
"
    );
}

#[test]
fn the_strong_level_shows_the_ends_of_a_long_hunk() {
    let lines = (1..=200).map(|number| format!("+line {number}\n")).collect::<Vec<_>>();
    let head = "diff --git a/a.rs b/a.rs\nnew file mode 100644\nindex 0000000..2704ba9\n@@ -0,0 +1,200 @@\n";
    let text = format!("{head}{}", lines.concat());
    let marker = "[ninerouter: 120 lines of this hunk left out (+120 -0)]\n";
    let head = head.replace("index 0000000..2704ba9\n", "");
    let end = "[ninerouter: 1 index line left out]\n";
    let expected = format!("{head}{}{marker}{}{end}", lines[..60].concat(), lines[180..].concat());
    assert_eq!(diff(&text, Level::Strong), expected);
}
