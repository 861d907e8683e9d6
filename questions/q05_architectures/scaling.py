"""Exercise 20: what compound scaling costs."""

from collections.abc import Sequence

from autograder.handin import forms
from autograder.marking import Case, Function, Mistake, Number, Part, Statements, question
from questions.mistakes import COUNT
from questions.pages import section_link

_SCALING = section_link("9.3")

ALPHA, BETA, GAMMA = 1.2, 1.1, 1.15


def flops_factor(depth, width, resolution):
    """FLOPs grow with depth, with width twice (in and out), with both sides of the picture."""
    return depth * width**2 * resolution**2


@question("ex20", objectives=(6,), bloom="analyse")
def ex20() -> Sequence[Part]:
    """What compound scaling costs."""
    return [
        Number(
            name="ex20_growth",
            key=flops_factor(ALPHA, BETA, GAMMA),
            points=1,
            read=forms.number,
            tolerance=0.005,
            mistakes=[
                Mistake(
                    "width-counted-once",
                    ALPHA * BETA * GAMMA**2,
                    f"a wider layer reads more channels *and* writes more. {_SCALING}",
                ),
                Mistake(
                    "resolution-counted-once",
                    ALPHA * BETA**2 * GAMMA,
                    f"a larger picture is higher *and* wider. {_SCALING}",
                ),
                Mistake(
                    "no-squares",
                    ALPHA * BETA * GAMMA,
                    f"not all three factors act on the FLOPs only once. {_SCALING}",
                ),
                Mistake(
                    "sum-for-product",
                    ALPHA + BETA**2 + GAMMA**2,
                    "the three factors act on the same count: they multiply.",
                ),
                Mistake(
                    "sum-for-product",
                    ALPHA + BETA + GAMMA,
                    "the three factors act on the same count: they multiply.",
                ),
                Mistake(
                    "squares-depth",
                    (ALPHA * BETA * GAMMA) ** 2,
                    f"twice as many layers cost twice as much. {_SCALING}",
                ),
                Mistake(
                    "rule-of-thumb",
                    2.0,
                    "this is the aim that the constants were chosen for; work out what they give.",
                ),
            ],
            otherwise="work out the FLOPs of one layer with letters, and see how often each "
            f"factor enters. {_SCALING}",
        ),
        _factor(),
    ]


def _factor() -> Function:
    """The growth as a function of the three factors."""
    cases = [
        Case(args)
        for args in [
            (2, 1, 1),
            (1, 2, 1),
            (1, 1, 2),
            (1, 1, 1),
            (1.5, 1.25, 1.1),
            (0.5, 2, 3),
            (3, 0.7, 1.3),
            (ALPHA, BETA, GAMMA),
        ]
    ]
    return Function(
        name="ex20_flops_factor",
        cases=cases,
        reference=flops_factor,
        groups={"": 2},
        read=forms.number,
        rtol=1e-6,
        atol=0,
        mistakes=[
            Mistake(
                "width-counted-once",
                lambda d, w, r: d * w * r * r,
                f"a wider layer reads more channels *and* writes more. {_SCALING}",
            ),
            Mistake(
                "resolution-counted-once",
                lambda d, w, r: d * w * w * r,
                f"a larger picture is higher *and* wider. {_SCALING}",
            ),
            Mistake(
                "no-squares",
                lambda d, w, r: d * w * r,
                f"not all three factors act on the FLOPs only once. {_SCALING}",
            ),
            Mistake(
                "squares-depth",
                lambda d, w, r: (d * w * r) ** 2,
                f"twice as many layers cost twice as much. {_SCALING}",
            ),
            Mistake(
                "sum-for-product",
                lambda d, w, r: d + w * w + r * r,
                "the three factors act on the same count: they multiply.",
            ),
            Mistake(
                "forgot-resolution",
                lambda d, w, r: d * w * w,
                "this is how the *parameters* grow. At how many positions does a filter work?",
            ),
            Mistake(
                "forgot-depth", lambda d, w, r: w * w * r * r, f"where is the depth? {_SCALING}"
            ),
        ],
        otherwise=f"double one of the three at a time and count what one layer costs. {_SCALING}",
    )


@question("ex20-choice", objectives=(6,), bloom="understand")
def ex20_choice() -> Sequence[Part]:
    """What is special about compound scaling."""
    return [
        Statements(
            name="ex20_true",
            true="acde",
            points=2,
            idea=f"what each of the three factors changes, and what it leaves alone. {_SCALING}",
            why={
                "a": f"what stands in the exponent of all three factors? {_SCALING}",
                "b": f"what stands in the exponent of all three factors? {_SCALING}",
                "c": f"does the hundredth extra layer help as much as the tenth did? {_SCALING}",
                "d": "compare what the constants give with a round number.",
                "e": f"does a filter become larger when the picture does? {COUNT}",
            },
            slugs={"b": "scaling-is-depth", "e": "resolution-adds-parameters"},
        )
    ]
