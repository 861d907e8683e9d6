"""What nbgrader calls, so that its own commands and buttons mark as safely as ours.

`autograder.course.configuration` names these classes. They replace nbgrader's execution of
students' notebooks, and its writing of marks by our one writer (`notebooks.gradebook`). They stand
here and not with the notebooks, as they need all of a course: settings, job, results.
"""

import contextlib
import weakref
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Bool, List, Unicode

from autograder.course import in_words, on_page
from autograder.course.course import Course
from autograder.jail.isolation import Jail
from autograder.marking.question import reword
from autograder.marking.result import Result
from autograder.notebooks import outputs, reading, submission
from autograder.notebooks.cells import judged_points, marks, read_own
from autograder.notebooks.gradebook import Writer, entry_of
from autograder.run import pipeline, scoring
from autograder.run.job import Job
from autograder.run.key import result_key

#: The cell that says which answers in words count.
IN_WORDS = "in-words"


class TolerantExporter(NotebookExporter):
    """Leaves the reading of a submission, in whatever state it is, to `RebuildNotebook`."""

    def from_filename(self, filename, resources=None, **kwargs):
        if not any(isinstance(step, RebuildNotebook) for step in self._preprocessors):
            return super().from_filename(filename, resources, **kwargs)
        resources = {**(resources or {}), "submission": filename}
        resources.setdefault("metadata", {})["name"] = Path(filename).stem
        return self.from_notebook_node(new_notebook(), resources, **kwargs)


class Desk:
    """What a run of ``nbgrader autograde`` needs: the course, a job and a jail an assignment.

    It lives as long as the converter that runs, which nbgrader makes anew for every command and
    every click.
    """

    def __init__(self, converter):
        self.course = Course.of_nbgrader(converter.coursedir, converter.config)
        self.jobs: dict[tuple[str, str], Job] = {}
        self.jails: dict[tuple[str, str], Jail] = {}

    @classmethod
    def of(cls, preprocessor) -> "Desk":
        """The desk of the converter that a preprocessor runs for."""
        converter = preprocessor.parent.parent
        if not hasattr(converter, "autograder_desk"):
            desk = converter.autograder_desk = cls(converter)
            weakref.finalize(converter, desk.close)
        return converter.autograder_desk

    def job(self, assignment: str, isolation: str) -> Job:
        """The job of an assignment."""
        if (assignment, isolation) not in self.jobs:
            self.course.refuse_other_texts(assignment)
            self.jobs[assignment, isolation] = self.course.job(assignment, isolation=isolation)
        return self.jobs[assignment, isolation]

    def jail(self, job: Job) -> Jail:
        """A running jail for a job, proved before it is used."""
        at = (job.assignment, job.isolation)
        if at not in self.jails:
            pipeline.prove_isolation(job, self.course.private_places())
            self.jails[at] = job.jail()
            self.jails[at].start()
        return self.jails[at]

    def close(self) -> None:
        """Stop the jails."""
        for jail in self.jails.values():
            with contextlib.suppress(Exception):
                jail.stop()


class RebuildNotebook(NbGraderPreprocessor):
    """First in sanitising: puts the student's answers into the notebook that was handed out."""

    def preprocess(self, nb, resources):
        course = Desk.of(self).course
        student, assignment = (resources["nbgrader"][of] for of in ("student", "assignment"))
        released = read_own(course.released(assignment))
        handed_in = submission.read(Path(resources.pop("submission")))
        given = course.given_to(student, assignment, released)
        return reading.rebuild(released, handed_in, given), resources


class ScoreAnswers(NbGraderPreprocessor):
    """In the place of Execute: has answers marked and writes the points where nbgrader looks."""

    isolation = Unicode(
        "bubblewrap", help="How students' code is isolated: bubblewrap, docker, podman, process"
    ).tag(config=True)

    def preprocess(self, nb, resources):
        about, desk = resources["nbgrader"], Desk.of(self)
        student, assignment = about["student"], about["assignment"]
        job, store = desk.job(assignment, self.isolation), desk.course.store(assignment)
        variant_seed, questions = job.variant_seed(student), job.questions()
        key = result_key(nb, job.rules, variant_seed)
        result = store.get(student, key)
        if result is None:
            result = scoring.score(nb, questions, desk.jail(job), variant_seed, job.takes_off)
            if result.crowded:
                result = scoring.score(nb, questions, desk.jail(job), variant_seed, job.takes_off)
            store.put(student, key, result, nb)
        outputs.write_outputs(nb, result)
        reword(nb, questions, variant_seed)
        return nb, resources


class RecordMarks(NbGraderPreprocessor):
    """In the place of SaveAutoGrades and AssignLatePenalties: our writer, which knows more.

    A mark that can't be computed stays open; a person's marks on unchanged answers stay settled.
    """

    def preprocess(self, nb, resources):
        about, course = resources["nbgrader"], Desk.of(self).course
        student, assignment = about["student"], about["assignment"]
        folder = Path(course.coursedir.submitted_directory, student, assignment)
        handed_in = course.handed_in(folder)
        result = course.store(assignment).latest(student) or Result()
        with Writer(course, assignment) as writer:
            writer.check_due(student)
            writer.write([entry_of(student, nb, result, handed_in)])
        return nb, resources


class TellOnPage(NbGraderPreprocessor):
    """Last before a feedback page: says on it what only the course knows."""

    def preprocess(self, nb, resources):
        about, course = resources["nbgrader"], Desk.of(self).course
        about.update(on_page.told(course, about["assignment"], about["student"]))
        return nb, resources


class DropWrittenParts(NbGraderPreprocessor):
    """Leaves out what a person would have to mark, for the assignments that it is told."""

    assignments = List(
        Unicode(),
        help="Assignments that are set with their machine-judged parts only; 'all' means every one",
    ).tag(config=True)
    namespace = Unicode("", help="Whose key in a cell's metadata says that it is written").tag(
        config=True
    )

    def preprocess(self, nb, resources):
        if {"all", resources["nbgrader"]["assignment"]} & set(self.assignments):
            nb.cells = [
                cell
                for cell in nb.cells
                if not cell.metadata.get(self.namespace, {}).get("written")
            ]
        return nb, resources


class CountWrittenParts(NbGraderPreprocessor):
    """Leaves the answers in words that don't count in the notebook as practice, without points.

    A cell below the title says which count.
    """

    every = Bool(True, help="Whether all of them count").tag(config=True)
    counted = List(Unicode(), help="The grade ids of those that count").tag(config=True)

    def preprocess(self, nb, resources):
        machine, found = sum(judged_points(nb).values()), in_words.found_in(nb.cells, self._counts)
        left = {text.question for text in found if not text.counts}
        for cell in nb.cells:
            about = marks(cell)
            if about.get("grade_id", "").removesuffix("-task") not in left:
                continue
            if about.get("task"):
                cell.source = in_words.for_practice(cell.source)
                del cell.metadata["nbgrader"]
            elif cell.cell_type == "markdown" and about.get("grade"):
                cell.source = self.text_stub
                del cell.metadata["nbgrader"]
        if found:
            told = in_words.which_count(found, machine)
            nb.cells.insert(1, new_markdown_cell(told, id=IN_WORDS))
        return nb, resources

    def _counts(self, name: str) -> bool:
        return self.every or name in self.counted

    @property
    def text_stub(self) -> str:
        """What stands where an answer belongs."""
        return ClearSolutions(config=self.config).text_stub


def tidy_submission(assignment, student, notebooks):
    """nbgrader's hook before a submission is converted: see `reading.tidy`.

    `notebooks` is nbgrader's own list of paths, and is changed in place.
    """
    for folder in {Path(path).parent for path in notebooks}:
        notebooks[:] = [str(path) for path in reading.tidy(folder)]
