//! The Test Anything Protocol, and the reporters of `node --test`.

use super::{Fates, Kind};
use crate::filters::fold::{self, Fate};

/// A suite or test that has begun.
struct Open<'a> {
    line: usize,
    indent: usize,
    name: &'a str,
    /// Something inside stays, so its name has to.
    news: bool,
    /// It holds other tests.
    suite: bool,
    /// Lines that go only when it goes.
    with_it: Vec<usize>,
}

/// `node --test` with the spec reporter:
///
/// ```text
/// ▶ suite
///   ✔ adds (1.02ms)
///   ﹣ later (0.08ms) # SKIP
/// ✔ suite (10.7ms)
/// ```
pub(super) fn mark_spec(lines: &[&str], fates: &mut Fates) {
    let mut open: Vec<Open<'_>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let (indent, rest) = fold::indented(line);
        if let Some(name) = rest.strip_prefix("▶ ") {
            open.push(begun(index, indent, name.trim_end()));
            continue;
        }
        let Some(name) = passes_spec(rest) else {
            if !fold::blank(line) {
                open.iter_mut().for_each(|suite| suite.news = true);
            }
            // A suite that did not pass ends here.
            if rest.starts_with("✖ ") {
                open.pop_if(|suite| suite.indent == indent);
            }
            continue;
        };
        let closes = open.last().is_some_and(|suite| suite.indent == indent && suite.name == name);
        match open.pop_if(|_| closes) {
            Some(suite) if suite.news => {}
            Some(suite) => {
                set(fates, suite.line, Fate::Goes);
                set(fates, index, Fate::Goes);
            }
            None => set(fates, index, Fate::Counts(Kind::Tests, 1)),
        }
    }
}

fn begun(line: usize, indent: usize, name: &str) -> Open<'_> {
    Open { line, indent, name, news: false, suite: false, with_it: Vec::new() }
}

fn set(fates: &mut Fates, index: usize, fate: Fate<Kind>) {
    if let Some(slot) = fates.get_mut(index) {
        *slot = fate;
    }
}

/// `✔ adds (1.02ms)`: the name.
fn passes_spec(line: &str) -> Option<&str> {
    let (name, time) = line.strip_prefix("✔ ")?.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    fold::duration(time).then_some(name)
}

/// TAP, with the subtests and the details of `node --test`:
///
/// ```text
/// # Subtest: suite
///     # Subtest: adds
///     ok 1 - adds
///       ---
///       duration_ms: 0.5
///       ...
///     1..1
/// ok 1 - suite
/// ```
pub(super) fn mark(lines: &[&str], fates: &mut Fates) {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut skip_to = 0;
    for (index, line) in lines.iter().enumerate() {
        if index < skip_to || fold::blank(line) {
            continue;
        }
        let (indent, rest) = fold::indented(line);
        if let Some(name) = rest.strip_prefix("# Subtest: ") {
            if let Some(around) = open.last_mut() {
                around.suite = true;
            }
            open.push(begun(index, indent, name.trim_end()));
            continue;
        }
        let details = details(lines, index + 1, indent + 2);
        if let Some((name, end)) = passes(rest).zip(details) {
            skip_to = end;
            let own = open.last().is_some_and(|test| test.indent == indent && test.name == name);
            let test = open.pop_if(|_| own);
            if test.as_ref().is_some_and(|test| test.news) {
                continue;
            }
            for line in index..end {
                set(fates, line, Fate::Goes);
            }
            let suite = test.as_ref().is_some_and(|test| test.suite);
            for line in test.iter().flat_map(|test| test.with_it.iter().chain([&test.line])) {
                set(fates, *line, Fate::Goes);
            }
            if !suite {
                set(fates, index, Fate::Counts(Kind::Tests, 1));
            }
            continue;
        }
        match open.last_mut() {
            Some(around) if is_plan(rest) => around.with_it.push(index),
            _ => open.iter_mut().for_each(|around| around.news = true),
        }
        // A test that did not pass ends here.
        if rest.starts_with("not ok ") || rest.starts_with("ok ") {
            open.pop_if(|test| test.indent == indent);
        }
    }
}

/// `ok 1 - adds`: the name. A directive (`# SKIP` and the like) is news.
fn passes(line: &str) -> Option<&str> {
    let (_, rest) = fold::number(line.strip_prefix("ok ")?)?;
    let rest = rest.trim_end();
    let name = rest.strip_prefix(" - ").or_else(|| rest.strip_prefix(' '))?;
    let untimed = name.rsplit_once(" # time=").map_or(name, |(name, _)| name);
    (!untimed.contains(" # ")).then_some(untimed)
}

/// `1..15`.
fn is_plan(line: &str) -> bool {
    let after = line.strip_prefix("1..").and_then(fold::number);
    after.is_some_and(|(_, rest)| rest.trim_end().is_empty())
}

/// Where the block of details from a line on ends, when it says nothing but how long the test took. Where there is
/// no block, it ends at once.
fn details(lines: &[&str], from: usize, indent: usize) -> Option<usize> {
    let at = |index: usize| {
        let (found, rest) = fold::indented(lines.get(index).copied().unwrap_or_default());
        (found == indent).then(|| rest.trim_end())
    };
    if at(from) != Some("---") {
        return Some(from);
    }
    let mut index = from + 1;
    while let Some(line) = at(index) {
        if line == "..." {
            return Some(index + 1);
        }
        if !line.starts_with("duration_ms: ") && !line.starts_with("type: ") {
            return None;
        }
        index += 1;
    }
    None
}
