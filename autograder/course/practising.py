"""Practice: what the grader would say of an answer, in the learner's own notebook.

`check("ex14")` stands below a question's answer. Where the course's checkers are to be found (in a
clone of it, or where its practice wheel is installed) it gives the grader's own verdict, once there
is an answer. It counts attempts; a module ``practice`` beside the checkers may hold ``CREDIT``, a
`Credit` that falls with them. Nothing of it reaches a gradebook: the count is the learner's own.
Of an answer in words, which no checker can judge, it shows a sample and what each point is for.

In an examination nobody gets the checkers, and `check` says nothing. Where both are on one machine,
``AUTOGRADER_EXAMINATION=1`` keeps it silent.
"""

import contextlib
import hashlib
import json
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from autograder.course import in_words
from autograder.course.definition import Definition, DefinitionError
from autograder.handin import wire
from autograder.handin.checking import missing, unwritten
from autograder.jail.elsewhere import QUIET
from autograder.jail.student import LocalStudent
from autograder.marking.catalogue import Catalogue
from autograder.marking.credit import Credit
from autograder.marking.question import Question
from autograder.marking.verdict import Verdict
from autograder.run.scoring import verdict_of
from autograder.run.store import write_whole

NO_GRADE = "This is practice on your own machine, not a grade."
#: Where a practice wheel names the package of its checkers.
ENTRY_POINTS = "autograder.questions"
#: Names the file that attempts are counted in.
RECORD = "AUTOGRADER_ATTEMPTS"
SECONDS = 5.0


def is_examination() -> bool:
    """Whether this process was told to keep silent, or only validates a notebook."""
    told = os.environ.get(QUIET, "") not in ("", "0")
    return told or bool(os.environ.get("NBGRADER_VALIDATING"))


@cache
def _catalogue(folder: Path) -> Catalogue | None:
    """The checkers of the course that `folder` belongs to, or of the practice wheel."""
    with contextlib.suppress(DefinitionError):
        definition = Definition.find(folder)
        if definition.catalogue.folder.is_dir():
            if str(definition.root) not in sys.path:  # checkers import each other by name
                sys.path.append(str(definition.root))
            return definition.catalogue
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        place = import_module(entry.value).__file__
        if place is not None:
            return Catalogue(Path(place).parent)
    return None


def _find(catalogue: Catalogue, question: str) -> tuple[Question, float]:
    """Return a question's checker, and the seconds that a call of its assignment may take."""
    for assignment in catalogue.assignments():
        questions = catalogue.load(assignment)
        if question in questions:
            module = catalogue.module_of(assignment)
            return questions[question], float(getattr(module, "SECONDS", SECONDS))
    raise ValueError(
        f"there is no question {question!r}; the first argument of `check` is the one that "
        "`hand_in` has above it"
    )


class _Watched(LocalStudent):
    """Notes the names of the answers that a checker asks for."""

    def __init__(self, namespace: dict, cells: Sequence[str] | None, seconds: float):
        super().__init__(namespace, cells, seconds)
        self.asked: dict[str, Any] = {}

    def _find(self, name):
        self.asked[name] = self._namespace.get(name)
        return super()._find(name)


@dataclass(frozen=True)
class Tried:
    """What is said of an attempt: the verdict, which attempt it was, and what it still earns."""

    question: str
    verdict: Verdict
    attempt: int
    credit: Credit

    @property
    def earned(self) -> float:
        """The points, with what the attempt still counts for."""
        return round(self.verdict.points * self.credit.share(self.attempt), 2)

    @property
    def is_right(self) -> bool:
        return self.verdict.points == self.verdict.max_points

    def heading(self) -> str:
        """The line that begins what is said."""
        if self.verdict.is_open:
            return f"{self.question}: your answer could not be looked at here."
        points, most = f"{self.verdict.points:g}", f"{self.verdict.max_points:g}"
        begin = "right, " if self.is_right else ""
        attempt = "first attempt" if self.attempt == 1 else f"attempt {self.attempt}"
        line = f"{self.question}: {begin}{points} of {most} points ({attempt})."
        if self.credit.falls and self.credit.share(self.attempt) < 1:
            line += f" An attempt this late counts {100 * self.credit.share(self.attempt):g} %: "
            line += f"{self.earned:g}."
        return line


def tried(
    question: str,
    names: dict[str, Any],
    cells: Sequence[str] | None = None,
    folder: Path | None = None,
) -> Tried | None:
    """Mark the answers to `question` among the `names` of a notebook and count the attempt.

    None where nothing is said: in an examination, and while there is no answer. `cells` are the
    sources that have been run; `folder` is where the notebook lies (default: the current one).
    """
    catalogue = None if is_examination() else _catalogue((folder or Path.cwd()).resolve())
    if catalogue is None:
        return None
    checker, seconds = _find(catalogue, question)
    student = _Watched(names, cells, seconds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdict = verdict_of(checker, student)
    if verdict.points == 0 and all(map(_is_missing, student.asked.values())):
        return None
    credit = getattr(catalogue.beside("practice"), "CREDIT", Credit())
    at = f"{catalogue.folder.parent.name}/{question}"
    return Tried(question, verdict, _count(at, _digest(student.asked), verdict), credit)


def text(question: str, folder: Path | None = None) -> in_words.Text | None:
    """The answer in words that is called `question`, with a sample answer and its mark scheme.

    None where nothing is said: in an examination, and where the course's source notebooks are not.
    """
    with contextlib.suppress(DefinitionError):
        definition = Definition.find((folder or Path.cwd()).resolve())
        if not is_examination():
            for found in in_words.texts_of_course(definition).values():
                for each in found:
                    if each.question == question:
                        return each
    return None


def leaderboard(folder: Path | None = None) -> ModuleType | None:
    """The module ``leaderboard`` beside a course's checkers; None in an examination."""
    catalogue = None if is_examination() else _catalogue((folder or Path.cwd()).resolve())
    return None if catalogue is None else catalogue.beside("leaderboard")


def _is_missing(value: Any) -> bool:
    """Whether an answer is as it was handed out: a placeholder, or code with nothing in it."""
    if isinstance(value, type):
        return any(map(unwritten, vars(value).values()))
    return missing(value) == [""]


# --- attempts ------------------------------------------------------------------------------------


def record() -> Path:
    """The file that holds how often each question was tried."""
    named = os.environ.get(RECORD)
    return Path(named) if named else Path.home() / ".autograder" / "attempts.json"


def attempts() -> dict[str, dict[str, Any]]:
    """What the record holds, by question; a record that can't be read counts as none."""
    try:
        found = json.loads(record().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _count(at: str, digest: str, verdict: Verdict) -> int:
    """Count an attempt, unless it is the last one once more; return which one it is."""
    known = attempts()
    entry = known.get(at)
    before = entry if isinstance(entry, dict) else {}
    number = before.get("attempts", 0)
    if not isinstance(number, int) or number < 0:
        number = 0
    if number and before.get("last") == digest:
        return number
    number += 1
    known[at] = {"attempts": number, "last": digest, "points": verdict.points}
    with contextlib.suppress(OSError):  # a count that can't be kept must not stop a learner
        write_whole(record(), json.dumps(known, indent=1))
    return number


def _digest(answers: Mapping[str, Any]) -> str:
    """Tell answers apart: running the same cells again is no new attempt."""
    text = repr([(name, _content(value)) for name, value in sorted(answers.items())])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _content(value: Any) -> Any:
    """What an answer consists of, without where it lies in memory."""
    if isinstance(value, FunctionType):
        return _content(value.__code__)
    if isinstance(value, CodeType):
        return (value.co_code, value.co_names, [_content(part) for part in value.co_consts])
    if isinstance(value, type):
        return [(name, _content(part)) for name, part in vars(value).items() if callable(part)]
    try:
        return wire.to_plain(value)
    except wire.WireError:
        return type(value).__name__
