"""From a course's definition and settings to what workers have to know."""

from pathlib import Path

from autograder.course.definition import Definition
from autograder.course.settings import Limits, Settings
from autograder.run import key
from autograder.run.job import Job
from autograder.run.profiles import profile_of


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
    profile = profile_of(
        module,
        released,
        definition.library,
        seconds=seconds or own.seconds,
        memory_megabytes=own.memory_megabytes,
    )
    takes_off = settings.negative_marks
    memo = results / "fingerprint"
    rules = key.remembered_rules(memo, module, checkers.folder, released, profile, takes_off)
    places = (checkers.folder, released, results)
    image = definition.jail.image
    about = (isolation, image, settings.seed())
    return Job(assignment, *places, profile, rules, *about, takes_off=takes_off)
