"""Conv2D in NumPy against PyTorch, TensorFlow eager and tf.function: time and memory.

Five shapes, forward and forward + backward (with the gradients of input, weights and bias), on one
thread and on all cores. All libraries run in one process, turn by turn, and what is compared is CPU
time. On one thread a busy machine slows all of them alike; on all cores it doesn't, since threads
that wait for each other burn time, so measure those on a machine that does nothing else. PyTorch
gets its pictures channels last, which is its fastest; NumPy gets them as ``(N, C, H, W)``. Memory
is what a call needs beyond its input, its parameters and the arrays that it returns.

    python -m pip install torch
    python benchmarks/conv.py

writes ``benchmarks/results/conv.json`` and the table ``benchmarks/results/conv.md``. Without
PyTorch nothing is measured: a ratio to the best framework would not be one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

RESULTS = Path(__file__).with_name("results")
# name: (input, filters, kernel size, stride, padding)
SHAPES = {
    "LeNet": ((64, 1, 28, 28), 6, 5, 1, 0),
    "CIFAR": ((32, 32, 32, 32), 64, 3, 1, 1),
    "VGG": ((4, 64, 56, 56), 128, 3, 1, 1),
    "stride 2": ((32, 32, 32, 32), 64, 3, 2, 1),
    "1×1": ((32, 64, 32, 32), 128, 1, 1, 0),
}
PASSES = ("forward", "forward + backward")
LIBRARIES = ("NumPy", "torch", "TF eager", "tf.function")


def calls(shape):
    """For each library and pass: a function that does it once. The results are compared first."""
    import numpy as np
    import tensorflow as tf
    import torch

    from convbook.nn import Conv2D, relative_error

    size, filters, kernel, stride, padding = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal(size, dtype=np.float32)
    layer = Conv2D(size[1], filters, kernel, stride, padding)
    grad = rng.standard_normal(layer.forward(x).shape, dtype=np.float32)

    def torch_tensor(array, learn=True):
        tensor = torch.tensor(array)
        if array.ndim == 4:
            tensor = tensor.to(memory_format=torch.channels_last)
        return tensor.requires_grad_(learn)

    parts = [torch_tensor(a) for a in (x, layer.params["weight"], layer.params["bias"])]
    torch_grad = torch_tensor(grad, learn=False)

    def torch_forward():
        with torch.no_grad():
            return torch.nn.functional.conv2d(*parts, stride, padding)

    def torch_both():
        out = torch.nn.functional.conv2d(*parts, stride, padding)
        return torch.autograd.grad(out, parts, torch_grad)

    tf_x = tf.constant(x.transpose(0, 2, 3, 1))
    tf_weight = tf.constant(layer.params["weight"].transpose(2, 3, 1, 0))
    tf_bias, tf_grad = tf.constant(layer.params["bias"]), tf.constant(grad.transpose(0, 2, 3, 1))
    pads = [[0, 0], [padding] * 2, [padding] * 2, [0, 0]]

    def tf_forward():
        return tf.nn.bias_add(tf.nn.conv2d(tf_x, tf_weight, stride, pads), tf_bias)

    def tf_both():
        sources = [tf_x, tf_weight, tf_bias]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            out = tf_forward()
        return tape.gradient(out, sources, output_gradients=tf_grad)

    def numpy_both():
        layer.forward(x)
        return layer.backward(grad)

    expected = [part.numpy() for part in torch_both()]
    found = [numpy_both(), layer.grads["weight"], layer.grads["bias"]]
    for ours, theirs in zip(found, expected, strict=True):
        assert relative_error(ours, theirs) < 1e-4
    assert relative_error(tf_both()[0].numpy().transpose(0, 3, 1, 2), expected[0]) < 1e-4
    return {
        "NumPy": (lambda: layer.forward(x), numpy_both),
        "torch": (torch_forward, torch_both),
        "TF eager": (tf_forward, tf_both),
        "tf.function": (tf.function(tf_forward), tf.function(tf_both)),
    }


def by_turns(functions: dict, rounds: int, turn: float) -> dict:
    """Median milliseconds of CPU time a call of each function, which run one after the other."""
    samples = {name: [] for name in functions}
    for function in functions.values():
        function()
    for _ in range(rounds):
        for name, function in functions.items():
            done, start = 0, time.process_time()
            while (spent := time.process_time() - start) < turn or not done:
                function()
                done += 1
            samples[name].append(1000 * spent / done)
    return {name: statistics.median(times) for name, times in samples.items()}


def measure(threads: int, rounds: int, turn: float = 0.03) -> dict:
    """Median milliseconds of CPU time a call, for each shape, pass and library."""
    import tensorflow as tf
    import torch

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    torch.set_num_threads(threads)
    times = {}
    for name, shape in SHAPES.items():
        both = calls(shape)
        for which, label in enumerate(PASSES):
            functions = {library: both[library][which] for library in LIBRARIES}
            medians = {k: round(v, 3) for k, v in by_turns(functions, rounds, turn).items()}
            times.setdefault(name, {})[label] = medians
            print(threads, name, label, medians, file=sys.stderr, flush=True)
    return times


def memory(name: str) -> float:
    """MiB that forward + backward allocates at its peak, beyond input, parameters and results.

    NumPy reports its arrays to ``tracemalloc``, so the peak is exact. What is handed out, the
    output and the gradients of input and parameters, is taken off.
    """
    import tracemalloc

    import numpy as np

    from convbook.nn import Conv2D

    size, filters, kernel, stride, padding = SHAPES[name]
    x = np.random.default_rng(0).standard_normal(size, dtype=np.float32)
    layer = Conv2D(size[1], filters, kernel, stride, padding)
    grad = np.ones((size[0], *layer.output_shape(size[1:])), np.float32)
    tracemalloc.start()
    out = layer.forward(x)
    grad_x = layer.backward(grad)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    returned = out.nbytes + grad_x.nbytes + sum(a.nbytes for a in layer.grads.values())
    return round((peak - returned) / 2**20, 2)


def ratios(times: dict) -> dict:
    """Each time divided by that of the fastest framework in its row."""
    frameworks = LIBRARIES[1:]
    return {
        shape: {
            label: {
                library: round(row[library] / min(row[f] for f in frameworks), 2)
                for library in LIBRARIES
            }
            for label, row in passes.items()
        }
        for shape, passes in times.items()
    }


def table(result: dict) -> str:
    """The ratios as a Markdown table: forward / forward + backward."""
    lines = []
    for threads, times in result["milliseconds"].items():
        lines += [
            f"**{threads} thread{'s' if threads != '1' else ''}**, "
            "CPU time as a multiple of the fastest framework's, forward / forward + backward",
            "",
            "| library | " + " | ".join(SHAPES) + " |",
            "|---" * (len(SHAPES) + 1) + "|",
        ]
        compared = ratios(times)
        for library in LIBRARIES:
            cells = [
                " / ".join(f"{compared[shape][label][library]:.2f}" for label in PASSES)
                for shape in SHAPES
            ]
            lines.append(f"| {library} | " + " | ".join(cells) + " |")
        lines.append("")
    extra = ", ".join(f"{shape} {mib} MiB" for shape, mib in result["extra_memory_mib"].items())
    return "\n".join(
        [*lines, f"Memory that NumPy needs beside input, parameters, results: {extra}."]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, help="measure only this number; print JSON")
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    if not find_spec("torch"):
        sys.exit("This comparison needs PyTorch: python -m pip install torch")
    if chosen.threads:
        print(json.dumps(measure(chosen.threads, chosen.rounds)))
        return
    result = {
        "versions": {name: version(name) for name in ("numpy", "torch", "tensorflow")},
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "milliseconds": {},
    }
    for threads in dict.fromkeys((1, os.cpu_count())):  # a process each: thread pools do not shrink
        command = [sys.executable, __file__, f"--threads={threads}", f"--rounds={chosen.rounds}"]
        # NumPy reads these when it is loaded, so they are set before the process starts.
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
        environment = os.environ | limits | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=environment
        )
        result["milliseconds"][str(threads)] = json.loads(done.stdout.splitlines()[-1])
    result["ratios"] = {n: ratios(times) for n, times in result["milliseconds"].items()}
    result["extra_memory_mib"] = {name: memory(name) for name in SHAPES}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "conv.json").write_text(json.dumps(result, indent=1) + "\n")
    (RESULTS / "conv.md").write_text(table(result) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()
