"""What people are called where a class is shown: the id, and the name where the roster has one."""

from collections.abc import Iterable

from autograder.course.text import printable
from autograder.run.ids import id_of


def names(course, students: Iterable[str]) -> dict[str, str]:
    """The names in the roster, of those students who have one there."""
    roster = course.settings.roster()
    found = ((student, roster.get(student, {}).get("name", "")) for student in students)
    return {student: printable(name) for student, name in found if name}


def labels(course, students: Iterable[str]) -> dict[str, str]:
    """Each student as one text: the id, and the name in brackets where the roster has one."""
    students = list(students)
    known = names(course, students)
    return {
        student: f"{id_of(student)} ({known[student]})" if student in known else id_of(student)
        for student in students
    }


def numbers(students: Iterable[str]) -> dict[str, str]:
    """Each student as a number, for what tells neither ids nor names."""
    return {student: f"student {number}" for number, student in enumerate(sorted(students), 1)}
