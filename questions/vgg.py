"""VGG-16, counted: the network of exercise 13, which other notebooks ask about too."""

from convbook import shapes

#: The convolutions of VGG-16, block by block, and its dense layers: the network of exercise 13.
VGG16_BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
VGG16_DENSE = (("fc6", 4096), ("fc7", 4096), ("fc8", 1000))


def vgg16_parameters(bias: bool = True) -> dict[str, int]:
    """Return the parameters of every layer of VGG-16, by its name, in order."""
    counts, channels, side = {}, 3, 224
    for block, widths in enumerate(VGG16_BLOCKS, start=1):
        for layer, filters in enumerate(widths, start=1):
            name = f"conv{block}_{layer}"
            counts[name] = shapes.conv2d_parameters(channels, filters, 3, bias)
            channels = filters
        side = shapes.pool_output_size(side, 2)
    inputs = channels * side * side
    for name, units in VGG16_DENSE:
        counts[name] = shapes.dense_parameters(inputs, units, bias)
        inputs = units
    return counts
