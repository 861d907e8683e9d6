"""Takes one student out of a course's records: all that is kept of them, everywhere it is kept.

`traces` finds what there is and says it, before anything is removed; what lies elsewhere can only
be named. The gradebook goes first, since it may be in use, and the line of the roster last: a run
that was stopped is gone on with by the same command.
"""

import difflib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from autograder.course import (
    absent,
    handback,
    lateness,
    roster,
    rubrics,
    sharing,
    sources,
    together,
)
from autograder.course.export import safe
from autograder.course.forgotten_rows import drop_rows, rows_in
from autograder.handin.forms import counted
from autograder.notebooks.gradebook import path_of
from autograder.notebooks.nbgrader_parts import Gradebook, MissingEntry
from autograder.run.ids import folder_of, id_of
from autograder.run.store import write_whole

ELSEWHERE = """\
What lies elsewhere is yours to remove: archives that you downloaded, tables and pages that you gave
out or put into a learning platform, copies of this folder, and the platform itself."""


@dataclass(frozen=True)
class Trace:
    """One thing that is kept of a student: what it is, and what removes it."""

    text: str
    remove: Callable[[], Any]


def student_of(course, id: str) -> str:
    """The student of an id, of whom there is a trace; a `ValueError` names the nearest others."""
    student, known = folder_of(id), set(course.settings.roster())
    for folder in _people(course):
        known |= {path.name for path in folder.iterdir() if path.is_dir()}
    known |= _recorded(course, lambda gradebook: [row.id for row in gradebook.students])
    if student in known or _results(course, student):
        return student
    near = " or ".join(map(id_of, difflib.get_close_matches(student, known, 3)))
    hint = f"did you mean {near}?" if near else "roster.csv has the ids"
    raise ValueError(f"nothing is kept of {id!r} in {course.folder}; {hint}")


def traces(course, student: str) -> list[Trace]:
    """Everything below the course's folder that is kept of a student, in the order of removal."""
    answers = {name: sharing.written(course, name) for name in _assignments(course)}
    return [
        *_in_gradebook(course, student),
        *(t for name, all in answers.items() for t in _in_marking(course, name, student, all)),
        *_in_folders(course, student),
        *(Trace(str(path), path.unlink) for path in _results(course, student)),
        *(t for folder in _result_folders(course) for t in _in_memory(folder, student)),
        *_in_what_is_written_anew(course, student),
        *_in_tables(course, student),
    ]


def describe(course, student: str, found: list[Trace]) -> str:
    """What is kept of a student, and what can't be reached, in words."""
    lines = [f"Of {id_of(student)} there is:", *(f"  {trace.text}" for trace in found), ELSEWHERE]
    inbound = sources.inbound(course)
    lines.append(
        f"In nbgrader's exchange, if you use it: {inbound / (student + '+*')}, and the feedback "
        "that was released there."
    )
    partners = [
        id_of(other)
        for name in _assignments(course)
        for group in together.groups(course, name)
        if student in group
        for other in group
        if other != student
    ]
    if partners:
        lines.append(
            f"What {', '.join(partners)} handed in together with them stays: it is theirs."
        )
    return "\n".join(lines)


def left(course, student: str) -> list[Path]:
    """The files below the course's folder in which the id still stands, such as in a note."""
    words = {id_of(student).encode(), student.encode()}
    id = re.compile(rb"(?<![\w-])(?:" + b"|".join(map(re.escape, words)) + rb")(?![\w-])")
    files = (path for path in sorted(course.folder.rglob("*")) if path.is_file())
    return [p for p in files if id.search(p.read_bytes()) or id.search(p.name.encode())]


def _assignments(course) -> list[str]:
    folders = (course.folder / "results").glob("*")
    known = {*course.assignments(), *(path.name for path in folders if path.is_dir())}
    return sorted(known & _recorded(course, lambda found: [a.name for a in found.assignments]))


def _has_gradebook(course) -> bool:
    """Whether there is a gradebook; opening one that there isn't makes it."""
    path = path_of(course.coursedir.db_url)
    return path is None or path.exists()


def _recorded(course, names: Callable[[Gradebook], Iterable[str]]) -> set[str]:
    """Names that the gradebook knows; none where there is no gradebook."""
    if not _has_gradebook(course):
        return set()
    with course.gradebook() as gradebook:
        return set(names(gradebook))


def _in_gradebook(course, student: str) -> Iterator[Trace]:
    if not _has_gradebook(course):
        return
    with course.gradebook() as gradebook:
        try:
            submissions = len(gradebook.find_student(student).submissions)
        except MissingEntry:
            return
    what = f"name, marks and comments of {counted(submissions, 'submission')}"
    path = path_of(course.coursedir.db_url)
    yield Trace(f"{path or 'the gradebook'}: {what}", partial(_leave_gradebook, course, student))


def _leave_gradebook(course, student: str) -> None:
    """Delete by nbgrader's own way, then write the file anew: deleted rows stay in it till then."""
    with course.gradebook() as gradebook:
        gradebook.remove_student(student)
        gradebook.db.close()
        if gradebook.engine.dialect.name == "sqlite":
            with gradebook.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")


def _people(course) -> list[Path]:
    """The folders that have one of each student: what was handed in, marked, given back."""
    own = course.coursedir
    named = (own.submitted_directory, own.autograded_directory, own.feedback_directory)
    places = {*map(Path, named), course.folder / "attempts", course.folder / "handout"}
    return sorted(path for path in places if path.is_dir())


def _in_folders(course, student: str) -> Iterator[Trace]:
    for place in _people(course):
        folder = place / student
        if folder.is_symlink():
            yield Trace(f"{folder} (a link)", folder.unlink)
        elif folder.is_dir():
            files = sum(path.is_file() for path in folder.rglob("*"))
            yield Trace(f"{folder}: {counted(files, 'file')}", partial(shutil.rmtree, folder))


# --- results, and what is remembered beside them -------------------------------------------------


def _result_folders(course) -> list[Path]:
    return sorted(path for path in (course.folder / "results").glob("*") if path.is_dir())


def _results(course, student: str) -> list[Path]:
    """The files of results of a student and of the attempts, called as `run.store` calls them."""
    own = re.compile(re.escape(student) + r"(\+\d{8}-\d{6})?")
    found = []
    for folder in _result_folders(course):
        for path in sorted([*folder.glob("*.*"), *folder.glob("attempts/*.*")]):
            names = [path.stem]
            if re.fullmatch("x-(?:[0-9a-f]{2})+", path.stem):
                names.append(bytes.fromhex(path.stem[2:]).decode("utf-8", "replace"))
            if path.suffix in (".json", ".settled") and any(map(own.fullmatch, names)):
                found.append(path)
    return found


def _in_memory(folder: Path, student: str) -> Iterator[Trace]:
    """What commands remember of the students of an assignment, in one file for all of them."""
    for name in (handback.FILE, lateness.FILE, absent.FILE, together.FILE):
        path = folder / name
        if not path.exists():
            continue
        before = json.loads(path.read_text(encoding="utf-8"))
        now = _without(before, student)
        if now != before:
            yield Trace(
                f"{path}: the entry",
                partial(write_whole, path, json.dumps(now)),
            )


def _without(kept: Any, student: str) -> Any:
    """What is remembered, without a student, and without the id in what is said of others."""
    if isinstance(kept, dict):
        return {key: _without(value, student) for key, value in kept.items() if key != student}
    if isinstance(kept, list):
        if kept and all(isinstance(each, list) for each in kept):
            groups = [each for each in kept if student not in each]
            return [_without(each, student) for each in groups]
        return [_without(each, student) for each in kept]
    if isinstance(kept, str):
        return re.sub(rf"(?<![\w-]){re.escape(id_of(student))}(?![\w-])", "…", kept)
    return kept


# --- tables --------------------------------------------------------------------------------------


def _in_marking(course, assignment: str, student: str, answers) -> Iterator[Trace]:
    """Answers in words in the markers' tables, which name nobody, and what was decided of them."""
    folder = course.folder / "marking" / assignment
    codes = {each.code for each in answers if each.student == student}
    others = {each.text for each in answers if each.student != student}
    own = {safe(each.text) for each in answers if each.code in codes and each.text not in others}
    for path in sorted(folder.rglob("*.csv")):
        if path.stem == student:
            yield Trace(f"{path}: what they gave others", path.unlink)
        elif count := rows_in(path, codes):
            rows = counted(count, "row")
            yield Trace(f"{path}: {rows}", partial(drop_rows, path, codes))
    groups = folder / rubrics.GROUPS
    if count := sum(rows_in(groups, own, column=name) for name in ("text", "another")):
        texts = counted(count, "text")
        yield Trace(f"{groups}: {texts}", partial(rubrics.blank_texts, course, assignment, own))
    for path in folder.glob(rubrics.DECISIONS):
        before = json.loads(path.read_text(encoding="utf-8"))
        now = {code: decision for code, decision in before.items() if code not in codes}
        if now != before:
            yield Trace(
                f"{path}: {counted(len(before) - len(now), 'decision')}",
                partial(write_whole, path, json.dumps(now)),
            )


def _in_tables(course, student: str) -> Iterator[Trace]:
    """The log of regrades, extensions and, at the very end, the roster."""
    id = {id_of(student)}
    for name, column, also in (
        ("regrades.csv", "student", {}),
        ("extensions.csv", "student", {"id": "student"}),
        ("roster.csv", "id", roster.ALSO),
    ):
        path = course.folder / name
        if count := rows_in(path, id, column=column, also=also):
            yield Trace(
                f"{path}: {counted(count, 'line')}",
                partial(drop_rows, path, id, column=column, also=also),
            )


def _in_what_is_written_anew(course, student: str) -> Iterator[Trace]:
    """Exports and reports in which the student may stand: they are removed as they are."""
    row = course.settings.roster().get(student, {})
    about = {id_of(student), row.get("name", ""), row.get("email", "")} - {""}
    for path in sorted([*course.folder.glob("exports/*"), *course.folder.glob("reports/*")]):
        if path.is_file() and any(word.encode() in path.read_bytes() for word in about):
            command = "export" if path.parent.name == "exports" else "report"
            yield Trace(f"{path}: the whole file; `{command}` writes it anew", path.unlink)
