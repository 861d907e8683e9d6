"""A network of nodes (``shared/nodes.js``) in NumPy: what a page's engine gives, without a page.

The widgets' Python classes answer with it, and their pictures are made of it. Feature maps are
(channel, row, column), float32.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Node = dict[str, Any]
Maps = NDArray[np.float32]


def sources(node: Node) -> list[int]:
    """The nodes that a node reads."""
    given = node.get("from", [])
    return given if isinstance(given, list) else [given]


def names(nodes: list[Node]) -> list[str]:
    """A name for each node, also where the network gave none; twin of ``nodeNames``."""
    words = {
        "input": "image", "mean": "global_average_pooling", "dense": "logits", "pool": "pooling",
    }  # fmt: skip
    own = [str(node.get("name") or words.get(node["op"]) or node["op"]) for node in nodes]
    return [name if own.index(name) == i else f"{name}_{i}" for i, name in enumerate(own)]


def is_signed(nodes: list[Node], index: int) -> bool:
    """Whether a node's numbers may lie below zero."""
    node = nodes[index]
    if node["op"] in ("pool", "mean"):
        return is_signed(nodes, node["from"])
    return not node.get("relu")


class NodeNetwork:
    """``nodes``, and their ``weights`` in one row, as ``shared/nodes.js`` describes them."""

    def __init__(self, nodes: list[Node], weights: NDArray[Any]) -> None:
        self.nodes, self._weights = nodes, weights

    def kernel(self, index: int) -> Maps:
        """A node's weights as they multiply: (out, in, h, w), depthwise (out, h, w) ..."""
        node = self.nodes[index]
        shape: tuple[int, ...]
        if node["op"] == "dense":
            shape = (node["out"], node["in"])
        elif node["op"] == "depthwise":
            shape = (node["out"], node["size"], node["size"])
        else:
            shape = (node["out"], node["in"], node["size"], node["size"])
        own = self._weights[node["at"] : node["at"] + prod(shape)].astype(np.float32).reshape(shape)
        scale = node.get("scale")
        if scale is None:
            return own
        return own * np.asarray(scale, np.float32).reshape(-1, *[1] * (own.ndim - 1))

    def run(self, image: ArrayLike) -> list[Maps]:
        """What every node gives for an image (row, column, channel) from 0 to 1."""
        given: list[Maps] = []
        for index, node in enumerate(self.nodes):
            read = [given[i] for i in sources(node)]
            given.append(self._step(index, node, read, image))
        return given

    def _step(self, index: int, node: Node, read: list[Maps], image: ArrayLike) -> Maps:
        if node["op"] == "input":
            pixels = np.asarray(image, np.float32).transpose(2, 0, 1)
            return pixels * np.float32(node["scale"]) + np.float32(node["offset"])
        if node["op"] == "mean":
            return read[0].mean(axis=(1, 2), keepdims=True)
        if node["op"] == "pool":
            stride = int(node.get("stride", node["size"]))
            return windows(read[0], node["size"], stride, 0, 0).max(axis=(3, 4))
        if node["op"] == "add":
            out = read[0] + read[1]
        else:
            bias = np.asarray(node["bias"], np.float32)[:, None, None]
            out = self._weighted(index, node, read[0]) + bias
        return np.clip(out, 0, node.get("ceiling", np.inf)) if node.get("relu") else out

    def _weighted(self, index: int, node: Node, x: Maps) -> Maps:
        kernel = self.kernel(index)
        if node["op"] == "dense":
            return (kernel @ x.ravel())[:, None, None]
        pad, stride = int(node["pad"]), int(node.get("stride", 1))
        seen = windows(x, node["size"], stride, pad, int(node.get("padEnd", pad)))
        if node["op"] == "depthwise":
            return np.einsum("cyxhw,chw->cyx", seen, kernel)
        return np.tensordot(kernel, seen, axes=((1, 2, 3), (0, 3, 4)))


def windows(x: Maps, size: int, stride: int, before: int, after: int) -> Maps:
    """All windows of maps (c, h, w) with zeros around them: (c, rows, columns, size, size)."""
    padded = np.pad(x, ((0, 0), (before, after), (before, after)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return seen[:, ::stride, ::stride]
