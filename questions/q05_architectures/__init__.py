"""The fifth notebook: known architectures, and small networks of the learner's own."""

from questions.q05_architectures.budget import added_small_network, ex18
from questions.q05_architectures.comparison import ex16
from questions.q05_architectures.scaling import ex20, ex20_choice

ASSIGNMENT = "05-architectures"

#: Networks are trained in this notebook, by those who like.
SECONDS = 180

#: Whatever trains them is welcome.
ADMITS = ("numpy", "matplotlib", "scipy", "sklearn", "skimage", "keras", "tensorflow")

QUESTIONS = (ex16, added_small_network, ex18, *(ex20, ex20_choice))
