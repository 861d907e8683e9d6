"""The arithmetic of convolutional networks: sizes, padding, parameters, operations, fields of view.

Every function takes and returns whole numbers, so the answers are exact. Sizes are in pixels (or
in elements, for a feature map); a function works along one axis unless its name says ``2d``.
Nothing here needs NumPy.

A setting that no layer could have raises ``ValueError``, and the message says what was given, what
was expected and what to do about it.

>>> output_size(224, kernel_size=7, stride=2, padding=3)
112
>>> conv2d_parameters(in_channels=3, filters=64, kernel_size=3)
1792
>>> output_size(3, kernel_size=7, padding=1)
Traceback (most recent call last):
    ...
ValueError: kernel_size 7 is larger than the padded input 5 (width 3 + 2·1); lower kernel_size or \
raise padding

The rules are those of Dumoulin and Visin, "A guide to convolution arithmetic for deep learning"
(2016, arXiv:1603.07285); the rule for ``"same"`` is that of TensorFlow and Keras, where any odd
pixel of padding goes to the end.
"""

from convbook.shapes.arguments import (
    AxisPadding,
    Pair,
    SpatialPadding,
    padding_pair,
    pair,
    whole_number,
)
from convbook.shapes.counts import (
    batch_norm_parameters,
    conv2d_flops,
    conv2d_macs,
    conv2d_parameters,
    dense_flops,
    dense_macs,
    dense_parameters,
    depthwise_conv2d_parameters,
    separable_conv2d_macs,
    separable_conv2d_parameters,
)
from convbook.shapes.fields import ReceptiveField, receptive_field, receptive_span
from convbook.shapes.sizes import (
    conv2d_output_shape,
    effective_kernel,
    output_size,
    pad_amounts,
    pool2d_output_shape,
    pool_output_size,
    symmetric_same_padding,
    unused_pixels,
)

__all__ = [
    "AxisPadding",
    "Pair",
    "ReceptiveField",
    "SpatialPadding",
    "batch_norm_parameters",
    "conv2d_flops",
    "conv2d_macs",
    "conv2d_output_shape",
    "conv2d_parameters",
    "dense_flops",
    "dense_macs",
    "dense_parameters",
    "depthwise_conv2d_parameters",
    "effective_kernel",
    "output_size",
    "pad_amounts",
    "padding_pair",
    "pair",
    "pool2d_output_shape",
    "pool_output_size",
    "receptive_field",
    "receptive_span",
    "separable_conv2d_macs",
    "separable_conv2d_parameters",
    "symmetric_same_padding",
    "unused_pixels",
    "whole_number",
]
