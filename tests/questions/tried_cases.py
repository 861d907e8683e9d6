"""Mistakes found by trying, in the form of `cases.MISTAKES`."""

from cases import counts_04, table_16
from grading.answers.tried import CONFUSION, FIELD, NO_BIAS, STEP, TRANSLATE

SWAPPED = """
import numpy as np
def ex23_split(photographers, test_fraction=0.25, seed=0):
    people = sorted(set(photographers))
    taken, wanted = set(), test_fraction * len(photographers)
    for person in people[:-1]:
        taken.add(person)
        if sum(p in taken for p in photographers) >= wanted:
            break
    train = [i for i, p in enumerate(photographers) if p not in taken]
    test = [i for i, p in enumerate(photographers) if p in taken]
    return test, train
"""


def _translate(kind: str) -> str:
    body = TRANSLATE.format(kind=kind).replace("\n", "\n    ")
    return f"def ex11_translate(image, down, right):\n    {body}"


TRIED = {
    "01-shapes-and-counts": {
        "ex22-count": [
            (
                "whole-number-division",
                "ex22_standard, ex22_separable, ex22_ratio = 294_912, 33_920, 8",
            )
        ],
    },
    "02-receptive-fields": {
        "ex04": [("fraction-for-percent", counts_04(percent=0.28))],
        "ex05-rule": [("damages-input", FIELD.format(after="layers.clear()"))],
    },
    "04-training-deep-networks": {
        "ex11-translate": [("changes-number-type", _translate(""))],
    },
    "05-architectures": {"ex16": [("other-weights", table_16(resnet={"top5": 92.86}))]},
    "06-transfer-and-interpretation": {"ex23-split": [("swapped-lists", SWAPPED)]},
    "07-backward-pass": {
        question: [("changes-parameters", STEP), ("changes-forward", NO_BIAS)]
        for question in ("challenge-biases", "challenge-weights", "challenge-input")
    },
    "09-mini-project": {
        "project-confusion": [
            (
                "damages-input",
                CONFUSION.format(kind="int64").replace("return", "truth[:] = 0; return"),
            )
        ],
    },
}
