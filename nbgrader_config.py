"""Lets plain `nbgrader ...` and Formgrader work from the root of the repository."""

# ruff: noqa: E402  modules can be imported only after the path to them is set

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
COURSE = Path(os.environ.get("CONVBOOK_COURSE", ROOT / "course")).resolve()
sys.path.insert(0, str(ROOT))  # nbgrader's commands don't look for modules where they are called

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import (
    AssignLatePenalties,
    LimitOutput,
    OverwriteCells,
    SaveAutoGrades,
)

from autograder.course.settings import Settings
from autograder.marking import catalogue
from autograder.notebooks.exercises import DropWrittenParts
from autograder.notebooks.feedback import GetOpenGrades
from autograder.notebooks.plugins import DailyPenalty, KeepMarks, RebuildNotebook, ScoreAnswers

c = get_config()  # noqa: F821 (nbgrader defines it)

# --- where things are ------------------------------------------------------------------------
# Solutions are the only source; what students get is generated beside them.
c.CourseDirectory.course_id = "convbook"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.root = str(ROOT)
# A course's own records; CONVBOOK_COURSE moves them out of the repository.
c.CourseDirectory.submitted_directory = str(COURSE / "submitted")
c.CourseDirectory.autograded_directory = str(COURSE / "autograded")
c.CourseDirectory.feedback_directory = str(COURSE / "feedback")
c.CourseDirectory.source_with_tests_directory = str(COURSE / "source_with_tests")
c.CourseDirectory.db_url = f"sqlite:///{COURSE / 'gradebook.db'}"
COURSE.mkdir(parents=True, exist_ok=True)
# Exercises of a course's own, from a folder beside the repository: solutions/, exercises/ and the
# checkers in questions/.
if private := Settings.read(COURSE).private_folder():
    catalogue.add_folder(private / "questions")
    c.CourseDirectory.source_directory = str(private / "solutions")
    c.CourseDirectory.release_directory = str(private / "exercises")

# --- what replaces a solution ------------------------------------------------------------------
# An answer cell says what to replace in its own words, before the region that is taken out.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = "*Write your answer here.*"
# Assignments that are set with their machine-judged parts only ("all": every one of them), named
# here or in CONVBOOK_MACHINE_ONLY with commas between them. Set it before the class gets them.
c.DropWrittenParts.assignments = os.environ.get("CONVBOOK_MACHINE_ONLY", "").split(",")
c.GenerateAssignment.preprocessors = [DropWrittenParts, *GenerateAssignment.preprocessors.default()]

# --- how students' code is marked --------------------------------------------------------------
# It runs in a jail and answers; what the answers are worth is computed outside, where nbgrader
# would have executed the notebook. Everything else is nbgrader's own. (`python -m autograder grade`
# leaves the same rows and files behind by a shorter way: autograder/notebooks/recording.py.)
c.Autograde.exporter_class = "autograder.notebooks.plugins.TolerantExporter"
c.Autograde.pre_convert_hook = "autograder.notebooks.plugins.settle"
# RebuildNotebook leaves nothing of what the steps in between would look for; OverwriteCells brings
# mark schemes back for whoever marks by hand.
c.Autograde.sanitize_preprocessors = [RebuildNotebook, OverwriteCells]
c.Autograde.autograde_preprocessors = [
    ScoreAnswers,
    LimitOutput,
    SaveAutoGrades,
    KeepMarks,
    AssignLatePenalties,
]
c.AssignLatePenalties.plugin_class = DailyPenalty
c.DailyPenalty.folder = str(COURSE)

# --- what students get back -------------------------------------------------------------------
c.GenerateFeedback.exporter_class = "autograder.notebooks.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [GetOpenGrades]
c.FeedbackExporter.book_url = ""  # set it to where your book is published, for links to its pages
