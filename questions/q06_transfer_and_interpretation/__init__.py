"""The sixth notebook: transfer learning, Grad-CAM, a pipeline without leaks."""

from questions.q06_transfer_and_interpretation.heat_maps import added_shortcut, ex15, ex15_true
from questions.q06_transfer_and_interpretation.pipeline import (
    ex23_preprocess,
    ex23_split,
    ex23_steps,
)
from questions.q06_transfer_and_interpretation.transfer import ex12, ex12_features, ex23

ASSIGNMENT = "06-transfer-and-interpretation"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.explain")
#: A cell of the notebook draws; imported once, not once a student.
PRELOAD = ("matplotlib.pyplot",)

QUESTIONS = (
    *(ex12, ex12_features),
    *(ex15, ex15_true),
    *(ex23, ex23_preprocess, ex23_split, ex23_steps),
    added_shortcut,
)
