"""What a feedback page says that only the course knows: whose it is, and what made it late."""

from autograder.course import lateness
from autograder.course.text import printable
from autograder.run.ids import id_of


def told(course, assignment: str, student: str) -> dict[str, str]:
    """``who`` handed in, by name and id as the gradebook has them, and how ``late``.

    Plain text: the page escapes it.
    """
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(assignment, student)
        person = submission.student
        name = " ".join(filter(None, (person.first_name, person.last_name)))
        due, seconds_late = submission.duedate, submission.total_seconds_late
    who = f"{name} ({id_of(student)})" if name else id_of(student)
    return {"who": printable(who), "late": lateness.in_full(course.settings, due, seconds_late)}
