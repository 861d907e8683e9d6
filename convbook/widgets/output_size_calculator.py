"""OutputSizeCalculator: how many outputs a convolution has, worked step by step and drawn."""

from __future__ import annotations

import traitlets

from convbook import shapes

from ._base import BookWidget, bundle, counted, style

#: Beyond this the fields answer in words. A row of pixels is drawn up to 1,024 of them.
LARGEST = 1_000_000


def _whole(default: int, least: int) -> traitlets.Int:
    return traitlets.Int(default, min=least, max=LARGEST).tag(sync=True)


_RAISE, _PAD_OTHERWISE = "raise padding", "choose another way to pad"


class OutputSizeCalculator(BookWidget):
    """Output size along one axis, with the formula, the windows, and what two frameworks do.

    Inputs (pixels along one axis): ``input_size``, ``kernel_size``, ``stride``, ``dilation``, and
    the padding. ``padding_mode`` is "equal" (``padding`` on each side), "uneven" (``padding``
    before and ``padding_after`` after), "valid" or "same".

    >>> OutputSizeCalculator(input_size=7, kernel_size=3, stride=2, padding=0).output_size
    3
    """

    _esm = bundle("output_size_calculator.js")
    _css = style("output_size_calculator.css")

    input_size = _whole(32, 1)
    kernel_size = _whole(5, 1)
    stride = _whole(1, 1)
    padding = _whole(2, 0)
    padding_after = _whole(2, 0)
    padding_mode = traitlets.Enum(["equal", "uneven", "valid", "same"], "equal").tag(sync=True)
    dilation = _whole(1, 1)
    position = traitlets.Int(
        0, min=0, max=3 * LARGEST, help="The output whose window is marked."
    ).tag(sync=True)

    @property
    def setting(self) -> tuple:
        """Arguments for :func:`convbook.shapes.output_size` and its relatives."""
        padding = {
            "equal": self.padding,
            "uneven": (self.padding, self.padding_after),
        }.get(self.padding_mode, self.padding_mode)
        return (self.input_size, self.kernel_size, self.stride, padding, self.dilation)

    @property
    def output_size(self) -> int:
        """Outputs along the axis; raises ``ValueError``, with the reason, when there are none."""
        return shapes.output_size(*self.setting)

    @property
    def unused_pixels(self) -> int:
        """Pixels at the end of the padded input that no window reaches."""
        return shapes.unused_pixels(*self.setting)

    @property
    def pad_amounts(self) -> tuple[int, int]:
        """Padding before and after the input, in pixels."""
        return shapes.pad_amounts(*self.setting)

    @property
    def problem(self) -> str:
        """Why the setting is impossible, or nothing."""
        try:
            shapes.output_size(*self.setting)
        except ValueError as error:
            # Where no padding is set by hand there is no such field to raise.
            aim = _PAD_OTHERWISE if self.padding_mode == "valid" else _RAISE
            return str(error).replace(_RAISE, aim)
        return ""

    @property
    def keras_output(self) -> int | None:
        """What a Keras layer with this setting gives, or None where Keras refuses it."""
        refused = self.problem or (self.stride > 1 and self.dilation > 1)
        return None if refused else self.output_size

    @property
    def pytorch_output(self) -> int | None:
        """What a PyTorch layer with this setting gives, or None where PyTorch refuses it."""
        refused = self.problem or (self.padding_mode == "same" and self.stride > 1)
        return None if refused else self.output_size

    @property
    def caption(self) -> str:
        width, kernel, stride, _, dilation = self.setting
        head = f"An input of {counted(width, 'pixel')}, a kernel of {kernel} at stride {stride}"
        head += f" and dilation {dilation}" if dilation > 1 else ""
        if self.problem:
            return f"{head}: {self.problem}."
        before, after = self.pad_amounts
        sides = f"{before} on each side" if before == after else f"{before} before, {after} after"
        return (
            f"{head}, padding {sides}: "
            f"{counted(self.output_size, 'output')}, "
            f"{counted(self.unused_pixels, 'pixel')} unread at the end."
        )

    def picture(self) -> str:
        """The padded row of pixels with its first and its last window, as SVG."""
        if self.problem:
            return _svg(40, f'<text x="0" y="24">{self.problem}</text>')
        before, after = self.pad_amounts
        padded = before + self.input_size + after
        unit = 640 / padded
        span = shapes.effective_kernel(self.kernel_size, self.dilation)
        last = (self.output_size - 1) * self.stride
        parts = [
            _bar(0, 20, 640, "#ffffff", 'stroke="#7d8794" stroke-dasharray="3 3"'),
            _bar(before * unit, 20, self.input_size * unit, "#c9dff0", 'stroke="#00639c"'),
        ]
        for row, start in enumerate(sorted({0, last})):
            parts.append(_bar(start * unit, 52 + 28 * row, span * unit, "#00639c"))
        if self.unused_pixels:
            width = self.unused_pixels * unit
            parts.append(_bar(640 - width, 20, width, "#f5a25d", 'stroke="#b04a00"'))
        return _svg(112, "".join(parts))


def _bar(x: float, y: float, width: float, fill: str, more: str = "") -> str:
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="20" rx="2" fill="{fill}" {more}/>'
    )


def _svg(height: int, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 644 {height}" width="640" '
        f'font-family="sans-serif" font-size="12" role="img">{inside}</svg>'
    )
