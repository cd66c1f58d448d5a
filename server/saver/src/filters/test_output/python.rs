//! pytest, and Python's own unittest.

use super::{Fates, Kind, Runners};
use crate::filters::fold::{self, Fate};
use std::collections::HashSet;

/// pytest: `===== 1 failed, 212 passed in 0.21s =====`, `12 passed in 0.18s` under `-q`, and the opening rule.
pub(super) fn sums_up(line: &str) -> bool {
    let inner = line.trim_matches(['=', ' ', '\r']);
    inner == "test session starts"
        || (inner.starts_with(|c: char| c.is_ascii_digit())
            && inner.rsplit_once(" in ").is_some_and(|(counts, time)| {
                counts.contains(" passed") && fold::duration(time.split(' ').next().unwrap_or_default())
            }))
}

/// unittest: `Ran 12 tests in 0.003s`.
pub(super) fn sums_up_unittest(line: &str) -> bool {
    line.strip_prefix("Ran ")
        .and_then(fold::number)
        .is_some_and(|(_, rest)| rest.starts_with(" tests in ") || rest.starts_with(" test in "))
}

pub(super) fn mark(lines: &[&str], fates: &mut Fates, runners: Runners) {
    if runners.has(Runners::PYTEST) {
        mark_pytest(lines, fates);
    }
    if runners.has(Runners::UNITTEST) {
        for (line, fate) in lines.iter().zip(fates.iter_mut()) {
            if passes_unittest(line) {
                *fate = Fate::Counts(Kind::Tests, 1);
            }
        }
    }
}

fn mark_pytest(lines: &[&str], fates: &mut Fates) {
    let mut passed = HashSet::new();
    // Whether the file whose letters are being read, from below, has one that is not a dot.
    let mut news = false;
    for (line, fate) in lines.iter().zip(fates.iter_mut()).rev() {
        if let Some(name) = passes_on_worker(line) {
            passed.insert(name);
            *fate = Fate::Counts(Kind::Tests, 1);
        } else if passes(line) {
            *fate = Fate::Counts(Kind::Tests, 1);
        } else if let Some(letters) = Letters::read(line) {
            // The name of a file stays when letters of its later lines stay.
            if letters.dots && !(letters.named && news) {
                *fate = Fate::Counts(Kind::Tests, letters.count);
            }
            news = !letters.named && (news || !letters.dots);
            continue;
        }
        news = false;
    }
    keep_short_runs(lines, fates);
    for (line, fate) in lines.iter().zip(fates.iter_mut()) {
        // pytest-xdist says which test begins, on a line of its own.
        if *fate == Fate::Stays && passed.contains(line.trim_end()) {
            *fate = Fate::Goes;
        }
    }
}

/// Dots are cheap: a marker is worth more than one or two lines of them.
fn keep_short_runs(lines: &[&str], fates: &mut Fates) {
    let mut from = 0;
    while from < lines.len() {
        let is_run =
            |(line, fate): (&&str, &Fate<Kind>)| *fate != Fate::Stays && Letters::read(line).is_some();
        let run = lines.iter().zip(fates.iter()).skip(from).take_while(|&pair| is_run(pair)).count();
        if run < 3
            && let Some(fates) = fates.get_mut(from..from + run)
        {
            fates.fill(Fate::Stays);
        }
        from += run + 1;
    }
}

/// `tests/test_a.py::test_x[0] PASSED      [ 12%]`.
fn passes(line: &str) -> bool {
    let (rest, _) = without_share(line);
    rest.strip_suffix(" PASSED").is_some_and(|name| name.contains("::") && !name.starts_with([' ', '[']))
}

/// pytest-xdist: `[gw0] [ 12%] PASSED tests/test_a.py::test_x[0]`.
fn passes_on_worker(line: &str) -> Option<&str> {
    let (_, rest) = fold::number(line.strip_prefix("[gw")?)?;
    let (share, rest) = rest.strip_prefix("] [")?.split_once("%] PASSED ")?;
    fold::number(share.trim_start())?;
    let name = rest.trim_end();
    name.contains("::").then_some(name)
}

/// Without the share of tests done that pytest prints at the end of a line, and whether there was one.
fn without_share(line: &str) -> (&str, bool) {
    let line = line.trim_end();
    let inner = line.strip_suffix("%]").and_then(|rest| rest.rsplit_once('['));
    match inner {
        Some((rest, share)) if fold::number(share.trim_start()).is_some_and(|(_, rest)| rest.is_empty()) => {
            (rest.trim_end(), true)
        }
        _ => (line, false),
    }
}

/// A line of one letter a test: `tests/test_a.py ....F..s     [ 24%]`, `......      [ 48%]`.
struct Letters {
    count: usize,
    /// Every test passed.
    dots: bool,
    /// It begins with the name of a file.
    named: bool,
}

impl Letters {
    fn read(line: &str) -> Option<Self> {
        let (rest, share) = without_share(line);
        let (named, letters) = match rest.rsplit_once(' ') {
            Some((name, letters)) => {
                if !name.ends_with(".py") || name.contains(' ') {
                    return None;
                }
                (true, letters)
            }
            None => (false, rest),
        };
        let known = !letters.is_empty() && letters.bytes().all(|byte| b".FEsxXpPR".contains(&byte));
        // A line of dots without its share may be an ellipsis.
        (known && (share || named)).then(|| Self {
            count: letters.len(),
            dots: letters.bytes().all(|byte| byte == b'.'),
            named,
        })
    }
}

/// unittest: `test_a (tests.test_x.Case.test_a) ... ok`.
fn passes_unittest(line: &str) -> bool {
    let Some(rest) = line.trim_end().strip_suffix(") ... ok") else { return false };
    let Some((name, class)) = rest.split_once(" (") else { return false };
    let word = |text: &str| !text.is_empty() && !text.contains([' ', '(', ')']);
    word(name) && word(class) && class.contains('.')
}
