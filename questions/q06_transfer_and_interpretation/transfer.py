"""Exercises 12 and 23 in numbers: what a frozen base trains, and what its layers have learned."""

from collections.abc import Sequence
from functools import partial

from autograder.handin import forms
from autograder.marking import Mistake, Number, Part, Table, question
from convbook import shapes
from questions.mistakes import COUNT, dense_without_bias
from questions.pages import section_link

#: ResNet-50 in Keras without its classifier: the number that both exercises state.
RESNET50_BASE = 23_587_712

#: Convolutions among its last 20 layers, each with batch norm: (input channels, filters, kernel).
LAST_CONVOLUTIONS = ((2048, 512, 1), (512, 512, 3), (512, 2048, 1)) * 2

_TRANSFER = section_link("4.10", "TransferAdvisor")


def _head_mistakes(head: int, flattened: int) -> list[Mistake]:
    """What goes wrong when a head's trainable parameters are counted.

    `flattened` are those of a head that begins with ``Flatten``, not with global average pooling.
    """
    return [
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
    ]


# --- exercise 12 ---------------------------------------------------------------------------------


def _unfrozen() -> int:
    """Trainable parameters of the last 20 layers of the base."""
    return sum(
        shapes.conv2d_parameters(channels, filters, kernel)
        + shapes.batch_norm_parameters(filters)[0]
        for channels, filters, kernel in LAST_CONVOLUTIONS
    )


@question("ex12", objectives=(9,), bloom="apply")
def ex12() -> Sequence[Part]:
    """Trainable parameters with a frozen and with a partly unfrozen base."""
    first, last = shapes.dense_parameters(2048, 256), shapes.dense_parameters(256, 5)
    trained, fixed = shapes.batch_norm_parameters(256)
    head = first + trained + last
    flattened = shapes.dense_parameters(7 * 7 * 2048, 256) + trained + last
    unfrozen = _unfrozen()
    bn_of_base = sum(shapes.batch_norm_parameters(f)[0] for _, f, _ in LAST_CONVOLUTIONS)
    return [
        Number(
            name="ex12_head_trainable",
            key=head,
            mistakes=[
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
                    f"this counts the dense layers' weights only. {COUNT}",
                ),
                *_head_mistakes(head, flattened),
            ],
            otherwise="go through the head layer by layer: which of them learn, and how many "
            f"numbers? {COUNT}",
        ),
        Number(
            name="ex12_total",
            key=RESNET50_BASE + head + fixed,
            mistakes=[
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
            otherwise="the base, and everything that the head keeps, trained or not.",
        ),
        Number(
            name="ex12_unfrozen_trainable",
            key=head + unfrozen,
            mistakes=[
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
            otherwise="add up the trained numbers of the table's rows: convolutions with biases, "
            "and two numbers a channel for each batch norm; then the head.",
        ),
    ]


_FEATURES = {
    "a": ("early", "how many pixels does such a pattern need?"),
    "b": ("late", "how many pixels does such a pattern need?"),
    "c": ("early", "which features does every task need?"),
    "d": ("late", "which features fit the old task most closely, and the new one least?"),
    "e": ("late", "what does every further layer do to the receptive field?"),
    "f": ("early", "which features are good for any pictures?"),
}


@question("ex12-features", objectives=(9,), bloom="understand")
def ex12_features() -> Sequence[Part]:
    """What early and late layers learn."""
    read = partial(forms.word, choices=("early", "late"))
    return [
        Table(
            name="ex12_features",
            keys=_FEATURES,
            read=read,
            points=3,
            idea="how general a layer's features are, and how much of the image it sees.",
            link=_TRANSFER,
        )
    ]


# --- exercise 23 ---------------------------------------------------------------------------------


@question("ex23", objectives=(9, 14), bloom="apply")
def ex23() -> Sequence[Part]:
    """Counts of a monument classifier."""
    head = shapes.dense_parameters(2048, 10)
    flattened = shapes.dense_parameters(7 * 7 * 2048, 10)
    return [
        Number(
            name="ex23_trainable",
            key=head,
            mistakes=[
                dense_without_bias(2048 * 10),
                *_head_mistakes(head, flattened),
            ],
            otherwise=f"only the dense layer learns: units × (inputs + 1). {COUNT}",
        ),
        Number(
            name="ex23_total",
            key=RESNET50_BASE + head,
            mistakes=[
                Mistake("base-only", RESNET50_BASE, "this is the base alone."),
                Mistake(
                    "trained-for-total",
                    head,
                    "this is what is trained; frozen parameters count here too.",
                ),
                Mistake(
                    "forgot-bias",
                    RESNET50_BASE + 2048 * 10,
                    f"the dense layer has biases too. {COUNT}",
                ),
            ],
            otherwise="the base and the dense layer together.",
        ),
    ]
