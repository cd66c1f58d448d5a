use crate::filters::Filter;
use crate::filters::checks::{of_command, promises, untouched};
use crate::level::Level;
use proptest::prelude::*;
use proptest::sample::select;

fn log(text: &str, level: Level) -> String {
    of_command(Filter::GitLog, "git log", text, level)
}

/// From git 2.47.
const LOG: &str = "\
commit fcc2be0b7a2c653d57bbad76c32a092714c4014b (HEAD -> main, origin/main)
Merge: d60a733 5ac490e
Author: Ada Byron <ada@example.org>
Date:   Mon Mar 2 10:00:00 2026 +0000

    Merge side

commit d60a733e46a58d4cc92bdec527569a6fe6ccb2f8
Author: Ada Byron <ada@example.org>
Date:   Mon Mar 2 10:00:00 2026 +0000

    Change much

 src/end.txt | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

commit 5ac490e26a94ff088b845b58ca474330fae04016
Author: Joe <joe@example.org>
Date:   Mon Mar 2 10:00:00 2026 +0000

    side

commit a962f0cc43da6ff1eb59659c43d3d9e877a12ec5
Author: Ada Byron <ada@example.org>
Date:   Mon Mar 2 10:00:00 2026 +0000

    Lay the ground
    
    It has files.
    
        indented code
";

#[test]
fn messages_move_to_the_left_and_authors_are_said_once() {
    let exact = LOG.replace("Date:   ", "Date: ").replace("\n    \n", "\n\n").replace("\n    ", "\n ");
    assert_eq!(log(LOG, Level::Exact), exact);
    assert_eq!(log(&exact, Level::Exact), exact);
    let again = "d60a733e46a58d4cc92bdec527569a6fe6ccb2f8\nAuthor: Ada Byron <ada@example.org>\n";
    let mut safe = exact.replace(again, "d60a733e46a58d4cc92bdec527569a6fe6ccb2f8\n");
    safe.push_str("[ninerouter: 1 Author line left out: the same as at the commit above]\n");
    assert_eq!(log(LOG, Level::Safe), safe);
}

#[test]
fn a_message_that_begins_with_blanks_stays_where_it_is() {
    let text = "commit d60a733e46\nAuthor: A <a@b.c>\n\n        indented\n    more\n";
    assert_eq!(log(text, Level::Exact), text);
}

#[test]
fn committers_are_said_once_too() {
    let commit = |hash: &str| {
        format!(
            "commit {hash}\nAuthor:     Ada <ada@example.org>\nAuthorDate: Mon Mar 2 10:00:00 2026 +0000\n\
             Commit:     Joe <joe@example.org>\nCommitDate: Mon Mar 2 10:00:00 2026 +0000\n\n    a\n"
        )
    };
    let text = format!("{}\n{}", commit("d60a733e46"), commit("5ac490e26a"));
    assert_eq!(
        log(&text, Level::Safe),
        "\
commit d60a733e46
Author: Ada <ada@example.org>
AuthorDate: Mon Mar 2 10:00:00 2026 +0000
Commit: Joe <joe@example.org>
CommitDate: Mon Mar 2 10:00:00 2026 +0000

 a

commit 5ac490e26a
AuthorDate: Mon Mar 2 10:00:00 2026 +0000
CommitDate: Mon Mar 2 10:00:00 2026 +0000

 a
[ninerouter: 2 Author and Commit lines left out: the same as at the commit above]
"
    );
}

#[test]
fn the_strong_level_shows_the_newest_and_the_oldest() {
    let commit =
        |number: usize| format!("commit {number:02x}{:038x}\nAuthor: A <a@b.c>\n\n    {number}\n\n", 7);
    let text: String = (0..60).map(commit).collect();
    let short = log(&text, Level::Strong);
    let shown: Vec<&str> = short.lines().filter_map(|line| line.strip_prefix("commit ")).collect();
    let expected: Vec<String> =
        (0..30).chain(50..60).map(|number| commit(number)[7..19].to_owned()).collect();
    assert_eq!(shown, expected);
    assert!(short.contains("\n 29\n\n[ninerouter: 20 commits left out]\ncommit 3"));
    assert_eq!(short.matches("Author:").count(), 1);
    assert!(short.contains("[ninerouter: digits of the hashes beyond 12 left out]\n"));
}

#[test]
fn the_strong_level_shows_the_beginning_of_a_long_message() {
    let message: String = (0..30).map(|number| format!("    line {number}\n")).collect();
    let short = log(&format!("commit d60a733e46\nAuthor: A <a@b.c>\n\n{message}\n"), Level::Strong);
    assert!(short.ends_with(" line 11\n[ninerouter: 18 lines of this message left out]\n\n"), "{short}");
}

#[test]
fn the_strong_level_cuts_one_line_commits() {
    let lines: Vec<String> = (0..130).map(|number| format!("{number:08x} commit {number}\n")).collect();
    assert_eq!(log(&lines.concat(), Level::Safe), lines.concat());
    let expected =
        format!("{}[ninerouter: 50 commits left out]\n{}", lines[..60].concat(), lines[110..].concat());
    assert_eq!(log(&lines.concat(), Level::Strong), expected);
    assert_eq!(log(&lines[..100].concat(), Level::Strong), lines[..100].concat());
}

#[test]
fn look_alikes_stay() {
    untouched(
        Filter::GitLog,
        "Notes\n\ncommit d60a733e46\nAuthor: Ada\n\n    text\n",
        &["cat notes.md", "make"],
    );
    untouched(Filter::GitLog, "commit d60a733e46 is the one\nAuthor: Ada\n\n    text\n", &["git log"]);
    untouched(Filter::GitLog, "* commit d60a733e46\n| Author: Ada\n|\n|     text\n", &["git log --graph"]);
    let sums: String = (0..190).map(|number| format!("{number:032x}  file {number}\n")).collect();
    untouched(Filter::GitLog, &sums, &["md5sum *", "git log"]);
}

proptest! {
    #[test]
    fn every_commit_keeps_its_author_date_and_message(
        commits in prop::collection::vec(
            ("[0-9a-f]{40}", select(vec!["Ada <a@b.c>", "Joe <j@b.c>"]), "[a-z][a-z: ]{0,30}[a-z]", prop::collection::vec("( {0,8}[a-z@+-][a-z ]{0,20})?", 0..5)),
            1..30,
        )
    ) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for (hash, author, subject, body) in &commits {
            text.push_str(&format!("commit {hash}\nAuthor: {author}\nDate:   Mon Mar 2 10:00:00 2026 +0000\n\n    {subject}\n"));
            body.iter().for_each(|line| text.push_str(&format!("    {line}\n")));
            text.push('\n');
            let body: Vec<&str> = body.iter().map(|line| line.as_str()).collect();
            expected.push((hash.as_str(), *author, format!("{subject}\n{}", body.join("\n")).trim_end().to_owned()));
        }
        let short = log(&text, Level::Safe);
        let mut author = "";
        let mut seen = Vec::new();
        for commit in short.split("commit ").skip(1).filter(|part| part.contains("Date:")) {
            let (head, message) = commit.split_once("\n\n").unwrap();
            author = head.lines().find_map(|line| line.strip_prefix("Author: ")).unwrap_or(author);
            let message: Vec<&str> = message.lines().filter(|line| !line.starts_with('[')).map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
            seen.push((head.lines().next().unwrap(), author, message.join("\n").trim_end().to_owned()));
        }
        // A message may hold the word that splits.
        if commits.iter().all(|commit| !commit.2.contains("commit ")) {
            prop_assert_eq!(seen, expected);
        }
        promises(&text, "git log");
    }
}
