"""What nbgrader calls, so that its own commands and buttons mark as safely as ours.

`nbgrader_config.py` names these classes. They replace nbgrader's execution of students' notebooks
and nothing else: scores reach the gradebook through nbgrader's own code.
"""

import atexit
import contextlib
import os
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbformat import from_dict
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from autograder.course.settings import Settings
from autograder.jail import doctor, proof
from autograder.marking import catalogue
from autograder.marking.question import reword
from autograder.marking.verdict import Verdict
from autograder.notebooks import reading
from autograder.run import scoring
from autograder.run.store import Store


class TolerantExporter(NotebookExporter):
    """Leaves the reading of a submission, in whatever state it is, to `RebuildNotebook`."""

    def from_filename(self, filename, resources=None, **kwargs):
        if not any(isinstance(step, RebuildNotebook) for step in self._preprocessors):
            return super().from_filename(filename, resources, **kwargs)
        resources = {**(resources or {}), "submission": filename}
        resources.setdefault("metadata", {})["name"] = Path(filename).stem
        return self.from_notebook_node(new_notebook(), resources, **kwargs)


def _course(preprocessor):
    """The nbgrader course directory that the running converter works on."""
    return preprocessor.parent.parent.coursedir


def released_path(course, about) -> Path:
    """Where the notebook lies that students were given; `about` is ``resources["nbgrader"]``."""
    folder = course.format_path(course.release_directory, ".", about["assignment"])
    return Path(folder) / f"{about['notebook']}.ipynb"


class RebuildNotebook(NbGraderPreprocessor):
    """First in sanitising: puts the student's answers into the notebook that was handed out."""

    def preprocess(self, nb, resources):
        released = scoring.read_released(released_path(_course(self), resources["nbgrader"]))
        submission = reading.read(Path(resources.pop("submission")))
        return reading.rebuild(released, submission), resources


_jails = {}


def _jail(assignment, released, kind, places):
    """One jail an assignment for as long as this process lives, proved before it is used."""
    if (assignment, kind) not in _jails:
        doctor.require(kind)
        jail = scoring.jail_for(assignment, released, kind)
        jail.start()
        atexit.register(jail.stop)
        proof.prove(jail, places)
        _jails[assignment, kind] = jail
    return _jails[assignment, kind]


class ScoreAnswers(NbGraderPreprocessor):
    """In the place of Execute: has answers marked and writes the points where nbgrader looks."""

    isolation = Unicode(
        "bubblewrap", help="How students' code is isolated: bubblewrap, docker, podman, process"
    ).tag(config=True)

    def preprocess(self, nb, resources):
        about, course = resources["nbgrader"], _course(self)
        released = released_path(course, about)
        assignment = about["assignment"]
        store = Store.of_course(course, assignment)
        whose = Settings.read(store.course_folder).whose(about["student"])
        key = scoring.result_key(nb, assignment, released, whose)
        result = store.get(about["student"], key)
        if result is None:
            places = proof.private_places(course, self.parent.parent.config)
            jail = _jail(assignment, released, self.isolation, places)
            result = scoring.score(nb, assignment, jail, whose)
            if result.crowded:
                result = scoring.score(nb, assignment, jail, whose)
            store.put(about["student"], key, result)
        write_outputs(nb, result)
        reword(nb, catalogue.load(assignment), whose)
        return nb, resources


class KeepMarks(NbGraderPreprocessor):
    """After nbgrader has saved its grades: a person's marks on unchanged answers stay settled.

    nbgrader itself would ask for every one of them again. A mark that a person gave to a judged
    answer stays, too, and is asked for again if the checker now says something else.
    """

    def preprocess(self, nb, resources):
        about, course = resources["nbgrader"], _course(self)
        store = Store.of_course(course, about["assignment"])
        before = store.settled(about["student"])
        now = answers_of(nb)
        with Gradebook(course.db_url, course.course_id) as gradebook:
            notebook = gradebook.find_submission_notebook(
                about["notebook"], about["assignment"], about["student"]
            )
            for grade in notebook.grades:
                keep_mark(grade, grade.name, grade.max_score, before, now)
            gradebook.db.commit()
        store.settle(about["student"], now)
        return nb, resources


def keep_mark(grade, name: str, points: float, before: dict[str, str], now: dict[str, str]) -> None:
    """Settle a person's mark on an answer that is still the same; `grade` is nbgrader's row."""
    if not points:  # a rubric: its points are those of the answer after it
        grade.auto_score, grade.needs_manual_grade = 0, False
    if grade.manual_score is not None and name in now and before.get(name) == now[name]:
        grade.needs_manual_grade = False


def answers_of(notebook) -> dict[str, str]:
    """What each mark of a marked notebook is given for."""
    return {
        scoring.marks(cell)["grade_id"]: _settled_as(cell)
        for cell in notebook.cells
        if scoring.marks(cell).get("grade")
    }


def _settled_as(cell) -> str:
    """What a mark was given for: the points of a judged cell, the text of any other."""
    if scoring.is_judged(cell):
        return next(o.data["text/plain"] for o in cell.outputs if o.output_type == "execute_result")
    return scoring.fingerprint(cell.source.encode())


class DailyPenalty(LateSubmissionPlugin):
    """Takes off what the course's settings say for so much lateness."""

    folder = Unicode(help="The course's folder, where course.toml lies").tag(config=True)

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * Settings.read(self.folder).late.percent(total_seconds_late) / 100


def write_outputs(notebook, result: scoring.Result) -> None:
    """Write what the cells printed, and the points and messages of the judged ones."""
    for at, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        cell.execution_count = at + 1
        if scoring.is_judged(cell):
            missing = Verdict(0, float(scoring.marks(cell)["points"]), ("It was not marked.",))
            verdict = result.verdicts.get(scoring.marks(cell)["grade_id"], missing)
            cell.outputs = _verdict_outputs(verdict, cell.execution_count)
        elif at in result.runs:
            cell.outputs = _run_outputs(result.runs[at])


def _printed(text):
    return from_dict({"output_type": "stream", "name": "stdout", "text": text})


def _verdict_outputs(verdict, count):
    # Never stderr: nbgrader takes it for a failure.
    outputs = [_printed("\n".join(verdict.messages) + "\n")] if verdict.messages else []
    points = {"text/plain": repr(float(verdict.points))}
    result = {"output_type": "execute_result", "data": points, "metadata": {}}
    return [*outputs, from_dict({**result, "execution_count": count})]


def _run_outputs(run):
    outputs = [_printed(run.text)] if run.text else []
    if run.magic:
        outputs.append(_printed(scoring.MAGIC_NOTE + "\n"))
    if run.error:
        name, _, what = run.error.partition(": ")
        error = {"output_type": "error", "ename": name, "evalue": what, "traceback": [run.error]}
        outputs.append(from_dict(error))
    return outputs


def settle(assignment, student, notebooks):
    """Before a submission is converted: put away what is no file, and find a renamed notebook.

    nbgrader copies every file of a submission, and would follow a link to wherever it points.
    `notebooks` is nbgrader's own list of paths, and is changed in place.
    """
    for folder in {Path(path).parent for path in notebooks}:
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                with contextlib.suppress(OSError):
                    os.unlink(path)
        wanted = folder / f"{folder.name}.ipynb"
        if not wanted.exists():
            own = sorted(path for path in folder.glob("*.ipynb") if path.is_file())
            if own:
                newest = max(own, key=lambda path: path.stat().st_mtime)
                newest.rename(wanted)
        notebooks[:] = [str(wanted)] if wanted.exists() else []
