"""The seventh notebook: the backward pass of a convolution, written by the learner."""

from questions.q07_backward_pass.gradients import (
    challenge_biases,
    challenge_input,
    challenge_weights,
)

ASSIGNMENT = "07-backward-pass"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.nn",)

#: NumPy only, as the notebook says: frameworks have the backward pass, SciPy correlates.
ADMITS = ("numpy",)

QUESTIONS = (challenge_biases, challenge_weights, challenge_input)
