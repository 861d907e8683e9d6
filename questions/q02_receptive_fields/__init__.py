"""The second notebook: receptive fields, small kernels, a convolution by hand."""

from questions.q02_receptive_fields.by_hand import added_hand_convolution
from questions.q02_receptive_fields.fields import ex04, ex05, ex05_drawing, ex05_rule

ASSIGNMENT = "02-receptive-fields"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.nn")
#: A cell of the notebook draws; imported once, not once a student.
PRELOAD = ("matplotlib.pyplot",)

QUESTIONS = (
    ex04,
    *(ex05, ex05_rule, ex05_drawing),
    added_hand_convolution,
)
