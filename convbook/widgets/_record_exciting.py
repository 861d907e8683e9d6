"""Record which images excite channels most, for NetworkExplorer in a page that has no Python.

``python -m convbook.widgets._record_exciting`` writes one sheet of images a network and
``recorded/exciting.json``, which says whose they are. Needs Keras and about five minutes.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ._imagenet_network import imagenet_network
from ._page_network import pocket_network
from ._record import PHOTOGRAPHS, photographs
from .network_explorer import EXCITING, network_of_nodes

#: Images of a layer of MobileNetV2: those channels that the photographs excite most.
A_LAYER = 3
SIDES = {"pocket-net": 32, "mobilenet-v2": 96}
#: Standard deviation of an image from 0 to 1 below which it is taken for grey.
LEAST_CONTRAST = 0.012
COLUMNS = {"pocket-net": 32, "mobilenet-v2": 10}


def channels_of_pocket_net() -> dict[str, list[int]]:
    """Every channel of every layer that ends in a ReLU."""
    nodes, _ = pocket_network()
    out = {}
    for node in nodes:
        if node.get("relu"):
            source = node if "out" in node else nodes[node["from"][1]]
            out[node["name"]] = list(range(source["out"]))
    return out


def channels_of_mobilenet() -> dict[str, list[int]]:
    """Of each layer with a ReLU the channels with the largest mean on the photographs."""
    nodes, weights = imagenet_network()
    network = network_of_nodes(nodes, weights)
    given = [network.run(image / 255) for image in photographs(224)[: len(PHOTOGRAPHS)]]
    out = {}
    for index, node in enumerate(nodes):
        if node.get("relu"):
            best = (int(np.argsort(-maps[index].mean(axis=(1, 2)))[0]) for maps in given)
            found = list(dict.fromkeys(best))
            means = np.mean([maps[index].mean(axis=(1, 2)) for maps in given], axis=0)
            found += [int(c) for c in np.argsort(-means) if c not in found]
            out[node["name"]] = sorted(found[:A_LAYER])
    return out


def images_of(name: str, channels: dict[str, list[int]]) -> NDArray[np.float32]:
    """All images of a network, in the order of ``channels``."""
    from convbook.models import exciting, pretrained

    side = SIDES[name]
    if name == "pocket-net":
        model, scale, margin = pretrained.load("pocket-net-cifar10"), (1, 0), 3
    else:
        model, scale, margin = exciting.mobilenet(side), (2, -1), 6
    made = []
    for layer, some in channels.items():
        made.append(
            exciting.exciting_images(
                model, layer, some, steps=160, leak=0.1, scale=scale, margin=margin
            )
        )
        print(f"{name} {layer}: {len(some)}", flush=True)
    return np.concatenate(made)


def _leave_out_grey(layers: dict[str, list[int]], images: NDArray[np.float32]) -> None:
    """Where the ascent found nothing, no channel has the image: −1 stands in its place."""
    places = [(some, k) for some in layers.values() for k in range(len(some))]
    for (some, k), image in zip(places, images, strict=True):
        if image.std(axis=(0, 1)).max() < LEAST_CONTRAST:
            some[k] = -1


def sheet_of(images: NDArray[np.float32], columns: int) -> Image.Image:
    """Images (N, side, side, 3) in rows of ``columns``."""
    side = images.shape[1]
    rows = -(-len(images) // columns)
    sheet = np.full((rows * columns, side, side, 3), 0.5, np.float32)
    sheet[: len(images)] = images
    tiles = sheet.reshape(rows, columns, side, side, 3).swapaxes(1, 2)
    return Image.fromarray((255 * tiles + 0.5).astype(np.uint8).reshape(rows * side, -1, 3))


def main() -> None:
    channels = {"pocket-net": channels_of_pocket_net(), "mobilenet-v2": channels_of_mobilenet()}
    index: dict[str, Any] = {}
    for name, layers in channels.items():
        images = images_of(name, layers)
        _leave_out_grey(layers, images)
        sheet = sheet_of(images, COLUMNS[name])
        path = EXCITING.with_name(f"exciting-{name}.webp")
        sheet.save(path, quality=72, method=6)
        index[name] = {"side": SIDES[name], "columns": COLUMNS[name], "channels": layers}
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)
    EXCITING.write_text(json.dumps(index, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
