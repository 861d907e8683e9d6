"""The third notebook: pooling, global pooling, what moves and what stays."""

from questions.q03_pooling_and_invariance.global_pooling import ex17, ex17_function
from questions.q03_pooling_and_invariance.invariance import added_shuffle, ex24, ex24_measure
from questions.q03_pooling_and_invariance.pooling import ex06, ex06_compare, ex14

ASSIGNMENT = "03-pooling-and-invariance"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.nn")

#: Pooling is what is asked for, and libraries of images pool.
ADMITS = ("numpy",)

QUESTIONS = (
    *(ex06, ex06_compare),
    ex14,
    *(ex17, ex17_function),
    *(ex24, ex24_measure),
    added_shuffle,
)
