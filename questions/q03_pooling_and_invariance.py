"""Checkers of the third notebook: pooling, global pooling, what moves and what stays."""

import numpy as np

from autograder.handin import forms
from autograder.jail.student import StudentError
from autograder.marking.question import question
from autograder.marking.sheet import (
    Case,
    Mistake,
    Sheet,
    agree,
    explain,
    given,
    mark_function,
    mark_number,
    mark_statements,
    mark_untouched,
)
from convbook import shapes
from questions.pages import look

ASSIGNMENT = "03-pooling-and-invariance"

#: What the notebook could be answered with: not for students' code while it is marked.
#: Pooling is what is asked for, and image libraries pool.
ADMITS = ("numpy",)
HIDES = ("convbook.shapes", "convbook.nn")

FEATURE_MAP = np.array([[1, 3, 2, 4], [0, 2, 1, 3], [5, 1, 2, 6], [3, 0, 0, 1]])

_POOL = look("4.5", "PoolingLab", numbers=[[2, 1, 0, 3], [4, 1, 5, 2], [0, 6, 1, 1], [2, 2, 3, 0]])
_MOVE = look(
    "4.5",
    "PoolingLab",
    numbers=[[2, 1, 0, 3], [4, 1, 5, 2], [0, 6, 1, 1], [2, 2, 3, 0]],
    shift_right=1,
)
_COUNT = look("5.3")


def pool(x, size=2, stride=None, reduce=np.mean):
    """Pool the last two axes of an array, by definition."""
    stride = stride or size
    x = np.asarray(x, dtype=np.float64)
    rows = shapes.pool_output_size(x.shape[-2], size, stride)
    columns = shapes.pool_output_size(x.shape[-1], size, stride)
    out = np.empty((*x.shape[:-2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[..., i * stride : i * stride + size, j * stride : j * stride + size]
            out[..., i, j] = reduce(window, axis=(-2, -1))
    return out


# --- exercise 6 ----------------------------------------------------------------------------------


@question("ex06", points=2, objectives=(4,), bloom="apply")
def ex06(student):
    """Max and average pooling on paper."""
    sheet = Sheet(2)
    top, mean = pool(FEATURE_MAP, reduce=np.max), pool(FEATURE_MAP)
    for name, key, mistakes in [
        (
            "ex06_max",
            top,
            [
                Mistake("average-for-max", mean, "this is the mean of each window."),
                Mistake(
                    "max-for-min", pool(FEATURE_MAP, reduce=np.min), "this is the smallest number."
                ),
            ],
        ),
        (
            "ex06_average",
            mean,
            [
                Mistake("max-for-average", top, "this is the largest number of each window."),
                Mistake(
                    "sum-for-mean",
                    pool(FEATURE_MAP, reduce=np.sum),
                    "this is the sum of each window: by what is it divided?",
                ),
                Mistake(
                    "whole-number-division", mean // 1, "the fractions are cut off: keep them."
                ),
                Mistake(
                    "median-for-mean", pool(FEATURE_MAP, reduce=np.median), "this is the median."
                ),
            ],
        ),
    ]:
        _mark_map(sheet, student, name, key, mistakes)
    return sheet.verdict()


def _mark_map(sheet, student, name, key, mistakes):
    with sheet.part():
        found = forms.array(given(student, name), name, key.shape)
        right = np.isclose(found, key, rtol=0, atol=1e-6)
        if right.all():
            sheet.earn(1)
            return

        def made(wrong):
            return np.allclose(found, wrong, rtol=0, atol=1e-6)

        if explain(sheet, f"`{name}`", mistakes, made, link=_POOL):
            return
        sheet.earn(right.mean())
        sheet.say(
            f"`{name}`: the four windows don't overlap: each holds four numbers of the map. "
            f"Look at each of them again. {_POOL}"
        )


_COMPARE = {
    "a": (
        "max",
        "which input of a window decides its largest number? Only that one can get a gradient.",
    ),
    "b": ("average", "the mean depends on every input of the window by the same amount."),
    "c": ("both", "is there anything to learn in a maximum, or in a mean?"),
    "d": ("average", "ResNet ends with global pooling: by its name, of which kind?"),
    "e": ("max", "what does the mean make of one large number among small ones?"),
    "f": ("average", "of several noisy values, one kind picks the one that the noise raised most."),
}


@question("ex06-compare", points=3, objectives=(4,), bloom="understand")
def ex06_compare(student):
    """Which kind of pooling is meant."""
    sheet = Sheet(3)
    name = "ex06_compare"
    with sheet.part():
        entries = forms.table(given(student, name), name, _COMPARE)
        found = _words(sheet, name, entries, ("max", "average", "both"))
        if len(set(found.values())) == 1 and len(found) == len(_COMPARE):
            sheet.say(f"`{name}`: the same word everywhere can't be marked.")
            return sheet.verdict()
        for letter, (key, why) in _COMPARE.items():
            if found.get(letter) == key:
                sheet.earn(0.5)
            elif letter in found:
                sheet.say(f"`{name}`: {why} {_POOL}")
    return sheet.verdict()


def _words(sheet, name, entries, choices):
    """Read the words of a table one by one; what is missing or no word of the choices is said."""
    found = {}
    for letter, entry in entries.items():
        with sheet.part():
            if entry is None:
                raise forms.WrongForm(f'`{name}["{letter}"]`: there is no answer yet.')
            found[letter] = forms.word(entry, f'{name}["{letter}"]', choices)
    return found


# --- exercise 14 ---------------------------------------------------------------------------------


def _pool_cases():
    """Settings and inputs, by what they try."""
    rng = np.random.default_rng(14)
    normal = rng.normal
    cases = {
        "example": [
            ((2, 2), FEATURE_MAP[None, None].astype(float)),
            ((2,), normal(size=(2, 3, 8, 8))),
        ],
        "sizes": [
            ((2,), normal(size=(1, 2, 7, 7))),
            ((2,), normal(size=(2, 1, 6, 10))),
            ((2,), normal(size=(2, 2, 9, 4))),
            ((3,), normal(size=(1, 2, 7, 11))),
            ((1,), normal(size=(2, 3, 4, 5))),
            ((5,), normal(size=(2, 2, 5, 5))),
            ((), normal(size=(1, 1, 5, 6))),
        ],
        "stride": [
            ((3, 2), normal(size=(2, 2, 9, 7))),
            ((2, 1), normal(size=(1, 3, 5, 6))),
            ((2, 3), normal(size=(2, 2, 8, 11))),
            ((3, 1), normal(size=(1, 1, 3, 8))),
        ],
        "care": [
            ((2,), rng.integers(0, 256, (2, 2, 6, 6))),
            ((2,), rng.integers(-9, 10, (1, 2, 5, 4))),
            ((2, 2), (normal(size=(2, 2, 4, 6)) * 100).astype(np.float32)),
        ],
    }
    return [(group, *case) for group, several in cases.items() for case in several]


#: Faulty versions of the layer, and what to say to their authors.
_POOL_MISTAKES = [
    Mistake(
        "max-for-average",
        lambda x, size=2, stride=None: pool(x, size, stride, np.max),
        "this takes the largest number of each window, not the mean.",
    ),
    Mistake(
        "sum-for-mean",
        lambda x, size=2, stride=None: pool(x, size, stride, np.sum),
        "this is the sum of each window; by what is it divided?",
    ),
    Mistake(
        "ignores-stride",
        lambda x, size=2, stride=None: pool(x, size, size),
        "the windows always lie side by side: does the code use `stride`?",
    ),
    Mistake(
        "stride-always-two",
        lambda x, size=2, stride=None: pool(x, size, 2),
        "the windows always start two pixels apart. What does `stride=None` stand for?",
    ),
    Mistake(
        "stride-none-is-one",
        lambda x, size=2, stride=None: pool(x, size, stride or 1),
        "what does `stride=None` stand for?",
    ),
    Mistake(
        "averages-over-batch",
        lambda x, size=2, stride=None: np.broadcast_to(
            pool(x, size, stride).mean(0), pool(x, size, stride).shape
        ),
        "the pictures of a batch are mixed: average over the window's two axes only.",
    ),
    Mistake(
        "averages-over-channels",
        lambda x, size=2, stride=None: np.broadcast_to(
            pool(x, size, stride).mean(1, keepdims=True), pool(x, size, stride).shape
        ),
        "the channels are mixed: average over the window's two axes only.",
    ),
    Mistake(
        "whole-number-division",
        lambda x, size=2, stride=None: (
            np.trunc(pool(x, size, stride))
            if np.issubdtype(np.asarray(x).dtype, np.integer)
            else pool(x, size, stride)
        ),
        "for an input of whole numbers the fractions are cut off: of what type is the result?",
    ),
    Mistake(
        "whole-number-division",
        lambda x, size=2, stride=None: (
            np.floor(pool(x, size, stride))
            if np.issubdtype(np.asarray(x).dtype, np.integer)
            else pool(x, size, stride)
        ),
        "for an input of whole numbers the fractions are cut off: of what type is the result?",
    ),
    Mistake(
        "divides-by-four",
        lambda x, size=2, stride=None: pool(x, size, stride, np.sum) / 4,
        "the divisor is that of a 2×2 window; what is it for another size?",
    ),
]


@question("ex14", points=6, objectives=(4, 13), bloom="create")
def ex14(student):
    """Average pooling as a class."""
    sheet = Sheet(6)
    name = "AvgPool2D"
    with sheet.part():
        cases = _pool_cases()
        results, errors = _try_layer(student, name, cases)
        right = [
            result is not None and agree(result, pool(x, *setting), 1e-5, 1e-6)
            for result, (_, setting, x) in zip(results, cases, strict=True)
        ]
        points = {"example": 2, "sizes": 1.5, "stride": 1, "care": 0.5}
        for group, worth in points.items():
            if all(ok for ok, case in zip(right, cases, strict=True) if case[0] == group):
                sheet.earn(worth)
        if not all(right):
            _explain_layer(sheet, name, cases, results, errors, right)
        elif _layer_keeps_state(sheet, student, name):
            sheet.earn(1)
    return sheet.verdict()


def _try_layer(student, name, cases):
    results, errors = [], []
    student.create(name)  # a missing or a failing class ends the question here, with its reason
    for _, setting, x in cases:
        try:
            value = student.create(name, *setting).call("forward", x)
            if value is None:
                raise forms.WrongForm(f"`{name}.forward` returns nothing yet.")
            results.append(forms.array(value, f"{name}.forward"))
        except (StudentError, forms.WrongForm) as error:
            results.append(None)
            errors.append(str(error))
    return results, errors


def _explain_layer(sheet, name, cases, results, errors, right):
    def made(wrong):
        return all(
            result is not None and agree(result, wrong(x, *setting), 1e-5, 1e-6)
            for result, (_, setting, x) in zip(results, cases, strict=True)
        )

    if explain(sheet, f"`{name}`", _POOL_MISTAKES, made, link=_POOL):
        return
    if errors:
        sheet.say(errors[0])
        return
    failed = {group for (group, *_), ok in zip(cases, right, strict=True) if not ok}
    if "example" not in failed and "sizes" in failed:
        sheet.say(
            f"`{name}`: not every size works: try maps that are not square, an odd side, and "
            f"other window sizes. Count the windows that fit. {_POOL}",
            "square-or-even-only",
        )
    elif failed == {"stride"}:
        sheet.say(f"`{name}`: windows that overlap, or leave gaps, come out wrong. {_POOL}")
    elif failed == {"care"}:
        sheet.say(f"`{name}`: try an input of whole numbers, and one of 32-bit floats.")
    else:
        sheet.say(f"`{name}`: work the map of exercise 6 out and compare window by window. {_POOL}")


def _layer_keeps_state(sheet, student, name) -> bool:
    """Look at what only shows with time: a second call, and what became of the input."""
    rng = np.random.default_rng(6)
    first, second = rng.normal(size=(1, 2, 4, 6)), rng.normal(size=(2, 1, 6, 4))
    layer = student.create(name)
    layer.call("forward", first)
    again = [forms.array(layer.call("forward", second), f"{name}.forward") for _ in range(2)]
    if not all(agree(result, pool(second), 1e-5, 1e-6) for result in again):
        sheet.say(f"`{name}`: a later call of `forward` remembers an earlier one.", "keeps-state")
        return False
    held = student.hold(second)
    layer.call("forward", held)
    if not np.array_equal(held.value(), second):
        sheet.say(f"`{name}`: `forward` changes the array that it is given.", "damages-input")
        return False
    return True


# --- exercise 17 ---------------------------------------------------------------------------------


@question("ex17", points=4, objectives=(4, 6), bloom="analyse")
def ex17(student):
    """Global average pooling against flatten and dense."""
    sheet = Sheet(4)
    channels, side, units = 512, 7, 4096
    inputs = channels * side * side
    flatten, last = shapes.dense_parameters(inputs, units), shapes.dense_parameters(1024, 1000)
    pooled = "the pooling makes one number of each whole map. "
    for name, key, mistakes, otherwise in [
        (
            "ex17_gap_length",
            channels,
            [
                Mistake("flatten-for-gap", inputs, f"this is every number of the maps. {_POOL}"),
                Mistake(
                    "averages-over-channels",
                    side * side,
                    f"this averages over the channels; {pooled}{_POOL}",
                ),
                Mistake("averages-over-everything", 1, f"not everything is averaged: {pooled}"),
            ],
            f"{pooled}{_POOL}",
        ),
        (
            "ex17_gap_parameters",
            0,
            [
                Mistake(
                    "counts-outputs",
                    channels,
                    "these are its outputs. What does a mean have to learn?",
                ),
            ],
            "what does a mean have to learn?",
        ),
        (
            "ex17_flatten_parameters",
            flatten,
            [
                Mistake(
                    "forgot-bias",
                    inputs * units,
                    "this counts weights only: is there "
                    f"something else that every unit has? {_COUNT}",
                ),
                Mistake(
                    "forgot-flatten",
                    shapes.dense_parameters(channels, units),
                    "the dense layer reads every number of the maps, not one a channel.",
                ),
                Mistake(
                    "forgot-flatten",
                    channels * units,
                    "the dense layer reads every number of the maps, not one a channel.",
                ),
                Mistake(
                    "bias-per-input",
                    inputs * (units + 1),
                    f"a bias belongs to a unit, not to an input. {_COUNT}",
                ),
            ],
            f"count the inputs first: all numbers of all maps. {_COUNT}",
        ),
        (
            "ex17_classifier_parameters",
            last,
            [
                Mistake(
                    "forgot-bias",
                    1024 * 1000,
                    "this counts weights only: is there something "
                    f"else that every unit has? {_COUNT}",
                ),
                Mistake("bias-per-input", 1024 * 1001, f"a bias belongs to a unit. {_COUNT}"),
                Mistake(
                    "gap-removes-everything",
                    0,
                    f"the pooling has no parameters, but a dense layer still follows it. {_COUNT}",
                ),
            ],
            f"each unit has a weight for every input, and a bias. {_COUNT}",
        ),
    ]:
        with sheet.part():
            found = forms.whole_number(given(student, name), name)
            mark_number(sheet, found, key, 1, name=name, mistakes=mistakes, otherwise=otherwise)
    return sheet.verdict()


def global_average(x):
    """Mean over height and width."""
    return np.asarray(x, dtype=np.float64).mean(axis=(2, 3))


@question("ex17-function", points=2, objectives=(4,), bloom="apply")
def ex17_function(student):
    """Global average pooling as code."""
    sheet = Sheet(2)
    name = "ex17_global_average"
    rng = np.random.default_rng(17)
    cases = [
        Case((rng.normal(size=(2, 3, 4, 5)),), "shapes"),
        Case((rng.normal(size=(5, 2, 7, 3)),), "shapes"),
        Case((rng.normal(size=(1, 6, 1, 1)),), "shapes"),
        Case((rng.normal(size=(3, 1, 2, 9)),), "shapes"),
        Case((rng.normal(size=(3, 3, 3, 3)),), "values"),
        Case((rng.integers(0, 256, (2, 4, 3, 5)),), "values"),
        Case((rng.integers(-5, 5, (4, 2, 6, 3)),), "values"),
        Case((1000 + rng.normal(size=(2, 2, 31, 17)).astype(np.float32),), "values"),
    ]
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            global_average,
            {"shapes": 1, "values": 1},
            rtol=1e-5,
            mistakes=[
                Mistake(
                    "max-for-average",
                    lambda x: x.max((2, 3)),
                    "this is the largest number of each map, not the mean.",
                ),
                Mistake(
                    "sum-for-mean",
                    lambda x: x.sum((2, 3), dtype=float),
                    "this is the sum of each map.",
                ),
                Mistake(
                    "averages-over-channels",
                    lambda x: x.mean((1, 2)),
                    "the wrong axes are "
                    f"averaged: which are height and width in (N, C, H, W)? {_POOL}",
                ),
                Mistake(
                    "channels-last",
                    lambda x: x.mean((0, 1)),
                    "the wrong axes are averaged: "
                    f"which are height and width in (N, C, H, W)? {_POOL}",
                ),
                Mistake(
                    "averages-over-everything",
                    lambda x: x.mean(),
                    "everything is averaged into one number; each map gives its own.",
                ),
                Mistake(
                    "keeps-axes",
                    lambda x: x.mean((2, 3), keepdims=True),
                    "the numbers are "
                    "right, but height and width still stand there as axes of length 1.",
                ),
                Mistake(
                    "averages-over-batch",
                    lambda x: x.mean((0, 2, 3)),
                    "the pictures of a batch are mixed: each keeps its own numbers.",
                ),
                Mistake("one-side", lambda x: x.mean(3), "this averages each row only."),
            ],
            otherwise=f"compare with one map that you average by hand. {_POOL}",
        )
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


# --- exercise 24 ---------------------------------------------------------------------------------


@question("ex24", points=3, objectives=(1, 4), bloom="understand")
def ex24(student):
    """Equivariance and invariance told apart."""
    sheet = Sheet(3)
    name = "ex24_true"
    with sheet.part():
        mark_statements(
            sheet,
            forms.chosen(given(student, name), name, "abcdef"),
            "acf",
            "abcdef",
            3,
            name=name,
            why={
                "a": "the same filter looks everywhere: what happens to its response when the "
                f"object moves? {_MOVE}",
                "b": "a map says *where* something is. Can it stay as it was when that moves? "
                f"{_MOVE}",
                "c": f"does a mean over the whole map know where a response stood? {_MOVE}",
                "d": "move a picture by one pixel and look at the pooled map: some windows now "
                f"hold other numbers. {_MOVE}",
                "e": "with stride 2, windows start at every second pixel. Where is a window that "
                f"starts one pixel further on? {look('4.4')}",
                "f": f"what do shifted pictures with the same label teach? {look('4.11')}",
            },
            misconceptions={
                "b": "equivariance-is-invariance",
                "d": "pooling-is-exactly-invariant",
                "e": "stride-keeps-equivariance",
            },
        )
    return sheet.verdict()


def same_map(image, kernel):
    """The notebook's helper: a stride-1 map with zero padding, as large as the image."""
    rows, columns = kernel.shape
    top, left = rows // 2, columns // 2
    padded = np.pad(image, ((top, rows - 1 - top), (left, columns - 1 - left)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def measure(image, kernel, shift):
    """Move, and compare: the map, the moved map, the mean."""
    before, after = same_map(image, kernel), same_map(np.roll(image, shift, axis=1), kernel)
    return (
        np.abs(after - before).mean(),
        np.abs(after - np.roll(before, shift, axis=1)).mean(),
        abs(after.mean() - before.mean()),
    )


@question("ex24-measure", points=3, objectives=(1, 4), bloom="analyse")
def ex24_measure(student):
    """The shift test as an experiment."""
    sheet = Sheet(3)
    name = "ex24_measure"
    rng = np.random.default_rng(24)
    cases = [
        Case((rng.normal(size=size), rng.normal(size=kernel), shift))
        for size, kernel, shift in [
            ((8, 10), (3, 3), 2),
            ((6, 9), (5, 5), 3),
            ((7, 7), (3, 3), 1),
            ((12, 5), (3, 3), 4),
            ((9, 8), (3, 3), -2),
        ]
    ]
    with sheet.part():
        answers = []
        for case in cases:
            value = student.call(name, *case.args)
            if value is None:
                raise forms.WrongForm(f"`{name}` returns nothing yet. Does it end with `return`?")
            answers.append(forms.array(value, name, (3,)))
        keys = [np.array(measure(*case.args)) for case in cases]
        right = np.all(
            [np.isclose(a, k, 1e-4, 1e-6) for a, k in zip(answers, keys, strict=True)], 0
        )
        sheet.earn(float(right.sum()))
        for position, ok in enumerate(right):
            if not ok:
                _explain_measure(sheet, name, position, cases, answers)
        if right.all():
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


def _measured_otherwise(image, kernel, shift, axis=1, mean=np.mean, back=False, moved=True):
    before = same_map(image, kernel)
    after = same_map(np.roll(image, shift, axis=axis), kernel)
    rolled = np.roll(before, -shift if back else shift, axis=axis)
    if not moved:
        after = before
    return (
        mean(np.abs(after - before)),
        mean(np.abs(after - rolled)),
        abs(after.mean() - before.mean()),
    )


#: Other measurements than the one that is asked for; each may be made in any of the three numbers.
_MEASURE_MISTAKES = [
    Mistake(
        "wrong-axis", {"axis": 0}, "the picture moves down, not to the right: which axis is it?"
    ),
    Mistake("max-for-mean", {"mean": np.max}, "this is the largest difference, not the mean one."),
    Mistake("sum-for-mean", {"mean": np.sum}, "this is the sum of the differences, not the mean."),
    Mistake(
        "rolls-back", {"back": True}, "the image's map is rolled the other way than the image."
    ),
    Mistake("image-never-moved", {"moved": False}, "this compares maps of the same image."),
]


def _explain_measure(sheet, name, position, cases, answers):
    found = [answer[position] for answer in answers]

    def made(options):
        wrong = [_measured_otherwise(*case.args, **options)[position] for case in cases]
        return np.allclose(found, wrong, 1e-4, 1e-6)

    where = f"`{name}`, number {position + 1}"
    if not explain(sheet, where, _MEASURE_MISTAKES, made):
        sheet.say(
            f"{where}: this isn't what the question describes. Take its sentence apart and write "
            f"one line of code for each half. {_MOVE}"
        )


# --- the shuffle test ----------------------------------------------------------------------------


def shuffle_pixels(images, permutation):
    """Put the pixels of every picture into one other order."""
    return images.reshape(len(images), -1)[:, permutation].reshape(images.shape)


def _inverse(permutation):
    return np.argsort(permutation)


@question("added-shuffle", points=5, objectives=(1,), bloom="evaluate")
def added_shuffle(student):
    """Who minds when the pixels of all pictures are put into another order?"""
    sheet = Sheet(5)
    rng = np.random.default_rng(1)
    _mark_shuffle(sheet, student, rng)
    _mark_rearranged(sheet, student, rng)
    name = "added_shuffle_true"
    with sheet.part():
        mark_statements(
            sheet,
            forms.chosen(given(student, name), name, "abcd"),
            "abd",
            "abcd",
            1,
            name=name,
            why={
                "a": "you have just written down the weights that prove it or disprove it. "
                f"{look('10')}",
                "b": f"what does a 3×3 window hold after shuffling? {look('10')}",
                "c": "is anything lost that the inverse permutation could not bring back? "
                f"{look('10')}",
                "d": f"what does one shared filter assume about positions? {look('4.2')}",
            },
            misconceptions={"c": "shuffling-loses-information"},
        )
    return sheet.verdict()


def _mark_shuffle(sheet, student, rng):
    name = "added_shuffle_pixels"
    cases = []
    for shape in [(3, 4, 5), (1, 2, 3), (4, 6, 2), (2, 5, 5)]:
        permutation = rng.permutation(shape[1] * shape[2])
        cases.append(Case((rng.normal(size=shape), permutation), "all"))
    cases.append(
        Case((rng.integers(0, 256, (2, 3, 4)).astype(np.uint8), rng.permutation(12)), "all")
    )
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            shuffle_pixels,
            {"all": 2},
            mistakes=[
                Mistake(
                    "inverse-permutation",
                    lambda x, p: shuffle_pixels(x, _inverse(p)),
                    "this is the way back: the new picture at place i holds the old pixel "
                    "`permutation[i]`.",
                ),
                Mistake(
                    "keeps-flat",
                    lambda x, p: x.reshape(len(x), -1)[:, p],
                    "the pixels are right, but the pictures have lost their shape.",
                ),
                Mistake("nothing-moved", lambda x, p: x, "nothing has moved."),
                Mistake(
                    "mixes-pictures",
                    lambda x, p: x.reshape(-1)[np.concatenate([p] * len(x))].reshape(x.shape),
                    "the pixels of the first picture end up in every one.",
                ),
            ],
            otherwise="flatten each picture, take its pixels in the order of `permutation`, and "
            "give the picture its shape back.",
        )
        if done:
            mark_untouched(sheet, student, name, cases[0].args)


def _mark_rearranged(sheet, student, rng):
    name = "added_shuffle_weights"
    cases = [
        Case((rng.normal(size=(pixels, units)), rng.permutation(pixels)), "all")
        for pixels, units in [(12, 3), (20, 5), (6, 6), (9, 1)]
    ]
    cases.append(Case((rng.integers(-5, 6, (10, 4)), rng.permutation(10)), "all"))
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            lambda weights, permutation: np.asarray(weights)[permutation],
            {"all": 2},
            mistakes=[
                Mistake(
                    "inverse-permutation",
                    lambda w, p: w[_inverse(p)],
                    "this is the other direction: the pixel that now stands at place i came from "
                    "`permutation[i]`, and its weight must come along.",
                ),
                Mistake(
                    "nothing-moved",
                    lambda w, p: w,
                    "the weights are as they were: which pixel does each row now meet?",
                ),
                Mistake(
                    "transposed",
                    lambda w, p: w[p].T,
                    "the rows are right, but the array is turned on its side.",
                ),
            ],
            otherwise="each row of `weights` belongs to one pixel and has to follow it to its new "
            "place. Try it with three pixels.",
        )
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
