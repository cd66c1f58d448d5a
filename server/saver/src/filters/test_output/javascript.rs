//! Jest, Vitest, Mocha, Playwright's list reporter and Bun.

use super::{Fates, Kind, Runners};
use crate::filters::fold::{self, Fate};

/// Vitest: ` RUN  v4.1.12 /path`.
pub(super) fn opens_vitest(indent: usize, line: &str) -> bool {
    indent == 1
        && line.strip_prefix("RUN  v").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Playwright: `Running 6 tests using 2 workers`.
pub(super) fn opens_playwright(line: &str) -> bool {
    line.strip_prefix("Running ").and_then(fold::number).is_some_and(|(_, rest)| {
        (rest.starts_with(" tests using ") || rest.starts_with(" test using ")) && rest.contains(" worker")
    })
}

pub(super) fn mark(lines: &[&str], fates: &mut Fates, runners: Runners) {
    if runners.has(Runners::JEST) {
        mark_jest(lines, fates);
    }
    let passing = [
        (Runners::VITEST, passes_vitest as fn(&str) -> Option<usize>),
        (Runners::PLAYWRIGHT, passes_playwright),
    ];
    for (_, passes) in passing.into_iter().filter(|(runner, _)| runners.has(*runner)) {
        for (line, fate) in lines.iter().zip(fates.iter_mut()) {
            if let Some(count) = passes(line) {
                *fate = Fate::Counts(Kind::Tests, count);
            }
        }
    }
    if runners.has(Runners::MOCHA) {
        mark_counted(lines, fates, ticked_mocha, sum_of_mocha);
    }
    if runners.has(Runners::BUN) {
        mark_counted(lines, fates, ticked_bun, sum_of_bun);
    }
}

/// Whether a line is one of a test that passed, and whether that is all it says.
type Ticked = fn(&str) -> Option<bool>;

/// Lines that a tested program may print as well: they count as tests only when they are as many as the summary says.
fn mark_counted(lines: &[&str], fates: &mut Fates, ticked: Ticked, sum: fn(&str) -> Option<usize>) {
    let passed = lines.iter().filter(|line| ticked(line).is_some()).count();
    if passed != lines.iter().filter_map(|line| sum(line)).sum::<usize>() {
        return;
    }
    for (line, fate) in lines.iter().zip(fates.iter_mut()) {
        if ticked(line) == Some(true) {
            *fate = Fate::Counts(Kind::Tests, 1);
        }
    }
}

/// What follows the tick of a test that passed, and how far the tick is indented. Windows terminals get `√`.
fn ticked(line: &str) -> Option<(usize, &str)> {
    let (indent, rest) = fold::indented(line);
    let name = rest.strip_prefix(['✓', '✔', '√'])?.strip_prefix(' ')?.trim_end();
    (!name.is_empty()).then_some((indent, name))
}

/// The time in brackets that ends a line: `adds (5 ms)`.
fn bracketed<'a>(name: &'a str, open: &str, close: char) -> Option<(&'a str, &'a str)> {
    let (name, time) = name.strip_suffix(close)?.rsplit_once(open)?;
    fold::duration(time).then_some((name, time))
}

/// Whether a test took a second or more.
fn slow(time: &str) -> bool {
    !time.ends_with("ms") || fold::number(time).is_none_or(|(count, _)| count >= 1_000)
}

/// Jest: a file's line, and with `--verbose` its suites and tests below, up to a blank line:
///
/// ```text
/// PASS src/a.test.js
///   suite
///     ✓ adds (5 ms)
///     ○ skipped later
/// ```
fn mark_jest(lines: &[&str], fates: &mut Fates) {
    // How far the line below is indented, when it goes or is a suite whose lines all go.
    let mut below: Option<usize> = None;
    // Whether every line below, up to the blank one, goes.
    let mut clean = true;
    for (line, fate) in lines.iter().zip(fates.iter_mut()).rev() {
        if fold::blank(line) {
            (below, clean) = (None, true);
            continue;
        }
        if let Some((indent, name)) = ticked(line) {
            if bracketed(name, " (", ')').is_some_and(|(_, time)| slow(time)) {
                (below, clean) = (None, false);
                continue;
            }
            *fate = Fate::Counts(Kind::Tests, 1);
            below = Some(indent);
            continue;
        }
        let (indent, rest) = fold::indented(line);
        if indent == 0 && (rest.starts_with("PASS ") || rest.starts_with("FAIL ")) {
            if clean && rest.starts_with("PASS ") && !slow_file(rest) {
                *fate = Fate::Counts(Kind::Files, 1);
            }
            (below, clean) = (None, true);
        } else if indent >= 2 && clean && below == Some(indent + 2) {
            // A suite: its name stands two blanks left of its first test.
            *fate = Fate::Goes;
            below = Some(indent);
        } else {
            (below, clean) = (None, false);
        }
    }
    keep_outside_files(lines, fates);
}

/// Jest gives the time of a file only when it was slow.
fn slow_file(line: &str) -> bool {
    line.trim_end().ends_with(')')
}

/// Tests and suites go only below the line of their file, and a suite only below one that goes.
fn keep_outside_files(lines: &[&str], fates: &mut Fates) {
    let mut inside = false;
    let mut passing = false;
    for (line, fate) in lines.iter().zip(fates.iter_mut()) {
        if line.starts_with("PASS ") || line.starts_with("FAIL ") {
            inside = true;
            passing = *fate != Fate::Stays;
        } else if fold::blank(line) {
            inside = false;
        } else if !inside || !passing && *fate == Fate::Goes {
            *fate = Fate::Stays;
        }
    }
}

/// Vitest: ` ✓ src/a.test.ts (16 tests) 6ms`, ` ✓ src/a.test.ts > suite > adds 0ms`, `   ✓ adds 2ms`. A test that
/// takes more than 300 ms is slow by its own measure, and a file with skipped tests says so in the brackets.
fn passes_vitest(line: &str) -> Option<usize> {
    let (indent, rest) = ticked(line)?;
    if indent == 0 {
        return None;
    }
    let (name, time) = match rest.rsplit_once(' ') {
        Some((name, time)) if fold::duration(time) => (name.trim_end(), Some(time)),
        _ => (rest, None),
    };
    if let Some((_, count)) = name.strip_suffix(')').and_then(|name| name.rsplit_once(" (")) {
        if let Some((count, " test" | " tests")) = fold::number(count) {
            return (!time.is_some_and(slow)).then_some(count);
        }
        if count.contains(" | ") || count.contains("retry") || count.contains("repeat") {
            return None;
        }
    }
    // A tested program may tick things, too.
    if time.is_none() && !name.contains(" > ") {
        return None;
    }
    let news =
        time.is_some_and(|time| slow(time) || fold::number(time).is_none_or(|(count, _)| count >= 300));
    (!news).then_some(1)
}

/// Mocha: `      ✔ adds`. It gives the time of slow tests only.
fn ticked_mocha(line: &str) -> Option<bool> {
    let (indent, name) = ticked(line)?;
    (indent >= 2).then(|| bracketed(name, " (", ')').is_none())
}

/// Mocha: `  12 passing (30ms)`.
fn sum_of_mocha(line: &str) -> Option<usize> {
    let (count, rest) = fold::number(line.strip_prefix("  ")?)?;
    rest.starts_with(" passing (").then_some(count)
}

/// Playwright: `  ✓  1 [chromium] › a.spec.ts:3:1 › has a title (1.2s)`. Retried tests are flaky.
fn passes_playwright(line: &str) -> Option<usize> {
    let rest = line.strip_prefix("  ")?.strip_prefix(['✓', 'o'])?;
    let rest = rest.strip_prefix('k').unwrap_or(rest).strip_prefix("  ")?;
    let (_, rest) = fold::number(rest.trim_start())?;
    let (name, _) = bracketed(rest.trim_end(), " (", ')')?;
    (rest.starts_with(' ') && name.contains(" › ") && !name.contains("(retry #")).then_some(1)
}

/// Bun: `✓ suite > adds [0.12ms]`, `(pass) suite > adds [0.12ms]`.
fn ticked_bun(line: &str) -> Option<bool> {
    let name = line.strip_prefix("(pass) ").or_else(|| line.strip_prefix("✓ "))?.trim_end();
    (!name.is_empty()).then(|| bracketed(name, " [", ']').is_none_or(|(_, time)| !slow(time)))
}

/// Bun: ` 12 pass`.
fn sum_of_bun(line: &str) -> Option<usize> {
    let (count, rest) = fold::number(line.strip_prefix(' ')?)?;
    (rest.trim_end() == " pass").then_some(count)
}
