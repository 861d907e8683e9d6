"""Conv2D against four plain loops in float64, on settings drawn at random."""

import naive
import numpy as np
import pytest

from convbook.nn import Conv2D, check_gradients, conv2d, im2col, relative_error


def random_settings(count, seed=0):
    """Settings that a convolution can have, and an input for each; unequal sides throughout."""
    rng = np.random.default_rng(seed)
    while count:
        kernel, stride, dilation = (tuple(rng.integers(1, most, 2).tolist()) for most in (5, 4, 4))
        pads = tuple(map(tuple, rng.integers(0, 4, (2, 2)).tolist()))
        groups = int(rng.integers(1, 4))
        channels, filters = (groups * int(n) for n in rng.integers(1, 4, 2))
        layer = Conv2D(
            channels, filters, kernel, stride, pads, dilation=dilation, groups=groups, seed=count
        )
        layer.params["bias"] += rng.standard_normal(filters).astype("float32")
        x = rng.standard_normal((int(rng.integers(1, 4)), channels, *rng.integers(1, 10, 2)))
        try:
            shape = layer.output_shape(x.shape[1:])
        except ValueError:
            continue  # the kernel does not fit; shapes has its own tests
        count -= 1
        yield layer, x, rng.standard_normal((len(x), *shape))


def compare(layer, x, grad, tolerance):
    weight, bias = (layer.params[name].astype("float64") for name in ("weight", "bias"))
    settings = (layer.stride, layer.padding, layer.dilation, layer.groups)
    out = layer.forward(x)
    assert out.shape[1:] == layer.output_shape(x.shape[1:])
    assert relative_error(out, conv2d(x, weight, bias, *settings)) <= tolerance
    expected = naive.gradients(x, weight, grad, *settings)
    found = layer.backward(grad), layer.grads["weight"], layer.grads["bias"]
    for array, reference in zip(found, expected, strict=True):
        assert array.dtype == layer.params["weight"].dtype
        assert relative_error(array, reference) <= tolerance


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-4)])
def test_forward_and_backward_agree_with_four_loops(dtype, tolerance):
    for layer, x, grad in random_settings(120):
        compare(layer.astype(dtype), x, grad, tolerance)


def test_small_tiles_change_nothing(monkeypatch):
    monkeypatch.setattr(im2col, "TILE_BYTES", 1)  # one image at a time
    for layer, x, grad in random_settings(20, seed=7):
        compare(layer.astype("float64"), x, grad, 1e-9)


def test_gradients_agree_with_small_steps():
    for layer, x, _ in random_settings(15, seed=3):
        errors = check_gradients(layer, x)
        assert set(errors) == {"x", "weight", "bias"}


def test_kernel_as_large_as_the_input_gives_one_pixel():
    layer = Conv2D(2, 3, (4, 5)).astype("float64")
    x = np.random.default_rng(0).standard_normal((2, 2, 4, 5))
    weight, bias = layer.params["weight"], layer.params["bias"]
    expected = np.einsum("nchw,kchw->nk", x, weight) + bias
    np.testing.assert_allclose(layer.forward(x)[:, :, 0, 0], expected)


def test_one_by_one_input():
    layer = Conv2D(3, 2, 3, padding=1).astype("float64")
    x = np.random.default_rng(0).standard_normal((2, 3, 1, 1))
    expected = x[:, :, 0, 0] @ layer.params["weight"][:, :, 1, 1].T
    np.testing.assert_allclose(layer.forward(x)[:, :, 0, 0], expected)


def test_a_window_that_sees_only_padding():
    layer = Conv2D(1, 1, 1, 10, ((3, 0), (3, 0))).astype("float64")
    layer.params["bias"][:] = 2
    assert layer.forward(np.ones((1, 1, 5, 4))).tolist() == [[[[2]]]]
    assert not layer.backward(np.ones((1, 1, 1, 1))).any()


def test_depthwise_keeps_channels_apart():
    layer = Conv2D(3, 3, 3, padding=1, groups=3)
    x = np.zeros((1, 3, 5, 5), "float32")
    x[0, 1] = 1
    out = layer.forward(x)
    assert out[0, 1].any()
    assert not out[0, [0, 2]].any()


def test_the_worked_example_of_the_chapter():
    image = np.array([[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]], dtype="float32")
    kernel = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype="float32")
    layer = Conv2D(1, 1, 3, bias=False)
    layer.params["weight"][:] = kernel
    by_hand = [[(image[i : i + 3, j : j + 3] * kernel).sum() for j in (0, 1)] for i in (0, 1)]
    np.testing.assert_array_equal(layer.forward(image[None, None])[0, 0], by_hand)


def test_same_padding_keeps_size_at_stride_1_only():
    assert Conv2D(1, 1, 4, padding="same").output_shape((1, 7, 9)) == (1, 7, 9)
    assert Conv2D(1, 1, 4, 2, padding="same").output_shape((1, 7, 9)) == (1, 4, 5)


def test_integer_pictures_become_float32():
    assert Conv2D(1, 1, 3).forward(np.ones((1, 1, 5, 5), "uint8")).dtype == np.float32


def test_input_and_gradient_are_left_as_they_were():
    for layer, x, grad in random_settings(10, seed=5):
        layer.astype("float64")
        before = x.copy(), grad.copy()
        layer.forward(x)
        layer.backward(grad)
        np.testing.assert_array_equal(x, before[0])
        np.testing.assert_array_equal(grad, before[1])


def test_a_batch_in_any_memory_order_gives_the_same():
    rng = np.random.default_rng(0)
    layer = Conv2D(3, 4, 3, padding=1)
    channels_last = rng.standard_normal((2, 6, 5, 3)).astype("float32")
    view = channels_last.transpose(0, 3, 1, 2)
    out = layer.forward(view)
    np.testing.assert_array_equal(out, layer.forward(view.copy()))
    grad = rng.standard_normal((2, 6, 5, 4)).astype("float32").transpose(0, 3, 1, 2)
    np.testing.assert_allclose(layer.backward(grad), layer.backward(grad.copy()), rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 4, 3), "in_channels"),
        ((3, 4, 0), "kernel_size"),
        ((3, 4, 3, 0), "stride"),
        ((3, 4, 3, 1, -1), "padding"),
        ((3, 4, 3, 1, "full"), "padding"),
    ],
)
def test_impossible_settings_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Conv2D(*arguments).output_shape((3, 8, 8))


def test_groups_must_divide_the_channels():
    with pytest.raises(ValueError, match="groups must divide"):
        Conv2D(3, 4, 3, groups=2)


def test_unknown_initialisation_is_refused():
    with pytest.raises(ValueError, match=r"\['glorot', 'he'\]"):
        Conv2D(3, 4, 3, init="zeros")


def test_a_kernel_larger_than_the_input_is_refused():
    layer = Conv2D(1, 1, 7, padding=1)
    with pytest.raises(ValueError, match="larger than the padded input 5"):
        layer.forward(np.zeros((1, 1, 3, 3)))


def test_wrong_batches_are_refused_with_advice():
    layer = Conv2D(3, 4, 3)
    with pytest.raises(ValueError, match=r"x\[None\]"):
        layer.forward(np.zeros((3, 8, 8)))
    with pytest.raises(ValueError, match=r"transpose\(0, 3, 1, 2\)"):
        layer.forward(np.zeros((1, 8, 8, 3)))
    with pytest.raises(ValueError, match=r"\(N, 3, H, W\); got shape \(1, 2, 8, 8\)"):
        layer.forward(np.zeros((1, 2, 8, 8)))


def test_backward_needs_a_forward_and_its_shape():
    layer = Conv2D(1, 2, 3)
    with pytest.raises(RuntimeError, match="call forward first"):
        layer.backward(np.zeros((1, 2, 2, 2)))
    layer.forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"shape \(1, 2, 2, 2\); got shape \(1, 2, 3, 3\)"):
        layer.backward(np.zeros((1, 2, 3, 3)))
