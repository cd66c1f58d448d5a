//! `go test`, with and without `-v`.

use super::{Fates, Kind};
use crate::filters::fold::{self, Fate};
use std::collections::HashSet;

/// `ok`, the package and `0.012s` or `(cached)`, tabs between. One with coverage says more than that it passed.
pub(super) fn passing_package(line: &str) -> Option<&str> {
    let (package, time) = line.trim_end().strip_prefix("ok  \t")?.split_once('\t')?;
    (fold::duration(time) || time == "(cached)").then_some(package)
}

/// `?`, the package and `[no test files]`, tabs between.
fn without_tests(line: &str) -> bool {
    line.starts_with("?   \t") && line.trim_end().ends_with("\t[no test files]")
}

enum Line<'a> {
    /// `=== RUN   TestA`, `=== PAUSE TestA`, `=== CONT  TestA`, `=== NAME  TestA`.
    Begins(&'a str),
    /// `--- PASS: TestA (0.00s)`.
    Passes(&'a str),
    /// `--- FAIL: TestA (0.00s)`, `--- SKIP: TestA (0.00s)`.
    DoesNot(&'a str),
    /// The last line of a package.
    Ends,
    Other,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        if let Some(rest) = line.strip_prefix("=== ") {
            let begins = ["RUN   ", "PAUSE ", "CONT  ", "NAME  "];
            return match begins.iter().find_map(|word| rest.strip_prefix(word)) {
                Some(name) => Self::Begins(name.trim_end()),
                None => Self::Other,
            };
        }
        if line.starts_with("ok  \t") || line.starts_with("FAIL\t") || line.starts_with("?   \t") {
            return Self::Ends;
        }
        let Some(rest) = fold::indented(line).1.strip_prefix("--- ") else { return Self::Other };
        let Some((word, rest)) = rest.split_once(": ") else { return Self::Other };
        let Some((name, time)) = rest.trim_end().rsplit_once(" (") else { return Self::Other };
        if name.contains(' ') || !time.strip_suffix(')').is_some_and(fold::duration) {
            return Self::Other;
        }
        match word {
            "PASS" => Self::Passes(name),
            "FAIL" | "SKIP" => Self::DoesNot(name),
            _ => Self::Other,
        }
    }
}

pub(super) fn mark(lines: &[&str], fates: &mut Fates) {
    let mut from = 0;
    for (index, line) in lines.iter().enumerate() {
        let last = index + 1 == lines.len();
        if !last && !matches!(Line::read(line), Line::Ends) {
            continue;
        }
        if let (Some(lines), Some(fates)) = (lines.get(from..=index), fates.get_mut(from..=index)) {
            mark_package(lines, fates);
        }
        from = index + 1;
    }
}

/// Two packages may have tests of the same name, so each is read alone.
fn mark_package(lines: &[&str], fates: &mut Fates) {
    let mut passed = HashSet::new();
    let mut others = HashSet::new();
    for line in lines {
        match Line::read(line) {
            Line::Passes(name) => {
                passed.insert(name);
            }
            Line::DoesNot(name) => {
                others.insert(name);
            }
            Line::Begins(_) | Line::Ends | Line::Other => {}
        }
    }
    for (index, (line, fate)) in lines.iter().zip(fates.iter_mut()).enumerate() {
        let below = lines.get(index + 1).copied().unwrap_or_default();
        *fate = match Line::read(line) {
            // What stands below such a line was printed by that test.
            Line::Begins(_) | Line::Passes(_) if speaks(below) => Fate::Stays,
            Line::Begins(name) if passed.contains(name) && !others.contains(name) => Fate::Goes,
            Line::Passes(_) => Fate::Counts(Kind::Tests, 1),
            Line::Ends if passing_package(line).is_some() => Fate::Counts(Kind::Packages, 1),
            Line::Ends if without_tests(line) => Fate::Counts(Kind::Empty, 1),
            Line::Other if line.trim_end() == "PASS" && passing_package(below).is_some() => Fate::Goes,
            Line::Begins(_) | Line::DoesNot(_) | Line::Ends | Line::Other => Fate::Stays,
        };
    }
    // Whose lines they are is said by the package's line, which stands below them.
    let news = lines.iter().zip(fates.iter()).any(|(line, fate)| *fate == Fate::Stays && !fold::blank(line));
    if let Some(last) = fates.last_mut().filter(|_| news) {
        *last = Fate::Stays;
    }
}

/// Whether a line is one that a test printed.
fn speaks(line: &str) -> bool {
    matches!(Line::read(line), Line::Other)
        && !fold::blank(line)
        && !matches!(line.trim_end(), "PASS" | "FAIL")
}
