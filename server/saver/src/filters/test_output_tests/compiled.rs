use super::safe;
use crate::call::Source;
use crate::level::Level;
use crate::page::Page;

#[test]
fn cargo() {
    let output = "\
   Compiling saver v0.1.0 (/app/saver)
    Finished `test` profile [unoptimized + debuginfo] target(s) in 1.92s
     Running unittests src/lib.rs (target/debug/deps/saver-f799645f32912396)

running 6 tests
test tests::colours_and_titles_go ... ok
test tests::error_lines_stay ... ok
test tests::later ... ignored
test tests::a_line_keeps_its_words ... FAILED
test tests::short_text_is_never_touched ... ok
test tests::windows_line_endings_stay ... ok

failures:

---- tests::a_line_keeps_its_words stdout ----
thread 'tests::a_line_keeps_its_words' panicked at src/tests.rs:12:9:
assertion `left == right` failed
  left: 1
 right: 2

test result: FAILED. 4 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.03s

     Running tests/empty.rs (target/debug/deps/empty-0123456789abcdef)

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s

   Doc-tests saver

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
    let short = "\
   Compiling saver v0.1.0 (/app/saver)
    Finished `test` profile [unoptimized + debuginfo] target(s) in 1.92s
     Running unittests src/lib.rs (target/debug/deps/saver-f799645f32912396)

running 6 tests
[ninerouter: 2 passing tests left out]
test tests::later ... ignored
test tests::a_line_keeps_its_words ... FAILED
[ninerouter: 2 passing tests left out]

failures:

---- tests::a_line_keeps_its_words stdout ----
thread 'tests::a_line_keeps_its_words' panicked at src/tests.rs:12:9:
assertion `left == right` failed
  left: 1
 right: 2

test result: FAILED. 4 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.03s

[ninerouter: 2 suites that ran no tests, 7 filtered-out tests left out]
";
    assert_eq!(safe(output).as_deref(), Some(short));
    assert_eq!(crate::filters::test_output::shorten(&Page::of(output, &Source::Unknown), Level::Exact), None);
}

#[test]
fn nextest() {
    let output = "\
    Starting 5 tests across 2 binaries
        PASS [   0.005s] (1/5) saver tests::a
        PASS [   0.006s] (2/5) saver tests::b
        SLOW [> 60.000s] (─────────) saver tests::slow
        PASS [  61.201s] (3/5) saver tests::slow
   TRY 1 FAIL [   0.004s] (4/5) saver tests::c
        FLAKY 2/2 [   0.004s] (5/5) saver tests::c
────────────
     Summary [   5.469s] 5 tests run: 5 passed (1 slow, 1 flaky), 0 skipped
";
    assert_eq!(
        safe(output).as_deref(),
        Some(
            "\
    Starting 5 tests across 2 binaries
[ninerouter: 2 passing tests left out]
        SLOW [> 60.000s] (─────────) saver tests::slow
        PASS [  61.201s] (3/5) saver tests::slow
   TRY 1 FAIL [   0.004s] (4/5) saver tests::c
        FLAKY 2/2 [   0.004s] (5/5) saver tests::c
────────────
     Summary [   5.469s] 5 tests run: 5 passed (1 slow, 1 flaky), 0 skipped
"
        )
    );
}

#[test]
fn go() {
    let verbose = "\
=== RUN   TestOne
=== RUN   TestOne/case_0
=== RUN   TestOne/case_1
--- PASS: TestOne (0.00s)
    --- PASS: TestOne/case_0 (0.00s)
    --- PASS: TestOne/case_1 (0.00s)
PASS
ok  \texample.com/a\t0.007s
=== RUN   TestOne
=== RUN   TestLog
    a_test.go:5: a log line
--- PASS: TestLog (0.00s)
=== RUN   TestBad
    bad_test.go:3: got 1 want 2
--- FAIL: TestBad (0.00s)
--- PASS: TestOne (0.00s)
FAIL
FAIL\texample.com/b\t0.003s
?   \texample.com/c\t[no test files]
?   \texample.com/d\t[no test files]
ok  \texample.com/e\t0.012s\tcoverage: 81.2% of statements
FAIL
";
    assert_eq!(
        safe(verbose).as_deref(),
        Some(
            "\
[ninerouter: 3 passing tests, 1 passing package left out]
=== RUN   TestLog
    a_test.go:5: a log line
--- PASS: TestLog (0.00s)
=== RUN   TestBad
    bad_test.go:3: got 1 want 2
--- FAIL: TestBad (0.00s)
--- PASS: TestOne (0.00s)
FAIL
FAIL\texample.com/b\t0.003s
[ninerouter: 2 suites that ran no tests left out]
ok  \texample.com/e\t0.012s\tcoverage: 81.2% of statements
FAIL
"
        )
    );
}

#[test]
fn googletest_and_ctest() {
    let gtest = "\
[==========] Running 3 tests from 1 test suite.
[ RUN      ] Sums.Adds
[       OK ] Sums.Adds (0 ms)
[ RUN      ] Sums.Speaks
a word
[       OK ] Sums.Speaks (0 ms)
[ RUN      ] Sums.Fails
sums.cc:12: Failure
[  FAILED  ] Sums.Fails (1 ms)
[==========] 3 tests from 1 test suite ran. (1 ms total)
";
    assert_eq!(
        safe(gtest).as_deref(),
        Some(
            "\
[==========] Running 3 tests from 1 test suite.
[ninerouter: 1 passing test left out]
[ RUN      ] Sums.Speaks
a word
[       OK ] Sums.Speaks (0 ms)
[ RUN      ] Sums.Fails
sums.cc:12: Failure
[  FAILED  ] Sums.Fails (1 ms)
[==========] 3 tests from 1 test suite ran. (1 ms total)
"
        )
    );
    let ctest = "\
    Start 1: adds
1/2 Test #1: adds .............................   Passed    0.01 sec
    Start 2: fails
2/2 Test #2: fails ............................***Failed    0.01 sec

50% tests passed, 1 tests failed out of 2
";
    assert_eq!(
        safe(ctest).as_deref(),
        Some(
            "\
[ninerouter: 1 passing test left out]
    Start 2: fails
2/2 Test #2: fails ............................***Failed    0.01 sec

50% tests passed, 1 tests failed out of 2
"
        )
    );
}
