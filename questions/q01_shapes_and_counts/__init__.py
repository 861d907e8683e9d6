"""The first notebook: sizes, shapes, parameters and operations."""

from questions.q01_shapes_and_counts.counts import ex02, ex09_count, ex09_pointwise, ex13
from questions.q01_shapes_and_counts.operations import ex21, ex22_count, ex22_saving
from questions.q01_shapes_and_counts.padding import ex25_reasons, ex25_same, ex25_symmetric
from questions.q01_shapes_and_counts.sizes import ex01, ex03

ASSIGNMENT = "01-shapes-and-counts"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.nn")

QUESTIONS = (
    *(ex01, ex02, ex03),
    *(ex09_count, ex09_pointwise),
    ex13,
    ex21,
    *(ex22_count, ex22_saving),
    *(ex25_reasons, ex25_symmetric, ex25_same),
)
