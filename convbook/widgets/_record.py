"""Record what networks say about pictures, for GradCamViewer in a page that has no Python.

``python -m convbook.widgets._record`` writes ``recorded/NAME.json.gz`` for every network, or for
the named ones. Needs Keras. The photographs
come with scikit-image: "chelsea" (Stefan van der Walt, CC0), "coffee" (Rachel Michetti, CC0),
"rocket" (SpaceX, CC0), "astronaut" (NASA, public domain).
"""

from __future__ import annotations

import gzip
import json
import sys

import numpy as np

from .grad_cam_viewer import RECORDED, record_of

PHOTOGRAPHS = ("chelsea", "coffee", "rocket", "astronaut")
NAMES = {"chelsea": "a cat", "coffee": "coffee", "rocket": "a rocket", "astronaut": "an astronaut"}
#: Where the subject of each photograph is: top, left and side of a square, as shares of the height
#: and width, so that the square that a network sees holds it.
_SQUARES = {"chelsea": (0, 0.1), "coffee": (0, 0.15), "rocket": (0, 0.2), "astronaut": (0, 0)}


def photographs(size: int) -> np.ndarray:
    """The photographs, cut square and reduced: uint8 (4, size, size, 3)."""
    from PIL import Image

    from convbook.data import photograph

    squares = [square(photograph(name).image, name) for name in PHOTOGRAPHS]
    return np.stack([np.asarray(one.resize((size, size), Image.Resampling.BOX)) for one in squares])


def square(pixels: np.ndarray, name: str):
    """The square of a photograph (H, W) or (H, W, 3), uint8, that a network sees, as an image."""
    from PIL import Image

    side = min(pixels.shape[:2])
    shares = _SQUARES.get(name, (0, 0))
    top, left = (round(share * n) for share, n in zip(shares, pixels.shape, strict=False))
    top, left = min(top, pixels.shape[0] - side), min(left, pixels.shape[1] - side)
    return Image.fromarray(pixels[top : top + side, left : left + side])


def pocket_net() -> dict:
    """The chapter's own network on four photographs, of which it knows the subject of one."""
    from convbook.models import pretrained

    pictures = photographs(32)
    layers = ["stage1_relu", "stage1_block2_out", "stage2_relu", "stage2_block3_out"]
    classes = pretrained.card("pocket-net-cifar10")["classes"]
    record = record_of(
        pretrained.load("pocket-net-cifar10"),
        pictures / 255,
        classes,
        [NAMES[name] for name in PHOTOGRAPHS],
        layers,
        show=pictures,
    )
    warning = (
        f"This network knows {len(classes)} classes and nothing else: {', '.join(classes)}. It has "
        "no way to say “none of these”, and it is sure of itself even on a selfie. The map shows "
        "what raised a score; it does not prove a cause."
    )
    return record | {"title": "What the chapter's own network sees", "warning": warning}


def mobilenet() -> dict:
    """MobileNetV2 with ImageNet weights on the same photographs, its five best classes each."""
    from convbook.models.mobilenet import load_int8_mobilenet_v2

    model, labels = load_int8_mobilenet_v2()
    pictures = photographs(224)
    record = record_of(
        model,
        pictures / 127.5 - 1,
        list(labels),
        [NAMES[name] for name in PHOTOGRAPHS],
        ["block_6_expand_relu", "block_13_expand_relu", "out_relu"],
        show=pictures,
        most=5,
    )
    warning = (
        "Recorded: MobileNetV2 with ImageNet weights in 8 bits; its five best classes of 1,000 are "
        "shown. Choose another class of the same picture and see where the network looks for it."
    )
    return record | {"title": "What MobileNetV2 sees", "warning": warning}


def leaves() -> dict:
    """The leaf network on one unseen leaf of each disease, with its true lesions."""
    from convbook.data import load
    from convbook.models import pretrained

    unseen = load("leaves", train=1, test=60, seed=900, quiet=True)
    some = [int(np.flatnonzero(unseen.y_test == k)[0]) for k in range(1, len(unseen.classes))]
    pictures = unseen.x_test[some]
    record = record_of(
        pretrained.load("leaf-net"),
        pictures / 255,
        list(unseen.classes),
        [unseen.classes[unseen.y_test[i]] for i in some],
        ["relu1", "relu2", "relu3", "features"],
        truths=unseen.extra["masks_test"][some],
        show=pictures,
    )
    warning = (
        "Recorded, on generated leaves that the network never saw. Switch the outline on: it marks "
        "the lesions as they were drawn, so you can judge whether the map is right."
    )
    return record | {"title": "What the leaf network sees", "warning": warning}


def shortcut() -> dict:
    """A network that learned a watermark instead of a disease."""
    import keras

    from convbook.data import leaves
    from convbook.data.watermark import stamp
    from convbook.models import conv_net
    from convbook.models.training import Recipe, train

    rng = np.random.default_rng(7)
    labels = np.arange(500) % 2
    pictures, _ = leaves.generate(labels + 1, rng)
    pictures[labels == 1], marks = stamp(pictures[labels == 1], rng)
    keras.utils.set_random_seed(7)
    model = conv_net(2, (64, 64, 3), widths=(8, 16, 32))
    parts = (pictures[:400], labels[:400], pictures[400:], labels[400:])
    train(model, Recipe(4, 32, 0.05, seed=7), parts, report=None)
    shown = pictures[400:][labels[400:] == 1][:5]
    record = record_of(
        model,
        shown / 255,
        ["rust", "leaf spot"],
        [f"leaf {i + 1}" for i in range(5)],
        ["relu1", "relu2", "features"],
        truths=marks[-50:][:5],
        show=shown,
    )
    warning = (
        "Recorded, on leaves that the network never saw. The outline marks what every training "
        "picture of leaf spot had, and no picture of rust."
    )
    return record | {"title": "A network that took a shortcut", "warning": warning}


RECORDS = {
    "pocket-net": pocket_net,
    "mobilenet": mobilenet,
    "leaves": leaves,
    "shortcut": shortcut,
}


def main(names: list[str]) -> None:
    """Record the named networks, or all."""
    RECORDED.mkdir(exist_ok=True)
    for name in names or RECORDS:
        text = json.dumps(RECORDS[name](), ensure_ascii=False, separators=(",", ":"))
        path = RECORDED / f"{name}.json.gz"
        # No time stamp, so that the same record is the same file.
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
