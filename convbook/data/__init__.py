"""Data sets behind one call: ``load(name)``.

*Embedded* sets come with an installed package or are generated in seconds; *real* sets are
looked for on this machine and fetched where that is possible. One is never put in another's
place: what was loaded is printed and stands in ``Dataset.provenance``. ``photograph(name)`` is one
picture with its author and licence.
"""

from __future__ import annotations

from importlib import import_module

from convbook.data._dataset import DamagedData, DataNotFound, Dataset
from convbook.data._real import SOURCES, data_folder, load_real
from convbook.data.photographs import Photograph, photograph

__all__ = [
    "DamagedData",
    "DataNotFound",
    "Dataset",
    "Photograph",
    "available",
    "data_folder",
    "load",
    "photograph",
]

# name -> (module, what it is); each module has a function load(**options) -> Dataset.
EMBEDDED = {
    "digits": ("digits", "handwritten digits, 8×8, from scikit-learn"),
    "leaves": ("leaves", "generated leaves, healthy or with one of five diseases, lesion masks"),
    "signs": ("signs", "generated Indian road signs, twelve kinds"),
    "numerals": ("numerals", "generated handwritten Devanagari numerals"),
}


def available() -> dict[str, str]:
    """Every name that ``load`` knows, with what it is and what it needs."""
    embedded = {name: f"embedded: {about}" for name, (_, about) in EMBEDDED.items()}
    real = {name: f"real: {source.title}" for name, source in SOURCES.items()}
    return embedded | real


def load(name: str, *, quiet: bool = False, **options: int) -> Dataset:
    """Load the data set ``name`` and print, unless ``quiet``, what was loaded.

    Generated sets take ``train``, ``test`` (numbers of pictures), ``seed`` and, where it says so,
    ``size``. Raises ValueError for an unknown name, DataNotFound where a real set is not at hand
    and cannot be fetched, DamagedData where its file is not whole.
    """
    if name in EMBEDDED:
        dataset = import_module(f"convbook.data.{EMBEDDED[name][0]}").load(**options)
    elif name in SOURCES:
        if options:
            raise TypeError(
                f"{name!r} is a real data set and takes no options; given {', '.join(options)}"
            )
        dataset = load_real(name)
    else:
        raise ValueError(f"there is no data set {name!r}; there are {', '.join(available())}")
    if not quiet:
        print(f"{name}: {dataset.provenance}")
    return dataset
