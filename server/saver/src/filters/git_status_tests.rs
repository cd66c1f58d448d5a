use crate::filters::Filter;
use crate::filters::checks::{of_command, promises, untouched};
use crate::level::Level;
use proptest::prelude::*;
use proptest::sample::select;

fn status(text: &str, level: Level) -> String {
    of_command(Filter::GitStatus, "git status", text, level)
}

const LONG: &str = "\
On branch main
Your branch is ahead of 'origin/main' by 2 commits.
  (use \"git push\" to publish your local commits)

You have unmerged paths.
  (fix conflicts and run \"git commit\")
  (use \"git merge --abort\" to abort the merge)

Changes to be committed:
  (use \"git restore --staged <file>...\" to unstage)
\tnew file:   server/src/gateway/hedge.rs
\tnew file:   server/src/gateway/lost.rs
\trenamed:    server/src/gateway/a.rs -> server/src/gateway/b.rs
\tmodified:   README.md

Unmerged paths:
  (use \"git add <file>...\" to mark resolution)
\tboth modified:   server/src/main.rs

Changes not staged for commit:
  (use \"git add/rm <file>...\" to update what will be committed)
  (use \"git restore <file>...\" to discard changes in working directory)
  (commit or discard the untracked or modified content in submodules)
\tdeleted:    server/src/store/budgets.rs
\tmodified:   server/src/store/keys.rs
\tmodified:   server/src/store/people.rs
\tmodified:   vendor/lib (new commits, modified content)

Untracked files:
  (use \"git add <file>...\" to include in what will be committed)
\tserver/src/store/fresh.rs
\tserver/src/store/new/
\tserver/src/other.rs

no changes added to commit (use \"git add\" and/or \"git commit -a\")
";

#[test]
fn hints_go_and_folders_are_said_once() {
    let exact = LONG
        .replace("new file:   ", "new file: ")
        .replace("modified:   ", "modified: ")
        .replace("renamed:    ", "renamed: ")
        .replace("deleted:    ", "deleted: ");
    assert_eq!(status(LONG, Level::Exact), exact);
    assert_eq!(
        status(LONG, Level::Safe),
        "\
On branch main
Your branch is ahead of 'origin/main' by 2 commits.

You have unmerged paths.
  (fix conflicts and run \"git commit\")

Changes to be committed:
\tnew file: server/src/gateway/: hedge.rs lost.rs
\trenamed: server/src/gateway/a.rs -> server/src/gateway/b.rs
\tmodified: README.md

Unmerged paths:
\tboth modified: server/src/main.rs

Changes not staged for commit:
\tdeleted: server/src/store/budgets.rs
\tmodified: server/src/store/: keys.rs people.rs
\tmodified: vendor/lib (new commits, modified content)

Untracked files:
\tserver/src/store/: fresh.rs new/
\tserver/src/other.rs

no changes added to commit
[ninerouter: 9 hints on git commands left out]
"
    );
}

#[test]
fn folders_of_the_short_form_are_said_once() {
    let text = "\
## main...origin/main [ahead 1, behind 3]
M  src/parse/lines.rs
M  src/parse/words.rs
MM src/parse/zeros.rs
 M src/parse/more.rs
R  src/old.rs -> src/new.rs
?? src/fresh/one.rs
?? src/fresh/two.rs
?? \"src/fresh/\\303\\251.rs\"
UU src/main.rs
";
    let safe = "\
## main...origin/main [ahead 1, behind 3]
M  src/parse/: lines.rs words.rs
MM src/parse/zeros.rs
 M src/parse/more.rs
R  src/old.rs -> src/new.rs
?? src/fresh/: one.rs two.rs
?? \"src/fresh/\\303\\251.rs\"
UU src/main.rs
";
    assert_eq!(status(text, Level::Exact), text);
    assert_eq!(status(text, Level::Safe), safe);
    assert_eq!(status(safe, Level::Safe), safe);
}

#[test]
fn look_alikes_stay() {
    let mentions = "How to read it\n\nChanges to be committed:\n  (use \"git reset\")\n\tmodified:   a/b/c.rs\n\tmodified:   a/b/d.rs\n";
    untouched(Filter::GitStatus, mentions, &["cat notes.md", "make"]);
    untouched(Filter::GitStatus, " M one/two/a\n M one/two/b\nthree\nfour\nfive\n", &["make"]);
    untouched(Filter::GitStatus, "A  list\nB  of letters\nC  and words\nD  in columns\nE  here\n", &["make"]);
    untouched(
        Filter::GitStatus,
        "Auf Branch main\nUnversionierte Dateien:\n\ta/b/c\n\ta/b/d\n",
        &["git status"],
    );
}

fn path() -> impl Strategy<Value = String> {
    let folder = select(vec!["", "src/", "src/deep/", "docs/", "a b/"]);
    (folder, "[a-z]{1,6}(\\.rs|/)?").prop_map(|(folder, name)| format!("{folder}{name}"))
}

/// Writes each name behind its folder again.
fn ungrouped(text: &str, under: &str) -> String {
    let mut out = String::new();
    let mut above = "";
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some((folder, names)) = line.split_once("/: ") {
            names.split(' ').for_each(|name| out.push_str(&format!("{folder}/{name}\n")));
        } else if let Some(name) = line.strip_prefix(under) {
            out.push_str(&format!("{above}{name}\n"));
        } else if lines.peek().is_some_and(|next| next.starts_with(under)) {
            above = line;
        } else {
            out.push_str(&format!("{line}\n"));
        }
    }
    out
}

proptest! {
    #[test]
    fn every_path_of_the_short_form_keeps_its_state(
        lines in prop::collection::vec((select(vec![" M", "M ", "??", "UU", "D "]), path()), 1..40)
    ) {
        let text: String = lines.iter().map(|(state, path)| format!("{state} {path}\n")).collect();
        for level in Level::ALL {
            prop_assert_eq!(ungrouped(&status(&text, level), "\t"), text.clone());
        }
        promises(&text, "git status -s");
        promises(&text, "git status -s && make");
    }

    #[test]
    fn every_path_of_the_long_form_keeps_its_state(
        changed in prop::collection::vec((select(vec!["modified:", "new file:", "deleted:"]), path()), 0..30),
        untracked in prop::collection::vec(path(), 0..30),
        noise in "error: [a-z ]{0,20}",
    ) {
        let mut text = format!("{noise}\nOn branch main\n\nChanges not staged for commit:\n");
        changed.iter().for_each(|(state, path)| text.push_str(&format!("\t{state} {path}\n")));
        text.push_str("\nUntracked files:\n");
        untracked.iter().for_each(|path| text.push_str(&format!("\t{path}\n")));
        text.push_str(&format!("\n{noise}\n"));
        let aligned = text.replace("deleted: ", "deleted:    ");
        for level in Level::ALL {
            prop_assert_eq!(ungrouped(&status(&aligned, level), "\t\t"), text.clone());
        }
        promises(&aligned, "git status");
    }
}
