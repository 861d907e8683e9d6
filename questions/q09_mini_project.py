"""The optional mini-project: only its measuring tools are judged by machine."""

from collections.abc import Sequence

import numpy as np

from autograder.marking import Case, Function, Mistake, Part, question
from questions.pages import section_link

ASSIGNMENT = "09-mini-project"
HIDES = ()

#: A project uses what it likes.
ADMITS = ("numpy", "matplotlib", "scipy", "sklearn", "skimage", "keras", "tensorflow")

_PROJECT = section_link("18")


def confusion(truth, predicted, classes):
    """Rows: what it is. Columns: what was said."""
    counts = np.zeros((classes, classes))
    np.add.at(counts, (np.asarray(truth), np.asarray(predicted)), 1)
    return counts


def recalls(counts):
    """Share of each class that was found; 0 for a class without pictures."""
    counts = np.asarray(counts, dtype=float)
    total = counts.sum(axis=1)
    return np.divide(np.diag(counts), total, out=np.zeros(len(counts)), where=total > 0)


@question("project-confusion", objectives=(14,), bloom="apply")
def project_confusion() -> Sequence[Part]:
    """The confusion matrix."""
    rng = np.random.default_rng(14)
    cases = [
        Case((rng.integers(0, k, n), rng.integers(0, k, n), k), "general")
        for k, n in [(3, 20), (3, 12), (5, 40), (2, 9), (4, 300), (2, 2000)]
    ]
    cases += [
        Case((np.array([0, 0, 1]), np.array([0, 0, 0]), 3), "edge"),
        Case((np.array([1, 1, 1, 1]), np.array([1, 1, 1, 0]), 4), "edge"),
    ]
    return [
        Function(
            name="project_confusion",
            cases=cases,
            reference=confusion,
            groups={"general": 1.5, "edge": 0.5},
            mistakes=[
                Mistake(
                    "transposed",
                    lambda t, p, k: confusion(p, t, k),
                    "rows and columns are exchanged: a row belongs to what the picture *shows*. "
                    f"{_PROJECT}",
                ),
                Mistake(
                    "counts-once",
                    lambda t, p, k: np.minimum(confusion(t, p, k), 1),
                    "a pair that occurs twice has to be counted twice: `a[i, j] += 1` with arrays "
                    "as indices adds once.",
                ),
                Mistake(
                    "shares-for-counts",
                    lambda t, p, k: confusion(t, p, k) / max(len(t), 1),
                    f"these are shares; the matrix holds counts. {_PROJECT}",
                ),
                Mistake(
                    "shares-for-counts",
                    lambda t, p, k: (
                        confusion(t, p, k) / np.bincount(t, minlength=k).clip(1)[:, None]
                    ),
                    f"these are shares of each class; the matrix holds counts. {_PROJECT}",
                ),
                Mistake(
                    "right-ones-only",
                    lambda t, p, k: np.diag(np.diag(confusion(t, p, k))),
                    "only what was right is counted; the mistakes are what one wants to see.",
                ),
                Mistake(
                    "mistakes-only",
                    lambda t, p, k: confusion(t, p, k) * (1 - np.eye(k)),
                    "only the mistakes are counted; what was right belongs into the matrix too.",
                ),
                Mistake(
                    "both-directions",
                    lambda t, p, k: confusion(t, p, k) + confusion(p, t, k),
                    "every picture is counted twice, once for each order of its two classes.",
                ),
                Mistake(
                    "classes-that-occur",
                    lambda t, p, k: confusion(t, p, max([*t, *p]) + 1),
                    "a class that no picture shows still has its row and its column: does the code "
                    "use `classes`?",
                ),
            ],
            otherwise=f"take five pictures and fill the matrix in by hand. {_PROJECT}",
        )
    ]


@question("project-recall", objectives=(14,), bloom="apply")
def project_recall() -> Sequence[Part]:
    """How much of each class was found."""
    rng = np.random.default_rng(15)
    cases = [Case((rng.integers(1, 30, (k, k)),), "general") for k in (3, 5, 2)]

    def precision(counts):
        return recalls(np.asarray(counts).T)

    cases.append(Case((np.array([[4, 1, 0], [0, 0, 0], [2, 2, 6]]),), "edge"))
    cases.append(Case((np.array([[0, 3], [0, 5]]),), "edge"))
    return [
        Function(
            name="project_recalls",
            cases=cases,
            reference=recalls,
            groups={"general": 1.5, "edge": 0.5},
            mistakes=[
                Mistake(
                    "precision-for-recall",
                    precision,
                    "this divides by how often a class was *said*; recall asks how many of its "
                    "pictures were found.",
                ),
                Mistake(
                    "divides-by-everything",
                    lambda counts: np.diag(counts) / counts.sum(),
                    "each class is divided by the number of its own pictures.",
                ),
                Mistake(
                    "accuracy-for-recall",
                    lambda counts: np.trace(counts) / counts.sum(),
                    "this is the accuracy over all classes; recall has a number for each.",
                ),
                Mistake(
                    "one-for-nothing",
                    lambda counts: recalls(counts) + (np.sum(counts, axis=1) == 0),
                    "what does the question want for a class without pictures?",
                ),
                Mistake(
                    "skips-empty-classes",
                    lambda counts: recalls(counts)[np.sum(counts, axis=1) > 0],
                    "a class without pictures keeps its place in the result.",
                ),
                Mistake(
                    "missed-for-found",
                    lambda counts: 1 - recalls(counts),
                    f"this is the share that was missed. {_PROJECT}",
                ),
                Mistake(
                    "largest-for-diagonal",
                    lambda counts: np.max(counts, axis=1) / np.sum(counts, axis=1).clip(1),
                    "the largest number of a row may be a mistake: where do the right ones stand?",
                ),
                Mistake(
                    "right-to-wrong",
                    lambda counts: (
                        np.diag(counts) / (np.sum(counts, axis=1) - np.diag(counts)).clip(1)
                    ),
                    "this is right to wrong; recall is right to *all* pictures of the class.",
                ),
                Mistake(
                    "counts-for-shares",
                    np.diag,
                    "these are counts; recall is a share of the class's own pictures.",
                ),
                Mistake(
                    "percent-for-share",
                    lambda counts: 100 * recalls(counts),
                    "this is in percent; a share lies between 0 and 1.",
                ),
                Mistake(
                    "whole-number-division",
                    lambda counts: recalls(counts) // 1,
                    "the fractions are cut off: `//` divides to a whole number.",
                ),
                Mistake(
                    "rounds-too-early",
                    lambda counts: np.round(recalls(counts), 2),
                    "don't round inside the function: others go on calculating with the result.",
                ),
            ],
            otherwise="take one row by itself: how many pictures has this class, and how many of "
            f"them were called by its name? {_PROJECT}",
        ),
    ]
