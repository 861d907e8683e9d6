"""Which trainings are recorded: which network each builds, on which data, by which recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from convbook.models.recipes import PlateauRecipe
from convbook.models.training import Recipe


@dataclass(frozen=True)
class Training:
    """One recorded training: which network, on what, how."""

    data: str
    build: str
    recipe: Recipe | PlateauRecipe
    options: tuple[tuple[str, object], ...] = ()
    train_images: int | None = None
    shrink: int = 1
    about: str = ""


_CHAPTER = Recipe(
    epochs=15, batch_size=64, peak_learning_rate=2e-3, warm_up=0.1, optimizer="adam", seed=11
)
_DEPTH = Recipe(
    epochs=8, batch_size=64, peak_learning_rate=0.1, shift=1, flip=True, seed=42, warm_up=0.2
)
_SMALL = {
    "adam": replace(_CHAPTER, shift=2, flip=True),
    "sgd": Recipe(
        epochs=26, peak_learning_rate=0.12, label_smoothing=0.05, shift=2, flip=True, seed=11
    ),
}
_SMALL_NETWORKS = {
    "chapter": ("chapter_cifar10_net", (("augmentation", False), ("input_shape", (16, 16, 3)))),
    "pocket": ("pocket_net", (("input_shape", (16, 16, 3)),)),
}

#: Trainings whose weights come with the book.
SHIPPED = ("pocket-net-cifar10", "leaf-net")


def _depth(kind, depth):
    return Training(
        "cifar10",
        kind,
        _DEPTH,
        (("depth", depth), ("input_shape", (16, 16, 3)), ("width", 8)),
        train_images=10_000,
        shrink=2,
        about="degradation: do deeper plain nets train worse? 16×16 pictures, half the width",
    )


def _two_by_two(network, recipe, seed):
    build, options = _SMALL_NETWORKS[network]
    return Training(
        "cifar10",
        build,
        replace(_SMALL[recipe], seed=seed),
        options,
        train_images=2_500,
        shrink=2,
        about="two networks beside two recipes, one augmentation for all; 16×16 pictures",
    )


TRAININGS = {
    "pocket-net-cifar10": Training(
        "cifar10",
        "pocket_net",
        Recipe(
            epochs=26, peak_learning_rate=0.12, label_smoothing=0.05, shift=4, flip=True, seed=18
        ),
        (("l2", 2e-4),),
        about="the network that comes with the book",
    ),
    "chapter-cifar10": Training("cifar10", "chapter_cifar10_net", _CHAPTER, about="section 11.1"),
    "chapter-cifar10-no-augmentation": Training(
        "cifar10",
        "chapter_cifar10_net",
        _CHAPTER,
        (("augmentation", False),),
        about="section 11.1 without augmentation",
    ),
    "chapter-cifar10-no-batch-norm": Training(
        "cifar10",
        "chapter_cifar10_net",
        _CHAPTER,
        (("batch_norm", False),),
        about="section 11.1 without batch norm",
    ),
    "chapter-cifar10-own-recipe": Training(
        "cifar10",
        "chapter_cifar10_net",
        PlateauRecipe(),
        (("rotation", 0.1),),
        about="section 11.1 by the chapter's own recipe, to its end",
    ),
    "pocket-net-chapter-recipe": Training(
        "cifar10",
        "augmented_pocket_net",
        PlateauRecipe(),
        (("rotation", 0.1),),
        about="the pocket net by the chapter's recipe: another network, the same training",
    ),
    **{
        f"chapter-cifar10-seed-{seed}": Training(
            "cifar10",
            "chapter_cifar10_net",
            replace(_CHAPTER, seed=seed),
            about="section 11.1 from another seed",
        )
        for seed in (12, 13)
    },
    **{
        f"two-by-two-{network}-{recipe}-{seed}": _two_by_two(network, recipe, seed)
        for network in _SMALL_NETWORKS
        for recipe in _SMALL
        for seed in (1, 2, 3)
    },
    **{f"plain-{d}": _depth("plain_net", d) for d in (8, 20, 44)},
    **{f"resnet-{d}": _depth("resnet", d) for d in (8, 20, 44)},
    "leaf-net": Training(
        "leaves",
        "conv_net",
        Recipe(epochs=14, batch_size=64, peak_learning_rate=0.1, shift=3, flip=True, seed=6),
        (("input_shape", (64, 64, 3)), ("widths", (16, 32, 64, 64))),
        about="generated leaves, for Grad-CAM and its pointing game",
    ),
    "traffic-signs-gtsrb": Training(
        "gtsrb-small",
        "traffic_sign_net",
        Recipe(
            epochs=10,
            batch_size=64,
            peak_learning_rate=2e-3,
            warm_up=0.1,
            optimizer="adam",
            shift=3,
            seed=43,
        ),
        (("input_shape", (32, 32, 3)),),
        about="section 18, project 2; no mirroring, which would turn left into right",
    ),
    "devanagari-dhcd": Training(
        "devanagari",
        "devanagari_net",
        Recipe(
            epochs=6, batch_size=64, peak_learning_rate=1e-3, optimizer="adam", shift=2, seed=46
        ),
        train_images=10_000,
        about="section 18, project 3",
    ),
}


@cache
def _load(name):
    """Decoded once, when several trainings run one after the other."""
    from convbook.data import load

    options = {"train": 4800, "test": 1200} if name == "leaves" else {}
    return load(name, **options)


def prepared(training: Training):
    """Data of a training: (x_train, y_train, x_val, y_val, x_test, y_test), and a sentence.

    The validation set is a tenth of the training data (4 % where there are 50,000 pictures), drawn
    by group; the test set takes no part in training or choosing.
    """
    data = _load(training.data)
    if isinstance(training.recipe, PlateauRecipe):
        return _last_tenth(data, training.recipe.validation_share)
    fraction = 0.04 if len(data.x_train) >= 50_000 else 0.1
    x, y, x_val, y_val = data.validation_split(fraction, seed=2024)
    if training.train_images:
        chosen = np.random.default_rng(2024).permutation(len(x))[: training.train_images]
        x, y = x[chosen], y[chosen]
    parts = [x, y, x_val, y_val, data.x_test, data.y_test]
    for i in (0, 2, 4):
        parts[i] = _shrink(parts[i], training.shrink)
    sizes = f"{len(x):,} to train on, {len(x_val):,} held out (seed 2024)"
    sentence = f"{sizes}, {len(data.x_test):,} to test on"
    return parts, {"data": data.provenance, "split": sentence, "classes": list(data.classes)}


def _last_tenth(data, share):
    """``fit(validation_split=share)``'s split: the end of the training data as it is stored."""
    kept = round(len(data.x_train) * (1 - share))
    x, y = data.x_train, data.y_train
    parts = [x[:kept], y[:kept], x[kept:], y[kept:], data.x_test, data.y_test]
    sizes = f"{kept:,} to train on, the last {len(x) - kept:,} held out"
    sentence = f"{sizes}, {len(data.x_test):,} to test on"
    return parts, {"data": data.provenance, "split": sentence, "classes": list(data.classes)}


def _shrink(images, factor):
    n, height, width, channels = images.shape
    blocks = images.reshape(n, height // factor, factor, width // factor, factor, channels)
    return images if factor == 1 else np.round(blocks.mean(axis=(2, 4))).astype(np.uint8)


def build(training: Training, num_classes, **options):
    """The network of a training, initialised from its seed; ``options`` go before its own."""
    from convbook import models

    models.seed(training.recipe.seed)
    return getattr(models, training.build)(
        num_classes=num_classes, **(dict(training.options) | options)
    )
