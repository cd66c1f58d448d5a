use crate::call::Source;
use crate::filters::Filter;
use crate::filters::checks::{apply, of_command, untouched};
use crate::level::Level;

fn diff(text: &str, level: Level) -> String {
    of_command(Filter::GitDiff, "git diff", text, level)
}

/// Every kind of change in one commit, from git 2.47.
const SHOW: &str = "\
commit d60a733e46a58d4cc92bdec527569a6fe6ccb2f8
Author: Ada Byron <ada@example.org>
Date:   Mon Mar 2 10:00:00 2026 +0000

    Change much

diff --git a/docs/my notes.md b/docs/my notes.md
index b77b4eb..04ec35a 100644
--- a/docs/my notes.md\t
+++ b/docs/my notes.md\t
@@ -1,2 +1,3 @@
 x
 y
+z
diff --git a/logo.png b/logo.png
index bdc955b..8835708 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/src/a.rs b/src/a.rs
old mode 100644
new mode 100755
diff --git a/src/end.txt b/src/end.txt
index 1c943a9..2704ba9 100644
--- a/src/end.txt
+++ b/src/end.txt
@@ -1,3 +1,3 @@
 a
 b
-c
\\ No newline at end of file
+d
\\ No newline at end of file
diff --git a/src/parse/fresh.rs b/src/parse/fresh.rs
new file mode 100644
index 0000000..3e75765
--- /dev/null
+++ b/src/parse/fresh.rs
@@ -0,0 +1 @@
+new
diff --git a/src/parse/gone.rs b/src/parse/gone.rs
deleted file mode 100644
index 3367afd..0000000
--- a/src/parse/gone.rs
+++ /dev/null
@@ -1 +0,0 @@
-old
diff --git a/src/name.rs b/src/title.rs
similarity index 89%
rename from src/name.rs
rename to src/title.rs
index 0ff3bbb..af82288 100644
--- a/src/name.rs
+++ b/src/title.rs
@@ -4,7 +4,7 @@
 4
 5
 6
-7
+seven
 8
 9
 10
";

#[test]
fn names_that_the_first_line_said_are_not_said_again() {
    assert_eq!(diff(SHOW, Level::Exact), SHOW);
    let pairs = [
        "--- a/docs/my notes.md\t\n+++ b/docs/my notes.md\t\n",
        "--- a/src/end.txt\n+++ b/src/end.txt\n",
        "--- /dev/null\n+++ b/src/parse/fresh.rs\n",
        "--- a/src/parse/gone.rs\n+++ /dev/null\n",
        "--- a/src/name.rs\n+++ b/src/title.rs\n",
    ];
    let expected = pairs.iter().fold(SHOW.to_owned(), |text, pair| text.replace(pair, ""));
    assert_eq!(diff(SHOW, Level::Safe), expected);
}

#[test]
fn names_that_say_more_stay() {
    for pair in [
        // A repository that was written with other prefixes for one side.
        "diff --git a/x b/x\nindex 1c943a9..2704ba9 100644\n--- i/x\n+++ w/x\n@@ -1 +1 @@\n-c\n+d\n",
        // No line says that the file is new.
        "diff --git a/x b/x\nindex 1c943a9..2704ba9 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+d\n",
        // No hunk follows.
        "diff --git a/x b/x\nindex 1c943a9..2704ba9 100644\n--- a/x\n+++ b/x\n\n@@ -1 +1 @@\n-c\n+d\n",
    ] {
        assert_eq!(diff(pair, Level::Safe), pair);
    }
}

#[test]
fn windows_line_ends_stay() {
    let text = "diff --git a/x b/x\r\nindex 1c943a9..2704ba9 100644\r\n--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-c\r\n+d\r\n";
    assert_eq!(diff(text, Level::Safe), text.replace("--- a/x\r\n+++ b/x\r\n", ""));
}

/// A hunk as `git diff -U12` gives it.
const WIDE: &str = "\
diff --git a/src/words.rs b/src/words.rs
index ac9837c..4520eb4 100644
--- a/src/words.rs
+++ b/src/words.rs
@@ -3,26 +3,26 @@ impl Words {
 // a line that did not change, number 3
 // a line that did not change, number 4
 // a line that did not change, number 5
 // a line that did not change, number 6
 // a line that did not change, number 7
 // a line that did not change, number 8
-    seven
+    eight
 // a line that did not change, number 10
 // a line that did not change, number 11
 // a line that did not change, number 12
 // a line that did not change, number 13
 // a line that did not change, number 14
 // a line that did not change, number 15
 // a line that did not change, number 16
 // a line that did not change, number 17
 // a line that did not change, number 18
 // a line that did not change, number 19
-    twenty
+    twenty-one
 // a line that did not change, number 21
 // a line that did not change, number 22
 // a line that did not change, number 23
 // a line that did not change, number 24
 // a line that did not change, number 25
 // a line that did not change, number 26
 // a line that did not change, number 27
 // a line that did not change, number 28
";

#[test]
fn context_beyond_three_lines_is_counted() {
    assert_eq!(
        diff(WIDE, Level::Exact),
        "\
diff --git a/src/words.rs b/src/words.rs
index ac9837c..4520eb4 100644
--- a/src/words.rs
+++ b/src/words.rs
@@ -3,26 +3,26 @@ impl Words {
[ninerouter: 3 unchanged lines left out]
 // a line that did not change, number 6
 // a line that did not change, number 7
 // a line that did not change, number 8
-    seven
+    eight
 // a line that did not change, number 10
 // a line that did not change, number 11
 // a line that did not change, number 12
[ninerouter: 4 unchanged lines left out]
 // a line that did not change, number 17
 // a line that did not change, number 18
 // a line that did not change, number 19
-    twenty
+    twenty-one
 // a line that did not change, number 21
 // a line that did not change, number 22
 // a line that did not change, number 23
[ninerouter: 5 unchanged lines left out]
"
    );
}

#[test]
fn the_strong_level_shows_one_line_around_changes_under_a_header_that_is_true() {
    assert_eq!(
        diff(WIDE, Level::Strong),
        "\
diff --git a/src/words.rs b/src/words.rs
@@ -8,14 +8,14 @@ impl Words {
 // a line that did not change, number 8
-    seven
+    eight
 // a line that did not change, number 10
[ninerouter: 8 unchanged lines left out]
 // a line that did not change, number 19
-    twenty
+    twenty-one
 // a line that did not change, number 21
[ninerouter: 12 unchanged lines around the changes left out]
[ninerouter: 1 index line left out]
"
    );
}

#[test]
fn the_strong_level_keeps_the_function_a_change_is_in() {
    let text = "\
@@ -10,7 +10,7 @@ fn before() {
 }
 fn after() {
     let a = 1;
-    let b = 2;
+    let b = 3;
     let c = 4;
 }
 
";
    let expected = "\
@@ -11,4 +11,4 @@ fn before() {
 fn after() {
     let a = 1;
-    let b = 2;
+    let b = 3;
     let c = 4;
[ninerouter: 3 unchanged lines around the changes left out]
";
    assert_eq!(diff(text, Level::Strong), expected);
}

#[test]
fn a_merge_is_read_by_its_two_columns() {
    let text = "\
diff --cc src/words.txt
index 4520eb4,08fe56c..20b117f
--- a/src/words.txt
+++ b/src/words.txt
@@@ -1,8 -1,8 +1,7 @@@
  the first line that both sides have
  the second line that both sides have
  the third line that both sides have
  the fourth line that both sides have
  the fifth line that both sides have
  the sixth line that both sides have
- line fifteen
 -line XV
--line 16
++merged
";
    let expected = "\
diff --cc src/words.txt
index 4520eb4,08fe56c..20b117f
@@@ -1,8 -1,8 +1,7 @@@
[ninerouter: 3 unchanged lines left out]
  the fourth line that both sides have
  the fifth line that both sides have
  the sixth line that both sides have
- line fifteen
 -line XV
--line 16
++merged
";
    assert_eq!(diff(text, Level::Safe), expected);
}

#[test]
fn what_follows_a_hunk_that_was_cut_off_is_kept() {
    let text = "@@ -1,90 +1,90 @@\n-a\n+b\n c\n... [80 lines truncated] ...\n d\n";
    for level in Level::ALL {
        assert_eq!(diff(text, level), text);
    }
}

#[test]
fn a_comparison_of_folders_keeps_what_is_only_in_one() {
    let text = "\
diff -ru old/a.c new/a.c
--- old/a.c\t2026-03-02 10:00:00.000000000 +0000
+++ new/a.c\t2026-03-02 10:00:01.000000000 +0000
@@ -1,3 +1,3 @@
 a
-b
+B
 c
Only in new: fresh.c
Binary files old/x.png and new/x.png differ
";
    assert_eq!(diff(text, Level::Safe), text);
}

#[test]
fn a_table_loses_its_blanks_and_says_a_folder_once() {
    let text = " Cargo.toml                 |   2 +-
 src/gateway/attempt.rs     | 120 ++++++++++++++------
 src/gateway/call.rs        |  11 ++
 src/gateway/logo.png       | Bin 0 -> 3512 bytes
 src/{old.rs => new.rs}     |   0
 .../translate/decode.rs    |   7 +-
 6 files changed, 104 insertions(+), 36 deletions(-)
 create mode 100644 src/gateway/call.rs
";
    let exact = " Cargo.toml | 2 +-
 src/gateway/attempt.rs | 120 ++++++++++++++------
 src/gateway/call.rs | 11 ++
 src/gateway/logo.png | Bin 0 -> 3512 bytes
 src/{old.rs => new.rs} | 0
 .../translate/decode.rs | 7 +-
 6 files changed, 104 insertions(+), 36 deletions(-)
 create mode 100644 src/gateway/call.rs
";
    let safe = " Cargo.toml | 2 +-
 src/gateway/
  attempt.rs | 120 ++++++++++++++------
  call.rs | 11 ++
  logo.png | Bin 0 -> 3512 bytes
 src/{old.rs => new.rs} | 0
 .../translate/decode.rs | 7 +-
 6 files changed, 104 insertions(+), 36 deletions(-)
 create mode 100644 src/gateway/call.rs
";
    assert_eq!(diff(text, Level::Exact), exact);
    assert_eq!(diff(text, Level::Safe), safe);
    assert_eq!(diff(safe, Level::Safe), safe);
}

#[test]
fn a_table_that_was_grouped_is_still_known_by_its_form() {
    let rows =
        " src/parse/lines.rs | 3 +++\n src/parse/words.rs | 3 +++\n 2 files changed, 6 insertions(+)\n";
    let hunk = format!("@@ -1,5 +1,6 @@\n{}+new\n", " the same line\n".repeat(5));
    let grouped = apply(Filter::GitDiff, &format!("{rows}{hunk}"), &Source::Unknown, Level::Safe).unwrap();
    assert_eq!(apply(Filter::GitDiff, &grouped, &Source::Unknown, Level::Safe), Some(grouped));
}

#[test]
fn lists_of_names_say_a_folder_once() {
    let text = "\
M\tCargo.toml
A\tsrc/gateway/attempt.rs
A\tsrc/gateway/call.rs
M\tsrc/gateway/mod.rs
R090\tsrc/old.rs\tsrc/new.rs
D\tsrc/gone.rs
D\tsrc/lost.rs
1\t0\tCargo.toml
12\t3\tsrc/gateway/attempt.rs
-\t-\tsrc/gateway/logo.png
0\t0\tsrc/{old.rs => new.rs}
";
    let safe = "\
M\tCargo.toml
A\tsrc/gateway/
\tattempt.rs
\tcall.rs
M\tsrc/gateway/mod.rs
R090\tsrc/old.rs\tsrc/new.rs
D\tsrc/gone.rs
D\tsrc/lost.rs
1\t0\tCargo.toml
src/gateway/
\t12\t3\tattempt.rs
\t-\t-\tlogo.png
0\t0\tsrc/{old.rs => new.rs}
";
    assert_eq!(diff(text, Level::Exact), text);
    assert_eq!(diff(text, Level::Safe), safe);
    assert_eq!(diff(safe, Level::Safe), safe);
    untouched(Filter::GitDiff, text, &["make", "psql"]);
}

#[test]
fn look_alikes_stay() {
    // Notes about a diff, the output of a test, plain `diff`, a table.
    let test = format!("assertion failed, the difference is\n{}", WIDE.replace("diff --git", "compare"));
    untouched(Filter::GitDiff, &test, &["pytest", "cat notes.md"]);
    untouched(Filter::GitDiff, "3c3\n< a\n---\n> b\n10,12d9\n< c\n", &["diff a b"]);
    untouched(Filter::GitDiff, "@@ -1 +1 @\n a\n@@ nothing @@\n", &["git diff"]);
    untouched(Filter::GitDiff, " name | 12\n------+---\n a    | 3\n", &["psql", "git diff"]);
    untouched(Filter::GitDiff, "diff --git is what git prints\n@@ -1 +1 @@ is a header\n", &["cat notes.md"]);
}
