"""What students wrote themselves, read out of their notebooks to be compared."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.marking.result import Result
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import cells_to_run, is_judged, marks, read_own

#: Runs of so many tokens of code, and of so many words.
TOKENS, WORDS = 6, 4
#: Lines without a function, a loop or a condition are compared as code from so many tokens on.
LONG = 60
OWN_CELLS = "cells of their own"

_STRING = r"'[^'\n]*'|\"[^\"\n]*\""
_FREE = re.compile(rf"#.*|(?P<text>{_STRING})")
_TOKEN = re.compile(r"\w+|[^\w\s]")
# In scripts without spaces between words, each sign counts as one.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\s\u3040-\u30ff\u3400-\u9fff]+")
_STEERS = frozenset(["def", "class", "lambda", "for", "while", "if", "with", "try"])
_NO_ANSWER = frozenset(["True", "False", "None", "return", "pass", "="])


@dataclass(frozen=True)
class Work:
    """What a student wrote: code as a whole, texts by where they stand, short answers by question.

    `comments` are the words in the code of an answer, also those of sentences in its strings.
    `wrong` are the questions whose answers are wrong in a way that no checker has a name for.
    """

    code: frozenset = frozenset()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()

    @property
    def answered(self) -> bool:
        """Whether anything stands in a cell that was made for an answer."""
        return bool(self.answers) or any(name != OWN_CELLS for name in self.texts)


def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in any script, without case and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    return tuple(_WORD.findall(kept))


def runs(parts: Sequence[str], size: int) -> frozenset[tuple[str, ...]]:
    """All runs of `size` neighbours."""
    return frozenset(tuple(parts[at : at + size]) for at in range(len(parts) - size + 1))


def _tokens(code: str) -> list[str]:
    """The tokens of code, without comments, strings and spacing."""
    return _TOKEN.findall(_FREE.sub(" ", code))


def code_runs(code: str) -> frozenset[tuple[str, ...]]:
    """Runs of tokens of code, without comments, strings and spacing."""
    return runs(_tokens(code), TOKENS)


def _is_program(code: str) -> bool:
    """Whether code is more than a formula or a list of values, which many write alike."""
    tokens = _tokens(code)
    return len(tokens) >= LONG or not _STEERS.isdisjoint(tokens)


def _free_text(code: str, given: str) -> tuple[str, ...]:
    """The words of comments and sentences in code that were not handed out with it.

    A string of a few words is a name or a choice, and no sentence.
    """
    there = {found[0].strip() for found in _FREE.finditer(given)}
    own = (found for found in _FREE.finditer(code) if found[0].strip() not in there)
    said = ((words(found[0]), found["text"] is not None) for found in own)
    return tuple(word for some, quoted in said if len(some) >= 5 or not quoted for word in some)


def _answers(notebook) -> Iterator[tuple[str, str]]:
    """Each judged question with the code that was written for it."""
    sources: list[str] = []
    for cell in notebook.cells:
        if is_judged(cell):
            yield marks(cell)["grade_id"], "\n".join(sources)
            sources = []
        elif cell.cell_type == "code" and marks(cell).get("solution"):
            sources.append(cell.source)


def _texts(notebook, released) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What was written in words, by where it stands, without what was handed out."""
    handed_out = "\n".join(cell.source for cell in released.cells)
    lines = {line.strip() for line in handed_out.splitlines()}
    for cell in notebook.cells:
        name = marks(cell).get("grade_id", OWN_CELLS)
        if cell.get("id") == reading.NOTES_ID or (marks(cell) and not marks(cell).get("solution")):
            continue
        if cell.cell_type == "code":
            found = _free_text(cell.source, handed_out)
        else:
            own = (line for line in cell.source.splitlines() if line.strip() not in lines)
            found = words("\n".join(own))
        if found:
            yield name, found


def work_of(notebook, released, result: Result | None) -> Work:
    """Read what a student wrote out of a rebuilt notebook; `result` says what of it is wrong."""
    given = frozenset().union(*(code_runs(cell.source) for cell in released.cells))
    programs = filter(_is_program, cells_to_run(notebook).values())
    code = frozenset().union(*map(code_runs, programs)) - given
    before = dict(_answers(released))
    answers = {
        name: source.strip()
        for name, source in _answers(notebook)
        if source.strip() not in ("", reading.MISSING, before.get(name, "").strip())
    }
    texts: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for name, found in _texts(notebook, released):
        texts[name] += found
    verdicts = result.verdicts if result else {}
    wrong = frozenset(
        name
        for name, source in answers.items()
        if (verdict := verdicts.get(name)) is not None
        and not verdict.is_open
        and not verdict.misconception
        and verdict.points < verdict.max_points
        and _says_something(source, before.get(name, ""))
    )
    comments = {n: _free_text(source, before.get(n, "")) for n, source in answers.items()}
    return Work(code, dict(texts), answers, comments, wrong)


def own_tokens(source: str, given: str = "") -> list[str]:
    """The tokens of an answer's code that say something and were not handed out with it."""
    there = {*_TOKEN.findall(given), *_NO_ANSWER}
    return [token for token in _tokens(source) if token not in there]


def _says_something(source: str, given: str) -> bool:
    """Whether an answer is more than a letter, a truth value or a number of two digits."""
    own = [token for token in own_tokens(source, given) if len(token) > 1 or not token.isalpha()]
    return len("".join(own)) >= 3


def read(course, assignment: str, students) -> dict[str, Work]:
    """What students wrote, of those whose submissions can be read."""
    released, found = read_own(course.released(assignment)), {}
    submitted, store = course.submissions(assignment), course.store(assignment)
    for student in students:
        path = student in submitted and reading.notebook_in(submitted[student], assignment)
        if not path:
            continue
        notebook = reading.rebuild(released, submission.read(path))
        if not reading.why_unread(notebook):
            found[student] = work_of(notebook, released, store.latest(student))
    return found
