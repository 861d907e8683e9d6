"""Self-check: scores a learner's own notebook on their own machine, and says that it is no grade.

The notebook runs in this very process, as it would in JupyterLab: there is no jail, so this is for
your own code only.
"""

import builtins
import contextlib
import io
import os
import sys
import textwrap
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from autograder.handin.forms import counted
from autograder.jail import patience
from autograder.jail.profile import Library, Profile
from autograder.jail.student import LocalStudent
from autograder.jail.view import importable
from autograder.marking.catalogue import Catalogue
from autograder.marking.guessing import deduct_wrong_choices
from autograder.marking.verdict import Verdict
from autograder.notebooks.cells import cells_to_run
from autograder.run.profiles import profile_of
from autograder.run.scoring import verdict_of

NO_GRADE = "This is a self-check on your own machine, not a grade."


@dataclass(frozen=True)
class Report:
    """What a self-check found: a verdict for each question, and the cells that failed."""

    assignment: str
    verdicts: dict[str, Verdict]
    failures: tuple[str, ...]

    @property
    def points(self) -> float:
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def max_points(self) -> float:
        return sum(verdict.max_points for verdict in self.verdicts.values())

    def text(self, width: int = 100) -> str:
        """Return the report for a terminal."""
        lines = [f"{self.assignment}: {round(self.points, 2):g} of {self.max_points:g} points", ""]
        for name, verdict in self.verdicts.items():
            points = "not marked:" if verdict.is_open else f"{round(verdict.points, 2):g} of"
            lines.append(f"  {name:24s} {points} {verdict.max_points:g}")
            for message in verdict.messages:
                lines += textwrap.wrap(
                    message,
                    width,
                    initial_indent="      ",
                    subsequent_indent="      ",
                    break_long_words=False,  # an address is clicked or copied whole
                    break_on_hyphens=False,
                )
        if self.failures:
            lines += ["", "Cells that stopped with an error:", *(f"  {f}" for f in self.failures)]
        return "\n".join([*lines, "", NO_GRADE])


def assignment_of(path: Path, catalogue: Catalogue) -> str:
    """Tell which assignment a notebook belongs to, by its grade cells; `ValueError` if to none."""
    notebook = nbformat.read(path, as_version=4)
    found = {
        cell.metadata.get("nbgrader", {}).get("grade_id")
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    for name in catalogue.assignments():
        if found & set(catalogue.load(name)):
            return name
    raise ValueError(f"{path} is not one of the exercise notebooks: it has none of their questions")


@contextlib.contextmanager
def admitting(profile: Profile, namespace: dict):
    """Let code of `namespace` import what the grader's jail would have, and nothing else.

    A self-check that takes what the grader doesn't would promise points that nobody gets.
    """
    real, own = builtins.__import__, set(profile.library.own)
    there = importable(profile.packages) | sys.stdlib_module_names | own
    admitted = ", ".join(profile.admits)

    def limited(name, globals=None, locals=None, fromlist=(), level=0):
        if globals is namespace and level == 0:
            if name.split(".")[0] not in there:
                raise ModuleNotFoundError(
                    f"{name} can't be imported in this exercise: beside Python's own library it "
                    f"may import {admitted}",
                    name=name,
                )
            for part in (name, *(f"{name}.{item}" for item in fromlist or ())):
                if any(f"{part}.".startswith(f"{hidden}.") for hidden in profile.hides):
                    raise ImportError(f"{part} answers this exercise, so it can't be used in it")
        return real(name, globals, locals, fromlist, level)

    builtins.__import__ = limited
    try:
        yield
    finally:
        builtins.__import__ = real


def run_notebook(
    notebook: nbformat.NotebookNode, folder: Path, shell, seconds: float | None = None
) -> list[str]:
    """Run the cells that the grader runs, in order, in the notebook's folder.

    A cell may take `seconds`. Returns the cells that failed, by their numbers among all of code.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    failures = []
    code = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with contextlib.chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for at, source in cells_to_run(notebook).items():
            number, silent = code.index(at) + 1, io.StringIO()
            try:
                with (
                    contextlib.redirect_stdout(silent),
                    contextlib.redirect_stderr(silent),
                    patience.within(seconds),
                ):
                    result = shell.run_cell(source, store_history=False)
                error = result.error_before_exec or result.error_in_exec
            except patience.OutOfTime as caught:
                error = caught
            if isinstance(error, patience.OutOfTime):
                limit = counted(seconds or 0, "second")
                failures.append(
                    f"code cell {number}: it did not finish within {limit}. Is there a loop that "
                    "never ends?"
                )
            elif error is not None:
                failures.append(f"code cell {number}: {type(error).__name__}: {error}")
    return failures


def _shell():
    """An IPython without a window to draw in, in which `%matplotlib inline` does no harm."""
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            pass

    return Shell()


def check(path: Path, catalogue: Catalogue, library: Library | None = None) -> Report:
    """Run a notebook and score its answers with the checkers that the grader uses.

    Cells and calls may take as long as in the grader's jail.
    """
    path = Path(path).resolve()
    assignment = assignment_of(path, catalogue)
    module, shell = catalogue.module_of(assignment), _shell()
    silence = contextlib.redirect_stdout(io.StringIO())
    # What the notebook itself imports is loaded before for speed; here it would admit anything.
    profile = replace(profile_of(module, path, library), preload=())
    notebook = nbformat.read(path, as_version=4)
    sources = list(cells_to_run(notebook).values())
    with admitting(profile, shell.user_ns), warnings.catch_warnings(), silence:
        failures = run_notebook(notebook, path.parent, shell, profile.seconds)
        warnings.simplefilter("ignore")
        verdicts = {}
        for name, question in catalogue.load(assignment).items():
            student = LocalStudent(shell.user_ns, sources, profile.seconds)
            verdicts[name] = verdict_of(question, student)
    return Report(assignment, deduct_wrong_choices(verdicts), tuple(failures))
