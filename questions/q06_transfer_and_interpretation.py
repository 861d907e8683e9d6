"""Checkers of the sixth notebook: transfer learning, Grad-CAM, a pipeline without leaks."""

import random

import numpy as np

from autograder.handin import forms
from autograder.jail.student import StudentError
from autograder.marking.question import question
from autograder.marking.sheet import (
    Case,
    Mistake,
    Sheet,
    given,
    mark_function,
    mark_number,
    mark_statements,
    mark_untouched,
)
from convbook import shapes
from questions.pages import look

ASSIGNMENT = "06-transfer-and-interpretation"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.explain")
#: A cell of the notebook draws; imported once, not once a student.
PRELOAD = ("matplotlib.pyplot",)

#: ResNet-50 in Keras without its classifier: the number that both exercises state.
RESNET50_BASE = 23_587_712

#: Convolutions among its last 20 layers, each with batch norm: (input channels, filters, kernel).
LAST_CONVOLUTIONS = ((2048, 512, 1), (512, 512, 3), (512, 2048, 1)) * 2

_TRANSFER = look("4.10", "TransferAdvisor")
_COUNT = look("5.3")
_CAM = look("4.12", "GradCamViewer")


# --- exercise 12 ---------------------------------------------------------------------------------


def _unfrozen() -> int:
    """Trainable parameters of the last 20 layers of the base."""
    return sum(
        shapes.conv2d_parameters(channels, filters, kernel)
        + shapes.batch_norm_parameters(filters)[0]
        for channels, filters, kernel in LAST_CONVOLUTIONS
    )


@question("ex12", points=3, objectives=(9,), bloom="apply")
def ex12(student):
    """Trainable parameters with a frozen and with a partly unfrozen base."""
    sheet = Sheet(3)
    first, last = shapes.dense_parameters(2048, 256), shapes.dense_parameters(256, 5)
    trained, fixed = shapes.batch_norm_parameters(256)
    head = first + trained + last
    flattened = shapes.dense_parameters(7 * 7 * 2048, 256) + trained + last
    unfrozen = _unfrozen()
    bn_of_base = sum(shapes.batch_norm_parameters(f)[0] for _, f, _ in LAST_CONVOLUTIONS)
    for name, key, mistakes, otherwise in [
        (
            "ex12_head_trainable",
            head,
            [
                Mistake(
                    "statistics-are-trained",
                    head + fixed,
                    "this counts the moving statistics "
                    "of the batch norm too: does a gradient reach them?",
                ),
                Mistake(
                    "forgot-batch-norm",
                    first + last,
                    "the batch norm of the head learns something too.",
                ),
                Mistake(
                    "forgot-bias",
                    2048 * 256 + 256 * 5 + trained,
                    f"this counts the dense layers' weights only. {_COUNT}",
                ),
                Mistake(
                    "forgot-gap",
                    flattened,
                    "global average pooling comes first: how many numbers does it pass on?",
                ),
                Mistake(
                    "counts-frozen-base",
                    RESNET50_BASE + head,
                    f"the base is frozen: nothing in it is trained. {_TRANSFER}",
                ),
            ],
            "go through the head layer by layer: which of them learn, and how many numbers? "
            f"{_COUNT}",
        ),
        (
            "ex12_total",
            RESNET50_BASE + head + fixed,
            [
                Mistake(
                    "forgot-moving-statistics",
                    RESNET50_BASE + head,
                    "the batch norm of the head also keeps numbers that it doesn't train.",
                ),
                Mistake(
                    "forgot-batch-norm",
                    RESNET50_BASE + first + last,
                    "the batch norm of the head keeps numbers too.",
                ),
                Mistake(
                    "trained-for-total",
                    head,
                    "this is what is trained; frozen parameters count here too.",
                ),
                Mistake("base-only", RESNET50_BASE, "this is the base alone."),
            ],
            "the base, and everything that the head keeps, trained or not.",
        ),
        (
            "ex12_unfrozen_trainable",
            head + unfrozen,
            [
                Mistake("forgot-head", unfrozen, "the head goes on being trained."),
                Mistake(
                    "statistics-are-trained",
                    head + unfrozen + bn_of_base,
                    "this counts the moving statistics of the base's batch norms too.",
                ),
                Mistake(
                    "forgot-batch-norm",
                    head + unfrozen - bn_of_base,
                    "the batch norms among the 20 layers learn something too.",
                ),
                Mistake(
                    "everything-unfrozen",
                    RESNET50_BASE + head,
                    "this unfreezes the whole base, and counts its moving statistics.",
                ),
                Mistake("head-only", head, "this is the frozen case again."),
            ],
            "add up the trained numbers of the table's rows: convolutions with biases, and two "
            "numbers a channel for each batch norm; then the head.",
        ),
    ]:
        with sheet.part():
            found = forms.whole_number(given(student, name), name)
            mark_number(sheet, found, key, 1, name=name, mistakes=mistakes, otherwise=otherwise)
    return sheet.verdict()


_FEATURES = {
    "a": ("early", "how many pixels does such a pattern need?"),
    "b": ("late", "how many pixels does such a pattern need?"),
    "c": ("early", "which features does every task need?"),
    "d": ("late", "which features fit the old task most closely, and the new one least?"),
    "e": ("late", "what does every further layer do to the receptive field?"),
    "f": ("early", "which features are good for any pictures?"),
}


@question("ex12-features", points=3, objectives=(9,), bloom="understand")
def ex12_features(student):
    """What early and late layers learn."""
    sheet = Sheet(3)
    name = "ex12_features"
    with sheet.part():
        entries = forms.table(given(student, name), name, _FEATURES)
        found = {}
        for letter, entry in entries.items():
            with sheet.part():
                if entry is None:
                    raise forms.WrongForm(f'`{name}["{letter}"]`: there is no answer yet.')
                found[letter] = forms.word(entry, f'{name}["{letter}"]', ("early", "late"))
        if len(found) == len(_FEATURES) and len(set(found.values())) == 1:
            sheet.say(f"`{name}`: the same word everywhere can't be marked.")
            return sheet.verdict()
        for letter, (key, why) in _FEATURES.items():
            if found.get(letter) == key:
                sheet.earn(0.5)
            elif letter in found:
                sheet.say(f"`{name}`: {why} {_TRANSFER}")
    return sheet.verdict()


# --- exercise 15 ---------------------------------------------------------------------------------


def grad_cam(maps, gradients, relu=True, weigh=None, divide=True):
    """Grad-CAM from maps and gradients (H, W, C)."""
    maps, gradients = np.asarray(maps, float), np.asarray(gradients, float)
    weights = gradients.mean(axis=(0, 1)) if weigh is None else weigh(gradients)
    heat = (maps * weights).sum(axis=-1)
    if relu:
        heat = np.maximum(heat, 0)
    top = heat.max()
    return heat / top if divide and top > 0 else heat


def _cam_cases():
    rng = np.random.default_rng(15)

    def pair(*size):
        return np.maximum(rng.normal(size=size), 0), rng.normal(0.2, 1, size)

    plain = [pair(7, 7, 12), pair(4, 6, 3), pair(5, 3, 8), pair(1, 4, 2)]
    maps, gradients = pair(6, 5, 4)
    silent = np.abs(maps)
    zero = [
        (np.zeros((4, 5, 3)), rng.normal(size=(4, 5, 3))),
        (silent, -np.abs(gradients)),
        (silent, np.zeros_like(gradients)),
    ]
    scale = [(maps * 1000, gradients), (maps * 1e-6, gradients), (maps, gradients * 1e-4)]
    mixed = [(rng.normal(size=(5, 6, 3)), rng.normal(size=(5, 6, 3)))]
    groups = {"plain": plain + mixed, "zero": zero, "scale": scale}
    return [Case(args, group) for group, cases in groups.items() for args in cases]


@question("ex15", points=4, objectives=(11,), bloom="apply")
def ex15(student):
    """Grad-CAM as code."""
    sheet = Sheet(4)
    name = "ex15_grad_cam"
    cases = _cam_cases()

    def late_relu(maps, gradients):
        return grad_cam(maps, np.maximum(gradients, 0), weigh=None)

    def stretched(maps, gradients):
        heat = grad_cam(maps, gradients, relu=False, divide=False)
        span = heat.max() - heat.min()
        return (heat - heat.min()) / span if span else np.zeros_like(heat)

    def absolute(maps, gradients):
        heat = np.abs(grad_cam(maps, gradients, relu=False, divide=False))
        return heat / heat.max() if heat.max() else heat

    def normed(maps, gradients):
        heat = grad_cam(maps, gradients, divide=False)
        return heat / heat.sum() if heat.sum() else heat

    def pointwise(maps, gradients):
        heat = np.maximum((maps * gradients).sum(-1), 0)
        return heat / heat.max() if heat.max() else heat

    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            grad_cam,
            {"plain": 2, "zero": 1, "scale": 1},
            reader=_heat,
            rtol=1e-4,
            atol=1e-5,
            mistakes=[
                Mistake(
                    "not-divided",
                    lambda m, g: grad_cam(m, g, divide=False),
                    "the map is right but for its scale: its largest value should be 1.",
                ),
                Mistake(
                    "forgot-relu",
                    _divided_without_relu,
                    "what speaks *against* the class is still in the map: where is the ReLU? "
                    f"{_CAM}",
                ),
                Mistake(
                    "stretched",
                    stretched,
                    "stretching from the smallest value to the largest brings back what speaks "
                    f"against the class. {_CAM}",
                ),
                Mistake(
                    "absolute-for-relu",
                    absolute,
                    "the absolute value turns what speaks against the class into heat; ReLU "
                    f"removes it. {_CAM}",
                ),
                Mistake(
                    "relu-on-gradients",
                    late_relu,
                    "ReLU belongs on the finished map, not on the gradients.",
                ),
                Mistake(
                    "not-pooled",
                    pointwise,
                    "the gradients are used pixel by pixel; Grad-CAM takes one weight a channel. "
                    f"{_CAM}",
                ),
                Mistake(
                    "max-for-mean",
                    lambda m, g: grad_cam(m, g, weigh=lambda grads: grads.max((0, 1))),
                    "a channel's weight is the mean of its gradients, not their largest.",
                ),
                Mistake(
                    "averages-over-channels",
                    lambda m, g: grad_cam(m, g, weigh=lambda grads: grads.mean(2)[..., None]),
                    "the wrong axes are averaged: a weight belongs to a *channel*.",
                ),
                Mistake(
                    "ignores-gradients",
                    lambda m, g: grad_cam(m, np.ones_like(g)),
                    "the map would be the same for every class: where do the gradients come in?",
                ),
                Mistake(
                    "sum-for-maximum",
                    normed,
                    "the map is divided by its sum; its largest value should be 1.",
                ),
            ],
            otherwise="work with two channels of 1×2 pixels on paper: weights first, then the "
            f"weighted sum, ReLU, division. {_CAM}",
        )
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


def _divided_without_relu(maps, gradients):
    heat = grad_cam(maps, gradients, relu=False, divide=False)
    return heat / heat.max() if heat.max() > 0 else heat


def _heat(value, name):
    """Read a heat map; say plainly where NaN comes from."""
    try:
        return forms.array(value, name)
    except forms.WrongForm as error:
        if "finite" in str(error):
            raise forms.WrongForm(
                f"`{name}`: a map that is zero everywhere gives NaN. What is 0 divided by 0?"
            ) from None
        raise


@question("ex15-true", points=2.5, objectives=(11,), bloom="evaluate")
def ex15_true(student):
    """What a heat map says and what it doesn't."""
    sheet = Sheet(2.5)
    name = "ex15_true"
    with sheet.part():
        mark_statements(
            sheet,
            forms.chosen(given(student, name), name, "abcde"),
            "acd",
            "abcde",
            2.5,
            name=name,
            why={
                "a": f"what does a positive weight times a strong response mean? {_CAM}",
                "b": "is what raised a score always what *caused* a decision? Think of two "
                f"regions that always appear together. {_CAM}",
                "c": f"how many rows and columns has the map before it is enlarged? {_CAM}",
                "d": f"what is left of a negative number after ReLU? {_CAM}",
                "e": f"choose another class and look: whose score is differentiated? {_CAM}",
            },
            misconceptions={"b": "heat-map-is-proof", "e": "one-map-for-all-classes"},
        )
    return sheet.verdict()


# --- exercise 23 ---------------------------------------------------------------------------------


@question("ex23", points=2, objectives=(9, 14), bloom="apply")
def ex23(student):
    """Counts of a monument classifier."""
    sheet = Sheet(2)
    head = shapes.dense_parameters(2048, 10)
    flattened = shapes.dense_parameters(7 * 7 * 2048, 10)
    for name, key, mistakes, otherwise in [
        (
            "ex23_trainable",
            head,
            [
                Mistake(
                    "forgot-bias",
                    2048 * 10,
                    "this counts weights only: is there something "
                    f"else that every unit has? {_COUNT}",
                ),
                Mistake(
                    "forgot-gap",
                    flattened,
                    "global average pooling comes first: how many numbers does it pass on?",
                ),
                Mistake(
                    "counts-frozen-base",
                    RESNET50_BASE + head,
                    f"the base is frozen: nothing in it is trained. {_TRANSFER}",
                ),
            ],
            f"only the dense layer learns: units × (inputs + 1). {_COUNT}",
        ),
        (
            "ex23_total",
            RESNET50_BASE + head,
            [
                Mistake("base-only", RESNET50_BASE, "this is the base alone."),
                Mistake(
                    "trained-for-total",
                    head,
                    "this is what is trained; frozen parameters count here too.",
                ),
                Mistake(
                    "forgot-bias",
                    RESNET50_BASE + 2048 * 10,
                    f"the dense layer has biases too. {_COUNT}",
                ),
            ],
            "the base and the dense layer together.",
        ),
    ]:
        with sheet.part():
            found = forms.whole_number(given(student, name), name)
            mark_number(sheet, found, key, 1, name=name, mistakes=mistakes, otherwise=otherwise)
    return sheet.verdict()


#: What Keras subtracts from blue, green and red (`keras.applications.resnet.preprocess_input`).
MEANS = np.array([103.939, 116.779, 123.68])


def preprocess(images):
    """RGB 0…255 to blue-green-red minus the means."""
    return np.asarray(images, dtype=np.float64)[..., ::-1] - MEANS


@question("ex23-preprocess", points=3, objectives=(9,), bloom="apply")
def ex23_preprocess(student):
    """The preprocessing that ResNet-50's weights expect."""
    sheet = Sheet(3)
    name = "ex23_preprocess"
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
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            preprocess,
            {"float": 2, "uint8": 1},
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
        )
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


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


@question("ex23-split", points=3, objectives=(14,), bloom="create")
def ex23_split(student):
    """A split that doesn't leak."""
    sheet = Sheet(3)
    name = "ex23_split"
    points = {"partition": 0.75, "leak": 1, "size": 0.75, "repeatable": 0.5}
    problems = {}
    with sheet.part():
        for args, kwargs in _split_cases():
            try:
                problems = _split_problems(student, name, args, kwargs) | problems
            except (StudentError, forms.WrongForm) as error:
                problems.setdefault("partition", (str(error), None))
                for part in points:
                    problems.setdefault(part, ("", None))
        for part, worth in points.items():
            if part not in problems:
                sheet.earn(worth)
        if "partition" in problems:
            sheet.points = 0.0
        for message, slug in problems.values():
            if message:
                sheet.say(message, slug)
    return sheet.verdict()


def _split_problems(student, name, args, kwargs) -> dict[str, tuple[str, str | None]]:
    """Return what is wrong with one split, by the part that it costs."""
    people = args[0]
    fraction = kwargs.get("test_fraction", args[1] if len(args) > 1 else 0.25)
    train, test = _indices(student.call(name, *args, **kwargs), name)
    problems = {}
    everyone = sorted(train + test)
    if everyone != list(range(len(people))) or not train or not test:
        problems["partition"] = (
            f"`{name}`: every picture belongs into exactly one of the two lists, and neither list "
            "may be empty.",
            "not-a-partition",
        )
        return problems
    shared = {people[i] for i in train} & {people[i] for i in test}
    if shared:
        problems["leak"] = (
            f"`{name}`: the same photographer is in train and in test: the network could learn "
            f"the photographer by heart. {look('18')}",
            "leaks",
        )
    elif not _right_size(people, test, fraction):
        problems["size"] = (
            f"`{name}`: the test list should just reach the fraction: add whole photographers "
            "until it does, and no more, but leave one in train.",
            "wrong-size",
        )
    again = _indices(student.call(name, *args, **kwargs), name)
    if sorted(again[0]) != sorted(train):
        problems["repeatable"] = (
            f"`{name}`: the same arguments give another split the second time. Does it use `seed`?",
            "not-repeatable",
        )
    return problems


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
    if value is None:
        raise forms.WrongForm(f"`{name}` returns nothing yet. Does it end with `return`?")
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise forms.WrongForm(f"`{name}`: expected two lists of indices, train and test.")
    lists = []
    for part in value:
        items = part.tolist() if isinstance(part, np.ndarray) else part
        if not isinstance(items, list | tuple):
            raise forms.WrongForm(f"`{name}`: expected two lists of indices, train and test.")
        lists.append([forms.whole_number(item, name) for item in items])
    return lists[0], lists[1]


@question("ex23-steps", points=2, objectives=(9, 14), bloom="analyse")
def ex23_steps(student):
    """The order of a transfer project."""
    sheet = Sheet(2)
    name = "ex23_order"
    orders = ("becad", "ebcad")
    with sheet.part():
        found = "".join(forms.order(given(student, name), name, "abcde"))
        swapped = {
            order[:i] + order[i + 1] + order[i] + order[i + 2 :]
            for order in orders
            for i in range(4)
        }
        if found in orders:
            sheet.earn(2)
            return sheet.verdict()
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
    return sheet.verdict()


# --- the shortcut --------------------------------------------------------------------------------

#: The network of the notebook's heat maps that looks elsewhere; a test works it out from the maps.
SHORTCUT = "B"


def share(heat_map, mask):
    """Share of the heat that lies on the object."""
    heat, mask = np.asarray(heat_map, float), np.asarray(mask, bool)
    return heat[mask].sum() / heat.sum() if heat.sum() else 0.0


def _share_cases():
    rng = np.random.default_rng(11)
    cases = [
        Case((rng.uniform(size=size), rng.uniform(size=size) < 0.4), "share")
        for size in [(7, 7), (4, 6), (5, 3), (9, 2)]
    ]
    heat = rng.uniform(0, 50, (6, 5))
    cases += [
        Case((heat, np.ones((6, 5), bool)), "edge"),
        Case((heat, np.zeros((6, 5), bool)), "edge"),
        Case((np.zeros((4, 4)), np.eye(4, dtype=bool)), "edge"),
        Case((rng.integers(0, 9, (5, 7)), rng.integers(0, 2, (5, 7)) > 0), "edge"),
    ]
    return cases


@question("added-shortcut", points=4, objectives=(11,), bloom="evaluate")
def added_shortcut(student):
    """Which network takes a shortcut?"""
    sheet = Sheet(4)
    with sheet.part():
        _mark_share(sheet, student)
    with sheet.part():
        name = "added_shortcut_network"
        value = given(student, name)
        if isinstance(value, str):
            value = value.strip().lower().removeprefix("network").strip()
        if forms.letter(value, name, "abc").upper() == SHORTCUT:
            sheet.earn(2)
        else:
            sheet.say(
                f"`{name}`: compare the networks' shares over all six pictures, and look where "
                f"the rest of the heat lies: does it stay in one place? {look('11.3')}"
            )
    return sheet.verdict()


def _mark_share(sheet, student):
    name = "added_share"
    done = mark_function(
        sheet,
        student,
        name,
        _share_cases(),
        share,
        {"share": 1.5, "edge": 0.5},
        reader=forms.number,
        mistakes=[
            Mistake(
                "outside-for-inside",
                lambda h, m: 1 - share(h, m) if h.sum() else 0.0,
                "this is the share that lies *beside* the object.",
            ),
            Mistake(
                "mean-for-share",
                lambda h, m: h[np.asarray(m, bool)].mean() if np.any(m) else 0.0,
                "this is the mean heat on the object; by what is its sum divided?",
            ),
            Mistake(
                "sum-for-share",
                lambda h, m: h[np.asarray(m, bool)].sum(),
                "this is the heat on the object: what part of the whole is it?",
            ),
            Mistake(
                "area-for-heat",
                lambda h, m: np.mean(np.asarray(m, bool)),
                "this is the share of the *pixels*; weigh them by their heat.",
            ),
        ],
        otherwise="the heat inside the mask, divided by all heat; 0 where there is none.",
    )
    if done:
        mark_untouched(sheet, student, name, _share_cases()[0].args)
