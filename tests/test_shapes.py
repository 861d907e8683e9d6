"""The book's arithmetic: the chapter's numbers, impossible settings, and Keras at random."""

import random
import re

import numpy as np
import pytest
from claims import for_each
from hypothesis import given
from hypothesis import strategies as st

from convbook import shapes

sizes = st.integers(1, 300)
kernels = st.integers(1, 13)
strides = st.integers(1, 6)
dilations = st.integers(1, 4)
paddings = st.one_of(
    st.integers(0, 8),
    st.tuples(st.integers(0, 8), st.integers(0, 8)),
    st.sampled_from(["valid", "same"]),
)


# --- the chapter's own numbers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "answer"),
    [
        ((32, 5, 1, 2), 32),
        ((32, 2, 2), 16),
        ((224, 7, 2, 3), 112),
        ((227, 11, 4), 55),
        ((7, 3, 2), 3),
        ((8, 3, 2), 3),
        ((28, 5), 24),
    ],
)
def test_output_size_of_the_worked_examples(setting, answer):
    assert shapes.output_size(*setting) == answer


def test_floor_leaves_a_pixel_unread():
    assert shapes.unused_pixels(8, 3, 2) == 1
    assert shapes.unused_pixels(7, 3, 2) == 0
    assert (shapes.unused_pixels(10, 3, 4), shapes.unused_pixels(10, 3)) == (3, 0)
    assert shapes.unused_pixels(224, 7, 2, 3) == 1


def test_keras_same_puts_the_odd_pixel_at_the_end():
    assert shapes.pad_amounts(224, 3, 2, "same") == (0, 1)
    assert shapes.pad_amounts(7, 2, 1, "same") == (0, 1)
    assert shapes.pad_amounts(5, 3, 1, "same") == (1, 1)
    assert shapes.pad_amounts(5, 1, 3, "same") == (0, 0)


def test_same_padding_keeps_size_only_at_stride_1():
    assert shapes.output_size(10, 3, 1, "same") == 10
    assert shapes.output_size(10, 3, 2, "same") == 5


def test_valid_pads_nothing_and_nothing_is_the_default():
    assert shapes.pad_amounts(7, 3, 2, "VALID") == shapes.pad_amounts(7, 3) == (0, 0)
    assert (shapes.effective_kernel(3), shapes.output_size(10, 3, 1, "same", 3)) == (3, 10)
    assert shapes.pad_amounts(8, 3, padding="same") == (1, 1)


def test_symmetric_same_padding():
    assert [shapes.symmetric_same_padding(k) for k in (1, 3, 5, 7)] == [0, 1, 2, 3]
    assert shapes.symmetric_same_padding(2, dilation=2) == 1
    with pytest.raises(ValueError, match="spans 4 pixels, an even number"):
        shapes.symmetric_same_padding(4)


def test_parameters_of_vgg_block_1():
    assert shapes.conv2d_parameters(3, 64, 3) == 1_792
    assert shapes.conv2d_parameters(64, 64, 3) == 36_928


def test_parameters_in_other_forms():
    assert shapes.conv2d_parameters(3, 64, 3, bias=False) == 1_728
    assert shapes.conv2d_parameters(4, 8, (1, 3), groups=2) == 8 * (3 * 2 + 1)
    assert shapes.depthwise_conv2d_parameters(32, 3) == 32 * 10
    assert shapes.separable_conv2d_parameters(32, 64, 3) == 32 * 9 + 64 * 33
    assert shapes.separable_conv2d_parameters(4, 8, 3, False, 2) == 8 * 9 + 8 * 8
    assert shapes.dense_parameters(150_528, 1_000) == 150_529_000
    assert shapes.batch_norm_parameters(64) == (128, 128)


def test_flops_are_two_operations_a_multiply_accumulate():
    assert shapes.conv2d_macs(64, 64, 3, 56, 56) == 115_605_504
    assert shapes.conv2d_flops(64, 64, 3, 56, 56) == 231_211_008
    assert shapes.conv2d_flops(4, 4, 3, 2, 2, groups=4) == 2 * 9 * 4 * 4
    assert shapes.dense_flops(4096, 1000) == 2 * 4_096_000
    assert shapes.separable_conv2d_macs(32, 64, 3, 10, 10) == 100 * (32 * 9 + 32 * 64)


def test_two_3x3_see_as_much_as_one_5x5():
    assert shapes.receptive_field([(3, 1, 1), (3, 1, 1)]).size == 5
    assert shapes.receptive_field([(5, 1, 1)]).size == 5
    assert shapes.receptive_field([(3,), (3, 2)]).size == 5


def test_a_layers_own_stride_counts_only_after_it():
    field = shapes.receptive_field([(7, 2, 1), (3, 2, 1), (3, 1, 1)])
    assert (field.size, field.effective_stride, field.sizes) == (19, 4, [7, 11, 19])


def test_an_empty_stack_sees_one_pixel():
    assert shapes.receptive_field([]) == shapes.ReceptiveField(1, 1, [])


def test_padding_shifts_what_the_first_neuron_sees_over_the_edge():
    assert shapes.receptive_span(0, [(3, 1, 1), (3, 1, 1)], [1, 1]) == (-2, 2)
    assert shapes.receptive_span(1, [(7, 2, 1), (3, 2, 1)], [3, 1]) == (-1, 9)
    assert shapes.receptive_span(4, []) == (4, 4)


def test_two_dimensions_are_two_axes():
    assert shapes.conv2d_output_shape((3, 224, 224), 64, 7, 2, 3) == (64, 112, 112)
    uneven = shapes.conv2d_output_shape((3, 10, 20), 8, (3, 5), (1, 2), ((1, 1), (0, 2)))
    assert uneven == (8, 10, 9)
    assert shapes.conv2d_output_shape((1, 5, 5), 1, 3) == (1, 3, 3)
    assert shapes.pool2d_output_shape((8, 7, 6), 2) == (8, 3, 3)
    assert shapes.pool2d_output_shape((1, 12, 12), (2, 3), (2, 3)) == (1, 6, 4)
    assert shapes.pool2d_output_shape((1, 7, 7), 3, 3, ((1, 1), (0, 0))) == (1, 3, 2)


def test_numpy_integers_are_whole_numbers():
    answer = shapes.output_size(np.int64(32), np.int32(5), np.int8(1), np.uint8(2))
    assert answer == 32
    assert type(answer) is int
    assert type(shapes.conv2d_parameters(np.int64(3), np.int64(4), np.int64(3))) is int
    assert shapes.output_size(np.uint8(250), np.uint8(3), 1, 200) == 648  # no wrapping around


# --- impossible settings -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: shapes.output_size(3, 7, 1, 1),
            "kernel_size 7 is larger than the padded input 5 (width 3 + 2·1); "
            "lower kernel_size or raise padding",
        ),
        (
            lambda: shapes.output_size(4, 3, 1, (0, 1), 3),
            "kernel_size 3 at dilation 3 spans 7 pixels and is larger than the padded input 5 "
            "(width 4 + 0 + 1); lower kernel_size or dilation or raise padding",
        ),
        (
            lambda: shapes.output_size(True, 3),
            "input_size must be a whole number of at least 1; got True",
        ),
        (
            lambda: shapes.output_size(32, 3, 1, -1),
            "padding must be a whole number of at least 0; got -1",
        ),
        (
            lambda: shapes.output_size(32, 3, 1, "full"),
            "padding must be a whole number, a pair (before, after), 'valid' or 'same'; got 'full'",
        ),
        (
            lambda: shapes.conv2d_output_shape((3, 2, 9), 1, 3),
            "along the height: kernel_size 3 is larger than the padded input 2 (width 2 + 2·0); "
            "lower kernel_size or raise padding",
        ),
        (lambda: shapes.conv2d_output_shape((3, 9, 2), 1, 3), "along the width: kernel_size 3"),
        (lambda: shapes.output_size(9, 3, padding=(-1, 0)), "padding before must be"),
        (lambda: shapes.output_size(9, 3, padding=(0, -1)), "padding after must be"),
        (lambda: shapes.conv2d_output_shape((3, 9), 1, 3), "(channels, height, width)"),
        (lambda: shapes.conv2d_output_shape((3, 9, 9), 1, 3, padding=(1, 1)), "two dimensions"),
        (lambda: shapes.conv2d_parameters(3, 8, 3, groups=2), "in_channels 3 cannot be shared"),
        (lambda: shapes.conv2d_parameters(4, 9, 3, groups=2), "filters 9 cannot be shared"),
        (lambda: shapes.pool_output_size(4, 2, padding=2), "nothing but padding"),
        (lambda: shapes.pool_output_size(2, 3), "pool_size 3 is larger than"),
        (lambda: shapes.receptive_field([3]), "(kernel_size, stride, dilation)"),
        (lambda: shapes.receptive_field([(3, 1, 1, 1)]), "(kernel_size, stride, dilation)"),
        (lambda: shapes.conv2d_output_shape((1, 9, 9), 1, (0, 3)), "kernel_size (height) must be"),
        (lambda: shapes.receptive_span(0, [(3, 1, 1)], [1, 2]), "1 layers need 1 paddings"),
    ],
)
def test_an_impossible_setting_says_why(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def _conv2d(channels, filters, kernel_size, stride, dilation):
    return shapes.conv2d_output_shape((channels, 1, 1), filters, kernel_size, stride, 0, dilation)


def _pool2d(channels, pool_size, stride):
    return shapes.pool2d_output_shape((channels, 1, 1), pool_size, stride)


def _field(**layer):
    return shapes.receptive_field([tuple(layer.values())]).size


def _span(position, padding, **layer):
    return shapes.receptive_span(position, [tuple(layer.values())], [padding])


_MAP = "in_channels filters kernel_size output_height output_width"
#: The arguments that a function counts by, and what it says where each is at its least.
SMALLEST = [
    (shapes.effective_kernel, "kernel_size dilation", 1),
    (shapes.output_size, "input_size kernel_size stride dilation", 1),
    (shapes.unused_pixels, "input_size kernel_size stride dilation", 0),
    (shapes.pool_output_size, "input_size pool_size stride", 1),
    (shapes.conv2d_parameters, "in_channels filters kernel_size groups", 2),
    (shapes.depthwise_conv2d_parameters, "in_channels kernel_size depth_multiplier", 2),
    (shapes.separable_conv2d_parameters, "in_channels filters kernel_size depth_multiplier", 3),
    (shapes.dense_parameters, "inputs units", 2),
    (shapes.batch_norm_parameters, "channels", (2, 2)),
    (shapes.conv2d_macs, f"{_MAP} groups", 1),
    (shapes.conv2d_flops, f"{_MAP} groups", 2),
    (shapes.separable_conv2d_macs, f"{_MAP} depth_multiplier", 2),
    (shapes.dense_macs, "inputs units", 1),
    (_conv2d, "channels filters kernel_size stride dilation", (1, 1, 1)),
    (_pool2d, "channels pool_size stride", (1, 1, 1)),
    (_field, "kernel_size stride dilation", 1),
    (_span, "position padding kernel_size stride dilation", (0, 0)),
]


@for_each(("function", "names", "answer"), SMALLEST, ids=lambda *row: f"{row[1]}: {row[2]}")
def test_the_least_is_allowed_and_what_is_refused_is_named(function, names, answer):
    arguments = {name: int(name not in ("position", "padding")) for name in names.split()}
    assert function(**arguments) == answer
    for name, least in arguments.items():
        for wrong in (least - 1, 1.5, "two"):
            with pytest.raises(ValueError, match=rf"^{name}\b.*got {wrong!r}$"):
                function(**arguments | {name: wrong})


# --- laws that hold for every setting ------------------------------------------------------------


def positions_by_hand(width, kernel, stride, before, after, dilation):
    """Window starts found by trying every pixel, and the pixels after the last window."""
    padded = before + width + after
    reach = [tap * dilation for tap in range(kernel)]
    starts = [s for s in range(0, padded, stride) if all(s + r < padded for r in reach)]
    left_over = padded - (starts[-1] + reach[-1] + 1) if starts else None
    return starts, left_over


@given(sizes, kernels, strides, paddings, dilations)
def test_sizes_equal_a_count_of_window_positions(width, kernel, stride, padding, dilation):
    before, after = shapes.pad_amounts(width, kernel, stride, padding, dilation)
    starts, left_over = positions_by_hand(width, kernel, stride, before, after, dilation)
    setting = (width, kernel, stride, padding, dilation)
    if not starts:
        with pytest.raises(ValueError, match="larger than the padded input"):
            shapes.output_size(*setting)
        return
    assert shapes.output_size(*setting) == len(starts)
    assert shapes.unused_pixels(*setting) == left_over


@given(sizes, kernels, strides, dilations)
def test_same_gives_the_ceiling_and_no_more_padding_than_needed(width, kernel, stride, dilation):
    before, after = shapes.pad_amounts(width, kernel, stride, "same", dilation)
    outputs = shapes.output_size(width, kernel, stride, (before, after), dilation)
    assert outputs == -(-width // stride)
    assert after - before in (0, 1)
    if after:
        try:
            fewer = shapes.output_size(width, kernel, stride, (before, after - 1), dilation)
        except ValueError:
            fewer = 0
        assert fewer < outputs


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)), max_size=5))
def test_receptive_field_is_where_a_stack_of_ones_reaches(layers):
    field = shapes.receptive_field(layers)
    reached = np.ones(1, bool)
    for kernel, stride, dilation in reversed(layers):
        before = np.zeros((len(reached) - 1) * stride + (kernel - 1) * dilation + 1, bool)
        for position in np.flatnonzero(reached):
            for tap in range(kernel):
                before[position * stride + tap * dilation] = True
        reached = before
    assert field.size == len(reached)
    assert field.sizes[-1:] == ([field.size] if layers else [])
    assert field.effective_stride == np.prod([stride for _, stride, _ in layers], dtype=int)
    first, last = shapes.receptive_span(3, layers)
    assert (first, last) == (3 * field.effective_stride, first + field.size - 1)


@given(st.integers(1, 64), st.integers(1, 64), kernels)
def test_groups_divide_the_weights(channels, filters, kernel):
    groups = np.gcd(channels, filters)
    whole = shapes.conv2d_parameters(channels, filters, kernel, bias=False)
    assert shapes.conv2d_parameters(channels, filters, kernel, False, groups) * groups == whole


# --- Keras ---------------------------------------------------------------------------------------


def keras_padding(rng):
    return rng.choice(["valid", "same"])


@pytest.mark.keras
def test_5000_random_settings_agree_with_keras():
    keras = pytest.importorskip("keras")
    rng = random.Random(18)
    agreed = refused = 0
    while agreed < 5_000:
        height, width = rng.randint(1, 64), rng.randint(1, 64)
        kernel = (rng.randint(1, 7), rng.randint(1, 7))
        stride = rng.randint(1, 4)
        dilation = rng.choice([1, 1, (rng.randint(1, 3), rng.randint(1, 3))])
        padding = keras_padding(rng)
        try:
            layer = keras.layers.Conv2D(
                2, kernel, stride, padding, dilation_rate=dilation, name="conv"
            )
            theirs = layer.compute_output_shape((None, height, width, 3))
        except ValueError:
            theirs = None
        try:
            _, *ours = shapes.conv2d_output_shape(
                (3, height, width), 2, kernel, stride, padding, dilation
            )
        except ValueError:
            ours = None
        if theirs is None:
            # Keras also refuses stride with dilation, which the arithmetic has no quarrel with.
            assert ours is None or (stride > 1 and dilation != 1)
            refused += 1
            continue
        assert tuple(ours) == tuple(theirs[1:3]), (height, width, kernel, stride, padding, dilation)
        agreed += 1
    assert refused


@pytest.mark.keras
def test_random_pooling_agrees_with_keras():
    keras = pytest.importorskip("keras")
    rng = random.Random(19)
    for _ in range(1_000):
        size, pool, stride = rng.randint(7, 64), rng.randint(1, 7), rng.choice([None, 1, 2, 3])
        padding = keras_padding(rng)
        layer = keras.layers.MaxPooling2D(pool, stride, padding)
        theirs = layer.compute_output_shape((None, size, size, 1))[1]
        assert shapes.pool_output_size(size, pool, stride, padding) == theirs


@pytest.mark.keras
def test_random_counts_agree_with_keras():
    keras = pytest.importorskip("keras")
    rng = random.Random(20)
    for _ in range(150):
        groups = rng.choice([1, 1, 2, 3])
        channels, filters = groups * rng.randint(1, 8), groups * rng.randint(1, 8)
        kernel = (rng.randint(1, 5), rng.randint(1, 5))
        bias, multiplier = rng.random() < 0.5, rng.randint(1, 3)
        layers = {
            keras.layers.Conv2D(filters, kernel, groups=groups, use_bias=bias): (
                shapes.conv2d_parameters(channels, filters, kernel, bias, groups)
            ),
            keras.layers.SeparableConv2D(
                filters, kernel, depth_multiplier=multiplier, use_bias=bias
            ): shapes.separable_conv2d_parameters(channels, filters, kernel, bias, multiplier),
            keras.layers.DepthwiseConv2D(kernel, depth_multiplier=multiplier, use_bias=bias): (
                shapes.depthwise_conv2d_parameters(channels, kernel, bias, multiplier)
            ),
            keras.layers.Dense(filters, use_bias=bias): (
                shapes.dense_parameters(channels, filters, bias)
            ),
            keras.layers.BatchNormalization(): sum(shapes.batch_norm_parameters(channels)),
        }
        for layer, ours in layers.items():
            layer.build((None, 16, 16, channels))
            assert layer.count_params() == ours, layer


@pytest.mark.keras
def test_the_padding_keras_applies_is_the_padding_computed():
    """Run Keras on an image of ones: border outputs show how many taps fell on padding."""
    keras = pytest.importorskip("keras")
    rng = random.Random(21)
    for _ in range(60):
        size, kernel, stride = rng.randint(2, 20), rng.randint(1, 7), rng.randint(1, 4)
        layer = keras.layers.Conv2D(
            1, (kernel, 1), stride, "same", kernel_initializer="ones", use_bias=False
        )
        theirs = np.asarray(layer(np.ones((1, size, size, 1), "float32")))[0, :, 0, 0]
        before, after = shapes.pad_amounts(size, kernel, stride, "same")
        ones = np.pad(np.ones(size), (before, after))
        ours = [ones[i * stride :][:kernel].sum() for i in range(len(theirs))]
        assert shapes.output_size(size, kernel, stride, "same") == len(theirs)
        assert theirs.tolist() == ours
