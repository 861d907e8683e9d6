"""What a recorded training needs beside ``fit``: its batches, its learning rate, its memory."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np


class Resume(keras.callbacks.Callback):
    """After every epoch, keep in ``folder`` all that a stopped training needs to go on.

    ``keras.callbacks.BackupAndRestore`` keeps the weights, the optimiser and the epoch, but not
    what other callbacks remember: how many epochs ago the validation loss fell last, and the best
    weights so far. Give those callbacks as ``others``; this one must stand after them in the list,
    because each of them forgets when a training begins. An epoch is kept whole or not at all.
    """

    REMEMBERED = ("wait", "best", "best_epoch", "cooldown_counter")

    def __init__(self, folder: str | os.PathLike, others: Sequence = ()) -> None:
        super().__init__()
        self.folder, self.others = Path(folder), list(others)

    @property
    def epochs_done(self) -> int:
        """Epochs that lie in ``folder``; the training goes on with ``fit(initial_epoch=...)``."""
        return self._state()["epochs"]

    def _state(self) -> dict:
        path = self.folder / "state.json"
        return (
            json.loads(path.read_text(encoding="utf-8"))
            if path.is_file()
            else {"epochs": 0, "others": []}
        )

    def on_train_begin(self, logs: dict | None = None) -> None:
        state = self._state()
        if not state["epochs"]:
            return
        self.model.load_weights(self.folder / f"epoch{state['epochs']}.weights.h5")
        for other, kept in zip(self.others, state["others"], strict=True):
            for name, value in kept.items():
                setattr(other, name, value)
            if getattr(other, "restore_best_weights", False):
                with np.load(self.folder / f"best{other.best_epoch + 1}.npz") as best:
                    other.best_weights = [
                        best[f"arr_{number}"] for number in range(len(best.files))
                    ]

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        done = epoch + 1
        self.folder.mkdir(parents=True, exist_ok=True)
        # The file holds the optimiser's state too: its moments, its step, its learning rate.
        self.model.save_weights(self.folder / f"epoch{done}.weights.h5")
        state, keep = {"epochs": done, "others": []}, {str(done)}
        for other in self.others:
            there = {n: getattr(other, n) for n in self.REMEMBERED if hasattr(other, n)}
            state["others"].append(
                {n: float(v) if n == "best" else int(v) for n, v in there.items()}
            )
            if getattr(other, "restore_best_weights", False):
                keep.add(str(other.best_epoch + 1))
                if other.best_epoch == epoch:
                    np.savez(self.folder / f"best{done}.npz", *other.best_weights)
        part = self.folder / "state.part"
        part.write_text(json.dumps(state), encoding="utf-8")
        part.replace(self.folder / "state.json")
        # Older files go only once the state no longer names them.
        for path in self.folder.glob("*[0-9].*"):
            number = "".join(c for c in path.name.split(".")[0] if c.isdigit())
            if number not in keep or (number != str(done) and not path.name.startswith("best")):
                path.unlink()


class Record(keras.callbacks.Callback):
    """Append a row an epoch to ``record["epochs"]`` and hand record and row on.

    ``measure``: called with the model at the end of each epoch, for values to add to the row.
    """

    def __init__(
        self,
        record: dict,
        write: Callable[[dict], None] | None = None,
        report: Callable[[dict], None] | None = None,
        measure: Callable[[keras.Model], dict] | None = None,
    ) -> None:
        super().__init__()
        self.record, self.write, self.report, self.measure = record, write, report, measure

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._wall, self._cpu = time.time(), time.process_time()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        names = {"val_loss": "validation_loss", "val_accuracy": "validation_accuracy"}
        row = {"epoch": epoch + 1}
        row |= {names.get(name, name): float(value) for name, value in (logs or {}).items()}
        row |= self.measure(self.model) if self.measure else {}
        row |= {"seconds": time.time() - self._wall, "cpu_seconds": time.process_time() - self._cpu}
        digits = {"learning_rate": 8}
        row = {k: v if k == "epoch" else round(v, digits.get(k, 4)) for k, v in row.items()}
        # A training that was killed between two files may do its last epoch again.
        self.record["epochs"] = [r for r in self.record["epochs"] if r["epoch"] <= epoch] + [row]
        if self.write:
            self.write(self.record)
        if self.report:
            self.report(row)


class OneCycle(keras.callbacks.Callback):
    """Set the learning rate before each batch, to ``rate(progress)``, progress from 0 to 1."""

    def __init__(self, rate: Callable[[float], float]) -> None:
        super().__init__()
        self.rate, self._epoch = rate, 0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        done = self._epoch + batch / self.params["steps"]
        self.model.optimizer.learning_rate = self.rate(done / self.params["epochs"])


class Batches(keras.utils.PyDataset):
    """Shuffled, augmented batches of arrays, whole ones only, the same for the same seed.

    ``augment`` is called with the images of a batch and a random generator that belongs to this
    batch of this epoch, so a training that was stopped goes on with the batches it would have had.
    """

    def __init__(
        self,
        images: np.ndarray,
        targets: np.ndarray,
        batch_size: int,
        augment: Callable[[np.ndarray, np.random.Generator], np.ndarray],
        *,
        seed: int,
        epoch: int = 0,
    ) -> None:
        super().__init__()
        self.images, self.targets, self.batch_size = images, targets, batch_size
        self.augment, self.seed, self.epoch = augment, seed, epoch
        self._shuffle()

    def _shuffle(self):
        rng = np.random.default_rng((self.seed, self.epoch))
        self._order = rng.permutation(len(self.images))

    def __len__(self) -> int:
        return len(self.images) // self.batch_size

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        rng = np.random.default_rng((self.seed, self.epoch, index))
        return self.augment(self.images[chosen], rng), self.targets[chosen]

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self._shuffle()
