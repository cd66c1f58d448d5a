//! The lines above the hunks of a file: `diff --git`, `index`, `--- a/…`, `+++ b/…`.

/// Whether a line begins the part of a file in a diff of git's.
pub(super) fn opens(line: &str) -> bool {
    names(line).is_some()
}

/// What a line that begins a file's part says of its names: `a/old b/new`, or a merge's one name.
fn names(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("diff --")?;
    let names = ["git ", "cc ", "combined "].iter().find_map(|kind| rest.strip_prefix(kind))?;
    Some(bare(names)).filter(|names| !names.is_empty())
}

/// Lines that git puts between the first line and the names ("extended header lines" in its manual).
const EXTENDED: [&str; 12] = [
    "index ",
    "old mode ",
    "new mode ",
    "mode ",
    "new file mode ",
    "deleted file mode ",
    "similarity index ",
    "dissimilarity index ",
    "rename from ",
    "rename to ",
    "copy from ",
    "copy to ",
];

/// The header of one file.
pub(super) struct File<'a> {
    /// Both names, as the first line has them.
    pub(super) names: &'a str,
    /// Its lines, but for the pair that names the two sides.
    pub(super) len: usize,
    /// Whether `---` and `+++` follow, and hunks after them.
    pub(super) has_pair: bool,
    /// Whether that pair says only what the lines before it said.
    pub(super) pair_repeats: bool,
}

impl<'a> File<'a> {
    /// The header that some lines begin with.
    pub(super) fn read(lines: &[&'a str]) -> Option<Self> {
        let names = names(lines.first()?)?;
        let is_extended = |line: &&&str| EXTENDED.iter().any(|opening| line.starts_with(opening));
        let extended = lines.iter().skip(1).take_while(is_extended).count();
        let len = 1 + extended;
        let mut file = Self { names, len, has_pair: false, pair_repeats: false };
        if let Some(&[old, new, hunk]) = lines.get(len..len + 3)
            && let Some(old) = old.strip_prefix("--- ").map(bare)
            && let Some(new) = new.strip_prefix("+++ ").map(bare)
            && hunk.starts_with("@@ -") | hunk.starts_with("@@@ -")
        {
            let says = |opening: &str| lines.iter().take(len).any(|line| line.starts_with(opening));
            file.has_pair = true;
            file.pair_repeats = match (old, new) {
                ("/dev/null", new) => says("new file mode ") && names_twice(names, new),
                (old, "/dev/null") => says("deleted file mode ") && names_twice(names, old),
                (old, new) => is_pair(names, old, new),
            };
        }
        Some(file)
    }
}

/// A name without what ends its line: git puts a tab behind names with blanks.
fn bare(name: &str) -> &str {
    let name = name.strip_suffix('\r').unwrap_or(name);
    name.strip_suffix('\t').unwrap_or(name)
}

/// Whether `names` is these two, or, of a merge, the one name that both have behind `a/` and `b/`.
fn is_pair(names: &str, old: &str, new: &str) -> bool {
    names.strip_prefix(old).and_then(|rest| rest.strip_prefix(' ')) == Some(new)
        || (old.strip_prefix("a/") == Some(names) && new.strip_prefix("b/") == Some(names))
}

/// Whether `names` is one name twice, each with its own letter in front, or none.
fn names_twice(names: &str, name: &str) -> bool {
    let half = names.len() / 2;
    let Some((left, right)) = names.split_at_checked(half) else { return false };
    let Some(right) = right.strip_prefix(' ') else { return false };
    (left == name || right == name) && (left == right || is_behind_letter(left, right))
}

/// Whether two names differ by the letters in front alone: `a/x` and `b/x`.
fn is_behind_letter(left: &str, right: &str) -> bool {
    let tail = |side: &'_ str| side.as_bytes().get(1) == Some(&b'/');
    tail(left) && tail(right) && left.get(1..) == right.get(1..)
}

/// Files that programs write: locks of package managers, snapshots, bundles.
const GENERATED_NAMES: [&str; 15] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "deno.lock",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "composer.lock",
    "Gemfile.lock",
    "go.sum",
    "flake.lock",
    "Package.resolved",
];
const GENERATED_ENDINGS: [&str; 6] = [".snap", ".min.js", ".min.css", ".map", ".pb.go", "_pb2.py"];
const GENERATED_FOLDERS: [&str; 4] = ["dist", "node_modules", "vendor", "__snapshots__"];

/// Whether the file with this name (behind the last blank, if several stand there) is one that programs write.
pub(super) fn is_generated(names: &str) -> bool {
    // `diff -u` puts a tab and the time behind a name.
    let names = names.split('\t').next().unwrap_or(names);
    let path = bare(names).rsplit(' ').next().unwrap_or(names).trim_matches('"');
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    GENERATED_NAMES.contains(&name)
        || GENERATED_ENDINGS.iter().any(|ending| name.ends_with(ending))
        || parts.any(|folder| GENERATED_FOLDERS.contains(&folder))
}
