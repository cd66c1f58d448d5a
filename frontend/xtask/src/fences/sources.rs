//! Fences that the text of the source answers.

use super::Source;

/// A library and the only places that may name it.
struct Room {
    library: &'static str,
    /// Paths that hold it; one that ends in a slash is a folder.
    homes: &'static [&'static str],
    why: &'static str,
}

const ROOMS: [Room; 3] = [
    Room {
        library: "sea_orm",
        homes: &["server/src/store/", "server/src/store.rs"],
        why: "queries live in server/src/store",
    },
    Room {
        library: "reqwest",
        homes: &["server/src/upstream/", "server/src/accounts/"],
        why: "only server/src/upstream and server/src/accounts speak to providers",
    },
    Room {
        library: "anyhow",
        homes: &["server/src/main.rs"],
        why: "errors are small enums named by what happens next; anyhow is for main.rs",
    },
];

/// Where the rooms apply. Tests, build tools and migrations are free.
const HOUSE: [&str; 3] = ["app/src/", "frontend/src/", "server/"];
const OUTSIDE: [&str; 5] = ["server/tests/", "server/build.rs", "/tests/", "/benches/", "/fuzz/"];

/// A file over this many lines gets a warning.
const LONG: usize = 400;
/// A file over this many lines fails.
const TOO_LONG: usize = 500;

/// Kinds of file that people write by hand.
const WRITTEN: [&str; 11] = ["css", "html", "js", "md", "py", "rs", "sh", "toml", "ts", "yaml", "yml"];

/// Each library is named in its room only.
pub(super) fn rooms(files: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| is_rust(file) && in_house(&file.path)) {
        for room in &ROOMS {
            if room.homes.iter().any(|home| file.path.starts_with(home)) {
                continue;
            }
            for (number, line) in code(&file.text) {
                if has_word(line, room.library) {
                    complaints
                        .push(format!("{}:{number} names `{}`: {}.", file.path, room.library, room.why));
                }
            }
        }
    }
    complaints
}

/// No lint is switched off without a reason, and nothing is put off.
pub(super) fn left_over(files: &[Source]) -> Vec<String> {
    // Put together here so that this file does not complain about itself.
    let silencers = [concat!("#[al", "low("), concat!("#![al", "low(")];
    let later = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let unfinished = [concat!("to", "do!("), concat!("unimplem", "ented!(")];
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| is_written(file)) {
        for (number, line) in (1..).zip(file.text.lines()) {
            if is_rust(file) {
                if silencers.iter().any(|silencer| line.contains(silencer)) {
                    complaints.push(format!(
                        "{}:{number} switches a lint off; use #[expect(…, reason = \"…\")].",
                        file.path
                    ));
                }
                if unfinished.iter().any(|word| line.contains(word)) {
                    complaints.push(format!("{}:{number} is unfinished.", file.path));
                }
            }
            if let Some(word) = later.iter().find(|word| has_word(line, word)) {
                complaints.push(format!("{}:{number} says {word}: do it, or file an issue.", file.path));
            }
        }
    }
    complaints
}

/// Rust files that grow long.
pub(super) fn long(files: &[Source]) -> Vec<String> {
    sized(files, LONG + 1, TOO_LONG)
}

/// Rust files that are too long.
pub(super) fn too_long(files: &[Source]) -> Vec<String> {
    sized(files, TOO_LONG + 1, usize::MAX)
}

fn sized(files: &[Source], from: usize, to: usize) -> Vec<String> {
    files
        .iter()
        .filter(|file| is_rust(file))
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| (from..=to).contains(lines))
        .map(|(file, lines)| format!("{} has {lines} lines; {LONG} is plenty for one subject.", file.path))
        .collect()
}

fn is_rust(file: &Source) -> bool {
    file.path.ends_with(".rs")
}

fn is_written(file: &Source) -> bool {
    file.path.rsplit_once('.').is_some_and(|(_, kind)| WRITTEN.contains(&kind))
        && !file.path.contains(".min.")
        && !file.path.contains("/golden/")
        && !file.path.contains("/fixtures/")
        && !file.path.contains("/corpus/")
}

fn in_house(path: &str) -> bool {
    HOUSE.iter().any(|room| path.starts_with(room)) && !OUTSIDE.iter().any(|room| path.contains(room))
}

/// Lines with their numbers, comments left out.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter_map(|(number, line)| {
        let line = line.trim_start();
        if line.starts_with("//") {
            return None;
        }
        // A comment after code: cut where it starts, unless that is the `//` of an address.
        let line = line.find(" // ").map_or(line, |at| &line[..at]);
        Some((number, line))
    })
}

/// Whether the word stands in the text by itself, not as part of a longer name.
fn has_word(text: &str, word: &str) -> bool {
    let belongs = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(belongs)
            && !text[at + word.len()..].chars().next().is_some_and(belongs)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Vec<Source> {
        vec![Source { path: path.to_owned(), text: text.to_owned() }]
    }

    #[test]
    fn a_library_outside_of_its_room_is_named_with_its_line() {
        let found = rooms(&file("server/src/gateway/plan.rs", "//! x\nuse sea_orm::Set;\n"));
        assert_eq!(
            found,
            ["server/src/gateway/plan.rs:2 names `sea_orm`: queries live in server/src/store."]
        );
        assert_eq!(rooms(&file("server/src/lib.rs", "fn f() -> anyhow::Result<()> {}")).len(), 1);
        assert_eq!(rooms(&file("app/src/lib.rs", "use reqwest::Client;")).len(), 1);
        assert_eq!(rooms(&file("server/wire/src/lib.rs", "use reqwest::Client;")).len(), 1);
    }

    #[test]
    fn a_library_in_its_room_is_fine() {
        assert!(rooms(&file("server/src/store/people.rs", "use sea_orm::Set;")).is_empty());
        assert!(rooms(&file("server/src/accounts/oauth.rs", "use reqwest::Client;")).is_empty());
        assert!(rooms(&file("server/src/main.rs", "fn main() -> anyhow::Result<()> {}")).is_empty());
        assert!(rooms(&file("server/tests/relay.rs", "use reqwest::Client;")).is_empty());
        assert!(rooms(&file("migrations/src/lib.rs", "use sea_orm_migration::prelude::*;")).is_empty());
    }

    #[test]
    fn comments_and_longer_names_do_not_count() {
        let text = "// sea_orm is elsewhere\nlet x = 1; // reqwest\nlet reqwest_like = my_sea_orm;";
        assert!(rooms(&file("server/src/lib.rs", text)).is_empty());
    }

    #[test]
    fn silenced_lints_and_things_left_for_later_are_found() {
        assert_eq!(left_over(&file("server/src/lib.rs", concat!("#[al", "low(dead_code)]"))).len(), 1);
        assert_eq!(left_over(&file("style/main.css", concat!("/* TO", "DO: dark */"))).len(), 1);
        assert_eq!(left_over(&file("app/src/lib.rs", concat!("    to", "do!()"))).len(), 1);
        assert!(left_over(&file("app/src/lib.rs", "#[expect(dead_code, reason = \"x\")]")).is_empty());
        assert!(left_over(&file("app/src/lib.rs", concat!("let x = \"METO", "DOX\";"))).is_empty());
        assert!(left_over(&file("public/echarts.min.js", concat!("TO", "DO"))).is_empty());
    }

    #[test]
    fn long_files_are_counted() {
        let lines = |number: usize| file("server/src/lib.rs", &"x\n".repeat(number));
        assert!(long(&lines(400)).is_empty());
        assert_eq!(long(&lines(401)).len(), 1);
        assert!(too_long(&lines(500)).is_empty());
        assert_eq!(too_long(&lines(501)).len(), 1);
        assert!(too_long(&file("Cargo.lock", &"x\n".repeat(900))).is_empty());
    }
}
