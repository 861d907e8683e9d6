"""Exercise 25: the padding that keeps a size, at stride 1 and for every stride."""

import random
from collections.abc import Sequence

from autograder.handin import forms
from autograder.marking import (
    Case,
    Function,
    Mistake,
    Part,
    Statements,
    question,
)
from convbook import shapes
from questions.mistakes import COUNT
from questions.pages import section_link

_SAME = section_link(
    "4.4", "OutputSizeCalculator", input_size=10, kernel_size=3, stride=3, padding_mode="same"
)


# --- exercise 25 ---------------------------------------------------------------------------------


@question("ex25-reasons", objectives=(2,), bloom="understand")
def ex25_reasons() -> Sequence[Part]:
    """Why "same" padding is common."""
    return [
        Statements(
            name="ex25_reasons",
            true="bce",
            points=2,
            idea="what padding changes (sizes, corners, edges), and what not. "
            f"{section_link('4.4')}",
            why={
                "a": f"does padding stand in the rule for the number of parameters? {COUNT}",
                "b": "how large would a map be after twenty 3×3 layers without padding? "
                f"{section_link('4.4')}",
                "c": "in how many windows does a corner pixel stand with and without padding? "
                f"{section_link('4.4')}",
                "d": "what does an edge filter see where the picture ends and the zeros begin? "
                f"{section_link('4.3', 'KernelLab', preset='sobel-x', padding=1)}",
                "e": f"what must hold for two arrays to be added? {section_link('4.9')}",
            },
            slugs={"a": "padding-has-parameters", "d": "zero-padding-is-neutral"},
        )
    ]


@question("ex25-symmetric", objectives=(2,), bloom="apply")
def ex25_symmetric() -> Sequence[Part]:
    """The padding that keeps the size at stride 1."""
    kernels = range(1, 12, 2)
    cases = [Case((kernel,), "plain") for kernel in kernels]
    cases += [Case((kernel, d), "dilated") for kernel in kernels for d in (1, 2, 3, 4)]
    cases += [Case((5,), "dilated", {"dilation": 3})]
    return [
        Function(
            name="ex25_symmetric",
            cases=cases,
            reference=shapes.symmetric_same_padding,
            groups={"plain": 0.5, "dilated": 0.5},
            read=forms.whole_number,
            mistakes=[
                Mistake(
                    "ignores-dilation",
                    lambda f, dilation=1: (f - 1) // 2,
                    "this is right without dilation. How far apart are the outermost taps of a "
                    f"dilated kernel? {section_link('5.2')}",
                ),
                Mistake(
                    "total-for-one-side",
                    lambda f, dilation=1: dilation * (f - 1),
                    "this is the padding of both sides together.",
                ),
                Mistake(
                    "half-the-kernel",
                    lambda f, dilation=1: (f + 1) // 2,
                    "this is a pixel too many: try a 1×1 kernel, which needs none.",
                ),
                Mistake(
                    "dilates-the-kernel",
                    lambda f, dilation=1: (f * dilation - 1) // 2,
                    "dilation spreads the gaps between the taps, not the taps themselves: of 3 "
                    "taps there are 2 gaps.",
                ),
            ],
            otherwise="set the output size equal to the input size in the formula for stride 1 "
            f"and solve for the padding. {section_link('5.2')}",
        )
    ]


def _same_cases():
    worked = [(224, 7, 2), (224, 3, 2), (32, 5, 3), (10, 4, 3), (28, 5, 2), (64, 7, 4)]
    odd_total = [args for args in worked if sum(shapes.pad_amounts(*args, "same")) % 2]
    even_total = [(5, 3, 1), (9, 5, 1), (7, 3, 2), (16, 7, 1), (15, 5, 2), (31, 3, 3)]
    even_kernel = [(5, 2, 1), (7, 4, 1), (12, 6, 1)]
    nothing = [(6, 1, 1), (10, 2, 3), (9, 1, 4), (20, 3, 5), (8, 2, 2), (7, 1, 2), (11, 2, 5)]
    cases = [Case(args, "odd") for args in odd_total + even_kernel]
    cases += [Case(args, "even") for args in even_total]
    cases += [Case(args[:2], "even") for args in even_total if args[2] == 1]
    cases += [Case(args[:2], "odd", {"stride": args[2]}) for args in odd_total[:2]]
    cases += [Case(args, "none") for args in nothing]
    rng = random.Random(25)
    for _ in range(40):
        args = (rng.randint(1, 60), rng.randint(1, 9), rng.randint(1, 5))
        total = sum(shapes.pad_amounts(*args, "same"))
        cases.append(Case(args, "none" if total == 0 else "odd" if total % 2 else "even"))
    return cases


def same_padding(input_size, kernel_size, stride=1):
    """Keras's "same", from the book's own arithmetic."""
    return shapes.pad_amounts(input_size, kernel_size, stride, "same")


def _same_total(input_size, kernel_size, stride):
    return (-(-input_size // stride) - 1) * stride + kernel_size - input_size


def _split(total):
    return (total // 2, total - total // 2)


@question("ex25-same", objectives=(2,), bloom="apply")
def ex25_same() -> Sequence[Part]:
    """Keras's "same" for every kernel and stride."""
    return [
        Function(
            name="ex25_same",
            cases=_same_cases(),
            reference=same_padding,
            groups={"odd": 1, "even": 1, "none": 1},
            read=lambda value, name: forms.whole_numbers(value, name, 2),
            rtol=0,
            atol=0,
            mistakes=[
                Mistake(
                    "extra-at-the-start",
                    lambda w, f, stride=1: same_padding(w, f, stride)[::-1],
                    f"the extra zero of an odd number goes to the other end. {_SAME}",
                ),
                Mistake(
                    "stride-1-rule",
                    lambda w, f, stride=1: ((f - 1) // 2,) * 2,
                    "this rule holds for odd kernels at stride 1 only. Start from the number of "
                    f"outputs that Keras wants. {_SAME}",
                ),
                Mistake(
                    "stride-1-rule",
                    lambda w, f, stride=1: _split(f - 1),
                    "this rule holds at stride 1 only. Start from the number of outputs that "
                    f"Keras wants. {_SAME}",
                ),
                Mistake(
                    "floor-for-ceil",
                    lambda w, f, stride=1: _split(
                        max((max(w // stride, 1) - 1) * stride + f - w, 0)
                    ),
                    f"the number of outputs is rounded *up* here. {_SAME}",
                ),
                Mistake(
                    "negative-padding",
                    lambda w, f, stride=1: _split(_same_total(w, f, stride)),
                    "a padding can't be negative: where the windows already fit, none is needed.",
                ),
                Mistake(
                    "keeps-input-size",
                    lambda w, f, stride=1: _split((w - 1) * stride + f - w),
                    "this keeps the size of the input at every stride. Keras's rule asks for "
                    f"input ÷ stride outputs, rounded up. {_SAME}",
                ),
                Mistake(
                    "loses-the-extra",
                    lambda w, f, stride=1: (sum(same_padding(w, f, stride)) // 2,) * 2,
                    f"with an odd number of zeros, one is lost in the division. {_SAME}",
                ),
                Mistake(
                    "total-on-both-sides",
                    lambda w, f, stride=1: (sum(same_padding(w, f, stride)),) * 2,
                    "this puts all zeros on both sides; they are shared out.",
                ),
                Mistake(
                    "all-at-the-end",
                    lambda w, f, stride=1: (0, sum(same_padding(w, f, stride))),
                    "all zeros stand at the end; only an odd one goes there.",
                ),
            ],
            otherwise="in this order: how many outputs; where the last window then ends; how many "
            f"pixels are missing there; share them out. {_SAME}",
        )
    ]
