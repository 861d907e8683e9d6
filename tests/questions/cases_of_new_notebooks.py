"""Mistakes of the notebooks that came last, in the form of `cases.MISTAKES`: names of the bank."""

from grading.answers import a11_build_up as a11


def _of(bank, slugs: dict[str, dict[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """The cases of one bank: question -> name in its table of wrong answers -> slug."""
    return {
        question: [(slug, bank.WRONG[question][name]) for name, slug in names.items()]
        for question, names in slugs.items()
    }


NEW = {
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
}
