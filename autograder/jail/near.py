"""Finds the name that a student gave in the place of one that was asked for.

It reads the sources of cells, never what a process says of itself. So nothing gets into a message
but an identifier that stands in the notebook and is nearly the name that was asked for.
"""

import ast
import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property

#: What is read of a notebook, in characters, and of its names: a hostile one must cost no time.
MOST_SOURCE, MOST_NAMES, LONGEST, LEAST_ALIKE = 100_000, 500, 40, 4
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_OWN_NAMES = (*_DEFINITIONS, ast.Lambda, *_COMPREHENSIONS)


def _nodes(sources: Iterable[str]) -> Iterator[ast.AST]:
    """What stands in cells at their outermost level; nothing of what can't be parsed."""
    left = MOST_SOURCE
    for source in sources:
        waiting: list[ast.AST] = []
        left -= len(source)
        if left >= 0:
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                waiting.append(ast.parse(source))
        while waiting:
            node = waiting.pop()
            yield node
            if not isinstance(node, _OWN_NAMES):
                waiting += ast.iter_child_nodes(node)


def _bound_in(sources: Iterable[str]) -> set[str]:
    """The names that cells assign or define; what they import is somebody else's."""
    found = set()
    for node in _nodes(sources):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, _DEFINITIONS):
            found.add(node.name)
    return found


def _bare(name: str) -> str:
    return name.casefold().replace("_", "")


class Near:
    """Says of a name that is missing which name of the student's own may be meant by it.

    `own` are the sources of the student's cells. What the sources in `others` speak of, a setup
    cell or what hands in another answer, has a meaning of its own and is nobody's slip.
    """

    def __init__(self, own: Iterable[str], others: Iterable[str] = ()):
        self._own, self._others = tuple(own), tuple(others)

    @cached_property
    def _bound(self) -> set[str]:
        return _bound_in(self._own)

    @cached_property
    def _found(self) -> list[str]:
        """The student's own names, in order; parsed once for all names that are missing."""
        taken = {node.id for node in _nodes(self._others) if isinstance(node, ast.Name)}
        taken |= _bound_in(self._others)
        return sorted(each for each in self._bound - taken if len(each) <= LONGEST)[:MOST_NAMES]

    def told(self, name: str) -> str:
        """The end of the sentence "`name` is not defined in your notebook"; "" for nothing near.

        >>> Near(["Median = 3"]).told("median")
        '; it has `Median`, which is another name: Python tells capital from small letters.'
        """
        if name in self._bound:  # its cell is there: it failed, or has not come to that line
            return ""
        for each in self._found:
            if each.casefold() == name.casefold():
                return (
                    f"; it has `{each}`, which is another name: Python tells capital from small "
                    "letters."
                )
        for each in self._found:
            if _bare(each) == _bare(name):
                return (
                    f"; it has `{each}`, which is another name: underscores and capital letters "
                    "count."
                )
        if slip := _slip(name, self._found):
            return f"; it has `{slip}`, which is another name. Is one of the two a slip?"
        return ""


def _slip(name: str, found: list[str]) -> str:
    """The name that is one letter away, or has two letters in each other's place; "" for none.

    Another digit is no slip: `x1` and `x2` are two things.
    """
    if len(name) < LEAST_ALIKE:
        return ""
    bare = re.sub(r"\d", "", name)
    near = [
        each
        for each in found
        if abs(len(each) - len(name)) <= 1 and re.sub(r"\d", "", each) != bare
    ]
    return next(iter(difflib.get_close_matches(name, near, 1, (len(name) - 1) / len(name))), "")
