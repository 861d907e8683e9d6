"""What a run of the tests says at once, when it stops by itself, and in its last lines."""

import time
from collections import Counter

import pytest


def options(parser: pytest.Parser) -> None:
    """What may be asked of a run besides pytest's own options."""
    parser.addoption(
        "--case", default="", metavar="TEXT", help="of a claim's cases, only those with TEXT in it"
    )
    parser.addoption(
        "--assignment",
        default="",
        metavar="NAME",
        help="of a claim's cases about one assignment each, only those about NAME (or NAME,OTHER)",
    )
    parser.addoption(
        "--stop-after",
        type=float,
        metavar="SECONDS",
        help="begin no test after that time, and say which were not run",
    )


def register(config: pytest.Config) -> None:
    """Let the process that writes to the terminal say more, and each that runs tests stop."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(AtOnce(config), AtOnce.__name__)
    if config.getoption("--stop-after") is not None:
        config.pluginmanager.register(StopAfter(config.getoption("--stop-after")))


class StopAfter:
    """Ends a process's run with the first test that is through after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.began = seconds, time.monotonic()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session

    def pytest_runtest_logfinish(self) -> None:
        if time.monotonic() - self.began > self.seconds:
            self.session.shouldstop = f"{self.seconds:g} seconds are over"


class AtOnce:
    """Names a failure when it happens, so that also a run that is stopped has said something."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.collected: set[str] = set()
        self.finished: set[str] = set()
        self.matched = not config.getoption("--case")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if not self.config.option.collectonly:
            self.collected.update(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.collected.update(ids)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.finished.add(nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A word that no case has in its name must not look like a check that passed."""
        if not self.matched and not self.config.option.collectonly:
            terminal = self.config.pluginmanager.getplugin("terminalreporter")
            terminal.ensure_newline()
            terminal.write_line(f"No case has {self.config.getoption('--case')!r}.", red=True)
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.matched |= "cases" in dict(report.user_properties)
        terminal = self.config.pluginmanager.getplugin("terminalreporter")
        if terminal and report.outcome == "failed":
            terminal.ensure_newline()
            terminal.write_line(f"FAILED {named(report)}", red=True)


def named(report: pytest.TestReport) -> str:
    """A failure's name, its case if it is one of many, and in one line what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    what = crash.message.partition("\n")[0] if crash else report.longreprtext.rpartition("\n")[2]
    case = getattr(getattr(report, "context", None), "msg", None)
    return f"{report.nodeid}{f' [{case}]' if case else ''}: {what}"


def not_run(collected: set[str], finished: set[str]) -> list[str]:
    """The test files with tests that were collected and not finished, and how many these are."""
    every = Counter(nodeid.partition("::")[0] for nodeid in collected)
    left = Counter(nodeid.partition("::")[0] for nodeid in collected - finished)
    return [f"{file} ({count} of {every[file]} tests)" for file, count in sorted(left.items())]


def wavered(stats: dict[str, list]) -> list[str]:
    """The tests that passed only when they were run again; who failed both times has failed."""
    failed = {report.nodeid for kind in ("failed", "error") for report in stats.get(kind, [])}
    again = dict.fromkeys(report.nodeid for report in stats.get("rerun", []))
    return [nodeid for nodeid in again if nodeid not in failed]


def last_lines(terminal: pytest.TerminalReporter) -> None:
    """Say how many cases were tried, which tests wavered and what was left out."""
    tests = [report for report in terminal.stats.get("passed", []) if report.when == "call"]
    cases = sum(dict(report.user_properties).get("cases", 1) for report in tests)
    terminal.write_line(f"{len(tests):,} tests passed, which tried {cases:,} cases.")
    for nodeid in wavered(terminal.stats):
        terminal.write_line(f"WAVERED, a fault to mend: {nodeid}", yellow=True)
    seen = terminal.config.pluginmanager.getplugin(AtOnce.__name__)
    left = not_run(seen.collected, seen.finished)
    if left:
        terminal.write_line("The run was stopped. Not run:", yellow=True)
    for line in left:
        terminal.write_line(f"  {line}", yellow=True)
    skipped = terminal.stats.get("skipped", [])
    if not skipped and not left:
        terminal.write_line("Nothing was left out: every collected test was run.")
    if not skipped:
        return
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    parts = "; ".join(f"{count} ({reason})" for reason, count in reasons.most_common())
    terminal.write_line(f"Not run: {parts}.")
