"""Which files of a package a page's code reads when it runs, found without running it."""

import ast
import importlib.util
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

from importclosure import Sources, data_beside


class Package:
    """A package on disk, its modules parsed at most once."""

    def __init__(self, name: str, folder: Path | None = None):
        spec = None if folder else importlib.util.find_spec(name)
        self.sources = Sources({name: folder or Path(spec.submodule_search_locations[0])})

    def files_behind(self, cells: list[str]) -> list[Path]:
        """Modules that the cells import, those that these import, and the data beside them."""
        found = self.sources.behind(trees=map(parsed_cell, cells))
        return sorted({*found, *(data for path in found for data in data_beside(path))})


def parsed_cell(source: str) -> ast.Module:
    """A notebook cell, its magics made into Python; empty if it is wrong on purpose."""
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ast.Module([], [])
