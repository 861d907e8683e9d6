"""NetworkExplorer: from a whole network on an image down to the sum inside one of its numbers."""

from __future__ import annotations

import base64
import gzip
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ..colours import coloured
from ._base import BookWidget, bundle, counted, sources, style
from ._bundle import module_text
from ._imagenet_network import SCRIPT_BYTES, imagenet_file
from ._network_file import network_file
from ._node_network import NodeNetwork, is_signed, names

CODE = "shared/explorer_code.js"
RECORDED = Path(__file__).with_name("recorded")
EXCITING = RECORDED / "exciting.json"
LEVELS = ("network", "layer", "map", "position", "sum")
#: More pictures, channels and positions than any network that a page could run has.
MOST_PICTURES, MOST_CHANNELS, MOST_PLACES = 1_000, 100_000, 4_096
#: Sides of the photographs from which the patches are cut that excite a channel most.
PHOTOGRAPH_SIDE = 448
#: The share of a layer's numbers that its colours tell apart; the rest look like the largest.
SHARE = 0.998


class NetworkExplorer(BookWidget):
    """A trained network, opened: all maps, one layer, one map, one position, one sum.

    ``NetworkExplorer()`` opens the chapter's own network, and MobileNetV2 on request. In
    JupyterLab, ``NetworkExplorer.of(model, images)`` opens any Keras model made of layers that the
    page's engine has.

    Inputs: ``network`` ("pocket-net", "mobilenet-v2", or "own" with ``of``), ``picture_index``
    (-1 is the reader's own), ``level`` (how far one has zoomed in: "network", "layer", "map",
    "position" or "sum"), ``layer`` (its name), ``channel``, ``row`` and ``column`` (a number in
    one of the layer's maps), ``input_channel`` (which of the maps that the layer reads is looked
    at), ``order`` of a layer's maps ("index" or "activity").
    """

    _esm = bundle("network_explorer.js")
    _css = style("shared/arithmetic.css", "network_explorer.css")

    network = traitlets.Enum(("pocket-net", "mobilenet-v2", "own"), "pocket-net").tag(sync=True)
    picture_index = traitlets.Int(0, min=-1, max=MOST_PICTURES - 1).tag(sync=True)
    level = traitlets.Enum(LEVELS, "network").tag(sync=True)
    layer = traitlets.Unicode("stem_relu").tag(sync=True)
    channel = traitlets.Int(0, min=0, max=MOST_CHANNELS - 1).tag(sync=True)
    row = traitlets.Int(0, min=0, max=MOST_PLACES - 1).tag(sync=True)
    column = traitlets.Int(0, min=0, max=MOST_PLACES - 1).tag(sync=True)
    input_channel = traitlets.Int(0, min=0, max=MOST_CHANNELS - 1).tag(sync=True)
    order = traitlets.Enum(("index", "activity"), "index").tag(sync=True)
    #: What a page fetches on a tap, and how many bytes that takes.
    _network = traitlets.CBytes(b"").tag(sync=True, lazy=True)
    _extras = traitlets.Unicode("").tag(sync=True, lazy=True)
    _exciting = traitlets.Unicode("").tag(sync=True, lazy=True)
    _exciting_imagenet = traitlets.Unicode("").tag(sync=True, lazy=True)
    _imagenet = traitlets.CBytes(b"").tag(sync=True, lazy=True)
    _imagenet_wanted = traitlets.Bool(False).tag(sync=True)
    _code = traitlets.Unicode("").tag(sync=True, lazy=True)
    _sizes = traitlets.Dict().tag(sync=True)
    #: What stands in the widget's place until a network is there: the network's maps as a picture.
    _poster = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **state: Any) -> None:
        opened = state.pop("_opened", None)
        super().__init__(**state)
        self._own = opened
        self._network = opened if opened else pocket_file()
        self._extras = json.dumps({"limits": {"own": _limits_of(opened)}}) if opened else extras()
        self._code = module_text(CODE)
        self._exciting, self._exciting_imagenet = ("", "") if opened else exciting()
        networks = {
            "pocket-net": len(base64.b64encode(self._network)) + len(self._exciting),
            "mobilenet-v2": SCRIPT_BYTES + len(self._exciting_imagenet),
        }
        self._sizes = {name: size + len(self._extras) for name, size in networks.items()}
        self._poster = self._drawn()

    @traitlets.observe("_imagenet_wanted")
    def _send_imagenet(self, change: dict[str, Any]) -> None:
        if change["new"] and not self._imagenet:
            self._imagenet = imagenet_file()

    def shipped(self) -> dict[str, bytes | str]:
        if self._own:
            return {"_code": module_text(CODE)}
        return {
            "_network": pocket_file(), "_extras": extras(), "_imagenet": imagenet_file(),
            "_code": module_text(CODE), "_exciting": exciting()[0],
            "_exciting_imagenet": exciting()[1],
        }  # fmt: skip

    @classmethod
    def sources(cls) -> list[Path]:
        return [*super().sources(), *sources(CODE)]

    @classmethod
    def of(
        cls,
        model: Any,
        images: ArrayLike,
        classes: list[str] | None = None,
        *,
        picture_names: list[str] | None = None,
        **state: Any,
    ) -> NetworkExplorer:
        """Open a Keras ``model``, functional or Sequential, on your own ``images``.

        ``images``: (N, H, W, 1 or 3) on the scale that the model wants; the page keeps them with 8
        bits a channel. ``classes``: a name for each output. Raises ValueError for a layer that the
        page's engine does not have, and names it.
        """
        from ._keras_network import own_network

        opened = own_network(model, images, classes, picture_names)
        layer = {"layer": names(_head(opened)["nodes"])[1]}
        return cls(network="own", _opened=opened, **(layer | state))

    @property
    def layers(self) -> list[str]:
        """Names of everything that gives maps or numbers, from the image to the logits."""
        return names(self._opened.nodes)

    @property
    def place(self) -> tuple[int, int, int, int]:
        """What is looked at, within its limits: index of the layer, channel, row, column."""
        index = self.layers.index(self.layer) if self.layer in self.layers else 1
        shape = self.maps(index).shape
        wanted = zip((self.channel, self.row, self.column), shape, strict=True)
        channel, row, column = (min(at, size - 1) for at, size in wanted)
        return index, channel, row, column

    def maps(self, layer: int | str) -> NDArray[np.float32]:
        """What a layer gives for the picture on show: (channel, row, column), float32."""
        index = self.layers.index(layer) if isinstance(layer, str) else layer
        return self._given[index]

    @property
    def activation(self) -> float:
        """The number that is looked at."""
        index, channel, row, column = self.place
        return float(self.maps(index)[channel, row, column])

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Softmax of the logits."""
        logits = self._given[-1].ravel().astype(float)
        powers = np.exp(logits - logits.max())
        return powers / powers.sum()

    @property
    def pictures(self) -> list[dict[str, str]]:
        """The images that come with the network: ``name``, and ``url`` with their pixels."""
        return _head(self._bytes())["pictures"]

    @property
    def labels(self) -> list[str]:
        """A name for each of the network's outputs."""
        return _head(self._bytes())["labels"]

    @property
    def image(self) -> NDArray[np.uint8]:
        """The picture on show, as the network gets it: (H, W, 3)."""
        pictures = self.pictures
        return pixels_of(pictures[min(max(self.picture_index, 0), len(pictures) - 1)]["url"])

    @property
    def caption(self) -> str:
        nodes, best = self._opened.nodes, int(self.probabilities.argmax())
        answer = f"{self.labels[best]} {100 * self.probabilities[best]:.1f} %"
        first = (
            f"A network of {counted(len(nodes) - 1, 'step')} on one image, each layer with the "
            f"four of its maps that vary most; its answer is {answer}."
        )
        if self.level == "network":
            return first
        index, channel, row, column = self.place
        return (
            f"{first} Looked at: {self.layers[index]}, map {channel}, row {row}, column {column}, "
            f"where the activation is {self.activation:.4f}.".replace("-", "−")
        )

    def picture(self) -> str:
        """The image and the maps of every layer, as an ``<img>``."""
        return f'<img alt="{self.caption}" src="{self._drawn()}">'

    def _bytes(self) -> bytes:
        if self._own:
            return self._own
        return imagenet_file() if self.network == "mobilenet-v2" else pocket_file()

    @property
    def _opened(self) -> NodeNetwork:
        return _network(self._bytes())

    @property
    def _given(self) -> list[NDArray[np.float32]]:
        return _run(self._bytes(), self.image.tobytes(), self.image.shape)

    def _drawn(self) -> str:
        """The image, and tiles of four maps a layer, as a data URL."""
        nodes, given = self._opened.nodes, self._given
        limits = json.loads(self._extras)["limits"][self.network]
        some = np.linspace(1, len(nodes) - 2, min(18, len(nodes) - 2)).round().astype(int)
        sheet = Image.new("RGB", (8 + 204 * 1 + 6 * 72, 3 * 72 + 8), "white")
        sheet.paste(_scaled(self.image, 204), (4, 4))
        for number, index in enumerate(some):
            tile = _tile(given[index], limits[index], is_signed(nodes, index))
            x, y = 216 + 70 * (number % 6), 4 + 70 * (number // 6)
            sheet.paste(_scaled(tile, 66), (x, y))
        buffer = io.BytesIO()
        sheet.save(buffer, "WEBP", quality=82)
        return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def _scaled(pixels: NDArray[np.uint8], side: int) -> Image.Image:
    method = Image.Resampling.NEAREST if len(pixels) < side else Image.Resampling.BOX
    return Image.fromarray(pixels).resize((side, side), method)


def _tile(maps: NDArray[np.float32], limit: float, signed: bool) -> NDArray[np.uint8]:
    """The four maps that vary most, two by two, as colours."""
    best = np.sort(np.argsort(-maps.std(axis=(1, 2)))[:4])
    chosen = coloured(maps[best], limit, signed)
    if len(chosen) < 4:
        return chosen[0]
    return np.concatenate([np.concatenate(list(pair), axis=1) for pair in (chosen[:2], chosen[2:])])


def pixels_of(url: str) -> NDArray[np.uint8]:
    """The pixels (H, W, 3) of an image in a data URL."""
    data = base64.b64decode(url.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def network_of_nodes(nodes: list[dict[str, Any]], weights: bytes) -> NodeNetwork:
    """A network in NumPy from the nodes and bytes of ``_imagenet_network.imagenet_network``."""
    made = NodeNetwork(nodes, np.frombuffer(weights, np.int8))
    count = sum(made.kernel(i).size for i, node in enumerate(nodes) if "at" in node)
    singles = np.frombuffer(weights, "<f4", offset=count + -count % 4)
    filled, at = [], 0
    for node in nodes:
        if "at" in node:
            own, at = singles[at : at + 2 * node["out"]], at + 2 * node["out"]
            node = node | {"scale": own[: node["out"]], "bias": own[node["out"] :]}
        filled.append(node)
    return NodeNetwork(filled, np.frombuffer(weights, np.int8))


def _head(data: bytes) -> dict[str, Any]:
    return json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])


@cache
def _network(data: bytes) -> NodeNetwork:
    head = _head(data)
    start = 4 + int.from_bytes(data[:4], "little")
    weights = data[start + -start % 4 :]
    if "form" not in head:
        return network_of_nodes(head["nodes"], weights)
    return NodeNetwork(head["nodes"], np.frombuffer(weights, f"<{head['form']}"))


@cache
def _run(data: bytes, pixels: bytes, shape: tuple[int, ...]) -> list[NDArray[np.float32]]:
    network = _network(data)
    image = np.frombuffer(pixels, np.uint8).reshape(shape)
    return network.run(image[..., : network.nodes[0]["channels"]] / np.float32(255))


@cache
def pocket_file() -> bytes:
    """The chapter's own network as a page's file, with the four photographs of GradCamViewer."""
    from ._page_network import pocket_network

    record = json.loads(gzip.decompress((RECORDED / "pocket-net.json.gz").read_bytes()))
    nodes, weights = pocket_network()
    pictures = [{"name": case["name"], "url": case["url"]} for case in record["cases"]]
    head = {"form": "f2", "nodes": nodes, "labels": record["cases"][0]["classes"]}
    return network_file(head | {"pictures": pictures}, weights)


def _limits_of(data: bytes) -> list[float]:
    """For each node the size of number at which its colours end, from the file's own pictures."""
    given = []
    for picture in _head(data)["pictures"][:4]:
        pixels = pixels_of(picture["url"])
        given.append(_run(data, pixels.tobytes(), pixels.shape))
    return [_limit([maps[i] for maps in given]) for i in range(len(given[0]))]


def _limit(maps: list[NDArray[np.float32]]) -> float:
    """The size that all but a few of the numbers keep to, rounded up to two digits."""
    size = float(np.quantile(abs(np.concatenate([one.ravel() for one in maps])), SHARE))
    if size == 0:
        return 1.0
    unit = 10.0 ** (np.floor(np.log10(size)) - 1)
    return float(f"{np.ceil(size / unit - 1e-9) * unit:.2g}")


@cache
def extras() -> str:
    """What both networks need, as JSON: photographs to cut patches from, and ends of colours."""
    from convbook.data import photograph

    from ._record import NAMES, PHOTOGRAPHS, square

    photographs = []
    for name in (*PHOTOGRAPHS, "camera"):
        pixels = square(photograph(name).image, name)
        side = min(PHOTOGRAPH_SIDE, pixels.width)
        small = pixels.resize((side, side), Image.Resampling.LANCZOS).convert("RGB")
        shown = {"name": NAMES.get(name, "a man at a camera"), "url": data_url(small, 80)}
        photographs.append(shown)
    limits = json.loads((RECORDED / "limits.json").read_text("utf-8"))
    content = {"photographs": photographs, "limits": limits}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


@cache
def exciting() -> tuple[str, str]:
    """The recorded sheets of exciting images, as JSON: the chapter's own network, MobileNetV2."""
    index = json.loads(EXCITING.read_text("utf-8"))
    sheets = []
    for name in ("pocket-net", "mobilenet-v2"):
        data = base64.b64encode((RECORDED / f"exciting-{name}.webp").read_bytes()).decode()
        sheets.append(json.dumps(index[name] | {"url": f"data:image/webp;base64,{data}"}))
    return sheets[0], sheets[1]


def data_url(image: Image.Image, quality: int) -> str:
    """An image as a WebP data URL."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=6)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def recorded_limits() -> dict[str, list[float]]:
    """The ends of both networks' colours, measured on their photographs."""
    return {
        "pocket-net": _limits_of(pocket_file()), "mobilenet-v2": _limits_of(imagenet_file()),
    }  # fmt: skip
