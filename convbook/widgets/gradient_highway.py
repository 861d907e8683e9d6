"""GradientHighway: the size of the gradient at every block, of a plain and of a residual stack."""

from __future__ import annotations

import math

import numpy as np
import traitlets

from ._base import BookWidget, bundle, style
from ._random import normal_from

#: Numbers in the signal that runs through the stack.
WIDTH = 8
_DERIVATIVES = {
    "linear": (lambda z: z, np.ones_like),
    "relu": (lambda z: np.maximum(z, 0.0), lambda z: (z > 0).astype(float)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
}


class GradientHighway(BookWidget):
    """Back-propagation through ``depth`` blocks, computed with and without the shortcut.

    A block's branch is F(x) = act(W·x) on a signal of 8 numbers. Its weights are drawn once from a
    normal distribution with standard deviation ``scale``/√8, and both stacks use the same ones. In
    the plain stack y = F(x), in the residual stack y = F(x) + x. A gradient of length 1 enters at
    the top.

    Inputs: ``depth`` (blocks), ``scale``, ``activation`` ("relu", "tanh" or "linear"), ``seed``,
    ``block`` (the one whose numbers are read out, from 1), ``cancel_block`` (from 1; 0 for none):
    the block whose branch is replaced by F(x) = −``cancel``·x.

    >>> GradientHighway(cancel_block=15, cancel=1).residual_gradient[0]
    0.0
    """

    _esm = bundle("gradient_highway.js")
    _css = style("gradient_highway.css")

    depth = traitlets.Int(30, min=1, max=100).tag(sync=True)
    scale = traitlets.Float(0.5, min=0.05, max=2.0).tag(sync=True)
    activation = traitlets.Enum(list(_DERIVATIVES), "relu").tag(sync=True)
    cancel_block = traitlets.Int(0, min=0, max=100).tag(sync=True)
    cancel = traitlets.Float(1.0, min=0.0, max=1.0).tag(sync=True)
    block = traitlets.Int(1, min=1, max=100).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=50).tag(sync=True)

    @property
    def plain_gradient(self) -> list[float]:
        """Length of the gradient that leaves each block downwards, block 1 first; no shortcut."""
        return self._gradient(shortcut=0.0)

    @property
    def residual_gradient(self) -> list[float]:
        """The same for the stack whose every block adds its input to its output."""
        return self._gradient(shortcut=1.0)

    def _gradient(self, shortcut: float) -> list[float]:
        act, derivative = _DERIVATIVES[self.activation]
        normal = normal_from(self.seed)
        signal = _unit(normal)
        gradient = _unit(normal)
        jacobians = []
        for block in range(1, self.depth + 1):
            weights = np.array([normal() for _ in range(WIDTH * WIDTH)]).reshape(WIDTH, WIDTH)
            weights *= self.scale / math.sqrt(WIDTH)
            if block == self.cancel_block:
                branch, slope = -self.cancel * signal, -self.cancel * np.eye(WIDTH)
            else:
                before = weights @ signal
                branch, slope = act(before), derivative(before)[:, None] * weights
            jacobians.append(slope + shortcut * np.eye(WIDTH))
            signal = branch + shortcut * signal
        lengths = []
        for jacobian in reversed(jacobians):
            gradient = jacobian.T @ gradient
            lengths.append(float(np.linalg.norm(gradient)))
        return lengths[::-1]

    @property
    def caption(self) -> str:
        plain, residual = self.plain_gradient[0], self.residual_gradient[0]
        return (
            f"A gradient of length 1 enters {self.depth} blocks from the top. What reaches the "
            f"first block: {_words(plain)} without shortcuts, {_words(residual)} with them."
        )

    def picture(self) -> str:
        """Both gradients against the block, on a logarithmic scale, as SVG."""
        lines = {"plain": self.plain_gradient, "residual": self.residual_gradient}
        logs = {name: [math.log10(max(v, 1e-300)) for v in vs] for name, vs in lines.items()}
        low = max(-30.0, min(0.0, *logs["plain"], *logs["residual"]))
        high = max(1.0, *logs["plain"], *logs["residual"])
        step = 560 / max(1, self.depth - 1)
        marks = []
        for name, colour in (("plain", "#b04a00"), ("residual", "#00639c")):
            points = " ".join(
                f"{50 + i * step:.1f},{20 + 150 * (high - max(v, low)) / (high - low):.1f}"
                for i, v in enumerate(logs[name])
            )
            dash = ' stroke-dasharray="5 4"' if name == "plain" else ""
            style = f'fill="none" stroke="{colour}"{dash} stroke-width="2"'
            marks.append(f'<polyline points="{points}" {style}/>')
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 200" width="640" role="img" '
            f'font-family="sans-serif" font-size="12"><title>{self.caption}</title>'
            f'{"".join(marks)}<text x="4" y="24">10^{high:.0f}</text>'
            f'<text x="4" y="172">10^{low:.0f}</text>'
            f'<text x="50" y="194">block 1</text>'
            f'<text x="610" y="194" text-anchor="end">block {self.depth}</text>'
            '<text x="330" y="194" text-anchor="middle">dashed: plain, solid: residual</text></svg>'
        )


def _unit(normal) -> np.ndarray:
    vector = np.array([normal() for _ in range(WIDTH)])
    return vector / np.linalg.norm(vector)


def _words(value: float) -> str:
    if value == 0:
        return "exactly 0"
    return f"{value:.3g}" if 1e-3 <= value < 1e5 else f"{value:.1e}".replace("e", " times 10^")
