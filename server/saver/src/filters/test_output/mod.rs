//! Output of test runners: the lines of tests that pass become one marker a run, everything else stays where it is.
//!
//! A line counts as a passing test only in a text that holds other lines of the same runner, and only in the exact
//! form that runner prints. Skipped, ignored, flaky and slow tests are news, and stay.

mod cargo;
mod go;
mod javascript;
mod native;
mod python;
mod tap;

use super::fold::{self, Fate, Run, When};
use super::output::plural;
use crate::level::Level;
use crate::marker;
use crate::page::Page;
use std::fmt::Write as _;

/// What a marker counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tests,
    Files,
    Packages,
    /// A suite that has no tests, or of whose tests none was asked for.
    Empty,
    /// Tests that an empty suite left out by name.
    Unasked,
}

/// What becomes of every line.
type Fates = [Fate<Kind>];

/// Runners whose output a text may hold, found by lines that only they print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Runners(u16);

impl Runners {
    const CARGO: u16 = 1;
    const NEXTEST: u16 = 1 << 1;
    const PYTEST: u16 = 1 << 2;
    const UNITTEST: u16 = 1 << 3;
    const JEST: u16 = 1 << 4;
    const VITEST: u16 = 1 << 5;
    const MOCHA: u16 = 1 << 6;
    const PLAYWRIGHT: u16 = 1 << 7;
    const BUN: u16 = 1 << 8;
    const NODE: u16 = 1 << 9;
    const TAP: u16 = 1 << 10;
    const GO: u16 = 1 << 11;
    const GTEST: u16 = 1 << 12;
    const CTEST: u16 = 1 << 13;

    fn has(self, runner: u16) -> bool {
        self.0 & runner != 0
    }

    /// The runners of a text, from the lines that open or sum up a run. Each line costs a look at its first bytes.
    fn of(lines: &[&str]) -> Self {
        let mut found = 0;
        for line in lines {
            let (indent, rest) = fold::indented(line);
            let Some(first) = rest.bytes().next() else { continue };
            found |= match first {
                b't' if rest.starts_with("test result: ") => Self::CARGO,
                b'r' if indent == 0 && cargo::opens(rest) => Self::CARGO,
                b'S' | b'N' if cargo::opens_nextest(rest) => Self::NEXTEST,
                b'T' if rest.starts_with("Test Suites: ") => Self::JEST,
                b'T' if rest.starts_with("Test Files  ") => Self::VITEST,
                b'T' if rest.starts_with("TAP version 1") => Self::TAP,
                b'R' if javascript::opens_vitest(indent, rest) => Self::VITEST,
                b'R' if javascript::opens_playwright(rest) => Self::PLAYWRIGHT,
                b'R' if python::sums_up_unittest(rest) => Self::UNITTEST,
                b'=' if indent == 0 && rest.starts_with("=== RUN   ") => Self::GO,
                b'=' | b'0'..=b'9' => sums_up(indent, rest),
                b'o' if indent == 0 && go::passing_package(rest).is_some() => Self::GO,
                b'#' if indent == 0 && rest.starts_with("# pass ") => Self::TAP,
                b'[' if rest.starts_with("[==========] ") => Self::GTEST,
                // The black circle of "ℹ".
                0xe2 if indent == 0 && rest.starts_with("ℹ pass ") => Self::NODE,
                _ => 0,
            };
        }
        Self(found)
    }
}

/// Summaries that begin with a number or a rule of `=`.
fn sums_up(indent: usize, rest: &str) -> u16 {
    if python::sums_up(rest) {
        return Runners::PYTEST;
    }
    let Some((_, after)) = fold::number(rest) else { return 0 };
    if indent == 2 && after.starts_with(" passing (") {
        return Runners::MOCHA;
    }
    if indent == 1 && after.trim_end() == " pass" {
        return Runners::BUN;
    }
    if after.starts_with("% tests passed, ") { Runners::CTEST } else { 0 }
}

pub(crate) fn shorten(page: &Page<'_>, level: Level) -> Option<String> {
    if level < Level::Safe {
        return None;
    }
    let runners = Runners::of(&page.lines);
    if runners.0 == 0 {
        return None;
    }
    let mut fates = vec![Fate::Stays; page.lines.len()];
    let lines = page.lines.as_slice();
    cargo::mark(lines, &mut fates, runners);
    python::mark(lines, &mut fates, runners);
    javascript::mark(lines, &mut fates, runners);
    native::mark(lines, &mut fates, runners);
    if runners.has(Runners::NODE) {
        tap::mark_spec(lines, &mut fates);
    }
    if runners.has(Runners::TAP) {
        tap::mark(lines, &mut fates);
    }
    if runners.has(Runners::GO) {
        go::mark(lines, &mut fates);
    }
    fold::fold(page, &fates, write)
}

/// `[ninerouter: 128 passing tests left out]`.
fn write(out: &mut String, run: &Run<'_, Kind>) -> When {
    let mut what = String::new();
    for (index, &(kind, count)) in run.kinds.iter().enumerate() {
        if index > 0 {
            what.push_str(", ");
        }
        let (one, many) = match kind {
            Kind::Tests => ("passing test", "passing tests"),
            Kind::Files => ("passing test file", "passing test files"),
            Kind::Packages => ("passing package", "passing packages"),
            Kind::Empty => ("suite that ran no tests", "suites that ran no tests"),
            Kind::Unasked => ("filtered-out test", "filtered-out tests"),
        };
        // Writing to a string cannot fail.
        let _ = write!(what, "{count} {}", if count == 1 { one } else { many });
    }
    if what.is_empty() {
        let plural = plural(run.lines);
        let _ = write!(what, "{} line{plural} about passing tests", run.lines);
    }
    marker::push(out, format_args!("{what} left out"));
    When::Shorter
}

#[cfg(test)]
#[path = "../test_output_tests/mod.rs"]
mod tests;
