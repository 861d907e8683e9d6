"""Exercise 19: mathematical convolution, and what libraries compute."""

from collections.abc import Sequence

import numpy as np

from autograder.marking import Case, Function, Mistake, Part, Statements, Word, question
from questions.pages import section_link

_FLIP = section_link("5.1")


# --- exercise 19 ---------------------------------------------------------------------------------


def _windows(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(
        np.asarray(image, dtype=np.float64), np.shape(kernel)
    )


def correlate(image, kernel):
    """Cross-correlation at stride 1 without padding."""
    return np.einsum("ijkl,kl->ij", _windows(image, kernel), kernel)


def convolve(image, kernel):
    """Mathematical convolution at stride 1 without padding."""
    return correlate(image, np.asarray(kernel)[::-1, ::-1])


def _turned(slug, turn, message):
    """The kernel turned wrongly: before the windows are cut, or after, where it may not fit."""
    return [
        Mistake(slug, lambda x, k: correlate(x, turn(k)), message),
        Mistake(slug, lambda x, k: np.einsum("ijkl,kl->ij", _windows(x, k), turn(k)), message),
    ]


@question("ex19", objectives=(3,), bloom="apply")
def ex19() -> Sequence[Part]:
    """Mathematical convolution as code."""
    rng = np.random.default_rng(19)
    cases = [
        Case((rng.normal(size=image), rng.normal(size=kernel)), group)
        for image, kernel, group in [
            ((6, 6), (3, 3), "square"),
            ((5, 5), (5, 5), "square"),
            ((7, 7), (1, 1), "square"),
            ((5, 8), (3, 3), "other"),
            ((8, 5), (2, 4), "other"),
            ((6, 7), (1, 3), "other"),
            ((9, 4), (4, 2), "other"),
        ]
    ]
    whole = rng.integers(0, 256, (6, 5)), rng.integers(-3, 4, (3, 2))
    cases.append(Case(whole, "other"))
    cases.append(Case((rng.integers(0, 9, (4, 6)), rng.normal(size=(2, 3))), "other"))
    return [
        Function(
            name="ex19_convolve",
            cases=cases,
            reference=convolve,
            groups={"square": 2, "other": 2},
            rtol=1e-5,
            mistakes=[
                Mistake(
                    "flipped-kernel",
                    correlate,
                    "this is the cross-correlation. What does mathematics do to the kernel first? "
                    f"{_FLIP}",
                ),
                Mistake(
                    "flips-one-axis",
                    lambda x, k: correlate(x, k[::-1]),
                    f"the kernel is turned over on one axis only. {_FLIP}",
                ),
                Mistake(
                    "flips-one-axis",
                    lambda x, k: correlate(x, k[:, ::-1]),
                    f"the kernel is turned over on one axis only. {_FLIP}",
                ),
                *_turned(
                    "transposes-kernel",
                    np.transpose,
                    f"transposing isn't flipping: every entry goes to the opposite place. {_FLIP}",
                ),
                Mistake(
                    "flips-output",
                    lambda x, k: correlate(x, k)[::-1, ::-1],
                    "the result is turned round instead of the kernel.",
                ),
                *_turned(
                    "quarter-turn",
                    np.rot90,
                    "the kernel is turned by 90°; it has to be turned by twice that.",
                ),
                Mistake(
                    "full-for-valid",
                    lambda x, k: convolve(np.pad(x, [(n - 1, n - 1) for n in k.shape]), k),
                    "the picture has been padded: without padding the result is smaller.",
                ),
                Mistake(
                    "cuts-fractions",
                    lambda x, k: (
                        np.trunc(convolve(x, k))
                        if np.issubdtype(x.dtype, np.integer)
                        else convolve(x, k)
                    ),
                    "for a picture of whole numbers the fractions are cut off: of what type is "
                    "the result?",
                ),
            ],
            otherwise="try it with a kernel that has a single 1 in a corner, and look where the "
            f"picture goes. {_FLIP}",
        ),
    ]


_KERNELS = {
    "a": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "b": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "c": [[0, 0, 0], [0, 0, 1], [0, 0, 0]],
    "d": [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
    "e": [[1, 2, 0], [3, 5, 3], [0, 2, 1]],
}


@question("ex19-choice", objectives=(3,), bloom="analyse")
def ex19_choice() -> Sequence[Part]:
    """What libraries compute, and when it makes no difference."""
    kernels = {letter: np.array(kernel) for letter, kernel in _KERNELS.items()}
    same = [letter for letter, k in kernels.items() if np.array_equal(k, k[::-1, ::-1])]
    turn = f"turn the kernel by 180° on paper and compare. {_FLIP}"
    return [
        Statements(
            name="ex19_same",
            true="".join(same),
            points=2,
            idea=f"what half a turn does to each kernel. {_FLIP}",
            why={
                "a": turn,
                "b": f"mirrored left–right this kernel changes its sign; {turn}",
                "c": f"where does the 1 go? {turn}",
                "d": turn,
                "e": f"this kernel isn't the same when mirrored, but that isn't asked; {turn}",
            },
            slugs={"e": "mirror-for-half-turn"},
        ),
        Word(
            name="ex19_used",
            key="cross-correlation",
            choices=("convolution", "cross-correlation"),
            why={
                "convolution": "does a `Conv2D` layer turn its kernel round before it multiplies? "
                f"{section_link('4.2', 'KernelLab')}",
            },
            needs=("ex19_same",),
            slugs={"convolution": "libraries-convolve"},
        ),
    ]
