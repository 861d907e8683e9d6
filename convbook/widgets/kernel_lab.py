"""KernelLab: a photograph, a kernel, and what the one makes of the other."""

from __future__ import annotations

import json
import math

import numpy as np
import traitlets

from convbook import shapes

from ._base import BookWidget, bundle, style
from ._bundle import FOLDER
from ._limits import numbers_of, table
from ._photograph import camera, image_tag
from ._windows import windows

#: Kernels by name, each with its title, weights and divisor; the front end reads the same file.
PRESETS = json.loads((FOLDER / "shared" / "kernels.json").read_text(encoding="utf-8"))
LARGEST_SIDE, MOST_PADDING = 256, 8
#: Rows and columns of the output of a 3×3 kernel at stride 1 with the most padding.
LARGEST_OUTPUT = LARGEST_SIDE + 2 * MOST_PADDING - 2
NEARLY_ZERO = 1e-9  # what a sum of decimal weights may be off
STEP_EDGE = np.repeat([[0] * 4 + [255] * 4], 8, axis=0).astype(np.uint8)


class KernelLab(BookWidget):
    """Filter a grey picture with a 3×3 or 5×5 kernel and look into any output pixel.

    Inputs: ``preset`` (a key of ``PRESETS``, or "custom"), or ``kernel`` (rows of weights) and
    ``divisor``; ``operation`` ("cross-correlation", or "convolution", which turns the kernel by
    180° first); ``stride`` 1–4, ``padding`` 0–8 pixels and its ``fill`` ("zeros" or "replicate");
    ``row`` and ``column``, the output pixel looked into; ``source`` ("photograph", "edge" or
    "own"); ``display``, how responses become brightness or colour; ``mark_border``;
    ``challenge`` ("upright": find a kernel that leaves only upright edges; see :attr:`solved`).

    Pixels are brightness from 0 to 255. Everything else follows, in double precision:

    >>> KernelLab(preset="identity", padding=1).output_shape
    (256, 256)
    """

    _esm = bundle("kernel_lab.js")
    _css = style("kernel_lab.css")

    preset = traitlets.Enum([*PRESETS, "custom"], "vertical-edge").tag(sync=True)
    kernel = traitlets.List(PRESETS["vertical-edge"]["kernel"]).tag(
        sync=True, limit=table([(3, 5), (3, 5)], -1000, 1000, square=True)
    )
    divisor = traitlets.Float(1.0, min=0.01, max=10_000).tag(sync=True)
    operation = traitlets.Enum(["cross-correlation", "convolution"], "cross-correlation").tag(
        sync=True
    )
    stride = traitlets.Int(1, min=1, max=4).tag(sync=True)
    padding = traitlets.Int(1, min=0, max=MOST_PADDING).tag(sync=True)
    fill = traitlets.Enum(["zeros", "replicate"], "zeros").tag(sync=True)
    display = traitlets.Enum(["auto", "signed", "absolute", "clipped"], "auto").tag(sync=True)
    mark_border = traitlets.Bool(False).tag(sync=True)
    challenge = traitlets.Enum(["", "upright"], "").tag(sync=True, limit=None)
    row = traitlets.Int(178, min=0, max=LARGEST_OUTPUT - 1).tag(sync=True)
    column = traitlets.Int(140, min=0, max=LARGEST_OUTPUT - 1).tag(sync=True)
    source = traitlets.Enum(["photograph", "edge", "own"], "photograph").tag(sync=True)
    image = traitlets.CBytes(b"", help="Own picture: brightness, row after row.").tag(sync=True)
    image_width = traitlets.Int(LARGEST_SIDE, min=1, max=LARGEST_SIDE).tag(sync=True, limit=None)

    @traitlets.validate("kernel")
    def _check_kernel(self, proposal):
        numbers = numbers_of(proposal["value"])
        if numbers.shape not in ((3, 3), (5, 5)):
            raise traitlets.TraitError(
                f"kernel must be 3 rows of 3 weights or 5 rows of 5; got shape {numbers.shape}"
            )
        weights = numbers.tolist()
        if not all(math.isfinite(w) and abs(w) <= 1000 for row in weights for w in row):
            raise traitlets.TraitError("kernel weights must be numbers from −1000 to 1000")
        return [[int(w) if w.is_integer() else w for w in row] for row in weights]

    @traitlets.observe("preset")
    def _use_preset(self, change):
        if change["new"] != "custom":
            preset = PRESETS[change["new"]]
            with self.hold_trait_notifications():
                self.kernel, self.divisor = preset["kernel"], float(preset["divisor"])

    @traitlets.observe("kernel", "divisor")
    def _name_kernel(self, _change):
        def is_now(preset):
            return (preset["kernel"], preset["divisor"]) == (self.kernel, self.divisor)

        named = self.preset != "custom" and is_now(PRESETS[self.preset])
        if not named:
            self.preset = next((name for name in PRESETS if is_now(PRESETS[name])), "custom")

    def use_picture(self, pixels) -> None:
        """Show your own picture: brightness 0–255, shape (H, W), at most 256 pixels a side."""
        pixels = np.asarray(pixels)
        if pixels.ndim != 2 or 0 in pixels.shape or max(pixels.shape) > LARGEST_SIDE:
            raise ValueError(
                f"a picture must be (H, W), grey, with sides from 1 to {LARGEST_SIDE}; "
                f"got shape {pixels.shape}"
            )
        if pixels.min() < 0 or pixels.max() > 255:
            raise ValueError(
                f"brightness must lie from 0 to 255; got {pixels.min()} to {pixels.max()}"
            )
        with self.hold_sync():
            self.image = np.ascontiguousarray(pixels.round(), np.uint8).tobytes()
            self.image_width = pixels.shape[1]
            self.source = "own"

    @property
    def pixels(self) -> np.ndarray:
        """The picture being filtered, uint8, shape (H, W)."""
        if self.source == "own" and self.image:
            return np.frombuffer(self.image, np.uint8).reshape(-1, self.image_width)
        return STEP_EDGE if self.source == "edge" else camera()

    @property
    def applied_kernel(self) -> np.ndarray:
        """The weights as they meet the pixels: turned by 180° for a convolution; undivided."""
        kernel = np.array(self.kernel, float)
        return kernel[::-1, ::-1] if self.operation == "convolution" else kernel

    @property
    def solved(self) -> bool:
        """Whether only upright edges are left: every row adds up to 0, and not all weights are 0.

        Where a picture changes only from top to bottom, a response is each row's sum times that
        row's brightness.
        """
        kernel = np.array(self.kernel, float)
        return bool(kernel.any() and (abs(kernel.sum(axis=1)) < NEARLY_ZERO).all())

    @property
    def output_shape(self) -> tuple[int, int]:
        """(H', W') of the output."""
        size, pads = len(self.kernel), (self.padding, self.padding)
        rows, columns = (
            shapes.output_size(side, size, self.stride, pads) for side in self.pixels.shape
        )
        return (rows, columns)

    @property
    def output(self) -> np.ndarray:
        """Every response, float64, shape :attr:`output_shape`."""
        return np.einsum("rcij,ij->rc", self._windows, self.applied_kernel) / self.divisor

    def patch(self, row: int | None = None, column: int | None = None) -> np.ndarray:
        """The pixels that one output reads, float64; by default the output looked into."""
        return self._windows[self._cell(row, column)]

    def response(self, row: int | None = None, column: int | None = None) -> float:
        """One output: patch times kernel, summed, divided; by default the output looked into."""
        return float((self.patch(row, column) * self.applied_kernel).sum() / self.divisor)

    @property
    def border(self) -> np.ndarray:
        """Which outputs read at least one pixel of padding; bool, shape :attr:`output_shape`."""
        size = len(self.kernel)

        def reaches(side: int, outputs: int) -> np.ndarray:
            first = np.arange(outputs) * self.stride - self.padding
            return (first < 0) | (first + size > side)

        (rows, columns), (height, width) = self.output_shape, self.pixels.shape
        return reaches(height, rows)[:, None] | reaches(width, columns)[None, :]

    @property
    def _windows(self) -> np.ndarray:
        return windows(self.pixels, len(self.kernel), self.stride, self.padding, self.fill)

    def _cell(self, row: int | None, column: int | None) -> tuple[int, int]:
        rows, columns = self.output_shape
        if row is None:
            row = min(self.row, rows - 1)
        if column is None:
            column = min(self.column, columns - 1)
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"the output has rows 0 to {rows - 1} and columns 0 to {columns - 1}; "
                f"got row {row}, column {column}"
            )
        return (row, column)

    @property
    def caption(self) -> str:
        name = PRESETS[self.preset]["title"] if self.preset != "custom" else "A kernel of its own"
        (height, width), (rows, columns) = self.pixels.shape, self.output_shape
        return (
            f"{name}: a picture of {height} × {width} pixels, filtered at stride {self.stride} "
            f"with padding {self.padding} ({self.fill}), gives {rows} × {columns} responses, "
            f"from {self.output.min():.0f} to {self.output.max():.0f}.".replace("-", "−")
        )

    def picture(self) -> str:
        """The picture, the kernel and the output side by side, as SVG."""
        out = self.output
        if (self.applied_kernel.sum() == 0 and self.display == "auto") or self.display == "signed":
            limit = abs(out).max() or 1
            shown = 127.5 + 127.5 * out / limit
        else:
            shown = np.clip(abs(out) if self.display == "absolute" else out, 0, 255)
        size = len(self.kernel)
        cells = "".join(
            f'<text x="{318 + (c - size / 2 + 0.5) * 32:.0f}" y="{124 + (r - size / 2) * 24:.0f}">'
            f"{weight:g}</text>"
            for r, line in enumerate(self.kernel)
            for c, weight in enumerate(line)
        )
        divided = f'<text x="318" y="196">÷ {self.divisor:g}</text>' if self.divisor != 1 else ""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 636 224" width="636" role="img" '
            'font-family="sans-serif" font-size="13" text-anchor="middle">'
            f"<title>{self.caption}</title>"
            f"{image_tag(self.pixels, 0, 0, 224)}{cells}{divided}"
            f"{image_tag(shown.round().astype(np.uint8), 412, 0, 224)}</svg>"
        )
