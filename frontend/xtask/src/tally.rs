//! Counting what passed: a sum over all suites, and how each tool states its own.

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Ended well.
    pub(crate) passed: u64,
    /// Did not.
    pub(crate) failed: u64,
    /// Were not run.
    pub(crate) skipped: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Another suite's checks.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// A suite that broke off without a failed test of its own counts as one failure.
    pub(crate) fn or_broken(mut self, ended_well: bool) -> Self {
        if !ended_well && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// nextest's closing line: `Summary [ 3.2s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped`.
/// `None` when there is none, which means that the tests did not compile.
pub(crate) fn nextest(text: &str) -> Option<Tally> {
    let line = text.lines().rev().find(|line| line.trim_start().starts_with("Summary ["))?;
    let counts = line.split_once(':')?.1;
    let outside_brackets: String = {
        let mut depth = 0_u32;
        counts
            .chars()
            .filter(|c| {
                match c {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => return depth == 0,
                }
                false
            })
            .collect()
    };
    let mut tally = Tally::default();
    for part in outside_brackets.split(',') {
        let mut words = part.split_whitespace();
        let (Some(number), Some(word)) = (words.next(), words.next()) else { continue };
        let number: u64 = number.parse().ok()?;
        match word {
            "passed" => tally.passed += number,
            "skipped" => tally.skipped += number,
            // "failed", "timed out", "exec failed"
            _ => tally.failed += number,
        }
    }
    Some(tally)
}

/// cargo test's closing lines, one a test binary: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub(crate) fn cargo_test(text: &str) -> Option<Tally> {
    let mut tally = None;
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
        let tally: &mut Tally = tally.get_or_insert_default();
        for part in line.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(word)) = (words.next(), words.next()) else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => tally.passed += number,
                "failed" => tally.failed += number,
                "ignored" => tally.skipped += number,
                _ => {}
            }
        }
    }
    tally
}

/// The report of Playwright's JSON reporter.
pub(crate) fn playwright(report: &str) -> Option<Tally> {
    let report: serde_json::Value = serde_json::from_str(report).ok()?;
    let count = |name: &str| report["stats"][name].as_u64();
    Some(Tally {
        passed: count("expected")? + count("flaky")?,
        failed: count("unexpected")?,
        skipped: count("skipped")?,
    })
}

/// The JUnit report of pytest.
pub(crate) fn junit(report: &str) -> Option<Tally> {
    let suite = report.split_once("<testsuite ")?.1.split_once('>')?.0;
    let count = |name: &str| -> Option<u64> {
        suite.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.parse().ok()
    };
    let (failed, skipped) = (count("errors")? + count("failures")?, count("skipped")?);
    Some(Tally { passed: count("tests")?.saturating_sub(failed + skipped), failed, skipped })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Option<Tally> {
        Some(Tally { passed, failed, skipped })
    }

    #[test]
    fn nextest_is_read() {
        let all_well = "     Summary [   3.200s] 12 tests run: 12 passed, 0 skipped\n";
        assert_eq!(nextest(all_well), tally(12, 0, 0));
        let mixed = "------------\n     Summary [  61.0s] 9 tests run: 5 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 1 exec failed, 4 skipped\n   FAIL x\n";
        assert_eq!(nextest(mixed), tally(5, 4, 4));
        assert_eq!(nextest("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped"), tally(1, 0, 0));
        assert_eq!(nextest("error: could not compile `server`"), None);
    }

    #[test]
    fn cargo_test_is_summed() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.25s\n";
        assert_eq!(cargo_test(text), tally(4, 2, 1));
        assert_eq!(cargo_test("error[E0432]"), None);
    }

    #[test]
    fn playwright_is_read() {
        let report =
            r#"{"stats":{"startTime":"x","duration":3.5,"expected":7,"skipped":1,"unexpected":2,"flaky":1}}"#;
        assert_eq!(playwright(report), tally(8, 2, 1));
        assert_eq!(playwright("{}"), None);
    }

    #[test]
    fn pytest_is_read() {
        let report = r#"<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="2" skipped="1" tests="10" time="0.1"><testcase/></testsuite></testsuites>"#;
        assert_eq!(junit(report), tally(6, 3, 1));
    }

    #[test]
    fn a_suite_that_breaks_off_counts_once() {
        assert_eq!(Tally::default().or_broken(false), Tally { failed: 1, ..Tally::default() });
        assert_eq!(Tally { failed: 2, ..Tally::default() }.or_broken(false).failed, 2);
        assert_eq!(Tally::default().or_broken(true), Tally::default());
    }
}
