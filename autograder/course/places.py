"""What of a course no student's code may see, by all its names."""

import contextlib
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

import autograder
from autograder.notebooks.gradebook import path_of
from autograder.notebooks.nbgrader_parts import Exchange

HUB_EXCHANGE = "/srv/nbgrader/exchange"


def configured_exchange(config) -> str:
    """The exchange that nbgrader would use, whose settings may lie with Jupyter's."""
    merged = Config()
    for folder in reversed(jupyter_config_path()):
        for loader in (JSONFileConfigLoader, PyFileConfigLoader):
            suffix = "json" if loader is JSONFileConfigLoader else "py"
            with contextlib.suppress(ConfigFileNotFound, Exception):
                merged.merge(loader(f"nbgrader_config.{suffix}", folder).load_config())
    merged.merge(config)
    return Exchange(config=merged).root


def private_places(course) -> tuple[str, ...]:
    """The files and folders that no student's code may see.

    They are the course with its checkers and solutions, its records with the gradebook and all
    submissions, and the exchange, configured or not. `course` is a `course.Course`.
    """
    coursedir = course.coursedir
    places = {
        Path(autograder.__file__).parent,
        course.definition.catalogue.folder,
        course.root,
        Path(coursedir.root, coursedir.source_directory),
        course.folder,
        coursedir.autograded_directory,
        coursedir.feedback_directory,
        path_of(coursedir.db_url) or "",
        Exchange.root.default_value,
        configured_exchange(course.config),
        HUB_EXCHANGE,
    }
    absolute = {Path(place).absolute() for place in places if str(place)}
    return tuple(sorted({str(path) for place in absolute for path in (place, place.resolve())}))
