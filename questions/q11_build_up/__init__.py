"""The eleventh notebook: layers of the learner's own become a network that trains."""

from questions.q11_build_up.layers import build_conv, build_dense, build_norm, build_pool
from questions.q11_build_up.training import build_train

ASSIGNMENT = "11-build-up"

#: The layers that are asked for.
HIDES = ("convbook.nn", "convbook.models", "convbook.explain")

#: NumPy only, as the notebook says.
ADMITS = ("numpy", "matplotlib", "sklearn", "scipy")

QUESTIONS = (build_dense, build_conv, build_pool, build_norm, build_train)
