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
fn branches_become_blanks() {
    let tree = "\
.
├── Cargo.toml
├── README.md
├── src
│\u{a0}\u{a0} ├── lib.rs
│\u{a0}\u{a0} ├── net
│\u{a0}\u{a0} │\u{a0}\u{a0} └── http.rs
│\u{a0}\u{a0} └── main.rs
└── tests
    └── all.rs

3 directories, 6 files
";
    let short = "\
.
 Cargo.toml README.md
 src
  lib.rs
  net
   http.rs
  main.rs
 tests
  all.rs

3 directories, 6 files
";
    assert_eq!(safe(tree).as_deref(), Some(short));
    assert_eq!(at(Level::Exact, tree), None);
    let ascii = tree.replace("├──", "|--").replace("└──", "`--").replace('│', "|");
    assert_eq!(safe(&ascii).as_deref(), Some(short));
}

#[test]
fn names_with_blanks_stay_on_their_own_lines() {
    let tree = "src\n├── [ 120]  a.rs\n├── [ 4.0K]  my file.rs\n└── [4.0K]  net\n    └── [  90]  b.rs\n";
    assert_eq!(
        safe(tree).as_deref(),
        Some("src\n [ 120] a.rs\n [ 4.0K] my file.rs\n [4.0K] net\n  [  90] b.rs\n")
    );
}

#[test]
fn cargo_and_npm() {
    let cargo = "\
saver v0.1.0 (/app/saver)
├── memchr v2.8.3
└── serde_json v1.0.154
    ├── itoa v1.0.18
    │   [build-dependencies]
    │   └── cc v1.2.0
    └── memchr v2.8.3 (*)
[dev-dependencies]
└── toml v1.2.1
";
    assert_eq!(
        safe(cargo).as_deref(),
        Some(
            "\
saver v0.1.0 (/app/saver)
 memchr v2.8.3
 serde_json v1.0.154
  itoa v1.0.18
   [build-dependencies]
   cc v1.2.0
  memchr v2.8.3 (*)
[dev-dependencies]
 toml v1.2.1
"
        )
    );
    let npm = "\
app@1.0.0 /app
├─┬ express@5.1.0
│ ├─┬ accepts@2.0.0
│ │ └── negotiator@1.0.0
│ └── once@1.4.0 deduped
├── UNMET DEPENDENCY left-pad@1.3.0
└── which@5.0.0
";
    assert_eq!(
        safe(npm).as_deref(),
        Some(
            "\
app@1.0.0 /app
 express@5.1.0
  accepts@2.0.0
   negotiator@1.0.0
  once@1.4.0 deduped
 UNMET DEPENDENCY left-pad@1.3.0
 which@5.0.0
"
        )
    );
}

#[test]
fn strong_cuts_long_trees() {
    let tree: String = std::iter::once("app v1 x\n".to_owned())
        .chain((0..300).map(|number| format!("├── crate-{number} v1.0\n")))
        .collect();
    let short = at(Level::Strong, &tree).unwrap();
    assert!(short.ends_with("\n crate-149 v1.0\n[ninerouter: 150 more branches left out]\n"), "{short}");
    let files = |folder: usize| format!("├── src-{folder}\n{}", "│   ├── a.rs\n│   └── b.rs\n".repeat(15));
    let deep: String = (0..10).map(files).chain(["└── z.rs\n".to_owned()]).collect();
    let short = at(Level::Strong, &format!(".\n{deep}")).unwrap();
    let end = "[ninerouter: 155 more branches left out; those below are the topmost]\n src-5\n src-6\n src-7\n src-8\n src-9\n z.rs\n";
    assert!(short.ends_with(end), "{short}");
}

#[test]
fn other_texts_stay() {
    for text in [
        // A Markdown table, an option list, shell pipes, a tree that skips a level, text with tree characters in it.
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |\n",
        "  --all      everything\n  --none     nothing\n  -x         something\n  --help     this\n",
        "cat a \\\n  | grep b \\\n  | sort \\\n  | uniq \\\n  | head\n",
        "a\n├── b\n│   │   ├── c\n├── d\n└── e\n└── f\n",
        "The character ├── begins a branch.\nSo does └── here.\nAnd ├── here.\nAnd └── here.\n",
        "let a = \"├── b\";\nlet b = \"├── c\";\nlet c = \"├── d\";\nlet d = \"└── e\";\n",
    ] {
        assert_eq!(safe(text), None, "{text}");
    }
}

/// Depths and names of a tree, in order: each at most one deeper than the one above.
fn a_tree(name: &'static str) -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::vec((1_usize..6, name), 4..60).prop_map(|mut branches| {
        let mut above = 0;
        for (depth, _) in &mut branches {
            *depth = (*depth).min(above + 1);
            above = *depth;
        }
        branches
    })
}

/// As the tools draw it: a level as wide as theirs.
fn draw(branches: &[(usize, String)], style: usize) -> String {
    let (unit, bar, tee, corner) =
        [(4, "│\u{a0}\u{a0} ", "├── ", "└── "), (4, "|   ", "|-- ", "`-- "), (2, "│ ", "├── ", "└── ")]
            [style];
    let mut out = String::from("root\n");
    for (index, (depth, name)) in branches.iter().enumerate() {
        // Whether a later branch stands at a depth before the tree comes back above it.
        let goes_on = |level: usize| {
            branches[index + 1..]
                .iter()
                .find(|(other, _)| *other <= level)
                .is_some_and(|(other, _)| *other == level)
        };
        for level in 1..*depth {
            out.push_str(if goes_on(level) { bar } else { &"    "[..unit] });
        }
        out.push_str(if goes_on(*depth) { tee } else { corner });
        out.push_str(name);
        out.push('\n');
    }
    out.push_str("\n3 directories, 6 files");
    out
}

/// Depths and names as they stand in a shortened tree.
fn read_back(short: &str, joined: bool) -> Vec<(usize, String)> {
    let mut branches = Vec::new();
    for line in
        short.strip_prefix("root\n").unwrap().strip_suffix("\n\n3 directories, 6 files").unwrap().lines()
    {
        let name = line.trim_start_matches(' ');
        let depth = line.len() - name.len();
        let names: Vec<&str> = if joined { name.split(' ').collect() } else { vec![name] };
        branches.extend(names.into_iter().map(|name| (depth, name.to_owned())));
    }
    branches
}

proptest! {
    #[test]
    fn every_branch_can_be_read_back(branches in a_tree("[a-z.@_-]{1,9}"), style in 0_usize..3) {
        let tree = draw(&branches, style);
        let short = safe(&tree).unwrap();
        prop_assert!(short.len() < tree.len());
        prop_assert_eq!(read_back(&short, true), branches);
    }

    #[test]
    fn so_can_branches_with_blanks(branches in a_tree("[a-z]{1,5}[ a-z()*]{1,9}[a-z)*]"), style in 0_usize..3) {
        prop_assume!(branches.iter().any(|(_, name)| name.contains(' ')));
        let short = safe(&draw(&branches, style)).unwrap();
        prop_assert_eq!(read_back(&short, false), branches);
    }

    #[test]
    fn once_is_enough(branches in a_tree("[a-z.@_ -]{0,9}[a-z]"), style in 0_usize..3, level in prop::sample::select(Level::ALL.to_vec())) {
        let tree = draw(&branches, style);
        let rules = crate::Rules::at(level);
        if let Some(short) = crate::shorten(&tree, None, rules) {
            prop_assert!(short.text.len() < tree.len());
            prop_assert_eq!(crate::shorten(&short.text, None, rules), None);
        }
    }
}
