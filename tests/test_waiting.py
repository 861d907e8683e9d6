"""No test waits for a time: what it waits for happens, or it says what did not."""

import ast
import re
from pathlib import Path

import pytest
import waiting

TESTS = Path(__file__).parent
# Hostile notebooks hang and linger: that is what they do, and no test's verdict.
EXEMPT = {TESTS / "waiting.py", *TESTS.glob("grading/attacks/*.py")}
SLEEPS = {"sleep", "wait_for_timeout"}
SCRIPTED = re.compile(r"setTimeout\(\w+, \d{3,}\)")


def sleeps_in(source: str) -> list[int]:
    """Lines on which a call only lets time pass."""
    nodes = list(ast.walk(ast.parse(source)))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    named = ((call, getattr(call.func, "attr", getattr(call.func, "id", ""))) for call in calls)
    scripts = [node for node in nodes if isinstance(getattr(node, "value", None), str)]
    found = [call.lineno for call, name in named if name in SLEEPS]
    return found + [node.lineno for node in scripts if SCRIPTED.search(node.value)]


def test_no_test_sleeps():
    """Polling a page every few milliseconds is no sleep."""
    found = {path: sleeps_in(path.read_text("utf8")) for path in TESTS.rglob("*.py")}
    assert {str(path): lines for path, lines in found.items() if lines and path not in EXEMPT} == {}


def test_a_sleep_is_found_however_it_is_called():
    assert sleeps_in("import time\ntime.sleep(1)\nfrom time import sleep\nsleep(1)") == [2, 4]
    assert sleeps_in("page.wait_for_timeout(500)\npage.wait_for_selector('a')") == [1]
    paused = f"new Promise((done) => setTimeout(done, {500}))"
    assert sleeps_in(f"page.evaluate('{paused}')") == [1]


def test_a_wait_ends_when_the_thing_has_happened():
    looks = iter([False, False, True])
    assert waiting.happens(lambda: next(looks), pause=lambda: None)
    assert list(looks) == []


def test_a_wait_that_ends_in_vain_names_what_did_not_happen():
    assert not waiting.happens(lambda: False, seconds=0)
    with pytest.raises(TimeoutError, match="the server's answer"):
        waiting.until(lambda: False, "the server's answer", seconds=0)
