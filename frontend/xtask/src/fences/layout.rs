//! Fences that the names of files answer.

use super::Source;
use std::collections::BTreeSet;

/// All that is visible at the top.
const TOP_LEVEL: [&str; 13] = [
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "LICENSE",
    "README.md",
    "app",
    "end2end",
    "frontend",
    "migrations",
    "public",
    "rust-toolchain.toml",
    "server",
    "style",
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = ["cfg", "common", "ctx", "helper", "helpers", "mgr", "util", "utils"];

/// Nothing is added at the top, and nothing is missing.
pub(super) fn top_level(files: &[Source]) -> Vec<String> {
    let present: BTreeSet<&str> = files
        .iter()
        .filter_map(|file| file.path.split('/').next())
        .filter(|name| !name.starts_with('.'))
        .collect();
    let expected = BTreeSet::from(TOP_LEVEL);
    let added = present.difference(&expected).map(|name| {
        format!("`{name}` is new at the top level, which is fixed: it belongs into the room it is about.")
    });
    let missing = expected.difference(&present).map(|name| format!("`{name}` is missing at the top level."));
    added.chain(missing).collect()
}

/// No file, folder or module has a name that could hold anything.
pub(super) fn names(files: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files {
        let empty = file.path.split('/').find(|part| {
            let stem = part.split_once('.').map_or(*part, |(stem, _)| stem);
            EMPTY_NAMES.contains(&stem)
        });
        if let Some(part) = empty {
            complaints.push(format!("{}: `{part}` says nothing about what is inside.", file.path));
        }
        if file.path.ends_with(".rs") {
            for (number, line) in (1..).zip(file.text.lines()) {
                if let Some(name) = module(line).filter(|name| EMPTY_NAMES.contains(name)) {
                    complaints.push(format!(
                        "{}:{number}: the module name `{name}` says nothing about what is inside.",
                        file.path
                    ));
                }
            }
        }
    }
    complaints
}

/// The name in `mod name;`, `pub mod name {` or `pub(crate) mod name;`.
fn module(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')')?.1.trim_start(),
        Some(rest) => rest.trim_start(),
        None => line,
    };
    Some(line.strip_prefix("mod ")?.trim_end().trim_end_matches([';', '{', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Vec<Source> {
        paths.iter().map(|path| Source { path: (*path).to_owned(), text: String::new() }).collect()
    }

    #[test]
    fn the_top_level_is_exact() {
        let mut all = TOP_LEVEL.to_vec();
        all.extend([".ci/run", "app/src/lib.rs"]);
        assert!(top_level(&files(&all)).is_empty());
        all.push("docs/a.md");
        assert_eq!(top_level(&files(&all)).len(), 1);
        all.retain(|name| *name != "LICENSE" && *name != "docs/a.md");
        assert_eq!(top_level(&files(&all)), ["`LICENSE` is missing at the top level."]);
    }

    #[test]
    fn empty_names_are_found() {
        let found =
            names(&files(&["server/src/utils.rs", "server/tests/common/mod.rs", "server/src/uncommon.rs"]));
        assert_eq!(found.len(), 2);
        let inside = Source {
            path: "app/src/lib.rs".to_owned(),
            text: "mod ctx;\npub(crate) mod util {\npub mod fine;\nlet helper = 1;\n".to_owned(),
        };
        assert_eq!(names(&[inside]).len(), 2);
    }
}
