//! `cargo test` (libtest) and `cargo nextest run`.

use super::{Fates, Kind, Runners};
use crate::filters::fold::{self, Fate};

/// libtest: `running 16 tests`.
pub(super) fn opens(line: &str) -> bool {
    running(line).is_some()
}

fn running(line: &str) -> Option<usize> {
    let (count, rest) = fold::number(line.strip_prefix("running ")?)?;
    matches!(rest.trim_end_matches('\r'), " test" | " tests").then_some(count)
}

/// nextest: `    Starting 16 tests across 1 binary`, `     Summary [   5.469s] 16 tests run: 16 passed`.
pub(super) fn opens_nextest(line: &str) -> bool {
    line.strip_prefix("Summary [").is_some_and(|rest| rest.contains(" run: "))
        || line
            .strip_prefix("Starting ")
            .and_then(fold::number)
            .is_some_and(|(_, rest)| rest.starts_with(" test") && rest.contains(" across "))
        || line.starts_with("Nextest run ID ")
}

pub(super) fn mark(lines: &[&str], fates: &mut Fates, runners: Runners) {
    if runners.has(Runners::CARGO) {
        for (line, fate) in lines.iter().zip(fates.iter_mut()) {
            if passes(line) {
                *fate = Fate::Counts(Kind::Tests, 1);
            }
        }
        mark_empty(lines, fates);
        mark_heads(lines, fates);
    }
    if runners.has(Runners::NEXTEST) {
        for (line, fate) in lines.iter().zip(fates.iter_mut()) {
            if passes_nextest(line) {
                *fate = Fate::Counts(Kind::Tests, 1);
            }
        }
    }
}

/// libtest: `test saver::tests::a ... ok`, with `<0.001s>` behind under `--report-time`.
fn passes(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("test ") else { return false };
    let rest = rest.trim_end_matches('\r');
    if let Some(name) = rest.strip_suffix(" ... ok") {
        return !name.is_empty() && !name.contains(" ... ");
    }
    let timed = rest.strip_suffix('>').and_then(|rest| rest.rsplit_once(" ... ok <"));
    timed.is_some_and(|(name, time)| !name.is_empty() && !name.contains(" ... ") && fold::duration(time))
}

/// nextest: `        PASS [   0.005s] (1/16) saver tests::a`. Leaky and retried tests have other words; those that take
/// a minute are slow by its own measure.
fn passes_nextest(line: &str) -> bool {
    let (indent, rest) = fold::indented(line);
    let Some(rest) = rest.strip_prefix("PASS [") else { return false };
    let Some((time, name)) = rest.split_once("] ") else { return false };
    let time = time.trim_start();
    let slow = fold::number(time).is_none_or(|(seconds, _)| seconds >= 60);
    indent == 8 && fold::duration(time) && !slow && !name.trim().is_empty()
}

/// `running 16 tests` goes where all sixteen lines below go: the suite's result says the number again.
fn mark_heads(lines: &[&str], fates: &mut Fates) {
    for (index, line) in lines.iter().enumerate() {
        let Some(count) = running(line).filter(|count| *count > 0) else { continue };
        let passing = |fate: &Fate<Kind>| matches!(fate, Fate::Counts(Kind::Tests, _));
        let below = fates.iter().skip(index + 1).take_while(|fate| passing(fate)).count();
        let ends = lines.get(index + 1 + below).is_some_and(|line| fold::blank(line));
        let result = lines.get(index + 2 + below).and_then(|line| line.strip_prefix("test result: ok. "));
        let same = result
            .and_then(fold::number)
            .is_some_and(|(passed, rest)| passed == count && rest.starts_with(" passed;"));
        if below == count
            && ends
            && same
            && let Some(fate) = fates.get_mut(index)
        {
            *fate = Fate::Goes;
        }
    }
}

/// Suites that ran nothing, from their heading to their result:
///
/// ```text
///      Running unittests src/main.rs (target/debug/deps/x-0123456789abcdef)
///
/// running 0 tests
///
/// test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 12 filtered out; finished in 0.00s
/// ```
fn mark_empty(lines: &[&str], fates: &mut Fates) {
    let mut at = 0;
    while let Some(found) = lines.iter().skip(at).position(|line| running(line) == Some(0)) {
        let start = at + found;
        at = start + 1;
        let Some((end, unasked)) = empty_result(lines, start) else { continue };
        let head = heading(lines, start);
        if let Some(suite) = fates.get_mut(head..=end) {
            suite.fill(Fate::Goes);
        }
        if let Some(fate) = fates.get_mut(start) {
            *fate = Fate::Counts(Kind::Empty, 1);
        }
        if let Some(fate) = fates.get_mut(end).filter(|_| unasked > 0) {
            *fate = Fate::Counts(Kind::Unasked, unasked);
        }
        at = end + 1;
    }
}

/// The result line of a suite that ran nothing, and how many of its tests were not asked for.
fn empty_result(lines: &[&str], start: usize) -> Option<(usize, usize)> {
    let (found, line) = lines.iter().enumerate().skip(start + 1).find(|(_, line)| !fold::blank(line))?;
    let rest = line.strip_prefix("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; ")?;
    let (unasked, rest) = fold::number(rest)?;
    rest.starts_with(" filtered out").then_some((found, unasked))
}

/// Where the suite begins: at cargo's heading, when there is one right above.
fn heading(lines: &[&str], start: usize) -> usize {
    let above = lines.iter().enumerate().take(start).rev().take(3).find(|(_, line)| !fold::blank(line));
    match above {
        Some((at, line)) if is_heading(line) => at,
        _ => start,
    }
}

fn is_heading(line: &str) -> bool {
    line.starts_with("     Running ") || line.starts_with("   Doc-tests ")
}
