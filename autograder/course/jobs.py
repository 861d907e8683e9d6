"""From a course's definition and settings to what workers have to know."""

from pathlib import Path

from autograder.course.definition import Definition
from autograder.course.settings import Settings
from autograder.run import key
from autograder.run.job import Job
from autograder.run.profiles import Limits, profile_of


def job_of(
    definition: Definition,
    settings: Settings,
    assignment: str,
    results: Path,
    *,
    isolation: str = "bubblewrap",
    seconds: float | None = None,
) -> Job:
    """Return what marking an assignment takes; `seconds` overrules the limit of the course."""
    checkers = definition.catalogue
    module, released = checkers.module_of(assignment), definition.released(assignment)
    own = settings.limits.get(assignment, Limits())
    limits = Limits(seconds or own.seconds, own.memory_megabytes)
    profile = profile_of(module, released, definition.library, limits)
    rules = key.rules(module, checkers.folder, released, profile)
    image = definition.jail.get("image", "autograder-jail")
    places = (checkers.folder, released, results)
    return Job(assignment, *places, profile, rules, isolation, image, settings.seed())
