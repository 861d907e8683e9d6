"""Exercise 23 as code: preprocessing, a split without a leak, the order of the steps."""

import random
from collections.abc import Sequence

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Attempt,
    Case,
    Custom,
    Function,
    Mistake,
    Part,
    Student,
    StudentError,
    call_held,
    deduct_damage,
    given,
    question,
    returned,
)
from questions.pages import section_link

_TRANSFER = section_link("4.10", "TransferAdvisor")


# --- exercise 23 ---------------------------------------------------------------------------------

#: What Keras subtracts from blue, green and red (`keras.applications.resnet.preprocess_input`).
MEANS = np.array([103.939, 116.779, 123.68])


def preprocess(images):
    """RGB 0…255 to blue-green-red minus the means."""
    return np.asarray(images, dtype=np.float64)[..., ::-1] - MEANS


@question("ex23-preprocess", objectives=(9,), bloom="apply")
def ex23_preprocess() -> Sequence[Part]:
    """The preprocessing that ResNet-50's weights expect."""
    rng = np.random.default_rng(23)
    cases = [
        Case((rng.uniform(0, 255, size),), "float")
        for size in [(2, 4, 5, 3), (1, 3, 3, 3), (3, 2, 6, 3), (5, 1, 1, 3)]
    ]
    cases += [
        Case((rng.integers(0, 256, size).astype(np.uint8),), "uint8")
        for size in [(2, 3, 4, 3), (3, 3, 3, 3)]
    ]
    cases.append(Case((rng.uniform(0, 255, (2, 3, 5, 3)).astype(np.float32),), "float"))
    return [
        Function(
            name="ex23_preprocess",
            cases=cases,
            reference=preprocess,
            groups={"float": 2, "uint8": 1},
            rtol=0,
            atol=1e-3,
            mistakes=[
                Mistake(
                    "forgot-bgr",
                    lambda x: x - MEANS[::-1],
                    "the means fit, but the channels are still red, green, blue.",
                ),
                Mistake(
                    "means-exchanged",
                    lambda x: x - MEANS,
                    "the means are those of blue, green, red: in which order are the channels?",
                ),
                Mistake(
                    "means-exchanged",
                    lambda x: (x - MEANS)[..., ::-1],
                    "each mean belongs to the channel of its own colour.",
                ),
                Mistake(
                    "wraps-around",
                    lambda x: (x[..., ::-1] - MEANS.astype(x.dtype)).astype(x.dtype),
                    "8-bit numbers can't go below 0: they wrap around. Change the type first.",
                ),
                Mistake(
                    "scaled",
                    lambda x: x[..., ::-1] / 255.0 - MEANS,
                    "the pixels are not scaled here: they stay between 0 and 255.",
                ),
                Mistake(
                    "scaled",
                    lambda x: x / 127.5 - 1.0,
                    "this is what MobileNetV2 expects; ResNet-50's weights want something else.",
                ),
                Mistake(
                    "flips-pictures",
                    lambda x: x[:, :, ::-1] - MEANS,
                    "the pictures are mirrored; it is the colours that change places.",
                ),
                Mistake(
                    "only-bgr", lambda x: x[..., ::-1] + 0.0, "the means are not subtracted yet."
                ),
            ],
            otherwise="work out one pixel by hand: pure red is (255, 0, 0).",
        ),
    ]


def _split_cases():
    rng = random.Random(23)
    cases = [
        ((["a", "b"],), {}),
        ((["a", "a", "a", "b"],), {}),
        ((["Asha", "Ben", "Asha", "Chen", "Ben", "Asha", "Devi", "Chen"],), {}),
        ((list("abcdefgh") * 3, 0.5), {}),
        ((list("aaaaaaaaab"), 0.3, 7), {}),
        ((list("abcabcabcabd"),), {"test_fraction": 0.9}),
        ((list("abababab"), 0.95), {}),
        ((list("mnopqrstuv"), 0.1, 3), {}),
    ]
    for seed in range(6):
        people = [f"person {rng.randint(1, 12)}" for _ in range(rng.randint(20, 60))]
        cases.append(((people, rng.choice([0.1, 0.2, 0.25, 0.4])), {"seed": seed}))
    return cases


@question("ex23-split", objectives=(14,), bloom="create")
def ex23_split() -> Sequence[Part]:
    """A split that doesn't leak."""
    slugs = ("not-a-partition", "leaks", "wrong-size", "swapped-lists", "not-repeatable")
    return [Custom(points=3, judge=_splits, slugs=slugs)]


def _splits(attempt: Attempt) -> None:
    """Points for each property that every split has; none where a split is no partition."""
    sheet, name = attempt.sheet, "ex23_split"
    points = {"partition": 0.75, "leak": 1, "size": 0.75, "repeatable": 0.5}
    problems, careful = {}, True
    for args, kwargs in _split_cases():
        try:
            found, damaged = _split_problems(attempt.student, name, args, kwargs)
            if found.get("size", ("", None))[1] == "wrong-size":
                problems.pop("size", None)  # lists that are merely swapped are so in every case
            problems, careful = found | problems, careful and not damaged
        except (StudentError, forms.WrongForm) as error:
            problems.setdefault("partition", (str(error), None))
            for part in points:
                problems.setdefault(part, ("", None))
    if not problems and not _same_elsewhere(attempt.student, name):
        problems["repeatable"] = (
            f"`{name}`: in another Python process the same arguments give another split. Every "
            "Python puts the text in a set into an order of its own (`hash` differs, too): put the "
            "photographers into a fixed order first.",
            "not-repeatable",
        )
    for part, worth in points.items():
        if part not in problems:
            sheet.earn(worth)
    if "partition" in problems:
        sheet.points = 0.0
    elif "leak" in problems:  # whatever else it does, it is the split that was not to be made
        sheet.points = min(sheet.points, points["partition"])
    for message, slug in problems.values():
        if message:
            sheet.say(message, slug)
    if not problems:
        deduct_damage(sheet, name, "" if careful else "list")


def _same_elsewhere(student: Student, name: str) -> bool:
    """Whether the split is the same in a process that hashes names in another way."""
    # Forty people: that two orders choose the same dozen of them by chance is out of the question.
    people = [f"person {number * number % 79}" for number in range(60)]
    try:
        here, there = (
            returned(_indices, call(name, people, 0.3, 4), name)
            for call in (student.call, student.call_elsewhere)
        )
    except (StudentError, forms.WrongForm):
        return False
    return [sorted(part) for part in here] == [sorted(part) for part in there]


def _split_problems(student, name, args, kwargs) -> tuple[dict[str, tuple[str, str | None]], str]:
    """Return what is wrong with one split, by the part that it costs, and what was damaged."""
    people = args[0]
    fraction = kwargs.get("test_fraction", args[1] if len(args) > 1 else 0.25)
    value, damaged = call_held(student.call, student, name, args, kwargs)
    train, test = returned(_indices, value, name)
    problems = {}
    everyone = sorted(train + test)
    if everyone != list(range(len(people))) or not train or not test:
        problems["partition"] = (
            f"`{name}`: every picture belongs into exactly one of the two lists, and neither list "
            "may be empty.",
            "not-a-partition",
        )
        return problems, damaged
    shared = {people[i] for i in train} & {people[i] for i in test}
    if shared:
        problems["leak"] = (
            f"`{name}`: the same photographer is in train and in test: the network could learn "
            f"the photographer by heart. {section_link('18')}",
            "leaks",
        )
    elif not _right_size(people, test, fraction) and _right_size(people, train, fraction):
        problems["size"] = (
            f"`{name}`: the two lists come in the other order: train first, then test.",
            "swapped-lists",
        )
    elif not _right_size(people, test, fraction):
        problems["size"] = (
            f"`{name}`: the test list should just reach the fraction: add whole photographers "
            "until it does, and no more, but leave one in train.",
            "wrong-size",
        )
    again = returned(_indices, student.call(name, *args, **kwargs), name)
    if sorted(again[0]) != sorted(train):
        problems["repeatable"] = (
            f"`{name}`: the same arguments give another split the second time. Does it use `seed`?",
            "not-repeatable",
        )
    return problems, damaged


def _right_size(people, test, fraction) -> bool:
    """Tell whether the test pictures could have been reached photographer by photographer.

    Their number reaches the fraction, and without some photographer (the last one added) it would
    not. Or it falls short because only one photographer is left.
    """
    wanted = fraction * len(people)
    counts = {}
    for i in test:
        counts[people[i]] = counts.get(people[i], 0) + 1
    if len(counts) == len(set(people)):
        return False
    if len(test) < wanted - 1e-9:
        return len(counts) == len(set(people)) - 1
    return len(test) - max(counts.values()) < wanted - 1e-9


def _indices(value, name) -> tuple[list[int], list[int]]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise forms.WrongForm(f"`{name}`: expected two lists of indices, train and test.")
    lists = []
    for part in value:
        items = part.tolist() if isinstance(part, np.ndarray) else part
        if not isinstance(items, list | tuple):
            raise forms.WrongForm(f"`{name}`: expected two lists of indices, train and test.")
        lists.append([forms.whole_number(item, name) for item in items])
    return lists[0], lists[1]


@question("ex23-steps", objectives=(9, 14), bloom="analyse")
def ex23_steps() -> Sequence[Part]:
    """The order of a transfer project."""
    slugs = ("unfreezes-first", "tests-too-early", "splits-late")
    return [Custom(points=2, judge=_ordered, slugs=slugs)]


def _ordered(attempt: Attempt) -> None:
    """Full points for an order that works, half of them where two neighbours are exchanged."""
    sheet, name = attempt.sheet, "ex23_order"
    orders = ("becad", "ebcad")
    found = "".join(forms.order(given(attempt.student, name), name, "abcde"))
    swapped = {
        order[:i] + order[i + 1] + order[i] + order[i + 2 :] for order in orders for i in range(4)
    }
    if found in orders:
        sheet.earn(2)
        return
    if found in swapped:
        sheet.earn(1)
    place = {letter: found.index(letter) for letter in found}
    if place["a"] < place["c"]:
        sheet.say(
            f"`{name}`: what would large gradients from an untrained head do to the base's "
            f"weights? {_TRANSFER}",
            "unfreezes-first",
        )
    elif place["d"] < 4:
        sheet.say(
            f"`{name}`: whoever looks at the test pictures before the end has used them for "
            "training.",
            "tests-too-early",
        )
    elif place["c"] < place["e"]:
        sheet.say(f"`{name}`: the head has to stand on the base before it can be trained.")
    elif place["b"] > 1:
        sheet.say(
            f"`{name}`: the pictures are split before any of them is trained on.", "splits-late"
        )
    else:
        sheet.say(f"`{name}`: say aloud what each step needs from the one before it.")
