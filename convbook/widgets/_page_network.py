"""Networks that come with the book, as a page can run them: nodes and half-precision weights.

The nodes are those of ``shared/nodes.js``. Kernels travel as they are shipped, in 16 bits; biases
and the scales of batch norm are a few, and keep theirs. So the page gives what Keras gives.
"""

from __future__ import annotations

import numpy as np


def _short(numbers) -> list[float]:
    """Numbers for JSON with all the digits that 32 bits have, and no more."""
    return [float(f"{number:.8g}") for number in numbers]


class _Builder:
    def __init__(self, channels, height, width, scale=1.0, offset=0.0):
        shape = {"channels": channels, "height": height, "width": width}
        self.nodes = [{"op": "input", "name": "image", **shape, "scale": scale, "offset": offset}]
        self.weights = []

    @property
    def _count(self):
        return sum(part.size for part in self.weights)

    def add(self, op, **fields):
        """Append a node that reads the last one, unless ``from`` says otherwise."""
        self.nodes.append({"op": op, "from": len(self.nodes) - 1, **fields})
        return len(self.nodes) - 1

    def conv(self, kernel, bias, name, pad, relu=True, scale=None):
        """``kernel`` is (out, in, h, w), as in ``convbook.nn``; ``scale`` is per filter."""
        out, channels, size, _ = kernel.shape
        node = self.add(
            "conv", name=name, size=size, pad=pad, relu=relu, out=out, at=self._count,
            bias=_short(bias),
        )  # fmt: skip
        self.nodes[node]["in"] = channels
        if scale is not None:
            self.nodes[node]["scale"] = _short(scale)
        self.weights.append(kernel.ravel())
        return node

    def dense(self, matrix, bias):
        """``matrix`` is (in, out); it is stored as (out, in)."""
        node = self.add("dense", out=matrix.shape[1], at=self._count, bias=_short(bias))
        self.nodes[node]["in"] = matrix.shape[0]
        self.weights.append(np.ascontiguousarray(matrix.T).ravel())

    def packed(self, kind="<f2") -> tuple[list[dict], bytes]:
        """The nodes, and the weights as numbers of 16 ("<f2") or 32 bits ("<f4")."""
        return self.nodes, np.concatenate(self.weights).astype(kind).tobytes()


def pocket_network(name: str = "pocket-net-cifar10") -> tuple[list[dict], bytes]:
    """The chapter's own network (``convbook.models.pocket_net``), for 32×32 colour pictures."""
    from convbook.models.pretrained import folded

    layers = folded(name)
    page = _Builder(3, 32, 32, scale=4.0, offset=-2.0)

    def conv(layer, node_name, relu=True):
        kernel, scale, bias = layers[layer]
        return page.conv(
            kernel.transpose(3, 2, 0, 1), bias, node_name, pad=1, relu=relu, scale=scale
        )

    conv("stem", "stem_relu")
    for stage, blocks in (("stage1", 2), ("stage2", 3)):
        conv(stage, f"{stage}_relu")
        page.add("pool", size=2, name=f"{stage}_pool")
        for number in range(1, blocks + 1):
            block = f"{stage}_block{number}"
            shortcut = len(page.nodes) - 1
            conv(f"{block}_a", f"{block}_a_relu")
            branch = conv(f"{block}_b", f"{block}_b_bn", relu=False)
            page.nodes.append(
                {"op": "add", "name": f"{block}_out", "from": [shortcut, branch], "relu": True}
            )
    page.add("mean")
    matrix, _, bias = layers["logits"]
    page.dense(matrix, bias)
    return page.packed()


def digit_network() -> tuple[list[dict], bytes]:
    """The network of section 10, trained on MNIST in NumPy, for 28×28 grey pictures.

    It is so small that its weights keep their 32 bits.
    """
    from convbook.models.in_numpy import load_mnist_network
    from convbook.nn import Conv2D, Dense, MaxPool2D

    page = _Builder(1, 28, 28)
    for layer in load_mnist_network().layers:
        if isinstance(layer, Conv2D):
            number = 1 + sum(node["op"] == "conv" for node in page.nodes)
            page.conv(layer.params["weight"], layer.params["bias"], f"convolution {number}", pad=0)
        elif isinstance(layer, MaxPool2D):
            page.add("pool", size=2, name=f"pooling {number}")
        elif isinstance(layer, Dense):
            page.dense(layer.params["weight"], layer.params["bias"])
    return page.packed("<f4")
