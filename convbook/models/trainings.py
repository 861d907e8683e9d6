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
from dataclasses import replace
from pathlib import Path

from convbook.models.plans import SHIPPED, TRAININGS, build, prepared
from convbook.models.pretrained import ship
from convbook.models.recipes import PlateauRecipe
from convbook.models.training import hardware, score, train, write_record

RUNS = Path(__file__).parents[2] / "runs"


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
    folder = Path(checkpoints or tempfile.gettempdir())
    data = (x, y, x_val, y_val)
    if isinstance(training.recipe, PlateauRecipe):
        record = _by_plateau(model, training.recipe, data, log, folder / name, about)
    else:
        record = train(model, training.recipe, data, log, checkpoint=folder / name, about=about)
    record["test"] = {k: round(v, 4) for k, v in score(model, x_test, y_test).items()}
    record["test"]["pictures"] = len(y_test)
    write_record(record, log)
    shutil.rmtree(folder / name, ignore_errors=True)  # the state of a training that is finished
    if name in SHIPPED:
        ship(model, record, x_test, y_test, name)
    print(f"{name}: test accuracy {record['test']['accuracy']:.4f}")
    return model, record


def _by_plateau(model, recipe, data, log, folder, about):
    from convbook.models.chapter_recipe import fit

    started = {"name": log.stem, **about, "hardware": hardware()}
    started |= {"parameters": model.count_params(), "epochs": []}
    record = json.loads(log.read_text(encoding="utf-8")) if log.is_file() else started
    if "test" in record:  # a finished run is repeated from its beginning
        record = started

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
