"""The trainings whose records stand in ``runs/``: ``python -m convbook.models.trainings NAME``.

Without a name it lists them. Real data is looked for as ``convbook.data.load`` does; a training
that was interrupted goes on from its last epoch. This is a module of the library rather than a
script so that the pages, the tests and ``make train`` use the same code.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from convbook.models.recipes import PlateauRecipe
from convbook.models.training import Recipe, hardware, score, train, write_record

RUNS = Path(__file__).parents[2] / "runs"


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


def run(name, *, epochs=None, folder=RUNS, checkpoints=None):
    """Train ``name`` and record it in ``folder``; the test score is taken once, at the end."""
    if name not in TRAININGS:
        raise ValueError(f"there is no training {name!r}; there are {', '.join(TRAININGS)}")
    training = TRAININGS[name]
    if epochs:
        training = replace(training, recipe=replace(training.recipe, epochs=epochs))
    (x, y, x_val, y_val, x_test, y_test), about = prepared(training)
    model = build(training, len(about["classes"]))
    log = Path(folder) / f"{name}.json"
    about |= {"network": training.build, "options": dict(training.options), "about": training.about}
    folder = Path(checkpoints or _kept(name))
    data = (x, y, x_val, y_val)
    if isinstance(training.recipe, PlateauRecipe):
        record = _by_plateau(model, training.recipe, data, log, folder / name, about)
    else:
        record = train(model, training.recipe, data, log, checkpoint=folder / name, about=about)
    record["test"] = {k: round(v, 4) for k, v in score(model, x_test, y_test).items()}
    record["test"]["pictures"] = len(y_test)
    write_record(record, log)
    shutil.rmtree(folder / name, ignore_errors=True)  # the state of a training that is finished
    _record_of(folder / name).unlink(missing_ok=True)
    if name in SHIPPED:
        from convbook.models.pretrained import ship

        ship(model, record, x_test, y_test, name)
    print(f"{name}: test accuracy {record['test']['accuracy']:.4f}")
    return model, record


def _record_of(folder):
    """The record beside the state of an unfinished training."""
    return folder.with_name(f"{folder.name}.json")


def _kept(name):
    """Where the state of a training lies: in ``runs`` if an unfinished one came with the book."""
    unfinished = RUNS / "unfinished"
    return unfinished if (unfinished / name).is_dir() else tempfile.gettempdir()


def _by_plateau(model, recipe, data, log, folder, about):
    from convbook.models.chapter_recipe import fit

    started = {"name": log.stem, **about, "hardware": hardware()}
    started |= {"parameters": model.count_params(), "epochs": []}
    # Where a training was stopped its record lies with its state, until it has a test score.
    record = next(
        (
            json.loads(p.read_text(encoding="utf-8"))
            for p in (log, _record_of(folder))
            if p.is_file()
        ),
        started,
    )
    if "test" in record:  # a finished run is repeated from its beginning
        record = started
    record.pop("unfinished", None)

    def report(row):
        print({key: value for key, value in row.items() if "seconds" not in key}, flush=True)

    return fit(
        model, recipe, data, record, folder, lambda record: write_record(record, log), report
    )


def recorded(name, folder=RUNS) -> dict:
    """The record of the training ``name``."""
    path = Path(folder) / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"{name!r} has no record in {path.parent}; "
            f"recorded are {', '.join(sorted(p.stem for p in path.parent.glob('*.json')))}"
        )
    return json.loads(path.read_text(encoding="utf-8"))


def recorded_runs(prefix="", folder=RUNS) -> dict[str, dict]:
    """Records of the finished runs whose name starts with ``prefix``, in order of their names."""
    paths = sorted(Path(folder).glob(f"{prefix}*.json"))
    records = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    return {name: record for name, record in records.items() if "test" in record}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*TRAININGS, []], metavar="NAME")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--checkpoints", help="folder for checkpoints (default: temporary)")
    chosen = parser.parse_args(arguments)
    if not chosen.names:
        for name, training in TRAININGS.items():
            print(f"{name:32} {training.build} on {training.data}, {training.recipe.epochs} epochs")
    for name in chosen.names:
        run(name, epochs=chosen.epochs, checkpoints=chosen.checkpoints)


if __name__ == "__main__":
    main()
