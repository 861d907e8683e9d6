"""The book's own networks, as a widget's reader asks them about one image.

A page fetches their code and weights on the tap that asks (``shared/asking.js``): both travel as
lazy traits, made here.
"""

from __future__ import annotations

import base64
import json
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.nn import softmax

from ._page_network import digit_network, pocket_network

#: The code that runs them.
CODE = "shared/picture_reader.js"


@cache
def digit_reader() -> str:
    """The network of section 10 for digits, as JSON for ``picture_reader.js``."""
    return _packed(digit_network(), "<f4", list("0123456789"))


@cache
def photo_reader() -> str:
    """The chapter's network for CIFAR-10's photographs, as JSON for ``picture_reader.js``."""
    from convbook.models.pretrained import card

    return _packed(pocket_network(), "<f2", card("pocket-net-cifar10")["classes"])


def _packed(network: tuple[list[dict], bytes], form: str, classes: list[str]) -> str:
    nodes, weights = network
    text = base64.b64encode(weights).decode()
    return json.dumps({"nodes": nodes, "form": form, "weights": text, "classes": classes})


def digit_probabilities(images: ArrayLike) -> NDArray[np.float32]:
    """What the network of section 10 makes of digits, in NumPy: (N, 28, 28), 0 to 1, to (N, 10).

    >>> digit_probabilities(np.zeros((2, 28, 28))).shape
    (2, 10)
    """
    batch = np.asarray(images, np.float32)[:, None]
    return softmax(_digit_network().predict(batch))


@cache
def _digit_network():
    from convbook.models.in_numpy import load_mnist_network

    return load_mnist_network()
