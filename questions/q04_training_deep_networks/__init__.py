"""The fourth notebook: depth, skip connections, batch norm, augmentation, flipping."""

from questions.q04_training_deep_networks.augmentation import (
    ex11,
    ex11_flip,
    ex11_label,
    ex11_translate,
)
from questions.q04_training_deep_networks.depth import (
    ex07,
    ex07_identity,
    ex08,
    ex08_gradient,
    ex08_true,
)
from questions.q04_training_deep_networks.flipping import ex19, ex19_choice
from questions.q04_training_deep_networks.normalisation import ex10, ex10_function

ASSIGNMENT = "04-training-deep-networks"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.nn")

QUESTIONS = (
    *(ex07, ex07_identity),
    *(ex08, ex08_gradient, ex08_true),
    *(ex10, ex10_function),
    *(ex11, ex11_label, ex11_flip, ex11_translate),
    *(ex19, ex19_choice),
)
