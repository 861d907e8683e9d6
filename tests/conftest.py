"""What a test may need from the machine, and an honest last line about what was not run."""

import gc
import os
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from multiprocessing.util import Finalize
from pathlib import Path

import pytest
import reporting
import scratch
from browsing import SLOW, chromium, headless_browser
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

scratch.choose()

# The notebooks that tests run are nobody's attempts; what tests practice takes this away again.
os.environ["AUTOGRADER_EXAMINATION"] = "1"

# Two processes share two cores: where each has two threads, they wait in loops for one another.
# The last is as in convbook.models._quiet, for tests that import Keras themselves.
os.environ |= dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_ENABLE_ONEDNN_OPTS",
    ),
    "1",
)

# A busy machine is slow, not wrong.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@cache
def can_jail() -> bool:
    """Whether bubblewrap can make the namespaces that hold student code."""
    if not shutil.which("bwrap"):
        return False
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    return subprocess.run(probe, capture_output=True, timeout=180, check=False).returncode == 0


def has_data() -> bool:
    folder = os.environ.get("CONVBOOK_DATA")
    return bool(folder) and Path(folder).is_dir()


NEEDS = {
    "browser": (lambda: bool(chromium()), "Chromium is not installed"),
    "lab": (lambda: bool(chromium()), "Chromium is not installed"),
    "jail": (can_jail, "bubblewrap cannot make namespaces here"),
    "keras": (lambda: bool(find_spec("tensorflow")), "TensorFlow is not installed"),
    "node": (lambda: bool(shutil.which("node")), "Node is not installed"),
    "java": (lambda: bool(shutil.which("java")), "Java is not installed"),
    "data": (has_data, "CONVBOOK_DATA does not point at the real data sets"),
}


def pytest_addoption(parser):
    reporting.options(parser)


def pytest_configure(config):
    reporting.register(config)


def pytest_collection_modifyitems(config, items):
    again = config.pluginmanager.hasplugin("rerunfailures") and not os.environ.get(SLOW)
    for item in items:
        for name, (available, reason) in NEEDS.items():
            if item.get_closest_marker(name) and not available():
                item.add_marker(pytest.mark.skip(reason=reason))
        if again and any(map(item.get_closest_marker, ("browser", "lab"))):
            item.add_marker(pytest.mark.flaky(reruns=1))  # tests/README.md says when and why


def pytest_collection_finish():
    gc.freeze()  # what was imported stays; to look for cycles in it took a quarter of a second


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(exitstatus):
    result = yield
    if exitstatus == pytest.ExitCode.OK:
        # At this process's end, after multiprocessing has removed its own folder in there (−100).
        Finalize(None, scratch.leave, exitpriority=-200)
    return result


def pytest_terminal_summary(terminalreporter):
    reporting.last_lines(terminalreporter)


#: What the code under test sets for its own process: where a `Course` is, and that nobody looks.
LEFT_BEHIND = ("CONVBOOK_COURSE", "MPLBACKEND")


@pytest.fixture(autouse=True, scope="module")
def nothing_left_behind():
    """The next test file, and the servers that it starts, shall not hear of this one's settings."""
    before = {name: os.environ.get(name) for name in LEFT_BEHIND}
    yield
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a process: Playwright allows no second one beside it."""
    with headless_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return ROOT
