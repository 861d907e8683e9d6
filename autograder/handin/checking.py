"""What an exercise notebook calls when you hand an answer in.

It looks at the *form* of an answer (is it a whole number, a tuple of three, a function?) and never
at its value: marking happens elsewhere, after you have handed the notebook in.

>>> hand_in("ex01", 27, "whole number")
ex01: this has the right form; it will be marked when you hand the notebook in.
"""

import dis
import inspect
import re
from string import ascii_lowercase

import numpy as np

from autograder.handin import forms

_COUNTED = re.compile(
    r"(?:tuple|list|array) of (?P<count>\d+) (?P<item>whole numbers|numbers|words)"
)
_SHAPED = re.compile(r"array of shape \((?P<shape>[\d, ]*)\)")
_CALLABLE = re.compile(r"function(?: of (?P<count>\d+) arguments?)?")
_CHOICE = re.compile(r"one of (?P<letters>[a-z](?:, [a-z])*)")


def _text(value, name):
    if not isinstance(value, str) or not value.strip():
        raise forms.WrongForm(f"`{name}`: expected text.")


def _dictionary(value, name):
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise forms.WrongForm(f"`{name}`: expected a dictionary whose keys are text.")


def _list(value, name):
    if not isinstance(value, list | tuple) or not value:
        raise forms.WrongForm(f"`{name}`: expected a list.")


def _class(value, name):
    if not inspect.isclass(value):
        raise forms.WrongForm(f"`{name}`: expected a class.")


_SIMPLE = {
    "whole number": forms.whole_number,
    "number": forms.number,
    "percent": lambda value, name: forms.number(value, name, percent=True),
    "shape": lambda value, name: forms.whole_numbers(value, name, 3),
    "letters": lambda value, name: forms.chosen(value, name, ascii_lowercase),
    "text": _text,
    "true or false": forms.truth,
    "array": forms.array,
    "list": _list,
    "dictionary": _dictionary,
    "class": _class,
}


def _read(value, form: str, name: str) -> None:
    """Raise `forms.WrongForm` unless `value` has the form; the value itself is not looked at."""
    if form in _SIMPLE:
        _SIMPLE[form](value, name)
    elif match := _COUNTED.fullmatch(form):
        _read_items(value, name, int(match["count"]), match["item"])
    elif match := _SHAPED.fullmatch(form):
        shape = tuple(int(n) for n in match["shape"].split(",") if n.strip())
        forms.array(value, name, shape)
    elif match := _CHOICE.fullmatch(form):
        forms.letter(value, name, match["letters"].replace(", ", ""))
    elif match := _CALLABLE.fullmatch(form):
        if not callable(value) or not _takes(value, match["count"]):
            raise forms.WrongForm(f"`{name}`: expected a {form}.")
    else:
        raise ValueError(
            f"form {form!r} is not known; use {', '.join(map(repr, _SIMPLE))}, 'function', "
            "'function of 2 arguments', 'tuple of 3 whole numbers', 'list of 4 numbers', "
            "'list of 5 words', 'array of shape (3, 3)' or 'one of a, b, c'"
        )


def _read_items(value, name, count, item):
    if item == "whole numbers":
        forms.whole_numbers(value, name, count)
    elif item == "numbers":
        forms.array(value, name, (count,))
    elif not isinstance(value, list | tuple) or len(value) != count:
        raise forms.WrongForm(f"`{name}`: expected {count} words.")
    else:
        for entry in value:
            _text(entry, name)


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


def _placeholder():
    """What stands in an answer cell before anything is written into it."""


def _unwritten(value) -> bool:
    """Tell whether a function has nothing in it yet but its description."""
    if not inspect.isfunction(value):
        return False
    steps, none = ([i.opname for i in dis.Bytecode(f)] for f in (value, _placeholder))
    return steps == none and {*value.__code__.co_consts} <= {None, value.__doc__}


def hand_in(question: str, answer, form: str) -> None:
    """Say whether `answer` has the form that `question` asks for.

    `form` is one of "whole number", "number", "percent", "shape" (three whole numbers), "letters"
    (a choice of several), "text", "true or false", "array", "list", "dictionary", "class",
    "function", "function of N arguments", "tuple of N whole numbers" (or list, array; or numbers,
    or words), "array of shape (H, W)", "one of a, b, c". `autograder.handin.forms` says in which
    ways each may come.
    """
    if answer is None or answer is ... or _unwritten(answer):
        print(f"{question}: there is no answer yet (expected: {form}).")
        return
    try:
        _read(answer, form, question)
    except forms.WrongForm:
        print(f"{question}: expected {form}, but this is {_shown(answer)}. Look at the form again.")
    else:
        print(
            f"{question}: this has the right form; it will be marked when you hand the notebook in."
        )
