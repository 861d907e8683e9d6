"""A notebook is run again in a process that hashes text in another way, where a question asks."""

import pytest

from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail
from autograder.jail.profile import Profile
from autograder.jail.student import LocalStudent, NotDefined, Raised

CELLS = [
    "def hashed(text):\n    return hash(text)",
    "factor = 2",
    "def twice(number):\n    return factor * number",
    "def fails():\n    raise KeyError('k')",
]


def claims(student):
    assert student.call_elsewhere("twice", 4) == student.call("twice", 4) == 8
    assert student.call_elsewhere("hashed", "a") != student.call("hashed", "a")
    assert student.call_elsewhere("hashed", "a") == student.call_elsewhere("hashed", "a")
    with pytest.raises(Raised, match="KeyError"):
        student.call_elsewhere("fails")
    with pytest.raises(NotDefined):
        student.call_elsewhere("nothing")


def test_another_process_of_a_learners_own_hashes_otherwise():
    names = {}
    for cell in CELLS:
        exec(cell, names)
    claims(LocalStudent(names, CELLS))


@pytest.mark.jail
def test_another_process_of_the_jail_hashes_otherwise_and_ends_with_it():
    with Jail(Profile(seconds=5)) as jail:
        with Sitting(jail, CELLS) as sitting, sitting.question() as student:
            claims(student)
        twin = jail.twin()
        assert twin.process is not None
    assert twin.process is None
