"""Lets plain `nbgrader ...` and Formgrader work from the root of the repository.

What there is to set stands in autograder.toml. Three variables of the environment are read:
CONVBOOK_COURSE names another folder of submissions and records; CONVBOOK_EXCHANGE another root of
nbgrader's exchange; CONVBOOK_MACHINE_ONLY the
assignments (with commas between them, or "all") that are set with their machine-judged parts only.
"""

# ruff: noqa: E402  modules can be imported only after the path to them is set

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))  # nbgrader's commands don't look for modules where they are called

from autograder.course.configuration import configure

configure(get_config(), ROOT)  # noqa: F821 (nbgrader defines it)
