"""MobileNetV2 with ImageNet weights, as a page can run it: nodes, classes, and 8-bit weights.

Made from the one file that ships with the book (``convbook.models.mobilenet``), without Keras: the
layers are those of ``keras.applications.MobileNetV2`` and carry its names.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ._network_file import network_file

FILE = Path(__file__).parents[1] / "models" / "imagenet" / "mobilenetv2_imagenet_int8.npz"
SIDE = 224
#: About how many bytes a page fetches: the file in base64. A test holds it to the truth.
SCRIPT_BYTES = 4_900_000
RECORD = Path(__file__).with_name("recorded") / "mobilenet.json.gz"
#: Sandler and others (2018), arXiv:1801.04381, table 2: expansion, channels, blocks, first stride.
STAGES = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
)  # fmt: skip
SIX = {"relu": True, "ceiling": 6}


class _Nodes:
    """Nodes of ``shared/nodes.js``, and one row of bytes behind them."""

    def __init__(self, parts: dict[str, NDArray], side: int) -> None:
        self._parts, self._at, self._number = parts, 0, 0
        self.kernels: list[NDArray[np.int8]] = []
        self.singles: list[NDArray[np.float32]] = []
        shape = {"channels": 3, "height": side, "width": side}
        self.nodes: list[dict] = [
            {"op": "input", "name": "image", **shape, "scale": 2, "offset": -1}
        ]

    def layer(self, op: str, name: str, source: int | None = None, **fields) -> int:
        """Append a node with the file's next kernel, scales and biases."""
        number, self._number = self._number, self._number + 1
        kernel = self._parts[f"k{number}"]
        if op == "dense":
            own = kernel.T
        else:  # (row, column, in, out), or (row, column, out, 1) where each filter has one channel
            own = (
                kernel.transpose(2, 3, 0, 1) if op == "depthwise" else kernel.transpose(3, 2, 0, 1)
            )
        out = own.shape[0]
        node = {"op": op, "name": name, "from": len(self.nodes) - 1 if source is None else source}
        node |= {"in": out if op == "depthwise" else own.shape[1], "out": out, "at": self._at}
        if op != "dense":
            node["size"] = own.shape[2]
        self.nodes.append(node | fields)
        self._at += own.size
        self.kernels.append(np.ascontiguousarray(own).ravel())
        self.singles += [self._parts[f"s{number}"], self._parts[f"b{number}"]]
        return len(self.nodes) - 1

    def add(self, op: str, **fields) -> int:
        self.nodes.append({"op": op, "from": len(self.nodes) - 1, **fields})
        return len(self.nodes) - 1


def imagenet_network(side: int = SIDE) -> tuple[list[dict], bytes]:
    """The nodes, and their bytes: all kernels as int8, then each layer's scales and biases.

    The latter are float32, little-endian, from the next multiple of 4; ``imagenet.js`` reads them.
    """
    with np.load(FILE, allow_pickle=False) as archive:
        page = _Nodes(dict(archive), side)
    channels, block, last = (
        32,
        0,
        page.layer("conv", "Conv1_relu", pad=0, padEnd=1, stride=2, **SIX),
    )
    for grow, out, count, first in STAGES:
        for repeat in range(count):
            stride, name = (
                first if repeat == 0 else 1,
                f"block_{block}_" if block else "expanded_conv_",
            )
            if grow > 1:
                page.layer("conv", f"{name}expand_relu", pad=0, **SIX)
            pads = {"pad": 1} if stride == 1 else {"pad": 0, "padEnd": 1}
            page.layer("depthwise", f"{name}depthwise_relu", stride=stride, **pads, **SIX)
            thin = page.layer("conv", f"{name}project_BN", pad=0)
            if stride == 1 and channels == out:
                page.nodes.append({"op": "add", "name": f"{name}add", "from": [last, thin]})
            last, channels, block = len(page.nodes) - 1, out, block + 1
    page.layer("conv", "out_relu", pad=0, **SIX)
    page.add("mean", name="global_average_pooling2d")
    page.layer("dense", "predictions")
    kernels = np.concatenate(page.kernels).tobytes()
    singles = np.concatenate(page.singles).astype("<f4").tobytes()
    return page.nodes, kernels + b"\0" * (-len(kernels) % 4) + singles


def imagenet_labels() -> list[str]:
    """The 1,000 classes in the order of the logits: the first of each one's names."""
    with np.load(FILE, allow_pickle=False) as archive:
        return [str(label).split(",")[0] for label in archive["labels"]]


@cache
def imagenet_file() -> bytes:
    """Everything that the page needs: the weights' notice, nodes, labels, four photographs.

    The weights behind it are the bytes of ``imagenet_network``.
    """
    nodes, weights = imagenet_network()
    cases = json.loads(gzip.decompress(RECORD.read_bytes()))["cases"]
    pictures = [{"name": case["name"], "url": case["url"]} for case in cases]
    notice = (FILE.parent / "NOTICE").read_text(encoding="utf-8")
    head = {"notice": notice, "nodes": nodes, "labels": imagenet_labels(), "pictures": pictures}
    return network_file(head, weights)
