"""Multiple choice, from the students' notebook alone."""

from .writing import one

ASSIGNMENT = "08-multiple-choice"

SAYS = {
    "mcq01": "28×28",
    "mcq02": "73,792",
    "mcq03": "ReLU",
    "mcq04": "skip connections",
    "mcq05": "the early convolution layers",
    "mcq06": "flatten and large dense layers",
    "mcq07": "mixes the channels",
    "mcq08": "the last convolution",
    "mcq09": "token masking",
    "mcq10": "fc6",
}
FRESH = {question: one(ASSIGNMENT, question, says) for question, says in SAYS.items()}
