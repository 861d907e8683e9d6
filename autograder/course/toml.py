"""Reads a TOML file of settings; each mistake in it is told in one sentence.

It says file and line, what was read, and what is expected there. What a setting may be is written
as types and checked by pydantic, which finds all mistakes of a file at once; the words are ours,
as its own speak of inputs to programmers. Reading a file of settings takes no part of it silently:
a setting that nobody knows is a mistake, as it is most often one that was mistyped.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler
from pydantic.functional_validators import WrapValidator
from pydantic_core import PydanticCustomError

from autograder.course import spreadsheets


class SettingsError(ValueError):
    """A settings file says something that can't be; the message says where and what is expected."""


class Table(BaseModel):
    """A table of settings: nothing in it is unknown, and no text stands for a number."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


#: What is expected where a setting says nothing of its own, by pydantic's kinds of errors.
EXPECTED = {
    "model_type": "expected a table",
    "dict_type": "expected a table",
    "string_type": "expected a text in quotes",
}
T = TypeVar("T", bound=Table)


def expected(what: str) -> WrapValidator:
    """Annotates a setting with what is told to whoever wrote something else: `what` is expected."""

    def check(value: Any, proceed: ValidatorFunctionWrapHandler) -> Any:
        try:
            return proceed(value)
        except (ValueError, LookupError):
            raise refuse(f"expected {what}") from None

    return WrapValidator(check)


def refuse(why: str) -> PydanticCustomError:
    """The error by which a check of a setting says `why` it can't be."""
    return PydanticCustomError("refused", "{why}", {"why": why})


def read(path: Path, kind: type[T], error: Callable[[str], SettingsError] = SettingsError) -> T:
    """Read the file at `path` as a table of a kind; raise `error` with a sentence a mistake."""
    try:
        text = spreadsheets.text_of(path).replace("\r\n", "\n")
    except ValueError as wrong:
        raise error(str(wrong)) from None
    try:
        return kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise error(_unreadable(path, text, str(wrong))) from None
    except ValidationError as wrong:
        mistakes = sorted(wrong.errors(), key=lambda mistake: _line_of(text, mistake["loc"]))
        told = [_sentence(path, text, kind, mistake) for mistake in mistakes]
        raise error("\n".join(told)) from None


def _unreadable(path: Path, text: str, why: str) -> str:
    lines = text.splitlines() or [""]
    why, *place = re.split(r"\s*\(at (?:line (\d+)|end of document)", why)
    number = int(place[0] or len(lines)) if place else len(lines)
    return (
        f"{path}, line {number}: {lines[number - 1].strip()!r} can't be read: {why}; "
        'expected name = value, a text in quotes, a table as [name] or ["01-name"]'
    )


def _sentence(path: Path, text: str, kind: type[Table], mistake: Any) -> str:
    keys = mistake["loc"]
    at = f"{path}, line {_line_of(text, keys)}"
    if mistake["type"] == "extra_forbidden":
        *tables, name = map(str, keys)
        fields = _kind_at(kind, tables).model_fields.items()
        known = [field for field, about in fields if not about.deprecated]
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"
        where = f"[{tables[0]}]" if len(tables) == 1 else _place(tables) or "the file"
        return f"{at}: {where} knows no {name}; {hint}"
    why = EXPECTED.get(mistake["type"], mistake["msg"])
    return f"{at}: {_place(keys)} is {_shown(mistake['input'])}; {why}"


def _place(keys: Sequence[int | str]) -> str:
    """Where a setting stands: its table in brackets, the entry there, the setting."""
    table, *rest = map(str, keys or [""])
    return f"[{table}] {': '.join(rest)}" if rest else table


def _kind_at(kind: Any, keys: Sequence[int | str]) -> Any:
    """The kind of table that `keys` lead to."""
    for key in keys:
        is_table = isinstance(kind, type) and issubclass(kind, Table)
        kind = kind.model_fields[key].annotation if is_table else get_args(kind)[-1]
    return kind


def _line_of(text: str, keys: Sequence[int | str]) -> int:
    """The number of the line after which `keys` lead to something, which only a parser can say."""
    lines = text.splitlines()
    for number in range(1, len(lines) + 1):
        try:
            found: Any = tomllib.loads("\n".join(lines[:number]))
            for key in keys:
                found = found[key]
        except (tomllib.TOMLDecodeError, LookupError, TypeError):
            continue
        return number
    return len(lines)


def _shown(value: Any) -> str:
    """A value as it is written in TOML."""
    if isinstance(value, date | time):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)
