"""What an exercise notebook calls when you hand an answer in.

It looks at the *form* of an answer (is it a whole number, a tuple of three, a function?) and never
at its value: marking happens elsewhere, after you have handed the notebook in.

>>> hand_in("ex01", 27, "whole number")
ex01: this has the right form; it will be marked when you hand the notebook in.
"""

import inspect
import re
from numbers import Integral, Real

import numpy as np

_COUNTED = re.compile(
    r"(?P<what>tuple|list|array) of (?P<count>\d+) (?P<item>whole numbers|numbers)"
)
_SHAPED = re.compile(r"array of shape \((?P<shape>[\d, ]*)\)")
_CALLABLE = re.compile(r"function(?: of (?P<count>\d+) arguments?)?")
_CHOICE = re.compile(r"one of (?P<letters>[a-z](?:, [a-z])*)")


def _scalar(value):
    """Unwrap a 0-d array or NumPy scalar; leave everything else alone."""
    return value.item() if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 else value


def _is_number(value) -> bool:
    value = _scalar(value)
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_whole(value) -> bool:
    value = _scalar(value)
    return _is_number(value) and (isinstance(value, Integral) or float(value).is_integer())


_SIMPLE = {
    "whole number": _is_whole,
    "number": _is_number,
    "text": lambda value: isinstance(value, str) and bool(value.strip()),
    "true or false": lambda value: isinstance(_scalar(value), bool),
    "array": lambda value: isinstance(value, np.ndarray) and value.dtype.kind in "biuf",
    "dictionary": lambda value: isinstance(value, dict) and all(isinstance(k, str) for k in value),
    "class": inspect.isclass,
}


def _has_form(value, form: str) -> bool:
    if form in _SIMPLE:
        return _SIMPLE[form](value)
    if match := _COUNTED.fullmatch(form):
        if not isinstance(value, tuple | list | np.ndarray) or np.ndim(value) != 1:
            return False
        check = _is_whole if match["item"] == "whole numbers" else _is_number
        return len(value) == int(match["count"]) and all(check(item) for item in value)
    if match := _SHAPED.fullmatch(form):
        shape = tuple(int(n) for n in match["shape"].split(",") if n.strip())
        return np.shape(value) == shape
    if match := _CHOICE.fullmatch(form):
        return isinstance(value, str) and value.strip().lower() in match["letters"].split(", ")
    if match := _CALLABLE.fullmatch(form):
        return callable(value) and _takes(value, match["count"])
    raise ValueError(
        f"form {form!r} is not known; use {', '.join(map(repr, _SIMPLE))}, 'function', "
        "'function of 2 arguments', 'tuple of 3 whole numbers', 'list of 4 numbers', "
        "'array of shape (3, 3)' or 'one of a, b, c'"
    )


def _takes(function, count) -> bool:
    if count is None:
        return True
    try:
        inspect.signature(function).bind(*range(int(count)))
    except TypeError:
        return False
    except ValueError:  # some built-in functions tell nothing about their arguments
        return True
    return True


def _shown(value) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"


def hand_in(question: str, answer, form: str) -> None:
    """Say whether `answer` has the form that `question` asks for.

    `form` is one of "whole number", "number", "text", "true or false", "array", "dictionary",
    "class", "function", "function of N arguments", "tuple of N whole numbers" (or list, array; or
    numbers), "array of shape (H, W)", "one of a, b, c". A whole number may come as an int, a float
    without a fraction or a NumPy scalar; for a tuple, a list or a one-dimensional array will do.
    """
    if answer is None or answer is ...:
        print(f"{question}: there is no answer yet (expected: {form}).")
    elif _has_form(answer, form):
        print(
            f"{question}: this has the right form; it will be marked when you hand the notebook in."
        )
    else:
        print(f"{question}: expected {form}, but this is {_shown(answer)}. Look at the form again.")
