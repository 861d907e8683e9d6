"""Reads answers in every form that a learner may naturally give them in.

A reader takes an answer and its name and returns one canonical Python or NumPy value, or raises
`WrongForm`, whose text is for the learner: what was expected and what was given. Readers know
nothing of what would be right; a notebook's form check and the marking use the same ones.
"""

import ast
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

_GAP = "[,_' \u00a0\u2009\u202f]"
#: Digits in groups of three, "12,345", or as in India, "1,23,45,678": pairs before the last three.
_DIGITS = re.compile(
    rf"[+-]?(\d{{1,3}}({_GAP}\d{{3}})+|\d{{1,2}}({_GAP}\d{{2}})*{_GAP}\d{{3}}|\d+)(\.\d*)?"
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})")
_GROUPING = re.compile(r"[,_' \u00a0\u2009\u202f]")
#: "30 px", "8.69×", "61 million": a number, and then words that are no second one.
_MEASURED = re.compile(
    r"(?P<number>[^a-z×]*\d\.?)(?:\s*(?P<sign>×|x|px|M)|\s+(?P<words>[a-z][a-z -]*))"
)
_SCALES = {"M": 10**6, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SHARES = {"percent", "per cent", "permille"}  # these make another number of it
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
_LARGEST = 10**300  # what a float can hold, nearly
_TIMES = re.compile(r"\s*[×x*,;]\s*|\s+", re.IGNORECASE)


class WrongForm(ValueError):
    """The answer is there, but not in a form that can be read."""


class NotFinite(WrongForm):
    """There are entries that are not finite; the message quotes nothing of them."""


def shown(value: object) -> str:
    """Return a value as it is shown to whoever handed it in; nothing that it is makes this fail."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    try:
        text = repr(value)
    except Exception:  # a whole number of thousands of digits, or an object that can't show itself
        return f"a {type(value).__name__} that can't be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


def counted(number: float, word: str, words: str = "") -> str:
    """A word with its count; `words` are several of it, where an s is not enough.

    >>> counted(1, "file"), counted(2000, "file"), counted(2, "entry", "entries")
    ('1 file', '2,000 files', '2 entries')
    """
    return f"{number:,.10g} {word if number == 1 else words or word + 's'}"


def _alone(value: Any) -> Any:
    """Take a number out of the scalar, 0-d array or list of one that it came in."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray) and value.size == 1:
        return value.reshape(()).item()
    if isinstance(value, list | tuple) and len(value) == 1:
        return _alone(value[0])
    return value


def number(value: object, name: str, *, percent: bool = False) -> float:
    """Read a finite number; with `percent`, text may end with ``%``."""
    found = _alone(value)
    if isinstance(found, str):
        text, scale = _measured(found.strip().lstrip("=≈~").strip(), percent)
        if _DIGITS.fullmatch(text):
            text = _GROUPING.sub("", text)
        elif _DECIMAL_COMMA.fullmatch(text):  # three digits after the comma are a group
            text = text.replace(",", ".")
        try:
            found = float(text) * scale
        except ValueError:
            found = None
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) > _LARGEST:
        raise WrongForm(f"`{name}`: expected a number, but this one has hundreds of digits.")
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise WrongForm(f"`{name}`: expected a number, but this is {shown(value)}.")
    return found


def _measured(text: str, percent: bool) -> tuple[str, int]:
    """Take off what a number is counted in; return the rest, and by what to multiply it."""
    if percent:
        text = text.removesuffix("%").rstrip()
    found = _MEASURED.fullmatch(text)
    if not found:
        return text, 1
    first, *_ = (found["words"] or "").split() or [found["sign"]]
    if not percent and (found["words"] or "").strip() in _SHARES:
        return text, 1
    return found["number"].strip(), _SCALES.get(first, 1)


def has_words(value: object) -> bool:
    """Whether a value is text with letters in it."""
    return isinstance(value, str) and any(letter.isalpha() for letter in value)


def whole_number(value: object, name: str) -> int:
    """Read a whole number: int, 17.0, a NumPy scalar, an array of one, text such as "12,345"."""
    try:
        found = number(value, name)
    except WrongForm:
        raise WrongForm(
            f"`{name}`: expected one whole number, but this is {shown(value)}."
        ) from None
    if found != int(found) and isinstance(value, str) and _THOUSANDS.fullmatch(value.strip()):
        raise WrongForm(
            f"`{name}`: {shown(value)} is read with a decimal point, and a count can't have a "
            "fraction. Do the dots separate thousands? Write the digits alone."
        )
    if found != int(found):
        raise WrongForm(
            f"`{name}`: this is {shown(value)}, but a count can't have a fraction. "
            "Which step of the rule makes it whole?"
        )
    return int(found)


def _is_number(value: object) -> bool:
    try:
        number(value, "")
    except WrongForm:
        return False
    return True


def whole_numbers(value: object, name: str, count: int) -> tuple[int, ...]:
    """Read `count` whole numbers in order: tuple, list, array, or text such as "13×19×21"."""
    items = value
    if isinstance(value, str):
        text = value.strip().strip("()[]").strip()
        items = [part for part in _TIMES.split(text) if part]
    elif isinstance(value, np.ndarray):
        items = (
            value.ravel().tolist()
            if value.ndim <= 2 and max(value.shape, default=1) == value.size
            else []
        )
    if isinstance(items, list | tuple) and len(items) == count and all(map(_is_number, items)):
        return tuple(whole_number(item, name) for item in items)
    raise WrongForm(
        f"`{name}`: expected {counted(count, 'whole number')} in order, but this is {shown(value)}."
    )


def array(value: object, name: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """Read an array of finite numbers as float64; `shape` is checked if it is given."""
    try:
        found = np.asarray(_out_of_text(value, name))
    except ValueError:  # rows of different lengths
        found = np.asarray("?")
    if found.dtype.kind not in "biuf" or (found.dtype.kind == "b" and found.ndim == 0):
        raise WrongForm(f"`{name}`: expected an array of numbers, but this is {shown(value)}.")
    if shape is not None and found.shape != shape:
        raise WrongForm(
            f"`{name}`: expected the shape {shape}, but this has the shape {found.shape}."
        )
    found = found.astype(np.float64)
    if not np.isfinite(found).all():
        raise NotFinite(f"`{name}`: there are entries that are not finite numbers (NaN or inf).")
    return found


def _out_of_text(value: Any, name: str) -> Any:
    """The numbers of an array of texts, or of a text such as "[[1, 3], [2, -2]]"."""
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
    found = np.asarray(value)
    if found.dtype.kind != "U" or found.ndim == 0:
        return value
    return np.array([number(text, name) for text in found.ravel().tolist()]).reshape(found.shape)


def word(value: object, name: str, choices: Iterable[str]) -> str:
    """Read one of `choices`; case, blanks, hyphens and underscores don't matter.

    Words may follow, where none of them is another choice: "before the activation" is "before".
    """
    choices = list(choices)
    if isinstance(_alone(value), str):
        known = {_plain(choice): choice for choice in choices}
        text = _alone(value).strip().rstrip(".")
        wanted = _plain(text)
        wanted = wanted if wanted in known else _SYNONYMS.get(wanted, wanted)
        if wanted in known:
            return known[wanted]
        first, *rest = re.findall(r"[^\W\d_]+", text) or [""]
        if _plain(first) in known and not known.keys() & set(map(_plain, rest)):
            return known[_plain(first)]
    raise WrongForm(
        f"`{name}`: expected one of {', '.join(map(repr, choices))}, but this is {shown(value)}."
    )


_SYNONYMS = {"mean": "average", "avg": "average", "maximum": "max"}


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-‐-–]+", "", text).casefold()


def letter(value: object, name: str, letters: str) -> str:
    """Read one letter of `letters`: "b", "B", "(b)", "b." or "b)"."""
    found = _alone(value)
    if isinstance(found, str):
        found = found.strip().strip("().:").strip().lower()
        if len(found) == 1 and found in letters:
            return found
    raise WrongForm(
        f"`{name}`: expected one of the letters {', '.join(letters)}, but this is {shown(value)}."
    )


def chosen(value: object, name: str, letters: str) -> frozenset[str]:
    """Read a choice of several letters: ["a", "c"], ("A", "C"), "ac", "a/c" or "(a), (c)"."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    parts = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    if isinstance(value, str):
        parts = re.findall(r"[a-z]+|[^a-z\s,;().&+/|\[\]]", value.lower().replace(" and ", " "))
        if len(parts) == 1:
            parts = list(parts[0])
    if not isinstance(parts, list | tuple):
        raise WrongForm(f'`{name}`: expected letters, such as "x, y", but this is {shown(value)}.')
    return frozenset(letter(part, name, letters) for part in parts)


def order(value: object, name: str, letters: str) -> tuple[str, ...]:
    """Read every letter of `letters` once, in the order given."""
    if isinstance(value, str):
        value = re.findall(r"[a-z]", value.lower().replace(" and ", " "))
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise WrongForm(f"`{name}`: expected letters in order, but this is {shown(value)}.")
    found = tuple(letter(part, name, letters) for part in value)
    if sorted(found) != sorted(letters):
        raise WrongForm(f"`{name}`: every letter from {', '.join(letters)} belongs in it once.")
    return found


def truth(value: object, name: str) -> bool:
    """Read True or False (also 1 and 0, "true" and "false", "yes" and "no")."""
    found = _alone(value)
    if isinstance(found, str):
        found = {"true": True, "yes": True, "false": False, "no": False}.get(found.strip().lower())
    if isinstance(found, int | float) and found in (0, 1):
        return bool(found)
    raise WrongForm(f"`{name}`: expected True or False, but this is {shown(value)}.")


def table(value: object, name: str, keys: Iterable[str]) -> dict[str, Any]:
    """Read a dictionary with `keys`, or the values alone in the order of `keys`.

    Keys may differ in case, blanks, hyphens, underscores and brackets; a key that is missing
    stands for None. Unknown keys are `WrongForm`, since they are most likely slips of the pen.
    """
    keys = list(keys)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        if len(value) != len(keys):
            raise WrongForm(
                f"`{name}`: expected {counted(len(keys), 'entry', 'entries')}, but there are "
                f"{len(value)} of them."
            )
        return dict(zip(keys, value, strict=True))
    if not isinstance(value, Mapping):
        raise WrongForm(f"`{name}`: expected a dictionary, but this is {shown(value)}.")
    known = {_plain(key.strip("() .")): key for key in keys}
    found, seen = dict.fromkeys(keys), set()
    for key, entry in value.items():
        plain = _plain(key.strip("() .") if isinstance(key, str) else shown(key))
        if plain not in known:
            raise WrongForm(f"`{name}`: {shown(key)} is not one of {', '.join(map(repr, keys))}.")
        if known[plain] in seen:
            raise WrongForm(f"`{name}`: there are two entries for {known[plain]!r}.")
        seen.add(known[plain])
        found[known[plain]] = entry
    return found
