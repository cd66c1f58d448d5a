use crate::call::Source;
use crate::level::Level;
use crate::page::Page;
use proptest::prelude::*;

fn safe(text: &str) -> Option<String> {
    super::shorten(&Page::of(text, &Source::Unknown), Level::Safe)
}

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
    assert_eq!(super::shorten(&Page::of(output, &Source::Unknown), Level::Exact), None);
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
fn pytest() {
    let verbose = "\
============================= test session starts ==============================
collected 5 items

tests/test_a.py::test_x[0] PASSED                                        [ 20%]
tests/test_a.py::test_x[1] PASSED                                        [ 40%]
tests/test_a.py::test_x[2] FAILED                                        [ 60%]
tests/test_a.py::test_y SKIPPED (later)                                  [ 80%]
tests/test_a.py::test_z PASSED                                           [100%]

=================================== FAILURES ===================================
E       assert 77 != 77
============= 1 failed, 3 passed, 1 skipped in 0.21s ==============
";
    assert_eq!(
        safe(verbose).as_deref(),
        Some(
            "\
============================= test session starts ==============================
collected 5 items

[ninerouter: 2 passing tests left out]
tests/test_a.py::test_x[2] FAILED                                        [ 60%]
tests/test_a.py::test_y SKIPPED (later)                                  [ 80%]
[ninerouter: 1 passing test left out]

=================================== FAILURES ===================================
E       assert 77 != 77
============= 1 failed, 3 passed, 1 skipped in 0.21s ==============
"
        )
    );
    let dots = "\
tests/test_a.py ...................................................... [ 10%]
tests/test_b.py .......................                                [ 20%]
tests/test_c.py .......................                                [ 30%]
tests/test_d.py ...................................................... [ 40%]
.......................F............x                                  [ 60%]
tests/unit/test_e.py .........................................s        [ 80%]
1 failed, 212 passed, 1 skipped, 1 xfailed in 0.18s
";
    assert_eq!(
        safe(dots).as_deref(),
        Some(
            "\
[ninerouter: 100 passing tests left out]
tests/test_d.py ...................................................... [ 40%]
.......................F............x                                  [ 60%]
tests/unit/test_e.py .........................................s        [ 80%]
1 failed, 212 passed, 1 skipped, 1 xfailed in 0.18s
"
        )
    );
    let workers = "\
2 workers [3 items]
tests/test_a.py::test_x[0] 
[gw0] [ 33%] PASSED tests/test_a.py::test_x[0] 
tests/test_a.py::test_x[1] 
tests/test_a.py::test_x[2] 
[gw1] [ 66%] FAILED tests/test_a.py::test_x[1] 
[gw1] [100%] PASSED tests/test_a.py::test_x[2] 
=== 1 failed, 2 passed in 1.34s ===
";
    assert_eq!(
        safe(workers).as_deref(),
        Some(
            "\
2 workers [3 items]
[ninerouter: 1 passing test left out]
tests/test_a.py::test_x[1] 
tests/test_a.py::test_x[2] 
[gw1] [ 66%] FAILED tests/test_a.py::test_x[1] 
[ninerouter: 1 passing test left out]
=== 1 failed, 2 passed in 1.34s ===
"
        )
    );
    let unittest = "\
test_add (tests.test_math.Sums.test_add) ... ok
test_sub (tests.test_math.Sums.test_sub) ... ok
test_div (tests.test_math.Sums.test_div) ... FAIL
Ran 3 tests in 0.003s
";
    assert_eq!(
        safe(unittest).as_deref(),
        Some(
            "\
[ninerouter: 2 passing tests left out]
test_div (tests.test_math.Sums.test_div) ... FAIL
Ran 3 tests in 0.003s
"
        )
    );
}

#[test]
fn jest() {
    let output = "\
  console.log
    hello

PASS src/a.test.js
  a suite
    ✓ adds (5 ms)
    inner
      ✓ subtracts
      ✓ reports an error

PASS src/slow.test.js (6.1 s)
  slow suite
    ✓ waits (5021 ms)
    ✓ does not wait (3 ms)
    ○ skipped later

FAIL src/bad.test.js
  bad
    ✓ good one (2 ms)
    ✕ compares (14 ms)

  ● bad › compares

    expect(received).toEqual(expected)

PASS src/b.test.js
PASS src/c.test.js

Test Suites: 1 failed, 4 passed, 5 total
Tests:       1 failed, 1 skipped, 6 passed, 8 total
";
    let short = "\
  console.log
    hello

[ninerouter: 1 passing test file, 3 passing tests left out]

PASS src/slow.test.js (6.1 s)
  slow suite
    ✓ waits (5021 ms)
    ✓ does not wait (3 ms)
    ○ skipped later

FAIL src/bad.test.js
  bad
    ✓ good one (2 ms)
    ✕ compares (14 ms)

  ● bad › compares

    expect(received).toEqual(expected)

PASS src/b.test.js
PASS src/c.test.js

Test Suites: 1 failed, 4 passed, 5 total
Tests:       1 failed, 1 skipped, 6 passed, 8 total
";
    assert_eq!(safe(output).as_deref(), Some(short));
}

#[test]
fn vitest_mocha_playwright_and_bun() {
    let vitest = "
 RUN  v4.1.12 /app

 ✓ src/a.test.ts (16 tests) 6ms
 ✓ src/b.test.ts (1 test) 5ms
 ✓ src/c.test.ts (4 tests | 1 skipped) 5ms
 ❯ src/bad.test.ts (2 tests | 1 failed) 10ms
     × compares 7ms
 ✓ src/d.test.ts > suite > adds 0 6ms
 ✓ src/d.test.ts > suite > adds 1 6ms
 ✓ src/d.test.ts > suite > waits 523ms
 Test Files  1 failed | 4 passed (5)
";
    assert_eq!(
        safe(vitest).as_deref(),
        Some(
            "
 RUN  v4.1.12 /app

[ninerouter: 17 passing tests left out]
 ✓ src/c.test.ts (4 tests | 1 skipped) 5ms
 ❯ src/bad.test.ts (2 tests | 1 failed) 10ms
     × compares 7ms
[ninerouter: 2 passing tests left out]
 ✓ src/d.test.ts > suite > waits 523ms
 Test Files  1 failed | 4 passed (5)
"
        )
    );
    let mocha = "
  a suite
    - later
    ✔ slow (91ms)
    inner
      ✔ adds one and one
      ✔ adds one and two
      ✔ adds two and two
    1) compares

  3 passing (287ms)
  1 failing
";
    assert_eq!(
        safe(mocha).as_deref(),
        Some(
            "
  a suite
    - later
    ✔ slow (91ms)
    inner
[ninerouter: 3 passing tests left out]
    1) compares

  3 passing (287ms)
  1 failing
"
        )
    );
    let playwright = "\
Running 4 tests using 2 workers

  ✓  1 [chromium] › example.spec.ts:3:1 › has title (1.2s)
  ✓  2 [chromium] › example.spec.ts:9:1 › has link (250ms)
  ✘  3 [chromium] › example.spec.ts:12:1 › flaky (250ms)
  ✓  4 [chromium] › example.spec.ts:12:1 › flaky (retry #1) (250ms)

  1 flaky
  2 passed (3.2s)
";
    assert_eq!(
        safe(playwright).as_deref(),
        Some(
            "\
Running 4 tests using 2 workers

[ninerouter: 2 passing tests left out]
  ✘  3 [chromium] › example.spec.ts:12:1 › flaky (250ms)
  ✓  4 [chromium] › example.spec.ts:12:1 › flaky (retry #1) (250ms)

  1 flaky
  2 passed (3.2s)
"
        )
    );
    let bun = "\
sums.test.ts:
✓ sums > adds [0.12ms]
✓ sums > adds again [0.10ms]
✗ sums > divides [0.30ms]

 2 pass
 1 fail
";
    assert_eq!(
        safe(bun).as_deref(),
        Some(
            "\
sums.test.ts:
[ninerouter: 2 passing tests left out]
✗ sums > divides [0.30ms]

 2 pass
 1 fail
"
        )
    );
}

#[test]
fn node() {
    let spec = "\
▶ a suite
  ▶ inner
    ✔ adds 0 (1.020163ms)
    ✔ adds 1 (0.22913ms)
  ✔ inner (9.803252ms)
✔ a suite (10.73281ms)
▶ b suite
  ✔ adds 0 (1.020163ms)
  ✔ adds 1 (0.22913ms)
  ﹣ later (0.086348ms) # SKIP
✔ b suite (9.980925ms)
ℹ tests 5
ℹ pass 4
";
    assert_eq!(
        safe(spec).as_deref(),
        Some(
            "\
[ninerouter: 2 passing tests left out]
▶ b suite
[ninerouter: 2 passing tests left out]
  ﹣ later (0.086348ms) # SKIP
✔ b suite (9.980925ms)
ℹ tests 5
ℹ pass 4
"
        )
    );
    let tap = "\
TAP version 13
# Subtest: a suite
    # Subtest: adds
    ok 1 - adds
      ---
      duration_ms: 0.5
      ...
    # Subtest: subtracts
    ok 2 - subtracts
      ---
      duration_ms: 0.5
      ...
    1..2
ok 1 - a suite
  ---
  duration_ms: 10.4
  type: 'suite'
  ...
# Subtest: bad
not ok 2 - bad
  ---
  duration_ms: 5.7
  error: 'boom'
  ...
# Subtest: later
ok 3 - later # SKIP
1..3
# pass 2
# fail 1
";
    assert_eq!(
        safe(tap).as_deref(),
        Some(
            "\
TAP version 13
[ninerouter: 2 passing tests left out]
# Subtest: bad
not ok 2 - bad
  ---
  duration_ms: 5.7
  error: 'boom'
  ...
# Subtest: later
ok 3 - later # SKIP
1..3
# pass 2
# fail 1
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

#[test]
fn other_texts_stay() {
    for text in [
        // A program that mentions such lines.
        "fn main() {\n    println!(\"test a ... ok\");\n    println!(\"test result: ok.\");\n    println!(\"running 1 test\");\n}\n",
        // Lines of the form without the runner.
        "test a ... ok\ntest b ... ok\ntest c ... ok\ntest d ... ok\n",
        "PASS\nok\nPASS src/a.test.js\n✓ done\n✓ built\n✓ deployed\n",
        // A list of done things.
        "✓ 1 module transformed.\n✓ built in 1.2s\n  ✓ one\n  ✓ two\n  ✓ three\n",
        // A log that says what passed.
        "2026-11-29 12:10:00 INFO 12 passed in review\n2026-11-29 12:10:00 INFO test result: ok. 3 passed\n",
    ] {
        assert_eq!(safe(text), None, "{text}");
    }
}

/// Lines of a runner: what it prints, and whether it is a test that passes.
type Lines = Vec<(String, bool)>;

fn name() -> impl Strategy<Value = String> {
    "[a-z_]{3,12}(::[a-z_]{3,12}){0,3}"
}

fn runs() -> impl Strategy<Value = (String, Lines, String)> {
    let cargo = prop_oneof![
        6 => name().prop_map(|name| (format!("test {name} ... ok"), true)),
        1 => name().prop_map(|name| (format!("test {name} ... FAILED"), false)),
        1 => name().prop_map(|name| (format!("test {name} ... ignored"), false)),
        1 => name().prop_map(|name| (format!("test {name} ... ok, or so it says"), false)),
        1 => "[a-z .:]{0,40}".prop_map(|text| (format!("out: {text}"), false)),
    ];
    let pytest = prop_oneof![
        6 => name().prop_map(|name| (format!("tests/test_a.py::{name} PASSED     [ 12%]"), true)),
        1 => name().prop_map(|name| (format!("tests/test_a.py::{name} FAILED     [ 12%]"), false)),
        1 => name().prop_map(|name| (format!("tests/test_a.py::{name} XPASS      [ 12%]"), false)),
        1 => "[a-z .:]{0,40}".prop_map(|text| (format!("out: {text}"), false)),
    ];
    let vitest = prop_oneof![
        6 => name().prop_map(|name| (format!(" ✓ src/a.test.ts > {name} 3ms"), true)),
        1 => name().prop_map(|name| (format!(" × src/a.test.ts > {name} 3ms"), false)),
        1 => name().prop_map(|name| (format!(" ↓ src/a.test.ts > {name}"), false)),
        1 => name().prop_map(|name| (format!(" ✓ src/a.test.ts > {name} 1203ms"), false)),
    ];
    let go = prop_oneof![
        6 => name().prop_map(|name| (format!("--- PASS: {name} (0.00s)"), true)),
        1 => name().prop_map(|name| (format!("--- FAIL: {name} (0.00s)"), false)),
        1 => name().prop_map(|name| (format!("--- SKIP: {name} (0.00s)"), false)),
    ];
    let tap = prop_oneof![
        6 => name().prop_map(|name| (format!("ok 1 - {name}"), true)),
        1 => name().prop_map(|name| (format!("not ok 1 - {name}"), false)),
        1 => name().prop_map(|name| (format!("ok 1 - {name} # SKIP"), false)),
        1 => "[a-z .:]{0,40}".prop_map(|text| (format!("out: {text}"), false)),
    ];
    let run = |head: &'static str, lines: BoxedStrategy<(String, bool)>, tail: &'static str| {
        prop::collection::vec(lines, 1..60).prop_map(move |lines| (head.to_owned(), lines, tail.to_owned()))
    };
    prop_oneof![
        run("running 12 tests", cargo.boxed(), "test result: ok. 12 passed; 0 failed"),
        run("=== test session starts ===", pytest.boxed(), "=== 12 passed in 0.12s ==="),
        run(" RUN  v4.1.12 /app", vitest.boxed(), " Test Files  1 passed (1)"),
        run("=== RUN   TestLast", go.boxed(), "FAIL\texample.com/a\t0.1s"),
        run("TAP version 13", tap.boxed(), "1..12"),
    ]
}

proptest! {
    #[test]
    fn only_tests_that_pass_go_and_all_are_counted((head, lines, tail) in runs()) {
        let text = format!("{head}\n{}\n{tail}", lines.iter().map(|(line, _)| &**line).collect::<Vec<_>>().join("\n"));
        let short = safe(&text).unwrap_or_else(|| text.clone());
        prop_assert!(short.len() <= text.len());
        let mut counted = 0;
        let mut kept = Vec::new();
        for line in short.split('\n') {
            match line.strip_prefix("[ninerouter: ").and_then(|rest| rest.split_once(" passing test")) {
                Some((count, _)) => counted += count.parse::<usize>().unwrap(),
                None => kept.push(line),
            }
        }
        // What stays is the text without some of the lines that pass.
        let mut rest = kept.iter().copied();
        let mut next = rest.next();
        let whole = [(head, false)].into_iter().chain(lines).chain([(tail, false)]);
        let mut gone = 0;
        for (line, passes) in whole {
            if next == Some(&line) {
                next = rest.next();
            } else {
                prop_assert!(passes, "{line}\n---\n{short}");
                gone += 1;
            }
        }
        prop_assert_eq!(next, None);
        prop_assert_eq!(counted, gone);
    }

    #[test]
    fn once_is_enough((head, lines, tail) in runs(), level in prop::sample::select(Level::ALL.to_vec())) {
        let text = format!("{head}\n{}\n{tail}", lines.iter().map(|(line, _)| &**line).collect::<Vec<_>>().join("\n"));
        let rules = crate::Rules::at(level);
        if let Some(short) = crate::shorten(&text, None, rules) {
            prop_assert!(short.text.len() < text.len());
            prop_assert_eq!(crate::shorten(&short.text, None, rules), None);
        }
    }
}
