//! GoogleTest and CTest.

use super::{Fates, Kind, Runners};
use crate::filters::fold::{self, Fate};

pub(super) fn mark(lines: &[&str], fates: &mut Fates, runners: Runners) {
    if runners.has(Runners::GTEST) {
        mark_pairs(lines, fates, |line| line.strip_prefix("[ RUN      ] "), passes_gtest);
    }
    if runners.has(Runners::CTEST) {
        mark_pairs(lines, fates, starts_ctest, passes_ctest);
    }
}

/// A line that says a test begins goes with the line right below that says it passed. What a test prints stands
/// between the two, and then both stay.
fn mark_pairs<'a>(
    lines: &[&'a str],
    fates: &mut Fates,
    starts: impl Fn(&'a str) -> Option<&'a str>,
    passes: impl Fn(&'a str) -> Option<&'a str>,
) {
    let mut above: Option<&str> = None;
    for (index, line) in lines.iter().enumerate() {
        let begun = starts(line);
        if let Some(name) = passes(line).filter(|name| above.is_some_and(|above| above.trim_end() == *name)) {
            debug_assert!(!name.is_empty());
            if let Some([start, end]) = fates.get_mut(index.saturating_sub(1)..=index) {
                (*start, *end) = (Fate::Goes, Fate::Counts(Kind::Tests, 1));
            }
        }
        above = begun;
    }
}

/// GoogleTest: `[       OK ] Suite.Name (0 ms)`.
fn passes_gtest(line: &str) -> Option<&str> {
    let (name, time) = line.trim_end().strip_prefix("[       OK ] ")?.rsplit_once(" (")?;
    fold::duration(time.strip_suffix(')')?).then_some(name)
}

/// CTest: `      Start  1: name`.
fn starts_ctest(line: &str) -> Option<&str> {
    let (_, name) = fold::number(fold::indented(line).1.strip_prefix("Start ")?.trim_start())?;
    name.strip_prefix(": ")
}

/// CTest: ` 1/30 Test  #1: name ............   Passed    0.01 sec`.
fn passes_ctest(line: &str) -> Option<&str> {
    let (_, rest) = fold::number(fold::indented(line).1)?;
    let (_, rest) = fold::number(rest.strip_prefix('/')?)?;
    let (_, rest) = fold::number(rest.strip_prefix(" Test")?.trim_start().strip_prefix('#')?)?;
    let (rest, time) = rest.strip_prefix(": ")?.rsplit_once("   Passed ")?;
    let name = rest.trim_end_matches('.').trim_end();
    time.trim_end().ends_with(" sec").then_some(name)
}
