"""The front end's arithmetic against convbook.shapes: same answers, same words when impossible."""

import inspect
import random

import pytest
from harness import load_module

from convbook import shapes

pytestmark = pytest.mark.browser

CAMEL = {
    "pad_amounts": "padAmounts",
    "output_size": "outputSize",
    "unused_pixels": "unusedPixels",
    "effective_kernel": "effectiveKernel",
    "symmetric_same_padding": "symmetricSamePadding",
    "pool_output_size": "poolOutputSize",
    "conv2d_output_shape": "conv2dOutputShape",
    "pool2d_output_shape": "pool2dOutputShape",
    "conv2d_parameters": "conv2dParameters",
    "depthwise_conv2d_parameters": "depthwiseConv2dParameters",
    "separable_conv2d_parameters": "separableConv2dParameters",
    "dense_parameters": "denseParameters",
    "batch_norm_parameters": "batchNormParameters",
    "conv2d_macs": "conv2dMacs",
    "conv2d_flops": "conv2dFlops",
    "separable_conv2d_macs": "separableConv2dMacs",
    "dense_macs": "denseMacs",
    "dense_flops": "denseFlops",
    "receptive_field": "receptiveField",
    "receptive_span": "receptiveSpan",
}
ASK = """calls => calls.map(([name, args]) => {
  try { return { value: module[name](...args) }; }
  catch (error) { return { problem: error.message }; }
})"""


def python_answer(name, args):
    try:
        value = getattr(shapes, name)(*args)
    except ValueError as error:
        return {"problem": str(error)}
    if isinstance(value, shapes.ReceptiveField):
        value = {
            "size": value.size,
            "effectiveStride": value.effective_stride,
            "sizes": value.sizes,
        }
    return {"value": list(value) if isinstance(value, tuple) else value}


def random_padding(rng):
    either = [rng.randint(-1, 6), [rng.randint(0, 6), rng.randint(0, 6)], "same", "valid"]
    return rng.choice(either)


def random_pair(rng, most):
    return rng.choice([rng.randint(1, most), [rng.randint(1, most), rng.randint(1, most)]])


def one_axis(rng):
    width, kernel = rng.randint(0, 300), rng.randint(0, 13)
    return [width, kernel, rng.randint(0, 5), random_padding(rng), rng.randint(1, 4)]


def two_axes(rng):
    pads = [rng.randint(0, 3), "same", "valid", [[0, 1], [1, 0]]]
    shape = [rng.randint(1, 9), rng.randint(1, 40), rng.randint(1, 40)]
    return [
        shape,
        rng.randint(1, 9),
        random_pair(rng, 7),
        random_pair(rng, 3),
        rng.choice(pads),
        random_pair(rng, 3),
    ]


def channels(rng):
    groups = rng.choice([1, 1, 1, 2, 3])
    return [
        groups * rng.randint(1, 64),
        groups * rng.randint(1, 64) + rng.choice([0, 0, 1]),
        groups,
    ]


def counts(rng):
    inputs, filters, groups = channels(rng)
    kernel, height, width = random_pair(rng, 11), rng.randint(1, 99), rng.randint(1, 99)
    bias, multiplier = rng.random() < 0.5, rng.randint(1, 3)
    return [
        ("conv2d_parameters", [inputs, filters, kernel, bias, groups]),
        ("conv2d_macs", [inputs, filters, kernel, height, width, groups]),
        ("conv2d_flops", [inputs, filters, kernel, height, width, groups]),
        ("depthwise_conv2d_parameters", [inputs, kernel, bias, multiplier]),
        ("separable_conv2d_parameters", [inputs, filters, kernel, bias, multiplier]),
        ("separable_conv2d_macs", [inputs, filters, kernel, height, width, multiplier]),
        ("dense_parameters", [inputs * height, filters, bias]),
        ("dense_macs", [inputs * height, filters]),
        ("dense_flops", [inputs * height, filters]),
        ("batch_norm_parameters", [inputs]),
    ]


def stacks(rng):
    layers = [
        [rng.randint(1, 7), rng.randint(1, 3), rng.randint(1, 3)] for _ in range(rng.randint(0, 6))
    ]
    paddings = [rng.randint(0, 3) for _ in layers]
    return [
        ("receptive_field", [layers]),
        ("receptive_span", [rng.randint(0, 20), layers, paddings]),
    ]


def random_calls(how_many):
    rng = random.Random(2012)
    calls = []
    while len(calls) < how_many:
        axis = one_axis(rng)
        calls += [(name, axis) for name in ("output_size", "unused_pixels", "pad_amounts")]
        calls.append(("conv2d_output_shape", two_axes(rng)))
        pool, stride = rng.randint(1, 5), rng.choice([None, 1, 2, 3])
        calls.append(("pool_output_size", [axis[0], pool, stride, random_padding(rng)]))
        shape = [rng.randint(1, 4), rng.randint(1, 30), rng.randint(1, 30)]
        calls.append(("pool2d_output_shape", [shape, random_pair(rng, 4), stride, "same"]))
        calls.append(("effective_kernel", [axis[1], axis[4]]))
        calls.append(("symmetric_same_padding", [axis[1], axis[4]]))
        calls += counts(rng) + stacks(rng)
    return calls


def test_javascript_has_every_function_of_python():
    arithmetic = {name for name in shapes.__all__ if inspect.isfunction(getattr(shapes, name))}
    readers = {name for name in arithmetic if name in vars(shapes.arguments)}
    assert set(CAMEL) == arithmetic - readers


def test_javascript_and_python_agree_on_random_settings(open_page):
    calls = random_calls(20_000)
    page = open_page()
    load_module(page, "shared/shapes.js")
    theirs = page.evaluate(ASK, [(CAMEL[name], args) for name, args in calls])
    refused = 0
    for (name, args), answer in zip(calls, theirs, strict=True):
        assert answer == python_answer(name, args), (name, args)
        refused += "problem" in answer
    assert 0.02 * len(calls) < refused < 0.5 * len(calls)


@pytest.mark.parametrize("padding", ["full", [1, 2, 3]])
def test_nonsense_padding_is_refused_in_the_same_words(open_page, padding):
    page = open_page()
    load_module(page, "shared/shapes.js")
    [theirs] = page.evaluate(ASK, [("padAmounts", [5, 3, 1, padding])])
    ours = python_answer("pad_amounts", [5, 3, 1, tuple(padding) if padding != "full" else "full"])
    assert theirs == ours


def test_a_count_too_large_to_be_exact_is_refused_not_rounded(open_page):
    page = open_page()
    load_module(page, "shared/shapes.js")
    [answer] = page.evaluate(ASK, [("denseParameters", [10**9, 10**9])])
    assert "too large to be counted exactly" in answer["problem"]
