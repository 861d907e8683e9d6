"""What an exercise notebook calls when you hand an answer in.

It looks at the *form* of an answer (is it a whole number, a tuple of three, a function?) and never
at its value: marking happens elsewhere, after you have handed the notebook in. What it calls the
right form is what the grader can read: both read an answer in the same way.

>>> hand_in("ex01", 27, "whole number")
ex01: this has the right form; it will be marked when you hand the notebook in.
>>> hand_in("ex10", "befor", "text", choices=("before", "after"))
ex10: expected one of 'before', 'after', but this is 'befor' (str). Look at the form again.
"""

import dis
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from string import ascii_lowercase
from typing import Any

import numpy as np

from autograder.handin import forms
from autograder.handin.wire import WireError, crossed

_COUNTED = re.compile(
    r"(?:tuple|list|array) of (?P<count>\d+) (?P<item>whole numbers|numbers|words)"
)
_SHAPED = re.compile(r"array of shape \((?P<shape>[\d, ]*)\)")
_CALLABLE = re.compile(r"function(?: of (?P<count>\d+) arguments?)?")
_CHOICE = re.compile(r"one of (?P<letters>[a-z](?:, [a-z])*)")

Choices = Iterable[str]


def _text(value, name, choices: Choices = ()):
    if choices:
        forms.word(value, name, choices)
    elif not isinstance(value, str) or not value.strip():
        raise forms.WrongForm(f"`{name}`: expected text.")


def _letters(value, name, choices: Choices = ascii_lowercase):
    forms.chosen(value, name, "".join(choices))


def _order(value, name, choices: Choices):
    forms.order(value, name, "".join(choices))


def _list(value, name):
    if not isinstance(value, list | tuple) or not value:
        raise forms.WrongForm(f"`{name}`: expected a list.")


_SIMPLE: dict[str, Callable] = {
    "whole number": forms.whole_number,
    "number": forms.number,
    "percent": lambda value, name: forms.number(value, name, percent=True),
    "shape": lambda value, name: forms.whole_numbers(value, name, 3),
    "letters": _letters,
    "letters in order": _order,
    "text": _text,
    "true or false": forms.truth,
    "array": forms.array,
    "list": _list,
}
_CHOOSING = ("letters", "letters in order", "text")


def _read(value, form: str, name: str, choices: Choices | None) -> None:
    """Raise `forms.WrongForm` unless `value` has the form; the value itself is not looked at."""
    if form in _CHOOSING and choices is not None:
        _SIMPLE[form](value, name, tuple(choices))
    elif form in _SIMPLE:
        _SIMPLE[form](value, name)
    elif match := _COUNTED.fullmatch(form):
        _read_items(value, name, int(match["count"]), match["item"], choices or ())
    elif match := _SHAPED.fullmatch(form):
        shape = tuple(int(n) for n in match["shape"].split(",") if n.strip())
        forms.array(value, name, shape)
    elif match := _CHOICE.fullmatch(form):
        forms.letter(value, name, match["letters"].replace(", ", ""))
    else:
        raise ValueError(
            f"form {form!r} is not known; use {', '.join(map(repr, _SIMPLE))}, 'dictionary', "
            "'class', 'function', 'function of 2 arguments', 'tuple of 3 whole numbers', 'list of "
            "4 numbers', 'list of 5 words', 'array of shape (3, 3)' or 'one of a, b, c'"
        )


def _read_items(value, name, count, item, choices):
    if item == "whole numbers":
        forms.whole_numbers(value, name, count)
        return
    if item == "numbers":
        forms.array(value, name, (count,))
        return
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple) or len(value) != count:
        raise forms.WrongForm(f"`{name}`: expected {forms.counted(count, 'word')}.")
    for entry in value:
        _text(entry, name, choices)


def _read_table(value, name, keys, form, choices):
    """Read a dictionary with `keys`, each of its entries in `form`."""
    keys = value if keys is None and isinstance(value, Mapping) else keys or ()
    for key, entry in forms.table(value, name, keys).items():
        place = f'{name}["{key}"]'
        if entry is None:
            raise forms.WrongForm(f"`{place}`: there is no answer yet.")
        if form is not None:
            _read(entry, form, place, choices)


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
    return f"{forms.shown(value)} ({type(value).__name__})"


def _name_of(key) -> str:
    """A key as text; one that can't be shown is called so."""
    return key if isinstance(key, str) else forms.shown(key)


def _placeholder():
    """What stands in an answer cell before anything is written into it."""


def unwritten(value) -> bool:
    """Tell whether a function has nothing in it yet but its description."""
    if not inspect.isfunction(value):
        return False
    steps, none = ([i.opname for i in dis.Bytecode(f)] for f in (value, _placeholder))
    return steps == none and {*value.__code__.co_consts} <= {None, value.__doc__}


def missing(value) -> list[str]:
    """Say where an answer is missing: nowhere (``[]``), everywhere (``[""]``), or in places."""
    if value is None or value is ... or unwritten(value):
        return [""]
    if isinstance(value, Mapping):
        entries = {_name_of(key): missing(entry) for key, entry in value.items()}
        gaps = [f'["{key}"]{rest}' for key, found in entries.items() for rest in found]
        return [""] if gaps and all(found == [""] for found in entries.values()) else gaps
    if isinstance(value, list | tuple):
        found = [missing(entry) for entry in value]
        if found and all(entry == [""] for entry in found):
            return [""]
        return [f"[{place}]{rest}" for place, gaps in enumerate(found) for rest in gaps]
    return []


def _check(question, answer, form, choices, keys, entries, methods):
    """Raise `forms.WrongForm` where the grader could not read the answer."""
    if form == "class":
        if not inspect.isclass(answer):
            raise forms.WrongForm(f"`{question}`: expected a class.")
        for method in methods:
            if not callable(getattr(answer, method, None)):
                raise forms.WrongForm(f"`{question}`: the class has no method `{method}`.")
        return
    if match := _CALLABLE.fullmatch(form):
        if not callable(answer) or not _takes(answer, match["count"]):
            raise forms.WrongForm(f"`{question}`: expected a {form}.")
        return
    try:
        readable = crossed(answer)
    except WireError as error:
        raise forms.WrongForm(f"`{question}`: {error}.") from None
    if form == "dictionary":
        _read_table(readable, question, keys, entries, choices)
    else:
        _read(readable, form, question, choices)


def _expected(form, choices, keys, entries) -> str:
    if form == "dictionary" and keys is not None:
        form = f"{form} with an entry for each of {', '.join(map(str, keys))}"
        if choices is None and entries:
            form += f" ({entries})"
    if choices is None:
        return form
    words = ", ".join(map(repr, choices))
    return f"one of {words}" if form == "text" else f"{form}, each of {words}"


def hand_in(
    question: str,
    answer: Any,
    form: str,
    *,
    choices: Choices | None = None,
    keys: Iterable[str] | None = None,
    entries: str | None = None,
    methods: Iterable[str] = (),
) -> None:
    """Say whether `answer` has the form that `question` asks for.

    `form` is one of "whole number", "number", "percent", "shape" (three whole numbers), "letters"
    (a choice of several), "letters in order", "text", "true or false", "array", "list",
    "dictionary", "class", "function", "function of N arguments", "tuple of N whole numbers" (or
    list, array; or numbers, or words), "array of shape (H, W)", "one of a, b, c".
    `autograder.handin.forms` says in which ways each may come.

    `choices` are the letters or words to choose from; `keys` are those of a dictionary and
    `entries` the form of what stands there; `methods` are those that a class must have.
    """
    choices = tuple(choices) if choices is not None else None
    keys = tuple(keys) if keys is not None else None
    expected = _expected(form, choices, keys, entries)
    gaps = missing(answer)
    if inspect.isclass(answer):
        gaps = [f".{m}" for m in methods if unwritten(getattr(answer, m, None))]
        gaps = [""] if gaps and len(gaps) == len(tuple(methods)) else gaps
    # nbgrader's Validate calls a cell failed that writes an error, and everything else a success.
    out = sys.stderr if os.environ.get("NBGRADER_VALIDATING") else sys.stdout
    if gaps:
        where = "" if gaps == [""] else f" in {', '.join(gaps)}"
        print(f"{question}: there is no answer yet{where} (expected: {expected}).", file=out)
        return
    try:
        _check(question, answer, form, choices, keys, entries, methods)
    except forms.WrongForm:
        print(
            f"{question}: expected {expected}, but this is {_shown(answer)}. Look at the form "
            "again.",
            file=out,
        )
    else:
        print(
            f"{question}: this has the right form; it will be marked when you hand the notebook in."
        )
