"""Mistakes of the notebooks that came last, in the form of `cases.MISTAKES`: names of the bank."""

from grading.answers import a10_keras as a10
from grading.answers import a11_build_up as a11
from grading.answers import a12_find_the_bug as a12
from grading.answers import fresh


def _of(bank, slugs: dict[str, dict[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """The cases of one bank: question -> name in its table of wrong answers -> slug."""
    before = "from grading.answers import trained\n" if bank is a10 else ""
    return {
        question: [(slug, before + bank.WRONG[question][name]) for name, slug in names.items()]
        for question, names in slugs.items()
    }


_SIZES = {
    "exchanged sizes": "exchanged",
    "wrong on both": "wrong-on-both",
    "right on both": "right-on-both",
    "not mended": "not-mended",
}

NEW = {
    a10.ASSIGNMENT: _of(
        a10,
        {
            "keras-build": {
                "ordinary for depthwise": "other-kind",
                "bias before batch norm": "bias-before-batch-norm",
                "no bias in the last": "bias-missing",
                "a kernel of three": "other-kernels",
                "padding valid": "padding-or-stride",
                "no batch norm": "batch-norm-missing",
                "no ReLU": "activation-missing",
                "no pooling": "pooling-missing",
                "flatten": "flatten-for-pooling",
                "ReLU before batch norm": "other-order",
                "one layer too many": "other-number-of-layers",
                "trainable twice": "forgot-moving-statistics",
                "biases everywhere": "counts-bias-of-normalised",
                "batch norm not held": "forgot-batch-norm",
                "all twice": "counts-moving-statistics",
                "batch norm not trained": "batch-norm-not-trained",
            },
            "keras-train": {
                "a linear model": "no-convolution",
                "idle filters without end": "too-many-parameters",
                "zeros": "untrained-or-other-order",
                "noisy weights": "linear-at-best",
                "a little noise": "low-accuracy",
            },
            "keras-transfer": {
                "another base": "other-base",
                "kernels learnt": "base-not-frozen",
                "statistics moved": "statistics-moved",
                "a head of zeros": "untrained-or-other-order",
                "a much weaker head": "linear-at-best",
                "a weaker head": "low-accuracy",
                "counts the base": "nothing-frozen",
                "forgot the biases": "forgot-bias",
                "counts the old head": "old-head",
                "counts batch norm": "batch-norm-trained",
                "counts arrays": "tensors-for-numbers",
            },
            "keras-grad-cam": {
                "ReLU of the head forgotten": "forgot-relu-of-head",
                "negative places kept": "no-relu",
                "not normalised": "not-normalised",
                "of the predicted class": "other-class",
                "of the probability": "gradient-of-probability",
                "absolute gradient": "absolute-gradient",
                "position by position": "position-by-position",
                "mean of the maps": "mean-of-maps",
                "NaN for nothing": "NaN-for-nothing",
                "last dense only": "last-dense-only",
            },
        },
    ),
    a11.ASSIGNMENT: _of(
        a11,
        {
            "build-dense": {
                "no bias": "forgot-bias",
                "mean over the batch": "averages-over-batch",
                "bias by image": "keeps-batch",
                "bias by unit": "wrong-axes",
                "weights transposed": "transposed",
                "hands the gradient on": "gradient-unchanged",
                "damages grad": "damages-input",
            },
            "build-conv": {
                "no bias": "forgot-bias",
                "true convolution": "flipped-kernel",
                "bias averaged": "mean-for-sum",
                "bias averaged over the batch": "averages-over-batch",
                "keeps the padding": "forgot-crop",
            },
            "build-pool": {
                "average": "average-for-max",
                "smallest": "min-for-max",
                "largest by absolute": "max-of-absolutes",
                "gradient to all": "gradient-to-all",
                "gradient shared out": "gradient-as-average",
                "gradient times pixel": "value-for-gradient",
                "to all that are largest": "gradient-to-all-largest",
            },
            "build-norm": {
                "by position": "wrong-axes",
                "no gamma and beta": "no-scale-and-shift",
                "batch statistics at rest": "batch-statistics-in-inference",
                "remembers nothing": "ignores-statistics",
                "momentum turned": "momentum-turned",
                "statistics as constants": "statistics-as-constants",
                "variance as a constant": "variance-as-constant",
                "gamma's gradient without the input": "forgot-normal",
                "beta averaged": "averages-over-batch",
            },
            "build-train": {
                "never steps": "never-steps",
                "climbs": "diverges",
                "mean twice": "mean-twice",
                "loss after the step": "loss-after-step",
                "biases not trained": "biases-not-trained",
                "gamma not trained": "scale-not-trained",
                "beta not trained": "shift-not-trained",
                "neither gamma nor beta": "scale-and-shift-not-trained",
                "no batch normalisation": "no-batch-norm",
                "one loss only": "other-length",
            },
        },
    ),
    a12.ASSIGNMENT: _of(
        a12,
        {
            "bug-conv": {**_SIZES, "stride nowhere": "stride-nowhere"},
            "bug-pool": {**_SIZES, "to all pixels": "gradient-to-all"},
            "bug-norm": {**_SIZES, "by image": "wrong-axes"},
            "bug-dense": {**_SIZES, "transposed": "transposed", "last image": "last-image-only"},
            "bug-loss": {
                **_SIZES,
                "sum": "sum-for-mean",
                "a tiny number": "hides-small-probabilities",
            },
            "bug-depthwise": {
                **_SIZES,
                "channels mixed": "mixes-channels",
                "no bias": "forgot-bias",
            },
        },
    ),
}

#: What answers that were written from the statements alone brought to light.
FOUND = {
    assignment: {
        question: [(slug, fresh.TABLES[assignment][question]["WRONG"][name])]
        for question, (name, slug) in found.items()
    }
    for assignment, found in {
        "05-architectures": {"ex16": ("ResNet-50 as PyTorch counts it", "small-change")},
        "10-keras": {"keras-grad-cam": ("between least and most", "stretched")},
        "11-build-up": {
            "build-pool": ("negative pixels cut", "cuts-negatives"),
            "build-dense": ("added up over calls", "remembers-first"),
        },
    }.items()
}
