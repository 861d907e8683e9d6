"""Whether an assignment's notebook and its checkers speak of the same questions."""

from autograder.course.definition import Definition
from autograder.notebooks import cells
from autograder.run import scoring


def check(definition: Definition, assignment: str) -> None:
    """Raise `ValueError` unless each judged cell has its checker, for as many points.

    Said when the notebook is made or tried: after it has been handed out, it is late.
    """
    source, checkers = definition.source(assignment), definition.catalogue.assignments()
    if not source.exists():
        raise ValueError(
            f"there are checkers that say ASSIGNMENT = {assignment!r}, and no notebook {source}; "
            f"there are notebooks of {', '.join(definition.assignments()) or 'none'}"
        )
    judged = cells.judged_points(own := cells.read_own(source))
    if judged and assignment not in checkers:
        raise ValueError(
            f"{assignment} has {len(judged)} judged cells, and no module in "
            f"{definition.catalogue.folder} says ASSIGNMENT = {assignment!r}; there are checkers "
            f"of {', '.join(checkers) or 'none'}"
        )
    questions = definition.catalogue.load(assignment) if assignment in checkers else {}
    scoring.check_fits(own, questions, assignment)
