"""The siege gains nothing, sees nothing and robs nobody, wherever and as whoever it is marked.

With every test run a few of its attacks are tried in one place. With ``HOSTILE=all``: all of them,
as root and as an ordinary user, with the repository in a home folder, in /opt and in /usr/src/app;
and twenty honest notebooks beside each of those that hoard.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .siege import GAINING, HOARDING, LEAKS, STEALING

pytestmark = pytest.mark.jail
ALL = os.environ.get("HOSTILE") == "all"
PLACES = {"home": "/home/teacher/book", "opt": "/opt/book", "usr": "/usr/src/app"}
EVERYWHERE = [(place, user) for place in PLACES for user in ("root", "ordinary")]
WHERE = EVERYWHERE if ALL else [("usr", "ordinary")]


def besiege(root: Path, folder: Path, place: str, user: str, *options: str) -> dict:
    """Mark the siege with the repository mounted elsewhere, in a namespace of its own."""
    at = Path(PLACES[place])
    if Path(sys.base_prefix).is_relative_to(at.parent):
        pytest.skip(f"this Python lies in {at.parent}, which is covered here")
    rights = ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    if user == "root":
        rights = ["--cap-add", "ALL"]
    system = ["--dev-bind", "/", "/"] + ([] if user == "root" else ["--proc", "/proc"])
    venv = Path(sys.prefix)
    python = at / venv.relative_to(root) / "bin/python" if root in venv.parents else sys.executable
    command = ["bwrap", *rights, *system]
    command += ["--tmpfs", str(at.parent), "--bind", str(root), str(at), "--chdir", str(at)]
    script = str(at / "tests/grading/siege/run.py")
    done = subprocess.run(
        [*command, str(python), script, str(folder), *options],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads((folder / "report.json").read_text())


@pytest.fixture(scope="module")
def reports(root, tmp_path_factory):
    """What came of the siege in a place, as a user; each is tried once."""
    found: dict[tuple[str, str], dict] = {}
    every = ["--hoards", "0"] if ALL else ["--every", "12", "--hoards", "1", "--honest", "2"]

    def report(place, user):
        if (place, user) not in found:
            folder = tmp_path_factory.mktemp("siege") / "course"
            found[place, user] = besiege(root, folder, place, user, *every)
        return found[place, user]

    return report


@pytest.mark.parametrize(("place", "user"), WHERE)
def test_nothing_is_gained_stolen_or_leaked(reports, place, user):
    report = reports(place, user)
    seen = {what: report[what] for what in ("gained", "stolen", "keys", "leaked", "knocks")}
    assert seen == {"gained": {}, "stolen": [], "keys": [], "leaked": [], "knocks": 0}
    assert report["alice"]
    assert report["unharmed"]


def test_neighbours_of_those_that_hoard_keep_every_point(root, reports, tmp_path):
    if ALL:
        options = ("--every", "60", "--together", "2")
        report = besiege(root, tmp_path / "course", "opt", "root", *options)
        assert report["hoards"] == len(HOARDING)
    else:
        report = reports(*WHERE[0])
    assert report["hoards"]
    assert report["robbed"] == {}
    assert report["unharmed"]


def test_the_siege_is_as_large_as_it_says():
    assert len(STEALING) + len(LEAKS) + len(GAINING) >= 60
    assert len(HOARDING) >= 30
