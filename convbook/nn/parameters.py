"""Named arrays of a layer, and of a network: what is written into them is never lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping

import numpy as np
from numpy.typing import ArrayLike

from convbook.nn.typing import FloatArray

FLOATS = (np.dtype("float32"), np.dtype("float64"))


class NamedArrays(MutableMapping[str, FloatArray]):
    """The arrays of one layer. Names and shapes are fixed; a new value is copied into the type.

    >>> import numpy as np
    >>> params = NamedArrays("Dense", {"bias": np.zeros(2, "float32")})
    >>> params["bias"] = [1, 2]
    >>> params
    {'bias': array([1., 2.], dtype=float32)}
    >>> params["bias"] = [1, 2, 3]
    Traceback (most recent call last):
        ...
    ValueError: Dense's 'bias' has shape (2,); got shape (3,)
    """

    def __init__(self, owner: str, arrays: Mapping[str, ArrayLike] | None = None) -> None:
        self._owner = owner
        self._arrays = {name: as_float(array) for name, array in (arrays or {}).items()}

    def __getitem__(self, name: str) -> FloatArray:
        try:
            return self._arrays[name]
        except KeyError:
            raise KeyError(
                f"{self._owner} has no array {name!r}; its arrays are {sorted(self._arrays)}"
            ) from None

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        here, new = self[name], np.asarray(value)
        if new.shape != here.shape:
            raise ValueError(
                f"{self._owner}'s {name!r} has shape {here.shape}; got shape {new.shape}"
            )
        self._arrays[name] = np.array(new, here.dtype)

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{self._owner} needs {name!r}: an array of a layer cannot be deleted")

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return repr(self._arrays)


class NestedArrays(MutableMapping[str, FloatArray]):
    """The arrays of layers inside a layer, as ``"child.name"``: a view, not a copy."""

    def __init__(self, owner: str, children: Mapping[str, MutableMapping[str, FloatArray]]) -> None:
        self._owner, self._children = owner, children

    def _find(self, name: str) -> tuple[MutableMapping[str, FloatArray], str]:
        child, _, rest = name.partition(".")
        if child not in self._children or not rest:
            raise KeyError(
                f"{self._owner} has no array {name!r}; its layers are {sorted(self._children)}, "
                "and an array is named layer.array"
            )
        return self._children[child], rest

    def __getitem__(self, name: str) -> FloatArray:
        arrays, rest = self._find(name)
        return arrays[rest]

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        arrays, rest = self._find(name)
        arrays[rest] = value  # type: ignore[assignment]  # the layer's own mapping converts it

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{self._owner} needs {name!r}: an array of a layer cannot be deleted")

    def __iter__(self) -> Iterator[str]:
        for child, arrays in self._children.items():
            for name in arrays:
                yield f"{child}.{name}"

    def __len__(self) -> int:
        return sum(len(arrays) for arrays in self._children.values())

    def __repr__(self) -> str:
        return repr(dict(self))


def as_float(array: ArrayLike) -> FloatArray:
    """``array`` in the type it has if that is float32 or float64, else in float32."""
    found = np.asarray(array)
    return found if found.dtype in FLOATS else found.astype(np.float32)
