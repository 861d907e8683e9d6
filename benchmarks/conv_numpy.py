"""Conv2D in NumPy alone: convbook.nn beside MyGrad, numpy-ml and the definition, CPU time.

The five shapes of ``conv.py``, forward and forward + backward (with the gradients of input, weights
and bias), float32, one thread, all libraries in one process and turn by turn; what is compared is
CPU time. The loops of the definition run on one image of the batch and are scaled up, forward only.
tinygrad is not here: it compiles a kernel for every shape with clang, so it stands with the
compiled libraries of ``conv.py``. What a compiled kernel adds is the first row of that table.

    python -m pip install mygrad numpy-ml
    python benchmarks/conv_numpy.py

writes ``benchmarks/results/conv_numpy.json`` and its table ``conv_numpy.md``. A library that
refuses a shape has no number there, and the table says so.
"""

from __future__ import annotations

import collections
import collections.abc
import json
import os
import platform
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from conv import PASSES, RESULTS, SHAPES, by_turns
from threadpoolctl import threadpool_limits

from convbook.nn import Conv2D, conv2d, relative_error

OURS, MYGRAD, NUMPY_ML, LOOPS = "convbook.nn", "MyGrad", "numpy-ml", "the definition (loops)"
Call = Callable[[], object]


def ours(size, filters, kernel, stride, padding, x, grad) -> tuple[Call, Call, np.ndarray]:
    layer = Conv2D(size[1], filters, kernel, stride, padding, seed=0)

    def both():
        layer.forward(x)
        return layer.backward(grad)

    return lambda: layer.forward(x), both, layer.params["weight"]


def mygrad(weight, stride, padding, x, grad) -> tuple[Call, Call]:
    import mygrad as mg
    from mygrad.nnet.layers import conv_nd

    image, kernel = mg.tensor(x), mg.tensor(weight)
    bias = mg.tensor(np.zeros((1, len(weight), 1, 1), np.float32))

    def forward():
        return conv_nd(image, kernel, stride=stride, padding=padding) + bias

    def forward_only():
        with mg.no_autodiff:
            return forward()

    def both():
        forward().backward(grad)
        return image.grad

    return forward_only, both


def numpy_ml(weight, stride, padding, x, grad) -> tuple[Call, Call]:
    # The package is of 2020 and asks for a name that Python 3.10 moved.
    collections.Hashable = collections.abc.Hashable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from numpy_ml.neural_nets.layers import Conv2D as Layer
    filters, _, *kernel = weight.shape
    layer = Layer(out_ch=filters, kernel_shape=tuple(kernel), pad=padding, stride=stride)
    images, grads = (np.ascontiguousarray(a.transpose(0, 2, 3, 1)) for a in (x, grad))
    layer.forward(images[:1])  # it makes its parameters, in float64, when it sees an image
    layer.parameters["W"] = np.ascontiguousarray(weight.transpose(2, 3, 1, 0))
    layer.parameters["b"] = np.zeros((1, 1, 1, filters), np.float32)

    def once(backward):
        layer.flush_gradients()  # forgets the inputs of the last call too
        layer.forward(images)
        return layer.backward(grads).transpose(0, 3, 1, 2) if backward else None

    return lambda: once(False), lambda: once(True)


def loops(weight, stride, padding, x) -> Call:
    pads = ((padding, padding), (padding, padding))
    return lambda: conv2d(x[:1], weight, 0.0, (stride, stride), pads)


def calls(shape) -> dict[str, tuple[Call | None, Call | None]]:
    """For each library, forward and forward + backward; the gradients are compared first."""
    size, filters, kernel, stride, padding = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal(size, dtype=np.float32)
    out = Conv2D(size[1], filters, kernel, stride, padding).output_shape(size[1:])
    grad = rng.standard_normal((size[0], *out), dtype=np.float32)
    forward, both, weight = ours(*shape, x, grad)
    expected = both()
    found = {OURS: (forward, both), LOOPS: (loops(weight, stride, padding, x), None)}
    for name, peer in ((MYGRAD, mygrad), (NUMPY_ML, numpy_ml)):
        try:
            found[name] = peer(weight, stride, padding, x, grad)
            assert relative_error(found[name][1](), expected) < 1e-4, name
        except (ValueError, TypeError) as refusal:
            print(name, shape, "refuses:", refusal, file=sys.stderr)
            found[name] = (None, None)
    return found


def measure(rounds: int = 5, turn: float = 0.03) -> dict:
    """Median milliseconds of CPU time a call, for each shape, pass and library."""
    times = {}
    for name, shape in SHAPES.items():
        both = calls(shape)
        for which, label in enumerate(PASSES):
            functions = {library: pair[which] for library, pair in both.items() if pair[which]}
            medians = by_turns(functions, rounds, turn)
            if LOOPS in medians:
                medians[LOOPS] *= shape[0][0]
            medians = {library: round(median, 3) for library, median in medians.items()}
            times.setdefault(name, {})[label] = medians
            print(name, label, medians, file=sys.stderr, flush=True)
    return times


def table(times: dict) -> str:
    """CPU time as a multiple of ours, forward / forward + backward, as Markdown."""
    lines = [
        "| NumPy alone | " + " | ".join(SHAPES) + " |",
        "|---" * (len(SHAPES) + 1) + "|",
    ]
    for library in (OURS, MYGRAD, NUMPY_ML, LOOPS):
        cells = []
        for shape in SHAPES:
            ratios = [
                f"{times[shape][label][library] / times[shape][label][OURS]:.2f}"
                if library in times[shape][label]
                else "–"
                for label in PASSES
            ]
            cells.append(" / ".join(ratios) if ratios != ["–", "–"] else "refuses")
        lines.append(f"| {library} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure, and write the record and its table."""
    load = round(os.getloadavg()[0], 1)
    with threadpool_limits(1):
        times = measure()
    result = {
        "versions": {name: version(name) for name in ("numpy", "mygrad", "numpy-ml")},
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_before": load,
        "milliseconds": times,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "conv_numpy.json").write_text(json.dumps(result, indent=1) + "\n")
    caption = f"Load of the machine when it began: {load} on {os.cpu_count()} cores."
    (RESULTS / "conv_numpy.md").write_text(f"{table(times)}\n\n{caption}\n")
    print(table(times))


if __name__ == "__main__":
    main()
