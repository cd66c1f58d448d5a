use super::safe;

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
