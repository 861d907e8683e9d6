"""GradCamViewer: a network's answers to a picture, and where it looked for each of them."""

from __future__ import annotations

import base64
import gzip
import io
import json
from pathlib import Path

import numpy as np
import traitlets
from PIL import Image

from ._base import BookWidget, bundle, sources, style
from ._bundle import module_text
from ._imagenet_network import SCRIPT_BYTES, imagenet_file
from ._keras_network import page_network

CODE = "shared/grad_cam_code.js"
RECORDED = Path(__file__).with_name("recorded")
#: Pictures of a record, classes of a network, maps of a layer: more than any that is shown.
MOST_CASES, MOST_CLASSES, MOST_MAPS = 1_000, 100_000, 100_000


class GradCamViewer(BookWidget):
    """Pictures, what a network makes of them, and Grad-CAM for a class and a layer.

    ``GradCamViewer()`` is the chapter's own network: its weights run in the page, on the reader's
    own picture or drawing too. ``GradCamViewer.recorded(name)`` shows what another network gave
    when it was recorded, and ``GradCamViewer.of(model, images, classes)`` takes any Keras model.

    Inputs: ``picture_index`` (-1 is the reader's own), ``layer`` (its name; "" is the last one),
    ``class_index`` (-1: the class that the network puts first), ``opacity`` of the heat map (0 to
    1), ``show_truth`` (outline the region that is known to matter, where there is one),
    ``feature_map`` (which map's product with its weight is worked out, where the network runs in
    the page; -1: the one that changes the score most).
    """

    _esm = bundle("grad_cam_viewer.js")
    _css = style("grad_cam_viewer.css")

    picture_index = traitlets.Int(0, min=-1, max=MOST_CASES - 1).tag(sync=True)
    layer = traitlets.Unicode("").tag(sync=True)
    class_index = traitlets.Int(-1, min=-1, max=MOST_CLASSES - 1).tag(sync=True)
    opacity = traitlets.Float(0.55, min=0, max=1).tag(sync=True)
    show_truth = traitlets.Bool(False).tag(sync=True)
    feature_map = traitlets.Int(-1, min=-1, max=MOST_MAPS - 1).tag(sync=True)
    #: What was recorded: title, warning, classes, layers and a case for each picture.
    record = traitlets.Dict().tag(sync=True, limit=None)
    #: The network as the page runs it (see ``shared/nodes.js``); empty where it cannot.
    nodes: traitlets.List = traitlets.List().tag(sync=True, limit=None)
    weights = traitlets.CBytes(b"").tag(sync=True, lazy=True)
    #: Bytes of ``weights``, known before they are fetched.
    weights_size = traitlets.Int(0).tag(sync=True, limit=None)
    #: MobileNetV2, which a reader may ask for: how many bytes it takes, whether a page with a
    #: kernel has asked, and its file (``_imagenet_network.py``). A page without one fetches it.
    _imagenet_size = traitlets.Int(0).tag(sync=True)
    _imagenet_wanted = traitlets.Bool(False).tag(sync=True)
    _imagenet = traitlets.CBytes(b"").tag(sync=True, lazy=True)
    #: What runs networks in the page: a module's text, of no use before a reader asks for one.
    _code = traitlets.Unicode("").tag(sync=True, lazy=True)

    def __init__(self, **state):
        if "record" not in state:
            from ._page_network import pocket_network

            nodes, weights = pocket_network()
            own = {"nodes": nodes, "weights": weights, "weights_size": len(weights)}
            own |= {"_imagenet_size": SCRIPT_BYTES, "_code": module_text(CODE)}
            state = {"record": _read("pocket-net"), **own, **state}
        super().__init__(**state)
        self._opening = {name: self._opening[name] for name in self._opening if name in _SETTINGS}

    @traitlets.observe("_imagenet_wanted")
    def _send_imagenet(self, change):
        if change.new and not self._imagenet:
            self._imagenet = imagenet_file()

    def shipped(self) -> dict[str, bytes | str]:
        if not self._imagenet_size:
            return {"_code": module_text(CODE)} if self._code else {}
        return {"_imagenet": imagenet_file(), "_code": module_text(CODE)}

    @classmethod
    def sources(cls) -> list[Path]:
        return [*super().sources(), *sources(CODE)]

    @classmethod
    def recorded(cls, name: str, **state) -> GradCamViewer:
        """Recorded answers that come with the book: "mobilenet", "leaves" or "shortcut"."""
        return cls(record=_read(name), **state)

    @classmethod
    def of(
        cls, model, images, classes, *, names=None, layers=None, truths=None, show=None, **state
    ) -> GradCamViewer:
        """Look into a Keras ``model``: its answers to ``images`` and Grad-CAM for each class.

        ``images``: (N, H, W, C) on the scale that the model wants; ``show``: the same pictures as
        uint8 to look at (default: ``images`` scaled from their own range). ``classes``: a name for
        each logit. ``layers``: names of layers with feature maps (default: the last and two before
        it). ``truths``: masks (N, H, W) of what should matter.

        Where the page's engine has every layer of the model, a tap lets the network run in the page
        too, on the reader's own picture and at each of its layers; where not, the viewer names the
        layer. With ``show`` it never does: the page does not know how one came from the other.
        """
        live, warning = {}, ""
        if show is None:
            try:
                nodes, weights, show = page_network(model, np.asarray(images, np.float32))
                live = {"nodes": nodes, "weights": weights, "weights_size": len(weights)}
                live["_code"] = module_text(CODE)
            except ValueError as error:
                warning = f"The page cannot run this network on other pictures: {error}."
        record = record_of(model, images, classes, names, layers, truths, show, lossless=bool(live))
        return cls(record=record | {"form": "f4", "warning": warning}, **(live | state))

    @property
    def case(self) -> dict:
        """What was recorded of the chosen picture."""
        cases = self.record["cases"]
        return cases[min(max(self.picture_index, 0), len(cases) - 1)]

    @property
    def probabilities(self) -> np.ndarray:
        """Softmax of the recorded logits, in the order of the case's classes."""
        powers = np.exp(np.array(self.case["logits"]) - max(self.case["logits"]))
        return powers / (powers.sum() + self.case.get("rest", 0.0))

    @property
    def chosen_class(self) -> int:
        """Index of the class looked at, among the case's classes."""
        first = int(np.argmax(self.case["logits"]))
        return self.class_index if 0 <= self.class_index < len(self.case["logits"]) else first

    @property
    def heat(self) -> np.ndarray:
        """The recorded Grad-CAM map (h, w) of the chosen class and layer, 0 to 1."""
        layers = self.case["layers"]
        layer = next((one for one in layers if one["name"] == self.layer), layers[-1])
        maps = _numbers(layer["maps"]).reshape(-1, layer["height"], layer["width"])
        return maps[self.chosen_class] / 255

    @property
    def caption(self) -> str:
        name = self.case["classes"][self.chosen_class]
        share = self.probabilities[self.chosen_class]
        return (
            f"{self.record['title']}: the picture “{self.case['name']}”. The network gives "
            f"“{name}” {100 * share:.1f} %; the brighter a place, the more it raised that score."
        )

    def picture(self) -> str:
        """The chosen picture beside the same with its heat map over it, as an ``<img>``."""
        pixels = _pixels(self.case["url"])
        side = 224
        small = Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST)
        heat = Image.fromarray((255 * self.heat).astype(np.uint8)).resize(
            (side, side), Image.Resampling.BILINEAR
        )
        grey = np.asarray(small.convert("L"))[..., None].repeat(3, axis=2) * 0.6
        warm = np.asarray(heat)[..., None] / 255 * np.array([255, 150, 30])
        over = np.clip(grey + warm * 0.8, 0, 255).astype(np.uint8)
        both = np.concatenate([np.asarray(small), np.full((side, 8, 3), 255, np.uint8), over], 1)
        buffer = io.BytesIO()
        Image.fromarray(both).save(buffer, "WEBP", quality=75)
        data = base64.b64encode(buffer.getvalue()).decode()
        return f'<img alt="{self.caption}" src="data:image/webp;base64,{data}">'


_SETTINGS = ("picture_index", "layer", "class_index", "opacity", "show_truth", "feature_map")


def record_of(
    model,
    images,
    classes,
    names=None,
    layers=None,
    truths=None,
    show=None,
    most=None,
    lossless=False,
):
    """Everything a viewer shows of ``model`` on ``images``, as JSON (see ``GradCamViewer.of``).

    ``most`` keeps only that many classes a picture, the ones with the largest logits;
    ``lossless`` keeps every pixel of a large picture too.
    """
    from convbook import explain

    images = np.asarray(images, np.float32)
    scores = explain.logits(model, images)
    if len(classes) != scores.shape[1]:
        raise ValueError(
            f"{len(classes)} class names for {scores.shape[1]} logits; give one name a logit"
        )
    layers = list(layers) if layers else explain.feature_layers(model)[-3:]
    if show is None:
        low, high = images.min(), images.max()
        show = np.round(255 * (images - low) / max(high - low, 1e-8)).astype(np.uint8)
    names = names or [f"picture {i + 1}" for i in range(len(images))]
    cases = []
    for i, image in enumerate(images):
        kept = np.argsort(-scores[i])[:most] if most else np.arange(len(classes))
        rest = np.exp(np.delete(scores[i], kept) - scores[i].max()).sum() if most else 0.0
        case = {
            "name": names[i],
            "url": _url(show[i], lossless),
            "classes": [classes[k] for k in kept],
            "logits": [round(float(scores[i, k]), 4) for k in kept],
            "rest": float(rest),
            "layers": [_layer_record(model, image, name, kept) for name in layers],
        }
        if truths is not None:
            case["truth"] = _text(255 * np.asarray(truths[i], np.uint8))
            case["truth_size"] = list(np.shape(truths[i]))
        cases.append(case)
    return {"title": "A network", "warning": "", "cases": cases}


def _layer_record(model, image, name, classes) -> dict:
    from convbook import explain

    repeated = np.repeat(image[None], len(classes), axis=0)
    maps = explain.grad_cam(model, repeated, layer=name, class_index=list(map(int, classes)))
    return {
        "name": name,
        "height": maps.shape[1],
        "width": maps.shape[2],
        "maps": _text(np.round(255 * maps).astype(np.uint8)),
    }


def _read(name: str) -> dict:
    path = RECORDED / f"{name}.json.gz"
    if not path.is_file():
        there = sorted(p.name.removesuffix(".json.gz") for p in RECORDED.glob("*.json.gz"))
        raise ValueError(f"nothing named {name!r} was recorded; there are {', '.join(there)}")
    return json.loads(gzip.decompress(path.read_bytes()))


def _text(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, np.uint8).tobytes()).decode()


def _numbers(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8)


def _url(pixels: np.ndarray, lossless: bool = False) -> str:
    pixels = np.asarray(pixels)
    pixels = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
    buffer = io.BytesIO()
    # A small picture is what the network sees, pixel by pixel; of a large one the look is enough.
    lossless = lossless or pixels.shape[0] <= 96
    Image.fromarray(pixels).save(buffer, "WEBP", lossless=lossless, quality=80)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def _pixels(url: str) -> np.ndarray:
    data = base64.b64decode(url.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
