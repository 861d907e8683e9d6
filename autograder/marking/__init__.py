"""Marking: questions declared by their parts, and what a checker may know of a student's answers.

This is the one door: a course's checkers import from here and from `autograder.handin`.
"""

from autograder.jail.student import (
    BadReply,
    Handle,
    LocalStudent,
    NotDefined,
    Raised,
    Student,
    StudentError,
    TimedOut,
)
from autograder.marking.functions import (
    CARE,
    Case,
    Function,
    Outcome,
    agree,
    call_held,
    returned,
    shapes_of,
    try_cases,
)
from autograder.marking.guessing import WRONG_CHOICE, deduct_wrong_choices, share_of_judgements
from autograder.marking.methods import Diagnosis, Method, Trial
from autograder.marking.parts import (
    Array,
    Choice,
    Custom,
    Follows,
    Given,
    Number,
    Part,
    Reader,
    Shape,
    Statements,
    Table,
    Word,
)
from autograder.marking.question import BLOOM, Question, question
from autograder.marking.sheet import (
    Attempt,
    Mistake,
    NoAnswer,
    Pattern,
    Sheet,
    explain,
    given,
    same_number,
)
from autograder.marking.variants import Numbers, VariantSeed
from autograder.marking.verdict import Verdict

__all__ = [
    "BLOOM",
    "CARE",
    "WRONG_CHOICE",
    "Array",
    "Attempt",
    "BadReply",
    "Case",
    "Choice",
    "Custom",
    "Diagnosis",
    "Follows",
    "Function",
    "Given",
    "Handle",
    "LocalStudent",
    "Method",
    "Mistake",
    "NoAnswer",
    "NotDefined",
    "Number",
    "Numbers",
    "Outcome",
    "Part",
    "Pattern",
    "Question",
    "Raised",
    "Reader",
    "Shape",
    "Sheet",
    "Statements",
    "Student",
    "StudentError",
    "Table",
    "TimedOut",
    "Trial",
    "VariantSeed",
    "Verdict",
    "Word",
    "agree",
    "call_held",
    "deduct_wrong_choices",
    "explain",
    "given",
    "question",
    "returned",
    "same_number",
    "shapes_of",
    "share_of_judgements",
    "try_cases",
]
