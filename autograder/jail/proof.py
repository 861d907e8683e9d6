"""Proves from inside the jail, before students' code runs, that nothing of the course opens there.

What a view should show is one thing (`autograder.jail.view`), what it does show another: a folder
that was mounted for a good reason may hold a course that somebody put there.
"""

import contextlib
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.exchange.default.exchange import Exchange
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

import autograder
import questions
from autograder.course.settings import Settings
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail, NoIsolation

HUB_EXCHANGE = "/srv/nbgrader/exchange"

_LOOK = """
import os
def opened(places, shown):
    found = []
    def within(path, folder):
        return path == folder or path.startswith(folder.rstrip("/") + "/")
    for place in places:
        if not os.path.lexists(place):
            continue
        if not os.path.isdir(place) or any(within(place, folder) for folder in shown):
            found.append(place)
            continue
        for folder, names, files in os.walk(place):
            paths = [os.path.join(folder, name) for name in (*names, *files)]
            alien = [p for p in paths if not any(within(s, p) or within(p, s) for s in shown)]
            found += alien
            names[:] = [n for n in names if os.path.join(folder, n) not in (*alien, *shown)]
    return found[:20]
"""


def _configured_exchange(config) -> str:
    """The exchange that nbgrader would use, whose settings may lie with Jupyter's."""
    merged = Config()
    for folder in reversed(jupyter_config_path()):
        for loader in (JSONFileConfigLoader, PyFileConfigLoader):
            suffix = "json" if loader is JSONFileConfigLoader else "py"
            with contextlib.suppress(ConfigFileNotFound, Exception):
                merged.merge(loader(f"nbgrader_config.{suffix}", folder).load_config())
    merged.merge(config)
    return Exchange(config=merged).root


def private_places(coursedir, config) -> tuple[str, ...]:
    """The files and folders that no student's code may see, by all their names.

    `coursedir` and `config` are nbgrader's: the repository, the course with its gradebook and all
    submissions, a private folder of exercises, and the exchange, configured or not.
    """
    course = Path(coursedir.submitted_directory).parent
    places = {
        Path(autograder.__file__).parent,
        *questions.__path__,
        coursedir.root,
        Path(coursedir.root, coursedir.source_directory),
        course,
        coursedir.autograded_directory,
        coursedir.feedback_directory,
        coursedir.db_url.removeprefix("sqlite:///"),
        Exchange.root.default_value,
        _configured_exchange(config),
        HUB_EXCHANGE,
    }
    if private := Settings.read(course).private_folder():
        places.add(private)
    absolute = {Path(place).absolute() for place in places if str(place)}
    return tuple(sorted({str(path) for place in absolute for path in (place, place.resolve())}))


def prove(jail: Jail, places: tuple[str, ...]) -> None:
    """Look for `places` from inside a running jail; `NoIsolation` if one of them is there.

    An isolation that the instructor has chosen by name keeps its own promises.
    """
    if jail.kind != "bubblewrap":
        return
    shown = sorted({*jail.view.mounts, *jail.view.links})
    look = f"{_LOOK}\nfound = opened({list(places)!r}, {shown!r})"
    with Sitting(jail, [look]) as sitting, sitting.question() as student:
        found = student.get("found")
    if found:
        listed = "".join(f"\n  {path}" for path in found)
        raise NoIsolation(
            f"students' code could see what it must not see:{listed}\nMove the course (or the "
            "package beside it) so that neither lies in the other; `python -m autograder doctor` "
            "looks again."
        )
