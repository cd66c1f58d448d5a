use super::safe;

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

  4 passing (287ms)
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

  4 passing (287ms)
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
