"""Notebooks without a point or without an answer: whose they are, and why, for a person to look."""

from collections.abc import Collection, Mapping

from autograder.course.records import Record
from autograder.course.work import OWN_CELLS, Work
from autograder.handin.forms import counted
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import marks, read_own


def cells_of(course) -> dict[str, set[str]]:
    """The names of the cells that were handed out, by assignment."""
    found = {}
    for name in course.assignments():
        try:
            released = read_own(course.released(name))
        except (OSError, RuntimeError):  # not made yet: nobody can have handed it in
            continue
        found[name] = {marks(cell).get("grade_id") for cell in released.cells}
    return found


def other_assignment(
    course, assignment: str, student: str, cells: Mapping[str, Collection[str]]
) -> str:
    """The assignment whose cells (see `cells_of`) a student's file has, if another one; else ""."""
    folder = course.submissions(assignment).get(student)
    path = folder and reading.notebook_in(folder, assignment)
    if not path:
        return ""
    own = {cell.grade_id for cell in submission.read(path).cells if cell.grade_id}
    shared = {name: len(own.intersection(theirs)) for name, theirs in cells.items()}
    most = max(shared, key=lambda name: (shared[name], name == assignment), default=assignment)
    return most if most != assignment else ""


def reasons(
    course,
    assignment: str,
    found: list[Record],
    works: Mapping[str, Work],
    cells: Mapping[str, Collection[str]],
) -> dict[str, str]:
    """Why students have no point, or no answer; of those whose notebooks could be read.

    `cells` are those of all assignments, by `cells_of`.
    """
    why = {}
    for record in found:
        work = works.get(record.student)
        if work is not None and not (work.answered and record.raw > 0):
            other = other_assignment(course, assignment, record.student, cells)
            why[record.student] = (
                f"another assignment, {other} by its cells"
                if other
                else _reason(record, work, [*course.questions(assignment)])
            )
    return why


def _reason(record: Record, work: Work, judged: list[str]) -> str:
    if not work.answered:
        own = OWN_CELLS in work.texts or work.code
        return "nothing answered" + (" but in cells of their own: look at these" if own else "")
    answered = sum(name in work.answers for name in judged)
    some = f"{answered} of {counted(len(judged), 'question')} answered"
    return f"no points so far ({some})" if record.waiting else f"all wrong ({some})"
