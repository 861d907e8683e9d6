"""What one position of a feature map sees of the input: its receptive field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from convbook.shapes.arguments import whole_number
from convbook.shapes.sizes import effective_kernel


@dataclass(frozen=True)
class ReceptiveField:
    """What one position of the last layer of a stack sees of the input, along one axis.

    ``size``: pixels from its first to its last. ``effective_stride``: pixels between the fields of
    two neighbours. ``sizes``: ``size`` after each layer in turn.
    """

    size: int
    effective_stride: int
    sizes: list[int]


def receptive_field(layers: Iterable[tuple[int, ...]]) -> ReceptiveField:
    """Receptive field of a stack of ``(kernel_size, stride, dilation)`` layers, first layer first.

    Each layer adds ``(effective kernel − 1)`` steps, a step being the product of the strides of
    the layers *before* it (a layer's own stride changes only what comes after). ``stride`` and
    ``dilation`` may be left out. An empty stack sees one pixel. Source: Araujo, Norris and Sim,
    "Computing receptive fields of convolutional neural networks" (Distill, 2019).

    >>> receptive_field([(7, 2), (3, 2), (3, 1)])
    ReceptiveField(size=19, effective_stride=4, sizes=[7, 11, 19])
    """
    size, jump, sizes = 1, 1, []
    for layer in layers:
        kernel_size, stride, dilation = _layer(layer)
        size += (effective_kernel(kernel_size, dilation) - 1) * jump
        jump *= whole_number("stride", stride, 1)
        sizes.append(size)
    return ReceptiveField(size, jump, sizes)


def receptive_span(
    position: int, layers: Iterable[tuple[int, ...]], paddings: Iterable[int] = ()
) -> tuple[int, int]:
    """First and last input pixel that the neuron at ``position`` of the last layer sees.

    ``layers`` as in :func:`receptive_field`; ``paddings`` is the padding before each layer's input
    (none when left out). Pixels below 0, or beyond the input, are padding.

    >>> receptive_span(0, [(3, 1), (3, 1)], paddings=[1, 1])
    (-2, 2)
    """
    stack = [_layer(layer) for layer in layers]
    before = list(paddings) or [0] * len(stack)
    if len(before) != len(stack):
        raise ValueError(
            f"{len(stack)} layers need {len(stack)} paddings, one each; got {len(before)}"
        )
    first = last = whole_number("position", position, 0)
    for (kernel_size, stride, dilation), padding in zip(
        reversed(stack), reversed(before), strict=True
    ):
        padding = whole_number("padding", padding, 0)
        stride = whole_number("stride", stride, 1)
        first = first * stride - padding
        last = last * stride - padding + effective_kernel(kernel_size, dilation) - 1
    return (first, last)


def _layer(layer: tuple[int, ...]) -> tuple[int, int, int]:
    if isinstance(layer, tuple | list) and 1 <= len(layer) <= 3:
        kernel_size, stride, dilation = (*layer, 1, 1)[:3]
        return (kernel_size, stride, dilation)
    raise ValueError(f"a layer must be (kernel_size, stride, dilation); got {layer!r}")
