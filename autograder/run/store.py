"""Results on disk, one file a student, written whole or not at all.

A result is found again only under the key it was stored with: the submission and the rules that
marked it. So an interrupted run goes on where it stopped, and a mended key marks everybody anew.
"""

import json
import os
import re
import tempfile
from pathlib import Path

import nbformat.v4

from autograder.marking.result import Result


def write_whole(path: Path, text: str) -> None:
    """Write a file so that no reader, and no crash, ever sees half of it; it keeps its mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    if path.exists():
        os.chmod(name, path.stat().st_mode)
    os.replace(name, path)


class Store:
    """The results of one assignment."""

    def __init__(self, folder: Path):
        self.folder = folder

    def _path(self, student):
        if not re.fullmatch(r"[\w.@+-]+", student):
            student = "x-" + student.encode().hex()
        return self.folder / f"{student}.json"

    def _read(self, student):
        try:
            return json.loads(self._path(student).read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def get(self, student: str, key: str) -> Result | None:
        """Return the student's result if it was stored under `key`."""
        entry = self._read(student)
        return Result.from_plain(entry["result"]) if entry.get("key") == key else None

    def latest(self, student: str) -> Result | None:
        """Return the student's result, whatever it depended on."""
        entry = self._read(student)
        return Result.from_plain(entry["result"]) if entry else None

    def marked_answers(self, student: str) -> dict[str, str]:
        """What each answer was when its mark was last recorded (see `notebooks.gradebook`)."""
        path = self._path(student).with_suffix(".settled")
        return json.loads(path.read_text()) if path.exists() else {}

    def keep_marked_answers(self, student: str, answers: dict[str, str]) -> None:
        """Remember what each answer was when its mark was recorded."""
        write_whole(self._path(student).with_suffix(".settled"), json.dumps(answers))

    def put(self, student: str, key: str, result: Result, notebook) -> None:
        """Store a result that is not yet in the gradebook, with the rebuilt notebook that it is of.

        So a submission is read once: what is recorded is what was marked.
        """
        entry = {"key": key, "recorded": False, "result": result.to_plain()}
        entry["notebook"] = nbformat.v4.writes(notebook)
        write_whole(self._path(student), json.dumps(entry))

    def notebook(self, student: str):
        """Return the rebuilt notebook that the stored result is of, or None."""
        text = self._read(student).get("notebook")
        return nbformat.v4.reads(text) if text else None

    def is_recorded(self, student: str, key: str) -> bool:
        """Whether the result stored under `key` has reached the gradebook."""
        entry = self._read(student)
        return entry.get("key") == key and entry.get("recorded") is True

    def recorded_key(self, student: str) -> str | None:
        """Return the key under which the student's result has reached the gradebook, if it has."""
        entry = self._read(student)
        return entry.get("key") if entry.get("recorded") is True else None

    def rules(self) -> str:
        """The rules under which the whole class was last marked; empty if not known."""
        path = self.folder / "rules"
        return path.read_text() if path.exists() else ""

    def set_rules(self, rules: str) -> None:
        """Remember the rules under which the whole class was marked."""
        if self.rules() != rules:
            write_whole(self.folder / "rules", rules)

    def set_recorded(self, student: str) -> None:
        """Remember that the stored result has reached the gradebook."""
        write_whole(self._path(student), json.dumps({**self._read(student), "recorded": True}))
