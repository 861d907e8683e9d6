"""A run names a failure at once, stops by itself, and says what wavered and what was not run."""

from types import SimpleNamespace

import reporting


def report(nodeid, **more):
    return SimpleNamespace(nodeid=nodeid, longrepr=None, longreprtext="", **more)


def test_a_failure_is_named_with_its_case_and_in_one_line_with_what_went_wrong():
    said = report("a.py::test_size", context=SimpleNamespace(msg="three"))
    said.longrepr = SimpleNamespace(reprcrash=SimpleNamespace(message="assert 9 == 8\n  more"))
    assert reporting.named(said) == "a.py::test_size [three]: assert 9 == 8"
    said = report("a.py::test_size")
    said.longreprtext = "[gw1] linux\n\ncontains 1 failed subtest"
    assert reporting.named(said) == "a.py::test_size: contains 1 failed subtest"


def test_only_what_passed_when_it_was_run_again_wavered():
    both, second = report("a.py::test_fails"), report("a.py::test_wavers")
    assert reporting.wavered({"rerun": [both, second], "failed": [both]}) == ["a.py::test_wavers"]
    assert reporting.wavered({}) == []


def test_a_run_that_was_stopped_says_of_each_file_how_many_tests_are_left():
    collected = {"a.py::test_1", "a.py::test_2[x::y]", "b.py::test_1", "c.py::test_1"}
    finished = {"a.py::test_1", "c.py::test_1"}
    assert reporting.not_run(collected, finished) == ["a.py (1 of 2 tests)", "b.py (1 of 1 tests)"]
    assert reporting.not_run(collected, collected) == []


def test_a_run_stops_with_the_first_test_that_is_through_when_its_time_is_over():
    for seconds, stopped in ((3600, None), (-1, "-1 seconds are over")):
        limit, session = reporting.StopAfter(seconds), SimpleNamespace(shouldstop=None)
        limit.pytest_sessionstart(session)
        limit.pytest_runtest_logfinish()
        assert session.shouldstop == stopped
