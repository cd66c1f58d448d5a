use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn at(level: Level, text: &str) -> Option<String> {
    super::shorten(&Page::of(text, &Source::Unknown), level)
}

fn safe(text: &str) -> Option<String> {
    at(Level::Safe, text)
}

#[test]
fn a_directory_is_said_once() {
    let found = "./src/main.rs\n./src/lib.rs\n./src/net/http.rs\n./src/net/tls.rs\n./Cargo.toml\n";
    assert_eq!(
        safe(found).as_deref(),
        Some("./src/: main.rs lib.rs\n./src/net/: http.rs tls.rs\n./Cargo.toml\n")
    );
    assert_eq!(at(Level::Exact, found), None);
}

#[test]
fn a_directory_above_its_files_is_a_dot() {
    let found = ".\n./src\n./src/main.rs\n./src/net\n./src/net/http.rs\n./src/net/tls.rs\n./README.md";
    assert_eq!(
        safe(found).as_deref(),
        Some(".\n./src/: . main.rs\n./src/net/: . http.rs tls.rs\n./README.md")
    );
}

#[test]
fn a_root_that_all_share_is_said_once() {
    let globbed = "Found 6 files\n/home/me/projects/website/src/main.ts\n/home/me/projects/website/src/app.ts\n\
        /home/me/projects/website/src/ui/button.tsx\n/home/me/projects/website/src/ui/menu.tsx\n\
        /home/me/projects/website/vite.config.ts\n/home/me/projects/website/test/app.test.ts\n\
        (Results are truncated. Consider using a more specific path or pattern.)";
    assert_eq!(
        safe(globbed).as_deref(),
        Some(
            "Found 6 files\n[ninerouter: paths below are relative to /home/me/projects/website/]\n\
             src/: main.ts app.ts\nsrc/ui/: button.tsx menu.tsx\n./: vite.config.ts\ntest/: app.test.ts\n\
             (Results are truncated. Consider using a more specific path or pattern.)"
        )
    );
}

#[test]
fn bullets_folders_and_windows_paths() {
    let cursor = "Result of search in '/home/ann/app' (total 4 files):\n- ./src/a.rs\n- ./src/b.rs\n- ./tests/a.rs\n- ./tests/b.rs";
    assert_eq!(
        safe(cursor).as_deref(),
        Some(
            "Result of search in '/home/ann/app' (total 4 files):\n- ./src/: a.rs b.rs\n- ./tests/: a.rs b.rs"
        )
    );
    let cline = "src/\nsrc/main.rs\nsrc/net/\nsrc/net/http.rs\nsrc/net/tls.rs\nCargo.toml";
    assert_eq!(
        safe(cline).as_deref(),
        Some("src/\nsrc/: main.rs net/\nsrc/net/: http.rs tls.rs\nCargo.toml")
    );
    let windows =
        "C:\\app\\src\\a.cs\r\nC:\\app\\src\\b.cs\r\nC:\\app\\test\\a.cs\r\nC:\\app\\test\\b.cs\r\n";
    assert_eq!(safe(windows).as_deref(), Some("C:\\app\\src\\: a.cs b.cs\r\nC:\\app\\test\\: a.cs b.cs\r\n"));
}

#[test]
fn a_name_with_a_blank_stays_on_its_own_line() {
    let found = "./docs/a.md\n./docs/b.md\n./docs/two words.md\n./docs/c.md\n./docs/d,e.md\n./my docs/x.md\n./my docs/y.md";
    assert_eq!(
        safe(found).as_deref(),
        Some("./docs/: a.md b.md\n./docs/two words.md\n./docs/: c.md d,e.md\n./my docs/: x.md y.md")
    );
}

#[test]
fn strong_cuts_long_directories() {
    let mut found = String::from("./a/x\n./b/y\n./c/z\n");
    for number in 0..40 {
        found.push_str(&format!("./pages/page-{number}.html\n"));
    }
    let short = at(Level::Strong, &found).unwrap();
    assert!(short.ends_with("page-11.html [ninerouter: 24 more names left out] page-36.html page-37.html page-38.html page-39.html\n"), "{short}");
    assert!(short.starts_with("./a/x\n./b/y\n./c/z\n./pages/: page-0.html page-1.html"), "{short}");
}

#[test]
fn other_texts_stay() {
    let texts = [
        // A source file that mentions paths.
        "use std::path::Path;\n// see src/main.rs\nlet a = \"src/a.rs\";\nlet b = \"src/b.rs\";\nfn main() {}\n".repeat(6),
        // grep's lines.
        "src/a.rs:12:let a = 1;\nsrc/a.rs:14:let b = 1;\nsrc/b.rs:1:let c = 1;\n".repeat(4),
        // A log.
        "2026-11-29 12:10:00 INFO GET /v1/models 200\n2026-11-29 12:10:01 INFO GET /v1/chat 200\n".repeat(5),
        // Key material: no two lines share a directory.
        "MIIEpQIBAAKCAQEA3/abcd\nqwer/tyuiopASDFGH+JKL\nZXCV/bnm/QWERTY+1234\nasdf/ghjkl/QWE=\n".to_owned(),
        // Addresses.
        "https://example.com/a/b\nhttps://example.com/a/c\nhttps://example.com/a/d\nhttps://example.com/a/e\n".to_owned(),
        // Words.
        "alpha\nbeta\ngamma\ndelta\nepsilon\nzeta/eta\n".to_owned(),
        // The form itself.
        "src/: a.rs b.rs\nsrc/net/c.rs\nsrc/net/d.rs\nsrc/net/e.rs\nsrc/net/f.rs\n".to_owned(),
    ];
    for text in texts {
        assert_eq!(safe(&text), None, "{text}");
    }
}

/// The text a shortened one was made from.
fn expand(short: &str) -> String {
    let mut root = String::new();
    let mut lines: Vec<String> = Vec::new();
    for line in short.split('\n') {
        let said =
            line.strip_prefix("[ninerouter: paths below are relative to ").and_then(|l| l.strip_suffix(']'));
        if let Some(said) = said {
            said.clone_into(&mut root);
            continue;
        }
        let Some((dir, names)) = line.split_once("/: ") else {
            lines.push(line.to_owned());
            continue;
        };
        let dir = if !root.is_empty() && dir == "." { root.clone() } else { format!("{root}{dir}/") };
        for name in names.split(' ') {
            lines.push(if name == "." {
                dir.trim_end_matches('/').to_owned()
            } else {
                format!("{dir}{name}")
            });
        }
    }
    lines.join("\n")
}

fn a_list() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => prop::sample::select(vec!["src", "net", "a", "b", "tests", "ui"]).prop_map(str::to_owned),
        1 => "[a-z .,_+-]{1,6}",
    ];
    let path = (
        prop::sample::select(vec!["", "./", "/home/me/a-long-project-name/", "/", "../"]),
        prop::collection::vec(part, 1..5),
        prop::sample::select(vec!["", "/", ".rs", ".test.ts"]),
    )
        .prop_map(|(head, parts, tail)| format!("{head}{}{tail}", parts.join("/")));
    let line = prop_oneof![
        20 => path,
        1 => Just(String::new()),
        1 => "[a-zA-Z .:/()-]{0,30}",
    ];
    (prop::collection::vec(line, 0..80), any::<bool>(), any::<bool>()).prop_map(
        |(mut lines, sort, one_root)| {
            if one_root {
                for line in &mut lines {
                    if !line.is_empty() {
                        *line =
                            format!("/home/me/a-long-project-name/{}", line.trim_start_matches(['/', '.']));
                    }
                }
            }
            if sort {
                lines.sort();
            }
            lines.join("\n")
        },
    )
}

proptest! {
    #[test]
    fn every_path_can_be_read_back(list in a_list()) {
        if let Some(short) = safe(&list) {
            prop_assert!(short.len() < list.len());
            prop_assert_eq!(expand(&short), list);
        }
    }

    #[test]
    fn once_is_enough(list in a_list(), strong in any::<bool>()) {
        let level = if strong { Level::Strong } else { Level::Safe };
        let rules = crate::Rules::at(level);
        if let Some(short) = crate::shorten(&list, None, rules) {
            prop_assert!(short.text.len() < list.len());
            prop_assert_eq!(crate::shorten(&short.text, None, rules), None);
        }
    }
}

/// The lists that are made up are shortened often enough for the tests above to mean something.
#[test]
fn made_up_lists_are_shortened() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let made =
        (0..200).filter(|_| safe(&a_list().new_tree(&mut runner).unwrap().current()).is_some()).count();
    assert!(made > 60, "{made} of 200");
}
