"""Beat the loss: a network on a budget, and a leaderboard on one's own machine.

A learner hands in how to train a network. It is trained here, against the clock, rebuilt from its
layers and arrays, counted, and tried on test digits that nobody has: each board draws its own moved
and turned ones by a seed from the machine's randomness. The board is a file of the learner's own;
nothing of it goes over a network, and no grade follows from it. What stands in the file is not
believed: every loss is worked out anew from the network beside it whenever the board is shown.
"""

import json
import math
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.handin import forms
from autograder.run.store import write_whole
from convbook.data import load
from convbook.data.distortion import distort
from convbook.nn.exchange import from_network, from_text, to_text
from questions.networks import losses, read_network

#: What a network may hold, and how long its training may keep a processor busy.
PARAMETERS, SECONDS = 2_000, 60.0
#: Names the file that the board is kept in.
FILE = "CONVBOOK_LEADERBOARD"
#: How often each of the test digits is tried, and by how many standard errors a network may do
#: better on its board's images than on others before it is taken to have learned them.
TIMES, ERRORS = 5, 5.0
#: The images of a board that nobody has entered yet.
PUBLIC = 0
_NAME = 24
_RIVALS = Path(__file__).with_name("rivals.json")


@dataclass(frozen=True)
class Entry:
    """What the file holds of a network: its text, and what was said of it when it came."""

    name: str
    network: str
    loss: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Row:
    """What the board shows: a loss that was worked out now, or none with the reason."""

    name: str
    loss: float | None
    parameters: int | None
    seconds: float | None
    note: str = ""
    has_place: bool = False


@cache
def unseen(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The test digits (N, 1, 8, 8), 0…1, each moved and turned as the seed draws it, and labels."""
    data = load("digits", quiet=True)
    scaled = data.x_test[..., 0].astype(np.float32) / 255
    draw = np.random.default_rng(seed)
    changed = [distort(scaled, draw) for _ in range(TIMES)]
    return np.concatenate(changed)[:, None], np.tile(data.y_test, TIMES)


def path() -> Path:
    """The file that holds the board."""
    named = os.environ.get(FILE)
    return Path(named) if named else Path.home() / ".convbook" / "beat-the-loss.json"


@dataclass
class Board:
    """The entries of one machine, and the seed that draws the images for all of them."""

    seed: int
    entries: list[Entry]

    @classmethod
    def read(cls) -> "Board":
        """Read the file; without one, the board is empty and its images are the public ones.

        A `ValueError` where the file can't be read: it is left as it is.
        """
        try:
            text = path().read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(PUBLIC, [])
        try:
            found = json.loads(text)
            return cls(int(found["seed"]), [_entry(each) for each in found["entries"]])
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(
                f"{path()} can't be read as a leaderboard; mend it, or move it away and begin anew"
            ) from None

    def add(self, name: str, network: str, seconds: float) -> None:
        """Add an entry and keep the board; its first one draws the seed."""
        if self.seed == PUBLIC:
            self.seed = secrets.randbits(62) + 1
        loss = round(_judged(network, self.seed)[0], 4)
        self.entries.append(Entry(_name(name), network, loss, round(seconds, 1)))
        kept = {"seed": self.seed, "entries": [asdict(each) for each in self.entries]}
        write_whole(path(), json.dumps(kept, indent=1))

    def rows(self) -> list[Row]:
        """Everybody with a loss worked out now, the best first, and the rivals among them."""
        rivals = [_entry(each) for each in json.loads(_RIVALS.read_text(encoding="utf-8"))]
        rows = [_row(entry, self.seed) for entry in (*rivals, *self.entries)]
        return sorted(rows, key=lambda row: (not row.has_place, row.loss or math.inf))


def _entry(found: dict[str, Any]) -> Entry:
    """What a file says; what is no number there is none."""
    loss, seconds = (_number(found.get(key)) for key in ("loss", "seconds"))
    return Entry(_name(found.get("name")), str(found.get("network", "")), loss, seconds)


def _number(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and math.isfinite(value) else None


def _name(value: Any) -> str:
    """A name as it is shown: printable, of one line, and short."""
    text = "".join(letter for letter in str(value or "") if letter.isprintable())
    return re.sub(r"[\s|<>&`]+", " ", text).strip()[:_NAME] or "no name"


@cache
def _judged(text: str, seed: int) -> tuple[float, float, int]:
    """A network's mean loss on a seed's images, its standard error, and its parameters.

    A `ValueError` or `forms.WrongForm` says why it can't be judged.
    """
    network = read_network(*from_text(text), ("layers", "weights"), (1, 8, 8))
    found = losses(network, *unseen(seed))
    if not np.isfinite(found).all():
        raise ValueError("its loss is no number; are there weights that are none?")
    return float(found.mean()), float(found.std() / math.sqrt(len(found))), network.parameters


def _row(entry: Entry, seed: int) -> Row:
    """What is shown of an entry; it has a place where its network holds what was asked."""
    if not entry.network:
        return Row(entry.name, None, None, entry.seconds, "no network, so nothing to work out")
    try:
        loss, error, parameters = _judged(entry.network, seed)
        fresh, own, _ = _judged(entry.network, seed + 1)
    except (ValueError, forms.WrongForm) as reason:
        return Row(entry.name, None, None, entry.seconds, f"can't be judged: {reason}")
    shown = (entry.name, loss, parameters, entry.seconds)
    if parameters > PARAMETERS:
        return Row(*shown, f"over the budget of {PARAMETERS:,} parameters")
    if entry.seconds is None or not 0 <= entry.seconds <= SECONDS:
        return Row(*shown, f"not trained within {SECONDS:g} s by `enter`")
    if fresh - loss > ERRORS * math.hypot(error, own):
        return Row(*shown, f"knows the images of this board: {fresh:.3f} on others")
    differs = entry.loss is not None and abs(entry.loss - loss) > 1e-3
    note = f"the file said {entry.loss:.3f}; worked out from the network" if differs else ""
    return Row(*shown, note, has_place=True)


def train(recipe: Callable[[np.ndarray, np.ndarray], Any]) -> tuple[str, float]:
    """Train by a recipe; return the network as text, and the processor seconds that it took.

    `recipe(images, labels)` gets the training digits (N, 8, 8), 0…1, and returns a network of
    `convbook.nn`, or the two lists that `from_keras(model)` gives.
    """
    data = load("digits", quiet=True)
    images = data.x_train[..., 0].astype(np.float32) / 255
    began = time.process_time()
    made = recipe(images, data.y_train.copy())
    seconds = time.process_time() - began
    return _text(made), seconds


def _text(made: Any) -> str:
    """A network as text; a `ValueError` where it is none."""
    if isinstance(made, tuple | list) and len(made) == 2:
        try:
            return to_text(*made)
        except TypeError as error:
            raise ValueError(f"the layers and arrays can't be written down: {error}") from None
    if not hasattr(made, "layers"):
        raise ValueError(
            f"the recipe returned a {type(made).__name__}; expected a network of convbook.nn, or "
            "the two lists of from_keras(model)"
        )
    return to_text(*from_network(made))


def enter(recipe: Callable[[np.ndarray, np.ndarray], Any], name: str = "") -> str:
    """Train a network by the recipe, try it, keep it on the board; return the board in words.

    A `ValueError` says why a network is refused: nothing is kept of it then.
    """
    if not callable(recipe) or hasattr(recipe, "layers"):
        raise ValueError(
            "`enter` takes the function that trains, enter(train), and calls it with images and "
            "labels: a finished network can't say how long it took"
        )
    board = Board.read()
    network, seconds = train(recipe)
    try:
        *_, parameters = _judged(network, PUBLIC)
    except forms.WrongForm as reason:
        raise ValueError(str(reason)) from None
    if parameters > PARAMETERS:
        raise ValueError(f"{parameters:,} parameters; the budget is {PARAMETERS:,}")
    if seconds > SECONDS:
        raise ValueError(f"{seconds:.0f} processor seconds of training; the budget is {SECONDS:g}")
    board.add(name, network, seconds)
    return show(board)


def show(board: Board | None = None) -> str:
    """The board in words: place, loss (nats), parameters, seconds, and what has no place."""
    board = board or Board.read()
    place, lines = 0, ["     loss  params  seconds  name"]
    for row in board.rows():
        place += row.has_place
        number = f"{place}." if row.has_place else "–"
        loss = "–" if row.loss is None else f"{row.loss:.3f}"
        parameters = "–" if row.parameters is None else f"{row.parameters:,}"
        seconds = "–" if row.seconds is None else f"{row.seconds:.1f}"
        note = f" ({row.note})" if row.note else ""
        lines.append(f"{number:3} {loss:>5}  {parameters:>6}  {seconds:>7}  {row.name}{note}")
    if board.seed == PUBLIC:
        lines.append("Nobody has entered yet: these losses are on images that everybody can draw.")
    return "\n".join(lines)
