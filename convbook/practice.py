"""What an exercise notebook calls below your answers.

`hand_in` looks at the *form* of an answer, in practice and in an examination alike. `check` gives
the grader's own verdict while you practise: in a clone of this repository, or where the practice
wheel is installed. In an examination neither is there, and `check` says nothing.

>>> hand_in("ex01", 27, "whole number")
ex01: this has the right form; it will be marked when you hand the notebook in.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np

from autograder.handin import hand_in

__all__ = ["beside", "check", "enter", "hand_in", "leaderboard"]

#: An answer with more entries than this is named by its shape.
LARGEST = 200
_SEE = re.compile(
    r"\s*See section (?P<section>[\d.]+)(?:: (?P<path>\S+?)\.html(?P<end>#\S*)?)?\.?$"
)


def check(question: str, written: bool | None = None) -> None:
    """Say what the grader would say of your answer to `question`, and count the attempt.

    Below an answer in words, `written` says whether yours stands there: then a sample answer
    appears, with what each point is given for. Says nothing while there is no answer, and in an
    examination.
    """
    practising = _practising()
    if practising is None:
        return
    if written is not None:
        text = practising.text(question) if written else None
        if text is not None:
            _show_markdown(text.shown())
        return
    names = sys._getframe(1).f_globals
    cells = names.get("In")
    try:
        tried = practising.tried(question, names, cells[1:] if isinstance(cells, list) else None)
    except ValueError as error:
        print(error)
        return
    if tried is not None:
        print(tried.heading())
        for message in tried.verdict.messages:
            _show(message)


def enter(train: Callable[[Any, Any], Any], name: str = "") -> None:
    """Beat the loss: train a network by your recipe and put it on this machine's leaderboard.

    `train(images, labels)` gets the training digits (N, 8, 8), 0…1, and returns a network of
    `convbook.nn`, or what `from_keras(model)` gives. The name is yours to choose, or to leave out.
    """
    board = _board()
    if board is not None:
        _print_or_refuse(lambda: board.enter(train, name))


def leaderboard() -> None:
    """Show this machine's leaderboard of *Beat the loss*; every loss on it is worked out anew."""
    board = _board()
    if board is not None:
        _print_or_refuse(board.show)


def _print_or_refuse(words: Callable[[], str]) -> None:
    try:
        print(words())
    except ValueError as error:
        print(f"Not on the board: {error}")


def _board() -> Any:
    """The module that keeps the board, where the checkers are; else a sentence says where."""
    practising = _practising()
    board = None if practising is None else practising.leaderboard()
    if board is None:
        print("The leaderboard comes with the checkers: in a clone, or with the practice wheel.")
    return board


def _practising() -> Any:
    """The engine's side of practice; None where only the students' wheel is installed."""
    try:
        from autograder.course import practising
    except ModuleNotFoundError as error:  # it has the form check and no grader
        if str(error.name).startswith("autograder"):
            return None
        raise
    return practising


def beside(
    expected: Any, yours: Callable[[], Any], titles: tuple[str, str] = ("the example", "yours")
) -> None:
    """Draw what the question's worked example gives, and beside it what `yours()` gives.

    Where an entry of yours differs, it has a frame. Only a notebook draws; elsewhere nothing is
    called.
    """
    if _is_kernel():
        from IPython.display import display

        display(_drawn(expected, yours, titles))


def _drawn(expected: Any, yours: Callable[[], Any], titles: tuple[str, str]) -> Any:
    """The figure; an answer that is missing or fails is said in its place."""
    from convbook import plotting

    try:
        found = yours()
        own = [["nothing yet"]] if found is None else np.asarray(found)
        if isinstance(own, np.ndarray) and (own.size == 0 or own.dtype.kind not in "biufU"):
            own = [[f"a {type(found).__name__}"]]
        elif isinstance(own, np.ndarray) and own.size > LARGEST:
            own = [[f"shape {own.shape}"]]
    except Exception as error:  # a learner's own, whatever it is
        nothing = isinstance(error, TypeError) and "NoneType" in str(error)
        own = [["nothing yet"]] if nothing else [[f"a {type(error).__name__}"]]
    return plotting.grids_beside(
        [expected, own], titles, f"{titles[0].capitalize()}, and {titles[1]} beside it."
    )


def _show(message: str) -> None:
    """Print a message; where it sends you to a widget, that opens below, set to a case to look at.

    The case is a sibling of the question's own.
    """
    see = _SEE.search(message)
    if see is None:
        print(f"  {message}")
        return
    print(f"  {message[: see.start()]}")
    page, end = see["path"] or "", see["end"] or ""
    if not (_is_kernel() and page):
        print(f"  See section {see['section']}.")
        return
    _show_page(see["section"], page)
    if end:
        name, _, state = end[1:].partition("?")
        _show_widget(name, state)


def _is_kernel() -> bool:
    """Whether a notebook shows what is displayed."""
    shell = sys.modules.get("IPython")
    return shell is not None and getattr(shell.get_ipython(), "kernel", None) is not None


def _show_markdown(text: str) -> None:
    """Show a text as a notebook sets it; elsewhere as it is."""
    if not _is_kernel():
        print(text)
        return
    from IPython.display import Markdown, display

    display(Markdown(text))


def _show_page(section: str, page: str) -> None:
    """Show a link to a page of the book, where it lies beside the exercises."""
    for ending in (".ipynb", ".md"):
        for up in ("../..", "..", "."):
            if Path(up, page + ending).exists():
                _show_markdown(f"See [section {section}]({up}/{page}{ending}).")
                return
    print(f"  See section {section}.")


def _show_widget(name: str, state: str) -> None:
    """Show a folded widget with its traits set, closed until you open it."""
    import json

    import ipywidgets
    from IPython.display import display

    from convbook import widgets

    kind: Any = getattr(widgets, name, None)
    if kind is None:
        return
    try:
        traits = {key: json.loads(value) for key, value in parse_qsl(state)}
        widget = kind(**traits)
    except (ValueError, TypeError):  # the link leads to the page all the same
        return
    folded = ipywidgets.Accordion(
        children=[widget], titles=("Look at a case like yours",), selected_index=None
    )
    display(folded)
