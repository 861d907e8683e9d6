"""Answers written from the students' notebooks alone, by somebody who had not seen a checker.

Each module holds one assignment's: for every question at least three right answers and eight wrong
ones, as tables `RIGHT` and `WRONG` in the form of the other banks. Options are named by what they
say and never by their letter, so that a question whose options move keeps its answers.
"""

import importlib
import pkgutil

TABLES = {
    module.ASSIGNMENT: module.FRESH
    for module in (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__, "")
        if found.name != "writing"
    )
}
LEAST = {"RIGHT": 3, "WRONG": 8}


def add_to(banks: dict) -> None:
    """Add these answers to the banks, by assignment."""
    for assignment, questions in TABLES.items():
        for question, tables in questions.items():
            for table, answers in tables.items():
                known = getattr(banks[assignment], table)[question]
                known.update({f"fresh, {name}": code for name, code in answers.items()})
